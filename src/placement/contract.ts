// Placement: somebody in a stage of a pipeline, where they stand there, and how they came there. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { Pipeline, PipelineIn, Stage } from "../pipeline/contract.ts";
import { boardSizeMax, placementVerbs } from "./policy.ts";

/** Whom a placement is about: one of these, and nothing of the other. */
export const Subject = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("candidate"), candidateId: idOf("cnd") }),
  z.strictObject({ kind: z.literal("contact"), contactId: idOf("con") }),
]);
export type Subject = z.infer<typeof Subject>;

/** As a board shows them. */
const ShownSubject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("candidate"), candidateId: idOf("cnd"), firstName: z.string(), lastName: z.string() }),
  z.object({ kind: z.literal("contact"), contactId: idOf("con"), name: z.string() }),
]);
export type ShownSubject = z.infer<typeof ShownSubject>;

/** Where in a stage: at an end of it, or right before or behind somebody who stands there. */
export const Position = z.discriminatedUnion("at", [
  z.object({ at: z.literal("first") }),
  z.object({ at: z.literal("last") }),
  z.object({ at: z.literal("before"), placementId: idOf("plc") }),
  z.object({ at: z.literal("after"), placementId: idOf("plc") }),
]);
export type Position = z.infer<typeof Position>;

export const Placement = z.object({
  id: idOf("plc"),
  pipelineId: idOf("pip"),
  stageId: idOf("stg"),
  subject: ShownSubject,
  /** Rises by one with every move. */
  version: z.number(),
  /** Since when they are in this stage. */
  enteredAt: z.date(),
  createdAt: z.date(),
  /** What the stage ends in: then they are through. */
  ends: Stage.shape.ends,
});
export type Placement = z.infer<typeof Placement>;

/** Without a stage, in the first. */
export const Put = z.extend(PipelineIn, {
  stageId: z.optional(idOf("stg")),
  subject: Subject,
  position: z._default(Position, { at: "last" }),
});
export type Put = z.infer<typeof Put>;

export const PlacementIn = z.object({ placementId: idOf("plc") });
export type PlacementIn = z.infer<typeof PlacementIn>;

/** `version`: the one whoever moves it has seen; a newer one refuses them. */
const AsSeen = z.extend(PlacementIn, { version: z.number().check(z.int(), z.minimum(1)) });

/** Without a stage, within the one it is in. */
export const Move = z.extend(AsSeen, {
  stageId: z.optional(idOf("stg")),
  position: z._default(Position, { at: "last" }),
});
export type Move = z.infer<typeof Move>;

export const Remove = AsSeen;
export type Remove = z.infer<typeof Remove>;

/** Those in one stage, in their order. Where a board's page of it ended, its cursor goes on here. */
export const ListPlacements = z.extend(PageIn, { stageId: idOf("stg") });
export type ListPlacements = z.infer<typeof ListPlacements>;
export const PlacementPage = pageOf(Placement);

export const ListPlacementEvents = z.extend(PlacementIn, PageIn.shape);
export type ListPlacementEvents = z.infer<typeof ListPlacementEvents>;

/** A stage as it is called today, also one that was left out since. */
const NamedStage = z.object({ id: idOf("stg"), name: z.string() });

/** One thing that happened. `from` is null when it was put, `to` when it was removed; they are the same where it moved within its stage. */
export const PlacementEvent = z.object({
  id: idOf("evt"),
  version: z.number(),
  verb: z.enum(placementVerbs),
  from: z.nullable(NamedStage),
  to: z.nullable(NamedStage),
  memberId: idOf("mem"),
  /** How long it was in the stage it left, in ms; null where it left none. */
  stayedMs: z.nullable(z.number()),
  at: z.date(),
});
export const PlacementEventPage = pageOf(PlacementEvent);

export const BoardIn = z.extend(PipelineIn, {
  size: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(boardSizeMax)), 20),
});
export type BoardIn = z.infer<typeof BoardIn>;

/** Counts stop at 1,000: `isCapped` says that there are more. */
const Total = z.object({ count: z.number(), isCapped: z.boolean() });

export const Board = z.extend(z.omit(Pipeline, { stages: true }), {
  stages: z.array(z.extend(Stage, { total: Total, placements: PlacementPage })),
});
export type Board = z.infer<typeof Board>;

/** Of how many, and in the middle of them, in ms; null where there is none. */
const Median = z.object({ count: z.number(), medianMs: z.nullable(z.number()) });

/** Of each stage: how long those who left it were in it, and those who are in it have been; of each the newest 1,000. */
export const StageTimes = z.object({
  stages: z.array(z.object({ stageId: idOf("stg"), left: Median, standing: Median })),
});
export type StageTimes = z.infer<typeof StageTimes>;
