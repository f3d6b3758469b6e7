// Brings a libSQL database to the newest schema: each migration is one transaction, taken once, in order; what text is found by, and triggers,
// come after them.
import { readdirSync, readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { connect, type Database, type DatabaseOptions } from "../../db/database.ts";
import { timelineFills } from "../../db/schema/timeline-triggers.ts";
import { triggers } from "../../db/schema/triggers.ts";
import { fillings, type TextIndex, textIndexes } from "../../db/search.ts";
import { must, raw, type Statement } from "../../db/statement.ts";

const folder = new URL("../../db/migrations/", import.meta.url);

function asStatement(text: string): Statement<undefined> {
  return { sql: text, args: [], read: () => undefined };
}

/** Returns the names of the migrations that were new. */
export async function migrate(options: DatabaseOptions): Promise<string[]> {
  const db = connect({ timeoutMs: 60_000, ...options });
  await db.write([
    asStatement("create table if not exists migration (name text primary key, at integer not null) strict"),
  ]);
  const { done } = await db.read({
    done: raw(sql`select name from migration`, (rows) => new Set(rows.map(([name]) => name))),
  });
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const added = names.filter((name) => !done.has(name));
  for (const name of added) {
    const steps = readFileSync(new URL(name, folder), "utf8").split("--> statement-breakpoint");
    await db.write([
      must(sql`not exists (select 1 from migration where name = ${name})`, "moved_on"),
      ...steps
        .map((step) => step.trim())
        .filter((step) => step !== "")
        .map(asStatement),
      raw(sql`insert into migration (name, at) values (${name}, ${Date.now()})`, () => undefined),
    ]);
  }
  await bringTextIndexes(db);
  await bringTriggers(db);
  await fillTextIndexes(db);
  return added;
}

/** Stand among the migrations once it is there as it is meant, and once everything that was there is in it. */
const madeName = (name: string, { made, told }: TextIndex) =>
  `${name} made: ${[made, told, ...fillings.map(({ statement }) => statement(0, 0))].join("; ")}`;
const filledName = (name: string) => `${name} filled`;
const isNoted = (what: string) => sql`exists (select 1 from migration where name = ${what})`;
const noted = (what: string) =>
  raw(sql`insert or ignore into migration (name, at) values (${what}, ${Date.now()})`, () => undefined);

/** What text is found by has no history either: where it is missing, or not what the schema says, it is made anew. */
async function bringTextIndexes(db: Database): Promise<void> {
  for (const [name, index] of textIndexes) {
    const itself = sql`select 1 from sqlite_master where type = 'table' and name = ${name} and sql = ${index.made}`;
    const isThere = sql`exists (${itself}) and ${isNoted(madeName(name, index))}`;
    const { stands } = await db.read({ stands: raw(sql`select ${isThere}`, ([row]) => row?.[0] === 1) });
    if (stands) continue;
    await db.write([
      raw(sql`delete from migration where name glob ${`${name} *`}`, () => undefined),
      asStatement(`drop table if exists "${name}"`),
      asStatement(index.made),
      asStatement(index.told),
      noted(madeName(name, index)),
    ]);
  }
}

/** A transaction is given five seconds, and some are given much to do. */
const filledAtOnce = 2_000;

/** After the triggers, so that nothing is written past it meanwhile. However often it is begun, it comes to the same. */
async function fillTextIndexes(db: Database): Promise<void> {
  for (const name of textIndexes.keys()) {
    const { isDone } = await db.read({
      isDone: raw(sql`select ${isNoted(filledName(name))}`, ([row]) => row?.[0] === 1),
    });
    if (isDone) continue;
    for (const { table, statement } of fillings) {
      const { last } = await db.read({
        last: raw(sql`select max(number) from ${sql.identifier(table)}`, ([row]) => Number(row?.[0] ?? 0)),
      });
      for (let from = 1; from <= last; from += filledAtOnce)
        await db.write([asStatement(statement(from, from + filledAtOnce))]);
    }
    await db.write([noted(filledName(name))]);
  }
}

/**
 * Triggers have no history: those the database has are made those the schema says, in one transaction, where they differ. What a trigger of
 * the timeline would have written is filled in with it.
 */
async function bringTriggers(db: Database): Promise<void> {
  const { standing } = await db.read({
    standing: raw(
      sql`select name, sql from sqlite_master where type = 'trigger'`,
      (rows) => new Map(rows.map(([name, text]) => [String(name), String(text)])),
    ),
  });
  const isAsSaid = ([name, text]: readonly [string, string]) => triggers.get(name) === text;
  if (standing.size === triggers.size && [...standing].every(isAsSaid)) return;
  await db.write([
    ...[...standing.keys()].map((name) => asStatement(`drop trigger if exists "${name}"`)),
    ...[...triggers.values()].map(asStatement),
    ...[...timelineFills]
      .filter(([name]) => standing.get(name) !== triggers.get(name))
      .map(([, fill]) => asStatement(fill)),
  ]);
}
