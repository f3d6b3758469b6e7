import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { dayMs, after as plus } from "../../src/kernel/clock.ts";
import type { RefcheckId } from "../../src/kernel/ids.ts";
import { aReference, givenRole, newRefcheck, roleOf, shortAnswers } from "../support/refcheck.ts";
import {
  anteroom,
  givenMember,
  givenOrganization,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  refusalOf,
} from "../support/world.ts";
import { candidateOf, historyFor, kindsOf, refereeOf, rowOf } from "./ledger.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization({ frontendOrigins: ["https://jobs.example.com"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const staff = () => house.owner.client.refcheck;
const historyOf = (refcheckId: RefcheckId) => historyFor(house, refcheckId);

/** Their link, as the letter has it. */
async function entered(email: string) {
  const came = await anteroom().identity.useLink.mutate({ token: await newestToken(email) });
  return { came, client: anteroom(came.token) };
}

describe("the candidate's way", () => {
  test("from the letter to a named reference", async () => {
    const { email, refcheckId } = await newRefcheck(house);
    const [invitation] = await lettersTo(email);
    expect(invitation?.path).toBe(`/candidate-dashboard/refchecks/${refcheckId}/`);
    expect(invitation?.text).toContain("https://jobs.example.com/auth/link/rc_");
    const { came, client } = await entered(email);
    expect(came).toMatchObject({
      kind: "candidate",
      refcheckId,
      interviewId: null,
      refcheck: { roleTitle: "Barista" },
    });
    const own = await client.refcheck.own.query({ refcheckId, expand: ["role"] });
    expect(own).toMatchObject({
      ...{ status: "awaiting_candidate", referencesRequired: 1, referencesOptional: 2, consentedAt: null },
      ...{ references: [], availableActions: ["consent"], role: { title: "Barista", teamName: house.team.name } },
    });
    expect(own.consent.text.length).toBeGreaterThan(100);
    expect((await client.refcheck.own.query({ refcheckId })).role).toBeUndefined();
    const tooSoon = await refusalOf(client.reference.add.mutate({ refcheckId, ...aReference() }));
    expect(tooSoon).toMatchObject({ reason: "consent_needed" });
    const agreed = await client.refcheck.consent.mutate({ refcheckId, version: own.consent.version });
    expect(agreed).toMatchObject({
      status: "awaiting_candidate",
      consentedAt: expect.any(Date),
      availableActions: ["name", "withdraw"],
    });
    const named = await client.reference.add.mutate({ refcheckId, ...aReference({ language: "nl" }) });
    expect(named).toMatchObject({ status: "awaiting_references", references: [{ status: "invited", language: "nl" }] });
    expect(await historyOf(refcheckId)).toEqual(["create", "invite", "consent", "name"]);
  });

  test("agrees to the text that was read, or not at all", async () => {
    const whose = await newRefcheck(house);
    const client = await candidateOf(whose);
    const refused = await refusalOf(client.refcheck.consent.mutate({ refcheckId: whose.refcheckId, version: 2 }));
    expect(refused).toMatchObject({ reason: "other_consent", facts: { version: 1 } });
    expect(await historyOf(whose.refcheckId)).toEqual(["create", "invite"]);
  });

  test("nobody names themselves, the same person twice, somebody the role does not ask for, or more than may be asked", async () => {
    const { id: roleId } = await givenRole(house, {
      referencesRequired: 1,
      referencesOptional: 1,
      relationships: ["manager"],
    });
    const whose = await newRefcheck(house, "consented", { roleId });
    const { refcheckId } = whose;
    const { reference: api } = await candidateOf(whose);
    const first = aReference();
    const add = (over: Parameters<typeof aReference>[0]) => api.add.mutate({ refcheckId, ...aReference(over) });
    await add(first);
    const refused = [
      [{ email: whose.email }, "own_reference"],
      [{ email: first.email }, "reference_named"],
      [{ relationship: "client" }, "other_relationship"],
    ] as const;
    for (const [over, reason] of refused) expect(await refusalOf(add(over))).toMatchObject({ reason });
    const raced = await Promise.allSettled(Array.from({ length: 8 }, () => add({})));
    expect(raced.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(add({}))).toMatchObject({ reason: "references_full" });
    expect(await historyOf(refcheckId)).toEqual(["create", "invite", "consent", "name", "name"]);
  });

  test("another address is another reader: the earlier link and its answers are gone, and a new letter goes out", async () => {
    const whose = await newRefcheck(house, "answered");
    const { refcheckId, referenceId } = whose;
    const before = await refereeOf(whose);
    const email = newEmail("referee");
    const own = await (await candidateOf(whose)).reference.edit.mutate({ referenceId, email });
    expect(own).toMatchObject({
      status: "awaiting_references",
      references: [{ email, status: "invited", acceptedAt: null }],
    });
    expect(await refusalOf(before.reference.own.query())).toMatchObject({ reason: "signed_out" });
    const { client } = await entered(email);
    await client.reference.accept.mutate();
    expect((await client.reference.questionnaire.query({})).answers).toEqual([]);
    expect(await historyOf(refcheckId)).toEqual(["create", "invite", "consent", "name", "accept", "correct", "accept"]);
  });

  test("takes somebody out, with another in their place; whoever has answered stays", async () => {
    const whose = await newRefcheck(house, "accepted");
    const { refcheckId, referenceId } = whose;
    const api = (await candidateOf(whose)).reference;
    const own = await api.replace.mutate({ referenceId, by: aReference({ firstName: "Nina" }) });
    expect(own.references.map(({ status, firstName }) => `${firstName} ${status}`)).toEqual([
      "Rita replaced",
      "Nina invited",
    ]);
    expect(own.references[0]?.replacedBy).toBe(own.references[1]?.id);
    expect(await refusalOf(api.replace.mutate({ referenceId }))).toMatchObject({ reason: "illegal_step" });
    const alone = await api.replace.mutate({ referenceId: own.references[1]?.id ?? referenceId });
    expect(alone).toMatchObject({
      status: "awaiting_candidate",
      references: [{}, { status: "replaced", replacedBy: null }],
    });
    expect(await historyOf(refcheckId)).toContain("replace");
    const done = await newRefcheck(house, "completed");
    const late = (await candidateOf(done)).reference.replace.mutate({ referenceId: done.referenceId });
    expect(await refusalOf(late)).toMatchObject({ reason: "illegal_step", facts: { from: "completed" } });
  });

  test("takes the consent back, and nobody is asked any more", async () => {
    const whose = await newRefcheck(house, "accepted");
    const { refcheckId } = whose;
    const referee = await refereeOf(whose);
    await (await candidateOf(whose)).refcheck.withdraw.mutate({ refcheckId });
    expect(await staff().get.query({ refcheckId })).toMatchObject({ status: "canceled", availableActions: [] });
    const refused = await refusalOf(referee.reference.save.mutate({ answers: shortAnswers }));
    expect(refused).toMatchObject({ reason: "illegal_step", facts: { from: "canceled" } });
    expect(await historyOf(refcheckId)).toEqual(["create", "invite", "consent", "name", "accept", "withdraw"]);
  });
});

test("strangers are written to forty times a day at most by one candidate, whoever is taken out again", async () => {
  const whose = await newRefcheck(house, "consented");
  const { refcheckId } = whose;
  const { reference: api } = await candidateOf(whose);
  for (let times = 0; times < 40; times += 1) {
    const { references } = await api.add.mutate({ refcheckId, ...aReference() });
    await api.replace.mutate({ referenceId: references.at(-1)?.id ?? whose.referenceId });
  }
  expect(await refusalOf(api.add.mutate({ refcheckId, ...aReference() }))).toMatchObject({ reason: "slow_down" });
}, 60_000);

describe("the reference's way", () => {
  test("from the letter to the end: drafts are kept, the link stays good, and what they see is nobody else's", async () => {
    const whose = await newRefcheck(house, "consented");
    const { refcheckId } = whose;
    const named = aReference({ language: "nl" });
    await (await candidateOf(whose)).reference.add.mutate({ refcheckId, ...named });
    await (await candidateOf(whose)).reference.add.mutate({ refcheckId, ...aReference({ firstName: "Other" }) });
    const token = await newestToken(named.email);
    const { client } = await entered(named.email);
    const own = await client.reference.own.query();
    expect(own).toMatchObject({
      status: "invited",
      candidateName: "Cleo Candidate",
      availableActions: ["accept", "decline"],
    });
    expect(JSON.stringify(own)).not.toContain("Other");
    const early = await refusalOf(client.reference.save.mutate({ answers: shortAnswers }));
    expect(early).toMatchObject({ reason: "illegal_step", facts: { from: "invited" } });
    await client.reference.accept.mutate();
    const { missing } = await client.reference.save.mutate({ answers: shortAnswers.slice(0, 2) });
    expect(missing).toEqual(["shifts", "again"]);
    const unfinished = await refusalOf(client.reference.finish.mutate());
    expect(unfinished).toMatchObject({ reason: "answers_missing", facts: { keys: ["shifts", "again"] } });
    // On another device, days later.
    const { client: later } = await entered(named.email);
    const form = await later.reference.questionnaire.query({});
    expect(form).toMatchObject({ language: "nl", languages: ["en", "nl"], missing: ["shifts", "again"] });
    expect(form.answers.map(({ key }) => key)).toEqual(["quality", "when"]);
    expect((await later.reference.questionnaire.query({ language: "en" })).questions[1]?.prompt).toBe(
      "How good was their work?",
    );
    await later.reference.save.mutate({ answers: shortAnswers.slice(2) });
    expect(await later.reference.finish.mutate()).toMatchObject({ status: "completed", availableActions: [] });
    expect(await refusalOf(anteroom().identity.useLink.mutate({ token }))).toMatchObject({ reason: "link_dead" });
    expect(await staff().get.query({ refcheckId })).toMatchObject({ status: "completed", answered: 1, open: 1 });
  });

  test("an answer that does not fit is refused with its key, and nothing of the call is kept", async () => {
    const whose = await newRefcheck(house, "accepted");
    const { reference: api } = await refereeOf(whose);
    const wrong = [...shortAnswers.slice(0, 1), { key: "quality", answer: { kind: "rating" as const, score: 4 } }];
    const refused = await refusalOf(api.save.mutate({ answers: wrong }));
    expect(refused).toMatchObject({
      reason: "answer_mismatch",
      facts: { key: "quality", why: "must be on the scale" },
    });
    const unknown = [{ key: "salary", answer: { kind: "yes_no" as const, yes: true } }];
    expect(await refusalOf(api.save.mutate({ answers: unknown }))).toMatchObject({ reason: "not_found" });
    expect((await api.questionnaire.query({})).answers).toEqual([]);
  });

  test("what is asked only after another answer is kept while they type, and left out when it is not asked in the end", async () => {
    const whose = await newRefcheck(house, "answered");
    const { reference: api } = await refereeOf(whose);
    const no = { key: "again", answer: { kind: "rehire" as const, verdict: "no" as const } };
    const why = { key: "why", answer: { kind: "text" as const, text: "Always late." } };
    expect((await api.save.mutate({ answers: [no] })).missing).toEqual(["why"]);
    await api.save.mutate({ answers: [why] });
    await api.save.mutate({ answers: shortAnswers.slice(3) });
    expect((await api.questionnaire.query({})).answers.map(({ key }) => key)).toContain("why");
    await api.finish.mutate();
    const { answers } = await house.owner.client.reference.answers.query({ referenceId: whose.referenceId });
    expect(answers.map(({ question }) => question.key)).toEqual(["when", "quality", "shifts", "again"]);
    expect(answers[1]).toMatchObject({ question: { prompt: "How good was their work?" }, answer: { score: 3 } });
  });

  test("is told whether the candidate may read it, who may only then, and only once it is finished", async () => {
    for (const answersShared of [true, false]) {
      const { id: roleId } = await givenRole(house, { referencesRequired: 1, answersShared });
      const whose = await newRefcheck(house, "answered", { roleId });
      const { referenceId } = whose;
      const { sharedAnswers } = (await candidateOf(whose)).reference;
      // What the role says later changes nothing of what the reference was told.
      await house.owner.client.role.edit.mutate({ roleId, answersShared: !answersShared });
      const { reference: api } = await refereeOf(whose);
      expect(await api.own.query()).toMatchObject({ answersShared });
      expect(await refusalOf(sharedAnswers.query({ referenceId }))).toMatchObject({ reason: "not_found" });
      await api.finish.mutate();
      if (answersShared) expect((await sharedAnswers.query({ referenceId })).answers).toHaveLength(4);
      else expect(await refusalOf(sharedAnswers.query({ referenceId }))).toMatchObject({ reason: "not_found" });
    }
  });

  test("a no tells the candidate, who is asked for somebody else, and forgets what was written", async () => {
    const whose = await newRefcheck(house, "answered");
    const { refcheckId, email } = whose;
    const { reference: api } = await refereeOf(whose);
    await api.decline.mutate({ reason: "company_policy", note: "Our lawyers say no." });
    const own = await (await candidateOf(whose)).refcheck.own.query({ refcheckId });
    expect(own).toMatchObject({
      status: "awaiting_candidate",
      references: [{ status: "declined", declineReason: "company_policy" }],
    });
    expect(JSON.stringify(own)).not.toContain("lawyers");
    const told = (await lettersTo(email)).at(-1);
    expect(told?.text).toContain("Rita Referee may not answer, by the rules where they work.");
    expect((await api.questionnaire.query({})).answers).toEqual([]);
    const { items } = await staff().events.query({ refcheckId });
    expect(items.at(-1)).toMatchObject({ verb: "decline", why: "company_policy: Our lawyers say no." });
    expect(await historyOf(refcheckId)).toContain("decline");
  });

  test("whoever was asked beyond those that were needed may still answer, and is not reminded", async () => {
    const whose = await newRefcheck(house, "answered");
    const { refcheckId } = whose;
    const named = await (await candidateOf(whose)).reference.add.mutate({ refcheckId, ...aReference() });
    const other = named.references[1]?.id ?? whose.referenceId;
    await (await refereeOf(whose)).reference.finish.mutate();
    expect((await rowOf(refcheckId)).wakeAt).toEqual((await rowOf(refcheckId)).deadlineAt);
    const { reference: api } = await refereeOf(whose, other);
    await api.accept.mutate();
    await api.save.mutate({ answers: shortAnswers });
    await api.finish.mutate();
    expect(await staff().get.query({ refcheckId })).toMatchObject({ status: "completed", answered: 2, open: 0 });
    expect((await rowOf(refcheckId)).wakeAt).toBeNull();
    expect(await historyOf(refcheckId)).toContain("finish");
  });
});

describe("racing", () => {
  test("20 references who finish at once complete the refcheck exactly once, with one letter to who made it", async () => {
    const { id: roleId } = await givenRole(house, { referencesRequired: 10, referencesOptional: 10 });
    const whose = await newRefcheck(house, "consented", { roleId });
    const { refcheckId } = whose;
    const candidate = await candidateOf(whose);
    let references: readonly { readonly id: `ref_${string}` }[] = [];
    for (let nth = 0; nth < 20; nth += 1) {
      ({ references } = await candidate.reference.add.mutate({ refcheckId, ...aReference() }));
    }
    const clients = await Promise.all(references.map(({ id }) => refereeOf(whose, id)));
    await Promise.all(clients.map((client) => client.reference.accept.mutate()));
    await Promise.all(clients.map((client) => client.reference.save.mutate({ answers: shortAnswers })));
    await Promise.all(clients.map((client) => client.reference.finish.mutate()));
    expect(await staff().get.query({ refcheckId })).toMatchObject({ status: "completed", answered: 20, open: 0 });
    const history = await historyOf(refcheckId);
    expect(history.filter((verb) => verb === "finish")).toHaveLength(20);
    const kinds = await kindsOf(refcheckId);
    expect(kinds.filter((kind) => kind === "refcheck_completed")).toEqual(["refcheck_completed"]);
    const told = (await lettersTo(house.owner.email)).filter(({ text }) =>
      text.includes("A reference check is complete"),
    );
    expect(told.at(-1)?.text).toContain("10 references of Cleo Candidate answered");
  }, 60_000);
});

describe("what recruiters do", () => {
  test("a role with its candidates in one call: each gets a letter, one that is wrong spoils no other", async () => {
    const { id: roleTemplateId } = await house.owner.client.roleTemplate.create.mutate({
      title: "Head barista",
      questionnaire: { languages: ["en"], questions: [{ key: "why", kind: "text", prompt: { en: "Why?" } }] },
    });
    const person = (name: string) => ({ email: newEmail(name), firstName: "Cleo", lastName: name });
    const [one, two] = [person("one"), person("two")];
    const opened = await house.owner.client.role.create.mutate({
      roleTemplateId,
      candidates: [
        { candidate: one, requestKey: "row-number-one" },
        { candidate: { ...two, email: "not an address" } },
        { candidate: one },
        { candidate: two, invite: false },
      ],
    });
    expect(opened.results.map((row) => (row.outcome === "created" ? row.status : row.reason))).toEqual([
      ...["awaiting_candidate", "bad_input", "repeated_row", "created"],
    ]);
    expect(opened).toMatchObject({ created: 2, title: "Head barista" });
    expect((await lettersTo(one.email)).map(({ subject }) => subject)).toEqual([
      "House of Tests asks for your references: Head barista",
    ]);
    expect(await lettersTo(two.email)).toEqual([]);
    const listed = await staff().list.query({ roleId: opened.id });
    expect(listed.items).toHaveLength(2);
    const again = await staff().create.mutate({ roleId: opened.id, candidate: one, requestKey: "row-number-one" });
    expect(again.id).toBe(listed.items.find(({ candidate }) => candidate.email === one.email)?.id);
    const taken = await refusalOf(staff().create.mutate({ roleId: opened.id, candidate: one }));
    expect(taken).toMatchObject({ reason: "already_in_role", facts: { refcheckId: again.id } });
    await house.owner.client.role.close.mutate({ roleId: opened.id });
    const closed = await refusalOf(
      staff().createMany.mutate({ roleId: opened.id, rows: [{ candidate: person("three") }] }),
    );
    expect(closed).toMatchObject({ reason: "role_closed" });
  });

  test("30 calls for the same person at once make one refcheck and one letter", async () => {
    const { id: roleId } = await roleOf(house);
    const candidate = { email: newEmail("wanted"), firstName: "Cleo", lastName: "Wanted" };
    const calls = Array.from({ length: 30 }, () =>
      staff().create.mutate({ roleId, candidate, requestKey: `${candidate.email}` }),
    );
    const made = await Promise.all(calls);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await lettersTo(candidate.email)).toHaveLength(1);
  });

  test("one that was made without a letter is sent it later", async () => {
    const { refcheckId, email } = await newRefcheck(house, "created");
    expect(await staff().get.query({ refcheckId })).toMatchObject({ status: "created", deadlineAt: null });
    const invited = await staff().invite.mutate({ refcheckId });
    expect(invited).toMatchObject({ status: "awaiting_candidate", deadlineAt: expect.any(Date) });
    expect(await lettersTo(email)).toHaveLength(1);
    expect(await historyOf(refcheckId)).toEqual(["create", "invite"]);
  });

  test("canceled, nobody is let in any more and nothing that waits goes out", async () => {
    const whose = await newRefcheck(house, "named");
    const { refcheckId, email } = whose;
    const token = await newestToken(email);
    const session = await candidateOf(whose);
    await staff().cancel.mutate({ refcheckId, why: "The role is filled." });
    expect(await refusalOf(anteroom().identity.useLink.mutate({ token }))).toMatchObject({ reason: "link_dead" });
    expect(await refusalOf(session.refcheck.own.query({ refcheckId }))).toMatchObject({ reason: "signed_out" });
    expect((await rowOf(refcheckId)).wakeAt).toBeNull();
    expect(await historyOf(refcheckId)).toContain("cancel");
    // Whoever was asked is told that it is not needed any more, and that is all that goes out.
    const { references } = await staff().get.query({ refcheckId });
    const [, ...since] = await lettersTo(references[0]?.email ?? "");
    expect(since.map(({ subject }) => subject)).toEqual(["Your answers about Cleo Candidate are not needed any more"]);
  });

  test("hiring managers see the refchecks of the teams they are in, may do nothing about them, and read what was answered", async () => {
    const own = await givenOrganization();
    const { id: teamId } = await own.owner.client.team.create.mutate({ name: "Night shift" });
    const { id: roleId } = await givenRole(own, { teamId });
    const [inTeam, elsewhere] = [await newRefcheck(own, "completed"), await newRefcheck(own, "invited", { roleId })];
    const { client } = await givenMember(own, "hiring_manager");
    const { items } = await client.refcheck.list.query({});
    expect(items.map(({ id }) => id)).toEqual([inTeam.refcheckId]);
    expect(await client.refcheck.get.query({ refcheckId: inTeam.refcheckId })).toMatchObject({ availableActions: [] });
    const { referenceId, refcheckId } = inTeam;
    expect((await client.reference.answers.query({ referenceId })).answers).toHaveLength(4);
    const refused = await refusalOf(client.refcheck.get.query({ refcheckId: elsewhere.refcheckId }));
    expect(refused).toMatchObject({ reason: "not_found" });
    const cancel = await refusalOf(client.refcheck.cancel.mutate({ refcheckId }));
    expect(cancel).toMatchObject({ reason: "not_allowed" });
  });

  test("the list finds by status, name and day, late ones as expired", async () => {
    const own = await givenOrganization();
    const { refcheckId } = await newRefcheck(own, "named", {
      candidate: { email: newEmail("ase"), firstName: "Åse", lastName: "Lind" },
    });
    await newRefcheck(own, "invited");
    const list = own.owner.client.refcheck.list;
    const idsOf = async (input: Parameters<typeof list.query>[0]) =>
      (await list.query(input)).items.map(({ id }) => id);
    expect(await idsOf({ search: "åSE l" })).toEqual([refcheckId]);
    expect(await idsOf({ status: "awaiting_references" })).toEqual([refcheckId]);
    expect(await idsOf({ createdTo: new Date(Date.now() - dayMs) })).toEqual([]);
    expect(await idsOf({ createdFrom: new Date(Date.now() - dayMs) })).toHaveLength(2);
    vi.useFakeTimers({ toFake: ["Date"], now: plus(new Date(), 15 * dayMs) });
    expect(await idsOf({ status: "expired" })).toHaveLength(2);
    expect(await idsOf({ status: "awaiting_references" })).toEqual([]);
  });
});
