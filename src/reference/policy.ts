// What may be done about a reference, by whom, and as whom each sees them. Pure.
import type { Limit } from "../attempt/policy.ts";
import { dayMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";
import type { Reference } from "./contract.ts";
import { type ReferenceActor, referenceVerbsFrom } from "./machine.ts";

export const referencePolicy = { answers: "hiring_manager" } as const satisfies Record<string, Access>;

/** People whom one candidate has written to in one refcheck, those with another address counted anew: whoever names has not asked them. */
export const namingLimit = { name: "name_reference", max: 40, windowMs: dayMs } as const satisfies Limit;

/** Refchecks whose references still answer: also one that is complete, for those who were asked beyond what was needed. */
export const answeredIn = ["awaiting_candidate", "awaiting_references", "in_progress", "completed"] as const;
/** Those in which people are still named, corrected and replaced. */
export const namedIn = ["awaiting_candidate", "awaiting_references", "in_progress"] as const;

type Row = Omit<Reference, "availableActions">;

/** What of the row is not for the reader's eyes `.output()` leaves out. */
export function toReference<Shown extends Row>(
  row: Shown,
  refcheckStatus: string,
  who: ReferenceActor | "member",
): Reference {
  const isNamedStill = namedIn.some((status) => status === refcheckStatus);
  return { ...row, availableActions: who !== "member" && isNamedStill ? referenceVerbsFrom(row.status, who) : [] };
}
