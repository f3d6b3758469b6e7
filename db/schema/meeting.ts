import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { meetingActors, meetingVerbs } from "../../src/meeting/policy.ts";
import { id, instant, json } from "./columns.ts";
import { candidate } from "./interview.ts";
import { member, organization } from "./organization.ts";

/** A live conversation with a candidate at a set time. One that was canceled keeps its row: letters and events name it. */
export const meeting = sqliteTable(
  "meeting",
  {
    id: id("id", "mtg").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    title: text("title").notNull(),
    /** What those who take part should know beforehand. */
    description: text("description").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    /** Where its times are meant: an IANA name. */
    timeZone: text("time_zone").notNull(),
    location: text("location"),
    url: text("url"),
    reminderHours: json<readonly number[]>("reminder_hours").notNull(),
    /** RFC 5545 SEQUENCE: rises with every change that those who take part hear of. */
    sequence: integer("sequence").notNull(),
    /** Rises by one with every event. */
    version: integer("version").notNull(),
    /** From 0 to 5 in halves: what its feedback comes to. Null: nobody has rated. */
    rating: real("rating"),
    createdBy: id("created_by", "mem")
      .notNull()
      .references(() => member.id),
    createdAt: instant("created_at").notNull(),
    canceledAt: instant("canceled_at"),
    /** The caller's own key for this meeting: the same key again answers with the same one. */
    requestKey: text("request_key"),
  },
  (table) => [
    uniqueIndex("meeting_request").on(table.organizationId, table.requestKey).where(sql`request_key is not null`),
    index("meeting_of_organization").on(table.organizationId, table.startsAt, table.id),
    index("meeting_of_candidate").on(table.candidateId, table.startsAt, table.id),
  ],
);

/** A member who takes part. The meeting's times stand here once more, so that what a member has at a time is one look into an index. */
export const meetingInterviewer = sqliteTable(
  "meeting_interviewer",
  {
    meetingId: id("meeting_id", "mtg")
      .notNull()
      .references(() => meeting.id),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.meetingId, table.memberId] }),
    index("meeting_of_member").on(table.memberId, table.startsAt, table.meetingId),
  ],
);

/** What happened to a meeting, in order. Rows are never changed. */
export const meetingEvent = sqliteTable(
  "meeting_event",
  {
    id: id("id", "evt").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    meetingId: id("meeting_id", "mtg")
      .notNull()
      .references(() => meeting.id),
    /** The meeting's version after this event, from 1. */
    version: integer("version").notNull(),
    verb: text("verb", { enum: meetingVerbs }).notNull(),
    actorKind: text("actor_kind", { enum: meetingActors }).notNull(),
    actorId: text("actor_id"),
    /** When it was to be, after this event. */
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    why: text("why"),
    at: instant("at").notNull(),
  },
  (table) => [uniqueIndex("meeting_event_order").on(table.meetingId, table.version)],
);
