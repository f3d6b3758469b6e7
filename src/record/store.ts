import { and, desc, eq, gt, ne, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  candidateEvent,
  candidateExternalId,
  candidateTag,
  formerCandidate,
  interview,
  meeting,
  meetingInterviewer,
  organization,
  pipeline,
  placement,
  project,
  projectRole,
  refcheck,
  role,
  skill,
  stage,
  teamMember,
} from "../../db/schema/index.ts";
import { mentionsOf } from "../../db/search.ts";
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
  unlessTaken,
} from "../../db/statement.ts";
import type { Skill } from "../background/contract.ts";
import { candidateRatingFor } from "../feedback/actions.ts";
import { patchOf } from "../field/actions.ts";
import type { Change } from "../field/policy.ts";
import { reachesInterview } from "../interview/actions.ts";
import type { dueVerbs, Status as InterviewStatus } from "../interview/machine.ts";
import {
  type CandidateId,
  type InterviewId,
  idSpan,
  type PipelineId,
  type PlacementId,
  type ProjectId,
  type RefcheckId,
  type RoleId,
  type StageId,
} from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { pipelinePolicy, type stageEnds } from "../pipeline/policy.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import type { Progress, RefcheckStatus } from "../refcheck/machine.ts";
import { laneOf, namedBy, soughtBy, wordsOf } from "../sieve/actions.ts";
import type { Filters } from "../sieve/contract.ts";
import { reachesCandidate } from "../sight/actions.ts";
import { everyCandidate } from "../sight/policy.ts";
import type { EditCandidate } from "./contract.ts";
import type { CandidateStanding } from "./machine.ts";
import type { CandidatePart, ExternalId } from "./policy.ts";

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

export type OwnPlacement = {
  readonly id: PlacementId;
  readonly pipelineId: PipelineId;
  readonly pipelineName: string;
  readonly stageId: StageId;
  readonly stageName: string;
  readonly ends: (typeof stageEnds)[number] | null;
  readonly enteredAt: number;
};

/** So many of each are shown with a candidate. */
const newestMax = 5;
const skillsMax = 20;

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

function skillsOf() {
  const one = sql`json_object('name', ${skill.name}, 'level', ${skill.level})`;
  const byName = sql`select ${one} as one from ${skill} where ${skill.candidateId} = ${candidate.id} order by ${skill.nameFolded} limit ${skillsMax}`;
  return sql`(select json_group_array(json(one)) from (${byName}) as by_name)`.mapWith(rowsOf<Skill>);
}

/** Whoever sees no pipelines sees none of these. */
function placementsOf({ access }: MemberScope) {
  const one = sql`json_object('id', ${placement.id}, 'pipelineId', ${placement.pipelineId}, 'pipelineName', ${pipeline.name}, 'stageId', ${placement.stageId}, 'stageName', ${stage.name}, 'ends', ${stage.ends}, 'enteredAt', ${placement.enteredAt})`;
  const isTheirs = sql`${placement.candidateId} = ${candidate.id} and ${placement.removedAt} is null`;
  const newest = sql`select ${one} as one from ${placement} cross join ${pipeline} on ${pipeline.id} = ${placement.pipelineId} cross join ${stage} on ${stage.id} = ${placement.stageId} where ${isTheirs} order by ${placement.id} desc limit ${newestMax}`;
  const shown = hasAtLeast(access, pipelinePolicy.list)
    ? sql`(select json_group_array(json(one)) from (${newest}) as newest)`
    : sql`'[]'`;
  return shown.mapWith(rowsOf<OwnPlacement>);
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
      feedbackRating: candidateRatingFor(scope),
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
      externalIds: candidate.externalIds,
      customFields: candidate.customFields,
      language: candidate.language,
      timeZone: candidate.timeZone,
      hasPassword: sql`${candidate.passwordHash} is not null`.mapWith(Boolean),
      createdAt: candidate.createdAt,
      organizationTimeZone: organization.timeZone,
      skills: parts.includes("skills") ? skillsOf() : none,
      placements: parts.includes("placements") ? placementsOf(scope) : none,
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
      .select({
        language: organization.language,
        timeZone: organization.timeZone,
        name: organization.name,
        senderName: organization.senderName,
      })
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

const externalIdsIn = ({ organizationId }: MemberScope, ids: readonly ExternalId[]) =>
  sql`from json_each(${JSON.stringify(ids)}) as asked cross join ${candidateExternalId} on ${candidateExternalId.organizationId} = ${organizationId} and ${candidateExternalId.system} = asked.value ->> 'system' and ${candidateExternalId.externalId} = asked.value ->> 'id'`;

/** The first of these ids that another goes by, and who that is. */
export function candidateByExternalIds(scope: MemberScope, ids: readonly ExternalId[], other: CandidateId | null) {
  const { system, externalId: id, candidateId } = candidateExternalId;
  const isOther = other === null ? sql`` : sql` where ${candidateId} <> ${other}`;
  const found = sql`select ${candidateId}, ${system}, ${id} ${externalIdsIn(scope, ids)}${isOther} limit 1`;
  return raw(found, ([row]) =>
    row ? { candidateId: row[0] as CandidateId, system: String(row[1]), id: String(row[2]) } : undefined,
  );
}

export function addExternalIds(
  { organizationId }: MemberScope,
  candidateId: CandidateId,
  ids: readonly ExternalId[],
): Statement<unknown>[] {
  const rows = ids.map(({ system, id: externalId }) => ({ organizationId, system, externalId, candidateId }));
  return rows.map((row) => unlessTaken(run(build.insert(candidateExternalId).values(row)), "moved_on"));
}

/** All they go by; whoever else has one by now was quicker. */
export function externalIdsOf(scope: MemberScope, candidateId: CandidateId, ids: readonly ExternalId[]) {
  const { organizationId } = scope;
  const isTheirs = and(
    eq(candidateExternalId.candidateId, candidateId),
    eq(candidateExternalId.organizationId, organizationId),
  );
  return [run(build.delete(candidateExternalId).where(isTheirs)), ...addExternalIds(scope, candidateId, ids)];
}

type Values = Omit<EditCandidate, "candidateId" | "user" | "rating" | "status" | "customFields"> &
  Partial<Pick<typeof candidate.$inferInsert, "firstName" | "lastName" | "name" | "handRating">>;
type Named = Pick<typeof candidate.$inferSelect, "id" | "firstName" | "lastName">;

/** Changes what is given. Their names are those that were read: the folded one is made of both. */
export function updateCandidate(
  { organizationId }: MemberScope,
  known: Named,
  values: Values,
  changes: readonly Change[],
): Statement<unknown>[] {
  const customFields = changes.length > 0 ? patchOf(sql`${candidate.customFields}`, changes) : undefined;
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
        .set({ ...values, customFields, isKept: true, ...stays(candidate.createdAt) })
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

// A list is walked through newest first, along the lane of one of its filters, else of all that the organization has. What the lane does not
// tell is looked at on the way, and after `looksMax` the page ends, full or not: `stop` says where the next goes on (decision 025). Where few are
// meant, at most `fewMax`, they are gathered and sorted: those a text is said of (decision 030), and those a member sees (decision 017).

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

/** Whom a member has an interview or a refcheck to see of, or meets, as often as they do; of very many, some. */
function ownOf({ memberId }: MemberScope, fewMax: number): SQL {
  const projects = sql`select ${projectRole.projectId} from ${projectRole} where ${projectRole.memberId} = ${memberId}`;
  const teams = sql`select ${teamMember.teamId} from ${teamMember} where ${teamMember.memberId} = ${memberId}`;
  const byInterview = sql`select ${interview.candidateId} as id from ${interview} indexed by interview_once where ${interview.projectId} in (${projects}) limit ${fewMax} + 1`;
  const byRefcheck = sql`select ${refcheck.candidateId} as id from ${refcheck} indexed by refcheck_of_team where ${refcheck.teamId} in (${teams}) limit ${fewMax} + 1`;
  const byMeeting = sql`select ${meeting.candidateId} as id from ${meetingInterviewer} cross join ${meeting} on ${meeting.id} = ${meetingInterviewer.meetingId} where ${meetingInterviewer.memberId} = ${memberId} limit ${fewMax} + 1`;
  return sql`select id from (${byInterview}) union all select id from (${byRefcheck}) union all select id from (${byMeeting})`;
}

type Few = { readonly parts: readonly SQL[]; readonly areFew: SQL; readonly ids: SQL; readonly areSeen?: true };

/** Whom a filter names. */
function namedOf(scope: MemberScope, { filters }: ListAsked): Few | null {
  const ids = namedBy(scope, filters);
  return ids && { parts: [], areFew: sql`1`, ids };
}

/** Where a text is said oftener it is dearer to gather its places than to walk. */
const mentionsMax = 2_000;

/** Of whom something like what is searched is said; null where that is not looked up. */
function mentionedOf({ organizationId }: MemberScope, { filters, fewMax }: ListAsked): Few | null {
  const words = wordsOf(filters);
  if (words === null) return null;
  const most = Math.min(fewMax, mentionsMax);
  const { hit, ids } = mentionsOf(organizationId, words, most + 1);
  return { parts: [sql`hit as materialized (${hit})`], areFew: sql`(select count(*) from hit) <= ${most}`, ids };
}

/** Whom a member sees; null where that is everybody. */
function seenBy(scope: MemberScope, { fewMax }: ListAsked): Few | null {
  if (hasAtLeast(scope.access, everyCandidate)) return null;
  const parts = [sql`own as materialized (${ownOf(scope, fewMax)})`];
  const areFew = sql`(select count(*) from own) <= ${fewMax}`;
  return { parts, areFew, ids: sql`select id from own`, areSeen: true };
}

/** The ids in order; and where it stopped looking, null where it looks at nothing but what it shows. */
function walkOf(scope: MemberScope, asked: ListAsked) {
  const { filters, before, looksMax, wholeMax } = asked;
  const { along, looked, id, key, value, isLane, told, repeats } = laneOf(scope, filters);
  const seesAll = hasAtLeast(scope.access, everyCandidate);
  const { from, to } = idSpan("cnd", filters, before);
  const ways = [namedOf(scope, asked), mentionedOf(scope, asked), seenBy(scope, asked)];
  const few = ways.filter((one) => one !== null);
  const areFew =
    few.length > 0
      ? sql`(${sql.join(
          few.map((one) => one.areFew),
          sql` or `,
        )})`
      : null;
  const isBefore = (one: typeof id) => (to === null ? undefined : sql`${one} < ${to}`);
  const reaches = seesAll ? undefined : reachesCandidate(scope);
  const isOwn = sql`+${candidate.organizationId} = ${scope.organizationId}`;
  const isMeant = and(along === looked ? undefined : isOwn, soughtBy(scope, { ...filters, ...told }), reaches);
  // Within the key that is looked for: SQLite asks a condition with a query in it anew at every row it walks.
  const ofWhom = areFew ? sql`(select ${value} where not ${areFew})` : value;
  const inLane = and(sql`${key} = ${ofWhom}`, isLane, isBefore(id));
  const newest = sql`order by ${id} desc`;
  // One lower bound, not two: SQLite begins at one of them and looks at each row for the other.
  const since = isMeant ? sql`${id} >= coalesce((select id from stop), ${from})` : sql`${id} >= ${from}`;
  const inReach = and(inLane, sql`${id} >= ${from}`);
  const isLong = sql`exists (select 1 from ${along} where ${inReach} limit 1 offset ${wholeMax})`;
  const last = wholeMax > looksMax ? sql`iif(${isLong}, ${looksMax - 1}, ${wholeMax})` : sql`${looksMax - 1}`;
  // The first way that has few: another has them too, or more.
  const fewIds = few.map(({ ids, areFew: are }, nth) => {
    const isFirst = few.slice(0, nth).map((one) => sql` and not ${one.areFew}`);
    return sql`select id from (${ids}) where ${are}${sql.join(isFirst, sql``)}`;
  });
  const parts = [
    ...few.flatMap((one) => one.parts),
    ...(areFew ? [sql`few as materialized (select distinct id from (${sql.join(fewIds, sql` union all `)}))`] : []),
    ...(isMeant
      ? [sql`stop as materialized (select ${id} as id from ${along} where ${inReach} ${newest} limit 1 offset ${last})`]
      : []),
  ];
  const begun = parts.length > 0 ? sql`with ${sql.join(parts, sql`, `)} ` : sql``;
  const once = repeats ? sql`distinct ` : sql``;
  const ids = (take: number, skip: number) => {
    const cut = sql`limit ${take} offset ${skip}`;
    const walked = sql`select ${once}${id} as id from ${isMeant || repeats ? looked : along} where ${and(inLane, since, isMeant)} ${newest} ${cut}`;
    if (!areFew) return sql`${begun}${walked}`;
    const isOfFew = and(
      areFew,
      isOwn,
      isBefore(candidate.id),
      sql`${candidate.id} >= ${from}`,
      soughtBy(scope, filters),
      few.some(({ areSeen }) => !areSeen) ? reaches : undefined,
    );
    const gathered = sql`select ${candidate.id} as id from few cross join ${candidate} indexed by candidate_id_unique on ${candidate.id} = few.id where ${isOfFew} order by ${candidate.id} desc ${cut}`;
    return sql`${begun}select id from (${walked}) union all select id from (${gathered})`;
  };
  return { ids, stop: isMeant ? sql`${begun}select id from stop` : null };
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
