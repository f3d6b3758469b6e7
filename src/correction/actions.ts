// Another address for a candidate: what is theirs to do goes out again with new links, and whoever reads the former address is out.
import type { Statement } from "../../db/statement.ts";
import { countTowards } from "../attempt/actions.ts";
import { correctEmail, personBehind } from "../candidate/actions.ts";
import { revokeLinks } from "../identity/actions.ts";
import {
  type Row as InterviewRow,
  interviewForStep,
  interviewsOfSamePerson,
  repeatEmail as repeatOfInterviews,
  standsAt,
  stillManages,
} from "../interview/actions.ts";
import { statusAt } from "../interview/machine.ts";
import { mustManage } from "../interview/policy.ts";
import type { CorrectAddress, Corrected } from "../invitation/contract.ts";
import { resendLimit, takesCandidate } from "../invitation/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { CandidateId, InterviewId, RefcheckId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { meetingsAhead, meetingsSentAnew } from "../meeting-notice/actions.ts";
import { sendsAnew } from "../meeting-notice/policy.ts";
import { lettersToCandidate } from "../notice/actions.ts";
import { candidateForStep } from "../record/actions.ts";
import type { CorrectCandidateAddress, CorrectedCandidate } from "../record/contract.ts";
import {
  type Row as RefcheckRow,
  refchecksOfSamePerson,
  repeatEmail as repeatOfRefchecks,
} from "../refcheck/actions.ts";
import type { CorrectedRefcheck, CorrectRefcheckAddress } from "../refcheck/contract.ts";
import { progressAt, waits } from "../refcheck/machine.ts";
import { refcheckPolicy } from "../refcheck/policy.ts";
import { letterToCandidate } from "../refcheck-notice/actions.ts";
import { revokeSessionsOfCandidate } from "../session/actions.ts";
import { offersAhead, offersSentAnew } from "../slot/actions.ts";
import { offersAnew } from "../slot/policy.ts";

/** More than one person has of either. */
const ofOnePersonMax = 50;

const meetingsOf = (deps: Deps, scope: MemberScope, id: Parameters<typeof personBehind>[0]) =>
  meetingsAhead(scope, personBehind(id), deps.now());

const offersOf = (deps: Deps, scope: MemberScope, id: Parameters<typeof personBehind>[0]) =>
  offersAhead(scope, personBehind(id), deps.now());

/** The one that was named is there for whoever sees it; the others are the same person's. */
async function lookFrom(deps: Deps, scope: MemberScope, interviewId: InterviewId) {
  const { row, ...found } = await deps.db.read({
    row: interviewForStep(scope, interviewId),
    interviews: interviewsOfSamePerson(scope, interviewId, ofOnePersonMax),
    refchecks: refchecksOfSamePerson(scope, interviewId, ofOnePersonMax),
    meetings: meetingsOf(deps, scope, interviewId),
    offers: offersOf(deps, scope, interviewId),
  });
  return row ? { row, ...found } : refuse("not_found");
}

type Found = {
  readonly interviews: readonly InterviewRow[];
  readonly refchecks: readonly RefcheckRow[];
  readonly meetings: ReturnType<ReturnType<typeof meetingsAhead>["read"]>;
  readonly offers: ReturnType<ReturnType<typeof offersAhead>["read"]>;
};

const waitsAt = ({ refcheck }: RefcheckRow, now: Date) => waits(progressAt(refcheck, now));

/** A candidate's address is that of all that is theirs: only who manages all of it may correct it. */
function mustManageAll({ access }: MemberScope, { interviews, refchecks, meetings, offers }: Found): void {
  interviews.forEach(mustManage);
  if (refchecks.length > 0 && !hasAtLeast(access, refcheckPolicy.manage)) refuse("not_allowed");
  if (meetings.length > 0 && !hasAtLeast(access, sendsAnew)) refuse("not_allowed");
  if (offers.length > 0 && !hasAtLeast(access, offersAnew)) refuse("not_allowed");
}

async function correcting(
  deps: Deps,
  scope: MemberScope,
  counted: InterviewId | RefcheckId | CandidateId,
  candidate: InterviewRow["candidate"],
  { interviews, refchecks, meetings, offers }: Found,
  email: string,
): Promise<Statement<unknown>[]> {
  const now = deps.now();
  const anew = { ...candidate, email, emailStatus: "ok" as const };
  const open = interviews.filter(({ interview }) => takesCandidate(statusAt(interview, now)));
  const letters = await Promise.all([
    ...open.map((one) =>
      lettersToCandidate(deps, "interview_invitation", { ...one, candidate: anew }, one.interview.deadlineAt),
    ),
    ...refchecks.flatMap((one) => {
      const { deadlineAt } = one.refcheck;
      if (deadlineAt === null || !waitsAt(one, now)) return [];
      return [letterToCandidate(deps, { ...one, candidate: anew }, { kind: "refcheck_invitation" }, deadlineAt)];
    }),
  ]);
  return [
    ...interviews.map(({ interview }) => stillManages(scope, interview.projectId)),
    ...open.map(({ interview }) => standsAt(interview.id, interview.version)),
    ...countTowards(deps, resendLimit, counted, 1),
    ...correctEmail(scope, candidate, email, now),
    repeatOfInterviews(scope, candidate.id, email),
    repeatOfRefchecks(scope, candidate.id, email),
    revokeLinks({ candidateId: candidate.id }, now),
    ...(email === candidate.email ? [] : [revokeSessionsOfCandidate(scope, candidate.id, now)]),
    ...letters.flat(),
    ...(await meetingsSentAnew(deps, scope, anew, meetings)),
    ...(await offersSentAnew(deps, scope, anew, offers)),
  ];
}

/**
 * Gives the candidate of this interview another address, alive until mail to it comes back. Each of their interviews that still takes them,
 * and each of their refchecks that waits, is sent a new link there, and each meeting they are yet to have its invitation, and what they are offered times for; all older links end. Where the address is another one, so do their
 * sessions and their password, which may be of whoever reads the former. Refuses with `not_found`, `not_allowed`, `address_taken`, `moved_on`,
 * `slow_down`.
 */
export async function correctAddress(
  deps: Deps,
  scope: MemberScope,
  { interviewId, email }: CorrectAddress,
): Promise<Corrected> {
  const { row, ...found } = await lookFrom(deps, scope, interviewId);
  mustManageAll(scope, found);
  await deps.db.write(await correcting(deps, scope, interviewId, row.candidate, found, email));
  drainSoon(deps);
  return { interviewId, email, isResent: takesCandidate(statusAt(row.interview, deps.now())) };
}

/** The same for the candidate of this refcheck. Refuses alike. */
export async function correctRefcheckAddress(
  deps: Deps,
  scope: MemberScope,
  { refcheckId, email }: CorrectRefcheckAddress,
): Promise<CorrectedRefcheck> {
  const found = await deps.db.read({
    interviews: interviewsOfSamePerson(scope, refcheckId, ofOnePersonMax),
    refchecks: refchecksOfSamePerson(scope, refcheckId, ofOnePersonMax),
    meetings: meetingsOf(deps, scope, refcheckId),
    offers: offersOf(deps, scope, refcheckId),
  });
  const row = found.refchecks.find(({ refcheck }) => refcheck.id === refcheckId);
  if (!row) return refuse("not_found");
  mustManageAll(scope, found);
  await deps.db.write(await correcting(deps, scope, refcheckId, row.candidate, found, email));
  drainSoon(deps);
  return { refcheckId, email, isResent: waitsAt(row, deps.now()) };
}

/** The same for a candidate by themselves, also one who has neither. Refuses alike. */
export async function correctCandidateAddress(
  deps: Deps,
  scope: MemberScope,
  { candidateId, email }: CorrectCandidateAddress,
): Promise<CorrectedCandidate> {
  const { row, ...found } = await deps.db.read({
    row: candidateForStep(scope, candidateId),
    interviews: interviewsOfSamePerson(scope, candidateId, ofOnePersonMax),
    refchecks: refchecksOfSamePerson(scope, candidateId, ofOnePersonMax),
    meetings: meetingsOf(deps, scope, candidateId),
    offers: offersOf(deps, scope, candidateId),
  });
  if (!row) return refuse("not_found");
  mustManageAll(scope, found);
  await deps.db.write(await correcting(deps, scope, candidateId, row.candidate, found, email));
  drainSoon(deps);
  return { candidateId, email };
}
