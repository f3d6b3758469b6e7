import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Attachment } from "../../src/kernel/deps.ts";
import { bounceVerdicts, letterStatuses } from "../../src/letter/policy.ts";
import type { LetterContent } from "../../src/stationery/contract.ts";
import { id, instant, json } from "./columns.ts";

/** It tells staff of several interviews, and belongs to none of them. As the partial index has it. */
export const isOfCrowd = sql`content ->> '$.kind' = 'interviews_expired'`;

/** The outbox: one row a letter, written together with the step that promised it. */
export const letter = sqliteTable(
  "letter",
  {
    id: id("id", "ltr").primaryKey(),
    organizationId: id("organization_id", "org"),
    interviewId: id("interview_id", "itv"),
    refcheckId: id("refcheck_id", "rck"),
    /** Whom it is written to, when that is a reference. */
    referenceId: id("reference_id", "ref"),
    meetingId: id("meeting_id", "mtg"),
    offerId: id("offer_id", "off"),
    /** Whom it is written to, when that is a candidate: their address may have died or been corrected since. */
    candidateId: id("candidate_id", "cnd"),
    /** The link it carries: a letter whose link was replaced is withdrawn. */
    linkId: id("link_id", "lnk"),
    /** 0: somebody waits for it in front of a screen; 1: the rest. Delivered in that order. */
    urgency: integer("urgency").notNull(),
    to: text("to_email").notNull(),
    language: text("language").notNull(),
    timeZone: text("time_zone").notNull(),
    senderName: text("sender_name").notNull(),
    /** Which letter it is and what it says. Holds no secret. */
    content: json<LetterContent>("content").notNull(),
    /** The link's token, sealed; taken out when the letter is delivered. */
    sealedToken: text("sealed_token"),
    status: text("status", { enum: letterStatuses }).notNull(),
    attempts: integer("attempts").notNull(),
    nextAttemptAt: instant("next_attempt_at"),
    /** Whoever drains it holds it until then. */
    leasedUntil: instant("leased_until"),
    lastError: text("last_error"),
    createdAt: instant("created_at").notNull(),
    deliveredAt: instant("delivered_at"),
    failedAt: instant("failed_at"),
    /** When the reader's mail server took it, as Postmark reported. */
    arrivedAt: instant("arrived_at"),
    /** The gravest that Postmark reported of it, of equals the earliest: what it means, Postmark's word for it, and when. */
    bounce: text("bounce", { enum: bounceVerdicts }),
    bounceType: text("bounce_type"),
    bouncedAt: instant("bounced_at"),
  },
  (table) => [
    index("letter_due").on(table.urgency, table.nextAttemptAt, table.id).where(sql`status = 'waiting'`),
    index("letter_failed").on(table.organizationId, table.id).where(sql`status = 'failed'`),
    index("letter_bounced").on(table.organizationId, table.id).where(sql`status = 'bounced'`),
    index("letter_of_organization").on(table.organizationId, table.id).where(sql`organization_id is not null`),
    index("letter_of_crowd").on(table.organizationId, table.id).where(isOfCrowd),
    index("letter_of_interview").on(table.interviewId, table.id).where(sql`interview_id is not null`),
    index("letter_of_refcheck").on(table.refcheckId, table.id).where(sql`refcheck_id is not null`),
    index("letter_of_meeting").on(table.meetingId, table.id).where(sql`meeting_id is not null`),
    index("letter_of_candidate").on(table.candidateId).where(sql`candidate_id is not null and interview_id is null`),
  ],
);

/** The local mailbox: what would have gone to Postmark. Written only outside production. */
export const mailboxLetter = sqliteTable("mailbox_letter", {
  id: id("id", "ltr").primaryKey(),
  from: text("from_name").notNull(),
  to: text("to_email").notNull(),
  subject: text("subject").notNull(),
  html: text("html").notNull(),
  text: text("text").notNull(),
  attachments: json<readonly Attachment[]>("attachments").notNull(),
  receivedAt: instant("received_at").notNull(),
});

/** Counters for the health page: how often each thing happened and when last. */
export const tally = sqliteTable("tally", {
  name: text("name").primaryKey(),
  count: integer("count").notNull(),
  lastAt: instant("last_at").notNull(),
});
