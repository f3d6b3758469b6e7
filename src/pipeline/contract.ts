// Pipeline: an ordered row of stages through which somebody is brought, from the first to an end (applicant-tracking, sales pipelines). Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { line, prose, Search } from "../kernel/shapes.ts";
import { stageEnds, stagesMax } from "./policy.ts";

/** Whoever is moved into a stage that ends is through: `won` or `lost`. Null: more is to come. */
const Ends = z.enum(stageEnds).nullable();

export const Stage = z.object({ id: idOf("stg"), name: z.string(), index: z.number(), ends: Ends });
export type Stage = z.infer<typeof Stage>;

const pipelineShape = {
  id: idOf("pip"),
  name: z.string(),
  description: z.string(),
  /** Rises by one with every change of it or of its stages. */
  version: z.number(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
};

/** With its stages in order. */
export const Pipeline = z.object({ ...pipelineShape, stages: z.array(Stage) });
export type Pipeline = z.infer<typeof Pipeline>;

const StageIn = z.object({
  name: line(120),
  /** From 0 to one less than there are stages, each once. */
  index: z
    .number()
    .int()
    .min(0)
    .max(stagesMax - 1),
  ends: Ends.default(null),
});

/** In whatever order they are sent, their indexes say it. */
const inOrder = <One extends z.ZodType<{ index: number }>>(one: One) =>
  z
    .array(one)
    .min(1)
    .max(stagesMax)
    .transform((stages) => stages.toSorted((a, b) => a.index - b.index))
    .refine((stages) => stages.every(({ index }, place) => index === place), "must have indexes from 0 without a gap");

const Name = line(120);
const Description = prose(5_000);

export const CreatePipeline = z.object({ name: Name, description: Description.default(""), stages: inOrder(StageIn) });
export type CreatePipeline = z.infer<typeof CreatePipeline>;

export const PipelineIn = z.object({ pipelineId: idOf("pip") });
export type PipelineIn = z.infer<typeof PipelineIn>;

export const EditPipeline = PipelineIn.extend({ name: Name.optional(), description: Description.optional() });
export type EditPipeline = z.infer<typeof EditPipeline>;

/** A stage with an id is that one, under whatever name and wherever it stands now; one without is new. */
const KeptStageIn = StageIn.extend({ id: idOf("stg").optional() });
export type KeptStageIn = z.infer<typeof KeptStageIn>;

export const SetStages = PipelineIn.extend({
  /** The version these were made from: a newer one refuses them. */
  version: z.number().int().min(1),
  /** All there shall be: one that is missing is removed. */
  stages: inOrder(KeptStageIn).refine((stages) => {
    const ids = stages.flatMap(({ id }) => id ?? []);
    return new Set(ids).size === ids.length;
  }, "must not name a stage twice"),
});
export type SetStages = z.infer<typeof SetStages>;

/** Without `status`, open and archived ones. */
export const ListPipelines = PageIn.extend({
  search: Search.optional(),
  status: z.enum(["open", "archived"]).optional(),
});
export type ListPipelines = z.infer<typeof ListPipelines>;

export const ListedPipeline = z.object({ ...pipelineShape, stageCount: z.number() });
export const PipelinePage = pageOf(ListedPipeline);
