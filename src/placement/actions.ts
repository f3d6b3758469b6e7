// Who stands in which stage, and the board on which that is seen (applicant-tracking, sales pipelines).
import { untilAlone } from "../kernel/again.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, refuse } from "../kernel/errors.ts";
import type { StageId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import { rankBetween } from "../kernel/rank.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { pipelineById } from "../pipeline/actions.ts";
import type { PipelineIn } from "../pipeline/contract.ts";
import type * as contract from "./contract.ts";
import { countMax, judgedMax, type PlacementVerb, rankCharsMax } from "./policy.ts";
import * as store from "./store.ts";

type Row = NonNullable<ReturnType<ReturnType<typeof store.placementById>["read"]>>;

function subjectOf({ candidateId, firstName, lastName, contactId, contactName }: Row): contract.ShownSubject {
  if (contactId !== null) return { kind: "contact", contactId, name: contactName ?? "" };
  if (candidateId === null) return refuse("not_found");
  return { kind: "candidate", candidateId, firstName: firstName ?? "", lastName: lastName ?? "" };
}

function toPlacement(row: Row): contract.Placement {
  return { ...row, subject: subjectOf(row) };
}

/** Who is put at the same place in the same moment gets another rank at the next look; whoever is placed by then is found. */
const raced: ReadonlySet<Reason> = new Set(["place_taken"]);
const looksMax = 5;

type Place = { readonly behind: string | null; readonly before: string | null };

function rankAt(deps: Deps, { behind, before }: Place): string {
  const rank = rankBetween(behind, before, deps.random());
  return rank.length > rankCharsMax ? refuse("place_full") : rank;
}

/**
 * Puts somebody in a stage, the first unless another is named. Refuses with `not_found`, `pipeline_archived`, `already_placed` (with where, as
 * `placementId`), `moved_on` when the stage has gone meanwhile, `place_full`.
 */
export function putPlacement(deps: Deps, scope: MemberScope, input: contract.Put): Promise<contract.Placement> {
  return untilAlone(raced, looksMax, () => put(deps, scope, input));
}

async function put(deps: Deps, scope: MemberScope, input: contract.Put): Promise<contract.Placement> {
  const { pipelineId, stageId, subject, position } = input;
  const { stage, placed, place } = await deps.db.read({
    stage: store.stageFor(scope, { pipelineId, stageId }),
    placed: store.placementOf(scope, pipelineId, subject),
    place: store.placeAt(scope, { pipelineId, stageId }, position),
  });
  if (!stage || !place) return refuse("not_found");
  if (stage.archivedAt !== null) return refuse("pipeline_archived");
  if (placed) return refuse("already_placed", { placementId: placed.id });
  const at = deps.now();
  const id = deps.newId("plc");
  const { kind: _, ...about } = subject;
  const values = { ...about, id, pipelineId, stageId: stage.id, rank: rankAt(deps, place), version: 1 };
  const put = { row: { id, version: 0, stageId: null, enteredAt: at }, verb: "put", to: stage.id } as const;
  const { made } = await deps.db.writeThenRead(
    [
      store.stageIsOpen(scope, stage.id),
      store.subjectIsThere(scope, subject),
      store.insertPlacement(scope, { ...values, enteredAt: at, createdAt: at }),
      store.insertEvent(scope, happened(deps, put)),
    ],
    { made: store.placementById(scope, id) },
  );
  return made ? toPlacement(made) : refuse("not_found");
}

type Step = {
  readonly row: Pick<Row, "id" | "version" | "enteredAt"> & { readonly stageId: StageId | null };
  readonly verb: PlacementVerb;
  readonly to: StageId | null;
};

function happened(deps: Deps, { row, verb, to }: Step): store.Happened {
  const at = deps.now();
  const isLeft = row.stageId !== null && row.stageId !== to;
  return {
    ...{ id: deps.newId("evt"), placementId: row.id, version: row.version + 1, verb, at },
    ...{ fromStageId: row.stageId, toStageId: to },
    // Another Worker's clock may have been ahead of this one's.
    stayedMs: isLeft ? Math.max(0, at.getTime() - row.enteredAt.getTime()) : null,
  };
}

/** Refuses with `moved_on` when it is not any more what whoever asks has seen. */
function mustBeAsSeen({ version }: Pick<Row, "version">, input: { readonly version: number }): void {
  if (version !== input.version) refuse("moved_on", { version });
}

/**
 * To another stage of its pipeline, or to another place in its own: one row is written, and what happened. Refuses with `not_found`,
 * `pipeline_archived`, `moved_on`, `place_full`.
 */
export function movePlacement(deps: Deps, scope: MemberScope, input: contract.Move): Promise<contract.Placement> {
  return untilAlone(raced, looksMax, () => move(deps, scope, input));
}

async function move(deps: Deps, scope: MemberScope, input: contract.Move): Promise<contract.Placement> {
  const { placementId, stageId, position } = input;
  const { row, stage, place } = await deps.db.read({
    row: store.placementById(scope, placementId),
    stage: store.stageFor(scope, { placementId, stageId }),
    place: store.placeAt(scope, { placementId, stageId }, position),
  });
  if (!row || !stage || !place) return refuse("not_found");
  if (stage.archivedAt !== null) return refuse("pipeline_archived");
  mustBeAsSeen(row, input);
  const isElsewhere = stage.id !== row.stageId;
  const moved = { stageId: stage.id, rank: rankAt(deps, place), ...(isElsewhere && { enteredAt: deps.now() }) };
  const { after } = await deps.db.writeThenRead(
    [
      store.stageIsOpen(scope, stage.id),
      ...store.movePlacement(scope, row, moved),
      store.insertEvent(scope, happened(deps, { row, verb: "move", to: stage.id })),
    ],
    { after: store.placementById(scope, placementId) },
  );
  return after ? toPlacement(after) : refuse("not_found");
}

/** What has happened to it stays to be read. Refuses with `not_found`, `pipeline_archived`, `moved_on`. */
export async function removePlacement(deps: Deps, scope: MemberScope, input: contract.Remove) {
  const { placementId } = input;
  const { row, stage } = await deps.db.read({
    row: store.placementById(scope, placementId),
    stage: store.stageFor(scope, { placementId, stageId: undefined }),
  });
  if (!row || !stage) return refuse("not_found");
  if (stage.archivedAt !== null) return refuse("pipeline_archived");
  mustBeAsSeen(row, input);
  await deps.db.write([
    ...store.movePlacement(scope, row, { removedAt: deps.now() }),
    store.insertEvent(scope, happened(deps, { row, verb: "remove", to: null })),
  ]);
  return { done: true as const };
}

/** For whoever makes one record of two: where both stand in one pipeline, and the statements that take one of them out. */
export const doublesOf = store.doublesOf;

export function takenOut(deps: Deps, scope: MemberScope, row: Step["row"]) {
  return [
    ...store.takeOut(scope, row, deps.now()),
    store.insertEvent(scope, happened(deps, { row, verb: "remove", to: null })),
  ];
}

/** In the order in which it happened, also of one that was removed. Refuses with `not_found`. */
export async function listPlacementEvents(deps: Deps, scope: MemberScope, input: contract.ListPlacementEvents) {
  const [since = 0] = keysOfCursor("placement events", input.cursor, ["number"]) ?? [];
  const { rows } = await deps.db.read({
    known: store.placementIsKnown(scope, input.placementId),
    rows: store.eventsOf(scope, input, since),
  });
  const named = (id: StageId | null, name: string | null) => (id === null ? null : { id, name: name ?? "" });
  const events = rows.map(({ fromStageId, fromName, toStageId, toName, ...event }) => ({
    ...event,
    from: named(fromStageId, fromName),
    to: named(toStageId, toName),
  }));
  return toPage(events, input.size, ({ version }) => encodeCursor("placement events", [version]));
}

function pageOfStage(rows: readonly Row[], size: number) {
  const { items, nextCursor } = toPage(rows, size, ({ rank }) => encodeCursor("placements", [rank]));
  return { items: items.map(toPlacement), nextCursor };
}

/** Refuses with `not_found`. */
export async function listPlacements(deps: Deps, scope: MemberScope, input: contract.ListPlacements) {
  const [behind = null] = keysOfCursor("placements", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({
    there: store.stageIsThere(scope, input.stageId),
    rows: store.placementsIn(scope, input, behind),
  });
  return pageOfStage(rows, input.size);
}

const byRank = (one: Row, other: Row) => (one.rank < other.rank ? -1 : 1);

/** The pipeline, each stage with how many stand in it and the first of them; one round trip. Refuses with `not_found`. */
export async function showBoard(deps: Deps, scope: MemberScope, input: contract.BoardIn): Promise<contract.Board> {
  const { pipelineId, size } = input;
  const { found, stages, rows } = await deps.db.read({
    found: pipelineById(scope, pipelineId),
    stages: store.countedStages(scope, pipelineId, countMax + 1),
    rows: store.firstOfEachStage(scope, pipelineId, size),
  });
  if (!found) return refuse("not_found");
  const standing = Map.groupBy(rows, ({ stageId }) => stageId);
  const shown = stages.map(({ count, ...stage }) => ({
    ...stage,
    total: { count: Math.min(count, countMax), isCapped: count > countMax },
    placements: pageOfStage((standing.get(stage.id) ?? []).toSorted(byRank), size),
  }));
  return { ...found, stages: shown };
}

/** How long people are in each stage. Refuses with `not_found`. */
export async function timesInStages(
  deps: Deps,
  scope: MemberScope,
  { pipelineId }: PipelineIn,
): Promise<contract.StageTimes> {
  const { found, middles } = await deps.db.read({
    found: pipelineById(scope, pipelineId),
    middles: store.middlesOf(scope, pipelineId, judgedMax),
  });
  if (!found) return refuse("not_found");
  const now = deps.now().getTime();
  return {
    stages: middles.map(({ stageId, left, standing }) => ({
      stageId,
      left: { count: left?.count ?? 0, medianMs: left?.middle ?? null },
      standing: { count: standing?.count ?? 0, medianMs: standing && Math.max(0, now - standing.middle) },
    })),
  };
}
