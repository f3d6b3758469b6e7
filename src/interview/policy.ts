// Who may do what with an interview: the least access each call needs. A hiring manager may only where they hold a
// role in the project; `manages` is that question, answered by the database in the same round trip. Pure.
import { refuse } from "../kernel/errors.ts";
import type { Access } from "../kernel/scope.ts";
import type { ProjectStatus } from "../project/machine.ts";
import type { Verb } from "./machine.ts";

export const interviewPolicy = {
  read: "hiring_manager",
  manage: "hiring_manager",
} as const satisfies Record<string, Access>;

/** Refuses with `not_allowed` whoever sees the interview but does not manage its project. */
export function mustManage({ manages }: { readonly manages: number | boolean }): void {
  if (!manages) refuse("not_allowed");
}

const whileActive: ReadonlySet<Verb> = new Set(["invite", "restore", "reset"]);

/** Nobody is invited, for the first time or again, into a project that is not active. */
export function offeredIn(projectStatus: ProjectStatus, verbs: readonly Verb[]): Verb[] {
  return verbs.filter((verb) => projectStatus === "active" || !whileActive.has(verb));
}
