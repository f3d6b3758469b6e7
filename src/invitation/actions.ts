import { countTowards } from "../attempt/actions.ts";
import { linksOfInterview } from "../identity/actions.ts";
import { interviewForStep, standsAt, stillManages } from "../interview/actions.ts";
import type { InterviewIn } from "../interview/contract.ts";
import { availableActions, statusAt } from "../interview/machine.ts";
import { mustManage } from "../interview/policy.ts";
import { dayMs } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { lettersToCandidate } from "../notice/actions.ts";
import { revokeSessionOfInterview, sessionsOfInterview } from "../session/actions.ts";
import type { Invitation, Resent, RevokeSession } from "./contract.ts";

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

/** Letters one candidate gets of one interview by this call. */
const resendLimit = { name: "resend_invitation", max: 10, windowMs: dayMs };

const open = new Set(["invited", "confirmed", "interviewing"]);

/**
 * Sends a new link and revokes the older ones. Changes no status. Refuses with `not_found`, `not_allowed`, `moved_on`, and
 * with `illegal_step` where no link is due.
 */
export async function resendInvitation(deps: Deps, scope: MemberScope, { interviewId }: InterviewIn): Promise<Resent> {
  const now = deps.now();
  const row = await managed(deps, scope, interviewId);
  const { interview } = row;
  const from = statusAt(interview, now);
  if (!open.has(from)) {
    refuse("illegal_step", { from, verb: "resend", allowed: availableActions(interview, "member", now) });
  }
  await deps.db.write([
    stillManages(scope, interview.projectId),
    standsAt(interviewId, interview.version),
    ...countTowards(deps, resendLimit, interviewId, 1),
    ...(await lettersToCandidate(deps, "interview_invitation", row, interview.deadlineAt)),
  ]);
  drainSoon(deps);
  return { interviewId, deadlineAt: interview.deadlineAt };
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
