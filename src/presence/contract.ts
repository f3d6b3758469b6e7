// Presence: the lease a candidate's client keeps while they are interviewing. Pure.
import * as z from "zod/mini";
import { Presence, Status } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";

/** `presence` and `endsAt` are null once the interview does not run any more: then there is nothing to keep. */
export const KeptAlive = z.object({
  interviewId: idOf("itv"),
  status: Status,
  endsAt: z.nullable(z.date()),
  presence: z.nullable(Presence),
});
export type KeptAlive = z.infer<typeof KeptAlive>;
