import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { freePort } from "../../src/local/process.ts";
import { startSqld } from "../../src/local/sqld.ts";
import type { DatabaseServer } from "./new-database.ts";

declare module "vitest" {
  export interface ProvidedContext {
    databaseServer: DatabaseServer;
  }
}

/** One real libSQL server for the run, on ports and in a folder of its own. */
export default async function setup(project: TestProject) {
  const directory = mkdtempSync(join(tmpdir(), "anteroom-test-"));
  const [port, adminPort] = [await freePort(), await freePort()];
  const server = await startSqld({ directory, port, adminPort });
  project.provide("databaseServer", { port, adminPort });
  return async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
