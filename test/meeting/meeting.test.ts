// Meetings through the API: the document's requests, what may be when, who is in whose way, and who sees what.
import { eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { meetingEvent, meetingInterviewer } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { dayMs, hourMs, after as later, minuteMs } from "../../src/kernel/clock.ts";
import { type CandidateId, type MeetingId, type MemberId, newId } from "../../src/kernel/ids.ts";
import type { CandidateScope, MemberScope } from "../../src/kernel/scope.ts";
import { meetingForStep, overlapsOf, peopleToMeet, plannedMeeting } from "../../src/meeting/actions.ts";
import { changeMeeting } from "../../src/meeting/store.ts";
import { newMeeting, newTimes } from "../support/meeting.ts";
import { newCandidate } from "../support/pipeline.ts";
import { memberToken, newMember } from "../support/stage.ts";
import { anteroom, database, givenOrganization, type House, refusalOf, systemDeps } from "../support/world.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});
afterEach(() => {
  vi.useRealTimers();
});

const api = () => house.owner.client.meeting;
const interviewer = async () => (await newMember(house, "recruiter")).memberId;
const named = (...memberIds: readonly MemberId[]) => memberIds.map((memberId) => ({ memberId }));
type Asked = Parameters<ReturnType<typeof api>["schedule"]["mutate"]>[0];

async function asked(over: Partial<Asked> = {}): Promise<Asked> {
  const times = newTimes();
  const [candidateId, memberId] = [over.candidateId ?? (await newCandidate(house)), house.owner.memberId];
  return { title: "A talk", ...times, candidateId, interviewers: named(memberId), ...over };
}
const scheduled = async (over: Partial<Asked> = {}) => api().schedule.mutate(await asked(over));
const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

describe("the document's requests", () => {
  test("an interview is scheduled and listed with exactly its data", async () => {
    vi.setSystemTime("2024-01-15T09:00:00.000Z");
    const own = await givenOrganization();
    const { memberId, client } = own.owner;
    const candidateId = await newCandidate(own);
    const payload = {
      title: "Technical Interview",
      startsAt: "2024-01-20T10:00:00.000Z",
      endsAt: "2024-01-20T11:00:00.000Z",
      candidateId,
      interviewers: [{ memberId }],
    };
    const made = await client.meeting.schedule.mutate(payload);
    expect(made).toEqual({
      ...{ id: made.id, organizationId: own.organization.id, title: "Technical Interview", description: "" },
      candidate: { id: candidateId, firstName: "Cleo", lastName: "Candidate" },
      interviewers: [{ memberId, firstName: "Ada", lastName: "owner", hasGivenFeedback: false, hasLeft: false }],
      ...{ startsAt: new Date(payload.startsAt), endsAt: new Date(payload.endsAt) },
      ...{ timeZone: own.organization.timeZone, location: null, url: null, reminderHours: [24, 1] },
      ...{ status: "scheduled", rating: null, sequence: 0, version: 1, createdAt: new Date(), canceledAt: null },
      availableActions: ["edit", "cancel"],
    });
    expect(await client.meeting.list.query({ candidateId })).toEqual({ items: [made], nextCursor: null });
    expect(await client.meeting.get.query({ meetingId: made.id })).toEqual(made);
  });
});

describe("its times", () => {
  test("lie in the future, to the millisecond, and are of a length", async () => {
    const now = new Date();
    vi.setSystemTime(now);
    const at = (fromMs: number, lengthMs: number) => ({
      startsAt: later(now, fromMs),
      endsAt: later(now, fromMs + lengthMs),
    });
    const outcome = async (fromMs: number, lengthMs: number) => {
      const input = await asked({ ...at(fromMs, lengthMs), isOverlapConfirmed: true });
      return api()
        .schedule.mutate(input)
        .then(
          () => "ok",
          () => reasonOf(api().schedule.mutate(input)),
        );
    };
    expect(await outcome(1, 5 * minuteMs)).toBe("ok");
    expect(await outcome(0, hourMs)).toBe("meeting_in_past");
    expect(await outcome(-dayMs, hourMs)).toBe("meeting_in_past");
    expect(await outcome(dayMs, 5 * minuteMs - 1)).toBe("meeting_length");
    expect(await outcome(dayMs, -hourMs)).toBe("meeting_length");
    expect(await outcome(dayMs, dayMs)).toBe("ok");
    expect(await outcome(dayMs, dayMs + 1)).toBe("meeting_length");
    const { id: meetingId, version } = await scheduled();
    const moved = { meetingId, version };
    expect(await reasonOf(api().edit.mutate({ ...moved, startsAt: now }))).toBe("meeting_length");
    expect(await reasonOf(api().edit.mutate({ ...moved, ...at(0, hourMs) }))).toBe("meeting_in_past");
    expect(await api().edit.mutate({ ...moved, ...at(1, hourMs), isOverlapConfirmed: true })).toMatchObject(
      at(1, hourMs),
    );
  });

  test("lock it once it has begun: a millisecond before it can be moved, edited and canceled, and then not", async () => {
    const tomorrow = (hours: number) => ({
      startsAt: later(new Date(), dayMs + hours * hourMs),
      endsAt: later(new Date(), dayMs + (hours + 1) * hourMs),
    });
    const one = await scheduled({ ...tomorrow(0), interviewers: named(await interviewer()) });
    const other = await scheduled({ ...tomorrow(5), interviewers: named(await interviewer()) });
    vi.setSystemTime(later(one.startsAt, -1));
    const edited = await api().edit.mutate({ meetingId: one.id, version: 1, title: "In a moment" });
    expect(edited).toMatchObject({ status: "scheduled", availableActions: ["edit", "cancel"] });
    vi.setSystemTime(one.startsAt);
    const seen = { meetingId: one.id, version: 2 };
    const late = [{ title: "Too late" }, newTimes(), { interviewers: named(await interviewer()) }];
    for (const change of late) expect(await reasonOf(api().edit.mutate({ ...seen, ...change }))).toBe("meeting_begun");
    expect(await reasonOf(api().cancel.mutate(seen))).toBe("meeting_begun");
    const status = async () => (await api().get.query({ meetingId: one.id })).status;
    expect(await status()).toBe("running");
    expect((await api().get.query({ meetingId: one.id })).availableActions).toEqual([]);
    vi.setSystemTime(later(one.endsAt, -1));
    expect(await status()).toBe("running");
    vi.setSystemTime(one.endsAt);
    expect(await status()).toBe("past");
    expect(await reasonOf(api().cancel.mutate(seen))).toBe("meeting_begun");
    vi.setSystemTime(later(other.startsAt, -1));
    expect(await api().cancel.mutate({ meetingId: other.id, version: 1 })).toMatchObject({ status: "canceled" });
  });
});

describe("changing it", () => {
  test("changes what is given and leaves the rest; each change raises sequence and version, and one that is none does nothing", async () => {
    const before = await scheduled({
      location: "Room 4",
      url: "https://meet.example.com/4",
      description: "Bring a pen.",
    });
    const meetingId = before.id;
    const edited = await api().edit.mutate({
      meetingId,
      version: 1,
      title: "Another",
      location: null,
      timeZone: "Asia/Tokyo",
    });
    expect(edited).toEqual({
      ...{ ...before, title: "Another", location: null, timeZone: "Asia/Tokyo", sequence: 1, version: 2 },
    });
    const { title, startsAt, endsAt, reminderHours, url } = edited;
    const same = {
      title,
      startsAt,
      endsAt,
      reminderHours: [...reminderHours],
      url,
      interviewers: named(house.owner.memberId),
    };
    expect(await api().edit.mutate({ meetingId, version: 2, ...same })).toEqual(edited);
    const next = later(startsAt, hourMs);
    const moved = await api().edit.mutate({ meetingId, version: 2, endsAt: later(next, hourMs), startsAt: next });
    expect(moved).toMatchObject({ startsAt: next, sequence: 2, version: 3 });
    const longer = await api().edit.mutate({ meetingId, version: 3, endsAt: later(next, 3 * hourMs) });
    expect(longer).toMatchObject({ startsAt: next, endsAt: later(next, 3 * hourMs), sequence: 3, version: 4 });
    expect(await reasonOf(api().edit.mutate({ meetingId, version: 4, startsAt: later(next, 4 * hourMs) }))).toBe(
      "meeting_length",
    );
    const canceled = await api().cancel.mutate({ meetingId, version: 4, why: "They are ill." });
    expect(canceled).toMatchObject({ status: "canceled", sequence: 4, version: 5, availableActions: [] });
    const gone = { meetingId, version: 5 };
    expect(await reasonOf(api().edit.mutate({ ...gone, title: "Back" }))).toBe("meeting_canceled");
    expect(await reasonOf(api().cancel.mutate(gone))).toBe("meeting_canceled");

    const { items } = await api().events.query({ meetingId });
    const by = { actorKind: "member", actorId: house.owner.memberId };
    expect(items).toMatchObject([
      { ...by, version: 1, verb: "schedule", startsAt: before.startsAt, endsAt: before.endsAt, why: null },
      { ...by, version: 2, verb: "edit", startsAt: before.startsAt },
      { ...by, version: 3, verb: "move", startsAt: next, endsAt: later(next, hourMs) },
      { ...by, version: 4, verb: "move", startsAt: next, endsAt: later(next, 3 * hourMs) },
      { ...by, version: 5, verb: "cancel", startsAt: next, why: "They are ill." },
    ]);
    const { items: page, nextCursor } = await api().events.query({ meetingId, size: 3 });
    const rest = await api().events.query({ meetingId, size: 3, ...(nextCursor && { cursor: nextCursor }) });
    expect([...page, ...rest.items]).toEqual(items);
  });

  test("exchanges who takes part, and their times follow", async () => {
    const [one, other, third] = [await interviewer(), await interviewer(), await interviewer()];
    const { id: meetingId, endsAt } = await scheduled({ interviewers: named(one, other) });
    const longer = { endsAt: later(endsAt, hourMs) };
    const changed = await api().edit.mutate({ meetingId, version: 1, ...longer, interviewers: named(third, other) });
    expect(changed.interviewers.map(({ memberId }) => memberId).sort()).toEqual([other, third].sort());
    expect(changed).toMatchObject({ sequence: 1, version: 2 });
    const { rows } = await database().read({
      rows: all(build.select().from(meetingInterviewer).where(eq(meetingInterviewer.meetingId, meetingId))),
    });
    expect(rows.map((row) => row.endsAt)).toEqual([longer.endsAt, longer.endsAt]);
  });

  test("is for who has seen it as it is", async () => {
    const { id: meetingId } = await scheduled();
    await api().edit.mutate({ meetingId, version: 1, title: "Another" });
    const stale = { reason: "moved_on", facts: { version: 2 } };
    expect(await refusalOf(api().edit.mutate({ meetingId, version: 1, ...newTimes() }))).toMatchObject(stale);
    expect(await refusalOf(api().cancel.mutate({ meetingId, version: 1 }))).toMatchObject(stale);
  });

  test("the same request key again answers with the same meeting, and with another candidate is refused", async () => {
    const input = await asked({ requestKey: newId("evt") });
    const made = await api().schedule.mutate(input);
    expect(await api().schedule.mutate(input)).toEqual(made);
    const candidateId = await newCandidate(house);
    expect(await reasonOf(api().schedule.mutate({ ...input, candidateId }))).toBe("request_key_used");
  });
});

describe("somebody who has another meeting at that time", () => {
  const within = (startsAt: Date, fromMs: number, toMs: number) => ({
    startsAt: later(startsAt, fromMs),
    endsAt: later(startsAt, toMs),
  });

  test("is told as a warning, with which and whose, and the same call confirmed goes through", async () => {
    const [candidateId, busy, free] = [await newCandidate(house), await interviewer(), await interviewer()];
    const times = newTimes();
    const theirs = await scheduled({ ...times, candidateId, interviewers: named(free) });
    const input = { ...within(times.startsAt, -2 * hourMs, 10 * minuteMs), candidateId, interviewers: named(busy) };
    const ofCandidate = await refusalOf(scheduled(input));
    const facts = { meetingIds: [theirs.id], memberIds: [], candidateId };
    expect(ofCandidate).toMatchObject({ reason: "meeting_overlaps", code: "CONFLICT", facts });
    const confirmed = await scheduled({ ...input, isOverlapConfirmed: true });
    const both = await refusalOf(
      scheduled({ ...times, candidateId: await newCandidate(house), interviewers: named(busy, free) }),
    );
    // The earliest first.
    expect(both.facts).toMatchObject({ meetingIds: [confirmed.id, theirs.id], candidateId: null });
    expect([...Object(both.facts).memberIds].sort()).toEqual([busy, free].sort());
  });

  test("has none where one ends as the other begins, nor where it was canceled, and a millisecond is enough", async () => {
    const memberId = await interviewer();
    const times = newTimes();
    const input = { interviewers: named(memberId) };
    const { id: meetingId } = await scheduled({ ...times, ...input });
    const before = { ...input, ...within(times.startsAt, -hourMs, 0) };
    const behind = { ...input, ...within(times.endsAt, 0, hourMs) };
    expect(await reasonOf(scheduled({ ...before, ...within(times.startsAt, -hourMs, 1) }))).toBe("meeting_overlaps");
    expect(await reasonOf(scheduled({ ...behind, ...within(times.endsAt, -1, hourMs) }))).toBe("meeting_overlaps");
    await scheduled(before);
    await scheduled(behind);
    expect(await reasonOf(scheduled({ ...times, ...input }))).toBe("meeting_overlaps");
    await api().cancel.mutate({ meetingId, version: 1 });
    await scheduled({ ...times, ...input });
  });

  test("is found a whole day back", async () => {
    const memberId = await interviewer();
    const { startsAt } = newTimes();
    await scheduled({ ...within(startsAt, 0, dayMs), interviewers: named(memberId) });
    const last = { ...within(startsAt, dayMs - 1, dayMs + hourMs), interviewers: named(memberId) };
    expect(await reasonOf(scheduled(last))).toBe("meeting_overlaps");
    await scheduled({ ...last, startsAt: later(startsAt, dayMs) });
  });

  test("who moves a meeting is warned of everybody, who adds somebody of them alone, and who renames it of nobody", async () => {
    const [one, other] = [await interviewer(), await interviewer()];
    const times = newTimes();
    const theirs = await scheduled({ ...times, interviewers: named(one) });
    const second = await scheduled({ ...times, interviewers: named(other) });
    const { id: meetingId } = await scheduled({ ...times, interviewers: named(one), isOverlapConfirmed: true });
    const edit = (version: number, change: object) => api().edit.mutate({ meetingId, version, ...change });
    expect((await edit(1, { title: "Renamed" })).version).toBe(2);
    const added = await refusalOf(edit(2, { interviewers: named(one, other) }));
    expect(added).toMatchObject({
      ...{ reason: "meeting_overlaps", facts: { meetingIds: [second.id], memberIds: [other], candidateId: null } },
    });
    const moved = { endsAt: later(times.endsAt, minuteMs) };
    expect((await refusalOf(edit(2, moved))).facts).toMatchObject({ meetingIds: [theirs.id], memberIds: [one] });
    expect((await edit(2, { ...moved, isOverlapConfirmed: true })).version).toBe(3);
    const away = newTimes();
    expect((await edit(3, away)).version).toBe(4);
    expect((await refusalOf(edit(4, { ...times, interviewers: named(other) }))).facts).toMatchObject({
      memberIds: [other],
    });
  });
});

describe("who may", () => {
  test("nobody of another organization, and nobody of another organization is an interviewer or met", async () => {
    const stranger = await givenOrganization();
    const { meeting } = stranger.owner.client;
    const { id: meetingId } = await scheduled();
    const theirs = await newCandidate(stranger);
    const calls = [
      meeting.get.query({ meetingId }),
      meeting.events.query({ meetingId }),
      meeting.edit.mutate({ meetingId, version: 1, title: "Mine" }),
      meeting.cancel.mutate({ meetingId, version: 1 }),
      scheduled({ candidateId: theirs }),
      scheduled({ interviewers: named(stranger.owner.memberId) }),
      api().edit.mutate({ meetingId, version: 1, interviewers: named(house.owner.memberId, stranger.owner.memberId) }),
    ];
    expect(await Promise.all(calls.map(reasonOf))).toEqual(calls.map(() => "not_found"));
    for (const filter of [{}, { memberId: house.owner.memberId }]) {
      expect((await meeting.list.query(filter)).items).toEqual([]);
    }
  });

  test("who has left the organization stays named, is not scheduled anew, and is in nobody's way", async () => {
    const [gone, stays] = [await interviewer(), await interviewer()];
    const made = await scheduled({ interviewers: named(gone, stays) });
    const away = newTimes();
    await scheduled({ ...away, interviewers: named(gone) });
    await house.owner.client.member.remove.mutate({ memberId: gone });
    const seen = await api().get.query({ meetingId: made.id });
    const marked = made.interviewers.map((one) => ({ ...one, hasLeft: one.memberId === gone }));
    expect(seen).toMatchObject({ version: 2, sequence: 0, interviewers: marked });
    expect(await reasonOf(scheduled({ interviewers: named(gone) }))).toBe("not_found");
    expect(await reasonOf(api().edit.mutate({ meetingId: made.id, version: 2, interviewers: named(gone) }))).toBe(
      "not_found",
    );
    const moved = await api().edit.mutate({ meetingId: made.id, version: 2, ...away });
    expect(moved.interviewers).toEqual(seen.interviewers);
    const without = await api().edit.mutate({ meetingId: made.id, version: 3, interviewers: named(stays) });
    expect(without.interviewers.map(({ memberId }) => memberId)).toEqual([stays]);
  });

  test("a hiring manager sees whom they meet and that meeting, for as long as they take part, and changes nothing", async () => {
    const manager = await newMember(house, "hiring_manager");
    const { client, memberId } = { client: anteroom(await memberToken(manager)), ...manager };
    const candidateId = await newCandidate(house);
    const [other] = [await scheduled({ candidateId })];
    const meetingId = other.id;
    const mustBeHidden = async () => {
      const calls = [
        ...[client.meeting.get.query({ meetingId }), client.meeting.events.query({ meetingId })],
        ...[client.candidate.get.query({ candidateId }), client.note.list.query({ candidateId })],
      ];
      expect(await Promise.all(calls.map(reasonOf))).toEqual(calls.map(() => "not_found"));
    };
    await mustBeHidden();
    expect((await client.meeting.list.query({})).items).toEqual([]);

    const both = named(house.owner.memberId, memberId);
    await api().edit.mutate({ meetingId, version: 1, interviewers: both });
    const seen = await client.meeting.get.query({ meetingId });
    expect(seen).toMatchObject({ id: meetingId, availableActions: [] });
    expect((await client.candidate.get.query({ candidateId })).id).toBe(candidateId);
    expect((await client.candidate.list.query({})).items.map(({ id }) => id)).toEqual([candidateId]);
    // And what others meet them for.
    const next = await scheduled({ candidateId });
    const listed = async (filter: object = {}) => (await client.meeting.list.query(filter)).items.map(({ id }) => id);
    expect(await listed()).toEqual([meetingId, next.id]);
    expect(await listed({ memberId })).toEqual([meetingId]);
    expect(await listed({ candidateId, direction: "desc" })).toEqual([next.id, meetingId]);

    const change = { meetingId, version: 2 };
    const calls = [
      client.meeting.schedule.mutate(await asked({ candidateId })),
      ...[client.meeting.edit.mutate({ ...change, title: "Mine" }), client.meeting.cancel.mutate(change)],
    ];
    expect(await Promise.all(calls.map(reasonOf))).toEqual(calls.map(() => "not_allowed"));
    await api().edit.mutate({ ...change, interviewers: named(house.owner.memberId) });
    await mustBeHidden();
    expect(await listed()).toEqual([]);
    expect((await client.candidate.list.query({})).items).toEqual([]);
  });
});

describe("in another's write", () => {
  const owner = (): MemberScope => {
    const { userId, access, memberId } = house.owner;
    return { kind: "member", sessionId: newId("ses"), userId, organizationId: house.organization.id, memberId, access };
  };
  const read = (scope: CandidateScope, candidateId: CandidateId, ...memberIds: MemberId[]) =>
    database().read(peopleToMeet(scope, candidateId, memberIds));

  async function taken(candidateId: CandidateId, by: MemberId, times: ReturnType<typeof newTimes>): Promise<MeetingId> {
    const organizationId = house.organization.id;
    const of = { sessionId: newId("ses"), interviewId: null, refcheckId: null, offerId: null };
    const scope: CandidateScope = { kind: "candidate", organizationId, candidateId, ...of };
    const { candidate, organization, interviewers } = await read(scope, candidateId, by);
    if (!candidate || !organization) throw new Error("whoever takes a time is there");
    const { id, sentence } = await plannedMeeting(systemDeps(), scope, {
      ...{ title: "Picked", description: "", ...times, timeZone: "UTC", location: null, url: null, reminderHours: [] },
      ...{ candidate, organization, interviewers, createdBy: by, requestKey: null, ifTaken: "time_taken" },
    });
    await database().write(sentence);
    return id;
  }

  test("a candidate takes a time by themselves: the event names them, and of the same time nobody takes another", async () => {
    const [candidateId, memberId, times] = [await newCandidate(house), await interviewer(), newTimes()];
    const meetingId = await taken(candidateId, memberId, times);
    expect(await api().get.query({ meetingId })).toMatchObject({ title: "Picked", candidate: { id: candidateId } });
    const { events } = await database().read({
      events: all(build.select().from(meetingEvent).where(eq(meetingEvent.meetingId, meetingId))),
    });
    expect(events).toMatchObject([{ verb: "schedule", actorKind: "candidate", actorId: candidateId }]);
    const late = taken(await newCandidate(house), memberId, times);
    await expect(late).rejects.toMatchObject({ reason: "time_taken" });
    const { row, inTheWay } = await database().read({
      row: meetingForStep(owner(), meetingId),
      inTheWay: overlapsOf(owner(), { ...times, memberIds: [memberId], candidateId }),
    });
    expect(inTheWay.map((one) => [one.meetingId, one.memberId])).toEqual([
      [meetingId, memberId],
      [meetingId, null],
    ]);
    expect(row?.meeting).toMatchObject({ createdBy: memberId, sequence: 0 });
  });

  test("nothing of one that has begun or was canceled is changed by a write that was decided before", async () => {
    const { id: meetingId, startsAt } = await scheduled();
    const write = async (now: Date) => {
      const { row } = await database().read({ row: meetingForStep(owner(), meetingId) });
      if (!row) throw new Error("it is there");
      return database().write(changeMeeting(owner(), row.meeting, { title: "Too late" }, now));
    };
    await expect(write(startsAt)).rejects.toMatchObject({ reason: "moved_on" });
    await write(later(startsAt, -1));
    await api().cancel.mutate({ meetingId, version: 2 });
    await expect(write(later(startsAt, -1))).rejects.toMatchObject({ reason: "moved_on" });
  });

  test("nobody takes one for somebody else", async () => {
    const [one, other] = [await newCandidate(house), await newCandidate(house)];
    const links = { interviewId: null, refcheckId: null, offerId: null };
    const of = { sessionId: newId("ses"), organizationId: house.organization.id, ...links };
    const { candidate } = await read({ kind: "candidate", candidateId: one, ...of }, other, house.owner.memberId);
    expect(candidate).toBeUndefined();
  });
});

test("whoever has been met stays a candidate when their only interview is removed", async () => {
  const { client } = house.owner;
  const project = await client.project.create.mutate({ name: "Barista" });
  const person = { email: `met.${newId("evt").slice(-8)}@example.com`, firstName: "Kit", lastName: "Met" };
  await client.project.setSteps.mutate({
    ...{ projectId: project.id, revision: project.revision },
    steps: [{ kind: "question", title: "Why?", answer: { kind: "text", maxChars: 500 } }],
  });
  await client.project.activate.mutate({ projectId: project.id });
  const { id: interviewId, candidate } = await client.interview.create.mutate({
    projectId: project.id,
    candidate: person,
  });
  const { id: meetingId } = await newMeeting(house, candidate.id);
  await client.interview.remove.mutate({ interviewId });
  expect(await api().get.query({ meetingId })).toMatchObject({ candidate: { id: candidate.id } });
});
