import type { Statement } from "../../db/statement.ts";
import { revokeLinks } from "../identity/actions.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, Refused, refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import { type CandidateScope, type MemberScope, systemScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import {
  deadlineMovedLetter,
  type Expired,
  lettersOfExpiries,
  lettersToCandidate,
  lettersToStaff,
  reminderLetter,
  staffToTell,
} from "../notice/actions.ts";
import { mustBeActive } from "../project/actions.ts";
import { revokeSessionsOfInterview } from "../session/actions.ts";
import { nextReminder, type Reminder, type ReminderRules, reminderAt } from "../timer/policy.ts";
import type * as contract from "./contract.ts";
import {
  type Asked,
  advance,
  availableActions,
  causeOf,
  isDue,
  previousStatusAt,
  type Rules,
  type State,
  settle,
  statusAt,
  type Taken,
  type Verb,
  waitsForCandidate,
} from "./machine.ts";
import { mustManage, offeredIn, rulesFor, rulesToKeep } from "./policy.ts";
import * as store from "./store.ts";

export type Row = NonNullable<ReturnType<ReturnType<typeof store.interviewForStep>["read"]>>;
export type StaffRow = Omit<NonNullable<ReturnType<ReturnType<typeof store.staffInterview>["read"]>>, "manages"> & {
  readonly manages: number | boolean;
};
/** Who asked for a step. */
type Author = Pick<MemberScope, "kind" | "memberId"> | Pick<CandidateScope, "kind" | "candidateId">;

// After the answer: the timer, and what a late alarm has not written down.

type Timed = { readonly inviteAt: Date | null; readonly remindAt: Date | null; readonly dueAt: Date | null };

/** When the system next has something to do about it: who is new is invited first, and a reminder comes before its deadline. */
export const wakeOf = ({ inviteAt, remindAt, dueAt }: Timed): Date | null => inviteAt ?? remindAt ?? dueAt;

/** Sets the interview's alarm to the instant it waits for. If that fails the sweep does it. */
export function armSoon(deps: Deps, interviewId: InterviewId, at: Date | null): void {
  deps.afterwards("arm_deadline", (system) => armDeadline(system, interviewId, at));
}

export async function armDeadline(deps: Deps, interviewId: InterviewId, at: Date | null): Promise<void> {
  await deps.alarms.set(interviewId, at);
  const [noted, current] = await deps.db.write([
    store.noteArmed(systemScope, interviewId, at),
    store.wakeOf(systemScope, interviewId),
  ]);
  // Timers of two steps may be set in the other order: who finds that theirs is not the last sets the last again.
  if (noted === 0 && current) await armDeadline(deps, interviewId, wakeOf(current));
}

type Ruled = {
  readonly interview: Parameters<typeof rulesFor>[0];
  readonly project: Rules & Pick<ReminderRules, "reminderHours">;
  readonly candidate: Pick<ReminderRules, "timeZone">;
};

/** What holds for it, when its candidate is reminded, and whose night it is. */
export function rulesOf({ interview, project, candidate }: Ruled): Rules & ReminderRules {
  return { ...rulesFor(interview, project), reminderHours: project.reminderHours, timeZone: candidate.timeZone };
}

/** Whoever looks at an interview whose instant has come has it written down. */
export function settleSoon(deps: Deps, row: Pick<State, "dueAt"> & { id: InterviewId }): void {
  if (isDue(row, deps.now())) deps.afterwards("settle_interview", (system) => tendInterview(system, row.id));
}

// What the answers look like.

/** What of the row is not for the reader's eyes `.output()` leaves out. */
export function toInterview(row: StaffRow, now: Date): contract.Interview {
  return {
    ...row,
    status: statusAt(row, now),
    previousStatus: previousStatusAt(row, now),
    availableActions: row.manages ? offeredIn(row.projectStatus, availableActions(row, "member", now)) : [],
  };
}

function asStaffSees(
  { interview, candidate, project, manages, evaluationStatus, myEvaluationStatus, vetoes }: Row,
  state: State,
  now: Date,
): contract.Interview {
  const { id, email, emailStatus, emailDeadSince, firstName, lastName, language, timeZone } = candidate;
  const { status, previousStatus, version, dueAt, dueVerb } = state;
  const { deadlineAt, opensAt, inviteAt, startedAt, finishedAt, seenAt } = state;
  return toInterview(
    {
      id: interview.id,
      organizationId: interview.organizationId,
      projectId: interview.projectId,
      projectName: project.name,
      projectStatus: project.status,
      candidate: { id, email, emailStatus, emailDeadSince, firstName, lastName, language, timeZone },
      ...{ status, previousStatus, version, dueAt, dueVerb },
      ...{ deadlineAt, opensAt, inviteAt, startedAt, finishedAt, seenAt },
      accommodations: interview.accommodations,
      createdAt: interview.createdAt,
      labels: interview.labels,
      manages,
      ...{ evaluationStatus, myEvaluationStatus, vetoes },
    },
    now,
  );
}

// Steps.

/** How the candidate is reminded next, as things stand after a step. */
function reminderAfter(row: Row, { after, at }: Taken): Reminder | null {
  return nextReminder(after, rulesOf(row), at);
}

/** When the system next has something to do, as things stand after a step. */
function wakeAfter(row: Row, taken: Taken): Date | null {
  return wakeOf({ ...taken.after, remindAt: reminderAfter(row, taken)?.at ?? null });
}

/** The guarded rows and the events of what was decided, in order. */
export function written(
  deps: Deps,
  row: Row,
  steps: readonly Taken[],
  by: { scope: Author | null; why?: string | undefined; accommodations?: contract.Accommodations | undefined },
) {
  const { id: interviewId, organizationId } = row.interview;
  const actorId = by.scope === null ? null : by.scope.kind === "member" ? by.scope.memberId : by.scope.candidateId;
  return steps.flatMap((taken): Statement<unknown>[] => {
    // What time has decided is written along with what is asked, and is nobody's asking.
    const isAsked = taken.who !== "system" || by.scope === null;
    const event = store.eventOf({ id: deps.newId("evt"), interviewId, organizationId }, taken, {
      actorId: isAsked ? actorId : null,
      why: (isAsked ? by.why : undefined) ?? causeOf(taken, rulesOf(row)),
      accommodations: isAsked ? by.accommodations : undefined,
    });
    const also = { reminder: reminderAfter(row, taken), rules: rulesToKeep(row.project) };
    return [...store.writeStep(interviewId, organizationId, taken, also), store.insertEvent(event)];
  });
}

type AskedStep = {
  interviewId: InterviewId;
  verb: Verb;
  deadlineAt?: Date | undefined;
  inviteAt?: Date | null;
  why?: string | undefined;
  /** What holds from this step on, where that changes. */
  accommodations?: contract.Accommodations;
};

/** A step that is taken writes what time has decided by itself: settling beside it would only race it. */
export function decide(deps: Deps, row: Row, asked: Asked): Taken[] {
  try {
    const offered = (verbs: readonly Verb[]) => (asked.who === "member" ? offeredIn(row.project.status, verbs) : verbs);
    return advance(row.interview, rulesOf(row), { ...asked, offered });
  } catch (error) {
    settleSoon(deps, row.interview);
    throw error;
  }
}

/** A member's step: read once, decide, write once. `also` adds what belongs to the same sentence. */
async function memberStep(
  deps: Deps,
  scope: MemberScope,
  { interviewId, verb, deadlineAt, inviteAt, why, accommodations }: AskedStep,
  also: (
    row: Row,
    reached: State,
    steps: readonly Taken[],
  ) => Promise<Statement<unknown>[]> | Statement<unknown>[] = () => [],
): Promise<contract.Interview> {
  const now = deps.now();
  const { row: found, staff } = await deps.db.read({
    row: store.interviewForStep(scope, interviewId),
    staff: staffToTell(interviewId),
  });
  if (!found) return refuse("not_found");
  mustManage(found);
  const row = accommodations ? { ...found, interview: { ...found.interview, accommodations } } : found;
  const steps = decide(deps, row, { verb, who: "member", now, deadlineAt, inviteAt });
  const reached = steps.at(-1)?.after ?? row.interview;
  await deps.db.write([
    store.stillManages(scope, row.interview.projectId),
    ...written(deps, row, steps, { scope, why, accommodations }),
    ...(await lettersOfExpiries(deps, expiriesIn(row, steps, staff))),
    ...(await also(row, reached, steps)),
  ]);
  afterStep(deps, row, steps);
  return asStaffSees(row, reached, now);
}

type Staff = Parameters<typeof lettersToStaff>[3];

/** Whoever writes an expiry down, the staff concerned are told, once. */
function expiriesIn(row: Row, steps: readonly Taken[], staff: Staff): Expired[] {
  const expiry = steps.find(({ verb }) => verb === "expire");
  return expiry ? [{ row, deadlineAt: expiry.after.deadlineAt ?? expiry.at, staff }] : [];
}

/** What the interview waits for once these are written. */
function afterSteps(row: Row, steps: readonly Taken[]): Date | null {
  const last = steps.at(-1);
  return last ? wakeAfter(row, last) : wakeOf(row.interview);
}

/** Arms what the step has moved, and has the letters it promised delivered. */
export function afterStep(deps: Deps, row: Row, steps: readonly Taken[]): void {
  const { interview } = row;
  const at = afterSteps(row, steps);
  if (wakeOf(interview)?.getTime() !== at?.getTime()) armSoon(deps, interview.id, at);
  drainSoon(deps);
}

/** Whoever was invited and has not begun is told when their deadline moves: the one they hold is the old one. */
export async function movedLetters(deps: Deps, row: Row, steps: readonly Taken[]): Promise<Statement<unknown>[]> {
  const moved = steps.find(({ verb }) => verb === "set_deadline");
  if (!moved || !waitsForCandidate(moved.after)) return [];
  const { deadlineAt } = moved.after;
  if (deadlineAt === null || deadlineAt.getTime() === moved.before.deadlineAt?.getTime()) return [];
  return deadlineMovedLetter(deps, row, deadlineAt);
}

/** The documented "Set Deadline Action". Whoever waits for it is told of the new one. Refuses with `deadline_in_past`, `opens_after_deadline`, `illegal_step`. */
export function setDeadline(deps: Deps, scope: MemberScope, { interviewId, deadlineAt }: contract.SetDeadline) {
  return memberStep(deps, scope, { interviewId, verb: "set_deadline", deadlineAt }, (row, _reached, steps) =>
    movedLetters(deps, row, steps),
  );
}

/**
 * Makes it easier for this candidate from now on, also while they are interviewing. Refuses with `illegal_step`, and with `no_time_left` when
 * what is taken back would end a running interview at once.
 */
export function accommodate(deps: Deps, scope: MemberScope, input: contract.Accommodate) {
  const { interviewId, why, timeMultiplier, extraTakes, extraGraceSeconds } = input;
  const accommodations = { timeMultiplier, extraTakes, extraGraceSeconds };
  return memberStep(deps, scope, { interviewId, verb: "accommodate", why, accommodations }, () => [
    store.setAccommodations(scope, interviewId, accommodations),
  ]);
}

/**
 * The deadline set, else the project's default period, else the organization's (interview-workflow), counted from now or
 * from when the interview opens.
 */
export function deadlineFor(
  set: Date | null | undefined,
  { interviewPeriodSeconds }: { interviewPeriodSeconds: number },
  opensAt: Date | null,
  now: Date,
): Date {
  const from = opensAt !== null && opensAt > now ? opensAt : now;
  return set ?? after(from, interviewPeriodSeconds * 1_000);
}

/**
 * The documented "Advance Status Action": from `new` to `invited`. The letter goes out with the same write and the
 * deadline is armed. Refuses with `illegal_step`, `project_not_active`, `deadline_needed` when the one set has passed.
 */
export async function advanceInterview(deps: Deps, scope: MemberScope, { interviewId }: contract.InterviewIn) {
  const now = deps.now();
  const { row } = await deps.db.read({ row: store.interviewForStep(scope, interviewId) });
  if (!row) return refuse("not_found");
  mustManage(row);
  const deadlineAt = deadlineFor(row.interview.deadlineAt, row.project, row.interview.opensAt, now);
  const ready = { ...row.interview, deadlineAt };
  const steps = decide(deps, { ...row, interview: ready }, { verb: "invite", who: "member", now });
  const reached = steps.at(-1)?.after ?? ready;
  await deps.db.write([
    store.stillManages(scope, row.interview.projectId),
    mustBeActive(scope, row.interview.projectId),
    ...written(deps, row, steps, { scope }),
    store.noteInvited(interviewId, { revision: row.project.revision, invitedBy: scope.memberId }),
    ...(await lettersToCandidate(deps, "interview_invitation", row, deadlineAt)),
  ]);
  afterStep(deps, row, steps);
  return asStaffSees(row, reached, now);
}

/**
 * Has the system send the invitation later, or takes that off the plan. Refuses with `illegal_step` unless `new`, `project_not_active`,
 * `invites_in_past`, `invites_after_deadline`.
 */
export function scheduleInvitation(
  deps: Deps,
  scope: MemberScope,
  { interviewId, inviteAt }: contract.ScheduleInvitation,
) {
  return memberStep(deps, scope, { interviewId, verb: "schedule", inviteAt }, ({ interview }) =>
    inviteAt === null
      ? []
      : [mustBeActive(scope, interview.projectId), store.noteInvited(interviewId, { invitedBy: scope.memberId })],
  );
}

/** To bring somebody back is to invite them once more: only while the project is active, and by a letter. */
async function bringBack(
  deps: Deps,
  scope: MemberScope,
  letter: "interview_restored" | "interview_reset",
  row: Row,
  { deadlineAt }: State,
): Promise<Statement<unknown>[]> {
  return [mustBeActive(scope, row.interview.projectId), ...(await lettersToCandidate(deps, letter, row, deadlineAt))];
}

/**
 * Back to where it was before it expired. Refuses with `deadline_needed` unless one is given or still ahead, and with
 * `project_not_active`.
 */
export function restoreInterview(deps: Deps, scope: MemberScope, { interviewId, deadlineAt, why }: contract.BringBack) {
  return memberStep(deps, scope, { interviewId, verb: "restore", deadlineAt, why }, (row, reached) =>
    bringBack(deps, scope, "interview_restored", row, reached),
  );
}

/** Back to `confirmed` after an interruption: the candidate begins anew. Answers of the earlier run stay on record. */
export function resetInterview(deps: Deps, scope: MemberScope, { interviewId, deadlineAt, why }: contract.BringBack) {
  return memberStep(deps, scope, { interviewId, verb: "reset", deadlineAt, why }, (row, reached) =>
    bringBack(deps, scope, "interview_reset", row, reached),
  );
}

/** Will not interview: from now on no letters, no sign-in, no timers (interview-workflow, skipped). */
export function skipInterview(
  deps: Deps,
  scope: MemberScope,
  { interviewId, why }: contract.Skip,
  also: readonly Statement<unknown>[] = [],
) {
  const now = deps.now();
  return memberStep(deps, scope, { interviewId, verb: "skip", why }, () => [
    revokeLinks({ interviewId }, now),
    revokeSessionsOfInterview(interviewId, now),
    ...also,
  ]);
}

/** Labels are for finding and filtering: changing them is no step and leaves no event. */
export async function setLabels(deps: Deps, scope: MemberScope, { interviewId, labels }: contract.SetLabels) {
  const { row } = await deps.db.read({ row: store.interviewForStep(scope, interviewId) });
  if (!row) return refuse("not_found");
  mustManage(row);
  await deps.db.write([
    store.stillManages(scope, row.interview.projectId),
    ...store.replaceLabels(scope, interviewId, labels),
  ]);
  return asStaffSees({ ...row, interview: { ...row.interview, labels } }, row.interview, deps.now());
}

/** For slices that act on an interview or beside it: the statements of their own reads and writes. */
export const interviewForStep = store.interviewForStep;
export const interviewsForStep = store.interviewsForStep;
export const interviewsByIds = store.interviewsByIds;
export const noteArmed = store.noteArmed;
export const isOwnInterview = store.isOwnInterview;
export const interviewsOfSamePerson = store.interviewsOfSamePerson;
export const repeatEmail = store.repeatEmail;
export const repeatName = store.repeatName;
export const stillManages = store.stillManages;
export const standsAt = store.standsAt;
export const insertEvent = store.insertEvent;
export const eventOf = store.eventOf;
export const staffInterview = store.staffInterview;
export const reachesInterview = store.reaches;
export const staffColumns = store.staffColumns;

// What the system does by itself: one idempotent `tend` for the alarm, for whoever looks, and for the sweep.

/**
 * Writes down what time has decided, or reminds who is to be reminded, and answers when there is something to do next, or null.
 * Any number may run at once and one writes; the others find it written.
 */
export async function tendInterview(deps: Deps, interviewId: InterviewId): Promise<Date | null> {
  const { row, staff } = await deps.db.read({
    row: store.interviewForStep(systemScope, interviewId),
    staff: staffToTell(interviewId),
  });
  if (!row) return null;
  const due = await whatIsDue(deps, row, staff, deps.now());
  if (due === null) return wakeOf(row.interview);
  try {
    await deps.db.write([...due.sentence, ...(await lettersOfExpiries(deps, due.expired))]);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { current } = await deps.db.read({ current: store.wakeOf(systemScope, interviewId) });
    return current ? wakeOf(current) : null;
  }
  if (due.next !== null) armSoon(deps, interviewId, due.next);
  drainSoon(deps);
  return due.next;
}

/** What is to be written now, which expiries whoever writes it tells of, and when there is something to do next. */
type Due = {
  readonly sentence: readonly Statement<unknown>[];
  readonly expired: readonly Expired[];
  readonly next: Date | null;
};

/** What time asks for: that it decides, invites or reminds. Null when it is not yet time for anything. */
export async function whatIsDue(deps: Deps, row: Row, staff: Staff, now: Date): Promise<Due | null> {
  const { inviteAt, remindAt } = row.interview;
  const taken = settle(row.interview, rulesOf(row), now);
  if (taken !== null) return decided(deps, row, taken, staff);
  if (inviteAt !== null && inviteAt <= now) return invitation(deps, row, now, staff);
  return remindAt !== null && remindAt <= now ? reminder(deps, row, now) : null;
}

function decided(deps: Deps, row: Row, taken: Taken, staff: Staff): Due {
  const sentence = written(deps, row, [taken], { scope: null });
  return { sentence, expired: expiriesIn(row, [taken], staff), next: wakeAfter(row, taken) };
}

/** The invitation that was to be sent later. Where it cannot be any more, the plan is dropped and who made it is told why. */
async function invitation(deps: Deps, row: Row, now: Date, staff: Staff): Promise<Due> {
  const { interview, project } = row;
  const deadlineAt = deadlineFor(interview.deadlineAt, project, interview.opensAt, now);
  const ready = { ...row, interview: { ...interview, deadlineAt } };
  const steps = invitable(ready, now);
  if (steps instanceof Refused) return dropped(deps, row, now, steps.reason, staff);
  const sentence = [
    mustBeActive(systemScope, interview.projectId),
    ...written(deps, ready, steps, { scope: null }),
    store.noteInvited(interview.id, { revision: project.revision }),
    ...(await lettersToCandidate(deps, "interview_invitation", row, deadlineAt)),
    ...(await unreachableLetters(deps, row, staff)),
  ];
  return { sentence, expired: [], next: afterSteps(ready, steps) };
}

/** Whoever invites sees in the answer that the address is dead. Where the system does it nobody looks, and staff are told instead. */
async function unreachableLetters(deps: Deps, row: Row, staff: Staff): Promise<Statement<unknown>[]> {
  const { email: address, emailStatus: why } = row.candidate;
  return why === "ok" ? [] : lettersToStaff(deps, { kind: "address_dead", address, why }, row, staff);
}

function invitable(row: Row, now: Date): Taken[] | Refused {
  try {
    if (row.project.status !== "active") refuse("project_not_active");
    return advance(row.interview, rulesOf(row), { verb: "invite", who: "system", now });
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

async function dropped(deps: Deps, row: Row, now: Date, why: Reason, staff: Staff): Promise<Due> {
  const steps = advance(row.interview, rulesOf(row), { verb: "schedule", who: "system", now, inviteAt: null });
  const letters = await lettersToStaff(deps, { kind: "invitation_not_sent", why }, row, staff);
  const sentence = [...written(deps, row, steps, { scope: null, why }), ...letters];
  return { sentence, expired: [], next: afterSteps(row, steps) };
}

/** No event: nothing has changed for anybody. The letter is what there is to see of it. */
async function reminder(deps: Deps, row: Row, now: Date): Promise<Due> {
  const { interview } = row;
  const { isSent, next } = reminderAt(interview, rulesOf(row), now);
  const letters = isSent ? await reminderLetter(deps, row) : [];
  const passed = store.passReminder(systemScope, { interview, next, now });
  return { sentence: [...passed, ...letters], expired: [], next: wakeOf({ ...interview, remindAt: next?.at ?? null }) };
}
