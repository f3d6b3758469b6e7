// How much of what is late one sweep takes on, and from when on late counts as late. Pure.
import { secondMs } from "../kernel/clock.ts";

/**
 * Interviews one sweep settles or arms at most; the next minute brings the next sweep. Each takes two subrequests of the
 * 10,000 that an invocation has on a paid plan.
 */
export const sweepBatchMax = 2_000;
export const sweepConcurrencyMax = 10;

/** An alarm and a sweep that fall into the same second are no lateness. */
export const lateAfterMs = 5 * secondMs;
