import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { type Choice, fieldTypes } from "../../src/field/policy.ts";
import { id, instant, json } from "./columns.ts";
import { candidate } from "./interview.ts";
import { organization } from "./organization.ts";

/** What an organization keeps of its candidates besides what everybody does. */
export const field = sqliteTable(
  "field",
  {
    id: id("id", "fld").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** What values are kept and asked for by: it never changes. */
    key: text("key").notNull(),
    name: text("name").notNull(),
    type: text("type", { enum: fieldTypes }).notNull(),
    isRequired: integer("is_required", { mode: "boolean" }).notNull(),
    /** Empty for every type without. */
    choices: json<Choice[]>("choices").notNull(),
    position: integer("position").notNull(),
    /** Rises by one with every change. */
    version: integer("version").notNull(),
    createdAt: instant("created_at").notNull(),
    archivedAt: instant("archived_at"),
  },
  (table) => [
    uniqueIndex("field_key").on(table.organizationId, table.key),
    index("field_in_order").on(table.organizationId, table.position, table.id),
  ],
);

/** A value of a candidate as it is looked for, one row a choice where there are several; in the column of its kind, the other is null. */
export const candidateField = sqliteTable(
  "candidate_field",
  {
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    fieldId: id("field_id", "fld")
      .notNull()
      .references(() => field.id),
    position: integer("position").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** Folded; a day as YYYY-MM-DD. */
    textValue: text("text_value"),
    /** A number; 0 and 1 for no and yes. */
    numberValue: real("number_value"),
  },
  (table) => [
    primaryKey({ columns: [table.candidateId, table.fieldId, table.position] }),
    index("field_by_text").on(table.fieldId, table.textValue, table.candidateId).where(sql`text_value is not null`),
    index("field_by_number")
      .on(table.fieldId, table.numberValue, table.candidateId)
      .where(sql`number_value is not null`),
  ],
);
