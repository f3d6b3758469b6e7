// A project's life: draft, active, archived, and nothing after that. Every step there is stands in this table. Pure.
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";

export const projectStatuses = ["draft", "active", "archived"] as const;
export type ProjectStatus = (typeof projectStatuses)[number];

export const projectVerbs = ["activate", "archive"] as const;
export type ProjectVerb = (typeof projectVerbs)[number];

type ProjectStep = Step<ProjectStatus, ProjectVerb, "member"> & { readonly to: ProjectStatus };

/** Archived is final: interviews, ratings and reports may rely on it. */
export const projectSteps: readonly ProjectStep[] = [
  { verb: "activate", from: ["draft"], to: "active", who: ["member"] },
  { verb: "archive", from: ["draft", "active"], to: "archived", who: ["member"] },
];

export function projectStepFor(status: ProjectStatus, verb: ProjectVerb): ProjectStep | undefined {
  return stepFor(projectSteps, status, verb);
}

/** The verbs a project in this status can still take, in the table's order. */
export function projectVerbsFrom(status: ProjectStatus): ProjectVerb[] {
  return verbsFrom(projectSteps, status, "member");
}
