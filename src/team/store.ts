import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { member, team, teamMember, user } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { MemberId, OrganizationId, TeamId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import type { ListTeamMembers, ListTeams } from "./contract.ts";
import { managesEveryTeam } from "./policy.ts";

export function insertTeam(values: Omit<typeof team.$inferInsert, "nameFolded">) {
  return run(build.insert(team).values({ ...values, nameFolded: folded(values.name) }));
}

export function insertTeamMember(values: typeof teamMember.$inferInsert) {
  return unlessTaken(run(build.insert(teamMember).values(values)), "already_in_team");
}

type NewPlace = { teamId: TeamId; memberId: MemberId; organizationId: OrganizationId; createdAt: Date };

/** Puts a member in the team, or in the default one when that has been archived since. */
export function insertIntoOpenTeam({ teamId, memberId, organizationId, createdAt }: NewPlace): Statement<void> {
  return raw(
    sql`insert into ${teamMember} (team_id, member_id, organization_id, is_admin, created_at)
      select ${team.id}, ${memberId}, ${organizationId}, 0, ${createdAt.getTime()} from ${team}
      where ${team.organizationId} = ${organizationId} and ${team.archivedAt} is null
        and (${team.id} = ${teamId} or ${team.isDefault} = 1)
      order by ${team.id} = ${teamId} desc limit 1`,
    () => undefined,
  );
}

function isOwn(scope: MemberScope, teamId: TeamId): SQL {
  return sql`${team.id} = ${teamId} and ${team.organizationId} = ${scope.organizationId}`;
}

/** The one rule of who manages a team: owners and admins every one, a team's admins theirs. */
function manages(scope: MemberScope, teamId: TeamId | typeof team.id): SQL {
  if (hasAtLeast(scope.access, managesEveryTeam)) return sql`1`;
  return sql`exists (select 1 from ${teamMember} where ${teamMember.teamId} = ${teamId} and ${teamMember.memberId} = ${scope.memberId} and ${teamMember.isAdmin} = 1)`;
}

/** The team is the organization's own and not archived: goes before whatever changes it. */
export function teamIsOpen(scope: MemberScope, teamId: TeamId): Statement<void>[] {
  return [
    must(sql`exists (select 1 from ${team} where ${isOwn(scope, teamId)})`, "not_found"),
    must(
      sql`exists (select 1 from ${team} where ${isOwn(scope, teamId)} and ${team.archivedAt} is null)`,
      "team_archived",
    ),
  ];
}

export function teamIsManaged(scope: MemberScope, teamId: TeamId): Statement<void>[] {
  return [...teamIsOpen(scope, teamId), must(manages(scope, teamId), "not_allowed")];
}

export function teamIsNotDefault(scope: MemberScope, teamId: TeamId): Statement<void> {
  return must(
    sql`not exists (select 1 from ${team} where ${isOwn(scope, teamId)} and ${team.isDefault} = 1)`,
    "default_team",
  );
}

export function memberIsThere(scope: MemberScope, memberId: MemberId): Statement<void> {
  return must(
    sql`exists (select 1 from ${member} where ${member.id} = ${memberId} and ${member.organizationId} = ${scope.organizationId} and ${member.removedAt} is null)`,
    "not_found",
  );
}

function shownTeams(scope: MemberScope) {
  const memberCount = sql`(select count(*) from ${teamMember} where ${teamMember.teamId} = ${team.id})`;
  const mayManage = sql`(${team.archivedAt} is null and ${manages(scope, team.id)})`;
  return build
    .select({
      id: team.id,
      name: team.name,
      isDefault: team.isDefault,
      createdAt: team.createdAt,
      archivedAt: team.archivedAt,
      memberCount: sql<number>`${memberCount}`,
      mayManage: sql<boolean>`${mayManage}`.mapWith(Boolean),
    })
    .from(team);
}

export function shownTeam(scope: MemberScope, teamId: TeamId) {
  return first(shownTeams(scope).where(isOwn(scope, teamId)));
}

/** Where the page before ended, as its cursor says. */
type After = string | null;
type TeamFilter = Pick<ListTeams, "search" | "status" | "memberId" | "size">;

/** Oldest first. */
export function teamsOf(scope: MemberScope, { search, status, memberId, size }: TeamFilter, after: After) {
  return all(
    shownTeams(scope)
      .where(
        and(
          eq(team.organizationId, scope.organizationId),
          after === null ? undefined : sql`${team.id} > ${after}`,
          search === undefined ? undefined : contains(team.nameFolded, search),
          status === "active" ? isNull(team.archivedAt) : undefined,
          status === "archived" ? isNotNull(team.archivedAt) : undefined,
          memberId === undefined
            ? undefined
            : sql`exists (select 1 from ${teamMember} where ${teamMember.teamId} = ${team.id} and ${teamMember.memberId} = ${memberId})`,
        ),
      )
      .orderBy(team.id)
      .limit(size + 1),
  );
}

export function updateName(scope: MemberScope, teamId: TeamId, name: string) {
  const renamed = build
    .update(team)
    .set({ name, nameFolded: folded(name) })
    .where(and(isOwn(scope, teamId), isNull(team.archivedAt)));
  return [run(renamed), mustHaveChanged("team_archived")] as const;
}

export function archive(scope: MemberScope, teamId: TeamId, now: Date) {
  const archived = build
    .update(team)
    .set({ archivedAt: now })
    .where(and(isOwn(scope, teamId), isNull(team.archivedAt), eq(team.isDefault, false)));
  return [run(archived), mustHaveChanged("team_archived")] as const;
}

function placesIn(scope: MemberScope) {
  const inOrganization = eq(teamMember.organizationId, scope.organizationId);
  return {
    inOrganization,
    query: build
      .select({
        memberId: teamMember.memberId,
        firstName: user.firstName,
        lastName: user.lastName,
        email: user.email,
        access: member.access,
        isAdmin: teamMember.isAdmin,
        joinedAt: teamMember.createdAt,
      })
      .from(teamMember)
      .innerJoin(member, eq(member.id, teamMember.memberId))
      .innerJoin(user, eq(user.id, member.userId)),
  };
}

export function placeOf(scope: MemberScope, teamId: TeamId, memberId: MemberId) {
  const { query, inOrganization } = placesIn(scope);
  return first(query.where(and(inOrganization, eq(teamMember.teamId, teamId), eq(teamMember.memberId, memberId))));
}

/** In the order in which they became members of the organization. */
export function placesOf(scope: MemberScope, { teamId, size }: ListTeamMembers, after: After) {
  const { query, inOrganization } = placesIn(scope);
  return all(
    query
      .where(
        and(
          inOrganization,
          eq(teamMember.teamId, teamId),
          after === null ? undefined : sql`${teamMember.memberId} > ${after}`,
        ),
      )
      .orderBy(teamMember.memberId)
      .limit(size + 1),
  );
}

function isPlace(scope: MemberScope, teamId: TeamId, memberId: MemberId) {
  return and(
    eq(teamMember.teamId, teamId),
    eq(teamMember.memberId, memberId),
    eq(teamMember.organizationId, scope.organizationId),
  );
}

export function updateAdmin(scope: MemberScope, teamId: TeamId, memberId: MemberId, isAdmin: boolean) {
  const changed = build
    .update(teamMember)
    .set({ isAdmin })
    .where(isPlace(scope, teamId, memberId));
  return [run(changed), mustHaveChanged("not_found")] as const;
}

export function deletePlace(scope: MemberScope, teamId: TeamId, memberId: MemberId) {
  return [run(build.delete(teamMember).where(isPlace(scope, teamId, memberId))), mustHaveChanged("not_found")] as const;
}

/** Takes a member out of every team. */
export function deletePlacesOf(scope: MemberScope, memberId: MemberId): Statement<number> {
  return run(
    build
      .delete(teamMember)
      .where(and(eq(teamMember.memberId, memberId), eq(teamMember.organizationId, scope.organizationId))),
  );
}
