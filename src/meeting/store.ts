import { and, eq, getTableColumns, inArray, isNull, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  meeting,
  meetingEvent,
  meetingInterviewer,
  member,
  organization,
  user,
} from "../../db/schema/index.ts";
import {
  all,
  build,
  first,
  must,
  mustHaveChanged,
  ownId,
  raw,
  run,
  type Statement,
  unlessTaken,
} from "../../db/statement.ts";
import { hasGiven, meetingRatingFor } from "../feedback/actions.ts";
import type { Reason } from "../kernel/errors.ts";
import type { CandidateId, MeetingId, MemberId, OrganizationId } from "../kernel/ids.ts";
import { type CandidateScope, hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { mustSeeCandidate, reachesCandidate, seesCandidate } from "../sight/actions.ts";
import { everyCandidate } from "../sight/policy.ts";
import { meetingMaxMs } from "./policy.ts";

/** Many rows for few tables, for one write. */
export { gathered } from "../../db/statement.ts";

/** Whoever makes a meeting: staff, or the candidate whom it is with. */
export type Author = MemberScope | CandidateScope;

/** The organization's; to a hiring manager, of candidates whom they see. Whoever takes part sees the candidate. */
function reaches(scope: MemberScope): SQL | undefined {
  return and(
    eq(meeting.organizationId, scope.organizationId),
    hasAtLeast(scope.access, everyCandidate) ? undefined : seesCandidate(scope, meeting.candidateId),
  );
}

const isThis = (scope: MemberScope, meetingId: MeetingId) => and(eq(meeting.id, meetingId), reaches(scope));

// What is told of a meeting.

export type Interviewer = {
  readonly memberId: MemberId;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly language: string;
  readonly timeZone: string;
};
/** `isHere`: they have not left the organization. */
export type NamedInterviewer = Interviewer & { readonly isHere: boolean; readonly hasGivenFeedback: boolean };

type Flag = "isHere" | "hasGivenFeedback";
type Told = Omit<NamedInterviewer, Flag> & Readonly<Record<Flag, 0 | 1>>;
const toldOf = (text: string): NamedInterviewer[] =>
  JSON.parse(text).map((one: Told) => ({
    ...one,
    isHere: one.isHere === 1,
    hasGivenFeedback: one.hasGivenFeedback === 1,
  }));

/** As JSON: each page in one statement, however many take part. */
const interviewers = (() => {
  const one = sql`json_object('memberId', ${member.id}, 'email', ${user.email}, 'firstName', ${user.firstName}, 'lastName', ${user.lastName}, 'language', ${user.language}, 'timeZone', ${user.timeZone}, 'isHere', ${member.removedAt} is null, 'hasGivenFeedback', ${hasGiven(member.id, meeting.id)})`;
  const those = sql`select ${one} as one from ${meetingInterviewer} cross join ${member} on ${member.id} = ${meetingInterviewer.memberId} cross join ${user} on ${user.id} = ${member.userId} where ${meetingInterviewer.meetingId} = ${meeting.id} order by ${meetingInterviewer.memberId}`;
  return sql`(select json_group_array(json(one)) from (${those}) as those)`.mapWith(toldOf);
})();

const whom = {
  id: candidate.id,
  email: candidate.email,
  emailStatus: candidate.emailStatus,
  firstName: candidate.firstName,
  lastName: candidate.lastName,
  language: candidate.language,
  timeZone: candidate.timeZone,
};
const house = { name: organization.name, senderName: organization.senderName };

const { requestKey: _, ...columns } = getTableColumns(meeting);

const meetings = (scope: MemberScope) =>
  build
    .select({
      meeting: { ...columns, rating: meetingRatingFor(scope) },
      ...{ candidate: whom, organization: house, interviewers },
    })
    .from(meeting)
    .innerJoin(candidate, eq(candidate.id, meeting.candidateId))
    .innerJoin(organization, eq(organization.id, meeting.organizationId));

/** All that is shown of it, and all that a step needs to know: whom and how to write to. */
export function meetingById(scope: MemberScope, meetingId: MeetingId) {
  return first(meetings(scope).where(isThis(scope, meetingId)));
}

export type MeetingRow = NonNullable<ReturnType<ReturnType<typeof meetingById>["read"]>>;

export function meetingByRequestKey(scope: MemberScope, requestKey: string | undefined) {
  return first(meetings(scope).where(and(reaches(scope), sql`${meeting.requestKey} = ${requestKey ?? null}`)));
}

// Who is to take part in one that does not exist yet.

export function candidateToMeet(author: Author, candidateId: CandidateId) {
  const isTheirs =
    author.kind === "member"
      ? reachesCandidate(author)
      : and(eq(candidate.id, author.candidateId), eq(candidate.organizationId, author.organizationId));
  return first(
    build
      .select(whom)
      .from(candidate)
      .where(and(eq(candidate.id, candidateId), isTheirs)),
  );
}

export function houseOf({ organizationId }: Author) {
  return first(
    build
      .select({ ...house, timeZone: organization.timeZone })
      .from(organization)
      .where(eq(organization.id, organizationId)),
  );
}

const oneOf = (ids: readonly MemberId[]) => sql`(select value from json_each(${JSON.stringify(ids)}))`;
const isMember = ({ organizationId }: Author) =>
  and(eq(member.organizationId, organizationId), isNull(member.removedAt));

/** Those of them who are members today. */
export function membersNamed(author: Author, memberIds: readonly MemberId[]) {
  return all(
    build
      .select({
        memberId: member.id,
        email: user.email,
        firstName: user.firstName,
        lastName: user.lastName,
        language: user.language,
        timeZone: user.timeZone,
      })
      .from(member)
      .innerJoin(user, eq(user.id, member.userId))
      .where(and(sql`${member.id} in ${oneOf(memberIds)}`, isMember(author))),
  );
}

/** Goes before whoever is made an interviewer. */
export function mustBeMembers(author: Author, memberIds: readonly MemberId[]): Statement<void> {
  const here = sql`select count(*) from ${member} where ${member.id} in ${oneOf(memberIds)} and ${isMember(author)}`;
  return must(sql`(${here}) = ${memberIds.length}`, "not_found");
}

/** Goes before a meeting with them; a candidate's own session says that they are there. */
export function mustBeThere(author: Author, candidateId: CandidateId): Statement<void>[] {
  return author.kind === "member" ? [mustSeeCandidate(author, candidateId)] : [];
}

// What else those who take part have at that time. No meeting is longer than a day, so that is one look into an index for each of them:
// what begins less than a day before, and before it ends.

/** What is not given is as it stands of the meeting; `candidateId: null`, and nobody asks what the candidate has. */
export type Asked = {
  /** This one is in nobody's way. */
  readonly meetingId?: MeetingId;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | undefined;
  readonly memberIds?: readonly MemberId[] | undefined;
  readonly candidateId?: CandidateId | null;
  /** Instead of `memberIds`, where they are found within the sentence: what selects them, each as `id`. */
  readonly who?: SQL;
};

function overlaps(author: Author, { meetingId, startsAt, endsAt, memberIds, candidateId, who }: Asked): SQL {
  const own = (column: SQL) => sql`(select ${column} from ${meeting} as own where own.id = ${meetingId ?? null})`;
  const from = startsAt ? sql`${startsAt.getTime()}` : own(sql`own.starts_at`);
  const to = endsAt ? sql`${endsAt.getTime()}` : own(sql`own.ends_at`);
  const named = memberIds
    ? sql`select value as id from json_each(${JSON.stringify(memberIds)})`
    : sql`select those.member_id as id from ${meetingInterviewer} as those where those.meeting_id = ${meetingId ?? null}`;
  const isThem = candidateId === undefined ? own(sql`own.candidate_id`) : sql`${candidateId}`;
  return overlapsAt(author, { from, to, who: who ?? named, isThem, except: sql`${meetingId ?? null}` });
}

/** From when to when, which members, each as `id`, and which candidate: values, or columns of whatever this stands within. */
export type AskedAt = { readonly from: SQL; readonly to: SQL; readonly who: SQL; readonly isThem: SQL };

/** One of them has a meeting then: the one rule, for whoever looks at many times in one sentence. */
export function isTaken(author: Author, asked: AskedAt): SQL {
  return sql`exists (${overlapsAt(author, { ...asked, except: sql`null` })})`;
}

function overlapsAt(
  { organizationId }: Author,
  { from, to, who, isThem, except }: AskedAt & { readonly except: SQL },
): SQL {
  const meets = (starts: SQL, ends: SQL) =>
    sql`${starts} > ${from} - ${meetingMaxMs} and ${starts} < ${to} and ${ends} > ${from}`;
  const { memberId, startsAt: starts, endsAt: ends } = meetingInterviewer;
  const isOther = sql`${meeting.organizationId} = ${organizationId} and ${meeting.canceledAt} is null and ${meeting.id} is not ${except}`;
  const ofMembers = sql`select ${meeting.id} as meeting_id, ${memberId} as member_id, ${starts} as starts_at from (${who}) as asked cross join ${meetingInterviewer} on ${memberId} = asked.id and ${meets(sql`${starts}`, sql`${ends}`)} cross join ${meeting} on ${meeting.id} = ${meetingInterviewer.meetingId} where ${isOther}`;
  const ofCandidate = sql`select ${meeting.id}, null, ${meeting.startsAt} from ${meeting} where ${meeting.candidateId} = ${isThem} and ${meets(sql`${meeting.startsAt}`, sql`${meeting.endsAt}`)} and ${isOther}`;
  return sql`${ofMembers} union all ${ofCandidate}`;
}

/** `memberId` is null where it is the candidate who has it. */
export type Overlap = {
  readonly meetingId: MeetingId;
  readonly memberId: MemberId | null;
  readonly startsAt: number;
};

/** Far more than anybody has in two days. */
const overlapsMax = 1_000;

export function overlapsOf(author: Author, ...asked: readonly Asked[]): Statement<Overlap[]> {
  const each = sql.join(
    asked.map((one) => overlaps(author, one)),
    sql` union all `,
  );
  return raw(sql`select * from (${each}) limit ${overlapsMax}`, (rows) =>
    rows.map(([meetingId, memberId, startsAt]) => ({
      meetingId: meetingId as MeetingId,
      memberId: memberId as MemberId | null,
      startsAt: Number(startsAt),
    })),
  );
}

/** Nobody of them has been given another meeting since it was looked. */
export function mustBeFree(author: Author, asked: Asked, otherwise: Reason): Statement<void> {
  return must(sql`not exists (select 1 from (${overlaps(author, asked)}))`, otherwise);
}

// What is written.

export function insertMeeting(
  { organizationId }: Author,
  values: Omit<typeof meeting.$inferInsert, "organizationId">,
): Statement<number> {
  return unlessTaken(run(build.insert(meeting).values({ ...values, organizationId })), "moved_on");
}

type Times = { readonly startsAt: Date; readonly endsAt: Date };

export function addInterviewers(
  { organizationId }: Author,
  meetingId: MeetingId,
  { startsAt, endsAt }: Times,
  memberIds: readonly MemberId[],
): Statement<number>[] {
  if (memberIds.length === 0) return [];
  const rows = memberIds.map((memberId) => ({ meetingId, memberId, organizationId, startsAt, endsAt }));
  return [run(build.insert(meetingInterviewer).values(rows))];
}

const takesPart = ({ organizationId }: MemberScope, meetingId: MeetingId) =>
  and(eq(meetingInterviewer.meetingId, meetingId), eq(meetingInterviewer.organizationId, organizationId));

export function removeInterviewers(scope: MemberScope, meetingId: MeetingId, memberIds: readonly MemberId[]) {
  if (memberIds.length === 0) return [];
  const theirs = and(takesPart(scope, meetingId), inArray(meetingInterviewer.memberId, [...memberIds]));
  return [run(build.delete(meetingInterviewer).where(theirs))];
}

/** The interviewers' copy of its times follows. */
export function moveInterviewers(scope: MemberScope, meetingId: MeetingId, { startsAt, endsAt }: Times) {
  return run(build.update(meetingInterviewer).set({ startsAt, endsAt }).where(takesPart(scope, meetingId)));
}

type Changes = Partial<
  Pick<
    typeof meeting.$inferInsert,
    | "title"
    | "description"
    | "startsAt"
    | "endsAt"
    | "timeZone"
    | "location"
    | "url"
    | "reminderHours"
    | "sequence"
    | "canceledAt"
  >
>;
type Seen = { readonly id: MeetingId; readonly version: number };

/** The guarded step: it stands as it was read, is not canceled and has not begun. */
export function changeMeeting({ organizationId }: MemberScope, { id, version }: Seen, changes: Changes, now: Date) {
  const isAhead = and(
    eq(meeting.id, id),
    eq(meeting.organizationId, organizationId),
    eq(meeting.version, version),
    isNull(meeting.canceledAt),
    sql`${meeting.startsAt} > ${now.getTime()}`,
  );
  return [
    run(
      build
        .update(meeting)
        .set({ ...changes, version: version + 1 })
        .where(isAhead),
    ),
    mustHaveChanged("moved_on"),
  ];
}

export function insertEvent(values: typeof meetingEvent.$inferInsert): Statement<number> {
  return run(build.insert(meetingEvent).values(values));
}

// What somebody leaves behind who leaves the organization: the meetings to come in which they take part.

const isToCome = ({ organizationId }: MemberScope, memberId: MemberId, now: Date) =>
  and(
    eq(meetingInterviewer.memberId, memberId),
    eq(meetingInterviewer.organizationId, organizationId),
    sql`${meetingInterviewer.startsAt} > ${now.getTime()}`,
    isNull(meeting.canceledAt),
  );

const isOfThem = eq(meeting.id, meetingInterviewer.meetingId);

/** The next first, with how many others take part who are here. */
export function meetingsToComeOf(scope: MemberScope, memberId: MemberId, now: Date) {
  const others = sql<number>`(select count(*) from ${meetingInterviewer} as other join ${member} on ${member.id} = other.member_id where other.meeting_id = ${meeting.id} and ${member.id} <> ${memberId} and ${member.removedAt} is null)`;
  const { id, version, title, startsAt, endsAt, createdBy } = meeting;
  return all(
    build
      .select({
        ...{ id, version, title, startsAt, endsAt, createdBy, others },
        candidate: { firstName: candidate.firstName, lastName: candidate.lastName },
      })
      .from(meetingInterviewer)
      .innerJoin(meeting, isOfThem)
      .innerJoin(candidate, eq(candidate.id, meeting.candidateId))
      .where(isToCome(scope, memberId, now))
      .orderBy(meetingInterviewer.startsAt, meetingInterviewer.meetingId),
  );
}

/** Whoever scheduled one of those and is here still, and the owners. */
export function hearersOfLeaving(scope: MemberScope, memberId: MemberId, now: Date) {
  const scheduled = sql`select ${meeting.createdBy} from ${meetingInterviewer} join ${meeting} on ${isOfThem} where ${isToCome(scope, memberId, now)}`;
  return all(
    build
      .select({
        ...{ memberId: member.id, access: member.access },
        ...{ email: user.email, language: user.language, timeZone: user.timeZone },
      })
      .from(member)
      .innerJoin(user, eq(user.id, member.userId))
      .where(
        and(
          isMember(scope),
          sql`${member.id} <> ${memberId}`,
          sql`(${member.access} = 'owner' or ${member.id} in (${scheduled}))`,
        ),
      )
      .orderBy(member.id),
  );
}

type Known = readonly { readonly id: MeetingId; readonly version: number }[];

/** These, as they were read, are all they are yet to take part in. */
export function mustBeAllToCome(scope: MemberScope, memberId: MemberId, known: Known, now: Date): Statement<void> {
  const read = JSON.stringify(known.map(({ id, version }) => `${id} ${version}`));
  const standing = sql`select ${meeting.id} || ' ' || ${meeting.version} as standing from ${meetingInterviewer} join ${meeting} on ${isOfThem} where ${isToCome(scope, memberId, now)}`;
  return must(
    sql`(select count(*) = ${known.length} and total(standing in (select value from json_each(${read}))) = ${known.length} from (${standing}))`,
    "moved_on",
  );
}

/** Whoever has seen it before looks at it again. */
export function countUp({ organizationId }: MemberScope, known: Known): Statement<number> {
  const ids = JSON.stringify(known.map(({ id }) => id));
  const isOne = and(
    sql`${meeting.id} in (select value from json_each(${ids}))`,
    eq(meeting.organizationId, organizationId),
  );
  return run(
    build
      .update(meeting)
      .set({ version: sql`${meeting.version} + 1` })
      .where(isOne),
  );
}

// What is looked at.

export function mustSeeMeeting(scope: MemberScope, meetingId: MeetingId): Statement<void> {
  return must(sql`exists (select 1 from ${meeting} where ${isThis(scope, meetingId)})`, "not_found");
}

export function eventsOf({ organizationId }: MemberScope, meetingId: MeetingId, since: number, size: number) {
  const { organizationId: _, meetingId: __, ...told } = getTableColumns(meetingEvent);
  return all(
    build
      .select(told)
      .from(meetingEvent)
      .where(
        and(
          eq(meetingEvent.meetingId, meetingId),
          eq(meetingEvent.organizationId, organizationId),
          sql`${meetingEvent.version} > ${since}`,
        ),
      )
      .orderBy(meetingEvent.version)
      .limit(size + 1),
  );
}

// A list is walked by when meetings begin, either way: a candidate's, a member's, or the organization's. What the index does not tell (canceled,
// of whom, seen by whom) is looked at on the way, and after `looksMax` the page ends, full or not: `stop` says where the next goes on (decision 025).

/** Where a meeting stands among all: two of the same instant by their ids. */
export type Place = { readonly startsAt: number; readonly id: string };

export type ListAsked = {
  readonly candidateId?: CandidateId | undefined;
  readonly memberId?: MemberId | undefined;
  readonly includeCanceled: boolean;
  readonly direction: "asc" | "desc";
  /** Between these two, and neither of them. */
  readonly above: Place;
  readonly below: Place;
  readonly take: number;
  readonly looksMax: number;
};

/** What is walked through. */
function laneOf(of: { readonly organizationId: OrganizationId }, { candidateId, memberId }: ListAsked) {
  if (candidateId === undefined && memberId !== undefined) {
    const looked = sql`${meetingInterviewer} cross join ${meeting} on ${meeting.id} = ${meetingInterviewer.meetingId}`;
    const keys = [meetingInterviewer.startsAt, meetingInterviewer.meetingId] as const;
    const isLane = sql`${meetingInterviewer.memberId} = ${ownId(member, memberId, of)}`;
    return { along: sql`${meetingInterviewer}`, looked, keys, isLane };
  }
  const by = (index: string) => sql`${meeting} indexed by ${sql.raw(index)}`;
  const keys = [meeting.startsAt, meeting.id] as const;
  const isLane =
    candidateId === undefined
      ? eq(meeting.organizationId, of.organizationId)
      : sql`${meeting.candidateId} = ${ownId(candidate, candidateId, of)}`;
  const along = by(candidateId === undefined ? "meeting_of_organization" : "meeting_of_candidate");
  return { along, looked: along, keys, isLane };
}

const takesPartIn = (memberId: MemberId) =>
  sql`exists (select 1 from ${meetingInterviewer} where ${meetingInterviewer.meetingId} = ${meeting.id} and ${meetingInterviewer.memberId} = ${memberId})`;

/** In order; and where it stopped looking, if before the end. */
export function listMeetings(scope: MemberScope, asked: ListAsked) {
  const { candidateId, memberId, includeCanceled, direction, above, below, take, looksMax } = asked;
  const { along, looked, keys, isLane } = laneOf(scope, asked);
  const isOfAll = candidateId === undefined && memberId === undefined;
  const isMeant = and(
    includeCanceled ? undefined : isNull(meeting.canceledAt),
    candidateId !== undefined && memberId !== undefined ? takesPartIn(memberId) : undefined,
    isOfAll && hasAtLeast(scope.access, everyCandidate) ? undefined : reaches(scope),
  );
  const key = sql`(${keys[0]}, ${keys[1]})`;
  const way = sql.raw(direction);
  const inOrder = sql`order by ${keys[0]} ${way}, ${keys[1]} ${way}`;
  const isBehind = sql`${key} > (${above.startsAt}, ${above.id})`;
  const isBefore = sql`${key} < (${below.startsAt}, ${below.id})`;
  // The last that is looked at; what was given where there is no such.
  const last = (place: Place) =>
    sql`(coalesce((select starts_at from stop), ${place.startsAt}), coalesce((select id from stop), ${place.id}))`;
  const isLooked =
    direction === "asc"
      ? sql`${isBehind} and ${isMeant ? sql`${key} <= ${last(below)}` : isBefore}`
      : sql`${isBefore} and ${isMeant ? sql`${key} >= ${last(above)}` : isBehind}`;
  const stop = sql`select ${keys[0]} as starts_at, ${keys[1]} as id from ${along} where ${and(isLane, isBehind, isBefore)} ${inOrder} limit 1 offset ${looksMax} - 1`;
  const ids = sql`select ${keys[1]} as id from ${looked} where ${and(isLane, isLooked, isMeant)} ${inOrder} limit ${take}`;
  const walked = isMeant ? sql`with stop as materialized (${stop}) ${ids}` : ids;
  const rows = all(
    meetings(scope)
      .where(sql`${meeting.id} in (${walked})`)
      .orderBy(sql`${meeting.startsAt} ${way}`, sql`${meeting.id} ${way}`)
      .limit(take),
  );
  const placeOf = (row: readonly unknown[] | undefined): Place | null =>
    row ? { startsAt: Number(row[0]), id: String(row[1]) } : null;
  return { rows, ...(isMeant && { stop: raw(stop, ([row]) => placeOf(row)) }) };
}
