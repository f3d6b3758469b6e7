import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { id, instant } from "./columns.ts";
import { interview } from "./interview.ts";
import { member, organization } from "./organization.ts";
import { criterion } from "./project.ts";

const said = {
  interviewId: id("interview_id", "itv")
    .notNull()
    .references(() => interview.id),
  memberId: id("member_id", "mem")
    .notNull()
    .references(() => member.id),
  organizationId: id("organization_id", "org")
    .notNull()
    .references(() => organization.id),
};

/** One evaluator's score for one step by one criterion. */
export const rating = sqliteTable(
  "rating",
  {
    ...said,
    stepId: id("step_id", "stp").notNull(),
    criterionId: id("criterion_id", "crt")
      .notNull()
      .references(() => criterion.id),
    score: integer("score").notNull(),
    /** The criterion's scale when it was given: on another scale it counts no more. */
    scaleMax: integer("scale_max").notNull(),
    ratedAt: instant("rated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.interviewId, table.memberId, table.stepId, table.criterionId] }),
    // SQLite looks for a criterion's ratings whenever one is put.
    index("rating_of_criterion").on(table.criterionId),
  ],
);

export const evaluationNote = sqliteTable(
  "evaluation_note",
  {
    ...said,
    /** A step's id, or empty: about the interview as a whole. */
    about: text("about").notNull(),
    text: text("text").notNull(),
    notedAt: instant("noted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.interviewId, table.memberId, table.about] })],
);

export const veto = sqliteTable(
  "veto",
  { ...said, reason: text("reason").notNull(), at: instant("at").notNull() },
  (table) => [primaryKey({ columns: [table.interviewId, table.memberId] })],
);
