import { beforeAll, describe, expect, test } from "vitest";
import { pipelinesMax, stagesMax } from "../../src/pipeline/policy.ts";
import { enterpriseSales, givenPipeline, newCandidate } from "../support/pipeline.ts";
import { anteroom, givenMember, givenOrganization, type House, refusalOf, unique } from "../support/world.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});

const api = () => house.owner.client.pipeline;
type Pipeline = Awaited<ReturnType<typeof givenPipeline>>;
const named = ({ stages }: Pick<Pipeline, "stages">) => stages.map(({ name, index }) => `${index} ${name}`);
const placed = async ({ id: pipelineId }: Pipeline, stageId?: `stg_${string}`) => {
  const subject = { kind: "candidate" as const, candidateId: await newCandidate(house) };
  return house.owner.client.placement.put.mutate({ pipelineId, subject, ...(stageId && { stageId }) });
};

describe("creating one (applicant-tracking, sales pipelines)", () => {
  test("takes the document's request as it stands", async () => {
    const made = await api().create.mutate({
      name: "Enterprise Sales",
      description: "Pipeline for enterprise deals",
      stages: [
        { name: "Lead", index: 0 },
        { name: "Qualified", index: 1 },
        { name: "Proposal", index: 2 },
        { name: "Negotiation", index: 3 },
        { name: "Closed Won", index: 4 },
      ],
    });
    expect(made).toMatchObject({ name: "Enterprise Sales", description: "Pipeline for enterprise deals", version: 1 });
    expect(named(made)).toEqual(["0 Lead", "1 Qualified", "2 Proposal", "3 Negotiation", "4 Closed Won"]);
    expect(await api().get.query({ pipelineId: made.id })).toEqual(made);
    const { items } = await api().list.query({});
    const { stages, ...rest } = made;
    expect(items[0]).toEqual({ ...rest, stageCount: stages.length });
  });

  test("in whatever order its stages are sent, their indexes say it, and which of them are ends", async () => {
    const made = await api().create.mutate({
      name: "Baristas",
      stages: [
        { name: "No", index: 2, ends: "lost" },
        { name: "Letter", index: 0 },
        { name: "Key", index: 1, ends: "won" },
      ],
    });
    expect(named(made)).toEqual(["0 Letter", "1 Key", "2 No"]);
    expect(made.stages.map(({ ends }) => ends)).toEqual([null, "won", "lost"]);
    expect((await api().get.query({ pipelineId: made.id })).stages).toEqual(made.stages);
  });

  const stagesAt = (...indexes: number[]) => indexes.map((index) => ({ name: `Stage ${index}`, index }));
  test.each([
    ["no stage", []],
    ["one that does not begin at 0", stagesAt(1, 2)],
    ["a gap", stagesAt(0, 2)],
    ["the same index twice", stagesAt(0, 1, 1)],
    ["an index below 0", stagesAt(-1, 0)],
    ["more than 50", stagesAt(...Array.from({ length: stagesMax + 1 }, (_, index) => index))],
  ])("%s is bad input", async (_, stages) => {
    expect(await refusalOf(api().create.mutate({ name: "Odd", stages }))).toMatchObject({ reason: "bad_input" });
  });

  test("50 stages fit", async () => {
    const stages = stagesAt(...Array.from({ length: stagesMax }, (_, index) => index));
    expect((await api().create.mutate({ name: "Long", stages })).stages).toHaveLength(stagesMax);
  });

  test("200 fit into an organization, and one more when one of them is archived; of 20 at once too", async () => {
    const full = await givenOrganization();
    const create = () => givenPipeline(full, `Nth ${unique()}`);
    const made = [];
    for (let nth = 0; nth < pipelinesMax - 10; nth += 10) {
      made.push(...(await Promise.all(Array.from({ length: 10 }, create))));
    }
    const last = await Promise.allSettled(Array.from({ length: 20 }, create));
    expect(last.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    expect(await refusalOf(create())).toMatchObject({ reason: "pipelines_full" });
    await full.owner.client.pipeline.archive.mutate({ pipelineId: made[0]?.id ?? "pip_" });
    await create();
    expect(await refusalOf(create())).toMatchObject({ reason: "pipelines_full" });
  });
});

describe("changing one", () => {
  test("its name and description, what is given", async () => {
    const { id: pipelineId, stages } = await givenPipeline(house);
    const renamed = await api().edit.mutate({ pipelineId, name: "Åsa's" });
    expect(renamed).toMatchObject({ name: "Åsa's", description: enterpriseSales.description, version: 2, stages });
    expect(await api().edit.mutate({ pipelineId, description: "" })).toMatchObject({ name: "Åsa's", description: "" });
    const { items } = await api().list.query({ search: "ÅSA" });
    expect(items.map(({ id }) => id)).toEqual([pipelineId]);
  });

  test("its stages, all in one write: kept, renamed, moved, new, left out", async () => {
    const pipeline = await givenPipeline(house);
    const { id: pipelineId, version } = pipeline;
    const [lead, qualified, proposal] = pipeline.stages;
    const set = await api().setStages.mutate({
      pipelineId,
      version,
      stages: [
        { id: proposal?.id, name: "Offer", index: 0 },
        { name: "Call", index: 1 },
        { id: lead?.id, name: "Lead", index: 2, ends: "lost" },
      ],
    });
    expect(named(set)).toEqual(["0 Offer", "1 Call", "2 Lead"]);
    expect(set.stages.map(({ id }) => id)).toEqual([proposal?.id, expect.stringMatching(/^stg_/), lead?.id]);
    expect(set.stages[2]?.ends).toBe("lost");
    expect(await api().get.query({ pipelineId })).toEqual({ ...set, version: version + 1 });
    const back = { pipelineId, version: set.version, stages: [{ id: qualified?.id, name: "Qualified", index: 0 }] };
    expect(await refusalOf(api().setStages.mutate(back))).toMatchObject({
      reason: "not_found",
      facts: { stageId: qualified?.id },
    });
  });

  test("a stage in which somebody stands is not left out: it is told which, and how many stand there", async () => {
    const pipeline = await givenPipeline(house);
    const { id: pipelineId, version } = pipeline;
    const [lead, ...others] = pipeline.stages;
    const held = [await placed(pipeline), await placed(pipeline)];
    const stages = others.map(({ id, name }, index) => ({ id, name, index }));
    const leaveOut = () => api().setStages.mutate({ pipelineId, version, stages });
    expect(await refusalOf(leaveOut())).toMatchObject({
      reason: "stage_in_use",
      facts: { stageId: lead?.id, count: 2 },
    });
    expect(await api().get.query({ pipelineId })).toEqual(pipeline);
    const { placement } = house.owner.client;
    const [one, other] = held;
    await placement.move.mutate({ placementId: one?.id ?? "plc_", version: 1, stageId: others[0]?.id });
    await placement.remove.mutate({ placementId: other?.id ?? "plc_", version: 1 });
    expect(named(await leaveOut())).toEqual(["0 Qualified", "1 Proposal", "2 Negotiation", "3 Closed Won"]);
  });

  test("twice the same stage, or another pipeline's, is refused", async () => {
    const { id: pipelineId, version, stages } = await givenPipeline(house);
    const other = await givenPipeline(house);
    const id = stages[0]?.id;
    const twice = [0, 1].map((index) => ({ id, name: "Twice", index }));
    expect(await refusalOf(api().setStages.mutate({ pipelineId, version, stages: twice }))).toMatchObject({
      reason: "bad_input",
    });
    const foreign = [{ id: other.stages[0]?.id, name: "Theirs", index: 0 }];
    expect(await refusalOf(api().setStages.mutate({ pipelineId, version, stages: foreign }))).toMatchObject({
      reason: "not_found",
    });
  });

  test("archived, it can be read and nothing in it changed", async () => {
    const pipeline = await givenPipeline(house, "Of last year");
    const { id: pipelineId } = pipeline;
    const { id: placementId, version } = await placed(pipeline);
    const archived = await api().archive.mutate({ pipelineId });
    expect(archived.archivedAt).toBeInstanceOf(Date);
    const { placement } = house.owner.client;
    const stages = [{ name: "A new one", index: 0 }];
    const calls = [
      api().archive.mutate({ pipelineId }),
      api().edit.mutate({ pipelineId, name: "Other" }),
      api().setStages.mutate({ pipelineId, version: archived.version, stages }),
      placed(pipeline),
      placement.move.mutate({ placementId, version }),
      placement.remove.mutate({ placementId, version }),
    ];
    const refusals = await Promise.all(calls.map(refusalOf));
    expect(refusals.map(({ reason }) => reason)).toEqual(calls.map(() => "pipeline_archived"));
    expect(await api().get.query({ pipelineId })).toEqual(archived);
    const board = await api().board.query({ pipelineId });
    expect(board.stages[0]?.placements.items.map(({ id }) => id)).toEqual([placementId]);
    const idsOf = async (status: "open" | "archived") =>
      (await api().list.query({ status, search: "of last year" })).items.map(({ id }) => id);
    expect({ open: await idsOf("open"), archived: await idsOf("archived") }).toEqual({
      open: [],
      archived: [pipelineId],
    });
  });

  test("of 20 who set its stages at once one does, and the others are told to look again", async () => {
    const { id: pipelineId, version } = await givenPipeline(house);
    const tries = Array.from({ length: 20 }, (_, nth) =>
      api().setStages.mutate({ pipelineId, version, stages: [{ name: `By ${nth}`, index: 0 }] }),
    );
    const settled = await Promise.allSettled(tries);
    const lost = settled.filter((one) => one.status === "rejected");
    const reasons = await Promise.all(lost.map(({ reason }) => refusalOf(Promise.reject(reason))));
    expect(reasons.map(({ reason }) => reason)).toEqual(Array.from({ length: 19 }, () => "moved_on"));
    const after = await api().get.query({ pipelineId });
    expect(after).toMatchObject({ version: version + 1, stages: [{ index: 0 }] });
  });
});

test("pages of them go on where the one before ended, newest first", async () => {
  const other = await givenOrganization();
  const made = [];
  for (let nth = 0; nth < 5; nth += 1) made.unshift((await givenPipeline(other)).id);
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await other.owner.client.pipeline.list.query({ size: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(made);
});

test("a hiring manager neither sees nor changes one", async () => {
  const { token } = await givenMember(house, "hiring_manager");
  const { pipeline } = anteroom(token);
  const { id: pipelineId } = await givenPipeline(house);
  const calls = [
    pipeline.list.query({}),
    pipeline.get.query({ pipelineId }),
    pipeline.board.query({ pipelineId }),
    pipeline.times.query({ pipelineId }),
    pipeline.archive.mutate({ pipelineId }),
  ];
  const refusals = await Promise.all(calls.map(refusalOf));
  expect(refusals.map(({ reason }) => reason)).toEqual(calls.map(() => "not_allowed"));
});
