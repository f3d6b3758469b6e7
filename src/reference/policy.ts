// What may be done about a reference, by whom, and as whom each sees them. Pure.
import type { Limit } from "../attempt/policy.ts";
import { dayMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";
import { type Progress, waiting, waits } from "../refcheck/machine.ts";
import type { Reference } from "./contract.ts";
import { type ReferenceActor, referenceVerbsFrom } from "./machine.ts";

export const declineReasons = ["does_not_know_them", "company_policy", "not_available", "other"] as const;

export const referencePolicy = { answers: "hiring_manager" } as const satisfies Record<string, Access>;

/** People whom one candidate has written to in one refcheck, those with another address counted anew: whoever names has not asked them. */
export const namingLimit = { name: "name_reference", max: 40, windowMs: dayMs } as const satisfies Limit;

/** Refchecks whose references still answer: also one that is complete, for those who were asked beyond what was needed. */
export const answeredIn = [...waiting, "completed"] as const;
type Row = Omit<Reference, "availableActions" | "worked"> & {
  readonly workedFrom: string | null;
  readonly workedTo: string | null;
};

export function workedOf({
  workedFrom: from,
  workedTo: to,
}: Pick<Row, "workedFrom" | "workedTo">): Reference["worked"] {
  return from === null ? null : { from, to };
}

/** What of the row is not for the reader's eyes `.output()` leaves out. */
export function toReference<Shown extends Row>(
  row: Shown,
  progress: Progress,
  who: ReferenceActor | "member",
): Reference {
  return {
    ...row,
    worked: workedOf(row),
    availableActions: who !== "member" && waits(progress) ? referenceVerbsFrom(row.status, who) : [],
  };
}
