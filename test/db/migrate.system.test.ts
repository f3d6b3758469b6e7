// What a database is brought to: every migration once, and the triggers the schema says, whatever was there before.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../db/database.ts";
import { triggers } from "../../db/schema/triggers.ts";
import { cell, raw } from "../../db/statement.ts";
import { migrate } from "../../src/local/migrate.ts";
import { freePort } from "../../src/local/process.ts";
import { type Server, startSqld } from "../../src/local/sqld.ts";

const directory = mkdtempSync(join(tmpdir(), "anteroom-migrate-"));
let server: Server;
beforeAll(async () => {
  const options = { directory: join(directory, "database"), log: join(directory, "sqld.log") };
  server = await startSqld({ ...options, port: await freePort() });
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function standing() {
  const { found, version } = await connect({ url: server.url }).read({
    found: raw(
      sql`select name, sql from sqlite_master where type = 'trigger' order by name`,
      (rows) => new Map(rows.map(([name, text]) => [String(name), String(text)])),
    ),
    version: cell<number>(sql`select schema_version from pragma_schema_version`),
  });
  return { found, version };
}

test("migrations are taken once, and a second time nothing at all is written", async () => {
  expect((await migrate({ url: server.url })).length).toBeGreaterThan(0);
  const first = await standing();
  expect(first.found).toEqual(new Map([...triggers].toSorted(([a], [b]) => (a < b ? -1 : 1))));
  expect(await migrate({ url: server.url })).toEqual([]);
  expect(await standing()).toEqual(first);
});

test("triggers that are missing, other than said, or said no more are brought to what the schema says", async () => {
  const before = await standing();
  const statement = (text: string) => raw(sql.raw(text), () => undefined);
  await connect({ url: server.url }).write([
    statement("drop trigger veto_insert_noted"),
    statement("drop trigger interview_update_noted"),
    statement("create trigger interview_update_noted after update on interview begin select 1; end"),
    statement("create trigger of_long_ago after delete on veto begin select 1; end"),
  ]);
  expect(await migrate({ url: server.url })).toEqual([]);
  expect((await standing()).found).toEqual(before.found);
});
