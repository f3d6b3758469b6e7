import { and, eq, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import {
  candidate,
  document,
  documentEvent,
  education,
  experience,
  feedback,
  formerCandidate,
  interview,
  interviewEvent,
  interviewLabel,
  isOfCrowd,
  letter,
  link,
  meeting,
  note,
  offerCandidate,
  placement,
  refcheck,
  session,
  skill,
} from "../../db/schema/index.ts";
import { build, must, mustHaveChanged, raw, run, type Statement } from "../../db/statement.ts";
import type { CandidateId, InterviewId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";

/** The candidate has been here: used a link, had a session that reaches it, or taken a step. */
function isOpened(interviewId: SQLWrapper, candidateId: SQLWrapper): SQL {
  const used = sql`${link.interviewId} = ${interviewId} and ${link.usedAt} is not null`;
  // A password's session sees everything its candidate was invited to while it lived.
  const invited = sql`${interviewEvent.interviewId} = ${interviewId} and ${interviewEvent.verb} = 'invite' and ${interviewEvent.at} < min(${session.expiresAt}, coalesce(${session.revokedAt}, ${session.expiresAt}))`;
  const saw = sql`${session.interviewId} is null and ${session.refcheckId} is null and ${session.offerId} is null and exists (select 1 from ${interviewEvent} where ${invited})`;
  const opened = sql`${session.candidateId} = ${candidateId} and (${session.interviewId} = ${interviewId} or (${saw}))`;
  const acted = sql`${interviewEvent.interviewId} = ${interviewId} and ${interviewEvent.actorKind} = 'candidate'`;
  return sql`(exists (select 1 from ${link} where ${used}) or exists (select 1 from ${session} where ${opened}) or exists (select 1 from ${interviewEvent} where ${acted}))`;
}

export function neverOpened(interviewId: InterviewId, candidateId: CandidateId): Statement<void> {
  return must(sql`not ${isOpened(sql`${interviewId}`, sql`${candidateId}`)}`, "already_opened");
}

/** Which of these were opened. */
export function openedOf(scope: MemberScope, interviewIds: readonly InterviewId[]): Statement<ReadonlySet<string>> {
  return raw(
    sql`select id from (select id, candidate_id from ${interview} where organization_id = ${scope.organizationId} and id in (select value from json_each(${JSON.stringify(interviewIds)}))) as asked where ${isOpened(sql`asked.id`, sql`asked.candidate_id`)}`,
    (rows) => new Set(rows.map(([id]) => String(id))),
  );
}

/** A letter that told of many goes on without naming this one. */
function unnamed({ organizationId }: MemberScope, interviewId: InterviewId): Statement<number> {
  const place = sql`(select fullkey from json_each(content, '$.interviews') where value ->> 'interviewId' = ${interviewId})`;
  return run(
    build
      .update(letter)
      .set({ content: sql`json_remove(content, ${place})` })
      .where(and(eq(letter.organizationId, organizationId), isOfCrowd, sql`exists ${place}`)),
  );
}

/** Everything that was written of an interview nobody opened. Letters on their way are withdrawn with it. */
export function deleteInterview(scope: MemberScope, interviewId: InterviewId): Statement<unknown>[] {
  return [
    run(build.delete(letter).where(eq(letter.interviewId, interviewId))),
    unnamed(scope, interviewId),
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

/** What a candidate is kept for: what they take part in, that they have been here, and what members have written of them. */
const reasonsToKeep = [
  ...[interview, refcheck, session, skill, experience, education, note, placement, meeting, document],
  ...[offerCandidate, feedback, formerCandidate],
] as const;

/** Whoever has none is not kept, nor what they asked for to get in: nothing of theirs is needed any more. */
export function deleteWhoIsLeftAlone(scope: MemberScope, candidateId: CandidateId): Statement<number>[] {
  const isLeft = sql.join(
    [
      ...reasonsToKeep.map(
        (kind) => sql`not exists (select 1 from ${kind} where ${kind.candidateId} = ${candidateId})`,
      ),
      // Entered by staff, or taken a step.
      sql`not exists (select 1 from ${candidate} as kept where kept.id = ${candidateId} and kept.is_kept)`,
    ],
    sql` and `,
  );
  return [
    run(
      build.delete(letter).where(and(eq(letter.candidateId, candidateId), sql`${letter.interviewId} is null`, isLeft)),
    ),
    run(build.delete(link).where(and(eq(link.candidateId, candidateId), isLeft))),
    run(build.delete(documentEvent).where(and(eq(documentEvent.candidateId, candidateId), isLeft))),
    run(
      build
        .delete(candidate)
        .where(and(eq(candidate.id, candidateId), eq(candidate.organizationId, scope.organizationId), isLeft)),
    ),
  ];
}
