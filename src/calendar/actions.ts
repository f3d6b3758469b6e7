// What a letter brings along for its reader's calendar.
import type { Attachment, Site } from "../kernel/deps.ts";
import type { LetterId } from "../kernel/ids.ts";
import { timeZoneNamed } from "../kernel/shapes.ts";
import type { LetterContent } from "../stationery/contract.ts";
import { calendarEntryOf, oneLine } from "../stationery/render.ts";
import { isAmbiguous, vtimezone, wallClockAt } from "./policy.ts";

type Brought = {
  readonly id: LetterId;
  readonly content: LetterContent;
  readonly language: string;
  readonly to: string;
  readonly senderName: string;
  readonly createdAt: Date;
};

/** In quotes within a property: none of the signs by which readers end or change what stands there. */
const named = (name: string, otherwise: string) =>
  oneLine(name).replaceAll('"', "'").replaceAll("\\", "/") || otherwise;

/** A page's address as RFC 5545 has it, with nothing in it that is written otherwise in a text. */
function asUri(url: string): string {
  return url.replaceAll(/[,;\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A time in a zone, in the one shape of those ical-generator takes that says itself what the clock shows. */
function inZone(instant: Date, timeZone: string) {
  const { date, time } = wallClockAt(instant, timeZone);
  const clock = {
    isValid: () => true,
    toDate: () => instant,
    toJSON: () => instant.toISOString(),
    format: (form?: string) => (form === "YYYYMMDD" ? date : time),
    tz: () => clock,
    utc: () => clock,
  };
  return clock;
}

/** The zone to write a meeting in; null for UTC, also where what the clock shows would not say which hour is meant. */
function zoneFor(timeZone: string, startsAt: Date, endsAt: Date): string | null {
  const zone = timeZoneNamed(timeZone) ?? "UTC";
  if (zone === "UTC") return null;
  return isAmbiguous(startsAt, zone) || isAmbiguous(endsAt, zone) ? null : zone;
}

/**
 * An invitation, or its end, as RFC 5545 and 5546 have it; nothing for a letter that changes no calendar. The same letter brings the same
 * file however often it is made. It names one address, its reader's own: whom else they meet stands in the description (decision 028).
 */
export async function calendarFilesOf(site: Site, letter: Brought): Promise<Attachment[]> {
  const entry = calendarEntryOf(letter);
  if (entry === null) return [];
  const { meeting, method, summary, description, location, url } = entry;
  const [startsAt, endsAt] = [new Date(meeting.startsAt), new Date(meeting.endsAt)];
  const zone = zoneFor(meeting.timeZone, startsAt, endsAt);
  const {
    default: ical,
    ICalAttendeeRole,
    ICalAttendeeStatus,
    ICalCalendarMethod,
    ICalEventStatus,
  } = await import("ical-generator");
  const isCanceled = method === "CANCEL";
  const calendar = ical({
    prodId: { company: "Anteroom", product: "Anteroom", language: "EN" },
    method: isCanceled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
    // Without a name: a calendar with one has its stamps written in that zone as well, which RFC 5545 forbids.
    timezone: { name: null, generator: (timeZone) => vtimezone(timeZone, startsAt, endsAt) },
  });
  const event = calendar.createEvent({
    id: `${meeting.meetingId}@${new URL(site.publicUrl).hostname}`,
    sequence: meeting.sequence,
    stamp: letter.createdAt,
    start: zone === null ? startsAt : inZone(startsAt, zone),
    end: zone === null ? endsAt : inZone(endsAt, zone),
    timezone: zone,
    summary,
    description,
    location,
    url: url === null ? null : asUri(url),
    status: isCanceled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: named(letter.senderName, "Anteroom"), email: site.lettersFrom },
  });
  event.createAttendee({
    email: letter.to,
    name: named(`${meeting.firstName} ${meeting.lastName}`, letter.to),
    role: ICalAttendeeRole.REQ,
    status: ICalAttendeeStatus.NEEDSACTION,
    // Nobody reads what is sent to where letters come from.
    rsvp: false,
  });
  return [
    {
      name: isCanceled ? "cancellation.ics" : "invitation.ics",
      contentType: `text/calendar; method=${method}; charset=utf-8`,
      text: `${calendar.toString()}\r\n`,
    },
  ];
}
