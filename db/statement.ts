// A statement is built here and run elsewhere: SQL, arguments, and how to read what comes back. Nothing in this file
// does I/O; the Drizzle instance below has no connection.
import { fillPlaceholders, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import type { Facts, Reason } from "../src/kernel/errors.ts";
import type { Cell, RawResult, RawStatement, Value } from "./hrana.ts";

export type Statement<Result> = RawStatement & {
  readonly read: (result: RawResult) => Result;
  /** What a failure of this very statement means to whoever asked. */
  readonly refusal?: { readonly on: "condition" | "unique"; readonly reason: Reason; readonly facts?: Facts };
};

/** Drizzle as a builder only. */
export const build = drizzle(async () => {
  throw new Error("statements are run by a Database, never by their builder");
});

type Prepared = {
  getQuery(): { sql: string; params: unknown[] };
  mapResult(response: unknown, isFromBatch?: boolean): unknown;
};
type Buildable<Rows> = PromiseLike<Rows> & { prepare(): Prepared };
type RowOf<Rows> = Rows extends readonly (infer Row)[] ? Row : never;

function readRows<Rows>(prepared: Prepared) {
  return (result: RawResult) => prepared.mapResult({ rows: result.rows }, true) as Rows;
}

/** Every row the query selects or returns. */
export function all<Rows>(query: Buildable<Rows>): Statement<Rows> {
  const prepared = query.prepare();
  const { sql, params } = prepared.getQuery();
  return { sql, args: params as Value[], read: readRows<Rows>(prepared) };
}

/** The first row, or undefined. */
export function first<Rows extends readonly unknown[]>(query: Buildable<Rows>): Statement<RowOf<Rows> | undefined> {
  return firstOf(all(query));
}

export function firstOf<Rows extends readonly unknown[]>(
  statement: Statement<Rows>,
): Statement<RowOf<Rows> | undefined> {
  return { ...statement, read: (result) => statement.read(result)[0] as RowOf<Rows> | undefined };
}

/** An insert, update or delete without RETURNING: how many rows it changed. */
export function run(query: { prepare(): Prepared }): Statement<number> {
  const { sql, params } = query.prepare().getQuery();
  return { sql, args: params as Value[], read: (result) => result.changes };
}

/** Raw SQL; `read` gets the rows as they come. */
export function raw<Result>(query: SQL, read: (rows: RawResult["rows"]) => Result): Statement<Result> {
  const { sql, params } = build.all(query).getQuery();
  return { sql, args: params as Value[], read: (result) => read(result.rows) };
}

/** The single cell of a query that always answers one row. */
export function cell<Value extends Cell>(query: SQL): Statement<Value> {
  return raw(query, (rows) => (rows[0]?.[0] ?? null) as Value);
}

/**
 * Compiled by Drizzle once, at the first use, with `sql.placeholder(name)` where values go. For the statements that
 * every request runs.
 */
export function compiled<Rows>(make: () => Buildable<Rows>): (values: Record<string, Value>) => Statement<Rows> {
  let made: { sql: string; params: unknown[]; read: (result: RawResult) => Rows } | undefined;
  return (values) => {
    if (!made) {
      const prepared = make().prepare();
      made = { ...prepared.getQuery(), read: readRows<Rows>(prepared) };
    }
    return { sql: made.sql, args: fillPlaceholders(made.params, values) as Value[], read: made.read };
  };
}

/**
 * A condition inside the sentence: when it is false the whole batch rolls back and the caller is refused with this
 * reason. `json('')` is malformed, so evaluating it is an error; `case` evaluates it only when the condition fails.
 */
export function must(condition: SQL, reason: Reason, facts?: Facts): Statement<void> {
  const { sql, params } = build.all(condition).getQuery();
  return {
    sql: `select case when ${sql} then 1 else json('') end`,
    args: params as Value[],
    read: () => undefined,
    refusal: { on: "condition", reason, ...(facts && { facts }) },
  };
}

/** The guarded statement just before this one changed exactly one row. */
export function mustHaveChanged(reason: Reason, facts?: Facts): Statement<void> {
  return {
    sql: "select case when changes() = 1 then 1 else json('') end",
    args: [],
    read: () => undefined,
    refusal: { on: "condition", reason, ...(facts && { facts }) },
  };
}

/** The statement, with what it means when it meets a row that is already there. */
export function unlessTaken<Result>(statement: Statement<Result>, reason: Reason, facts?: Facts): Statement<Result> {
  return { ...statement, refusal: { on: "unique", reason, ...(facts && { facts }) } };
}
