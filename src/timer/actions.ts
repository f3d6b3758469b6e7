import { deadlineFor, decide, interviewForStep, type Row, rulesOf, settleSoon } from "../interview/actions.ts";
import type { DeadlinePreview, InterviewIn, Plan, SetDeadline } from "../interview/contract.ts";
import { advance, type State, settle } from "../interview/machine.ts";
import { mustManage } from "../interview/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { planTimers, type Timer, wantedReminder } from "./policy.ts";

/** The plan of an interview that stands like this; of one that is to be invited later also what comes after that. */
function plannedFrom(row: Row, state: State, now: Date): Timer[] {
  const rules = rulesOf(row);
  const timers = planTimers(state, rules, now);
  const { inviteAt } = state;
  if (inviteAt === null) return timers;
  const deadlineAt = deadlineFor(state.deadlineAt, row.project, state.opensAt, inviteAt);
  const steps = advance({ ...state, deadlineAt }, rules, { verb: "invite", who: "system", now: inviteAt });
  return [...timers, ...steps.flatMap((taken) => planTimers(taken.after, rules, inviteAt))];
}

/** What stands in the plan: the reminder that is kept, and what follows it. */
function planOf(row: Row, now: Date): Timer[] {
  const current = settle(row.interview, rulesOf(row), now)?.after ?? row.interview;
  const { remindAt } = row.interview;
  const timers = plannedFrom(row, current, now);
  if (current.inviteAt !== null) return timers;
  if (current !== row.interview || remindAt === null) return timers.filter(({ intention }) => intention !== "remind");
  const wanted = wantedReminder(row.interview, rulesOf(row));
  const kept: Timer[] = wanted === null ? [] : [{ intention: "remind", at: remindAt }];
  // What the project has come to ask for since counts once that one is over.
  return [...kept, ...timers.filter(({ at }) => at > remindAt)];
}

/** What the system will do about an interview by itself. Refuses with `not_found`. */
export async function showPlan(deps: Deps, scope: MemberScope, { interviewId }: InterviewIn): Promise<Plan> {
  const { row } = await deps.db.read({ row: interviewForStep(scope, interviewId) });
  if (!row) return refuse("not_found");
  settleSoon(deps, row.interview);
  return { interviewId, timers: planOf(row, deps.now()) };
}

/** What another deadline would change of that, without changing anything. Refuses like `setDeadline`. */
export async function previewDeadline(
  deps: Deps,
  scope: MemberScope,
  { interviewId, deadlineAt }: SetDeadline,
): Promise<DeadlinePreview> {
  const now = deps.now();
  const { row } = await deps.db.read({ row: interviewForStep(scope, interviewId) });
  if (!row) return refuse("not_found");
  mustManage(row);
  const steps = decide(deps, row, { verb: "set_deadline", who: "member", now, deadlineAt });
  const reached = steps.at(-1)?.after ?? row.interview;
  return { interviewId, before: planOf(row, now), after: plannedFrom(row, reached, now) };
}
