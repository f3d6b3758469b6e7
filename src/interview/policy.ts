// Who may do what with an interview: the least access each call needs. A hiring manager may only where they hold a
// role in the project; `manages` is that question, answered by the database in the same round trip. Pure.
import { refuse } from "../kernel/errors.ts";
import type { Access } from "../kernel/scope.ts";
import type { ProjectStatus } from "../project/machine.ts";
import type { Accommodations } from "./contract.ts";
import type { Rules, Status, Verb } from "./machine.ts";

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

/** As for everybody. */
export const noAccommodations: Accommodations = { timeMultiplier: 1, extraTakes: 0, extraGraceSeconds: 0 };

/** The seconds somebody gets who gets more time; whole, and never fewer by rounding. */
export function longer(seconds: number, { timeMultiplier }: Accommodations): number {
  return Math.ceil(Math.round(seconds * timeMultiplier * 100) / 100);
}

function eased(rules: Rules, accommodations: Accommodations): Rules {
  return {
    maxInterviewSeconds: longer(rules.maxInterviewSeconds, accommodations),
    interruptionGraceSeconds: rules.interruptionGraceSeconds + accommodations.extraGraceSeconds,
    deadlineAppliesTo: rules.deadlineAppliesTo,
  };
}

type Ruled = { readonly status: Status; readonly rules: Rules | null; readonly accommodations: Accommodations };

/**
 * What holds for an interview: what its project says, for a running one what it said when it was started, with what is made easier for its
 * candidate.
 */
export function rulesFor({ status, rules, accommodations }: Ruled, project: Rules): Rules {
  return eased(status === "interviewing" && rules !== null ? rules : project, accommodations);
}

/** The project's rules alone, as a start keeps them. */
export function rulesToKeep({ maxInterviewSeconds, interruptionGraceSeconds, deadlineAppliesTo }: Rules): Rules {
  return { maxInterviewSeconds, interruptionGraceSeconds, deadlineAppliesTo };
}
