import { and, eq, gt, ne, sql } from "drizzle-orm";
import {
  candidate,
  candidateEvent,
  candidateExternalId,
  candidateTag,
  formerCandidate,
  interview,
  organization,
  pipeline,
  placement,
  project,
  refcheck,
  role,
  skill,
  stage,
} from "../../db/schema/index.ts";
import {
  all,
  build,
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
import type {
  CandidateId,
  InterviewId,
  PipelineId,
  PlacementId,
  ProjectId,
  RefcheckId,
  RoleId,
  StageId,
} from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { pipelinePolicy, type stageEnds } from "../pipeline/policy.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import type { Progress, RefcheckStatus } from "../refcheck/machine.ts";
import { appliedOn } from "../sieve/actions.ts";
import { reachesCandidate } from "../sight/actions.ts";
import { type Walk, walkOf } from "../walk/actions.ts";
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

/** What is selected of a candidate: the parts that were asked for; the others are null. */
function columnsOf(scope: MemberScope, parts: readonly CandidatePart[]) {
  const none = sql<null>`null`;
  return {
    id: candidate.id,
    organizationId: candidate.organizationId,
    status: candidate.status,
    version: candidate.version,
    handRating: candidate.handRating,
    feedbackRating: candidateRatingFor(scope),
    appliedDate: appliedOn,
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
  };
}

const isInOrganization = eq(organization.id, candidate.organizationId);

function candidates(scope: MemberScope, parts: readonly CandidatePart[]) {
  return build.select(columnsOf(scope, parts)).from(candidate).innerJoin(organization, isInOrganization);
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
type Known = Pick<typeof candidate.$inferSelect, "id" | "firstName" | "lastName" | "externalIds">;

/** Changes what is given. Their names are those that were read: the folded one is made of both. So is what all they go by may be made of. */
export function updateCandidate(
  { organizationId }: MemberScope,
  known: Known,
  values: Values,
  changes: readonly Change[],
): Statement<unknown>[] {
  const customFields = changes.length > 0 ? patchOf(sql`${candidate.customFields}`, changes) : undefined;
  const asRead = and(
    eq(candidate.id, known.id),
    eq(candidate.organizationId, organizationId),
    eq(candidate.firstName, known.firstName),
    eq(candidate.lastName, known.lastName),
    values.externalIds === undefined ? undefined : eq(candidate.externalIds, known.externalIds),
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

export type ListAsked = Walk & {
  readonly parts: readonly CandidatePart[];
};

/**
 * A page, newest first; where it stopped looking, null where that is the end; and how many pass the filters, up to `totalMax`, where that is
 * asked. One statement, so that what is searched is looked up once: a last row without a place tells what is told of all.
 */
export function listCandidates(scope: MemberScope, asked: ListAsked, totalMax: number | null) {
  const { begun, ids, stop, total } = walkOf(scope, asked, totalMax);
  const page = sql`${begun}select id, null as stop, null as total from (${ids}) union all select null, ${stop}, ${total}`;
  const told = {
    place: sql<CandidateId | null>`page.id`,
    stop: sql<CandidateId | null>`page.stop`,
    total: sql<number | null>`page.total`,
  };
  const found = all(
    build
      .select({ ...columnsOf(scope, asked.parts), ...told })
      .from(sql`(${page}) as page`)
      .leftJoin(candidate, sql`${candidate.id} = page.id`)
      .leftJoin(organization, isInOrganization),
  );
  return {
    ...found,
    read: (result: Parameters<typeof found.read>[0]) => {
      const rows = found.read(result);
      const last = rows.find(({ place }) => place === null);
      // It is joined to the page's order, but SQL promises none without being asked to sort.
      const placed = rows.filter(isPlaced).sort((one, other) => (one.id < other.id ? 1 : -1));
      return { rows: placed, stop: last?.stop ?? null, total: last?.total ?? 0 };
    },
  };
}

/** Where there is a place there is a candidate, and an organization of theirs. */
function isPlaced<Row extends { readonly place: CandidateId | null }>(row: Row): row is Row & CandidateRow {
  return row.place !== null;
}
