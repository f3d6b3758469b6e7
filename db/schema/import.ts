import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Dialect } from "../../src/csv/reading.ts";
import { subjects } from "../../src/csv/words.ts";
import type { Mapping } from "../../src/importing/machine.ts";
import { importStatuses, knownByWays, onKnownWays, type Problem, rowOutcomes } from "../../src/importing/policy.ts";
import type { Reason } from "../../src/kernel/errors.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { uploadStatuses } from "../../src/upload/policy.ts";
import { flag, id, instant, json } from "./columns.ts";
import { member, organization } from "./organization.ts";

/** A table that somebody sent to be imported: an object of the bucket. */
export const upload = sqliteTable(
  "upload",
  {
    id: id("id", "upl").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    subject: text("subject", { enum: subjects }).notNull(),
    name: text("name").notNull(),
    sentBy: id("sent_by", "mem")
      .notNull()
      .references(() => member.id),
    status: text("status", { enum: uploadStatuses }).notNull(),
    /** The object's name: one of its own for every time it was sent. */
    key: text("key"),
    bytes: integer("bytes").notNull(),
    /** Without the head, and without those that are empty. */
    rowCount: integer("row_count").notNull(),
    columns: json<readonly string[]>("columns").notNull(),
    dialect: json<Dialect>("dialect"),
    /** Where its rows begin: bytes, and rows of the file. */
    headBytes: integer("head_bytes").notNull(),
    headRows: integer("head_rows").notNull(),
    createdAt: instant("created_at").notNull(),
    /** From when on it is forgotten; null while it is imported, and when nothing is left of it. */
    forgetAt: instant("forget_at"),
  },
  (table) => [index("upload_forgettable").on(table.forgetAt, table.id).where(sql`forget_at is not null`)],
);

/** One import of a table, or its rehearsal: a job that is done a crowd of rows at a time, and may be interrupted anywhere. */
export const importJob = sqliteTable(
  "import_job",
  {
    id: id("id", "imp").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    uploadId: id("upload_id", "upl")
      .notNull()
      .references(() => upload.id),
    isRehearsal: flag("is_rehearsal").notNull(),
    startedBy: id("started_by", "mem")
      .notNull()
      .references(() => member.id),
    /** In whose name everything is done. */
    startedAs: json<MemberScope>("started_as").notNull(),
    mapping: json<Mapping>("mapping").notNull(),
    onKnown: text("on_known", { enum: onKnownWays }).notNull(),
    status: text("status", { enum: importStatuses }).notNull(),
    /** Why it was canceled, when nobody did it. */
    endedWhy: text("ended_why").$type<Reason>(),
    /** How far it has come: bytes of the file, and rows of it, the empty ones with them. */
    doneBytes: integer("done_bytes").notNull(),
    doneRows: integer("done_rows").notNull(),
    /** What became of the rows so far. */
    created: integer("created").notNull().default(0),
    updated: integer("updated").notNull().default(0),
    unchanged: integer("unchanged").notNull().default(0),
    skipped: integer("skipped").notNull().default(0),
    repeated: integer("repeated").notNull().default(0),
    invalid: integer("invalid").notNull().default(0),
    /** Whoever works on it holds it until then. */
    leasedUntil: instant("leased_until"),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    uniqueIndex("import_running").on(table.uploadId).where(sql`status = 'running'`),
    index("import_waiting").on(table.leasedUntil, table.id).where(sql`status = 'running'`),
    index("import_of_organization").on(table.organizationId, table.id),
    index("import_of_upload").on(table.uploadId, table.id),
  ],
);

/** What became of one row, or would have. */
export const importRow = sqliteTable(
  "import_row",
  {
    importId: id("import_id", "imp")
      .notNull()
      .references(() => importJob.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** As spreadsheets number it: the first of the file is 1. */
    row: integer("row").notNull(),
    outcome: text("outcome", { enum: rowOutcomes }).notNull(),
    /** The candidate or contact that it made, changed, or was found to be about. */
    subjectId: text("subject_id"),
    knownBy: text("known_by", { enum: knownByWays }),
    earlierRow: integer("earlier_row"),
    problems: json<readonly Problem[]>("problems").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.importId, table.row] }),
    index("import_row_by_outcome").on(table.importId, table.outcome, table.row),
  ],
);

/** What somebody is known by who was told of in a row: whoever is known by the same in a later one is told of twice. */
export const importKey = sqliteTable(
  "import_key",
  {
    importId: id("import_id", "imp")
      .notNull()
      .references(() => importJob.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    key: text("key").notNull(),
    row: integer("row").notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.key] })],
);
