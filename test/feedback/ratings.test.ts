// What feedback comes to: of a meeting and of a candidate, after every change, and where many say something in the same moment.
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { candidate, feedback, meeting } from "../../db/schema/index.ts";
import { all, build, raw, run } from "../../db/statement.ts";
import { insertFeedback, ratingsFollow } from "../../src/feedback/store.ts";
import { type CandidateId, type MeetingId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { feedbackRatingOf } from "../../src/record/policy.ts";
import { begunWith, candidateRating, give, meetingRating, newPerson, type Person } from "../support/feedback.ts";
import { newCandidate } from "../support/pipeline.ts";
import { type Client, database, givenOrganization, type House, refusalOf } from "../support/world.ts";

let house: House;
/** Sees everything and takes part in nothing. */
let owner: Client;
beforeAll(async () => {
  house = await givenOrganization();
  owner = house.owner.client;
});

const times = <Result>(count: number, call: (nth: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, nth) => call(nth)));
const person = () => newPerson(house);
const begun = (people: readonly Person[], whom?: CandidateId) => begunWith(house, people, whom);
const ratingOf = (meetingId: MeetingId) => meetingRating(house.owner, meetingId);
const whomOf = async (meetingId: MeetingId) => (await owner.meeting.get.query({ meetingId })).candidate.id;

/** What is told of each meeting and of the candidate, and what the rows come to by the rule. */
async function ratingsOf(candidateId: CandidateId, meetingIds: readonly MeetingId[]) {
  const { rows } = await database().read({
    rows: all(build.select().from(feedback).where(eq(feedback.candidateId, candidateId))),
  });
  const comesTo = (of: typeof rows) => feedbackRatingOf(of.map(({ rating }) => rating));
  return {
    told: {
      candidate: (await candidateRating(house.owner, candidateId)).rating,
      meetings: await Promise.all(meetingIds.map((meetingId) => ratingOf(meetingId))),
    },
    ruled: {
      candidate: comesTo(rows),
      meetings: meetingIds.map((id) => comesTo(rows.filter(({ meetingId }) => meetingId === id))),
    },
    count: rows.length,
  };
}

describe("what it comes to", () => {
  test("follows when it is given, changed and removed, of the meeting and of all meetings with the candidate", async () => {
    const [one, other] = [await person(), await person()];
    const candidateId = await newCandidate(house);
    const [first, second] = [await begun([one, other], candidateId), await begun([one], candidateId)];
    const told = async () => (await ratingsOf(candidateId, [first, second])).told;
    const { version } = await owner.candidate.get.query({ candidateId });
    const a = await give(one, first, 4);
    expect(await told()).toEqual({ candidate: 4, meetings: [4, null] });
    const b = await give(other, first, 4.5);
    expect(await told()).toEqual({ candidate: 4.5, meetings: [4.5, null] });
    const c = await give(one, second, 1);
    expect(await told()).toEqual({ candidate: 3, meetings: [4.5, 1] });
    await other.client.feedback.edit.mutate({ feedbackId: b.id, version: 1, rating: 0 });
    expect(await told()).toEqual({ candidate: 1.5, meetings: [2, 1] });
    await other.client.feedback.edit.mutate({ feedbackId: b.id, version: 2, description: "No rating is touched." });
    expect(await told()).toEqual({ candidate: 1.5, meetings: [2, 1] });
    await one.client.feedback.remove.mutate({ feedbackId: c.id });
    expect(await told()).toEqual({ candidate: 2, meetings: [2, null] });
    await owner.candidate.edit.mutate({ candidateId, rating: 5 });
    await owner.feedback.remove.mutate({ feedbackId: a.id });
    expect(await candidateRating(house.owner, candidateId)).toEqual({ rating: 5, ratedBy: "hand" });
    await owner.candidate.edit.mutate({ candidateId, rating: null });
    expect(await candidateRating(house.owner, candidateId)).toEqual({ rating: 0, ratedBy: "feedback" });
    await other.client.feedback.remove.mutate({ feedbackId: b.id });
    expect(await candidateRating(house.owner, candidateId)).toEqual({ rating: null, ratedBy: null });
    // A version is of the steps of the record, and feedback is none.
    expect((await owner.candidate.get.query({ candidateId })).version).toBe(version);
  });

  test("is worked out by the database as the rule has it, whatever was given", async () => {
    const people = await times(20, () => person());
    const meetingId = await begun(people);
    const candidateId = await whomOf(meetingId);
    const half = fc.integer({ min: 0, max: 10 }).map((halves) => halves / 2);
    const ratings = fc.array(half, { maxLength: people.length });
    const property = fc.asyncProperty(ratings, async (given) => {
      const rows = given.map((rating, nth) => ({
        ...{ id: newId("fbk"), organizationId: house.organization.id, meetingId, candidateId, rating, description: "" },
        ...{ memberId: people[nth]?.memberId ?? newId("mem"), verdict: "undecided" as const, criteria: [], version: 1 },
        createdAt: new Date(),
      }));
      const { found } = await database().writeThenRead(
        [
          run(build.delete(feedback).where(eq(feedback.meetingId, meetingId))),
          ...(rows.length > 0 ? [run(build.insert(feedback).values(rows))] : []),
          ...ratingsFollow(scopeOf(people[0]), meetingId),
        ],
        {
          found: raw(
            sql`select ${meeting.rating}, ${candidate.feedbackRating} from ${meeting} join ${candidate} on ${candidate.id} = ${meeting.candidateId} where ${meeting.id} = ${meetingId}`,
            ([row]) => row,
          ),
        },
      );
      const rule = feedbackRatingOf(given);
      expect(found).toEqual([rule, rule]);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("goes with them when two records become one", async () => {
    const one = await person();
    const [keptId, otherId] = [await newCandidate(house), await newCandidate(house)];
    const [first, second] = [await begun([one], keptId), await begun([one], otherId)];
    await give(one, first, 5);
    const moved = await give(one, second, 2);
    expect(await owner.candidate.merge.mutate({ candidateId: keptId, otherId })).toMatchObject({ rating: 3.5 });
    const { items } = await owner.feedback.listOfCandidate.query({ candidateId: keptId });
    expect(items.map(({ meetingId }) => meetingId)).toEqual([second, first]);
    await one.client.feedback.edit.mutate({ feedbackId: moved.id, version: 1, rating: 0 });
    expect(await candidateRating(house.owner, keptId)).toEqual({ rating: 2.5, ratedBy: "feedback" });
  });

  test("stays when whoever said it leaves the organization", async () => {
    const one = await person();
    const meetingId = await begun([one]);
    await give(one, meetingId, 4);
    await owner.member.remove.mutate({ memberId: one.memberId });
    expect((await owner.feedback.list.query({ meetingId })).items).toMatchObject([
      { interviewer: { lastName: "hiring_manager" } },
    ]);
    expect(await ratingOf(meetingId)).toBe(4);
  });
});

function scopeOf(of: Person | undefined): MemberScope {
  if (!of) throw new Error("there is somebody");
  const { userId, organizationId, memberId, access } = of;
  return { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
}

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

describe("in the same moment", () => {
  test("30 interviewers of two meetings give, change and remove theirs, and it comes to what the rows say", async () => {
    const candidateId = await newCandidate(house);
    const people = await times(30, () => person());
    const meetings = [await begun(people.slice(0, 15), candidateId), await begun(people.slice(15), candidateId)];
    const meetingOf = (nth: number) => meetings[nth < 15 ? 0 : 1] ?? newId("mtg");
    const given = await times(30, async (nth) => give(people[nth] ?? house.owner, meetingOf(nth), (nth % 11) / 2));
    const after = await ratingsOf(candidateId, meetings);
    expect(after).toMatchObject({ count: 30, told: after.ruled });

    const outcomes = await raced(
      given.flatMap(({ id: feedbackId }, nth): Promise<unknown>[] => {
        const { client } = people[nth] ?? house.owner;
        if (nth % 3 === 0) return [client.feedback.remove.mutate({ feedbackId })];
        const edit = () => client.feedback.edit.mutate({ feedbackId, version: 1, rating: ((nth * 7) % 11) / 2 });
        return nth % 3 === 1 ? [edit()] : [edit(), edit()];
      }),
    );
    expect(outcomes).toEqual({ won: 30, moved_on: 10 });
    const last = await ratingsOf(candidateId, meetings);
    expect(last).toMatchObject({ count: 20, told: last.ruled });
  });

  test("saboteur: who works it out before they write ends with what the rows do not say, and the comparison says so", async () => {
    const people = await times(6, () => person());
    const meetingId = await begun(people);
    const candidateId = await whomOf(meetingId);
    const mine = people.map((one, nth) => {
      const said = { description: "", rating: nth < 3 ? 0 : 5, verdict: "undecided" as const, criteria: [] };
      return insertFeedback(scopeOf(one), { ...said, id: newId("fbk"), meetingId, createdAt: new Date() });
    });
    // Each has read what was there: nothing.
    const rating = (nth: number) => feedbackRatingOf([nth < 3 ? 0 : 5]);
    await times(mine.length, (nth) => {
      const own = mine[nth];
      if (!own) throw new Error("everybody has theirs");
      const set = run(
        build
          .update(meeting)
          .set({ rating: rating(nth) })
          .where(eq(meeting.id, meetingId)),
      );
      return database().write([own, set]);
    });
    const { told, ruled } = await ratingsOf(candidateId, [meetingId]);
    expect(ruled.meetings).toEqual([2.5]);
    expect(told).not.toEqual(ruled);
  });

  test("one interviewer who gives theirs 20 times has given it once, and one who changes it 10 times has done so once", async () => {
    const one = await person();
    const meetingId = await begun([one]);
    const calls = Array.from({ length: 20 }, (_, nth) => give(one, meetingId, (nth % 11) / 2));
    expect(await raced(calls)).toEqual({ won: 1, feedback_given: 19 });
    const { items } = await one.client.feedback.list.query({ meetingId });
    expect(items).toHaveLength(1);
    expect(await ratingOf(meetingId)).toBe(items[0]?.rating);
    const feedbackId = items[0]?.id ?? newId("fbk");
    const edits = Array.from({ length: 10 }, (_, nth) =>
      one.client.feedback.edit.mutate({ feedbackId, version: 1, rating: nth / 2 }),
    );
    expect(await raced(edits)).toEqual({ won: 1, moved_on: 9 });
    const removals = Array.from({ length: 10 }, () => one.client.feedback.remove.mutate({ feedbackId }));
    expect(await raced(removals)).toEqual({ won: 1, not_found: 9 });
    const { items: events } = await one.client.feedback.events.query({ meetingId });
    expect(events.map(({ verb }) => verb)).toEqual(["give", "edit", "remove"]);
  });

  test("two records become one while feedback on both is given: all of it is the candidate's, and counts", async () => {
    const people = await times(8, () => person());
    const [keptId, otherId] = [await newCandidate(house), await newCandidate(house)];
    const meetings = [await begun(people, keptId), await begun(people, otherId)];
    const outcomes = await raced([
      ...people.map((one, nth) => give(one, meetings[nth % 2] ?? newId("mtg"), nth / 2)),
      owner.candidate.merge.mutate({ candidateId: keptId, otherId }),
      ...people.map((one, nth) => give(one, meetings[(nth + 1) % 2] ?? newId("mtg"), nth / 2)),
    ]);
    expect(outcomes).toEqual({ won: 17 });
    const { count, told, ruled } = await ratingsOf(keptId, meetings);
    expect(count).toBe(16);
    expect(told).toEqual(ruled);
  });
});
