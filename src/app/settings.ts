import * as z from "zod/mini";
import { Origin } from "../kernel/shapes.ts";

const secretCharsMin = 32;
/** Nothing in it that an address would have to encode: Postmark takes it as part of one, too. */
const webhookSecretShape = /^[\w-]{1,60}:[\w-]{20,200}$/;

const onThisMachine = /^(localhost|127\.0\.0\.1)$/;

/** What an installation is told by variables and secrets. `npm run doctor` reads the same shape. */
export const Settings = z.object({
  DATABASE_URL: z.url(),
  DATABASE_TOKEN: z.optional(z.string()),
  /**
   * `kept`: a stream to the database stays open for the next who asks, which spares the server from reading its schema anew each time. For a
   * libSQL server of one's own; elsewhere what stays open may be counted.
   */
  DATABASE_STREAMS: z._default(z.enum(["kept", "closed"]), "closed"),
  /** Seals session tokens. To rotate: move it to SEALING_SECRET_OLD and set a new one. */
  SEALING_SECRET: z.string().check(z.minLength(secretCharsMin)),
  SEALING_SECRET_OLD: z.optional(z.string()),
  /** Links are made of its origin alone, so that a path would be lost. */
  PUBLIC_URL: z.pipe(
    z
      .pipe(
        z.url({ protocol: /^https?$/, error: "must be an address, such as https://anteroom.example.com" }),
        z.transform((value) => new URL(value)),
      )
      .check(z.refine((url) => `${url.origin}/` === url.href, "must be an address without a path")),
    z.transform((url) => url.origin),
  ),
  /** Comma-separated origins of this installation's own frontends. */
  FRONTEND_ORIGINS: z.pipe(
    z.pipe(
      z._default(z.string(), ""),
      z.transform((list) =>
        list
          .split(",")
          .map((origin) => origin.trim())
          .filter((origin) => origin !== ""),
      ),
    ),
    z.array(Origin),
  ),
  POSTMARK_TOKEN: z.optional(z.string()),
  /** `name:password`, as Postmark sends it along with its webhooks. Without it nothing is heard of what came back. */
  POSTMARK_WEBHOOK_SECRET: z.optional(
    z
      .string()
      .check(z.regex(webhookSecretShape, "must be name:password, the password of 20 letters, digits or -_ at least")),
  ),
  /** Where a stand-in for Postmark listens on this very machine. Nowhere else: letters hold people's ways in. */
  POSTMARK_URL: z.optional(z.url({ protocol: /^http$/, hostname: onThisMachine })),
  /** The address letters come from, verified at Postmark. */
  LETTERS_FROM: z._default(z.email(), "anteroom@localhost.localdomain"),
  /** What looks through documents for viruses, asked as src/app/scanner.ts says. Without it nobody does. */
  SCANNER_URL: z.optional(
    z.pipe(
      z
        .pipe(
          z.url({ protocol: /^https?$/, error: "must be an address, such as https://scanner.example.com/scan" }),
          z.transform((value) => new URL(value)),
        )
        .check(
          z.refine(({ protocol, hostname }) => protocol === "https:" || onThisMachine.test(hostname), "must be https"),
        ),
      z.transform((url) => url.href),
    ),
  ),
  /** What it knows Anteroom by. */
  SCANNER_TOKEN: z.optional(z.string()),
  /** `on` keeps letters in a local mailbox instead of sending them, and shows them at /mailbox. Never in production. */
  MAILBOX: z._default(z.enum(["on", "off"]), "off"),
});
export type Settings = z.infer<typeof Settings>;
