// Invitation: the ways into one interview, its links and the sessions they were exchanged for. Pure.
import * as z from "zod/mini";
import { InterviewIn } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { Email } from "../kernel/shapes.ts";

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
        usedAt: z.nullable(z.date()),
        revokedAt: z.nullable(z.date()),
      }),
    )
    .check(z.maxLength(listedMax)),
  sessions: z
    .array(
      z.object({
        id: idOf("ses"),
        linkId: z.nullable(idOf("lnk")),
        device: z.string(),
        createdAt: z.date(),
        expiresAt: z.date(),
        revokedAt: z.nullable(z.date()),
      }),
    )
    .check(z.maxLength(listedMax)),
});
export type Invitation = z.infer<typeof Invitation>;

export const Resent = z.object({ interviewId: idOf("itv"), deadlineAt: z.nullable(z.date()) });
export type Resent = z.infer<typeof Resent>;

/** The same address once more says that it is right, though letters came back. */
export const CorrectAddress = z.extend(InterviewIn, { email: Email });
export type CorrectAddress = z.infer<typeof CorrectAddress>;

/** `isResent`: this interview still takes its candidate, and a new link is on its way. */
export const Corrected = z.object({ interviewId: idOf("itv"), email: z.string(), isResent: z.boolean() });
export type Corrected = z.infer<typeof Corrected>;

export const RevokeSession = z.extend(InterviewIn, { sessionId: idOf("ses") });
export type RevokeSession = z.infer<typeof RevokeSession>;
