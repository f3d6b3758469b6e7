import fc from "fast-check";
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import { calendarFilesOf } from "../../src/calendar/actions.ts";
import { changesIn, isAmbiguous, offsetMsAt, vtimezone, wallClockAt } from "../../src/calendar/policy.ts";
import { dayMs, hourMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import type { LetterContent, MeetingLetter } from "../../src/stationery/contract.ts";

const zones = Intl.supportedValuesOf("timeZone");
const site = {
  publicUrl: "https://api.anteroom.test",
  frontendOrigins: [],
  lettersFrom: "letters@anteroom.test",
};
const promisedAt = new Date("2026-11-01T08:00:00.500Z");

function meetingOf(over: Partial<MeetingLetter> = {}): MeetingLetter {
  return {
    meetingId: "mtg_01890f5e",
    sequence: 3,
    title: "Technical interview",
    description: "Bring a laptop.\nWe will write code.",
    startsAt: "2026-11-24T13:30:00.000Z",
    endsAt: "2026-11-24T14:15:00.000Z",
    timeZone: "Europe/Amsterdam",
    location: "Keizersgracht 1, Amsterdam",
    url: "https://meet.example.com/a?b=c,d;e",
    organizationName: "House of Tests",
    candidateName: "Cleo Candidate",
    interviewerNames: ["Bo Recruiter", "Ada Owner"],
    memberId: null,
    firstName: "Cleo",
    lastName: "Candidate",
    ...over,
  };
}

type Kind = Extract<LetterContent, { meetingId: string }>["kind"];

function letterOf(kind: Kind, over: Partial<MeetingLetter> = {}) {
  const besides = {
    meeting_scheduled: { kind: "meeting_scheduled" },
    meeting_changed: { kind: "meeting_changed", isMoved: true },
    meeting_canceled: { kind: "meeting_canceled", isOut: false, why: "He has been hired elsewhere." },
    meeting_reminder: { kind: "meeting_reminder", remindAt: "2026-11-23T13:30:00.000Z" },
  } as const;
  const content: LetterContent = { ...meetingOf(over), ...besides[kind] };
  return {
    ...{ id: "ltr_1" as const, content, language: "en", to: "cleo@example.com" },
    ...{ senderName: "House of Tests", createdAt: promisedAt },
  };
}

async function fileOf(kind: Kind, over: Partial<MeetingLetter> = {}, senderName = "House of Tests") {
  const files = await calendarFilesOf(site, { ...letterOf(kind, over), senderName });
  const [file] = files;
  if (!file) throw new Error("such a letter brings a file");
  return file;
}

/** What a calendar makes of it. */
function readBy(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents("vevent");
  const [component] = events;
  if (!component || events.length !== 1) throw new Error("there is one event");
  const zone = calendar.getFirstSubcomponent("vtimezone");
  const event = new ICAL.Event(component);
  const instantOf = (name: string) => {
    const property = component.getFirstProperty(name);
    const time = property?.getFirstValue();
    if (!(time instanceof ICAL.Time)) throw new Error(`${name} is a time`);
    const clock = time.clone();
    if (zone && property?.getParameter("tzid")) clock.zone = new ICAL.Timezone(zone);
    return clock.toJSDate();
  };
  const value = (name: string) => component.getFirstPropertyValue(name);
  return {
    ...{ calendar, component, event, value },
    method: calendar.getFirstPropertyValue("method"),
    tzid: component.getFirstProperty("dtstart")?.getParameter("tzid") ?? null,
    zoneId: zone?.getFirstPropertyValue("tzid") ?? null,
    startsAt: () => instantOf("dtstart"),
    endsAt: () => instantOf("dtend"),
  };
}

const namesOf = (component: ICAL.Component) => component.getAllProperties().map(({ name }) => name);

describe("a letter's file", () => {
  test("is what stands in the golden file", async () => {
    const { text } = await fileOf("meeting_scheduled");
    await expect(text.replaceAll("\r\n", "\n")).toMatchFileSnapshot("golden/invitation.ics");
  });

  test("of a cancellation is what stands in the golden file", async () => {
    const { text } = await fileOf("meeting_canceled", { sequence: 4, timeZone: "Asia/Kolkata" });
    await expect(text.replaceAll("\r\n", "\n")).toMatchFileSnapshot("golden/cancellation.ics");
  });

  test("invites, under one id for as long as the meeting lives and a rising sequence, and takes it back", async () => {
    for (const [sequence, kind] of (["meeting_scheduled", "meeting_changed", "meeting_canceled"] as const).entries()) {
      const { contentType, text } = await fileOf(kind, { sequence });
      const { method, value, event } = readBy(text);
      const isOver = kind === "meeting_canceled";
      expect(method).toBe(isOver ? "CANCEL" : "REQUEST");
      expect(contentType).toBe(`text/calendar; method=${method}; charset=utf-8`);
      expect(value("status")).toBe(isOver ? "CANCELLED" : "CONFIRMED");
      expect(event.uid).toBe("mtg_01890f5e@api.anteroom.test");
      expect(event.sequence).toBe(sequence);
      expect(String(value("dtstamp"))).toBe("2026-11-01T08:00:00Z");
    }
  });

  test("is the same however often it is made, and none comes with a reminder or another letter", async () => {
    expect(await fileOf("meeting_changed")).toEqual(await fileOf("meeting_changed"));
    expect(await calendarFilesOf(site, letterOf("meeting_reminder"))).toEqual([]);
    const other = { kind: "already_registered", signInUrl: "https://jobs.example.com" } as const;
    expect(await calendarFilesOf(site, { ...letterOf("meeting_reminder"), content: other })).toEqual([]);
  });

  test("names one address besides the organizer's, its reader's own, and never why a meeting is canceled", async () => {
    const { text } = await fileOf("meeting_canceled");
    const { component } = readBy(text);
    expect(component.getAllProperties("attendee").map((one) => String(one.getFirstValue()).toLowerCase())).toEqual([
      "mailto:cleo@example.com",
    ]);
    expect(component.getFirstPropertyValue("organizer")).toBe("mailto:letters@anteroom.test");
    expect(text.match(/[\w.]+@[\w.]+/g)?.filter((one) => !one.startsWith("mtg_"))).toHaveLength(2);
    expect(text).not.toContain("hired elsewhere");
  });

  test("shows a page where there is no place, and no page that is none", async () => {
    const online = readBy((await fileOf("meeting_scheduled", { location: null })).text);
    expect(online.value("location")).toBe("https://meet.example.com/a?b=c,d;e");
    expect(online.value("url")).toBe("https://meet.example.com/a?b=c%2Cd%3Be");
    for (const url of ["javascript:alert(1)", "http://meet.example.com", "nonsense", null]) {
      const { value } = readBy((await fileOf("meeting_scheduled", { location: null, url })).text);
      expect([value("location"), value("url")]).toEqual([null, null]);
    }
  });
});

const hostile = fc.oneof(
  fc.constantFrom(
    "Ada\r\nATTENDEE:mailto:everybody@example.com",
    "Ada\nEND:VEVENT\nBEGIN:VEVENT",
    '"; CN=x:mailto:boss@bank.example',
    "a\\nb \\, \\; ^n ^' ^^",
    "\u2028BEGIN:VALARM",
    "\ud800 lone",
    "👩‍🚀".repeat(30),
  ),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom("\r", "\n", '"', "^", "\\", ";", ",", ":", "=", " ", "é", "漢", "x"),
    maxLength: 200,
  }),
);

const shown = (text: string) => text.toWellFormed();

test("whatever people write, a file stays one event with its one attendee, in lines of 75 bytes", async () => {
  const plain = readBy((await fileOf("meeting_scheduled")).text);
  await fc.assert(
    fc.asyncProperty(hostile, hostile, hostile, hostile, async (title, description, name, location) => {
      const over = { title, description, location, firstName: name, candidateName: name, interviewerNames: [name] };
      const { text } = await fileOf("meeting_scheduled", over, name);
      expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
      for (const line of text.slice(0, -2).split("\r\n")) {
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
      }
      const read = readBy(text);
      // An empty place is none.
      const isIn = (property: string) => property !== "location" || plain.component.hasProperty("location");
      expect(namesOf(read.component).filter(isIn)).toEqual(
        namesOf(plain.component).filter((one) => one !== "location" || read.component.hasProperty("location")),
      );
      expect(namesOf(read.calendar)).toEqual(namesOf(plain.calendar));
      const flat = (one: unknown) => String(one).replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, "");
      expect(flat(read.value("summary"))).toBe(flat(`${shown(title)}, House of Tests`));
      expect(flat(read.component.getFirstProperty("attendee")?.getParameter("cn"))).toBe(
        flat(`${shown(name)} Candidate`)
          .replaceAll('"', "'")
          .replaceAll("\\", "/"),
      );
    }),
    { numRuns: 300 },
  );
});

const instants = fc.date({ min: new Date("2026-01-01"), max: new Date("2060-01-01"), noInvalidDate: true });

describe("a zone as a calendar is told it", () => {
  test("has every clock of the world be right at every instant around the meeting, as an independent reader has it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, fc.integer({ min: 5, max: 1_440 }), (zone, at, minutes) => {
        const startsAt = new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
        const endsAt = plus(startsAt, minutes * minuteMs);
        fc.pre(!isAmbiguous(startsAt, zone) && !isAmbiguous(endsAt, zone));
        const told = zoneIn(vtimezone(zone, startsAt, endsAt));
        expect(readIn(told, startsAt, zone)).toEqual(startsAt);
        expect(readIn(told, endsAt, zone)).toEqual(endsAt);
      }),
      { numRuns: 400 },
    );
  });

  test("on both sides of each change of each zone in two years, to the second", () => {
    for (const zone of zones) {
      for (const { at } of changesIn(new Date("2026-01-01"), new Date("2028-01-01"), zone)) {
        const [before, later] = [plus(at, -3 * hourMs), plus(at, 3 * hourMs)];
        const told = zoneIn(vtimezone(zone, before, later));
        const looked = [before, plus(at, -1_000), at, later].filter((instant) => !isAmbiguous(instant, zone));
        expect([zone, ...looked.map((instant) => readIn(told, instant, zone))]).toEqual([zone, ...looked]);
      }
    }
  });

  test("changes when the runtime's clocks do, and at no other time", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, at) => {
        const since = plus(at, -400 * dayMs);
        const last = changesIn(since, at, zone)
          .filter((change) => change.at <= at)
          .at(-1);
        expect(offsetMsAt(at, zone)).toBe(last?.toMs ?? offsetMsAt(since, zone));
      }),
    );
  });

  test("is two yearly rules where a country has them, and each change by itself where it has none", () => {
    const rulesOf = (zone: string, at = new Date("2026-11-24T13:30:00Z")) =>
      vtimezone(zone, at, plus(at, hourMs)).match(/RRULE.*|BEGIN:(?!V).*/g);
    expect(rulesOf("Europe/Amsterdam")).toEqual([
      ...["BEGIN:DAYLIGHT", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"],
      ...["BEGIN:STANDARD", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"],
    ]);
    expect(rulesOf("America/New_York")).toContain("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU");
    expect(rulesOf("America/New_York")).toContain("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU");
    expect(rulesOf("Asia/Tokyo")).toEqual(["BEGIN:STANDARD"]);
    // The Sunday on or after the second of its month: in 2030 the second Sunday, in other years the first.
    expect(rulesOf("America/Santiago", new Date("2030-11-24T13:30:00Z"))).toEqual([
      "BEGIN:DAYLIGHT",
      "BEGIN:STANDARD",
      "BEGIN:DAYLIGHT",
    ]);
  });
});

function zoneIn(text: string) {
  return new ICAL.Timezone(new ICAL.Component(ICAL.parse(text)));
}

/** What an independent reader takes the clock of this instant to mean, by this zone. */
function readIn(told: ReturnType<typeof zoneIn>, instant: Date, zone: string): Date {
  const { date, time } = wallClockAt(instant, zone);
  const clock = ICAL.Time.fromData(
    {
      ...{ year: Number(date.slice(0, 4)), month: Number(date.slice(4, 6)), day: Number(date.slice(6)) },
      ...{ hour: Number(time.slice(0, 2)), minute: Number(time.slice(2, 4)), second: Number(time.slice(4)) },
    },
    told,
  );
  return clock.toJSDate();
}

describe("a meeting is when it is", () => {
  test("in any zone, from start to end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        instants,
        fc.integer({ min: 5, max: 1_440 }),
        async (zone, at, minutes) => {
          const startsAt = new Date(Math.floor(at.getTime() / 1_000) * 1_000);
          const endsAt = plus(startsAt, minutes * minuteMs);
          const times = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), timeZone: zone };
          const read = readBy((await fileOf("meeting_scheduled", times)).text);
          expect([read.startsAt(), read.endsAt()]).toEqual([startsAt, endsAt]);
          expect(read.tzid).toBe(read.zoneId);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    // 25 October 2026 in Amsterdam: two in the morning comes twice, at 00:00 and at 01:00 UTC.
    ["before the hour that comes twice", "2026-10-24T23:30:00Z", "Europe/Amsterdam"],
    ["in it, the first time", "2026-10-25T00:30:00Z", null],
    ["in it, the second time", "2026-10-25T01:30:00Z", null],
    ["after it", "2026-10-25T02:30:00Z", "Europe/Amsterdam"],
    ["the moment before clocks are put forward", "2026-03-29T00:59:59Z", "Europe/Amsterdam"],
    ["the moment they are", "2026-03-29T01:00:00Z", "Europe/Amsterdam"],
  ])("%s", async (_when, start, tzid) => {
    // Three hours: its end is on the other side, and in no hour that comes twice.
    const [startsAt, endsAt] = [new Date(start), plus(new Date(start), 3 * hourMs)];
    const times = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
    const { text } = await fileOf("meeting_scheduled", times);
    const read = readBy(text);
    expect([read.startsAt(), read.endsAt()]).toEqual([startsAt, endsAt]);
    expect(read.tzid).toBe(tzid);
    // Where the clock alone would not say it, the zone is still told.
    expect(read.event.description).toContain("(Europe/Amsterdam)");
  });

  test("saboteur: with the zone of another season the same reader is an hour off", () => {
    const winter = new Date("2026-11-24T13:30:00Z");
    const summerOnly = vtimezone("Europe/Amsterdam", winter, plus(winter, hourMs)).replaceAll(
      "TZOFFSETTO:+0100",
      "TZOFFSETTO:+0200",
    );
    expect(readIn(zoneIn(summerOnly), winter, "Europe/Amsterdam")).not.toEqual(winter);
  });

  test("in UTC, and in a zone this runtime does not know, no zone is needed", async () => {
    for (const timeZone of ["UTC", "Mars/Olympus_Mons"]) {
      const { text } = await fileOf("meeting_scheduled", { timeZone });
      expect(text).toContain("DTSTART:20261124T133000Z");
      expect(text).not.toContain("VTIMEZONE");
    }
  });
});
