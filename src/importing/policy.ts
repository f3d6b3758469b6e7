// Who may import, what can become of a row, and how much of it is done at once. Pure.
import { cellProblems, type Field } from "../csv/words.ts";
import { dayMs, minuteMs, secondMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

export const importPolicy = { read: "recruiter", change: "recruiter" } as const satisfies Record<string, Access>;

export const importStatuses = ["running", "finished", "canceled"] as const;

/** Whom the organization knows already is left as they are, or given what the row tells. */
export const onKnownWays = ["skip", "update"] as const;
export type OnKnown = (typeof onKnownWays)[number];

export const rowOutcomes = ["created", "updated", "unchanged", "skipped", "repeated", "invalid"] as const;
export type RowOutcome = (typeof rowOutcomes)[number];

/** Nothing came of these, and whoever sent them may mend them and send them again. */
export const leftOut = ["skipped", "repeated", "invalid"] as const satisfies readonly RowOutcome[];

/** By what somebody is known. */
export const knownByWays = ["email", "phone", "name"] as const;
export type KnownBy = (typeof knownByWays)[number];

export const rowProblems = [
  ...cellProblems,
  /** Of a status: no step leads there from where they stand. */
  "illegal_step",
  /** Another candidate has that number. */
  "phone_taken",
  /** Another candidate goes by one of these. */
  "external_id_taken",
  /** A day of a status that the row does not tell. */
  "not_its_status",
  /** Of the row: its quotes do not match, so that its cells cannot be told apart. */
  "broken_quotes",
  /** Of the row: it has more cells than there are columns. */
  "too_many_cells",
] as const;
export type RowProblem = (typeof rowProblems)[number];

/** What is wrong with a row, never what stands in it. Without a field it is the row's own. */
export type Problem = { readonly field: Field | null; readonly problem: RowProblem };

/** Rows in one write. Larger crowds would keep people waiting for the database. */
export const crowdMax = 250;
/** Whoever started it, or asks how far it is, is answered; what is done after that may take no longer. The next who asks goes on from there. */
export const runMs = 20 * secondMs;
/** A sweep has the minute until the next one. */
export const sweepMs = 50 * secondMs;
/** A run asks for no more crowds than this, each two requests and a bit of the file: a Worker may make a thousand requests. */
export const runCrowdsMax = 300;
/** Whoever has not written for so long has been cut short, and somebody else may go on. */
export const leaseMs = 30 * secondMs;
/** Nobody works on it. The sweep asks the same (store.ts). */
export function isLeft(job: { readonly status: string; readonly leasedUntil: Date | null }, now: Date): boolean {
  return job.status === "running" && (job.leasedUntil === null || job.leasedUntil < now);
}
/** The file and what became of each row are kept for so long after the last import of it; what was imported stays. */
export const keptMs = 30 * dayMs;
/** How long the address of what was left out opens it. */
export const leftOutMs = 10 * minuteMs;
/** Of what became of rows, so many are forgotten in one write. */
export const forgottenMax = 5_000;
