import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginsAs, contentTypes, partsIn, rangeOf, slicesOf } from "../../src/recording/policy.ts";

const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));

describe("the first bytes", () => {
  const beginnings: readonly (readonly [string, readonly number[], readonly string[]])[] = [
    ["WebM", [0x1a, 0x45, 0xdf, 0xa3, 1, 0, 0, 0, 0, 0, 0, 0x1f], ["audio/webm", "video/webm"]],
    ["MP4", [0, 0, 0, 0x20, ...ascii("ftypisom")], ["audio/mp4", "video/mp4", "video/quicktime"]],
    ["Ogg", [...ascii("OggS"), 0, 2, 0, 0, 0, 0, 0, 0], ["audio/ogg", "video/ogg"]],
    ["WAVE", [...ascii("RIFF"), 0, 0, 0, 0, ...ascii("WAVE")], ["audio/wav"]],
    ["MP3 with a tag", [...ascii("ID3"), 4, 0, 0, 0, 0, 0, 0, 0, 0], ["audio/mpeg"]],
    ["MP3 without", [0xff, 0xfb, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0], ["audio/mpeg"]],
    ["a web page", ascii("<!doctype html>"), []],
    ["a picture", [0x89, ...ascii("PNG"), 13, 10, 26, 10, 0, 0, 0, 0], []],
    ["a PDF", ascii("%PDF-1.7....."), []],
    ["a RIFF of something else", [...ascii("RIFF"), 0, 0, 0, 0, ...ascii("AVI ")], []],
    ["nothing", [], []],
  ];
  test.each(beginnings)("of %s are those of no other type", (_, bytes, types) => {
    const found = contentTypes.filter((contentType) => beginsAs(contentType, Uint8Array.from(bytes)));
    expect(found).toEqual(types);
  });

  test("of markup, whatever comes before it, are those of none", () => {
    const text = fc
      .string({ maxLength: 20 })
      .map((padding) => new TextEncoder().encode(`<${padding}script>alert(1)</script>`));
    fc.assert(fc.property(text, (bytes) => contentTypes.every((contentType) => !beginsAs(contentType, bytes))));
  });
});

describe("parts", () => {
  const parts = (...numbers: number[]) => numbers.map((number) => ({ number, bytes: 10 }));

  test("make a whole from 0 on, without a gap, up to where they come to what was said", () => {
    expect(partsIn(parts(0, 1, 2), 30)).toBe(3);
    expect(partsIn(parts(0, 1, 2), 10)).toBe(1);
    expect(partsIn(parts(0, 1, 3), 20)).toBe(2);
  });

  test("make none where one is missing, or their sum is not what was said", () => {
    for (const [numbers, bytes, facts] of [
      [[], 10, { bytes: 0 }],
      [[1], 10, { missing: 0 }],
      [[0, 2], 20, { missing: 1 }],
      [[0, 1], 30, { bytes: 20 }],
      [[0, 1], 15, { bytes: 20 }],
    ] as const) {
      expect(() => partsIn(parts(...numbers), bytes)).toThrowError(
        expect.objectContaining({ reason: "recording_incomplete", facts }),
      );
    }
  });
});

describe("ranges (RFC 9110, 14.1.2)", () => {
  test.each([
    ["bytes=0-499", { from: 0, to: 499 }],
    ["bytes=9500-", { from: 9_500, to: 9_999 }],
    ["bytes=-500", { from: 9_500, to: 9_999 }],
    ["bytes=-20000", { from: 0, to: 9_999 }],
    ["bytes=0-20000", { from: 0, to: 9_999 }],
    ["bytes=10000-", "none"],
    ["bytes=-0", "none"],
    ["bytes=5-4", null],
    ["bytes=0-1,5-6", null],
    ["bytes=-", null],
    ["items=0-5", null],
    ["", null],
    [null, null],
  ] as const)("%s of 10,000", (header, range) => {
    expect(rangeOf(header, 10_000)).toEqual(range);
  });

  const parts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 });

  test("come out of the parts byte by byte, wherever they are cut", () => {
    fc.assert(
      fc.property(parts, fc.nat(), fc.nat(), (lengths, one, other) => {
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const from = one % total;
        const to = from + (other % (total - from));
        const whole = Array.from({ length: total }, (_, at) => at);
        let start = 0;
        const stored = new Map(
          lengths.map((length, number) => {
            const bytes = whole.slice(start, start + length);
            start += length;
            return [`part ${number}`, bytes];
          }),
        );
        const asked = lengths.map((bytes, number) => ({ key: `part ${number}`, bytes }));
        const played = slicesOf(asked, { from, to }).flatMap(({ key, offset, length }) =>
          (stored.get(key) ?? []).slice(offset, offset + length),
        );
        expect(played).toEqual(whole.slice(from, to + 1));
      }),
    );
  });
});
