import { and, asc, desc, eq, getTableColumns, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import {
  candidate,
  feedback,
  feedbackEvent,
  meeting,
  meetingInterviewer,
  member,
  user,
} from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { CandidateId, FeedbackId, MeetingId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { ratingStep } from "../record/policy.ts";
import { seesCandidate } from "../sight/actions.ts";
import type { EditFeedback, GiveFeedback, ListFeedback, ListFeedbackOfCandidate } from "./contract.ts";

// Whoever takes part in a meeting and has not said theirs does not see what others said of it, nor what it comes to: it does not even leave
// the database (decision 036). Who does not take part has nothing of their own to give first.

const takesPart = (memberId: SQLWrapper | string, meetingId: SQLWrapper | string) =>
  sql`exists (select 1 from ${meetingInterviewer} where ${meetingInterviewer.meetingId} = ${meetingId} and ${meetingInterviewer.memberId} = ${memberId})`;

/** This member has given feedback on the meeting of a query. */
export function hasGiven(memberId: SQLWrapper | string, meetingId: SQLWrapper): SQL {
  return sql`exists (select 1 from ${feedback} as given where given.meeting_id = ${meetingId} and given.member_id = ${memberId})`;
}

const owes = ({ memberId }: MemberScope, meetingId: SQLWrapper) =>
  sql`(${takesPart(memberId, meetingId)} and not ${hasGiven(memberId, meetingId)})`;

/** What feedback on a meeting comes to, as far as that is for the eyes of whoever asks: what stands in a query about meetings. */
export function meetingRatingFor(scope: MemberScope): SQL<number | null> {
  const isOwed = sql`${meeting.rating} is not null and ${owes(scope, meeting.id)}`;
  return sql<number | null>`(case when ${isOwed} then null else ${meeting.rating} end)`;
}

/** The same of candidates: null while there is something in it that is not for their eyes. */
export function candidateRatingFor(scope: MemberScope): SQL<number | null> {
  const isOwed = sql`exists (select 1 from ${feedback} where ${feedback.candidateId} = ${candidate.id} and ${owes(scope, feedback.meetingId)})`;
  const isHidden = sql`${candidate.feedbackRating} is not null and ${isOwed}`;
  return sql<number | null>`(case when ${isHidden} then null else ${candidate.feedbackRating} end)`;
}

// What it comes to, worked out by the database from the rows as they are then: whoever writes at the same time cannot make it another.

/** As `feedbackRatingOf` has it. */
const comesTo = sql`round(avg(${feedback.rating}) / ${ratingStep}) * ${ratingStep}`;

/** A candidate's: goes behind whatever changes whose feedback is whose. */
export function ratingFollows({ organizationId }: MemberScope, candidateId: SQLWrapper | CandidateId) {
  const feedbackRating = sql`(select ${comesTo} from ${feedback} where ${feedback.candidateId} = ${candidate.id})`;
  const isThem = and(sql`${candidate.id} = ${candidateId}`, eq(candidate.organizationId, organizationId));
  return run(build.update(candidate).set({ feedbackRating }).where(isThem));
}

/** A meeting's, and that of whom it is with: goes behind every change of feedback on a meeting. */
export function ratingsFollow(scope: MemberScope, meetingId: MeetingId): Statement<number>[] {
  const rating = sql`(select ${comesTo} from ${feedback} where ${feedback.meetingId} = ${meeting.id})`;
  const isIt = and(eq(meeting.id, meetingId), eq(meeting.organizationId, scope.organizationId));
  return [
    run(build.update(meeting).set({ rating }).where(isIt)),
    ratingFollows(scope, sql`(select ${meeting.candidateId} from ${meeting} where ${isIt})`),
  ];
}

// Meetings, as far as feedback on them goes.

const isMeeting = (scope: MemberScope, meetingId: MeetingId) =>
  and(
    eq(meeting.id, meetingId),
    eq(meeting.organizationId, scope.organizationId),
    seesCandidate(scope, meeting.candidateId),
  );

const seesMeeting = (scope: MemberScope, meetingId: MeetingId) =>
  sql`exists (select 1 from ${meeting} where ${isMeeting(scope, meetingId)})`;

export function isSeenMeeting(scope: MemberScope, meetingId: MeetingId): Statement<boolean> {
  return raw(sql`select ${seesMeeting(scope, meetingId)}`, ([row]) => row?.[0] === 1);
}

/** Goes before feedback: they take part in it, and it has begun by now. */
export function mustBeTheirsToGive(scope: MemberScope, meetingId: MeetingId, now: Date): Statement<void>[] {
  const isIt = eq(meeting.id, meetingId);
  const stands = (condition: SQL) => sql`exists (select 1 from ${meeting} where ${isIt} and ${condition})`;
  return [
    must(seesMeeting(scope, meetingId), "not_found"),
    must(takesPart(scope.memberId, meetingId), "not_interviewer"),
    must(stands(sql`${meeting.canceledAt} is null`), "meeting_canceled"),
    must(stands(sql`${meeting.startsAt} <= ${now.getTime()}`), "meeting_not_begun"),
  ];
}

// One, and pages of them.

/** The organization's, about candidates whom this member sees, and for their eyes. */
const reaches = (scope: MemberScope) =>
  and(
    eq(feedback.organizationId, scope.organizationId),
    seesCandidate(scope, feedback.candidateId),
    sql`not ${owes(scope, feedback.meetingId)}`,
  );

const { organizationId: _, memberId: __, ...said } = getTableColumns(feedback);
const interviewer = { memberId: member.id, firstName: user.firstName, lastName: user.lastName };

const shownFeedback = () =>
  build
    .select({ ...said, interviewer })
    .from(feedback)
    .innerJoin(member, eq(member.id, feedback.memberId))
    .innerJoin(user, eq(user.id, member.userId));

export function feedbackById(scope: MemberScope, feedbackId: FeedbackId) {
  return first(shownFeedback().where(and(eq(feedback.id, feedbackId), reaches(scope))));
}

export type FeedbackRow = NonNullable<ReturnType<ReturnType<typeof feedbackById>["read"]>>;

/** Newest first. */
function page(scope: MemberScope, isMeant: SQL, before: string | null, size: number): Statement<FeedbackRow[]> {
  const isBefore = before === null ? undefined : sql`${feedback.id} < ${before}`;
  return all(
    shownFeedback()
      .where(and(isMeant, isBefore, reaches(scope)))
      .orderBy(desc(feedback.id))
      .limit(size + 1),
  );
}

export function feedbackOn(scope: MemberScope, { meetingId, size }: ListFeedback, before: string | null) {
  return page(scope, eq(feedback.meetingId, meetingId), before, size);
}

export function feedbackOf(scope: MemberScope, { candidateId, size }: ListFeedbackOfCandidate, before: string | null) {
  return page(scope, eq(feedback.candidateId, candidateId), before, size);
}

// What is written.

type New = Omit<GiveFeedback, "meetingId"> & {
  readonly id: FeedbackId;
  readonly meetingId: MeetingId;
  readonly createdAt: Date;
};

/** About whom the meeting is with in that moment: two records may have become one since it was read. */
export function insertFeedback({ organizationId, memberId }: MemberScope, given: New): Statement<number> {
  const candidateId = sql`(select ${meeting.candidateId} from ${meeting} where ${meeting.id} = ${given.meetingId})`;
  const row = { ...given, organizationId, memberId, candidateId, version: 1 };
  return unlessTaken(run(build.insert(feedback).values(row)), "feedback_given");
}

type Seen = { readonly id: FeedbackId; readonly version: number };
type Changes = Omit<EditFeedback, "feedbackId" | "version">;

/** The guarded step: it is their own, and stands as they have seen it. */
export function changeFeedback(
  { organizationId, memberId }: MemberScope,
  { id, version }: Seen,
  changes: Changes,
  now: Date,
): Statement<unknown>[] {
  const asSeen = and(
    eq(feedback.id, id),
    eq(feedback.organizationId, organizationId),
    eq(feedback.memberId, memberId),
    eq(feedback.version, version),
  );
  const next = { ...changes, version: version + 1, editedAt: now };
  return [run(build.update(feedback).set(next).where(asSeen)), mustHaveChanged("moved_on")];
}

export function deleteFeedback({ organizationId }: MemberScope, feedbackId: FeedbackId): Statement<unknown>[] {
  const isIt = and(eq(feedback.id, feedbackId), eq(feedback.organizationId, organizationId));
  return [run(build.delete(feedback).where(isIt)), mustHaveChanged("not_found")];
}

export function insertEvent(values: typeof feedbackEvent.$inferInsert): Statement<number> {
  return run(build.insert(feedbackEvent).values(values));
}

export function eventsOf({ organizationId }: MemberScope, meetingId: MeetingId, after: string, size: number) {
  const { id, feedbackId, verb, memberId: interviewerId, actorId, at } = feedbackEvent;
  const isOfIt = and(eq(feedbackEvent.meetingId, meetingId), eq(feedbackEvent.organizationId, organizationId));
  return all(
    build
      .select({ id, feedbackId, verb, interviewerId, actorId, at })
      .from(feedbackEvent)
      .where(and(isOfIt, sql`${id} > ${after}`))
      .orderBy(asc(id))
      .limit(size + 1),
  );
}
