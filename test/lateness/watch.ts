// Looks at the database, not at what anybody says: when was each expiry first there to be read?
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { type Database, DatabaseFailure } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import type { Crowd } from "./crowd.ts";

/** How late each was seen, in milliseconds, soonest first; and how many were not seen at all. */
export type Seen = { readonly lateMs: readonly number[]; readonly missing: number; readonly lastAt: Date | null };

const pollMs = 50;

/** Polls until all have expired or `giveUpAt` has come. A database that is away is asked again. */
export async function watch(db: Database, crowd: Crowd, giveUpAt: Date): Promise<Seen> {
  const lateMs: number[] = [];
  let beyond = 0;
  let lastAt: Date | null = null;
  while (lateMs.length < crowd.size && Date.now() < giveUpAt.getTime()) {
    const expired = raw(
      sql`select rowid, interview_id from interview_event where rowid > ${beyond} and verb = 'expire' order by rowid`,
      (rows) => rows,
    );
    const { rows } = await db.read({ rows: expired }).catch((error: unknown) => {
      if (error instanceof DatabaseFailure) return { rows: [] };
      throw error;
    });
    const now = Date.now();
    for (const [rowid, id] of rows) {
      beyond = Number(rowid);
      const deadlineAt = crowd.get(`itv_${String(id).slice(4)}`);
      if (!deadlineAt) continue;
      lateMs.push(now - deadlineAt.getTime());
      lastAt = new Date(now);
    }
    await pause(pollMs);
  }
  return { lateMs: lateMs.sort((a, b) => a - b), missing: crowd.size - lateMs.length, lastAt };
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
