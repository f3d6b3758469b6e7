import type * as z from "zod/mini";
import type { DeadlineTimer } from "../deadline/timer.ts";
import type { OutboxTimer } from "../letter/outbox-timer.ts";
import { Settings } from "./settings.ts";

export type Env = Record<keyof z.input<typeof Settings>, string | undefined> & {
  readonly DEADLINE: DurableObjectNamespace<DeadlineTimer>;
  readonly RECORDINGS: R2Bucket;
  readonly OUTBOX: DurableObjectNamespace<OutboxTimer>;
};

/** Says which settings, never what is in them. */
export class NotSetUp extends Error {
  override readonly name = "NotSetUp";
  readonly settings: string;

  constructor(settings: string) {
    super(`Anteroom is not set up: ${settings} missing or malformed. Run "npm run doctor".`);
    this.settings = settings;
  }
}

const parsed = new WeakMap<object, Settings>();

export function settingsOf(env: Env): Settings {
  const known = parsed.get(env);
  if (known) return known;
  const result = Settings.safeParse(env);
  if (!result.success) {
    const names = result.error.issues.map((issue) => String(issue.path[0])).join(", ");
    throw new NotSetUp(names);
  }
  parsed.set(env, result.data);
  return result.data;
}
