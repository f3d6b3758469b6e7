// Fires cron triggers in their minutes, as Cloudflare would. The clock and whoever waits are handed in.
import { isDue } from "./timetable.ts";

export type Clock = {
  readonly now: () => Date;
  /** Does the work at that instant, or as soon after it as can be. */
  readonly at: (instant: Date, work: () => void) => void;
};

const minuteMs = 60_000;

export const wallClock: Clock = {
  now: () => new Date(),
  at: (instant, work) => void setTimeout(work, instant.getTime() - Date.now()).unref(),
};

/** For ever: each minute once, those in which the machine slept not at all. A trigger that fails keeps no other from being fired. */
export function keepCrons(
  crons: readonly string[],
  fire: (trigger: { readonly cron: string; readonly at: Date }) => Promise<void>,
  { clock = wallClock, onFailure }: { readonly clock?: Clock; readonly onFailure: (sentence: string) => void },
): void {
  function keepFrom(instant: Date): void {
    const at = new Date((Math.floor(instant.getTime() / minuteMs) + 1) * minuteMs);
    clock.at(at, () => {
      // Timers may ring a moment early, and the minute that has just been kept is over all the same.
      keepFrom(new Date(Math.max(at.getTime(), clock.now().getTime())));
      for (const cron of crons.filter((one) => isDue(one, at))) {
        fire({ cron, at }).catch((error: unknown) => {
          const why = error instanceof Error ? error.message : "unknown";
          onFailure(`The cron trigger "${cron}" did not go well: ${why}`);
        });
      }
    });
  }
  keepFrom(clock.now());
}
