// When a candidate is still let in, and how often their letter may be sent again. Pure.
import type { Limit } from "../attempt/policy.ts";
import type { Status } from "../interview/machine.ts";
import { dayMs } from "../kernel/clock.ts";

/** Letters one candidate gets of one interview, or of one refcheck, because somebody asked for them again. */
export const resendLimit = { name: "resend_invitation", max: 10, windowMs: dayMs } as const satisfies Limit;

const open: ReadonlySet<Status> = new Set(["invited", "confirmed", "interviewing"]);

/** A new link is due: the interview still takes its candidate. */
export const takesCandidate = (status: Status): boolean => open.has(status);
