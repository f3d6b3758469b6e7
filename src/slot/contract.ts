// Offered times: an offer of several, to some candidates, of whom each picks one (applicant-tracking, candidate interviews). Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { InstantIn } from "../kernel/shapes.ts";
import { ScheduleMeeting } from "../meeting/contract.ts";
import { offerActions, offerStatuses, pickStatuses, slotStatuses } from "./machine.ts";
import { candidatesMax, slotsMax } from "./policy.ts";

const Slot = z.object({ id: idOf("slt"), startsAt: z.date(), endsAt: z.date() });

/** What every meeting that comes of it will be. */
const told = {
  id: idOf("off"),
  title: z.string(),
  description: z.string(),
  /** Where its times are meant: an IANA name. */
  timeZone: z.string(),
  location: z.nullable(z.string()),
  url: z.nullable(z.string()),
  /** What is true now. */
  status: z.enum(offerStatuses),
  /** Nobody picks from then on. */
  expiresAt: z.date(),
};

export const Offer = z.object({
  ...told,
  organizationId: idOf("org"),
  /** Whole hours before a meeting at which everybody is reminded. */
  reminderHours: z.readonly(z.array(z.number())),
  interviewers: z.array(z.object({ memberId: idOf("mem"), firstName: z.string(), lastName: z.string() })),
  /** By when they begin. `meetingId` once one was picked; `used` when that meeting was canceled. */
  slots: z.array(z.extend(Slot, { status: z.enum(slotStatuses), meetingId: z.nullable(idOf("mtg")) })),
  /** `slotId` and `meetingId` are what they picked last. */
  candidates: z.array(
    z.object({
      id: idOf("cnd"),
      firstName: z.string(),
      lastName: z.string(),
      status: z.enum(pickStatuses),
      slotId: z.nullable(idOf("slt")),
      meetingId: z.nullable(idOf("mtg")),
      pickedAt: z.nullable(z.date()),
    }),
  ),
  createdAt: z.date(),
  closedAt: z.nullable(z.date()),
  availableActions: z.array(z.enum(offerActions)),
});
export type Offer = z.infer<typeof Offer>;

const Slots = z.array(z.object({ startsAt: InstantIn, endsAt: InstantIn })).check(
  z.minLength(1),
  z.maxLength(slotsMax.atOnce),
  z.refine(
    (all) => new Set(all.map(({ startsAt, endsAt }) => JSON.stringify([startsAt, endsAt]))).size === all.length,
    "must each be offered once",
  ),
);

/** All but the times is said as of a meeting. */
export const CreateOffer = z.extend(z.omit(ScheduleMeeting, { candidateId: true, startsAt: true, endsAt: true }), {
  slots: Slots,
  candidateIds: z.array(idOf("cnd")).check(
    z.minLength(1),
    z.maxLength(candidatesMax),
    z.refine((all) => new Set(all).size === all.length, "must each be named once"),
  ),
  /** When the last of the times begins, unless given; never later. */
  expiresAt: z.optional(InstantIn),
});
export type CreateOffer = z.infer<typeof CreateOffer>;

export const OfferIn = z.object({ offerId: idOf("off") });
export type OfferIn = z.infer<typeof OfferIn>;

export const AddSlots = z.extend(OfferIn, { slots: Slots, isOverlapConfirmed: z._default(z.boolean(), false) });
export type AddSlots = z.infer<typeof AddSlots>;

export const SlotIn = z.object({ slotId: idOf("slt") });
export type SlotIn = z.infer<typeof SlotIn>;

export const WithdrawOffer = z.extend(OfferIn, { candidateId: idOf("cnd") });
export type WithdrawOffer = z.infer<typeof WithdrawOffer>;

export const ListOffers = z.extend(PageIn, {
  /** Those that were made to this candidate. */
  candidateId: z.optional(idOf("cnd")),
});
export type ListOffers = z.infer<typeof ListOffers>;

export const ListedOffer = z.object({
  ...told,
  createdAt: z.date(),
  closedAt: z.nullable(z.date()),
  /** Of its times, those that nobody has picked. */
  slotsFree: z.number(),
  slotsInAll: z.number(),
  /** Whom it is made to, but for those from whom it was withdrawn; and how many of them have a time. */
  candidates: z.number(),
  candidatesPicked: z.number(),
});
export type ListedOffer = z.infer<typeof ListedOffer>;
export const OfferPage = pageOf(ListedOffer);
export type OfferPage = z.infer<typeof OfferPage>;

/** As a candidate sees it. */
export const OwnOffer = z.object({
  ...told,
  organizationName: z.string(),
  interviewers: z.array(z.object({ firstName: z.string(), lastName: z.string() })),
  /** Those they could pick at this moment, the next first: none once they have one, or it is not open. */
  slots: z.array(Slot),
  /** What they picked, with the times their meeting has by now. */
  picked: z.nullable(z.object({ slotId: idOf("slt"), meetingId: idOf("mtg"), startsAt: z.date(), endsAt: z.date() })),
});
export type OwnOffer = z.infer<typeof OwnOffer>;
