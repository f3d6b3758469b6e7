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

test("an index of text that is missing is made anew of what there is, once", async () => {
  const db = connect({ url: server.url });
  const statement = (text: string) => raw(sql.raw(text), () => undefined);
  const found = (word: string) =>
    cell<number>(sql`select count(*) from candidate_text where candidate_text match ${word}`);
  const rows = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 4500)";
  await db.write([
    statement(
      "insert into organization (id, name, slug, language, time_zone, default_interview_period_seconds, frontend_origins, sender_name, created_at) values ('org_', 'o', 'o', 'en', 'UTC', 1, '[]', 'o', 0)",
    ),
    statement(
      `insert into candidate (id, organization_id, email, first_name, last_name, name, language, time_zone, created_at) ${rows} select 'cnd_' || i, 'org_', i || '@example.com', 'N', 'N', 'quetzal', 'en', 'UTC', 0 from n`,
    ),
    statement("drop table candidate_text"),
  ]);
  expect(await migrate({ url: server.url })).toEqual([]);
  expect(await db.read({ count: found("etz") })).toEqual({ count: 4_500 });
  await db.write([
    statement("delete from candidate where id = 'cnd_1'"),
    statement("delete from candidate_text where rowid = (select max(rowid) from candidate_text)"),
  ]);
  expect(await migrate({ url: server.url })).toEqual([]);
  expect(await db.read({ count: found("etz") })).toEqual({ count: 4_498 });
  // As one that was filled otherwise.
  await db.write([
    statement("update migration set name = name || '; and more' where name glob 'candidate_text made: *'"),
  ]);
  expect(await migrate({ url: server.url })).toEqual([]);
  expect(await db.read({ count: found("etz") })).toEqual({ count: 4_499 });
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

test("what happened before its trigger was there is on the timeline once it is, and once only", async () => {
  const statement = (text: string) => raw(sql.raw(text), () => undefined);
  const told = async () => {
    const { found } = await connect({ url: server.url }).read({
      found: raw(sql`select source_id, kind from timeline order by candidate_id, at, turn, source_id`, (rows) => rows),
    });
    return found;
  };
  const event = (version: number) =>
    statement(
      `insert into candidate_event (id, organization_id, candidate_id, record_id, version, verb, to_status, actor_kind, at) values ('evt_${version}', 'org_1', 'cnd_1', 'cnd_1', ${version}, 'interview', 'INTERVIEWED', 'member', 7)`,
    );
  await connect({ url: server.url }).write([
    statement(
      "insert into organization (id, name, slug, language, time_zone, default_interview_period_seconds, frontend_origins, sender_name, created_at) values ('org_1', 'H', 'h', 'en', 'UTC', 1, '[]', 'H', 0)",
    ),
    statement(
      "insert into candidate (id, organization_id, email, first_name, last_name, language, time_zone, created_at) values ('cnd_1', 'org_1', 'c@example.com', 'C', 'D', 'en', 'UTC', 0)",
    ),
    event(2),
    statement("drop trigger candidate_event_insert_told"),
    event(3),
    event(1),
  ]);
  expect(await told()).toEqual([["evt_2", "record"]]);
  await migrate({ url: server.url });
  const all = ["evt_1", "evt_2", "evt_3"].map((id) => [id, "record"]);
  expect(await told()).toEqual(all);
  await connect({ url: server.url }).write([statement("drop trigger candidate_event_insert_told")]);
  await migrate({ url: server.url });
  expect(await told()).toEqual(all);
});
