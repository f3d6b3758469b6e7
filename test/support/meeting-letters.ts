// A meeting and its steps, written as its slice would: the row, who takes part, and the letters, in one write.
import { and, eq, inArray, sql } from "drizzle-orm";
import { candidate, letter, meeting, meetingInterviewer, member, user } from "../../db/schema/index.ts";
import { all, build, first, run } from "../../db/statement.ts";
import { hourMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { type CandidateId, type MeetingId, type MemberId, newId } from "../../src/kernel/ids.ts";
import { type AboutMeeting, lettersOfMeeting, type MeetingStep } from "../../src/meeting-notice/actions.ts";
import { database, type House, lettersTo, newEmail, systemDeps } from "./world.ts";

type Times = { readonly startsAt: Date; readonly endsAt?: Date };
type Planned = Times & {
  readonly interviewers: readonly { readonly memberId: MemberId }[];
  readonly reminderHours?: readonly number[];
  readonly candidateId?: CandidateId;
};

export type Given = { readonly meetingId: MeetingId; readonly candidateId: CandidateId; readonly email: string };

/** A candidate whose day is in New York. */
export async function givenRecord(house: House): Promise<{ id: CandidateId; email: string }> {
  const user = { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" };
  const { id } = await house.owner.client.candidate.create.mutate({ user, timeZone: "America/New_York" });
  return { id, email: user.email };
}

/** The meeting as a step of its own slice would have read it. */
export async function aboutMeeting(house: House, meetingId: MeetingId): Promise<AboutMeeting> {
  const { row, interviewers } = await database().read({
    row: first(
      build
        .select({ meeting, candidate })
        .from(meeting)
        .innerJoin(candidate, eq(candidate.id, meeting.candidateId))
        .where(eq(meeting.id, meetingId)),
    ),
    interviewers: all(
      build
        .select({
          memberId: member.id,
          email: user.email,
          firstName: user.firstName,
          lastName: user.lastName,
          language: user.language,
          timeZone: user.timeZone,
        })
        .from(meetingInterviewer)
        .innerJoin(member, eq(member.id, meetingInterviewer.memberId))
        .innerJoin(user, eq(user.id, member.userId))
        .where(eq(meetingInterviewer.meetingId, meetingId)),
    ),
  });
  if (!row) throw new Error("the meeting is there");
  return { ...row, interviewers, organization: { name: house.organization.name, senderName: house.organization.name } };
}

const interviewing = (house: House, meetingId: MeetingId, memberIds: readonly MemberId[], times: Required<Times>) =>
  memberIds.map((memberId) =>
    run(
      build.insert(meetingInterviewer).values({ meetingId, memberId, organizationId: house.organization.id, ...times }),
    ),
  );

async function told(house: House, meetingId: MeetingId, step: MeetingStep, deps: Deps) {
  const about = await aboutMeeting(house, meetingId);
  await database().write(await lettersOfMeeting(deps, step, about));
}

export async function scheduled(house: House, planned: Planned, deps = systemDeps()): Promise<Given> {
  const { startsAt, endsAt = plus(startsAt, hourMs), interviewers, reminderHours = [24, 1] } = planned;
  const { id: candidateId, email } =
    planned.candidateId === undefined ? await givenRecord(house) : { id: planned.candidateId, email: "" };
  const meetingId = newId("mtg");
  await database().write([
    run(
      build.insert(meeting).values({
        ...{ id: meetingId, organizationId: house.organization.id, candidateId, startsAt, endsAt, reminderHours },
        ...{ title: "Technical interview", description: "Bring a laptop.", timeZone: "Europe/Amsterdam" },
        ...{ location: null, url: "https://meet.example.com/room", sequence: 0, version: 1 },
        ...{ createdBy: house.owner.memberId, createdAt: deps.now() },
      }),
    ),
    ...interviewing(
      house,
      meetingId,
      interviewers.map(({ memberId }) => memberId),
      { startsAt, endsAt },
    ),
  ]);
  await told(house, meetingId, { verb: "schedule" }, deps);
  return { meetingId, candidateId, email };
}

type Changed = {
  readonly startsAt?: Date;
  readonly joins?: { readonly memberId: MemberId };
  readonly leaves?: { readonly memberId: MemberId };
};

/** Moved, with other interviewers, or with nothing of that: another title. */
export async function changed(
  house: House,
  { meetingId }: Given,
  { startsAt, joins, leaves }: Changed = {},
  deps = systemDeps(),
): Promise<void> {
  const before = await aboutMeeting(house, meetingId);
  const start = startsAt ?? before.meeting.startsAt;
  const times = { startsAt: start, endsAt: plus(start, hourMs) };
  const left = before.interviewers.filter(({ memberId }) => memberId === leaves?.memberId);
  const joined = joins === undefined ? [] : [joins.memberId];
  const isOne = eq(meetingInterviewer.meetingId, meetingId);
  const gone = left.map(({ memberId }) => memberId);
  await database().write([
    run(
      build
        .update(meeting)
        .set({ ...times, sequence: sql`sequence + 1`, version: sql`version + 1` })
        .where(eq(meeting.id, meetingId)),
    ),
    run(build.update(meetingInterviewer).set(times).where(isOne)),
    run(build.delete(meetingInterviewer).where(and(isOne, inArray(meetingInterviewer.memberId, gone)))),
    ...interviewing(house, meetingId, joined, times),
  ]);
  await told(house, meetingId, { verb: "change", isMoved: startsAt !== undefined, joined, left }, deps);
}

export async function canceled(house: House, { meetingId }: Given, why: string | null, deps = systemDeps()) {
  const isOver = { canceledAt: deps.now(), sequence: sql`sequence + 1`, version: sql`version + 1` };
  await database().write([run(build.update(meeting).set(isOver).where(eq(meeting.id, meetingId)))]);
  await told(house, meetingId, { verb: "cancel", why }, deps);
}

/** In the order in which they were promised, as `kind status`. */
export async function promisedTo(email: string, { meetingId }: Given): Promise<string[]> {
  const { rows } = await database().read({
    rows: all(
      build
        .select()
        .from(letter)
        .where(and(eq(letter.to, email), eq(letter.meetingId, meetingId)))
        .orderBy(letter.id),
    ),
  });
  return rows.map(({ content, status }) => `${content.kind.replace("meeting_", "")} ${status}`);
}

/** The subjects of what reached them, oldest first, up to the title of the meeting. */
export async function subjectsTo(email: string): Promise<string[]> {
  return (await lettersTo(email)).flatMap(({ subject }) => /^(\w[\w ]*): Technical interview/.exec(subject)?.[1] ?? []);
}
