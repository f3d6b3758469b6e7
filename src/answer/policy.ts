// Who may read answers; when a step is open, when it is done, what fits it and what it scores. Pure.
import type { Accommodations } from "../interview/contract.ts";
import { longer } from "../interview/policy.ts";
import { after, minuteMs } from "../kernel/clock.ts";
import { refuse } from "../kernel/errors.ts";
import type { Access } from "../kernel/scope.ts";
import type { Step } from "../project/contract.ts";
import type { Answer, AnswerIn } from "./contract.ts";

/** Below recruiter, only where the member holds a role in the project: the store asks that too. */
export const answerPolicy = { given: "hiring_manager" } as const satisfies Record<string, Access>;

/** The step for somebody for whom it is made easier. */
export function eased(step: Step, accommodations: Accommodations): Step {
  return {
    ...step,
    preparationSeconds: longer(step.preparationSeconds, accommodations),
    answerSeconds: step.answerSeconds === null ? null : longer(step.answerSeconds, accommodations),
    takes: step.takes + accommodations.extraTakes,
  };
}

export type Opened = { readonly step: Step; readonly openedAt: Date; readonly takes: number };

/** Thinking time once, answering time for every take. */
export function closesAt({ step, openedAt }: Opened): Date | null {
  if (step.answerSeconds === null) return null;
  return after(openedAt, (step.preparationSeconds + step.answerSeconds * step.takes) * 1_000);
}

export function isClosed(opened: Opened, now: Date): boolean {
  const closing = closesAt(opened);
  return closing !== null && closing <= now;
}

/** What was recorded in time is on its way for a while, on a slow line for long. */
const sendingMs = 15 * minuteMs;

/** For what is recorded: until when it may arrive, if it was begun before the step closed. */
export function sendUntil(opened: Opened): Date | null {
  const closing = opened.step.answer.kind === "media" ? closesAt(opened) : null;
  return closing && after(closing, sendingMs);
}

/** `begunAt`: when it was begun to be recorded; of anything else, now. */
export function isTooLate(opened: Opened, begunAt: Date, now: Date): boolean {
  const until = sendUntil(opened);
  return isClosed(opened, begunAt) || (until === null ? isClosed(opened, now) : until <= now);
}

/** Submitted at least once, or out of time: the next step may be opened, or the interview finished. */
export function isDone(opened: Opened, now: Date): boolean {
  return opened.takes > 0 || isClosed(opened, now);
}

/** Refuses with `answer_mismatch` what the step did not ask for. */
export function mustFit(step: Step, answer: AnswerIn): void {
  if (step.answer.kind !== answer.kind) refuse("answer_mismatch", { expected: step.answer.kind });
  if (step.answer.kind === "text" && answer.kind === "text" && answer.text.length > step.answer.maxChars) {
    refuse("answer_mismatch", { maxChars: step.answer.maxChars });
  }
  if (step.answer.kind === "choice" && answer.kind === "choice") mustBeAmong(step.answer, answer.optionIds);
}

/** Refuses with `answer_mismatch` what is not answered by a recording, or by one of another kind. */
export function mustBeRecorded(step: Step, contentType: string): void {
  const expected = step.answer.kind === "media" ? step.answer.media : step.answer.kind;
  if (!contentType.startsWith(`${expected}/`)) refuse("answer_mismatch", { expected });
}

type Choice = { readonly options: readonly { readonly id: string }[]; readonly multiple: boolean };

function mustBeAmong({ options, multiple }: Choice, chosen: readonly string[]): void {
  const areKnown = chosen.every((id) => options.some((option) => option.id === id));
  const areDistinct = new Set(chosen).size === chosen.length;
  if (!areKnown || !areDistinct || (!multiple && chosen.length > 1)) refuse("answer_mismatch", { expected: "choice" });
}

/** All of a test's points for exactly the right options, else none; null where a person judges. */
export function pointsFor(step: Step, answer: Answer): number | null {
  if (step.kind !== "test" || step.answer.kind !== "choice" || answer.kind !== "choice") return null;
  const right = new Set(step.answer.correctOptionIds);
  const isRight = answer.optionIds.length === right.size && answer.optionIds.every((id) => right.has(id));
  return isRight ? step.points : 0;
}
