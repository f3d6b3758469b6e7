import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Step } from "../../src/extension/contract.ts";
import { extensionStatuses } from "../../src/extension/policy.ts";
import type { Reason } from "../../src/kernel/errors.ts";
import { id, instant, json } from "./columns.ts";
import { member, organization } from "./organization.ts";
import { project } from "./project.ts";

/** More time for all open interviews of a project: a job that is done a crowd at a time, and may be interrupted anywhere. */
export const extension = sqliteTable(
  "extension",
  {
    id: id("id", "ext").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    projectId: id("project_id", "prj")
      .notNull()
      .references(() => project.id),
    startedBy: id("started_by", "mem")
      .notNull()
      .references(() => member.id),
    by: json<Step>("by").notNull(),
    why: text("why"),
    status: text("status", { enum: extensionStatuses }).notNull(),
    /** Why it was canceled, when nobody did it. */
    endedWhy: text("ended_why").$type<Reason>(),
    /** How many were open when it began, up to one more than are counted. */
    openCount: integer("open_count").notNull(),
    moved: integer("moved").notNull(),
    leftAlone: integer("left_alone").notNull(),
    /** The last interview that was looked at, in the order of creation; null before the first. Those created later are none of its. */
    doneCreatedAt: instant("done_created_at"),
    doneId: id("done_id", "itv"),
    /** Whoever works on it holds it until then. */
    leasedUntil: instant("leased_until"),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    uniqueIndex("extension_running").on(table.projectId).where(sql`status = 'running'`),
    index("extension_waiting").on(table.leasedUntil, table.id).where(sql`status = 'running'`),
    index("extension_of_project").on(table.projectId, table.id),
  ],
);
