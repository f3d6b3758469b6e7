import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { interview, member, projectRole, user } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { ProjectRole } from "../project/policy.ts";

const staffMax = 50;

/** Members who evaluate: they hear of a finished interview. */
export function evaluatorsToTell(interviewId: InterviewId) {
  return staffOf(eq(interview.id, interviewId), holdsRole("evaluator", sql`${member.id}`));
}

/** Members who hear of a passed deadline: whoever invited, and the project's managers; the owners when those are gone. */
export function staffToTell(interviewId: InterviewId | SQL) {
  return staffOf(eq(interview.id, interviewId), isToBeTold());
}

/** The same of many interviews at once, each row with its interview. */
export function staffToTellOf(interviewIds: readonly InterviewId[]) {
  const isOne = sql`${interview.id} in (select value from json_each(${JSON.stringify(interviewIds)}))`;
  return staffOf(isOne, isToBeTold(), staffMax * interviewIds.length);
}

function isToBeTold(): SQL {
  const isConcerned = (memberId: SQL) =>
    sql`(${memberId} = ${interview.invitedBy} or ${holdsRole("interview_manager", memberId)})`;
  const nobodyIsLeft = sql`not exists (select 1 from ${member} as other where other.organization_id = ${interview.organizationId} and other.removed_at is null and ${isConcerned(sql`other.id`)})`;
  return sql`(${isConcerned(sql`${member.id}`)} or ${member.access} = 'owner' and ${nobodyIsLeft})`;
}

function holdsRole(role: ProjectRole, memberId: SQL): SQL {
  return sql`exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${interview.projectId} and ${projectRole.memberId} = ${memberId} and ${projectRole.role} = ${role})`;
}

function staffOf(which: SQL, isToHear: SQL, size = staffMax) {
  return all(
    build
      .select({
        interviewId: interview.id,
        email: user.email,
        language: user.language,
        timeZone: user.timeZone,
      })
      .from(interview)
      .innerJoin(member, and(eq(member.organizationId, interview.organizationId), isNull(member.removedAt)))
      .innerJoin(user, eq(user.id, member.userId))
      .where(and(which, isToHear))
      .orderBy(interview.id, member.id)
      .limit(size),
  );
}
