import { and, desc, eq, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { candidate, extension, interview, isOpen, member, projectRole } from "../../db/schema/index.ts";
import {
  all,
  build,
  cell,
  first,
  must,
  mustHaveChanged,
  run,
  type Statement,
  unlessTaken,
} from "../../db/statement.ts";
import { interviewsForStep } from "../interview/actions.ts";
import type { Reason } from "../kernel/errors.ts";
import type { ExtensionId, ProjectId } from "../kernel/ids.ts";
import { accessLevels, hasAtLeast, type MemberScope, type SystemScope, systemScope } from "../kernel/scope.ts";
import { seesProject } from "../project/actions.ts";
import type { ListExtensions, Step } from "./contract.ts";
import { countMax, leaseMs } from "./policy.ts";

export type ExtensionRow = typeof extension.$inferSelect;

// What a project's open interviews are, now and at the deadline they have.

// What `isOpen` says, with the table named: candidates, who are joined here, have a status of their own.
const openOf = (projectId: ProjectId) =>
  sql`${interview.projectId} = ${projectId} and ${interview.status} in ('invited', 'confirmed', 'interviewing')`;
const notDue = (now: Date) => sql`(${interview.dueAt} is null or ${interview.dueAt} > ${now.getTime()})`;

function moves(step: Step): SQL {
  return step.to === "later"
    ? sql`${interview.deadlineAt} is not null`
    : sql`${interview.deadlineAt} < ${step.deadlineMs}`;
}

function countUpTo(which: SQL): SQL<number> {
  return sql<number>`(select count(*) from (select 1 from ${interview} where ${which} limit ${countMax + 1}))`;
}

/** How many are open, and how many of them would be moved: each up to one more than are counted. */
export function openCounts(_scope: MemberScope, projectId: ProjectId, step: Step, now: Date) {
  const open = sql`${openOf(projectId)} and ${notDue(now)}`;
  return {
    open: cell<number>(sql`select ${countUpTo(open)}`),
    moves: cell<number>(sql`select ${countUpTo(sql`${open} and ${moves(step)}`)}`),
  };
}

export function firstToMove(_scope: MemberScope, projectId: ProjectId, step: Step, now: Date, size: number) {
  return all(
    build
      .select({
        interviewId: interview.id,
        firstName: candidate.firstName,
        lastName: candidate.lastName,
        before: interview.deadlineAt,
      })
      .from(interview)
      .innerJoin(candidate, eq(candidate.id, interview.candidateId))
      .where(sql`${openOf(projectId)} and ${notDue(now)} and ${moves(step)}`)
      .orderBy(interview.createdAt, interview.id)
      .limit(size),
  );
}

// The job.

export function insertExtension(values: typeof extension.$inferInsert) {
  return unlessTaken(run(build.insert(extension).values(values)), "extension_running");
}

const isSeen = (scope: MemberScope) =>
  and(eq(extension.organizationId, scope.organizationId), seesProject(scope, extension.projectId));

export function extensionById(scope: MemberScope | SystemScope, extensionId: ExtensionId) {
  const isIt = eq(extension.id, extensionId);
  return first(
    build
      .select()
      .from(extension)
      .where(scope.kind === "system" ? isIt : and(isIt, isSeen(scope))),
  );
}

export function listExtensions(scope: MemberScope, { projectId, size }: ListExtensions, before: string | null) {
  return all(
    build
      .select()
      .from(extension)
      .where(
        and(
          eq(extension.projectId, projectId),
          isSeen(scope),
          before === null ? undefined : lt(extension.id, before as ExtensionId),
        ),
      )
      .orderBy(desc(extension.id))
      .limit(size + 1),
  );
}

export function cancelExtension(
  scope: MemberScope | SystemScope,
  extensionId: ExtensionId,
  endedWhy: Reason | null,
  now: Date,
): readonly [Statement<number>, Statement<void>] {
  const isIt = and(eq(extension.id, extensionId), eq(extension.status, "running"));
  return [
    run(
      build
        .update(extension)
        .set({ status: "canceled", endedWhy, endedAt: now, leasedUntil: null })
        .where(scope.kind === "system" ? isIt : and(isIt, eq(extension.organizationId, scope.organizationId))),
    ),
    mustHaveChanged("moved_on"),
  ];
}

/** Jobs nobody works on. */
export function waitingExtensions(_scope: SystemScope, now: Date, size: number) {
  return all(
    build
      .select({ id: extension.id })
      .from(extension)
      .where(and(eq(extension.status, "running"), or(isNull(extension.leasedUntil), lt(extension.leasedUntil, now))))
      .orderBy(extension.leasedUntil, extension.id)
      .limit(size),
  );
}

type Place = Pick<ExtensionRow, "doneCreatedAt" | "doneId">;

/** The next interviews of the job in the order of their creation, open or not open any more by the time they are read. */
export function nextCrowd({ projectId, createdAt, doneCreatedAt, doneId }: ExtensionRow, size: number) {
  const beyond =
    doneCreatedAt === null || doneId === null
      ? sql`true`
      : sql`(created_at, id) > (${doneCreatedAt.getTime()}, ${doneId})`;
  const next = sql`(select id from ${interview} where project_id = ${projectId} and ${isOpen} and created_at <= ${createdAt.getTime()} and ${beyond} order by created_at, id limit ${size})`;
  return interviewsForStep(systemScope, sql`${interview.id} in ${next}`);
}

const managingAccess = accessLevels.filter((access) => hasAtLeast(access, "recruiter"));

/** Whoever started it may still do so. */
export function starterStillManages({ startedBy, projectId }: ExtensionRow): Statement<void> {
  const holdsRole = sql`exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${projectId} and ${projectRole.memberId} = ${startedBy} and ${projectRole.role} = 'interview_manager')`;
  const isSenior = sql`${member.access} in (select value from json_each(${JSON.stringify(managingAccess)}))`;
  return must(
    sql`exists (select 1 from ${member} where ${member.id} = ${startedBy} and ${member.removedAt} is null and (${isSenior} or ${holdsRole}))`,
    "not_allowed",
  );
}

type Progress = { readonly place: Place; readonly moved: number; readonly leftAlone: number; readonly isLast: boolean };

/** From where it was read to where it stands now: of two that work on it the second is refused. */
export function progressTo(job: ExtensionRow, { place, moved, leftAlone, isLast }: Progress, now: Date) {
  const ended = { status: "finished", endedAt: now, leasedUntil: null } as const;
  return [
    run(
      build
        .update(extension)
        .set({
          ...place,
          moved: job.moved + moved,
          leftAlone: job.leftAlone + leftAlone,
          ...(isLast ? ended : { leasedUntil: new Date(now.getTime() + leaseMs) }),
        })
        .where(
          and(eq(extension.id, job.id), eq(extension.status, "running"), sql`${extension.doneId} is ${job.doneId}`),
        ),
    ),
    mustHaveChanged("moved_on"),
  ];
}
