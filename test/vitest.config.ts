import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = new URL("../", import.meta.url).pathname;

/** Three layers: pure code in Node, the Worker in its real runtime, and whole processes started and killed. */
export default defineConfig({
  root,
  test: {
    fileParallelism: false,
    projects: [
      {
        root,
        test: {
          name: "pure",
          environment: "node",
          include: ["test/**/*.pure.test.ts", "test/architecture.test.ts"],
          // Properties by the thousand take seconds, and a machine that does something else besides takes more.
          testTimeout: 30_000,
        },
      },
      {
        root,
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: `${root}wrangler.toml` },
            miniflare: {
              bindings: {
                DATABASE_URL: inject("databaseUrl"),
                SEALING_SECRET: "a-sealing-secret-for-tests-only-0123456789",
                PUBLIC_URL: "https://api.anteroom.test",
                MAILBOX: "on",
              },
            },
          })),
        ],
        test: {
          name: "runtime",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.pure.test.ts", "test/**/*.system.test.ts", "test/architecture.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: "system",
          environment: "node",
          include: ["test/**/*.system.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
