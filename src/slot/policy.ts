// Who may do what with offered times, and how many there may be. Pure.
import { after, dayMs, hourMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";
import { byDay } from "../timer/policy.ts";

/** An offer names candidates who are nobody else's business: it is for who sees them all. */
export const slotPolicy = {
  create: "recruiter",
  get: "recruiter",
  list: "recruiter",
  addSlots: "recruiter",
  removeSlot: "recruiter",
  withdraw: "recruiter",
  close: "recruiter",
} as const satisfies Record<string, Access>;

/** Whoever has times offered again at another address may also offer them. */
export const offersAnew: Access = slotPolicy.create;

/** What an event can tell of: what became of an offer to one candidate. */
export const offerVerbs = ["offer", "pick", "withdraw", "close"] as const;
export type OfferVerb = (typeof offerVerbs)[number];
export const offerActors = ["member", "candidate"] as const;

/** Times given at once, and all that one offer ever has. */
export const slotsMax = { atOnce: 50, inAll: 200 } as const;
export const candidatesMax = 100;

/** The instant from which on nobody picks any more: the one that was said, or when the last of the times begins. */
export function expiryOf(slots: readonly { readonly startsAt: Date }[], said?: Date | undefined): Date {
  return said ?? lastStart(slots);
}

type Starting = { readonly startsAt: Date };

/** When the first of the times begins: from then on there is less to pick from. */
export function firstStart(slots: readonly Starting[]): Date {
  return new Date(Math.min(...slots.map(({ startsAt }) => startsAt.getTime())));
}

const remindedBeforeMs = dayMs;
/** With less than that nobody is reminded: the offer itself has only just come. */
const remindedWithinMs = 6 * hourMs;

/**
 * When somebody who has not picked is reminded, by day where they are: a day before the first of the times begins or the offer expires,
 * whichever is sooner, and half way there when that is less than two days. Null: there is no time for it.
 */
export function reminderOf(offered: { firstAt: Date; expiresAt: Date }, timeZone: string, now: Date): Date | null {
  const { firstAt, expiresAt } = offered;
  const left = (until: Date) => until.getTime() - now.getTime();
  const until = [firstAt < expiresAt ? firstAt : expiresAt, expiresAt].find((at) => left(at) >= remindedWithinMs);
  if (until === undefined) return null;
  const at = byDay(after(until, -Math.min(remindedBeforeMs, left(until) / 2)), expiresAt, timeZone);
  return at > now ? at : null;
}

export function lastStart(slots: readonly { readonly startsAt: Date }[]): Date {
  return new Date(Math.max(...slots.map(({ startsAt }) => startsAt.getTime())));
}
