import { and, eq, isNull, sql } from "drizzle-orm";
import { member, refcheck, signal, user } from "../../db/schema/index.ts";
import { all, build, must, run, type Statement } from "../../db/statement.ts";
import type { RefcheckId, SignalId } from "../kernel/ids.ts";
import type { MemberScope, Scope } from "../kernel/scope.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";

const signalsMax = 500;

const resolvedByName = sql<
  string | null
>`(select ${user.firstName} || ' ' || ${user.lastName} from ${member} inner join ${user} on ${user.id} = ${member.userId} where ${member.id} = ${signal.resolvedBy})`;

/** All that were raised, in order; those that were withdrawn as well. */
export function signalsOf(scope: Scope, which: ReturnType<typeof reachesRefcheck>) {
  return all(
    build
      .select({
        id: signal.id,
        kind: signal.kind,
        weight: signal.weight,
        referenceId: signal.referenceId,
        otherReferenceId: signal.otherReferenceId,
        facts: signal.facts,
        raisedAt: signal.raisedAt,
        withdrawnAt: signal.withdrawnAt,
        resolvedAt: signal.resolvedAt,
        resolvedBy: signal.resolvedBy,
        resolvedByName,
        note: signal.note,
      })
      .from(signal)
      .innerJoin(refcheck, eq(refcheck.id, signal.refcheckId))
      .where(and(which, reachesRefcheck(scope)))
      .orderBy(signal.id)
      .limit(signalsMax),
  );
}

/** All of them, each still open, or the whole write is refused with `moved_on`. */
export function resolveSignals(
  { organizationId, memberId }: MemberScope,
  refcheckId: RefcheckId,
  { signalIds, note }: { readonly signalIds: readonly SignalId[]; readonly note: string },
  now: Date,
): Statement<unknown>[] {
  const open = and(
    eq(signal.refcheckId, refcheckId),
    eq(signal.organizationId, organizationId),
    sql`${signal.id} in (select value from json_each(${JSON.stringify(signalIds)}))`,
    isNull(signal.resolvedAt),
    isNull(signal.withdrawnAt),
  );
  return [
    run(build.update(signal).set({ resolvedAt: now, resolvedBy: memberId, note }).where(open)),
    must(sql`changes() = ${signalIds.length}`, "moved_on"),
  ];
}
