import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { documentKinds, documentStatuses, documentVerbs, scans } from "../../src/document/policy.ts";
import { fileTypes } from "../../src/kernel/files.ts";
import { id, instant } from "./columns.ts";
import { candidate } from "./interview.ts";
import { member, organization } from "./organization.ts";

/** A file about a candidate, an object of the bucket. */
export const document = sqliteTable(
  "document",
  {
    id: id("id", "doc").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** Null once it was removed, or did not come. */
    candidateId: id("candidate_id", "cnd").references(() => candidate.id),
    /** Who announced it. */
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    fileName: text("file_name").notNull(),
    kind: text("kind", { enum: documentKinds }).notNull(),
    label: text("label"),
    type: text("type", { enum: fileTypes }).notNull(),
    bytes: integer("bytes").notNull(),
    status: text("status", { enum: documentStatuses }).notNull(),
    /** The object's name, once it has come. */
    key: text("key"),
    scan: text("scan", { enum: scans }).notNull(),
    /** What the scanner calls what it found. */
    threat: text("threat"),
    /** From when on it is to be looked through, the next time; null when it need not be. */
    scanAt: instant("scan_at"),
    scanTries: integer("scan_tries").notNull(),
    requestKey: text("request_key"),
    createdAt: instant("created_at").notNull(),
    /** Until when it may be sent. */
    uploadUntil: instant("upload_until").notNull(),
    arrivedAt: instant("arrived_at"),
    /** From when on its bytes are deleted; null while they are kept. */
    forgetAt: instant("forget_at"),
  },
  (table) => [
    index("document_of_candidate").on(table.candidateId, table.id),
    index("document_to_scan").on(table.scanAt, table.id).where(sql`scan_at is not null`),
    index("document_forgettable").on(table.forgetAt, table.id).where(sql`forget_at is not null`),
    uniqueIndex("document_request_key").on(table.organizationId, table.requestKey).where(sql`request_key is not null`),
  ],
);

/** That a document came, and that somebody removed it; never what it was called. The table is nothing but its key's tree. */
export const documentEvent = sqliteTable(
  "document_event",
  {
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    id: id("id", "evt").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** It may be gone. */
    documentId: id("document_id", "doc").notNull(),
    kind: text("kind", { enum: documentKinds }).notNull(),
    verb: text("verb", { enum: documentVerbs }).notNull(),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    at: instant("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.candidateId, table.id] })],
);
