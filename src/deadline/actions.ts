// The third net: what no alarm and no visitor has written down, the sweep does. Called by cron every minute.
import { armDeadline, interviewsByIds, noteArmed, whatIsDue } from "../interview/actions.ts";
import { untilHeard } from "../kernel/again.ts";
import { after } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps } from "../kernel/deps.ts";
import { Refused } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import { systemScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { lettersOfExpiries, staffToTellOf } from "../notice/actions.ts";
import {
  crowdMax,
  crowdsAtOnce,
  keptMax,
  lateAfterMs,
  settledMax,
  sweepTriesMax,
  sweepWaitMs,
  timersAtOnce,
} from "./policy.ts";
import * as store from "./store.ts";

export type Swept = { readonly settled: number; readonly armed: number; readonly failed: number };

/**
 * Does what is overdue and arms what is not armed. One that fails stops no other: the next sweep has it again. While the
 * database is away it looks again, for most of the minute until the next.
 */
export function sweepDeadlines(deps: Deps): Promise<Swept> {
  return untilHeard(deps, { triesMax: sweepTriesMax, waitMs: () => sweepWaitMs }, () => sweepOnce(deps));
}

async function sweepOnce(deps: Deps): Promise<Swept> {
  const now = deps.now();
  const { overdue, unarmed } = await deps.db.read({
    overdue: store.overdue(systemScope, now, settledMax),
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
  const settling = await settleAll(deps, overdue);
  const arming = await inCrowds(
    unarmed.filter(({ id }) => !settledIds.has(id)).map(({ id, wakeAt }) => ({ id, at: instantOf(wakeAt) })),
    (timers) => armDeadlines(deps, timers),
  );
  const failed = settling.failed + arming.failed;
  if (failed > 0 || late > 0) deps.log("deadline_sweep", { late, failed, settled: settling.done, armed: arming.done });
  return { settled: settling.done, armed: arming.done, failed };
}

/** Of each interview that was settled, when its timer is to ring next; null: never. */
export type Settled = ReadonlyMap<InterviewId, Date | null>;

/** What the alarms that ring now have come for, theirs and everybody else's. What fails, each looks after itself. */
export async function settleDue(deps: Deps): Promise<Settled> {
  const { overdue } = await deps.db.read({ overdue: store.overdue(systemScope, deps.now(), keptMax) });
  const settled = new Map<InterviewId, Date | null>();
  await settleAll(deps, overdue, settled);
  return settled;
}

async function settleAll(
  deps: Deps,
  overdue: readonly { readonly id: InterviewId }[],
  settled = new Map<InterviewId, Date | null>(),
) {
  const settling = await inCrowds(
    overdue.map(({ id }) => id),
    (ids) => tendInterviews(deps, ids, settled),
  );
  // One drain serves all of them. Timers that are to ring again the next sweep sets.
  if (settling.done > 0) drainSoon(deps);
  return settling;
}

function instantOf(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs);
}

/** Runs the work over all items, a crowd at a time, and counts instead of stopping; `work` answers how many of them failed. */
async function inCrowds<Item>(items: readonly Item[], work: (crowd: readonly Item[]) => Promise<number>) {
  const crowds = Array.from({ length: Math.ceil(items.length / crowdMax) }, (_, nth) =>
    items.slice(nth * crowdMax, (nth + 1) * crowdMax),
  );
  let failed = 0;
  await forEachOf(crowds, crowdsAtOnce, async (crowd) => {
    failed += await work(crowd).catch(() => crowd.length);
  });
  return { done: items.length - failed, failed };
}

/**
 * Tends many in one write, and tells each member once of all that expire with it. Where somebody else was at one of them, or one cannot be written, all are looked at again in halves.
 * Answers how many failed: all, when they could not even be read.
 */
async function tendInterviews(
  deps: Deps,
  ids: readonly InterviewId[],
  settled: Map<InterviewId, Date | null>,
): Promise<number> {
  const { rows, staff } = await deps.db.read({
    rows: interviewsByIds(systemScope, ids),
    staff: staffToTellOf(ids),
  });
  const staffOf = Map.groupBy(staff, ({ interviewId }) => interviewId);
  const now = deps.now();
  try {
    const found = await Promise.all(
      rows.map(async (row) => {
        const { id } = row.interview;
        return { id, due: await whatIsDue(deps, row, staffOf.get(id) ?? [], now) };
      }),
    );
    const sentence = found.flatMap(({ due }) => due?.sentence ?? []);
    const letters = await lettersOfExpiries(
      deps,
      found.flatMap(({ due }) => due?.expired ?? []),
    );
    if (sentence.length > 0) await deps.db.write(store.gathered([...sentence, ...letters]));
    for (const { id, due } of found) if (due !== null) settled.set(id, due.next);
    return 0;
  } catch (error) {
    // One alone that is refused has been taken by somebody else in this moment, as it should be.
    if (ids.length === 1) return error instanceof Refused ? 0 : 1;
    const half = Math.ceil(ids.length / 2);
    const first = await tendInterviews(deps, ids.slice(0, half), settled);
    return first + (await tendInterviews(deps, ids.slice(half), settled));
  }
}

type ToArm = { readonly id: InterviewId; readonly at: Date | null };

/** Sets many timers, with one note of all. Answers how many could not be set: the next sweep has those again. */
async function armDeadlines(deps: Deps, timers: readonly ToArm[]): Promise<number> {
  const set: ToArm[] = [];
  await forEachOf(timers, timersAtOnce, async (timer) => {
    const isSet = await deps.alarms.setInterview(timer.id, timer.at).then(
      () => true,
      () => false,
    );
    if (isSet) set.push(timer);
  });
  if (set.length === 0) return timers.length;
  const noted = await deps.db.write(set.map(({ id, at }) => noteArmed(systemScope, id, at)));
  const moved = set.filter((_, nth) => noted[nth] === 0);
  for (const { id, at } of moved) await armDeadline(deps, id, at);
  return timers.length - set.length;
}

/** For the health page, in its own read. */
export function deadlineHealth(deps: Deps) {
  return store.deadlineHealth(systemScope, after(deps.now(), -lateAfterMs));
}
