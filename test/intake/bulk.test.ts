import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import * as store from "../../src/intake/store.ts";
import { dayMs, after as plus } from "../../src/kernel/clock.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { memberScopeOf } from "../deadline/ledger.ts";
import {
  admitted,
  anteroom,
  type Client,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
});

const staff = () => house.owner.client.interview;
const person = (email = newEmail("many"), over: object = {}) => ({
  candidate: { email, firstName: "Cleo", lastName: "Candidate", timeZone: "America/New_York", ...over },
});
const many = (count: number) => Array.from({ length: count }, () => person());
type Call = Parameters<Client["interview"]["createAndInviteMany"]["mutate"]>[0];
type Rows = Call["rows"];
const invite = (rows: Rows, over: Partial<Call> = {}) =>
  staff().createAndInviteMany.mutate({ projectId: project.id, rows, ...over });

async function counted(projectId: string) {
  const count = (what: string) => sql.raw(what);
  const { rows } = await database().read({
    rows: raw(
      sql`select
        (select count(*) from interview where project_id = ${projectId}),
        (select count(*) from interview_event where interview_id in (select id from interview where project_id = ${projectId})),
        (select ${count("count(*)")} from letter where interview_id in (select id from interview where project_id = ${projectId}))`,
      (found) => found[0]?.map(Number),
    ),
  });
  const [interviews, events, letters] = rows ?? [];
  return { interviews, events, letters };
}

describe("many invited at once", () => {
  test("500 in one call and two round trips, each with an interview, its history and a letter that lets them in", async () => {
    const own = await givenProject(house);
    const rows = many(500);
    let answer: Awaited<ReturnType<typeof invite>> | undefined;
    const trips = await tripsOf(house.owner.token, async (client) => {
      answer = await client.interview.createAndInviteMany.mutate({ projectId: own.id, rows, labels: ["spring"] });
    });
    expect(trips).toBe(2);
    expect(answer?.invited).toBe(500);
    expect(answer?.results.map(({ index }) => index)).toEqual(rows.map((_, index) => index));
    expect(await counted(own.id)).toEqual({ interviews: 500, events: 1_000, letters: 500 });
    const last = answer?.results[499];
    if (last?.outcome !== "invited") throw new Error("the last row is invited");
    const shown = await staff().get.query({ interviewId: last.interviewId });
    expect(shown).toMatchObject({ status: "invited", labels: ["spring"], deadlineAt: last.deadlineAt, version: 2 });
    expect(shown.candidate).toMatchObject({ id: last.candidateId, email: rows[499]?.candidate.email });
    const { client } = await admitted(shown.candidate.email);
    expect(await client.interview.confirm.mutate({ interviewId: shown.id })).toMatchObject({ status: "confirmed" });
    expect((await staff().list.query({ label: "spring", size: 1 })).total).toEqual({ count: 500, isCapped: false });
  });

  test("a row that is wrong refuses itself alone, by name and place, and duplicates are named", async () => {
    const [twice, there] = [newEmail("twice"), newEmail("there")];
    const known = await staff().createAndInvite.mutate({ projectId: project.id, ...person(there) });
    const bad = JSON.parse('[null, 7, {"candidate": {"email": "nobody", "firstName": "", "timeZone": "Mars/Base"}}]');
    const past = { ...person(), deadlineAt: new Date(0) };
    const { results, invited } = await invite([
      ...[person(twice), ...bad, person(twice.toUpperCase()), person(there), past, person()],
    ]);
    expect(invited).toBe(2);
    const told = results.map((one) => (one.outcome === "refused" ? one.reason : one.outcome));
    const wrong = ["bad_input", "bad_input", "bad_input"];
    expect(told).toEqual(["invited", ...wrong, "repeated_row", "already_in_project", "deadline_in_past", "invited"]);
    expect(results[3]).toMatchObject({
      issues: [
        { path: "candidate.email" },
        { path: "candidate.firstName" },
        { path: "candidate.lastName" },
        { path: "candidate.timeZone" },
      ],
    });
    expect(results[4]).toMatchObject({ facts: { index: 0 } });
    expect(results[5]).toMatchObject({ facts: { interviewId: known.id } });
    expect(results[6]).toMatchObject({ sentence: "The deadline must be in the future." });
  });

  test("made again under its keys it answers what it wrote, and writes nothing; a key used for another is refused", async () => {
    const own = await givenProject(house);
    const keyed = many(3).map((row, index) => ({ ...row, requestKey: `import 7, row ${index} ${own.id}` }));
    const first = await invite(keyed, { projectId: own.id });
    const before = await counted(own.id);
    expect(await invite(keyed, { projectId: own.id })).toEqual(first);
    const more = [...keyed, { ...person(), requestKey: keyed[0]?.requestKey ?? "" }, ...many(1)];
    const again = await invite(more, { projectId: own.id });
    expect(again.results.slice(0, 3)).toEqual(first.results);
    expect(again.results[3]).toMatchObject({ outcome: "refused", reason: "repeated_row" });
    expect(before).toEqual({ interviews: 3, events: 6, letters: 3 });
    expect(await counted(own.id)).toEqual({ interviews: 4, events: 8, letters: 4 });
    const other = await invite([{ ...person(), requestKey: keyed[0]?.requestKey ?? "" }], { projectId: own.id });
    expect(other.results).toMatchObject([{ outcome: "refused", reason: "request_key_used" }]);
  });

  test("what stands beside the rows holds for all of them, and a row's own goes before it", async () => {
    const inviteAt = plus(new Date(), dayMs);
    const deadlineAt = plus(new Date(), 3 * dayMs);
    const own = plus(new Date(), 5 * dayMs);
    const rows = [person(), { ...person(), deadlineAt: own, labels: ["late"] }];
    const { results } = await invite(rows, { inviteAt, deadlineAt, labels: ["wave 2"] });
    expect(results).toMatchObject([
      { status: "new", inviteAt, deadlineAt },
      { status: "new", inviteAt, deadlineAt: own },
    ]);
    const [, second] = results;
    if (second?.outcome !== "invited") throw new Error("both are planned");
    expect((await staff().get.query({ interviewId: second.interviewId })).labels).toEqual(["wave 2", "late"]);
    expect(await lettersTo(rows[0]?.candidate.email ?? "")).toEqual([]);
  });

  test("is refused as a whole where the project is not seen, not managed or not active, and over 500 rows", async () => {
    const rows = many(1);
    const stranger = await givenOrganization();
    const call = { projectId: project.id, rows };
    const asStranger = stranger.owner.client.interview.createAndInviteMany.mutate(call);
    expect((await refusalOf(asStranger)).reason).toBe("not_found");
    const manager = await givenMember(house, "hiring_manager");
    expect((await refusalOf(manager.client.interview.createAndInviteMany.mutate(call))).reason).toBe("not_found");
    const draft = await house.owner.client.project.create.mutate({ name: "Not yet" });
    expect((await refusalOf(invite(rows, { projectId: draft.id }))).reason).toBe("project_not_active");
    expect((await refusalOf(invite(many(501)))).reason).toBe("bad_input");
    expect((await refusalOf(invite([]))).reason).toBe("bad_input");
  });
});

/** One of the ways a row can be: what it is made from does not matter, only which of the people it names. */
const rowArb = fc.record({
  who: fc.nat(5),
  key: fc.option(fc.nat(3), { nil: undefined }),
  fault: fc.constantFrom("none", "none", "none", "email", "name", "past", "zone"),
});
type Made = typeof rowArb extends fc.Arbitrary<infer Row> ? Row : never;

type Outcomes = readonly string[];
type Bulk = (rows: Rows, projectId: typeof project.id) => Promise<Outcomes>;

const inBulk: Bulk = async (rows, projectId) => {
  const { results } = await invite(rows, { projectId });
  return results.map((one) => (one.outcome === "refused" ? one.reason : `${one.outcome} ${one.status}`));
};

/** The same rows by the call for one. Whoever stands in the call twice is met there as somebody who is there already. */
async function oneByOne(rows: Rows, projectId: typeof project.id): Promise<Outcomes> {
  const outcomes: string[] = [];
  for (const row of rows) {
    const call = staff().createAndInvite.mutate({ projectId, ...row });
    outcomes.push(
      await call.then(({ status }) => `invited ${status}`).catch(async () => (await refusalOf(call)).reason),
    );
  }
  return outcomes;
}

async function differences(bulk: Bulk, numRuns: number): Promise<unknown> {
  const found = await fc.check(
    fc.asyncProperty(fc.array(rowArb, { minLength: 1, maxLength: 8 }), async (made) => {
      const [one, other] = await Promise.all([givenProject(house), givenProject(house)]);
      const emails = Array.from({ length: 6 }, () => newEmail("either"));
      // Two of the people are known, and one of these is in both projects already.
      for (const { id } of [one, other, project]) {
        const email = emails[id === project.id ? 1 : 0];
        await staff().createAndInvite.mutate({ projectId: id, ...person(email) });
      }
      const seen = new Set<string>();
      const expected = (rows: readonly string[], list: readonly Made[]) =>
        rows.map((outcome, index) => {
          const { who, fault } = list[index] ?? { who: 0, fault: "none" };
          const isShaped = fault === "none" || fault === "past";
          const isTwin = isShaped && seen.has(String(who));
          if (isShaped) seen.add(String(who));
          return isTwin ? "repeated_row" : outcome;
        });
      const rowsOf = (list: readonly Made[]) =>
        list.map(({ who, fault }) => ({
          ...person(fault === "email" ? "nowhere" : emails[who], {
            ...(fault === "name" && { firstName: "" }),
            ...(fault === "zone" && { timeZone: "Atlantis/Harbour" }),
          }),
          ...(fault === "past" && { deadlineAt: new Date(0) }),
        }));
      const rows = rowsOf(made);
      const [many, singles] = [await bulk(rows, one.id), await oneByOne(rows, other.id)];
      expect(many).toEqual(expected(singles, made));
    }),
    { numRuns, endOnFailure: true },
  );
  return found.counterexample;
}

describe("a row is invited or refused exactly as it would be alone", () => {
  test("in 12 random calls", async () => {
    expect(await differences(inBulk, 12)).toBeNull();
  });

  test("saboteur: one bad row that spoils its neighbour is caught", async () => {
    const spoiling: Bulk = async (rows, projectId) => {
      const outcomes = await inBulk(rows, projectId);
      return outcomes.map((outcome, index) => (outcomes[index - 1] === "bad_input" ? "bad_input" : outcome));
    };
    expect(await differences(spoiling, 25)).not.toBeNull();
  });
});

describe("races", () => {
  test("ten calls at once that share their people: everybody is invited once, with one history and one letter", async () => {
    const own = await givenProject(house);
    const people = many(40);
    const calls = await Promise.all(
      Array.from({ length: 10 }, (_, call) => invite(people.slice(call * 2, call * 2 + 22), { projectId: own.id })),
    );
    expect(await counted(own.id)).toEqual({ interviews: 40, events: 80, letters: 40 });
    const ids = new Set<InterviewId>();
    for (const { results } of calls) {
      for (const one of results) {
        if (one.outcome === "invited") ids.add(one.interviewId);
        else expect(one.reason).toBe("already_in_project");
      }
    }
    expect(ids.size).toBe(40);
    expect(calls.reduce((sum, { invited }) => sum + invited, 0)).toBe(40);
  });

  test("whoever is invited alone in the same moment is invited once", async () => {
    const own = await givenProject(house);
    const people = many(20);
    await Promise.all([
      invite(people, { projectId: own.id }),
      ...people.slice(0, 10).map((row) =>
        staff()
          .createAndInvite.mutate({ projectId: own.id, ...row })
          .catch(() => null),
      ),
    ]);
    expect(await counted(own.id)).toEqual({ interviews: 20, events: 40, letters: 20 });
  });
});

test("what many are looked up by has an index", async () => {
  const scope = memberScopeOf(house);
  const looks = [
    store.peopleOf(scope, { projectId: project.id, emails: ["a@example.com"] }),
    store.interviewsByRequestKey(scope, ["one"]),
    store.keysAreFree(scope, ["one"]),
  ];
  for (const { sql: text, args } of looks) {
    const { plan } = await database().read({
      plan: { sql: `explain query plan ${text}`, args, read: ({ rows }) => rows.map((row) => String(row[3])) },
    });
    expect(plan.filter((step) => /^SCAN (?!value|json_each|asked)/.test(step) && !step.includes("CONSTANT"))).toEqual(
      [],
    );
    expect(plan.some((step) => /USING (COVERING )?INDEX/.test(step))).toBe(true);
  }
});

test("nobody who is not signed in gets anything of it", async () => {
  const call = anteroom().interview.createAndInviteMany.mutate({ projectId: project.id, rows: many(1) });
  expect((await refusalOf(call)).reason).toBe("signed_out");
});
