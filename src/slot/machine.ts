// Where an offer stands, and each of its times and of those whom it is made to: derived, never stored. Pure.
import { type Step, verbsFrom } from "../kernel/machine.ts";

export const offerStatuses = ["open", "expired", "closed"] as const;
export type OfferStatus = (typeof offerStatuses)[number];

export const offerActions = ["addSlots", "removeSlot", "withdraw", "close"] as const;
export type OfferAction = (typeof offerActions)[number];

/** Once nobody can pick any more it stays as it was. */
export const offerTable: readonly Step<OfferStatus, OfferAction, "member">[] = offerActions.map((verb) => ({
  ...{ verb, from: ["open"], who: ["member"] },
}));

export type OfferStanding = { readonly expiresAt: Date; readonly closedAt: Date | null };

/** It has expired at the very instant until which it was. */
export function offerStatusAt({ expiresAt, closedAt }: OfferStanding, now: Date): OfferStatus {
  if (closedAt !== null) return "closed";
  return now < expiresAt ? "open" : "expired";
}

export function offerActionsFrom(status: OfferStatus): OfferAction[] {
  return verbsFrom(offerTable, status, "member");
}

/** `used`: its meeting was canceled. It is nobody's then, and is not offered again. */
export const slotStatuses = ["free", "past", "taken", "used"] as const;
export type SlotStatus = (typeof slotStatuses)[number];

type SlotStanding = { readonly startsAt: Date; readonly meetingId: string | null; readonly isStanding: boolean };

export function slotStatusAt({ startsAt, meetingId, isStanding }: SlotStanding, now: Date): SlotStatus {
  if (meetingId !== null) return isStanding ? "taken" : "used";
  return now < startsAt ? "free" : "past";
}

export const pickStatuses = ["invited", "picked", "withdrawn"] as const;
export type PickStatus = (typeof pickStatuses)[number];

/** Whoever's meeting was canceled is asked to pick again. */
export function pickStatusOf({ withdrawnAt, hasPicked }: { withdrawnAt: Date | null; hasPicked: boolean }): PickStatus {
  if (withdrawnAt !== null) return "withdrawn";
  return hasPicked ? "picked" : "invited";
}
