// Who may do what with an organization: the least access each call needs. Pure.
import type { Access } from "../kernel/scope.ts";

export const organizationPolicy = {
  get: "hiring_manager",
  edit: "admin",
} as const satisfies Record<string, Access>;
