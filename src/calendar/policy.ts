// What a clock in a zone shows, when it is put forward and back, and how a calendar is told: VTIMEZONE of RFC 5545, from what
// the runtime knows of zones. Pure.
import { after, dayMs, secondMs } from "../kernel/clock.ts";

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockIn(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
  const clock = new Intl.DateTimeFormat("en-US", { ...fields, second: "numeric", hourCycle: "h23", timeZone });
  clocks.set(timeZone, clock);
  return clock;
}

/** How far clocks in this zone are ahead of UTC at this instant. */
export function offsetMsAt(instant: Date, timeZone: string): number {
  // As in 11/24/2026, 14:30:00.
  const shown = clockIn(timeZone).format(instant).match(/\d+/g) ?? [];
  const [month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0] = shown.map(Number);
  const whole = Math.floor(instant.getTime() / secondMs) * secondMs;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

/** Clocks are put from one offset to another. */
export type Change = { readonly at: Date; readonly fromMs: number; readonly toMs: number };

/** No two changes of one zone are closer together than this: clocks that pause their summer for a month are put back for more. */
const strideMs = 14 * dayMs;

function changeBetween(since: Date, until: Date, fromMs: number, timeZone: string): Change {
  let [low, high] = [since.getTime() / secondMs, until.getTime() / secondMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMsAt(new Date(middle * secondMs), timeZone) === fromMs) low = middle;
    else high = middle;
  }
  const at = new Date(high * secondMs);
  return { at, fromMs, toMs: offsetMsAt(at, timeZone) };
}

/** After `since` and up to two weeks beyond `until`, in order. */
export function changesIn(since: Date, until: Date, timeZone: string): Change[] {
  const changes: Change[] = [];
  let at = new Date(Math.floor(since.getTime() / secondMs) * secondMs);
  let offset = offsetMsAt(at, timeZone);
  while (at < until) {
    const next = after(at, strideMs);
    const shown = offsetMsAt(next, timeZone);
    if (shown !== offset) changes.push(changeBetween(at, next, offset, timeZone));
    [at, offset] = [next, shown];
  }
  return changes;
}

/** What a clock with this offset shows, as a Date whose UTC fields are the clock's. */
function wall(instant: Date, offsetMs: number): Date {
  return after(instant, offsetMs);
}

const two = (count: number) => String(count).padStart(2, "0");

function dateOf(clock: Date): string {
  return `${clock.getUTCFullYear()}${two(clock.getUTCMonth() + 1)}${two(clock.getUTCDate())}`;
}

function timeOf(clock: Date): string {
  return `${two(clock.getUTCHours())}${two(clock.getUTCMinutes())}${two(clock.getUTCSeconds())}`;
}

export type WallClock = { readonly date: string; readonly time: string };

/** As a calendar writes it: `20261124` and `143000`. */
export function wallClockAt(instant: Date, timeZone: string): WallClock {
  const clock = wall(instant, offsetMsAt(instant, timeZone));
  return { date: dateOf(clock), time: timeOf(clock) };
}

/** Its hour comes twice on that day: what the clock shows does not say which of them is meant. */
function isTwice(instant: Date, { at, fromMs, toMs }: Change): boolean {
  const again = fromMs - toMs;
  return again > 0 && instant >= after(at, -again) && instant < after(at, again);
}

/** RFC 5545 has such a time be the first of the two, and calendars differ. */
export function isAmbiguous(instant: Date, timeZone: string): boolean {
  const near = changesIn(after(instant, -2 * dayMs), after(instant, 2 * dayMs), timeZone);
  return near.some((change) => isTwice(instant, change));
}

/** `+0530`; with seconds where a zone has them. */
function written(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / secondMs;
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${offsetMs < 0 ? "-" : "+"}${two(hours)}${two(minutes)}${rest === 0 ? "" : two(rest)}`;
}

const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

/** `-1SU`, `2SU`: which Sunday of its month this day may be said to be, the last before the others. */
function placesInMonth(clock: Date): string[] {
  const [day, weekday] = [clock.getUTCDate(), weekdays[clock.getUTCDay()]];
  const days = new Date(Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth() + 1, 0)).getUTCDate();
  return [...(day + 7 > days ? [`-1${weekday}`] : []), `${Math.ceil(day / 7)}${weekday}`];
}

/** The rule that all these changes follow, if a yearly one says them all. */
function yearlyRule(changes: readonly Change[]): string | null {
  const clocksThen = changes.map(({ at, fromMs }) => wall(at, fromMs));
  const [first, ...others] = clocksThen;
  if (first === undefined || others.length < 2) return null;
  const isSame = (clock: Date, index: number) =>
    clock.getUTCFullYear() === first.getUTCFullYear() + index + 1 &&
    clock.getUTCMonth() === first.getUTCMonth() &&
    timeOf(clock) === timeOf(first);
  const place = placesInMonth(first).find((one) => others.every((clock) => placesInMonth(clock).includes(one)));
  if (place === undefined || !others.every(isSame)) return null;
  return `FREQ=YEARLY;BYMONTH=${first.getUTCMonth() + 1};BYDAY=${place}`;
}

/** From this onset on, written as the clock showed it before, the zone has the second offset. */
function observance({ at, fromMs, toMs }: Change, rule: string | null): string[] {
  const name = toMs > fromMs ? "DAYLIGHT" : "STANDARD";
  const onset = wall(at, fromMs);
  return [
    `BEGIN:${name}`,
    `DTSTART:${dateOf(onset)}T${timeOf(onset)}`,
    `TZOFFSETFROM:${written(fromMs)}`,
    `TZOFFSETTO:${written(toMs)}`,
    ...(rule === null ? [] : [`RRULE:${rule}`]),
    `END:${name}`,
  ];
}

const yearMs = 366 * dayMs;
const yearsLooked = 2;

/** Each kind of change with its rule, when there are two a year and both have one. */
function byRules(changes: readonly Change[]): string[] | null {
  const kinds = Map.groupBy(changes, ({ fromMs, toMs }) => `${fromMs} ${toMs}`);
  if (kinds.size !== 2) return null;
  const parts = Array.from(kinds.values(), (kind) => {
    const rule = yearlyRule(kind);
    const [first] = kind;
    return rule === null || first === undefined ? null : observance(first, rule);
  });
  return parts.every((part) => part !== null) ? parts.flat() : null;
}

/** One after the other: what holds at the beginning, and what changes until a year after. */
function oneByOne(changes: readonly Change[], startsAt: Date, endsAt: Date, timeZone: string): string[] {
  const current = changes.findLastIndex(({ at }) => at <= startsAt);
  const offsetMs = offsetMsAt(startsAt, timeZone);
  const always = { at: new Date(-offsetMs), fromMs: offsetMs, toMs: offsetMs };
  const since = changes[current] ?? always;
  const later = changes.slice(current + 1).filter(({ at }) => at < after(endsAt, yearMs));
  return [since, ...later].flatMap((change) => observance(change, null));
}

/**
 * The zone as far as a meeting between these instants needs it. Where clocks change by the same two rules every year those are told, as
 * calendars know them; elsewhere every change around the meeting by itself.
 */
export function vtimezone(timeZone: string, startsAt: Date, endsAt: Date): string {
  const changes = changesIn(after(startsAt, -yearsLooked * yearMs), after(endsAt, yearsLooked * yearMs), timeZone);
  const told = byRules(changes) ?? oneByOne(changes, startsAt, endsAt, timeZone);
  return ["BEGIN:VTIMEZONE", `TZID:${timeZone}`, ...told, "END:VTIMEZONE"].join("\r\n");
}
