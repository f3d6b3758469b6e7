import { armSoon, interviewForStep, standsAt, stillManages } from "../interview/actions.ts";
import type { InterviewIn } from "../interview/contract.ts";
import { mustManage } from "../interview/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { Removed } from "./contract.ts";
import * as store from "./store.ts";

/**
 * Takes away an interview nobody has opened, with its letters, links and history, and its candidate where there is nothing else of
 * theirs. Refuses with `not_found`, `not_allowed`, `moved_on`, and with `already_opened` once the candidate has been here: then `skip`
 * ends it and keeps what happened.
 */
export async function removeInterview(deps: Deps, scope: MemberScope, { interviewId }: InterviewIn): Promise<Removed> {
  const { row } = await deps.db.read({ row: interviewForStep(scope, interviewId) });
  if (!row) return refuse("not_found");
  mustManage(row);
  const { projectId, version } = row.interview;
  const done = await deps.db.write([
    stillManages(scope, projectId),
    standsAt(interviewId, version),
    store.neverOpened(interviewId, row.candidate.id),
    ...store.deleteInterview(scope, interviewId),
    store.deleteWhoIsLeftAlone(scope, row.candidate.id),
  ]);
  armSoon(deps, interviewId, null);
  deps.log("interview_removed", { interviewId, memberId: scope.memberId });
  return { interviewId, candidateRemoved: done.at(-1) === 1 };
}
