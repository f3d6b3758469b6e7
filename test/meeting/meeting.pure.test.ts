// What a meeting may be, and where it stands at every instant.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../src/kernel/clock.ts";
import { EditMeeting, ListMeetings, ScheduleMeeting } from "../../src/meeting/contract.ts";
import { meetingActionsFrom, meetingStatusAt, meetingStatuses } from "../../src/meeting/machine.ts";
import { isLengthOfMeeting } from "../../src/meeting/policy.ts";

const id = (prefix: string, nth = 0) => `${prefix}_${String(nth).padStart(32, "0")}`;
const members = (count: number) => Array.from({ length: count }, (_, nth) => ({ memberId: id("mem", nth) }));
const right = {
  ...{ title: "Technical Interview", candidateId: id("cnd"), interviewers: members(1) },
  ...{ startsAt: "2024-01-20T10:00:00.000Z", endsAt: "2024-01-20T11:00:00.000Z" },
};
const isTaken = (over: object) => ScheduleMeeting.safeParse({ ...right, ...over }).success;

describe("what is taken", () => {
  test("an address is https, without a password, and kept as browsers write it", () => {
    const kept = (url: string) => ScheduleMeeting.safeParse({ ...right, url }).data?.url;
    expect(kept("https://Meet.Example.com/a room?b=c#d")).toBe("https://meet.example.com/a%20room?b=c#d");
    for (const url of [
      "http://meet.example.com/",
      "javascript:alert(1)",
      "data:text/html,hello",
      "https://ada:secret@meet.example.com/",
      "https://",
      "meet.example.com",
      "",
      `https://meet.example.com/${"a".repeat(2_000)}`,
      `https://meet.example.com/${"ä".repeat(1_000)}`,
    ]) {
      expect([url.slice(0, 40), kept(url)]).toEqual([url.slice(0, 40), undefined]);
    }
  });

  test("one to twenty interviewers, each once", () => {
    expect([0, 1, 20, 21].map((count) => isTaken({ interviewers: members(count) }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isTaken({ interviewers: [...members(2), ...members(1)] })).toBe(false);
  });

  test("at most five reminders, whole hours up to a week before, kept once each and the earliest first", () => {
    const kept = (reminderHours: unknown) => ScheduleMeeting.safeParse({ ...right, reminderHours }).data?.reminderHours;
    expect(kept(undefined)).toEqual([24, 1]);
    expect(kept([])).toEqual([]);
    expect(kept([1, 168, 1, 24])).toEqual([168, 24, 1]);
    for (const hours of [[0], [169], [1.5], [1, 2, 3, 4, 5, 6]]) expect(kept(hours)).toBeUndefined();
  });

  test("a zone that is one, instants with theirs, and a title", () => {
    expect(isTaken({ timeZone: "Europe/Amsterdam" })).toBe(true);
    expect([{ timeZone: "+02:00" }, { startsAt: "2024-01-20T10:00:00" }, { title: " " }].some(isTaken)).toBe(false);
  });

  test("an edit takes away what may be missing, and lists show what is not canceled, the next first", () => {
    const seen = { meetingId: id("mtg"), version: 1 };
    expect(EditMeeting.parse({ ...seen, location: null, url: null })).toEqual({
      ...{ ...seen, location: null, url: null, isOverlapConfirmed: false },
    });
    expect(EditMeeting.safeParse({ ...seen, title: null }).success).toBe(false);
    expect(ListMeetings.parse({})).toMatchObject({ includeCanceled: false, direction: "asc" });
  });
});

test("a meeting takes from five minutes to a day, to the millisecond", () => {
  const isRight = (lengthMs: number) => isLengthOfMeeting({ startsAt: new Date(0), endsAt: new Date(lengthMs) });
  expect([5 * minuteMs, hourMs, dayMs].map(isRight)).toEqual([true, true, true]);
  expect([-hourMs, 0, 5 * minuteMs - 1, dayMs + 1].map(isRight)).toEqual([false, false, false, false]);
});

test("it has begun at the instant at which it starts, is past at the one at which it ends, and only before that can anything be done", () => {
  const [startsAt, endsAt] = [new Date(hourMs), new Date(2 * hourMs)];
  const at = (ms: number, canceledAt: Date | null = null) =>
    meetingStatusAt({ startsAt, endsAt, canceledAt }, new Date(ms));
  expect([hourMs - 1, hourMs, 2 * hourMs - 1, 2 * hourMs].map((ms) => at(ms))).toEqual([
    ...["scheduled", "running", "running", "past"],
  ]);
  fc.assert(fc.property(fc.nat({ max: 3 * hourMs }), (ms) => at(ms, new Date(0)) === "canceled"));
  expect(meetingStatuses.map(meetingActionsFrom)).toEqual([["edit", "cancel"], [], [], []]);
});
