import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { interview, member, projectRole, user } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { ProjectRole } from "../project/contract.ts";

const staffMax = 50;

/** Members who evaluate: they hear of a finished interview. */
export function evaluatorsToTell(interviewId: InterviewId) {
  return staffOf(interviewId, holdsRole("evaluator", sql`${member.id}`));
}

/** Members who hear of a passed deadline: whoever invited, and the project's managers; the owners when those are gone. */
export function staffToTell(interviewId: InterviewId | SQL) {
  const isConcerned = (memberId: SQL) =>
    sql`(${memberId} = ${interview.invitedBy} or ${holdsRole("interview_manager", memberId)})`;
  const nobodyIsLeft = sql`not exists (select 1 from ${member} as other where other.organization_id = ${interview.organizationId} and other.removed_at is null and ${isConcerned(sql`other.id`)})`;
  return staffOf(
    interviewId,
    sql`(${isConcerned(sql`${member.id}`)} or ${member.access} = 'owner' and ${nobodyIsLeft})`,
  );
}

function holdsRole(role: ProjectRole, memberId: SQL): SQL {
  return sql`exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${interview.projectId} and ${projectRole.memberId} = ${memberId} and ${projectRole.role} = ${role})`;
}

function staffOf(interviewId: InterviewId | SQL, isToHear: SQL) {
  return all(
    build
      .select({ email: user.email, language: user.language, timeZone: user.timeZone })
      .from(interview)
      .innerJoin(member, and(eq(member.organizationId, interview.organizationId), isNull(member.removedAt)))
      .innerJoin(user, eq(user.id, member.userId))
      .where(and(eq(interview.id, interviewId), isToHear))
      .orderBy(member.id)
      .limit(staffMax),
  );
}
