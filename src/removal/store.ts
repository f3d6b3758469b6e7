import { and, eq, isNotNull, sql } from "drizzle-orm";
import { candidate, interview, interviewEvent, interviewLabel, letter, link, session } from "../../db/schema/index.ts";
import { build, must, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import type { CandidateId, InterviewId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";

/** The candidate has not been here: no link was used, no session opened, no step taken by them. */
export function neverOpened(interviewId: InterviewId, candidateId: CandidateId): Statement<void> {
  const used = and(eq(link.interviewId, interviewId), isNotNull(link.usedAt));
  const theirs = and(eq(interviewEvent.interviewId, interviewId), eq(interviewEvent.actorKind, "candidate"));
  const opened = and(eq(session.candidateId, candidateId), eq(session.interviewId, interviewId));
  return must(
    sql`not exists (select 1 from ${link} where ${used}) and not exists (select 1 from ${session} where ${opened}) and not exists (select 1 from ${interviewEvent} where ${theirs})`,
    "already_opened",
  );
}

/** Everything that was written of an interview nobody opened. Letters on their way are withdrawn with it. */
export function deleteInterview(scope: MemberScope, interviewId: InterviewId): Statement<unknown>[] {
  return [
    run(build.delete(letter).where(eq(letter.interviewId, interviewId))),
    run(build.delete(link).where(eq(link.interviewId, interviewId))),
    run(build.delete(interviewLabel).where(eq(interviewLabel.interviewId, interviewId))),
    run(build.delete(interviewEvent).where(eq(interviewEvent.interviewId, interviewId))),
    run(
      build
        .delete(interview)
        .where(and(eq(interview.id, interviewId), eq(interview.organizationId, scope.organizationId))),
    ),
    mustHaveChanged("moved_on"),
  ];
}

/** Whoever has no other interview is not kept: nothing of theirs is needed any more. */
export function deleteWhoIsLeftAlone(scope: MemberScope, candidateId: CandidateId): Statement<number> {
  const isLeft = sql`not exists (select 1 from ${interview} where ${interview.candidateId} = ${candidateId}) and not exists (select 1 from ${session} where ${session.candidateId} = ${candidateId})`;
  return run(
    build
      .delete(candidate)
      .where(and(eq(candidate.id, candidateId), eq(candidate.organizationId, scope.organizationId), isLeft)),
  );
}
