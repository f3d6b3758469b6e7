// Who may do what with notes about candidates: the least access each call needs. Pure.
import type { Access } from "../kernel/scope.ts";

export const notePolicy = {
  add: "hiring_manager",
  edit: "hiring_manager",
  remove: "hiring_manager",
  list: "hiring_manager",
} as const satisfies Record<string, Access>;

/** From here up everybody's notes are changed and removed; below it, one's own. */
export const editsEveryNote: Access = "admin";
