// Two records of one person become one (applicant-tracking, candidates). Pure.
import * as z from "zod/mini";
import { CandidateIn } from "../candidate/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { candidateStatuses } from "../record/machine.ts";

/** `candidateId` stays; everything of `otherId` becomes theirs. */
export const MergeCandidates = z.extend(CandidateIn, { otherId: idOf("cnd") });
export type MergeCandidates = z.infer<typeof MergeCandidates>;

export const ListFormer = z.extend(PageIn, CandidateIn.shape);
export type ListFormer = z.infer<typeof ListFormer>;

/** A record that became part of another, as it was then. */
export const FormerRecord = z.object({
  /** The id it had: whoever asks for it is told whose it is now. */
  id: idOf("cnd"),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  phone: z.nullable(z.string()),
  source: z.nullable(z.string()),
  status: z.enum(candidateStatuses),
  /** Calendar dates, YYYY-MM-DD. */
  appliedDate: z.nullable(z.string()),
  rejectDate: z.nullable(z.string()),
  hiredDate: z.nullable(z.string()),
  createdAt: z.date(),
  mergedBy: idOf("mem"),
  mergedAt: z.date(),
});
export const FormerPage = pageOf(FormerRecord);
