// How an interview comes to be: created, or created and invited in one write.
import { candidateByEmail, knownOrNew } from "../candidate/actions.ts";
import {
  armSoon,
  deadlineFor,
  eventOf,
  insertEvent,
  rulesOf,
  type StaffRow,
  stillManages,
  toInterview,
  wakeOf,
} from "../interview/actions.ts";
import type { CreateAndInvite, CreateInterview, Interview } from "../interview/contract.ts";
import { advance, newborn, type Rules, type State, type Taken } from "../interview/machine.ts";
import { mustManage, noAccommodations } from "../interview/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { Refused, refuse } from "../kernel/errors.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { lettersToCandidate } from "../notice/actions.ts";
import { mustBeActive, projectForInviting } from "../project/actions.ts";
import { nextReminder, planTimers } from "../timer/policy.ts";
import * as store from "./store.ts";

/** The documented first request: a record with status `new`; a sent status or deadline is ignored. */
export function createInterview(deps: Deps, scope: MemberScope, input: CreateInterview) {
  return create(deps, scope, input, null);
}

/**
 * The three documented requests as one: created and invited, now or at `inviteAt`, or neither. Refuses with `project_not_active`,
 * `already_in_project`, and like the steps it is made of.
 */
export function createAndInvite(deps: Deps, scope: MemberScope, input: CreateAndInvite) {
  const { deadlineAt, inviteAt, ...rest } = input;
  return create(deps, scope, rest, { deadlineAt, inviteAt });
}

type Invite = { readonly deadlineAt: Date | undefined; readonly inviteAt: Date | undefined } | null;

/** Whoever wrote the same person or the same request in between is found at the second look: one more, never two. */
async function create(deps: Deps, scope: MemberScope, input: CreateInterview, invite: Invite) {
  try {
    return await createOnce(deps, scope, input, invite);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.reason !== "moved_on" && error.reason !== "request_key_used") throw error;
    return createOnce(deps, scope, input, invite);
  }
}

/** The same person into the same project; and whoever asks to invite gets nobody who never was. */
function isSameRequest(found: StaffRow, { projectId, candidate }: CreateInterview, invite: Invite): boolean {
  const isSameRun = found.projectId === projectId && found.candidate.email === candidate.email;
  return isSameRun && (invite === null || found.status !== "new" || found.inviteAt !== null);
}

/** What follows the creation in the same write: the invitation, or the plan for it. */
function firstSteps(
  born: State,
  rules: Rules,
  now: Date,
  invite: { readonly deadlineAt: Date | null | undefined; readonly inviteAt: Date | undefined } | null,
): Taken[] {
  if (invite === null) return [];
  const deadlineAt = invite.deadlineAt ?? undefined;
  const { inviteAt } = invite;
  if (inviteAt === undefined) return advance(born, rules, { verb: "invite", who: "member", now, deadlineAt });
  const schedule = { verb: "schedule", who: "member", now, inviteAt } as const;
  if (deadlineAt === undefined) return advance(born, rules, schedule);
  return advance(born, rules, { verb: "set_deadline", who: "member", now, deadlineAt }).flatMap((dated) => [
    dated,
    ...advance(dated.after, rules, schedule),
  ]);
}

async function createOnce(deps: Deps, scope: MemberScope, input: CreateInterview, invite: Invite): Promise<Interview> {
  const now = deps.now();
  const { project, known, repeated } = await deps.db.read({
    project: projectForInviting(scope, input.projectId),
    known: candidateByEmail(scope, input.candidate.email),
    repeated: store.interviewByRequestKey(scope, input.requestKey ?? ""),
  });
  if (repeated) return isSameRequest(repeated, input, invite) ? toInterview(repeated, now) : refuse("request_key_used");
  if (!project) return refuse("not_found");
  mustManage({ manages: project.mayManage });
  const { organization } = project;
  const { candidate, statements: candidateStatements } = knownOrNew(deps, scope, known, {
    ...input.candidate,
    language: input.candidate.language ?? project.language,
    timeZone: input.candidate.timeZone ?? organization.timeZone,
  });
  const born: State = { ...newborn, opensAt: input.opensAt ?? null };
  const isInvitedNow = invite !== null && invite.inviteAt === undefined;
  const deadlineAt = isInvitedNow ? deadlineFor(invite.deadlineAt, project, born.opensAt, now) : null;
  const steps = firstSteps(born, project, now, isInvitedNow ? { deadlineAt, inviteAt: undefined } : invite);
  const state = steps.at(-1)?.after ?? born;
  const eased = { accommodations: input.accommodations ?? noAccommodations, rules: null };
  const remindAt = nextReminder(
    planTimers(state, rulesOf({ interview: { ...born, ...eased }, project, candidate }), now),
  );
  const { organizationId } = scope;
  const interview = {
    ...state,
    ...eased,
    remindAt,
    id: deps.newId("itv"),
    organizationId,
    projectId: input.projectId,
    candidateId: candidate.id,
    revision: project.revision,
    labels: input.labels,
    name: `${candidate.firstName} ${candidate.lastName}`.toLowerCase(),
    email: candidate.email,
    createdAt: now,
    invitedBy: invite && scope.memberId,
    requestKey: input.requestKey ?? null,
  };
  const ids = () => ({ id: deps.newId("evt"), interviewId: interview.id, organizationId });
  const birth = {
    ...ids(),
    version: 1,
    verb: "create" as const,
    to: "new" as const,
    actorKind: "member" as const,
    actorId: scope.memberId,
    at: now,
  };
  const row = { interview, candidate, project, organization };
  await deps.db.write([
    stillManages(scope, input.projectId),
    ...(invite ? [mustBeActive(scope, input.projectId)] : [store.projectTakesInterviews(scope, input.projectId)]),
    ...(input.requestKey === undefined ? [] : [store.keyIsFree(scope, input.requestKey)]),
    ...candidateStatements,
    ...store.insertInterview(scope, interview),
    insertEvent(birth),
    ...steps.map((taken) => insertEvent(eventOf(ids(), taken, { actorId: scope.memberId, why: null }))),
    ...(deadlineAt === null ? [] : await lettersToCandidate(deps, "interview_invitation", row, deadlineAt)),
  ]);
  const wakeAt = wakeOf(interview);
  if (wakeAt !== null) armSoon(deps, interview.id, wakeAt);
  if (isInvitedNow) drainSoon(deps);
  const { id, email, emailStatus, emailDeadSince, firstName, lastName, language, timeZone } = candidate;
  const shown = { id, email, emailStatus, emailDeadSince, firstName, lastName, language, timeZone };
  const { name: projectName, status: projectStatus, mayManage: manages, isEvaluator } = project;
  const myEvaluationStatus = isEvaluator ? ("pending" as const) : null;
  const evaluation = { evaluationStatus: "pending" as const, myEvaluationStatus };
  return toInterview({ ...interview, candidate: shown, projectName, projectStatus, manages, ...evaluation }, now);
}
