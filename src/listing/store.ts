import { and, asc, desc, eq, gt, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  deadlineOrder,
  interview,
  interviewEvent,
  interviewLabel,
  project,
  projectRole,
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

// A list has few shapes and many values: each shape is compiled by Drizzle once and kept.

const orderOf = { created: interview.createdAt, deadline: deadlineOrder, name: interview.name } as const;
const slot = sql.placeholder;

type ListShape = Pick<ListInterviews, "sort" | "direction"> & {
  readonly filters: readonly (keyof typeof filterOf)[];
  readonly after: boolean;
};

/** True statuses: what is due counts as done, in the filter as everywhere. */
const statusFilter = sql`(${interview.status} in (select value from json_each(${slot("statuses")})) and (${interview.dueAt} is null or ${interview.dueAt} > ${slot("now")})
  or ${interview.dueAt} <= ${slot("now")} and case ${interview.dueVerb} when 'expire' then 'expired' else 'aborted' end in (select value from json_each(${slot("statuses")})))`;

const me = sql`${slot("memberId")}`;
const myStatusInList = myEvaluationStatus(me);
const evaluationInList = { evaluationStatus, myEvaluationStatus: myStatusInList, vetoes: vetoesFor(me) };

const filterOf = {
  status: statusFilter,
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

function shapeConditions({ filters }: ListShape): SQL | undefined {
  return and(sql`${interview.organizationId} = ${slot("organizationId")}`, ...filters.map((name) => filterOf[name]));
}

const managesInList = sql<number>`(${slot("managesAll")} or exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${interview.projectId} and ${projectRole.memberId} = ${slot("memberId")} and ${projectRole.role} = 'interview_manager'))`;

/** Interviews as lists show them. Asks for `organizationId`, `memberId` and `managesAll`, besides what the rest of the query asks for. */
export function listedInterviews<Also extends Record<string, SQL>>(also: Also) {
  return build
    .select({ ...staffColumns, manages: managesInList, ...evaluationInList, ...also })
    .from(interview)
    .innerJoin(project, eq(project.id, interview.projectId))
    .innerJoin(candidate, eq(candidate.id, interview.candidateId));
}

function pageQuery(shape: ListShape) {
  const order = orderOf[shape.sort];
  const by = shape.direction === "asc" ? asc : desc;
  const beyond = shape.direction === "asc" ? sql`>` : sql`<`;
  // Said twice: of a pair that holds an expression SQLite finds no place in the index, and would walk to it from the start.
  const keyset = sql`${order} ${beyond}= ${slot("key")} and (${order}, ${interview.id}) ${beyond} (${slot("key")}, ${slot("keyId")})`;
  return listedInterviews({ key: sql<string | number>`${order}` })
    .where(and(shapeConditions(shape), shape.after ? keyset : undefined))
    .orderBy(by(order), by(interview.id))
    .limit(slot("limit"));
}

function totalQuery(shape: ListShape) {
  const matches = build
    .select({ one: sql`1`.as("one") })
    .from(interview)
    .where(shapeConditions(shape))
    .limit(slot("limit"))
    .as("matches");
  return build.select({ count: sql<number>`count(*)` }).from(matches);
}

type CompiledList = {
  readonly page: ReturnType<typeof compiled<Awaited<ReturnType<typeof pageQuery>>>>;
  readonly total: ReturnType<typeof compiled<Awaited<ReturnType<typeof totalQuery>>>>;
};

const compiledLists = new Map<string, CompiledList>();

function listOf(shape: ListShape): CompiledList {
  const name = `${shape.sort} ${shape.direction} ${shape.after} ${shape.filters.join(" ")}`;
  const known = compiledLists.get(name);
  if (known) return known;
  const made = { page: compiled(() => pageQuery(shape)), total: compiled(() => totalQuery(shape)) };
  compiledLists.set(name, made);
  return made;
}

export type ListAsked = {
  readonly input: ListInterviews;
  readonly now: Date;
  readonly after: readonly [string | number | null, string | number | null] | null;
  readonly seesAll: boolean;
  readonly totalMax: number;
};

/** One page and, with the first, how many there are, up to `totalMax + 1`. */
export function listInterviews(scope: MemberScope, { input, now, after, seesAll, totalMax }: ListAsked) {
  const given = {
    status: input.status,
    evaluationStatus: input.evaluationStatus,
    myEvaluationStatus: input.myEvaluationStatus,
    projectId: input.projectId,
    label: input.label,
    deadlineFrom: input.deadlineFrom,
    deadlineTo: input.deadlineTo,
    search: input.search,
    ownProjects: seesAll ? undefined : true,
  };
  const filters = filterNames.filter((name) => given[name] !== undefined);
  const { page, total } = listOf({ sort: input.sort, direction: input.direction, filters, after: after !== null });
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
    key: after?.[0] ?? null,
    keyId: after?.[1] ?? null,
  };
  return {
    rows: page({ ...values, limit: input.size + 1 }),
    total: total({ ...values, limit: totalMax + 1 }),
  };
}

const filterNames = [
  "status",
  "evaluationStatus",
  "myEvaluationStatus",
  "projectId",
  "label",
  "deadlineFrom",
  "deadlineTo",
  "search",
  "ownProjects",
] as const;

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
