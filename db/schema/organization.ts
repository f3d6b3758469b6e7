import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { storedStatuses } from "../../src/invite/machine.ts";
import { accessLevels } from "../../src/kernel/scope.ts";
import { languages } from "../../src/kernel/shapes.ts";
import { flag, id, instant, json } from "./columns.ts";
import { user } from "./identity.ts";

export const organization = sqliteTable("organization", {
  id: id("id", "org").primaryKey(),
  name: text("name").notNull(),
  slug: text("slug").notNull().unique(),
  language: text("language", { enum: languages }).notNull(),
  timeZone: text("time_zone").notNull(),
  defaultInterviewPeriodSeconds: integer("default_interview_period_seconds").notNull(),
  /** Origins of the organization's own frontends; the first is where letters lead. */
  frontendOrigins: json<string[]>("frontend_origins").notNull(),
  senderName: text("sender_name").notNull(),
  createdAt: instant("created_at").notNull(),
});

export const team = sqliteTable(
  "team",
  {
    id: id("id", "tem").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    /** The name again, folded, for search. */
    nameFolded: text("name_folded").notNull(),
    isDefault: flag("is_default").notNull(),
    createdAt: instant("created_at").notNull(),
    archivedAt: instant("archived_at"),
  },
  (table) => [
    index("team_of_organization").on(table.organizationId, table.id),
    uniqueIndex("team_default").on(table.organizationId).where(sql`is_default = 1`),
  ],
);

export const member = sqliteTable(
  "member",
  {
    id: id("id", "mem").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    userId: id("user_id", "usr")
      .notNull()
      .references(() => user.id),
    access: text("access", { enum: accessLevels }).notNull(),
    /** A calendar date, YYYY-MM-DD: a day has no zone. */
    startedWorkOn: text("started_work_on"),
    createdAt: instant("created_at").notNull(),
    removedAt: instant("removed_at"),
  },
  (table) => [
    uniqueIndex("member_once").on(table.organizationId, table.userId).where(sql`removed_at is null`),
    index("member_of_organization").on(table.organizationId, table.id),
    index("member_of_user").on(table.userId),
  ],
);

export const teamMember = sqliteTable(
  "team_member",
  {
    teamId: id("team_id", "tem")
      .notNull()
      .references(() => team.id),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    isAdmin: flag("is_admin").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.teamId, table.memberId] }), index("team_of_member").on(table.memberId)],
);

export const invite = sqliteTable(
  "invite",
  {
    id: id("id", "inv").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    email: text("email").notNull(),
    access: text("access", { enum: accessLevels }).notNull(),
    teamId: id("team_id", "tem")
      .notNull()
      .references(() => team.id),
    startedWorkOn: text("started_work_on"),
    /** An invite past its expiry reads EXPIRED whether or not anybody wrote that down. */
    status: text("status", { enum: storedStatuses }).notNull(),
    invitedBy: id("invited_by", "mem")
      .notNull()
      .references(() => member.id),
    createdAt: instant("created_at").notNull(),
    /** How long each sending is good for, in days; null: never runs out. */
    expiryDays: integer("expiry_days"),
    expiresAt: instant("expires_at"),
    answeredAt: instant("answered_at"),
  },
  (table) => [
    uniqueIndex("invite_open_once").on(table.organizationId, table.email).where(sql`status = 'INVITED'`),
    index("invite_of_organization").on(table.organizationId, table.id),
  ],
);
