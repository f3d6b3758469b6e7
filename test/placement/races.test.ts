// Many at once: one card that 50 people move, one place where 50 are put, one person whom 50 put, a stage that is left out meanwhile.
import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { placement } from "../../db/schema/index.ts";
import { build, cell, run } from "../../db/statement.ts";
import type { PlacementId } from "../../src/kernel/ids.ts";
import { givenPipeline, newCandidate } from "../support/pipeline.ts";
import { database, givenOrganization, type House, refusalOf } from "../support/world.ts";

const callersMax = 50;

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});

const api = () => house.owner.client;
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

async function givenPlaced() {
  const { id: pipelineId, version, stages } = await givenPipeline(house);
  const subject = { kind: "candidate" as const, candidateId: await newCandidate(house) };
  const placed = await api().placement.put.mutate({ pipelineId, subject });
  return { pipelineId, version, stages, placed, subject };
}

const eventsOf = async (placementId: PlacementId) => (await api().placement.events.query({ placementId })).items;

describe("50 people who move one card", () => {
  test("one of them does, each round, and the others are told that it has moved on", async () => {
    const { stages, placed } = await givenPlaced();
    for (const version of [1, 2, 3]) {
      const move = (nth: number) =>
        api().placement.move.mutate({ placementId: placed.id, version, stageId: stages[nth % stages.length]?.id });
      expect(await raced(times(callersMax, move))).toEqual({ won: 1, moved_on: callersMax - 1 });
    }
    expect((await eventsOf(placed.id)).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });

  test("moved and taken out in the same moment, one of the two happened", async () => {
    for (const _ of [1, 2, 3]) {
      const { stages, placed } = await givenPlaced();
      const asked = { placementId: placed.id, version: 1 };
      const calls = times(20, (nth): Promise<unknown> => {
        if (nth % 2 === 0) return api().placement.remove.mutate(asked);
        return api().placement.move.mutate({ ...asked, stageId: stages[1]?.id });
      });
      const { won, moved_on = 0, not_found = 0 } = await raced(calls);
      expect({ won, lost: moved_on + not_found }).toEqual({ won: 1, lost: 19 });
      expect(await eventsOf(placed.id)).toHaveLength(2);
    }
  });

  test("saboteur: a move without a guard has many winners, and the count says so", async () => {
    const { stages, placed } = await givenPlaced();
    const unguarded = (nth: number) =>
      database().write([
        run(
          build
            .update(placement)
            .set({ stageId: stages[nth % stages.length]?.id, version: sql`${placement.version} + 1` })
            .where(eq(placement.id, placed.id)),
        ),
      ]);
    expect(await raced(times(10, unguarded))).not.toEqual({ won: 1, moved_on: 9 });
  });
});

test("50 who are put last in the same moment all stand there, each at a place of their own", async () => {
  const { id: pipelineId, stages } = await givenPipeline(house);
  const people = await Promise.all(times(callersMax, () => newCandidate(house)));
  const put = (nth: number) =>
    api().placement.put.mutate({ pipelineId, subject: { kind: "candidate", candidateId: people[nth] ?? "cnd_" } });
  expect(await raced(times(callersMax, put))).toEqual({ won: callersMax });
  const { ranks } = await database().read({
    ranks: cell<number>(
      sql`select count(distinct ${placement.rank}) from ${placement} where ${placement.stageId} = ${stages[0]?.id}`,
    ),
  });
  expect(ranks).toBe(callersMax);
});

test("one person whom 50 put in a pipeline stands there once, and everybody else is told where", async () => {
  const { id: pipelineId } = await givenPipeline(house);
  const subject = { kind: "candidate" as const, candidateId: await newCandidate(house) };
  const put = () => api().placement.put.mutate({ pipelineId, subject });
  expect(await raced(times(callersMax, put))).toEqual({ won: 1, already_placed: callersMax - 1 });
});

test("a stage that is left out while somebody is moved into it: it goes, or they stand in it", async () => {
  for (const _ of [1, 2, 3, 4]) {
    const { pipelineId, version, stages, placed } = await givenPlaced();
    const [first, second] = stages;
    const { won } = await raced([
      api().pipeline.setStages.mutate({ pipelineId, version, stages: [{ id: first?.id, name: "Only", index: 0 }] }),
      api().placement.move.mutate({ placementId: placed.id, version: 1, stageId: second?.id }),
    ]);
    expect(won).toBe(1);
    const { stages: left } = await api().pipeline.board.query({ pipelineId });
    const standing = left.flatMap(({ placements }) => placements.items.map(({ id }) => id));
    expect(standing).toEqual([placed.id]);
  }
});
