// Whatever people do to a pipeline and to who stands in it, in whatever order: it comes to what a plain model of it says.
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import type { CandidateId, PipelineId, PlacementId, StageId } from "../../src/kernel/ids.ts";
import { givenPipeline, newCandidate } from "../support/pipeline.ts";
import { database, givenOrganization, type House, refusalOf } from "../support/world.ts";

let house: House;
let people: CandidateId[];
beforeAll(async () => {
  house = await givenOrganization();
  people = await Promise.all(Array.from({ length: 6 }, () => newCandidate(house)));
});

type Card = { readonly id: PlacementId; readonly candidateId: CandidateId; version: number };
type Model = {
  readonly pipelineId: PipelineId;
  version: number;
  stages: { id: StageId; name: string; cards: Card[] }[];
  /** How often something happened to each, removed ones too. */
  readonly happened: Map<PlacementId, number>;
};

const number = fc.nat({ max: 1_000 });
const step = fc.record({
  verb: fc.constantFrom("put", "put", "move", "move", "move", "remove", "setStages"),
  who: number,
  stage: number,
  beside: number,
  at: fc.constantFrom("first", "last", "before", "after"),
  /** Of each stage there is: whether it stays, and by what it is sorted. */
  keeps: fc.array(fc.tuple(fc.boolean(), number), { minLength: 6, maxLength: 6 }),
  adds: fc.nat({ max: 2 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const nthOf = <One>(list: readonly One[], nth: number): One | undefined => list[nth % Math.max(1, list.length)];
const cardsOf = ({ stages }: Model) => stages.flatMap(({ cards }) => cards);

async function begun(): Promise<Model> {
  const { id: pipelineId, version, stages } = await givenPipeline(house);
  const empty = stages.map(({ id, name }) => ({ id, name, cards: [] }));
  return { pipelineId, version, stages: empty, happened: new Map() };
}

/** Where in a stage, as it is asked for and as a number; beside nobody there is only the end. */
function placeIn(cards: readonly Card[], { at, beside }: Step) {
  const anchor = nthOf(cards, beside);
  if (at === "first") return { position: { at }, index: 0 };
  if (at === "last" || !anchor) return { position: { at: "last" as const }, index: cards.length };
  return { position: { at, placementId: anchor.id }, index: cards.indexOf(anchor) + (at === "after" ? 1 : 0) };
}

async function put(model: Model, asked: Step): Promise<void> {
  const { pipelineId } = model;
  const [candidateId, stage] = [nthOf(people, asked.who), nthOf(model.stages, asked.stage)];
  if (!candidateId || !stage) return;
  const { position, index } = placeIn(stage.cards, asked);
  const subject = { kind: "candidate" as const, candidateId };
  const call = house.owner.client.placement.put.mutate({ pipelineId, stageId: stage.id, subject, position });
  const known = cardsOf(model).find((card) => card.candidateId === candidateId);
  if (known) {
    expect(await refusalOf(call)).toMatchObject({ reason: "already_placed", facts: { placementId: known.id } });
    return;
  }
  const { id } = await call;
  stage.cards.splice(index, 0, { id, candidateId, version: 1 });
  model.happened.set(id, 1);
}

async function move(model: Model, asked: Step): Promise<void> {
  const [card, stage] = [nthOf(cardsOf(model), asked.who), nthOf(model.stages, asked.stage)];
  if (!card || !stage) return;
  const from = model.stages.find(({ cards }) => cards.includes(card));
  const others = stage.cards.filter((other) => other !== card);
  const { position, index } = placeIn(others, asked);
  const input = { placementId: card.id, version: card.version, stageId: stage.id, position };
  const { version } = await house.owner.client.placement.move.mutate(input);
  from?.cards.splice(from.cards.indexOf(card), 1);
  stage.cards.splice(index, 0, card);
  card.version = version;
  model.happened.set(card.id, version);
}

async function remove(model: Model, asked: Step): Promise<void> {
  const card = nthOf(cardsOf(model), asked.who);
  if (!card) return;
  await house.owner.client.placement.remove.mutate({ placementId: card.id, version: card.version });
  for (const stage of model.stages) stage.cards = stage.cards.filter((other) => other !== card);
  model.happened.set(card.id, card.version + 1);
}

async function setStages(model: Model, { keeps, adds, who }: Step): Promise<void> {
  const { pipelineId, version } = model;
  const kept = model.stages
    .map((stage, nth) => ({ stage, keep: keeps[nth % keeps.length] ?? ([true, nth] as const) }))
    .filter(({ keep: [stays] }) => stays)
    .toSorted((one, other) => one.keep[1] - other.keep[1])
    .map(({ stage }) => ({ id: stage.id, name: `${stage.name.slice(0, 20)}.`, cards: stage.cards }));
  const added = Array.from({ length: kept.length === 0 ? 1 : adds }, (_, nth) => ({ name: `New ${who} ${nth}` }));
  const next = [...kept.map(({ id, name }) => ({ id, name })), ...added].map((one, index) => ({ ...one, index }));
  const call = house.owner.client.pipeline.setStages.mutate({ pipelineId, version, stages: next });
  const left = model.stages.filter(({ id }) => !kept.some((stage) => stage.id === id));
  const held = left.find(({ cards }) => cards.length > 0);
  if (held) {
    const facts = { stageId: held.id, count: held.cards.length };
    expect(await refusalOf(call)).toMatchObject({ reason: "stage_in_use", facts });
    return;
  }
  const set = await call;
  model.version = set.version;
  model.stages = set.stages.map(({ id, name }, nth) => ({ id, name, cards: kept[nth]?.cards ?? [] }));
}

const verbs = { put, move, remove, setStages };

/** What of the pipeline is not as the model has it. */
async function faultsOf({ pipelineId, version, stages, happened }: Model): Promise<string[]> {
  const [board, { events }] = await Promise.all([
    house.owner.client.pipeline.board.query({ pipelineId, size: 50 }),
    database().read({
      events: raw(
        sql`select placement_id, group_concat(version) from (select e.placement_id, e.version from placement_event e join placement p on p.id = e.placement_id where p.pipeline_id = ${pipelineId} order by e.placement_id, e.version) group by placement_id`,
        (rows) => new Map(rows.map(([id, versions]) => [String(id), String(versions)])),
      ),
    }),
  ]);
  const faults: string[] = [];
  const differ = (what: string, seen: unknown, expected: unknown) => {
    const [one, other] = [JSON.stringify(seen), JSON.stringify(expected)];
    if (one !== other) faults.push(`${what}: ${one} instead of ${other}`);
  };
  differ("version", board.version, version);
  differ(
    "indexes",
    board.stages.map(({ index }) => index),
    board.stages.map((_, nth) => nth),
  );
  differ(
    "stages",
    board.stages.map(({ id, name }) => [id, name]),
    stages.map(({ id, name }) => [id, name]),
  );
  differ(
    "counts",
    board.stages.map(({ total }) => total.count),
    stages.map(({ cards }) => cards.length),
  );
  differ(
    "cards",
    board.stages.map(({ placements }) => placements.items.map((card) => [card.id, card.version])),
    stages.map(({ cards }) => cards.map((card) => [card.id, card.version])),
  );
  for (const [id, last] of happened) {
    const whole = Array.from({ length: last }, (_, nth) => nth + 1).join();
    differ(`events of ${id}`, events.get(id), whole);
  }
  return faults;
}

async function played(steps: readonly Step[]): Promise<Model> {
  const model = await begun();
  for (const asked of steps) {
    await verbs[asked.verb](model, asked);
    expect(await faultsOf(model)).toEqual([]);
  }
  return model;
}

test("after every step order, counts, indexes, versions and events are the model's", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => void (await played(steps))),
    { numRuns: 12 },
  );
});

describe("the check is not blind", () => {
  const plain = { beside: 0, adds: 0, keeps: Array.from({ length: 6 }, (_, nth) => [true, nth] as [boolean, number]) };
  const three = [0, 1, 2].map((who): Step => ({ ...plain, verb: "put", who, stage: 1, at: "last" }));

  const ofPipeline = ({ pipelineId }: Model) => sql`pipeline_id = ${pipelineId}`;
  test.each([
    [
      "whoever was put last stands first",
      (model: Model) =>
        sql`update placement set rank = 'Y00' || rank where ${ofPipeline(model)} and id = ${cardsOf(model)[2]?.id}`,
      "cards",
    ],
    [
      "one stands in another stage",
      (model: Model) => sql`update placement set stage_id = ${model.stages[0]?.id} where id = ${cardsOf(model)[0]?.id}`,
      "cards",
    ],
    [
      "an index is left out",
      (model: Model) => sql`update stage set position = position + 1 where ${ofPipeline(model)} and position > 2`,
      "indexes",
    ],
    [
      "an event is missing",
      (model: Model) => sql`delete from placement_event where placement_id = ${cardsOf(model)[1]?.id}`,
      "events",
    ],
    [
      "a version is given twice",
      (model: Model) => sql`update pipeline set version = version + 1 where id = ${model.pipelineId}`,
      "version",
    ],
  ])("saboteur: %s", async (_, spoil, what) => {
    const model = await played(three);
    await database().write([raw(spoil(model), () => undefined)]);
    expect((await faultsOf(model)).some((fault) => fault.startsWith(what))).toBe(true);
  });
});
