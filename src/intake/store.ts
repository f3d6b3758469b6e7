import { and, eq, sql } from "drizzle-orm";
import { candidate, interview, interviewLabel, project } from "../../db/schema/index.ts";
import { all, build, must, run, type Statement, unlessTaken } from "../../db/statement.ts";
import { idByEmail } from "../candidate/actions.ts";
import { staffInterview } from "../interview/actions.ts";
import type { ProjectId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";

export function interviewByRequestKey(scope: MemberScope, requestKey: string) {
  return staffInterview(scope, eq(interview.requestKey, requestKey));
}

/** Many rows for few tables, for one write. */
export { gathered } from "../../db/statement.ts";

/** Whose these addresses are, by each of them, and the interview that each has in this project. */
export function peopleOf(
  scope: MemberScope,
  { projectId, emails }: { readonly projectId: ProjectId; readonly emails: readonly string[] },
) {
  return all(
    build
      .select({ address: sql<string>`asked.value`, candidate, interviewId: interview.id })
      .from(sql`json_each(${JSON.stringify(emails)}) as asked`)
      .innerJoin(candidate, eq(candidate.id, idByEmail(scope, sql`asked.value`)))
      .leftJoin(interview, and(eq(interview.projectId, projectId), eq(interview.candidateId, candidate.id))),
  );
}

export function interviewsByRequestKey(scope: MemberScope, requestKeys: readonly string[]) {
  const { id, candidateId, projectId, email, status, deadlineAt, inviteAt, requestKey } = interview;
  const { emailStatus } = candidate;
  return all(
    build
      .select({ id, candidateId, projectId, email, status, deadlineAt, inviteAt, requestKey, emailStatus })
      .from(interview)
      .innerJoin(candidate, eq(candidate.id, candidateId))
      .where(
        and(
          eq(interview.organizationId, scope.organizationId),
          sql`${requestKey} in (select value from json_each(${JSON.stringify(requestKeys)}))`,
        ),
      ),
  );
}

/** The caller's own key names one request: under these there is nothing yet. */
export function keysAreFree(scope: MemberScope, requestKeys: readonly string[]): Statement<void> {
  return must(
    sql`not exists (select 1 from ${interview} where ${interview.organizationId} = ${scope.organizationId} and ${interview.requestKey} in (select value from json_each(${JSON.stringify(requestKeys)})))`,
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
