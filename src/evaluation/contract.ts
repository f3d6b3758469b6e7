// Evaluation: what evaluators think of a finished interview (interview-workflow, Evaluation Status). Pure.
import * as z from "zod/mini";
import { InterviewIn, Vetoes } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { prose } from "../kernel/shapes.ts";
import { evaluationStatuses, myEvaluationStatuses } from "./machine.ts";

const ratingsMax = 300;
const notesMax = 101;
const noteCharsMax = 5_000;
const vetoCharsMin = 15;
const vetoCharsMax = 600;
/** An evaluator may have rated a hundred questions by thirty criteria: ten of them are a large answer. */
const evaluatorsSizeMax = 10;

const Rating = z.object({
  stepId: idOf("stp"),
  criterionId: idOf("crt"),
  /** From 1 to the criterion's `scaleMax`. */
  score: z.number(),
  ratedAt: z.date(),
});
/** `stepId` null: about the interview as a whole. */
const Note = z.object({ stepId: z.nullable(idOf("stp")), text: z.string(), notedAt: z.date() });
const Veto = z.object({ reason: z.string(), at: z.date() });

/** All that one evaluator has said of one interview. Ratings on a scale or a criterion that is no longer there are left out. */
export const Judgement = z.object({ ratings: z.array(Rating), notes: z.array(Note), veto: z.nullable(Veto) });
export type Judgement = z.infer<typeof Judgement>;

/**
 * Averages in percent of the scale: 0 is the lowest score, 100 the highest. `spread` lies between the highest and the lowest
 * evaluator; `evaluators` is how many had a say.
 */
const Average = z.object({ average: z.number(), spread: z.number(), evaluators: z.number() });
export type Average = z.infer<typeof Average>;

export const Result = z.object({
  /** Each evaluator counts once, however much they rated. Null before the first rating. */
  overall: z.nullable(Average),
  byStep: z.array(z.extend(Average, { stepId: idOf("stp") })),
  byCriterion: z.array(z.extend(Average, { criterionId: idOf("crt") })),
  byStepAndCriterion: z.array(z.extend(Average, { stepId: idOf("stp"), criterionId: idOf("crt") })),
});
export type Result = z.infer<typeof Result>;

export const Evaluation = z.object({
  interviewId: idOf("itv"),
  evaluationStatus: z.enum(evaluationStatuses),
  /** Null: whoever asks is not an evaluator of the project. */
  myEvaluationStatus: z.nullable(z.enum(myEvaluationStatuses)),
  vetoes: Vetoes,
  /** How many ratings each evaluator has to give: every required criterion for every step that people judge. */
  ratingsNeeded: z.number(),
  evaluators: z.number(),
  evaluatorsDone: z.number(),
  /** What whoever asks has said; null when they are not an evaluator. */
  mine: z.nullable(Judgement),
  /** Null until the interview is `interviewed`, and for an evaluator until their own ratings are complete. */
  result: z.nullable(Result),
});
export type Evaluation = z.infer<typeof Evaluation>;

export const ListEvaluators = z.extend(InterviewIn, {
  ...PageIn.shape,
  size: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(evaluatorsSizeMax)), evaluatorsSizeMax),
});
export type ListEvaluators = z.infer<typeof ListEvaluators>;

export const Evaluator = z.object({
  memberId: idOf("mem"),
  firstName: z.string(),
  lastName: z.string(),
  /** Have they given every rating that is needed? */
  isDone: z.boolean(),
  /** Null while it is not for the eyes of whoever asks: an evaluator gives their own ratings first. */
  judgement: z.nullable(Judgement),
});
export type Evaluator = z.infer<typeof Evaluator>;
export const EvaluatorPage = pageOf(Evaluator);

const areDistinct = <Item>(items: readonly Item[], keyOf: (item: Item) => string) =>
  new Set(items.map(keyOf)).size === items.length;

/** What is named is changed, the rest stays. A score of null takes a rating back, an empty text a note. */
export const Rate = z.extend(InterviewIn, {
  ratings: z
    ._default(
      z
        .array(
          z.object({
            stepId: idOf("stp"),
            criterionId: idOf("crt"),
            score: z.nullable(z.number().check(z.int(), z.minimum(1), z.maximum(10))),
          }),
        )
        .check(z.maxLength(ratingsMax)),
      [],
    )
    .check(
      z.refine(
        (ratings) => areDistinct(ratings, ({ stepId, criterionId }) => `${stepId} ${criterionId}`),
        "must not rate the same twice",
      ),
    ),
  notes: z
    ._default(
      z.array(z.object({ stepId: z.nullable(idOf("stp")), text: prose(noteCharsMax) })).check(z.maxLength(notesMax)),
      [],
    )
    .check(z.refine((notes) => areDistinct(notes, ({ stepId }) => String(stepId)), "must not note on the same twice")),
});
export type Rate = z.infer<typeof Rate>;

export const PutVeto = z.extend(InterviewIn, {
  reason: z.pipe(
    z.pipe(
      prose(vetoCharsMax),
      z.transform((reason) => reason.trim()),
    ),
    z.string().check(z.minLength(vetoCharsMin)),
  ),
});
export type PutVeto = z.infer<typeof PutVeto>;
