import { and, eq, isNull, ne, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { candidate, formerCandidate, interview, refcheck } from "../../db/schema/index.ts";
import { build, first, must, mustHaveChanged, run, type Statement, stays, unlessTaken } from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId, InterviewId, OrganizationId, RefcheckId } from "../kernel/ids.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";
import type { EditOwnRecord } from "./contract.ts";

export type CandidateRow = typeof candidate.$inferSelect;

/** Whose address this is: that of a candidate, or of a record that became part of theirs (decision 034). */
export function idByEmail(
  { organizationId }: { readonly organizationId: OrganizationId | null },
  email: SQLWrapper,
): SQL {
  const own = sql`select own.id from ${candidate} as own where own.organization_id = ${organizationId} and own.email = ${email}`;
  const former = sql`select former.candidate_id from ${formerCandidate} as former where former.organization_id = ${organizationId} and former.email = ${email} limit 1`;
  return sql`coalesce((${own}), (${former}))`;
}

export function candidateByEmail(scope: MemberScope, email: string) {
  return first(
    build
      .select()
      .from(candidate)
      .where(eq(candidate.id, idByEmail(scope, sql`${email}`))),
  );
}

export function insertCandidate(
  { organizationId }: MemberScope,
  values: Omit<typeof candidate.$inferInsert, "organizationId" | "name">,
) {
  const name = folded(`${values.firstName} ${values.lastName}`);
  return unlessTaken(run(build.insert(candidate).values({ ...values, organizationId, name })), "moved_on");
}

/** Where none is known of them yet. */
export function keepPhone({ organizationId }: MemberScope, candidateId: CandidateId, phone: string): Statement<number> {
  const isUnknown = and(
    eq(candidate.id, candidateId),
    eq(candidate.organizationId, organizationId),
    isNull(candidate.phone),
  );
  return run(build.update(candidate).set({ phone }).where(isUnknown));
}

/** The candidate still has the address that was read: nothing is written to one that was corrected meanwhile. */
export function addressStands(candidateId: CandidateId, email: string): Statement<void> {
  return must(
    sql`exists (select 1 from ${candidate} where ${candidate.id} = ${candidateId} and ${candidate.email} = ${email})`,
    "moved_on",
  );
}

/**
 * Another address in place of the one that was read, and as good as new. Whatever was chosen by whoever reads the former
 * one opens nothing any more. The same address again says that it is right.
 */
export function correctEmail(scope: MemberScope, known: CandidateRow, email: string, now: Date): Statement<unknown>[] {
  const asRead = and(
    eq(candidate.id, known.id),
    eq(candidate.organizationId, scope.organizationId),
    eq(candidate.email, known.email),
    sql`${candidate.emailCorrectedAt} is ${known.emailCorrectedAt?.getTime() ?? null}`,
  );
  const anew = { email, emailStatus: "ok", emailDeadSince: null, emailCorrectedAt: now } as const;
  const isOther = email !== known.email;
  const leadsToAnother = and(
    eq(formerCandidate.organizationId, scope.organizationId),
    eq(formerCandidate.email, email),
    ne(formerCandidate.candidateId, known.id),
  );
  return [
    must(sql`not exists (select 1 from ${formerCandidate} where ${leadsToAnother})`, "address_taken"),
    unlessTaken(
      run(
        build
          .update(candidate)
          .set({ ...anew, ...(isOther && { passwordHash: null }) })
          .where(asRead),
      ),
      "address_taken",
    ),
    mustHaveChanged("moved_on"),
  ];
}

/** The person behind an interview or a refcheck, or the candidate with this id. */
export function personBehind(id: InterviewId | RefcheckId | CandidateId): SQL {
  if (id.startsWith("cnd_")) return sql`${id}`;
  const named = id.startsWith("itv_") ? interview : refcheck;
  return sql`(select named.candidate_id from ${named} as named where named.id = ${id})`;
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
      .set({ ...values, ...stays(candidate.createdAt) })
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
