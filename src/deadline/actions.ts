// The third net: what no alarm and no visitor has written down, the sweep does. Called by cron every minute.
import { armDeadline, tendInterview } from "../interview/actions.ts";
import { after } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps } from "../kernel/deps.ts";
import { systemScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { lateAfterMs, sweepConcurrencyMax } from "./policy.ts";
import * as store from "./store.ts";

export type Swept = { readonly settled: number; readonly armed: number; readonly failed: number };

/** Does what is overdue and arms what is not armed. One that fails stops no other: the next sweep has it again. */
export async function sweepDeadlines(deps: Deps): Promise<Swept> {
  const now = deps.now();
  const { overdue, unarmed } = await deps.db.read({
    overdue: store.overdue(systemScope, now),
    unarmed: store.unarmed(systemScope, now),
  });
  const lateBefore = after(now, -lateAfterMs);
  const late = overdue.filter(({ wakeAt }) => wakeAt !== null && wakeAt <= lateBefore.getTime()).length;
  // First of all: should this sweep be cut short, the health page still says what it found.
  await deps.db.write([
    store.addToTally(systemScope, "sweep", 1, now),
    store.addToTally(systemScope, "late", late, now),
  ]);
  const settledIds = new Set(overdue.map(({ id }) => id));
  // One drain at the end serves all of them.
  const quietly: Deps = { ...deps, afterwards: () => undefined };
  const settling = await each(overdue, ({ id }) => tendInterview(quietly, id));
  const arming = await each(
    unarmed.filter(({ id }) => !settledIds.has(id)),
    ({ id, wakeAt }) => armDeadline(deps, id, wakeAt === null ? null : new Date(wakeAt)),
  );
  if (settling.done > 0) drainSoon(deps);
  const failed = settling.failed + arming.failed;
  if (failed > 0 || late > 0) deps.log("deadline_sweep", { late, failed, settled: settling.done, armed: arming.done });
  return { settled: settling.done, armed: arming.done, failed };
}

/** Runs the work over all items, so many at a time, and counts instead of stopping. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>) {
  let done = 0;
  let failed = 0;
  await forEachOf(items, sweepConcurrencyMax, async (item) => {
    try {
      await work(item);
      done += 1;
    } catch {
      failed += 1;
    }
  });
  return { done, failed };
}

/** For the health page, in its own read. */
export function deadlineHealth(deps: Deps) {
  return store.deadlineHealth(systemScope, after(deps.now(), -lateAfterMs));
}
