import { and, desc, eq, gt, gte, lt, ne, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  candidateEvent,
  candidateTag,
  formerCandidate,
  interview,
  meeting,
  meetingInterviewer,
  organization,
  project,
  projectRole,
  refcheck,
  role,
  teamMember,
} from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import {
  all,
  build,
  cell,
  first,
  firstOf,
  must,
  mustHaveChanged,
  raw,
  run,
  type Statement,
  stays,
} from "../../db/statement.ts";
import { reachesInterview } from "../interview/actions.ts";
import type { dueVerbs, Status as InterviewStatus } from "../interview/machine.ts";
import {
  type CandidateId,
  type InterviewId,
  idSpan,
  type ProjectId,
  type RefcheckId,
  type RoleId,
} from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { phonePart } from "../kernel/shapes.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import type { Progress, RefcheckStatus } from "../refcheck/machine.ts";
import { reachesCandidate } from "../sight/actions.ts";
import { everyCandidate } from "../sight/policy.ts";
import type { EditCandidate, ListCandidates } from "./contract.ts";
import type { CandidateStanding } from "./machine.ts";
import type { CandidatePart } from "./policy.ts";

const isThis = (scope: MemberScope, candidateId: CandidateId) =>
  and(eq(candidate.id, candidateId), reachesCandidate(scope));

export type OwnInterview = {
  readonly id: InterviewId;
  readonly projectId: ProjectId;
  readonly projectName: string;
  readonly status: InterviewStatus;
  readonly dueAt: number | null;
  readonly dueVerb: (typeof dueVerbs)[number] | null;
  readonly deadlineAt: number | null;
  readonly createdAt: number;
};
export type OwnRefcheck = {
  readonly id: RefcheckId;
  readonly roleId: RoleId;
  readonly roleTitle: string;
  readonly status: RefcheckStatus;
  readonly progress: Progress;
  readonly deadlineAt: number | null;
  readonly createdAt: number;
};

/** So many of each are shown with a candidate. */
const newestMax = 5;

const rowsOf = <Row>(text: string): readonly Row[] => JSON.parse(text);

/** The newest that whoever asks may see, as JSON: each page in one statement, whatever is shown with it. */
function interviewsOf(scope: MemberScope) {
  const one = sql`json_object('id', ${interview.id}, 'projectId', ${interview.projectId}, 'projectName', ${project.name}, 'status', ${interview.status}, 'dueAt', ${interview.dueAt}, 'dueVerb', ${interview.dueVerb}, 'deadlineAt', ${interview.deadlineAt}, 'createdAt', ${interview.createdAt})`;
  const isTheirs = and(eq(interview.candidateId, candidate.id), reachesInterview(scope));
  const newest = sql`select ${one} as one from ${interview} cross join ${project} on ${project.id} = ${interview.projectId} where ${isTheirs} order by ${interview.id} desc limit ${newestMax}`;
  return sql`(select json_group_array(json(one)) from (${newest}) as newest)`.mapWith(rowsOf<OwnInterview>);
}

function refchecksOf(scope: MemberScope) {
  const one = sql`json_object('id', ${refcheck.id}, 'roleId', ${refcheck.roleId}, 'roleTitle', ${role.title}, 'status', ${refcheck.status}, 'progress', ${refcheck.progress}, 'deadlineAt', ${refcheck.deadlineAt}, 'createdAt', ${refcheck.createdAt})`;
  const isTheirs = and(eq(refcheck.candidateId, candidate.id), reachesRefcheck(scope));
  const newest = sql`select ${one} as one from ${refcheck} cross join ${role} on ${role.id} = ${refcheck.roleId} where ${isTheirs} order by ${refcheck.id} desc limit ${newestMax}`;
  return sql`(select json_group_array(json(one)) from (${newest}) as newest)`.mapWith(rowsOf<OwnRefcheck>);
}

/** With the parts that were asked for; the others are null. */
function candidates(scope: MemberScope, parts: readonly CandidatePart[]) {
  const none = sql<null>`null`;
  return build
    .select({
      id: candidate.id,
      organizationId: candidate.organizationId,
      status: candidate.status,
      version: candidate.version,
      handRating: candidate.handRating,
      feedbackRating: candidate.feedbackRating,
      appliedDate: candidate.appliedDate,
      rejectDate: candidate.rejectDate,
      hiredDate: candidate.hiredDate,
      email: candidate.email,
      emailStatus: candidate.emailStatus,
      firstName: candidate.firstName,
      lastName: candidate.lastName,
      phone: candidate.phone,
      source: candidate.source,
      tags: candidate.tags,
      externalId: candidate.externalId,
      language: candidate.language,
      timeZone: candidate.timeZone,
      hasPassword: sql`${candidate.passwordHash} is not null`.mapWith(Boolean),
      createdAt: candidate.createdAt,
      organizationTimeZone: organization.timeZone,
      interviews: parts.includes("interviews") ? interviewsOf(scope) : none,
      refchecks: parts.includes("refchecks") ? refchecksOf(scope) : none,
    })
    .from(candidate)
    .innerJoin(organization, eq(organization.id, candidate.organizationId));
}

export function candidateById(scope: MemberScope, candidateId: CandidateId, parts: readonly CandidatePart[]) {
  return first(candidates(scope, parts).where(isThis(scope, candidateId)));
}

/** Whose record it became part of, if this member sees them. */
export function whoIsNow(scope: MemberScope, formerId: CandidateId) {
  const isIt = and(eq(formerCandidate.id, formerId), reachesCandidate(scope));
  return first(
    build
      .select({ id: candidate.id })
      .from(formerCandidate)
      .innerJoin(candidate, eq(candidate.id, formerCandidate.candidateId))
      .where(isIt),
  );
}

export type CandidateRow = NonNullable<ReturnType<ReturnType<typeof candidateById>["read"]>>;

export function candidateByRequestKey(
  scope: MemberScope,
  requestKey: string | undefined,
  parts: readonly CandidatePart[],
) {
  const isMeant = sql`${candidate.requestKey} = ${requestKey ?? null}`;
  return first(candidates(scope, parts).where(and(reachesCandidate(scope), isMeant)));
}

export function organizationOf({ organizationId }: MemberScope) {
  return first(
    build
      .select({ language: organization.language, timeZone: organization.timeZone })
      .from(organization)
      .where(eq(organization.id, organizationId)),
  );
}

const hasPhone = ({ organizationId }: MemberScope, phone: string | null, other: CandidateId | null) =>
  and(
    eq(candidate.organizationId, organizationId),
    sql`${candidate.phone} = ${phone}`,
    other === null ? undefined : ne(candidate.id, other),
  );

/** The first who has this phone number, other than one of them. */
export function candidateByPhone(scope: MemberScope, phone: string | null, other: CandidateId | null) {
  return first(
    build
      .select({ id: candidate.id })
      .from(candidate)
      .where(hasPhone(scope, phone, other))
      .orderBy(candidate.id)
      .limit(1),
  );
}

/** Nobody has it but this one. Who came by an interview may share one; who is entered here may not. */
export function phoneIsFree(scope: MemberScope, phone: string, other: CandidateId | null): Statement<void> {
  return must(sql`not exists (select 1 from ${candidate} where ${hasPhone(scope, phone, other)})`, "moved_on");
}

/** All a step or an edit needs to know, and whom and how to write to. */
export function candidateForStep(scope: MemberScope, candidateId: CandidateId) {
  return firstOf(
    all(
      build
        .select({
          candidate,
          organization: {
            name: organization.name,
            senderName: organization.senderName,
            timeZone: organization.timeZone,
          },
        })
        .from(candidate)
        .innerJoin(organization, eq(organization.id, candidate.organizationId))
        .where(isThis(scope, candidateId)),
    ),
  );
}

type Values = Omit<EditCandidate, "candidateId" | "user" | "rating" | "status"> &
  Partial<Pick<typeof candidate.$inferInsert, "firstName" | "lastName" | "name" | "handRating">>;
type Named = Pick<typeof candidate.$inferSelect, "id" | "firstName" | "lastName">;

/** Changes what is given. Their names are those that were read: the folded one is made of both. */
export function updateCandidate({ organizationId }: MemberScope, known: Named, values: Values): Statement<unknown>[] {
  const asRead = and(
    eq(candidate.id, known.id),
    eq(candidate.organizationId, organizationId),
    eq(candidate.firstName, known.firstName),
    eq(candidate.lastName, known.lastName),
  );
  return [
    run(
      build
        .update(candidate)
        .set({ ...values, isKept: true, ...stays(candidate.createdAt) })
        .where(asRead),
    ),
    mustHaveChanged("moved_on"),
  ];
}

export function tagsOf({ organizationId }: MemberScope, candidateId: CandidateId, tags: readonly string[]) {
  return tags.map((tag) => run(build.insert(candidateTag).values({ organizationId, tag, candidateId })));
}

export function forgetTags({ organizationId }: MemberScope, candidateId: CandidateId): Statement<number> {
  const isTheirs = and(eq(candidateTag.candidateId, candidateId), eq(candidateTag.organizationId, organizationId));
  return run(build.delete(candidateTag).where(isTheirs));
}

type Standing = CandidateStanding & { readonly id: CandidateId; readonly version: number };

/** The guarded step: they must stand as they were read. */
export function writeStep({ organizationId }: MemberScope, before: Standing, next: CandidateStanding) {
  const asRead = and(
    eq(candidate.id, before.id),
    eq(candidate.organizationId, organizationId),
    eq(candidate.status, before.status),
    eq(candidate.version, before.version),
  );
  const version = sql`${candidate.version} + 1`;
  return [
    run(
      build
        .update(candidate)
        .set({ ...next, version, isKept: true })
        .where(asRead),
    ),
    mustHaveChanged("moved_on"),
  ];
}

export function insertEvent(values: typeof candidateEvent.$inferInsert): Statement<number> {
  return run(build.insert(candidateEvent).values(values));
}

export function eventsOf({ organizationId }: MemberScope, candidateId: CandidateId, since: number, size: number) {
  const isTheirs = and(eq(candidateEvent.recordId, candidateId), eq(candidateEvent.organizationId, organizationId));
  return all(
    build
      .select()
      .from(candidateEvent)
      .where(and(isTheirs, gt(candidateEvent.version, since)))
      .orderBy(candidateEvent.version)
      .limit(size + 1),
  );
}

// A list is walked through newest first: with a tag, a source or a status through the index that holds those, else through all that the
// organization has. What the index does not tell is looked at on the way, and after `looksMax` the page ends, full or not: `stop` says where
// the next goes on (decision 024). Who sees only some has those gathered and sorted where they are few, at most `fewMax` (decision 017).

type Filters = Pick<
  ListCandidates,
  "status" | "tag" | "source" | "createdFrom" | "createdTo" | "ratingFrom" | "search"
>;

export type ListAsked = {
  readonly filters: Filters;
  /** Behind this one of them. */
  readonly before: string | null;
  readonly skip: number;
  readonly take: number;
  readonly parts: readonly CandidatePart[];
  readonly looksMax: number;
  /** Where what is walked through holds no more than so many, all of it is looked at. */
  readonly wholeMax: number;
  readonly fewMax: number;
};

/** What is walked through. */
function laneOf({ tag, source, status }: Filters) {
  if (tag !== undefined) {
    const { organizationId, candidateId: id } = candidateTag;
    const looked = sql`${candidateTag} cross join ${candidate} on ${candidate.id} = ${id}`;
    const along = sql`${candidateTag}`;
    return { along, looked, id, organizationId, isLane: eq(candidateTag.tag, tag), told: { tag: undefined } };
  }
  const { id, organizationId } = candidate;
  const by = (index: string) => sql`${candidate} indexed by ${sql.raw(index)}`;
  if (source !== undefined) {
    const along = by("candidate_by_source");
    const isLane = eq(candidate.source, source);
    return { along, looked: along, id, organizationId, isLane, told: { source: undefined } };
  }
  const along = by(status === undefined ? "candidate_of_organization" : "candidate_by_status");
  const isLane = status && eq(candidate.status, status);
  return { along, looked: along, id, organizationId, isLane, told: { status: undefined } };
}

const holdsTag = (tag: string) =>
  sql`exists (select 1 from ${candidateTag} where ${candidateTag.organizationId} = ${candidate.organizationId} and ${candidateTag.tag} = ${tag} and ${candidateTag.candidateId} = ${candidate.id})`;

function found(search: string): SQL {
  const phone = phonePart(search);
  const inPhone = phone === null ? sql`` : sql` or ${contains(candidate.phone, phone)}`;
  return sql`(${contains(candidate.name, search)} or ${contains(candidate.email, search)}${inPhone})`;
}

/** What is looked at of each; undefined where each is meant. */
function soughtBy({ status, tag, source, createdFrom, createdTo, ratingFrom, search }: Filters): SQL | undefined {
  return and(
    search === undefined ? undefined : found(search),
    status && eq(candidate.status, status),
    source === undefined ? undefined : eq(candidate.source, source),
    ratingFrom === undefined ? undefined : gte(candidate.rating, ratingFrom),
    createdFrom && gte(candidate.createdAt, createdFrom),
    createdTo && lt(candidate.createdAt, createdTo),
    tag === undefined ? undefined : holdsTag(tag),
  );
}

/** Whom a member has an interview or a refcheck to see of, or meets, as often as they do; of very many, some. */
function ownOf({ memberId }: MemberScope, fewMax: number): SQL {
  const projects = sql`select ${projectRole.projectId} from ${projectRole} where ${projectRole.memberId} = ${memberId}`;
  const teams = sql`select ${teamMember.teamId} from ${teamMember} where ${teamMember.memberId} = ${memberId}`;
  const byInterview = sql`select ${interview.candidateId} as id from ${interview} indexed by interview_once where ${interview.projectId} in (${projects}) limit ${fewMax} + 1`;
  const byRefcheck = sql`select ${refcheck.candidateId} as id from ${refcheck} indexed by refcheck_of_team where ${refcheck.teamId} in (${teams}) limit ${fewMax} + 1`;
  const byMeeting = sql`select ${meeting.candidateId} as id from ${meetingInterviewer} cross join ${meeting} on ${meeting.id} = ${meetingInterviewer.meetingId} where ${meetingInterviewer.memberId} = ${memberId} limit ${fewMax} + 1`;
  return sql`select id from (${byInterview}) union all select id from (${byRefcheck}) union all select id from (${byMeeting})`;
}

/** The ids in order; and where it stopped looking, null where it looks at nothing but what it shows. */
function walkOf(scope: MemberScope, { filters, before, looksMax, wholeMax, fewMax }: ListAsked) {
  const { along, looked, id, organizationId, isLane, told } = laneOf(filters);
  const seesAll = hasAtLeast(scope.access, everyCandidate);
  const { from, to } = idSpan("cnd", filters, before);
  const areFew = sql`(select count(*) from own) <= ${fewMax}`;
  const isBefore = (one: typeof id) => (to === null ? undefined : sql`${one} < ${to}`);
  const isMeant = and(soughtBy({ ...filters, ...told }), seesAll ? undefined : reachesCandidate(scope));
  // Within the key that is looked for: SQLite asks a condition with a query in it anew at every row it walks.
  const ofWhom = seesAll ? sql`${scope.organizationId}` : sql`(select ${scope.organizationId} where not ${areFew})`;
  const inLane = and(sql`${organizationId} = ${ofWhom}`, isLane, isBefore(id));
  const newest = sql`order by ${id} desc`;
  // One lower bound, not two: SQLite begins at one of them and looks at each row for the other.
  const since = isMeant ? sql`${id} >= coalesce((select id from stop), ${from})` : sql`${id} >= ${from}`;
  const inReach = and(inLane, sql`${id} >= ${from}`);
  const isLong = sql`exists (select 1 from ${along} where ${inReach} limit 1 offset ${wholeMax})`;
  const last = wholeMax > looksMax ? sql`iif(${isLong}, ${looksMax - 1}, ${wholeMax})` : sql`${looksMax - 1}`;
  const parts = [
    ...(seesAll
      ? []
      : [sql`own as materialized (${ownOf(scope, fewMax)}), few as materialized (select distinct id from own)`]),
    ...(isMeant
      ? [sql`stop as materialized (select ${id} as id from ${along} where ${inReach} ${newest} limit 1 offset ${last})`]
      : []),
  ];
  const ways = parts.length > 0 ? sql`with ${sql.join(parts, sql`, `)} ` : sql``;
  const ids = (take: number, skip: number) => {
    const cut = sql`limit ${take} offset ${skip}`;
    const walked = sql`select ${id} as id from ${isMeant ? looked : along} where ${and(inLane, since, isMeant)} ${newest} ${cut}`;
    if (seesAll) return sql`${ways}${walked}`;
    const isOfFew = and(
      areFew,
      sql`+${candidate.organizationId} = ${scope.organizationId}`,
      isBefore(candidate.id),
      sql`${candidate.id} >= ${from}`,
      soughtBy(filters),
    );
    const gathered = sql`select ${candidate.id} as id from few cross join ${candidate} on ${candidate.id} = few.id where ${isOfFew} order by ${candidate.id} desc ${cut}`;
    return sql`${ways}select id from (${walked}) union all select id from (${gathered})`;
  };
  return { ids, stop: isMeant ? sql`${ways}select id from stop` : null };
}

/** Newest first; and with filters, where it stopped looking, if before the end. */
export function listCandidates(scope: MemberScope, asked: ListAsked) {
  const { ids, stop } = walkOf(scope, asked);
  const rows = all(
    candidates(scope, asked.parts)
      .where(sql`${candidate.id} in (${ids(asked.take, asked.skip)})`)
      .orderBy(desc(candidate.id))
      .limit(asked.take),
  );
  return { rows, ...(stop && { stop: raw(stop, ([row]) => (row?.[0] ?? null) as CandidateId | null) }) };
}

/** How many pass the filters, up to `most`. */
export function countCandidates(scope: MemberScope, asked: ListAsked, most: number): Statement<number> {
  return cell<number>(sql`select count(*) from (${walkOf(scope, asked).ids(most, 0)})`);
}
