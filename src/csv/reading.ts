// A table as text, read piece by piece (RFC 4180, and what spreadsheets make of it): wherever a piece is cut, its rows come out as they would
// of the whole. Pure.
import { isUtf8 } from "node:buffer";
import Papa from "papaparse";
import { type Delimiter, delimiters, plainCell } from "./cell.ts";

/** How a table is written. Lines may end in CR LF as well: where LF ends them, a CR before it is no part of the last cell. */
export type Dialect = { readonly delimiter: Delimiter; readonly newline: "\n" | "\r" };

/** Cells are texts as they stand in the file, but for the apostrophe of one that was made harmless. */
export type TableRow = {
  readonly cells: readonly string[];
  /** Its quotes do not match: where its cells end cannot be told. */
  readonly isBroken: boolean;
  /** Bytes from the beginning of the piece to behind the row. */
  readonly end: number;
};

/**
 * Every byte as a character of its own: where a row ends in this text it ends in the file, and no character is cut in two. The signs that
 * divide a table are ASCII, and in UTF-8 no part of another character is.
 */
function bytewise(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

const beyondAscii = /[\x80-\xff]/;

function textOf(cell: string): string {
  return plainCell(beyondAscii.test(cell) ? Buffer.from(cell, "latin1").toString("utf8") : cell);
}

export const isBlank = ({ cells }: Pick<TableRow, "cells">) => cells.every((cell) => cell.trim() === "");

type Step = { readonly data: readonly (readonly string[])[]; readonly errors: readonly unknown[] } & {
  readonly meta: { readonly cursor: number };
};

/** The rows that end within the piece, up to the last of `most` that are not blank; with `isLast` what stands behind the last line's end is a row, too. */
export function rowsIn(
  bytes: Uint8Array,
  { delimiter, newline }: Dialect,
  isLast: boolean,
  most = Infinity,
): TableRow[] {
  const rows: TableRow[] = [];
  let told = 0;
  const parser = new Papa.Parser({
    ...{ delimiter, newline, fastMode: false },
    step({ data: [cells = []], errors, meta: { cursor } }: Step) {
      const last = cells.at(-1);
      const isCut = newline === "\n" && last?.endsWith("\r");
      const whole = isCut ? [...cells.slice(0, -1), last?.slice(0, -1) ?? ""] : cells;
      const row = { cells: whole.map(textOf), isBroken: errors.length > 0, end: cursor };
      rows.push(row);
      if (!isBlank(row)) told += 1;
      if (told >= most) parser.abort();
    },
  });
  parser.parse(bytewise(bytes), 0, !isLast);
  return rows;
}

/** A table's beginning: how it is written, what its columns are called, and where its rows begin. */
export type TableHead = {
  readonly dialect: Dialect;
  readonly columns: readonly string[];
  /** Bytes, and rows, up to the first behind the head. */
  readonly end: number;
  readonly rows: number;
};

const byteOrderMark = [0xef, 0xbb, 0xbf];
/** Rows that are looked at to tell what divides their cells. */
const sampleMax = 20;

/** Read from the first bytes, which with `isWhole` are all there are; null where no row ends in them that has anything in it. */
export function headOf(bytes: Uint8Array, isWhole: boolean): TableHead | null {
  const begin = byteOrderMark.every((byte, at) => bytes[at] === byte) ? byteOrderMark.length : 0;
  const body = bytes.subarray(begin);
  const newline = !body.includes(0x0a) && body.includes(0x0d) ? "\r" : "\n";
  let best: { readonly head: TableHead; readonly fits: number } | null = null;
  for (const delimiter of delimiters) {
    const dialect = { delimiter, newline } as const;
    const rows = rowsIn(body, dialect, isWhole, sampleMax);
    const place = rows.findIndex((row) => !isBlank(row));
    const first = rows[place];
    if (!first) return null;
    const width = first.cells.length;
    // One that divides the head and each row into as many is the one; of a single column none does.
    const fits = rows.slice(place).filter(({ cells }) => cells.length === width).length * (width - 1);
    const columns = first.cells.map((cell) => cell.normalize("NFC").trim());
    const head = { dialect, columns, end: begin + first.end, rows: place + 1 };
    if (best === null || fits > best.fits) best = { head, fits };
  }
  return best?.head ?? null;
}

/** Counts rows as a table comes by, in pieces of any size, and keeps no more than the one that has not ended. */
export type TableCounter = {
  /** Throws what `refuse` does. */
  readonly take: (bytes: Uint8Array) => void;
  readonly end: () => { readonly head: TableHead; readonly rows: number };
};

/** Why a file is no table that can be read. */
export type Unreadable = "empty" | "not_utf8" | "open_quote" | "row_too_long" | "too_many_columns" | "too_many_rows";

/** Of the last row: a quote that is never closed has made one of several lines. */
function hasSwallowed(row: TableRow | undefined, bytes: Uint8Array, { newline }: Dialect): boolean {
  return row?.isBroken === true && bytewise(bytes).trim().includes(newline);
}

export type TableLimits = {
  readonly rowBytesMax: number;
  readonly rowsMax: number;
  readonly columnsMax: number;
  readonly refuse: (why: Unreadable, row: number) => never;
};

/** The first row, counted from 1, that is not UTF-8. */
function firstUnread(bytes: Uint8Array, dialect: Dialect): number {
  const rows = rowsIn(bytes, dialect, true);
  const at = rows.findIndex(({ end }, nth) => !isUtf8(bytes.subarray(rows[nth - 1]?.end ?? 0, end)));
  return at === -1 ? rows.length : at + 1;
}

/** As much as is parsed at once. */
const pieceBytes = 64 * 1_024;

export function tableCounter({ rowBytesMax, rowsMax, columnsMax, refuse }: TableLimits): TableCounter {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let head: TableHead | null = null;
  let rows = 0;
  let seen = 0;

  function mustBeText(bytes?: Uint8Array): void {
    try {
      utf8.decode(bytes, { stream: bytes !== undefined });
    } catch {
      const dialect = head?.dialect ?? { delimiter: ",", newline: "\n" };
      refuse("not_utf8", seen + firstUnread(Buffer.concat([...waiting, bytes ?? new Uint8Array()]), dialect));
    }
  }

  function work(isLast: boolean): void {
    let bytes: Uint8Array = Buffer.concat(waiting);
    if (head === null) {
      head = headOf(bytes, isLast);
      if (head === null) {
        if (isLast) refuse("empty", 1);
        kept(bytes);
        return;
      }
      if (head.columns.length > columnsMax) refuse("too_many_columns", head.rows);
      if (head.end > rowBytesMax) refuse("row_too_long", head.rows);
      seen = head.rows;
      bytes = bytes.subarray(head.end);
    }
    const found = rowsIn(bytes, head.dialect, isLast);
    const long = found.findIndex(({ end }, nth) => end - (found[nth - 1]?.end ?? 0) > rowBytesMax);
    if (long !== -1) refuse("row_too_long", seen + long + 1);
    const begins = found.at(-2)?.end ?? 0;
    if (isLast && hasSwallowed(found.at(-1), bytes.subarray(begins), head.dialect))
      refuse("open_quote", seen + found.length);
    seen += found.length;
    rows += found.filter((row) => !isBlank(row)).length;
    if (rows > rowsMax) refuse("too_many_rows", seen);
    kept(bytes.subarray(found.at(-1)?.end ?? 0));
  }

  function kept(rest: Uint8Array): void {
    if (rest.byteLength > rowBytesMax) refuse("row_too_long", seen + 1);
    waiting = [rest];
    waitingBytes = 0;
  }

  return {
    take(bytes) {
      mustBeText(bytes);
      waiting.push(bytes);
      waitingBytes += bytes.byteLength;
      if (waitingBytes >= pieceBytes) work(false);
    },
    end() {
      mustBeText();
      work(true);
      return { head: head ?? refuse("empty", 1), rows };
    },
  };
}
