import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteOrderMark, delimiters, plainCell, tableLine } from "../../src/csv/cell.ts";
import {
  type Dialect,
  headOf,
  isBlank,
  rowsIn,
  type TableRow,
  tableCounter,
  type Unreadable,
} from "../../src/csv/reading.ts";

const bytesOf = (text: string) => Buffer.from(text);
const comma = { delimiter: ",", newline: "\n" } as const;

/** What people type, and what makes readers of tables stumble. */
const cell = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('"', ",", ";", "\t", "\n", "\r\n", " ", "a", "é", "日", "🦢", "="), maxLength: 8 }),
);
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 });
/** Nobody's table: quotes stand where they like. */
const junk = fc.string({ unit: fc.constantFrom('"', '""', ",", "\n", "\r\n", " ", "a", "é", "🦢"), maxLength: 60 });
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

function written(rows: readonly (readonly string[])[], delimiter: string, lineEnd: string): string {
  return rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter)).join(lineEnd);
}

/** Read in pieces that end at these places, each as far as its rows go. */
function inPieces(bytes: Uint8Array, dialect: Dialect, places: readonly number[]): TableRow[] {
  const rows: TableRow[] = [];
  let from = 0;
  for (const to of [...places.filter((place) => place < bytes.length), bytes.length].toSorted((a, b) => a - b)) {
    if (to <= from) continue;
    const found = rowsIn(bytes.subarray(from, to), dialect, to === bytes.length);
    rows.push(...found.map((row) => ({ ...row, end: row.end + from })));
    from += found.at(-1)?.end ?? 0;
  }
  return rows;
}

describe("a table that is read in pieces", () => {
  test("has the rows and cells it was written with, wherever it is cut and whatever stands in it", () => {
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n"),
        cuts,
        (rows, delimiter, end, at) => {
          const bytes = bytesOf(written(rows, delimiter, end));
          const read = inPieces(bytes, { delimiter, newline: "\n" } as Dialect, at);
          expect(read.map(({ cells }) => cells)).toEqual(rows.map((row) => row.map(plainCell)));
          expect(read.at(-1)?.end).toBe(bytes.length);
          expect(read.some(({ isBroken }) => isBroken)).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("is the same as the whole even where it is no table", () => {
    fc.assert(
      fc.property(junk, fc.constantFrom("\n", "\r"), cuts, (text, newline, at) => {
        const bytes = bytesOf(text);
        const dialect = { delimiter: ",", newline } as const;
        expect(inPieces(bytes, dialect, at)).toEqual(rowsIn(bytes, dialect, true));
      }),
      { numRuns: 2_000 },
    );
  });

  // A file of nothing but empty lines was an import of eighty thousand crowds.
  test("is taken so many rows at a time, and the empty ones between them count for nothing", () => {
    const ends = (most: number) => rowsIn(bytesOf(`\n\na,b\n${"\n".repeat(1_000)}c,d\n`), comma, true, most).length;
    expect([ends(1), ends(2), rowsIn(bytesOf("\n".repeat(1_000)), comma, false, 5).length]).toEqual([3, 1_004, 1_000]);
  });

  test("saboteur: a reader that takes what is cut for a row is found", () => {
    const careless = (bytes: Uint8Array, at: number) => [
      ...rowsIn(bytes.subarray(0, at), comma, true),
      ...rowsIn(bytes.subarray(at), comma, true),
    ];
    const bytes = bytesOf('a,"b\nc"\nd,é');
    const whole = rowsIn(bytes, comma, true).map(({ cells }) => cells);
    const wrong = Array.from({ length: bytes.length - 1 }, (_, at) =>
      careless(bytes, at + 1).map(({ cells }) => cells),
    );
    expect(wrong.filter((rows) => JSON.stringify(rows) === JSON.stringify(whole)).length).toBeLessThan(
      wrong.length / 2,
    );
  });

  test("tells a quote that is never closed, and one that ends before its cell does", () => {
    const broken = (text: string) => rowsIn(bytesOf(text), comma, true).map(({ isBroken }) => isBroken);
    expect(broken('a,b\n"c,d\ne,f')).toEqual([false, true]);
    expect(broken('"a"x,b"\nc,d')[0]).toBe(true);
    expect(broken('5" pipe,b\nc,d')).toEqual([false, false]);
  });
});

describe("its head", () => {
  const headIn = (text: string) => headOf(bytesOf(text), true);

  test.each([
    ["commas", "First name,E-mail\nJane,j@x.org\n", ","],
    ["semicolons, with commas in the cells", 'Name;E-mail\n"Doe, Jane";j@x.org\nRoe, Jim;r@x.org\n', ";"],
    ["tabs", "Name\tE-mail\nDoe, Jane\tj@x.org\n", "\t"],
    ["nothing: one column", "E-mail\nj@x.org\n", ","],
  ])("says what divides it: %s", (_, text, delimiter) => {
    expect(headIn(text)?.dialect.delimiter).toBe(delimiter);
  });

  test("is found behind a byte order mark and empty lines, and says where the rows begin", () => {
    const text = `${byteOrderMark}\r\n\r\n Näme ,E-mail\r\nJane,j@x.org\r\n`;
    expect(headIn(text)).toEqual({
      ...{ dialect: { delimiter: ",", newline: "\n" }, columns: ["Näme", "E-mail"] },
      ...{ end: Buffer.byteLength(`${byteOrderMark}\r\n\r\n Näme ,E-mail\r\n`), rows: 3 },
    });
    expect(headIn(`${"\n".repeat(30)}a,b\nc,d\n`)).toMatchObject({ columns: ["a", "b"], end: 34, rows: 31 });
    expect(headIn("a,b\rc,d\r")).toMatchObject({ dialect: { newline: "\r" }, end: 4 });
    expect(headIn("")).toBeNull();
    expect(headIn("\n \n")).toBeNull();
    expect(headOf(bytesOf("First name,E-m"), false)).toBeNull();
  });
});

describe("a counter", () => {
  function counted(bytes: Uint8Array, chunk: number, over: { rowBytesMax?: number; rowsMax?: number } = {}) {
    const refused: [Unreadable, number][] = [];
    const counter = tableCounter({
      ...{ rowBytesMax: 200_000, rowsMax: 50_000, columnsMax: 5, ...over },
      refuse(why, row) {
        refused.push([why, row]);
        throw new Error("refused");
      },
    });
    try {
      for (let from = 0; from < bytes.length; from += chunk) counter.take(bytes.subarray(from, from + chunk));
      return counter.end();
    } catch {
      return refused[0];
    }
  }

  const thousands = bytesOf(`Name,E-mail\n${'"Ja\nne",jané@x.org\n\n'.repeat(9_000)}Last,l@x.org`);

  test.each([7_919, 65_536, 1_000_003])(
    "counts what comes by in pieces of %d bytes, but for the empty rows",
    (chunk) => {
      expect(counted(thousands, chunk)).toMatchObject({ rows: 9_001, head: { columns: ["Name", "E-mail"], end: 12 } });
    },
  );

  test("says why something cannot be imported, and at which row", () => {
    expect(counted(bytesOf(""), 10)).toEqual(["empty", 1]);
    expect(counted(bytesOf(" \n\n"), 10)).toEqual(["empty", 1]);
    expect(counted(Buffer.from("Name\nJos\xe9\n", "latin1"), 10)).toEqual(["not_utf8", 2]);
    expect(counted(Buffer.concat([thousands, Buffer.from("\nJane\n\xe9", "latin1")]), 7_919)).toEqual([
      "not_utf8",
      18_004,
    ]);
    expect(counted(bytesOf("a,b,c,d,e,f\n"), 10)).toEqual(["too_many_columns", 1]);
    expect(counted(bytesOf('Name,E-mail\nJo,j@x.org\n"Jane,k@x.org\nJim,l@x.org\n'), 10)).toEqual(["open_quote", 3]);
    expect(counted(bytesOf('Name,E-mail\n"Jane,k@x.org\n'), 10)).toMatchObject({ rows: 1 });
    expect(counted(thousands, 65_536, { rowsMax: 9_000 })).toEqual(["too_many_rows", expect.any(Number)]);
    const unclosed = bytesOf(`Name\nJane\n"${"x".repeat(300_000)}`);
    expect(counted(unclosed, 65_536)).toEqual(["row_too_long", 3]);
    expect(counted(unclosed, 1_000_000)).toEqual(["row_too_long", 3]);
    expect(counted(bytesOf(`Name\nJane\n"${"x".repeat(300_000)}"\n`), 1_000_000)).toEqual(["row_too_long", 3]);
  });

  test("reads back what was written, whoever counts", () => {
    fc.assert(
      fc.property(table, fc.constantFrom(...delimiters), (rows, delimiter) => {
        const lines = rows.map((cells) => tableLine(cells, delimiter)).join("");
        const read = rowsIn(bytesOf(lines), { ...comma, delimiter }, true).filter((row) => !isBlank(row));
        expect(read.map(({ cells }) => cells)).toEqual(rows.filter((row) => row.some((text) => text.trim() !== "")));
      }),
      { numRuns: 400 },
    );
  });
});
