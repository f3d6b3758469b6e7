// Whatever is sent, the answer is one of the closed list of refusals: never an internal error, never a crash, and
// nothing that was sent ends up in a prototype.
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { refusals } from "../../src/kernel/errors.ts";
import { at, withAt } from "../support/id-fields.ts";
import { type Stage, setTheStage, tokenOf } from "../support/stage.ts";
import { type Answer, ask, askTogether, procedures, requestWith, sent } from "../support/wire.ts";
import { origin, send } from "../support/world.ts";
import { callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setTheStage();
});

/** The same junk in every run: what it finds can be found again. */
const seed = 20_261_122;
const junkPerProcedure = 24;

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

const clean = Object.getOwnPropertyNames(Object.prototype).join();

function prototypeIsClean(): boolean {
  return Object.getOwnPropertyNames(Object.prototype).join() === clean && !("polluted" in {});
}

describe("junk anywhere in a right input is answered with a typed refusal", () => {
  test.each(walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written })))(
    "$path",
    async ({ path, procedure, written }) => {
      const { input, whose = stage.invited } = await written.prepare(stage, callerOf(written));
      const token = await tokenOf(stage, callerOf(written), whose);
      const optional = procedure.inputs.flatMap((schema) => Object.keys("shape" in schema ? Object(schema.shape) : {}));
      const absent = optional.filter((name) => at(input, [name]) === undefined);
      const places = [...placesIn(input), ...absent.map((name) => [name])];
      const tries = fc.sample(fc.tuple(fc.constantFrom(...places), junk), {
        numRuns: junkPerProcedure,
        seed: seed + walked.findIndex(([each]) => each.path === path),
      });
      const faults: string[] = [];
      for (const [place, put] of tries) {
        const fault = faultIn(await ask(procedure, withAt(input, place, put), token));
        // Spelled as JSON, so that lone surrogates reach whoever reads it.
        if (fault) faults.push(`${place.join(".")}: ${JSON.stringify(put).slice(0, 80)} -> ${fault}`);
      }
      expect(faults).toEqual([]);
      expect(prototypeIsClean()).toBe(true);
    },
  );
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
      expect(prototypeIsClean()).toBe(true);
    },
  );
});

describe("what is too much is refused before any work is done", () => {
  const query = { path: "identity.openLink", input: { token: `si_${"A".repeat(43)}` } };

  test("ten calls in a batch are answered, eleven are not", async () => {
    const ten = await askTogether(
      "query",
      Array.from({ length: 10 }, () => query),
    );
    expect(ten.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => "ok"));
    const path = Array.from({ length: 11 }, () => query.path).join(",");
    const input = JSON.stringify(Object.fromEntries(Array.from({ length: 11 }, (_, index) => [index, query.input])));
    const response = await send(new Request(`${origin}/trpc/${path}?batch=1&input=${encodeURIComponent(input)}`));
    expect(response.status).toBe(400);
    expect(response.headers.get("server-timing")).toContain("0 round trips");
  });

  test.each(procedures.filter(({ type }) => type === "mutation"))("a body over the limit, at $path", async (at) => {
    const body = JSON.stringify({ name: "x".repeat(300_000) });
    const answer = await sent(requestWith(at, body, await tokenOf(stage, "owner", stage.invited)));
    expect(answer).toMatchObject({ status: 413, code: "PAYLOAD_TOO_LARGE", outcome: "too_large" });
    expect(answer.trips ?? 0).toBe(0);
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
    expect(prototypeIsClean()).toBe(true);
  });
});

describe("the walk is not blind", () => {
  const answer = { status: 200, code: null, message: null, facts: null, data: null, text: "{}", trips: 1 };

  test("an internal error, an unreachable database and a leak of SQL are each a fault", () => {
    expect(faultIn({ ...answer, outcome: "ok" })).toBeNull();
    expect(faultIn({ ...answer, outcome: "bad_input", status: 400 })).toBeNull();
    expect(faultIn({ ...answer, outcome: "internal", status: 500 })).not.toBeNull();
    expect(faultIn({ ...answer, outcome: "unavailable", status: 503 })).not.toBeNull();
    expect(faultIn({ ...answer, outcome: "ok", text: "SQLITE_ERROR: near" })).not.toBeNull();
  });
});
