import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { candidateStatuses } from "../../src/record/machine.ts";
import { id, instant } from "./columns.ts";
import { candidate } from "./interview.ts";
import { member, organization } from "./organization.ts";

/** A record that was found to be of somebody who has another: what it was when it became part of that one. Its id and its address still lead there. */
export const formerCandidate = sqliteTable(
  "former_candidate",
  {
    /** The id that it had. */
    id: id("id", "cnd").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** Whose record it is part of now. */
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    email: text("email").notNull(),
    firstName: text("first_name").notNull(),
    lastName: text("last_name").notNull(),
    phone: text("phone"),
    source: text("source"),
    status: text("status", { enum: candidateStatuses }).notNull(),
    /** Days, YYYY-MM-DD. */
    appliedDate: text("applied_date"),
    rejectDate: text("reject_date"),
    hiredDate: text("hired_date"),
    createdAt: instant("created_at").notNull(),
    mergedBy: id("merged_by", "mem")
      .notNull()
      .references(() => member.id),
    mergedAt: instant("merged_at").notNull(),
  },
  (table) => [
    index("former_of_candidate").on(table.candidateId, table.id),
    index("former_by_email").on(table.organizationId, table.email),
  ],
);
