// Meetings at times of their own, so that none is in another's way unless a test wants it.
import { eq } from "drizzle-orm";
import { meeting, meetingInterviewer } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { dayMs, hourMs } from "../../src/kernel/clock.ts";
import type { CandidateId, MeetingId, MemberId } from "../../src/kernel/ids.ts";
import { database, type House } from "./world.ts";

let made = 0;

/** An hour on a day that no other meeting in this run has, from a month on. */
export function newTimes() {
  made += 1;
  const startsAt = Date.now() + (30 + made) * dayMs;
  return { startsAt: new Date(startsAt), endsAt: new Date(startsAt + hourMs) };
}

export function newMeeting({ owner }: House, candidateId: CandidateId, memberId: MemberId = owner.memberId) {
  const { schedule } = owner.client.meeting;
  return schedule.mutate({ title: "A talk", ...newTimes(), candidateId, interviewers: [{ memberId }] });
}

/** As if it had begun an hour ago: nobody sets one in the past. */
export async function begin(meetingId: MeetingId): Promise<void> {
  const times = { startsAt: new Date(Date.now() - hourMs), endsAt: new Date() };
  await database().write([
    run(build.update(meeting).set(times).where(eq(meeting.id, meetingId))),
    run(build.update(meetingInterviewer).set(times).where(eq(meetingInterviewer.meetingId, meetingId))),
  ]);
}

/** One that has begun. */
export async function begunMeeting(...args: Parameters<typeof newMeeting>) {
  const made = await newMeeting(...args);
  await begin(made.id);
  return made;
}
