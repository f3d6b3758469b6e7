import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { timelineKinds } from "../../src/timeline/policy.ts";
import { id, instant } from "./columns.ts";
import { candidate } from "./interview.ts";
import { organization } from "./organization.ts";

/**
 * That something happened to a candidate, and where it is told: one row for each of what it is made of. Written by triggers
 * (timeline-triggers.ts). Its key is its order, and the table nothing but its key's tree.
 */
export const timeline = sqliteTable(
  "timeline",
  {
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    at: instant("at").notNull(),
    /** Where it stands within its instant. */
    turn: integer("turn").notNull(),
    /** The event, letter or note. */
    sourceId: text("source_id").notNull(),
    kind: text("kind", { enum: timelineKinds }).notNull(),
    /** The interview, refcheck, placement, meeting, offer or document that its event belongs to; null: none. */
    subjectId: text("subject_id"),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
  },
  (table) => [primaryKey({ columns: [table.candidateId, table.at, table.turn, table.sourceId] })],
);
