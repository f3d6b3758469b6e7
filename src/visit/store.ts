import { and, desc, eq, notInArray, sql } from "drizzle-orm";
import { candidate, interview, organization, project, projectRevision } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { isOwnInterview } from "../interview/actions.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { CandidateScope } from "../kernel/scope.ts";
import { runningColumns } from "../presence/actions.ts";

const ownColumns = {
  ...runningColumns,
  previousStatus: interview.previousStatus,
  organizationName: organization.name,
  projectName: project.name,
  projectKind: project.kind,
  description: project.description,
  language: project.language,
  timeZone: candidate.timeZone,
  opensAt: interview.opensAt,
  finishedAt: interview.finishedAt,
  project: {
    maxInterviewSeconds: project.maxInterviewSeconds,
    interruptionGraceSeconds: project.interruptionGraceSeconds,
    deadlineAppliesTo: project.deadlineAppliesTo,
  },
  stepCount: projectRevision.stepCount,
  passwordNeeded: sql<number>`(${project.passwordRequired} and ${candidate.passwordHash} is null)`,
};

/** A candidate's own interviews, newest first; or the one. */
export function ownInterviews(
  scope: CandidateScope,
  only: { interviewId?: InterviewId; before?: string | null; size: number },
) {
  return all(
    build
      .select(ownColumns)
      .from(interview)
      .innerJoin(candidate, eq(candidate.id, interview.candidateId))
      .innerJoin(project, eq(project.id, interview.projectId))
      .innerJoin(organization, eq(organization.id, interview.organizationId))
      .innerJoin(
        projectRevision,
        and(eq(projectRevision.projectId, interview.projectId), eq(projectRevision.revision, interview.revision)),
      )
      .where(
        and(
          isOwnInterview(scope),
          notInArray(interview.status, ["new", "skipped"]),
          only.interviewId ? eq(interview.id, only.interviewId) : undefined,
          only.before ? sql`${interview.id} < ${only.before}` : undefined,
        ),
      )
      .orderBy(desc(interview.id))
      .limit(only.size),
  );
}
