import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import { reminderAfter } from "../../src/refcheck/policy.ts";
import { inOfficeHours } from "../../src/timer/policy.ts";

const zones = [
  "UTC",
  "Europe/Amsterdam",
  "America/New_York",
  "America/St_Johns",
  "Asia/Kolkata",
  "Pacific/Apia",
  "Australia/Lord_Howe",
];

/** As a clock on the wall there shows it, asked another way than the code does. */
function wall(instant: Date, timeZone: string): { readonly weekday: string; readonly hour: number } {
  const told = instant.toLocaleString("en-US", { timeZone, weekday: "short", hour: "numeric", hourCycle: "h23" });
  const [, weekday = "", hour = ""] = /^(\w{3}), (\d+)/.exec(told) ?? [];
  return { weekday, hour: Number(hour) };
}

function isOffice(instant: Date, timeZone: string): boolean {
  const { weekday, hour } = wall(instant, timeZone);
  return !["Sat", "Sun"].includes(weekday) && hour >= 8 && hour < 18;
}

/** 2030 to 2032: both changes of summer time, thrice. */
const instants = fc
  .integer({ min: Date.UTC(2030, 0, 1), max: Date.UTC(2033, 0, 1) })
  .map((epochMs) => new Date(epochMs));

describe("office hours", () => {
  test("of 10,000 random instants anywhere: it is a weekday by day there, and no sooner instant would be", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
        const at = inOfficeHours(instant, zone);
        expect(isOffice(at, zone)).toBe(true);
        expect(at >= instant).toBe(true);
        if (isOffice(instant, zone)) expect(at).toEqual(instant);
        else expect(isOffice(plus(at, -1), zone)).toBe(false);
        // Friday evening to Monday morning is the longest there is, with an hour for the clocks.
        expect(at.getTime() - instant.getTime()).toBeLessThanOrEqual(63 * 60 * minuteMs);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("reminders", () => {
  const deadlineAt = new Date("2031-04-30T12:00:00Z");

  test("come a day and then three times two days after the letter before, on weekdays by day, and never a fifth time", () => {
    // A Thursday noon in Amsterdam.
    let lastAt = new Date("2031-03-06T11:00:00Z");
    const told: string[] = [];
    for (let reminders = 0; reminders < 5; reminders += 1) {
      const at = reminderAfter({ lastAt, reminders, deadlineAt }, "Europe/Amsterdam");
      told.push(at?.toISOString() ?? "never");
      lastAt = at ?? lastAt;
    }
    expect(told).toEqual([
      "2031-03-07T11:00:00.000Z",
      // Sunday: Monday at eight.
      "2031-03-10T07:00:00.000Z",
      "2031-03-12T07:00:00.000Z",
      "2031-03-14T07:00:00.000Z",
      "never",
    ]);
  });

  test("of 5,000 random letters: none at or after the deadline, none sooner than promised", () => {
    fc.assert(
      fc.property(
        instants,
        fc.nat({ max: 6 }),
        fc.constantFrom(...zones),
        fc.nat({ max: 20 }),
        (lastAt, reminders, zone, days) => {
          const ends = plus(lastAt, days * dayMs);
          const at = reminderAfter({ lastAt, reminders, deadlineAt: ends }, zone);
          if (reminders > 3) expect(at).toBeNull();
          if (at === null) return;
          expect(at < ends).toBe(true);
          expect(at.getTime() - lastAt.getTime()).toBeGreaterThanOrEqual((reminders === 0 ? 1 : 2) * dayMs);
          expect(isOffice(at, zone)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
