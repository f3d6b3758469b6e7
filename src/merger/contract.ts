// Two records of one person become one (applicant-tracking, candidates). Pure.
import * as z from "zod";
import { CandidateIn } from "../candidate/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { candidateStatuses } from "../record/machine.ts";

/** `candidateId` stays; everything of `otherId` becomes theirs. */
export const MergeCandidates = CandidateIn.extend({ otherId: idOf("cnd") });
export type MergeCandidates = z.infer<typeof MergeCandidates>;

export const ListFormer = PageIn.extend(CandidateIn.shape);
export type ListFormer = z.infer<typeof ListFormer>;

/** A record that became part of another, as it was then. */
export const FormerRecord = z.object({
  /** The id it had: whoever asks for it is told whose it is now. */
  id: idOf("cnd"),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  source: z.string().nullable(),
  status: z.enum(candidateStatuses),
  /** Calendar dates, YYYY-MM-DD. */
  appliedDate: z.string().nullable(),
  rejectDate: z.string().nullable(),
  hiredDate: z.string().nullable(),
  createdAt: z.date(),
  mergedBy: idOf("mem"),
  mergedAt: z.date(),
});
export const FormerPage = pageOf(FormerRecord);
