import type { Statement } from "../../db/statement.ts";
import { candidateByEmail, knownOrNew } from "../candidate/actions.ts";
import { revokeLinks } from "../identity/actions.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { Refused, refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import { type CandidateScope, hasAtLeast, type MemberScope, systemScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { lettersToCandidate, lettersToStaff, reminderLetter } from "../notice/actions.ts";
import { mustBeActive, projectForInviting } from "../project/actions.ts";
import { revokeSessionsOfInterview } from "../session/actions.ts";
import { nextReminder, planTimers, type ReminderRules, reminderAt } from "../timer/policy.ts";
import type * as contract from "./contract.ts";
import {
  type Asked,
  advance,
  availableActions,
  isDue,
  newborn,
  previousStatusAt,
  type Rules,
  type State,
  settle,
  statusAt,
  type Taken,
  type Verb,
} from "./machine.ts";
import { mustManage, offeredIn } from "./policy.ts";
import * as store from "./store.ts";

export type Row = NonNullable<ReturnType<ReturnType<typeof store.interviewForStep>["read"]>>;
type StaffRow = Omit<NonNullable<ReturnType<ReturnType<typeof store.interviewById>["read"]>>, "manages"> & {
  readonly manages: number | boolean;
};
type Scope = MemberScope | CandidateScope;

// After the answer: the timer, and what a late alarm has not written down.

type Timed = { readonly remindAt: Date | null; readonly dueAt: Date | null };

/** When the system next has something to do about it: a reminder comes before the deadline it is about. */
const wakeOf = ({ remindAt, dueAt }: Timed): Date | null => remindAt ?? dueAt;

/** Sets the interview's alarm to the instant it waits for. If that fails the sweep does it. */
function armSoon(deps: Deps, interviewId: InterviewId, at: Date | null): void {
  deps.afterwards("arm_deadline", (system) => armDeadline(system, interviewId, at));
}

export async function armDeadline(deps: Deps, interviewId: InterviewId, at: Date | null): Promise<void> {
  await deps.alarms.setInterview(interviewId, at);
  const [noted, current] = await deps.db.write([
    store.noteArmed(systemScope, interviewId, at),
    store.wakeOf(systemScope, interviewId),
  ]);
  // Timers of two steps may be set in the other order: who finds that theirs is not the last sets the last again.
  if (noted === 0 && current) await armDeadline(deps, interviewId, wakeOf(current));
}

type Ruled = {
  readonly project: Rules & Pick<ReminderRules, "reminderHours">;
  readonly candidate: Pick<ReminderRules, "timeZone">;
};

/** What the project says of time, and whose night it is. */
export function rulesOf({ project, candidate }: Ruled): Rules & ReminderRules {
  return { ...project, timeZone: candidate.timeZone };
}

/** Whoever looks at an interview whose instant has come has it written down. */
export function settleSoon(deps: Deps, row: Pick<State, "dueAt"> & { id: InterviewId }): void {
  if (isDue(row, deps.now())) deps.afterwards("settle_interview", (system) => tendInterview(system, row.id));
}

// What the answers look like.

/** What of the row is not for the reader's eyes `.output()` leaves out. */
function toInterview(row: StaffRow, now: Date): contract.Interview {
  return {
    ...row,
    status: statusAt(row, now),
    previousStatus: previousStatusAt(row, now),
    availableActions: row.manages ? offeredIn(row.projectStatus, availableActions(row, "member", now)) : [],
  };
}

function asStaffSees(
  { interview, candidate, project, manages, evaluationStatus, myEvaluationStatus }: Row,
  state: State,
  now: Date,
): contract.Interview {
  const { id, email, firstName, lastName, language, timeZone } = candidate;
  const { status, previousStatus, version, deadlineAt, opensAt, startedAt, finishedAt, dueAt, dueVerb } = state;
  return toInterview(
    {
      id: interview.id,
      organizationId: interview.organizationId,
      projectId: interview.projectId,
      projectName: project.name,
      projectStatus: project.status,
      candidate: { id, email, firstName, lastName, language, timeZone },
      ...{ status, previousStatus, version, deadlineAt, opensAt, startedAt, finishedAt, dueAt, dueVerb },
      createdAt: interview.createdAt,
      labels: interview.labels,
      manages,
      ...{ evaluationStatus, myEvaluationStatus },
    },
    now,
  );
}

// Steps.

/** When the candidate is reminded next, as things stand after a step. */
function remindedAt(row: Row, reached: State, now: Date): Date | null {
  return nextReminder(planTimers(reached, rulesOf(row), now));
}

/** The guarded rows and the events of what was decided, in order. */
export function written(
  deps: Deps,
  row: Row,
  steps: readonly Taken[],
  by: { scope: Scope | null; why?: string | undefined },
) {
  const { id: interviewId, organizationId } = row.interview;
  const actorId = by.scope === null ? null : by.scope.kind === "member" ? by.scope.memberId : by.scope.candidateId;
  return steps.flatMap((taken): Statement<unknown>[] => {
    const isAsked = taken.who !== "system";
    const event = store.eventOf({ id: deps.newId("evt"), interviewId, organizationId }, taken, {
      actorId: isAsked ? actorId : null,
      why: isAsked ? (by.why ?? null) : null,
    });
    const remindAt = remindedAt(row, taken.after, taken.at);
    return [...store.writeStep(interviewId, organizationId, taken, remindAt), store.insertEvent(event)];
  });
}

type AskedStep = { interviewId: InterviewId; verb: Verb; deadlineAt?: Date | undefined; why?: string | undefined };

/** A step that is taken writes what time has decided by itself: settling beside it would only race it. */
export function decide(deps: Deps, { interview, project }: Row, asked: Asked): Taken[] {
  try {
    return advance(interview, project, asked);
  } catch (error) {
    settleSoon(deps, interview);
    throw error;
  }
}

/** A member's step: read once, decide, write once. `also` adds what belongs to the same sentence. */
async function memberStep(
  deps: Deps,
  scope: MemberScope,
  { interviewId, verb, deadlineAt, why }: AskedStep,
  also: (row: Row, reached: State) => Promise<Statement<unknown>[]> | Statement<unknown>[] = () => [],
): Promise<contract.Interview> {
  const now = deps.now();
  const { row, staff } = await deps.db.read({
    row: store.interviewForStep(scope, interviewId),
    staff: store.staffToTell(interviewId),
  });
  if (!row) return refuse("not_found");
  mustManage(row);
  const steps = decide(deps, row, { verb, who: "member", now, deadlineAt });
  const reached = steps.at(-1)?.after ?? row.interview;
  await deps.db.write([
    store.stillManages(scope, row.interview.projectId),
    ...written(deps, row, steps, { scope, why }),
    ...(await expiryLetters(deps, row, steps, staff)),
    ...(await also(row, reached)),
  ]);
  afterStep(deps, row, reached);
  return asStaffSees(row, reached, now);
}

type Staff = Parameters<typeof lettersToStaff>[3];

/** Whoever writes an expiry down, the staff concerned are told, once. */
async function expiryLetters(
  deps: Deps,
  row: Row,
  steps: readonly Taken[],
  staff: Staff,
): Promise<Statement<unknown>[]> {
  const expiry = steps.find(({ verb }) => verb === "expire");
  if (!expiry) return [];
  const deadlineAt = expiry.after.deadlineAt ?? expiry.at;
  return lettersToStaff(deps, { kind: "interview_expired", deadlineAt }, row, staff);
}

/** Arms what the step has moved, and has the letters it promised delivered. */
export function afterStep(deps: Deps, row: Row, reached: State): void {
  const { interview } = row;
  const at = wakeOf({ ...reached, remindAt: remindedAt(row, reached, deps.now()) });
  if (wakeOf(interview)?.getTime() !== at?.getTime()) armSoon(deps, interview.id, at);
  drainSoon(deps);
}

/** The documented "Set Deadline Action". Refuses with `deadline_in_past`, `opens_after_deadline`, `illegal_step`. */
export function setDeadline(deps: Deps, scope: MemberScope, { interviewId, deadlineAt }: contract.SetDeadline) {
  return memberStep(deps, scope, { interviewId, verb: "set_deadline", deadlineAt });
}

/**
 * The deadline set, else the project's default period, else the organization's (interview-workflow), counted from now or
 * from when the interview opens.
 */
function deadlineFor(
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
  afterStep(deps, row, reached);
  return asStaffSees(row, reached, now);
}

/** The documented first request: a record with status `new`; a sent status or deadline is ignored. */
export function createInterview(deps: Deps, scope: MemberScope, input: contract.CreateInterview) {
  return create(deps, scope, input, null);
}

/** The three documented requests as one: created and invited, or neither. */
export function createAndInvite(deps: Deps, scope: MemberScope, { deadlineAt, ...input }: contract.CreateAndInvite) {
  return create(deps, scope, input, { deadlineAt });
}

type Invite = { deadlineAt: Date | undefined } | null;

/** Whoever wrote the same person or the same request in between is found at the second look: one more, never two. */
async function create(deps: Deps, scope: MemberScope, input: contract.CreateInterview, invite: Invite) {
  try {
    return await createOnce(deps, scope, input, invite);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.reason !== "moved_on" && error.reason !== "request_key_used") throw error;
    return createOnce(deps, scope, input, invite);
  }
}

/** The same person into the same project; and whoever asks to invite gets nobody who never was. */
function isSameRequest(found: StaffRow, { projectId, candidate }: contract.CreateInterview, invite: Invite): boolean {
  const isSameRun = found.projectId === projectId && found.candidate.email === candidate.email;
  return isSameRun && (invite === null || found.status !== "new");
}

async function createOnce(
  deps: Deps,
  scope: MemberScope,
  input: contract.CreateInterview,
  invite: Invite,
): Promise<contract.Interview> {
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
  const deadlineAt = invite && deadlineFor(invite.deadlineAt, project, born.opensAt, now);
  const steps = deadlineAt === null ? [] : advance(born, project, { verb: "invite", who: "member", now, deadlineAt });
  const state = steps.at(-1)?.after ?? born;
  const remindAt = nextReminder(planTimers(state, rulesOf({ project, candidate }), now));
  const { organizationId } = scope;
  const interview = {
    ...state,
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
    store.stillManages(scope, input.projectId),
    ...(invite ? [mustBeActive(scope, input.projectId)] : [store.projectTakesInterviews(scope, input.projectId)]),
    ...(input.requestKey === undefined ? [] : [store.keyIsFree(scope, input.requestKey)]),
    ...candidateStatements,
    ...store.insertInterview(scope, interview),
    store.insertEvent(birth),
    ...steps.map((taken) => store.insertEvent(store.eventOf(ids(), taken, { actorId: scope.memberId, why: null }))),
    ...(deadlineAt === null ? [] : await lettersToCandidate(deps, "interview_invitation", row, deadlineAt)),
  ]);
  if (state.dueAt !== null) armSoon(deps, interview.id, wakeOf(interview));
  if (invite) drainSoon(deps);
  const { id, email, firstName, lastName, language, timeZone } = candidate;
  const shown = { id, email, firstName, lastName, language, timeZone };
  const { name: projectName, status: projectStatus, mayManage: manages, isEvaluator } = project;
  const myEvaluationStatus = isEvaluator ? ("pending" as const) : null;
  const evaluation = { evaluationStatus: "pending" as const, myEvaluationStatus };
  return toInterview({ ...interview, candidate: shown, projectName, projectStatus, manages, ...evaluation }, now);
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
export function skipInterview(deps: Deps, scope: MemberScope, { interviewId, why }: contract.Skip) {
  const now = deps.now();
  return memberStep(deps, scope, { interviewId, verb: "skip", why }, () => [
    revokeLinks({ interviewId }, now),
    revokeSessionsOfInterview(interviewId, now),
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
export const staffToTell = store.staffToTell;
export const noteArmed = store.noteArmed;
export const isOwnInterview = store.isOwnInterview;
export const evaluatorsToTell = store.evaluatorsToTell;
export const stillManages = store.stillManages;
export const standsAt = store.standsAt;

// What staff look at.

export async function getInterview(deps: Deps, scope: MemberScope, { interviewId }: contract.InterviewIn) {
  const { row } = await deps.db.read({ row: store.interviewById(scope, interviewId) });
  if (!row) return refuse("not_found");
  settleSoon(deps, row);
  return toInterview(row, deps.now());
}

const totalMax = 1_000;

/** Interviews the member may see; filters and sorts as given, one round trip however deep the page. */
export async function listInterviews(deps: Deps, scope: MemberScope, input: contract.ListInterviews) {
  const now = deps.now();
  const order = `${input.sort} ${input.direction}`;
  const keys = keysOfCursor(order, input.cursor, [input.sort === "name" ? "string" : "number", "string"]);
  const seesAll = hasAtLeast(scope.access, "recruiter");
  const asked = { input, now, after: keys, seesAll, totalMax };
  const { rows, total } = store.listInterviews(scope, asked);
  const found = keys === null ? await deps.db.read({ rows, total }) : { ...(await deps.db.read({ rows })), total: [] };
  const page = toPage(found.rows, input.size, (row) => encodeCursor(order, [row.key, row.id]));
  const count = found.total[0]?.count;
  return {
    items: page.items.map((row) => toInterview(row, now)),
    nextCursor: page.nextCursor,
    total: count === undefined ? null : { count: Math.min(count, totalMax), isCapped: count > totalMax },
  };
}

/** What happened, from the beginning. History is never edited. */
export async function listEvents(deps: Deps, scope: MemberScope, input: contract.ListEvents) {
  const [afterVersion = 0] = keysOfCursor("events", input.cursor, ["number"]) ?? [];
  const { seen, rows } = await deps.db.read({
    seen: store.interviewById(scope, input.interviewId),
    rows: store.eventsOf(scope, input.interviewId, afterVersion, input.size),
  });
  if (!seen) return refuse("not_found");
  return toPage(rows, input.size, (row) => encodeCursor("events", [row.version]));
}

// What the system does by itself: one idempotent `tend` for the alarm, for whoever looks, and for the sweep.

/**
 * Writes down what time has decided, or reminds who is to be reminded, and answers when there is something to do next, or null.
 * Any number may run at once and one writes; the others find it written.
 */
export async function tendInterview(deps: Deps, interviewId: InterviewId): Promise<Date | null> {
  const { row, staff } = await deps.db.read({
    row: store.interviewForStep(systemScope, interviewId),
    staff: store.staffToTell(interviewId),
  });
  if (!row) return null;
  const due = await whatIsDue(deps, row, staff, deps.now());
  if (due === null) return wakeOf(row.interview);
  try {
    await deps.db.write(due.sentence);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { current } = await deps.db.read({ current: store.wakeOf(systemScope, interviewId) });
    return current ? wakeOf(current) : null;
  }
  afterTending(deps, interviewId, due);
  return due.next;
}

/** What is to be written now, and when there is something to do next. */
type Due = { readonly sentence: readonly Statement<unknown>[]; readonly next: Date | null; readonly arms: boolean };

/** What time asks for, whether it decides or reminds; null when it is not yet time for anything. */
export async function whatIsDue(deps: Deps, row: Row, staff: Staff, now: Date): Promise<Due | null> {
  const { interview } = row;
  const taken = settle(interview, row.project, now);
  if (taken !== null) {
    const letters = await expiryLetters(deps, row, [taken], staff);
    const next = wakeOf({ ...taken.after, remindAt: remindedAt(row, taken.after, taken.at) });
    return { sentence: [...written(deps, row, [taken], { scope: null }), ...letters], next, arms: false };
  }
  if (interview.remindAt === null || interview.remindAt > now) return null;
  // No event: nothing has changed for anybody. The letter is what there is to see of it.
  const { isSent, next } = reminderAt(interview, rulesOf(row), now);
  const letters = isSent ? await reminderLetter(deps, row) : [];
  const passed = store.passReminder(systemScope, { interview, next, now });
  return { sentence: [...passed, ...letters], next: wakeOf({ ...interview, remindAt: next }), arms: true };
}

export function afterTending(deps: Deps, interviewId: InterviewId, { next, arms }: Due): void {
  if (arms) armSoon(deps, interviewId, next);
  drainSoon(deps);
}
