// The third net: what no alarm and no visitor has written down, the sweep does. Called by cron every minute. What is tended and how is
// the slices' own: here it is gathered into crowds, looked at again in halves, and armed.
import {
  armDeadline,
  interviewsByIds,
  noteArmed as noteInterviewArmed,
  tendInterview,
  whatIsDue,
} from "../interview/actions.ts";
import { untilHeard } from "../kernel/again.ts";
import { after } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps } from "../kernel/deps.ts";
import { Refused } from "../kernel/errors.ts";
import type { InterviewId, RefcheckId, TimedId } from "../kernel/ids.ts";
import { systemScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { lettersOfExpiries, staffToTellOf } from "../notice/actions.ts";
import {
  armRefcheck,
  noteRefcheckArmed,
  overdueRefchecks,
  tendRefchecks,
  unarmedRefchecks,
} from "../refcheck/actions.ts";
import {
  armedMax,
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

type Waiting = { readonly id: TimedId; readonly wakeAt: number | null };

async function sweepOnce(deps: Deps): Promise<Swept> {
  const now = deps.now();
  const found = await deps.db.read({
    interviews: store.overdue(systemScope, now, settledMax),
    refchecks: overdueRefchecks(systemScope, now, settledMax),
    unarmedInterviews: store.unarmed(systemScope, now),
    unarmedRefchecks: unarmedRefchecks(systemScope, armedMax),
  });
  const overdue: Waiting[] = [...found.interviews, ...found.refchecks];
  const unarmed: Waiting[] = [...found.unarmedInterviews, ...found.unarmedRefchecks];
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

/** Of each that was settled, when its timer is to ring next; null: never. */
export type Settled = ReadonlyMap<TimedId, Date | null>;

/** What the alarms that ring now have come for, theirs and everybody else's. What fails, each looks after itself. */
export async function settleDue(deps: Deps): Promise<Settled> {
  const now = deps.now();
  const { interviews, refchecks } = await deps.db.read({
    interviews: store.overdue(systemScope, now, keptMax),
    refchecks: overdueRefchecks(systemScope, now, keptMax),
  });
  const settled = new Map<TimedId, Date | null>();
  await settleAll(deps, [...interviews, ...refchecks], settled);
  return settled;
}

async function settleAll(
  deps: Deps,
  overdue: readonly { readonly id: TimedId }[],
  settled = new Map<TimedId, Date | null>(),
) {
  const ids = overdue.map(({ id }) => id);
  const interviews = await inCrowds(ids.filter(isInterview), (crowd) =>
    tendInHalves(crowd, settled, (some) => tendInterviews(deps, some)),
  );
  const refchecks = await inCrowds(ids.filter(isRefcheck), (crowd) =>
    tendInHalves(crowd, settled, (some) => tendRefchecks(deps, some)),
  );
  const done = interviews.done + refchecks.done;
  // One drain serves all of them. Timers that are to ring again the next sweep sets.
  if (done > 0) drainSoon(deps);
  return { done, failed: interviews.failed + refchecks.failed };
}

const isInterview = (id: TimedId): id is InterviewId => id.startsWith("itv_");
const isRefcheck = (id: TimedId): id is RefcheckId => id.startsWith("rck_");

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

/** What a crowd was settled to. Refuses where somebody else was quicker with one of them. */
type Tend<Id extends TimedId> = (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Date | null>>;

/**
 * Tends many in one write. Where somebody else was at one of them, or one cannot be written, all are looked at again in halves. Answers
 * how many failed: all, when they could not even be read.
 */
async function tendInHalves<Id extends TimedId>(
  ids: readonly Id[],
  settled: Map<TimedId, Date | null>,
  work: Tend<Id>,
): Promise<number> {
  try {
    for (const [id, next] of await work(ids)) settled.set(id, next);
    return 0;
  } catch (error) {
    // One alone that is refused has been taken by somebody else in this moment, as it should be.
    if (ids.length === 1) return error instanceof Refused ? 0 : 1;
    const half = Math.ceil(ids.length / 2);
    const first = await tendInHalves(ids.slice(0, half), settled, work);
    return first + (await tendInHalves(ids.slice(half), settled, work));
  }
}

/** In one write, in which each member is told once of all that expire. Answers those about which something was due. */
async function tendInterviews(deps: Deps, ids: readonly InterviewId[]): Promise<Map<InterviewId, Date | null>> {
  const { rows, staff } = await deps.db.read({
    rows: interviewsByIds(systemScope, ids),
    staff: staffToTellOf(ids),
  });
  const staffOf = Map.groupBy(staff, ({ interviewId }) => interviewId);
  const now = deps.now();
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
  return new Map(found.flatMap(({ id, due }) => (due === null ? [] : [[id, due.next] as const])));
}

/** One alone, for a timer whose keeper is out of reach: writes down what is due and answers when there is something to do next. */
export async function tend(deps: Deps, id: TimedId): Promise<Date | null> {
  if (isInterview(id)) return tendInterview(deps, id);
  const settled = await tendRefchecks(deps, [id]);
  drainSoon(deps);
  return settled.get(id) ?? null;
}

type ToArm = { readonly id: TimedId; readonly at: Date | null };

const noteArmed = ({ id, at }: ToArm) =>
  isInterview(id) ? noteInterviewArmed(systemScope, id, at) : noteRefcheckArmed(systemScope, id, at);

/** Sets many timers, with one note of all. Answers how many could not be set: the next sweep has those again. */
async function armDeadlines(deps: Deps, timers: readonly ToArm[]): Promise<number> {
  const set: ToArm[] = [];
  await forEachOf(timers, timersAtOnce, async (timer) => {
    const isSet = await deps.alarms.set(timer.id, timer.at).then(
      () => true,
      () => false,
    );
    if (isSet) set.push(timer);
  });
  if (set.length === 0) return timers.length;
  const noted = await deps.db.write(set.map(noteArmed));
  const moved = set.filter((_, nth) => noted[nth] === 0);
  for (const { id, at } of moved) await (isInterview(id) ? armDeadline(deps, id, at) : armRefcheck(deps, id));
  return timers.length - set.length;
}

/** For the health page, in its own read. */
export function deadlineHealth(deps: Deps) {
  return store.deadlineHealth(systemScope, after(deps.now(), -lateAfterMs));
}
