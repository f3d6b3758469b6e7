import { and, asc, eq, gt, gte, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { interview, project, projectRole, recording, recordingPart } from "../../db/schema/index.ts";
import { all, build, first, must, run, type Statement } from "../../db/statement.ts";
import { isOwnInterview } from "../interview/actions.ts";
import type { InterviewId, RecordingId, StepId } from "../kernel/ids.ts";
import { type CandidateScope, hasAtLeast, type MemberScope, type SystemScope } from "../kernel/scope.ts";

// Uploading, by the candidate whose interview runs.

/** Of the run that is on, of an interview of theirs. */
const ofTheirRun = (scope: CandidateScope) =>
  and(
    eq(recording.organizationId, scope.organizationId),
    sql`exists (select 1 from ${interview} where ${interview.id} = ${recording.interviewId} and ${interview.run} = ${recording.run} and ${isOwnInterview(scope)})`,
  );

/** The newest that was begun for a step of the interview that the query is about, in the run that is on. */
export const newestRecording = (stepId: SQL): SQL<RecordingId | null> =>
  sql`(select ${recording.id} from ${recording} where ${recording.interviewId} = ${interview.id} and ${recording.run} = ${interview.run} and ${recording.stepId} = ${stepId} order by ${recording.id} desc limit 1)`;

export function insertRecording(
  { organizationId }: CandidateScope,
  values: Omit<typeof recording.$inferInsert, "organizationId">,
): Statement<number> {
  return run(build.insert(recording).values({ ...values, organizationId }));
}

export function recordingOfCandidate(scope: CandidateScope, recordingId: RecordingId) {
  return first(
    build
      .select()
      .from(recording)
      .where(and(eq(recording.id, recordingId), ofTheirRun(scope))),
  );
}

const partColumns = { number: recordingPart.number, bytes: recordingPart.bytes, key: recordingPart.key };

export function partsOf({ organizationId }: CandidateScope | MemberScope, recordingId: RecordingId) {
  return all(
    build
      .select(partColumns)
      .from(recordingPart)
      .where(and(eq(recordingPart.recordingId, recordingId), eq(recordingPart.organizationId, organizationId)))
      .orderBy(asc(recordingPart.number)),
  );
}

/** It is open, and the run it is of is on and in time. */
const takesParts = (scope: CandidateScope, recordingId: RecordingId, now: Date): SQL => {
  const inTime = or(isNull(interview.dueAt), gt(interview.dueAt, now));
  return sql`exists (select 1 from ${recording} inner join ${interview} on ${interview.id} = ${recording.interviewId} and ${interview.run} = ${recording.run} where ${recording.id} = ${recordingId} and ${recording.status} = 'open' and ${and(isOwnInterview(scope), eq(interview.status, "interviewing"), inTime)})`;
};

/** What a part must be of, while parts are taken. */
export function recordingForPart(scope: CandidateScope, recordingId: RecordingId, now: Date) {
  return first(
    build
      .select({ contentType: recording.contentType })
      .from(recording)
      .where(and(eq(recording.id, recordingId), takesParts(scope, recordingId, now))),
  );
}

type Part = Omit<typeof recordingPart.$inferInsert, "organizationId">;
type Limits = { readonly bytesMax: number; readonly interviewBytesMax: number };

/**
 * The last of a number counts; answers first with the one before, if any. Refuses with `recording_closed`, and with `too_large` past what a
 * recording, or all of one interview together, may have.
 */
export function putPart(scope: CandidateScope, part: Part, { bytesMax, interviewBytesMax }: Limits, now: Date) {
  const { recordingId, number, bytes, key } = part;
  const isIt = and(eq(recordingPart.recordingId, recordingId), eq(recordingPart.number, number));
  const ofIt = sql`select sum(${recordingPart.bytes}) from ${recordingPart} where ${recordingPart.recordingId} = ${recordingId}`;
  const ofAll = sql`select sum(${recordingPart.bytes}) from ${recording} inner join ${recordingPart} on ${recordingPart.recordingId} = ${recording.id} where ${recording.interviewId} = (select own.interview_id from ${recording} as own where own.id = ${recordingId})`;
  return [
    first(build.select(partColumns).from(recordingPart).where(isIt)),
    must(takesParts(scope, recordingId, now), "recording_closed"),
    run(
      build
        .insert(recordingPart)
        .values({ ...part, organizationId: scope.organizationId })
        .onConflictDoUpdate({
          target: [recordingPart.recordingId, recordingPart.number],
          set: { bytes, key },
        }),
    ),
    must(sql`(${ofIt}) <= ${bytesMax} and (${ofAll}) <= ${interviewBytesMax}`, "too_large"),
  ] as const;
}

/** The parts up to this many are the whole. None of them has been sent anew since they were read. */
export function makeWhole(
  scope: CandidateScope,
  recordingId: RecordingId,
  keys: readonly string[],
  now: Date,
): Statement<unknown>[] {
  const ofIt = eq(recordingPart.recordingId, recordingId);
  const asRead = sql`(select json_group_array(key) from (select ${recordingPart.key} as key from ${recordingPart} where ${ofIt} order by ${recordingPart.number})) = ${JSON.stringify(keys)}`;
  return [
    run(build.delete(recordingPart).where(and(ofIt, gte(recordingPart.number, keys.length)))),
    must(asRead, "moved_on"),
    must(takesParts(scope, recordingId, now), "recording_closed"),
    run(build.update(recording).set({ status: "whole" }).where(eq(recording.id, recordingId))),
  ];
}

// Being an answer.

type For = { readonly interviewId: InterviewId; readonly run: number; readonly stepId: StepId };

/** What was recorded for this step of the run that is on. */
export function recordingForStep(
  scope: CandidateScope,
  recordingId: RecordingId,
  { interviewId, stepId }: Omit<For, "run">,
) {
  return first(
    build
      .select({ contentType: recording.contentType, status: recording.status, createdAt: recording.createdAt })
      .from(recording)
      .where(
        and(
          eq(recording.id, recordingId),
          eq(recording.interviewId, interviewId),
          eq(recording.stepId, stepId),
          ofTheirRun(scope),
        ),
      ),
  );
}

/** This one is the answer from now on, and whichever was before it is kept no longer. */
export function keepAsAnswer(
  { organizationId }: CandidateScope,
  recordingId: RecordingId,
  { interviewId, run: current, stepId }: For,
  now: Date,
) {
  const others = and(
    eq(recording.organizationId, organizationId),
    eq(recording.interviewId, interviewId),
    eq(recording.run, current),
    eq(recording.stepId, stepId),
    isNull(recording.forgetAt),
  );
  const isIt = and(eq(recording.id, recordingId), eq(recording.interviewId, interviewId));
  return [
    run(build.update(recording).set({ forgetAt: now }).where(others)),
    run(build.update(recording).set({ forgetAt: null }).where(isIt)),
    // Given up in this very moment: the answer would point at nothing.
    must(sql`exists (select 1 from ${recording} where ${and(isIt, eq(recording.status, "whole"))})`, "moved_on"),
  ];
}

// Playing, by who may rate or review.

const mayHear = (scope: MemberScope): SQL =>
  hasAtLeast(scope.access, "recruiter")
    ? sql`true`
    : sql`exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${project.id} and ${projectRole.memberId} = ${scope.memberId} and ${projectRole.role} in ('evaluator', 'reviewer'))`;

/** One that is an answer, of a project in which the member rates or reviews. */
export function playable(scope: MemberScope, recordingId: RecordingId) {
  return first(
    build
      .select({ contentType: recording.contentType })
      .from(recording)
      .innerJoin(interview, eq(interview.id, recording.interviewId))
      .innerJoin(project, eq(project.id, interview.projectId))
      .where(
        and(
          eq(recording.id, recordingId),
          eq(recording.organizationId, scope.organizationId),
          eq(recording.status, "whole"),
          isNull(recording.forgetAt),
          mayHear(scope),
        ),
      ),
  );
}

// Forgetting.

type Whose = Pick<CandidateScope | MemberScope, "organizationId">;

/** All that was recorded for it until now. */
const ofInterview = ({ organizationId }: Whose, interviewId: InterviewId) =>
  and(eq(recording.organizationId, organizationId), eq(recording.interviewId, interviewId));

/** The interview begins anew, or never will: nobody sees any more what was recorded for it. */
export function forgetRecordingsOf(scope: Whose, interviewId: InterviewId, now: Date): Statement<number> {
  return run(build.update(recording).set({ forgetAt: now }).where(ofInterview(scope, interviewId)));
}

/** The interview goes, and what was recorded for it. */
export function forgetWithInterview(scope: Whose, interviewId: InterviewId, now: Date): Statement<number> {
  return run(build.update(recording).set({ interviewId: null, forgetAt: now }).where(ofInterview(scope, interviewId)));
}

export function forgettable(_scope: SystemScope, now: Date, size: number) {
  return all(
    build
      .select({ id: recording.id, organizationId: recording.organizationId })
      .from(recording)
      .where(lte(recording.forgetAt, now))
      .orderBy(recording.forgetAt, recording.id)
      .limit(size),
  );
}

/** Its objects go before: what was left of them nobody would find. */
export function deleteRecording(_scope: SystemScope, recordingId: RecordingId): Statement<unknown>[] {
  return [
    run(build.delete(recordingPart).where(eq(recordingPart.recordingId, recordingId))),
    run(build.delete(recording).where(eq(recording.id, recordingId))),
  ];
}

/** From here on it cannot become an answer any more; unless it has become one in between. */
export function giveUp(_scope: SystemScope, recordingId: RecordingId, now: Date): Statement<number> {
  return run(
    build
      .update(recording)
      .set({ status: "open", interviewId: null })
      .where(and(eq(recording.id, recordingId), lte(recording.forgetAt, now))),
  );
}
