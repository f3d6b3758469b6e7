import * as z from "zod";
import type { DeadlineTimer } from "../interview/deadline.ts";
import type { OutboxTimer } from "../letter/outbox-timer.ts";

const secretCharsMin = 32;

/** What an installation is told by variables and secrets. `npm run doctor` reads the same shape. */
export const Settings = z.object({
  DATABASE_URL: z.url(),
  DATABASE_TOKEN: z.string().optional(),
  /** Seals session tokens. To rotate: move it to SEALING_SECRET_OLD and set a new one. */
  SEALING_SECRET: z.string().min(secretCharsMin),
  SEALING_SECRET_OLD: z.string().optional(),
  PUBLIC_URL: z.url().transform((url) => url.replace(/\/+$/, "")),
  /** Comma-separated origins of this installation's own frontends. */
  FRONTEND_ORIGINS: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ""),
    ),
  POSTMARK_TOKEN: z.string().optional(),
  /** The address letters come from, verified at Postmark. */
  LETTERS_FROM: z.email().default("anteroom@localhost.localdomain"),
  /** `on` keeps letters in a local mailbox instead of sending them, and shows them at /mailbox. Never in production. */
  MAILBOX: z.enum(["on", "off"]).default("off"),
});
export type Settings = z.infer<typeof Settings>;

export type Env = Record<keyof z.input<typeof Settings>, string | undefined> & {
  readonly INTERVIEW_DEADLINE: DurableObjectNamespace<DeadlineTimer>;
  readonly OUTBOX: DurableObjectNamespace<OutboxTimer>;
};

const parsed = new WeakMap<object, Settings>();

export function settingsOf(env: Env): Settings {
  const known = parsed.get(env);
  if (known) return known;
  const result = Settings.safeParse(env);
  if (!result.success) {
    const names = result.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw new Error(`Anteroom is not set up: ${names} missing or malformed. Run "npm run doctor".`);
  }
  parsed.set(env, result.data);
  return result.data;
}
