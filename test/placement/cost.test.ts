// What a board and what belongs to it cost, as the database counts it: rows read. The same number of 20,000 placements as of 200.
import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { raw, type Statement } from "../../db/statement.ts";
import { hourMs } from "../../src/kernel/clock.ts";
import { newId, type PipelineId, type PlacementId, type StageId } from "../../src/kernel/ids.ts";
import { rankBetween } from "../../src/kernel/rank.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { inUseBut } from "../../src/pipeline/store.ts";
import * as store from "../../src/placement/store.ts";
import { insertMany } from "../support/many.ts";
import { givenPipeline } from "../support/pipeline.ts";
import { rowsRead } from "../support/rows-read.ts";
import { type Client, database, givenOrganization } from "../support/world.ts";

const sizes = { small: 200, large: 20_000 };
const most = 1.2;

type Scene = {
  readonly client: Client;
  readonly scope: MemberScope;
  readonly pipelineId: PipelineId;
  readonly stageId: StageId;
  /** In the middle of that stage. */
  readonly placementId: PlacementId;
  readonly rank: string;
};
let scenes: Readonly<Record<keyof typeof sizes, Scene>>;

/** As many in its first four stages each; all that are there came from the stage before. */
async function arranged(count: number): Promise<Scene> {
  const house = await givenOrganization();
  const { organization, owner } = house;
  const { id: pipelineId, stages } = await givenPipeline(house);
  const organizationId = organization.id;
  const candidates = [];
  const placements = [];
  const events = [];
  let rank: string | null = null;
  for (let nth = 0; nth < count; nth += 1) {
    rank = rankBetween(rank, null, 0.5);
    const [candidateId, placementId, at] = [newId("cnd"), newId("plc"), nth * hourMs];
    const stageId = stages[nth % 4]?.id ?? null;
    candidates.push({
      ...{ id: candidateId, organization_id: organizationId, email: `${candidateId}@example.com`, created_at: at },
      ...{ first_name: "N", last_name: "N", language: "en", time_zone: "UTC" },
    });
    placements.push({
      ...{ id: placementId, organization_id: organizationId, pipeline_id: pipelineId, stage_id: stageId, rank },
      ...{ candidate_id: candidateId, version: 1, entered_at: at, created_at: at },
    });
    events.push({
      ...{ id: newId("evt"), organization_id: organizationId, placement_id: placementId, version: 1, verb: "move" },
      ...{ from_stage_id: stages[(nth + 1) % 4]?.id ?? null, to_stage_id: stageId, member_id: owner.memberId },
      ...{ stayed_ms: nth, at },
    });
  }
  for (let from = 0; from < count; from += 2_000) {
    const part = <One>(rows: readonly One[]) => rows.slice(from, from + 2_000);
    await database().write([
      ...insertMany("candidate", part(candidates)),
      ...insertMany("placement", part(placements)),
      ...insertMany("placement_event", part(events)),
    ]);
  }
  const middle = placements[count / 2];
  const { memberId, userId, access } = owner;
  return {
    client: owner.client,
    scope: { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access },
    pipelineId,
    stageId: stages[0]?.id ?? newId("stg"),
    placementId: middle?.id ?? newId("plc"),
    rank: middle?.rank ?? "",
  };
}

beforeAll(async () => {
  scenes = { small: await arranged(sizes.small), large: await arranged(sizes.large) };
}, 60_000);

const beside = (at: "before" | "after") => (scene: Scene) => {
  const { scope, pipelineId, stageId, placementId } = scene;
  return [store.placeAt(scope, { pipelineId, stageId }, { at, placementId })];
};
const atEnd = (at: "first" | "last") => (scene: Scene) => {
  const { scope, pipelineId } = scene;
  return [store.placeAt(scope, { pipelineId, stageId: undefined }, { at })];
};

/** Limits that the small one reaches as well. */
const few = 20;
const asked: Readonly<Record<string, (scene: Scene) => readonly Statement<unknown>[]>> = {
  "a board": ({ scope, pipelineId }) => [
    store.countedStages(scope, pipelineId, few),
    store.firstOfEachStage(scope, pipelineId, few),
  ],
  "times in stages": ({ scope, pipelineId }) => [store.middlesOf(scope, pipelineId, few)],
  "a page of a stage": ({ scope, stageId }) => [store.placementsIn(scope, { stageId, size: few }, null)],
  "a page from its middle": ({ scope, stageId, rank }) => [store.placementsIn(scope, { stageId, size: few }, rank)],
  "a place at the beginning": atEnd("first"),
  "a place at the end": atEnd("last"),
  "a place before somebody": beside("before"),
  "a place behind somebody": beside("after"),
  "a stage for somebody": ({ scope, pipelineId }) => [store.stageFor(scope, { pipelineId, stageId: undefined })],
  "stages that are in use": ({ scope, pipelineId }) => [inUseBut(scope, pipelineId, [], few)],
};

async function timesAsMany(statements: (scene: Scene) => readonly Statement<unknown>[]): Promise<number> {
  const [fewer, more] = await Promise.all([rowsRead(statements(scenes.small)), rowsRead(statements(scenes.large))]);
  expect(fewer).toBeGreaterThan(0);
  return more / fewer;
}

test.each(Object.entries(asked))("%s reads no more of 20,000 than of 200", async (_, statements) => {
  expect(await timesAsMany(statements)).toBeLessThanOrEqual(most);
});

test("counts stop at a thousand, and say so", async () => {
  const totals = async ({ client, pipelineId }: Scene) =>
    (await client.pipeline.board.query({ pipelineId, size: 1 })).stages.map(({ total }) => total);
  const each = (count: number, isCapped: boolean) => [
    ...Array.from({ length: 4 }, () => ({ count, isCapped })),
    { count: 0, isCapped: false },
  ];
  expect(await totals(scenes.small)).toEqual(each(sizes.small / 4, false));
  expect(await totals(scenes.large)).toEqual(each(1_000, true));
});

test("saboteur: a count without an end is seen", async () => {
  const unbounded = ({ pipelineId }: Scene) => [
    raw(sql`select count(*) from placement where pipeline_id = ${pipelineId} and removed_at is null`, () => undefined),
  ];
  expect(await timesAsMany(unbounded)).toBeGreaterThan(most);
});
