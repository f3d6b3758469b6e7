import { and, eq, isNotNull, lte, type SQL, sql } from "drizzle-orm";
import { candidate, interview, letter, meeting, organization, project, refcheck, role } from "../../db/schema/index.ts";
import { build, first, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import type { CandidateId, LetterId, ReferenceId } from "../kernel/ids.ts";
import type { SystemScope } from "../kernel/scope.ts";
import type { Death } from "./policy.ts";

/** A letter to a candidate, and all that is said of it to those who invited. */
export function letterToCandidate(_scope: SystemScope, letterId: LetterId) {
  return first(
    build
      .select({
        letter: {
          to: letter.to,
          createdAt: letter.createdAt,
          interviewId: letter.interviewId,
          refcheckId: letter.refcheckId,
          meetingId: letter.meetingId,
        },
        candidate: {
          id: candidate.id,
          email: candidate.email,
          emailStatus: candidate.emailStatus,
          emailCorrectedAt: candidate.emailCorrectedAt,
          firstName: candidate.firstName,
          lastName: candidate.lastName,
          language: candidate.language,
          timeZone: candidate.timeZone,
        },
        /** What it was about: the project, the role, or the meeting. */
        subject: sql<string>`coalesce(${project.name}, ${role.title}, ${meeting.title}, '')`,
        organizationId: candidate.organizationId,
        organization: {
          name: organization.name,
          senderName: organization.senderName,
          frontendOrigins: organization.frontendOrigins,
        },
      })
      .from(letter)
      .innerJoin(candidate, eq(candidate.id, letter.candidateId))
      .innerJoin(organization, eq(organization.id, candidate.organizationId))
      .leftJoin(interview, eq(interview.id, letter.interviewId))
      .leftJoin(project, eq(project.id, interview.projectId))
      .leftJoin(refcheck, eq(refcheck.id, letter.refcheckId))
      .leftJoin(role, eq(role.id, refcheck.roleId))
      .leftJoin(meeting, eq(meeting.id, letter.meetingId))
      .where(eq(letter.id, letterId)),
  );
}

/** Whom a letter asked about somebody, if it is one of those, and where it went. */
export function letterToReference(_scope: SystemScope, letterId: LetterId) {
  return first(
    build
      .select({ referenceId: sql<ReferenceId>`${letter.referenceId}`, to: letter.to })
      .from(letter)
      .where(and(eq(letter.id, letterId), isNotNull(letter.referenceId))),
  );
}

/** Stands for the refcheck, where one is asked for before the letter has been read. */
export function refcheckOfLetter(_scope: SystemScope, letterId: LetterId): SQL {
  return sql`(select ${letter.refcheckId} from ${letter} where ${letter.id} = ${letterId})`;
}

/** Stands for the interview a letter is about, where an interview is asked for before the letter has been read. */
export function interviewOfLetter(_scope: SystemScope, letterId: LetterId): SQL {
  return sql`(select ${letter.interviewId} from ${letter} where ${letter.id} = ${letterId})`;
}

/** And the meeting. */
export function meetingOfLetter(_scope: SystemScope, letterId: LetterId): SQL {
  return sql`(select ${letter.meetingId} from ${letter} where ${letter.id} = ${letterId})`;
}

export type Died = {
  readonly candidateId: CandidateId;
  /** Where the letter went, and when it was written. */
  readonly email: string;
  readonly writtenAt: Date;
  readonly of: Death;
  readonly at: Date;
};

function theirAddress({ candidateId, email, writtenAt }: Died): SQL | undefined {
  return and(
    eq(candidate.id, candidateId),
    eq(candidate.email, email),
    lte(sql`coalesce(${candidate.emailCorrectedAt}, 0)`, writtenAt.getTime()),
  );
}

function dead({ of, at }: Died) {
  const since = at.getTime();
  return build.update(candidate).set({
    emailStatus: sql`case when ${candidate.emailStatus} = 'complained' then 'complained' else ${of} end`,
    emailDeadSince: sql`min(coalesce(${candidate.emailDeadSince}, ${since}), ${since})`,
  });
}

/**
 * Marks the address the letter went to, if it still is the candidate's and has not been corrected since: a late report
 * of a former address says nothing about the present one. Of several deaths the graver is kept and the earliest instant,
 * in whatever order they are told.
 */
export function markDead(_scope: SystemScope, died: Died): Statement<number> {
  return run(dead(died).where(theirAddress(died)));
}

/** The same where it counted as alive until now: of any number of reports one gets past this, and tells. */
export function markFirstDeath(_scope: SystemScope, died: Died): Statement<unknown>[] {
  return [run(dead(died).where(and(theirAddress(died), eq(candidate.emailStatus, "ok")))), mustHaveChanged("moved_on")];
}
