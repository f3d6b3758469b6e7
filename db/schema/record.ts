import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { candidateActors, candidateEventVerbs, candidateStatuses } from "../../src/record/machine.ts";
import { id, instant } from "./columns.ts";
import { candidate } from "./interview.ts";
import { organization } from "./organization.ts";

/** One tag of one candidate, for the filter. */
export const candidateTag = sqliteTable(
  "candidate_tag",
  {
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    tag: text("tag").notNull(),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.tag, table.candidateId] }),
    index("tag_of_candidate").on(table.candidateId),
  ],
);

/** What another system calls a candidate: no two of an organization go by the same. */
export const candidateExternalId = sqliteTable(
  "candidate_external_id",
  {
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    system: text("system").notNull(),
    externalId: text("external_id").notNull(),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.system, table.externalId] }),
    index("external_id_in_any").on(table.organizationId, table.externalId, table.candidateId),
    index("external_id_of_candidate").on(table.candidateId),
  ],
);

/** What happened to a candidate's record, in order. Rows are never changed. */
export const candidateEvent = sqliteTable(
  "candidate_event",
  {
    id: id("id", "evt").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    /** The record that it happened to: theirs, or one that became part of it (decision 034). */
    recordId: id("record_id", "cnd").notNull(),
    /** Of a merge: the record that became part of theirs. */
    otherId: id("other_id", "cnd"),
    /** The record's version after this event, from 1. */
    version: integer("version").notNull(),
    verb: text("verb", { enum: candidateEventVerbs }).notNull(),
    /** Null with `create`. */
    from: text("from_status", { enum: candidateStatuses }),
    to: text("to_status", { enum: candidateStatuses }).notNull(),
    actorKind: text("actor_kind", { enum: candidateActors }).notNull(),
    actorId: text("actor_id"),
    why: text("why"),
    at: instant("at").notNull(),
  },
  (table) => [
    uniqueIndex("candidate_event_order").on(table.recordId, table.version),
    index("event_of_candidate").on(table.candidateId),
  ],
);
