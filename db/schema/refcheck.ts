import { sql } from "drizzle-orm";
import {
  type AnySQLiteColumn,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { emailStatuses } from "../../src/candidate/policy.ts";
import { languages } from "../../src/kernel/shapes.ts";
import type { QuestionAnswer } from "../../src/questionnaire/contract.ts";
import {
  progresses,
  refcheckActors,
  refcheckEventVerbs,
  refcheckStatuses,
  waiting,
} from "../../src/refcheck/machine.ts";
import { referenceStatuses } from "../../src/reference/machine.ts";
import { declineReasons } from "../../src/reference/policy.ts";
import type { Terms } from "../../src/role-template/contract.ts";
import { relationships } from "../../src/role-template/policy.ts";
import { flag, id, instant, json } from "./columns.ts";
import { candidate } from "./interview.ts";
import { organization, team } from "./organization.ts";
import { role } from "./role.ts";

/** It waits for an instant, and no alarm is set for that one. As the partial index has it. */
export const isRefcheckUnarmed = sql`wake_at is not null and armed_for is not wake_at`;

/** Something is still to be done by its deadline. As the partial index has it. */
const waits = sql.raw(`progress in (${waiting.map((progress) => `'${progress}'`).join(", ")})`);

type Columns = Readonly<Record<"status" | "id" | "deadlineAt" | "name" | "email", AnySQLiteColumn>>;
function byStatus(place: AnySQLiteColumn, { status, id, deadlineAt, name, email }: Columns) {
  return [place, status, id, deadlineAt, name, email] as const;
}

export const refcheck = sqliteTable(
  "refcheck",
  {
    id: id("id", "rck").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    roleId: id("role_id", "rol")
      .notNull()
      .references(() => role.id),
    /** The role's. */
    teamId: id("team_id", "tem")
      .notNull()
      .references(() => team.id),
    candidateId: id("candidate_id", "cnd")
      .notNull()
      .references(() => candidate.id),
    /** As with interviews: the record it was made under, where theirs had one for this role before. */
    madeUnder: text("made_under").notNull().default(""),
    /** The questionnaire its references answer. */
    revision: integer("revision").notNull(),
    /** The role's terms as they were when it was made. */
    referencesRequired: integer("references_required").notNull(),
    referencesOptional: integer("references_optional").notNull(),
    relationships: json<Terms["relationships"]>("relationships").notNull(),
    periodMonths: integer("period_months"),
    completeWithinDays: integer("complete_within_days").notNull(),
    answersShared: flag("answers_shared").notNull(),
    /** How far it is: derived from what has happened and from where its references stand, anew by every write that changes either. */
    progress: text("progress", { enum: progresses }).notNull(),
    /** As staff see it: how far it is, unless a signal waits to be looked at. Derived with it. */
    status: text("status", { enum: refcheckStatuses }).notNull(),
    /** Rises by one with every event. */
    version: integer("version").notNull(),
    deadlineAt: instant("deadline_at"),
    invitedAt: instant("invited_at"),
    consentedAt: instant("consented_at"),
    /** Which text was agreed to. */
    consentVersion: integer("consent_version"),
    canceledAt: instant("canceled_at"),
    expiredAt: instant("expired_at"),
    completedAt: instant("completed_at"),
    /** The reference whose answers completed it. */
    completedBy: id("completed_by", "ref"),
    /** How often its candidate was reminded, and when they are next. */
    reminders: integer("reminders").notNull(),
    remindAt: instant("remind_at"),
    /** When the system next has something to do about it or about one of its references. Derived with the status. */
    wakeAt: instant("wake_at"),
    /** The instant that a Durable Object alarm was last set for. */
    armedFor: instant("armed_for"),
    /** `name` and `email` repeat the candidate's, folded, for search. */
    name: text("name").notNull(),
    email: text("email").notNull(),
    createdAt: instant("created_at").notNull(),
    /** The member who made it: told when it is complete or has expired. */
    createdBy: id("created_by", "mem").notNull(),
    requestKey: text("request_key"),
  },
  (table) => [
    // What is searched, and what says that one is late, stands in them as well: who looks through thousands reads no rows.
    index("refcheck_of_organization").on(table.organizationId, table.id, table.name, table.email),
    index("refcheck_of_team").on(table.teamId, table.id, table.name, table.email),
    index("refcheck_of_role").on(table.roleId, table.id, table.name, table.email),
    index("refcheck_by_status").on(...byStatus(table.organizationId, table)),
    index("refcheck_of_team_by_status").on(...byStatus(table.teamId, table)),
    index("refcheck_of_role_by_status").on(...byStatus(table.roleId, table)),
    index("refcheck_late").on(table.organizationId, table.deadlineAt, table.id).where(waits),
    uniqueIndex("refcheck_once").on(table.roleId, table.candidateId, table.madeUnder),
    index("refcheck_of_candidate").on(table.candidateId, table.id),
    uniqueIndex("refcheck_request").on(table.organizationId, table.requestKey).where(sql`request_key is not null`),
    index("refcheck_wake").on(table.wakeAt, table.id).where(sql`wake_at is not null`),
    index("refcheck_unarmed").on(table.id).where(isRefcheckUnarmed),
  ],
);

/** A person asked about a candidate. */
export const reference = sqliteTable(
  "reference",
  {
    id: id("id", "ref").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    refcheckId: id("refcheck_id", "rck")
      .notNull()
      .references(() => refcheck.id),
    email: text("email").notNull(),
    /** Anything but `ok`: letters come back, and nothing more is sent there. */
    emailStatus: text("email_status", { enum: emailStatuses }).notNull(),
    firstName: text("first_name").notNull(),
    lastName: text("last_name").notNull(),
    relationship: text("relationship", { enum: relationships }).notNull(),
    /** Where they worked together, and from when to when, as the candidate says: months, YYYY-MM. */
    employer: text("employer").notNull(),
    workedFrom: text("worked_from"),
    workedTo: text("worked_to"),
    phone: text("phone"),
    language: text("language", { enum: languages }).notNull(),
    timeZone: text("time_zone").notNull(),
    status: text("status", { enum: referenceStatuses }).notNull(),
    reminders: integer("reminders").notNull(),
    remindAt: instant("remind_at"),
    invitedAt: instant("invited_at").notNull(),
    acceptedAt: instant("accepted_at"),
    declinedAt: instant("declined_at"),
    declineReason: text("decline_reason", { enum: declineReasons }),
    declineNote: text("decline_note"),
    completedAt: instant("completed_at"),
    /** Who was named in their place; null: nobody. */
    replacedBy: id("replaced_by", "ref"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    index("reference_of_refcheck").on(table.refcheckId, table.id),
    /** One person is asked once; whoever was taken out may be named again. */
    uniqueIndex("reference_once").on(table.refcheckId, table.email).where(sql`status <> 'replaced'`),
  ],
);

/** What a reference has given to one question; a draft until they have finished. */
export const referenceAnswer = sqliteTable(
  "reference_answer",
  {
    referenceId: id("reference_id", "ref")
      .notNull()
      .references(() => reference.id),
    key: text("key").notNull(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    answer: json<QuestionAnswer>("answer").notNull(),
    savedAt: instant("saved_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.referenceId, table.key] })],
);

/** What happened to a refcheck and to its references, in order. Rows are never changed. */
export const refcheckEvent = sqliteTable(
  "refcheck_event",
  {
    id: id("id", "evt").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    refcheckId: id("refcheck_id", "rck")
      .notNull()
      .references(() => refcheck.id),
    /** The refcheck's version after this event, from 1. */
    version: integer("version").notNull(),
    verb: text("verb", { enum: refcheckEventVerbs }).notNull(),
    /** The reference it is about, if one. */
    referenceId: id("reference_id", "ref"),
    /** The refcheck's status after it. */
    to: text("to_status", { enum: refcheckStatuses }).notNull(),
    actorKind: text("actor_kind", { enum: refcheckActors }).notNull(),
    actorId: text("actor_id"),
    why: text("why"),
    deadlineAt: instant("deadline_at"),
    at: instant("at").notNull(),
  },
  (table) => [uniqueIndex("refcheck_event_order").on(table.refcheckId, table.version)],
);
