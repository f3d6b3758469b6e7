import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { harmlessCell, plainCell, tableLine } from "../../src/csv/cell.ts";

/** What programs look past before they take a cell for a formula. */
const sign = fc.constantFrom("'", '"', "=", "+", "-", "@", "\t", "\r", "\n", " ", "＝", "＋", "－", "＠", "1", "a");
const nasty = fc.string({ unit: sign, maxLength: 6 });

describe("a cell", () => {
  test.each(["=1+1", "+31 20", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '"=1', "'=1", " =1", '""\t=1', "＝1", "-"])(
    "that %j is written with an apostrophe before it",
    (text) => {
      expect(harmlessCell(text)).toBe(`'${text}`);
    },
  );

  test.each(["", "Jane", "1-2", "a=b", "'Jane", "O'Neil", '"Jane"', "  Jane", "'"])(
    "that is no formula, %j, is written as it is",
    (text) => {
      expect(harmlessCell(text)).toBe(text);
      expect(plainCell(text)).toBe(text);
    },
  );

  test("is read as what it was, whatever it was, and no written one begins a formula", () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: "grapheme" })), (text) => {
        const written = harmlessCell(text);
        expect(plainCell(written)).toBe(text);
        expect(/^[=+\-@＝＋－＠\t\r\n]/.test(written)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test("of nothing but quotes is looked at once, however many there are", () => {
    const quotes = `${"'".repeat(100_000)}x`;
    const begun = performance.now();
    expect(plainCell(quotes)).toBe(quotes);
    expect(harmlessCell(quotes)).toBe(quotes);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test("stands in quotes wherever some program would divide it", () => {
    expect(tableLine(["a", "b,c", "d;e", "f\tg", 'h"i', "j\nk", " l ", "=1"])).toBe(
      `a,"b,c","d;e","f\tg","h""i","j\nk"," l ",'=1\r\n`,
    );
  });
});
