import { and, desc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  hasPicked,
  meeting,
  member,
  offer,
  offerCandidate,
  offerEvent,
  offerInterviewer,
  organization,
  slot,
  user,
} from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { CandidateId, EventId, MeetingId, MemberId, OfferId, SlotId } from "../kernel/ids.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";
import { isTaken } from "../meeting/actions.ts";
import type { CreateOffer } from "./contract.ts";
import { candidatesMax, type OfferVerb, slotsMax } from "./policy.ts";

/** Many rows for few tables, for one write. */
export { gathered } from "../../db/statement.ts";

type Either = MemberScope | CandidateScope;
/** By its id, or as it is found within the sentence. */
type Which = OfferId | SQL;

/** The organization's; to a candidate, what is offered to them: with the link of an offer that one, with any other link none. */
function reaches(scope: Either): SQL | undefined {
  const isOrganizations = eq(offer.organizationId, scope.organizationId);
  if (scope.kind === "member") return isOrganizations;
  if (scope.interviewId !== null || scope.refcheckId !== null) return sql`0`;
  const isTheirs = sql`exists (select 1 from ${offerCandidate} where ${offerCandidate.offerId} = ${offer.id} and ${offerCandidate.candidateId} = ${scope.candidateId} and ${offerCandidate.withdrawnAt} is null)`;
  return and(isOrganizations, isTheirs, scope.offerId === null ? undefined : eq(offer.id, scope.offerId));
}

const isThis = (scope: Either, which: Which) => and(eq(offer.id, which), reaches(scope));
const isOpen = (now: Date) => and(isNull(offer.closedAt), gt(offer.expiresAt, now));

/** The offer that a slot is of. */
export function offerOf(slotId: SlotId): SQL {
  return sql`(select of_it.offer_id from ${slot} as of_it where of_it.id = ${slotId})`;
}

// What is told of an offer.

const told = {
  id: offer.id,
  organizationId: offer.organizationId,
  title: offer.title,
  description: offer.description,
  timeZone: offer.timeZone,
  location: offer.location,
  url: offer.url,
  reminderHours: offer.reminderHours,
  expiresAt: offer.expiresAt,
  closedAt: offer.closedAt,
  createdBy: offer.createdBy,
  createdAt: offer.createdAt,
};

export function offerById(scope: MemberScope, offerId: OfferId) {
  return first(build.select(told).from(offer).where(isThis(scope, offerId)));
}

/** And whether it is this that was asked for with that key: what it is called, and to whom it is made. */
export function offerByRequestKey(
  scope: MemberScope,
  { requestKey, title, candidateIds }: Pick<CreateOffer, "requestKey" | "title" | "candidateIds">,
) {
  const isNamed = sql`${offerCandidate.candidateId} in (select value from json_each(${JSON.stringify(candidateIds)}))`;
  const made = sql`select count(*) as all_of_them, sum(${isNamed}) as named from ${offerCandidate} where ${offerCandidate.offerId} = ${offer.id}`;
  const areSame = sql`exists (select 1 from (${made}) where all_of_them = ${candidateIds.length} and named = ${candidateIds.length})`;
  return first(
    build
      .select({ id: offer.id, isSame: sql`${offer.title} = ${title} and ${areSame}`.mapWith(Boolean) })
      .from(offer)
      .where(and(reaches(scope), sql`${offer.requestKey} = ${requestKey ?? null}`)),
  );
}

export function offerOfSlot(scope: MemberScope, slotId: SlotId) {
  return first(
    build
      .select({ id: offer.id })
      .from(offer)
      .where(isThis(scope, offerOf(slotId))),
  );
}

/** Those who are still members: with them it takes place. */
export function interviewersOf({ organizationId }: Either, which: Which) {
  const isIts = and(eq(offerInterviewer.offerId, which), eq(offerInterviewer.organizationId, organizationId));
  return all(
    build
      .select({
        memberId: member.id,
        email: user.email,
        firstName: user.firstName,
        lastName: user.lastName,
        language: user.language,
        timeZone: user.timeZone,
      })
      .from(offerInterviewer)
      .innerJoin(member, and(eq(member.id, offerInterviewer.memberId), isNull(member.removedAt)))
      .innerJoin(user, eq(user.id, member.userId))
      .where(isIts)
      .orderBy(offerInterviewer.memberId),
  );
}

/** The same within another sentence, whoever of them is still there. */
export function interviewerIdsOf(which: Which): SQL {
  return sql`select ${offerInterviewer.memberId} as id from ${offerInterviewer} where ${offerInterviewer.offerId} = ${which} and exists (select 1 from ${member} where ${member.id} = ${offerInterviewer.memberId} and ${member.removedAt} is null)`;
}

const isStanding = sql<boolean>`exists (select 1 from ${meeting} where ${meeting.id} = ${slot.meetingId} and ${meeting.canceledAt} is null)`;

export function slotsOf({ organizationId }: MemberScope, offerId: OfferId) {
  return all(
    build
      .select({
        id: slot.id,
        startsAt: slot.startsAt,
        endsAt: slot.endsAt,
        meetingId: slot.meetingId,
        isStanding: isStanding.mapWith(Boolean),
      })
      .from(slot)
      .where(and(eq(slot.offerId, offerId), eq(slot.organizationId, organizationId)))
      .orderBy(slot.startsAt, slot.id)
      .limit(slotsMax.inAll),
  );
}

export function candidatesOf({ organizationId }: MemberScope, offerId: OfferId) {
  const isIts = and(eq(offerCandidate.offerId, offerId), eq(offerCandidate.organizationId, organizationId));
  return all(
    build
      .select({
        id: candidate.id,
        firstName: candidate.firstName,
        lastName: candidate.lastName,
        slotId: offerCandidate.slotId,
        meetingId: offerCandidate.meetingId,
        pickedAt: offerCandidate.pickedAt,
        withdrawnAt: offerCandidate.withdrawnAt,
        hasPicked: sql<boolean>`${hasPicked}`.mapWith(Boolean),
      })
      .from(offerCandidate)
      .innerJoin(candidate, eq(candidate.id, offerCandidate.candidateId))
      .where(isIts)
      .orderBy(offerCandidate.candidateId)
      .limit(candidatesMax),
  );
}

const count = (of: SQL) => sql<number>`(select count(*) from ${of})`;
const ofSlots = sql`${slot} where ${slot.offerId} = ${offer.id}`;
const ofPeople = sql`${offerCandidate} where ${offerCandidate.offerId} = ${offer.id} and ${offerCandidate.withdrawnAt} is null`;

/** Newest first. */
export function listOffers(
  { organizationId }: MemberScope,
  candidateId: CandidateId | undefined,
  before: string | null,
  size: number,
) {
  const walked =
    candidateId === undefined
      ? sql`select ${offer.id} from ${offer} where ${and(eq(offer.organizationId, organizationId), before === null ? undefined : sql`${offer.id} < ${before}`)} order by ${offer.id} desc limit ${size + 1}`
      : sql`select ${offerCandidate.offerId} from ${offerCandidate} where ${and(eq(offerCandidate.candidateId, candidateId), eq(offerCandidate.organizationId, organizationId), before === null ? undefined : sql`${offerCandidate.offerId} < ${before}`)} order by ${offerCandidate.offerId} desc limit ${size + 1}`;
  return all(
    build
      .select({
        ...told,
        slotsFree: count(sql`${ofSlots} and ${slot.meetingId} is null`),
        slotsInAll: count(ofSlots),
        candidates: count(ofPeople),
        candidatesPicked: count(sql`${ofPeople} and ${hasPicked}`),
      })
      .from(offer)
      .where(sql`${offer.id} in (${walked})`)
      .orderBy(desc(offer.id))
      .limit(size + 1),
  );
}

// What a candidate sees of it.

/** With what they picked, as far as its meeting stands. */
export function ownOffer(scope: CandidateScope, which: Which) {
  const isTheirs = and(eq(offerCandidate.offerId, offer.id), eq(offerCandidate.candidateId, scope.candidateId));
  return first(
    build
      .select({
        offer: told,
        organizationName: organization.name,
        slotId: offerCandidate.slotId,
        picked: { meetingId: meeting.id, startsAt: meeting.startsAt, endsAt: meeting.endsAt },
      })
      .from(offer)
      .innerJoin(offerCandidate, isTheirs)
      .innerJoin(organization, eq(organization.id, offer.organizationId))
      .leftJoin(meeting, and(eq(meeting.id, offerCandidate.meetingId), isNull(meeting.canceledAt)))
      .where(isThis(scope, which)),
  );
}

/** The times that are to be had at this moment: ahead, nobody's, and at which neither the interviewers nor the candidate have another meeting. */
export function slotsToPick(scope: CandidateScope, which: Which, now: Date) {
  const isFree = sql`not ${isTaken(scope, {
    ...{ from: sql`${slot.startsAt}`, to: sql`${slot.endsAt}`, isThem: sql`${scope.candidateId}` },
    who: interviewerIdsOf(which),
  })}`;
  const isAhead = and(
    eq(slot.offerId, which),
    eq(slot.organizationId, scope.organizationId),
    gt(slot.startsAt, now),
    isNull(slot.meetingId),
  );
  return all(
    build
      .select({ id: slot.id, startsAt: slot.startsAt, endsAt: slot.endsAt })
      .from(slot)
      .where(and(isAhead, isFree))
      .orderBy(slot.startsAt, slot.id)
      .limit(slotsMax.inAll),
  );
}

/** Of an offer that this candidate reaches, which the offer's own row says. */
export function slotById({ organizationId }: CandidateScope, slotId: SlotId) {
  return first(
    build
      .select()
      .from(slot)
      .where(and(eq(slot.id, slotId), eq(slot.organizationId, organizationId))),
  );
}

// Who is to be offered times.

export function houseOf({ organizationId }: MemberScope) {
  return first(
    build
      .select({
        name: organization.name,
        senderName: organization.senderName,
        timeZone: organization.timeZone,
        frontendOrigins: organization.frontendOrigins,
      })
      .from(organization)
      .where(eq(organization.id, organizationId)),
  );
}

export type Invitee = {
  readonly id: CandidateId;
  readonly email: string;
  readonly firstName: string;
  readonly language: string;
  readonly timeZone: string;
};

export function candidatesNamed({ organizationId }: MemberScope, ids: readonly CandidateId[]) {
  const isNamed = sql`${candidate.id} in (select value from json_each(${JSON.stringify(ids)}))`;
  return all(
    build
      .select({
        id: candidate.id,
        email: candidate.email,
        firstName: candidate.firstName,
        language: candidate.language,
        timeZone: candidate.timeZone,
      })
      .from(candidate)
      .where(and(isNamed, eq(candidate.organizationId, organizationId))),
  );
}

/** They are there, at the addresses that were read: nothing is written to one that was corrected meanwhile. */
export function addressesStand({ organizationId }: MemberScope, known: readonly Invitee[]): Statement<void> {
  const read = JSON.stringify(known.map(({ id, email }) => [id, email]));
  const same = sql`select count(*) from json_each(${read}) as one cross join ${candidate} on ${candidate.id} = one.value ->> 0 where ${candidate.email} = one.value ->> 1 and ${candidate.organizationId} = ${organizationId}`;
  return must(sql`(${same}) = ${known.length}`, "moved_on");
}

const isWaiting = and(isNull(offerCandidate.withdrawnAt), sql`not ${hasPicked}`);
const isStillFree = sql`from ${slot} where ${slot.offerId} = ${offer.id} and ${slot.meetingId} is null`;
const stillFree = sql<number>`(select count(*) ${isStillFree})`;

/** Open offers of which this candidate has yet to pick. The candidate may be named within the sentence. */
export function offersAhead({ organizationId }: MemberScope, candidateId: SQL, now: Date) {
  const firstAt = sql`(select min(${slot.startsAt}) ${isStillFree} and ${slot.startsAt} > ${now.getTime()})`;
  const isTheirs = and(eq(offerCandidate.candidateId, candidateId), eq(offerCandidate.organizationId, organizationId));
  return all(
    build
      .select({
        ...{ id: offer.id, title: offer.title, expiresAt: offer.expiresAt, slots: stillFree },
        firstAt: sql<Date>`coalesce(${firstAt}, ${offer.expiresAt})`.mapWith(offer.expiresAt),
        organization: {
          name: organization.name,
          senderName: organization.senderName,
          frontendOrigins: organization.frontendOrigins,
        },
      })
      .from(offerCandidate)
      .innerJoin(offer, eq(offer.id, offerCandidate.offerId))
      .innerJoin(organization, eq(organization.id, offer.organizationId))
      .where(and(isTheirs, isWaiting, isOpen(now)))
      .orderBy(offerCandidate.offerId)
      .limit(candidatesMax),
  );
}

/** They have yet to pick of each of these. */
export function stillWait(candidateId: CandidateId, offerIds: readonly OfferId[], now: Date): Statement<void> {
  const those = sql`select count(*) from ${offerCandidate} cross join ${offer} on ${offer.id} = ${offerCandidate.offerId} where ${and(eq(offerCandidate.candidateId, candidateId), isWaiting, isOpen(now))} and ${offer.id} in (select value from json_each(${JSON.stringify(offerIds)}))`;
  return must(sql`(${those}) = ${offerIds.length}`, "moved_on");
}

// What is written.

export function insertOffer(
  { organizationId, memberId }: MemberScope,
  values: Omit<typeof offer.$inferInsert, "organizationId" | "createdBy">,
): Statement<number> {
  return unlessTaken(run(build.insert(offer).values({ ...values, organizationId, createdBy: memberId })), "moved_on");
}

/** An id for each to whom it may have happened. */
type Events = { readonly ids: readonly EventId[]; readonly at: Date };

/** An event of each candidate of whom this is so in that moment. */
function happened(scope: Either, offerId: OfferId, verb: OfferVerb, { ids, at }: Events, isSo: SQL | undefined) {
  const { kind, organizationId } = scope;
  const actorId = scope.kind === "member" ? scope.memberId : scope.candidateId;
  const meetingId = verb === "pick" ? offerCandidate.meetingId : sql`null`;
  const isIts = and(eq(offerCandidate.offerId, offerId), eq(offerCandidate.organizationId, organizationId), isSo);
  const them = sql`select ${offerCandidate.candidateId} as candidate_id, ${meetingId} as meeting_id, row_number() over () - 1 as nth from ${offerCandidate} where ${isIts}`;
  return raw(
    sql`insert into ${offerEvent} (candidate_id, id, organization_id, offer_id, verb, meeting_id, actor_kind, actor_id, at)
      select candidate_id, ids.value, ${organizationId}, ${offerId}, ${verb}, meeting_id, ${kind}, ${actorId}, ${at.getTime()} from (${them}) cross join json_each(${JSON.stringify(ids)}) as ids on ids.key = nth`,
    () => undefined,
  );
}

export function insertPeople(
  scope: MemberScope,
  offerId: OfferId,
  memberIds: readonly MemberId[],
  candidateIds: readonly CandidateId[],
  events: Events,
): Statement<unknown>[] {
  const { organizationId } = scope;
  const interviewers = memberIds.map((memberId) => ({ offerId, memberId, organizationId }));
  const candidates = candidateIds.map((candidateId) => ({ offerId, candidateId, organizationId }));
  return [
    run(build.insert(offerInterviewer).values(interviewers)),
    run(build.insert(offerCandidate).values(candidates)),
    happened(scope, offerId, "offer", events, undefined),
  ];
}

type NewSlot = Pick<typeof slot.$inferInsert, "id" | "startsAt" | "endsAt">;

/** What is offered already and nobody's yet is not offered twice. */
export function insertSlots(
  { organizationId }: MemberScope,
  offerId: OfferId,
  slots: readonly NewSlot[],
): Statement<unknown>[] {
  const rows = slots.map((one) => ({ ...one, offerId, organizationId }));
  const inAll = sql`(select count(*) from ${slot} where ${slot.offerId} = ${offerId})`;
  return [
    run(build.insert(slot).values(rows).onConflictDoNothing()),
    must(sql`${inAll} <= ${slotsMax.inAll}`, "list_full", { max: slotsMax.inAll }),
  ];
}

export function mustHaveOffer(scope: MemberScope, offerId: OfferId): Statement<void> {
  return must(sql`exists (select 1 from ${offer} where ${isThis(scope, offerId)})`, "not_found");
}

export function mustBeOpen({ organizationId }: Either, offerId: OfferId, now: Date): Statement<void> {
  const isIt = and(eq(offer.id, offerId), eq(offer.organizationId, organizationId), isOpen(now));
  return must(sql`exists (select 1 from ${offer} where ${isIt})`, "offer_closed");
}

const isSlot = ({ organizationId }: Either, slotId: SlotId) =>
  and(eq(slot.id, slotId), eq(slot.organizationId, organizationId), isNull(slot.meetingId));

export function removeSlot(scope: MemberScope, slotId: SlotId): Statement<unknown>[] {
  return [run(build.delete(slot).where(isSlot(scope, slotId))), mustHaveChanged("slot_taken")];
}

const isOffered = ({ organizationId }: Either, offerId: OfferId, candidateId: CandidateId) =>
  and(
    eq(offerCandidate.offerId, offerId),
    eq(offerCandidate.candidateId, candidateId),
    eq(offerCandidate.organizationId, organizationId),
  );

/** From somebody who has no time. Withdrawn again, it stays as it was. */
export function withdraw(
  scope: MemberScope,
  offerId: OfferId,
  candidateId: CandidateId,
  events: Events,
): Statement<unknown>[] {
  const isIt = isOffered(scope, offerId, candidateId);
  const withdrawnAt = sql`coalesce(${offerCandidate.withdrawnAt}, ${events.at.getTime()})`;
  return [
    must(sql`exists (select 1 from ${offerCandidate} where ${isIt})`, "not_found"),
    happened(scope, offerId, "withdraw", events, and(isIt, isWaiting)),
    run(
      build
        .update(offerCandidate)
        .set({ withdrawnAt })
        .where(and(isIt, sql`not ${hasPicked}`)),
    ),
    mustHaveChanged("slot_picked"),
  ];
}

/** Whoever has picked has their meeting: to them nothing happens. */
export function close(scope: MemberScope, offerId: OfferId, events: Events): Statement<unknown>[] {
  const { at: closedAt } = events;
  const isIt = and(eq(offer.id, offerId), eq(offer.organizationId, scope.organizationId), isOpen(closedAt));
  return [
    run(build.update(offer).set({ closedAt }).where(isIt)),
    mustHaveChanged("offer_closed"),
    happened(scope, offerId, "close", events, isWaiting),
  ];
}

type Taken = { readonly offerId: OfferId; readonly slotId: SlotId; readonly meetingId: MeetingId };

/** Of any number of callers one gets past this: the slot is nobody's and ahead, and they have none. */
export function take(
  scope: CandidateScope,
  { offerId, slotId, meetingId }: Taken,
  events: Events,
): Statement<unknown>[] {
  const isTheirs = isOffered(scope, offerId, scope.candidateId);
  const now = events.at;
  return [
    run(build.update(offerCandidate).set({ slotId, meetingId, pickedAt: now }).where(and(isTheirs, isWaiting))),
    mustHaveChanged("moved_on"),
    happened(scope, offerId, "pick", events, isTheirs),
    run(
      build
        .update(slot)
        .set({ meetingId })
        .where(and(isSlot(scope, slotId), eq(slot.offerId, offerId), gt(slot.startsAt, now))),
    ),
    mustHaveChanged("slot_taken"),
  ];
}
