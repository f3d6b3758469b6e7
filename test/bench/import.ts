// `import`: a table of 50,000 people through the production bundle: how long it takes and what it holds in memory; with `--kill`, with a Worker that
// is killed again and again in the middle of it.
import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { sendTable } from "../../client/index.ts";
import { connect } from "../../db/database.ts";
import { bundleWorker } from "../../src/local/wrangler.ts";
import { eachOnce, peopleTable, peopleThere } from "../support/people.ts";
import { givenOwner } from "./arrange.ts";
import { row, say, startOne } from "./bed.ts";
import { cpuMsOf } from "./load.ts";

const count = Number(process.env.BENCH_ROWS ?? 50_000);
const pollMs = 250;
const cronEveryMs = 60_000;
const mebi = 1_024 * 1_024;

/** The most that a process ever held at once; NaN where /proc does not tell. */
function peakMiB(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const [, kibi] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibi) / 1_024;
}

export async function benchImport(kills: boolean): Promise<void> {
  const { code } = await bundleWorker();
  const environment = { SEALING_SECRET: randomBytes(32).toString("base64url") };
  const anteroom = await startOne("import", { code, environment });
  const { anteroom: client } = await givenOwner(anteroom.url);
  const file = new Blob([peopleTable(count)]);
  say(`\nimport: ${count.toLocaleString("en")} rows, ${(file.size / mebi).toFixed(1)} MiB`);
  const worker = () => anteroom.worker().pid ?? 0;
  const database = anteroom.sqld?.pid ?? 0;
  say(row(["", "s", "rows/s", "CPU s", "peak MiB", "its CPU s", "its peak"]));
  let killed = 0;
  let peak = 0;

  async function measured(what: string, work: () => Promise<void>): Promise<void> {
    const [startedAt, cpuBefore, itsBefore] = [performance.now(), cpuMsOf(worker()), cpuMsOf(database)];
    await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = killed > 0 ? Number.NaN : (cpuMsOf(worker()) - cpuBefore) / 1_000;
    peak = Math.max(peak, peakMiB(worker()));
    const figures = [seconds.toFixed(1), (count / seconds).toFixed(0), cpu.toFixed(1), peak.toFixed(0)];
    const its = [((cpuMsOf(database) - itsBefore) / 1_000).toFixed(1), peakMiB(database).toFixed(0)];
    say(row([what, ...figures, ...its]));
  }

  /** Until it is over, with a cron trigger every minute, as Cloudflare fires it. */
  async function over(importId: `imp_${string}`): Promise<void> {
    let cronAt = Date.now() + cronEveryMs;
    for (let killAt = 1; ; ) {
      const { status, rowsDone, created } = await client.import.get.query({ importId });
      if (status === "finished") return assert.equal(created, count);
      assert.equal(status, "running");
      if (kills && rowsDone >= (killAt * count) / 5) {
        killAt += 1;
        killed += 1;
        peak = Math.max(peak, peakMiB(worker()));
        await anteroom.killWorker();
        await anteroom.restartWorker();
      }
      if (Date.now() >= cronAt) {
        cronAt += cronEveryMs;
        // What it sets off goes on while it is asked how far it is.
        anteroom.cron().catch(() => undefined);
      }
      await pause(pollMs);
    }
  }

  let uploadId: `upl_${string}` = "upl_";
  await measured("sent, and read on the way", async () => {
    ({ uploadId } = await sendTable(client, { subject: "candidates", name: "people.csv", file }));
  });
  if (!kills)
    await measured("rehearsed", async () => over((await client.import.rehearse.mutate({ uploadId })).importId));
  const { importId } = await client.import.start.mutate({ uploadId });
  await measured(kills ? "imported, the Worker killed" : "imported", () => over(importId));
  const db = connect({ url: anteroom.databaseUrl, timeoutMs: 60_000 });
  const { rows, ...there } = await peopleThere(db);
  const { rows: _, ...expected } = eachOnce(count);
  assert.deepEqual(there, expected, "somebody is there twice, or not at all");
  assert.equal(rows, kills ? count : 2 * count);
  if (kills) say(`Killed ${killed} times; each of the ${count.toLocaleString("en")} is there once.`);
  if (!kills) {
    await measured("exported", async () => {
      const { url } = await client.export.candidates.query({});
      const table = await (await fetch(url)).text();
      assert.equal(table.split("\r\n").length, count + 2);
    });
  }
}
