import { and, asc, desc, eq, gt, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import {
  candidate,
  endOfTime,
  interview,
  interviewEvent,
  interviewLabel,
  project,
  projectRole,
  waits,
  wakeAt,
} from "../../db/schema/index.ts";
import { patternOf } from "../../db/search.ts";
import { all, build, compiled } from "../../db/statement.ts";
import { evaluationStatus, myEvaluationStatus, vetoesFor } from "../evaluation/actions.ts";
import { reachesInterview, staffColumns, staffInterview } from "../interview/actions.ts";
import type { ListInterviews } from "../interview/contract.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";

export function interviewById(scope: MemberScope, interviewId: InterviewId) {
  return staffInterview(scope, eq(interview.id, interviewId));
}

// A list has few shapes and many values: each shape is compiled by Drizzle once and kept. What a page costs does not grow with the
// organization (decision 017). Without filters it follows the index of its order and ends when it is full. With filters it does one of two:
// where at most `fewMax` can be meant, as an index of one filter tells, it takes those few and sorts them; else it walks in order and stops
// after `looksMax`, full or not.

const slot = sql.placeholder;

const orderOf = { created: interview.createdAt, deadline: interview.deadlineOrder, name: interview.name } as const;

type ListShape = Pick<ListInterviews, "sort" | "direction"> & {
  readonly filters: readonly Filter[];
  /** It begins after a place, and ends before one. */
  readonly begins: boolean;
  readonly ends: boolean;
};

const organizationOnly = sql`${interview.organizationId} = ${slot("organizationId")}`;
const isAsked = (status: SQLWrapper) => sql`${status} in (select value from json_each(${slot("statuses")}))`;

/** True statuses: what is due counts as done, in the filter as everywhere. */
const standsAsAsked = sql`(${isAsked(interview.status)} and (${interview.dueAt} is null or ${interview.dueAt} > ${slot("now")}))`;
const becameAsAsked = sql`(${interview.dueAt} <= ${slot("now")} and ${isAsked(sql`case ${interview.dueVerb} when 'expire' then 'expired' else 'aborted' end`)})`;

/** Due, not yet written down, and not found under the status that is: never many for long. */
const late = sql`from ${interview} indexed by interview_wake`;
const isLate = sql`${organizationOnly} and ${waits} and ${wakeAt} <= ${slot("now")} and ${interview.dueAt} <= ${slot("now")} and not ${isAsked(interview.status)}`;

const me = sql`${slot("memberId")}`;
const myStatusInList = myEvaluationStatus(me);
const evaluationInList = { evaluationStatus, myEvaluationStatus: myStatusInList, vetoes: vetoesFor(me) };

const filterOf = {
  /** Before the evaluation, which costs more to look at. */
  interviewed: sql`${interview.status} = 'interviewed'`,
  status: sql`(${standsAsAsked} or ${becameAsAsked})`,
  evaluationStatus: sql`${evaluationStatus} = ${slot("evaluationStatus")}`,
  myEvaluationStatus: sql`${myStatusInList} = ${slot("myEvaluationStatus")}`,
  projectId: sql`${interview.projectId} = ${slot("projectId")}`,
  label: sql`exists (select 1 from ${interviewLabel} where ${interviewLabel.organizationId} = ${interview.organizationId} and ${interviewLabel.label} = ${slot("label")} and ${interviewLabel.interviewId} = ${interview.id})`,
  deadlineFrom: sql`${interview.deadlineAt} >= ${slot("deadlineFrom")}`,
  deadlineTo: sql`${interview.deadlineAt} < ${slot("deadlineTo")}`,
  search: sql`(${interview.name} like ${slot("search")} escape '\\' or ${interview.email} like ${slot("search")} escape '\\')`,
  /** Whoever is below recruiter sees the projects they hold a role in. */
  ownProjects: sql`exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${interview.projectId} and ${projectRole.memberId} = ${slot("memberId")})`,
} as const;
type Filter = keyof typeof filterOf;

const filterNames = Object.keys(filterOf) as Filter[];

const idsWhere = (condition: SQL) => sql`select ${interview.id} as id from ${interview} where ${condition}`;
const ofProjects = (role: SQL) =>
  idsWhere(
    sql`${interview.projectId} in (select ${projectRole.projectId} from ${projectRole} where ${projectRole.memberId} = ${slot("memberId")} and ${role})`,
  );
const withDeadline = idsWhere(
  sql`${organizationOnly} and ${interview.deadlineOrder} >= coalesce(${slot("deadlineFrom")}, 0) and ${interview.deadlineOrder} < coalesce(${slot("deadlineTo")}, ${sql.raw(`${endOfTime}`)})`,
);

/** All that a filter can mean, by an index of its own, each once. The first of those asked for is taken: it is likely the narrowest. */
const sources: readonly (readonly [Filter, SQL])[] = [
  ["projectId", idsWhere(filterOf.projectId)],
  [
    "label",
    sql`select ${interviewLabel.interviewId} as id from ${interviewLabel} where ${interviewLabel.organizationId} = ${slot("organizationId")} and ${interviewLabel.label} = ${slot("label")}`,
  ],
  ["myEvaluationStatus", ofProjects(sql`${projectRole.role} = 'evaluator'`)],
  ["ownProjects", ofProjects(sql`1`)],
  ["deadlineFrom", withDeadline],
  ["deadlineTo", withDeadline],
  ["interviewed", idsWhere(sql`${organizationOnly} and ${filterOf.interviewed}`)],
  [
    "status",
    sql`${idsWhere(sql`${organizationOnly} and ${isAsked(interview.status)}`)} union all select ${interview.id} as id ${late} where ${isLate}`,
  ],
];

const managesInList = sql<number>`(${slot("managesAll")} or exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${interview.projectId} and ${projectRole.memberId} = ${slot("memberId")} and ${projectRole.role} = 'interview_manager'))`;

/** Interviews as lists show them. Asks for `organizationId`, `memberId` and `managesAll`, besides what the rest of the query asks for. */
export function listedInterviews<Also extends Record<string, SQL>>(also: Also) {
  return build
    .select({ ...staffColumns, manages: managesInList, ...evaluationInList, ...also })
    .from(interview)
    .innerJoin(project, eq(project.id, interview.projectId))
    .innerJoin(candidate, eq(candidate.id, interview.candidateId));
}

/** The parts of a list's queries that follow from its order. */
function partsOf({ sort, direction, begins, ends }: ListShape) {
  const order = orderOf[sort];
  const [by, beyond, upTo] =
    direction === "asc" ? ([asc, sql`>`, sql`<=`] as const) : ([desc, sql`<`, sql`>=`] as const);
  // To SQLite every blob comes after every text and number.
  const edge = direction === "asc" ? sql`x''` : sql.raw(sort === "name" ? "''" : "0");
  const end = ends ? { key: sql`${slot("endKey")}`, id: sql`''` } : { key: edge, id: sql`''` };
  const place = sql`(${order}, ${interview.id})`;
  return {
    order,
    inOrder: sql`order by ${by(order)}, ${by(interview.id)}`,
    walk: sql`from ${interview} indexed by ${sql.raw(`interview_by_${sort}`)}`,
    begun: begins ? sql`${place} ${beyond} (${slot("key")}, ${slot("keyId")})` : undefined,
    ended: ends ? sql`${place} ${upTo} (${end.key}, ${end.id})` : undefined,
    stopped: sql`${place} ${upTo} (coalesce((select key from stop), ${end.key}), coalesce((select id from stop), ${end.id}))`,
  };
}

/**
 * Ids that pass all filters, the first of them in order up to `limit`; and `stop`, the last that was looked at, if the walk did not come to
 * the end. By status and deadline the walk goes through each status for itself: who is invited stands behind all whose deadline has passed.
 */
function searchOf(shape: ListShape) {
  const { order, inOrder, walk, begun, ended, stopped } = partsOf(shape);
  const source = sources.find(([filter]) => shape.filters.includes(filter))?.[1];
  const meant = sql.join(
    shape.filters.map((name) => filterOf[name]),
    sql` and `,
  );
  const areFew = sql`(select count(*) from few) <= ${slot("fewMax")}`;
  // Within the key that is looked for: SQLite asks a condition with a query in it anew at every row it walks.
  const many = source
    ? sql`${interview.organizationId} = (select ${slot("organizationId")} where not ${areFew})`
    : organizationOnly;
  const byStatus = shape.sort === "deadline" && shape.filters.includes("status");
  const [along, isAlong] = byStatus
    ? [sql`from ${interview} indexed by interview_by_status`, and(many, sql`${interview.status} = asked.value`)]
    : [walk, many];
  const id = sql`select ${interview.id} as id`;
  const forEach = sql`from json_each(${slot("statuses")}) as asked cross join ${interview} on ${interview.id}`;
  const place = sql`select ${order} as key, ${interview.id} as id`;
  const nth = sql`${along} where ${and(isAlong, begun, ended)} ${inOrder} limit 1 offset ${slot("looksMax")} - 1`;
  const lastLook = byStatus ? sql`${place} ${forEach} = (${id} ${nth}) ${inOrder} limit 1` : sql`${place} ${nth}`;
  const found = sql`${id} ${along} where ${and(isAlong, begun, stopped, meant)} ${inOrder} limit ${slot("limit")}`;
  const walked = byStatus
    ? sql`${id} ${forEach} in (${found}) union all ${id} ${late} where ${and(many, isLate, begun, stopped, meant)}`
    : sql`select id from (${found})`;
  const gathered = sql`select id from (${id} from few cross join ${interview} on ${interview.id} = few.id where ${and(areFew, organizationOnly, begun, ended, meant)} ${inOrder} limit ${slot("limit")})`;
  const few = sql`few as materialized (select id from (${source}) limit ${slot("fewMax")} + 1), `;
  const head = sql`with ${source ? few : sql``}stop as materialized (${lastLook})`;
  return {
    ids: sql`${head} ${walked}${source ? sql` union all ${gathered}` : sql``}`,
    stop: sql`${head} select key, id from stop`,
  };
}

function pageQuery(shape: ListShape) {
  const { order, begun, ended } = partsOf(shape);
  const by = shape.direction === "asc" ? asc : desc;
  const isShown =
    shape.filters.length === 0 ? and(organizationOnly, begun, ended) : sql`${interview.id} in (${searchOf(shape).ids})`;
  return listedInterviews({ key: sql<string | number>`${order}` })
    .where(isShown)
    .orderBy(by(order), by(interview.id))
    .limit(slot("limit"));
}

function totalQuery(shape: ListShape) {
  const { walk, begun, ended } = partsOf(shape);
  const all = sql`select 1 ${walk} where ${and(organizationOnly, begun, ended)} limit ${slot("limit")}`;
  const found = shape.filters.length === 0 ? all : searchOf(shape).ids;
  return build.select({ count: sql<number>`count(*)` }).from(sql`(${found}) as matches`);
}

function stopQuery(shape: ListShape) {
  return build
    .select({ key: sql<string | number>`key`, id: sql<InterviewId>`id` })
    .from(sql`(${searchOf(shape).stop}) as stopped`);
}

type Compiled<Query extends PromiseLike<unknown>> = ReturnType<typeof compiled<Awaited<Query>>>;

type CompiledList = {
  readonly page: Compiled<ReturnType<typeof pageQuery>>;
  readonly total: Compiled<ReturnType<typeof totalQuery>>;
  /** Null where a page is full or the last. */
  readonly stop: Compiled<ReturnType<typeof stopQuery>> | null;
};

const compiledLists = new Map<string, CompiledList>();

function listOf(shape: ListShape): CompiledList {
  const { sort, direction, begins, ends, filters } = shape;
  const name = [sort, direction, begins, ends, ...filters].join(" ");
  const known = compiledLists.get(name);
  if (known) return known;
  const made = {
    page: compiled(() => pageQuery(shape)),
    total: compiled(() => totalQuery(shape)),
    stop: filters.length === 0 ? null : compiled(() => stopQuery(shape)),
  };
  compiledLists.set(name, made);
  return made;
}

type Place = readonly [key: string | number, id: string];

export type ListAsked = {
  readonly input: ListInterviews;
  readonly now: Date;
  readonly after: Place | null;
  readonly seesAll: boolean;
  readonly totalMax: number;
  /** How many are taken and sorted; and how many a walk looks at. */
  readonly fewMax: number;
  readonly looksMax: number;
};

/** Sorted by deadline, a range of deadlines is a part of the order: where it begins and where it ends. */
function rangeOf({ direction, deadlineFrom, deadlineTo }: ListInterviews): {
  begin: Place | null;
  endKey: number | null;
} {
  const from = deadlineFrom?.getTime() ?? null;
  const to = deadlineTo?.getTime() ?? (from === null ? null : endOfTime);
  const [begin, endKey] = direction === "asc" ? [from, to] : [to, from];
  return { begin: begin === null ? null : [begin, ""], endKey };
}

/** One page; with the first, how many there are, up to `totalMax + 1`; and with filters, where it stopped looking, if before the end. */
export function listInterviews(
  scope: MemberScope,
  { input, now, after, seesAll, totalMax, fewMax, looksMax }: ListAsked,
) {
  const range = input.sort === "deadline" ? rangeOf(input) : null;
  const wantsEvaluated =
    (input.evaluationStatus ?? "pending") !== "pending" || input.myEvaluationStatus === "completed";
  const given: Record<Filter, boolean> = {
    interviewed: wantsEvaluated,
    status: input.status !== undefined,
    evaluationStatus: input.evaluationStatus !== undefined,
    myEvaluationStatus: input.myEvaluationStatus !== undefined,
    projectId: input.projectId !== undefined,
    label: input.label !== undefined,
    deadlineFrom: range === null && input.deadlineFrom !== undefined,
    deadlineTo: range === null && input.deadlineTo !== undefined,
    search: input.search !== undefined,
    ownProjects: !seesAll,
  };
  const begin = after ?? range?.begin ?? null;
  const endKey = range?.endKey ?? null;
  const { page, total, stop } = listOf({
    ...{ sort: input.sort, direction: input.direction, filters: filterNames.filter((name) => given[name]) },
    ...{ begins: begin !== null, ends: endKey !== null },
  });
  const values = {
    organizationId: scope.organizationId,
    memberId: scope.memberId,
    managesAll: seesAll,
    now,
    statuses: JSON.stringify(input.status ?? []),
    evaluationStatus: input.evaluationStatus ?? null,
    myEvaluationStatus: input.myEvaluationStatus ?? null,
    projectId: input.projectId ?? null,
    label: input.label ?? null,
    deadlineFrom: input.deadlineFrom ?? null,
    deadlineTo: input.deadlineTo ?? null,
    search: input.search === undefined ? null : patternOf(input.search),
    ...{ key: begin?.[0] ?? null, keyId: begin?.[1] ?? null, endKey, fewMax, looksMax },
  };
  return {
    rows: page({ ...values, limit: input.size + 1 }),
    ...(after === null && { total: total({ ...values, limit: totalMax + 1 }) }),
    ...(stop !== null && { stop: stop(values) }),
  };
}

export function eventsOf(scope: MemberScope, interviewId: InterviewId, afterVersion: number, size: number) {
  return all(
    build
      .select({
        id: interviewEvent.id,
        version: interviewEvent.version,
        verb: interviewEvent.verb,
        from: interviewEvent.from,
        to: interviewEvent.to,
        actorKind: interviewEvent.actorKind,
        actorId: interviewEvent.actorId,
        why: interviewEvent.why,
        deadlineAt: interviewEvent.deadlineAt,
        accommodations: interviewEvent.accommodations,
        at: interviewEvent.at,
      })
      .from(interviewEvent)
      .innerJoin(interview, eq(interview.id, interviewEvent.interviewId))
      .where(and(eq(interview.id, interviewId), reachesInterview(scope), gt(interviewEvent.version, afterVersion)))
      .orderBy(interviewEvent.version)
      .limit(size + 1),
  );
}
