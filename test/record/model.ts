// A plain model of candidates and of every filter of their list: who is meant, and in which order they come. Pure.
import fc from "fast-check";
import { skillLevels } from "../../src/background/policy.ts";
import { emailStatuses } from "../../src/candidate/policy.ts";
import { dayMs, minuteMs, secondMs } from "../../src/kernel/clock.ts";
import { folded } from "../../src/kernel/fold.ts";
import type { CandidateId } from "../../src/kernel/ids.ts";
import { phonePart } from "../../src/kernel/shapes.ts";
import { candidateStatuses } from "../../src/record/machine.ts";

export const rowsMax = 30;

export type Seed = {
  readonly status: (typeof candidateStatuses)[number];
  readonly tags: readonly string[];
  readonly source: string | null;
  readonly made: number;
  /** How far the id is from the instant at which they were made. */
  readonly skew: number;
  readonly name: string;
  readonly phone: string | null;
  readonly hand: number | null;
  readonly feedback: number | null;
  readonly email: string | null;
  readonly emailStatus: (typeof emailStatuses)[number];
  readonly language: "en" | "de";
  readonly timeZone: "UTC" | "Europe/Paris";
  readonly hasPassword: boolean;
  readonly applied: string;
  /** The day on which they were hired or rejected. */
  readonly decided: string;
  readonly skills: readonly { readonly name: string; readonly level: (typeof skillLevels)[number] }[];
  readonly employers: readonly string[];
  readonly notes: readonly string[];
  readonly externalIds: readonly string[];
  readonly values: Values;
  /** In which stage of each pipeline they stand. */
  readonly stages: readonly (number | null)[];
  /** In which of the projects and for which of the roles they are. */
  readonly interviews: readonly number[];
  readonly refchecks: readonly number[];
  /** Which of the managers meets them. */
  readonly meetings: readonly number[];
};
export type Values = {
  readonly level?: readonly string[];
  readonly salary?: number;
  readonly since?: string;
  readonly remote?: boolean;
};
export type Person = Omit<Seed, "email"> & { readonly id: CandidateId; readonly email: string };

const levelOf = (level: (typeof skillLevels)[number]) => skillLevels.indexOf(level);

/** What every system calls this one: some go by the same in different systems. */
export const named = (id: string) => `A-${Number.parseInt(id.slice(-1), 16) % 4}-${id.slice(-6)}`;

type Decided = Pick<Seed, "status" | "decided">;
export const hiredOn = ({ status, decided }: Decided) => (status === "HIRED" ? decided : null);
export const rejectedOn = ({ status, decided }: Decided) => (status === "REJECTED" ? decided : null);

const subset = (values: readonly [string, ...string[]]) => fc.subarray([...values]);
const day = fc.constantFrom("2031-02-28", "2031-03-01", "2031-03-03");
const half = fc.integer({ min: 0, max: 10 }).map((halves) => halves / 2);
export const seed: fc.Arbitrary<Seed> = fc.record({
  status: fc.constantFrom(...candidateStatuses),
  tags: subset(["night", "remote"]),
  source: fc.constantFrom(null, "LinkedIn", "A fair"),
  made: fc.constantFrom(-3 * dayMs, -2 * dayMs, -dayMs - 1, -dayMs, 0),
  skew: fc.constantFrom(0, 0, -secondMs, 10 * secondMs, minuteMs - 1),
  name: fc.constantFrom("Ada", "BO", "\u0410\u043d\u043d\u0430", "100%"),
  phone: fc.constantFrom(null, "+31201234567", "+4930123"),
  hand: fc.option(half),
  feedback: fc.option(half),
  email: fc.constant(null),
  emailStatus: fc.constantFrom(...emailStatuses),
  language: fc.constantFrom("en", "de"),
  timeZone: fc.constantFrom("UTC", "Europe/Paris"),
  hasPassword: fc.boolean(),
  applied: day,
  decided: day,
  skills: fc.uniqueArray(
    fc.record({ name: fc.constantFrom("TypeScript", "Åkern", "Go"), level: fc.constantFrom(...skillLevels) }),
    { selector: ({ name }) => name, maxLength: 3 },
  ),
  employers: fc.array(fc.constantFrom("Åkern & Sons", "Bobbins Ltd"), { maxLength: 3 }),
  notes: fc.array(fc.constantFrom("Asked for Ada.", "100% sure, ÅKERN says.", "bob\nins"), { maxLength: 2 }),
  externalIds: subset(["greenhouse", "lever"]),
  values: fc.record(
    {
      level: fc.subarray(["junior", "senior"], { minLength: 1 }),
      salary: fc.constantFrom(-1, 0, 1.5, 1_000),
      since: day,
      remote: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  stages: fc.array(fc.option(fc.nat({ max: 2 })), { minLength: 2, maxLength: 2 }),
  interviews: fc.subarray([0, 1]),
  refchecks: fc.subarray([0, 1]),
  meetings: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([0, 1])),
});
const nth = fc.nat({ max: 1 });
/** Each filter, as it may be asked: of what an organization has, by where it stands. */
const filters = {
  status: fc.constantFrom(...candidateStatuses),
  tag: fc.oneof(fc.constantFrom("night", "remote", "nobody's"), fc.constant(["night", "remote"])),
  source: fc.constantFrom("LinkedIn", "A fair"),
  search: fc.constantFrom(
    ...["a", "100", "bo", "%", "@example", "\u0430\u043d\u043d", "20 123", "+49", "p1", "nobody"],
    ...["script", "\u00c5KERN", "&", "bobbins", "says.", "bob", "typescript go", "ada po", "akern"],
  ),
  ratingFrom: half,
  ratingTo: half,
  ratedBy: fc.constantFrom("hand", "feedback", "nobody"),
  createdFrom: fc.constantFrom(-2 * dayMs, -dayMs, dayMs),
  createdTo: fc.constantFrom(-2 * dayMs, -dayMs, 0, 1),
  ...{ appliedFrom: day, appliedTo: day, rejectedFrom: day, rejectedTo: day, hiredFrom: day, hiredTo: day },
  email: fc.nat({ max: rowsMax }).map((index) => `P${index}@example.com`),
  emailStatus: fc.constantFrom(...emailStatuses),
  phone: fc.constantFrom("+31 20 123 4567", "+4930123"),
  language: fc.constantFrom("en", "de"),
  timeZone: fc.constantFrom("UTC", "Europe/Paris"),
  hasPassword: fc.boolean(),
  skill: fc.oneof(
    fc.record({ name: fc.constantFrom("typescript", "\u00e5kern", "None") }),
    fc.record({ name: fc.constant("TYPESCRIPT"), level: fc.constantFrom(...skillLevels) }),
    fc.constant([{ name: "Go" }, { name: "typescript" }]),
  ),
  employer: fc.constantFrom("bobbins ltd", "\u00c5KERN & SONS", "Bobbins"),
  pipeline: nth,
  stage: fc.tuple(nth, fc.nat({ max: 2 })),
  project: nth,
  role: nth,
  externalId: fc.record({
    nth: fc.nat({ max: rowsMax }),
    system: fc.option(fc.constantFrom("greenhouse", "Lever"), { nil: undefined }),
  }),
  customField: fc.array(
    fc.constantFrom(
      ...[
        { key: "level", equals: "Senior" },
        { key: "level", equals: "junior" },
        { key: "salary", equals: 1.5 },
      ],
      ...[
        { key: "salary", from: 0 },
        { key: "salary", from: -1, to: 1.5 },
        { key: "since", from: "2031-03-01" },
      ],
      ...[
        { key: "since", to: "2031-03-01" },
        { key: "since", equals: "2031-03-03" },
        { key: "remote", equals: true },
      ],
    ),
    { minLength: 1, maxLength: 2 },
  ),
};
export type Given = { -readonly [Name in keyof typeof filters]?: ValueOf<(typeof filters)[Name]> };
export const names = Object.keys(filters) as (keyof Given)[];
/** Up to three of them together: with more nobody is left. */
export const filter = fc
  .tuple(fc.record(filters), fc.subarray(names, { maxLength: 3 }))
  .map(([all, chosen]): Given => Object.fromEntries(chosen.map((name) => [name, all[name]])));

type ValueOf<Values> = Values extends fc.Arbitrary<infer Value> ? Value : never;

export const calledOf = ({ nth: index }: { readonly nth: number }, people: readonly Person[]) =>
  named(people[index]?.id ?? "nobody");

function sees(nth: number, { interviews, refchecks, meetings }: Person): boolean {
  return nth === 0 || [interviews, refchecks, meetings].some((of) => of.includes(nth - 1));
}

const isFound = ({ name, email, phone, skills, employers, notes }: Person, search: string): boolean => {
  const part = phonePart(search);
  const texts = [`${name} Po`, email, ...skills.map((skill) => skill.name), ...employers, ...notes];
  const inPhone = part !== null && phone?.includes(part) === true;
  return inPhone || texts.some((text) => folded(text).includes(folded(search)));
};

type Comparable = string | number;
const isFrom = (value: Comparable | null, from: Comparable) => value !== null && value >= from;
const isTo = (value: Comparable | null, to: Comparable) => value !== null && value <= to;
const oneOrAll = <Value>(given: Value | readonly Value[]) => (Array.isArray(given) ? given : [given]) as Value[];
const ratingOf = ({ hand, feedback }: Person) => hand ?? feedback;

function hasField({ values }: Person, asked: { key: string; equals?: unknown; from?: Comparable; to?: Comparable }) {
  const value = Object.entries(values).find(([key]) => key === asked.key)?.[1];
  if (value === undefined) return false;
  if (asked.equals !== undefined)
    return [value].flat().some((one) => folded(String(one)) === folded(String(asked.equals)));
  const { from, to } = asked;
  if (typeof value !== "string" && typeof value !== "number") return false;
  return (from === undefined || isFrom(value, from)) && (to === undefined || isTo(value, to));
}

/** Who is shown to whom, by each filter. Pipelines are not for hiring managers. */
const meant: {
  readonly [Name in keyof Required<Given>]: (
    person: Person,
    told: Required<Given>[Name],
    asker: number,
    people: readonly Person[],
  ) => boolean;
} = {
  status: ({ status }, told) => status === told,
  tag: ({ tags }, told) => oneOrAll(told).every((tag) => tags.includes(tag)),
  source: ({ source }, told) => source === told,
  search: isFound,
  ratingFrom: (one, from) => isFrom(ratingOf(one), from),
  ratingTo: (one, to) => isTo(ratingOf(one), to),
  ratedBy: ({ hand, feedback }, told) => told === (hand !== null ? "hand" : feedback !== null ? "feedback" : "nobody"),
  createdFrom: ({ made }, from) => made >= from,
  createdTo: ({ made }, to) => made < to,
  appliedFrom: ({ applied }, from) => isFrom(applied, from),
  appliedTo: ({ applied }, to) => isTo(applied, to),
  rejectedFrom: (one, from) => isFrom(rejectedOn(one), from),
  rejectedTo: (one, to) => isTo(rejectedOn(one), to),
  hiredFrom: (one, from) => isFrom(hiredOn(one), from),
  hiredTo: (one, to) => isTo(hiredOn(one), to),
  email: ({ email }, told) => email === told.toLowerCase(),
  emailStatus: ({ emailStatus }, told) => emailStatus === told,
  phone: ({ phone }, told) => phone === told.replaceAll(" ", ""),
  language: ({ language }, told) => language === told,
  timeZone: ({ timeZone }, told) => timeZone === told,
  hasPassword: ({ hasPassword }, told) => hasPassword === told,
  skill: ({ skills }, told) =>
    oneOrAll<{ name: string; level?: (typeof skillLevels)[number] }>(told).every((asked) =>
      skills.some(
        ({ name, level }) =>
          folded(name) === folded(asked.name) && (!asked.level || levelOf(level) >= levelOf(asked.level)),
      ),
    ),
  employer: ({ employers }, told) => employers.some((employer) => folded(employer) === folded(told)),
  pipeline: ({ stages }, told, asker) => asker === 0 && typeof stages[told] === "number",
  stage: ({ stages }, [board, column], asker) => asker === 0 && stages[board] === column,
  project: ({ interviews }, told, asker) => interviews.includes(told) && (asker === 0 || asker - 1 === told),
  role: ({ refchecks }, told, asker) => refchecks.includes(told) && (asker === 0 || asker - 1 === told),
  externalId: ({ externalIds, id }, told, _, people) =>
    named(id) === calledOf(told, people) &&
    (told.system === undefined ? externalIds.length > 0 : externalIds.includes(told.system.toLowerCase())),
  customField: (one, told) => told.every((asked) => hasField(one, asked)),
};

function isMeant(person: Person, asked: Given, asker: number, people: readonly Person[]): boolean {
  const passes = <Name extends keyof Given>(name: Name) => {
    const told = asked[name];
    return told === undefined || meant[name](person, told as Required<Given>[Name], asker, people);
  };
  return names.every(passes);
}

const newestFirst = (one: { id: string }, other: { id: string }) => (one.id < other.id ? 1 : -1);

export const expected = (nth: number, people: readonly Person[], asked: Given) =>
  people
    .filter((one) => sees(nth, one) && isMeant(one, asked, nth, people))
    .sort(newestFirst)
    .map(({ id }) => id);

export const plain: Seed = {
  ...{ status: "APPLIED", tags: [], source: null, made: -dayMs, skew: 0, name: "Ada", phone: null },
  ...{ hand: null, feedback: null, interviews: [], refchecks: [], meetings: [] },
  ...{ email: null, emailStatus: "ok", language: "en", timeZone: "UTC", hasPassword: false },
  ...{ applied: "2031-03-03", decided: "2031-03-03", skills: [], employers: [], notes: [], externalIds: [] },
  ...{ values: {}, stages: [] },
};
