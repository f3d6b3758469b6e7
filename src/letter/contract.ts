// Letters as a recruiter sees them: where each stands and why, never what it says or the link in it. Pure.
import * as z from "zod/mini";
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
  attempts: z.number().check(z.int()),
  /** What the last try came to, when it did not come to a delivery. */
  lastError: z.nullable(z.string()),
  interviewId: z.nullable(idOf("itv")),
  refcheckId: z.nullable(idOf("rck")),
  meetingId: z.nullable(idOf("mtg")),
  offerId: z.nullable(idOf("off")),
  createdAt: z.date(),
  /** When Postmark took it. */
  deliveredAt: z.nullable(z.date()),
  /** When the reader's mail server took it, once Postmark has said so. */
  arrivedAt: z.nullable(z.date()),
  failedAt: z.nullable(z.date()),
  /** The gravest that came back of it, with Postmark's own word for it, such as HardBounce. */
  bounce: z.nullable(z.enum(bounceVerdicts)),
  bounceType: z.nullable(z.string()),
  bouncedAt: z.nullable(z.date()),
});
export type Letter = z.infer<typeof Letter>;

export const LetterPage = pageOf(Letter);

/** With `interviewId` for whoever manages its project, without for recruiters. */
export const ListLetters = z.extend(PageIn, {
  status: z.optional(z.enum(letterStatuses)),
  interviewId: z.optional(idOf("itv")),
});
export type ListLetters = z.infer<typeof ListLetters>;

export const LetterIn = z.object({ letterId: idOf("ltr") });
export type LetterIn = z.infer<typeof LetterIn>;
