import { and, asc, eq, exists, gt, inArray, isNull, or, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import {
  criterion,
  evaluationNote,
  interview,
  member,
  project,
  projectRevision,
  projectRole,
  rating,
  user,
  veto,
} from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement } from "../../db/statement.ts";
import type { CriterionId, InterviewId, MemberId, StepId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { seesProject } from "../project/actions.ts";
import type { Average, Rate } from "./contract.ts";
import type { EvaluationStatus, MyEvaluationStatus } from "./machine.ts";
import type { Scored } from "./policy.ts";

// What stands in a query about interviews. The law: what counts is what today's evaluators have said by today's criteria.

const isCurrent = and(isNull(criterion.removedAt), eq(rating.scaleMax, criterion.scaleMax));
const isEvaluatorRole = and(eq(projectRole.projectId, interview.projectId), eq(projectRole.role, "evaluator"));

/** How many ratings an evaluator has to give: each required criterion for each step that people judge. */
const ratingsNeeded = sql<number>`((select ${projectRevision.judgedCount} from ${projectRevision} where ${projectRevision.projectId} = ${interview.projectId} and ${projectRevision.revision} = ${interview.revision}) * (select count(*) from ${criterion} where ${criterion.projectId} = ${interview.projectId} and ${criterion.isRequired} and ${criterion.removedAt} is null))`;

/** 1 when this evaluator has given them all. */
function isDone(memberId: SQLWrapper): SQL<number> {
  return sql<number>`((select count(*) from ${rating} inner join ${criterion} on ${criterion.id} = ${rating.criterionId} where ${rating.interviewId} = ${interview.id} and ${rating.memberId} = ${memberId} and ${criterion.isRequired} and ${isCurrent}) >= ${ratingsNeeded})`;
}

const evaluators = sql<number>`(select count(*) from ${projectRole} where ${isEvaluatorRole})`;
const evaluatorsDone = sql<number>`(select count(*) from ${projectRole} where ${isEvaluatorRole} and ${isDone(projectRole.memberId)})`;
const vetoesThatCount = sql`from ${veto} inner join ${projectRole} on ${projectRole.memberId} = ${veto.memberId} where ${veto.interviewId} = ${interview.id} and ${isEvaluatorRole}`;
const isVetoed = sql`exists (select 1 ${vetoesThatCount})`;

/** The evaluation status of the interview a query is about. */
export const evaluationStatus = sql<EvaluationStatus>`(case when ${interview.status} <> 'interviewed' then 'pending' when ${isVetoed} then 'completed' when ${evaluatorsDone} = 0 then 'pending' when ${evaluatorsDone} = ${evaluators} then 'completed' else 'partial' end)`;

const isEvaluator = (memberId: SQLWrapper) =>
  sql`exists (select 1 from ${projectRole} where ${isEvaluatorRole} and ${projectRole.memberId} = ${memberId})`;

/** Of this member; null when they are not an evaluator of its project. */
export function myEvaluationStatus(memberId: SQLWrapper): SQL<MyEvaluationStatus | null> {
  return sql<MyEvaluationStatus | null>`(case when ${isEvaluator(memberId)} then case when ${interview.status} = 'interviewed' and ${isDone(memberId)} then 'completed' else 'pending' end end)`;
}

/** Whoever still owes ratings of their own does not see what others said: it does not even leave the database. */
const mayLookAs = (memberId: SQLWrapper) => sql`coalesce(${myEvaluationStatus(memberId)}, 'completed') = 'completed'`;

/** How many of today's evaluators veto; null while that is not for this member's eyes. */
export function vetoesFor(memberId: SQLWrapper): SQL<number | null> {
  return sql<
    number | null
  >`(case when ${interview.status} <> 'interviewed' then 0 when ${mayLookAs(memberId)} then (select count(*) ${vetoesThatCount}) end)`;
}

// One interview.

const isSeen = (scope: MemberScope, interviewId: InterviewId) =>
  and(
    eq(interview.id, interviewId),
    eq(interview.organizationId, scope.organizationId),
    seesProject(scope, interview.projectId),
  );

const me = (scope: MemberScope) => sql`${scope.memberId}`;

const mayLook = (scope: MemberScope) => mayLookAs(me(scope));

export function evaluationOf(scope: MemberScope, interviewId: InterviewId) {
  return first(
    build
      .select({
        id: interview.id,
        projectId: interview.projectId,
        status: interview.status,
        vetoEnabled: project.vetoEnabled,
        steps: projectRevision.steps,
        evaluationStatus,
        myEvaluationStatus: myEvaluationStatus(me(scope)),
        vetoes: vetoesFor(me(scope)),
        ratingsNeeded,
        evaluators,
        evaluatorsDone,
      })
      .from(interview)
      .innerJoin(project, eq(project.id, interview.projectId))
      .innerJoin(
        projectRevision,
        and(eq(projectRevision.projectId, interview.projectId), eq(projectRevision.revision, interview.revision)),
      )
      .where(isSeen(scope, interviewId)),
  );
}

/** The criteria of its project, those that are there today. */
export function criteriaOfInterview(scope: MemberScope, interviewId: InterviewId) {
  return all(
    build
      .select({ id: criterion.id, scaleMax: criterion.scaleMax })
      .from(criterion)
      .innerJoin(interview, eq(interview.projectId, criterion.projectId))
      .where(and(isSeen(scope, interviewId), isNull(criterion.removedAt))),
  );
}

/** What evaluators have said of it: whose, `whose` says of a column with a member's id. */
function saidOf(scope: MemberScope, interviewId: InterviewId, whose: (memberId: SQLWrapper) => SQL | undefined) {
  return {
    ratings: all(
      build
        .select({
          memberId: rating.memberId,
          stepId: rating.stepId,
          criterionId: rating.criterionId,
          score: rating.score,
          ratedAt: rating.ratedAt,
        })
        .from(rating)
        .innerJoin(interview, eq(interview.id, rating.interviewId))
        .innerJoin(criterion, eq(criterion.id, rating.criterionId))
        .where(and(isSeen(scope, interviewId), isCurrent, whose(rating.memberId)))
        .orderBy(rating.memberId, rating.stepId, criterion.position),
    ),
    notes: all(
      build
        .select({
          memberId: evaluationNote.memberId,
          stepId: sql<StepId | null>`nullif(${evaluationNote.about}, '')`,
          text: evaluationNote.text,
          notedAt: evaluationNote.notedAt,
        })
        .from(evaluationNote)
        .innerJoin(interview, eq(interview.id, evaluationNote.interviewId))
        .where(and(isSeen(scope, interviewId), whose(evaluationNote.memberId)))
        .orderBy(evaluationNote.memberId, evaluationNote.about),
    ),
    vetoes: all(
      build
        .select({ memberId: veto.memberId, reason: veto.reason, at: veto.at })
        .from(veto)
        .innerJoin(interview, eq(interview.id, veto.interviewId))
        .where(and(isSeen(scope, interviewId), whose(veto.memberId))),
    ),
  };
}

export function saidByMe(scope: MemberScope, interviewId: InterviewId) {
  return saidOf(scope, interviewId, (memberId) => eq(memberId, scope.memberId));
}

type PageAsked = { readonly after: string | null; readonly size: number };

/** One page of the project's evaluators, with what they said as far as it is for this member's eyes. */
export function evaluatorsOf(scope: MemberScope, interviewId: InterviewId, { after, size }: PageAsked) {
  const isOnPage = and(isEvaluatorRole, after === null ? undefined : gt(projectRole.memberId, after as MemberId));
  const page = build
    .select({ memberId: projectRole.memberId })
    .from(projectRole)
    .innerJoin(interview, eq(interview.projectId, projectRole.projectId))
    .where(and(isSeen(scope, interviewId), isOnPage))
    .orderBy(asc(projectRole.memberId))
    .limit(size + 1);
  const isForMyEyes = (memberId: SQLWrapper) =>
    and(inArray(memberId, page), or(eq(memberId, scope.memberId), mayLook(scope)));
  return {
    rows: all(
      build
        .select({
          memberId: projectRole.memberId,
          firstName: user.firstName,
          lastName: user.lastName,
          isDone: sql<number>`(${interview.status} = 'interviewed' and ${isDone(projectRole.memberId)})`,
          isShown: sql<number>`(${projectRole.memberId} = ${scope.memberId} or ${mayLook(scope)})`,
        })
        .from(projectRole)
        .innerJoin(interview, eq(interview.projectId, projectRole.projectId))
        .innerJoin(member, eq(member.id, projectRole.memberId))
        .innerJoin(user, eq(user.id, member.userId))
        .where(and(isSeen(scope, interviewId), isOnPage))
        .orderBy(asc(projectRole.memberId))
        .limit(size + 1),
    ),
    ...saidOf(scope, interviewId, isForMyEyes),
  };
}

export type ResultRow = Average & {
  readonly stepId: StepId | null;
  readonly criterionId: CriterionId | null;
};

/**
 * Averages over all of it, by step, by criterion and by both, from what today's evaluators said. No row at all while it is not
 * for this member's eyes.
 */
export function resultOf(scope: MemberScope, interviewId: InterviewId): Statement<ResultRow[]> {
  const said = build
    .select({
      step: sql`${rating.stepId}`.as("step"),
      criterion: sql`${rating.criterionId}`.as("criterion"),
      member: sql`${rating.memberId}`.as("member"),
      percent: sql`100.0 * (${rating.score} - 1) / (${rating.scaleMax} - 1)`.as("percent"),
    })
    .from(rating)
    .innerJoin(interview, eq(interview.id, rating.interviewId))
    .innerJoin(criterion, eq(criterion.id, rating.criterionId))
    .innerJoin(projectRole, and(isEvaluatorRole, eq(projectRole.memberId, rating.memberId)))
    .where(and(isSeen(scope, interviewId), eq(interview.status, "interviewed"), isCurrent, mayLook(scope)));
  // Each evaluator's own average first, so that whoever rated more does not weigh more.
  const averages = (step: SQL, of: SQL) =>
    sql`select ${step} as step, ${of} as criterion, avg(percent) as average, max(percent) - min(percent) as spread, count(*) as evaluators from (select step, criterion, member, avg(percent) as percent from said group by member, ${step}, ${of}) group by ${step}, ${of}`;
  const [none, step, of] = [sql`null`, sql`step`, sql`criterion`];
  const union = sql.join(
    [averages(none, none), averages(step, none), averages(none, of), averages(step, of)],
    sql` union all `,
  );
  return raw(sql`with said as ${said} ${union} order by 1, 2`, (rows) =>
    rows.map(([stepId, criterionId, average, spread, count]) => ({
      stepId: stepId as StepId | null,
      criterionId: criterionId as CriterionId | null,
      average: Number(average),
      spread: Number(spread),
      evaluators: Number(count),
    })),
  );
}

// What an evaluator writes.

const isMineToJudge = (scope: MemberScope, interviewId: InterviewId) =>
  and(isSeen(scope, interviewId), eq(interview.status, "interviewed"), isEvaluator(me(scope)));

/** Still an evaluator when it is written. */
export function mustStillJudge(scope: MemberScope, interviewId: InterviewId): Statement<void> {
  const found = build.select({ one: sql`1` }).from(interview).where(isMineToJudge(scope, interviewId));
  return must(exists(found), "not_evaluator");
}

export function mustAllowVeto(scope: MemberScope, interviewId: InterviewId): Statement<void> {
  const found = build
    .select({ one: sql`1` })
    .from(interview)
    .innerJoin(project, eq(project.id, interview.projectId))
    .where(and(isSeen(scope, interviewId), project.vetoEnabled));
  return must(exists(found), "veto_disabled");
}

export function putRatings(
  scope: MemberScope,
  interviewId: InterviewId,
  ratings: readonly Scored[],
  ratedAt: Date,
): Statement<unknown>[] {
  const given = ratings.flatMap(({ score, ...rest }) => (score === null ? [] : [{ ...rest, score }]));
  const taken = ratings.filter(({ score }) => score === null);
  return [
    ...(given.length === 0 ? [] : [mustBeOnScale(given), upsertRatings(scope, interviewId, given, ratedAt)]),
    ...(taken.length === 0 ? [] : [deleteRatings(scope, interviewId, taken)]),
  ];
}

type Given = Scored & { readonly score: number };

/** The criteria are what they were when they were read. */
function mustBeOnScale(given: readonly Given[]): Statement<void> {
  const scales = new Map(given.map(({ criterionId, scaleMax }) => [criterionId, scaleMax]));
  return must(
    sql`(select count(*) from ${criterion} inner join json_each(${JSON.stringify([...scales])}) as scale on ${criterion.id} = scale.value ->> 0 and ${criterion.scaleMax} = scale.value ->> 1 where ${criterion.removedAt} is null) = ${scales.size}`,
    "moved_on",
  );
}

function upsertRatings(scope: MemberScope, interviewId: InterviewId, given: readonly Given[], ratedAt: Date) {
  const { memberId, organizationId } = scope;
  return run(
    build
      .insert(rating)
      .values(given.map((one) => ({ ...one, interviewId, memberId, organizationId, ratedAt })))
      .onConflictDoUpdate({
        target: [rating.interviewId, rating.memberId, rating.stepId, rating.criterionId],
        set: { score: sql`excluded.score`, scaleMax: sql`excluded.scale_max`, ratedAt },
      }),
  );
}

type Rated = Pick<Scored, "stepId" | "criterionId">;

function deleteRatings(scope: MemberScope, interviewId: InterviewId, taken: readonly Rated[]) {
  const pairs = JSON.stringify(taken.map(({ stepId, criterionId }) => [stepId, criterionId]));
  return run(
    build
      .delete(rating)
      .where(
        and(
          eq(rating.interviewId, interviewId),
          eq(rating.memberId, scope.memberId),
          sql`(${rating.stepId}, ${rating.criterionId}) in (select value ->> 0, value ->> 1 from json_each(${pairs}))`,
        ),
      ),
  );
}

export function putNotes(
  scope: MemberScope,
  interviewId: InterviewId,
  notes: Rate["notes"],
  notedAt: Date,
): Statement<unknown>[] {
  const { memberId, organizationId } = scope;
  const about = ({ stepId }: Rate["notes"][number]) => stepId ?? "";
  const [kept, emptied] = [notes.filter(({ text }) => text !== ""), notes.filter(({ text }) => text === "")];
  const isMine = and(eq(evaluationNote.interviewId, interviewId), eq(evaluationNote.memberId, memberId));
  const upsert = () =>
    build
      .insert(evaluationNote)
      .values(
        kept.map((note) => ({ interviewId, memberId, organizationId, about: about(note), text: note.text, notedAt })),
      )
      .onConflictDoUpdate({
        target: [evaluationNote.interviewId, evaluationNote.memberId, evaluationNote.about],
        set: { text: sql`excluded.text`, notedAt },
      });
  const remove = build.delete(evaluationNote).where(and(isMine, inArray(evaluationNote.about, emptied.map(about))));
  return [...(kept.length === 0 ? [] : [run(upsert())]), ...(emptied.length === 0 ? [] : [run(remove)])];
}

export function putVeto(scope: MemberScope, interviewId: InterviewId, reason: string, at: Date): Statement<number> {
  const { memberId, organizationId } = scope;
  return run(
    build
      .insert(veto)
      .values({ interviewId, memberId, organizationId, reason, at })
      .onConflictDoUpdate({ target: [veto.interviewId, veto.memberId], set: { reason, at } }),
  );
}

export function removeVeto(scope: MemberScope, interviewId: InterviewId): Statement<unknown>[] {
  return [
    run(build.delete(veto).where(and(eq(veto.interviewId, interviewId), eq(veto.memberId, scope.memberId)))),
    mustHaveChanged("not_found"),
  ];
}
