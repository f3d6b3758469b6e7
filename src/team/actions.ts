import type { Statement } from "../../db/statement.ts";
import type { OrganizationId, TeamId } from "../kernel/ids.ts";
import type { Team } from "./contract.ts";
import * as store from "./store.ts";

type NewTeam = { id: TeamId; organizationId: OrganizationId; name: string; isDefault: boolean; createdAt: Date };

/** A team, and the statement that founds it, for the caller's own write. */
export function foundTeam(values: NewTeam): { team: Team; statement: Statement<number> } {
  const { organizationId: _, ...team } = values;
  return { team: { ...team, archivedAt: null }, statement: store.insertTeam(values) };
}

/** Puts a member in a team, in the caller's own write. */
export const joinTeam = store.insertTeamMember;
