// Brings a libSQL database to the newest schema: each migration is one transaction, taken once, in order.
import { readdirSync, readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { connect, type DatabaseOptions } from "../../db/database.ts";
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
  return added;
}
