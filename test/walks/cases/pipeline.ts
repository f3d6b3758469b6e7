import { newId } from "../../../src/kernel/ids.ts";
import { givenPipeline, newCandidate } from "../../support/pipeline.ts";
import type { Stage } from "../../support/stage.ts";
import { type Case, forMembers, inOneOrder, withoutCursor } from "./case.ts";

const ownPipeline = async ({ house }: Stage) => ({ pipelineId: (await givenPipeline(house)).id });

/** Two who stand in its first stage, one behind the other. */
async function twoPlaced({ house }: Stage) {
  const { id: pipelineId, stages } = await givenPipeline(house);
  const { put } = house.owner.client.placement;
  const placed = async () =>
    put.mutate({ pipelineId, subject: { kind: "candidate", candidateId: await newCandidate(house) } });
  const [one, other] = [await placed(), await placed()];
  return { pipelineId, stageId: stages[0]?.id ?? newId("stg"), one, other };
}

export const pipelineCases: Readonly<Record<string, Case>> = {
  "pipeline.create": forMembers("recruiter", {
    but: { stranger: "ok" },
    prepare: () => ({
      input: { name: "Baristas", description: "From a letter to a key.", stages: [{ name: "Letter", index: 0 }] },
    }),
  }),
  "pipeline.edit": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await ownPipeline(stage)), name: "Another name" } }),
  }),
  "pipeline.setStages": forMembers("recruiter", {
    prepare: async ({ house }) => {
      const { id: pipelineId, version, stages } = await givenPipeline(house);
      const kept = stages.map(({ id, name, index }) => ({ id, name: `${name} again`, index }));
      return { input: { pipelineId, version, stages: [...kept, { name: "A new one", index: kept.length }] } };
    },
  }),
  "pipeline.archive": forMembers("recruiter", { prepare: async (stage) => ({ input: await ownPipeline(stage) }) }),
  "pipeline.get": forMembers("recruiter", { prepare: async (stage) => ({ input: await ownPipeline(stage) }) }),
  "pipeline.list": forMembers("recruiter", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { size: 5, search: "a" } }),
    ways: inOneOrder("pipelines", [newId("pip")], { status: "open" }, { status: "archived" }, { search: "a" }),
  }),
  "pipeline.board": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { pipelineId: (await twoPlaced(stage)).pipelineId, size: 5 } }),
    ways: withoutCursor(),
  }),
  "pipeline.times": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { pipelineId: (await twoPlaced(stage)).pipelineId } }),
  }),
  "placement.put": forMembers("recruiter", {
    // Whom it is about is one of two kinds, and nothing of the other.
    foreign: { "subject.contactId": "bad_input" },
    prepare: async (stage) => {
      const { pipelineId, stageId, one } = await twoPlaced(stage);
      const subject = { kind: "candidate", candidateId: await newCandidate(stage.house) };
      return { input: { pipelineId, stageId, subject, position: { at: "after", placementId: one.id } } };
    },
  }),
  "placement.move": forMembers("recruiter", {
    prepare: async (stage) => {
      const { stageId, one, other } = await twoPlaced(stage);
      const position = { at: "before", placementId: one.id };
      return { input: { placementId: other.id, version: other.version, stageId, position } };
    },
  }),
  "placement.remove": forMembers("recruiter", {
    prepare: async (stage) => {
      const { one } = await twoPlaced(stage);
      return { input: { placementId: one.id, version: one.version } };
    },
  }),
  "placement.events": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { placementId: (await twoPlaced(stage)).one.id, size: 5 } }),
    ways: inOneOrder("placement events", [1]),
  }),
  "placement.list": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { stageId: (await twoPlaced(stage)).stageId, size: 5 } }),
    ways: inOneOrder("placements", ["a1"]),
  }),
};
