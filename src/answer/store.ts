import { and, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import { interview, interviewAnswer, projectRevision } from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import { isOwnInterview } from "../interview/actions.ts";
import type { InterviewId, StepId } from "../kernel/ids.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";
import { runningColumns } from "../presence/actions.ts";
import { seesProject } from "../project/actions.ts";
import { newestRecording } from "../recording/actions.ts";
import type { Answer } from "./contract.ts";

/** The answers of the run that is on, or was last. */
const ofThisRun = and(eq(interviewAnswer.interviewId, interview.id), eq(interviewAnswer.run, interview.run));

/** Where a candidate is: the open step, the one after it, and what was saved. Steps come as JSON text. */
export function progress(scope: CandidateScope, interviewId: InterviewId) {
  const stepAt = (position: ReturnType<typeof sql>) =>
    sql<string | null>`json_extract(${projectRevision.steps}, '$[' || ${position} || ']')`;
  return first(
    build
      .select({
        ...runningColumns,
        opensAt: interview.opensAt,
        run: interview.run,
        openPosition: interview.openPosition,
        openedAt: interview.openedAt,
        stepCount: projectRevision.stepCount,
        openStep: stepAt(sql`${interview.openPosition}`),
        nextStep: stepAt(sql`(coalesce(${interview.openPosition}, -1) + 1)`),
        answer: interviewAnswer.answer,
        takes: interviewAnswer.takes,
        recordingId: newestRecording(
          sql`json_extract(${projectRevision.steps}, '$[' || ${interview.openPosition} || '].id')`,
        ),
      })
      .from(interview)
      .innerJoin(
        projectRevision,
        and(eq(projectRevision.projectId, interview.projectId), eq(projectRevision.revision, interview.revision)),
      )
      .leftJoin(interviewAnswer, and(ofThisRun, eq(interviewAnswer.position, interview.openPosition)))
      .where(and(eq(interview.id, interviewId), isOwnInterview(scope))),
  );
}

type At = {
  readonly interviewId: InterviewId;
  readonly run: number;
  readonly position: number | null;
  readonly now: Date;
};

/** Still interviewing, still in time, still at this step: the deadline stands in the sentence, whatever the alarms do. */
function isAt({ interviewId, run: current, position, now }: At) {
  return and(
    eq(interview.id, interviewId),
    eq(interview.status, "interviewing"),
    eq(interview.run, current),
    position === null ? isNull(interview.openPosition) : eq(interview.openPosition, position),
    or(isNull(interview.dueAt), gt(interview.dueAt, now)),
  );
}

export function openPosition(scope: CandidateScope, at: At, next: number): Statement<unknown>[] {
  return [
    run(
      build
        .update(interview)
        .set({ openPosition: next, openedAt: at.now })
        .where(and(isOwnInterview(scope), isAt(at))),
    ),
    mustHaveChanged("moved_on"),
  ];
}

export type AnswerToSave = {
  readonly stepId: StepId;
  readonly answer: Answer;
  readonly points: number | null;
  readonly submit: boolean;
  readonly takesMax: number;
};

export function saveAnswer(
  scope: CandidateScope,
  at: At & { position: number },
  values: AnswerToSave,
): Statement<unknown>[] {
  const { interviewId, run: current, position, now } = at;
  const { stepId, answer, points, submit, takesMax } = values;
  const isThere = sql`exists (select 1 from ${interview} where ${and(isOwnInterview(scope), isAt(at)) ?? sql`0`})`;
  return [
    must(isThere, "moved_on"),
    run(
      build
        .insert(interviewAnswer)
        .values({
          interviewId,
          run: current,
          position,
          stepId,
          organizationId: scope.organizationId,
          answer,
          points,
          takes: submit ? 1 : 0,
          savedAt: now,
        })
        .onConflictDoUpdate({
          target: [interviewAnswer.interviewId, interviewAnswer.run, interviewAnswer.position],
          set: { answer, points, savedAt: now, takes: sql`${interviewAnswer.takes} + ${submit ? 1 : 0}` },
          // What was submitted is replaced by another take, never by a draft.
          setWhere: submit ? lt(interviewAnswer.takes, takesMax) : eq(interviewAnswer.takes, 0),
        }),
    ),
    mustHaveChanged(submit ? "takes_used" : "answer_submitted"),
  ];
}

/** For staff: the steps as this interview has them. */
export function stepsOf(scope: MemberScope, interviewId: InterviewId) {
  return first(
    build
      .select({ id: interview.id, steps: projectRevision.steps })
      .from(interview)
      .innerJoin(
        projectRevision,
        and(eq(projectRevision.projectId, interview.projectId), eq(projectRevision.revision, interview.revision)),
      )
      .where(
        and(
          eq(interview.id, interviewId),
          eq(interview.organizationId, scope.organizationId),
          seesProject(scope, interview.projectId),
        ),
      ),
  );
}

export function answersOf(scope: MemberScope, interviewId: InterviewId) {
  return all(
    build
      .select({
        position: interviewAnswer.position,
        answer: interviewAnswer.answer,
        takes: interviewAnswer.takes,
        points: interviewAnswer.points,
        savedAt: interviewAnswer.savedAt,
      })
      .from(interviewAnswer)
      .innerJoin(interview, ofThisRun)
      .where(
        and(
          eq(interview.id, interviewId),
          eq(interview.organizationId, scope.organizationId),
          seesProject(scope, interview.projectId),
        ),
      )
      .orderBy(interviewAnswer.position),
  );
}
