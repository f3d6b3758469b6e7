import { and, asc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import { meeting, meetingInterviewer, member, organization, user } from "../../db/schema/index.ts";
import { all, build, must, type Statement } from "../../db/statement.ts";
import type { CandidateId, MeetingId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";

const staffMax = 50;
/** More than one candidate is yet to have. */
const aheadMax = 50;

/** Members who hear that a candidate cannot be told of a meeting: whoever scheduled it, or the owners when they are gone. */
export function staffOfMeeting(meetingId: SQL) {
  const isGone = sql`not exists (select 1 from ${member} as author where author.id = ${meeting.createdBy} and author.removed_at is null)`;
  return all(
    build
      .select({ email: user.email, language: user.language, timeZone: user.timeZone })
      .from(meeting)
      .innerJoin(member, and(eq(member.organizationId, meeting.organizationId), isNull(member.removedAt)))
      .innerJoin(user, eq(user.id, member.userId))
      .where(
        and(
          eq(meeting.id, meetingId),
          sql`(${member.id} = ${meeting.createdBy} or ${member.access} = 'owner' and ${isGone})`,
        ),
      )
      .orderBy(member.id)
      .limit(staffMax),
  );
}

const names =
  sql<string>`(select json_group_array(json_array(first_name, last_name)) from (select ${user.firstName} as first_name, ${user.lastName} as last_name
  from ${meetingInterviewer} join ${member} on ${member.id} = ${meetingInterviewer.memberId} join ${user} on ${user.id} = ${member.userId}
  where ${meetingInterviewer.meetingId} = ${meeting.id} and ${member.removedAt} is null order by ${member.id}))`.mapWith(
    (text: string) => {
      const told: readonly (readonly [string, string])[] = JSON.parse(text);
      return told.map(([firstName, lastName]) => ({ firstName, lastName }));
    },
  );

/** The meetings this candidate is yet to have, the next first, with all that is said to them of each. The candidate may be named within the sentence. */
export function meetingsAhead(scope: MemberScope, candidateId: SQL, now: Date) {
  return all(
    build
      .select({
        meeting: {
          id: meeting.id,
          organizationId: meeting.organizationId,
          title: meeting.title,
          description: meeting.description,
          startsAt: meeting.startsAt,
          endsAt: meeting.endsAt,
          timeZone: meeting.timeZone,
          location: meeting.location,
          url: meeting.url,
          sequence: meeting.sequence,
          version: meeting.version,
          reminderHours: meeting.reminderHours,
        },
        interviewers: names,
        organization: { name: organization.name, senderName: organization.senderName },
      })
      .from(meeting)
      .innerJoin(organization, eq(organization.id, meeting.organizationId))
      .where(
        and(
          eq(meeting.candidateId, candidateId),
          eq(meeting.organizationId, scope.organizationId),
          gt(meeting.startsAt, now),
          isNull(meeting.canceledAt),
        ),
      )
      .orderBy(asc(meeting.startsAt), asc(meeting.id))
      .limit(aheadMax),
  );
}

/** These, as they were read, are still what the candidate is yet to have. */
export function meetingsStand(
  { organizationId }: MemberScope,
  candidateId: CandidateId,
  known: readonly { readonly id: MeetingId; readonly version: number }[],
  now: Date,
): Statement<void> {
  const read = JSON.stringify(known.map(({ id, version }) => `${id} ${version}`));
  const isAhead = sql`${meeting.candidateId} = ${candidateId} and ${meeting.organizationId} = ${organizationId} and ${meeting.startsAt} > ${now.getTime()} and ${meeting.canceledAt} is null`;
  const next = sql`(select ${meeting.id} || ' ' || ${meeting.version} as standing from ${meeting} where ${isAhead} order by ${meeting.startsAt}, ${meeting.id} limit ${aheadMax})`;
  return must(
    sql`(select count(*) = ${known.length} and total(standing in (select value from json_each(${read}))) = ${known.length} from ${next})`,
    "moved_on",
  );
}
