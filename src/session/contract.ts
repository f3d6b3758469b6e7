// Session: one stay of one person, from a sign-in to a sign-out. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { pageOf } from "../kernel/page.ts";

export const Session = z.object({
  id: idOf("ses"),
  /** What the browser called itself when the session began. */
  device: z.string(),
  createdAt: z.date(),
  expiresAt: z.date(),
  isCurrent: z.boolean(),
});
export const SessionPage = pageOf(Session);

export const SessionIn = z.object({ sessionId: idOf("ses") });
export type SessionIn = z.infer<typeof SessionIn>;
