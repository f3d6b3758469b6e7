// Who may give a project's interviews more time, how much of it is done at once, and what it means for one of them. Pure.
import { secondMs } from "../kernel/clock.ts";
import { refuse } from "../kernel/errors.ts";
import type { Access } from "../kernel/scope.ts";
import type { Step, StepIn } from "./contract.ts";

export const extensionStatuses = ["running", "finished", "canceled"] as const;

export const extensionPolicy = {
  read: "hiring_manager",
  manage: "hiring_manager",
} as const satisfies Record<string, Access>;

/** Interviews in one write. Larger crowds would keep people waiting for the database. */
export const crowdMax = 100;
/** One run works on it for so long; the next minute's sweep goes on from there. */
export const runMs = 20 * secondMs;
/** Whoever has not written for so long has been cut short, and somebody else may go on. */
export const leaseMs = 30 * secondMs;
/** Open interviews are counted as far as this. */
export const countMax = 10_000;
/** Interviews that a preview names. */
export const examplesMax = 5;

/** As it is kept. Refuses with `deadline_in_past`. */
export function stepOf(by: StepIn, now: Date): Step {
  if (by.to === "later") return by;
  if (by.deadlineAt <= now) refuse("deadline_in_past");
  return { to: "instant", deadlineMs: by.deadlineAt.getTime() };
}

/** Its deadline with more time; null where it has as much already. Nobody ever gets less. */
export function extended(deadlineAt: Date | null, step: Step): Date | null {
  if (deadlineAt === null) return null;
  if (step.to === "later") return new Date(deadlineAt.getTime() + step.bySeconds * secondMs);
  return deadlineAt.getTime() < step.deadlineMs ? new Date(step.deadlineMs) : null;
}
