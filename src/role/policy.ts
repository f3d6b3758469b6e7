// Who may do what with roles: the least access each call needs. Pure.
import type { Access } from "../kernel/scope.ts";

export const rolePolicy = {
  create: "recruiter",
  edit: "recruiter",
  setQuestionnaire: "recruiter",
  close: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
} as const satisfies Record<string, Access>;

/** From this access up a member sees every role; below it, those of the teams they are in. */
export const everyRole: Access = "recruiter";
