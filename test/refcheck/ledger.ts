// What stands in the database of a refcheck, and the people in it by their sessions.
import { eq, sql } from "drizzle-orm";
import { expect } from "vitest";
import { letter, refcheck, reference, signal } from "../../db/schema/index.ts";
import { all, build, first, raw } from "../../db/statement.ts";
import type { RefcheckId } from "../../src/kernel/ids.ts";
import { progressOf, statusOf } from "../../src/refcheck/machine.ts";
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

/** How far the refcheck is and what staff see of it, by the one rule: from its facts, its references and its signals. */
export async function saidOf(refcheckId: RefcheckId) {
  const { row, references, signals } = await database().read({
    row: first(build.select().from(refcheck).where(eq(refcheck.id, refcheckId))),
    references: all(build.select().from(reference).where(eq(reference.refcheckId, refcheckId)).orderBy(reference.id)),
    signals: all(build.select().from(signal).where(eq(signal.refcheckId, refcheckId)).orderBy(signal.id)),
  });
  if (!row) throw new Error("the refcheck exists");
  const openSignals = signals.filter(({ resolvedAt, withdrawnAt }) => !resolvedAt && !withdrawnAt).length;
  const standing = { ...row, references: references.map(({ status }) => status), openSignals };
  return { row, references, signals, said: { progress: progressOf(standing), status: statusOf(standing) } };
}

/** What happened, in order; fails when a version is missing, or the stored status is not what the facts and the references say. */
export async function historyFor(house: House, refcheckId: RefcheckId): Promise<string[]> {
  const { items } = await house.owner.client.refcheck.events.query({ refcheckId, size: 100 });
  expect(items.map(({ version }) => version)).toEqual(items.map((_, nth) => nth + 1));
  const { derived } = await database().read({ derived: derivedStatus(refcheckId) });
  const { said } = await saidOf(refcheckId);
  expect(derived).toEqual({ ...said, stored: said });
  expect(items.at(-1)?.to).toBe(said.status);
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
