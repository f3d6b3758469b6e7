import type { Statement } from "../../db/statement.ts";
import { countTowards, exhausted } from "../attempt/actions.ts";
import { linksOfInterview } from "../identity/actions.ts";
import { interviewForStep, type Row, standsAt, stillManages } from "../interview/actions.ts";
import type { InterviewIn } from "../interview/contract.ts";
import { availableActions, statusAt } from "../interview/machine.ts";
import { mustManage, offeredIn } from "../interview/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { lettersToCandidate } from "../notice/actions.ts";
import { revokeSessionOfInterview, sessionsOfInterview } from "../session/actions.ts";
import type { Invitation, Resent, RevokeSession } from "./contract.ts";
import { resendLimit, takesCandidate } from "./policy.ts";

async function managed(deps: Deps, scope: MemberScope, interviewId: InterviewId) {
  const { row } = await deps.db.read({ row: interviewForStep(scope, interviewId) });
  if (!row) return refuse("not_found");
  mustManage(row);
  return row;
}

/** The links of an interview and the sessions they opened, replaced and ended ones too. Refuses with `not_found`, `not_allowed`. */
export async function showInvitation(
  deps: Deps,
  scope: MemberScope,
  { interviewId }: InterviewIn,
): Promise<Invitation> {
  const { row, links, sessions } = await deps.db.read({
    row: interviewForStep(scope, interviewId),
    links: linksOfInterview(scope, interviewId),
    sessions: sessionsOfInterview(scope, interviewId),
  });
  if (!row) return refuse("not_found");
  mustManage(row);
  return { interviewId, links, sessions };
}

/**
 * Sends a new link and revokes the older ones. Changes no status. Refuses with `not_found`, `not_allowed`, `moved_on`,
 * with `illegal_step` where no link is due, and with `address_dead` where it would come back.
 */
export async function resendInvitation(deps: Deps, scope: MemberScope, { interviewId }: InterviewIn): Promise<Resent> {
  const row = await managed(deps, scope, interviewId);
  const { projectId, deadlineAt } = row.interview;
  await deps.db.write([stillManages(scope, projectId), ...(await resending(deps, row))]);
  drainSoon(deps);
  return { interviewId, deadlineAt };
}

/** Whose invitations were sent again as often as they may be: keys as `resending` counts them. */
export function resentTooOften(deps: Deps, interviewIds: readonly InterviewId[]): Statement<ReadonlySet<string>> {
  return exhausted(deps, resendLimit, interviewIds);
}

/** What is written when an invitation is sent again; refuses where it cannot be. */
export async function resending(deps: Deps, row: Row): Promise<Statement<unknown>[]> {
  const now = deps.now();
  const { interview } = row;
  const from = statusAt(interview, now);
  if (!takesCandidate(from)) {
    refuse("illegal_step", {
      from,
      verb: "resend",
      allowed: offeredIn(row.project.status, availableActions(interview, "member", now)),
    });
  }
  if (row.candidate.emailStatus !== "ok") refuse("address_dead");
  return [
    standsAt(interview.id, interview.version),
    ...countTowards(deps, resendLimit, interview.id, 1),
    ...(await lettersToCandidate(deps, "interview_invitation", row, interview.deadlineAt)),
  ];
}

/** Ends one session that a link of this interview opened. The link stays as it is. Refuses with `not_found`, `not_allowed`. */
export async function revokeSession(deps: Deps, scope: MemberScope, { interviewId, sessionId }: RevokeSession) {
  const { interview } = await managed(deps, scope, interviewId);
  await deps.db.write([
    stillManages(scope, interview.projectId),
    ...revokeSessionOfInterview(scope, { interviewId, sessionId }, deps.now()),
  ]);
  return { done: true as const };
}
