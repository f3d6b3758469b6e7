// Where a letter stands, who may see it, how hard the outbox tries, and what each try comes to. Pure.
import { linkTtlMs } from "../identity/policy.ts";
import { backoffMs } from "../kernel/alarm.ts";
import { after, hourMs, minuteMs, secondMs } from "../kernel/clock.ts";
import type { Delivery } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { type Access, hasAtLeast } from "../kernel/scope.ts";
import type { LetterContent, LetterKind } from "../stationery/contract.ts";
import { byDay, inOfficeHours } from "../timer/policy.ts";

/** `delivered`: Postmark has it. `bounced`: it came back, or its reader marked it as unwanted. */
export const letterStatuses = ["waiting", "delivered", "failed", "withdrawn", "bounced"] as const;

/**
 * What a bounce means, in rising gravity: a notice, and the letter may well have arrived; this letter did not arrive; the
 * address takes no mail; its reader wants none.
 */
export const bounceVerdicts = ["noted", "returned", "bounced", "complained"] as const;
export type BounceVerdict = (typeof bounceVerdicts)[number];

/** Letters of an interview are for whoever manages its project, which the database is asked; all others for recruiters. */
export const letterPolicy = {
  list: "hiring_manager",
  sendAgain: "recruiter",
} as const satisfies Record<string, Access>;

/** From this access up a member sees letters of whatever is the organization's; below it, those of interviews they manage. */
export const everyLetter: Access = "recruiter";

/** Refuses with `not_allowed` whoever asks for letters of no certain interview and is below recruiter. */
export function mustSeeAll(access: Access): void {
  if (!hasAtLeast(access, everyLetter)) refuse("not_allowed");
}

/** Letters claimed at once. Two rounds fit the 50 subrequests of one invocation on Cloudflare's smallest plan. */
export const batchSizeMax = 20;
export const roundsMax = 2;
/** Workers keep six connections open at once; one stays free for the database. */
export const concurrencyMax = 5;
/** Longer than the slowest round: batchSizeMax / concurrencyMax deliveries one after the other, 10 s each at most. */
export const leaseMs = 2 * minuteMs;

/** What a round came to is worth several tries to write down: what is not is sent twice. All of them end within the lease. */
export const settleTriesMax = 5;
const longestSettleWaitMs = 8 * secondMs;

export function settleWaitMs(failures: number, random: number): number {
  return backoffMs(failures, random, longestSettleWaitMs);
}

export const attemptsMax = 12;
const longestWaitMs = 6 * hourMs;
const errorCharsMax = 300;

/** Each wait is up to four times the one before, from 1 s to 6 h: twelve tries take half a day to a day. */
export function retryWaitMs(attempts: number, random: number): number {
  return backoffMs(2 * attempts - 1, random, longestWaitMs);
}

/** Identity's own table: after that long there is nothing behind the letter's button. */
const shortLived: Readonly<Partial<Record<LetterKind, number>>> = linkTtlMs;

/** When a letter stops being worth sending because its link has run out or its meeting is over; null when that never happens by itself. */
export function uselessFrom(content: LetterContent, createdAt: Date): Date | null {
  if (content.kind === "member_invite") return content.expiresAt === null ? null : new Date(content.expiresAt);
  if (content.kind === "meeting_scheduled" || content.kind === "meeting_changed") return new Date(content.endsAt);
  if (content.kind === "slots_offered" || content.kind === "slots_reminder") return new Date(content.expiresAt);
  const ttlMs = shortLived[content.kind];
  return ttlMs === undefined ? null : after(createdAt, ttlMs);
}

/** Why a letter to a dead address was not even tried. */
export const undeliverable = "not sent: mail to this address comes back";

/** What a try comes to for the letter, or that it is not time for one: one of these, and nothing else, is written down. */
export type Outcome =
  | { readonly status: "delivered" }
  | { readonly status: "waiting"; readonly nextAttemptAt: Date; readonly lastError: string }
  /** It was not tried, and that counts as no try. */
  | { readonly status: "put_off"; readonly nextAttemptAt: Date }
  | { readonly status: "withdrawn" }
  | { readonly status: "failed"; readonly lastError: string };

type Timed = { readonly content: LetterContent; readonly timeZone: string; readonly attempts: number };

/**
 * From when on a letter may be tried that comes up at this instant: a reminder never in its reader's night, however long it
 * has waited. Null when their morning would come too late for it.
 */
function triedFrom({ content, timeZone }: Timed, instant: Date): Date | null {
  switch (content.kind) {
    case "interview_reminder": {
      const at = byDay(instant, new Date(content.deadlineAt), timeZone);
      return at < instant ? null : at;
    }
    case "slots_reminder": {
      const at = byDay(instant, new Date(content.expiresAt), timeZone);
      return at < instant ? null : at;
    }
    case "refcheck_reminder":
    case "reference_reminder": {
      const at = inOfficeHours(instant, timeZone);
      return at < new Date(content.deadlineAt) ? at : null;
    }
    default:
      return instant;
  }
}

/** What becomes of a letter that it is not the time to try; null when it is. */
export function heldBack(letter: Timed, now: Date): Outcome | null {
  const from = triedFrom(letter, now);
  if (from === null) return { status: "withdrawn" };
  return from > now ? { status: "put_off", nextAttemptAt: from } : null;
}

/** The letter's `attempts` count the try this was the answer to. */
export function outcomeOf(letter: Timed, delivery: Delivery, now: Date, random: number): Outcome {
  const { attempts } = letter;
  if (delivery.outcome === "delivered") return { status: "delivered" };
  const lastError = delivery.why.slice(0, errorCharsMax);
  if (delivery.outcome === "refused") return { status: "failed", lastError };
  if (attempts >= attemptsMax) {
    return { status: "failed", lastError: `gave up after ${attempts} attempts: ${lastError}`.slice(0, errorCharsMax) };
  }
  const nextAttemptAt = triedFrom(letter, after(now, retryWaitMs(attempts, random)));
  return nextAttemptAt === null ? { status: "withdrawn" } : { status: "waiting", nextAttemptAt, lastError };
}

const urgentKinds: ReadonlySet<LetterKind> = new Set(["sign_up", "already_registered", "sign_in", "password_reset"]);

/** 0 for what somebody waits for in front of a screen: five hundred invitations do not keep one person from signing in. */
export function urgencyOf(kind: LetterKind): 0 | 1 {
  return urgentKinds.has(kind) ? 0 : 1;
}
