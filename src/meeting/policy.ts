// Who may do what with meetings, their words, and how much of what is allowed. Pure.
import { hourMs, minuteMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

export const meetingPolicy = {
  schedule: "recruiter",
  edit: "recruiter",
  cancel: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
  events: "hiring_manager",
} as const satisfies Record<string, Access>;

/** What an event can tell of. */
export const meetingVerbs = ["schedule", "move", "edit", "leave", "cancel"] as const;
export type MeetingVerb = (typeof meetingVerbs)[number];

export const meetingActors = ["member", "candidate"] as const;

/** No meeting is longer: what may overlap one begins no earlier than this before it. */
export const meetingMaxMs = 24 * hourMs;
export const meetingMinMs = 5 * minuteMs;

export const interviewersMax = 20;

/** Hours before it begins at which everybody who takes part is reminded; without any, nobody is. */
export const reminderHours = { default: [24, 1], max: 168, most: 5 } as const;

/** Nobody who takes part is told that this is another: it shows when the reminder comes. */
export const unheard: ReadonlySet<string> = new Set(["reminderHours"]);

/** A warning names so many of the meetings that are in the way, the earliest. */
export const overlapsMax = 20;

type Times = { readonly startsAt: Date; readonly endsAt: Date };

/** It ends after it begins, and takes as long as a meeting may. */
export function isLengthOfMeeting({ startsAt, endsAt }: Times): boolean {
  const lengthMs = endsAt.getTime() - startsAt.getTime();
  return lengthMs >= meetingMinMs && lengthMs <= meetingMaxMs;
}
