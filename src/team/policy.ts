// Who may do what with a team: the least access each call needs. Where that is `hiring_manager`, the write itself also
// asks for an owner, an admin, or an admin of that very team. Pure.
import type { Access } from "../kernel/scope.ts";

export const teamPolicy = {
  create: "admin",
  list: "hiring_manager",
  get: "hiring_manager",
  members: "hiring_manager",
  rename: "hiring_manager",
  archive: "hiring_manager",
  addMember: "hiring_manager",
  removeMember: "hiring_manager",
  setAdmin: "hiring_manager",
} as const satisfies Record<string, Access>;

/** From here up, every team of the organization is managed without being in it. */
export const managesEveryTeam: Access = "admin";
