// An import on the whole installation, whose Worker dies in the middle of it, again and again: each row is there once in the end.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendTable, UploadRefused } from "../../client/index.ts";
import { connect, type Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { freePort } from "../../src/local/process.ts";
import { eachOnce, peopleTable, peopleThere } from "../support/people.ts";
import { givenOpenHouse } from "./open-house.ts";

const directory = mkdtempSync(join(tmpdir(), "anteroom-import-"));
let anteroom: Anteroom;
let db: Database;
beforeAll(async () => {
  anteroom = await startAnteroom({ directory, port: await freePort(), environment: {}, log: "file" });
  db = connect({ url: anteroom.databaseUrl });
});
afterAll(async () => {
  await anteroom?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const count = 3_000;
const kills = 3;

test(`${count} rows are there once each, though the Worker is killed -9 in the middle of them and the sweep goes on`, async () => {
  const { client } = await givenOpenHouse(anteroom.url);
  const table = { subject: "candidates", name: "people.csv" } as const;
  const broken = sendTable(client, { ...table, file: new Blob([Buffer.from("E-mail\n\xe9", "latin1")]) });
  await expect(broken).rejects.toEqual(new UploadRefused(415, "unreadable_table", { why: "not_utf8", row: 2 }));
  const { uploadId, rows } = await sendTable(client, { ...table, file: new Blob([peopleTable(count)]) });
  expect(rows).toBe(count);
  const { importId } = await client.import.start.mutate({ uploadId });
  const progress = () => client.import.get.query({ importId });
  let done = 0;
  for (let nth = 1; nth <= kills; nth += 1) {
    await expect.poll(async () => (await progress()).rowsDone, { interval: 5, timeout: 60_000 }).toBeGreaterThan(done);
    await anteroom.killWorker();
    await anteroom.restartWorker();
    done = (await progress()).rowsDone;
    // Nobody waits half a minute for the lease of the dead.
    await db.write([raw(sql`update import_job set leased_until = 1 where status = 'running'`, () => undefined)]);
    const resumed = anteroom.cron();
    if (nth === kills) await resumed;
    else resumed.catch(() => undefined);
  }
  await expect.poll(async () => (await progress()).status, { timeout: 60_000 }).toBe("finished");
  expect(await progress()).toMatchObject({ rows: count, rowsDone: count, created: count, skipped: 0, repeated: 0 });
  expect(await peopleThere(db)).toEqual(eachOnce(count));
});
