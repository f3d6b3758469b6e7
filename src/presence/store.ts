import { and, eq, gt, isNull, lte, notInArray, or } from "drizzle-orm";
import { interview } from "../../db/schema/index.ts";
import { build, first, run, type Statement } from "../../db/statement.ts";
import { isOwnInterview } from "../interview/actions.ts";
import type { State } from "../interview/machine.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { CandidateScope } from "../kernel/scope.ts";

/** What a lease follows from. */
export const runningColumns = {
  id: interview.id,
  status: interview.status,
  version: interview.version,
  deadlineAt: interview.deadlineAt,
  startedAt: interview.startedAt,
  seenAt: interview.seenAt,
  dueAt: interview.dueAt,
  dueVerb: interview.dueVerb,
  rules: interview.rules,
  accommodations: interview.accommodations,
};

export function running(scope: CandidateScope, interviewId: InterviewId) {
  return first(
    build
      .select(runningColumns)
      .from(interview)
      .where(
        and(eq(interview.id, interviewId), isOwnInterview(scope), notInArray(interview.status, ["new", "skipped"])),
      ),
  );
}

type At = { readonly interviewId: InterviewId; readonly version: number };
type Moved = Pick<State, "dueAt" | "dueVerb"> & { readonly seenAt: Date };

/** No step and no event. Of several signs the latest stays; one that time has overtaken moves nothing. */
export function noteSeen(scope: CandidateScope, { interviewId, version }: At, moved: Moved): Statement<number> {
  return run(
    build
      .update(interview)
      .set(moved)
      .where(
        and(
          eq(interview.id, interviewId),
          isOwnInterview(scope),
          eq(interview.status, "interviewing"),
          eq(interview.version, version),
          or(isNull(interview.seenAt), lte(interview.seenAt, moved.seenAt)),
          or(isNull(interview.dueAt), gt(interview.dueAt, moved.seenAt)),
        ),
      ),
  );
}
