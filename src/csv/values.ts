// What a cell says, as people write it: text, words, days, lists. What is written here is read as what it was. Pure.
import type * as z from "zod/mini";
import type { CellProblem } from "./words.ts";

export type Told<Value> = { readonly value: Value } | { readonly problem: CellProblem };

export function as<Value>(shape: z.ZodMiniType<Value>, problem: CellProblem): (cell: unknown) => Told<Value> {
  return (cell) => {
    const { data } = shape.safeParse(cell);
    return data === undefined ? { problem } : { value: data };
  };
}

export function textAs(shape: z.ZodMiniType<string>, max: number): (cell: string) => Told<string> {
  const read = as(shape, "not_text");
  return (cell) => (cell.length > max ? { problem: "too_long" } : read(cell));
}

export function oneOf<const Word extends string>(
  words: readonly Word[],
  problem: CellProblem,
): (cell: string) => Told<Word> {
  return (cell) => {
    const value = words.find((word) => word.toLowerCase() === cell.toLowerCase());
    return value === undefined ? { problem } : { value };
  };
}

// In all that follows no two parts behind each other take the same sign: a cell is looked at once, however long it is.

const instantOn = /^([^T]*)T\d\d:\d\d.*$/;
const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
/** `31.12.2026`: wherever dots are written between them, the day comes first. */
const ofDotted = (_: string, day: string, month: string, year: string) =>
  [year, month.padStart(2, "0"), day.padStart(2, "0")].join("-");
/** The day of an instant is its day where it was written down. */
export const dayOf = (cell: string) => cell.replace(instantOn, "$1").replace(dotted, ofDotted);

const divided = /(?:\s*"((?:[^"]|"")*)"\s*|([^;,"]*))(?:[;,]|$)/y;

/** Divided by semicolons or commas; one that holds either stands in quotes. Null where the quotes do not match. */
export function partsOf(cell: string): string[] | null {
  const parts: string[] = [];
  divided.lastIndex = 0;
  while (divided.lastIndex < cell.length) {
    const found = divided.exec(cell);
    if (!found) return null;
    parts.push(found[1]?.replaceAll('""', '"') ?? found[2]?.trim() ?? "");
  }
  return parts;
}

/** The parts that are not empty; null where there are none. */
export function readList(cell: string): string[] | null {
  const texts = partsOf(cell)?.filter((text) => text !== "") ?? [];
  return texts.length === 0 ? null : texts;
}

export function writeList(texts: readonly string[]): string {
  return texts.map((one) => (/[;,"]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one)).join("; ");
}
