// Pipeline: an ordered row of stages through which somebody is brought, from the first to an end (applicant-tracking, sales pipelines). Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { line, prose, Search } from "../kernel/shapes.ts";
import { stageEnds, stagesMax } from "./policy.ts";

/** Whoever is moved into a stage that ends is through: `won` or `lost`. Null: more is to come. */
const Ends = z.nullable(z.enum(stageEnds));

export const Stage = z.object({ id: idOf("stg"), name: z.string(), index: z.number(), ends: Ends });
export type Stage = z.infer<typeof Stage>;

const pipelineShape = {
  id: idOf("pip"),
  name: z.string(),
  description: z.string(),
  /** Rises by one with every change of it or of its stages. */
  version: z.number(),
  createdAt: z.date(),
  archivedAt: z.nullable(z.date()),
};

/** With its stages in order. */
export const Pipeline = z.object({ ...pipelineShape, stages: z.array(Stage) });
export type Pipeline = z.infer<typeof Pipeline>;

const StageIn = z.object({
  name: line(120),
  /** From 0 to one less than there are stages, each once. */
  index: z.number().check(z.int(), z.minimum(0), z.maximum(stagesMax - 1)),
  ends: z._default(Ends, null),
});

/** In whatever order they are sent, their indexes say it. */
const inOrder = <One extends z.ZodMiniType<{ index: number }>>(one: One) =>
  z
    .pipe(
      z.array(one).check(z.minLength(1), z.maxLength(stagesMax)),
      z.transform((stages) => stages.toSorted((a, b) => a.index - b.index)),
    )
    .check(
      z.refine(
        (stages) => stages.every(({ index }, place) => index === place),
        "must have indexes from 0 without a gap",
      ),
    );

const Name = line(120);
const Description = prose(5_000);

export const CreatePipeline = z.object({
  name: Name,
  description: z._default(Description, ""),
  stages: inOrder(StageIn),
});
export type CreatePipeline = z.infer<typeof CreatePipeline>;

export const PipelineIn = z.object({ pipelineId: idOf("pip") });
export type PipelineIn = z.infer<typeof PipelineIn>;

export const EditPipeline = z.extend(PipelineIn, { name: z.optional(Name), description: z.optional(Description) });
export type EditPipeline = z.infer<typeof EditPipeline>;

/** A stage with an id is that one, under whatever name and wherever it stands now; one without is new. */
const KeptStageIn = z.extend(StageIn, { id: z.optional(idOf("stg")) });
export type KeptStageIn = z.infer<typeof KeptStageIn>;

export const SetStages = z.extend(PipelineIn, {
  /** The version these were made from: a newer one refuses them. */
  version: z.number().check(z.int(), z.minimum(1)),
  /** All there shall be: one that is missing is removed. */
  stages: inOrder(KeptStageIn).check(
    z.refine((stages) => {
      const ids = stages.flatMap(({ id }) => id ?? []);
      return new Set(ids).size === ids.length;
    }, "must not name a stage twice"),
  ),
});
export type SetStages = z.infer<typeof SetStages>;

/** Without `status`, open and archived ones. */
export const ListPipelines = z.extend(PageIn, {
  search: z.optional(Search),
  status: z.optional(z.enum(["open", "archived"])),
});
export type ListPipelines = z.infer<typeof ListPipelines>;

export const ListedPipeline = z.object({ ...pipelineShape, stageCount: z.number() });
export const PipelinePage = pageOf(ListedPipeline);
