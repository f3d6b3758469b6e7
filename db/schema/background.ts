import { index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { skillLevels } from "../../src/background/policy.ts";
import { id, instant } from "./columns.ts";
import { candidate } from "./interview.ts";
import { organization } from "./organization.ts";

/** What a candidate can, and how well: once by whatever name it is written. */
export const skill = sqliteTable(
  "skill",
  {
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
  (table) => [primaryKey({ columns: [table.candidateId, table.nameFolded] })],
);

/** What a candidate has done, and where. */
export const experience = sqliteTable(
  "experience",
  {
    id: id("id", "exp").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    occupation: text("occupation").notNull(),
    /** Where, in words: no tenant of ours. */
    employer: text("employer"),
    /** How long, in words; and from when to when, in months, YYYY-MM. */
    duration: text("duration"),
    workedFrom: text("worked_from"),
    workedTo: text("worked_to"),
    description: text("description").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [index("experience_of_candidate").on(table.candidateId, table.id)],
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
