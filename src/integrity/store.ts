import { and, eq, isNull, lt, sql } from "drizzle-orm";
import { refcheck, reference, referenceAnswer, signal, trace } from "../../db/schema/index.ts";
import { all, build, raw, run, type Statement } from "../../db/statement.ts";
import type { CandidateId, RefcheckId, ReferenceId, SignalId } from "../kernel/ids.ts";
import type { Scope } from "../kernel/scope.ts";
import { isRefcheck, reachesRefcheck } from "../refcheck/actions.ts";

type Whose = RefcheckId | ReferenceId | null;

const tracesMax = 2_000;

/** From where everybody has taken part. */
export function tracesOf(scope: Scope, whose: Whose) {
  return all(
    build
      .select({ who: trace.who, network: trace.network, device: trace.device, country: trace.country })
      .from(trace)
      .innerJoin(refcheck, eq(refcheck.id, trace.refcheckId))
      .where(and(isRefcheck(whose), reachesRefcheck(scope)))
      .limit(tracesMax),
  );
}

const answersMax = 60 * 20;

/** What all have finished. */
export function finishedAnswers(scope: Scope, whose: Whose) {
  return all(
    build
      .select({
        referenceId: referenceAnswer.referenceId,
        key: referenceAnswer.key,
        answer: referenceAnswer.answer,
      })
      .from(referenceAnswer)
      .innerJoin(reference, eq(reference.id, referenceAnswer.referenceId))
      .innerJoin(refcheck, eq(refcheck.id, reference.refcheckId))
      .where(and(isRefcheck(whose), reachesRefcheck(scope), eq(reference.status, "completed")))
      .limit(answersMax),
  );
}

const signalsMax = 2_000;

/** Those that were not withdrawn, looked at or not. */
export function standingSignals(scope: Scope, whose: Whose) {
  return all(
    build
      .select({
        id: signal.id,
        kind: signal.kind,
        referenceId: signal.referenceId,
        otherReferenceId: signal.otherReferenceId,
        resolvedAt: signal.resolvedAt,
      })
      .from(signal)
      .innerJoin(refcheck, eq(refcheck.id, signal.refcheckId))
      .where(and(isRefcheck(whose), reachesRefcheck(scope), isNull(signal.withdrawnAt)))
      .limit(signalsMax),
  );
}

/** Of somebody who is on the move: enough to find a likeness by, and no diary. */
const tracesOfOneMax = 20;

/** From where they take part, each place once. */
export function leaveTrace(values: typeof trace.$inferInsert & { who: CandidateId | ReferenceId }): Statement<unknown> {
  const { refcheckId, who, network, device, country, organizationId, seenAt } = values;
  return raw(
    sql`insert into ${trace} (refcheck_id, who, network, device, country, organization_id, seen_at)
      select ${refcheckId}, ${who}, ${network}, ${device}, ${country}, ${organizationId}, ${seenAt.getTime()}
      where (select count(*) from ${trace} where ${trace.refcheckId} = ${refcheckId} and ${trace.who} = ${who}) < ${tracesOfOneMax}
      on conflict do nothing`,
    () => undefined,
  );
}

/** Where somebody was who reads these letters no more. */
export function forgetTraces(refcheckId: RefcheckId, who: ReferenceId): Statement<number> {
  return run(build.delete(trace).where(and(eq(trace.refcheckId, refcheckId), eq(trace.who, who))));
}

/** Of people who were asked so long ago. */
export function forgetTracesBefore(longAgo: Date): Statement<number> {
  return run(build.delete(trace).where(lt(trace.seenAt, longAgo)));
}

export function raiseSignal(values: typeof signal.$inferInsert): Statement<number> {
  return run(build.insert(signal).values(values));
}

export function withdrawSignals(ids: readonly SignalId[], now: Date): Statement<number> {
  const theirs = sql`${signal.id} in (select value from json_each(${JSON.stringify(ids)}))`;
  return run(build.update(signal).set({ withdrawnAt: now }).where(theirs));
}
