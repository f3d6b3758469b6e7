// What stands in the database of a refcheck, and the people in it by their sessions.
import { eq, sql } from "drizzle-orm";
import { expect } from "vitest";
import { letter, refcheck, reference } from "../../db/schema/index.ts";
import { all, build, first, raw } from "../../db/statement.ts";
import type { RefcheckId } from "../../src/kernel/ids.ts";
import { statusOf } from "../../src/refcheck/machine.ts";
import { derivedStatus } from "../../src/refcheck/store.ts";
import type { RefcheckOf } from "../support/refcheck.ts";
import { candidateToken, referenceToken } from "../support/stage.ts";
import { anteroom, database, type House } from "../support/world.ts";

export const candidateOf = async (whose: RefcheckOf) => anteroom(await candidateToken(whose));
export const refereeOf = async (whose: RefcheckOf, referenceId = whose.referenceId) =>
  anteroom(await referenceToken({ ...whose, referenceId }));

export async function rowOf(refcheckId: RefcheckId) {
  const { row } = await database().read({
    row: first(build.select().from(refcheck).where(eq(refcheck.id, refcheckId))),
  });
  if (!row) throw new Error("the refcheck exists");
  return row;
}

/** What happened, in order; fails when a version is missing, or the stored status is not what the facts and the references say. */
export async function historyFor(house: House, refcheckId: RefcheckId): Promise<string[]> {
  const { items } = await house.owner.client.refcheck.events.query({ refcheckId, size: 100 });
  expect(items.map(({ version }) => version)).toEqual(items.map((_, nth) => nth + 1));
  const { derived, row, references } = await database().read({
    derived: derivedStatus(refcheckId),
    row: first(build.select().from(refcheck).where(eq(refcheck.id, refcheckId))),
    references: all(build.select().from(reference).where(eq(reference.refcheckId, refcheckId))),
  });
  if (!row) throw new Error("the refcheck exists");
  const said = statusOf({ ...row, references: references.map(({ status }) => status) });
  expect([derived?.status, derived?.stored]).toEqual([said, said]);
  expect(items.at(-1)?.to).toBe(said);
  return items.map(({ verb }) => verb);
}

/** The letters about it that were promised, in order. */
export async function kindsOf(refcheckId: RefcheckId): Promise<string[]> {
  const { kinds } = await database().read({
    kinds: raw(
      sql`select content ->> '$.kind' from ${letter} where ${letter.refcheckId} = ${refcheckId} order by id`,
      (rows) => rows.map(([kind]) => String(kind)),
    ),
  });
  return kinds;
}
