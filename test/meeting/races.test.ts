// Many at once: one interviewer or one candidate whom 30 want at the same hour, one meeting that 30 move, one key that 10 send.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { meeting, meetingInterviewer } from "../../db/schema/index.ts";
import { cell } from "../../db/statement.ts";
import { hourMs, after as later } from "../../src/kernel/clock.ts";
import { type CandidateId, type MemberId, newId } from "../../src/kernel/ids.ts";
import { plannedMeeting } from "../../src/meeting/actions.ts";
import { candidateToMeet, houseOf, membersNamed } from "../../src/meeting/store.ts";
import { newTimes } from "../support/meeting.ts";
import { newCandidate } from "../support/pipeline.ts";
import { newMember } from "../support/stage.ts";
import { database, givenOrganization, type House, refusalOf, systemDeps } from "../support/world.ts";

const callersMax = 30;

let house: House;
let people: readonly CandidateId[];
beforeAll(async () => {
  house = await givenOrganization();
  people = await Promise.all(times(callersMax, () => newCandidate(house)));
});

const api = () => house.owner.client.meeting;
const interviewer = async () => (await newMember(house, "recruiter")).memberId;
const person = (nth: number) => people[nth] ?? newId("cnd");
const times = <Result>(count: number, call: (nth: number) => Promise<Result>) =>
  Array.from({ length: count }, (_, nth) => call(nth));

/** How many went through, and how often each refusal was answered. */
async function raced(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const settled = await Promise.allSettled(calls);
  const outcomes = await Promise.all(
    settled.map((one) =>
      one.status === "fulfilled" ? "won" : refusalOf(Promise.reject(one.reason)).then(({ reason }) => reason),
    ),
  );
  return Object.fromEntries(
    [...Map.groupBy(outcomes, (outcome) => outcome)].map(([outcome, all]) => [outcome, all.length]),
  );
}

type When = ReturnType<typeof newTimes>;
const schedule = (candidateId: CandidateId, memberId: MemberId, when: When, over: object = {}) =>
  api().schedule.mutate({ title: "A talk", ...when, candidateId, interviewers: [{ memberId }], ...over });

describe("30 who want the same hour", () => {
  test("of one interviewer: one has it, and everybody else is warned of that very meeting", async () => {
    const [memberId, when] = [await interviewer(), newTimes()];
    const calls = times(callersMax, (nth) => schedule(person(nth), memberId, when));
    expect(await raced(calls)).toEqual({ won: 1, meeting_overlaps: callersMax - 1 });
    const settled = await Promise.allSettled(calls);
    const [won] = settled.flatMap((one) => (one.status === "fulfilled" ? one.value.id : []));
    const lost = settled.flatMap((one) => (one.status === "rejected" ? [Promise.reject(one.reason)] : []));
    const facts = (await Promise.all(lost.map(refusalOf))).map((refusal) => refusal.facts);
    expect(facts).toEqual(lost.map(() => ({ meetingIds: [won], memberIds: [memberId], candidateId: null })));
  });

  test("of one candidate, each with another interviewer", async () => {
    const [candidateId, when] = [await newCandidate(house), newTimes()];
    const members = await Promise.all(times(6, interviewer));
    const calls = members.map((memberId) => schedule(candidateId, memberId, when));
    expect(await raced(calls)).toEqual({ won: 1, meeting_overlaps: members.length - 1 });
  });

  test("in a row, each an hour long and half an hour apart: no two of those who have theirs are in each other's way", async () => {
    const [memberId, { startsAt }] = [await interviewer(), newTimes()];
    const at = (nth: number) => later(startsAt, (nth % 10) * (hourMs / 2));
    const calls = times(callersMax, (nth) =>
      schedule(person(nth), memberId, { startsAt: at(nth), endsAt: later(at(nth), hourMs) }),
    );
    const { won = 0, meeting_overlaps = 0 } = await raced(calls);
    expect(won + meeting_overlaps).toBe(callersMax);
    const settled = await Promise.all(calls.map((call) => call.catch(() => null)));
    const starts = settled.flatMap((one) => one?.startsAt.getTime() ?? []).sort((one, other) => one - other);
    expect(starts.every((start, nth) => nth === 0 || start - (starts[nth - 1] ?? 0) >= hourMs)).toBe(true);
    expect(won).toBeGreaterThanOrEqual(3);
  });

  test("by moving to it: one comes there", async () => {
    const [memberId, when] = [await interviewer(), newTimes()];
    const made = await Promise.all(times(8, (nth) => schedule(person(nth), memberId, newTimes())));
    const calls = made.map(({ id: meetingId }) => api().edit.mutate({ meetingId, version: 1, ...when }));
    expect(await raced(calls)).toEqual({ won: 1, meeting_overlaps: made.length - 1 });
  });

  test("all have it where they confirm, and one meeting where they send one key", async () => {
    const [memberId, when] = [await interviewer(), newTimes()];
    const confirmed = times(5, (nth) => schedule(person(nth), memberId, when, { isOverlapConfirmed: true }));
    expect(await raced(confirmed)).toEqual({ won: 5 });
    const over = { requestKey: newId("mtg") };
    const next = newTimes();
    const twins = await Promise.all(times(10, () => schedule(person(0), memberId, next, over)));
    expect(new Set(twins.map(({ id }) => id)).size).toBe(1);
  });

  test("saboteur: a write that does not say that nobody overlaps has many winners, and the count says so", async () => {
    const [memberId, when] = [await interviewer(), newTimes()];
    const { userId, access, memberId: by } = house.owner;
    const organizationId = house.organization.id;
    const scope = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId: by, access } as const;
    const unguarded = async (nth: number) => {
      const { candidate, organization, interviewers } = await database().read({
        candidate: candidateToMeet(scope, person(nth)),
        organization: houseOf(scope),
        interviewers: membersNamed(scope, [memberId]),
      });
      if (!candidate || !organization) throw new Error("they are there");
      const { sentence } = await plannedMeeting(systemDeps(), scope, {
        ...{ title: "A talk", description: "", ...when, timeZone: "UTC", location: null, url: null, reminderHours: [] },
        ...{ candidate, organization, interviewers, createdBy: by, requestKey: null, ifTaken: null },
      });
      await database().write(sentence);
    };
    expect(await raced(times(5, unguarded))).not.toEqual({ won: 1, meeting_overlaps: 4 });
  });
});

describe("30 who change one meeting", () => {
  test("one of them does, each round, and the others are told that it has moved on", async () => {
    const { id: meetingId } = await schedule(person(0), await interviewer(), newTimes());
    for (const version of [1, 2, 3]) {
      const move = () => api().edit.mutate({ meetingId, version, ...newTimes() });
      expect(await raced(times(callersMax, move))).toEqual({ won: 1, moved_on: callersMax - 1 });
    }
    const { items } = await api().events.query({ meetingId });
    expect(items.map(({ version, verb }) => [version, verb])).toEqual([
      ...[[1, "schedule"], ...[2, 3, 4].map((version) => [version, "move"])],
    ]);
    const { startsAt, sequence } = await api().get.query({ meetingId });
    expect(sequence).toBe(3);
    expect(items.at(-1)?.startsAt).toEqual(startsAt);
    const { apart } = await database().read({
      apart: cell<number>(
        sql`select count(*) from ${meetingInterviewer} join ${meeting} on ${meeting.id} = ${meetingInterviewer.meetingId} where ${meeting.organizationId} = ${house.organization.id} and (${meeting.startsAt} <> ${meetingInterviewer.startsAt} or ${meeting.endsAt} <> ${meetingInterviewer.endsAt})`,
      ),
    });
    expect(apart).toBe(0);
  });

  test("moved and canceled in the same moment, one of the two happened", async () => {
    for (const _ of [1, 2, 3]) {
      const { id: meetingId } = await schedule(person(0), await interviewer(), newTimes());
      const calls = times(10, (nth): Promise<unknown> => {
        if (nth % 2 === 0) return api().cancel.mutate({ meetingId, version: 1 });
        return api().edit.mutate({ meetingId, version: 1, ...newTimes() });
      });
      const { won, moved_on = 0, meeting_canceled = 0 } = await raced(calls);
      expect({ won, lost: moved_on + meeting_canceled }).toEqual({ won: 1, lost: 9 });
      expect((await api().events.query({ meetingId })).items).toHaveLength(2);
    }
  });

  test("somebody who leaves the organization while they are made an interviewer: they are none, or were one first", async () => {
    for (const nth of [1, 2, 3]) {
      const memberId = await interviewer();
      const [left, made] = await Promise.allSettled([
        house.owner.client.member.remove.mutate({ memberId }),
        schedule(person(nth), memberId, newTimes()),
      ]);
      expect(left.status).toBe("fulfilled");
      if (made.status === "rejected")
        expect(await refusalOf(Promise.reject(made.reason))).toMatchObject({ reason: "not_found" });
      else expect(made.value.interviewers).toMatchObject([{ memberId }]);
    }
  });
});
