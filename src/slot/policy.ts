// Who may do what with offered times, and how many there may be. Pure.
import type { Access } from "../kernel/scope.ts";

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

export function lastStart(slots: readonly { readonly startsAt: Date }[]): Date {
  return new Date(Math.max(...slots.map(({ startsAt }) => startsAt.getTime())));
}
