// Pages by keyset: a cursor holds where the last item stood, never how many came before. Pure.
import * as z from "zod/mini";
import { refuse } from "./errors.ts";

export const pageSizeMax = 100;
export const pageSizeDefault = 25;

/** Room for a first and a last name of 100 characters each, whatever their script: 4 bytes a character and base64. */
const cursorCharsMax = 2_000;

/** What every list takes: at most 100 items, after the cursor of the page before. */
export const PageIn = z.object({
  cursor: z.optional(z.string().check(z.maxLength(cursorCharsMax))),
  size: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(pageSizeMax)), pageSizeDefault),
});
export type PageIn = z.infer<typeof PageIn>;

/** What every list answers. `nextCursor` is null on the last page. */
export const pageOf = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.nullable(z.string()) });

type Key = string | number | null;
// A text that is not well-formed is none that we made, and the database takes none.
const TextKey = z.string().check(
  z.maxLength(500),
  z.refine((key) => key.isWellFormed()),
);
const Keys = z.array(z.union([TextKey, z.int(), z.null()])).check(z.maxLength(4));

/** `order` names the sort, so that a cursor is never read under another one. */
export function encodeCursor(order: string, keys: readonly Key[]): string {
  return Buffer.from(JSON.stringify([order, ...keys])).toString("base64url");
}

function decodeCursor(order: string, cursor: string | undefined, keyCount: number): Key[] | null {
  if (cursor === undefined) return null;
  try {
    const [madeFor, ...keys] = Keys.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    if (madeFor === order && keys.length === keyCount) return keys;
  } catch {
    // falls through: whatever is wrong with a cursor, the answer is the same
  }
  return refuse("bad_input", { field: "cursor" });
}

/** Cuts the one row more that was asked for, and makes the cursor from the last that stays. */
export function toPage<Row>(rows: readonly Row[], size: number, cursorOf: (row: Row) => string) {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > size && last !== undefined ? cursorOf(last) : null };
}

type Kind = "string" | "number";
type KeyOf<One extends Kind> = One extends "number" ? number : string;

/** The keys of a cursor whose order has one kind of key in each place; a cursor with any other is none that was made. */
export function keysOfCursor<const Kinds extends readonly Kind[]>(
  order: string,
  cursor: string | undefined,
  kinds: Kinds,
): { -readonly [Place in keyof Kinds]: KeyOf<Kinds[Place]> } | null {
  const keys = decodeCursor(order, cursor, kinds.length);
  if (keys?.some((key, place) => typeof key !== kinds[place])) return refuse("bad_input", { field: "cursor" });
  return keys as never;
}
