import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import { refcheck, refcheckEvent } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import { all, build } from "../../db/statement.ts";
import type { RefcheckId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { isWaiting, reachesRefcheck, staffRefchecks } from "../refcheck/actions.ts";
import type { ListRefchecks } from "../refcheck/contract.ts";

/** Newest first, and one row more than the page holds. */
export function listRefchecks(scope: MemberScope, wanted: ListRefchecks, before: string | null, now: Date) {
  const { status, roleId, teamId, search, createdFrom, createdTo, size } = wanted;
  const isLate = sql`(${isWaiting} and ${refcheck.deadlineAt} <= ${now.getTime()})`;
  const hasStatus =
    status &&
    (status === "expired"
      ? sql`(${refcheck.status} = 'expired' or ${isLate})`
      : and(eq(refcheck.status, status), sql`not ${isLate}`));
  return all(
    staffRefchecks()
      .where(
        and(
          reachesRefcheck(scope),
          hasStatus,
          roleId && eq(refcheck.roleId, roleId),
          teamId && eq(refcheck.teamId, teamId),
          search === undefined
            ? undefined
            : sql`(${contains(refcheck.name, search)} or ${contains(refcheck.email, search)})`,
          createdFrom && gte(refcheck.createdAt, createdFrom),
          createdTo && lt(refcheck.createdAt, createdTo),
          before === null ? undefined : sql`${refcheck.id} < ${before}`,
        ),
      )
      .orderBy(desc(refcheck.id))
      .limit(size + 1),
  );
}

export function eventsOf(scope: MemberScope, refcheckId: RefcheckId, after: number, size: number) {
  return all(
    build
      .select({
        id: refcheckEvent.id,
        version: refcheckEvent.version,
        verb: refcheckEvent.verb,
        referenceId: refcheckEvent.referenceId,
        to: refcheckEvent.to,
        actorKind: refcheckEvent.actorKind,
        actorId: refcheckEvent.actorId,
        why: refcheckEvent.why,
        deadlineAt: refcheckEvent.deadlineAt,
        at: refcheckEvent.at,
      })
      .from(refcheckEvent)
      .innerJoin(refcheck, eq(refcheck.id, refcheckEvent.refcheckId))
      .where(
        and(eq(refcheckEvent.refcheckId, refcheckId), sql`${refcheckEvent.version} > ${after}`, reachesRefcheck(scope)),
      )
      .orderBy(refcheckEvent.version)
      .limit(size + 1),
  );
}
