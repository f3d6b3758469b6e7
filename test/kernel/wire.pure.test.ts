import * as fc from "fast-check";
import superjson, { type SuperJSONResult } from "superjson";
import { describe, expect, it } from "vitest";
import { serialize } from "../../src/kernel/wire.ts";

/**
 * Reads JSON as JavaScript, which it is a part of: V8 13.6 (Node 24) has a JSON.parse that now and then reads the name
 * "\\." as "\\\\" when it has just met the latter, and names like these are what is tried here.
 */
function read(text: string) {
  return new Function(`return (${text})`)();
}

/** What a client gets: through JSON text, then superjson, exactly as the typed client does it. */
function received(value: unknown): unknown {
  const sent: SuperJSONResult = read(JSON.stringify(serialize(value)));
  return superjson.deserialize(sent);
}

/** superjson's own answer to the same question, for comparison. */
function receivedFromSuperjson(value: unknown): unknown {
  const sent: SuperJSONResult = read(superjson.stringify(value));
  return superjson.deserialize(sent);
}

const forbidden = ["__proto__", "constructor", "prototype"];
const key = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 6 }),
    fc.string({ unit: fc.constantFrom(".", "\\", "a", "0"), maxLength: 6 }),
    fc.constantFrom("", ".", "\\", "\\.", "..", "0", "toString", "toJSON", "length", "json", "meta"),
  )
  .filter((name) => !forbidden.includes(name));

const leaf = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date({ noInvalidDate: true }),
);

const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    leaf,
    fc.array(tie("plain"), { maxLength: 5 }),
    fc.dictionary(key, tie("plain"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

const runs = { numRuns: 5_000 };

describe("what leaves the API", () => {
  it("arrives as it was, Dates and undefined included, whatever the field names", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(received(value)).toStrictEqual(value);
      }),
      runs,
    );
  });

  it("arrives as superjson itself would have sent it", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(received(value)).toStrictEqual(receivedFromSuperjson(value));
      }),
      runs,
    );
  });

  it("marks exactly the paths that superjson marks", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(serialize(value).meta?.values).toStrictEqual(superjson.serialize(value).meta?.values);
      }),
      runs,
    );
  });

  it("leaves the value it was given untouched, and copies nothing", () => {
    const value = Object.freeze({ at: Object.freeze([new Date(0)]), none: undefined });
    expect(serialize(value).json).toBe(value);
  });

  it("has no meta when JSON alone says it all", () => {
    expect(serialize({ items: [{ id: "itv_1", order: 1 }], nextCursor: null })).toStrictEqual({
      json: { items: [{ id: "itv_1", order: 1 }], nextCursor: null },
    });
  });

  it("carries a Date or undefined that stands alone", () => {
    expect(received(new Date(5))).toStrictEqual(new Date(5));
    expect(received(undefined)).toBeUndefined();
  });

  it("sends an object that is met twice as two equal ones", () => {
    const at = { at: new Date(7) };
    expect(received([at, at])).toStrictEqual([{ at: new Date(7) }, { at: new Date(7) }]);
  });

  it("sends -0 as 0, as JSON does", () => {
    expect(received([-0])).toStrictEqual([0]);
  });

  it("sends text under the name of an object's own machinery", () => {
    expect(received({ constructor: "Acme Builders", prototype: 1 })).toStrictEqual({
      constructor: "Acme Builders",
      prototype: 1,
    });
  });

  class Candidate {
    name = "Ada";
  }

  it.each<[string, unknown]>([
    ["a map", new Map()],
    ["a set", new Set()],
    ["a bigint", 1n],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["an instance of a class", new Candidate()],
    ["an error", new Error("x")],
    ["a URL", new URL("https://a.test")],
    ["a regular expression", /x/],
    ["bytes", new Uint8Array(1)],
    ["a promise", Promise.resolve(1)],
    ["NaN", Number.NaN],
    ["an infinity", Number.POSITIVE_INFINITY],
    ["a date that is none", new Date(Number.NaN)],
    ["a boxed string", Object("x")],
  ])("refuses %s, alone and inside", (_, value) => {
    expect(() => serialize(value)).toThrow(TypeError);
    fc.assert(
      fc.property(plain, key, (sibling, name) => {
        expect(() => serialize([sibling, { [name]: [value] }])).toThrow(TypeError);
      }),
      { numRuns: 50 },
    );
  });

  it.each(forbidden)("refuses what superjson could not revive under a field named %s", (name) => {
    const value = JSON.parse(`{"a":{"${name}":{"b":1}}}`);
    expect(() => serialize(value)).toThrow(TypeError);
    expect(() => superjson.serialize(value)).toThrow();
  });

  it("refuses a field named __proto__ even when it holds text", () => {
    expect(() => serialize(JSON.parse('{"__proto__":"x"}'))).toThrow(TypeError);
  });

  it("refuses a value that contains itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => serialize(loop)).toThrow(RangeError);
  });

  it("names the field and never the value it refuses", () => {
    expect(() => serialize({ items: [{ secret: 123_456_789n }] })).toThrow(
      /^A bigint cannot leave the API \(at items\.0\.secret\)\.$/,
    );
  });
});
