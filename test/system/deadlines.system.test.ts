// Promise 9 on real processes: the Worker dies with deadlines pending, and nobody's deadline is lost.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { freePort } from "../../src/local/process.ts";
import { givenOpenHouse } from "./open-house.ts";

const interviewCount = 50;
const atOnce = 10;
const deadlineAheadMs = 8_000;
const pollMs = 20;
const patienceMs = 20_000;

let anteroom: Anteroom;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "anteroom-deadlines-"));
  anteroom = await startAnteroom({ directory, port: await freePort(), environment: {}, log: "file" });
});
afterAll(async () => {
  await anteroom?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Asks the database itself until it answers as hoped, so that nobody's look at the API settles anything. */
async function until<Found>(ask: () => Promise<Found>, isHoped: (found: Found) => boolean): Promise<Found> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const found = await ask();
    if (isHoped(found) || Date.now() > giveUpAt) return found;
    await pause(pollMs);
  }
}

test("promise 9: killed with -9 while deadlines pass, the Worker has written all of them within a second of its start", async () => {
  const { client, projectId } = await givenOpenHouse(anteroom.url);
  const db = connect({ url: anteroom.databaseUrl });
  const count = (query: ReturnType<typeof sql>) => async () =>
    (await db.read({ count: raw(query, (rows) => Number(rows[0]?.[0])) })).count;

  const deadlineAt = new Date(Date.now() + deadlineAheadMs);
  const invite = (index: number) =>
    client.interview.createAndInvite.mutate({
      projectId,
      candidate: { email: `candidate.${index}@example.com`, firstName: "Cleo", lastName: `Number ${index}` },
      deadlineAt,
    });
  for (let first = 0; first < interviewCount; first += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, index) => invite(first + index)));
  }
  const armed = count(sql`select count(*) from interview where armed_for = due_at`);
  expect(await until(armed, (found) => found === interviewCount)).toBe(interviewCount);
  expect(Date.now()).toBeLessThan(deadlineAt.getTime());

  await anteroom.killWorker();
  const expired = count(sql`select count(*) from interview_event where verb = 'expire'`);
  await pause(Math.max(0, deadlineAt.getTime() - Date.now()) + 100);
  expect(await expired()).toBe(0);

  await anteroom.restartWorker();
  const startedAt = Date.now();
  expect(await until(expired, (found) => found === interviewCount)).toBe(interviewCount);
  const { latest } = await db.read({
    latest: raw(sql`select max(at) from interview_event where verb = 'expire'`, (rows) => Number(rows[0]?.[0])),
  });
  expect(latest - startedAt).toBeLessThan(1_000);
  const { statuses } = await db.read({
    statuses: raw(sql`select distinct status, version from interview`, (rows) => rows),
  });
  expect(statuses).toEqual([["expired", 3]]);
});
