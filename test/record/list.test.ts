// Lists of candidates against a plain model of them: whatever is asked for by whomever, pages that end before they are full and pages that do
// not come to the whole in order, nothing missed and nothing twice.
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { cell, raw } from "../../db/statement.ts";
import { dayMs, minuteMs, secondMs } from "../../src/kernel/clock.ts";
import { folded } from "../../src/kernel/fold.ts";
import { type CandidateId, idsFrom, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { phonePart } from "../../src/kernel/shapes.ts";
import { listCandidates, listCandidatesFrom, type reach } from "../../src/record/actions.ts";
import { ListCandidates, ListCandidatesFrom } from "../../src/record/contract.ts";
import { candidateStatuses } from "../../src/record/machine.ts";
import { insertMany } from "../support/many.ts";
import { givenRole } from "../support/refcheck.ts";
import {
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (offsetMs: number) => new Date(noon.getTime() + offsetMs);
const rowsMax = 30;

type Role = Awaited<ReturnType<typeof givenRole>>;
type Project = Awaited<ReturnType<typeof givenProject>>;

let house: House;
let projects: readonly [Project, Project];
let roles: readonly [Role, Role];
/** Who asks: all is seen by the first; by the others what is of the project or role of their place, and whom they meet. */
let managers: readonly [Member, Member];
let askers: readonly [MemberScope, MemberScope, MemberScope];

function scopeOf({ userId, memberId, access }: Member): MemberScope {
  const organizationId = house.organization.id;
  return { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
}

beforeAll(async () => {
  house = await givenOrganization();
  const { team, project } = house.owner.client;
  const { id: teamId } = await team.create.mutate({ name: "Night shift" });
  projects = [await givenProject(house), await givenProject(house)];
  roles = [await givenRole(house), await givenRole(house, { teamId })];
  const [recruiter, one, two] = [
    await givenMember(house, "recruiter"),
    await givenMember(house, "hiring_manager"),
    await givenMember(house, "hiring_manager", { teamId }),
  ];
  await project.assignRole.mutate({ projectId: projects[0].id, memberId: one.memberId, role: "reviewer" });
  await project.assignRole.mutate({ projectId: projects[1].id, memberId: two.memberId, role: "evaluator" });
  askers = [scopeOf(recruiter), scopeOf(one), scopeOf(two)];
  managers = [one, two];
});

type Seed = {
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
  /** In which of the projects and for which of the roles they are. */
  readonly interviews: readonly number[];
  readonly refchecks: readonly number[];
  /** Which of the managers meets them. */
  readonly meetings: readonly number[];
};
type Person = Seed & { readonly id: CandidateId; readonly email: string };

/** Exactly these in the organization. */
async function arranged(seeds: readonly Seed[]): Promise<Person[]> {
  const organizationId = house.organization.id;
  const people = seeds.map((seed, index): Person => {
    const id: CandidateId = `cnd_${idsFrom("cnd", at(seed.made + seed.skew)).slice("cnd_".length)}${newId("cnd").slice(-20)}`;
    return { ...seed, id, email: `p${index}@example.com` };
  });
  const emptied = ["meeting_interviewer", "meeting", "interview", "refcheck", "candidate_tag", "candidate"].map(
    (table) =>
      raw(sql`delete from ${sql.identifier(table)} where organization_id = ${organizationId}`, () => undefined),
  );
  const rows = people.map(({ id, email, status, tags, source, made, name, phone, hand, feedback }) => ({
    ...{ id, organization_id: organizationId, email, status, tags: JSON.stringify(tags), source, phone },
    ...{ first_name: name, last_name: "Po", name: folded(`${name} Po`), language: "en", time_zone: "UTC" },
    ...{ hand_rating: hand, feedback_rating: feedback, created_at: at(made).getTime() },
  }));
  const of = { organization_id: organizationId, version: 1, name: "po", created_at: noon.getTime() };
  const interviews = people.flatMap(({ id, email, interviews: nths }) =>
    nths.map((nth) => ({
      ...{ ...of, id: newId("itv"), candidate_id: id, email, project_id: (projects[nth] ?? projects[0]).id },
      ...{ revision: 1, status: "new", run: 0, labels: "[]" },
    })),
  );
  const refchecks = people.flatMap(({ id, email, refchecks: nths }) =>
    nths.map((nth) => {
      const { id: role_id, teamId: team_id } = roles[nth] ?? roles[0];
      return {
        ...{ ...of, id: newId("rck"), candidate_id: id, email, role_id, team_id, revision: 1, references_required: 1 },
        ...{ references_optional: 0, relationships: "[]", complete_within_days: 14, answers_shared: 0, reminders: 0 },
        ...{ progress: "created", status: "created", created_by: house.owner.memberId },
      };
    }),
  );
  const times = { organization_id: organizationId, starts_at: noon.getTime(), ends_at: noon.getTime() + minuteMs };
  const meetings = people.flatMap(({ id, meetings: nths }) =>
    nths.map((nth) => ({
      meetingId: newId("mtg"),
      candidateId: id,
      memberId: (managers[nth] ?? managers[0]).memberId,
    })),
  );
  const met = meetings.map(({ meetingId, candidateId }) => ({
    ...{ ...times, id: meetingId, candidate_id: candidateId, title: "A talk", description: "", time_zone: "UTC" },
    ...{ reminder_hours: "[]", sequence: 0, version: 1, created_by: house.owner.memberId, created_at: 0 },
  }));
  const interviewers = meetings.map(({ meetingId, memberId }) => ({
    ...{ ...times, meeting_id: meetingId, member_id: memberId },
  }));
  const tagged = people.flatMap(({ id, tags }) =>
    tags.map((tag) => ({ organization_id: organizationId, tag, candidate_id: id })),
  );
  await database().write([
    ...emptied,
    ...insertMany("candidate", rows),
    ...insertMany("interview", interviews),
    ...insertMany("refcheck", refchecks),
    ...insertMany("meeting", met),
    ...insertMany("meeting_interviewer", interviewers),
    ...insertMany("candidate_tag", tagged),
  ]);
  return people;
}

const subset = (values: readonly [string, ...string[]]) => fc.subarray([...values]);
const half = fc.integer({ min: 0, max: 10 }).map((halves) => halves / 2);
const seed: fc.Arbitrary<Seed> = fc.record({
  status: fc.constantFrom(...candidateStatuses),
  tags: subset(["night", "remote"]),
  source: fc.constantFrom(null, "LinkedIn", "A fair"),
  made: fc.constantFrom(-3 * dayMs, -2 * dayMs, -dayMs - 1, -dayMs, 0),
  skew: fc.constantFrom(0, 0, -secondMs, 10 * secondMs, minuteMs - 1),
  name: fc.constantFrom("Ada", "BO", "\u0410\u043d\u043d\u0430", "100%"),
  phone: fc.constantFrom(null, "+31201234567", "+4930123"),
  hand: fc.option(half),
  feedback: fc.option(half),
  interviews: fc.subarray([0, 1]),
  refchecks: fc.subarray([0, 1]),
  meetings: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([0, 1])),
});
const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined, freq: 2 });
const filter = fc.record({
  status: optional(fc.constantFrom(...candidateStatuses)),
  tag: optional(fc.constantFrom("night", "remote", "nobody's")),
  source: optional(fc.constantFrom("LinkedIn", "A fair")),
  search: optional(
    fc.constantFrom("a", "100", "bo", "%", "@example", "\u0430\u043d\u043d", "20 123", "+49", "p1", "nobody"),
  ),
  ratingFrom: optional(half),
  createdFrom: optional(fc.constantFrom(-2 * dayMs, -dayMs, dayMs)),
  createdTo: optional(fc.constantFrom(-2 * dayMs, -dayMs, 0, 1)),
});
const goes = fc.record({
  looksMax: fc.constantFrom(1, 3, 10, 100),
  searchedMax: fc.constantFrom(1, 3, 10, 100),
  wholeMax: fc.constantFrom(1, 5, 20, 100),
  fewMax: fc.constantFrom(0, 5, 1_000),
  totalMax: fc.constantFrom(3, 100),
});
const asking = fc.tuple(filter, goes, fc.nat({ max: 2 }), fc.integer({ min: 1, max: 6 }), fc.nat({ max: 8 }));

type ValueOf<Values> = Values extends fc.Arbitrary<infer Value> ? Value : never;
type Given = Partial<ValueOf<typeof filter>>;
type Goes = typeof reach;

const inputOf = ({ createdFrom, createdTo, ...rest }: Given) => ({
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  ...(createdFrom !== undefined && { createdFrom: at(createdFrom) }),
  ...(createdTo !== undefined && { createdTo: at(createdTo) }),
});

function sees(nth: number, { interviews, refchecks, meetings }: Person): boolean {
  return nth === 0 || [interviews, refchecks, meetings].some((of) => of.includes(nth - 1));
}

function isMeant({ name, email, phone, ...one }: Person, asked: Given): boolean {
  const { status, tag, source, search, ratingFrom, createdFrom, createdTo } = asked;
  const part = search === undefined ? null : phonePart(search);
  const texts = [folded(`${name} Po`), email];
  const isFound =
    search === undefined ||
    texts.some((text) => text.includes(folded(search))) ||
    (part !== null && phone?.includes(part) === true);
  const rating = one.hand ?? one.feedback;
  return (
    isFound &&
    (status === undefined || one.status === status) &&
    (tag === undefined || one.tags.includes(tag)) &&
    (source === undefined || one.source === source) &&
    (ratingFrom === undefined || (rating !== null && rating >= ratingFrom)) &&
    (createdFrom === undefined || one.made >= createdFrom) &&
    (createdTo === undefined || one.made < createdTo)
  );
}

const newestFirst = (one: { id: string }, other: { id: string }) => (one.id < other.id ? 1 : -1);

const expected = (nth: number, people: readonly Person[], asked: Given) =>
  people
    .filter((one) => sees(nth, one) && isMeant(one, asked))
    .sort(newestFirst)
    .map(({ id }) => id);

const deps = (db: Database) => systemDeps({ now: () => noon, db });
const asker = (nth: number) => askers[nth] ?? askers[0];

/** The ids of all pages, and how many of them ended early. */
async function walked(nth: number, asked: Given, size: number, limits: Goes, db = database()) {
  const ids: CandidateId[] = [];
  let early = 0;
  let cursor: string | undefined;
  do {
    const input = ListCandidates.parse({ ...inputOf(asked), size, ...(cursor && { cursor }) });
    const { items, nextCursor } = await listCandidates(deps(db), asker(nth), input, limits);
    expect(items.length).toBeLessThanOrEqual(size);
    if (nextCursor !== null && items.length < size) early += 1;
    ids.push(...items.map(({ id }) => id));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { ids, early };
}

describe("pages by any filters, to whoever asks", () => {
  test("come to the whole in order, nothing missed and nothing twice, also where they end before they are full", async () => {
    let early = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { minLength: 15, maxLength: rowsMax }),
        fc.array(asking, { minLength: 14, maxLength: 20 }),
        async (seeds, questions) => {
          const people = await arranged(seeds);
          for (const [asked, limits, nth, size] of questions) {
            const found = await walked(nth, asked, size, limits);
            expect([nth, asked, limits, found.ids]).toEqual([nth, asked, limits, expected(nth, people, asked)]);
            early += found.early;
          }
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
    expect(early).toBeGreaterThan(5);
  }, 120_000);

  test("by take and skip they are parts of the same whole; the total is right, and where there are many may say that there are more", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { minLength: 15, maxLength: rowsMax }),
        fc.array(asking, { minLength: 14, maxLength: 20 }),
        async (seeds, questions) => {
          const people = await arranged(seeds);
          for (const [asked, limits, nth, take, skip] of questions) {
            const all = expected(nth, people, asked);
            const input = ListCandidatesFrom.parse({ ...inputOf(asked), take, skip });
            const { items, total, isTotalCapped } = await listCandidatesFrom(
              deps(database()),
              asker(nth),
              input,
              limits,
            );
            const ids = items.map(({ id }) => id);
            if (people.length <= limits.wholeMax)
              expect([asked, isTotalCapped]).toEqual([asked, all.length > limits.totalMax]);
            if (!isTotalCapped) expect([asked, ids, total]).toEqual([asked, all.slice(skip, skip + take), all.length]);
            else {
              expect(total).toBeLessThanOrEqual(Math.min(all.length, limits.totalMax));
              expect([asked, ids]).toEqual([asked, all.slice(skip, skip + ids.length)]);
            }
          }
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  }, 120_000);

  const plain: Seed = {
    ...{ status: "APPLIED", tags: [], source: null, made: -dayMs, skew: 0, name: "Ada", phone: null },
    ...{ hand: null, feedback: null, interviews: [], refchecks: [], meetings: [] },
  };

  test("saboteurs: a page that does not say where it stopped, ids by a clock of their own, and a list that shows everybody everything, are each found out", async () => {
    const limits = { looksMax: 2, searchedMax: 2, wholeMax: 100, fewMax: 100, totalMax: 100 };
    const nothing = cell<null>(sql`select null`);
    const people = await arranged([
      { ...plain, name: "100%", made: -2 * dayMs },
      { ...plain, name: "Bo" },
      { ...plain, name: "Bo" },
      { ...plain, name: "Bo" },
    ]);
    const asked: Given = { search: "100" };
    expect((await walked(0, asked, 5, limits)).ids).toEqual(expected(0, people, asked));
    const silent = { ...database(), read: (what) => database().read({ ...what, stop: nothing }) } as Database;
    expect((await walked(0, asked, 5, limits, silent)).ids).not.toEqual(expected(0, people, asked));
    const astray = await arranged([{ ...plain, skew: 2 * minuteMs }]);
    const made: Given = { createdTo: -dayMs + 1 };
    expect((await walked(0, made, 5, limits)).ids).not.toEqual(expected(0, astray, made));
    expect((await walked(0, {}, 5, limits)).ids).not.toEqual(expected(1, astray, {}));
  });
});

describe("hiring managers", () => {
  test("see whom they have an interview or a refcheck to see of or meet, of that what is theirs, and change nothing", async () => {
    const [first, second, third] = await arranged(
      [[[0], [1], []] as const, [[1], [], []] as const, [[], [], [1]] as const].map(
        ([interviews, refchecks, meetings]) => ({
          ...({ status: "APPLIED", tags: [], source: null, made: 0, skew: 0, name: "Ada", phone: null } as const),
          ...{ hand: null, feedback: null, interviews, refchecks, meetings },
        }),
      ),
    );
    const ids = [first, second, third].map((one) => one?.id ?? newId("cnd"));
    const seenBy = async ({ client }: Pick<Member, "client">) => {
      const { items } = await client.candidate.list.query({ include: ["interviews", "refchecks"] });
      return items.map(({ id, interviews = [], refchecks = [], availableActions }) => [
        ...[ids.indexOf(id), interviews.length, refchecks.length, availableActions.length],
      ]);
    };
    expect((await seenBy(house.owner)).sort()).toEqual([
      [0, 1, 1, 3],
      [1, 1, 0, 3],
      [2, 0, 0, 3],
    ]);
    expect(await seenBy(managers[0])).toEqual([[0, 1, 0, 0]]);
    expect((await seenBy(managers[1])).sort()).toEqual([
      [0, 0, 1, 0],
      [1, 1, 0, 0],
      [2, 0, 0, 0],
    ]);
    for (const [nth, candidateId] of ids.entries()) {
      const { candidate } = managers[0].client;
      for (const ask of [candidate.get, candidate.events]) {
        if (nth === 0) await ask.query({ candidateId });
        else expect(await refusalOf(ask.query({ candidateId }))).toMatchObject({ reason: "not_found" });
      }
      expect(await refusalOf(candidate.hire.mutate({ candidateId }))).toMatchObject({ reason: "not_allowed" });
    }
  });
});
