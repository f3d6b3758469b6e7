import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { SignalFacts } from "../../src/signal/contract.ts";
import { signalKinds } from "../../src/signal/policy.ts";
import { id, instant, json } from "./columns.ts";
import { organization } from "./organization.ts";
import { refcheck } from "./refcheck.ts";

/** From where somebody took part in a refcheck: keyed hashes that are good for this refcheck alone, and a country. */
export const trace = sqliteTable(
  "trace",
  {
    refcheckId: id("refcheck_id", "rck")
      .notNull()
      .references(() => refcheck.id),
    /** The reference, or the candidate. */
    who: text("who").notNull(),
    /** Empty: not known. */
    network: text("network").notNull(),
    device: text("device").notNull(),
    country: text("country").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    seenAt: instant("seen_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.refcheckId, table.who, table.network, table.device] }),
    index("trace_by_age").on(table.seenAt),
  ],
);

/** Something about a refcheck that a person of the organization should look at. Never a verdict. */
export const signal = sqliteTable(
  "signal",
  {
    id: id("id", "sig").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    refcheckId: id("refcheck_id", "rck")
      .notNull()
      .references(() => refcheck.id),
    kind: text("kind", { enum: signalKinds }).notNull(),
    /** From 1 to 5, as it was when it was raised. */
    weight: integer("weight").notNull(),
    /** Whom it is about, and who else: what names nobody is about the candidate, or about the refcheck as a whole. */
    referenceId: id("reference_id", "ref"),
    otherReferenceId: id("other_reference_id", "ref"),
    /** Kind and people in one: the same is said once. */
    key: text("key").notNull(),
    facts: json<SignalFacts>("facts").notNull(),
    raisedAt: instant("raised_at").notNull(),
    /** It is not so any more: an address was corrected, somebody was replaced or will not answer. */
    withdrawnAt: instant("withdrawn_at"),
    resolvedAt: instant("resolved_at"),
    resolvedBy: id("resolved_by", "mem"),
    note: text("note"),
  },
  (table) => [
    index("signal_of_refcheck").on(table.refcheckId, table.id),
    uniqueIndex("signal_once").on(table.refcheckId, table.key).where(sql`withdrawn_at is null`),
  ],
);
