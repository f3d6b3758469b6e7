import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Answer } from "../../src/answer/contract.ts";
import { emailStatuses } from "../../src/candidate/policy.ts";
import type { FieldValue } from "../../src/field/policy.ts";
import type { Accommodations } from "../../src/interview/contract.ts";
import { actors, dueVerbs, eventVerbs, type Rules, statuses } from "../../src/interview/machine.ts";
import { noAccommodations } from "../../src/interview/policy.ts";
import { languages } from "../../src/kernel/shapes.ts";
import { candidateStatuses } from "../../src/record/machine.ts";
import type { ExternalId as ExternalIdRow } from "../../src/record/policy.ts";
import { flag, id, instant, json } from "./columns.ts";
import { organization } from "./organization.ts";
import { project } from "./project.ts";

export const candidate = sqliteTable(
  "candidate",
  {
    /** Where search keeps what is said of them (db/search.ts): given by the database, and shown nowhere. */
    number: integer("number").primaryKey(),
    /** When they were written there was a higher id in the organization: their number is not in the order of ids. Set by a trigger. */
    isLate: flag("is_late").notNull().default(false),
    id: id("id", "cnd").notNull().unique(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    email: text("email").notNull(),
    /** Anything but `ok`: the address is dead, and nothing more is sent there. */
    emailStatus: text("email_status", { enum: emailStatuses }).notNull().default("ok"),
    emailDeadSince: instant("email_dead_since"),
    /** What comes back of letters from before tells nothing about the address; null: never corrected. */
    emailCorrectedAt: instant("email_corrected_at"),
    firstName: text("first_name").notNull(),
    lastName: text("last_name").notNull(),
    phone: text("phone"),
    language: text("language", { enum: languages }).notNull(),
    timeZone: text("time_zone").notNull(),
    passwordHash: text("password_hash"),
    /** Staff gave them a password: they sign in though they were invited to nothing. */
    isLetIn: flag("is_let_in").notNull().default(false),
    /** Staff keep a record of them: they stay when their last interview is taken away. */
    isKept: flag("is_kept").notNull().default(false),
    status: text("status", { enum: candidateStatuses }).notNull().default("APPLIED"),
    /** While rejected: what reopening leads back to. */
    previousStatus: text("previous_status", { enum: candidateStatuses }),
    /** Rises by one with every event. Who came through an interview or a refcheck begins without one. */
    version: integer("version").notNull().default(0),
    /** Days, YYYY-MM-DD, where the organization is. */
    appliedDate: text("applied_date"),
    rejectDate: text("reject_date"),
    hiredDate: text("hired_date"),
    /** From 0 to 5 in halves: what staff set, what feedback comes to, and the one of the two that counts. */
    handRating: real("hand_rating"),
    feedbackRating: real("feedback_rating"),
    rating: real("rating").generatedAlwaysAs(sql`coalesce(hand_rating, feedback_rating)`, { mode: "virtual" }),
    source: text("source"),
    tags: json<string[]>("tags").notNull().default([]),
    externalIds: json<ExternalIdRow[]>("external_ids").notNull().default([]),
    /** By the key of the field; what is looked for stands in candidate_field besides. */
    customFields: json<Record<string, FieldValue>>("custom_fields").notNull().default({}),
    /** The name once more, folded, for search. */
    name: text("name").notNull().default(""),
    createdAt: instant("created_at").notNull(),
    /** The caller's own key for this creation: the same key again answers with the same candidate. */
    requestKey: text("request_key"),
  },
  (table) => [
    uniqueIndex("candidate_once").on(table.organizationId, table.email),
    uniqueIndex("candidate_request").on(table.organizationId, table.requestKey).where(sql`request_key is not null`),
    index("candidate_by_phone").on(table.organizationId, table.phone, table.id).where(sql`phone is not null`),
    // With what is searched, so that a search reads nothing but these.
    index("candidate_of_organization").on(table.organizationId, table.id, table.name, table.email, table.phone),
    // From an id to a number that may be compared.
    index("candidate_in_order").on(table.organizationId, table.id).where(sql`is_late = 0`),
    index("candidate_by_status").on(table.organizationId, table.status, table.id, table.name, table.email, table.phone),
    index("candidate_by_source").on(table.organizationId, table.source, table.id).where(sql`source is not null`),
  ],
);

/** Where an interview without a deadline stands when sorted by it: the last instant there is. */
export const endOfTime = 253_402_300_799_999;

/** When the system next has something to do about an interview by itself. */
export const wakeAt = sql<
  number | null
>`case when invite_at is not null then invite_at when remind_at is not null then remind_at else due_at end`;
/** It waits for an instant. As the partial indexes have it. */
export const waits = sql`(due_at is not null or invite_at is not null)`;
export const isUnarmed = sql`(due_at is not null or invite_at is not null) and armed_for is not case when invite_at is not null then invite_at when remind_at is not null then remind_at else due_at end`;

/** Its candidate still has something to do by a deadline. As the partial index has it. */
export const isOpen = sql`status in ('invited', 'confirmed', 'interviewing')`;

export const interview = sqliteTable(
  "interview",
  {
    id: id("id", "itv").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    projectId: id("project_id", "prj")
      .notNull()
      .references(() => project.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    /** The record under which they were invited, where that became part of one that had an interview in this project (decision 034); else empty. */
    madeUnder: text("made_under").notNull().default(""),
    /** The revision of the project's steps this interview is made of. */
    revision: integer("revision").notNull(),
    status: text("status", { enum: statuses }).notNull(),
    /** What an expired interview is restored to. */
    previousStatus: text("previous_status", { enum: statuses }),
    /** Rises by one with every event; events carry it too, so a gap would show. */
    version: integer("version").notNull(),
    deadlineAt: instant("deadline_at"),
    /** Where it stands when sorted by deadline. A column, because SQLite finds no place among the ties of an expression. */
    deadlineOrder: integer("deadline_order")
      .notNull()
      .generatedAlwaysAs(sql.raw(`coalesce(deadline_at, ${endOfTime})`), { mode: "virtual" }),
    opensAt: instant("opens_at"),
    /** While new: when the system invites. */
    inviteAt: instant("invite_at"),
    /** When the system acts on its own, and how. From this instant on the step counts as taken, written down or not. */
    dueAt: instant("due_at"),
    dueVerb: text("due_verb", { enum: dueVerbs }),
    /** When the candidate is reminded next; always before `dueAt`. */
    remindAt: instant("remind_at"),
    /** Which of the project's hours before the deadline that is for. */
    remindHours: integer("remind_hours"),
    /** The instant, the soonest of the three, that a Durable Object alarm was last set for. */
    armedFor: instant("armed_for"),
    startedAt: instant("started_at"),
    finishedAt: instant("finished_at"),
    /** The last sign of the candidate since they started. */
    seenAt: instant("seen_at"),
    /** What the project said of time when it was started: an edit of the project changes no running interview. */
    rules: json<Rules>("rules"),
    accommodations: json<Accommodations>("accommodations").notNull().default(noAccommodations),
    /** How often it was started. A reset interview begins anew; answers of earlier runs stay. */
    run: integer("run").notNull(),
    /** The step that is open, counted from 0; null when none is. */
    openPosition: integer("open_position"),
    openedAt: instant("opened_at"),
    labels: json<string[]>("labels").notNull(),
    /** `name` and `email` repeat the candidate's, folded, for sorting and search. */
    name: text("name").notNull(),
    email: text("email").notNull(),
    createdAt: instant("created_at").notNull(),
    /** The member who invited: told when the deadline passes. */
    invitedBy: id("invited_by", "mem"),
    /** The caller's own key for this creation: the same key again answers with the same interview. */
    requestKey: text("request_key"),
  },
  (table) => [
    index("interview_by_created").on(table.organizationId, table.createdAt, table.id),
    index("interview_by_deadline").on(table.organizationId, table.deadlineOrder, table.id),
    // With the address, so that a search reads nothing but this: rows of one name lie all over the table.
    index("interview_by_name").on(table.organizationId, table.name, table.id, table.email),
    index("interview_by_status").on(table.organizationId, table.status, table.deadlineOrder, table.id),
    index("interview_of_project").on(table.projectId, table.createdAt, table.id),
    index("interview_open").on(table.projectId, table.createdAt, table.id).where(isOpen),
    uniqueIndex("interview_once").on(table.projectId, table.candidateId, table.madeUnder),
    uniqueIndex("interview_request").on(table.organizationId, table.requestKey).where(sql`request_key is not null`),
    index("interview_of_candidate").on(table.candidateId, table.id),
    index("interview_wake").on(wakeAt, table.id).where(waits),
    index("interview_unarmed").on(table.id).where(isUnarmed),
  ],
);

export const interviewLabel = sqliteTable(
  "interview_label",
  {
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    label: text("label").notNull(),
    interviewId: id("interview_id", "itv")
      .notNull()
      .references(() => interview.id),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.label, table.interviewId] }),
    index("label_of_interview").on(table.interviewId),
  ],
);

/** What happened, in order. Rows are never changed. */
export const interviewEvent = sqliteTable(
  "interview_event",
  {
    id: id("id", "evt").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    interviewId: id("interview_id", "itv")
      .notNull()
      .references(() => interview.id),
    /** The interview's version after this event, from 1. */
    version: integer("version").notNull(),
    verb: text("verb", { enum: eventVerbs }).notNull(),
    from: text("from_status", { enum: statuses }),
    to: text("to_status", { enum: statuses }).notNull(),
    actorKind: text("actor_kind", { enum: actors }).notNull(),
    /** A member's or candidate's id; null for the system. */
    actorId: text("actor_id"),
    why: text("why"),
    deadlineAt: instant("deadline_at"),
    accommodations: json<Accommodations>("accommodations"),
    at: instant("at").notNull(),
  },
  (table) => [uniqueIndex("interview_event_order").on(table.interviewId, table.version)],
);

export const interviewAnswer = sqliteTable(
  "interview_answer",
  {
    interviewId: id("interview_id", "itv")
      .notNull()
      .references(() => interview.id),
    run: integer("run").notNull(),
    position: integer("position").notNull(),
    stepId: id("step_id", "stp").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    answer: json<Answer>("answer").notNull(),
    /** How often it was submitted; 0 while it is only a draft. */
    takes: integer("takes").notNull(),
    /** Points of a test that scores itself; null otherwise. */
    points: integer("points"),
    savedAt: instant("saved_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.interviewId, table.run, table.position] })],
);
