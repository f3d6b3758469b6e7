import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { dayMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import { newId, type RefcheckId, type RoleId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { tendRefchecks } from "../../src/refcheck/actions.ts";
import { historyFor, kindsOf, rowOf } from "../refcheck/ledger.ts";
import {
  aReference,
  givenRole,
  makeRefcheckLate,
  newFlaggedRefcheck,
  newRefcheck,
  type RefcheckOf,
  shortAnswers,
} from "../support/refcheck.ts";
import { givenMember, givenOrganization, type House, newEmail, refusalOf, systemDeps } from "../support/world.ts";
import {
  added,
  anAnswerTo,
  answers,
  candidateAt,
  lettersOf,
  named,
  nearlyTheSame,
  newDevice,
  onlySignal,
  openIn,
  refereeAt,
  seen,
  shortAnswersBut,
  signalsIn,
  somewhere,
  toldOf,
  tracesIn,
  withOne,
  worked,
} from "./evidence.ts";

/** A Monday. */
const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (instant: Date) => vi.setSystemTime(instant);

let house: House;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
});
beforeEach(() => {
  at(noon);
});
afterAll(() => {
  vi.useRealTimers();
});

const consented = (over: { roleId?: RoleId } = {}) => newRefcheck(house, "consented", over);
const resolve = (refcheckId: RefcheckId, signalIds: `sig_${string}`[], note = "We called them.") =>
  house.owner.client.signal.resolve.mutate({ refcheckId, signalIds, note });
const mailAt = (domain: string) => newEmail("referee").replace(/@.*/, `@${domain}`);

describe("what is seen when somebody takes part", () => {
  test("a reference in the candidate's browser is told to staff in words, and neither of the two sees anything of it", async () => {
    const deviceId = newDevice();
    const whose = await consented();
    const { refcheckId } = whose;
    const place = somewhere({ deviceId, country: "NL" });
    const [referenceId = whose.referenceId] = await named(whose, [{}], place);
    expect(await openIn(house, whose)).toEqual([]);
    const referee = await refereeAt(whose, referenceId, somewhere({ deviceId, country: "NL" }));
    const accepted = await referee.reference.accept.mutate();

    const shown = await seen(house, whose);
    expect(shown).toMatchObject({ status: "needs_attention", openSignals: 1 });
    expect(shown.availableActions).toContain("resolve");
    expect(await onlySignal(house, whose)).toMatchObject({
      ...{ kind: "same_device", weight: 5, referenceId, otherReferenceId: null, facts: { countries: ["NL"] } },
      explanation: "Rita Referee and Cleo Candidate used the same browser on the same device.",
      harmless: expect.stringContaining("shared computers"),
      ...{ raisedAt: noon, withdrawnAt: null, resolvedAt: null, resolvedBy: null, note: null },
    });

    const candidate = await candidateAt(whose, place);
    const own = await candidate.refcheck.own.query({ refcheckId, expand: ["role"] });
    const listed = await candidate.refcheck.listOwn.query({});
    expect(own.status).toBe("in_progress");
    expect(listed.items).toMatchObject([{ id: refcheckId, status: "in_progress" }]);
    const told = JSON.stringify([accepted, own, listed, await referee.reference.own.query()]);
    for (const word of ["attention", "signal", "flag", "same_device", "resolve", "trace", deviceId]) {
      expect(told.toLowerCase()).not.toContain(word);
    }

    // And both go on as before.
    await referee.reference.save.mutate({ answers: shortAnswers });
    const finished = await referee.reference.finish.mutate();
    expect(finished).toMatchObject({ status: "completed" });
    expect((await candidate.refcheck.own.query({ refcheckId })).status).toBe("completed");
    expect(await seen(house, whose)).toMatchObject({ status: "needs_attention", answered: 1 });
    expect(await historyFor(house, refcheckId)).toEqual([
      ...["create", "invite", "consent", "name", "accept", "flag", "finish"],
    ]);
  });

  test("a reference on the candidate's network, by any address of it", async () => {
    const whose = await consented();
    const [referenceId = whose.referenceId] = await named(whose, [{}], { ip: "2001:db8:aaaa:1::7" });
    await (
      await refereeAt(whose, referenceId, { ip: "2001:db8:aaaa:1:ffff::9", country: "SE" })
    ).reference.accept.mutate();
    expect(await onlySignal(house, whose)).toMatchObject({
      ...{ kind: "same_network", weight: 3, referenceId, otherReferenceId: null },
      explanation: "Rita Referee and Cleo Candidate came from the same network, in SE.",
    });
  });

  test("what is no name for a browser makes no two alike", async () => {
    for (const deviceId of ["short", "Mozilla/5.0 (X11; Linux x86_64)", ""]) {
      const whose = await consented();
      const [referenceId = whose.referenceId] = await named(whose, [{}], somewhere({ deviceId }));
      await (await refereeAt(whose, referenceId, somewhere({ deviceId }))).reference.accept.mutate();
      expect(await openIn(house, whose)).toEqual([]);
    }
  });

  test("two references in one browser, on one network, with one number, in one mailbox, and who wrote the same", async () => {
    const phone = "+31 20 765 43 21";
    const whose = await consented({ roleId: (await givenRole(house, { referencesRequired: 2 })).id });
    const ids = await named(whose, [
      { email: "shared@work.example", phone, firstName: "Anna" },
      { email: "shared+bo@work.example", phone: "+31 20-765-43-21", firstName: "Bo" },
    ]);
    expect(await openIn(house, whose)).toEqual(["same_mailbox", "same_phone"]);
    const [anna = whose.referenceId, bo = whose.referenceId] = ids;
    const deviceId = newDevice();
    await answers(whose, anna, shortAnswersBut(added(nearlyTheSame("Cleo"))), somewhere({ deviceId }));
    await answers(whose, bo, shortAnswersBut(added(nearlyTheSame("Kim"))), somewhere({ deviceId }));
    const { signals } = await seen(house, whose);
    expect(
      signals.map(({ kind, weight, referenceId, otherReferenceId }) => [kind, weight, referenceId, otherReferenceId]),
    ).toEqual([
      ...[
        ["same_phone", 4, anna, bo],
        ["same_mailbox", 4, anna, bo],
      ],
      ...[
        ["same_device", 4, anna, bo],
        ["similar_text", 4, anna, bo],
      ],
    ]);
    expect(signals.map(({ explanation }) => explanation)).toEqual([
      "The same phone number is given for Anna Referee and for Bo Referee.",
      "The addresses of Anna Referee and Bo Referee lead to the same mailbox.",
      "Anna Referee and Bo Referee used the same browser on the same device.",
      "Anna Referee and Bo Referee wrote nearly the same (89 % alike): else.",
    ]);
    expect(JSON.stringify(signals)).not.toContain("gladly");
  });

  test("the candidate's own mailbox and number, a private one and one that lasts minutes, as soon as they are named", async () => {
    const whose = await newRefcheck(house, "consented", {
      candidate: { email: newEmail("cleo"), firstName: "Cleo", lastName: "Candidate", phone: "+31201112233" },
    });
    await named(whose, [
      { email: whose.email.replace("@", "+rita@"), phone: "+31 20 111 22 33", firstName: "Anna" },
      { email: mailAt("gmail.com"), firstName: "Bo" },
      { email: mailAt("mailinator.com"), firstName: "Kim" },
    ]);
    const { signals } = await seen(house, whose);
    expect(signals.map(({ weight, explanation }) => `${weight} ${explanation}`)).toEqual([
      "5 The same phone number is given for Anna Referee and for Cleo Candidate.",
      "5 The addresses of Anna Referee and Cleo Candidate lead to the same mailbox.",
      "1 Bo Referee has a private address, not one of the employer that was named.",
      "4 The address of Kim Referee is of a service for mailboxes that last minutes or days.",
    ]);
  });

  test("other months than the candidate said", async () => {
    const { whose, referenceId } = await withOne(await consented(), { worked: { from: "2022-01", to: "2023-12" } });
    await answers(whose, referenceId, shortAnswersBut(worked("2022-06", "2023-12")));
    expect(await onlySignal(house, whose)).toMatchObject({
      ...{ kind: "dates_differ", weight: 2 },
      explanation:
        "Cleo Candidate says that they worked together from 2022-01 to 2023-12; Rita Referee says from 2022-06 to 2023-12.",
    });
  });

  test("the built-in questions answered faster than they can be read, and not once there was time for it", async () => {
    const { id: roleId } = await house.owner.client.role.create.mutate({
      ...{ roleTemplateId: "rtp_00000000000000000000000000000001", referencesRequired: 1, referencesOptional: 1 },
    });
    const whose = await consented({ roleId });
    const [hasty = whose.referenceId, calm = whose.referenceId] = await named(whose, [{ firstName: "Anna" }, {}]);
    for (const [referenceId, minutes] of [
      [calm, 10],
      [hasty, 0],
    ] as const) {
      const { reference } = await refereeAt(whose, referenceId);
      await reference.accept.mutate();
      const { questions } = await reference.questionnaire.query({});
      const given = questions.map((question) => ({ key: question.key, answer: anAnswerTo(question) }));
      await reference.save.mutate({ answers: given });
      at(plus(new Date(), minutes * minuteMs));
      await reference.finish.mutate();
    }
    const signal = await onlySignal(house, whose);
    expect(signal).toMatchObject({ kind: "answered_fast", weight: 2, referenceId: hasty, facts: { seconds: 0 } });
    expect(signal.explanation).toMatch(
      /^Anna Referee finished 0 seconds after accepting; the questions alone are \d{3} words long\.$/,
    );
  });

  test("time that the answers together leave out, once they are enough, until somebody tells of it", async () => {
    const terms = { referencesRequired: 2, referencesOptional: 1, periodMonths: 24 };
    const whose = await consented({ roleId: (await givenRole(house, terms)).id });
    const [one, two, three] = await named(whose, [{}, {}, {}]);
    await answers(whose, one ?? whose.referenceId, shortAnswersBut(worked("2029-01", "2029-12")));
    expect(await openIn(house, whose)).toEqual([]);
    await answers(whose, two ?? whose.referenceId, shortAnswersBut(worked("2030-06", null)));
    expect(await onlySignal(house, whose)).toMatchObject({
      ...{ kind: "period_gap", weight: 1, referenceId: null, otherReferenceId: null, withdrawnAt: null },
      explanation: "The answers together leave out 2030-01 to 2030-05 of the last 24 months.",
    });
    expect(await seen(house, whose)).toMatchObject({ status: "needs_attention" });
    await answers(whose, three ?? whose.referenceId, shortAnswersBut(worked("2029-11", "2030-04")));
    expect(await onlySignal(house, whose)).toMatchObject({ kind: "period_gap", withdrawnAt: noon, resolvedAt: null });
    expect(await seen(house, whose)).toMatchObject({ status: "completed", openSignals: 0 });
    await historyFor(house, whose.refcheckId);
  });
});

describe("what is not so any more", () => {
  test("another address withdraws what was said of the former", async () => {
    const { whose, referenceId } = await withOne(await consented(), { email: mailAt("gmail.com") });
    expect(await seen(house, whose)).toMatchObject({ status: "needs_attention", openSignals: 1 });
    const candidate = await candidateAt(whose);
    const own = await candidate.reference.edit.mutate({ referenceId, email: newEmail("referee") });
    expect(own.status).toBe("awaiting_references");
    expect(await seen(house, whose)).toMatchObject({ status: "awaiting_references", openSignals: 0 });
    const signal = await onlySignal(house, whose);
    expect(signal).toMatchObject({ kind: "free_mail", withdrawnAt: noon, resolvedAt: null });
    expect(await refusalOf(resolve(whose.refcheckId, [signal.id]))).toMatchObject({ reason: "signal_settled" });
    // And back: that is raised anew, beside what was withdrawn.
    await candidate.reference.edit.mutate({ referenceId, email: mailAt("gmail.com") });
    expect((await signalsIn(whose.refcheckId)).map(({ withdrawnAt }) => withdrawnAt !== null)).toEqual([true, false]);
    expect(await historyFor(house, whose.refcheckId)).toEqual([
      ...["create", "invite", "consent", "name", "flag", "correct", "correct", "flag"],
    ]);
  });

  test("where the former reader was is not said of the next", async () => {
    const place = somewhere({ deviceId: newDevice() });
    const whose = await consented();
    const [referenceId = whose.referenceId] = await named(whose, [{}], place);
    await (await refereeAt(whose, referenceId, place)).reference.accept.mutate();
    expect(await openIn(house, whose)).toEqual(["same_device"]);
    const candidate = await candidateAt(whose, place);
    await candidate.reference.edit.mutate({ referenceId, email: newEmail("nina"), firstName: "Nina" });
    expect(await openIn(house, whose)).toEqual([]);
  });

  test("somebody in their place withdraws it too, and what is to be said of those is raised in the same step", async () => {
    const { whose, referenceId } = await withOne(await consented(), { email: mailAt("gmail.com") });
    const { reference } = await candidateAt(whose);
    const own = await reference.replace.mutate({ referenceId, by: aReference({ email: mailAt("yopmail.com") }) });
    expect(own.status).toBe("awaiting_references");
    const successor = own.references.at(-1)?.id ?? referenceId;
    const { signals, status } = await seen(house, whose);
    expect(status).toBe("needs_attention");
    expect(signals.map(({ kind, referenceId, withdrawnAt }) => [kind, referenceId, withdrawnAt])).toEqual([
      ["free_mail", referenceId, noon],
      ["disposable_mail", successor, null],
    ]);
    await reference.replace.mutate({ referenceId: successor });
    expect(await seen(house, whose)).toMatchObject({ status: "awaiting_candidate", openSignals: 0 });
    await historyFor(house, whose.refcheckId);
  });

  test("a no withdraws what was said of them, and what they had in common with others", async () => {
    const whose = await consented();
    const ids = await named(whose, [{ phone: "+31207654321", email: mailAt("gmail.com") }, { phone: "+31207654321" }]);
    expect(await openIn(house, whose)).toEqual(["free_mail", "same_phone"]);
    const referee = await refereeAt(whose, ids[0] ?? whose.referenceId);
    await referee.reference.decline.mutate({ reason: "not_available" });
    expect(await openIn(house, whose)).toEqual([]);
    expect(await seen(house, whose)).toMatchObject({ status: "awaiting_references" });
    await historyFor(house, whose.refcheckId);
  });

  test("what somebody has looked at is neither withdrawn nor raised again, whatever happens later", async () => {
    const { whose, referenceId, refcheckId } = await withOne(await consented(), { email: mailAt("gmail.com") });
    const { id } = await onlySignal(house, whose);
    await resolve(refcheckId, [id], "A private address is fine.");
    const { reference } = await candidateAt(whose);
    await reference.edit.mutate({ referenceId, employer: "Elsewhere" });
    await answers(whose, referenceId);
    expect(await onlySignal(house, whose)).toMatchObject({ id, withdrawnAt: null, note: "A private address is fine." });
    expect(await seen(house, whose)).toMatchObject({ status: "completed", openSignals: 0 });
    expect(await historyFor(house, refcheckId)).toEqual([
      ...["create", "invite", "consent", "name", "flag", "resolve", "edit", "accept", "finish"],
    ]);
  });
});

describe("looking at it", () => {
  test("says who, when and what came of it, and the refcheck is back where its references stand", async () => {
    const { whose, signal } = await newFlaggedRefcheck(house);
    const { refcheckId } = whose;
    at(plus(noon, dayMs));
    const after = await resolve(refcheckId, [signal.id], "Their shop has no domain.");
    expect(after).toMatchObject({ status: "awaiting_references", openSignals: 0 });
    expect(after.availableActions).not.toContain("resolve");
    expect(await onlySignal(house, whose)).toMatchObject({
      ...{ resolvedAt: plus(noon, dayMs), resolvedBy: house.owner.memberId, note: "Their shop has no domain." },
      withdrawnAt: null,
    });
    const { items } = await house.owner.client.refcheck.events.query({ refcheckId });
    expect(items.at(-1)).toMatchObject({
      ...{ verb: "resolve", actorKind: "member", actorId: house.owner.memberId, why: "Their shop has no domain." },
      ...{ to: "awaiting_references", at: plus(noon, dayMs) },
    });
    expect(items.find(({ verb }) => verb === "flag")).toMatchObject({
      ...{ actorKind: "system", actorId: null, why: "free_mail", to: "needs_attention" },
    });
  });

  test("of several is with one note, for all of them or none, once", async () => {
    const whose = await consented();
    const { refcheckId } = whose;
    await named(whose, [{ email: mailAt("gmail.com") }, { email: mailAt("yopmail.com") }]);
    const ids = (await seen(house, whose)).signals.map(({ id }) => id);
    const { whose: other, signal: foreign } = await newFlaggedRefcheck(house);
    const stranger = await newFlaggedRefcheck(await givenOrganization());
    for (const bad of [newId("sig"), foreign.id, stranger.signal.id]) {
      expect(await refusalOf(resolve(refcheckId, [...ids, bad]))).toMatchObject({ reason: "not_found" });
    }
    for (const elsewhere of [newId("rck"), stranger.whose.refcheckId, other.refcheckId]) {
      expect(await refusalOf(resolve(elsewhere, ids))).toMatchObject({ reason: "not_found" });
    }
    for (const note of ["", " \n\t "]) {
      expect(await refusalOf(resolve(refcheckId, ids, note))).toMatchObject({ reason: "bad_input" });
    }
    expect(await refusalOf(resolve(refcheckId, []))).toMatchObject({ reason: "bad_input" });
    expect(await seen(house, whose)).toMatchObject({ status: "needs_attention", openSignals: 2 });
    const [first, second] = ids;
    if (!first || !second) throw new Error("two signals wait");
    expect(await resolve(refcheckId, [first, first])).toMatchObject({ status: "needs_attention", openSignals: 1 });
    const twice = await refusalOf(resolve(refcheckId, [second, first]));
    expect(twice).toMatchObject({ reason: "signal_settled", facts: { signalId: first } });
    expect(await openIn(house, whose)).toHaveLength(1);
    expect(await resolve(refcheckId, [second])).toMatchObject({ status: "awaiting_references", openSignals: 0 });
    await historyFor(house, refcheckId);
  });

  test("is for recruiters; hiring managers see it", async () => {
    const { whose, signal } = await newFlaggedRefcheck(house);
    const { refcheckId } = whose;
    const [manager, recruiter] = [await givenMember(house, "hiring_manager"), await givenMember(house, "recruiter")];
    const shown = await manager.client.refcheck.get.query({ refcheckId });
    expect(shown).toMatchObject({ status: "needs_attention", openSignals: 1, signals: [{ id: signal.id }] });
    expect(shown.availableActions).toEqual([]);
    const call = { refcheckId, signalIds: [signal.id], note: "Fine." };
    expect(await refusalOf(manager.client.signal.resolve.mutate(call))).toMatchObject({ reason: "not_allowed" });
    await recruiter.client.signal.resolve.mutate(call);
    expect(await onlySignal(house, whose)).toMatchObject({ resolvedBy: recruiter.memberId });
  });
});

describe("a refcheck with something to look at", () => {
  test("has enough answers and is not complete to staff until somebody has looked; it was completed when they came in, once", async () => {
    const { id: roleId } = await givenRole(house, { referencesRequired: 1, referencesOptional: 2, title: "Baker" });
    const { whose, referenceId, refcheckId } = await withOne(await consented({ roleId }), {
      email: mailAt("gmail.com"),
    });
    const [, extra = referenceId] = await named(whose, [{}]);
    await answers(whose, referenceId);
    const { completedAt, status } = await seen(house, whose);
    expect({ completedAt, status }).toEqual({ completedAt: noon, status: "needs_attention" });
    expect(await toldOf(house, "Baker")).toEqual([
      expect.stringContaining("Before you rely on them, look at the 1 signal that came up. None is a verdict."),
    ]);
    at(plus(noon, dayMs));
    const { id } = (await seen(house, whose)).signals[0] ?? { id: newId("sig") };
    expect(await resolve(refcheckId, [id])).toMatchObject({ status: "completed", completedAt: noon });
    at(plus(noon, 2 * dayMs));
    await answers(whose, extra);
    expect(await seen(house, whose)).toMatchObject({ status: "completed", answered: 2, completedAt: noon });
    expect((await kindsOf(refcheckId)).filter((kind) => kind === "refcheck_completed")).toHaveLength(1);
    expect((await historyFor(house, refcheckId)).filter((verb) => verb === "finish")).toHaveLength(2);
  });

  test("and one with nothing: the letter says nothing of signals", async () => {
    const { id: roleId } = await givenRole(house, { referencesRequired: 1, title: "Miller" });
    const { whose, referenceId } = await withOne(await consented({ roleId }));
    await answers(whose, referenceId);
    expect(await seen(house, whose)).toMatchObject({ status: "completed", signals: [] });
    expect(await toldOf(house, "Miller")).toEqual([expect.not.stringContaining("signal")]);
  });

  test("is found by its status, and is canceled or expired once it is, with the signal still to be looked at", async () => {
    const { id: roleId } = await givenRole(house, { referencesRequired: 1 });
    const flagged: RefcheckOf[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      const { whose } = await withOne(await consented({ roleId }), { email: mailAt("gmail.com") });
      flagged.push(whose);
    }
    const [canceled, late, waiting] = flagged;
    if (!canceled || !late || !waiting) throw new Error("there are three");
    await house.owner.client.refcheck.cancel.mutate({ refcheckId: canceled.refcheckId });
    await makeRefcheckLate(late.refcheckId);
    const listed = async (status: "needs_attention" | "canceled" | "expired") => {
      const { items } = await house.owner.client.refcheck.list.query({ roleId, status });
      return items.map(({ id, openSignals }) => [id, openSignals]);
    };
    for (const writtenDown of [false, true]) {
      if (writtenDown) await tendRefchecks(systemDeps(), [late.refcheckId]);
      expect(await listed("needs_attention")).toEqual([[waiting.refcheckId, 1]]);
      expect(await listed("canceled")).toEqual([[canceled.refcheckId, 1]]);
      expect(await listed("expired")).toEqual([[late.refcheckId, 1]]);
      expect(await seen(house, late)).toMatchObject({ status: "expired", availableActions: ["restore", "resolve"] });
    }
    for (const [over, status] of [
      [canceled, "canceled"],
      [late, "expired"],
    ] as const) {
      const { id } = await onlySignal(house, over);
      expect(await resolve(over.refcheckId, [id])).toMatchObject({ status, openSignals: 0 });
      await historyFor(house, over.refcheckId);
    }
  });

  test("restored, it needs attention as before", async () => {
    const { whose, refcheckId } = await withOne(await consented(), { email: mailAt("gmail.com") });
    await makeRefcheckLate(refcheckId);
    await tendRefchecks(systemDeps(), [refcheckId]);
    const restored = await house.owner.client.refcheck.restore.mutate({ refcheckId, deadlineAt: plus(noon, dayMs) });
    expect(restored).toMatchObject({ status: "needs_attention", openSignals: 1 });
    expect((await (await candidateAt(whose)).refcheck.own.query({ refcheckId })).status).toBe("awaiting_references");
    await historyFor(house, refcheckId);
  });

  test("goes on reminding its candidate and its references, who would else learn of it by silence", async () => {
    const { id: roleId } = await givenRole(house, { referencesRequired: 2, completeWithinDays: 30 });
    const person = { email: mailAt("gmail.com") };
    const { whose, refcheckId } = await withOne(await consented({ roleId }), person);
    expect((await seen(house, whose)).status).toBe("needs_attention");
    for (let rings = 0; rings < 2; rings += 1) {
      at((await rowOf(refcheckId)).wakeAt ?? noon);
      await runDurableObjectAlarm(env.DEADLINE.getByName(refcheckId));
      await drainOutbox(systemDeps());
    }
    const reminders = (await lettersOf(refcheckId)).filter(({ kind }) => kind.endsWith("_reminder"));
    expect(new Set(reminders.map(({ kind }) => kind))).toEqual(new Set(["reference_reminder", "refcheck_reminder"]));
    // Delivered, or on its way with whoever else drains the outbox.
    expect(reminders.filter(({ status }) => status === "withdrawn" || status === "failed")).toEqual([]);
  });
});

describe("what is kept of where somebody was", () => {
  test("is nothing that it could be read from, and the same place looks different in another refcheck", async () => {
    const deviceId = newDevice();
    const place = { ip: "203.0.113.77", deviceId, country: "PT" };
    const kept: string[][] = [];
    for (let nth = 0; nth < 2; nth += 1) {
      const { whose, referenceId, refcheckId } = await withOne(await consented());
      await (await refereeAt(whose, referenceId, place)).reference.accept.mutate();
      const traces = await tracesIn(refcheckId);
      const told = JSON.stringify(traces);
      for (const secret of [place.ip, "203.0", deviceId, deviceId.slice(7, 15), whose.email])
        expect(told).not.toContain(secret);
      const own = traces.filter(({ who }) => who === referenceId);
      expect(own).toMatchObject([{ country: "PT", organizationId: house.organization.id, seenAt: noon }]);
      kept.push(own.flatMap(({ network, device }) => [network, device]));
    }
    expect(new Set(kept.flat()).size).toBe(4);
  });

  test("is each place once, and twenty places of one person at most", async () => {
    const { whose, referenceId, refcheckId } = await withOne(await consented());
    const edit = async (place = somewhere()) =>
      (await candidateAt(whose, place)).reference.edit.mutate({ referenceId, employer: place.ip });
    const home = somewhere({ deviceId: newDevice() });
    for (let times = 0; times < 3; times += 1) await edit(home);
    expect(await tracesIn(refcheckId)).toHaveLength(2);
    for (let places = 0; places < 22; places += 1) await edit();
    expect(await tracesIn(refcheckId)).toHaveLength(20);
    // Others are kept all the same.
    await (await refereeAt(whose, referenceId)).reference.accept.mutate();
    expect((await tracesIn(refcheckId)).filter(({ who }) => who === referenceId)).toHaveLength(1);
  }, 60_000);
});
