import { and, eq, isNull } from "drizzle-orm";
import { candidate } from "../../db/schema/index.ts";
import { build, first, mustHaveChanged, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";

export type CandidateRow = typeof candidate.$inferSelect;

export function candidateByEmail(scope: MemberScope, email: string) {
  return first(
    build
      .select()
      .from(candidate)
      .where(and(eq(candidate.organizationId, scope.organizationId), eq(candidate.email, email))),
  );
}

export function insertCandidate(scope: MemberScope, values: Omit<typeof candidate.$inferInsert, "organizationId">) {
  return unlessTaken(
    run(build.insert(candidate).values({ ...values, organizationId: scope.organizationId })),
    "moved_on",
  );
}

/** Only where none is set: a password is changed by who knows it, never by who holds a link. */
export function setFirstPassword(scope: CandidateScope, passwordHash: string): Statement<unknown>[] {
  const isOwn = and(eq(candidate.id, scope.candidateId), eq(candidate.organizationId, scope.organizationId));
  return [
    run(
      build
        .update(candidate)
        .set({ passwordHash })
        .where(and(isOwn, isNull(candidate.passwordHash))),
    ),
    mustHaveChanged("password_set"),
  ];
}
