import { DurableObject } from "cloudflare:workers";
import { backoffMs } from "../kernel/alarm.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { drainOutbox } from "./actions.ts";

/** The outbox's alarm clock: one object, one alarm, set to when the next letter is due. The handler never throws. */
export abstract class OutboxTimer<Env = unknown> extends DurableObject<Env> {
  protected abstract deps(): Deps;

  /** Makes sure the outbox is drained no later than this (epoch ms). An earlier alarm stays. */
  async wake(at: number): Promise<void> {
    const current = await this.ctx.storage.getAlarm();
    if (current === null || at < current) await this.ctx.storage.setAlarm(at);
  }

  override async alarm(): Promise<void> {
    const outside = this.deps();
    // The alarm that the outbox asks for is this very one: it is set here, not by a call from outside.
    const deps: Deps = {
      ...outside,
      alarms: { ...outside.alarms, wakeOutbox: (at) => this.wake(at.getTime()) },
    };
    try {
      await drainOutbox(deps);
      await this.ctx.storage.delete("failures");
    } catch (error) {
      const failures = ((await this.ctx.storage.get<number>("failures")) ?? 0) + 1;
      deps.log("outbox_alarm_failed", { failures, error: error instanceof Error ? error.name : "unknown" });
      await this.ctx.storage.put("failures", failures);
      await this.wake(after(deps.now(), backoffMs(failures, deps.random())).getTime());
    }
  }
}
