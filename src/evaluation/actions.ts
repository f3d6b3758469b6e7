import type { Statement } from "../../db/statement.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId, MemberId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { mustBeOpen } from "../project/actions.ts";
import type { Evaluation, Evaluator, Judgement, ListEvaluators, PutVeto, Rate, Result } from "./contract.ts";
import { fitted, mustAllowVeto, mustBeJudge } from "./policy.ts";
import * as store from "./store.ts";

/** For queries about interviews: what stands in their select and where. */
export { evaluationStatus, myEvaluationStatus, vetoesFor } from "./store.ts";

type InterviewIn = { readonly interviewId: InterviewId };

/** All that an answer is made of, under the names it is read by. */
function evaluationFor(scope: MemberScope, interviewId: InterviewId) {
  return {
    found: store.evaluationOf(scope, interviewId),
    ...store.saidByMe(scope, interviewId),
    result: store.resultOf(scope, interviewId),
  };
}

type Read<Asked> = { [Name in keyof Asked]: Asked[Name] extends Statement<infer Result> ? Result : never };
type Answer = Read<ReturnType<typeof evaluationFor>>;
type Said = Pick<Answer, "ratings" | "notes" | "vetoes">;

function judgementOf({ ratings, notes, vetoes }: Said, memberId: MemberId): Judgement {
  const isTheirs = (one: { readonly memberId: MemberId }) => one.memberId === memberId;
  return { ratings: ratings.filter(isTheirs), notes: notes.filter(isTheirs), veto: vetoes.find(isTheirs) ?? null };
}

function toResult(rows: Answer["result"]): Result {
  const result: Result = { overall: null, byStep: [], byCriterion: [], byStepAndCriterion: [] };
  for (const { stepId, criterionId, ...average } of rows) {
    if (stepId && criterionId) result.byStepAndCriterion.push({ stepId, criterionId, ...average });
    else if (stepId) result.byStep.push({ stepId, ...average });
    else if (criterionId) result.byCriterion.push({ criterionId, ...average });
    else result.overall = average;
  }
  return result;
}

function toEvaluation(scope: MemberScope, { found, result, ...said }: Answer): Evaluation {
  if (!found) return refuse("not_found");
  const { id: interviewId, status, myEvaluationStatus: mine } = found;
  return {
    ...found,
    interviewId,
    mine: mine === null ? null : judgementOf(said, scope.memberId),
    result: status === "interviewed" && mine !== "pending" ? toResult(result) : null,
  };
}

/** How far the evaluation is, what whoever asks has said, and what came of it. Refuses with `not_found`. */
export async function getEvaluation(deps: Deps, scope: MemberScope, { interviewId }: InterviewIn): Promise<Evaluation> {
  return toEvaluation(scope, await deps.db.read(evaluationFor(scope, interviewId)));
}

/** Who evaluates and who is done; and what each said, once it is for the eyes of whoever asks. Refuses with `not_found`. */
export async function listEvaluators(deps: Deps, scope: MemberScope, { interviewId, cursor, size }: ListEvaluators) {
  const [after = null] = keysOfCursor("evaluators", cursor, ["string"]) ?? [];
  const { seen, rows, ...said } = await deps.db.read({
    seen: store.evaluationOf(scope, interviewId),
    ...store.evaluatorsOf(scope, interviewId, { after, size }),
  });
  if (!seen) return refuse("not_found");
  const page = toPage(rows, size, (row) => encodeCursor("evaluators", [row.memberId]));
  const items = page.items.map(
    ({ isDone, isShown, ...who }): Evaluator => ({
      ...who,
      isDone: isDone === 1,
      judgement: isShown === 1 ? judgementOf(said, who.memberId) : null,
    }),
  );
  return { ...page, items };
}

function judging(scope: MemberScope, interviewId: InterviewId) {
  return { found: store.evaluationOf(scope, interviewId), criteria: store.criteriaOfInterview(scope, interviewId) };
}

type Judging = Read<ReturnType<typeof judging>> & { readonly found: NonNullable<Answer["found"]> };

/** What an evaluator writes: looked at, decided, written, and looked at again in the same write. */
async function judge(
  deps: Deps,
  scope: MemberScope,
  interviewId: InterviewId,
  decide: (read: Judging) => readonly Statement<unknown>[],
): Promise<Evaluation> {
  const { found, criteria } = await deps.db.read(judging(scope, interviewId));
  if (!found) return refuse("not_found");
  mustBeJudge({ status: found.status, isEvaluator: found.myEvaluationStatus !== null });
  const sentence = [
    store.mustStillJudge(scope, interviewId),
    mustBeOpen(scope, found.projectId),
    ...decide({ found, criteria }),
  ];
  return toEvaluation(scope, await deps.db.writeThenRead(sentence, evaluationFor(scope, interviewId)));
}

/**
 * Gives, changes and takes back ratings and notes of one's own. Refuses with `not_evaluator`, `not_interviewed`, `off_scale`,
 * `project_archived`; with `not_found` for a step or criterion that is not there to be rated; with `moved_on` when the
 * criteria have just been changed.
 */
export function rate(deps: Deps, scope: MemberScope, input: Rate): Promise<Evaluation> {
  const { interviewId } = input;
  return judge(deps, scope, interviewId, ({ found, criteria }) => [
    ...store.putRatings(scope, interviewId, fitted(input, found.steps, criteria), deps.now()),
    ...store.putNotes(scope, interviewId, input.notes, deps.now()),
  ]);
}

/**
 * Says no, with a reason: the evaluation is completed by it. A second veto of one's own replaces the first. Refuses like `rate`,
 * and with `veto_disabled` where the project allows none.
 */
export function putVeto(deps: Deps, scope: MemberScope, { interviewId, reason }: PutVeto): Promise<Evaluation> {
  return judge(deps, scope, interviewId, ({ found }) => {
    mustAllowVeto(found);
    return [store.mustAllowVeto(scope, interviewId), store.putVeto(scope, interviewId, reason, deps.now())];
  });
}

/** Takes one's own veto back. Refuses with `not_found` when there is none. */
export function withdrawVeto(deps: Deps, scope: MemberScope, { interviewId }: InterviewIn): Promise<Evaluation> {
  return judge(deps, scope, interviewId, () => store.removeVeto(scope, interviewId));
}
