// Who may judge an interview and who may look at what others said of it. Pure.
import { refuse } from "../kernel/errors.ts";
import type { Access } from "../kernel/scope.ts";
import type { Criterion, Step } from "../project/contract.ts";
import { isJudged } from "../project/policy.ts";
import type { Rate } from "./contract.ts";

/** The least access each call needs; that they see the project, and are its evaluator, the database is asked. */
export const evaluationPolicy = { read: "hiring_manager", judge: "hiring_manager" } as const satisfies Record<
  string,
  Access
>;

/** Refuses with `not_evaluator` whoever is none in the project, and with `not_interviewed` before the interview is finished. */
export function mustBeJudge({ isEvaluator, status }: { isEvaluator: boolean; status: string }): void {
  if (!isEvaluator) refuse("not_evaluator");
  if (status !== "interviewed") refuse("not_interviewed", { from: status });
}

export function mustAllowVeto({ vetoEnabled }: { vetoEnabled: boolean }): void {
  if (!vetoEnabled) refuse("veto_disabled");
}

/** A score with the scale it stands on. */
export type Scored = Rate["ratings"][number] & { readonly scaleMax: number };

/**
 * The ratings with their scales. Refuses with `not_found` what names no step of this interview that people judge or no
 * criterion of its project, and with `off_scale` a score above its criterion's scale.
 */
export function fitted(
  { ratings, notes }: Rate,
  steps: readonly Step[],
  criteria: readonly Pick<Criterion, "id" | "scaleMax">[],
): Scored[] {
  const judged = new Set(steps.filter(isJudged).map(({ id }) => id));
  const scales = new Map(criteria.map(({ id, scaleMax }) => [id, scaleMax]));
  if (notes.some(({ stepId }) => stepId !== null && !judged.has(stepId))) refuse("not_found");
  return ratings.map((rating) => {
    const scaleMax = scales.get(rating.criterionId);
    if (scaleMax === undefined || !judged.has(rating.stepId)) return refuse("not_found");
    if (rating.score !== null && rating.score > scaleMax) {
      return refuse("off_scale", { criterionId: rating.criterionId, scaleMax });
    }
    return { ...rating, scaleMax };
  });
}
