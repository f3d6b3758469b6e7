// A project's life: draft, active, archived, and nothing after that. Every step there is stands in this table. Pure.
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";

export const projectStatuses = ["draft", "active", "archived"] as const;
export type ProjectStatus = (typeof projectStatuses)[number];

export const projectVerbs = ["activate", "archive"] as const;
export type ProjectVerb = (typeof projectVerbs)[number];

export type ProjectStep = Step<ProjectStatus, ProjectVerb, "member"> & {
  readonly to: ProjectStatus;
  /** Only a project that has something to answer can take it. */
  readonly needsContent: boolean;
};

/** Archived is final: interviews, ratings and reports may rely on it. */
export const projectSteps: readonly ProjectStep[] = [
  { verb: "activate", from: ["draft"], to: "active", who: ["member"], needsContent: true },
  { verb: "archive", from: ["draft", "active"], to: "archived", who: ["member"], needsContent: false },
];

export function projectStepFor(status: ProjectStatus, verb: ProjectVerb): ProjectStep | undefined {
  return stepFor(projectSteps, status, verb);
}

/** The verbs a project in this status, with this many steps to answer, can take; in the table's order. */
export function projectVerbsFrom(status: ProjectStatus, stepCount: number): ProjectVerb[] {
  return verbsFrom(
    projectSteps.filter(({ needsContent }) => stepCount > 0 || !needsContent),
    status,
    "member",
  );
}
