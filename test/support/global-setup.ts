import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { migrate } from "../../src/local/migrate.ts";
import { startSqld } from "../../src/local/sqld.ts";

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

/** One real libSQL server for the run, on a port and in a folder of its own. */
export default async function setup(project: TestProject) {
  const directory = mkdtempSync(join(tmpdir(), "anteroom-test-"));
  const server = await startSqld({ directory });
  await migrate({ url: server.url });
  project.provide("databaseUrl", server.url);
  return async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
