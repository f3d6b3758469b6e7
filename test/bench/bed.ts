// What every measure stands on: installations and bare Workers in a temporary folder, stopped at the end, and figures read the same way.
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { type Anteroom, type AnteroomOptions, startAnteroom } from "../../src/local/anteroom.ts";
import { ended, freePort, root } from "../../src/local/process.ts";
import { startWorkerd } from "../../src/local/workerd.ts";
import { wranglerConfig } from "../../src/local/wrangler.ts";
import type { Target } from "./load.ts";

export const say = (line: string) => console.log(line);

const directory = mkdtempSync(join(tmpdir(), "anteroom-bench-"));
/** What is to be stopped, last started first. */
const stops: (() => Promise<void> | void)[] = [];

export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(directory, { recursive: true, force: true });
}

/** For what goes by that name; removed at the end. */
export const folderOf = (name: string) => join(directory, name);

export async function startOne(
  name: string,
  options: Pick<AnteroomOptions, "environment" | "code"> & Partial<Pick<AnteroomOptions, "directory">>,
): Promise<Anteroom> {
  const anteroom = await startAnteroom({
    directory: folderOf(name),
    port: await freePort(),
    log: "file",
    ...options,
  });
  stops.push(anteroom.stop);
  return anteroom;
}

export function targetOf(
  name: string,
  url: string,
  { pid = 0 }: Pick<ChildProcess, "pid">,
  connections: number,
): Target {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  stops.push(() => agent.destroy());
  return { name, url, pid, agent };
}

/** The same runtime, date and flags as the production bundle's. */
export async function startBare(
  name: string,
  texts: Readonly<Record<string, string>>,
  connections: number,
): Promise<Target> {
  const config = wranglerConfig();
  const folder = join(directory, `bare ${name}`);
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const outfile = join(folder, "worker.js");
  const entryPoints = [`${root}test/bench/bare.ts`];
  await build({ entryPoints, outfile, bundle: true, minify: true, format: "esm", target: "es2024" });
  const configFile = join(folder, "workerd.capnp");
  writeFileSync(
    configFile,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "bare", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = ${JSON.stringify(config.compatibility_date)},
      compatibilityFlags = ${JSON.stringify(config.compatibility_flags)},
      bindings = [${Object.keys(texts).map((key) => `(name = "${key}", text = embed "${key}")`)}],
    )),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "api", address = "127.0.0.1:${port}", http = (), service = "bare")],
);
`,
  );
  // As files: what is recorded is longer than an environment may be.
  for (const [key, value] of Object.entries(texts)) writeFileSync(join(folder, key), value);
  const { child } = await startWorkerd({ configFile, sockets: ["api"], env: {}, log: join(folder, "worker.log") });
  stops.push(() => ended(child, "SIGTERM"));
  return targetOf("bare Worker", `http://127.0.0.1:${port}`, child, connections);
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
export function quantile(numbers: readonly number[], q: number): number {
  return sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * q))] ?? Number.NaN;
}
export const median = (numbers: readonly number[]) => quantile(numbers, 0.5);

export function row(cells: readonly string[], firstWidth = 32): string {
  const [first = "", ...others] = cells;
  return `${first.padEnd(firstWidth)}${others.map((text) => text.padStart(11)).join("")}`;
}
