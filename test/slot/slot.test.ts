// Times that are offered by letter, and picked: first come, first served.
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { dayMs, hourMs, after as later, minuteMs } from "../../src/kernel/clock.ts";
import type { CandidateId, MemberId, SlotId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { lettersIn } from "../bounce/post.ts";
import { lookers, presser } from "../scanners/machines.ts";
import { newMeeting, newTimes } from "../support/meeting.ts";
import { newCandidate } from "../support/pipeline.ts";
import { newRefcheck } from "../support/refcheck.ts";
import { byLink, newOffer, offerToNew } from "../support/slot.ts";
import { candidateToken, newMember } from "../support/stage.ts";
import {
  admitted,
  anteroom,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  origin,
  refusalOf,
  send,
  systemDeps,
} from "../support/world.ts";

let house: House;
let interviewer: MemberId;
beforeAll(async () => {
  house = await givenOrganization();
  interviewer = (await newMember(house, "recruiter")).memberId;
});
afterEach(() => {
  vi.useRealTimers();
});

const api = () => house.owner.client.offer;
const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

/** Somebody staff have entered, in New York. */
async function person(): Promise<{ id: CandidateId; email: string }> {
  const user = { email: newEmail("cleo"), firstName: "Cleo", lastName: "Candidate" };
  const { id } = await house.owner.client.candidate.create.mutate({ user, timeZone: "America/New_York" });
  return { id, email: user.email };
}

const offer = (ids: CandidateId[], over: Parameters<typeof newOffer>[3] = {}) =>
  newOffer(house, ids, interviewer, over);

/** An offer to one, and that one by their link. */
async function offeredTo(over: Parameters<typeof newOffer>[3] = {}) {
  const candidateId = await newCandidate(house);
  const made = await offer([candidateId], over);
  return { candidateId, made, offerId: made.id, own: (await byLink(house, candidateId, made.id)).offer };
}

const firstOf = <Item>([first]: readonly Item[]): Item => {
  if (first === undefined) throw new Error("there is a first");
  return first;
};

describe("three are offered three times", () => {
  test("each comes in by their letter, sees what is left, picks, and is told of the meeting", async () => {
    const people = [await person(), await person(), await person()];
    const slots = [newTimes(), newTimes(), newTimes()];
    const made = await offer(
      people.map(({ id }) => id),
      { slots, title: "Coffee", timeZone: "Europe/Amsterdam", location: "Room 4", reminderHours: [24] },
    );
    expect(made).toMatchObject({ status: "open", expiresAt: slots.at(-1)?.startsAt, timeZone: "Europe/Amsterdam" });
    expect(made.candidates.map(({ status }) => status)).toEqual(["invited", "invited", "invited"]);
    for (const [nth, { email, id }] of people.entries()) {
      const letter = firstOf(await lettersTo(email));
      expect(letter.subject).toBe("Pick a time: Coffee, House of Tests");
      expect(letter.text).toContain("3 times are offered.");
      expect(letter.path).toBe(`/candidate-dashboard/offers/${made.id}/`);
      const token = await newestToken(email);
      expect(await anteroom().identity.openLink.query({ token })).toEqual({ purpose: "slot_offer", alive: true });
      const came = await anteroom().identity.useLink.mutate({ token });
      expect(came).toMatchObject({
        ...{ kind: "candidate", candidateId: id, offerId: made.id, interviewId: null, refcheckId: null },
        offer: { title: "Coffee", expiresAt: made.expiresAt, timeZone: "America/New_York" },
      });
      const own = anteroom(came.token).offer;
      const seen = await own.own.query({ offerId: made.id });
      expect(seen.slots.map(({ startsAt }) => startsAt)).toEqual(slots.slice(nth).map(({ startsAt }) => startsAt));
      const slot = firstOf(seen.slots);
      const after = await own.pick.mutate({ slotId: slot.id });
      expect(after).toMatchObject({ slots: [], picked: { slotId: slot.id, startsAt: slot.startsAt } });
      expect(await own.pick.mutate({ slotId: slot.id })).toEqual(after);
      const told = (await lettersTo(email)).at(-1);
      expect(told?.subject).toBe("Invitation: Coffee, House of Tests");
      expect(await anteroom().identity.openLink.query({ token })).toEqual({ purpose: "slot_offer", alive: false });
      const meetingId = after.picked?.meetingId ?? "mtg_";
      const events = await house.owner.client.meeting.events.query({ meetingId });
      expect(events.items).toMatchObject([{ verb: "schedule", actorKind: "candidate", actorId: id }]);
    }
    const done = await api().get.query({ offerId: made.id });
    expect(done.slots.map(({ status }) => status)).toEqual(["taken", "taken", "taken"]);
    expect(done.candidates.map(({ status }) => status)).toEqual(["picked", "picked", "picked"]);
    const { items } = await house.owner.client.meeting.list.query({ memberId: interviewer });
    expect(items.filter(({ title }) => title === "Coffee")).toMatchObject(
      slots.map((when) => ({ ...when, location: "Room 4", reminderHours: [24] })),
    );
    const { items: listed } = await api().list.query({ candidateId: people[0]?.id });
    expect(listed).toMatchObject([{ id: made.id, slotsFree: 0, slotsInAll: 3, candidates: 3, candidatesPicked: 3 }]);
  });
});

describe("what is to be had", () => {
  test("is no time at which an interviewer or the candidate has a meeting by now, and it is again once that is canceled", async () => {
    const { candidateId, made, offerId, own } = await offeredTo({ slots: [newTimes(), newTimes(), newTimes()] });
    const { meeting } = house.owner.client;
    const others = (slot: { startsAt: Date; endsAt: Date }, of: { candidateId: CandidateId; memberId: MemberId }) =>
      meeting.schedule.mutate({
        ...{ title: "Another", startsAt: later(slot.startsAt, -30 * minuteMs), endsAt: later(slot.startsAt, minuteMs) },
        ...{ candidateId: of.candidateId, interviewers: [{ memberId: of.memberId }] },
      });
    const [one, two, three] = made.slots;
    if (!one || !two || !three) throw new Error("there are three");
    const ofInterviewer = await others(one, { candidateId: await newCandidate(house), memberId: interviewer });
    await others(two, { candidateId, memberId: (await newMember(house, "recruiter")).memberId });
    const left = async () => (await own.own.query({ offerId })).slots.map(({ id }) => id);
    expect(await left()).toEqual([three.id]);
    for (const { id: slotId } of [one, two]) expect(await reasonOf(own.pick.mutate({ slotId }))).toBe("slot_taken");
    await meeting.cancel.mutate({ meetingId: ofInterviewer.id, version: 1 });
    expect(await left()).toEqual([one.id, three.id]);
  });

  test("ends with the very instant until which it was offered", async () => {
    const soon = later(new Date(), hourMs);
    const { made, offerId, own } = await offeredTo({ expiresAt: soon });
    const slot = firstOf(made.slots);
    vi.useFakeTimers({ toFake: ["Date"], now: soon });
    expect(await reasonOf(own.pick.mutate({ slotId: slot.id }))).toBe("offer_closed");
    expect(await own.own.query({ offerId })).toMatchObject({ status: "expired", slots: [] });
    vi.setSystemTime(later(soon, -1));
    expect(await own.pick.mutate({ slotId: slot.id })).toMatchObject({ picked: { slotId: slot.id } });
  });

  test("is nothing once somebody has picked, until their meeting is canceled: then another time, and never that one", async () => {
    const { candidateId, made, offerId, own } = await offeredTo();
    const [one, two] = made.slots.map(({ id }) => id);
    if (!one || !two) throw new Error("there are two");
    const { picked } = await own.pick.mutate({ slotId: one });
    expect(await reasonOf(own.pick.mutate({ slotId: two }))).toBe("slot_picked");
    expect(await reasonOf(api().withdraw.mutate({ offerId, candidateId }))).toBe("slot_picked");
    await house.owner.client.meeting.cancel.mutate({ meetingId: picked?.meetingId ?? "mtg_", version: 1 });
    expect(await own.own.query({ offerId })).toMatchObject({ picked: null, slots: [{ id: two }] });
    expect(await reasonOf(own.pick.mutate({ slotId: one }))).toBe("slot_taken");
    const times = firstOf(made.slots);
    const { slots } = await api().addSlots.mutate({
      ...{ offerId, slots: [{ startsAt: times.startsAt, endsAt: times.endsAt }] },
    });
    expect(slots.map(({ status }) => status).sort()).toEqual(["free", "free", "used"]);
    expect(await own.pick.mutate({ slotId: two })).toMatchObject({ picked: { slotId: two } });
  });
});

describe("what staff do", () => {
  test("close ends the offer and its links; what was picked stays", async () => {
    const people = [await person(), await person()];
    const made = await offer(people.map(({ id }) => id));
    const [first, second] = people;
    if (!first || !second) throw new Error("there are two");
    const token = await newestToken(second.email);
    const { client } = await admitted(first.email);
    const late = (await admitted(second.email)).client;
    const { picked } = await client.offer.pick.mutate({ slotId: firstOf(made.slots).id });
    expect(await api().close.mutate({ offerId: made.id })).toMatchObject({ status: "closed", availableActions: [] });
    expect(await reasonOf(anteroom().identity.useLink.mutate({ token }))).toBe("link_dead");
    expect(await reasonOf(late.offer.pick.mutate({ slotId: made.slots[1]?.id ?? "slt_" }))).toBe("offer_closed");
    expect(await client.offer.own.query({ offerId: made.id })).toMatchObject({ status: "closed", picked });
    const slots = [newTimes()];
    const { id: offerId } = made;
    const again = [
      ...[api().close.mutate({ offerId }), api().addSlots.mutate({ offerId, slots })],
      ...[api().removeSlot.mutate({ slotId: made.slots[1]?.id ?? "slt_" })],
      ...[api().withdraw.mutate({ offerId, candidateId: second.id })],
    ];
    expect(await Promise.all(again.map(reasonOf))).toEqual(Array(4).fill("offer_closed"));
  });

  test("withdraw ends one candidate's link, and leaves the others theirs", async () => {
    const people = [await person(), await person()];
    const [first, second] = people;
    if (!first || !second) throw new Error("there are two");
    const made = await offer(people.map(({ id }) => id));
    const offerId = made.id;
    const { client } = await admitted(first.email);
    await api().withdraw.mutate({ offerId, candidateId: first.id });
    const { candidates } = await api().withdraw.mutate({ offerId, candidateId: first.id });
    expect(candidates.map(({ id, status }) => [id, status]).sort()).toEqual(
      [
        [first.id, "withdrawn"],
        [second.id, "invited"],
      ].sort(),
    );
    expect(await reasonOf(client.offer.own.query({ offerId }))).toBe("not_found");
    expect(await reasonOf(client.offer.pick.mutate({ slotId: firstOf(made.slots).id }))).toBe("not_found");
    expect(await reasonOf(admitted(first.email))).toBe("link_dead");
    await (await admitted(second.email)).client.offer.pick.mutate({ slotId: firstOf(made.slots).id });
  });

  test("a time that nobody has is taken back, one that somebody has is not; the same time is not offered twice", async () => {
    const { made, offerId, own } = await offeredTo();
    const [one, two] = made.slots;
    if (!one || !two) throw new Error("there are two");
    const more = { startsAt: two.startsAt, endsAt: two.endsAt };
    expect((await api().addSlots.mutate({ offerId, slots: [more, newTimes()] })).slots).toHaveLength(3);
    await own.pick.mutate({ slotId: one.id });
    expect(await reasonOf(api().removeSlot.mutate({ slotId: one.id }))).toBe("slot_taken");
    expect((await api().removeSlot.mutate({ slotId: two.id })).slots.map(({ id }) => id)).not.toContain(two.id);
  });

  test("an interviewer's meeting at one of the times is a warning, for new times as well", async () => {
    const { startsAt, endsAt, id } = await newMeeting(house, await newCandidate(house), interviewer);
    const candidateIds = [await newCandidate(house)];
    const slots = [newTimes(), { startsAt, endsAt }].toSorted((a, b) => Number(a.startsAt) - Number(b.startsAt));
    const facts = { meetingIds: [id], memberIds: [interviewer], candidateId: null };
    expect(await refusalOf(offer(candidateIds, { slots }))).toMatchObject({ reason: "meeting_overlaps", facts });
    const { id: offerId } = await offer(candidateIds, { slots, isOverlapConfirmed: true });
    const { slots: seen } = await (await byLink(house, firstOf(candidateIds), offerId)).offer.own.query({ offerId });
    expect(seen).toHaveLength(1);
    const free = newTimes();
    const { id: openId } = await offer(candidateIds, { slots: [free], expiresAt: later(new Date(), hourMs) });
    const again = api().addSlots.mutate({ offerId: openId, slots: [{ startsAt, endsAt }] });
    expect(await refusalOf(again)).toMatchObject({ reason: "meeting_overlaps", facts });
  });

  test("times have to be ahead and a meeting long, and are offered until the last begins at the latest", async () => {
    const ids = [await newCandidate(house)];
    const { startsAt, endsAt } = newTimes();
    const past = { startsAt: later(new Date(), -hourMs), endsAt: new Date() };
    const tries = [
      offer(ids, { slots: [past] }),
      offer(ids, { slots: [{ startsAt, endsAt: startsAt }] }),
      offer(ids, { slots: [{ startsAt, endsAt }], expiresAt: later(startsAt, 1) }),
      offer(ids, { slots: [{ startsAt, endsAt }], expiresAt: past.startsAt }),
      offer([...ids, "cnd_00000000000000000000000000000000"]),
    ];
    expect(await Promise.all(tries.map(reasonOf))).toEqual([
      ...["meeting_in_past", "meeting_length", "offer_too_long", "deadline_in_past", "not_found"],
    ]);
  });

  test("the same request key is the same offer, and one letter", async () => {
    const { id, email } = await person();
    const requestKey = `offer-${id}`;
    const slots = [newTimes()];
    const made = await Promise.all(Array.from({ length: 4 }, () => offer([id], { requestKey, slots })));
    expect(new Set(made.map((one) => one.id)).size).toBe(1);
    expect(await lettersTo(email)).toHaveLength(1);
    const another = await person();
    for (const ids of [[another.id], [id, another.id]])
      expect(await reasonOf(offer(ids, { requestKey, slots }))).toBe("request_key_used");
    expect(await reasonOf(offer([id], { requestKey, slots, title: "Another talk" }))).toBe("request_key_used");
  });

  test("an address that is corrected is sent the open offers anew, and the former link ends", async () => {
    const { id, email } = await person();
    const made = await offer([id]);
    const former = await newestToken(email);
    const corrected = newEmail("corrected");
    await house.owner.client.candidate.correctAddress.mutate({ candidateId: id, email: corrected });
    expect(await reasonOf(anteroom().identity.useLink.mutate({ token: former }))).toBe("link_dead");
    const { client } = await admitted(corrected);
    expect((await client.offer.own.query({ offerId: made.id })).slots).toHaveLength(2);
    const { items } = await house.owner.client.letter.list.query({ size: 100 });
    expect(items).toContainEqual(expect.objectContaining({ to: corrected, kind: "slots_offered", offerId: made.id }));
  });
});

describe("whoever has not picked", () => {
  /** Five in the afternoon in UTC is noon or one in New York, on days that no other test has. */
  const firstAt = new Date(Math.ceil(Date.now() / dayMs + 10) * dayMs + 17 * hourMs);
  const dayBefore = later(firstAt, -dayMs);
  const slots = [0, 3].map((days) => ({
    ...{ startsAt: later(firstAt, days * dayMs), endsAt: later(firstAt, days * dayMs + hourMs) },
  }));
  const drainAt = async (now: Date) => {
    vi.useFakeTimers({ toFake: ["Date"], now });
    await drainOutbox(systemDeps());
    vi.useRealTimers();
  };
  const offered = async (people: readonly { id: CandidateId }[], memberId?: MemberId) =>
    newOffer(
      house,
      people.map(({ id }) => id),
      memberId ?? (await newMember(house, "recruiter")).memberId,
      { slots, title: "Coffee" },
    );
  const remindersTo = async (...emails: string[]) => {
    const all = await Promise.all(emails.map(lettersTo));
    return all.map((own) => own.filter(({ subject }) => subject === "Still to pick: Coffee, House of Tests").length);
  };

  test("is reminded once, a day before the first of the times begins, and picks by that letter's link", async () => {
    const { id, email } = await person();
    const made = await offered([{ id }]);
    await drainAt(later(dayBefore, -1));
    expect(await remindersTo(email)).toEqual([0]);
    await drainAt(dayBefore);
    await drainAt(later(dayBefore, 2 * hourMs));
    expect(await remindersTo(email)).toEqual([1]);
    const letter = (await lettersTo(email)).at(-1);
    expect(letter?.text).toMatch(/You can pick until .* Eastern (Standard|Daylight) Time/);
    expect(letter?.path).toBe(`/candidate-dashboard/offers/${made.id}/`);
    const { client } = await admitted(email);
    await client.offer.pick.mutate({ slotId: firstOf(made.slots).id });
  });

  test("and they alone: not who has, whose offer was withdrawn, closed or is of nobody and nothing any more; but who lost what they had", async () => {
    const people = await Promise.all(Array.from({ length: 7 }, person));
    const [picked, lost, withdrawn, closed, nobody, nothing, corrected] = people;
    if (!picked || !lost || !withdrawn || !closed || !nobody || !nothing || !corrected) throw new Error("seven");
    const leaving = (await newMember(house, "recruiter")).memberId;
    const shared = await offered([picked, lost, withdrawn, corrected]);
    const pick = async ({ id }: { id: CandidateId }, slotId: SlotId = "slt_") =>
      (await byLink(house, id, shared.id)).offer.pick.mutate({ slotId });
    await pick(picked, shared.slots[0]?.id);
    const { picked: had } = await pick(lost, shared.slots[1]?.id);
    await house.owner.client.meeting.cancel.mutate({ meetingId: had?.meetingId ?? "mtg_", version: 1 });
    const another = { startsAt: later(firstAt, 5 * dayMs), endsAt: later(firstAt, 5 * dayMs + hourMs) };
    await api().addSlots.mutate({ offerId: shared.id, slots: [another] });
    await api().withdraw.mutate({ offerId: shared.id, candidateId: withdrawn.id });
    await api().close.mutate({ offerId: (await offered([closed])).id });
    await offered([nobody], leaving);
    await house.owner.client.member.remove.mutate({ memberId: leaving });
    for (const { id: slotId } of (await offered([nothing])).slots) await api().removeSlot.mutate({ slotId });
    const email = newEmail("corrected");
    await house.owner.client.candidate.correctAddress.mutate({ candidateId: corrected.id, email });
    await drainAt(dayBefore);
    // The first time is another's by now: the corrected address is written to a day before the offer expires.
    await drainAt(later(firstAt, 2 * dayMs));
    expect(await remindersTo(...people.map((one) => one.email), email)).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
    expect((await lettersIn(picked.email)).map(({ content, status }) => [content.kind, status])).toContainEqual([
      ...["slots_reminder", "withdrawn"],
    ]);
  });
});

describe("two records of one person who were offered the same times", () => {
  test("become one that has what one of them picked", async () => {
    const [kept, other] = [await person(), await person()];
    const made = await offer([kept.id, other.id]);
    const alone = await offer([other.id]);
    const { id: slotId } = firstOf(made.slots);
    const { picked } = await (await byLink(house, other.id, made.id)).offer.pick.mutate({ slotId });
    await house.owner.client.candidate.merge.mutate({ candidateId: kept.id, otherId: other.id });
    const { candidates } = await api().get.query({ offerId: made.id });
    expect(candidates).toMatchObject([{ id: kept.id, status: "picked", slotId, meetingId: picked?.meetingId }]);
    expect((await api().get.query({ offerId: alone.id })).candidates).toMatchObject([{ id: kept.id }]);
  });

  test("become one that has no second meeting to pick, though the candidate's own was canceled", async () => {
    const [kept, other] = [await person(), await person()];
    const made = await offer([kept.id, other.id]);
    const [first, second] = made.slots;
    if (!first || !second) throw new Error("there are two times");
    const { picked } = await (await byLink(house, kept.id, made.id)).offer.pick.mutate({ slotId: first.id });
    if (!picked) throw new Error("they picked one");
    await house.owner.client.meeting.cancel.mutate({ meetingId: picked.meetingId, version: 1 });
    await (await byLink(house, other.id, made.id)).offer.pick.mutate({ slotId: second.id });
    await house.owner.client.candidate.merge.mutate({ candidateId: kept.id, otherId: other.id });
    const { candidates } = await api().get.query({ offerId: made.id });
    expect(candidates).toMatchObject([{ id: kept.id, status: "picked", slotId: second.id }]);
  });
});

describe("the link is for one offer and nothing else", () => {
  test("machines that open it, and press its button, take no time; and the person still gets in", async () => {
    const { id, email } = await person();
    const made = await offer([id]);
    const token = await newestToken(email);
    const address = `${origin}/auth/link/${token}/`;
    for (const { scan } of [...lookers, presser]) await scan(send, address);
    expect(await (await send(new Request(address))).text()).toContain("<h1>Pick a time</h1>");
    expect(await api().get.query({ offerId: made.id })).toEqual(made);
    const page = await (await send(new Request(address, { method: "POST" }))).text();
    expect(page.match(/<li>[A-Z][a-z]+day, \d+ .+? to .+?<\/li>/g)).toHaveLength(2);
    const { client } = await admitted(email);
    expect((await client.offer.own.query({ offerId: made.id })).slots).toHaveLength(2);
  });

  test("it leads to no interview, reference check or other offer of the same person, and their links not to it", async () => {
    const project = await givenProject(house);
    const invited = await givenInvited(house, project);
    const candidateId = invited.interview.candidate.id;
    const [made, other] = [await offer([candidateId]), await offer([candidateId])];
    const own = await byLink(house, candidateId, made.id);
    const refcheck = await newRefcheck(house, "invited");
    const interviewId = invited.interview.id;
    expect((await own.interview.listOwn.query({})).items).toEqual([]);
    expect(await reasonOf(own.interview.own.query({ interviewId }))).toBe("not_found");
    expect(await reasonOf(own.interview.confirm.mutate({ interviewId }))).toBe("not_found");
    const theirs = await byLink(house, refcheck.candidateId, made.id);
    expect(await reasonOf(theirs.refcheck.own.query({ refcheckId: refcheck.refcheckId }))).toBe("not_found");
    expect((await theirs.refcheck.listOwn.query({})).items).toEqual([]);
    expect(await reasonOf(own.offer.own.query({ offerId: other.id }))).toBe("not_found");
    expect(await reasonOf(own.offer.pick.mutate({ slotId: firstOf(other.slots).id }))).toBe("not_found");
    const byInterview = invited.client.offer;
    expect(await reasonOf(byInterview.own.query({ offerId: made.id }))).toBe("not_found");
    expect(await reasonOf(byInterview.pick.mutate({ slotId: firstOf(made.slots).id }))).toBe("not_found");
    const { items } = await own.identity.sessions.query({});
    expect(items).toHaveLength(1);
    const bySelf = { organizationId: house.organization.id, candidateId, interviewId: null };
    const byPassword = anteroom(await candidateToken(bySelf));
    expect(await byPassword.offer.own.query({ offerId: made.id })).toMatchObject({ id: made.id });
  });

  test("times of an interviewer who has left are to be had no more", async () => {
    const leaving = await newMember(house, "recruiter");
    const { candidateId, offerId, slotId } = await offerToNew(house, leaving.memberId);
    const own = (await byLink(house, candidateId, offerId)).offer;
    await house.owner.client.member.remove.mutate({ memberId: leaving.memberId });
    expect(await own.own.query({ offerId })).toMatchObject({ slots: [], interviewers: [] });
    expect(await reasonOf(own.pick.mutate({ slotId }))).toBe("slot_taken");
  });
});
