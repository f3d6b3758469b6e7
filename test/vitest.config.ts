import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import type { Junk } from "./support/junk.ts";
import { newDatabase } from "./support/new-database.ts";

const root = new URL("../", import.meta.url).pathname;

/** Each keeps about one core busy, its database's waits included. */
const sideBySide = 2;
/** Each waits now and then: two of them leave a quarter of two cores unused. */
const workersSideBySide = 3;

/** Of the walk that sends it to every procedure: another seed in every run, and whoever fails says which. */
const junk: Junk = {
  seed: Number(process.env.JUNK_SEED ?? Math.floor(Math.random() * 2 ** 31)),
  runs: Number(process.env.JUNK_RUNS ?? 14),
};

/** What the Worker and its tests import of others. */
const packages = [
  ...["@trpc/client", "@trpc/server", "@trpc/server/adapters/fetch", "drizzle-orm", "drizzle-orm/sqlite-core"],
  ...["drizzle-orm/sqlite-proxy", "fast-check", "hono", "hono/body-limit", "hono/cors", "hono/html", "hono/route"],
  ...["ical-generator", "ical.js", "postmark", "superjson", "uuidv7", "zod", "zod/locales", "zod/mini", "zod/v4/core"],
];

const processes = { environment: "node", testTimeout: 240_000, hookTimeout: 240_000 } as const;

/** Whole processes that are asked how soon: each has the machine to itself. */
const timed = ["deadlines", "lateness"].map((name) => `test/system/${name}.system.test.ts`);

/** Three layers: pure code in Node, the Worker in its real runtime, and whole processes started and killed. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: "pure",
          maxWorkers: sideBySide,
          sequence: { groupOrder: 1 },
          environment: "node",
          include: ["test/**/*.pure.test.ts", "test/architecture.test.ts"],
          // Properties by the thousand take seconds, and a machine that does something else besides takes more.
          testTimeout: 30_000,
        },
      },
      {
        root,
        plugins: [
          // Asked anew for every file.
          cloudflareTest(async ({ inject }) => ({
            wrangler: { configPath: `${root}wrangler.toml` },
            miniflare: {
              bindings: {
                DATABASE_URL: await newDatabase(inject("databaseServer")),
                DATABASE_STREAMS: "kept",
                SEALING_SECRET: "a-sealing-secret-for-tests-only-0123456789",
                PUBLIC_URL: "https://api.anteroom.test",
                MAILBOX: "on",
              },
            },
          })),
        ],
        test: {
          name: "runtime",
          maxWorkers: workersSideBySide,
          sequence: { groupOrder: 2 },
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.pure.test.ts", "test/**/*.system.test.ts", "test/architecture.test.ts"],
          provide: { junk },
          // Of these there are hundreds of modules, which every file would be handed one by one.
          deps: { optimizer: { ssr: { enabled: true, include: packages } } },
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          ...processes,
          name: "system",
          maxWorkers: sideBySide,
          sequence: { groupOrder: 3 },
          include: ["test/**/*.system.test.ts"],
          exclude: timed,
        },
      },
      {
        root,
        test: { ...processes, name: "timed", maxWorkers: 1, sequence: { groupOrder: 4 }, include: timed },
      },
    ],
  },
});
