import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  inArray,
  isNull,
  notInArray,
  type SQL,
  type SQLWrapper,
  sql,
} from "drizzle-orm";
import { criterion, member, organization, project, projectRevision, projectRole, user } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import {
  all,
  build,
  first,
  must,
  mustHaveChanged,
  run,
  type Statement,
  stays,
  unlessTaken,
} from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { CriterionId, MemberId, ProjectId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope, type SystemScope } from "../kernel/scope.ts";
import type { EditProject, ListProjects, RoleChange, Step } from "./contract.ts";
import type { ProjectStep } from "./machine.ts";
import { everyProject, isJudged, type ProjectRole, projectRoles } from "./policy.ts";

/** Parenthesized, so that Drizzle keeps the table's name on the outer column wherever this is put. */
function holdsRole(scope: MemberScope, projectId: SQLWrapper, ...roles: readonly ProjectRole[]): SQL<number> {
  const held = sql`exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${projectId} and ${projectRole.memberId} = ${scope.memberId} and ${inArray(projectRole.role, [...roles])})`;
  return sql<number>`(${held})`;
}

function reachesBy(scope: MemberScope, projectId: SQLWrapper, ...roles: readonly ProjectRole[]): SQL<number> {
  return hasAtLeast(scope.access, everyProject) ? sql<number>`true` : holdsRole(scope, projectId, ...roles);
}

/** 1 or true when this member may see the project with this id. Says nothing about the organization. */
export function seesProject(scope: MemberScope, projectId: SQLWrapper): SQL<number> {
  return reachesBy(scope, projectId, ...projectRoles);
}

/** 1 or true when this member may send candidates through the project with this id. Says nothing about the organization. */
export function managesProject(scope: MemberScope, projectId: SQLWrapper): SQL<number> {
  return reachesBy(scope, projectId, "interview_manager");
}

const isOwn = (scope: MemberScope) =>
  and(eq(project.organizationId, scope.organizationId), seesProject(scope, project.id));
const isThis = (scope: MemberScope, projectId: ProjectId) => and(eq(project.id, projectId), isOwn(scope));
const isOpen = sql`${project.status} <> 'archived'`;
const atItsRevision = and(eq(projectRevision.projectId, project.id), eq(projectRevision.revision, project.revision));
const hasContent = sql`exists (select 1 from ${projectRevision} where ${atItsRevision} and ${projectRevision.stepCount} > 0)`;

export function mustSee(scope: MemberScope, projectId: ProjectId): Statement<void> {
  return must(sql`exists (select 1 from ${project} where ${isThis(scope, projectId)})`, "not_found");
}

export function mustBeOpen(scope: MemberScope, projectId: ProjectId): Statement<void> {
  return must(
    sql`exists (select 1 from ${project} where ${isThis(scope, projectId)} and ${isOpen})`,
    "project_archived",
  );
}

/** Fails unless candidates can be invited to it. */
export function mustBeActive(scope: MemberScope | SystemScope, projectId: ProjectId): Statement<void> {
  const isIt = scope.kind === "system" ? eq(project.id, projectId) : isThis(scope, projectId);
  return must(
    sql`exists (select 1 from ${project} where ${isIt} and ${project.status} = 'active')`,
    "project_not_active",
  );
}

const { nameFolded: _, ...ownColumns } = getTableColumns(project);
const columns = { ...ownColumns, stepCount: projectRevision.stepCount };

export function projectById(scope: MemberScope, projectId: ProjectId) {
  return first(
    build.select(columns).from(project).innerJoin(projectRevision, atItsRevision).where(isThis(scope, projectId)),
  );
}

/** The steps of the current revision. */
export function currentSteps(scope: MemberScope, projectId: ProjectId) {
  return first(
    build
      .select({ revision: project.revision, status: project.status, steps: projectRevision.steps })
      .from(project)
      .innerJoin(projectRevision, atItsRevision)
      .where(isThis(scope, projectId)),
  );
}

/** What inviting somebody needs to know, and whether this member may. Undefined for a project they may not see. */
export function projectForInviting(scope: MemberScope, projectId: ProjectId) {
  return first(
    build
      .select({
        id: project.id,
        name: project.name,
        kind: project.kind,
        status: project.status,
        language: project.language,
        revision: project.revision,
        stepCount: projectRevision.stepCount,
        /** The project's own, else the organization's. */
        interviewPeriodSeconds:
          sql<number>`coalesce(${project.defaultInterviewPeriodSeconds}, ${organization.defaultInterviewPeriodSeconds})`.mapWith(
            Number,
          ),
        maxInterviewSeconds: project.maxInterviewSeconds,
        interruptionGraceSeconds: project.interruptionGraceSeconds,
        reminderHours: project.reminderHours,
        deadlineAppliesTo: project.deadlineAppliesTo,
        passwordRequired: project.passwordRequired,
        mayManage: managesProject(scope, project.id).mapWith(Boolean),
        isEvaluator: holdsRole(scope, project.id, "evaluator").mapWith(Boolean),
        organization: {
          name: organization.name,
          slug: organization.slug,
          language: organization.language,
          timeZone: organization.timeZone,
          defaultInterviewPeriodSeconds: organization.defaultInterviewPeriodSeconds,
          frontendOrigins: organization.frontendOrigins,
          senderName: organization.senderName,
        },
      })
      .from(project)
      .innerJoin(projectRevision, atItsRevision)
      .innerJoin(organization, eq(organization.id, project.organizationId))
      .where(isThis(scope, projectId)),
  );
}

/** `after` holds the last item's keys: its id, or its folded name and id when sorted by name. */
export function listProjects(scope: MemberScope, wanted: ListProjects, after: readonly string[] | null) {
  const { status, kind, label, search, sort, size } = wanted;
  const beyond = {
    created: after && sql`${project.id} < ${after[0]}`,
    name: after && sql`(${project.nameFolded}, ${project.id}) > (${after[0]}, ${after[1]})`,
  };
  const order = { created: [desc(project.id)], name: [asc(project.nameFolded), asc(project.id)] };
  return all(
    build
      .select(columns)
      .from(project)
      .innerJoin(projectRevision, atItsRevision)
      .where(
        and(
          isOwn(scope),
          status && eq(project.status, status),
          kind && eq(project.kind, kind),
          label === undefined
            ? undefined
            : sql`exists (select 1 from json_each(${project.labels}) where value = ${label})`,
          search === undefined ? undefined : contains(project.nameFolded, search),
          beyond[sort] ?? undefined,
        ),
      )
      .orderBy(...order[sort])
      .limit(size + 1),
  );
}

type NewProject = Omit<typeof project.$inferInsert, "organizationId" | "language" | "nameFolded"> & {
  language: (typeof project.$inferInsert)["language"] | undefined;
};

/** In the organization's language unless another is given. */
export function insertProject(scope: MemberScope, { language, ...values }: NewProject) {
  const organizations = sql`(select ${organization.language} from ${organization} where ${organization.id} = ${scope.organizationId})`;
  return run(
    build.insert(project).values({
      ...values,
      nameFolded: folded(values.name),
      language: language ?? organizations,
      organizationId: scope.organizationId,
    }),
  );
}

export function insertRevision(
  scope: MemberScope,
  values: { projectId: ProjectId; revision: number; steps: Step[]; createdAt: Date },
) {
  const { steps } = values;
  const counts = { stepCount: steps.length, judgedCount: steps.filter(isJudged).length };
  return run(build.insert(projectRevision).values({ ...values, ...counts, organizationId: scope.organizationId }));
}

export function updateProject(scope: MemberScope, { projectId, ...values }: EditProject) {
  return run(
    build
      .update(project)
      .set({ ...values, nameFolded: values.name && folded(values.name), ...stays(project.createdAt) })
      .where(and(isThis(scope, projectId), isOpen)),
  );
}

/** Makes the next revision the current one. An active project never goes without steps. */
export function advanceRevision(scope: MemberScope, projectId: ProjectId, from: number, stepCount: number) {
  return [
    run(
      build
        .update(project)
        .set({ revision: from + 1 })
        .where(
          and(
            isThis(scope, projectId),
            eq(project.revision, from),
            stepCount > 0 ? isOpen : eq(project.status, "draft"),
          ),
        ),
    ),
    mustHaveChanged("moved_on"),
  ] as const;
}

export function advanceProject(scope: MemberScope, projectId: ProjectId, step: ProjectStep, now: Date) {
  return [
    run(
      build
        .update(project)
        .set({ status: step.to, ...(step.to === "active" ? { activatedAt: now } : { archivedAt: now }) })
        .where(
          and(
            isThis(scope, projectId),
            inArray(project.status, [...step.from]),
            step.needsContent ? hasContent : undefined,
          ),
        ),
    ),
    mustHaveChanged("moved_on"),
  ] as const;
}

const isCriterionOf = (scope: MemberScope, projectId: ProjectId) =>
  and(
    eq(criterion.organizationId, scope.organizationId),
    eq(criterion.projectId, projectId),
    isNull(criterion.removedAt),
  );

/** In their order. At most as many as a project may have. */
export function criteriaOf(scope: MemberScope, projectId: ProjectId) {
  return all(build.select().from(criterion).where(isCriterionOf(scope, projectId)).orderBy(asc(criterion.position)));
}

export function mustBeCriteria(scope: MemberScope, projectId: ProjectId, ids: CriterionId[]): Statement<void> {
  return must(
    sql`(select count(*) from ${criterion} where ${isCriterionOf(scope, projectId)} and ${inArray(criterion.id, ids)}) = ${ids.length}`,
    "not_found",
  );
}

export function removeCriteriaBut(scope: MemberScope, projectId: ProjectId, kept: CriterionId[], now: Date) {
  return run(
    build
      .update(criterion)
      .set({ removedAt: now })
      .where(and(isCriterionOf(scope, projectId), notInArray(criterion.id, kept))),
  );
}

type NewCriterion = Omit<typeof criterion.$inferInsert, "organizationId">;

/** Adds what is new and rewrites what is there, by id. */
export function putCriteria(scope: MemberScope, projectId: ProjectId, values: readonly NewCriterion[]) {
  return run(
    build
      .insert(criterion)
      .values(values.map((value) => ({ ...value, organizationId: scope.organizationId })))
      .onConflictDoUpdate({
        target: criterion.id,
        set: {
          position: sql`excluded.position`,
          name: sql`excluded.name`,
          description: sql`excluded.description`,
          scaleMax: sql`excluded.scale_max`,
          isRequired: sql`excluded.is_required`,
        },
        setWhere: eq(criterion.projectId, projectId),
      }),
  );
}

const isRoleOf = (scope: MemberScope, projectId: ProjectId) =>
  and(eq(projectRole.organizationId, scope.organizationId), eq(projectRole.projectId, projectId));
const byPresentMember = and(eq(member.id, projectRole.memberId), isNull(member.removedAt));

/** How many members hold each role; a role nobody holds is not among the rows. */
export function roleCounts(scope: MemberScope, projectId: ProjectId) {
  return all(
    build
      .select({ role: projectRole.role, count: sql<number>`count(*)` })
      .from(projectRole)
      .innerJoin(member, byPresentMember)
      .where(isRoleOf(scope, projectId))
      .groupBy(projectRole.role),
  );
}

const roleHolders = (condition: SQL | undefined) =>
  build
    .select({
      memberId: projectRole.memberId,
      role: projectRole.role,
      firstName: user.firstName,
      lastName: user.lastName,
      email: user.email,
      createdAt: projectRole.createdAt,
    })
    .from(projectRole)
    .innerJoin(member, byPresentMember)
    .innerJoin(user, eq(user.id, member.userId))
    .where(condition);

/** In the order members were made; `after` holds the last item's member and role. */
export function listRoles(
  scope: MemberScope,
  wanted: { projectId: ProjectId; role?: ProjectRole | undefined; size: number },
  after: readonly string[] | null,
) {
  return all(
    roleHolders(
      and(
        isRoleOf(scope, wanted.projectId),
        wanted.role && eq(projectRole.role, wanted.role),
        after ? sql`(${projectRole.memberId}, ${projectRole.role}) > (${after[0]}, ${after[1]})` : undefined,
      ),
    )
      .orderBy(asc(projectRole.memberId), asc(projectRole.role))
      .limit(wanted.size + 1),
  );
}

export function roleHolder(scope: MemberScope, { projectId, memberId, role }: RoleChange) {
  return first(
    roleHolders(and(isRoleOf(scope, projectId), eq(projectRole.memberId, memberId), eq(projectRole.role, role))),
  );
}

export function mustBeMember(scope: MemberScope, memberId: MemberId): Statement<void> {
  return must(
    sql`exists (select 1 from ${member} where ${member.id} = ${memberId} and ${member.organizationId} = ${scope.organizationId} and ${member.removedAt} is null)`,
    "not_found",
  );
}

export function insertRole(scope: MemberScope, values: RoleChange & { createdAt: Date }) {
  return unlessTaken(
    run(build.insert(projectRole).values({ ...values, organizationId: scope.organizationId })),
    "role_taken",
  );
}

/** Takes every role in every project from a member. */
export function deleteRolesOf(scope: MemberScope, memberId: MemberId): Statement<number> {
  return run(
    build
      .delete(projectRole)
      .where(and(eq(projectRole.memberId, memberId), eq(projectRole.organizationId, scope.organizationId))),
  );
}

export function deleteRole(scope: MemberScope, { projectId, memberId, role }: RoleChange) {
  return [
    run(
      build
        .delete(projectRole)
        .where(and(isRoleOf(scope, projectId), eq(projectRole.memberId, memberId), eq(projectRole.role, role))),
    ),
    mustHaveChanged("not_found"),
  ] as const;
}
