import { and, eq, type SQL, sql } from "drizzle-orm";
import { candidate, contact, pipeline, placement, placementEvent, stage } from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { CandidateId, EventId, PipelineId, PlacementId, StageId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { ListPlacementEvents, ListPlacements, Position, Subject } from "./contract.ts";
import type { PlacementVerb } from "./policy.ts";

const isHere = sql`${placement.removedAt} is null`;
const isThis = (scope: MemberScope, placementId: PlacementId) =>
  and(eq(placement.id, placementId), eq(placement.organizationId, scope.organizationId));

const isStage = (scope: MemberScope) =>
  and(eq(stage.organizationId, scope.organizationId), sql`${stage.removedAt} is null`);
const isStageOf = (scope: MemberScope, pipelineId: PipelineId) => and(isStage(scope), eq(stage.pipelineId, pipelineId));

// Whom it is about: one of the two joins finds somebody.

const cards = () =>
  build
    .select({
      id: placement.id,
      pipelineId: placement.pipelineId,
      stageId: placement.stageId,
      candidateId: candidate.id,
      firstName: candidate.firstName,
      lastName: candidate.lastName,
      contactId: contact.id,
      contactName: contact.name,
      rank: placement.rank,
      version: placement.version,
      enteredAt: placement.enteredAt,
      createdAt: placement.createdAt,
      ends: stage.ends,
    })
    .from(placement)
    .leftJoin(candidate, eq(candidate.id, placement.candidateId))
    .leftJoin(contact, eq(contact.id, placement.contactId))
    .innerJoin(stage, eq(stage.id, placement.stageId));

export function placementById(scope: MemberScope, placementId: PlacementId) {
  return first(cards().where(and(isThis(scope, placementId), isHere)));
}

/** Where this one stands in the pipeline already. */
export function placementOf(scope: MemberScope, pipelineId: PipelineId, subject: Subject) {
  const isAbout =
    subject.kind === "candidate"
      ? eq(placement.candidateId, subject.candidateId)
      : eq(placement.contactId, subject.contactId);
  const isTheirs = and(eq(placement.pipelineId, pipelineId), isAbout);
  return first(
    build
      .select({ id: placement.id })
      .from(placement)
      .where(and(isTheirs, eq(placement.organizationId, scope.organizationId), isHere)),
  );
}

export function subjectIsThere({ organizationId }: MemberScope, subject: Subject): Statement<void> {
  const [kind, isThem] =
    subject.kind === "candidate"
      ? [candidate, eq(candidate.id, subject.candidateId)]
      : [contact, eq(contact.id, subject.contactId)];
  const isOwn = and(isThem, eq(kind.organizationId, organizationId));
  return must(sql`exists (select 1 from ${kind} where ${isOwn})`, "not_found");
}

// Where it goes.

/** Which stage is meant: the one that is named, the first of a pipeline, or the one where somebody stands. */
export type Where =
  | { readonly pipelineId: PipelineId; readonly stageId: StageId | undefined }
  | { readonly placementId: PlacementId; readonly stageId: StageId | undefined };

function stageMeant(scope: MemberScope, where: Where): SQL {
  const isNamed = where.stageId && eq(stage.id, where.stageId);
  if ("pipelineId" in where) {
    const isIn = and(isStageOf(scope, where.pipelineId), isNamed);
    return sql`(select ${stage.id} from ${stage} where ${isIn} order by ${stage.position} limit 1)`;
  }
  const own = (column: SQL) =>
    sql`(select ${column} from ${placement} where ${isThis(scope, where.placementId)} and ${isHere})`;
  const isIn = isNamed
    ? and(isNamed, eq(stage.pipelineId, own(sql`${placement.pipelineId}`)))
    : eq(stage.id, own(sql`${placement.stageId}`));
  return sql`(select ${stage.id} from ${stage} where ${isStage(scope)} and ${isIn})`;
}

/** The stage, and whether its pipeline may still be changed. */
export function stageFor(scope: MemberScope, where: Where) {
  return first(
    build
      .select({ id: stage.id, archivedAt: pipeline.archivedAt })
      .from(stage)
      .innerJoin(pipeline, eq(pipeline.id, stage.pipelineId))
      .where(sql`${stage.id} = ${stageMeant(scope, where)}`),
  );
}

/** Between which ranks that is; undefined where whoever it is beside does not stand there. */
export function placeAt(scope: MemberScope, where: Where, position: Position) {
  const inStage = sql`${placement.stageId} = ${stageMeant(scope, where)} and ${isHere}`;
  const outermost = (way: "asc" | "desc", beyond?: SQL) =>
    sql`(select ${placement.rank} from ${placement} where ${and(inStage, beyond)} order by ${placement.rank} ${sql.raw(way)} limit 1)`;
  const anchor =
    "placementId" in position
      ? sql`(select ${placement.rank} from ${placement} where ${isThis(scope, position.placementId)} and ${inStage})`
      : sql`null`;
  const bounds = {
    first: [sql`null`, outermost("asc")],
    last: [outermost("desc"), sql`null`],
    before: [outermost("desc", sql`${placement.rank} < ${anchor}`), anchor],
    after: [anchor, outermost("asc", sql`${placement.rank} > ${anchor}`)],
  } as const;
  const [behind, before] = bounds[position.at];
  return raw(sql`select ${behind}, ${before}, ${anchor}`, ([row]) => {
    const [low, high, beside] = (row ?? []).map((cell) => (cell === null ? null : String(cell)));
    if ("placementId" in position && beside === null) return undefined;
    return { behind: low ?? null, before: high ?? null };
  });
}

/** Still there, in a pipeline that may be changed: goes before whoever is put in it. */
export function stageIsOpen(scope: MemberScope, stageId: StageId): Statement<void> {
  const isOpen = sql`exists (select 1 from ${pipeline} where ${pipeline.id} = ${stage.pipelineId} and ${pipeline.archivedAt} is null)`;
  return must(
    sql`exists (select 1 from ${stage} where ${and(isStage(scope), eq(stage.id, stageId))} and ${isOpen})`,
    "moved_on",
  );
}

type NewPlacement = Omit<typeof placement.$inferInsert, "organizationId">;

export function insertPlacement({ organizationId }: MemberScope, values: NewPlacement): Statement<number> {
  return unlessTaken(run(build.insert(placement).values({ ...values, organizationId })), "place_taken");
}

type Moved = Partial<Pick<typeof placement.$inferInsert, "stageId" | "rank" | "enteredAt" | "removedAt">>;

/** The guarded move: it stands as whoever moves it has seen it, and its pipeline may be changed. */
export function movePlacement(
  scope: MemberScope,
  { id, version }: { readonly id: PlacementId; readonly version: number },
  moved: Moved,
): Statement<unknown>[] {
  const isOpen = sql`exists (select 1 from ${pipeline} where ${pipeline.id} = ${placement.pipelineId} and ${pipeline.archivedAt} is null)`;
  const changed = build
    .update(placement)
    .set({ ...moved, version: version + 1 })
    .where(and(isThis(scope, id), isHere, eq(placement.version, version), sql`${isOpen}`));
  return [unlessTaken(run(changed), "place_taken"), mustHaveChanged("moved_on")];
}

/** Out of a pipeline in which the same person stands once more; also out of an archived one. */
export function takeOut(
  scope: MemberScope,
  { id, version }: { readonly id: PlacementId; readonly version: number },
  removedAt: Date,
): Statement<unknown>[] {
  const changed = build
    .update(placement)
    .set({ removedAt, version: version + 1 })
    .where(and(isThis(scope, id), isHere, eq(placement.version, version)));
  return [run(changed), mustHaveChanged("moved_on")];
}

/** Where the other stands in a pipeline in which the one that is kept stands too. */
export function doublesOf(
  { organizationId }: MemberScope,
  { kept, other }: { readonly kept: CandidateId; readonly other: CandidateId },
) {
  const isDouble = sql`exists (select 1 from ${placement} as one where one.pipeline_id = ${placement.pipelineId} and one.candidate_id = ${kept} and one.removed_at is null)`;
  const isTheirs = and(eq(placement.candidateId, other), eq(placement.organizationId, organizationId), isHere);
  return all(
    build
      .select({
        id: placement.id,
        version: placement.version,
        stageId: placement.stageId,
        enteredAt: placement.enteredAt,
      })
      .from(placement)
      .where(and(isTheirs, isDouble)),
  );
}

export type Happened = {
  readonly id: EventId;
  readonly placementId: PlacementId;
  readonly version: number;
  readonly verb: PlacementVerb;
  readonly fromStageId: StageId | null;
  readonly toStageId: StageId | null;
  readonly stayedMs: number | null;
  readonly at: Date;
};

export function insertEvent({ organizationId, memberId }: MemberScope, happened: Happened): Statement<number> {
  return run(build.insert(placementEvent).values({ ...happened, organizationId, memberId }));
}

// What is looked at.

/** The organization's, and of what pipeline it is a stage. */
export function stageIsThere(scope: MemberScope, stageId: StageId): Statement<void> {
  return must(sql`exists (select 1 from ${stage} where ${and(isStage(scope), eq(stage.id, stageId))})`, "not_found");
}

export function placementsIn(scope: MemberScope, { stageId, size }: ListPlacements, behind: string | null) {
  const isIn = and(eq(placement.stageId, stageId), eq(placement.organizationId, scope.organizationId), isHere);
  return all(
    cards()
      .where(and(isIn, behind === null ? undefined : sql`${placement.rank} > ${behind}`))
      .orderBy(placement.rank)
      .limit(size + 1),
  );
}

/** The stages of a pipeline in order, and how many stand in each, up to `most`. */
export function countedStages(scope: MemberScope, pipelineId: PipelineId, most: number) {
  const standing = sql`(select count(*) from (select 1 from ${placement} where ${placement.stageId} = ${stage.id} and ${isHere} limit ${most}))`;
  return all(
    build
      .select({
        id: stage.id,
        name: stage.name,
        index: stage.position,
        ends: stage.ends,
        count: sql<number>`${standing}`,
      })
      .from(stage)
      .where(isStageOf(scope, pipelineId))
      .orderBy(stage.position),
  );
}

/** The first of each stage, so many and one more; in no order. */
export function firstOfEachStage(scope: MemberScope, pipelineId: PipelineId, size: number) {
  const lanes = sql`select ${stage.id} as place from ${stage} where ${isStageOf(scope, pipelineId)}`;
  const inOneLane = sql`select ${placement.id} from ${placement} where ${placement.stageId} = lane.place and ${isHere} order by ${placement.rank} limit ${size} + 1`;
  const found = sql`select ${placement.id} from lane cross join ${placement} on ${placement.id} in (${inOneLane})`;
  return all(cards().where(sql`${placement.id} in (with lane as materialized (${lanes}) ${found})`));
}

export function eventsOf(scope: MemberScope, { placementId, size }: ListPlacementEvents, since: number) {
  const nameOf = (stageId: typeof placementEvent.fromStageId | typeof placementEvent.toStageId) =>
    sql`(select ${stage.name} from ${stage} where ${stage.id} = ${stageId})`;
  return all(
    build
      .select({
        id: placementEvent.id,
        version: placementEvent.version,
        verb: placementEvent.verb,
        fromStageId: placementEvent.fromStageId,
        fromName: sql<string | null>`${nameOf(placementEvent.fromStageId)}`,
        toStageId: placementEvent.toStageId,
        toName: sql<string | null>`${nameOf(placementEvent.toStageId)}`,
        memberId: placementEvent.memberId,
        stayedMs: placementEvent.stayedMs,
        at: placementEvent.at,
      })
      .from(placementEvent)
      .where(
        and(
          eq(placementEvent.placementId, placementId),
          eq(placementEvent.organizationId, scope.organizationId),
          sql`${placementEvent.version} > ${since}`,
        ),
      )
      .orderBy(placementEvent.version)
      .limit(size + 1),
  );
}

/** Also one that was removed: what has happened to it stays to be read. */
export function placementIsKnown(scope: MemberScope, placementId: PlacementId): Statement<void> {
  return must(sql`exists (select 1 from ${placement} where ${isThis(scope, placementId)})`, "not_found");
}

/** How many, at most so many as were looked at, and what lies in the middle of them; null where there is none. */
type Middle = { readonly count: number; readonly middle: number } | null;

/** Of each stage, of the newest `most`: how long those who left were in it, and when those who are in it came. */
export function middlesOf(scope: MemberScope, pipelineId: PipelineId, most: number) {
  const middleOf = (took: SQL) =>
    sql`(select max(count) || ' ' || avg(value) from (select value, count(*) over () as count, row_number() over (order by value) as nth from (${took}) as took) where nth in ((count + 1) / 2, (count + 2) / 2))`;
  const left = sql`select ${placementEvent.stayedMs} as value from ${placementEvent} where ${placementEvent.fromStageId} = ${stage.id} and ${placementEvent.stayedMs} is not null order by ${placementEvent.id} desc limit ${most}`;
  const standing = sql`select ${placement.enteredAt} as value from ${placement} where ${placement.stageId} = ${stage.id} and ${isHere} order by ${placement.enteredAt} desc limit ${most}`;
  const told = (text: unknown): Middle => {
    const [count = 0, middle = 0] = String(text).split(" ").map(Number);
    return { count, middle };
  };
  return all(
    build
      .select({
        stageId: stage.id,
        left: sql<Middle>`${middleOf(left)}`.mapWith(told),
        standing: sql<Middle>`${middleOf(standing)}`.mapWith(told),
      })
      .from(stage)
      .where(isStageOf(scope, pipelineId))
      .orderBy(stage.position),
  );
}
