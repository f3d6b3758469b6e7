// Would db:generate write anything? It is let loose on a copy of the migrations, and the copies are compared.
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { type Outcome, root } from "./process.ts";
import { run } from "./wrangler.ts";

// A rename makes drizzle-kit ask, and here is nobody to answer.
const timeoutMs = 60_000;

export async function migrationsAreUpToDate(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "anteroom-migrations-"));
  try {
    const copy = join(folder, "migrations");
    cpSync(`${root}db/migrations`, copy, { recursive: true });
    const config = join(folder, "drizzle.config.json");
    const out = relative(root, copy);
    writeFileSync(config, JSON.stringify({ dialect: "sqlite", schema: "./db/schema/index.ts", out }));
    const ran = await run(`${root}node_modules/.bin/drizzle-kit`, ["generate", "--config", config], { timeoutMs });
    const before = readdirSync(`${root}db/migrations`, { recursive: true }).length;
    const ok = ran.code === 0 && readdirSync(copy, { recursive: true }).length === before;
    return {
      ok,
      output: `db/schema says more than db/migrations does. Run "npm run db:generate" and commit what it writes.\n${ran.output}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
