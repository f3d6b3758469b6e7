import { DurableObject } from "cloudflare:workers";
import { backoffMs, oneForAll } from "../kernel/alarm.ts";
import { after, hourMs, systemClock } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf, throwNameOf } from "../kernel/errors.ts";
import { random, type TimedId } from "../kernel/ids.ts";
import { log } from "../kernel/log.ts";
import { type Settled, settleDue, tend } from "./actions.ts";

/** How long what is left of a timer stays after it rang for the last time, at least (decision 019). */
const emptiedAfterMs = hourMs;

type Timer = { readonly id: TimedId; readonly dueAt: number; readonly failures: number };

/**
 * A named timer, one for each interview and each refcheck: one instant, one alarm, one action. The database is the truth; this only makes
 * somebody look at it in time. The handler never throws, so the runtime never gives up on it.
 */
export abstract class DeadlineTimer<Env = unknown> extends DurableObject<Env> {
  protected abstract deps(): Deps;

  /**
   * What the last two runs came to, and when each looked: whoever rings while one runs waits for the next, and may have been settled by the
   * one that ran.
   */
  private runs: readonly { readonly at: number; readonly settled: Settled }[] = [];

  private readonly settleForAll = oneForAll(async () => {
    const deps = this.deps();
    const at = deps.now().getTime();
    const settled = await settleDue(deps);
    this.runs = [{ at, settled }, ...this.runs.slice(0, 1)];
  });

  /**
   * Asked of the one named `keeper`, by the timer set to this instant (epoch ms): answers once everything that was due before the call has been
   * looked after. A run that looked before that instant knows nothing of what this timer is for.
   */
  async settleDue(id: TimedId, dueAt: number): Promise<Date | null | undefined> {
    await this.settleForAll().catch(throwNameOf);
    return this.runs.find(({ at, settled }) => at >= dueAt && settled.has(id))?.settled.get(id);
  }

  /** Sets the alarm to this instant (epoch ms), or clears everything. */
  async set({ id, dueAt }: { id: TimedId; dueAt: number | null }): Promise<void> {
    if (dueAt === null) return this.ctx.storage.deleteAll();
    await this.keep({ id, dueAt, failures: 0 }, dueAt);
  }

  override async alarm(): Promise<void> {
    const timer = await this.ctx.storage.get<Timer>("timer");
    if (!timer) return this.ctx.storage.deleteAll();
    const next = await this.lookedAfter(timer);
    // A step that was written while this one looked has set the timer itself, and knows better.
    const current = await this.ctx.storage.get<Timer>("timer");
    if (current?.dueAt !== timer.dueAt) return;
    if (next === null) await this.rest();
    else await this.keep(next.timer, next.at);
  }

  /** Keeps nothing any more, and gives its storage back in its own time: not while thousands of others are to ring. */
  private async rest(): Promise<void> {
    await this.ctx.storage.delete("timer");
    await this.ctx.storage.setAlarm(after(systemClock.now(), emptiedAfterMs * (1 + random())).getTime());
  }

  /** What to keep and when to look again, or null when nothing is due any more. */
  private async lookedAfter(timer: Timer): Promise<{ timer: Timer; at: number } | null> {
    // Should the making of deps be what goes wrong, there are these.
    let deps: Pick<Deps, "now" | "random" | "log"> = { now: systemClock.now, random, log };
    try {
      const made = this.deps();
      deps = made;
      // Thousands may ring at once: who asks in the same moment is served by the same write (decision 013).
      const kept = await made.alarms.settleDue(timer.id, timer.dueAt).catch((error: unknown) => {
        made.log("keeper_missed", { error: nameOf(error) });
        return undefined;
      });
      const next = kept === undefined ? await tend(made, timer.id) : kept;
      const dueAt = next?.getTime() ?? null;
      return dueAt === null ? null : { timer: { ...timer, dueAt, failures: 0 }, at: dueAt };
    } catch (error) {
      const failures = timer.failures + 1;
      deps.log("deadline_alarm_failed", { id: timer.id, failures, error: nameOf(error) });
      // Four times longer each time: thousands that wait for one database need not all keep asking, the sweep does.
      const at = after(deps.now(), backoffMs(2 * failures - 1, deps.random())).getTime();
      return { timer: { ...timer, failures }, at };
    }
  }

  private async keep(timer: Timer, at: number): Promise<void> {
    await this.ctx.storage.put("timer", timer);
    await this.ctx.storage.setAlarm(at);
  }
}
