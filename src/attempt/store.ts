import { and, eq, gt, gte, lt, sql } from "drizzle-orm";
import { attempt } from "../../db/schema/index.ts";
import { all, build, must, run, type Statement } from "../../db/statement.ts";
import { after } from "../kernel/clock.ts";

/** Counts one more try (or several) under the key and refuses when that is too many. The count stands in the same write. */
export function countAttempt(
  keyHash: string,
  { max, windowMs, times = 1 }: { max: number; windowMs: number; times?: number },
  now: Date,
): Statement<unknown>[] {
  const isOver = sql`${attempt.expiresAt} <= ${now.getTime()}`;
  const counted = build
    .insert(attempt)
    .values({ key: keyHash, count: times, windowAt: now, expiresAt: after(now, windowMs) })
    .onConflictDoUpdate({
      target: attempt.key,
      set: {
        count: sql`case when ${isOver} then ${times} else ${attempt.count} + ${times} end`,
        windowAt: sql`case when ${isOver} then ${now.getTime()} else ${attempt.windowAt} end`,
        expiresAt: sql`case when ${isOver} then ${after(now, windowMs).getTime()} else ${attempt.expiresAt} end`,
      },
    });
  return [
    run(counted),
    must(sql`(select ${attempt.count} from ${attempt} where ${attempt.key} = ${keyHash}) <= ${max}`, "slow_down"),
  ];
}

export function exhausted(keyHashes: readonly string[], max: number, now: Date) {
  return all(
    build
      .select({ key: attempt.key })
      .from(attempt)
      .where(
        and(
          sql`${attempt.key} in (select value from json_each(${JSON.stringify(keyHashes)}))`,
          gte(attempt.count, max),
          gt(attempt.expiresAt, now),
        ),
      ),
  );
}

export function forgetAttempts(keyHash: string): Statement<number> {
  return run(build.delete(attempt).where(eq(attempt.key, keyHash)));
}

/** Windows that are over count for nothing. */
export function forgetPastWindows(now: Date): Statement<number> {
  return run(build.delete(attempt).where(lt(attempt.expiresAt, now)));
}
