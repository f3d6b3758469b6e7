import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { stageEnds } from "../../src/pipeline/policy.ts";
import { placementVerbs } from "../../src/placement/policy.ts";
import { id, instant } from "./columns.ts";
import { contact } from "./contact.ts";
import { candidate } from "./interview.ts";
import { member, organization } from "./organization.ts";

export const pipeline = sqliteTable(
  "pipeline",
  {
    id: id("id", "pip").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    /** The name again, folded, for search. */
    nameFolded: text("name_folded").notNull(),
    description: text("description").notNull(),
    /** Rises by one with every change of it or of its stages. */
    version: integer("version").notNull(),
    createdAt: instant("created_at").notNull(),
    archivedAt: instant("archived_at"),
  },
  (table) => [
    index("pipeline_of_organization").on(table.organizationId, table.id),
    index("pipeline_open").on(table.organizationId, table.id).where(sql`archived_at is null`),
  ],
);

/** One that was left out keeps its row: events name it. */
export const stage = sqliteTable(
  "stage",
  {
    id: id("id", "stg").primaryKey(),
    pipelineId: id("pipeline_id", "pip")
      .notNull()
      .references(() => pipeline.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** From 0, without a gap. */
    position: integer("position").notNull(),
    name: text("name").notNull(),
    /** Whoever is moved here is through; null: not yet. */
    ends: text("ends", { enum: stageEnds }),
    removedAt: instant("removed_at"),
  },
  (table) => [index("stage_of_pipeline").on(table.pipelineId, table.position).where(sql`removed_at is null`)],
);

/** Somebody in a stage. Whom it is about stands in a column of its kind; the other is null. */
export const placement = sqliteTable(
  "placement",
  {
    id: id("id", "plc").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    pipelineId: id("pipeline_id", "pip")
      .notNull()
      .references(() => pipeline.id),
    stageId: id("stage_id", "stg")
      .notNull()
      .references(() => stage.id),
    candidateId: id("candidate_id", "cnd").references(() => candidate.id),
    contactId: id("contact_id", "con").references(() => contact.id),
    /** Where it stands in its stage (src/kernel/rank.ts). */
    rank: text("rank").notNull(),
    version: integer("version").notNull(),
    /** Since when it is in its stage. */
    enteredAt: instant("entered_at").notNull(),
    createdAt: instant("created_at").notNull(),
    removedAt: instant("removed_at"),
  },
  (table) => [
    uniqueIndex("placement_candidate_once").on(table.pipelineId, table.candidateId).where(sql`removed_at is null`),
    uniqueIndex("placement_contact_once").on(table.pipelineId, table.contactId).where(sql`removed_at is null`),
    uniqueIndex("placement_in_order").on(table.stageId, table.rank).where(sql`removed_at is null`),
    index("placement_newest").on(table.stageId, table.enteredAt).where(sql`removed_at is null`),
    // For lists of candidates by a stage, in the order of those.
    index("placement_by_candidate")
      .on(table.stageId, table.candidateId)
      .where(sql`removed_at is null and candidate_id is not null`),
    index("placement_of_candidate").on(table.candidateId, table.id),
    index("placement_of_contact").on(table.contactId, table.id).where(sql`contact_id is not null`),
  ],
);

export const placementEvent = sqliteTable(
  "placement_event",
  {
    id: id("id", "evt").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    placementId: id("placement_id", "plc")
      .notNull()
      .references(() => placement.id),
    version: integer("version").notNull(),
    verb: text("verb", { enum: placementVerbs }).notNull(),
    /** Null when it was put. */
    fromStageId: id("from_stage_id", "stg").references(() => stage.id),
    /** Null when it was removed. */
    toStageId: id("to_stage_id", "stg").references(() => stage.id),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    /** How long it was in the stage that it left; null when it left none. */
    stayedMs: integer("stayed_ms"),
    at: instant("at").notNull(),
  },
  (table) => [
    uniqueIndex("placement_event_version").on(table.placementId, table.version),
    index("stage_left").on(table.fromStageId, table.id, table.stayedMs).where(sql`stayed_ms is not null`),
  ],
);
