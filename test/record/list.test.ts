// Lists of candidates against a plain model of them: whatever is asked for by whomever, pages that end before they are full and pages that do
// not come to the whole in order, nothing missed and nothing twice.
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { dayMs, minuteMs } from "../../src/kernel/clock.ts";
import { folded } from "../../src/kernel/fold.ts";
import { type CandidateId, type FieldId, idsFrom, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { listCandidates, listCandidatesFrom, type reach } from "../../src/record/actions.ts";
import { ListCandidates, ListCandidatesFrom } from "../../src/record/contract.ts";
import { insertMany } from "../support/many.ts";
import { givenPipeline } from "../support/pipeline.ts";
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
import {
  calledOf,
  expected,
  filter,
  type Given,
  hiredOn,
  named,
  type Person,
  plain,
  rejectedOn,
  rowsMax,
  type Seed,
  seed,
  type Values,
} from "./model.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (offsetMs: number) => new Date(noon.getTime() + offsetMs);

type Role = Awaited<ReturnType<typeof givenRole>>;
type Project = Awaited<ReturnType<typeof givenProject>>;

type Pipeline = Awaited<ReturnType<typeof givenPipeline>>;
type Fields = Readonly<Record<"level" | "salary" | "since" | "remote", FieldId>>;

let house: House;
let pipelines: readonly [Pipeline, Pipeline];
let fields: Fields;
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
  pipelines = [await givenPipeline(house), await givenPipeline(house)];
  const { field } = house.owner.client;
  const named = (key: string) => ({ key, name: key });
  const choices = ["junior", "senior"].map((value) => ({ value, name: value }));
  fields = {
    level: (await field.create.mutate({ ...named("level"), type: "choices", choices })).id,
    salary: (await field.create.mutate({ ...named("salary"), type: "number" })).id,
    since: (await field.create.mutate({ ...named("since"), type: "date" })).id,
    remote: (await field.create.mutate({ ...named("remote"), type: "boolean" })).id,
  };
  askers = [scopeOf(recruiter), scopeOf(one), scopeOf(two)];
  managers = [one, two];
});

/** What a candidate and another have each their own of. */
const kept = ["skill", "experience", "note", "candidate_external_id", "candidate_field", "candidate_tag"];
function rowsOf(people: readonly Person[]) {
  const organization_id = house.organization.id;
  const each = <Row extends object>(make: (person: Person) => readonly Row[]) =>
    people.flatMap((person) => make(person).map((row) => ({ candidate_id: person.id, organization_id, ...row })));
  const valuesOf = ({ level = [], salary, since, remote }: Values) => [
    ...level.map((text_value, position) => ({ field_id: fields.level, position, text_value, number_value: null })),
    ...(salary === undefined ? [] : [{ field_id: fields.salary, position: 0, text_value: null, number_value: salary }]),
    ...(since === undefined ? [] : [{ field_id: fields.since, position: 0, text_value: since, number_value: null }]),
    ...(remote === undefined
      ? []
      : [{ field_id: fields.remote, position: 0, text_value: null, number_value: Number(remote) }]),
  ];
  const created_at = noon.getTime();
  return [
    ...insertMany(
      "skill",
      each(({ skills }) => skills.map(({ name, level }) => ({ name, name_folded: folded(name), level }))),
    ),
    ...insertMany(
      "experience",
      each(({ employers }) =>
        employers.map((employer) => ({
          ...{ id: newId("exp"), occupation: "Barista", description: "", created_at },
          ...{ employer, employer_folded: folded(employer) },
        })),
      ),
    ),
    ...insertMany(
      "note",
      each(({ notes }) =>
        notes.map((text) => ({
          ...{ id: newId("nte"), member_id: house.owner.memberId, text, text_folded: folded(text), created_at },
        })),
      ),
    ),
    ...insertMany(
      "candidate_external_id",
      each(({ externalIds, id }) => externalIds.map((system) => ({ system, external_id: named(id) }))),
    ),
    ...insertMany(
      "candidate_field",
      each(({ values }) => valuesOf(values)),
    ),
    ...insertMany(
      "candidate_tag",
      each(({ tags }) => tags.map((tag) => ({ tag }))),
    ),
    ...insertMany(
      "placement",
      each(({ stages }) =>
        stages.flatMap((stage, nth) => {
          const { id: pipeline_id, stages: own } = pipelines[nth] ?? pipelines[0];
          const stage_id = stage === null ? undefined : own[stage]?.id;
          if (stage_id === undefined) return [];
          const id = newId("plc");
          return [{ id, pipeline_id, stage_id, rank: id, version: 1, entered_at: created_at, created_at }];
        }),
      ),
    ),
  ];
}

/** Exactly these in the organization. */
async function arranged(seeds: readonly Seed[]): Promise<Person[]> {
  const organizationId = house.organization.id;
  const people = seeds.map((seed, index): Person => {
    const id: CandidateId = `cnd_${idsFrom("cnd", at(seed.made + seed.skew)).slice("cnd_".length)}${newId("cnd").slice(-20)}`;
    return { ...seed, id, email: seed.email ?? `p${index}@example.com` };
  });
  const emptied = [...kept, "placement", "meeting_interviewer", "meeting", "interview", "refcheck", "candidate"].map(
    (table) =>
      raw(sql`delete from ${sql.identifier(table)} where organization_id = ${organizationId}`, () => undefined),
  );
  const rows = people.map(({ id, email, status, tags, source, made, name, phone, hand, feedback, ...more }) => ({
    ...{ id, organization_id: organizationId, email, status, tags: JSON.stringify(tags), source, phone },
    ...{ first_name: name, last_name: "Po", name: folded(`${name} Po`), created_at: at(made).getTime() },
    ...{ language: more.language, time_zone: more.timeZone, email_status: more.emailStatus },
    ...{ hand_rating: hand, feedback_rating: feedback, password_hash: more.hasPassword ? "kept" : null },
    ...{ applied_date: more.applied, hired_date: hiredOn({ status, ...more }) },
    reject_date: rejectedOn({ status, ...more }),
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
  await database().write([
    ...emptied,
    ...insertMany("candidate", rows),
    ...insertMany("interview", interviews),
    ...insertMany("refcheck", refchecks),
    ...insertMany("meeting", met),
    ...insertMany("meeting_interviewer", interviewers),
    ...rowsOf(people),
  ]);
  return people;
}

const goes = fc.record({
  looksMax: fc.constantFrom(1, 3, 10, 100),
  searchedMax: fc.constantFrom(1, 3, 10, 100),
  wholeMax: fc.constantFrom(1, 5, 20, 100),
  fewMax: fc.constantFrom(0, 5, 1_000),
  totalMax: fc.constantFrom(3, 100),
});
const asking = fc.tuple(filter, goes, fc.nat({ max: 2 }), fc.integer({ min: 1, max: 6 }), fc.nat({ max: 8 }));

type Goes = typeof reach;

const idOf = (one: { readonly id: string } | undefined) => one?.id;

/** As it is asked on the wire. */
function inputOf(
  { createdFrom, createdTo, pipeline, stage, project, role, externalId, ...rest }: Given,
  people: readonly Person[],
) {
  const [board = 0, column = 0] = stage ?? [];
  const asked = {
    ...rest,
    createdFrom: createdFrom === undefined ? undefined : at(createdFrom),
    createdTo: createdTo === undefined ? undefined : at(createdTo),
    pipelineId: pipeline === undefined ? undefined : idOf(pipelines[pipeline]),
    stageId: stage === undefined ? undefined : idOf(pipelines[board]?.stages[column]),
    projectId: project === undefined ? undefined : idOf(projects[project]),
    roleId: role === undefined ? undefined : idOf(roles[role]),
    externalId: externalId && { system: externalId.system, id: calledOf(externalId, people) },
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

const deps = (db: Database) => systemDeps({ now: () => noon, db });
const asker = (nth: number) => askers[nth] ?? askers[0];

/** The ids of all pages, and how many of them ended early. */
async function walked(
  nth: number,
  people: readonly Person[],
  asked: Given,
  size: number,
  limits: Goes,
  db = database(),
) {
  const ids: CandidateId[] = [];
  let early = 0;
  let cursor: string | undefined;
  do {
    const input = ListCandidates.parse({ ...inputOf(asked, people), size, ...(cursor && { cursor }) });
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
            const found = await walked(nth, people, asked, size, limits);
            expect([nth, asked, limits, found.ids]).toEqual([nth, asked, limits, expected(nth, people, asked)]);
            early += found.early;
          }
        },
      ),
      { numRuns: 8, endOnFailure: true },
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
            const input = ListCandidatesFrom.parse({ ...inputOf(asked, people), take, skip });
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
      { numRuns: 8, endOnFailure: true },
    );
  }, 120_000);

  test("saboteurs: a page that does not say where it stopped, ids by a clock of their own, and a list that shows everybody everything, are each found out", async () => {
    const limits = { looksMax: 2, searchedMax: 2, wholeMax: 100, fewMax: 100, totalMax: 100 };
    const people = await arranged([
      { ...plain, name: "100%", made: -2 * dayMs },
      { ...plain, name: "Bo" },
      { ...plain, name: "Bo" },
      { ...plain, name: "Bo" },
    ]);
    // Too short to be looked up, so that it is walked.
    const asked: Given = { search: "%" };
    expect((await walked(0, people, asked, 5, limits)).ids).toEqual(expected(0, people, asked));
    const silent: Database = {
      ...database(),
      async read(what) {
        const answered = await database().read(what);
        return { ...answered, found: Object.assign({}, Reflect.get(answered, "found"), { stop: null }) };
      },
    };
    expect((await walked(0, people, asked, 5, limits, silent)).ids).not.toEqual(expected(0, people, asked));
    const astray = await arranged([{ ...plain, skew: 2 * minuteMs }]);
    const made: Given = { createdTo: -dayMs + 1 };
    expect((await walked(0, astray, made, 5, limits)).ids).not.toEqual(expected(0, astray, made));
    expect((await walked(0, astray, {}, 5, limits)).ids).not.toEqual(expected(1, astray, {}));
  });
});

describe("another organization", () => {
  test("is told nothing by its ids, not even where a page stops or that there may be more", async () => {
    const everywhere = { ...plain, made: 0, interviews: [0], refchecks: [0], stages: [0, null] } as const;
    await arranged(Array.from({ length: 4 }, () => everywhere));
    const stranger = await givenOrganization();
    const { userId, memberId, access } = stranger.owner;
    const of = { userId, memberId, access, organizationId: stranger.organization.id };
    const scope: MemberScope = { kind: "member", sessionId: newId("ses"), ...of };
    const limits = { looksMax: 1, searchedMax: 1, wholeMax: 1, fewMax: 1, totalMax: 100 };
    const [pipeline] = pipelines;
    const stageId = pipeline.stages[0]?.id;
    for (const filter of [
      { projectId: projects[0].id },
      { roleId: roles[0].id },
      { pipelineId: pipeline.id },
      { stageId },
    ]) {
      const nothing = { items: [], nextCursor: null };
      const page = ListCandidates.parse(filter);
      expect([filter, await listCandidates(deps(database()), scope, page, limits)]).toEqual([filter, nothing]);
      const none = { items: [], total: 0, isTotalCapped: false };
      const numbered = ListCandidatesFrom.parse(filter);
      expect([filter, await listCandidatesFrom(deps(database()), scope, numbered, limits)]).toEqual([filter, none]);
      const own = await listCandidates(deps(database()), asker(0), page, limits);
      expect([filter, own.nextCursor]).not.toEqual([filter, null]);
    }
  });
});

describe("hiring managers", () => {
  test("see whom they have an interview or a refcheck to see of or meet, of that what is theirs, and change nothing", async () => {
    const [first, second, third] = await arranged(
      [[[0], [1], []] as const, [[1], [], []] as const, [[], [], [1]] as const].map(
        ([interviews, refchecks, meetings]) => ({ ...plain, made: 0, interviews, refchecks, meetings }),
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
