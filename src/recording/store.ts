import { and, asc, eq, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { interview, project, projectRole, recording, recordingPart } from "../../db/schema/index.ts";
import { all, build, first, must, run, type Statement } from "../../db/statement.ts";
import { isOwnInterview } from "../interview/actions.ts";
import type { InterviewId, RecordingId, StepId } from "../kernel/ids.ts";
import { type CandidateScope, hasAtLeast, type MemberScope, type SystemScope } from "../kernel/scope.ts";

export type RecordingRow = typeof recording.$inferSelect;

// Uploading, by the candidate whose interview runs.

/** The interview runs, and this is of the run that is on. */
const isRunning = (now: Date) =>
  and(eq(interview.status, "interviewing"), or(isNull(interview.dueAt), gt(interview.dueAt, now)));

export function insertRecording(values: typeof recording.$inferInsert): Statement<number> {
  return run(build.insert(recording).values(values));
}

export function recordingOfCandidate(scope: CandidateScope, recordingId: RecordingId) {
  return first(
    build
      .select({ recording })
      .from(recording)
      .innerJoin(interview, and(eq(interview.id, recording.interviewId), eq(interview.run, recording.run)))
      .where(and(eq(recording.id, recordingId), isOwnInterview(scope))),
  );
}

export function partsOf(recordingId: RecordingId) {
  return all(
    build
      .select({ number: recordingPart.number, bytes: recordingPart.bytes, key: recordingPart.key })
      .from(recordingPart)
      .where(eq(recordingPart.recordingId, recordingId))
      .orderBy(asc(recordingPart.number)),
  );
}

const stillTakesParts = (recordingId: RecordingId, now: Date) =>
  sql`exists (select 1 from ${recording} inner join ${interview} on ${interview.id} = ${recording.interviewId} and ${interview.run} = ${recording.run} where ${recording.id} = ${recordingId} and ${recording.status} = 'open' and ${isRunning(now)})`;

/** Fails once the recording is whole, or its interview does not run any more. */
export function mustTakeParts(recordingId: RecordingId, now: Date): Statement<void> {
  return must(stillTakesParts(recordingId, now), "recording_closed");
}

/** What a part must be of, while parts are taken. */
export function recordingForPart(_scope: SystemScope, recordingId: RecordingId, now: Date) {
  return first(
    build
      .select({ contentType: recording.contentType })
      .from(recording)
      .where(and(eq(recording.id, recordingId), stillTakesParts(recordingId, now))),
  );
}

type Part = typeof recordingPart.$inferInsert;

/** The last of a number counts. Refuses with `recording_closed`, and with `too_large` past what a recording may have. */
export function putPart(part: Part, bytesMax: number, now: Date): Statement<unknown>[] {
  const ofIt = sql`from ${recordingPart} where ${recordingPart.recordingId} = ${part.recordingId}`;
  return [
    mustTakeParts(part.recordingId, now),
    run(
      build
        .insert(recordingPart)
        .values(part)
        .onConflictDoUpdate({
          target: [recordingPart.recordingId, recordingPart.number],
          set: { bytes: part.bytes, key: part.key },
        }),
    ),
    must(sql`(select sum(${recordingPart.bytes}) ${ofIt}) <= ${bytesMax}`, "too_large"),
  ];
}

/** No part has been sent anew since they were read. */
export function makeWhole(recordingId: RecordingId, keys: readonly string[], now: Date): Statement<unknown>[] {
  const asRead = sql`(select json_group_array(key) from (select ${recordingPart.key} as key from ${recordingPart} where ${recordingPart.recordingId} = ${recordingId} order by ${recordingPart.number})) = ${JSON.stringify(keys)}`;
  return [
    must(asRead, "moved_on"),
    mustTakeParts(recordingId, now),
    run(build.update(recording).set({ status: "whole" }).where(eq(recording.id, recordingId))),
  ];
}

// Being an answer.

type For = { readonly interviewId: InterviewId; readonly run: number; readonly stepId: StepId };

/** Whole, and recorded for this step of this run. */
export function wholeRecording(
  scope: CandidateScope,
  recordingId: RecordingId,
  { interviewId, stepId }: Omit<For, "run">,
) {
  return first(
    build
      .select({ contentType: recording.contentType })
      .from(recording)
      .innerJoin(interview, and(eq(interview.id, recording.interviewId), eq(interview.run, recording.run)))
      .where(
        and(
          eq(recording.id, recordingId),
          eq(recording.interviewId, interviewId),
          eq(recording.stepId, stepId),
          eq(recording.status, "whole"),
          isOwnInterview(scope),
        ),
      ),
  );
}

/** This one is the answer from now on, and whichever was before it is kept no longer. */
export function keepAsAnswer(recordingId: RecordingId, { interviewId, run: current, stepId }: For, now: Date) {
  const others = and(
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

/** The interview goes, and what was recorded for it. */
export function forgetWithInterview(interviewId: InterviewId, now: Date): Statement<number> {
  return run(
    build.update(recording).set({ interviewId: null, forgetAt: now }).where(eq(recording.interviewId, interviewId)),
  );
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

/** Gone unless it has become an answer in between. Its objects go first: what is left of them nobody would find. */
export function deleteRecording(_scope: SystemScope, recordingId: RecordingId): Statement<unknown>[] {
  return [
    run(build.delete(recordingPart).where(eq(recordingPart.recordingId, recordingId))),
    run(build.delete(recording).where(eq(recording.id, recordingId))),
  ];
}

/** From here on it cannot become an answer any more. */
export function giveUp(_scope: SystemScope, recordingId: RecordingId, now: Date): Statement<number> {
  return run(
    build
      .update(recording)
      .set({ status: "open", interviewId: null })
      .where(and(eq(recording.id, recordingId), lte(recording.forgetAt, now))),
  );
}
