// What the system will do about an interview by itself, and when: one plan for the alarm, the sweep and whoever asks. No
// reminder falls into the reader's night. Nothing here knows a database or a clock. Pure.
import { type State, waitsForCandidate } from "../interview/machine.ts";
import { after, hourMs, minuteMs } from "../kernel/clock.ts";

export const intentions = ["invite", "remind", "expire", "abort"] as const;
/** One thing the system means to do. */
export type Timer = { readonly intention: (typeof intentions)[number]; readonly at: Date };

/** How many hours before the deadline a candidate is reminded, unless the project says otherwise. */
export const reminderHoursDefault: readonly number[] = [72, 24, 2];

/** What the project and the reader say about reminders. */
export type ReminderRules = { readonly reminderHours: readonly number[]; readonly timeZone: string };

/** One reminder of the plan: when, and which of the project's hours it is for. */
export type Reminder = { readonly at: Date; readonly hours: number };

type Waiting = Pick<State, "status" | "deadlineAt" | "opensAt" | "inviteAt" | "dueAt" | "dueVerb">;

/** How an interview keeps its next reminder: both or neither. */
type Kept = { readonly remindAt: Date | null; readonly remindHours: number | null };

const nightFromMinute = 21 * 60;
const nightToMinute = 8 * 60;
const eveningMinute = 20 * 60;
const dayMinutes = 24 * 60;

/** What is moved out of the night into the morning must still leave somebody this long. */
const noticeMs = hourMs;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock in this zone shows: minutes since midnight, and whether it is Saturday or Sunday; in UTC where the zone is not known. */
function clockAt(instant: Date, timeZone: string): { readonly minute: number; readonly isWeekend: boolean } {
  const clock = clocks.get(timeZone) ?? clockIn(timeZone);
  clocks.set(timeZone, clock);
  const [weekday = "", hour, minute] = clock.format(instant).split(/[ ,:]+/);
  return { minute: Number(hour) * 60 + Number(minute), isWeekend: weekday.startsWith("S") };
}

function minuteOfDay(instant: Date, timeZone: string): number {
  return clockAt(instant, timeZone).minute;
}

function clockIn(timeZone: string): Intl.DateTimeFormat {
  const form = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  try {
    return new Intl.DateTimeFormat("en-GB", { ...form, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...form, timeZone: "UTC" });
  }
}

/** Between 21:00 and 08:00 where the reader is. */
export function isNight(instant: Date, timeZone: string): boolean {
  const minute = minuteOfDay(instant, timeZone);
  return minute >= nightFromMinute || minute < nightToMinute;
}

/** The instant moved by so many minutes of the clock, to where that clock then shows `minute`, summer time or not. */
function movedTo(minute: number, instant: Date, byMinutes: number, timeZone: string): Date {
  const whole = after(instant, -(instant.getTime() % minuteMs));
  const near = after(whole, byMinutes * minuteMs);
  const off = minuteOfDay(near, timeZone) - minute;
  const shortest = ((off + dayMinutes * 1.5) % dayMinutes) - dayMinutes / 2;
  return after(near, -shortest * minuteMs);
}

/**
 * When a letter about a deadline may go out that would be right at this instant: at once by day; by night in the morning, if
 * that leaves an hour, else on the evening before.
 */
export function byDay(instant: Date, deadlineAt: Date, timeZone: string): Date {
  if (!isNight(instant, timeZone)) return instant;
  const minute = minuteOfDay(instant, timeZone);
  const untilMorning = (nightToMinute - minute + dayMinutes) % dayMinutes;
  const morning = movedTo(nightToMinute, instant, untilMorning, timeZone);
  if (after(morning, noticeMs) <= deadlineAt) return morning;
  const sinceEvening = (minute - eveningMinute + dayMinutes) % dayMinutes;
  return movedTo(eveningMinute, instant, -sinceEvening, timeZone);
}

const officeFromMinute = 8 * 60;
const officeToMinute = 18 * 60;

/** This instant if it is a weekday between 08:00 and 18:00 in that zone, else the next 08:00 of one. */
export function inOfficeHours(instant: Date, timeZone: string): Date {
  const { isWeekend, minute } = clockAt(instant, timeZone);
  if (!isWeekend && minute >= officeFromMinute && minute < officeToMinute) return instant;
  const untilMorning = minute < officeFromMinute ? officeFromMinute - minute : dayMinutes - minute + officeFromMinute;
  // Monday's morning comes after Sunday's: at most three mornings away.
  return inOfficeHours(movedTo(officeFromMinute, instant, untilMorning, timeZone), timeZone);
}

/** What the project's hours come to before this deadline, each by day, in the order of the hours. */
function marksOf(deadlineAt: Date, { reminderHours, timeZone }: ReminderRules): Reminder[] {
  return reminderHours.map((hours) => ({
    hours,
    at: byDay(after(deadlineAt, -hours * hourMs), deadlineAt, timeZone),
  }));
}

/** Reminders are for who has not begun: in good time, once it is open, before the deadline. Soonest first, one an instant. */
function remindersOf(interview: Waiting, rules: ReminderRules, now: Date): Reminder[] {
  const { deadlineAt, opensAt, dueAt } = interview;
  if (!waitsForCandidate(interview) || deadlineAt === null || (dueAt !== null && dueAt <= now)) return [];
  const from = Math.max(now.getTime() + 1, opensAt?.getTime() ?? 0);
  const ahead = marksOf(deadlineAt, rules).filter(({ at }) => at.getTime() >= from && at < deadlineAt);
  const byInstant = new Map(ahead.map((reminder) => [reminder.at.getTime(), reminder]));
  return [...byInstant.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** All that the system will do by itself if nobody does anything, soonest first. */
export function planTimers(interview: Waiting, rules: ReminderRules, now: Date): Timer[] {
  const { dueAt, dueVerb, inviteAt } = interview;
  // What follows an invitation is planned with it.
  if (inviteAt !== null) return [{ intention: "invite", at: inviteAt }];
  const reminders = remindersOf(interview, rules, now).map(({ at }): Timer => ({ intention: "remind", at }));
  return dueAt === null || dueVerb === null ? reminders : [...reminders, { intention: dueVerb, at: dueAt }];
}

/** The next reminder of the plan, or null: the one that is kept. */
export function nextReminder(interview: Waiting, rules: ReminderRules, now: Date): Reminder | null {
  if (interview.inviteAt !== null) return null;
  return remindersOf(interview, rules, now)[0] ?? null;
}

export function kept(reminder: Reminder | null): Kept {
  return { remindAt: reminder?.at ?? null, remindHours: reminder?.hours ?? null };
}

/** The reminder that is kept, while the project still asks for one at that hour or at that instant. */
export function wantedReminder(
  { remindAt, remindHours, deadlineAt }: Kept & Pick<Waiting, "deadlineAt">,
  rules: ReminderRules,
): Reminder | null {
  if (remindAt === null || remindHours === null || deadlineAt === null) return null;
  const isWanted = marksOf(deadlineAt, rules).some(
    ({ hours, at }) => hours === remindHours || at.getTime() === remindAt.getTime(),
  );
  return isWanted ? { at: remindAt, hours: remindHours } : null;
}

/**
 * What is due when an alarm comes for a reminder, perhaps late, perhaps to a reader who has moved or for a project that has changed
 * its hours: sent now, passed over because nobody asks for it any more, or put off because it is night where they are. `next` is
 * what is kept from then on, or null.
 */
export function reminderAt(
  interview: Kept & Waiting,
  rules: ReminderRules,
  now: Date,
): { readonly isSent: boolean; readonly next: Reminder | null } {
  const planned = nextReminder(interview, rules, now);
  const wanted = wantedReminder(interview, rules);
  const { deadlineAt } = interview;
  if (wanted === null || deadlineAt === null) return { isSent: false, next: planned };
  if (!isNight(now, rules.timeZone)) return { isSent: true, next: planned };
  const morning = byDay(now, deadlineAt, rules.timeZone);
  const isPutOff = morning > now && (planned === null || morning < planned.at);
  return { isSent: false, next: isPutOff ? { ...wanted, at: morning } : planned };
}
