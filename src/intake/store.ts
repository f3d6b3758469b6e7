import { eq, sql } from "drizzle-orm";
import { interview, interviewLabel, project } from "../../db/schema/index.ts";
import { build, must, run, type Statement, unlessTaken } from "../../db/statement.ts";
import { staffInterview } from "../interview/actions.ts";
import type { ProjectId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";

export function interviewByRequestKey(scope: MemberScope, requestKey: string) {
  return staffInterview(scope, eq(interview.requestKey, requestKey));
}

/** The caller's own key names one request: under it there is nothing yet. */
export function keyIsFree(scope: MemberScope, requestKey: string): Statement<void> {
  return must(
    sql`not exists (select 1 from ${interview} where ${interview.organizationId} = ${scope.organizationId} and ${interview.requestKey} = ${requestKey})`,
    "request_key_used",
  );
}

export function projectTakesInterviews(scope: MemberScope, projectId: ProjectId): Statement<void> {
  return must(
    sql`exists (select 1 from ${project} where ${project.id} = ${projectId} and ${project.organizationId} = ${scope.organizationId} and ${project.status} <> 'archived')`,
    "project_archived",
  );
}

export type NewInterview = Omit<typeof interview.$inferInsert, "organizationId" | "run">;

export function insertInterview(scope: MemberScope, values: NewInterview): Statement<unknown>[] {
  const { organizationId } = scope;
  return [
    unlessTaken(run(build.insert(interview).values({ ...values, organizationId, run: 0 })), "already_in_project"),
    ...values.labels.map((label) =>
      run(build.insert(interviewLabel).values({ organizationId, label, interviewId: values.id })),
    ),
  ];
}
