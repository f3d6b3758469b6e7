// Feedback on meetings through the API: the document's request, who gives it and when, how it is changed, and who sees it.
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { hourMs, after as later } from "../../src/kernel/clock.ts";
import { type CandidateId, type FeedbackId, type MeetingId, newId } from "../../src/kernel/ids.ts";
import type { Access } from "../../src/kernel/scope.ts";
import { begunWith, candidateRating, give, meetingRating, newPerson, type Person } from "../support/feedback.ts";
import { begin, begunMeeting, newTimes } from "../support/meeting.ts";
import { newCandidate } from "../support/pipeline.ts";
import { type Client, givenOrganization, type House, refusalOf, tripsOf } from "../support/world.ts";

let house: House;
/** Sees everything and takes part in nothing. */
let owner: Client;
beforeAll(async () => {
  house = await givenOrganization();
  owner = house.owner.client;
});
afterEach(() => {
  vi.useRealTimers();
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;
const times = <Result>(count: number, call: (nth: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, nth) => call(nth)));

const person = (access?: Access) => newPerson(house, access);
const begun = (people: readonly Person[], whom?: CandidateId) => begunWith(house, people, whom);
const ratingOf = (meetingId: MeetingId) => meetingRating(house.owner, meetingId);
const whomOf = async (meetingId: MeetingId) => (await owner.meeting.get.query({ meetingId })).candidate.id;

describe("the document's request", () => {
  test("feedback is given with exactly its data, by whoever calls, in one round trip", async () => {
    const interviewer = await person();
    const meetingId = await begun([interviewer]);
    const payload = { description: "Strong technical skills, good cultural fit", rating: 4.5 };
    let given: Awaited<ReturnType<typeof give>> | undefined;
    const trips = await tripsOf(interviewer.token, async (client) => {
      given = await client.feedback.give.mutate({ meetingId, ...payload });
    });
    expect(trips).toBe(1);
    const candidateId = await whomOf(meetingId);
    const { memberId } = interviewer;
    expect(given).toEqual({
      ...{ id: given?.id, meetingId, candidateId, ...payload, verdict: "undecided", criteria: [] },
      interviewer: { memberId, firstName: "Eve", lastName: "hiring_manager" },
      ...{ version: 1, createdAt: given?.createdAt, editedAt: null, mayEdit: true, mayRemove: true },
    });
    expect(await interviewer.client.feedback.list.query({ meetingId })).toEqual({ items: [given], nextCursor: null });
    expect(await ratingOf(meetingId)).toBe(4.5);
    expect(await candidateRating(house.owner, candidateId)).toEqual({ rating: 4.5, ratedBy: "feedback" });
    const { interviewers } = await owner.meeting.get.query({ meetingId });
    expect(interviewers).toMatchObject([{ memberId, hasGivenFeedback: true }]);
  });

  test("with a verdict, and each criterion rated once, in halves from 0 to 5", async () => {
    const interviewer = await person();
    const meetingId = await begun([interviewer]);
    const refused = [
      ...[-0.5, 5.5, 4.3, Number.MAX_VALUE].map((rating) => ({ rating })),
      { verdict: "maybe" },
      { criteria: [{ name: "Depth", rating: 4.2 }] },
      { criteria: ["Depth", "DEPTH"].map((name) => ({ name, rating: 4 })) },
      { criteria: Array.from({ length: 21 }, (_, nth) => ({ name: `Depth ${nth}`, rating: 4 })) },
      { description: "x".repeat(5_001) },
    ];
    for (const over of refused) expect(await reasonOf(give(interviewer, meetingId, 3, over))).toBe("bad_input");
    const criteria = Array.from({ length: 20 }, (_, nth) => ({ name: `Depth ${nth}`, rating: (nth % 11) / 2 }));
    const given = await give(interviewer, meetingId, 0, { verdict: "no_hire", criteria, description: "" });
    expect(given).toMatchObject({ rating: 0, verdict: "no_hire", criteria, description: "" });
    expect(await ratingOf(meetingId)).toBe(0);
  });
});

describe("it is given", () => {
  test("from the very instant at which the meeting begins, to the millisecond, and however long after", async () => {
    const [one, other] = [await person(), await person()];
    const interviewers = [one, other].map(({ memberId }) => ({ memberId }));
    const meeting = { title: "A talk", candidateId: await newCandidate(house), interviewers };
    const startsAt = later(new Date(), hourMs);
    const times = { startsAt, endsAt: later(startsAt, hourMs) };
    const { id: meetingId } = await owner.meeting.schedule.mutate({ ...meeting, ...times });
    expect(await reasonOf(give(one, meetingId, 3))).toBe("meeting_not_begun");
    vi.setSystemTime(later(startsAt, -1));
    expect(await reasonOf(give(one, meetingId, 3))).toBe("meeting_not_begun");
    vi.setSystemTime(startsAt);
    expect(await give(one, meetingId, 3)).toMatchObject({ rating: 3 });
    vi.setSystemTime(later(startsAt, 50 * hourMs));
    expect(await give(other, meetingId, 4)).toMatchObject({ rating: 4 });
  });

  test("by those who take part, once each: not by others whatever their access, nor by who was taken out before", async () => {
    const [stays, goes, admin, stranger] = [await person(), await person(), await person("admin"), await person()];
    const interviewers = [stays, goes].map(({ memberId }) => ({ memberId }));
    const meeting = { title: "A talk", candidateId: await newCandidate(house), interviewers };
    const { id: meetingId } = await owner.meeting.schedule.mutate({ ...meeting, ...newTimes() });
    const named = [{ memberId: stays.memberId }];
    await owner.meeting.edit.mutate({ meetingId, version: 1, interviewers: named });
    await begin(meetingId);
    expect(await refusalOf(give(admin, meetingId, 3))).toMatchObject({ reason: "not_interviewer", code: "FORBIDDEN" });
    // Neither sees the candidate: to them there is no such meeting.
    expect(await reasonOf(give(goes, meetingId, 3))).toBe("not_found");
    expect(await reasonOf(give(stranger, meetingId, 3))).toBe("not_found");
    await give(stays, meetingId, 3);
    expect(await reasonOf(give(stays, meetingId, 5))).toBe("feedback_given");
    expect(await ratingOf(meetingId)).toBe(3);
  });

  test("on no meeting that was canceled", async () => {
    const one = await person();
    const meeting = {
      title: "A talk",
      candidateId: await newCandidate(house),
      interviewers: [{ memberId: one.memberId }],
    };
    const { id: meetingId } = await owner.meeting.schedule.mutate({ ...meeting, ...newTimes() });
    await owner.meeting.cancel.mutate({ meetingId, version: 1 });
    await begin(meetingId);
    expect(await reasonOf(give(one, meetingId, 3))).toBe("meeting_canceled");
  });
});

describe("it is changed and removed", () => {
  test("by whose it is, as they have seen it; what is not given stays", async () => {
    const [one, other, admin] = [await person(), await person(), await person("admin")];
    const meetingId = await begun([one, other]);
    const criteria = [{ name: "Depth", rating: 4 }];
    const given = await give(one, meetingId, 4, { verdict: "hire", criteria });
    await give(other, meetingId, 2);
    const edit = ({ client }: Person, over: object) =>
      client.feedback.edit.mutate({ feedbackId: given.id, version: 1, ...over });
    expect(await reasonOf(edit(other, { rating: 1 }))).toBe("not_allowed");
    expect(await reasonOf(edit(admin, { rating: 1 }))).toBe("not_allowed");
    const { editedAt, ...edited } = await edit(one, { rating: 5 });
    expect(edited).toEqual({ ...given, rating: 5, version: 2, editedAt: undefined });
    expect(editedAt).toBeInstanceOf(Date);
    const stale = await refusalOf(edit(one, { description: "Once more." }));
    expect(stale).toMatchObject({ reason: "moved_on", facts: { version: 2 } });
    expect(await edit(one, { version: 2, criteria: [], verdict: "undecided" })).toMatchObject({
      ...{ rating: 5, criteria: [], verdict: "undecided", version: 3 },
    });
    expect(await ratingOf(meetingId)).toBe(3.5);
  });

  test("removed also by an admin, and by nobody below; then it can be given anew, and what happened is told", async () => {
    const [one, recruiter, admin] = [await person(), await person("recruiter"), await person("admin")];
    const meetingId = await begun([one]);
    const first = await give(one, meetingId, 2);
    const seenBy = async ({ client }: Person) => (await client.feedback.list.query({ meetingId })).items[0];
    expect(await seenBy(recruiter)).toMatchObject({ mayEdit: false, mayRemove: false });
    expect(await seenBy(admin)).toMatchObject({ mayEdit: false, mayRemove: true });
    const remove = ({ client }: Person, feedbackId: FeedbackId) => client.feedback.remove.mutate({ feedbackId });
    expect(await reasonOf(remove(recruiter, first.id))).toBe("not_allowed");
    await remove(admin, first.id);
    expect(await reasonOf(remove(one, first.id))).toBe("not_found");
    expect(await ratingOf(meetingId)).toBeNull();
    const second = await give(one, meetingId, 3);
    await one.client.feedback.edit.mutate({ feedbackId: second.id, version: 1, rating: 3.5 });
    await remove(one, second.id);

    const { items } = await one.client.feedback.events.query({ meetingId });
    expect(items.map(({ feedbackId, verb, actorId }) => [feedbackId, verb, actorId])).toEqual([
      [first.id, "give", one.memberId],
      [first.id, "remove", admin.memberId],
      ...(["give", "edit", "remove"] as const).map((verb) => [second.id, verb, one.memberId]),
    ]);
    expect(items.every(({ interviewerId }) => interviewerId === one.memberId)).toBe(true);
    const page = await one.client.feedback.events.query({ meetingId, size: 2 });
    const rest = await one.client.feedback.events.query({ meetingId, cursor: page.nextCursor ?? "" });
    expect([...page.items, ...rest.items]).toEqual(items);
  });
});

describe("others' is visible only after one's own is in", () => {
  /** Everything that this person can learn of it, in whatever way they ask. */
  async function learns({ client }: Person, meetingId: MeetingId, candidateId: CandidateId, feedbackId: FeedbackId) {
    const idsOf = (page: { items: readonly { id: string }[] }) => page.items.map(({ id }) => id);
    const [met] = (await client.meeting.list.query({ candidateId })).items.filter(({ id }) => id === meetingId);
    const isAmong = async (filters: Parameters<Client["candidate"]["list"]["query"]>[0]) =>
      idsOf(await client.candidate.list.query({ ...filters, size: 100 })).includes(candidateId);
    return {
      ofMeeting: idsOf(await client.feedback.list.query({ meetingId })).includes(feedbackId),
      ofCandidate: idsOf(await client.feedback.listOfCandidate.query({ candidateId })).includes(feedbackId),
      known: (await reasonOf(client.feedback.edit.mutate({ feedbackId, version: 1 }))) !== "not_found",
      rated: (await meetingRating({ client }, meetingId)) !== null,
      listed: met?.rating !== null,
      candidate: (await candidateRating({ client }, candidateId)).rating !== null,
      found: await isAmong({ ratingFrom: 0 }),
      foundBelow: await isAmong({ ratingTo: 5 }),
      foundByRater: await isAmong({ ratedBy: "feedback" }),
      passedOver: !(await isAmong({ ratedBy: "nobody" })),
    };
  }
  const nothing = {
    ...{ ofMeeting: false, ofCandidate: false, known: false },
    ...{ rated: false, listed: false, candidate: false },
    ...{ found: false, foundBelow: false, foundByRater: false, passedOver: false },
  };
  const everything = Object.fromEntries(Object.keys(nothing).map((way) => [way, true]));

  test("to whoever takes part, whatever their access; whoever does not sees it at once", async () => {
    const [first, second, admin] = [await person(), await person(), await person("admin")];
    const candidateId = await newCandidate(house);
    const meetingId = await begun([first, second, admin], candidateId);
    const { id } = await give(first, meetingId, 4);
    const recruiter = await person("recruiter");
    // A hiring manager who meets them another time has nothing of their own to give first.
    const manager = await person();
    await begun([manager], candidateId);
    for (const owing of [second, admin]) expect(await learns(owing, meetingId, candidateId, id)).toEqual(nothing);
    for (const one of [recruiter, manager]) expect(await learns(one, meetingId, candidateId, id)).toEqual(everything);
    const { interviewers } = await second.client.meeting.get.query({ meetingId });
    expect(interviewers.filter(({ hasGivenFeedback }) => hasGivenFeedback).map(({ memberId }) => memberId)).toEqual([
      first.memberId,
    ]);

    const { id: ownId } = await give(second, meetingId, 3);
    expect(await learns(second, meetingId, candidateId, id)).toEqual(everything);
    expect(await learns(admin, meetingId, candidateId, id)).toEqual(nothing);
    await second.client.feedback.remove.mutate({ feedbackId: ownId });
    expect(await learns(second, meetingId, candidateId, id)).toEqual(nothing);
  });

  test("of the meeting in which they take part alone; and what staff set by hand is for everybody", async () => {
    const [first, second] = [await person(), await person()];
    const candidateId = await newCandidate(house);
    const earlier = await begun([first], candidateId);
    await give(first, earlier, 2);
    const ahead = await begunMeeting(house, candidateId, second.memberId);
    expect(await candidateRating(second, candidateId)).toEqual({ rating: 2, ratedBy: "feedback" });
    expect((await second.client.feedback.listOfCandidate.query({ candidateId })).items).toHaveLength(1);
    expect((await second.client.feedback.list.query({ meetingId: ahead.id })).items).toEqual([]);
    const both = await begun([first, second], candidateId);
    await give(first, both, 5);
    expect(await candidateRating(second, candidateId)).toEqual({ rating: null, ratedBy: null });
    expect((await second.client.feedback.listOfCandidate.query({ candidateId })).items).toMatchObject([
      { meetingId: earlier },
    ]);
    await owner.candidate.edit.mutate({ candidateId, rating: 1.5 });
    expect(await candidateRating(second, candidateId)).toEqual({ rating: 1.5, ratedBy: "hand" });
    const { items } = await second.client.candidate.list.query({ ratingFrom: 1.5 });
    expect(items.map(({ id }) => id)).toContain(candidateId);
  });

  test("goes in pages, the newest first, of all meetings with a candidate or of one", async () => {
    const candidateId = await newCandidate(house);
    const people = await times(3, () => person());
    const meetings = [await begun(people, candidateId), await begun(people, candidateId)];
    const given: FeedbackId[] = [];
    for (const meetingId of meetings) for (const one of people) given.push((await give(one, meetingId, 3)).id);
    const pages: string[][] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await owner.feedback.listOfCandidate.query({ candidateId, size: 4, ...(cursor && { cursor }) });
      pages.push(page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    const newest = given.toReversed();
    expect(pages).toEqual([newest.slice(0, 4), newest.slice(4)]);
    const [meetingId] = meetings;
    const { items } = await owner.feedback.list.query({ meetingId: meetingId ?? newId("mtg"), size: 100 });
    expect(items.map(({ id }) => id)).toEqual(newest.slice(3));
    const stranger = (await givenOrganization()).owner.client;
    expect(await reasonOf(stranger.feedback.listOfCandidate.query({ candidateId }))).toBe("not_found");
  });
});
