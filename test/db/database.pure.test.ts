import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { connect, DatabaseFailure, pipelineUrl } from "../../db/database.ts";
import { must, raw } from "../../db/statement.ts";

const empty = { rows: [], affected_row_count: 0 };

/** A server that answers each batch of one statement with the next of these: fine, or an error at that step. */
function answering(...answers: ("fine" | { at: number; code: string; message: string })[]) {
  const queue = [...answers];
  let asked = 0;
  const send = async () => {
    asked += 1;
    const next = queue.shift() ?? "fine";
    const results = next === "fine" ? [empty, empty, empty, empty] : [null, null, null, empty];
    const errors = [0, 1, 2, 3].map((step) => (next !== "fine" && next.at === step ? next : null));
    const result = { step_results: results, step_errors: errors };
    return Response.json({ results: [{ type: "ok", response: { type: "batch", result } }] });
  };
  return { db: connect({ url: "http://127.0.0.1:1", fetch: send }), asked: () => asked };
}

const oneFine = {
  results: [
    {
      type: "ok",
      response: {
        type: "batch",
        result: { step_results: [empty, empty, empty, empty], step_errors: [null, null, null, null] },
      },
    },
  ],
};
const busy = { at: 0, code: "SQLITE_BUSY", message: "SQLite error: database is locked" };
const statement = raw(sql`select 1`, () => "read");

describe("a transaction that never began", () => {
  test("is sent again as it is", async () => {
    const { db, asked } = answering(busy, busy, "fine");
    expect(await db.write([statement])).toEqual(["read"]);
    expect(asked()).toBe(3);
  });

  test("fails in the end, and says of what without any SQL", async () => {
    const { db, asked } = answering(...Array.from({ length: 20 }, () => busy));
    await expect(db.write([statement])).rejects.toThrow(new DatabaseFailure("SQLite error: database is locked"));
    expect(asked()).toBe(8);
  });
});

test("a transaction that a full server turned away at the door is sent again as it is", async () => {
  let asked = 0;
  const send: typeof fetch = async () => {
    asked += 1;
    return asked < 3 ? new Response(null, { status: 429 }) : Response.json(oneFine);
  };
  expect(await connect({ url: "http://127.0.0.1:1", fetch: send }).write([statement])).toEqual(["read"]);
  expect(asked).toBe(3);
  const full: typeof fetch = async () => new Response(null, { status: 429 });
  const failing = connect({ url: "http://127.0.0.1:1", fetch: full }).read({ statement });
  await expect(failing).rejects.toThrow(new DatabaseFailure("the database failed (TOO_MANY_REQUESTS)"));
});

test("a transaction that began is never sent twice: whatever failed in it, it may have been the commit", async () => {
  for (const at of [1, 2]) {
    const { db, asked } = answering({ ...busy, at });
    await expect(db.write([statement])).rejects.toThrow(DatabaseFailure);
    expect(asked()).toBe(1);
  }
});

test("a condition that is false is its refusal; the same statement broken otherwise is a failure", async () => {
  const condition = must(sql`1 = 0`, "not_allowed");
  const refused = answering({ at: 1, code: "SQLITE_UNKNOWN", message: "SQLite error: malformed JSON" });
  await expect(refused.db.write([condition])).rejects.toMatchObject({ reason: "not_allowed" });
  const broken = answering({ at: 1, code: "SQLITE_IOERR", message: "SQLite error: disk I/O error" });
  await expect(broken.db.write([condition])).rejects.toThrow(DatabaseFailure);
});

test("what a failure says never repeats names or values", async () => {
  const message = "SQLite error: no such table: secret_of_ada in \"select 'ada@example.com'\"";
  const { db } = answering({ at: 1, code: "SQLITE_UNKNOWN", message });
  await expect(db.read({ statement })).rejects.toThrow(new DatabaseFailure("SQLite error: no such table"));
});

test.each([
  ["before any colon", "near 'ada@example.com', which is no SQL", "SQLITE_ERROR"],
  ["after the first", "SQLite error: near ada@example.com", "SQLITE_ERROR"],
  ["in the code too", "ada@example.com", "ada@example.com"],
])("nor where they stand %s", async (_, message, code) => {
  const { db } = answering({ at: 1, code, message });
  const said = code === "SQLITE_ERROR" ? code : "a code that is none";
  await expect(db.read({ statement })).rejects.toThrow(new DatabaseFailure(`the database failed (${said})`));
});

test("an answer that breaks off, or that is some proxy's page, is a failure of the database like any other", async () => {
  for (const body of ['{"results":[', "<html>Please sign in to this network</html>"]) {
    const db = connect({ url: "http://127.0.0.1:1", fetch: async () => new Response(body) });
    await expect(db.read({ statement })).rejects.toThrow(
      new DatabaseFailure("the database was not reached (SyntaxError)"),
    );
  }
});

test.each([
  ["libsql://name.turso.io", "https://name.turso.io/v2/pipeline"],
  ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/v2/pipeline"],
  ["https://example.com/base", "https://example.com/base/v2/pipeline"],
])("%s is asked at %s", (url, endpoint) => {
  expect(pipelineUrl(url)).toBe(endpoint);
});
