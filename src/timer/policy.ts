// What the system will do about an interview by itself, and when: one plan for the alarm, the sweep and whoever asks. No
// reminder falls into the reader's night. Nothing here knows a database or a clock. Pure.
import type { State } from "../interview/machine.ts";
import { after, hourMs, minuteMs } from "../kernel/clock.ts";

export const intentions = ["invite", "remind", "expire", "abort"] as const;
/** One thing the system means to do. */
export type Timer = { readonly intention: (typeof intentions)[number]; readonly at: Date };

/** How many hours before the deadline a candidate is reminded, unless the project says otherwise. */
export const reminderHoursDefault: readonly number[] = [72, 24, 2];

/** What the project and the reader say about reminders. */
export type ReminderRules = { readonly reminderHours: readonly number[]; readonly timeZone: string };

type Waiting = Pick<State, "status" | "deadlineAt" | "opensAt" | "inviteAt" | "dueAt" | "dueVerb">;

const nightFromMinute = 21 * 60;
const nightToMinute = 8 * 60;
const eveningMinute = 20 * 60;
const dayMinutes = 24 * 60;

/** What is moved out of the night into the morning must still leave somebody this long. */
const noticeMs = hourMs;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minutes since midnight on a clock in this zone; in UTC where the zone is not known. */
function minuteOfDay(instant: Date, timeZone: string): number {
  const clock = clocks.get(timeZone) ?? clockIn(timeZone);
  clocks.set(timeZone, clock);
  const [hour = 0, minute = 0] = clock.format(instant).split(":").map(Number);
  return hour * 60 + minute;
}

function clockIn(timeZone: string): Intl.DateTimeFormat {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
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

/** Reminders are for who has not begun: in good time, once it is open, before the deadline. Soonest first. */
function remindersOf({ status, deadlineAt, opensAt, dueAt }: Waiting, rules: ReminderRules, now: Date): Date[] {
  const waits = status === "invited" || status === "confirmed";
  if (!waits || deadlineAt === null || (dueAt !== null && dueAt <= now)) return [];
  const from = Math.max(now.getTime() + 1, opensAt?.getTime() ?? 0);
  const times = rules.reminderHours
    .map((hours) => byDay(after(deadlineAt, -hours * hourMs), deadlineAt, rules.timeZone).getTime())
    .filter((time) => time >= from && time < deadlineAt.getTime());
  return [...new Set(times)].sort((a, b) => a - b).map((time) => new Date(time));
}

/** All that the system will do by itself if nobody does anything, soonest first. */
export function planTimers(interview: Waiting, rules: ReminderRules, now: Date): Timer[] {
  const { dueAt, dueVerb, inviteAt } = interview;
  // What follows an invitation is planned with it.
  if (inviteAt !== null) return [{ intention: "invite", at: inviteAt }];
  const reminders = remindersOf(interview, rules, now).map((at): Timer => ({ intention: "remind", at }));
  return dueAt === null || dueVerb === null ? reminders : [...reminders, { intention: dueVerb, at: dueAt }];
}

/** The next reminder of a plan, or null. */
export function nextReminder(timers: readonly Timer[]): Date | null {
  return timers.find(({ intention }) => intention === "remind")?.at ?? null;
}

/**
 * What is due when an alarm comes for a reminder, perhaps late, perhaps to a reader who has moved: sent now, or put off because it is
 * night where they are. `next` is when the interview is to be reminded again, or null.
 */
export function reminderAt(
  interview: Waiting,
  rules: ReminderRules,
  now: Date,
): { readonly isSent: boolean; readonly next: Date | null } {
  const planned = nextReminder(planTimers(interview, rules, now));
  const { deadlineAt } = interview;
  if (deadlineAt === null || !isNight(now, rules.timeZone)) return { isSent: deadlineAt !== null, next: planned };
  const morning = byDay(now, deadlineAt, rules.timeZone);
  const next = morning > now && (planned === null || morning < planned) ? morning : planned;
  return { isSent: false, next };
}
