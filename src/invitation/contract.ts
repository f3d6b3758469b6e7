// Invitation: the ways into one interview, its links and the sessions they were exchanged for. Pure.
import * as z from "zod";
import { InterviewIn } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";

const listedMax = 100;

/** The newest hundred of each. A link is good while `revokedAt` is null and the interview is neither given nor skipped. */
export const Invitation = z.object({
  interviewId: idOf("itv"),
  links: z
    .array(
      z.object({
        id: idOf("lnk"),
        createdAt: z.date(),
        /** When it was last exchanged for a session. */
        usedAt: z.date().nullable(),
        revokedAt: z.date().nullable(),
      }),
    )
    .max(listedMax),
  sessions: z
    .array(
      z.object({
        id: idOf("ses"),
        linkId: idOf("lnk").nullable(),
        device: z.string(),
        createdAt: z.date(),
        expiresAt: z.date(),
        revokedAt: z.date().nullable(),
      }),
    )
    .max(listedMax),
});
export type Invitation = z.infer<typeof Invitation>;

export const Resent = z.object({ interviewId: idOf("itv"), deadlineAt: z.date().nullable() });
export type Resent = z.infer<typeof Resent>;

export const RevokeSession = InterviewIn.extend({ sessionId: idOf("ses") });
export type RevokeSession = z.infer<typeof RevokeSession>;
