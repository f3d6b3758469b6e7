// The record of a candidate as staff keep it: each request of the document, steps and races, one person once, the letter of a rejection.
import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { candidate, letter } from "../../db/schema/index.ts";
import { all, build, run } from "../../db/statement.ts";
import { dayMs, hourMs, after as later, minuteMs } from "../../src/kernel/clock.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { givenRole, newRefcheck } from "../support/refcheck.ts";
import {
  anteroom,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  refusalOf,
  systemDeps,
  tripsOf,
  unique,
} from "../support/world.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
  await house.owner.client.organization.edit.mutate({ timeZone: "Europe/Amsterdam" });
  house.organization = await house.owner.client.organization.get.query();
});
beforeEach(() => {
  vi.useRealTimers();
});

/** Tomorrow: everybody's session is still good then. */
const midnight = new Date(Math.ceil(Date.now() / dayMs) * dayMs);
const dayOf = (at: Date) => at.toISOString().slice(0, "YYYY-MM-DD".length);

const api = () => house.owner.client.candidate;
const person = (over: { firstName?: string; lastName?: string; email?: string } = {}) => ({
  ...{ firstName: "Jane", lastName: "Doe", email: newEmail("jane") },
  ...over,
});
const newPhone = () => `+3120${String(unique()).padStart(8, "0")}`;
const created = () => api().create.mutate({ user: person() });

/** What happened, as it is told. */
async function historyOf(candidateId: CandidateId) {
  const { items } = await api().events.query({ candidateId });
  return items.map(({ verb, from, to, version }) => [version, verb, from, to]);
}

describe("the document's requests", () => {
  test("list: take and skip, with the person, the source and a total", async () => {
    const own = await givenOrganization();
    const { candidate: client } = own.owner.client;
    const jane = await client.create.mutate({
      ...{ user: person(), appliedDate: "2024-01-10", source: "LinkedIn" },
    });
    await client.edit.mutate({ candidateId: jane.id, rating: 4.5 });
    await client.create.mutate({ user: person({ firstName: "Bo" }) });
    const page = await client.listPage.query({ take: 20, skip: 0, include: ["user", "source"] });
    expect(page).toMatchObject({ total: 2, isTotalCapped: false });
    expect(page.items[1]).toMatchObject({
      ...{ id: jane.id, rating: 4.5, status: "APPLIED", appliedDate: "2024-01-10" },
      ...{ hiredDate: null, rejectDate: null, organizationId: own.organization.id },
      ...{ user: { firstName: "Jane", lastName: "Doe", email: jane.user.email }, source: { name: "LinkedIn" } },
    });
    expect(page.items[1]).not.toHaveProperty("interviews");
    const second = await client.listPage.query({ take: 1, skip: 1, include: [] });
    expect(second).toMatchObject({ items: [{ id: jane.id }], total: 2 });
    expect(second.items[0]).not.toHaveProperty("user");
  });

  test("create: with a password they can sign in, with the organization's id or without", async () => {
    const sent = {
      user: person(),
      ...{ password: "temporaryPassword", appliedDate: "2024-01-10", organizationId: newId("org") },
    };
    const made = await api().create.mutate(sent);
    expect(made).toMatchObject({
      ...{ status: "APPLIED", appliedDate: "2024-01-10", organizationId: house.organization.id, hasPassword: true },
      ...{ user: sent.user, source: null, rating: null, ratedBy: null, tags: [], interviews: [], refchecks: [] },
      ...{ language: house.organization.language, timeZone: house.organization.timeZone },
      availableActions: ["interview", "reject", "hire"],
    });
    const organization = house.organization.slug;
    const signedIn = await anteroom().identity.signInCandidate.mutate({
      ...{ organization, email: sent.user.email, password: sent.password },
    });
    expect(signedIn).toMatchObject({ kind: "candidate", candidateId: made.id });
    expect(await anteroom(signedIn.token).candidate.me.query()).toMatchObject({ email: sent.user.email });
  });

  test("update: a rating by hand and a status, which goes through the machine", async () => {
    const { id: candidateId } = await created();
    const sent = { candidateId, rating: 4.5, status: "INTERVIEWED" as const };
    const changed = await api().edit.mutate(sent);
    expect(changed).toMatchObject({ rating: 4.5, ratedBy: "hand", status: "INTERVIEWED" });
    // Sent again it is no step.
    await api().edit.mutate(sent);
    expect(await historyOf(candidateId)).toEqual([
      [1, "create", null, "APPLIED"],
      [2, "interview", "APPLIED", "INTERVIEWED"],
    ]);
    expect(await api().edit.mutate({ candidateId, rating: null })).toMatchObject({ rating: null, ratedBy: null });
    for (const rating of [4.4, -0.5, 5.5]) {
      expect(await refusalOf(api().edit.mutate({ candidateId, rating }))).toMatchObject({ reason: "bad_input" });
    }
  });

  test("each status of the document is reached, and told with its day", async () => {
    vi.setSystemTime(later(midnight, 23.5 * hourMs));
    const [one, two, three] = [await created(), await created(), await created()];
    // It is the next day in Amsterdam.
    const today = dayOf(later(midnight, dayMs));
    expect(one).toMatchObject({ status: "APPLIED", appliedDate: today, rejectDate: null, hiredDate: null });
    expect(await api().edit.mutate({ candidateId: one.id, status: "REJECTED" })).toMatchObject({
      ...{ status: "REJECTED", rejectDate: today, availableActions: ["reopen"] },
    });
    expect(await api().edit.mutate({ candidateId: two.id, status: "HIRED" })).toMatchObject({
      ...{ status: "HIRED", hiredDate: today, availableActions: [] },
    });
    expect(await api().markInterviewed.mutate({ candidateId: three.id })).toMatchObject({ status: "INTERVIEWED" });
  });
});

describe("steps", () => {
  test("hiring twice, or rejecting whom one has hired, is refused and says what is allowed", async () => {
    const { id: candidateId } = await created();
    await api().hire.mutate({ candidateId, why: "The best there is." });
    const refusals = [
      [() => api().hire.mutate({ candidateId }), "hire"],
      [() => api().reject.mutate({ candidateId, letter: null }), "reject"],
      [() => api().edit.mutate({ candidateId, status: "REJECTED", rating: 1 }), "reject"],
      [() => api().edit.mutate({ candidateId, status: "APPLIED" }), "reopen"],
    ] as const;
    for (const [call, verb] of refusals) {
      const facts = { from: "HIRED", verb, allowed: [] };
      expect(await refusalOf(call())).toMatchObject({ reason: "illegal_step", code: "CONFLICT", facts });
    }
    const hired = await api().get.query({ candidateId });
    expect(hired).toMatchObject({ status: "HIRED", rating: null, version: 2 });
    const { items } = await api().events.query({ candidateId });
    expect(items.at(-1)).toMatchObject({
      ...{ verb: "hire", why: "The best there is.", actorKind: "member", actorId: house.owner.memberId },
    });
  });

  test("reopening leads back to where they were rejected, and nowhere else", async () => {
    const { id: candidateId } = await created();
    await api().markInterviewed.mutate({ candidateId });
    await api().reject.mutate({ candidateId, letter: null });
    expect(await refusalOf(api().edit.mutate({ candidateId, status: "APPLIED" }))).toMatchObject({
      ...{ reason: "illegal_step", facts: { from: "REJECTED", verb: "reopen", allowed: ["reopen"] } },
    });
    const reopened = await api().reopen.mutate({ candidateId });
    expect(reopened).toMatchObject({ status: "INTERVIEWED", rejectDate: null });
    await api().reject.mutate({ candidateId, letter: null });
    await api().edit.mutate({ candidateId, status: "INTERVIEWED" });
    expect((await historyOf(candidateId)).slice(2)).toEqual([
      [3, "reject", "INTERVIEWED", "REJECTED"],
      [4, "reopen", "REJECTED", "INTERVIEWED"],
      [5, "reject", "INTERVIEWED", "REJECTED"],
      [6, "reopen", "REJECTED", "INTERVIEWED"],
    ]);
  });

  test("of fifty who hire at once one does, and it happened once", async () => {
    const { id: candidateId } = await created();
    const calls = await Promise.allSettled(Array.from({ length: 50 }, () => api().hire.mutate({ candidateId })));
    expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const reasons = calls.flatMap((call) => (call.status === "rejected" ? [call.reason.data?.reason] : []));
    expect(reasons.filter((reason) => reason !== "moved_on" && reason !== "illegal_step")).toEqual([]);
    expect(await historyOf(candidateId)).toEqual([
      [1, "create", null, "APPLIED"],
      [2, "hire", "APPLIED", "HIRED"],
    ]);
  });

  test("hired and rejected at once, one of the two happened, and its letter with it or none", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id: candidateId } = await created();
      const letter = { sendAfterMinutes: 60 };
      await Promise.allSettled([
        api().hire.mutate({ candidateId }),
        api().reject.mutate({ candidateId, letter }),
        api().hire.mutate({ candidateId }),
      ]);
      const { status, version } = await api().get.query({ candidateId });
      expect(version).toBe(2);
      expect(await historyOf(candidateId)).toHaveLength(2);
      expect((await lettersOf(candidateId)).length).toBe(status === "REJECTED" ? 1 : 0);
    }
  });

  test("saboteur: whoever looks first and writes without a guard hires as often as they are asked", async () => {
    const { id: candidateId } = await created();
    const unguarded = async () => {
      const { status } = await api().get.query({ candidateId });
      if (status === "HIRED") return false;
      const hired = { status: "HIRED" } as const;
      await database().write([run(build.update(candidate).set(hired).where(eq(candidate.id, candidateId)))]);
      return true;
    };
    const hires = await Promise.all(Array.from({ length: 10 }, unguarded));
    expect(hires.filter(Boolean).length).toBeGreaterThan(1);
  });
});

describe("one person is one candidate", () => {
  test("by address or by phone, with the id of whom is known; in another organization they are somebody else", async () => {
    const phone = newPhone();
    const first = await api().create.mutate({ user: person(), phone });
    const again = { user: person({ email: first.user.email.toUpperCase() }) };
    expect(await refusalOf(api().create.mutate(again))).toMatchObject({
      ...{ reason: "candidate_known", code: "CONFLICT", facts: { candidateId: first.id, by: "email" } },
    });
    const spaced = `${phone.slice(0, 3)} (${phone.slice(3, 5)}) ${phone.slice(5)}`;
    expect(await refusalOf(api().create.mutate({ user: person(), phone: spaced }))).toMatchObject({
      ...{ reason: "candidate_known", facts: { candidateId: first.id, by: "phone" } },
    });
    const other = await created();
    expect(await refusalOf(api().edit.mutate({ candidateId: other.id, phone }))).toMatchObject({
      ...{ reason: "candidate_known", facts: { candidateId: first.id, by: "phone" } },
    });
    expect(await api().edit.mutate({ candidateId: first.id, phone })).toMatchObject({ phone });
    const elsewhere = await givenOrganization();
    const there = await elsewhere.owner.client.candidate.create.mutate({ user: first.user, phone });
    expect(there.id).not.toBe(first.id);
  });

  test("is found by the very day that is shown, said or not, whatever day it is where the organization is", async () => {
    // Half past midnight in Amsterdam, and the day before in UTC.
    vi.setSystemTime(later(midnight, -hourMs / 2));
    const [said, unsaid] = [await created(), await created()];
    await database().write([
      run(build.update(candidate).set({ appliedDate: null }).where(eq(candidate.id, unsaid.id))),
    ]);
    const days = await Promise.all(
      [said, unsaid].map(async ({ id: candidateId }) => (await api().get.query({ candidateId })).appliedDate),
    );
    expect(days).toEqual([dayOf(midnight), dayOf(later(midnight, -1))]);
    for (const [nth, day] of days.entries()) {
      const { items } = await api().list.query({ appliedFrom: day, appliedTo: day, size: 100 });
      const found = items.filter(({ id }) => id === said.id || id === unsaid.id);
      expect(found.map(({ id, appliedDate }) => [id, appliedDate])).toEqual([[[said, unsaid][nth]?.id, day]]);
    }
  });

  test("whoever came through an interview or a refcheck is known, has applied on the day they came, and goes on from there", async () => {
    vi.setSystemTime(later(midnight, 12 * hourMs));
    const project = await givenProject(house);
    const email = newEmail("came");
    const { candidate: came } = await house.owner.client.interview.create.mutate({
      ...{ projectId: project.id, candidate: { email, firstName: "Cleo", lastName: "Came" } },
    });
    const { candidateId: asked } = await newRefcheck(house, "invited");
    for (const candidateId of [came.id, asked]) {
      const found = await api().get.query({ candidateId });
      expect(found).toMatchObject({ status: "APPLIED", appliedDate: dayOf(midnight), version: 0 });
      const twin = refusalOf(api().create.mutate({ user: person({ email: found.user.email }) }));
      expect(await twin).toMatchObject({ reason: "candidate_known", facts: { candidateId, by: "email" } });
      await api().hire.mutate({ candidateId });
      expect(await historyOf(candidateId)).toEqual([[1, "hire", "APPLIED", "HIRED"]]);
    }
    expect((await api().get.query({ candidateId: came.id })).interviews).toMatchObject([
      { projectId: project.id, projectName: "Barista", status: "new" },
    ]);
  });

  test("entered twice in one moment they are one; the same request is answered with the same", async () => {
    const user = person();
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => api().create.mutate({ user })));
    expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const reasons = new Set(calls.flatMap((call) => (call.status === "rejected" ? [call.reason.data?.reason] : [])));
    expect([...reasons]).toEqual(["candidate_known"]);
    const phone = newPhone();
    const byPhone = await Promise.allSettled(
      Array.from({ length: 10 }, () => api().create.mutate({ user: person(), phone })),
    );
    expect(byPhone.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const asked = { user: person(), requestKey: `key-${newId("cnd")}` };
    const same = await Promise.all(Array.from({ length: 10 }, () => api().create.mutate(asked)));
    expect(new Set(same.map(({ id }) => id)).size).toBe(1);
    expect(await historyOf(same[0]?.id ?? "cnd_")).toHaveLength(1);
    expect(await refusalOf(api().create.mutate({ ...asked, user: person() }))).toMatchObject({
      reason: "request_key_used",
    });
  });

  test("a password that is guessed first is refused, and nobody is made", async () => {
    const user = person();
    expect(await refusalOf(api().create.mutate({ user, password: "password1234" }))).toMatchObject({
      reason: "weak_password",
    });
    expect((await api().list.query({ search: user.email })).items).toEqual([]);
  });
});

describe("what is changed", () => {
  test("stands in the record, in their interviews and in their refchecks; the rest stays", async () => {
    const { id: roleId } = await givenRole(house);
    const { candidateId, email } = await newRefcheck(house, "invited", { roleId });
    const phone = newPhone();
    const name = `Zora${unique()}`;
    const edited = await api().edit.mutate({
      ...{ candidateId, user: { firstName: name }, phone, source: "A fair", tags: ["night", "remote"] },
      ...{ externalIds: [{ system: "Greenhouse", id: "ats-7" }], language: "de", timeZone: "europe/berlin" },
    });
    expect(edited).toMatchObject({
      ...{ user: { firstName: name, lastName: "Candidate", email }, phone, source: { name: "A fair" } },
      ...{
        tags: ["night", "remote"],
        externalIds: [{ system: "greenhouse", id: "ats-7" }],
        language: "de",
        timeZone: "Europe/Berlin",
        status: "APPLIED",
      },
    });
    const { refcheck } = house.owner.client;
    expect((await refcheck.list.query({ search: name })).items.map(({ candidate: { id } }) => id)).toEqual([
      candidateId,
    ]);
    expect((await api().list.query({ tag: "night" })).items.map(({ id }) => id)).toEqual([candidateId]);
    const bare = await api().edit.mutate({
      candidateId,
      phone: null,
      source: null,
      externalIds: [],
      tags: ["remote"],
    });
    expect(bare).toMatchObject({ phone: null, source: null, externalIds: [], user: { firstName: name } });
    expect((await api().list.query({ tag: "night" })).items).toEqual([]);
    expect(bare.version).toBe(0);
  });

  test("a record that staff keep stays when their last interview is taken away; whoever only came with it goes", async () => {
    const { interview } = house.owner.client;
    const { id: projectId } = await givenProject(house);
    const invite = (email: string) =>
      interview.create.mutate({ projectId, candidate: { email, firstName: "Cleo", lastName: "Kept" } });
    const kept = await created();
    const [one, two] = [await invite(kept.user.email), await invite(newEmail("goes"))];
    expect(one.candidate.id).toBe(kept.id);
    expect(await interview.remove.mutate({ interviewId: one.id })).toMatchObject({ candidateRemoved: false });
    expect(await interview.remove.mutate({ interviewId: two.id })).toMatchObject({ candidateRemoved: true });
    expect(await api().get.query({ candidateId: kept.id })).toMatchObject({ interviews: [] });
  });
});

async function lettersOf(candidateId: CandidateId) {
  const { rows } = await database().read({
    rows: all(build.select().from(letter).where(eq(letter.candidateId, candidateId)).orderBy(letter.id)),
  });
  return rows;
}

describe("another address", () => {
  test("is given to somebody who has neither interview nor refcheck, alive until mail comes back, and opens nothing by the former", async () => {
    const former = newEmail("jane");
    const password = "eight brown bears in a wood";
    const { id: candidateId } = await api().create.mutate({ user: person({ email: former }), password });
    const email = newEmail("right");
    expect(await api().correctAddress.mutate({ candidateId, email })).toEqual({ candidateId, email });
    expect(await api().get.query({ candidateId })).toMatchObject({ user: { email }, emailStatus: "ok" });
    const { slug: organization } = house.organization;
    const signIn = (address: string) =>
      refusalOf(anteroom().identity.signInCandidate.mutate({ organization, email: address, password }));
    for (const address of [former, email]) expect(await signIn(address)).toMatchObject({ reason: "wrong_credentials" });
  });

  test("brings what they have to do there again, and is refused where somebody else has it", async () => {
    const { candidateId, refcheckId } = await newRefcheck(house, "invited");
    const email = newEmail("right");
    await api().correctAddress.mutate({ candidateId, email });
    expect((await lettersTo(email)).map(({ path }) => path)).toEqual([`/candidate-dashboard/refchecks/${refcheckId}/`]);
    const taken = api().correctAddress.mutate({ candidateId: (await created()).id, email });
    expect(await refusalOf(taken)).toMatchObject({ reason: "address_taken" });
  });
});

describe("the letter of a rejection", () => {
  const noon = later(midnight, 12 * hourMs);
  const drainAt = (at: Date) => {
    vi.setSystemTime(at);
    return drainOutbox(systemDeps());
  };
  beforeEach(() => {
    vi.setSystemTime(noon);
  });

  test("waits as long as was said, and is then sent once, kindly", async () => {
    const { id: candidateId, user } = await created();
    await api().reject.mutate({ candidateId, letter: { sendAfterMinutes: 90 }, why: "Too few weekends." });
    expect(await lettersOf(candidateId)).toMatchObject([
      { status: "waiting", nextAttemptAt: later(noon, 90 * minuteMs) },
    ]);
    await drainAt(later(noon, 90 * minuteMs - 1));
    expect(await lettersTo(user.email)).toEqual([]);
    await drainAt(later(noon, 90 * minuteMs));
    await drainAt(later(noon, 2 * hourMs));
    const sent = await lettersTo(user.email);
    expect(sent).toMatchObject([{ subject: `About your application to ${house.organization.name}`, token: null }]);
    expect(sent[0]?.text).toContain("Thank you for your interest");
    expect(sent[0]?.text).not.toContain("weekends");
  });

  test("waits an hour unless something else is said; with none, nothing is written", async () => {
    const [one, two] = [await created(), await created()];
    await api().reject.mutate({ candidateId: one.id, letter: {} });
    await api().reject.mutate({ candidateId: two.id, letter: null });
    expect((await lettersOf(one.id)).map(({ nextAttemptAt }) => nextAttemptAt)).toEqual([later(noon, hourMs)]);
    expect(await lettersOf(two.id)).toEqual([]);
    for (const sendAfterMinutes of [-1, 10_081, 0.5]) {
      const call = api().reject.mutate({ candidateId: two.id, letter: { sendAfterMinutes } });
      expect(await refusalOf(call)).toMatchObject({ reason: "bad_input" });
    }
  });

  test("is withdrawn when they are reopened, at once; rejected again they get the letter of that rejection", async () => {
    const { id: candidateId, user } = await created();
    await api().reject.mutate({ candidateId, letter: { sendAfterMinutes: 60 } });
    await api().reopen.mutate({ candidateId });
    expect(await lettersOf(candidateId)).toMatchObject([{ status: "withdrawn", nextAttemptAt: null }]);
    await api().reject.mutate({ candidateId, letter: { sendAfterMinutes: 120 } });
    await drainAt(later(noon, hourMs));
    expect(await lettersTo(user.email)).toEqual([]);
    await drainAt(later(noon, 2 * hourMs));
    expect(await lettersTo(user.email)).toHaveLength(1);
    expect((await lettersOf(candidateId)).map(({ status }) => status)).toEqual(["withdrawn", "delivered"]);
  });

  test("is not sent where it is of another rejection than the last, whatever it says of itself", async () => {
    const { id: candidateId, user } = await created();
    await api().reject.mutate({ candidateId, letter: { sendAfterMinutes: 60 } });
    await api().reopen.mutate({ candidateId });
    await api().reject.mutate({ candidateId, letter: null });
    // As if reopening had not put it away.
    const revived = { status: "waiting", nextAttemptAt: later(noon, hourMs) } as const;
    await database().write([run(build.update(letter).set(revived).where(eq(letter.candidateId, candidateId)))]);
    await drainAt(later(noon, 2 * hourMs));
    expect(await lettersTo(user.email)).toEqual([]);
    expect(await lettersOf(candidateId)).toMatchObject([{ status: "withdrawn" }]);
  });

  test("is seen by recruiters where it stands", async () => {
    const { id: candidateId, user } = await created();
    await api().reject.mutate({ candidateId, letter: {} });
    const { client } = await givenMember(house, "recruiter");
    const { items } = await client.letter.list.query({ status: "waiting" });
    expect(items.filter(({ to }) => to === user.email)).toMatchObject([{ kind: "candidate_rejected" }]);
  });
});

test("a read is one round trip, a step and an edit two", async () => {
  const { id: candidateId } = await created();
  const { token } = house.owner;
  const include = ["user", "source", "interviews", "refchecks"] as const;
  expect(await tripsOf(token, (client) => client.candidate.get.query({ candidateId }))).toBe(1);
  expect(await tripsOf(token, (client) => client.candidate.list.query({ include: [...include] }))).toBe(1);
  expect(await tripsOf(token, (client) => client.candidate.listPage.query({ include: [...include] }))).toBe(1);
  expect(await tripsOf(token, (client) => client.candidate.hire.mutate({ candidateId }))).toBe(2);
  expect(await tripsOf(token, (client) => client.candidate.edit.mutate({ candidateId, rating: 3 }))).toBe(2);
});
