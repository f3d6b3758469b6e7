// Who may do what with role templates: the least access each call needs. Pure.
import type { Access } from "../kernel/scope.ts";

export const roleTemplatePolicy = {
  create: "recruiter",
  edit: "recruiter",
  remove: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
} as const satisfies Record<string, Access>;
