// Streams that stay open, at the real server: whatever becomes of one, what was asked is done once.
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { connect, pipelineUrl } from "../../db/database.ts";
import { cell, raw } from "../../db/statement.ts";

const url = String(env.DATABASE_URL);
const db = () => connect({ url, keepsStreams: true });
const statement = (text: string) => raw(sql.raw(text), () => undefined);
const countOf = async (table: string) =>
  (await db().read({ count: cell<number>(sql`select count(*) from ${sql.raw(table)}`) })).count;

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

/** The batons that were sent while this ran, null for a new stream. */
async function batonsDuring(work: () => Promise<unknown>): Promise<(string | null)[]> {
  const batons: (string | null)[] = [];
  globalThis.fetch = async (...[input, init]: Parameters<typeof fetch>) => {
    batons.push(JSON.parse(String(init?.body)).baton);
    return real(input, init);
  };
  await work();
  globalThis.fetch = real;
  return batons;
}

test("one after the other is asked on the same stream, and what is written on it is there for all", async () => {
  await db().write([statement("create table one (at integer) strict")]);
  const batons = await batonsDuring(async () => {
    for (let nth = 0; nth < 5; nth += 1) await db().write([statement(`insert into one values (${nth})`)]);
  });
  expect(batons).not.toContain(null);
  expect(new Set(batons).size).toBe(5);
  const elsewhere = await connect({ url }).read({ count: cell(sql`select count(*) from one`) });
  expect(elsewhere.count).toBe(5);
});

test("a stream that the server no longer answers on is left for a new one, and the write is done once", async () => {
  await db().write([statement("create table two (at integer) strict")]);
  const [baton] = await batonsDuring(() => countOf("two"));
  expect(baton).toBeTypeOf("string");
  // Whoever has the next baton uses it: the one that is kept is good no more.
  const stolen: string[] = [];
  globalThis.fetch = async (...[input, init]: Parameters<typeof fetch>) => {
    const response = await real(input, init);
    stolen.push((await response.clone().json<{ baton: string }>()).baton);
    return response;
  };
  await countOf("two");
  globalThis.fetch = real;
  const used = { baton: stolen[0], requests: [{ type: "close" }] };
  expect((await real(pipelineUrl(url), { method: "POST", body: JSON.stringify(used) })).status).toBe(200);
  const after = await batonsDuring(() => db().write([statement("insert into two values (1)")]));
  expect([after.length, after.at(-1)]).toEqual([2, null]);
  expect(await countOf("two")).toBe(1);
});

test("a transaction that failed leaves its stream as good as new: nothing of it stays, and others write at once", async () => {
  await db().write([statement("create table three (at integer unique) strict")]);
  const twice = statement("insert into three values (7)");
  await expect(db().write([twice, twice])).rejects.toThrow("UNIQUE");
  expect(await countOf("three")).toBe(0);
  await Promise.all(
    Array.from({ length: 30 }, (_, nth) => db().write([statement(`insert into three values (${nth})`)])),
  );
  expect(await countOf("three")).toBe(30);
  await connect({ url }).write([statement("insert into three values (100)")]);
  expect(await countOf("three")).toBe(31);
});
