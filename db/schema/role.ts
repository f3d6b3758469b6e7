import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Questionnaire } from "../../src/questionnaire/contract.ts";
import { roleStatuses } from "../../src/role/machine.ts";
import type { Terms } from "../../src/role-template/contract.ts";
import { flag, id, instant, json } from "./columns.ts";
import { organization, team } from "./organization.ts";

/** What is asked of each candidate. */
const terms = () => ({
  referencesRequired: integer("references_required").notNull(),
  referencesOptional: integer("references_optional").notNull(),
  relationships: json<Terms["relationships"]>("relationships").notNull(),
  /** Null: no matter how far back. */
  periodMonths: integer("period_months"),
  completeWithinDays: integer("complete_within_days").notNull(),
  answersShared: flag("answers_shared").notNull(),
});

/** An organization's own. Those that are built in stand in the code. */
export const roleTemplate = sqliteTable(
  "role_template",
  {
    id: id("id", "rtp").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    title: text("title").notNull(),
    /** The title again, folded, for search. */
    titleFolded: text("title_folded").notNull(),
    ...terms(),
    questionnaire: json<Questionnaire>("questionnaire").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [index("role_template_of_organization").on(table.organizationId, table.id)],
);

export const role = sqliteTable(
  "role",
  {
    id: id("id", "rol").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    teamId: id("team_id", "tem")
      .notNull()
      .references(() => team.id),
    title: text("title").notNull(),
    /** The title again, folded, for search. */
    titleFolded: text("title_folded").notNull(),
    internalId: text("internal_id"),
    ...terms(),
    /** The questionnaire that refchecks made now will have. */
    revision: integer("revision").notNull(),
    status: text("status", { enum: roleStatuses }).notNull(),
    createdAt: instant("created_at").notNull(),
    closedAt: instant("closed_at"),
  },
  (table) => [
    index("role_of_organization").on(table.organizationId, table.id),
    index("role_of_team").on(table.teamId, table.id),
  ],
);

/** What a role's references are asked, as it was at one revision. Rows are never changed: refchecks point at them. */
export const questionnaire = sqliteTable(
  "questionnaire",
  {
    roleId: id("role_id", "rol")
      .notNull()
      .references(() => role.id),
    revision: integer("revision").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    content: json<Questionnaire>("content").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.roleId, table.revision] })],
);
