import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { languages } from "../../src/kernel/shapes.ts";
import type { Step } from "../../src/project/contract.ts";
import { projectStatuses } from "../../src/project/machine.ts";
import { deadlineTargets, projectKinds, projectRoles } from "../../src/project/policy.ts";
import { flag, id, instant, json } from "./columns.ts";
import { member, organization } from "./organization.ts";

export const project = sqliteTable(
  "project",
  {
    id: id("id", "prj").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    /** The name again, folded, for sorting and search. */
    nameFolded: text("name_folded").notNull(),
    kind: text("kind", { enum: projectKinds }).notNull(),
    status: text("status", { enum: projectStatuses }).notNull(),
    description: text("description").notNull(),
    language: text("language", { enum: languages }).notNull(),
    /** Null: the organization's default. */
    defaultInterviewPeriodSeconds: integer("default_interview_period_seconds"),
    maxInterviewSeconds: integer("max_interview_seconds").notNull(),
    interruptionGraceSeconds: integer("interruption_grace_seconds").notNull(),
    /** Hours before the deadline at which candidates are reminded. */
    reminderHours: json<number[]>("reminder_hours").notNull(),
    deadlineAppliesTo: text("deadline_applies_to", { enum: deadlineTargets }).notNull(),
    passwordRequired: flag("password_required").notNull(),
    vetoEnabled: flag("veto_enabled").notNull(),
    internalId: text("internal_id"),
    labels: json<string[]>("labels").notNull(),
    /** The revision of the steps that interviews created now will see. */
    revision: integer("revision").notNull(),
    createdAt: instant("created_at").notNull(),
    activatedAt: instant("activated_at"),
    archivedAt: instant("archived_at"),
  },
  (table) => [index("project_of_organization").on(table.organizationId, table.id)],
);

/** The steps as they were at one revision. Rows are never changed: interviews point at them. */
export const projectRevision = sqliteTable(
  "project_revision",
  {
    projectId: id("project_id", "prj")
      .notNull()
      .references(() => project.id),
    revision: integer("revision").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    steps: json<Step[]>("steps").notNull(),
    stepCount: integer("step_count").notNull(),
    /** Of these, those that people judge. */
    judgedCount: integer("judged_count").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.revision] })],
);

export const criterion = sqliteTable(
  "criterion",
  {
    id: id("id", "crt").primaryKey(),
    projectId: id("project_id", "prj")
      .notNull()
      .references(() => project.id),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    position: integer("position").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    /** Ratings go from 1 to this. */
    scaleMax: integer("scale_max").notNull(),
    isRequired: flag("is_required").notNull(),
    removedAt: instant("removed_at"),
  },
  (table) => [index("criterion_of_project").on(table.projectId, table.position).where(sql`removed_at is null`)],
);

export const projectRole = sqliteTable(
  "project_role",
  {
    projectId: id("project_id", "prj")
      .notNull()
      .references(() => project.id),
    memberId: id("member_id", "mem")
      .notNull()
      .references(() => member.id),
    role: text("role", { enum: projectRoles }).notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.memberId, table.role] }),
    index("project_role_of_member").on(table.memberId),
  ],
);
