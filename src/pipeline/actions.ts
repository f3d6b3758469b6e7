// An ordered row of stages (applicant-tracking, sales pipelines). Who stands in them is placement/'s.
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { PipelineId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type {
  CreatePipeline,
  EditPipeline,
  ListPipelines,
  Pipeline,
  PipelineIn,
  SetStages,
  Stage,
} from "./contract.ts";
import { pipelinesMax } from "./policy.ts";
import * as store from "./store.ts";

/** For boards: a statement of their own reads. */
export const pipelineById = store.pipelineById;

/** Refuses with `pipelines_full`. */
export async function createPipeline(deps: Deps, scope: MemberScope, input: CreatePipeline): Promise<Pipeline> {
  const { stages: given, ...fields } = input;
  const made = { ...fields, id: deps.newId("pip"), version: 1, createdAt: deps.now(), archivedAt: null };
  const stages: Stage[] = given.map((stage) => ({ ...stage, id: deps.newId("stg") }));
  await deps.db.write([
    store.mustHaveRoom(scope, pipelinesMax),
    store.insertPipeline(scope, made),
    ...store.putStages(scope, made.id, stages),
  ]);
  return { ...made, stages };
}

const inFull = (scope: MemberScope, pipelineId: PipelineId) => ({
  found: store.pipelineById(scope, pipelineId),
  stages: store.stagesOf(scope, pipelineId),
});

/** Refuses with `not_found`. */
export async function getPipeline(deps: Deps, scope: MemberScope, { pipelineId }: PipelineIn): Promise<Pipeline> {
  const { found, stages } = await deps.db.read(inFull(scope, pipelineId));
  return found ? { ...found, stages } : refuse("not_found");
}

/** Newest first: by part of the name, open or archived. */
export async function listPipelines(deps: Deps, scope: MemberScope, input: ListPipelines) {
  const [before = null] = keysOfCursor("pipelines", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({ rows: store.listPipelines(scope, input, before) });
  return toPage(rows, input.size, ({ id }) => encodeCursor("pipelines", [id]));
}

/** Changes what is given and leaves the rest. Refuses with `not_found`, `pipeline_archived`. */
export function editPipeline(deps: Deps, scope: MemberScope, input: EditPipeline): Promise<Pipeline> {
  const { pipelineId, ...changes } = input;
  return changed(deps, scope, pipelineId, changes);
}

/** For good: it can be read and no longer changed, nor who stands in it. Refuses with `not_found`, `pipeline_archived`. */
export function archivePipeline(deps: Deps, scope: MemberScope, { pipelineId }: PipelineIn): Promise<Pipeline> {
  return changed(deps, scope, pipelineId, { archivedAt: deps.now() });
}

async function changed(
  deps: Deps,
  scope: MemberScope,
  pipelineId: PipelineId,
  changes: Parameters<typeof store.changePipeline>[2],
): Promise<Pipeline> {
  const { found, stages } = await deps.db.writeThenRead(
    [...store.mustBeOpen(scope, pipelineId), ...store.changePipeline(scope, pipelineId, changes)],
    inFull(scope, pipelineId),
  );
  return found ? { ...found, stages } : refuse("not_found");
}

/** Of those who keep a stage from being removed, so many are counted. */
const inUseMax = 1_000;

/**
 * Puts these stages in place of those there are, in one write: one with its id is kept, renamed and moved; one without is new; one that is missing is
 * removed. Refuses with `stage_in_use` (which, and how many stand there, a thousand at most) where somebody stands in one that is missing, `moved_on` when
 * the pipeline is not any more what the caller started from, `not_found` for a stage that is not among its own, `pipeline_archived`.
 */
export async function setStages(deps: Deps, scope: MemberScope, input: SetStages): Promise<Pipeline> {
  const { pipelineId, version } = input;
  const kept = input.stages.flatMap(({ id }) => id ?? []);
  const { found, stages, inUse } = await deps.db.read({
    ...inFull(scope, pipelineId),
    inUse: store.inUseBut(scope, pipelineId, kept, inUseMax),
  });
  if (!found) return refuse("not_found");
  if (found.archivedAt !== null) return refuse("pipeline_archived");
  const known = new Set(stages.map(({ id }) => id));
  const unknown = kept.find((id) => !known.has(id));
  if (unknown !== undefined) return refuse("not_found", { stageId: unknown });
  if (found.version !== version) return refuse("moved_on", { version: found.version });
  if (inUse) return refuse("stage_in_use", { stageId: inUse.id, count: inUse.count });
  const next = input.stages.map((stage) => ({ ...stage, id: stage.id ?? deps.newId("stg") }));
  const missing = stages.flatMap(({ id }) => (kept.includes(id) ? [] : [id]));
  await deps.db.write([
    ...store.changePipeline(scope, pipelineId, {}, version),
    store.mustBeEmpty(scope, missing),
    store.removeStagesBut(scope, pipelineId, kept, deps.now()),
    ...store.putStages(scope, pipelineId, next),
  ]);
  return { ...found, version: version + 1, stages: next };
}
