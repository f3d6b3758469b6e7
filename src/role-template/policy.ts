// Who may do what with role templates: the least access each call needs; and who may be asked by one. Pure.
import type { Access } from "../kernel/scope.ts";

/** What a reference is to the candidate: who led them, worked beside them, was led by them, or paid for their work. */
export const relationships = ["manager", "colleague", "report", "client"] as const;

export const roleTemplatePolicy = {
  create: "recruiter",
  edit: "recruiter",
  remove: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
} as const satisfies Record<string, Access>;
