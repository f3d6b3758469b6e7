import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { skillLevels } from "../../src/background/policy.ts";
import { id, instant } from "./columns.ts";
import { candidate } from "./interview.ts";
import { organization } from "./organization.ts";

/** What a candidate can, and how well: once by whatever name it is written. */
export const skill = sqliteTable(
  "skill",
  {
    number: integer("number").primaryKey(),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    nameFolded: text("name_folded").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    level: text("level", { enum: skillLevels }).notNull(),
  },
  (table) => [
    uniqueIndex("skill_once").on(table.candidateId, table.nameFolded),
    index("skill_by_name").on(table.organizationId, table.nameFolded, table.candidateId, table.level),
  ],
);

/** What a candidate has done, and where. */
export const experience = sqliteTable(
  "experience",
  {
    number: integer("number").primaryKey(),
    id: id("id", "exp").notNull().unique(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    occupation: text("occupation").notNull(),
    /** Where, in words: no tenant of ours. */
    employer: text("employer"),
    employerFolded: text("employer_folded"),
    /** How long, in words; and from when to when, in months, YYYY-MM. */
    duration: text("duration"),
    workedFrom: text("worked_from"),
    workedTo: text("worked_to"),
    description: text("description").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    index("experience_of_candidate").on(table.candidateId, table.id),
    index("experience_by_employer")
      .on(table.organizationId, table.employerFolded, table.candidateId)
      .where(sql`employer_folded is not null`),
  ],
);

/** What a candidate has learned, and where. */
export const education = sqliteTable(
  "education",
  {
    id: id("id", "edu").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    schoolName: text("school_name").notNull(),
    degree: text("degree"),
    field: text("field"),
    /** A calendar date, YYYY-MM-DD. */
    completionDate: text("completion_date"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [index("education_of_candidate").on(table.candidateId, table.id)],
);
