import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { candidate, interview, interviewLabel } from "../../db/schema/index.ts";
import { build, raw, run, type Statement } from "../../db/statement.ts";
import { evaluationStatuses } from "../../src/evaluation/machine.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { ListInterviews, sortOrders } from "../../src/interview/contract.ts";
import { type Status, statuses } from "../../src/interview/machine.ts";
import { hourMs, after as plus } from "../../src/kernel/clock.ts";
import { type CandidateId, type InterviewId, newId } from "../../src/kernel/ids.ts";
import { encodeCursor } from "../../src/kernel/page.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { listInterviews as listed, reach } from "../../src/listing/actions.ts";
import { listInterviews as listStatements } from "../../src/listing/store.ts";
import {
  answerAll,
  database,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  newEmail,
  refusalOf,
  systemDeps,
  tripsOf,
} from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (offsetMs: number) => plus(noon, offsetMs);
const directions = ["asc", "desc"] as const;
const orders = sortOrders.flatMap((sort) => directions.map((direction) => ({ sort, direction })));

type Row = typeof interview.$inferInsert;
type Project = Awaited<ReturnType<typeof givenProject>>;

let house: House;
let projects: [Project, Project];
const pool: CandidateId[] = [];
const rowsMax = 40;

beforeAll(async () => {
  house = await givenOrganization();
  projects = [await givenProject(house), await givenProject(house)];
  const organizationId = house.organization.id;
  const people = Array.from({ length: rowsMax }, () => ({
    ...{ id: newId("cnd"), organizationId, email: newEmail("pool"), firstName: "Po", lastName: "Ol" },
    ...{ language: "en" as const, timeZone: "UTC", createdAt: noon },
  }));
  pool.push(...people.map(({ id }) => id));
  await database().write(people.map((values) => run(build.insert(candidate).values(values))));
});

function scopeOf({ userId, memberId, access }: Member, { organization }: House): MemberScope {
  return { kind: "member", sessionId: newId("ses"), userId, organizationId: organization.id, memberId, access };
}

/** One page, straight from the action: the rows are the arranger's, and the clock stands at noon. */
function page(input: Partial<ListInterviews>, goes = reach) {
  return listed(systemDeps({ now: () => noon }), scopeOf(house.owner, house), ListInterviews.parse(input), goes);
}

async function wholeList(input: Partial<ListInterviews>, betweenPages = async () => {}, goes = reach) {
  const items: Awaited<ReturnType<typeof page>>["items"] = [];
  let cursor: string | undefined;
  do {
    const next: Awaited<ReturnType<typeof page>> = await page({ ...input, ...(cursor && { cursor }) }, goes);
    expect(next.items.length).toBeLessThanOrEqual(input.size ?? 25);
    expect(next.total === null).toBe(cursor !== undefined);
    items.push(...next.items);
    cursor = next.nextCursor ?? undefined;
    await betweenPages();
  } while (cursor !== undefined);
  return items;
}

/** Whatever goes through the API has events, and stands in an organization where nothing is arranged. */
async function givenReal() {
  const real = await givenOrganization();
  const project = await givenProject(real);
  return { real, project, invited: await givenInvited(real, project, { deadlineAt: plus(new Date(), hourMs) }) };
}

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

type Seed = Partial<
  Pick<Row, "createdAt" | "deadlineAt" | "name" | "email" | "status" | "dueAt" | "dueVerb" | "labels">
> & {
  inSecond?: boolean;
};

function rowFor(seed: Seed, index: number): Row {
  const { inSecond, ...given } = seed;
  return {
    ...{ id: newId("itv"), organizationId: house.organization.id, candidateId: pool[index] ?? newId("cnd") },
    ...{ projectId: projects[inSecond ? 1 : 0].id, revision: projects[inSecond ? 1 : 0].revision },
    ...{ status: "new", version: 1, run: 0, labels: [], name: "po ol", email: `${index}@example.com`, createdAt: noon },
    ...given,
  };
}

function inserted(row: Row): Statement<unknown>[] {
  const { id: interviewId, organizationId } = row;
  return [
    run(build.insert(interview).values(row)),
    ...row.labels.map((label) => run(build.insert(interviewLabel).values({ organizationId, label, interviewId }))),
  ];
}

/** Exactly these interviews in the organization, inserted in this order. */
async function arranged(seeds: readonly Seed[]): Promise<Row[]> {
  const rows = seeds.map(rowFor);
  const { id } = house.organization;
  await database().write([
    run(build.delete(interviewLabel).where(eq(interviewLabel.organizationId, id))),
    run(build.delete(interview).where(eq(interview.organizationId, id))),
    ...rows.flatMap(inserted),
  ]);
  return rows;
}

const endOfTime = 253_402_300_799_999;
const keyOf = {
  created: (row: Row) => +row.createdAt,
  deadline: (row: Row) => +(row.deadlineAt ?? endOfTime),
  name: (row: Row) => row.name,
};

function sorted(rows: readonly Row[], { sort, direction }: (typeof orders)[number]): Row[] {
  const bytes = (key: string | number) => Buffer.from(typeof key === "string" ? key : key.toString().padStart(20, "0"));
  const compare = (a: Row, b: Row) =>
    Buffer.compare(bytes(keyOf[sort](a)), bytes(keyOf[sort](b))) ||
    Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
  return rows.toSorted((a, b) => (direction === "asc" ? compare(a, b) : compare(b, a)));
}

const names = ["ada lovelace", "bo", "çelik öz", "ñandú", "анна", "山田 太郎", "😀 smile", "z"];
const instants = [-2, -1, 0, 1, 2].map((days) => at(days * 24 * hourMs));

describe("pages", () => {
  const seed: fc.Arbitrary<Seed> = fc.record({
    createdAt: fc.constantFrom(...instants),
    deadlineAt: fc.constantFrom(null, null, ...instants),
    name: fc.constantFrom(...names),
    inSecond: fc.boolean(),
  });

  test("put together are exactly the sorted whole: every sort and direction, ties and missing deadlines included", async () => {
    const sets = fc.record({
      seeds: fc.array(seed, { maxLength: rowsMax }),
      sizes: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 6, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(sets, async ({ seeds, sizes }) => {
        // Of any interviews made in the same millisecond, the order of their ids need not be that of their rows.
        const rows = await arranged(seeds.toReversed());
        for (const [index, order] of orders.entries()) {
          const items = await wholeList({ ...order, size: sizes[index] ?? 3 });
          expect(idsOf(items)).toEqual(idsOf(sorted(rows, order)));
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  test("neither repeat nor miss what was there when interviews are created between them", async () => {
    const rows = await arranged(Array.from({ length: 20 }, (_, index) => ({ createdAt: instants[index % 3] ?? noon })));
    let more = rows.length;
    const items = await wholeList({ size: 3 }, async () => {
      const late = rowFor({ createdAt: at(more * 48 * hourMs) }, more);
      more += 1;
      await database().write(inserted(late));
    });
    expect(more).toBeGreaterThan(25);
    expect(idsOf(items)).toEqual(idsOf(sorted(rows, { sort: "created", direction: "desc" })));
  });

  test("turn over the longest names in any script", async () => {
    for (const letter of ["Ж", "山", "İ", "ß"]) {
      const name = `${letter.repeat(100)} ${letter.repeat(100)}`.toLowerCase();
      const rows = await arranged([{ name }, { name }, { name }]);
      for (const direction of directions) {
        const items = await wholeList({ sort: "name", direction, size: 1 });
        expect(idsOf(items)).toEqual(idsOf(sorted(rows, { sort: "name", direction })));
      }
    }
  });

  const cursors = {
    "of another sort": encodeCursor("name asc", ["bo", newId("itv")]),
    "of the other direction": encodeCursor("created asc", [1, newId("itv")]),
    "of another list": encodeCursor("events", [1]),
    "with too few keys": encodeCursor("created desc", [1]),
    "with too many keys": encodeCursor("created desc", [1, "a", "b"]),
    "with a number no database holds": Buffer.from('["created desc",1e300,"itv_"]').toString("base64url"),
    "with a fraction": Buffer.from('["created desc",1.5,"itv_"]').toString("base64url"),
    "with an object": Buffer.from('["created desc",{"a":1},"itv_"]').toString("base64url"),
    "that is a list of lists": Buffer.from('[["created desc"]]').toString("base64url"),
    "that is nothing": "",
    "that is no JSON": "zzzz",
    "that is null": Buffer.from("null").toString("base64url"),
    "that is too long": "a".repeat(5_000),
  };
  for (const [name, cursor] of Object.entries(cursors)) {
    test(`refuse a cursor ${name}`, async () => {
      const { interview } = house.owner.client;
      expect(await refusalOf(interview.list.query({ cursor }))).toMatchObject({
        reason: "bad_input",
        code: "BAD_REQUEST",
      });
    });
  }

  test("of what happened and of one's own interviews refuse cursors they did not make", async () => {
    const { real, invited } = await givenReal();
    const interviewId = invited.interview.id;
    for (const cursor of [
      encodeCursor("events", ["abc"]),
      encodeCursor("events", [null]),
      encodeCursor("own", ["a"]),
      "zzzz",
    ]) {
      const events = real.owner.client.interview.events.query({ interviewId, cursor });
      expect(await refusalOf(events)).toMatchObject({ reason: "bad_input" });
    }
    for (const cursor of [encodeCursor("events", [1]), encodeCursor("own", [1]), encodeCursor("own", [null]), "zzzz"]) {
      expect(await refusalOf(invited.client.interview.listOwn.query({ cursor }))).toMatchObject({
        reason: "bad_input",
      });
    }
  });

  test("of what happened are in order and whole", async () => {
    const { real, invited } = await givenReal();
    const interviewId = invited.interview.id;
    await invited.client.interview.confirm.mutate({ interviewId });
    const { events } = real.owner.client.interview;
    const first = await events.query({ interviewId, size: 2 });
    const rest = await events.query({ interviewId, size: 2, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...rest.items].map(({ verb }) => verb)).toEqual(["create", "invite", "confirm"]);
    expect(rest.nextCursor).toBeNull();
  });
});

describe("filters", () => {
  const waiting: readonly Status[] = ["invited", "confirmed", "interviewing"];

  function trueStatus({ status, dueAt, dueVerb }: Row): Status {
    if (!dueAt || dueAt > noon) return status;
    return dueVerb === "expire" ? "expired" : "aborted";
  }

  test("show by status what is true at this instant, written down or not", async () => {
    const seeds = statuses.flatMap((status) =>
      waiting.includes(status)
        ? [-1, 0, 1].flatMap((off) => [
            { status, dueAt: at(off), dueVerb: "expire" as const },
            ...(status === "interviewing" ? [{ status, dueAt: at(off), dueVerb: "abort" as const }] : []),
          ])
        : [{ status }],
    );
    const rows = await arranged(seeds);
    for (const asked of [
      ...statuses.map((status) => [status]),
      ["expired", "aborted"] as const,
      ["new", "invited"] as const,
    ]) {
      const { items, total } = await page({ status: [...asked], size: 100 });
      const expected = rows.filter((row) => (asked as readonly Status[]).includes(trueStatus(row)));
      expect(idsOf(items).toSorted()).toEqual(idsOf(expected).toSorted());
      expect(items.every(({ status }) => (asked as readonly Status[]).includes(status))).toBe(true);
      expect(total).toEqual({ count: expected.length, isCapped: false });
    }
    const { items } = await page({ size: 100 });
    expect(new Map(items.map(({ id, status }) => [id, status]))).toEqual(
      new Map(rows.map((row) => [row.id, trueStatus(row)])),
    );
  });

  test("that few or many pass lose nothing where a page stops looking before it is full, and a count that stopped says so", async () => {
    const seed = fc.record({
      status: fc.constantFrom(...statuses),
      deadlineAt: fc.constantFrom(null, ...instants),
      due: fc.constantFrom(null, null, -1, 1),
      createdAt: fc.constantFrom(...instants),
      name: fc.constantFrom(...names),
      labels: fc.subarray(["north", "south"]),
      inSecond: fc.boolean(),
    });
    const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined, freq: 2 });
    const filter = fc.record({
      status: optional(fc.subarray([...statuses], { minLength: 1 })),
      label: optional(fc.constantFrom("north", "nowhere")),
      inSecond: optional(fc.boolean()),
      deadlineFrom: optional(fc.constantFrom(...instants)),
      deadlineTo: optional(fc.constantFrom(...instants)),
      search: optional(fc.constantFrom("a", "bo", "nobody")),
      evaluationStatus: optional(fc.constantFrom(...evaluationStatuses)),
    });
    const goes = fc.record({ fewMax: fc.constantFrom(0, 0, 5, 50), looksMax: fc.constantFrom(1, 1, 3, 10, 50) });
    const order = fc.constantFrom(...orders);
    let stoppedEarly = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { maxLength: rowsMax }),
        fc.array(fc.tuple(filter, goes, order), { minLength: 12 }),
        async (seeds, asked) => {
          const rows = await arranged(
            seeds.map(({ due, ...given }) => {
              const waits = waiting.includes(given.status) && due !== null;
              return {
                ...given,
                ...(waits && { dueAt: at(due), dueVerb: given.createdAt < noon ? "expire" : "abort" }),
              };
            }),
          );
          for (const [{ inSecond, ...given }, { fewMax, looksMax }, each] of asked) {
            const projectId = inSecond === undefined ? undefined : projects[inSecond ? 1 : 0].id;
            const input = { ...given, ...(projectId && { projectId }), ...each, size: 4 };
            const expected = rows.filter(
              (row) =>
                (given.status?.includes(trueStatus(row)) ?? true) &&
                (given.label === undefined || row.labels.includes(given.label)) &&
                (projectId === undefined || row.projectId === projectId) &&
                (given.deadlineFrom === undefined || (!!row.deadlineAt && row.deadlineAt >= given.deadlineFrom)) &&
                (given.deadlineTo === undefined || (!!row.deadlineAt && row.deadlineAt < given.deadlineTo)) &&
                (given.search === undefined || row.name.includes(given.search) || row.email.includes(given.search)) &&
                // Nobody evaluates in these projects.
                (given.evaluationStatus ?? "pending") === "pending",
            );
            const limits = { totalMax: 1_000, fewMax, looksMax, judgedLooksMax: looksMax };
            expect(idsOf(await wholeList(input, undefined, limits))).toEqual(idsOf(sorted(expected, each)));
            const { items, total, nextCursor } = await page(input, limits);
            if (nextCursor !== null && items.length < 4) stoppedEarly += 1;
            expect(total?.isCapped ? total.count <= expected.length : total?.count === expected.length).toBe(true);
          }
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
    expect(stoppedEarly).toBeGreaterThan(5);
  });

  test("narrow by project, label and deadline, and all together", async () => {
    const rows = await arranged(
      Array.from({ length: 32 }, (_, index) => ({
        inSecond: (index & 1) === 1,
        labels: [index & 2 ? "north" : "south", "all"],
        deadlineAt: index & 4 ? at((index >> 3) * hourMs) : null,
      })),
    );
    const one = projects[1].id;
    const between = (row: Row) => !!row.deadlineAt && row.deadlineAt >= at(hourMs) && row.deadlineAt < at(3 * hourMs);
    const range = { deadlineFrom: at(hourMs), deadlineTo: at(3 * hourMs) };
    const cases: [Partial<ListInterviews>, (row: Row) => boolean][] = [
      [{ projectId: one }, (row) => row.projectId === one],
      [{ label: "north" }, (row) => row.labels.includes("north")],
      [{ label: "North" }, () => false],
      [{ label: "all" }, () => true],
      [range, between],
      [{ deadlineFrom: at(hourMs) }, (row) => !!row.deadlineAt && row.deadlineAt >= at(hourMs)],
      [{ deadlineTo: at(hourMs) }, (row) => !!row.deadlineAt && row.deadlineAt < at(hourMs)],
      [
        { ...range, label: "south", projectId: one },
        (row) => between(row) && row.labels.includes("south") && row.projectId === one,
      ],
    ];
    for (const [input, isMeant] of cases) {
      const expected = rows.filter(isMeant);
      for (const order of orders) {
        expect(idsOf(await wholeList({ ...input, ...order, size: 5 }))).toEqual(idsOf(sorted(expected, order)));
      }
      expect((await page(input)).total).toEqual({ count: expected.length, isCapped: false });
    }
  });

  test("find any part of a name or address, where %, _ and \\ mean themselves", async () => {
    const people = ["100% anna", "a_b", "axb", "back\\slash", "back/slash", "o'neill", "анна каренина"];
    const rows = await arranged(
      people.map((name, index) => ({ name, email: `who${index}@mail-${index}.example.com` })),
    );
    const found = async (search: string) =>
      (await page({ search })).items.map(({ id }) => rows.find((row) => row.id === id)?.name).toSorted();
    expect(await found("%")).toEqual(["100% anna"]);
    expect(await found("a_b")).toEqual(["a_b"]);
    expect(await found("\\")).toEqual(["back\\slash"]);
    expect(await found("\\%")).toEqual([]);
    expect(await found("o'n")).toEqual(["o'neill"]);
    expect(await found("ANNA")).toEqual(["100% anna"]);
    expect(await found("Каренина")).toEqual(["анна каренина"]);
    expect(await found("mail-3")).toEqual(["back\\slash"]);
    expect(await found("who")).toHaveLength(people.length);
    expect(await found("' or 1=1 --")).toEqual([]);
  });

  test("count exactly up to 1,000 and say so when there are more", async () => {
    const other = await givenOrganization();
    const { id: projectId } = await givenProject(other);
    const organizationId = other.organization.id;
    const count = async () => (await other.owner.client.interview.list.query({ size: 1 })).total;
    const add = (from: number, to: number) => {
      const numbers = sql`with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})`;
      const prefix = organizationId.slice(-22);
      return database().write([
        raw(
          sql`insert into candidate (id, organization_id, email, first_name, last_name, language, time_zone, created_at)
            ${numbers} select 'cnd_' || ${prefix} || printf('%010x', i), ${organizationId}, 'n' || i || '@example.com', 'N', 'N', 'en', 'UTC', i from n`,
          () => 0,
        ),
        raw(
          sql`insert into interview (id, organization_id, project_id, candidate_id, revision, status, version, run, labels, name, email, created_at)
            ${numbers} select 'itv_' || ${prefix} || printf('%010x', i), ${organizationId}, ${projectId}, 'cnd_' || ${prefix} || printf('%010x', i), 2, 'new', 1, 0, '[]', 'n', 'n' || i || '@example.com', i from n`,
          () => 0,
        ),
      ]);
    };
    await add(1, 1_000);
    expect(await count()).toEqual({ count: 1_000, isCapped: false });
    await add(1_001, 1_001);
    expect(await count()).toEqual({ count: 1_000, isCapped: true });
    // On an index that holds the order, a page costs what it shows: no sort, no walk, however many there are. test/walks/plans.test.ts looks at
    // what filters make of it.
    for (const access of ["owner", "recruiter"] as const) {
      const scope = { ...scopeOf(other.owner, other), access };
      for (const { sort, direction } of orders) {
        for (const after of [null, [noon.getTime(), newId("itv")] as const]) {
          const asked = {
            input: ListInterviews.parse({ sort, direction }),
            now: noon,
            after,
            seesAll: true,
            ...reach,
          };
          const { rows } = listStatements(scope, asked);
          const plan = await planOf(rows);
          expect(plan[0]).toMatch(new RegExp(`^SEARCH interview USING INDEX interview_by_${sort} \\(`));
          expect(plan.join("\n")).not.toContain("TEMP B-TREE");
          expect(plan.join("\n")).not.toContain("SCAN");
          if (after !== null) expect(plan[0]).toMatch(/\(organization_id=\? AND .+[<>]/);
        }
      }
    }
  });

  async function planOf({ sql: text, args }: Statement<unknown>): Promise<string[]> {
    const explained: Statement<string[]> = {
      sql: `explain query plan ${text}`,
      args,
      read: ({ rows }) => rows.map((row) => String(row[3])),
    };
    return (await database().read({ explained })).explained;
  }
});

describe("round trips", () => {
  test("are one for every look and two for every step", async () => {
    const { real, project, invited: one } = await givenReal();
    const deadlineAt = plus(new Date(), hourMs);
    const candidate = () => ({ email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" });
    const projectId = project.id;
    const created = await real.owner.client.interview.create.mutate({ projectId, candidate: candidate() });
    const { interview: itv, ...invited } = one;
    const interviewId = itv.id;
    const staff = (call: Parameters<typeof tripsOf>[1]) => tripsOf(real.owner.token, call);
    const own = (call: Parameters<typeof tripsOf>[1]) => tripsOf(invited.token, call);

    expect(await staff(({ interview }) => interview.list.query({}))).toBe(1);
    expect(await staff(({ interview }) => interview.get.query({ interviewId }))).toBe(1);
    expect(await staff(({ interview }) => interview.events.query({ interviewId }))).toBe(1);
    expect(await own(({ interview }) => interview.own.query({ interviewId }))).toBe(1);
    expect(await own(({ interview }) => interview.listOwn.query({}))).toBe(1);

    const id: InterviewId = created.id;
    expect(await staff(({ interview }) => interview.create.mutate({ projectId, candidate: candidate() }))).toBe(2);
    expect(
      await staff(({ interview }) => interview.createAndInvite.mutate({ projectId, candidate: candidate() })),
    ).toBe(2);
    expect(await staff(({ interview }) => interview.setDeadline.mutate({ interviewId: id, deadlineAt }))).toBe(2);
    expect(await staff(({ interview }) => interview.advance.mutate({ interviewId: id }))).toBe(2);
    await tendInterview(systemDeps({ now: () => deadlineAt }), id);
    const later = plus(deadlineAt, hourMs);
    expect(await staff(({ interview }) => interview.restore.mutate({ interviewId: id, deadlineAt: later }))).toBe(2);
    expect(await staff(({ invitation }) => invitation.resend.mutate({ interviewId: id }))).toBe(2);
    expect(await staff(({ interview }) => interview.skip.mutate({ interviewId: id }))).toBe(2);

    const password = "five slow herons in reeds";
    expect(await own(({ interview }) => interview.confirm.mutate({ interviewId, password }))).toBe(2);
    expect(await own(({ interview }) => interview.start.mutate({ interviewId }))).toBe(2);
    expect(await own(({ interview }) => interview.abort.mutate({ interviewId }))).toBe(2);
    expect(await staff(({ interview }) => interview.reset.mutate({ interviewId }))).toBe(2);
    await invited.client.interview.start.mutate({ interviewId });
    await answerAll({ interview: itv, ...invited });
    expect(await own(({ interview }) => interview.finish.mutate({ interviewId }))).toBe(2);
  });
});
