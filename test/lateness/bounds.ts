// What is promised of lateness, and what a measure says against it. Pure.
import { quantile, type Seen } from "./watch.ts";

/** Of a hundred deadlines whose alarms ring, ninety-nine are stored expired this soon after. */
export const alarmsWithinMs = 2_000;
/** With every alarm lost, each is by then: a sweep comes every minute. */
export const sweepWithinMs = 90_000;
/** After the database was away, each is this soon after its return. */
export const returnWithinMs = 60_000;

export type Measured = {
  readonly name: "alarms" | "sweep" | "outage";
  readonly seen: Seen;
  /** What is held against the bound. */
  readonly worstMs: number;
  readonly boundMs: number;
};

export function measuredAlarms(seen: Seen): Measured {
  return { name: "alarms", seen, worstMs: quantile(seen.lateMs, 0.99), boundMs: alarmsWithinMs };
}

export function measuredSweep(seen: Seen): Measured {
  return { name: "sweep", seen, worstMs: quantile(seen.lateMs, 1), boundMs: sweepWithinMs };
}

export function measuredOutage(seen: Seen, backAt: Date): Measured {
  return {
    ...{ name: "outage", seen, boundMs: returnWithinMs },
    worstMs: (seen.lastAt?.getTime() ?? Number.NaN) - backAt.getTime(),
  };
}

export function complaintsAbout({ name, seen, worstMs, boundMs }: Measured): string[] {
  return [
    ...(seen.missing > 0 ? [`${name}: ${seen.missing} were never stored expired`] : []),
    // Of none there is no worst: that they are missing is said above.
    ...(worstMs < boundMs || seen.lateMs.length === 0 ? [] : [`${name}: ${worstMs} ms is not within ${boundMs} ms`]),
  ];
}
