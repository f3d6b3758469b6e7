// Rows of one call, each for itself: what is wrong with one is that one's own, and what stands twice is refused the second time. Pure.
import type * as z from "zod/mini";
import { issuesOf, Refused } from "../kernel/errors.ts";

/** What a refused row says: which fields, too, where it was not of the right shape. */
export function refusedRow(index: number, error: Refused | z.core.$ZodError) {
  const refused = error instanceof Refused ? error : new Refused("bad_input");
  const issues = error instanceof Refused ? [] : issuesOf(error);
  const { reason, message: sentence, facts } = refused;
  return { index, outcome: "refused" as const, reason, sentence, facts, issues };
}

export type RefusedRow = ReturnType<typeof refusedRow>;

type Named = { readonly candidate: { readonly email: string }; readonly requestKey?: string | undefined };

/** The rows that are of the right shape, and the refusals of the others. An address and a key name one row. */
export function readRows<Row extends Named>(
  rows: readonly unknown[],
  shape: z.ZodMiniType<Row>,
): { readonly wanted: { readonly index: number; readonly input: Row }[]; readonly refused: RefusedRow[] } {
  const wanted: { index: number; input: Row }[] = [];
  const refused: RefusedRow[] = [];
  const rowOfEmail = new Map<string, number>();
  const rowOfKey = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const parsed = shape.safeParse(row);
    if (!parsed.success) {
      refused.push(refusedRow(index, parsed.error));
      continue;
    }
    const input = parsed.data;
    const { requestKey, candidate } = input;
    const twin = rowOfEmail.get(candidate.email) ?? (requestKey === undefined ? undefined : rowOfKey.get(requestKey));
    if (twin !== undefined) {
      refused.push(refusedRow(index, new Refused("repeated_row", { index: twin })));
      continue;
    }
    rowOfEmail.set(candidate.email, index);
    if (requestKey !== undefined) rowOfKey.set(requestKey, index);
    wanted.push({ index, input });
  }
  return { wanted, refused };
}
