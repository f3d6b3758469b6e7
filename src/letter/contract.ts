// Letters as a recruiter sees them: where each stands and why, never what it says or the link in it. Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { letterKinds } from "../stationery/contract.ts";
import { bounceVerdicts, letterStatuses } from "./policy.ts";

export const Letter = z.object({
  id: idOf("ltr"),
  kind: z.enum(letterKinds),
  to: z.string(),
  status: z.enum(letterStatuses),
  /** How often delivery was tried since it was promised or sent again. */
  attempts: z.number().int(),
  /** What the last try came to, when it did not come to a delivery. */
  lastError: z.string().nullable(),
  interviewId: idOf("itv").nullable(),
  refcheckId: idOf("rck").nullable(),
  meetingId: idOf("mtg").nullable(),
  offerId: idOf("off").nullable(),
  createdAt: z.date(),
  /** When Postmark took it. */
  deliveredAt: z.date().nullable(),
  /** When the reader's mail server took it, once Postmark has said so. */
  arrivedAt: z.date().nullable(),
  failedAt: z.date().nullable(),
  /** The gravest that came back of it, with Postmark's own word for it, such as HardBounce. */
  bounce: z.enum(bounceVerdicts).nullable(),
  bounceType: z.string().nullable(),
  bouncedAt: z.date().nullable(),
});
export type Letter = z.infer<typeof Letter>;

export const LetterPage = pageOf(Letter);

/** With `interviewId` for whoever manages its project, without for recruiters. */
export const ListLetters = PageIn.extend({
  status: z.enum(letterStatuses).optional(),
  interviewId: idOf("itv").optional(),
});
export type ListLetters = z.infer<typeof ListLetters>;

export const LetterIn = z.object({ letterId: idOf("ltr") });
export type LetterIn = z.infer<typeof LetterIn>;
