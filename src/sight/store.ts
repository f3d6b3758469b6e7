import { and, eq, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { candidate, interview, meeting, meetingInterviewer, refcheck } from "../../db/schema/index.ts";
import { must, raw, type Statement } from "../../db/statement.ts";
import { reachesInterview } from "../interview/actions.ts";
import type { CandidateId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import { everyCandidate } from "./policy.ts";

/** What of candidates this member reaches: all, or those of whom they see an interview or a refcheck, or whom they meet. */
export function reachesCandidate(scope: MemberScope): SQL | undefined {
  const isOrganizations = eq(candidate.organizationId, scope.organizationId);
  if (hasAtLeast(scope.access, everyCandidate)) return isOrganizations;
  const isInterviewed = sql`exists (select 1 from ${interview} where ${interview.candidateId} = ${candidate.id} and ${reachesInterview(scope)})`;
  const isChecked = sql`exists (select 1 from ${refcheck} where ${refcheck.candidateId} = ${candidate.id} and ${reachesRefcheck(scope)})`;
  const isMet = sql`exists (select 1 from ${meeting} cross join ${meetingInterviewer} on ${meetingInterviewer.meetingId} = ${meeting.id} and ${meetingInterviewer.memberId} = ${scope.memberId} where ${meeting.candidateId} = ${candidate.id})`;
  return and(isOrganizations, sql`(${isInterviewed} or ${isChecked} or ${isMet})`);
}

/** The one rule of whom a member sees. By an id, or by a column of another table than the candidates' own. */
export function seesCandidate(scope: MemberScope, candidateId: CandidateId | SQLWrapper): SQL {
  return sql`exists (select 1 from ${candidate} where ${candidate.id} = ${candidateId} and ${reachesCandidate(scope)})`;
}

/** Goes before whatever is written about a candidate. */
export function mustSeeCandidate(scope: MemberScope, candidateId: CandidateId): Statement<void> {
  return must(seesCandidate(scope, candidateId), "not_found");
}

/** For the reads of what is known about a candidate. */
export function isSeenCandidate(scope: MemberScope, candidateId: CandidateId): Statement<boolean> {
  return raw(sql`select ${seesCandidate(scope, candidateId)}`, ([row]) => row?.[0] === 1);
}
