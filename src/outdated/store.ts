import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  formerCandidate,
  hasPicked,
  interview,
  letter,
  link,
  meeting,
  meetingInterviewer,
  member,
  offer,
  offerCandidate,
  offerInterviewer,
  refcheck,
  reference,
  slot,
  user,
} from "../../db/schema/index.ts";
import { build, run, type Statement } from "../../db/statement.ts";
import type { CandidateId, MeetingId, MemberId, OrganizationId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";

/** Spelled out, so that SQLite sees that a partial index holds the answer. */
const isWaiting = sql`${letter.status} = 'waiting'`;

/** Which letter it is. */
const kind = sql`${letter.content} ->> '$.kind'`;

/** A letter that is put away for good takes its link's token with it. */
export const putAway = { status: "withdrawn", sealedToken: null, nextAttemptAt: null, leasedUntil: null } as const;

/** What it says is so: its interview has not begun, and is to be by the very instant it names. */
const stillTrue = (
  now: Date,
) => sql`exists (select 1 from ${interview} where ${interview.id} = ${letter.interviewId} and ${interview.status} in ('invited', 'confirmed')
   and strftime('%Y-%m-%dT%H:%M:%fZ', ${interview.deadlineAt} / 1000.0, 'unixepoch') = ${letter.content} ->> '$.deadlineAt' and ${interview.dueAt} > ${now.getTime()})`;

/** Another of its kind was promised since: whoever was not reached for long, or slept, is told once, and the last that was decided. */
const isOvertaken = sql`exists (select 1 from ${letter} as newer where newer.interview_id = ${letter.interviewId} and newer.id > ${letter.id} and newer.content ->> '$.kind' = ${kind})`;

export const isRejection = sql`${kind} = 'candidate_rejected'`;

/** It was the address of a record that became part of theirs: what was promised to it goes there. */
const wasTheirs = sql`exists (select 1 from ${formerCandidate} where ${formerCandidate.candidateId} = ${letter.candidateId} and ${formerCandidate.email} = ${letter.to})`;

/** Tells how a meeting stands. What tells that it does not is none of these. */
const isOfStandingMeeting = sql`${kind} in ('meeting_scheduled', 'meeting_changed', 'meeting_reminder')`;

/** Its reader is to be there: the candidate, or a living member who interviews. */
const takesPart = sql`(${letter.content} ->> '$.memberId' is null or exists (select 1 from ${meetingInterviewer} join ${member} on ${member.id} = ${meetingInterviewer.memberId}
   where ${meetingInterviewer.meetingId} = ${letter.meetingId} and ${meetingInterviewer.memberId} = ${letter.content} ->> '$.memberId' and ${member.removedAt} is null))`;

/** The meeting is as the letter has it, and for a reminder still to come. */
const stillStands = (
  now: Date,
) => sql`exists (select 1 from ${meeting} where ${meeting.id} = ${letter.meetingId} and ${meeting.canceledAt} is null
   and ${meeting.sequence} = ${letter.content} ->> '$.sequence' and (${kind} <> 'meeting_reminder' or ${meeting.startsAt} > ${now.getTime()}))`;

/** A later reminder of the same to the same reader, which was not put away, has come due: whoever was not reached for long is reminded once. */
const isReminderOvertaken = (
  now: Date,
) => sql`(${kind} = 'meeting_reminder' and exists (select 1 from ${letter} as newer where newer.meeting_id = ${letter.meetingId} and newer.to_email = ${letter.to} and newer.content ->> '$.kind' = 'meeting_reminder'
   and newer.status <> 'withdrawn' and newer.content ->> '$.sequence' = ${letter.content} ->> '$.sequence' and newer.content ->> '$.remindAt' <= ${now.toISOString()}
   and (newer.content ->> '$.remindAt', newer.id) > (${letter.content} ->> '$.remindAt', ${letter.id})))`;

/** Times of which they have yet to pick one: the offer is open and theirs, and there is a time ahead and somebody to meet. */
const isYetToPick = (
  now: Date,
) => sql`exists (select 1 from ${offerCandidate} join ${offer} on ${offer.id} = ${offerCandidate.offerId}
   where ${offerCandidate.offerId} = ${letter.offerId} and ${offerCandidate.candidateId} = ${letter.candidateId} and ${offerCandidate.withdrawnAt} is null and not ${hasPicked}
   and ${offer.closedAt} is null and ${offer.expiresAt} > ${now.getTime()}
   and exists (select 1 from ${slot} where ${slot.offerId} = ${offer.id} and ${slot.meetingId} is null and ${slot.startsAt} > ${now.getTime()})
   and exists (select 1 from ${offerInterviewer} join ${member} on ${member.id} = ${offerInterviewer.memberId} where ${offerInterviewer.offerId} = ${offer.id} and ${member.removedAt} is null))`;

/**
 * Somebody was passed over, the link in it was replaced or revoked, its address was corrected since, or it reminds or tells of
 * what is no longer so: such a letter is never sent.
 */
export const isDead = (
  now: Date,
) => sql`(exists (select 1 from ${interview} where ${interview.id} = ${letter.interviewId} and ${interview.status} = 'skipped')
  or exists (select 1 from ${link} where ${link.id} = ${letter.linkId} and ${link.revokedAt} is not null)
  or exists (select 1 from ${candidate} where ${candidate.id} = ${letter.candidateId} and ${candidate.email} <> ${letter.to} and not ${wasTheirs})
  or exists (select 1 from ${refcheck} where ${refcheck.id} = ${letter.refcheckId} and ${refcheck.progress} = 'canceled' and ${kind} <> 'reference_released')
  or exists (select 1 from ${reference} where ${reference.id} = ${letter.referenceId} and (${reference.email} <> ${letter.to} or ${reference.status} not in ('invited', 'accepted')))
  or ${kind} = 'refcheck_reminder' and not exists (select 1 from ${refcheck} where ${refcheck.id} = ${letter.refcheckId} and ${refcheck.progress} = 'awaiting_candidate')
  or ${kind} = 'reference_reminder' and not exists (select 1 from ${refcheck} where ${refcheck.id} = ${letter.refcheckId} and ${refcheck.progress} in ('awaiting_candidate', 'awaiting_references', 'in_progress'))
  or ${isRejection} and not exists (select 1 from ${candidate} where ${candidate.id} = ${letter.candidateId} and ${candidate.status} = 'REJECTED' and ${candidate.version} = ${letter.content} ->> '$.version')
  or ${kind} in ('interview_reminder', 'interview_deadline_moved') and (${isOvertaken} or not ${stillTrue(now)})
  or ${kind} = 'slots_reminder' and not ${isYetToPick(now)}
  or ${isOfStandingMeeting} and (${isReminderOvertaken(now)} or not ${takesPart} or not ${stillStands(now)}))`;

/** A candidate was reopened: what tells them of the rejection is put away at once, unless it has gone out. */
export function withdrawRejection({ organizationId }: MemberScope, candidateId: CandidateId): Statement<number> {
  const isTheirs = and(eq(letter.candidateId, candidateId), eq(letter.organizationId, organizationId));
  return run(
    build
      .update(letter)
      .set(putAway)
      .where(and(isTheirs, sql`${letter.interviewId} is null`, isWaiting, isRejection)),
  );
}

/** A meeting stands otherwise, or not at all: what tells how it stood is put away at once, unless it has gone out. */
export function withdrawLettersOfMeeting(
  organizationId: OrganizationId,
  meetingId: MeetingId,
  candidateId?: CandidateId,
): Statement<number> {
  const isTold = candidateId && eq(letter.candidateId, candidateId);
  const isOfMeeting = and(eq(letter.meetingId, meetingId), eq(letter.organizationId, organizationId), isTold);
  return run(
    build
      .update(letter)
      .set(putAway)
      .where(and(isOfMeeting, isWaiting, isOfStandingMeeting)),
  );
}

/** Other hours were said: reminders whose hour has not come are put away. What has come due goes out. */
export function withdrawRemindersAhead(
  organizationId: OrganizationId,
  meetingId: MeetingId,
  now: Date,
): Statement<number> {
  const isOfMeeting = and(eq(letter.meetingId, meetingId), eq(letter.organizationId, organizationId));
  const isAhead = sql`${kind} = 'meeting_reminder' and ${letter.content} ->> '$.remindAt' > ${now.toISOString()}`;
  return run(
    build
      .update(letter)
      .set(putAway)
      .where(and(isOfMeeting, isWaiting, isAhead)),
  );
}

const isOfAny = ({ organizationId }: MemberScope, meetingIds: readonly MeetingId[]): SQL | undefined =>
  and(
    inArray(letter.meetingId, sql`(select value from json_each(${JSON.stringify(meetingIds)}))`),
    eq(letter.organizationId, organizationId),
    isWaiting,
  );

/** Somebody who interviews has left the organization: nothing more is sent to them. */
export function withdrawLettersToInterviewer(
  scope: MemberScope,
  meetingIds: readonly MeetingId[],
  memberId: MemberId,
): Statement<number> {
  const isToThem = sql`${letter.content} ->> '$.memberId' = ${memberId}`;
  return run(
    build
      .update(letter)
      .set(putAway)
      .where(and(isOfAny(scope, meetingIds), isToThem)),
  );
}

/** What the others are yet to read names those who are still there. */
export function namesOfWhoIsLeft(scope: MemberScope, meetingIds: readonly MeetingId[]): Statement<number> {
  const here = sql`select ${user.firstName} || ' ' || ${user.lastName} as name from ${meetingInterviewer} join ${member} on ${member.id} = ${meetingInterviewer.memberId} join ${user} on ${user.id} = ${member.userId} where ${meetingInterviewer.meetingId} = ${letter.meetingId} and ${member.removedAt} is null order by ${member.id}`;
  const content = sql`json_set(${letter.content}, '$.interviewerNames', json((select json_group_array(name) from (${here}))))`;
  return run(
    build
      .update(letter)
      .set({ content })
      .where(and(isOfAny(scope, meetingIds), isOfStandingMeeting)),
  );
}
