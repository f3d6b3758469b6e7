import { and, desc, eq, getTableColumns, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { questionnaire, role, team, teamMember } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import { all, build, first, must, mustHaveChanged, run, type Statement, stays } from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { RoleId, TeamId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import type { Questionnaire } from "../questionnaire/contract.ts";
import type { EditRole, ListRoles } from "./contract.ts";
import { everyRole } from "./policy.ts";

/** 1 or true when this member may see what is the team's. Says nothing about the organization. */
export function seesTeam(scope: MemberScope, teamId: SQLWrapper): SQL {
  if (hasAtLeast(scope.access, everyRole)) return sql`true`;
  return sql`exists (select 1 from ${teamMember} where ${teamMember.teamId} = ${teamId} and ${teamMember.memberId} = ${scope.memberId})`;
}

const isOwn = (scope: MemberScope) => and(eq(role.organizationId, scope.organizationId), seesTeam(scope, role.teamId));
const isThis = (scope: MemberScope, roleId: RoleId) => and(eq(role.id, roleId), isOwn(scope));
const isOpen = sql`${role.status} = 'open'`;

export function mustSee(scope: MemberScope, roleId: RoleId): Statement<void> {
  return must(sql`exists (select 1 from ${role} where ${isThis(scope, roleId)})`, "not_found");
}

export function mustBeOpen(scope: MemberScope, roleId: RoleId): Statement<void> {
  return must(sql`exists (select 1 from ${role} where ${isThis(scope, roleId)} and ${isOpen})`, "role_closed");
}

const { titleFolded: _, organizationId: __, ...ownColumns } = getTableColumns(role);
const columns = { ...ownColumns, teamName: team.name };
const itsTeam = eq(team.id, role.teamId);
const atItsRevision = and(eq(questionnaire.roleId, role.id), eq(questionnaire.revision, role.revision));

/** With its present questionnaire. */
export function roleById(scope: MemberScope, roleId: RoleId) {
  return first(
    build
      .select({ ...columns, questionnaire: questionnaire.content })
      .from(role)
      .innerJoin(team, itsTeam)
      .innerJoin(questionnaire, atItsRevision)
      .where(isThis(scope, roleId)),
  );
}

/** Newest first. */
export function listRoles(scope: MemberScope, { status, teamId, search, size }: ListRoles, before: string | null) {
  return all(
    build
      .select(columns)
      .from(role)
      .innerJoin(team, itsTeam)
      .where(
        and(
          isOwn(scope),
          status && eq(role.status, status),
          teamId && eq(role.teamId, teamId),
          search === undefined ? undefined : contains(role.titleFolded, search),
          before === null ? undefined : sql`${role.id} < ${before}`,
        ),
      )
      .orderBy(desc(role.id))
      .limit(size + 1),
  );
}

type NewRole = Omit<typeof role.$inferInsert, "organizationId" | "titleFolded" | "teamId"> & {
  readonly teamId: TeamId | undefined;
};

/** In the organization's default team unless another is given. */
export function insertRole({ organizationId }: MemberScope, { teamId, ...values }: NewRole): Statement<number> {
  const defaultTeam = sql`(select ${team.id} from ${team} where ${team.organizationId} = ${organizationId} and ${team.isDefault} = 1)`;
  const titleFolded = folded(values.title);
  return run(build.insert(role).values({ ...values, organizationId, titleFolded, teamId: teamId ?? defaultTeam }));
}

type NewRevision = { roleId: RoleId; revision: number; content: Questionnaire; createdAt: Date };

export function insertQuestionnaire({ organizationId }: MemberScope, values: NewRevision): Statement<number> {
  return run(build.insert(questionnaire).values({ ...values, organizationId }));
}

export function updateRole(scope: MemberScope, { roleId, ...values }: EditRole): Statement<number> {
  const titleFolded = values.title && folded(values.title);
  const changed = build.update(role).set({ ...values, titleFolded, ...stays(role.createdAt) });
  return run(changed.where(and(isThis(scope, roleId), isOpen)));
}

/** Makes the next revision the present one. */
export function advanceRevision(scope: MemberScope, roleId: RoleId, from: number) {
  const advanced = build.update(role).set({ revision: from + 1 });
  return [
    run(advanced.where(and(isThis(scope, roleId), eq(role.revision, from), isOpen))),
    mustHaveChanged("moved_on"),
  ] as const;
}

export function closeRole(scope: MemberScope, roleId: RoleId, now: Date) {
  const closed = build.update(role).set({ status: "closed", closedAt: now });
  return [run(closed.where(and(isThis(scope, roleId), isOpen))), mustHaveChanged("role_closed")] as const;
}
