// Who may do what with a project: the least access each call needs. Pure.
import type { Access } from "../kernel/scope.ts";

export const projectPolicy = {
  create: "recruiter",
  edit: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
  setSteps: "recruiter",
  setCriteria: "recruiter",
  activate: "recruiter",
  archive: "recruiter",
  roles: "hiring_manager",
  assignRole: "recruiter",
  unassignRole: "recruiter",
} as const satisfies Record<string, Access>;

/** From this access up a member sees and manages every project; below it, those in which they hold a role. */
export const everyProject: Access = "recruiter";
