// The list of refchecks, against a plain model of it: whatever is asked for by whomever, pages that end before they are full and pages that do
// not come to the whole in order, nothing missed and nothing twice.
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { candidate, refcheck } from "../../db/schema/index.ts";
import { build, cell, run } from "../../db/statement.ts";
import { listRefchecks, type reach, summarizeRefchecks } from "../../src/cabinet/actions.ts";
import { dayMs, minuteMs, secondMs } from "../../src/kernel/clock.ts";
import { type CandidateId, idsFrom, newId, type RefcheckId, type TeamId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { ListRefchecks, type RefcheckSummary } from "../../src/refcheck/contract.ts";
import {
  heldBySignals,
  type Progress,
  progressAt,
  type RefcheckStatus,
  refcheckStatusAt,
  refcheckStatuses,
  waits,
} from "../../src/refcheck/machine.ts";
import { givenRole, newRefcheck } from "../support/refcheck.ts";
import { database, givenMember, givenOrganization, type House, type Member, systemDeps } from "../support/world.ts";

const nothing = cell<null>(sql`select null`);
const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (offsetMs: number) => new Date(noon.getTime() + offsetMs);
const rowsMax = 40;

type Row = typeof refcheck.$inferInsert;
type Role = Awaited<ReturnType<typeof givenRole>>;
/** Who asks, and the teams whose refchecks they see. */
type Asker = { readonly scope: MemberScope; readonly sees: readonly TeamId[] };

let house: House;
/** Two of the first team, one each of the others. */
let roles: readonly [Role, Role, Role, Role];
let foreign: Role;
let askers: readonly [Asker, Asker, Asker];
const pool: CandidateId[] = [];

function scopeOf({ userId, memberId, access }: Member): MemberScope {
  const organizationId = house.organization.id;
  return { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
}

beforeAll(async () => {
  house = await givenOrganization();
  const other = await givenOrganization();
  foreign = await givenRole(other);
  await newRefcheck(other, "invited", { roleId: foreign.id });
  const { team } = house.owner.client;
  const [second, third] = [await team.create.mutate({ name: "Two" }), await team.create.mutate({ name: "Three" })];
  const first = await givenRole(house);
  const ofTeam = (teamId: TeamId) => givenRole(house, { teamId });
  roles = [first, await ofTeam(first.teamId), await ofTeam(second.id), await ofTeam(third.id)];
  const [one, two] = [await givenMember(house, "hiring_manager"), await givenMember(house, "hiring_manager")];
  await team.addMember.mutate({ teamId: second.id, memberId: two.memberId });
  askers = [
    { scope: scopeOf(house.owner), sees: [first.teamId, second.id, third.id] },
    { scope: scopeOf(one), sees: [first.teamId] },
    { scope: scopeOf(two), sees: [first.teamId, second.id] },
  ];
  pool.push(...Array.from({ length: rowsMax }, () => newId("cnd")));
  const named = { firstName: "Po", lastName: "Ol", language: "en", timeZone: "UTC", createdAt: noon } as const;
  const people = pool.map((id) => ({
    ...named,
    id,
    organizationId: house.organization.id,
    email: `${id}@example.com`,
  }));
  await database().write([run(build.insert(candidate).values(people))]);
});

type Seed = {
  readonly nth: number;
  readonly status: RefcheckStatus;
  /** How far one is that needs attention. */
  readonly beneath: Progress;
  readonly took: number;
  readonly deadline: number | null;
  readonly made: number;
  /** How far its id is from the instant at which it was made. */
  readonly skew: number;
  readonly name: string;
};

/** Exactly these in the organization. */
async function arranged(seeds: readonly Seed[]): Promise<Row[]> {
  const organizationId = house.organization.id;
  const rows = seeds.map(({ nth, status, beneath, took, deadline, made, skew, name }, index): Row => {
    const { id: roleId, teamId, revision } = roles[nth] ?? roles[0];
    const id: RefcheckId = `rck_${idsFrom("rck", at(made + skew)).slice("rck_".length)}${newId("rck").slice(-20)}`;
    return {
      ...{ id, organizationId, roleId, teamId, revision, candidateId: pool[index] ?? newId("cnd"), status, version: 1 },
      progress: status === "needs_attention" ? beneath : status,
      ...{ referencesRequired: 1, referencesOptional: 0, relationships: [], completeWithinDays: 14 },
      ...{ answersShared: false, reminders: 0, name, email: `${index}@example.com`, createdBy: house.owner.memberId },
      ...{ createdAt: at(made), invitedAt: at(made), completedAt: status === "completed" ? at(made + took) : null },
      deadlineAt: deadline === null ? null : at(deadline),
    };
  });
  const inserts = rows.length > 0 ? [run(build.insert(refcheck).values(rows))] : [];
  await database().write([run(build.delete(refcheck).where(eq(refcheck.organizationId, organizationId))), ...inserts]);
  return rows;
}

function page({ scope }: Asker, input: Partial<ListRefchecks>, goes: typeof reach, db = database()) {
  return listRefchecks(systemDeps({ now: () => noon, db }), scope, ListRefchecks.parse(input), goes);
}

/** The ids of all pages, and how many of them ended early. */
async function walked(
  asker: Asker,
  input: Partial<ListRefchecks> & { size: number },
  goes: typeof reach,
  db = database(),
) {
  const ids: RefcheckId[] = [];
  let early = 0;
  let cursor: string | undefined;
  do {
    const next: Awaited<ReturnType<typeof page>> = await page(asker, { ...input, ...(cursor && { cursor }) }, goes, db);
    expect(next.items.length).toBeLessThanOrEqual(input.size);
    if (next.nextCursor !== null && next.items.length < input.size) early += 1;
    ids.push(...next.items.map(({ id }) => id));
    cursor = next.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { ids, early };
}

/** What should be listed, in order. */
function expected({ sees }: Asker, rows: readonly Row[], asked: Partial<ListRefchecks>): RefcheckId[] {
  const { status, roleId, teamId, search, createdFrom, createdTo } = asked;
  const isMeant = (row: Row) =>
    sees.includes(row.teamId) &&
    (status === undefined || refcheckStatusAt({ ...row, deadlineAt: row.deadlineAt ?? null }, noon) === status) &&
    (roleId === undefined || row.roleId === roleId) &&
    (teamId === undefined || row.teamId === teamId) &&
    (search === undefined || row.name.includes(search) || row.email.includes(search)) &&
    (createdFrom === undefined || row.createdAt >= createdFrom) &&
    (createdTo === undefined || row.createdAt < createdTo);
  const ids = rows.filter(isMeant).map(({ id }) => id);
  return ids.toSorted().reverse();
}

/** The same, counted one by one. */
function summed(rows: readonly Row[], ids: readonly RefcheckId[]): RefcheckSummary {
  const listed = rows.filter(({ id }) => ids.includes(id));
  const stands = listed.map((row) => {
    const deadlineAt = row.deadlineAt ?? null;
    const isSoon = deadlineAt !== null && deadlineAt <= at(2 * dayMs);
    return {
      status: refcheckStatusAt({ ...row, deadlineAt }, noon),
      progress: progressAt({ ...row, deadlineAt }, noon),
      isSoon,
    };
  });
  const count = (isMeant: (one: (typeof stands)[number]) => boolean) => stands.filter(isMeant).length;
  const took = listed
    .flatMap(({ status, invitedAt, completedAt }) =>
      status === "completed" && invitedAt && completedAt ? [completedAt.getTime() - invitedAt.getTime()] : [],
    )
    .sort((one, other) => one - other);
  const middle = [took[Math.ceil(took.length / 2) - 1], took[Math.floor(took.length / 2)]] as const;
  return {
    total: listed.length,
    statuses: Object.fromEntries(
      refcheckStatuses.map((status) => [status, count((one) => one.status === status)]),
    ) as RefcheckSummary["statuses"],
    waitingOn: {
      candidate: count(({ progress }) => progress === "awaiting_candidate"),
      references: count(({ progress }) => progress === "awaiting_references" || progress === "in_progress"),
      team: count(({ status }) => status === "needs_attention"),
    },
    overdue: count(({ status }) => status === "expired"),
    dueSoon: count(({ progress, isSoon }) => waits(progress) && isSoon),
    medianToCompleteMs: took.length === 0 ? null : ((middle[0] ?? 0) + (middle[1] ?? 0)) / 2,
  };
}

const seed = fc.record({
  nth: fc.nat({ max: 3 }),
  status: fc.constantFrom("needs_attention", ...refcheckStatuses),
  beneath: fc.constantFrom(...heldBySignals),
  took: fc.nat({ max: dayMs }),
  deadline: fc.constantFrom(null, -dayMs, -1, 0, 1, dayMs),
  made: fc.constantFrom(-3 * dayMs, -2 * dayMs, -dayMs - 1, -dayMs, 0),
  skew: fc.constantFrom(0, 0, -secondMs, 10 * secondMs, minuteMs - 1),
  name: fc.constantFrom("ada lovelace", "bo", "анна", "100%"),
});
const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined, freq: 2 });
const filter = fc.record({
  status: optional(fc.constantFrom("expired", "expired", ...refcheckStatuses)),
  // Seldom both: hardly anything would be left.
  nthRole: optional(optional(fc.nat({ max: 4 }))),
  nthTeam: optional(optional(fc.nat({ max: 4 }))),
  search: optional(fc.constantFrom("a", "bo", "%", "@example", "nobody")),
  createdFrom: optional(fc.constantFrom(-2 * dayMs, -dayMs, dayMs)),
  createdTo: optional(fc.constantFrom(-2 * dayMs, -dayMs, 0, 1)),
});
const goes = fc.record({
  looksMax: fc.constantFrom(1, 3, 10, 100),
  searchedMax: fc.constantFrom(1, 3, 10, 100),
  lateMax: fc.constantFrom(0, 2, 100),
});
const asking = fc.tuple(filter, goes, fc.nat({ max: 2 }), fc.integer({ min: 1, max: 6 }));

type ValueOf<Values> = Values extends fc.Arbitrary<infer Value> ? Value : never;

function inputOf({ nthRole, nthTeam, createdFrom, createdTo, status, search }: ValueOf<typeof filter>) {
  const all = [...roles, foreign];
  return {
    ...(status && { status }),
    ...(search && { search }),
    ...(nthRole !== undefined && { roleId: (all[nthRole] ?? foreign).id }),
    ...(nthTeam !== undefined && { teamId: (all[nthTeam] ?? foreign).teamId }),
    ...(createdFrom !== undefined && { createdFrom: at(createdFrom) }),
    ...(createdTo !== undefined && { createdTo: at(createdTo) }),
  };
}

describe("pages by any filters, to whoever asks", () => {
  test("come to the whole in order, nothing missed and nothing twice, also where they end before they are full", async () => {
    let early = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { minLength: 15, maxLength: rowsMax }),
        fc.array(asking, { minLength: 16, maxLength: 24 }),
        async (seeds, questions) => {
          const rows = await arranged(seeds);
          for (const [given, limits, nth, size] of questions) {
            const asker = askers[nth] ?? askers[0];
            const input = { ...inputOf(given), size };
            const found = await walked(asker, input, limits);
            expect([input, found.ids]).toEqual([input, expected(asker, rows, input)]);
            early += found.early;
          }
        },
      ),
      { numRuns: 20, endOnFailure: true },
    );
    expect(early).toBeGreaterThan(5);
  }, 120_000);

  test("the summary by the same filters is what the list comes to", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { minLength: 15, maxLength: rowsMax }),
        fc.array(asking, { minLength: 16, maxLength: 24 }),
        async (seeds, questions) => {
          const rows = await arranged(seeds);
          for (const [given, , nth] of questions) {
            const asker = askers[nth] ?? askers[0];
            const input = inputOf(given);
            const told = await summarizeRefchecks(systemDeps({ now: () => noon }), asker.scope, input);
            expect([input, told]).toEqual([input, summed(rows, expected(asker, rows, input))]);
          }
        },
      ),
      { numRuns: 20, endOnFailure: true },
    );
  }, 120_000);

  const far: Seed = {
    nth: 0,
    status: "created",
    beneath: "completed",
    took: 0,
    deadline: null,
    made: -dayMs,
    skew: 2 * minuteMs,
    name: "bo",
  };

  test("saboteurs: a page that does not say where it stopped, and ids by a clock of their own, are each found out", async () => {
    const [owner] = askers;
    const limits = { looksMax: 2, searchedMax: 2, lateMax: 2 };
    const other = { ...far, skew: 0, name: "ada" };
    const rows = await arranged([far, other, other, other]);
    const search = { search: "ada", size: 5 };
    expect((await walked(owner, search, limits)).ids).toEqual(expected(owner, rows, search));
    const silent = { ...database(), read: (asked) => database().read({ ...asked, stop: nothing }) } as Database;
    expect((await walked(owner, search, limits, silent)).ids).not.toEqual(expected(owner, rows, search));
    const made = { createdTo: at(-dayMs + 1), size: 5 };
    expect((await walked(owner, made, limits)).ids).not.toEqual(expected(owner, rows, made));
  });
});

test("an id begins with the instant at which it was made: what ranges of instants are ranges of", () => {
  const before = new Date(Date.now() - 1);
  const id = newId("rck");
  const behind = new Date(Date.now() + minuteMs);
  expect(idsFrom("rck", before) < id && id < idsFrom("rck", behind)).toBe(true);
  expect(idsFrom("rck", new Date(0))).toBe("rck_000000000000");
});
