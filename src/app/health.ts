// The operator's view: is it up, is anything late. Numbers only, nothing about anybody.
import type { Context } from "hono";
import { DatabaseFailure } from "../../db/database.ts";
import { deadlineHealth } from "../deadline/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { outboxHealth } from "../letter/actions.ts";
import { depsOf, nobody } from "./deps.ts";
import type { Env } from "./env.ts";

type Health = {
  readonly status: "ok" | "unwell";
  readonly database: "ok" | "unreachable";
  readonly at: string;
  readonly letters?: { waiting: number; oldestWaitingSeconds: number | null; failed: number; bounced: number };
  readonly deadlines?: { lateNow: number; foundLateBySweeps: number; lastSweepAt: string | null };
};

/** One round trip. Answers 503 while the database does not. */
async function healthOf(deps: Deps): Promise<Health> {
  const now = deps.now();
  const at = now.toISOString();
  try {
    const { outbox, deadlines } = await deps.db.read({ outbox: outboxHealth(now), deadlines: deadlineHealth(deps) });
    const { waiting, failed, bounced, oldestWaitingAt } = outbox;
    const oldestWaitingSeconds = oldestWaitingAt && Math.round((now.getTime() - oldestWaitingAt.getTime()) / 1_000);
    const { lateNow = 0, foundLate = 0, lastSweepAt = null } = deadlines ?? {};
    return {
      status: "ok",
      database: "ok",
      at,
      letters: { waiting, oldestWaitingSeconds, failed, bounced },
      deadlines: {
        lateNow,
        foundLateBySweeps: foundLate,
        lastSweepAt: lastSweepAt === null ? null : new Date(lastSweepAt).toISOString(),
      },
    };
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    return { status: "unwell", database: "unreachable", at };
  }
}

export async function health(c: Context<{ Bindings: Env }>) {
  const deps = depsOf(c.env, (work) => c.executionCtx.waitUntil(work), nobody);
  const found = await healthOf(deps);
  return c.json(found, found.status === "ok" ? 200 : 503, { "cache-control": "no-store" });
}
