// Calendar months, held against somebody who counts them one by one on their fingers.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  gapsIn,
  lastMonths,
  lengthOf,
  Month,
  monthNamed,
  monthOf,
  numberOf,
  type Span,
  spanOf,
} from "../../src/kernel/months.ts";

/** The month after this one, without a number in between. */
function next(month: string): string {
  const [year = "", nth = ""] = month.split("-");
  if (nth !== "12") return `${year}-${String(Number(nth) + 1).padStart(2, "0")}`;
  return `${String(Number(year) + 1).padStart(4, "0")}-01`;
}

/** Each month from one to the other, as they are named. */
function namesOf({ first, last }: Span): string[] {
  const names: string[] = [];
  for (let month = monthNamed(first); month <= monthNamed(last); month = next(month)) names.push(month);
  return names;
}

/** Months in a row become one stretch. */
function stretchesOf(months: readonly string[]): (readonly [first: string, last: string])[] {
  const stretches: [string, string][] = [];
  for (const month of months) {
    const open = stretches.at(-1);
    if (open && next(open[1]) === month) open[1] = month;
    else stretches.push([month, month]);
  }
  return stretches;
}

const monthNumber = fc.integer({ min: numberOf("1950-01"), max: numberOf("2099-12") });
const month = monthNumber.map(monthNamed);
/** Short and close together, so that they touch, overlap, hold each other, and lie outside of what is asked for. */
const span = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 14 }))
  .map(([from, length]): Span => ({ first: 24_000 + from, last: 24_000 + from + length - 1 }));
const instant = fc.date({
  min: new Date("1951-01-01T00:00:00.000Z"),
  max: new Date("2099-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});

describe("a month", () => {
  test("and its number are each other's, and the next month has the next number", () => {
    fc.assert(
      fc.property(monthNumber, (number) => {
        expect(Month.parse(monthNamed(number))).toBe(monthNamed(number));
        expect(numberOf(monthNamed(number))).toBe(number);
        expect(monthNamed(number + 1)).toBe(next(monthNamed(number)));
      }),
    );
  });

  test("is as far from another as one has to count", () => {
    fc.assert(
      fc.property(month, fc.nat({ max: 40 }), (from, count) => {
        let there = from;
        for (let nth = 0; nth < count; nth += 1) there = next(there);
        expect(numberOf(there) - numberOf(from)).toBe(count);
      }),
    );
  });

  test("ends with its last millisecond, in UTC", () => {
    expect(monthOf(new Date("2024-02-29T23:59:59.999Z"))).toBe("2024-02");
    expect(monthOf(new Date("2024-03-01T00:00:00.000Z"))).toBe("2024-03");
    expect(monthOf(new Date("2024-03-01T00:30:00.000+01:00"))).toBe("2024-02");
    expect(monthOf(new Date("2024-12-31T23:30:00.000-01:00"))).toBe("2025-01");
  });

  test.each(["2024-5", "2024-00", "2024-13", "1949-12", "2100-01", "2024-05-01", "24-05", " 2024-05", "2024-05\n", ""])(
    "%j is none",
    (text) => {
      expect(Month.safeParse(text).success).toBe(false);
    },
  );
});

describe("a period", () => {
  test("holds both of its months, and every one between them", () => {
    fc.assert(
      fc.property(month, fc.nat({ max: 40 }), instant, (from, count, now) => {
        const to = monthNamed(numberOf(from) + count);
        const whole = spanOf({ from, to }, now);
        expect(namesOf(whole)).toHaveLength(count + 1);
        expect(namesOf(whole)[0]).toBe(from);
        expect(namesOf(whole).at(-1)).toBe(to);
        expect(lengthOf(whole)).toBe(count + 1);
      }),
    );
  });

  test("that is not over lasts until the month of now, and one that is yet to begin is its first month", () => {
    fc.assert(
      fc.property(month, instant, (from, now) => {
        const { first, last } = spanOf({ from, to: null }, now);
        const today = now.toISOString().slice(0, 7);
        expect(monthNamed(first)).toBe(from);
        expect(monthNamed(last)).toBe(from > today ? from : today);
      }),
    );
  });

  test("of the last so many months ends with the month of then", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), instant, (count, until) => {
        const whole = lastMonths(count, until);
        expect(lengthOf(whole)).toBe(count);
        expect(monthNamed(whole.last)).toBe(until.toISOString().slice(0, 7));
      }),
    );
    const { first, last } = lastMonths(3, new Date("2024-01-15T00:00:00Z"));
    expect([first, last].map(monthNamed)).toEqual(["2023-11", "2024-01"]);
  });
});

describe("what is left out", () => {
  test("is each month of the whole that is in none of the others, in stretches as long as they can be, whatever their order", () => {
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 6 }), (whole, others) => {
        const covered = new Set(others.flatMap(namesOf));
        const left = namesOf(whole).filter((name) => !covered.has(name));
        const told = gapsIn(whole, others).map(({ first, last }) => [monthNamed(first), monthNamed(last)]);
        expect(told).toEqual(stretchesOf(left));
        expect(gapsIn(whole, [...others].reverse())).toEqual(gapsIn(whole, others));
      }),
      { numRuns: 2_000 },
    );
  });

  test("is nothing once it is filled, and looking for it changes nothing of what is looked through", () => {
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 6 }), (whole, others) => {
        const before = structuredClone(others);
        expect(gapsIn(whole, [...others, ...gapsIn(whole, others)])).toEqual([]);
        expect(others).toEqual(before);
      }),
    );
  });
});
