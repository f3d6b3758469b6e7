import { and, asc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { candidate, organization, refcheck, reference, referenceAnswer } from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import type { ReferenceId } from "../kernel/ids.ts";
import type { CandidateScope, MemberScope, ReferenceScope, Scope } from "../kernel/scope.ts";
import type { QuestionAnswer } from "../questionnaire/contract.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import type { ReferenceStatus } from "./machine.ts";

/** A reference reaches themselves, their candidate and staff all of a refcheck that they reach. */
function reaches(scope: Scope): SQL | undefined {
  return and(reachesRefcheck(scope), scope.kind === "reference" ? eq(reference.id, scope.referenceId) : undefined);
}

export function referenceById(scope: Scope, referenceId: ReferenceId) {
  return first(
    build
      .select(getTableColumns(reference))
      .from(reference)
      .innerJoin(refcheck, eq(refcheck.id, reference.refcheckId))
      .where(and(eq(reference.id, referenceId), reaches(scope))),
  );
}

const answersMax = 60;

export function answersOf(scope: Scope, referenceId: ReferenceId) {
  return all(
    build
      .select({ key: referenceAnswer.key, answer: referenceAnswer.answer, savedAt: referenceAnswer.savedAt })
      .from(referenceAnswer)
      .innerJoin(reference, eq(reference.id, referenceAnswer.referenceId))
      .innerJoin(refcheck, eq(refcheck.id, reference.refcheckId))
      .where(and(eq(referenceAnswer.referenceId, referenceId), reaches(scope)))
      .orderBy(asc(referenceAnswer.key))
      .limit(answersMax),
  );
}

type Fields = Partial<typeof reference.$inferInsert>;

/** The guarded step of a reference: only from where it was decided. */
export function writeReference(
  scope: Pick<CandidateScope, "organizationId">,
  { id, from }: { readonly id: ReferenceId; readonly from: readonly ReferenceStatus[] },
  fields: Fields,
): Statement<unknown>[] {
  const stands = and(
    eq(reference.id, id),
    eq(reference.organizationId, scope.organizationId),
    sql`${reference.status} in (select value from json_each(${JSON.stringify(from)}))`,
  );
  return [run(build.update(reference).set(fields).where(stands)), mustHaveChanged("moved_on")];
}

/** Still the one who was read: accepted, and writing. */
export function mustBeWriting({ referenceId }: ReferenceScope): Statement<void> {
  return must(
    sql`exists (select 1 from ${reference} where ${reference.id} = ${referenceId} and ${reference.status} = 'accepted')`,
    "moved_on",
  );
}

type Kept = { readonly key: string; readonly answer: QuestionAnswer | null };

/** Saved, or taken back. */
export function putAnswers({ referenceId, organizationId }: ReferenceScope, kept: readonly Kept[], now: Date) {
  return kept.map(({ key, answer }) => {
    if (answer === null) return run(build.delete(referenceAnswer).where(isAnswer(referenceId, key)));
    const values = { referenceId, organizationId, key, answer, savedAt: now };
    return run(
      build
        .insert(referenceAnswer)
        .values(values)
        .onConflictDoUpdate({
          target: [referenceAnswer.referenceId, referenceAnswer.key],
          set: { answer, savedAt: now },
        }),
    );
  });
}

const isAnswer = (referenceId: ReferenceId, key: string) =>
  and(eq(referenceAnswer.referenceId, referenceId), eq(referenceAnswer.key, key));

/** All but those that count; all, where none is named. */
export function forgetAnswersBut(referenceId: ReferenceId, keys: readonly string[]): Statement<number> {
  const others = sql`${referenceAnswer.key} not in (select value from json_each(${JSON.stringify(keys)}))`;
  return run(build.delete(referenceAnswer).where(and(eq(referenceAnswer.referenceId, referenceId), others)));
}

/** What was read of the answers is what there is: nothing was saved or taken back meanwhile, in another window. */
export function answersStand(referenceId: ReferenceId, seen: readonly { readonly savedAt: Date }[]): Statement<void> {
  const lastAt = Math.max(0, ...seen.map(({ savedAt }) => savedAt.getTime()));
  const there = sql`(select count(*) || ' ' || coalesce(max(${referenceAnswer.savedAt}), 0) from ${referenceAnswer} where ${referenceAnswer.referenceId} = ${referenceId})`;
  return must(sql`${there} = ${`${seen.length} ${lastAt}`}`, "moved_on");
}

/** A reference who has finished, for a member; for their candidate, if they may read it. */
export function finishedReference(scope: MemberScope | CandidateScope, referenceId: ReferenceId) {
  const isCandidate = scope.kind === "candidate";
  return first(
    build
      .select({
        completedAt: reference.completedAt,
        language: isCandidate ? candidate.language : organization.language,
      })
      .from(reference)
      .innerJoin(refcheck, eq(refcheck.id, reference.refcheckId))
      .innerJoin(organization, eq(organization.id, reference.organizationId))
      .innerJoin(candidate, eq(candidate.id, refcheck.candidateId))
      .where(
        and(
          eq(reference.id, referenceId),
          reaches(scope),
          eq(reference.status, "completed"),
          isCandidate ? eq(refcheck.answersShared, true) : undefined,
        ),
      ),
  );
}
