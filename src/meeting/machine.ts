// Where a meeting stands: what the clock and a cancellation say, never stored. Pure.
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";

export const meetingStatuses = ["scheduled", "running", "past", "canceled"] as const;
export type MeetingStatus = (typeof meetingStatuses)[number];

/** What can be done about one. */
export const meetingActions = ["edit", "cancel"] as const;
export type MeetingAction = (typeof meetingActions)[number];

type Row = Step<MeetingStatus, MeetingAction, "member">;

/** Once it has begun it is what it is. */
export const meetingTable: readonly Row[] = [
  { verb: "edit", from: ["scheduled"], who: ["member"] },
  { verb: "cancel", from: ["scheduled"], who: ["member"] },
];

export type MeetingStanding = { readonly startsAt: Date; readonly endsAt: Date; readonly canceledAt: Date | null };

/** It has begun at the very instant at which it starts, and is past at the one at which it ends. */
export function meetingStatusAt({ startsAt, endsAt, canceledAt }: MeetingStanding, now: Date): MeetingStatus {
  if (canceledAt !== null) return "canceled";
  if (now < startsAt) return "scheduled";
  return now < endsAt ? "running" : "past";
}

export function meetingActionsFrom(status: MeetingStatus): MeetingAction[] {
  return verbsFrom(meetingTable, status, "member");
}

export function canTake(status: MeetingStatus, action: MeetingAction): boolean {
  return stepFor(meetingTable, status, action) !== undefined;
}
