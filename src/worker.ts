import { depsOf, nobody } from "./app/deps.ts";
import type { Env } from "./app/env.ts";
import { http } from "./app/http.ts";
import { sweepDeadlines } from "./deadline/actions.ts";
import { DeadlineTimer } from "./deadline/timer.ts";
import { forgetDocuments, scanDocuments } from "./document/actions.ts";
import { resumeExtensions } from "./extension/actions.ts";
import { forgetExpired } from "./identity/actions.ts";
import { forgetUploads, resumeImports } from "./importing/actions.ts";
import { forgetTraces } from "./integrity/actions.ts";
import { drainOutbox } from "./letter/actions.ts";
import { OutboxTimer } from "./letter/outbox-timer.ts";
import { forgetRecordings } from "./recording/actions.ts";

function depsForEvent(env: Env, ctx: Pick<ExecutionContext, "waitUntil">) {
  return depsOf(env, (work) => ctx.waitUntil(work), nobody);
}

export class Deadline extends DeadlineTimer<Env> {
  protected override deps() {
    return depsForEvent(this.env, this.ctx);
  }
}

export class Outbox extends OutboxTimer<Env> {
  protected override deps() {
    return depsForEvent(this.env, this.ctx);
  }
}

export default {
  fetch: http.fetch,
  async scheduled(_event, env, ctx) {
    const deps = depsForEvent(env, ctx);
    for (const [what, work] of Object.entries({
      sweepDeadlines,
      drainOutbox,
      forgetExpired,
      resumeExtensions,
      forgetRecordings,
      forgetDocuments,
      scanDocuments,
      forgetTraces,
      resumeImports,
      forgetUploads,
    })) {
      deps.afterwards(what, work);
    }
  },
} satisfies ExportedHandler<Env>;
