import { sql } from "drizzle-orm";
import { index, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { offerActors, offerVerbs } from "../../src/slot/policy.ts";
import { id, instant, json } from "./columns.ts";
import { candidate } from "./interview.ts";
import { meeting } from "./meeting.ts";
import { member, organization } from "./organization.ts";

/** Times at which a meeting may be, offered to some candidates: each takes one of them. */
export const offer = sqliteTable(
  "offer",
  {
    id: id("id", "off").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    title: text("title").notNull(),
    description: text("description").notNull(),
    timeZone: text("time_zone").notNull(),
    location: text("location"),
    url: text("url"),
    reminderHours: json<readonly number[]>("reminder_hours").notNull(),
    /** Nobody picks from then on. */
    expiresAt: instant("expires_at").notNull(),
    closedAt: instant("closed_at"),
    createdBy: id("created_by", "mem")
      .notNull()
      .references(() => member.id),
    createdAt: instant("created_at").notNull(),
    /** The caller's own key for this offer: the same key again answers with the same one. */
    requestKey: text("request_key"),
  },
  (table) => [
    index("offer_of_organization").on(table.organizationId, table.id),
    uniqueIndex("offer_request").on(table.organizationId, table.requestKey).where(sql`request_key is not null`),
  ],
);

/** A member who takes part in every meeting that comes of it. */
export const offerInterviewer = sqliteTable(
  "offer_interviewer",
  {
    offerId: id("offer_id", "off")
      .notNull()
      .references(() => offer.id),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
  },
  (table) => [primaryKey({ columns: [table.offerId, table.memberId] })],
);

/** One of its times. */
export const slot = sqliteTable(
  "slot",
  {
    id: id("id", "slt").primaryKey(),
    offerId: id("offer_id", "off")
      .notNull()
      .references(() => offer.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    /** The meeting that was made of it. Set once and for good, in the write that makes the meeting and before it. */
    meetingId: id("meeting_id", "mtg"),
  },
  (table) => [
    index("slot_of_offer").on(table.offerId, table.startsAt, table.id),
    uniqueIndex("slot_once").on(table.offerId, table.startsAt, table.endsAt).where(sql`meeting_id is null`),
  ],
);

/** Whom it is offered to, and what they have picked. */
export const offerCandidate = sqliteTable(
  "offer_candidate",
  {
    offerId: id("offer_id", "off")
      .notNull()
      .references(() => offer.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** What they picked last, and the meeting that came of it, as the slot has it. A slot that was picked is never removed. */
    slotId: id("slot_id", "slt"),
    meetingId: id("meeting_id", "mtg"),
    pickedAt: instant("picked_at"),
    /** It is not offered to them any more. */
    withdrawnAt: instant("withdrawn_at"),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.candidateId] }),
    index("offer_of_candidate").on(table.candidateId, table.offerId),
  ],
);

/** What became of an offer to one candidate: made, picked of, taken back, closed before they picked. The table is nothing but its key's tree. */
export const offerEvent = sqliteTable(
  "offer_event",
  {
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    id: id("id", "evt").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    offerId: id("offer_id", "off")
      .notNull()
      .references(() => offer.id),
    verb: text("verb", { enum: offerVerbs }).notNull(),
    /** With `pick`: what came of it. */
    meetingId: id("meeting_id", "mtg"),
    actorKind: text("actor_kind", { enum: offerActors }).notNull(),
    actorId: text("actor_id").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.candidateId, table.id] })],
);

/** What this candidate picked stands: once its meeting is canceled they may pick another. Of a row of `offer_candidate`. */
export const hasPicked = sql`exists (select 1 from ${meeting} where ${meeting.id} = ${offerCandidate.meetingId} and ${meeting.canceledAt} is null)`;
