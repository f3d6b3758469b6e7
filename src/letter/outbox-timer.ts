import { DurableObject } from "cloudflare:workers";
import { backoffMs, oneForAll } from "../kernel/alarm.ts";
import { after, systemClock } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf, throwNameOf } from "../kernel/errors.ts";
import { random } from "../kernel/ids.ts";
import { log } from "../kernel/log.ts";
import { drainOutbox } from "./actions.ts";

/**
 * The outbox's one drainer and its alarm clock, set to when the next letter is due. Every request that promised a letter
 * asks it to drain; those that ask at once are served by one claim instead of queueing for the database. The handler of
 * the alarm never throws.
 */
export abstract class OutboxTimer<Env = unknown> extends DurableObject<Env> {
  protected abstract deps(): Deps;

  private readonly drainForAll = oneForAll(async () => {
    const outside = this.deps();
    // The alarm that the outbox asks for is this very one: it is set here, not by a call from outside.
    await drainOutbox({
      ...outside,
      alarms: { ...outside.alarms, wakeOutbox: (at) => this.wake(at.getTime()) },
    });
  });

  /** Resolves when everything that was promised before the call has been tried. */
  async drain(): Promise<void> {
    await this.drainForAll().catch(throwNameOf);
  }

  /** Makes sure the outbox is drained no later than this (epoch ms). An earlier alarm stays. */
  async wake(at: number): Promise<void> {
    const current = await this.ctx.storage.getAlarm();
    if (current === null || at < current) await this.ctx.storage.setAlarm(at);
  }

  override async alarm(): Promise<void> {
    try {
      await this.drainForAll();
      await this.ctx.storage.delete("failures");
    } catch (error) {
      const failures = ((await this.ctx.storage.get<number>("failures")) ?? 0) + 1;
      // Nothing of deps is used here: that they cannot be made may be what went wrong.
      log("outbox_alarm_failed", { failures, error: nameOf(error) });
      await this.ctx.storage.put("failures", failures);
      await this.wake(after(systemClock.now(), backoffMs(failures, random())).getTime());
    }
  }
}
