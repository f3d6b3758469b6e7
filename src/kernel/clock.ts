// The only place that asks what time it is.

export type Clock = { readonly now: () => Date };

export const systemClock: Clock = { now: () => new Date() };

export const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export function after(instant: Date, durationMs: number): Date {
  return new Date(instant.getTime() + durationMs);
}

export function earliest(...instants: (Date | null)[]): Date | null {
  const times = instants.flatMap((instant) => (instant === null ? [] : [instant.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times));
}
