// How the database goes about every statement of every procedure: by an index, from the rows that are asked for. A statement that walks a whole
// table is found here, however small the table still is.
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { pipelineUrl } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { type Stage, setTheStage, tokenOf } from "../support/stage.ts";
import { ask, type Procedure } from "../support/wire.ts";
import { database } from "../support/world.ts";
import { type Case, callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

let stage: Stage;
let tables: ReadonlySet<string>;
beforeAll(async () => {
  stage = await setTheStage();
  const { names } = await database().read({
    names: raw(sql`select name from sqlite_master where type = 'table'`, (rows) => rows.map(([name]) => String(name))),
  });
  tables = new Set(names);
});

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

const databaseUrl = pipelineUrl(String(env.DATABASE_URL));
const Step = z.looseObject({ stmt: z.looseObject({ sql: z.string() }) });
const Sent = z.object({ requests: z.array(z.looseObject({ batch: z.object({ steps: z.array(Step) }).optional() })) });
const Explained = z.object({
  results: z.array(
    z.object({
      response: z.object({
        result: z.object({
          step_results: z.array(z.object({ rows: z.array(z.array(z.object({ value: z.unknown() }))) }).nullable()),
        }),
      }),
    }),
  ),
});

type Statement = z.infer<typeof Step>["stmt"];

/** Every statement that was sent while this ran, as it was sent. */
async function statementsDuring(work: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  globalThis.fetch = async (...[input, init]: Parameters<typeof fetch>) => {
    const request = new Request(input, init);
    if (request.url === databaseUrl) {
      const { requests } = Sent.parse(await request.clone().json());
      for (const { batch } of requests) sent.push(...(batch?.steps ?? []).map(({ stmt }) => stmt));
    }
    return real(request);
  };
  await work();
  globalThis.fetch = real;
  return sent.filter(({ sql: text }) => /^\s*(select|insert|update|delete|with)/i.test(text));
}

/** What waits to be sent is all in this index, and is to be looked through. */
const short = new Set(["letter_due"]);

/** From its first row through a table, by whatever name; lists of values and what parts of the statement came to are no tables. */
function isWalk(line: string, statement: string): boolean {
  const [, name = "", index] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(line) ?? [];
  if (name === "" || (index !== undefined && short.has(index))) return false;
  return tables.has(name) || new RegExp(`"\\w+" as "?${name}"?\\b`).test(statement);
}

/** Lines of the plans that walk a table from its first row, each with its statement. */
async function walksOf(statements: readonly Statement[]): Promise<string[]> {
  const steps = statements.map((stmt) => ({ stmt: { ...stmt, sql: `explain query plan ${stmt.sql}` } }));
  const response = await real(databaseUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ requests: [{ type: "batch", batch: { steps } }, { type: "close" }] }),
  });
  const answer = Explained.pick({ results: true }).safeParse({
    results: z
      .object({ results: z.array(z.unknown()) })
      .parse(await response.json())
      .results.slice(0, 1),
  });
  const results = answer.data?.results[0]?.response.result.step_results ?? [];
  expect(results).toHaveLength(steps.length);
  return results.flatMap((result, nth) => {
    if (result === null) return [`could not be explained: ${statements[nth]?.sql}`];
    const lines = result.rows.map((cells) => String(cells[3]?.value));
    const text = statements[nth]?.sql ?? "";
    const walks = lines.filter((line) => isWalk(line, text));
    return walks.map((line) => `${line}: ${text}`);
  });
}

async function called(procedure: Procedure, written: Case): Promise<Statement[]> {
  const caller = callerOf(written);
  const { input, whose = stage.invited } = await written.prepare(stage, caller);
  const token = await tokenOf(stage, caller, whose);
  return statementsDuring(async () => expect((await ask(procedure, input, token)).outcome).toBe("ok"));
}

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
});

describe("walks through no table", () => {
  test.each(walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written })))(
    "$path",
    async ({ procedure, written }) => {
      const statements = await called(procedure, written);
      expect(statements.length).toBeGreaterThan(0);
      expect(await walksOf(statements)).toEqual([]);
    },
  );
});

test("saboteur: a statement that walks through a table is found", async () => {
  const statements = [
    { sql: "select id from interview where name = 'x'" },
    { sql: 'select other.id from "interview" as other where other.name in (select value from json_each(?))', args: [] },
    { sql: "select 1" },
  ];
  expect(await walksOf(statements)).toEqual([
    expect.stringMatching(/^SCAN interview /),
    expect.stringMatching(/^SCAN other /),
  ]);
});
