// Lists of meetings against a plain model of them: both ways, by any filters, to whoever asks, in pages that end before they are full and
// pages that do not; and what a page and a warning cost, as the database counts it.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { dayMs, hourMs, after as later } from "../../src/kernel/clock.ts";
import { type CandidateId, type MeetingId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { listMeetings } from "../../src/meeting/actions.ts";
import { ListMeetings } from "../../src/meeting/contract.ts";
import { type ListAsked, overlapsOf, listMeetings as statementsOf } from "../../src/meeting/store.ts";
import { insertMany } from "../support/many.ts";
import { rowsRead } from "../support/rows-read.ts";
import { type Membership, newMember } from "../support/stage.ts";
import { database, givenOrganization, type House, refusalOf, systemDeps } from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");

type Held = {
  readonly id: MeetingId;
  /** Hours from noon. */
  readonly start: number;
  readonly candidate: number;
  readonly members: readonly number[];
  readonly isCanceled: boolean;
};
type Scene = {
  readonly house: House;
  readonly candidates: readonly CandidateId[];
  /** A recruiter and two hiring managers. */
  readonly members: readonly [Membership, Membership, Membership];
};

async function given(candidateCount = 3): Promise<Scene> {
  const house = await givenOrganization();
  const candidates = Array.from({ length: candidateCount }, () => newId("cnd"));
  const rows = candidates.map((id) => ({
    ...{ id, organization_id: house.organization.id, email: `${id}@example.com`, created_at: 0 },
    ...{ first_name: "N", last_name: "N", language: "en", time_zone: "UTC" },
  }));
  await database().write(insertMany("candidate", rows));
  const members = [
    await newMember(house, "recruiter"),
    await newMember(house, "hiring_manager"),
    await newMember(house, "hiring_manager"),
  ] as const;
  return { house, candidates, members };
}

async function insert({ house, candidates, members }: Scene, held: readonly Held[]): Promise<void> {
  const of = { organization_id: house.organization.id };
  const times = ({ start }: Held) => ({
    starts_at: later(noon, start * hourMs).getTime(),
    ends_at: later(noon, (start + 1) * hourMs).getTime(),
  });
  await database().write([
    ...insertMany(
      "meeting",
      held.map((one) => ({
        ...{ ...of, ...times(one), id: one.id, candidate_id: candidates[one.candidate] ?? null, title: "A talk" },
        ...{ description: "", time_zone: "UTC", reminder_hours: "[]", sequence: 0, version: 1 },
        ...{ created_by: house.owner.memberId, created_at: 0, canceled_at: one.isCanceled ? 0 : null },
      })),
    ),
    ...insertMany(
      "meeting_interviewer",
      held.flatMap((one) =>
        one.members.map((nth) => ({
          ...{ ...of, ...times(one), meeting_id: one.id, member_id: members[nth]?.memberId ?? null },
        })),
      ),
    ),
  ]);
}

const scopeOf = (membership: Membership): MemberScope => ({ kind: "member", sessionId: newId("ses"), ...membership });

describe("pages, to whoever asks", () => {
  let scene: Scene;
  let held: readonly Held[];
  beforeAll(async () => {
    scene = await given();
    // Many of the same instant; the second hiring manager meets one candidate, once, and long ago.
    held = Array.from({ length: 60 }, (_, nth) => ({
      ...{ id: newId("mtg"), start: (nth * 7) % 12, candidate: nth % 2, isCanceled: nth % 4 === 1 },
      members: [0, 1, 2].filter((who) => (nth + who) % (who + 2) === 0 && who < 2),
    }));
    held = [...held, { id: newId("mtg"), start: -50, candidate: 2, members: [2], isCanceled: false }];
    await insert(scene, held);
  });

  const asking = fc.record({
    who: fc.nat({ max: 2 }),
    candidate: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 1 }),
    member: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 1 }),
    from: fc.option(fc.constantFrom(-50, 0, 5, 13), { nil: undefined }),
    to: fc.option(fc.constantFrom(-49, 1, 6, 20), { nil: undefined }),
    includeCanceled: fc.boolean(),
    direction: fc.constantFrom("asc", "desc"),
    size: fc.integer({ min: 2, max: 9 }),
    looksMax: fc.constantFrom(2, 5, 20, 1_000),
  });
  type Drawn = typeof asking extends fc.Arbitrary<infer Value> ? Value : never;
  type Asking = Omit<Drawn, "looksMax"> & { readonly looksMax: number };

  function expected({ who, candidate, member, from, to, includeCanceled, direction }: Asking): MeetingId[] {
    const sees = (one: Held) =>
      who === 0 || held.some(({ candidate: other, members }) => other === one.candidate && members.includes(who));
    const meant = held.filter(
      (one) =>
        sees(one) &&
        (candidate === undefined || one.candidate === candidate) &&
        (member === undefined || one.members.includes(member)) &&
        (from === undefined || one.start >= from) &&
        (to === undefined || one.start < to) &&
        (includeCanceled || !one.isCanceled),
    );
    const upwards = meant.toSorted((one, other) => one.start - other.start || (one.id < other.id ? -1 : 1));
    return (direction === "asc" ? upwards : upwards.toReversed()).map(({ id }) => id);
  }

  const deps = systemDeps({ now: () => noon });

  async function walked(asked: Asking) {
    const { who, candidate, member, from, to, looksMax, includeCanceled, direction, size } = asked;
    const scope = scopeOf(scene.members[who] ?? scene.members[0]);
    const filters = {
      ...{ includeCanceled, direction, size },
      ...(candidate !== undefined && { candidateId: scene.candidates[candidate] }),
      ...(member !== undefined && { memberId: scene.members[member]?.memberId }),
      ...(from !== undefined && { startsFrom: later(noon, from * hourMs) }),
      ...(to !== undefined && { startsTo: later(noon, to * hourMs) }),
    };
    const ids: MeetingId[] = [];
    let early = 0;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const input = ListMeetings.parse({ ...filters, ...(cursor && { cursor }) });
      const { items, nextCursor } = await listMeetings(deps, scope, input, { looksMax });
      expect(items.length).toBeLessThanOrEqual(size);
      if (nextCursor !== null && items.length < size) early += 1;
      ids.push(...items.map(({ id }) => id));
      cursor = nextCursor;
    }
    return { ids, early };
  }

  test("come to the whole in order, nothing missed and nothing twice, also where they end before they are full", async () => {
    let early = 0;
    await fc.assert(
      fc.asyncProperty(asking, async (asked) => {
        const found = await walked(asked);
        expect(found.ids).toEqual(expected(asked));
        early += found.early;
      }),
      { numRuns: 60 },
    );
    expect(early).toBeGreaterThan(5);
  }, 60_000);

  test("tell another organization nothing, not even where they stop", async () => {
    const stranger = await givenOrganization();
    const scope = scopeOf({ ...stranger.owner, organizationId: stranger.organization.id });
    for (const filter of [{ candidateId: scene.candidates[0] }, { memberId: scene.members[0].memberId }]) {
      const asked = ListMeetings.parse({ ...filter, includeCanceled: true });
      const nothing = { items: [], nextCursor: null };
      expect(await listMeetings(deps, scope, asked, { looksMax: 2 })).toEqual(nothing);
      expect((await listMeetings(deps, scopeOf(scene.members[0]), asked, { looksMax: 2 })).nextCursor).not.toBeNull();
    }
  });

  test("stay right while meetings come in before and behind", async () => {
    const { house } = scene;
    const scope = scopeOf(scene.members[0]);
    const asked = { size: 10, includeCanceled: true };
    const first = await listMeetings(deps, scope, ListMeetings.parse(asked));
    const more: Held[] = [-60, 40].map((start) => ({
      id: newId("mtg"),
      start,
      candidate: 0,
      members: [],
      isCanceled: false,
    }));
    await insert(scene, more);
    const cursor = first.nextCursor ?? "";
    const rest = await listMeetings(deps, scope, ListMeetings.parse({ ...asked, size: 100, cursor }));
    held = [...held, ...more];
    const all = {
      who: 0,
      candidate: undefined,
      member: undefined,
      from: undefined,
      to: undefined,
      size: 1,
      looksMax: 1,
    };
    const whole = expected({ ...all, includeCanceled: true, direction: "asc" });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(whole.slice(1));
    const { client } = house.owner;
    const other = client.meeting.list.query({ direction: "desc", cursor });
    expect(await refusalOf(other)).toMatchObject({ reason: "bad_input", facts: { field: "cursor" } });
  });
});

describe("cost: of 10,000 meetings nothing reads more than of 500", () => {
  const sizes = { small: 500, large: 10_000 };
  const looksMax = 50;
  let scenes: Readonly<Record<keyof typeof sizes, Scene>>;

  /** One a day, five with each candidate; some canceled; the first hiring manager takes part in a fiftieth, the second in none. */
  async function arranged(count: number): Promise<Scene> {
    const scene = await given(count / 5);
    const held = Array.from({ length: count }, (_, nth) => ({
      ...{ id: newId("mtg"), start: nth * 24, candidate: Math.floor(nth / 5), isCanceled: nth % 20 === 6 },
      members: nth % 50 === 0 ? [0, 1] : [0],
    }));
    for (let from = 0; from < count; from += 2_500) await insert(scene, held.slice(from, from + 2_500));
    return scene;
  }
  beforeAll(async () => {
    scenes = { small: await arranged(sizes.small), large: await arranged(sizes.large) };
  }, 60_000);

  const asked: ListAsked = {
    ...({ includeCanceled: false, direction: "asc", take: 11, looksMax } as const),
    ...{ above: { startsAt: later(noon, 100 * dayMs).getTime(), id: "" }, below: { startsAt: 8e15, id: "" } },
  };
  type Ask = (scene: Scene) => Parameters<typeof rowsRead>[0];
  const page =
    (who: 0 | 1 | 2, filter: (scene: Scene) => object = () => ({})): Ask =>
    (scene) =>
      Object.values(statementsOf(scopeOf(scene.members[who]), { ...asked, ...filter(scene) }));
  const day = later(noon, 200 * dayMs);
  const asks: Readonly<Record<string, Ask>> = {
    "a page of all": page(0),
    "a page of all, downwards": page(0, () => ({ direction: "desc" })),
    "a page of all with those that were canceled": page(0, () => ({ includeCanceled: true })),
    "a page of a candidate's": page(0, ({ candidates }) => ({ candidateId: candidates[25] })),
    "a page of a member's": page(0, ({ members }) => ({ memberId: members[0].memberId })),
    "a page of both, who never meet": page(0, ({ members, candidates }) => ({
      ...{ memberId: members[1].memberId, candidateId: candidates[25] },
    })),
    "a page to who sees some": page(1),
    "a page to who sees none": page(2),
    "a warning": ({ house, candidates, members }) => [
      overlapsOf(scopeOf({ ...members[0], organizationId: house.organization.id }), {
        ...{ startsAt: day, endsAt: later(day, hourMs), memberIds: [members[0].memberId] },
        candidateId: candidates[40] ?? null,
      }),
    ],
  };

  async function timesAsMany(ask: Ask): Promise<number> {
    const [fewer, more] = await Promise.all([rowsRead(ask(scenes.small)), rowsRead(ask(scenes.large))]);
    expect(fewer).toBeGreaterThan(0);
    return more / fewer;
  }

  test.each(Object.entries(asks))("%s", async (_, ask) => {
    expect(await timesAsMany(ask)).toBeLessThanOrEqual(1.2);
  });

  test("saboteur: a walk without an end is seen", async () => {
    expect(await timesAsMany(page(2, () => ({ looksMax: 100_000 })))).toBeGreaterThan(1.2);
  });
});
