import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { id, instant } from "./columns.ts";
import { candidate } from "./interview.ts";
import { member, organization } from "./organization.ts";

/** What a member wrote about a candidate. */
export const note = sqliteTable(
  "note",
  {
    number: integer("number").primaryKey(),
    id: id("id", "nte").notNull().unique(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    text: text("text").notNull(),
    /** The text once more, folded, for search. */
    textFolded: text("text_folded").notNull().default(""),
    createdAt: instant("created_at").notNull(),
    /** Null: as it was written. */
    editedAt: instant("edited_at"),
  },
  (table) => [index("note_of_candidate").on(table.candidateId, table.id)],
);
