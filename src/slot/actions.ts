// Times offered to several candidates, of which each picks one by the link in their letter: first come, first served, and nobody is in two
// places at once (applicant-tracking, candidate interviews; decision 035).
import type { Statement } from "../../db/statement.ts";
import { destinationAt, issueLink, revokeLinks } from "../identity/actions.ts";
import { twinLooks, untilAlone } from "../kernel/again.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, refuse } from "../kernel/errors.ts";
import type { OfferId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";
import { drainSoon, type LetterToWrite, promiseLetters } from "../letter/actions.ts";
import {
  membersNamed,
  mustBeMembers,
  mustBeNamed,
  mustBeTimes,
  mustOverlapNone,
  overlapsOf,
  peopleToMeet,
  plannedMeeting,
} from "../meeting/actions.ts";
import type {
  AddSlots,
  CreateOffer,
  ListOffers,
  Offer,
  OfferIn,
  OfferPage,
  OwnOffer,
  SlotIn,
  WithdrawOffer,
} from "./contract.ts";
import { offerActionsFrom, offerStatusAt, pickStatusOf, slotStatusAt } from "./machine.ts";
import { candidatesMax, expiryOf, firstStart, lastStart, reminderOf } from "./policy.ts";
import * as store from "./store.ts";

/** For whoever corrects an address, in their own read. */
export const offersAhead = store.offersAhead;

/** Lost to a twin of the same call: at the next look it is found. */
const raced: ReadonlySet<Reason> = new Set(["moved_on"]);

const eventsAt = (deps: Deps, at: Date, most = 1) => ({
  at,
  ids: Array.from({ length: most }, () => deps.newId("evt")),
});

const lookAt = (scope: MemberScope, offerId: OfferId) => ({
  row: store.offerById(scope, offerId),
  interviewers: store.interviewersOf(scope, offerId),
  slots: store.slotsOf(scope, offerId),
  candidates: store.candidatesOf(scope, offerId),
});

type Looked = { [Name in keyof ReturnType<typeof lookAt>]: ReturnType<ReturnType<typeof lookAt>[Name]["read"]> };

function toOffer({ row, interviewers, slots, candidates }: Looked, now: Date): Offer {
  if (!row) return refuse("not_found");
  const status = offerStatusAt(row, now);
  return {
    ...row,
    interviewers: interviewers.map(({ memberId, firstName, lastName }) => ({ memberId, firstName, lastName })),
    slots: slots.map((slot) => ({ ...slot, status: slotStatusAt(slot, now) })),
    candidates: candidates.map((one) => ({ ...one, status: pickStatusOf(one) })),
    status,
    availableActions: offerActionsFrom(status),
  };
}

async function written(
  deps: Deps,
  scope: MemberScope,
  offerId: OfferId,
  sentence: readonly Statement<unknown>[],
): Promise<Offer> {
  const shown = await deps.db.writeThenRead(sentence, lookAt(scope, offerId));
  drainSoon(deps);
  return toOffer(shown, deps.now());
}

type Offered = {
  readonly id: OfferId;
  readonly title: string;
  readonly expiresAt: Date;
  /** How many times there are, and when the first begins. */
  readonly slots: number;
  readonly firstAt: Date;
  readonly organization: {
    readonly name: string;
    readonly senderName: string;
    readonly frontendOrigins: readonly string[];
  };
};

/**
 * A letter to each, with a link that is good until they have picked or nobody can any more; and one that waits, with the same link, and goes
 * only to whoever has yet to pick by then.
 */
async function lettersOfOffers(
  deps: Deps,
  { organizationId }: MemberScope,
  each: readonly (readonly [Offered, store.Invitee])[],
): Promise<Statement<unknown>[]> {
  const now = deps.now();
  const made = each.map(([offered, { id: candidateId, email, firstName, language, timeZone }]) => {
    const { id: offerId, title, expiresAt, slots, organization } = offered;
    const lead = `/candidate-dashboard/offers/${offerId}/`;
    const { frontend, path: next } = destinationAt(deps, lead, organization.frontendOrigins);
    const link = issueLink(deps, { purpose: "slot_offer", email, organizationId, candidateId, offerId, expiresAt });
    const addressed = {
      ...{ to: email, language, timeZone, senderName: organization.senderName, organizationId, offerId, candidateId },
      ...{ token: link.token, linkId: link.linkId },
    };
    const said = {
      ...{ firstName, organizationName: organization.name, title },
      ...{ expiresAt: expiresAt.toISOString(), link: { frontend, next } },
    };
    const notBefore = reminderOf(offered, timeZone, now);
    const letters: LetterToWrite[] = [
      { ...addressed, content: { kind: "slots_offered", slots, ...said } },
      ...(notBefore ? [{ ...addressed, notBefore, content: { kind: "slots_reminder" as const, ...said } }] : []),
    ];
    return { link: link.statement, letters };
  });
  const letters = made.flatMap((one) => one.letters);
  return [...store.gathered(made.map(({ link }) => link)), ...(await promiseLetters(deps, letters))];
}

/** Refuses with `meeting_length`, `meeting_in_past`. */
function mustBeSlots(slots: CreateOffer["slots"], now: Date): void {
  for (const slot of slots) mustBeTimes(slot, now);
}

/**
 * Offers times to candidates: each gets a letter with a link of their own. Where an interviewer has a meeting at one of the times it is
 * refused with `meeting_overlaps`, until the same call says `isOverlapConfirmed`: then that time is to be had once they are free. The same
 * `requestKey` again answers with the same offer. Refuses with `not_found`, `meeting_in_past`, `meeting_length`, `deadline_in_past`,
 * `offer_too_long`, `request_key_used`, `moved_on`.
 */
export function createOffer(deps: Deps, scope: MemberScope, input: CreateOffer): Promise<Offer> {
  return untilAlone(raced, twinLooks, () => create(deps, scope, input));
}

async function create(deps: Deps, scope: MemberScope, input: CreateOffer): Promise<Offer> {
  const { slots, candidateIds, interviewers, isOverlapConfirmed, requestKey, ...fields } = input;
  const memberIds = interviewers.map(({ memberId }) => memberId);
  const { repeated, candidates, members, organization, overlaps } = await deps.db.read({
    repeated: store.offerByRequestKey(scope, input),
    candidates: store.candidatesNamed(scope, candidateIds),
    members: membersNamed(scope, memberIds),
    organization: store.houseOf(scope),
    overlaps: overlapsOf(scope, ...slots.map((slot) => ({ ...slot, memberIds, candidateId: null }))),
  });
  if (repeated && !repeated.isSame) return refuse("request_key_used");
  if (repeated) return getOffer(deps, scope, { offerId: repeated.id });
  if (!organization || candidates.length < candidateIds.length) return refuse("not_found");
  mustBeNamed(members, memberIds);
  const now = deps.now();
  const expiresAt = expiryOf(slots, input.expiresAt);
  mustBeSlots(slots, now);
  if (expiresAt > lastStart(slots)) return refuse("offer_too_long");
  if (expiresAt <= now) return refuse("deadline_in_past");
  if (!isOverlapConfirmed) mustOverlapNone(overlaps, null);
  const id = deps.newId("off");
  const { timeZone, ...house } = organization;
  const offer = {
    ...{ ...fields, id, expiresAt, createdAt: now, requestKey: requestKey ?? null },
    ...{ timeZone: fields.timeZone ?? timeZone, location: fields.location ?? null, url: fields.url ?? null },
  };
  const offered = { id, title: offer.title, expiresAt, organization: house };
  const times = { slots: slots.length, firstAt: firstStart(slots) };
  return written(deps, scope, id, [
    store.addressesStand(scope, candidates),
    mustBeMembers(scope, memberIds),
    store.insertOffer(scope, offer),
    ...store.insertPeople(scope, id, memberIds, candidateIds, eventsAt(deps, now, candidateIds.length)),
    ...store.insertSlots(
      scope,
      id,
      slots.map((slot) => ({ ...slot, id: deps.newId("slt") })),
    ),
    ...(await lettersOfOffers(
      deps,
      scope,
      candidates.map((one) => [{ ...offered, ...times }, one] as const),
    )),
  ]);
}

/**
 * The letters of what somebody has yet to pick of, once more, to another address: for the write that corrects it and ends all links to the
 * former. `offers` are as they were read by `offersAhead`.
 */
export async function offersSentAnew(
  deps: Deps,
  scope: MemberScope,
  candidate: store.Invitee,
  offers: ReturnType<ReturnType<typeof offersAhead>["read"]>,
): Promise<Statement<unknown>[]> {
  if (offers.length === 0) return [];
  const offerIds = offers.map(({ id }) => id);
  const letters = await lettersOfOffers(
    deps,
    scope,
    offers.map((one) => [one, candidate] as const),
  );
  return [store.stillWait(candidate.id, offerIds, deps.now()), ...letters];
}

/** Refuses with `not_found`. */
export async function getOffer(deps: Deps, scope: MemberScope, { offerId }: OfferIn): Promise<Offer> {
  return toOffer(await deps.db.read(lookAt(scope, offerId)), deps.now());
}

/** Newest first: all of the organization's, or those made to one candidate. */
export async function listOffers(
  deps: Deps,
  scope: MemberScope,
  { candidateId, cursor, size }: ListOffers,
): Promise<OfferPage> {
  const [before = null] = keysOfCursor("offers", cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({ rows: store.listOffers(scope, candidateId, before, size) });
  const now = deps.now();
  const offers = rows.map((row) => ({ ...row, status: offerStatusAt(row, now) }));
  return toPage(offers, size, ({ id }) => encodeCursor("offers", [id]));
}

/**
 * More times, for everybody who has none yet; nobody is written to again. One that is offered already is not offered twice, one whose
 * meeting was canceled is offered anew. Refuses with `not_found`, `offer_closed`, `meeting_in_past`, `meeting_length`,
 * `list_full`, and `meeting_overlaps` as `createOffer` does.
 */
export async function addSlots(deps: Deps, scope: MemberScope, input: AddSlots): Promise<Offer> {
  const { offerId, slots, isOverlapConfirmed } = input;
  const who = store.interviewerIdsOf(offerId);
  const { row, overlaps } = await deps.db.read({
    row: store.offerById(scope, offerId),
    overlaps: overlapsOf(scope, ...slots.map((slot) => ({ ...slot, who, candidateId: null }))),
  });
  if (!row) return refuse("not_found");
  const now = deps.now();
  if (offerStatusAt(row, now) !== "open") return refuse("offer_closed");
  mustBeSlots(slots, now);
  if (!isOverlapConfirmed) mustOverlapNone(overlaps, null);
  const rows = slots.map((slot) => ({ ...slot, id: deps.newId("slt") }));
  const open = store.mustBeOpen(scope, offerId, now);
  return written(deps, scope, offerId, [open, ...store.insertSlots(scope, offerId, rows)]);
}

/** Takes back a time that nobody has. Refuses with `not_found`, `offer_closed`, `slot_taken`. */
export async function removeSlot(deps: Deps, scope: MemberScope, { slotId }: SlotIn): Promise<Offer> {
  const { row } = await deps.db.read({ row: store.offerOfSlot(scope, slotId) });
  if (!row) return refuse("not_found");
  return written(deps, scope, row.id, [
    store.mustBeOpen(scope, row.id, deps.now()),
    ...store.removeSlot(scope, slotId),
  ]);
}

/** Takes it back from one candidate, whose links end. Refuses with `not_found`, `offer_closed`, and `slot_picked` when they have a time. */
export function withdrawOffer(deps: Deps, scope: MemberScope, { offerId, candidateId }: WithdrawOffer): Promise<Offer> {
  const now = deps.now();
  return written(deps, scope, offerId, [
    store.mustHaveOffer(scope, offerId),
    store.mustBeOpen(scope, offerId, now),
    ...store.withdraw(scope, offerId, candidateId, eventsAt(deps, now)),
    revokeLinks({ offerId, candidateId }, now),
  ]);
}

/** Nobody picks any more, and all its links end; meetings that were made of it stay. Refuses with `not_found`, `offer_closed`. */
export function closeOffer(deps: Deps, scope: MemberScope, { offerId }: OfferIn): Promise<Offer> {
  const now = deps.now();
  return written(deps, scope, offerId, [
    store.mustHaveOffer(scope, offerId),
    ...store.close(scope, offerId, eventsAt(deps, now, candidatesMax)),
    revokeLinks({ offerId }, now),
  ]);
}

const lookAtOwn = (scope: CandidateScope, offerId: OfferId, now: Date) => ({
  row: store.ownOffer(scope, offerId),
  interviewers: store.interviewersOf(scope, offerId),
  slots: store.slotsToPick(scope, offerId, now),
});

type OwnLooked = {
  [Name in keyof ReturnType<typeof lookAtOwn>]: ReturnType<ReturnType<typeof lookAtOwn>[Name]["read"]>;
};

function toOwn({ row, interviewers, slots }: OwnLooked, now: Date): OwnOffer {
  if (!row) return refuse("not_found");
  const { offer, organizationName, slotId, picked } = row;
  const status = offerStatusAt(offer, now);
  const canPick = status === "open" && picked === null && interviewers.length > 0;
  return {
    ...{ ...offer, organizationName, status, slots: canPick ? slots : [] },
    interviewers: interviewers.map(({ firstName, lastName }) => ({ firstName, lastName })),
    picked: picked && slotId && { ...picked, slotId },
  };
}

/** What the candidate is offered, the times that are to be had at this moment, and what they picked. Refuses with `not_found`. */
export async function showOwnOffer(deps: Deps, scope: CandidateScope, { offerId }: OfferIn): Promise<OwnOffer> {
  const now = deps.now();
  return toOwn(await deps.db.read(lookAtOwn(scope, offerId, now)), now);
}

/**
 * Takes a time: the meeting is scheduled in the same write, and everybody who takes part gets a letter. Of any number who pick one time one
 * has it. The same time again answers as the first time did. Refuses with `not_found`, `offer_closed`, `slot_picked`, and `slot_taken` when
 * it is not to be had any more: somebody else has it, it has begun, or somebody who takes part has another meeting by now.
 */
export function pickSlot(deps: Deps, scope: CandidateScope, input: SlotIn): Promise<OwnOffer> {
  return untilAlone(raced, twinLooks, () => pick(deps, scope, input));
}

async function pick(deps: Deps, scope: CandidateScope, { slotId }: SlotIn): Promise<OwnOffer> {
  const now = deps.now();
  const itsOffer = store.offerOf(slotId);
  const { candidate, organization } = peopleToMeet(scope, scope.candidateId, []);
  const found = await deps.db.read({
    ...{ candidate, organization },
    row: store.ownOffer(scope, itsOffer),
    slot: store.slotById(scope, slotId),
    interviewers: store.interviewersOf(scope, itsOffer),
    slots: store.slotsToPick(scope, itsOffer, now),
  });
  const { row, slot, interviewers } = found;
  if (!row || !slot || !found.candidate || !found.organization) return refuse("not_found");
  if (row.picked) return row.slotId === slotId ? toOwn(found, now) : refuse("slot_picked");
  if (offerStatusAt(row.offer, now) !== "open") return refuse("offer_closed");
  if (!found.slots.some(({ id }) => id === slotId) || interviewers.length === 0) return refuse("slot_taken");

  const { id: offerId, createdBy, title, description, timeZone, location, url, reminderHours } = row.offer;
  const { name, senderName } = found.organization;
  const planned = await plannedMeeting(deps, scope, {
    ...{ title, description, timeZone, location, url, reminderHours, createdBy, interviewers },
    ...{ startsAt: slot.startsAt, endsAt: slot.endsAt, requestKey: null, ifTaken: "slot_taken" },
    ...{ candidate: found.candidate, organization: { name, senderName } },
  });
  const shown = await deps.db.writeThenRead(
    [
      store.mustBeOpen(scope, offerId, now),
      ...store.take(scope, { offerId, slotId, meetingId: planned.id }, eventsAt(deps, now)),
      ...planned.sentence,
    ],
    lookAtOwn(scope, offerId, now),
  );
  drainSoon(deps);
  return toOwn(shown, now);
}
