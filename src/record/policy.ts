// Who may do what with candidates' records, whose rating counts, and which day it is somewhere. Pure.
import { dayMs, minuteMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

export const recordPolicy = {
  change: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
} as const satisfies Record<string, Access>;

/** What can be shown of a candidate besides: the person, where they come from, what they can, where they stand, and the newest of what they were invited to. */
export const candidateParts = ["user", "source", "skills", "placements", "interviews", "refchecks"] as const;
export type CandidatePart = (typeof candidateParts)[number];

export const raters = ["hand", "feedback"] as const;

export const sourceMax = 100;

/** What another system calls a candidate. */
export type ExternalId = { readonly system: string; readonly id: string };
export const systemMax = 40;
export const externalIdMax = 200;
/** Of one candidate. */
export const externalIdsMax = 20;

export const ratingMax = 5;
export const ratingStep = 0.5;

type Rated = { readonly handRating: number | null; readonly feedbackRating: number | null };

/** What staff set stands before what feedback comes to, until they give it back. */
export function ratingOf({ handRating, feedbackRating }: Rated) {
  if (handRating !== null) return { rating: handRating, ratedBy: "hand" as const };
  return { rating: feedbackRating, ratedBy: feedbackRating === null ? null : ("feedback" as const) };
}

/** What ratings in feedback come to: their mean, to the nearest half and of two as near the higher; null without any. */
export function feedbackRatingOf(ratings: readonly number[]): number | null {
  if (ratings.length === 0) return null;
  const mean = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  return Math.round(mean / ratingStep) * ratingStep;
}

/** From at once to a week later: long enough to think again. */
export const sendAfterMinutes = { max: (7 * dayMs) / minuteMs, default: 60 } as const;

/** One for each zone: making it costs more than a thousand dates. */
const calendars = new Map<string, Intl.DateTimeFormat>();

/** The calendar date of an instant in a zone: YYYY-MM-DD. */
export function calendarDate(at: Date, timeZone: string): string {
  const known = calendars.get(timeZone);
  const told = known ?? new Intl.DateTimeFormat("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  calendars.set(timeZone, told);
  const parts = new Map(told.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
}
