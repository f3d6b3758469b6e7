// When those who take part in a meeting are reminded of it, and who answers for its letters. Pure.
import { after, hourMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

/** Whoever has meetings sent to another address may also schedule them. */
export const sendsAnew: Access = "recruiter";

/** A letter about somebody who has left names so many of the meetings they were to take part in. */
export const meetingsNamedMax = 20;

/** So many hours before it begins, the earliest first, each once; what has gone by is not made up for. */
export function remindersOf(startsAt: Date, hours: readonly number[], now: Date): Date[] {
  return [...new Set(hours)]
    .sort((a, b) => b - a)
    .map((before) => after(startsAt, -before * hourMs))
    .filter((at) => at > now);
}
