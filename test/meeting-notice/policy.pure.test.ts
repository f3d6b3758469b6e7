import { expect, test } from "vitest";
import { uselessFrom } from "../../src/letter/policy.ts";
import { remindersOf } from "../../src/meeting-notice/policy.ts";
import type { MeetingLetter } from "../../src/stationery/contract.ts";

const startsAt = new Date("2031-03-05T15:00:00Z");

test("reminders are so many hours before, the earliest first, each once, and none that has gone by", () => {
  const at = (hours: number[], now: string) =>
    remindersOf(startsAt, hours, new Date(now)).map((one) => one.toISOString());
  const [dayBefore, hourBefore] = ["2031-03-04T15:00:00.000Z", "2031-03-05T14:00:00.000Z"];
  expect(at([1, 24, 1], "2031-03-03T12:00:00Z")).toEqual([dayBefore, hourBefore]);
  expect(at([1, 24], dayBefore)).toEqual([hourBefore]);
  expect(at([1, 24], "2031-03-05T14:30:00Z")).toEqual([]);
  expect(at([], "2031-03-03T12:00:00Z")).toEqual([]);
});

test("an invitation is of no use once the meeting is over; that it is canceled is worth telling after", () => {
  const meeting: MeetingLetter = {
    ...{ meetingId: "mtg_1", sequence: 0, title: "t", description: "", timeZone: "UTC", location: null, url: null },
    ...{ startsAt: startsAt.toISOString(), endsAt: "2031-03-05T16:00:00.000Z" },
    ...{
      organizationName: "o",
      candidateName: "c",
      interviewerNames: [],
      memberId: null,
      firstName: "f",
      lastName: "l",
    },
  };
  const end = new Date("2031-03-05T16:00:00Z");
  expect(uselessFrom({ kind: "meeting_scheduled", ...meeting }, startsAt)).toEqual(end);
  expect(uselessFrom({ kind: "meeting_changed", ...meeting, isMoved: true }, startsAt)).toEqual(end);
  expect(uselessFrom({ kind: "meeting_canceled", ...meeting, isOut: false, why: null }, startsAt)).toBeNull();
});
