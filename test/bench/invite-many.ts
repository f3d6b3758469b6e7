// `interview.createAndInviteMany` of 500 against a bare Worker that sends the same read and the same write. A write needs fresh rows each time:
// what has to be new carries a tag of the call, and rows are counted where answers cannot be compared.
import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { connect, type Database, pipelineUrl } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { bundleWorker } from "../../src/local/wrangler.ts";
import { givenHouse, type House, type Question, questionOf } from "./arrange.ts";
import { median, row, say, startBare, startOne, targetOf } from "./bed.ts";
import { ask, cpuMsOf, type Target } from "./load.ts";
import { cutAtTags, startRecorder, tagChars } from "./recorder.ts";

const rowCount = 500;
const turns = Number(process.env.BENCH_TURNS ?? 20);
const quietMs = 200;
const quietCpuMs = 10;

const tagOf = (call: number) => (0xa000_0000 + call).toString(16).padStart(tagChars, "0");

async function inviting({ token, projectId }: House, url: string, tag: string) {
  const rows = Array.from({ length: rowCount }, (_, index) => ({
    candidate: { email: `ana-${index}-${tag}@bench.example`, firstName: "Ana", lastName: `Number ${index}` },
    requestKey: `request-${index}-${tag}`,
  }));
  const asked = { projectId, labels: ["north"], rows };
  const { question, answer } = await questionOf(url, token, ({ interview }) =>
    interview.createAndInviteMany.mutate(asked),
  );
  assert.equal(answer.invited, rowCount);
  return question;
}

/** The same question about other people. */
function retagged({ body, ...rest }: Question, tag: string): Question {
  return { ...rest, body: cutAtTags(body).join(tag) };
}

/** How many rows there are of all that a call makes. */
async function counted(db: Database): Promise<number[]> {
  const { counts } = await db.read({
    counts: raw(
      sql`select (select count(*) from interview), (select count(*) from interview_event), (select count(*) from link), (select count(*) from letter)`,
      (rows) => (rows[0] ?? []).map(Number),
    ),
  });
  return counts;
}

/** What goes on behind the answers, letters and alarms, is over. */
async function quiet(pids: readonly number[]): Promise<void> {
  const spent = () => pids.reduce((sum, pid) => sum + (cpuMsOf(pid) || 0), 0);
  for (let before = spent(); ; before = spent()) {
    await pause(quietMs);
    if (spent() - before < quietCpuMs) return;
  }
}

export async function benchInviteMany(): Promise<void> {
  say("\ncreateAndInviteMany: arranging …");
  const { code } = await bundleWorker();
  // What is recorded closes its streams, and so does whoever it is compared with.
  const secret = { SEALING_SECRET: randomBytes(32).toString("base64url"), DATABASE_STREAMS: "closed" };
  const anteroom = await startOne("invite anteroom", { code, environment: secret });
  const house = await givenHouse(anteroom);
  const recorder = await startRecorder(anteroom.databaseUrl);
  const recorded = await startOne("invite recorded", { code, environment: { ...secret, DATABASE_URL: recorder.url } });
  const first = recorder.asked().length;
  const question = await inviting(house, recorded.url, tagOf(0));
  // What comes after the two are letters and alarms.
  const [read = "", write = ""] = recorder
    .asked()
    .slice(first)
    .filter((body) => body.includes("@bench.example"));
  assert.match(read, /BEGIN TRANSACTION READONLY/);
  assert.match(write, /BEGIN IMMEDIATE/);
  const answer = await ask(targetOf("recorded", recorded.url, recorded.worker(), 1), question);
  await recorded.stop();
  recorder.stop();

  const texts = [read, write, answer.toString()].map(cutAtTags);
  const env = { PIPELINE_URL: pipelineUrl(anteroom.databaseUrl), SCENARIO: "invite", TEXTS: JSON.stringify(texts) };
  const bare = await startBare("invite", env, 1);
  const targets: Target[] = [bare, targetOf("Anteroom", anteroom.url, anteroom.worker(), 1)];
  const db = connect({ url: anteroom.databaseUrl, timeoutMs: 60_000 });
  const databasePid = anteroom.sqld?.pid ?? 0;
  const took = new Map(targets.map((target) => [target, { ms: [] as number[], cpuMs: [] as number[] }]));
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const target of turn % 2 === 0 ? targets : targets.toReversed()) {
      await quiet([anteroom.worker().pid ?? 0, databasePid]);
      const asked = retagged(question, tagOf(turn + 1));
      const before = await counted(db);
      const [cpu, startedAt] = [cpuMsOf(target.pid), performance.now()];
      await ask(target, asked);
      const spent = { ms: performance.now() - startedAt, cpuMs: cpuMsOf(target.pid) - cpu };
      const made = (await counted(db)).map((count, index) => count - (before[index] ?? 0));
      assert.deepEqual(made, [rowCount, 2 * rowCount, rowCount, rowCount], `${target.name} made other rows`);
      // The first turn warms.
      if (turn > 0) {
        took.get(target)?.ms.push(spent.ms);
        took.get(target)?.cpuMs.push(spent.cpuMs);
      }
    }
  }
  say(`${turns} calls of ${rowCount} each, in turns, one at a time; medians.`);
  say(`\n${row(["", "ms", "CPU ms"])}`);
  const figures = targets.map((target) => {
    const its = took.get(target);
    return { name: target.name, ms: median(its?.ms ?? []), cpuMs: median(its?.cpuMs ?? []) };
  });
  for (const { name, ms, cpuMs } of figures) say(row([name, ms.toFixed(1), cpuMs.toFixed(1)]));
  const [ofBare, ofAnteroom] = figures;
  if (ofBare && ofAnteroom)
    say(row(["bare = 1", (ofAnteroom.ms / ofBare.ms).toFixed(2), (ofAnteroom.cpuMs / ofBare.cpuMs).toFixed(2)]));
}
