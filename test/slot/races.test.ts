// Many at once: 50 who pick the last time, two offers of one interviewer, and one person with two fingers.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { letter, meeting, slot } from "../../db/schema/index.ts";
import { cell, raw } from "../../db/statement.ts";
import { after as later, minuteMs } from "../../src/kernel/clock.ts";
import { type CandidateId, newId, type OfferId, type SlotId } from "../../src/kernel/ids.ts";
import { plannedMeeting } from "../../src/meeting/actions.ts";
import { candidateToMeet, houseOf, membersNamed } from "../../src/meeting/store.ts";
import { newTimes } from "../support/meeting.ts";
import { newCandidate } from "../support/pipeline.ts";
import { byLink, newOffer } from "../support/slot.ts";
import { newMember } from "../support/stage.ts";
import { type Client, database, givenOrganization, type House, refusalOf, systemDeps } from "../support/world.ts";

const callersMax = 50;

let house: House;
let people: readonly CandidateId[];
beforeAll(async () => {
  house = await givenOrganization();
  people = await Promise.all(times(callersMax, () => newCandidate(house)));
});

const times = <Result>(count: number, call: (nth: number) => Promise<Result>) =>
  Array.from({ length: count }, (_, nth) => call(nth));
const interviewer = async () => (await newMember(house, "recruiter")).memberId;

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

/** Meetings that begin then, and the letters about them. */
const madeAt = (startsAt: Date) =>
  database().read({
    meetings: cell<number>(
      sql`select count(*) from ${meeting} where ${meeting.startsAt} = ${startsAt.getTime()} and ${meeting.organizationId} = ${house.organization.id}`,
    ),
    letters: cell<number>(
      sql`select count(*) from ${letter} where ${letter.meetingId} in (select ${meeting.id} from ${meeting} where ${meeting.startsAt} = ${startsAt.getTime()} and ${meeting.organizationId} = ${house.organization.id}) and ${letter.content} ->> '$.kind' = 'meeting_scheduled'`,
    ),
  });

const crowdAt = (offerId: OfferId): Promise<Client[]> =>
  Promise.all(people.map((candidateId) => byLink(house, candidateId, offerId)));

async function lastSlot() {
  const when = newTimes();
  const memberId = await interviewer();
  const { id: offerId, slots } = await newOffer(house, [...people], memberId, { slots: [when] });
  return { when, memberId, offerId, slotId: slots[0]?.id ?? newId("slt") };
}

describe("50 who pick the last time", () => {
  test("one has it, 49 are told slot_taken: one meeting, two letters, one pick", async () => {
    const { when, offerId, slotId } = await lastSlot();
    const crowd = await crowdAt(offerId);
    const outcome = await raced(crowd.map(({ offer }) => offer.pick.mutate({ slotId })));
    expect(outcome).toEqual({ won: 1, slot_taken: callersMax - 1 });
    expect(await madeAt(when.startsAt)).toEqual({ meetings: 1, letters: 2 });
    const { slots, candidates } = await house.owner.client.offer.get.query({ offerId });
    const [picked, ...more] = candidates.filter(({ status }) => status === "picked");
    expect(more).toEqual([]);
    expect(slots).toMatchObject([{ id: slotId, status: "taken", meetingId: picked?.meetingId }]);
  });

  test("saboteur: picks that look first and write without a guard make many meetings of it, and the count says so", async () => {
    const { when, memberId, offerId, slotId } = await lastSlot();
    const organizationId = house.organization.id;
    const unguarded = async (candidateId: CandidateId) => {
      const links = { interviewId: null, refcheckId: null, offerId };
      const scope = { kind: "candidate", sessionId: newId("ses"), organizationId, candidateId, ...links } as const;
      const { isFree, candidate, organization, interviewers } = await database().read({
        isFree: cell<number>(
          sql`select count(*) from ${slot} where ${slot.id} = ${slotId} and ${slot.meetingId} is null`,
        ),
        candidate: candidateToMeet(scope, candidateId),
        organization: houseOf(scope),
        interviewers: membersNamed(scope, [memberId]),
      });
      if (isFree === 0 || !candidate || !organization) return;
      const { id, sentence } = await plannedMeeting(systemDeps(), scope, {
        ...{ title: "A talk", description: "", ...when, timeZone: "UTC", location: null, url: null, reminderHours: [] },
        ...{ candidate, organization, interviewers, createdBy: memberId, requestKey: null, ifTaken: null },
      });
      await database().write([
        raw(sql`update ${slot} set meeting_id = ${id} where id = ${slotId}`, () => undefined),
        ...sentence,
      ]);
    };
    await Promise.all(people.slice(0, 10).map(unguarded));
    expect((await madeAt(when.startsAt)).meetings).toBeGreaterThan(1);
  });
});

test("20 who pick among five times, each another if theirs is gone: five have one, all different", async () => {
  const slots = [newTimes(), newTimes(), newTimes(), newTimes(), newTimes()];
  const some = people.slice(0, 20);
  const { id: offerId } = await newOffer(house, [...some], await interviewer(), { slots });
  const untilOne = async (candidateId: CandidateId): Promise<SlotId | null> => {
    const { offer } = await byLink(house, candidateId, offerId);
    for (;;) {
      const [next] = (await offer.own.query({ offerId })).slots;
      if (!next) return null;
      const picked = await offer.pick.mutate({ slotId: next.id }).catch(async (error: unknown) => {
        expect((await refusalOf(Promise.reject(error))).reason).toBe("slot_taken");
        return null;
      });
      if (picked) return picked.picked?.slotId ?? null;
    }
  };
  const had = (await Promise.all(some.map(untilOne))).filter((slotId) => slotId !== null);
  expect(had).toHaveLength(slots.length);
  expect(new Set(had).size).toBe(slots.length);
});

test("two offers of one interviewer, at times that overlap, picked in one moment: one is a meeting", async () => {
  const memberId = await interviewer();
  const { startsAt, endsAt } = newTimes();
  const halfLater = { startsAt: later(startsAt, 30 * minuteMs), endsAt: later(endsAt, 30 * minuteMs) };
  const pairs = await Promise.all(
    [{ startsAt, endsAt }, halfLater].map(async (when, nth) => {
      const candidateId = people[nth] ?? newId("cnd");
      const { id: offerId, slots } = await newOffer(house, [candidateId], memberId, { slots: [when] });
      return { offer: (await byLink(house, candidateId, offerId)).offer, slotId: slots[0]?.id ?? newId("slt") };
    }),
  );
  const outcome = await raced(pairs.map(({ offer, slotId }) => offer.pick.mutate({ slotId })));
  expect(outcome).toEqual({ won: 1, slot_taken: 1 });
});

test("one person who picks all of them at once has one; who presses one time ten times has it, once", async () => {
  const candidateId = await newCandidate(house);
  const slots = [newTimes(), newTimes(), newTimes(), newTimes()];
  const made = await newOffer(house, [candidateId], await interviewer(), { slots });
  const { offer } = await byLink(house, candidateId, made.id);
  const all = await raced(made.slots.map(({ id: slotId }) => offer.pick.mutate({ slotId })));
  expect(all).toEqual({ won: 1, slot_picked: slots.length - 1 });
  const other = await newCandidate(house);
  const when = newTimes();
  const one = await newOffer(house, [other], await interviewer(), { slots: [when] });
  const slotId = one.slots[0]?.id ?? newId("slt");
  const mine = await byLink(house, other, one.id);
  expect(await raced(times(10, () => mine.offer.pick.mutate({ slotId })))).toEqual({ won: 10 });
  expect((await madeAt(when.startsAt)).meetings).toBe(1);
});

test("closed in the moment in which somebody picks: either they have it, or it is closed to them", async () => {
  for (const candidateId of people.slice(0, 6)) {
    const when = newTimes();
    const made = await newOffer(house, [candidateId], await interviewer(), { slots: [when] });
    const { offer } = await byLink(house, candidateId, made.id);
    const picking = offer.pick.mutate({ slotId: made.slots[0]?.id ?? newId("slt") });
    const [outcome] = await Promise.all([
      raced([picking]),
      house.owner.client.offer.close.mutate({ offerId: made.id }),
    ]);
    const { meetings } = await madeAt(when.startsAt);
    expect(outcome).toEqual(meetings === 1 ? { won: 1 } : { offer_closed: 1 });
  }
});
