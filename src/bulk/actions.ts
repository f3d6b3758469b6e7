// The same act for many interviews: each is done or refused as it would be alone, and all that are done are done in one write.
import type { Statement } from "../../db/statement.ts";
import { interviewsByIds, type Row, stillManages } from "../interview/actions.ts";
import { mustManage } from "../interview/policy.ts";
import { resending, resentTooOften } from "../invitation/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, Refused, refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { afterRemoving, openedOf, removing } from "../removal/actions.ts";
import type { DoneMany, ManyInterviews } from "./contract.ts";

/** Sends new links to many. Each refuses for itself, like `invitation.resend`. */
export async function resendMany(deps: Deps, scope: MemberScope, { interviewIds }: ManyInterviews): Promise<DoneMany> {
  const done = await eachForItself(deps, scope, interviewIds, {
    beforehand: resentTooOften(deps, interviewIds),
    statements: (row, tooOften) => (tooOften.has(row.interview.id) ? refuse("slow_down") : resending(deps, row)),
  });
  drainSoon(deps);
  return done;
}

/** Removes many. Each refuses for itself, like `interview.remove`. */
export async function removeMany(deps: Deps, scope: MemberScope, { interviewIds }: ManyInterviews): Promise<DoneMany> {
  const done = await eachForItself(deps, scope, interviewIds, {
    beforehand: openedOf(scope, interviewIds),
    statements: (row, opened) => (opened.has(row.interview.id) ? refuse("already_opened") : removing(deps, scope, row)),
  });
  for (const { outcome, interviewId } of done.results) {
    if (outcome === "done") afterRemoving(deps, scope, interviewId);
  }
  return done;
}

type Act = {
  /** Which of them cannot have it, as far as one look tells. */
  readonly beforehand: Statement<ReadonlySet<string>>;
  readonly statements: (row: Row, found: ReadonlySet<string>) => Promise<Statement<unknown>[]> | Statement<unknown>[];
};

/** However often somebody else is quicker at one of them. */
const looksMax = 20;
/** What says that somebody else was quicker. */
const raced: ReadonlySet<Reason> = new Set(["moved_on", "already_opened", "slow_down", "not_allowed"]);

async function eachForItself(deps: Deps, scope: MemberScope, interviewIds: readonly InterviewId[], act: Act) {
  for (let look = 1; ; look += 1) {
    try {
      return await eachOnce(deps, scope, interviewIds, act);
    } catch (error) {
      if (!(error instanceof Refused) || !raced.has(error.reason) || look === looksMax) throw error;
    }
  }
}

async function eachOnce(
  deps: Deps,
  scope: MemberScope,
  interviewIds: readonly InterviewId[],
  { beforehand, statements: of }: Act,
): Promise<DoneMany> {
  const { rows, found } = await deps.db.read({ rows: interviewsByIds(scope, interviewIds), found: beforehand });
  const byId = new Map(rows.map((row) => [row.interview.id, row]));
  const placeOf = new Map<InterviewId, number>();
  const projects = new Set<Row["interview"]["projectId"]>();
  const statements: Statement<unknown>[] = [];
  const results: DoneMany["results"] = [];
  for (const [index, interviewId] of interviewIds.entries()) {
    try {
      const twin = placeOf.get(interviewId);
      if (twin !== undefined) refuse("repeated_row", { index: twin });
      placeOf.set(interviewId, index);
      const row = byId.get(interviewId) ?? refuse("not_found");
      mustManage(row);
      statements.push(...(await of(row, found)));
      projects.add(row.interview.projectId);
      results.push({ index, outcome: "done", interviewId });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { reason, message: sentence, facts } = error;
      results.push({ index, outcome: "refused", interviewId, reason, sentence, facts });
    }
  }
  const stands = Array.from(projects, (projectId) => stillManages(scope, projectId));
  if (statements.length > 0) await deps.db.write([...stands, ...statements]);
  return { results, done: results.filter(({ outcome }) => outcome === "done").length };
}
