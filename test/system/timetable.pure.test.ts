import { expect, test } from "vitest";
import { isDue } from "../../src/local/timetable.ts";

const sunday = new Date("2026-11-22T20:30:00Z");

test.each([
  ["* * * * *", true],
  ["30 20 * * *", true],
  ["31 20 * * *", false],
  ["*/15 * * * *", true],
  ["*/7 * * * *", false],
  ["0,30 18-22 * * *", true],
  ["30 20 22 11 *", true],
  ["30 20 22 10 *", false],
  ["30 20 * * 1", true],
  ["30 20 * * 2-7", false],
  ["10/20 * * * *", true],
])("%s is due on Sunday 22 November at 20:30 UTC: %s", (cron, due) => {
  expect(isDue(cron, sunday)).toBe(due);
});

test.each(["* * * *", "@daily", "0 0 L * *", "0 0 * * MON"])("%s is refused, not guessed at", (cron) => {
  expect(() => isDue(cron, sunday)).toThrow(RangeError);
});
