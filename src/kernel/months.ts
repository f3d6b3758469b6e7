// Calendar months, YYYY-MM: what people remember of when something was. Counted, spanned, and what is left out between spans. Pure.
import * as z from "zod/mini";

export const Month = z
  .string()
  .check(z.regex(/^(19[5-9]\d|20\d\d)-(0[1-9]|1[0-2])$/, "must be a month, such as 2024-05"));

/** From month to month; `to` is null where it goes on. */
export const Months = z
  .object({ from: Month, to: z._default(z.nullable(Month), null) })
  .check(
    z.refine(({ from, to }) => to === null || from <= to, { path: ["to"], message: "must not be before it began" }),
  );

/** Of a period that is not over `to` is null. */
export type Period = { readonly from: string; readonly to: string | null };

/** As two columns keep it; both empty where nothing is told. */
export function monthColumns(period: Period | null): { workedFrom: string | null; workedTo: string | null } {
  return { workedFrom: period?.from ?? null, workedTo: period?.to ?? null };
}

/** Months by their number since year 0, both inclusive. */
export type Span = { readonly first: number; readonly last: number };

const monthsOfYear = 12;

export function numberOf(month: string): number {
  return Number(month.slice(0, 4)) * monthsOfYear + Number(month.slice(5)) - 1;
}

export function monthNamed(number: number): string {
  const month = String((number % monthsOfYear) + 1).padStart(2, "0");
  return `${String(Math.floor(number / monthsOfYear)).padStart(4, "0")}-${month}`;
}

/** In UTC: nobody remembers months to the hour. */
export function monthOf(instant: Date): string {
  return instant.toISOString().slice(0, 7);
}

/** What lasts until now lasts until the month of `now`; what begins after it ends where it began. */
export function spanOf({ from, to }: Period, now: Date): Span {
  const first = numberOf(from);
  return { first, last: Math.max(first, numberOf(to ?? monthOf(now))) };
}

export const lengthOf = ({ first, last }: Span) => last - first + 1;

/** What of `whole` none of the others covers, in order. */
export function gapsIn(whole: Span, others: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let next = whole.first;
  for (const { first, last } of [...others].sort((one, other) => one.first - other.first)) {
    if (first > next && next <= whole.last) gaps.push({ first: next, last: Math.min(first - 1, whole.last) });
    next = Math.max(next, last + 1);
  }
  return next <= whole.last ? [...gaps, { first: next, last: whole.last }] : gaps;
}

/** The months before the one of `until`, so many, that one with them. */
export function lastMonths(count: number, until: Date): Span {
  const last = numberOf(monthOf(until));
  return { first: last - count + 1, last };
}
