// Letters as a recruiter sees them: where each stands and why, never what it says or the link in it. Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { letterKinds } from "../stationery/contract.ts";

export const letterStatuses = ["waiting", "delivered", "failed", "withdrawn"] as const;

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
  createdAt: z.date(),
  deliveredAt: z.date().nullable(),
  failedAt: z.date().nullable(),
});
export type Letter = z.infer<typeof Letter>;

export const LetterPage = pageOf(Letter);

export const ListLetters = PageIn.extend({
  status: z.enum(letterStatuses).optional(),
  interviewId: idOf("itv").optional(),
});
export type ListLetters = z.infer<typeof ListLetters>;

export const LetterIn = z.object({ letterId: idOf("ltr") });
export type LetterIn = z.infer<typeof LetterIn>;
