// Meetings at times of their own, so that none is in another's way unless a test wants it.
import { dayMs, hourMs } from "../../src/kernel/clock.ts";
import type { CandidateId, MemberId } from "../../src/kernel/ids.ts";
import type { House } from "./world.ts";

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
