// The words of meetings, and how much of what is allowed. Pure.
import { hourMs, minuteMs } from "../kernel/clock.ts";

export const meetingVerbs = ["schedule", "move", "edit", "cancel"] as const;
export const meetingActors = ["member", "candidate"] as const;

/** No meeting is longer: what may overlap one begins no earlier than this before it. */
export const meetingMaxMs = 24 * hourMs;
export const meetingMinMs = 5 * minuteMs;

export const interviewersMax = 20;

/** Hours before it begins at which everybody who takes part is reminded; without any, nobody is. */
export const reminderHours = { default: [24, 1], max: 168, most: 5 } as const;
