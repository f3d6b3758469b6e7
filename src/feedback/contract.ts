// Feedback: what an interviewer says of a candidate after a meeting (applicant-tracking, interview feedback). Candidates never see it. Pure.
import * as z from "zod/mini";
import { folded } from "../kernel/fold.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { line, prose } from "../kernel/shapes.ts";
import { Rating } from "../sieve/contract.ts";
import { criteriaMax, feedbackVerbs, verdicts } from "./policy.ts";

const descriptionMax = 5_000;
const criterionNameMax = 60;

const Interviewer = z.object({ memberId: idOf("mem"), firstName: z.string(), lastName: z.string() });

export const Feedback = z.object({
  id: idOf("fbk"),
  meetingId: idOf("mtg"),
  candidateId: idOf("cnd"),
  /** Whose it is. */
  interviewer: Interviewer,
  description: z.string(),
  /** From 0 to 5 in halves. */
  rating: z.number(),
  verdict: z.enum(verdicts),
  criteria: z.array(z.object({ name: z.string(), rating: z.number() })),
  /** Rises by one with every change. */
  version: z.number(),
  createdAt: z.date(),
  /** Null: as it was given. */
  editedAt: z.nullable(z.date()),
  mayEdit: z.boolean(),
  mayRemove: z.boolean(),
});
export type Feedback = z.infer<typeof Feedback>;

/** However it is written, each thing is rated once. */
const Criteria = z.array(z.object({ name: line(criterionNameMax), rating: Rating })).check(
  z.maxLength(criteriaMax),
  z.refine((all) => new Set(all.map(({ name }) => folded(name))).size === all.length, "must each be named once"),
);

const said = {
  description: prose(descriptionMax),
  rating: Rating,
  verdict: z.enum(verdicts),
  criteria: Criteria,
};

/** Whoever calls gives it. */
export const GiveFeedback = z.object({
  ...said,
  meetingId: idOf("mtg"),
  verdict: z._default(z.enum(verdicts), "undecided"),
  criteria: z._default(Criteria, []),
});
export type GiveFeedback = z.infer<typeof GiveFeedback>;

export const FeedbackIn = z.object({ feedbackId: idOf("fbk") });
export type FeedbackIn = z.infer<typeof FeedbackIn>;

/** Changes what is given and leaves the rest; `criteria` are all of them from then on. `version`: the one that was seen; a newer one refuses. */
export const EditFeedback = z.extend(FeedbackIn, {
  version: z.number().check(z.int(), z.minimum(1)),
  ...z.partial(z.object(said)).shape,
});
export type EditFeedback = z.infer<typeof EditFeedback>;

export const ListFeedback = z.extend(PageIn, { meetingId: idOf("mtg") });
export type ListFeedback = z.infer<typeof ListFeedback>;

/** On all meetings with them. */
export const ListFeedbackOfCandidate = z.extend(PageIn, { candidateId: idOf("cnd") });
export type ListFeedbackOfCandidate = z.infer<typeof ListFeedbackOfCandidate>;

export const FeedbackPage = pageOf(Feedback);
export type FeedbackPage = z.infer<typeof FeedbackPage>;

export const ListFeedbackEvents = z.extend(PageIn, { meetingId: idOf("mtg") });
export type ListFeedbackEvents = z.infer<typeof ListFeedbackEvents>;

/** One thing that happened, and to whose feedback; never what that said. */
export const FeedbackEvent = z.object({
  id: idOf("evt"),
  feedbackId: idOf("fbk"),
  verb: z.enum(feedbackVerbs),
  interviewerId: idOf("mem"),
  actorId: idOf("mem"),
  at: z.date(),
});
export const FeedbackEventPage = pageOf(FeedbackEvent);
