import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { flag, id, instant } from "./columns.ts";
import { organization } from "./organization.ts";
import { refcheck } from "./refcheck.ts";

/** A way to read a refcheck's report without an account, for as long as whoever made it meant it. */
export const reportShare = sqliteTable(
  "report_share",
  {
    id: id("id", "shr").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    refcheckId: id("refcheck_id", "rck")
      .notNull()
      .references(() => refcheck.id),
    /** SHA-256 over purpose and token; the token itself is nowhere but in the address. */
    hash: text("hash").notNull().unique(),
    /** For whom, in the words of whoever made it. */
    label: text("label").notNull(),
    withSignals: flag("with_signals").notNull(),
    createdAt: instant("created_at").notNull(),
    createdBy: id("created_by", "mem").notNull(),
    expiresAt: instant("expires_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [index("report_share_of_refcheck").on(table.refcheckId, table.id)],
);
