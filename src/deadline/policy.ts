// How much of what is late one sweep takes on, and from when on late counts as late. Pure.
import { secondMs } from "../kernel/clock.ts";

/**
 * What one sweep takes on at most; the next minute brings the next sweep. A crowd that is settled together takes two
 * subrequests, a timer that is set one: all in all fewer than a thousand.
 */
export const settledMax = 10_000;
export const armedMax = 500;
/** What alarms that ring together have settled in one go; those that ring meanwhile wait for the next. */
export const keptMax = 1_000;
/** Settled in one write, armed with one note. Larger crowds would keep people waiting for the database. */
export const crowdMax = 100;
export const crowdsAtOnce = 2;
/** Workers keep six connections open at once; one stays free for the database. */
export const timersAtOnce = 5;

/** A sweep that finds the database away looks again within its minute: what waits is done soon after it is back. */
export const sweepTriesMax = 5;
export const sweepWaitMs = 10 * secondMs;

/** An alarm and a sweep that fall into the same second are no lateness. */
export const lateAfterMs = 5 * secondMs;
