// Live conversations with candidates: set, moved, called off, and never about two things at once without being told (applicant-tracking,
// candidate interviews).
import type { Statement } from "../../db/statement.ts";
import { untilAlone } from "../kernel/again.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, refuse } from "../kernel/errors.ts";
import type { CandidateId, MeetingId, MemberId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { type AboutMeeting, lettersOfLeaving, lettersOfMeeting, type MeetingStep } from "../meeting-notice/actions.ts";
import type {
  CancelMeeting,
  EditMeeting,
  ListMeetingEvents,
  ListMeetings,
  Meeting,
  MeetingIn,
  MeetingPage,
  ScheduleMeeting,
} from "./contract.ts";
import { canTake, type MeetingAction, type MeetingStanding, meetingActionsFrom, meetingStatusAt } from "./machine.ts";
import { isLengthOfMeeting, type MeetingVerb, meetingPolicy, overlapsMax, unheard } from "./policy.ts";
import * as store from "./store.ts";

/** For what others keep of meetings: a statement of their own reads. */
export const meetingForStep = store.meetingById;
/** For who offers times: what is in the way of a meeting, who takes part in it, and that they are there still. */
export const overlapsOf = store.overlapsOf;
export const isTaken = store.isTaken;
export const membersNamed = store.membersNamed;
export const mustBeMembers = store.mustBeMembers;

type Sentence = readonly Statement<unknown>[];

function toMeeting({ meeting, candidate, interviewers }: store.MeetingRow, scope: MemberScope, now: Date): Meeting {
  const status = meetingStatusAt(meeting, now);
  const { id, firstName, lastName } = candidate;
  return {
    ...meeting,
    candidate: { id, firstName, lastName },
    interviewers: interviewers.map(({ memberId, ...one }) => ({
      ...{ memberId, firstName: one.firstName, lastName: one.lastName },
      ...{ hasGivenFeedback: one.hasGivenFeedback, hasLeft: !one.isHere },
    })),
    status,
    availableActions: hasAtLeast(scope.access, meetingPolicy.edit) ? meetingActionsFrom(status) : [],
  };
}

async function written(deps: Deps, scope: MemberScope, meetingId: MeetingId, sentence: Sentence): Promise<Meeting> {
  const { shown } = await deps.db.writeThenRead(sentence, { shown: store.meetingById(scope, meetingId) });
  drainSoon(deps);
  return shown ? toMeeting(shown, scope, deps.now()) : refuse("not_found");
}

/** What says that somebody has just written the same, or at the same time: at the next look it is found. */
const racedScheduling: ReadonlySet<Reason> = new Set(["moved_on", "time_taken"]);
const racedEditing: ReadonlySet<Reason> = new Set(["time_taken"]);
const looksMax = 5;

type Times = { readonly startsAt: Date; readonly endsAt: Date };

/** Refuses with `meeting_length`, `meeting_in_past`. */
export function mustBeTimes(times: Times, now: Date): void {
  if (!isLengthOfMeeting(times)) refuse("meeting_length");
  if (times.startsAt <= now) refuse("meeting_in_past");
}

/** Whoever asks is told which meetings are in the way, the earliest first, and of whom. */
export function mustOverlapNone(overlaps: readonly store.Overlap[], candidateId: CandidateId | null): void {
  if (overlaps.length === 0) return;
  const inOrder = overlaps.toSorted((one, other) => one.startsAt - other.startsAt);
  refuse("meeting_overlaps", {
    meetingIds: [...new Set(inOrder.map(({ meetingId }) => meetingId))].slice(0, overlapsMax),
    memberIds: [...new Set(inOrder.flatMap(({ memberId }) => memberId ?? []))],
    candidateId: inOrder.some(({ memberId }) => memberId === null) ? candidateId : null,
  });
}

/** In the order in which they were named; each is a member today, or it is refused with `not_found`. */
export function mustBeNamed<One extends { readonly memberId: MemberId }>(
  found: readonly One[],
  memberIds: readonly MemberId[],
): One[] {
  return memberIds.map((memberId) => found.find((one) => one.memberId === memberId) ?? refuse("not_found"));
}

/** For the read before a meeting comes to be: who takes part in it, and whose it is. */
export function peopleToMeet(author: store.Author, candidateId: CandidateId, memberIds: readonly MemberId[]) {
  return {
    candidate: store.candidateToMeet(author, candidateId),
    organization: store.houseOf(author),
    interviewers: store.membersNamed(author, memberIds),
  };
}

export type Plan = Omit<AboutMeeting["meeting"], "id" | "organizationId" | "sequence" | "createdAt"> & {
  readonly candidate: AboutMeeting["candidate"];
  readonly organization: AboutMeeting["organization"];
  readonly interviewers: AboutMeeting["interviewers"];
  readonly createdBy: MemberId;
  readonly requestKey: string | null;
  /** What it is refused with when somebody has another meeting by then; null: it may be. */
  readonly ifTaken: Reason | null;
};

/**
 * A meeting in the caller's own write, with its event and its letters; the candidate may be who makes it. That its times are right is the
 * caller's to see. Fails with `not_found` when somebody is not there any more, `moved_on` for a request key that is used, and `ifTaken`.
 */
export async function plannedMeeting(deps: Deps, author: store.Author, plan: Plan) {
  const { candidate, organization, interviewers, ifTaken, createdBy, requestKey, ...fields } = plan;
  const id = deps.newId("mtg");
  const meeting = { ...fields, id, organizationId: author.organizationId, sequence: 0, createdAt: deps.now() };
  const memberIds = interviewers.map(({ memberId }) => memberId);
  const { startsAt, endsAt } = plan;
  const asked = { startsAt, endsAt, memberIds, candidateId: candidate.id };
  const row = { ...meeting, candidateId: candidate.id, createdBy, requestKey, version: 1 };
  const about = { meeting, candidate, interviewers, organization };
  const sentence: Sentence = [
    ...store.mustBeThere(author, candidate.id),
    store.mustBeMembers(author, memberIds),
    ...(ifTaken === null ? [] : [store.mustBeFree(author, asked, ifTaken)]),
    store.insertMeeting(author, row),
    ...store.addInterviewers(author, id, plan, memberIds),
    happened(deps, author, { meetingId: id, version: 1, verb: "schedule", startsAt, endsAt, why: null }),
    ...(await lettersOfMeeting(deps, { verb: "schedule" }, about)),
  ];
  return { id, sentence };
}

type Happened = Times & {
  readonly meetingId: MeetingId;
  readonly version: number;
  readonly verb: MeetingVerb;
  readonly why: string | null;
};

function happened(deps: Deps, author: store.Author, what: Happened): Statement<number> {
  const actorId = author.kind === "member" ? author.memberId : author.candidateId;
  const by = { organizationId: author.organizationId, actorKind: author.kind, actorId };
  return store.insertEvent({ ...what, ...by, id: deps.newId("evt"), at: deps.now() });
}

/**
 * Sets a meeting; everybody who takes part gets a letter. Where one of them has another at that time it is refused with `meeting_overlaps`
 * (`meetingIds`, `memberIds`, `candidateId`), until the same call says `isOverlapConfirmed`. The same `requestKey` again answers with the same
 * meeting. Refuses with `not_found`, `meeting_in_past`, `meeting_length`, `request_key_used`, and with `time_taken` where many are racing.
 */
export function scheduleMeeting(deps: Deps, scope: MemberScope, input: ScheduleMeeting): Promise<Meeting> {
  return untilAlone(racedScheduling, looksMax, () => schedule(deps, scope, input));
}

async function schedule(deps: Deps, scope: MemberScope, input: ScheduleMeeting): Promise<Meeting> {
  const { candidateId, isOverlapConfirmed, requestKey, ...fields } = input;
  const memberIds = input.interviewers.map(({ memberId }) => memberId);
  const { startsAt, endsAt } = input;
  const { repeated, candidate, organization, interviewers, overlaps } = await deps.db.read({
    repeated: store.meetingByRequestKey(scope, requestKey),
    ...peopleToMeet(scope, candidateId, memberIds),
    overlaps: store.overlapsOf(scope, { startsAt, endsAt, memberIds, candidateId }),
  });
  const now = deps.now();
  if (repeated) {
    return repeated.candidate.id === candidateId ? toMeeting(repeated, scope, now) : refuse("request_key_used");
  }
  if (!candidate || !organization) return refuse("not_found");
  const named = mustBeNamed(interviewers, memberIds);
  mustBeTimes(input, now);
  if (!isOverlapConfirmed) mustOverlapNone(overlaps, candidateId);
  const { timeZone, ...house } = organization;
  const { id, sentence } = await plannedMeeting(deps, scope, {
    ...{ ...fields, candidate, interviewers: named, organization: house },
    ...{ timeZone: input.timeZone ?? timeZone, location: input.location ?? null, url: input.url ?? null },
    ...{ createdBy: scope.memberId, requestKey: requestKey ?? null },
    ifTaken: isOverlapConfirmed ? null : "time_taken",
  });
  return written(deps, scope, id, sentence);
}

/** Refuses with `meeting_canceled`, `meeting_begun`, and `moved_on` when it is not any more what whoever asks has seen. */
function mustTake(
  meeting: MeetingStanding & { readonly version: number },
  action: MeetingAction,
  seen: { readonly version: number },
  now: Date,
): void {
  const status = meetingStatusAt(meeting, now);
  if (!canTake(status, action)) refuse(status === "canceled" ? "meeting_canceled" : "meeting_begun");
  if (meeting.version !== seen.version) refuse("moved_on", { version: meeting.version });
}

/** As it was read, and as it is after the step: who still takes part and is still there, and what their letters say. */
function aboutAfter(row: store.MeetingRow, changes: object, interviewers: AboutMeeting["interviewers"]): AboutMeeting {
  const { meeting, candidate, organization } = row;
  return { meeting: { ...meeting, ...changes }, candidate, interviewers, organization };
}

const hereOf = ({ interviewers }: store.MeetingRow) => interviewers.filter(({ isHere }) => isHere);

type Fields = Pick<
  store.MeetingRow["meeting"],
  "title" | "description" | "startsAt" | "endsAt" | "timeZone" | "location" | "url" | "reminderHours"
>;

/** What is given and not so already. */
function changesOf(meeting: Fields, given: { readonly [Name in keyof Fields]?: Fields[Name] | undefined }) {
  const isOther = ([name, value]: [string, unknown]) =>
    value !== undefined && JSON.stringify(value) !== JSON.stringify(meeting[name as keyof Fields]);
  return Object.fromEntries(Object.entries(given).filter(isOther)) as Partial<Fields>;
}

/**
 * Changes what is given and leaves the rest; other times move it. Who is new or taken out is told so, everybody else of the change; an edit
 * that changes nothing tells nobody, nor does one of the reminders alone, which then come at the new hours (decision 039). Warns of overlaps as scheduling does: of everybody when it moves, else of who is new. Refuses with
 * `not_found`, `moved_on`, `meeting_canceled`, `meeting_begun`, `meeting_in_past`, `meeting_length`, `meeting_overlaps`, `time_taken`.
 */
export function editMeeting(deps: Deps, scope: MemberScope, input: EditMeeting): Promise<Meeting> {
  return untilAlone(racedEditing, looksMax, () => edit(deps, scope, input));
}

async function edit(deps: Deps, scope: MemberScope, input: EditMeeting): Promise<Meeting> {
  const { meetingId, version, interviewers, isOverlapConfirmed, ...fields } = input;
  const memberIds = interviewers?.map(({ memberId }) => memberId);
  const { row, found, overlaps } = await deps.db.read({
    row: store.meetingById(scope, meetingId),
    found: store.membersNamed(scope, memberIds ?? []),
    overlaps: store.overlapsOf(scope, { meetingId, startsAt: input.startsAt, endsAt: input.endsAt, memberIds }),
  });
  if (!row) return refuse("not_found");
  const now = deps.now();
  const { meeting } = row;
  const named = memberIds && mustBeNamed(found, memberIds);
  mustTake(meeting, "edit", input, now);
  const changes = changesOf(meeting, fields);
  const { startsAt, endsAt } = { ...meeting, ...changes };
  const isMoved = "startsAt" in changes || "endsAt" in changes;
  if (isMoved) mustBeTimes({ startsAt, endsAt }, now);

  const before = new Set(row.interviewers.map(({ memberId }) => memberId));
  const after = named ?? hereOf(row);
  const joined = after.flatMap(({ memberId }) => (before.has(memberId) ? [] : [memberId]));
  const left = named ? row.interviewers.filter(({ memberId }) => !named.some((one) => one.memberId === memberId)) : [];
  if (Object.keys(changes).length + joined.length + left.length === 0) return toMeeting(row, scope, now);

  const asked = {
    ...{ meetingId, startsAt, endsAt, candidateId: isMoved ? meeting.candidateId : null },
    memberIds: isMoved ? after.map(({ memberId }) => memberId) : joined,
  };
  const isAsked = ({ memberId }: store.Overlap) => (memberId === null ? isMoved : asked.memberIds.includes(memberId));
  if (!isOverlapConfirmed) mustOverlapNone(overlaps.filter(isAsked), meeting.candidateId);

  const isHeard = joined.length + left.length > 0 || Object.keys(changes).some((name) => !unheard.has(name));
  const next = { ...changes, sequence: meeting.sequence + (isHeard ? 1 : 0) };
  const step: MeetingStep = isHeard
    ? { verb: "change", isMoved, joined, left: left.filter(({ isHere }) => isHere) }
    : { verb: "remind" };
  const event = { meetingId, version: version + 1, startsAt, endsAt, why: null };
  return written(deps, scope, meetingId, [
    ...store.changeMeeting(scope, meeting, next, now),
    ...(named
      ? [
          store.mustBeMembers(
            scope,
            named.map(({ memberId }) => memberId),
          ),
        ]
      : []),
    ...(isOverlapConfirmed ? [] : [store.mustBeFree(scope, asked, "time_taken")]),
    ...store.removeInterviewers(
      scope,
      meetingId,
      left.map(({ memberId }) => memberId),
    ),
    ...(isMoved ? [store.moveInterviewers(scope, meetingId, { startsAt, endsAt })] : []),
    ...store.addInterviewers(scope, meetingId, { startsAt, endsAt }, joined),
    happened(deps, scope, { ...event, verb: isMoved ? "move" : "edit" }),
    ...(await lettersOfMeeting(deps, step, aboutAfter(row, next, after))),
  ]);
}

/** Everybody who takes part is told; its history stays. Refuses with `not_found`, `moved_on`, `meeting_canceled`, `meeting_begun`. */
export async function cancelMeeting(deps: Deps, scope: MemberScope, input: CancelMeeting): Promise<Meeting> {
  const { meetingId, version, why = null } = input;
  const { row } = await deps.db.read({ row: store.meetingById(scope, meetingId) });
  if (!row) return refuse("not_found");
  const now = deps.now();
  const { meeting } = row;
  mustTake(meeting, "cancel", input, now);
  const canceled = { canceledAt: now, sequence: meeting.sequence + 1 };
  const { startsAt, endsAt } = meeting;
  return written(deps, scope, meetingId, [
    ...store.changeMeeting(scope, meeting, canceled, now),
    happened(deps, scope, { meetingId, version: version + 1, verb: "cancel", startsAt, endsAt, why }),
    ...(await lettersOfMeeting(deps, { verb: "cancel", why }, aboutAfter(row, canceled, hereOf(row)))),
  ]);
}

/** For the read of whoever removes a member: what they are yet to take part in, and who is to hear of it. */
export function partsOf(deps: Deps, scope: MemberScope, memberId: MemberId) {
  const now = deps.now();
  return {
    leavers: store.membersNamed(scope, [memberId]),
    organization: store.houseOf(scope),
    meetings: store.meetingsToComeOf(scope, memberId, now),
    hearers: store.hearersOfLeaving(scope, memberId, now),
  };
}

type Asked = ReturnType<typeof partsOf>;
type Parts = { readonly [Name in keyof Asked]: ReturnType<Asked[Name]["read"]> };

/**
 * For the write that removes a member, behind that: they stay named in their meetings to come and are written to no more; the others' letters
 * name who is left, and whoever scheduled them is told (decision 039). Refuses with `moved_on` when these are not all of them, or not as they
 * stand.
 */
export async function leaveEveryMeeting(
  deps: Deps,
  scope: MemberScope,
  memberId: MemberId,
  { leavers: [leaver], organization, meetings, hearers }: Parts,
): Promise<Sentence> {
  const all = store.mustBeAllToCome(scope, memberId, meetings, deps.now());
  if (!leaver || !organization || meetings.length === 0) return [all];
  const left = { ...scope, memberId };
  const events = meetings.map(({ id: meetingId, version, startsAt, endsAt }) =>
    happened(deps, left, { meetingId, version: version + 1, verb: "leave", startsAt, endsAt, why: null }),
  );
  return [
    all,
    store.countUp(scope, meetings),
    ...store.gathered(events),
    ...(await lettersOfLeaving(deps, scope, { leaver, organization, meetings, hearers })),
  ];
}

/** Refuses with `not_found`. */
export async function getMeeting(deps: Deps, scope: MemberScope, { meetingId }: MeetingIn): Promise<Meeting> {
  const { row } = await deps.db.read({ row: store.meetingById(scope, meetingId) });
  return row ? toMeeting(row, scope, deps.now()) : refuse("not_found");
}

/** How many a page looks at where not each is meant. */
export const reach = { looksMax: 1_000 };

const firstPlace: store.Place = { startsAt: -1, id: "" };
const lastPlace: store.Place = { startsAt: 8_640_000_000_000_000, id: "" };

/** Whether it stands behind another. */
const isBehind = (one: store.Place, other: store.Place) =>
  one.startsAt === other.startsAt ? one.id > other.id : one.startsAt > other.startsAt;

/** By when they begin: all that whoever asks may see. With filters a page can end early: where it stopped looking, the next goes on. */
export async function listMeetings(
  deps: Deps,
  scope: MemberScope,
  { cursor, size, startsFrom, startsTo, ...filters }: ListMeetings,
  goes = reach,
): Promise<MeetingPage> {
  const order = `meetings ${filters.direction}`;
  const [at, id] = keysOfCursor(order, cursor, ["number", "string"]) ?? [];
  const place = at === undefined || id === undefined ? null : { startsAt: at, id };
  const from = startsFrom ? { startsAt: startsFrom.getTime(), id: "" } : firstPlace;
  const to = startsTo ? { startsAt: startsTo.getTime(), id: "" } : lastPlace;
  const isUpwards = filters.direction === "asc";
  const { rows, stop } = await deps.db.read(
    store.listMeetings(scope, {
      ...filters,
      above: isUpwards && place && isBehind(place, from) ? place : from,
      below: !isUpwards && place && isBehind(to, place) ? place : to,
      take: size + 1,
      looksMax: goes.looksMax,
    }),
  );
  const cursorOf = (one: store.Place) => encodeCursor(order, [one.startsAt, one.id]);
  const placeOf = ({ meeting }: store.MeetingRow) => ({ startsAt: meeting.startsAt.getTime(), id: meeting.id });
  const { items, nextCursor } = toPage(rows, size, (row) => cursorOf(placeOf(row)));
  const now = deps.now();
  return {
    items: items.map((row) => toMeeting(row, scope, now)),
    nextCursor: nextCursor ?? (stop ? cursorOf(stop) : null),
  };
}

/** In the order in which it happened. Refuses with `not_found`. */
export async function listMeetingEvents(
  deps: Deps,
  scope: MemberScope,
  { meetingId, cursor, size }: ListMeetingEvents,
) {
  const [since = 0] = keysOfCursor("meeting events", cursor, ["number"]) ?? [];
  const { rows } = await deps.db.read({
    seen: store.mustSeeMeeting(scope, meetingId),
    rows: store.eventsOf(scope, meetingId, since, size),
  });
  return toPage(rows, size, ({ version }) => encodeCursor("meeting events", [version]));
}
