// Whatever is done about meetings, in whatever order, while time goes on: it comes to what a plain model of them says.

import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { cell, raw } from "../../db/statement.ts";
import { hourMs, after as later } from "../../src/kernel/clock.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { type CandidateId, type MeetingId, type MemberId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { cancelMeeting, editMeeting, listMeetings, scheduleMeeting } from "../../src/meeting/actions.ts";
import { CancelMeeting, EditMeeting, ListMeetings, type Meeting, ScheduleMeeting } from "../../src/meeting/contract.ts";
import { newCandidate } from "../support/pipeline.ts";
import { newMember } from "../support/stage.ts";
import { together } from "../support/together.ts";
import { database, givenOrganization, type House, systemDeps } from "../support/world.ts";

const begin = new Date("2031-03-03T12:00:00.000Z");
const unitMs = hourMs / 2;

let house: House;
let scope: MemberScope;
beforeAll(async () => {
  house = await givenOrganization();
  const { userId, memberId, access } = house.owner;
  const organizationId = house.organization.id;
  scope = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
});

/** As the model has it; times in units from the beginning. */
type Held = {
  readonly id: MeetingId;
  title: string;
  start: number;
  end: number;
  readonly candidateId: CandidateId;
  members: readonly MemberId[];
  /** At which everybody is reminded. */
  hours: readonly number[];
  sequence: number;
  version: number;
  isCanceled: boolean;
  readonly verbs: string[];
};
type Model = { now: number; readonly held: Held[]; readonly members: MemberId[]; readonly candidates: CandidateId[] };

const step = fc.record({
  verb: fc.constantFrom(
    "schedule",
    "schedule",
    "schedule",
    "move",
    "move",
    "edit",
    "remind",
    "invite",
    "cancel",
    "wait",
  ),
  which: fc.nat({ max: 100 }),
  start: fc.integer({ min: -4, max: 40 }),
  units: fc.constantFrom(0, 1, 1, 2, 4, 48, 49),
  members: fc.subarray([0, 1, 2], { minLength: 1 }),
  isConfirmed: fc.boolean(),
  isStale: fc.constantFrom(false, false, false, true),
  waits: fc.integer({ min: 1, max: 4 }),
});
type Drawn = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Step = Omit<Drawn, "units"> & { readonly units: number };

const at = (units: number) => later(begin, units * unitMs);
const db = together(database());
const deps = ({ now }: Model) => systemDeps({ now: () => at(now), db, afterwards: () => undefined });
const nthOf = <One>(list: readonly One[], nth: number): One | undefined => list[nth % Math.max(1, list.length)];

async function begun(): Promise<Model> {
  const three = <One>(make: () => Promise<One>) => Promise.all([make(), make(), make()]);
  return {
    ...{ now: 0, held: [] },
    members: (await three(() => newMember(house, "recruiter"))).map(({ memberId }) => memberId),
    candidates: await three(() => newCandidate(house)),
  };
}

/** What it is refused with, and its facts in the order of their names; or what it comes to. */
async function outcomeOf(call: Promise<Meeting>): Promise<Meeting | string> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { meetingIds, memberIds, candidateId } = error.facts;
    if (error.reason !== "meeting_overlaps") return error.reason;
    return JSON.stringify([[...Object(meetingIds)].sort(), [...Object(memberIds)].sort(), candidateId]);
  }
}

type Wanted = Pick<Held, "start" | "end" | "candidateId"> & {
  readonly id?: MeetingId;
  readonly asked: readonly MemberId[];
};

/** The warning, if one is due. `isMet`: what the candidate has counts too. */
function warningOf({ held }: Model, { id, start, end, candidateId, asked }: Wanted, isMet: boolean): string | null {
  const others = held.filter((one) => one.id !== id && !one.isCanceled && one.start < end && one.end > start);
  const ofMembers = others.filter(({ members }) => members.some((member) => asked.includes(member)));
  const ofCandidate = others.filter((one) => isMet && one.candidateId === candidateId);
  if (ofMembers.length + ofCandidate.length === 0) return null;
  const ids = new Set([...ofMembers, ...ofCandidate].map((one) => one.id));
  const busy = asked.filter((member) => ofMembers.some(({ members }) => members.includes(member)));
  return JSON.stringify([[...ids].sort(), [...busy].sort(), ofCandidate.length > 0 ? candidateId : null]);
}

function timesRefused({ now }: Model, start: number, end: number): string | null {
  if (end - start < 1 || end - start > 48) return "meeting_length";
  return start <= now ? "meeting_in_past" : null;
}

async function schedule(model: Model, { which, start: from, units, members: nths, isConfirmed }: Step): Promise<void> {
  const [start, candidateId] = [model.now + from, nthOf(model.candidates, which) ?? newId("cnd")];
  const [end, members] = [start + units, nths.flatMap((nth) => model.members[nth] ?? [])];
  const input = ScheduleMeeting.parse({
    ...{ title: "A talk", startsAt: at(start), endsAt: at(end), candidateId, isOverlapConfirmed: isConfirmed },
    interviewers: members.map((memberId) => ({ memberId })),
  });
  const outcome = await outcomeOf(scheduleMeeting(deps(model), scope, input));
  const warning = isConfirmed ? null : warningOf(model, { start, end, candidateId, asked: members }, true);
  const refused = timesRefused(model, start, end) ?? warning;
  if (refused !== null || typeof outcome === "string") return expect(outcome).toBe(refused);
  const { id } = outcome;
  model.held.push({
    ...{ id, title: "A talk", start, end, candidateId, members, sequence: 0, version: 1, isCanceled: false },
    ...{ hours: [24, 1], verbs: ["schedule"] },
  });
}

/** What no step gets past. */
function lockedBy({ now }: Model, { start, isCanceled }: Held, isStale: boolean): string | null {
  if (isCanceled) return "meeting_canceled";
  if (now >= start) return "meeting_begun";
  return isStale ? "moved_on" : null;
}

async function edit(model: Model, { verb, which, start: from, units, members: nths, isConfirmed, isStale }: Step) {
  const one = nthOf(model.held, which);
  if (!one) return;
  const start = verb === "move" ? model.now + from : one.start;
  const end = verb === "move" ? start + units : one.end;
  const members = verb === "invite" ? nths.flatMap((nth) => model.members[nth] ?? []) : one.members;
  const title = verb === "edit" ? `Talk ${which % 2}` : one.title;
  const hours = verb === "remind" ? [1 + (units % 2)] : one.hours;
  const input = EditMeeting.parse({
    ...{ meetingId: one.id, version: one.version + (isStale ? 1 : 0), isOverlapConfirmed: isConfirmed },
    ...(verb === "move" && { startsAt: at(start), endsAt: at(end) }),
    ...(verb === "invite" && { interviewers: members.map((memberId) => ({ memberId })) }),
    ...(verb === "edit" && { title }),
    ...(verb === "remind" && { reminderHours: hours }),
  });
  const outcome = await outcomeOf(editMeeting(deps(model), scope, input));
  const isMoved = start !== one.start || end !== one.end;
  const joined = members.filter((member) => !one.members.includes(member));
  const wanted = { ...one, start, end, asked: isMoved ? members : joined };
  const refused =
    lockedBy(model, one, isStale) ??
    (isMoved ? timesRefused(model, start, end) : null) ??
    (isConfirmed ? null : warningOf(model, wanted, isMoved));
  if (refused !== null || typeof outcome === "string") return expect(outcome).toBe(refused);
  const isSame = joined.length === 0 && members.length === one.members.length && title === one.title;
  const isHeard = isMoved || !isSame;
  if (!isHeard && hours.join() === one.hours.join()) return expect(outcome.version).toBe(one.version);
  const sequence = one.sequence + (isHeard ? 1 : 0);
  Object.assign(one, { title, start, end, members, hours, version: one.version + 1, sequence });
  one.verbs.push(isMoved ? "move" : "edit");
}

async function cancel(model: Model, { which, isStale }: Step): Promise<void> {
  const one = nthOf(model.held, which);
  if (!one) return;
  const input = CancelMeeting.parse({ meetingId: one.id, version: one.version + (isStale ? 1 : 0) });
  const outcome = await outcomeOf(cancelMeeting(deps(model), scope, input));
  const refused = lockedBy(model, one, isStale);
  if (refused !== null || typeof outcome === "string") return expect(outcome).toBe(refused);
  Object.assign(one, { isCanceled: true, version: one.version + 1, sequence: one.sequence + 1 });
  one.verbs.push("cancel");
}

async function wait(model: Model, { waits }: Step): Promise<void> {
  model.now += waits;
}

const verbs = { schedule, move: edit, edit, remind: edit, invite: edit, cancel, wait };

const statusOf = ({ now }: Model, { start, end, isCanceled }: Held) => {
  if (isCanceled) return "canceled";
  return now < start ? "scheduled" : now < end ? "running" : "past";
};

/** What of the meetings is not as the model has it. */
async function faultsOf(model: Model): Promise<string[]> {
  const { held, members, candidates } = model;
  const listed = async (filter: object) => {
    const input = ListMeetings.parse({ size: 100, includeCanceled: true, ...filter });
    return (await listMeetings(deps(model), scope, input)).items;
  };
  const expected = (which: (one: Held) => boolean) =>
    held.filter(which).toSorted((one, other) => one.start - other.start || (one.id < other.id ? -1 : 1));
  const faults: string[] = [];
  const differ = (what: string, seen: unknown, wanted: unknown) => {
    const [one, other] = [JSON.stringify(seen), JSON.stringify(wanted)];
    if (one !== other) faults.push(`${what}: ${one} instead of ${other}`);
  };
  const ofCandidates = candidates.map(async (candidateId) => {
    const seen = (await listed({ candidateId })).map((one) => [
      ...[one.id, one.title, one.startsAt, one.endsAt, one.interviewers.map(({ memberId }) => memberId)],
      ...[one.reminderHours, one.sequence, one.version, one.status],
    ]);
    const wanted = expected((one) => one.candidateId === candidateId).map((one) => [
      ...[one.id, one.title, at(one.start), at(one.end), [...one.members].sort()],
      ...[one.hours, one.sequence, one.version, statusOf(model, one)],
    ]);
    differ("meetings", seen, wanted);
  });
  const ofMembers = members.map(async (memberId) => {
    const seen = (await listed({ memberId, includeCanceled: false })).map(({ id }) => id);
    const wanted = expected((one) => one.members.includes(memberId) && !one.isCanceled).map(({ id }) => id);
    differ("a member's", seen, wanted);
  });
  const ids = JSON.stringify(held.map(({ id }) => id));
  const copies = db.read({
    apart: cell<number>(
      sql`select count(*) from meeting_interviewer as i join meeting as m on m.id = i.meeting_id where m.id in (select value from json_each(${ids})) and (m.starts_at <> i.starts_at or m.ends_at <> i.ends_at)`,
    ),
  });
  await Promise.all([...ofCandidates, ...ofMembers, copies]);
  differ("copies", (await copies).apart, 0);
  return faults;
}

async function eventFaultsOf({ held }: Model): Promise<string[]> {
  const { told } = await database().read({
    told: raw(
      sql`select meeting_id, group_concat(verb) from (select meeting_id, verb from meeting_event where organization_id = ${house.organization.id} order by meeting_id, version) group by meeting_id`,
      (rows) => new Map(rows.map(([id, all]) => [String(id), String(all)])),
    ),
  });
  return held.flatMap(({ id, verbs: all }) => (told.get(id) === all.join() ? [] : [`${told.get(id)} of ${all}`]));
}

async function played(steps: readonly Step[]): Promise<Model> {
  const model = await begun();
  for (const asked of steps) {
    await verbs[asked.verb](model, asked);
    expect(await faultsOf(model)).toEqual([]);
  }
  expect(await eventFaultsOf(model)).toEqual([]);
  return model;
}

test("after every step times, people, sequence, version, status, warnings and events are the model's", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 24 }), async (steps) => void (await played(steps))),
    { numRuns: 10 },
  );
});

describe("the check is not blind", () => {
  const plain = { which: 0, units: 2, members: [0], isConfirmed: true, isStale: false, waits: 1 };
  const two = [4, 10].map((start): Step => ({ ...plain, verb: "schedule", start }));

  test.each([
    ["times", ({ held }: Model) => sql`update meeting set ends_at = ends_at + 1 where id = ${held[0]?.id}`, "meetings"],
    ["a sequence", ({ held }: Model) => sql`update meeting set sequence = 5 where id = ${held[1]?.id}`, "meetings"],
    [
      "a copy of times",
      ({ held }: Model) =>
        sql`update meeting_interviewer set starts_at = ${at(20).getTime()} where meeting_id = ${held[0]?.id}`,
      "copies",
    ],
    [
      "who takes part",
      ({ held }: Model) => sql`delete from meeting_interviewer where meeting_id = ${held[0]?.id}`,
      "a member's",
    ],
  ])("saboteur: %s", async (_, spoil, what) => {
    const model = await played(two);
    await database().write([raw(spoil(model), () => undefined)]);
    expect((await faultsOf(model)).some((fault) => fault.startsWith(what))).toBe(true);
  });

  test("saboteur: a meeting that nobody was warned of", async () => {
    const model = await played(two);
    model.held.splice(0, 1);
    await expect(schedule(model, { ...plain, verb: "schedule", start: 4, isConfirmed: false })).rejects.toThrow();
  });
});
