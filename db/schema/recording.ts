import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { recordingStatuses } from "../../src/recording/policy.ts";
import { id, instant } from "./columns.ts";
import { interview } from "./interview.ts";
import { organization } from "./organization.ts";

/** What a candidate has recorded for one step: uploaded in parts, each an object of the bucket. */
export const recording = sqliteTable(
  "recording",
  {
    id: id("id", "rec").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** Null once the interview was removed. */
    interviewId: id("interview_id", "itv").references(() => interview.id),
    run: integer("run").notNull(),
    stepId: id("step_id", "stp").notNull(),
    contentType: text("content_type").notNull(),
    status: text("status", { enum: recordingStatuses }).notNull(),
    createdAt: instant("created_at").notNull(),
    /** From when on its parts are deleted; null while it is somebody's answer. */
    forgetAt: instant("forget_at"),
  },
  (table) => [
    index("recording_of_interview").on(table.interviewId),
    index("recording_forgettable").on(table.forgetAt, table.id).where(sql`forget_at is not null`),
  ],
);

export const recordingPart = sqliteTable(
  "recording_part",
  {
    recordingId: id("recording_id", "rec")
      .notNull()
      .references(() => recording.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** Counted from 0. */
    number: integer("number").notNull(),
    bytes: integer("bytes").notNull(),
    /** The object's name: one of its own for every time the part was sent. */
    key: text("key").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordingId, table.number] })],
);
