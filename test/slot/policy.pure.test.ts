// When somebody who has not picked a time is reminded of it.
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import { reminderOf } from "../../src/slot/policy.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (hours: number) => plus(noon, hours * hourMs);
const reminded = (firstHours: number, expiresHours: number, timeZone = "UTC") =>
  reminderOf({ firstAt: at(firstHours), expiresAt: at(expiresHours) }, timeZone, noon);

test("a day before the first of the times begins, or the offer expires, whichever is sooner", () => {
  expect(reminded(72, 240)).toEqual(at(48));
  expect(reminded(240, 72)).toEqual(at(48));
  expect(reminded(48, 48)).toEqual(at(24));
});

test("half way there, when that is less than two days", () => {
  expect(reminded(44, 200)).toEqual(at(22));
  expect(reminded(6, 200)).toEqual(at(3));
});

test("before the offer expires, when the first of the times is about to begin; and not at all where that is soon as well", () => {
  expect(reminded(5, 96)).toEqual(at(72));
  expect(reminded(5, 5)).toBeNull();
  expect(reminderOf({ firstAt: at(6), expiresAt: plus(at(6), -1) }, "UTC", noon)).toBeNull();
});

test("by day where they are, and never before the offer", () => {
  // Noon in UTC is nine in the evening in Tokyo: in the morning, eight there.
  expect(reminded(72, 240, "Asia/Tokyo")).toEqual(at(48 + 11));
  const late = plus(noon, dayMs + 9 * hourMs);
  expect(reminderOf({ firstAt: plus(late, 8 * hourMs), expiresAt: plus(late, 8 * hourMs) }, "UTC", late)).toBeNull();
  expect(reminded(72, 240)?.getTime()).toBeGreaterThan(noon.getTime() + minuteMs);
});
