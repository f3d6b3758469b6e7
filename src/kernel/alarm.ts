// When to try again what did not work, and how many do at once what one can do for all. Pure.
import { minuteMs, secondMs } from "./clock.ts";

const firstWaitMs = secondMs;
const longestWaitMs = 5 * minuteMs;

/** Doubling waits, capped, with jitter so that many do not come back at once. `failures` counts from 1. Between half the doubled wait and the whole of it; `random` is 0 <= n < 1. */
export function backoffMs(failures: number, random: number, longestMs: number = longestWaitMs): number {
  const whole = Math.min(longestMs, firstWaitMs * 2 ** Math.min(failures - 1, 20));
  return Math.round(whole / 2 + (whole / 2) * random);
}

/**
 * Runs the work one at a time. Whoever asks while it runs waits for the next run, which begins after they asked and
 * serves all who wait: a hundred callers cost two runs.
 */
export function oneForAll(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  const begin = () => {
    waiting = null;
    running = work();
    return running;
  };
  return () => {
    waiting ??= running.then(begin, begin);
    return waiting;
  };
}
