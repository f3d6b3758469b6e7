import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { member, refcheck, user } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import type { RefcheckId } from "../kernel/ids.ts";

const staffMax = 50;

/** Members who hear how refchecks end, each row with its refcheck: whoever made it, or the owners when they are gone. */
export function staffOfRefchecks(refcheckIds: readonly RefcheckId[]) {
  const isOne = sql`${refcheck.id} in (select value from json_each(${JSON.stringify(refcheckIds)}))`;
  return staffOf(isOne, staffMax * refcheckIds.length);
}

/** The same of one that is found within the sentence. */
export function staffOfRefcheck(refcheckId: SQL) {
  return staffOf(sql`${refcheck.id} = ${refcheckId}`, staffMax);
}

function staffOf(which: SQL, size: number) {
  const isGone = sql`not exists (select 1 from ${member} as author where author.id = ${refcheck.createdBy} and author.removed_at is null)`;
  return all(
    build
      .select({ refcheckId: refcheck.id, email: user.email, language: user.language, timeZone: user.timeZone })
      .from(refcheck)
      .innerJoin(member, and(eq(member.organizationId, refcheck.organizationId), isNull(member.removedAt)))
      .innerJoin(user, eq(user.id, member.userId))
      .where(and(which, sql`(${member.id} = ${refcheck.createdBy} or ${member.access} = 'owner' and ${isGone})`))
      .orderBy(refcheck.id, member.id)
      .limit(size),
  );
}
