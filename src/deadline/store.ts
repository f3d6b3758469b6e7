import { sql } from "drizzle-orm";
import { interview, isUnarmed, refcheck, tally, waits, wakeAt } from "../../db/schema/index.ts";
import { all, build, first, run, type Statement } from "../../db/statement.ts";
import type { SystemScope } from "../kernel/scope.ts";
import { armedMax } from "./policy.ts";

/** Many rows for few tables, for one write. */
export { gathered } from "../../db/statement.ts";

/** As the index `interview_wake` has it. */
const isOverdue = (now: Date) => sql`${waits} and ${wakeAt} <= ${now.getTime()}`;

/** Interviews about which something was to be done by now and nobody has, the longest overdue first. */
export function overdue(_scope: SystemScope, now: Date, size: number) {
  return all(
    build.select({ id: interview.id, wakeAt }).from(interview).where(isOverdue(now)).orderBy(wakeAt).limit(size),
  );
}

/**
 * Interviews whose alarm was not set for the instant they wait for. One that is still to come, and comes early, sets itself again: a
 * running interview's waits where it was set while signs of the candidate move the instant.
 */
export function unarmed(_scope: SystemScope, now: Date) {
  const { armedFor } = interview;
  const comesEarly = sql`${armedFor} > ${now.getTime()} and ${armedFor} < ${wakeAt}`;
  return all(
    build
      .select({ id: interview.id, wakeAt })
      .from(interview)
      .where(sql`${isUnarmed} and (${armedFor} is null or not (${comesEarly}))`)
      .orderBy(interview.id)
      .limit(armedMax),
  );
}

const names = { sweep: "deadline_sweep", late: "deadline_found_late" } as const;

export function addToTally(_scope: SystemScope, name: keyof typeof names, count: number, now: Date): Statement<number> {
  return run(
    build
      .insert(tally)
      .values({ name: names[name], count, lastAt: now })
      .onConflictDoUpdate({ target: tally.name, set: { count: sql`${tally.count} + ${count}`, lastAt: now } }),
  );
}

/** The same of refchecks, as the index `refcheck_wake` has it. */
const isRefcheckOverdue = (now: Date) => sql`${refcheck.wakeAt} is not null and ${refcheck.wakeAt} <= ${now.getTime()}`;

/** How many the sweeps found late so far, how many are late now, and when a sweep last ran. */
export function deadlineHealth(_scope: SystemScope, lateBefore: Date) {
  const of = (name: keyof typeof names) => sql`${tally.name} = ${names[name]}`;
  return first(
    build
      .select({
        foundLate: sql<number>`coalesce((select ${tally.count} from ${tally} where ${of("late")}), 0)`,
        lastSweepAt: sql<number | null>`(select ${tally.lastAt} from ${tally} where ${of("sweep")})`,
        lateNow: sql<number>`(select count(*) from (select 1 from ${interview} where ${isOverdue(lateBefore)} limit 10000)) + (select count(*) from (select 1 from ${refcheck} where ${isRefcheckOverdue(lateBefore)} limit 10000))`,
      })
      .from(sql`(select 1)`),
  );
}
