// When to try again what did not work: doubling waits, capped, with jitter so that many do not come back at once. Pure.
import { minuteMs, secondMs } from "./clock.ts";

const firstWaitMs = secondMs;
const longestWaitMs = 5 * minuteMs;

/** `failures` counts from 1. Between half the doubled wait and the whole of it; `random` is 0 <= n < 1. */
export function backoffMs(failures: number, random: number, longestMs: number = longestWaitMs): number {
  const whole = Math.min(longestMs, firstWaitMs * 2 ** Math.min(failures - 1, 20));
  return Math.round(whole / 2 + (whole / 2) * random);
}
