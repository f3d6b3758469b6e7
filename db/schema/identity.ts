import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { linkPurposes } from "../../src/identity/policy.ts";
import { type Language, languages } from "../../src/kernel/shapes.ts";
import { id, instant, json } from "./columns.ts";

export const user = sqliteTable("user", {
  id: id("id", "usr").primaryKey(),
  email: text("email").notNull().unique(),
  firstName: text("first_name").notNull(),
  lastName: text("last_name").notNull(),
  /** The names again, folded, for sorting and search. */
  firstNameFolded: text("first_name_folded").notNull(),
  lastNameFolded: text("last_name_folded").notNull(),
  language: text("language", { enum: languages }).notNull(),
  timeZone: text("time_zone").notNull(),
  passwordHash: text("password_hash"),
  createdAt: instant("created_at").notNull(),
});

export const session = sqliteTable(
  "session",
  {
    id: id("id", "ses").primaryKey(),
    userId: id("user_id", "usr").references(() => user.id),
    organizationId: id("organization_id", "org"),
    candidateId: id("candidate_id", "cnd"),
    interviewId: id("interview_id", "itv"),
    refcheckId: id("refcheck_id", "rck"),
    offerId: id("offer_id", "off"),
    referenceId: id("reference_id", "ref"),
    linkId: id("link_id", "lnk"),
    /** What the browser called itself, cut to 200 characters, so that a person recognizes their sessions. */
    device: text("device").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    index("session_of_user").on(table.userId, table.id).where(sql`user_id is not null`),
    index("session_of_candidate").on(table.candidateId, table.id).where(sql`candidate_id is not null`),
    index("session_of_reference").on(table.referenceId, table.id).where(sql`reference_id is not null`),
    index("session_by_expiry").on(table.expiresAt),
  ],
);

/** What a sign-up link keeps until it is used: the user to be. */
export type SignUpDetails = {
  firstName: string;
  lastName: string;
  language: Language;
  timeZone: string;
  passwordHash: string;
};

export const link = sqliteTable(
  "link",
  {
    id: id("id", "lnk").primaryKey(),
    purpose: text("purpose", { enum: linkPurposes }).notNull(),
    /** SHA-256 over purpose and token; the token itself is nowhere but in the letter. */
    hash: text("hash").notNull().unique(),
    email: text("email").notNull(),
    userId: id("user_id", "usr").references(() => user.id),
    organizationId: id("organization_id", "org"),
    candidateId: id("candidate_id", "cnd"),
    interviewId: id("interview_id", "itv"),
    refcheckId: id("refcheck_id", "rck"),
    offerId: id("offer_id", "off"),
    referenceId: id("reference_id", "ref"),
    inviteId: id("invite_id", "inv"),
    details: json<SignUpDetails>("details"),
    createdAt: instant("created_at").notNull(),
    /** Null: good until its purpose is done. */
    expiresAt: instant("expires_at"),
    usedAt: instant("used_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    index("link_of_interview").on(table.interviewId, table.id).where(sql`interview_id is not null`),
    index("link_of_refcheck").on(table.refcheckId).where(sql`refcheck_id is not null`),
    index("link_of_offer").on(table.offerId).where(sql`offer_id is not null`),
    index("link_of_reference").on(table.referenceId).where(sql`reference_id is not null`),
    index("link_of_invite").on(table.inviteId).where(sql`invite_id is not null`),
    index("link_of_user").on(table.userId).where(sql`user_id is not null`),
    index("link_of_candidate").on(table.candidateId).where(sql`candidate_id is not null`),
    index("link_of_newcomer").on(table.email, table.expiresAt).where(sql`details is not null`),
    index("link_of_lapsed_newcomer").on(table.expiresAt).where(sql`details is not null`),
    index("link_by_expiry").on(table.expiresAt).where(sql`expires_at is not null`),
  ],
);

/** How often something was tried in the window that began at `windowAt`. Keys are hashes: no address is kept. */
export const attempt = sqliteTable(
  "attempt",
  {
    key: text("key").primaryKey(),
    count: integer("count").notNull(),
    windowAt: instant("window_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [index("attempt_by_expiry").on(table.expiresAt)],
);
