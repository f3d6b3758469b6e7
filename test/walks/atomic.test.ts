// Promise 1, for every mutation: what a call writes lands together or not at all. The database fails at the very end of
// a write, and nothing of it may be left. Promise 7: whatever instant an answer holds leaves as one, with its zone.
import { AsyncLocalStorage } from "node:async_hooks";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { project } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { appRouter } from "../../src/app/router.ts";
import { everythingOf } from "../support/everything.ts";
import { type Stage, setTheStage, tokenOf } from "../support/stage.ts";
import { type Answer, ask, type Procedure } from "../support/wire.ts";
import { database } from "../support/world.ts";
import { type Case, callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setTheStage();
});

const rows = walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written }));
const mutations = rows.filter(({ procedure }) => procedure.type === "mutation");

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
});

type Watched = { readonly fails: number; writes: number; readonly letOthersWrite: () => void };

/** Tells a call's own writes from those of an alarm that rings for something earlier. */
const watched = new AsyncLocalStorage<Watched>();

const real = globalThis.fetch;
const byOthers = new Set<Promise<Response>>();
let measured: Promise<unknown> = Promise.resolve();

beforeAll(() => {
  globalThis.fetch = (...[input, init]: Parameters<typeof fetch>) => {
    const body = init?.body;
    if (typeof body !== "string" || !body.includes('"BEGIN IMMEDIATE"')) return real(input, init);
    const call = watched.getStore();
    if (call) {
      call.writes += 1;
      // In place of COMMIT, something that fails: the batch's own ROLLBACK comes next.
      if (call.writes === call.fails)
        return real(input, { ...init, body: body.replace('"COMMIT"', `"select json('')"`) });
      call.letOthersWrite();
      return real(input, init);
    }
    // As long as nothing of the call is written, the others wait: what changes meanwhile is its doing alone.
    const sent = measured.then(() => real(input, init)).finally(() => byOthers.delete(sent));
    byOthers.add(sent);
    return sent;
  };
});
afterAll(() => {
  globalThis.fetch = real;
});

/** What a call leaves behind when the database fails at the end of its write with this number, counted from 1. */
async function leftBehind(number: number, work: () => Promise<unknown>) {
  const { id } = stage.house.organization;
  const { promise, resolve } = Promise.withResolvers<void>();
  const underWay = [...byOthers];
  measured = promise;
  await Promise.allSettled(underWay);
  const before = await everythingOf(id);
  const call: Watched = { fails: number, writes: 0, letOthersWrite: resolve };
  const result = await watched.run(call, work);
  const after = await everythingOf(id);
  resolve();
  const changed = Object.keys(before).filter((table) => JSON.stringify(before[table]) !== JSON.stringify(after[table]));
  return { result, writes: call.writes, changed };
}

async function prepared(procedure: Procedure, written: Case) {
  const { input, whose = stage.invited } = await written.prepare(stage, callerOf(written));
  const token = await tokenOf(stage, callerOf(written), whose);
  return () => ask(procedure, input, token);
}

const Outcome = z.object({ outcome: z.string() });

describe("promise 1: when a write fails at its very end, nothing of the call is left, and it may be made again", () => {
  test.each(mutations)("$path", async ({ procedure, written }) => {
    const call = await prepared(procedure, written);
    // Entering an organization gives a new token and writes nothing.
    if (procedure.path === "identity.enter") return expect((await leftBehind(1, call)).writes).toBe(0);
    const first = await leftBehind(1, call);
    expect({ ...Outcome.parse(first.result), changed: first.changed }).toEqual({ outcome: "unavailable", changed: [] });
    const second = await leftBehind(2, call);
    // When that goes well, the second write was the system's own, after the answer: it is taken up again by itself.
    if (Outcome.parse(second.result).outcome !== "ok") expect(second.changed).toEqual([]);
    return expect((await (await prepared(procedure, written))()).outcome).toBe("ok");
  });

  test("saboteur: a step in two writes leaves half of itself, and is caught", async () => {
    const rename = (name: string) =>
      database().write([run(build.update(project).set({ name }).where(eq(project.id, stage.project.id)))]);
    const inTwo = () => rename("half").then(() => rename("whole").catch(() => null));
    expect(await leftBehind(2, inTwo)).toMatchObject({ writes: 2, changed: ["change", "project"] });
    expect(await leftBehind(1, () => rename("whole").catch(() => null))).toMatchObject({ writes: 1, changed: [] });
  });
});

const Sent = z.object({
  result: z.object({
    data: z.object({
      json: z.unknown(),
      meta: z.object({ values: z.record(z.string(), z.unknown()).or(z.array(z.unknown())) }).optional(),
    }),
  }),
});

const isoWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

type Leaf = { readonly path: string; readonly name: string; readonly value: unknown };

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
  }
  return [{ path: path.join("."), name: path.at(-1) ?? "", value }];
}

/** Instants of an answer that a client would not get as Dates. */
function lostInstants({ text }: Pick<Answer, "text">): string[] {
  const { json, meta } = Sent.parse(JSON.parse(text)).result.data;
  return leavesOf(json).flatMap(({ path, name, value }) => {
    const looksLikeOne = typeof value === "string" && isoWithZone.test(value);
    const isNamedSo = /(?:At|deadline)$/.test(name) && value !== null;
    const isMarked = JSON.stringify(meta?.values[path as keyof typeof meta.values]) === '["Date"]';
    return (looksLikeOne || isNamedSo) && !(isMarked && looksLikeOne) ? [`${path}: ${String(value)}`] : [];
  });
}

describe("promise 7: every instant in an answer is an instant with a zone, and arrives as a Date", () => {
  test.each(rows)("$path", async ({ procedure, written }) => {
    const answer = await (await prepared(procedure, written))();
    expect(answer.outcome).toBe("ok");
    expect(lostInstants(answer)).toEqual([]);
  });

  test("answers with instants were among those looked at, and one that is only text is caught", () => {
    const text = (meta: object) =>
      JSON.stringify({ result: { data: { json: { at: "2026-11-22T20:00:00.000Z" }, ...meta } } });
    expect(lostInstants({ text: text({ meta: { values: { at: ["Date"] } } }) })).toEqual([]);
    expect(lostInstants({ text: text({}) })).toHaveLength(1);
    const zoneless = JSON.stringify({ result: { data: { json: { createdAt: "2026-11-22 20:00" } } } });
    expect(lostInstants({ text: zoneless })).toHaveLength(1);
  });
});

describe("every procedure declares what it answers", () => {
  test("so that nothing leaves that was not meant to", () => {
    const undeclared = Object.entries(appRouter._def.procedures).flatMap(([path, procedure]) =>
      "output" in Object(procedure)._def ? [] : [path],
    );
    expect(undeclared).toEqual([]);
  });
});
