import { settleSoon } from "../interview/actions.ts";
import { availableActions, statusAt } from "../interview/machine.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";
import { leaseOf, signOf } from "../presence/actions.ts";
import { forCandidate, Step } from "../project/contract.ts";
import { begin, keepAsAnswer, recordingForStep } from "../recording/actions.ts";
import type { BeginRecording, Recording } from "../recording/contract.ts";
import type { Answer, AnswerIn, GivenAnswers, OpenStep, Room, SaveAnswer } from "./contract.ts";
import {
  closesAt,
  eased,
  isClosed,
  isDone,
  isTooLate,
  mustBeRecorded,
  mustFit,
  type Opened,
  pointsFor,
  sendUntil,
} from "./policy.ts";
import * as store from "./store.ts";

type Progress = NonNullable<ReturnType<ReturnType<typeof store.progress>["read"]>>;

/** The step as this candidate has it. */
function stepFor({ accommodations }: Progress, json: string): Step {
  return eased(Step.parse(JSON.parse(json)), accommodations);
}

/** The step that is open, with how often it was submitted; null before the first. */
function openedOf(progress: Progress): Opened | null {
  const { openStep, openedAt, takes } = progress;
  if (openStep === null || openedAt === null) return null;
  return { step: stepFor(progress, openStep), openedAt, takes: takes ?? 0 };
}

type Given = Pick<OpenStep, "answer" | "recordingId">;
const nothingGiven: Given = { answer: null, recordingId: null };

function toOpenStep(opened: Opened, position: number, given: Given, now: Date): OpenStep {
  const { answer, recordingId } = given;
  return {
    position,
    step: forCandidate(opened.step),
    openedAt: opened.openedAt,
    closesAt: closesAt(opened),
    sendUntil: sendUntil(opened),
    takesLeft: isClosed(opened, now) ? 0 : opened.step.takes - opened.takes,
    isDone: isDone(opened, now),
    ...{ answer, recordingId },
  };
}

function toRoom(progress: Progress, open: OpenStep | null, now: Date): Room {
  const status = statusAt(progress, now);
  return {
    interviewId: progress.id,
    status,
    stepCount: progress.stepCount,
    stepsAhead: progress.stepCount - 1 - (open?.position ?? -1),
    open: status === "interviewing" ? open : null,
    ...leaseOf(progress, now),
  };
}

async function progressOf(deps: Deps, scope: CandidateScope, interviewId: InterviewId): Promise<Progress> {
  const { progress } = await deps.db.read({ progress: store.progress(scope, interviewId) });
  return seenBy(deps, progress);
}

/** What a candidate may know of: refuses with `not_found` what was not given to them. */
function seenBy(deps: Deps, progress: Progress | undefined): Progress {
  if (!progress || progress.status === "new" || progress.status === "skipped") return refuse("not_found");
  settleSoon(deps, progress);
  return progress;
}

/**
 * Begins a recording for the open step. Refuses like `saveAnswer`, and with `slow_down` who begins more than a hundred a day.
 */
export async function beginRecording(deps: Deps, scope: CandidateScope, input: BeginRecording): Promise<Recording> {
  const now = deps.now();
  const { interviewId, stepId, contentType } = input;
  const progress = await progressOf(deps, scope, interviewId);
  mustBeInterviewing(progress, "record", now);
  const opened = openedOf(progress);
  if (opened?.step.id !== stepId) return refuse("step_not_open");
  if (isClosed(opened, now)) refuse("step_time_over");
  if (opened.takes >= opened.step.takes) refuse("takes_used");
  mustBeRecorded(opened.step, contentType);
  return begin(deps, scope, { interviewId, stepId, contentType, run: progress.run });
}

type Recorded = ReturnType<ReturnType<typeof recordingForStep>["read"]>;

/** The answer as it is kept. Refuses with `not_found` a recording that is not for this step, with `recording_incomplete` one that is not whole. */
function given(step: Step, answer: AnswerIn, recorded: Recorded): Answer {
  if (answer.kind !== "media") return answer;
  if (recorded === undefined) return refuse("not_found");
  const { contentType, status } = recorded;
  if (status !== "whole") refuse("recording_incomplete");
  mustBeRecorded(step, contentType);
  return { ...answer, contentType };
}

function mustBeInterviewing(progress: Progress, verb: string, now: Date): void {
  const status = statusAt(progress, now);
  const allowed = availableActions(progress, "candidate", now);
  if (status !== "interviewing") refuse("illegal_step", { from: status, verb, allowed });
}

/** Where the candidate is in their interview. Refuses with `not_found`. */
export async function showRoom(deps: Deps, scope: CandidateScope, input: { interviewId: InterviewId }): Promise<Room> {
  const now = deps.now();
  const progress = await progressOf(deps, scope, input.interviewId);
  const opened = openedOf(progress);
  const open = opened && toOpenStep(opened, progress.openPosition ?? 0, progress, now);
  return toRoom(progress, open, now);
}

/**
 * Opens the next step and starts its clock; answers with the open one again while that is not done, or is the last. Refuses with
 * `not_found`, `illegal_step` unless interviewing, and with `moved_on` when time or another window was quicker.
 */
export async function openStep(deps: Deps, scope: CandidateScope, input: { interviewId: InterviewId }): Promise<Room> {
  const now = deps.now();
  const progress = await progressOf(deps, scope, input.interviewId);
  mustBeInterviewing(progress, "open_step", now);
  const opened = openedOf(progress);
  const isLast = progress.nextStep === null;
  if (opened && (!isDone(opened, now) || isLast)) {
    return toRoom(progress, toOpenStep(opened, progress.openPosition ?? 0, progress, now), now);
  }
  if (progress.nextStep === null) return refuse("step_not_open");
  const next = progress.openPosition === null ? 0 : progress.openPosition + 1;
  const at = { interviewId: progress.id, run: progress.run, position: progress.openPosition, now };
  const sign = signOf(scope, progress, now);
  await deps.db.write([...store.openPosition(scope, at, next), ...sign.statements]);
  const fresh = { step: stepFor(progress, progress.nextStep), openedAt: now, takes: 0 };
  return toRoom({ ...progress, ...sign.running }, toOpenStep(fresh, next, nothingGiven, now), now);
}

/**
 * Saves an answer to the open step; what was recorded in time may come a little later. Refuses with `step_not_open`, `step_time_over`,
 * `takes_used`, `answer_mismatch`, `recording_incomplete`, `illegal_step`; one millisecond after the end with `illegal_step` or `moved_on`, whether or not an alarm has fired.
 */
export async function saveAnswer(deps: Deps, scope: CandidateScope, input: SaveAnswer): Promise<Room> {
  const now = deps.now();
  const { interviewId, stepId, submit } = input;
  const recordingId = input.answer.kind === "media" ? input.answer.recordingId : null;
  const { progress: found, recorded } = await deps.db.read({
    progress: store.progress(scope, interviewId),
    ...(recordingId !== null && { recorded: recordingForStep(scope, recordingId, { interviewId, stepId }) }),
  });
  const progress = seenBy(deps, found);
  mustBeInterviewing(progress, "answer", now);
  const opened = openedOf(progress);
  const position = progress.openPosition;
  if (!opened || position === null || opened.step.id !== input.stepId) return refuse("step_not_open");
  if (isTooLate(opened, recorded?.createdAt ?? now, now)) refuse("step_time_over");
  if (opened.takes > 0 && !input.submit) refuse("answer_submitted");
  mustFit(opened.step, input.answer);
  const answer = given(opened.step, input.answer, recorded);
  const { run } = progress;
  const sign = signOf(scope, progress, now);
  await deps.db.write([
    ...store.saveAnswer(
      scope,
      { interviewId: progress.id, run, position, now },
      { stepId, answer, submit, points: pointsFor(opened.step, answer), takesMax: opened.step.takes },
    ),
    ...(recordingId === null ? [] : keepAsAnswer(scope, recordingId, { interviewId: progress.id, run, stepId }, now)),
    ...sign.statements,
  ]);
  const saved = { ...opened, takes: opened.takes + (submit ? 1 : 0) };
  return toRoom(
    { ...progress, ...sign.running },
    toOpenStep(saved, position, { answer, recordingId: progress.recordingId }, now),
    now,
  );
}

/** For the slice that finishes interviews: where the candidate is, for its own read. */
export const progress = store.progress;

/** Steps that are neither answered nor out of time. An interview can be finished when none is left. */
export function stepsLeft(progress: Progress, now: Date): number {
  const opened = openedOf(progress);
  const ahead = progress.stepCount - 1 - (progress.openPosition ?? -1);
  return ahead + (opened && !isDone(opened, now) ? 1 : 0);
}

/** For staff who see the project: every step with what was answered in the latest run. Refuses with `not_found`. */
export async function givenAnswers(
  deps: Deps,
  scope: MemberScope,
  input: { interviewId: InterviewId },
): Promise<GivenAnswers> {
  const { found, answers } = await deps.db.read({
    found: store.stepsOf(scope, input.interviewId),
    answers: store.answersOf(scope, input.interviewId),
  });
  if (!found) return refuse("not_found");
  const none = { answer: null, takes: 0, points: null, savedAt: null };
  const steps = found.steps.map((step, position) => ({
    ...none,
    ...answers.find((answer) => answer.position === position),
    position,
    step,
  }));
  return { interviewId: found.id, steps };
}
