// Whatever is sent, the answer is one of the closed list of refusals: never an internal error, never a crash, and
// nothing that was sent ends up in a prototype. What is too much costs no request to the database.
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import * as z from "zod";
import { anyone, router } from "../../src/app/trpc.ts";
import { refusals } from "../../src/kernel/errors.ts";
import { line } from "../../src/kernel/shapes.ts";
import { at, withAt } from "../support/id-fields.ts";
import { type Stage, setTheStage, tokenOf } from "../support/stage.ts";
import { inTrouble, none, watchDatabase } from "../support/trouble.ts";
import {
  type Answer,
  addressCharsMax,
  ask,
  askTogether,
  type Procedure,
  requestWith,
  sent,
  textOf,
} from "../support/wire.ts";
import { origin, send, systemDeps, unique } from "../support/world.ts";
import { type Case, callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setTheStage();
});

/** Other junk in every run, unless JUNK_SEED says which; what fails names it. JUNK_RUNS: how much of it for each procedure. */
const { seed, runs } = inject("junk");

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
});

const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);

/** Text that is text, and yet trouble somewhere: in SQL, in JSON, in HTML, in UTF-8. */
const nastyText = fc.constantFrom(
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "before \udc00 after it",
  "\ud83d",
  "e\u0301\u0301\u0301",
  "\u202eright to left",
  "\ufffe\uffff",
  "'; drop table interview; --",
  '") or 1=1 --',
  "%_\\%",
  "<script>alert(1)</script>",
  "{{constructor}}",
  "__proto__",
  "constructor",
  "NaN",
  "null",
  "a".repeat(300),
  "ä".repeat(20_001),
  "x".repeat(60_000),
);
const nastyNumber = fc.constantFrom(-1, 0, -0, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 53 - 1, 2 ** 31, 1e-320);
const nastyShape = fc.constantFrom<unknown>(
  null,
  true,
  [],
  {},
  [[]],
  nested(400),
  Array.from({ length: 2_000 }, () => "x"),
  Array.from({ length: 200 }, () => ({})),
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  { toString: null, valueOf: 1, length: -1, toJSON: 1 },
  { $date: "2026-01-01", json: { a: 1 }, meta: { values: { "__proto__.polluted": ["Date"] } } },
);
const junk = fc.oneof(nastyText, nastyText, nastyNumber, nastyShape, fc.jsonValue({ maxDepth: 3 }));

/** Every place in a right input where something else could stand, the whole of it included. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([name, field]) => placesIn(field, [...path, name]))];
}

/** What is wrong with an answer to junk, if anything. */
function faultIn({ outcome, status, text }: Answer): string | null {
  const isTyped = outcome === "ok" || outcome in refusals;
  if (!isTyped || outcome === "unavailable" || status >= 500) return `${status} ${outcome}: ${text.slice(0, 200)}`;
  return /SELECT|INSERT|SQLITE|at \w+ \(/.test(text) ? `tells of the inside: ${text.slice(0, 300)}` : null;
}

const builtIn = { Object, Array, String, Number, Function, Promise, Map, Set, Date };

/** Everything that everything inherits, by name and value. */
const inherited = () =>
  Object.entries(builtIn).flatMap(([name, made]) => [
    { name, own: Object.getOwnPropertyDescriptors(made) },
    { name: `${name}.prototype`, own: Object.getOwnPropertyDescriptors(made.prototype) },
  ]);

const clean = inherited();

/** Which built-in objects are not what they were when this file began. */
function polluted(): string[] {
  const isSame = (was: object, now: object) => {
    const names = Reflect.ownKeys(was);
    return Reflect.ownKeys(now).length === names.length && names.every((name) => isSameProperty(was, now, name));
  };
  const isSameProperty = (was: object, now: object, name: PropertyKey) => {
    const [one, other] = [was, now].map((own): unknown => Reflect.get(own, name)).map(Object);
    return ["value", "get", "set"].every((part) => Object.is(one?.[part], other?.[part]));
  };
  const now = inherited();
  return clean.filter(({ own }, index) => !isSame(own, now[index]?.own ?? {})).map(({ name }) => name);
}

/** Text that no field takes: it is not well-formed, or has a NUL in it. */
const isNoText = (text: string) => !text.isWellFormed() || text.includes("\u0000");

function textsIn(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsIn);
  return typeof value === "string" ? [value] : [];
}

/** Rows that are looked at one by one: what is wrong with one is said of that one, and the call goes well. */
const isLoose = (field: unknown) => field instanceof z.core.$ZodArray && z.globalRegistry.has(field._zod.def.element);

/** Whether an input is one that the procedure's shape takes, and holds only text that is text. */
function isTaken({ inputs }: Procedure, given: unknown): boolean {
  return inputs.every((schema) => {
    const { success, data } = z.safeParse(schema, JSON.parse(textOf(given) ?? "null"));
    const fields = schema instanceof z.core.$ZodObject ? Object.entries(schema._zod.def.shape) : [];
    const loose = new Set(fields.filter(([, field]) => isLoose(field)).map(([name]) => name));
    const strict = Object.entries(Object(data)).filter(([name]) => !loose.has(name));
    return success && !textsIn(loose.size > 0 ? Object.fromEntries(strict) : data).some(isNoText);
  });
}

/** Puts junk in one to three places of a right input at a time: what is wrong with the answers. */
async function faultsOf(procedure: Procedure, written: Case, sender = send): Promise<string[]> {
  const { input, whose = stage.invited } = await written.prepare(stage, callerOf(written));
  const token = await tokenOf(stage, callerOf(written), whose);
  const shape = procedure.inputs.flatMap((schema) => Object.keys("shape" in schema ? Object(schema.shape) : {}));
  const absent = shape.filter((name) => at(input, [name]) === undefined);
  const places = [...placesIn(input), ...absent.map((name) => [name])];
  const oneOrMore = fc.array(fc.tuple(fc.constantFrom(...places), junk), { minLength: 1, maxLength: 3 });
  const tries = fc.sample(oneOrMore, { numRuns: runs, seed: seed + hashOf(procedure.path) });
  const faults: string[] = [];
  for (const puts of tries) {
    const given = puts.reduce<unknown>((made, [place, put]) => withAt(made, place, put), input);
    const answer = await sent(requestWith(procedure, textOf(given), token), sender);
    const took = answer.outcome === "ok" && !isTaken(procedure, given) ? "took what no field takes" : null;
    const fault = faultIn(answer) ?? took;
    // Spelled as JSON, so that lone surrogates reach whoever reads it.
    if (fault) faults.push(`JUNK_SEED=${seed} ${procedure.path} ${JSON.stringify(puts).slice(0, 200)} -> ${fault}`);
  }
  return [...faults, ...polluted().map((name) => `JUNK_SEED=${seed} ${procedure.path}: ${name} is another`)];
}

/** So that a procedure gets the same junk whichever others there are. */
const hashOf = (path: string) => [...path].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7);

const rows = walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written }));

describe("junk anywhere in a right input is answered with a typed refusal", () => {
  test.each(rows)("$path", async ({ procedure, written }) => {
    expect(await faultsOf(procedure, written)).toEqual([]);
  });
});

describe("a cursor that was tampered with is bad input", () => {
  const listed = walked.filter(([{ inputs }]) =>
    inputs.some((schema) => "shape" in schema && "cursor" in Object(schema.shape)),
  );

  test.each(listed.map(([procedure, written]) => ({ path: procedure.path, procedure, written })))(
    "$path",
    async ({ procedure, written }) => {
      const { input, whose = stage.invited } = await written.prepare(stage, callerOf(written));
      const token = await tokenOf(stage, callerOf(written), whose);
      const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const orders = [procedure.path, "own", "events", "teams", "team members", "sessions", "invites", "letters"];
      const made = [...orders, "created desc", "name desc", "projects by name", "members by name asc"];
      const keys = [[], ["\ud800"], ["\ud800", "\ud800"], [null], [{}], [1e308], ["a", 1, null, "b"], ["'; --", "x"]];
      const cursors = [
        "",
        "AAAA",
        "%%%",
        encoded({}),
        encoded("cursor"),
        ...made.flatMap((order) => keys.map((each) => encoded([order, ...each]))),
      ];
      const faults: string[] = [];
      for (const cursor of cursors) {
        const fault = faultIn(await ask(procedure, withAt(input, ["cursor"], cursor), token));
        if (fault) faults.push(`${Buffer.from(cursor, "base64url").toString()} -> ${fault}`);
      }
      expect(faults).toEqual([]);
    },
  );
});

describe("text that is no input at all is answered with a typed refusal", () => {
  const texts = [
    "",
    "{",
    "[",
    "nothing",
    "NaN",
    "Infinity",
    '{"a":NaN}',
    "undefined",
    '"\\ud800"',
    "\u0000",
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    `{"json":{"a":1},"meta":{"values":{"__proto__.polluted":["Date"]}}}`,
    `${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`,
    `[${"0,".repeat(9_999)}0]`,
  ];

  test.each(walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written })))(
    "$path",
    async ({ procedure, written }) => {
      const takesNothing = procedure.inputs.length === 0;
      const faults: string[] = [];
      for (const text of texts) {
        const token = await tokenOf(stage, callerOf(written), stage.invited);
        const answer = await sent(requestWith(procedure, text, token));
        const fault = faultIn(answer);
        if (fault) faults.push(`${text.slice(0, 40)} -> ${fault}`);
        // A list takes an input without anything in it, and whatever else is in it is dropped.
        if (!takesNothing && !text.startsWith("{") && text !== "" && answer.outcome === "ok")
          faults.push(`took ${text}`);
      }
      expect(faults).toEqual([]);
      expect(polluted()).toEqual([]);
    },
  );
});

let leaveDatabase: () => void;
beforeAll(() => {
  leaveDatabase = watchDatabase();
});
afterAll(() => leaveDatabase());

/** What a request was answered, and how many requests to the database it took. */
async function costOf(request: Request) {
  const { result, requests } = await inTrouble(none, () => send(request));
  const isTooLarge = (await result.text()).includes('"reason":"too_large"');
  return { status: result.status, isTooLarge, requests };
}

const bodyBytesMax = 256 * 1_024;
const refused = { status: 413, isTooLarge: true, requests: 0 };

/** A right input in so many bytes: what is not in its shape is dropped. */
function filledTo(bytes: number, input: unknown = {}): string {
  const empty = JSON.stringify({ ...Object(input), filling: "" });
  return JSON.stringify({ ...Object(input), filling: "x".repeat(bytes - Buffer.byteLength(empty)) });
}

/** In pieces, its length not said. */
const pieces = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  const parts = Array.from({ length: Math.ceil(bytes.length / 50_000) }, (_, index) =>
    bytes.subarray(index * 50_000, (index + 1) * 50_000),
  ).values();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
};

function posted(path: string, body: string | ReadableStream, token?: string, lengthSaid?: number): Request {
  const headers = {
    "content-type": "application/json",
    "cf-connecting-ip": `12.0.${unique() % 250}.${unique() % 250}`,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(lengthSaid !== undefined && { "content-length": String(lengthSaid) }),
  };
  return new Request(`${origin}/trpc/${path}`, { method: "POST", headers, body });
}

describe("what is too much is refused before any work is done", () => {
  const batchOf = (input: unknown, count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [index, input])));
  const repeated = (path: string, count: number) => Array.from({ length: count }, () => path).join(",");

  test.each(rows)("one byte, one call or an address too long, and not one byte less: $path", async (row) => {
    const { path, procedure, written } = row;
    const { input = {}, whose = stage.invited } = await written.prepare(stage, callerOf(written));
    const token = await tokenOf(stage, callerOf(written), whose);
    const over = filledTo(bodyBytesMax + 1, input);
    const together = `{"0":${filledTo(bodyBytesMax + 1 - 6, input)}}`;
    expect(Buffer.byteLength(together)).toBe(bodyBytesMax + 1);
    const tooMuch = {
      "its length said": posted(path, over, token, bodyBytesMax + 1),
      "its length not said": posted(path, pieces(over), token),
      "in a batch": posted(`${path}?batch=1`, together, token, bodyBytesMax + 1),
      "in a batch in pieces": posted(`${path}?batch=1`, pieces(together), token),
      "in its address": new Request(
        `${origin}/trpc/${path}?input=${encodeURIComponent(filledTo(addressCharsMax, input))}`,
        { headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) } },
      ),
    };
    for (const [name, request] of Object.entries(tooMuch))
      expect([name, await costOf(request)]).toEqual([name, refused]);

    const eleven = [posted(`${repeated(path, 11)}?batch=1`, batchOf(input, 11), token)];
    if (procedure.type === "query") {
      const query = `batch=1&input=${encodeURIComponent(batchOf(input, 11))}`;
      eleven.push(new Request(`${origin}/trpc/${repeated(path, 11)}?${query}`, { headers: eleven[0]?.headers ?? {} }));
    }
    for (const request of eleven) expect(await costOf(request)).toMatchObject({ status: 400, requests: 0 });

    // Nothing but its size was wrong with it.
    const most = await costOf(posted(path, filledTo(bodyBytesMax, input), token, bodyBytesMax));
    expect({ ...most, requests: most.requests > 0 }).toEqual({ status: 200, isTooLarge: false, requests: true });
  });

  test("ten calls in a batch are answered", async () => {
    const query = { path: "identity.openLink", input: { token: `si_${"A".repeat(43)}` } };
    const ten = await askTogether("query", Array(10).fill(query));
    expect(ten.map(({ outcome }) => outcome)).toEqual(Array(10).fill("ok"));
  });

  test("a procedure that is not there, the other method, and no path at all are typed refusals", async () => {
    for (const [path, init] of [
      ["nothing.here", {}],
      ["identity.me", { method: "POST", body: "{}", headers: { "content-type": "application/json" } }],
      ["identity.signUp", {}],
      ["__proto__", {}],
      ["identity.__proto__", {}],
      ["constructor.prototype", {}],
      ["%00", {}],
      ["", {}],
    ] as const) {
      const response = await send(new Request(`${origin}/trpc/${path}`, init));
      expect([path, response.status >= 400 && response.status < 500]).toEqual([path, true]);
    }
    expect(polluted()).toEqual([]);
  });
});

describe("the walk is not blind", () => {
  const answer = {
    status: 200,
    code: null,
    message: null,
    facts: null,
    data: null,
    text: "{}",
    headers: "[]",
    trips: 1,
  };

  test("an internal error, an unreachable database and a leak of SQL are each a fault", () => {
    expect(faultIn({ ...answer, outcome: "ok" })).toBeNull();
    expect(faultIn({ ...answer, outcome: "bad_input", status: 400 })).toBeNull();
    expect(faultIn({ ...answer, outcome: "internal", status: 500 })).not.toBeNull();
    expect(faultIn({ ...answer, outcome: "unavailable", status: 503 })).not.toBeNull();
    expect(faultIn({ ...answer, outcome: "ok", text: "SQLITE_ERROR: near" })).not.toBeNull();
  });

  const shape = z.object({ name: line(100) });
  const saboteur: Procedure = { path: "tell", type: "query", meta: { for: "anyone" }, inputs: [shape] };

  test.each([
    [
      "a middleware that throws",
      anyone
        .use(async ({ next, getRawInput }) => {
          if (!z.object({ name: z.string() }).safeParse(await getRawInput()).success) throw new TypeError("no name");
          return next();
        })
        .input(shape)
        .query(() => null),
      "500 internal",
    ],
    ["a procedure that takes whatever it is sent", anyone.query(() => null), "took what no field takes"],
  ])("saboteur: %s is named", async (_, tell, fault) => {
    const [, written] = walked.find(([{ path }]) => path === "identity.openLink") ?? [];
    if (!written) throw new Error("there is an identity.openLink");
    const server = (request: Request) =>
      fetchRequestHandler({
        endpoint: "/trpc",
        req: request,
        router: router({ tell }),
        createContext: () => ({ deps: systemDeps(), requestId: "", actor: null }),
      });
    const faults = await faultsOf(saboteur, { ...written, prepare: () => ({ input: { name: "Mira" } }) }, server);
    expect(faults).toContainEqual(expect.stringMatching(`^JUNK_SEED=\\d+ tell .*-> ${fault}`));
    expect(faults.filter((one) => !one.includes(fault))).toEqual([]);
  });

  test.each([
    ["Object.prototype", Object.prototype, "polluted"],
    ["Object.prototype", Object.prototype, "toString"],
    ["Array.prototype", Array.prototype, "concat"],
    ["Promise.prototype", Promise.prototype, "then"],
    ["Function", Function, "polluted"],
  ])("saboteur: another property of %s is found", (name, of, property) => {
    const was = Object.getOwnPropertyDescriptor(of, property);
    const value = function another(this: unknown, ...given: unknown[]) {
      return was && Reflect.apply(was.value, this, given);
    };
    Object.defineProperty(of, property, { configurable: true, value });
    const found = polluted();
    if (was) Object.defineProperty(of, property, was);
    else Reflect.deleteProperty(of, property);
    expect(found).toEqual([name]);
    expect(polluted()).toEqual([]);
  });
});
