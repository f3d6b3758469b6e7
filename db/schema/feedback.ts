import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { feedbackVerbs, verdicts } from "../../src/feedback/policy.ts";
import { id, instant, json } from "./columns.ts";
import { candidate } from "./interview.ts";
import { meeting } from "./meeting.ts";
import { member, organization } from "./organization.ts";

/** What an interviewer says after a meeting. The meeting's and the candidate's ratings follow in every write that changes it. */
export const feedback = sqliteTable(
  "feedback",
  {
    id: id("id", "fbk").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    meetingId: id("meeting_id", "mtg")
      .notNull()
      .references(() => meeting.id),
    /** Whom the meeting is with. */
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    description: text("description").notNull(),
    /** From 0 to 5 in halves; so are those of its criteria. */
    rating: real("rating").notNull(),
    verdict: text("verdict", { enum: verdicts }).notNull(),
    criteria: json<{ name: string; rating: number }[]>("criteria").notNull(),
    /** Rises by one with every change. */
    version: integer("version").notNull(),
    createdAt: instant("created_at").notNull(),
    /** Null: as it was given. */
    editedAt: instant("edited_at"),
  },
  (table) => [
    uniqueIndex("feedback_once").on(table.meetingId, table.memberId),
    index("feedback_of_meeting").on(table.meetingId, table.id),
    index("feedback_of_candidate").on(table.candidateId, table.id),
  ],
);

/** What happened to the feedback on a meeting, never what it said. Rows are never changed. */
export const feedbackEvent = sqliteTable(
  "feedback_event",
  {
    id: id("id", "evt").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    meetingId: id("meeting_id", "mtg")
      .notNull()
      .references(() => meeting.id),
    /** It may be gone. */
    feedbackId: id("feedback_id", "fbk").notNull(),
    /** Whose it is or was. */
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    verb: text("verb", { enum: feedbackVerbs }).notNull(),
    actorId: id("actor_id", "mem")
      .notNull()
      .references(() => member.id),
    at: instant("at").notNull(),
  },
  (table) => [index("feedback_event_order").on(table.meetingId, table.id)],
);
