import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { id } from "./columns.ts";
import { organization } from "./organization.ts";
import { project } from "./project.ts";

/** What a change is of: an interview, one that was removed, all of a project, or all that one member sees. */
export const changeKinds = ["interview", "removed", "project", "member"] as const;

/**
 * The last change of each thing that lists of interviews show, one row a thing. Written by triggers (triggers.ts), within the transaction
 * that changes: whoever has seen one number has seen all below it.
 */
export const change = sqliteTable(
  "change",
  {
    sequence: integer("sequence").primaryKey({ autoIncrement: true }),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    /** Who sees the project sees the change; null where it is a member's own. */
    projectId: id("project_id", "prj").references(() => project.id),
    kind: text("kind", { enum: changeKinds }).notNull(),
    /** The interview's, project's or member's id. */
    subject: text("subject").notNull(),
  },
  (table) => [
    uniqueIndex("change_of_subject").on(table.subject),
    index("change_in_order").on(table.organizationId, table.sequence),
  ],
);
