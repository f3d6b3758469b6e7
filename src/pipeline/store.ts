import { and, eq, getTableColumns, isNotNull, isNull, notInArray, type SQL, sql } from "drizzle-orm";
import { pipeline, placement, stage } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import { all, build, first, must, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { PipelineId, StageId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { EditPipeline, ListPipelines, Stage } from "./contract.ts";

const { nameFolded: _, organizationId: __, ...columns } = getTableColumns(pipeline);

const isThis = (scope: MemberScope, pipelineId: PipelineId) =>
  and(eq(pipeline.id, pipelineId), eq(pipeline.organizationId, scope.organizationId));
const isOpen = isNull(pipeline.archivedAt);
const isStageOf = (scope: MemberScope, pipelineId: PipelineId) =>
  and(
    eq(stage.pipelineId, pipelineId),
    eq(stage.organizationId, scope.organizationId),
    sql`${stage.removedAt} is null`,
  );

export function pipelineById(scope: MemberScope, pipelineId: PipelineId) {
  return first(build.select(columns).from(pipeline).where(isThis(scope, pipelineId)));
}

/** In their order. At most as many as a pipeline may have. */
export function stagesOf(scope: MemberScope, pipelineId: PipelineId) {
  return all(
    build
      .select({ id: stage.id, name: stage.name, index: stage.position, ends: stage.ends })
      .from(stage)
      .where(isStageOf(scope, pipelineId))
      .orderBy(stage.position),
  );
}

const stageCount = sql`(select count(*) from ${stage} where ${stage.pipelineId} = ${pipeline.id} and ${stage.removedAt} is null)`;

/** Newest first. */
export function listPipelines(scope: MemberScope, { search, status, size }: ListPipelines, before: string | null) {
  return all(
    build
      .select({
        ...columns,
        stageCount: sql<number>`${stageCount}`,
      })
      .from(pipeline)
      .where(
        and(
          eq(pipeline.organizationId, scope.organizationId),
          search === undefined ? undefined : contains(pipeline.nameFolded, search),
          status === "open" ? isOpen : undefined,
          status === "archived" ? isNotNull(pipeline.archivedAt) : undefined,
          before === null ? undefined : sql`${pipeline.id} < ${before}`,
        ),
      )
      .orderBy(sql`${pipeline.id} desc`)
      .limit(size + 1),
  );
}

export function mustHaveRoom(scope: MemberScope, most: number): Statement<void> {
  const open = and(eq(pipeline.organizationId, scope.organizationId), sql`${pipeline.archivedAt} is null`);
  return must(sql`(select count(*) from ${pipeline} where ${open}) < ${most}`, "pipelines_full");
}

type NewPipeline = Omit<typeof pipeline.$inferInsert, "organizationId" | "nameFolded">;

export function insertPipeline({ organizationId }: MemberScope, values: NewPipeline): Statement<number> {
  return run(build.insert(pipeline).values({ ...values, organizationId, nameFolded: folded(values.name) }));
}

/**
 * Adds what is new and rewrites what is there, by id. One statement a stage: where several rows are added at once, SQLite looks through all that
 * refers to a stage.
 */
export function putStages({ organizationId }: MemberScope, pipelineId: PipelineId, stages: readonly Stage[]) {
  const set = { position: sql`excluded.position`, name: sql`excluded.name`, ends: sql`excluded.ends` };
  const setWhere = sql`${stage.pipelineId} = ${pipelineId} and ${stage.removedAt} is null`;
  return stages.map(({ index: position, ...values }) =>
    run(
      build
        .insert(stage)
        .values({ ...values, position, pipelineId, organizationId })
        .onConflictDoUpdate({ target: stage.id, set, setWhere }),
    ),
  );
}

const stands = (scope: MemberScope, pipelineId: PipelineId): SQL =>
  sql`exists (select 1 from ${pipeline} where ${isThis(scope, pipelineId)})`;

/** The organization's, and not archived: goes before whatever changes it. */
export function mustBeOpen(scope: MemberScope, pipelineId: PipelineId): Statement<void>[] {
  return [
    must(stands(scope, pipelineId), "not_found"),
    must(sql`exists (select 1 from ${pipeline} where ${isThis(scope, pipelineId)} and ${isOpen})`, "pipeline_archived"),
  ];
}

type Changes = Pick<EditPipeline, "name" | "description"> & { readonly archivedAt?: Date };

/** Where a version is given, it must still be that one. */
export function changePipeline(
  scope: MemberScope,
  pipelineId: PipelineId,
  changes: Changes,
  version?: number,
): Statement<unknown>[] {
  const asRead = version === undefined ? undefined : eq(pipeline.version, version);
  return [
    run(
      build
        .update(pipeline)
        .set({
          ...changes,
          nameFolded: changes.name && folded(changes.name),
          version: sql`${pipeline.version} + 1`,
        })
        .where(and(isThis(scope, pipelineId), isOpen, asRead)),
    ),
    mustHaveChanged("moved_on"),
  ];
}

export function removeStagesBut(scope: MemberScope, pipelineId: PipelineId, kept: readonly StageId[], now: Date) {
  return run(
    build
      .update(stage)
      .set({ removedAt: now })
      .where(and(isStageOf(scope, pipelineId), notInArray(stage.id, [...kept]))),
  );
}

const standsIn = (ids: SQL) => and(sql`${placement.stageId} in ${ids}`, sql`${placement.removedAt} is null`);
const oneOf = (ids: readonly StageId[]) => sql`(select value from json_each(${JSON.stringify(ids)}))`;

/** Nobody has been put in one of these since it was looked. */
export function mustBeEmpty(_scope: MemberScope, stageIds: readonly StageId[]): Statement<void> {
  return must(sql`not exists (select 1 from ${placement} where ${standsIn(oneOf(stageIds))})`, "stage_in_use");
}

/** How many stand in each stage but these, up to `most`; of the first that is in use. */
export function inUseBut(scope: MemberScope, pipelineId: PipelineId, kept: readonly StageId[], most: number) {
  const standing = sql`select 1 from ${placement} where ${standsIn(sql`(${stage.id})`)}`;
  return first(
    build
      .select({ id: stage.id, count: sql<number>`(select count(*) from (${standing} limit ${most}))` })
      .from(stage)
      .where(and(isStageOf(scope, pipelineId), notInArray(stage.id, [...kept]), sql`exists (${standing})`))
      .orderBy(stage.position)
      .limit(1),
  );
}
