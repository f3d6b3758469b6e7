import { and, eq, isNull } from "drizzle-orm";
import { candidate } from "../../db/schema/index.ts";
import { build, first, mustHaveChanged, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";
import type { EditOwnRecord } from "./contract.ts";

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

function isOwn(scope: CandidateScope) {
  return and(eq(candidate.id, scope.candidateId), eq(candidate.organizationId, scope.organizationId));
}

export function ownRecord(scope: CandidateScope) {
  return first(build.select().from(candidate).where(isOwn(scope)));
}

export function updateOwnRecord(scope: CandidateScope, values: EditOwnRecord) {
  return first(
    build
      .update(candidate)
      .set({ ...values, id: scope.candidateId })
      .where(isOwn(scope))
      .returning(),
  );
}

/** In place of the one that was just compared: whoever changed it in between was quicker. */
export function replacePassword(scope: CandidateScope, known: string, passwordHash: string): Statement<unknown>[] {
  return [
    run(
      build
        .update(candidate)
        .set({ passwordHash })
        .where(and(isOwn(scope), eq(candidate.passwordHash, known))),
    ),
    mustHaveChanged("moved_on"),
  ];
}

/** Only where none is set: a password is changed by who knows it, never by who holds a link. */
export function setFirstPassword(scope: CandidateScope, passwordHash: string): Statement<unknown>[] {
  return [
    run(
      build
        .update(candidate)
        .set({ passwordHash })
        .where(and(isOwn(scope), isNull(candidate.passwordHash))),
    ),
    mustHaveChanged("password_set"),
  ];
}
