// Bulk: one act for many interviews, each for itself. Pure.
import * as z from "zod/mini";
import { type Facts, type Reason, refusals } from "../kernel/errors.ts";
import { idOf } from "../kernel/ids.ts";

const interviewsMax = 500;

/** An interview that stands twice is refused the second time with `repeated_row`. */
export const ManyInterviews = z.object({
  interviewIds: z.array(idOf("itv")).check(z.minLength(1), z.maxLength(interviewsMax)),
});
export type ManyInterviews = z.infer<typeof ManyInterviews>;

const Reasons = z.custom<Reason>((value) => typeof value === "string" && value in refusals);

/** What a refused row says, whatever was asked. */
export const RefusedRow = z.object({
  index: z.number(),
  outcome: z.literal("refused"),
  reason: Reasons,
  sentence: z.string(),
  facts: z.custom<Facts>(),
});

/** In the order of the call, `index` counted from 0. */
export const DoneMany = z.object({
  results: z.array(
    z.discriminatedUnion("outcome", [
      z.object({ index: z.number(), outcome: z.literal("done"), interviewId: idOf("itv") }),
      z.extend(RefusedRow, { interviewId: idOf("itv") }),
    ]),
  ),
  done: z.number(),
});
export type DoneMany = z.infer<typeof DoneMany>;
