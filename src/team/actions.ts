import type { Statement } from "../../db/statement.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { OrganizationId, TeamId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type {
  AddTeamMember,
  CreateTeam,
  ListTeamMembers,
  ListTeams,
  RenameTeam,
  SetTeamAdmin,
  ShownTeam,
  Team,
  TeamIn,
  TeamMember,
  TeamMemberIn,
} from "./contract.ts";
import * as store from "./store.ts";

type NewTeam = { id: TeamId; organizationId: OrganizationId; name: string; isDefault: boolean; createdAt: Date };

/** A team, and the statement that founds it, for the caller's own write. */
export function foundTeam(values: NewTeam): { team: Team; statement: Statement<number> } {
  const { organizationId: _, ...team } = values;
  return { team: { ...team, archivedAt: null }, statement: store.insertTeam(values) };
}

/** Puts a member in a team, in the caller's own write. Refuses with `already_in_team`. */
export const joinTeam = store.insertTeamMember;

/** Puts a new member in a team, or in the default team when that one is archived by now, in the caller's own write. */
export const joinOpenTeam = store.insertIntoOpenTeam;

/** For the caller's own write: the team is the organization's and open. Refuses with `not_found`, `team_archived`. */
export const teamIsOpen = store.teamIsOpen;

/** Takes a member out of every team, in the caller's own write. */
export const leaveEveryTeam = store.deletePlacesOf;

/** Makes a team with nobody in it yet. For owners and admins. */
export async function createTeam(deps: Deps, scope: MemberScope, { name }: CreateTeam): Promise<ShownTeam> {
  const { team, statement } = foundTeam({
    id: deps.newId("tem"),
    organizationId: scope.organizationId,
    name,
    isDefault: false,
    createdAt: deps.now(),
  });
  await deps.db.write([statement]);
  return { ...team, memberCount: 0, mayManage: true };
}

/** Refuses with `not_found`. */
export async function getTeam(deps: Deps, scope: MemberScope, { teamId }: TeamIn): Promise<ShownTeam> {
  const { found } = await deps.db.read({ found: store.shownTeam(scope, teamId) });
  return found ?? refuse("not_found");
}

/** The organization's teams, oldest first: by part of the name, by status, by member. */
export async function listTeams(deps: Deps, scope: MemberScope, input: ListTeams) {
  const [after = null] = keysOfCursor("teams", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({ rows: store.teamsOf(scope, input, after) });
  return toPage(rows, input.size, ({ id }) => encodeCursor("teams", [id]));
}

/** Refuses with `not_found`, `team_archived`, and `not_allowed` for who neither manages every team nor this one. */
export async function renameTeam(deps: Deps, scope: MemberScope, { teamId, name }: RenameTeam): Promise<ShownTeam> {
  const [, , team] = await deps.db
    .guardedBy(store.teamIsManaged(scope, teamId))
    .write([...store.updateName(scope, teamId, name), store.shownTeam(scope, teamId)]);
  return team ?? refuse("not_found");
}

/** Closes a team to changes; who was in it stays readable. Refuses with `default_team` and as `renameTeam` does. */
export async function archiveTeam(deps: Deps, scope: MemberScope, { teamId }: TeamIn): Promise<ShownTeam> {
  const [, , team] = await deps.db
    .guardedBy([...store.teamIsManaged(scope, teamId), store.teamIsNotDefault(scope, teamId)])
    .write([...store.archive(scope, teamId, deps.now()), store.shownTeam(scope, teamId)]);
  return team ?? refuse("not_found");
}

/** Who is in a team, archived or not, longest in the organization first. Refuses with `not_found`. */
export async function listTeamMembers(deps: Deps, scope: MemberScope, input: ListTeamMembers) {
  const [after = null] = keysOfCursor("team members", input.cursor, ["string"]) ?? [];
  const { team, rows } = await deps.db.read({
    team: store.shownTeam(scope, input.teamId),
    rows: store.placesOf(scope, input, after),
  });
  if (!team) return refuse("not_found");
  return toPage(rows, input.size, ({ memberId }) => encodeCursor("team members", [memberId]));
}

/**
 * Puts a member of the organization in a team (reference-checks, manage team members). Refuses with `not_found`,
 * `team_archived`, `not_allowed`, `already_in_team`.
 */
export async function addTeamMember(deps: Deps, scope: MemberScope, input: AddTeamMember): Promise<TeamMember> {
  const { teamId, memberId, isAdmin } = input;
  const place = { teamId, memberId, organizationId: scope.organizationId, isAdmin, createdAt: deps.now() };
  const [, added] = await deps.db
    .guardedBy([...store.teamIsManaged(scope, teamId), store.memberIsThere(scope, memberId)])
    .write([store.insertTeamMember(place), store.placeOf(scope, teamId, memberId)]);
  return added ?? refuse("not_found");
}

/** Refuses with `not_found`, also for who is not in the team, `team_archived`, `not_allowed`. */
export async function removeTeamMember(deps: Deps, scope: MemberScope, { teamId, memberId }: TeamMemberIn) {
  await deps.db.guardedBy(store.teamIsManaged(scope, teamId)).write(store.deletePlace(scope, teamId, memberId));
  return { done: true as const };
}

/** Makes somebody in the team one of its admins, or no longer. Refuses as `removeTeamMember` does. */
export async function setTeamAdmin(deps: Deps, scope: MemberScope, input: SetTeamAdmin): Promise<TeamMember> {
  const { teamId, memberId, isAdmin } = input;
  const [, , changed] = await deps.db
    .guardedBy(store.teamIsManaged(scope, teamId))
    .write([...store.updateAdmin(scope, teamId, memberId, isAdmin), store.placeOf(scope, teamId, memberId)]);
  return changed ?? refuse("not_found");
}
