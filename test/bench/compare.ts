// One scenario: the production bundle, and others if there are any, against the bare Worker that sends the same SQL and answers the same bytes.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pipelineUrl } from "../../db/database.ts";
import { bundleWorker } from "../../src/local/wrangler.ts";
import { givenHouse, lettersAreOut } from "./arrange.ts";
import { median, quantile, row, say, startBare, startOne, targetOf } from "./bed.ts";
import { ask, measure, type Round, type Target } from "./load.ts";
import { cutAtInstants, startRecorder } from "./recorder.ts";
import type { Scenario } from "./scenarios.ts";

const rounds = Number(process.env.BENCH_ROUNDS ?? 40);
// Short, so that a neighbour's burst falls on one Worker as on the other.
const roundMs = 400;
const warmUpMs = 3_000;
const connections = 16;

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

export async function compare(scenario: Scenario, otherBundles: readonly string[]): Promise<void> {
  const { name } = scenario;
  say(`\n${name}: arranging …`);
  const { code } = await bundleWorker();
  // What is recorded closes its streams, and so does whoever it is compared with.
  const secret = { SEALING_SECRET: randomBytes(32).toString("base64url"), DATABASE_STREAMS: "closed" };
  const anteroom = await startOne(`${name} anteroom`, { code, environment: secret });
  const house = await givenHouse(anteroom);
  await scenario.arrange(house);
  const question = await scenario.question(house, anteroom.url);
  await lettersAreOut(anteroom.url);
  const environment = { ...secret, DATABASE_URL: anteroom.databaseUrl };

  const recorder = await startRecorder(anteroom.databaseUrl);
  const recorded = await startOne(`${name} recorded`, { code, environment: { ...secret, DATABASE_URL: recorder.url } });
  const [first, from] = [recorder.asked().length, Date.now()];
  await scenario.question(house, recorded.url);
  const texts = [cutAtInstants(recorder.asked()[first] ?? "", from, Date.now())];
  await recorded.stop();
  recorder.stop();

  const env = {
    PIPELINE_URL: pipelineUrl(anteroom.databaseUrl),
    SCENARIO: scenario.bare,
    TEXTS: JSON.stringify(texts),
  };
  const bare = await startBare(name, env, connections);
  const targets: Target[] = [bare, targetOf("Anteroom", anteroom.url, anteroom.worker(), connections)];
  for (const path of otherBundles) {
    const other = await startOne(`${name} ${basename(path, ".js")}`, { code: readFileSync(path, "utf8"), environment });
    targets.push(targetOf(basename(path, ".js"), other.url, other.worker(), connections));
  }

  const expected = await ask(bare, question);
  for (const target of targets) {
    if (!(await ask(target, question)).equals(expected))
      throw new Error(`${target.name} does not answer as bare does.`);
  }
  say(`${name}: ${targets.length} Workers answer the same ${expected.length} bytes.`);
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
