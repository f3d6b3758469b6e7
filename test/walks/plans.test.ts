// How the database goes about every statement of every procedure: by an index, from the rows that are asked for. A statement that walks a whole
// table is found here, however small the table still is.
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { pipelineUrl } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { sweepDeadlines } from "../../src/deadline/actions.ts";
import { forgetDocuments, scanDocuments } from "../../src/document/actions.ts";
import { resumeExtensions } from "../../src/extension/actions.ts";
import { forgetExpired } from "../../src/identity/actions.ts";
import { forgetUploads, resumeImports } from "../../src/importing/actions.ts";
import { forgetTraces } from "../../src/integrity/actions.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { forgetRecordings } from "../../src/recording/actions.ts";
import { givenDocument } from "../support/document.ts";
import {
  candidateToken,
  endExtensions,
  makeLate,
  newExtension,
  newInterview,
  newRecording,
  type Stage,
  setTheStage,
  tokenOf,
} from "../support/stage.ts";
import { newImport } from "../support/table.ts";
import { ask, type Procedure } from "../support/wire.ts";
import { database, systemDeps } from "../support/world.ts";
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
const Answered = z.object({
  response: z.object({
    result: z.object({
      step_results: z.array(z.object({ rows: z.array(z.array(z.object({ value: z.unknown() }))) }).nullable()),
    }),
  }),
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

/** Partial indexes of what waits for a job, all of it to be looked through: letters, extensions, and interviews and refchecks without an alarm. */
const short = new Set(["letter_due", "extension_waiting", "import_waiting", "interview_unarmed", "refcheck_unarmed"]);

/** Looked up in an index of text, and not read from its first row to its last. */
const isLookedUp = (line: string) => /VIRTUAL TABLE INDEX \d+:M\d/.test(line);

/** From its first row through a table, by whatever name; lists of values and what parts of the statement came to are no tables. */
function isWalk(line: string, statement: string): boolean {
  if (isLookedUp(line)) return false;
  const [, name = "", index] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(line) ?? [];
  if (name === "" || (index !== undefined && short.has(index))) return false;
  return tables.has(name) || new RegExp(`"\\w+" as "?${name}"?\\b`).test(statement);
}

/** A plan is a tree; lines with the same parent are one loop within another. */
type Line = { readonly said: string; readonly parent: number };
type Explained = { readonly text: string; readonly lines: readonly Line[] };

/** A plan is made of a statement's text alone: the server keeps no statistics, and what is sent with it says nothing. */
const known = new Map<string, readonly Line[]>();

async function explain(statements: readonly Statement[]): Promise<void> {
  const steps = statements.map((stmt) => ({ stmt: { ...stmt, sql: `explain query plan ${stmt.sql}` } }));
  const response = await real(databaseUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ requests: [{ type: "batch", batch: { steps } }, { type: "close" }] }),
  });
  const { results } = z.object({ results: z.array(z.unknown()) }).parse(await response.json());
  const [answer] = z.array(Answered).parse(results.slice(0, 1));
  const planned = answer?.response.result.step_results ?? [];
  expect(planned).toHaveLength(steps.length);
  for (const [nth, result] of planned.entries()) {
    known.set(
      statements[nth]?.sql ?? "",
      result?.rows.map((cells) => ({ said: String(cells[3]?.value), parent: Number(cells[1]?.value) })) ?? [
        { said: "could not be explained", parent: 0 },
      ],
    );
  }
}

/** The plan of each. One that cannot be explained has one line that says so. */
async function plansOf(statements: readonly Statement[]): Promise<Explained[]> {
  const unknown = statements.filter(({ sql: text }) => !known.has(text));
  if (unknown.length > 0) await explain(unknown);
  return statements.map(({ sql: text }) => ({ text, lines: known.get(text) ?? [] }));
}

const walksIn = ({ lines, text }: Explained) =>
  lines.filter(({ said }) => said === "could not be explained" || isWalk(said, text)).map(({ said }) => said);

/** Lines of the plans that walk a table from its first row, each with its statement. */
async function walksOf(statements: readonly Statement[]): Promise<string[]> {
  return (await plansOf(statements)).flatMap((plan) => walksIn(plan).map((line) => `${line}: ${plan.text}`));
}

/** One row by its id; or from a list of few, of what was sent or found, or of lanes: the tests of cost count what they come to. */
const oneByOne =
  /^SEARCH \w+ USING ((COVERING )?INDEX (sqlite_autoindex_\w+_1|\w+_id_unique) \(\w+=\?\)|INTEGER PRIMARY KEY \(rowid=\?\))|^SCAN (few|meant|asked|lane|found|took)\b/;

/** Sorts of more than was looked up one by one: what is listed comes in its order already. */
function sortsIn({ lines }: Explained): string[] {
  return lines.flatMap(({ said, parent }) => {
    if (said !== "USE TEMP B-TREE FOR ORDER BY") return [];
    const loops = lines.filter((line) => line.parent === parent && /^(SEARCH|SCAN) /.test(line.said));
    return loops.every((line) => oneByOne.test(line.said)) ? [] : [said];
  });
}

/** Within an index from a place on, and not from its first row to it. */
const isFromPlace = ({ lines }: Explained) => lines.some(({ said }) => /^SEARCH .*[<>]/.test(said));

/** What is wrong with how the database goes about a page of a list. */
function faultsOf(plans: readonly Explained[], { after, sorts }: { after: boolean; sorts: boolean }): string[] {
  const faults = plans.flatMap((plan) =>
    [...walksIn(plan), ...(sorts ? [] : sortsIn(plan))].map((line) => `${line}: ${plan.text}`),
  );
  return after && !sorts && !plans.some(isFromPlace) ? [...faults, "walks to its place"] : faults;
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

/** Holds pages, however deep within. */
function holdsPage(schema: unknown): boolean {
  if (schema instanceof z.core.$ZodObject) {
    const parts: Readonly<Record<string, unknown>> = schema._zod.def.shape;
    return ("items" in parts && "nextCursor" in parts) || Object.values(parts).some(holdsPage);
  }
  if (schema instanceof z.core.$ZodArray) return holdsPage(schema._zod.def.element);
  if (schema instanceof z.core.$ZodNullable || schema instanceof z.core.$ZodOptional) {
    return holdsPage(schema._zod.def.innerType);
  }
  return schema instanceof z.core.$ZodUnion && schema._zod.def.options.some(holdsPage);
}

/** What can be asked for, by name. A list whose input is no object could not be walked, and fails here. */
function shapeOf({ inputs: [input] }: Procedure): Readonly<Record<string, z.core.$ZodType>> | null {
  return input instanceof z.core.$ZodObject ? input._zod.def.shape : null;
}

const isOfPages = new Set(["cursor", "size", "take", "skip", "sort", "direction"]);

/** Whatever goes on from a place, or skips to one, or answers with pages. */
function isList(procedure: Procedure): boolean {
  const shape = shapeOf(procedure) ?? {};
  return procedure.type === "query" && ("cursor" in shape || "skip" in shape || holdsPage(procedure.output));
}

const listed = walked.flatMap(([procedure, written]) =>
  isList(procedure) ? [{ path: procedure.path, procedure, written }] : [],
);

/** Every two filters together, each with the first value it is asked for with: as far on in the list as it goes. */
function pairsOf(filters: readonly object[]): object[] {
  const single = Map.groupBy(
    filters.filter((filter) => Object.keys(filter).length === 1),
    (filter) => Object.keys(filter)[0],
  );
  const firsts = [...single.values()].flatMap(([first]) => first ?? []);
  return firsts.flatMap((one, nth) => firsts.slice(nth + 1).map((other) => ({ ...one, ...other })));
}

describe("a list in every order, from the beginning and after a cursor, as it is and by each filter", () => {
  test.each(listed)(
    "$path",
    async ({ procedure, written }) => {
      const shape = shapeOf(procedure);
      if (!shape) throw new Error("a list is asked for by an object");
      const { orders, filters = [] } = written.ways?.(stage) ?? { orders: [] };
      const choices = ["sort", "direction"].map((name) => valuesOf(shape[name]).length);
      expect(orders).toHaveLength(choices.reduce((product, count) => product * count, 1));
      expect(orders.every(({ cursor }) => "cursor" in shape === (cursor !== undefined))).toBe(true);
      const optional = Object.keys(shape).filter((name) => shape[name]?._zod.optin === "optional");
      expect(optional.filter((name) => !isOfPages.has(name) && !filters.some((filter) => name in filter))).toEqual([]);

      const caller = callerOf(written);
      const { input, whose = stage.invited } = await written.prepare(stage, caller);
      const base = Object.fromEntries(Object.entries(Object(input)).filter(([name]) => !optional.includes(name)));
      const isCandidate = caller === "candidate";
      const token = isCandidate
        ? await candidateToken({ ...whose, interviewId: null, refcheckId: null, offerId: null })
        : await tokenOf(stage, caller, whose);
      const tokens =
        written.expected.interviewManager === "ok" ? [token, await tokenOf(stage, "interviewManager", whose)] : [token];
      const faults = new Set<string>();
      for (const [nth, { input: order, cursor, sortsAll }] of orders.entries()) {
        const further = cursor === undefined ? [] : [{ cursor }];
        const places = [{}, ...further, ...("skip" in shape ? [{ skip: 5 }] : [])];
        const ways = [{}, ...filters].map((filter) => ({ filter, places }));
        const pairs = pairsOf(filters).map((filter) => ({ filter, places: places.slice(-1) }));
        for (const who of tokens) {
          for (const [filter, place] of [...ways, ...(nth === 0 ? pairs : [])].flatMap((way) =>
            way.places.map((place) => [way.filter, place] as const),
          )) {
            const asked = { ...base, ...order, ...filter, ...place };
            let outcome = "";
            const statements = await statementsDuring(async () => {
              outcome = (await ask(procedure, asked, who)).outcome;
            });
            // Whoever manages one project may not ask for every list.
            if (who !== token && outcome === "not_allowed") continue;
            expect([asked, outcome]).toEqual([asked, "ok"]);
            const seen = { after: "cursor" in place, sorts: sortsAll !== undefined };
            for (const fault of faultsOf(await plansOf(statements), seen))
              faults.add(`${JSON.stringify(asked)}: ${fault}`);
          }
        }
      }
      expect([...faults]).toEqual([]);
    },
    180_000,
  );
});

/** What a choice in an input can be; one thing where there is none. */
function valuesOf(schema: z.core.$ZodType | undefined): readonly unknown[] {
  const inner = schema instanceof z.core.$ZodDefault ? schema._zod.def.innerType : schema;
  return inner instanceof z.core.$ZodEnum ? [...inner._zod.values] : [null];
}

/** Whoever was at it has not been heard of, and its file's time is over: both jobs have something to do. */
async function heldUp({ importId, uploadId }: Awaited<ReturnType<typeof newImport>>): Promise<void> {
  await database().write([
    raw(sql`update import_job set leased_until = 1 where id = ${importId}`, () => undefined),
    raw(sql`update upload set forget_at = 1 where id = ${uploadId}`, () => undefined),
  ]);
}

describe("what nobody asks for walks through no table either", () => {
  const scanner = { scan: async () => ({ outcome: "infected", threat: "EICAR" }) as const };
  const jobs = {
    ...{ sweepDeadlines, drainOutbox, forgetExpired, resumeExtensions, forgetRecordings, forgetTraces },
    ...{ resumeImports, forgetUploads },
    ...{ scanDocuments: (deps: Deps) => scanDocuments({ ...deps, scanner }), forgetDocuments },
  };

  test.each(Object.entries(jobs))("%s", async (_, job) => {
    const { house, project } = stage;
    await makeLate((await newInterview(house, project.id, "invited")).interviewId);
    await endExtensions(project.id);
    await newExtension(house, project.id);
    await newRecording(await newInterview(house, project.id, "opened"), "open");
    await givenDocument(house.owner.client, stage.invited.candidateId);
    await heldUp(await newImport(house));
    const statements = await statementsDuring(async () => void (await job(systemDeps())));
    expect(statements.length).toBeGreaterThan(0);
    expect(await walksOf(statements)).toEqual([]);
  });
});

test("saboteur: a list in an order without an index is found, and one that walks to its place", async () => {
  const list = "select id from interview where organization_id = 'org_'";
  const faultsIn = async (text: string, after: boolean) =>
    faultsOf(await plansOf([{ sql: text }]), { after, sorts: false }).map((fault) => fault.slice(0, 18));
  expect(await faultsIn(`${list} order by created_at, id limit 20`, false)).toEqual([]);
  expect(await faultsIn(`${list} and (created_at, id) > (1, '') order by created_at, id limit 20`, true)).toEqual([]);
  expect(await faultsIn(`${list} order by email limit 20`, false)).toEqual(["USE TEMP B-TREE FO"]);
  expect(await faultsIn(`${list} order by created_at, id limit 20 offset 500`, true)).toEqual(["walks to its place"]);
  expect(
    await faultsIn(`${list} and (coalesce(deadline_at, 1), id) > (1, '') order by deadline_order, id limit 20`, true),
  ).toEqual(["walks to its place"]);
});

test("a list is what takes a cursor, what skips, and what answers with pages", () => {
  expect(listed.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["candidate.list", "candidate.listPage", "pipeline.board", "interview.changesSince"]),
  );
  const asIf = (input: z.core.$ZodType, output: z.core.$ZodType) =>
    isList({ path: "", type: "query", meta: { for: "member" }, inputs: [input], output });
  const page = z.object({ items: z.array(z.string()), nextCursor: z.string().nullable() });
  expect(asIf(z.object({ skip: z.number() }), z.array(z.string()))).toBe(true);
  expect(asIf(z.union([z.object({ cursor: z.string() })]), z.object({ lanes: z.array(page) }))).toBe(true);
  expect(asIf(z.object({}), z.object({ lanes: z.array(z.string()) }))).toBe(false);
});

test("plans are made without statistics: the server takes no ANALYZE", async () => {
  const write = (text: string) => database().write([raw(sql.raw(text), () => undefined)]);
  for (const text of ["analyze", "pragma optimize"]) await expect(write(text)).rejects.toThrow();
  const { kept } = await database().read({
    kept: raw(sql`select name from sqlite_master where name like 'sqlite_stat%'`, (rows) => rows),
  });
  expect(kept).toEqual([]);
});

test("saboteur: a statement that walks through a table is found", async () => {
  const statements = [
    { sql: "select id from interview where name = 'x'" },
    { sql: 'select other.id from "interview" as other where other.name in (select value from json_each(?))', args: [] },
    { sql: "select 1" },
    { sql: "select rowid from candidate_text where candidate_text match 'abc'" },
    { sql: "select rowid from candidate_text" },
  ];
  expect(await walksOf(statements)).toEqual([
    expect.stringMatching(/^SCAN interview /),
    expect.stringMatching(/^SCAN other /),
    expect.stringMatching(/^SCAN candidate_text /),
  ]);
});
