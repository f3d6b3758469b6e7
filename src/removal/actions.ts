import type { Statement } from "../../db/statement.ts";
import { armSoon, interviewForStep, type Row, skipInterview, standsAt, stillManages } from "../interview/actions.ts";
import type { InterviewIn, Skip } from "../interview/contract.ts";
import { mustManage } from "../interview/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { forgetRecordingsOf, forgetWithInterview } from "../recording/actions.ts";
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
  const done = await deps.db.write([stillManages(scope, row.interview.projectId), ...removing(deps, scope, row)]);
  afterRemoving(deps, scope, interviewId);
  return { interviewId, candidateRemoved: done.at(-1) === 1 };
}

/** Whoever will not interview has nothing kept that they once recorded. Refuses like every step of a member. */
export function letGo(deps: Deps, scope: MemberScope, input: Skip) {
  return skipInterview(deps, scope, input, [forgetRecordingsOf(scope, input.interviewId, deps.now())]);
}

/** Which of these somebody has opened. For looking beforehand: what counts is asked in the write. */
export const openedOf = store.openedOf;

/** What is written when an interview is removed. The last says whether its candidate was, by 1. */
export function removing(deps: Deps, scope: MemberScope, row: Row): Statement<unknown>[] {
  const { id, version } = row.interview;
  const { candidate } = row;
  return [
    standsAt(id, version),
    store.neverOpened(id, candidate.id),
    forgetWithInterview(scope, id, deps.now()),
    ...store.deleteInterview(scope, id),
    ...store.deleteWhoIsLeftAlone(scope, candidate.id),
  ];
}

export function afterRemoving(deps: Deps, { memberId }: MemberScope, interviewId: InterviewId): void {
  armSoon(deps, interviewId, null);
  deps.log("interview_removed", { interviewId, memberId });
}
