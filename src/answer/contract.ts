// Answer: what a candidate gives to the steps of their interview, one step after the other. Pure.
import * as z from "zod/mini";
import { InterviewIn, Presence } from "../interview/contract.ts";
import { statuses } from "../interview/machine.ts";
import { idOf } from "../kernel/ids.ts";
import { prose } from "../kernel/shapes.ts";
import { CandidateStep, Step } from "../project/contract.ts";

const answerCharsMax = 20_000;

const TextAnswer = z.object({ kind: z.literal("text"), text: prose(answerCharsMax) });
const ChoiceAnswer = z.object({
  kind: z.literal("choice"),
  optionIds: z.array(z.string().check(z.maxLength(40))).check(z.maxLength(20)),
});
/** A recording that is whole; `durationSeconds` as the candidate's own player says. */
const MediaAnswer = z.object({
  kind: z.literal("media"),
  recordingId: idOf("rec"),
  durationSeconds: z.number().check(z.minimum(0), z.maximum(86_400)),
});

export const AnswerIn = z.discriminatedUnion("kind", [TextAnswer, ChoiceAnswer, MediaAnswer]);
export type AnswerIn = z.infer<typeof AnswerIn>;

/** `recording.play` says where a recording can be played, to those who may rate or review. */
export const Answer = z.discriminatedUnion("kind", [
  TextAnswer,
  ChoiceAnswer,
  z.extend(MediaAnswer, { contentType: z.string() }),
]);
export type Answer = z.infer<typeof Answer>;

export const OpenStep = z.object({
  /** Counted from 0. */
  position: z.number(),
  step: CandidateStep,
  openedAt: z.date(),
  /** From this instant answers to this step are refused; null: no limit but the interview's own. */
  closesAt: z.nullable(z.date()),
  /** Of a step that is recorded and closes: until when a recording that was begun before it closed may still be given. */
  sendUntil: z.nullable(z.date()),
  takesLeft: z.number(),
  isDone: z.boolean(),
  /** What was saved last, submitted or not. */
  answer: z.nullable(Answer),
  /** The newest recording that was begun for it, given or not: `recording.show` tells how far it has come. */
  recordingId: z.nullable(idOf("rec")),
});
export type OpenStep = z.infer<typeof OpenStep>;

/** The room a candidate is in while interviewing: the step that is open, and how far they are. Steps ahead stay hidden. */
export const Room = z.object({
  interviewId: idOf("itv"),
  status: z.enum(statuses),
  stepCount: z.number(),
  /** Steps left after the open one. */
  stepsAhead: z.number(),
  open: z.nullable(OpenStep),
  /** While interviewing: until when whoever stays may go on. */
  endsAt: z.nullable(z.date()),
  presence: z.nullable(Presence),
});
export type Room = z.infer<typeof Room>;

/**
 * `submit: false` saves as one goes, as often as one likes until something was submitted; `submit: true` uses one take. When the time
 * of a step is over, what was saved last is the answer.
 */
export const SaveAnswer = z.extend(InterviewIn, {
  stepId: idOf("stp"),
  answer: AnswerIn,
  submit: z._default(z.boolean(), false),
});
export type SaveAnswer = z.infer<typeof SaveAnswer>;

/** For staff: every step of the interview with what was answered, in order. */
export const GivenAnswers = z.object({
  interviewId: idOf("itv"),
  steps: z
    .array(
      z.object({
        position: z.number(),
        step: Step,
        answer: z.nullable(Answer),
        takes: z.number(),
        /** Points of a test that scores itself; null where a person judges. */
        points: z.nullable(z.number()),
        savedAt: z.nullable(z.date()),
      }),
    )
    .check(z.maxLength(100)),
});
export type GivenAnswers = z.infer<typeof GivenAnswers>;
