// `npm run bench`: interview.list on the production bundle against a bare Worker that sends the same SQL and answers the
// same bytes. README.md in this folder says how to read what it prints.
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { pipelineUrl } from "../../db/database.ts";
import { type AnteroomOptions, startAnteroom } from "../../src/local/anteroom.ts";
import { ended, freePort, root } from "../../src/local/process.ts";
import { startWorkerd } from "../../src/local/workerd.ts";
import { bundleWorker, wranglerConfig } from "../../src/local/wrangler.ts";
import { arrange, listSize, questionOf } from "./arrange.ts";
import { ask, measure, type Round, type Target } from "./load.ts";
import { cutAtInstants, startRecorder } from "./recorder.ts";

const interviewCount = Number(process.env.BENCH_INTERVIEWS ?? 1_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 40);
// Short, so that a neighbour's burst falls on one Worker as on the other.
const roundMs = 400;
const warmUpMs = 3_000;
const connections = 16;

const directory = mkdtempSync(join(tmpdir(), "anteroom-bench-"));
/** What is to be stopped, last started first. */
const stops: (() => Promise<void> | void)[] = [];
const say = (line: string) => console.log(line);

async function startOne(name: string, options: Pick<AnteroomOptions, "environment" | "code">) {
  const anteroom = await startAnteroom({
    directory: join(directory, name),
    port: await freePort(),
    log: "file",
    ...options,
  });
  stops.push(anteroom.stop);
  return anteroom;
}

/** The same runtime, date and flags as the production bundle's. */
async function startBare(env: Record<string, string>): Promise<Target> {
  const config = wranglerConfig();
  const folder = join(directory, "bare");
  mkdirSync(folder);
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
      bindings = [${Object.keys(env).map((key) => `(name = "${key}", fromEnvironment = "${key}")`)}],
    )),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "api", address = "127.0.0.1:${port}", http = (), service = "bare")],
);
`,
  );
  const { child } = await startWorkerd({ configFile, sockets: ["api"], env, log: join(folder, "worker.log") });
  stops.push(() => ended(child, "SIGTERM"));
  return targetOf("bare Worker", `http://127.0.0.1:${port}`, child);
}

function targetOf(name: string, url: string, { pid = 0 }: ChildProcess): Target {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  stops.push(() => agent.destroy());
  return { name, url, pid, agent };
}

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
function quantile(numbers: readonly number[], q: number): number {
  return sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * q))] ?? Number.NaN;
}
const median = (numbers: readonly number[]) => quantile(numbers, 0.5);

function row(cells: readonly string[]): string {
  const [first = "", ...others] = cells;
  return `${first.padEnd(32)}${others.map((text) => text.padStart(11)).join("")}`;
}

function report(bare: Target, measured: ReadonlyMap<Target, readonly Round[]>): void {
  say(`\n${row(["", "requests/s", "p50 ms", "p99 ms", "CPU ms", "database"])}`);
  for (const [{ name }, its] of measured) {
    const latencies = its.flatMap(({ latenciesMs }) => latenciesMs);
    const cpu = [median(its.map(({ cpuMs }) => cpuMs)), median(its.map(({ databaseCpuMs }) => databaseCpuMs))];
    const figures = [quantile(latencies, 0.5), quantile(latencies, 0.99), ...cpu];
    const perSecond = median(its.map((round) => round.perSecond)).toFixed(0);
    say(row([name, perSecond, ...figures.map((figure) => figure.toFixed(2))]));
  }
  const bareRounds = measured.get(bare) ?? [];
  say(`\n${row(["in the same round, bare = 1", "median", "least", "most"])}`);
  for (const [target, its] of measured) {
    if (target === bare) continue;
    const ratios = (of: (round: Round) => number) =>
      its.flatMap((round, index) => {
        const against = bareRounds[index];
        return against ? [of(round) / of(against)] : [];
      });
    const rows = {
      "requests/s": ratios(({ perSecond }) => perSecond),
      "CPU per request": ratios(({ cpuMs }) => cpuMs),
    };
    for (const [what, its] of Object.entries(rows)) {
      say(
        row([`${target.name}, ${what}`, ...[median(its), Math.min(...its), Math.max(...its)].map((n) => n.toFixed(2))]),
      );
    }
  }
}

/** Other builds of the Worker, to be measured in the same run: `npm run bench -- before.js after.js`. */
const otherBundles = process.argv.slice(2).filter((path) => path.endsWith(".js"));

async function bench(): Promise<void> {
  say(`Arranging an organization with ${interviewCount} interviews …`);
  const { code } = await bundleWorker();
  const secret = { SEALING_SECRET: randomBytes(32).toString("base64url") };
  const anteroom = await startOne("anteroom", { code, environment: secret });
  const token = await arrange(anteroom.url, interviewCount);
  const question = await questionOf(anteroom.url, token);
  const environment = { ...secret, DATABASE_URL: anteroom.databaseUrl };

  const recorder = await startRecorder(anteroom.databaseUrl);
  const recorded = await startOne("recorded", { code, environment: { ...secret, DATABASE_URL: recorder.url } });
  const from = Date.now();
  await questionOf(recorded.url, token);
  const parts = cutAtInstants(recorder.last(), from, Date.now());
  await recorded.stop();
  recorder.stop();

  const bare = await startBare({
    PIPELINE_URL: pipelineUrl(anteroom.databaseUrl),
    PIPELINE_PARTS: JSON.stringify(parts),
  });
  const targets: Target[] = [bare, targetOf("Anteroom", anteroom.url, anteroom.worker())];
  for (const path of otherBundles) {
    const name = basename(path, ".js");
    const other = await startOne(name, { code: readFileSync(path, "utf8"), environment });
    targets.push(targetOf(name, other.url, other.worker()));
  }

  const expected = await ask(bare, question);
  for (const target of targets) {
    if (!(await ask(target, question)).equals(expected))
      throw new Error(`${target.name} does not answer as bare does.`);
  }
  say(`interview.list of ${listSize}: ${targets.length} Workers answer the same ${expected.length} bytes.`);
  const load = { connections, expected, databasePid: anteroom.sqld?.pid ?? 0 };
  for (const target of targets) await measure(target, question, { ...load, ms: warmUpMs });
  say(`Warm. ${rounds} rounds of ${roundMs / 1_000} s each, ${connections} connections, in turns.`);
  const measured = new Map(targets.map((target): [Target, Round[]] => [target, []]));
  for (let round = 0; round < rounds; round += 1) {
    // There and back again, so that whatever drifts touches everybody alike.
    for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
      measured.get(target)?.push(await measure(target, question, { ...load, ms: roundMs }));
    }
  }
  report(bare, measured);
}

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(directory, { recursive: true, force: true });
}

process.once("SIGINT", () => stopAll().then(() => process.exit(130)));
try {
  await bench();
} finally {
  await stopAll();
}
