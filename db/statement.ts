// A statement is built here and run elsewhere: SQL, arguments, and how to read what comes back. Nothing in this file
// does I/O; the Drizzle instance below has no connection.
import { fillPlaceholders, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
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
  readonly fields?: readonly Field[] | undefined;
  readonly joinsNotNullableMap?: Readonly<Record<string, boolean>> | undefined;
};
type Buildable<Rows> = PromiseLike<Rows> & { prepare(): Prepared };
type RowOf<Rows> = Rows extends readonly (infer Row)[] ? Row : never;

type Decoder = { mapFromDriverValue(value: unknown): unknown };
/** Drizzle's own note of one thing selected: the names it goes under, outermost first. */
type Field = { readonly path: readonly string[]; readonly field: unknown };
type Place = { readonly path: readonly string[]; readonly read: (row: readonly Cell[]) => unknown };

function isDecoder(value: unknown): value is Decoder {
  return typeof value === "object" && value !== null && "mapFromDriverValue" in value;
}

/** A column reads its own cells, an expression has a reader, and an alias has an expression. */
function decoderOf(field: unknown): Decoder | null {
  if (typeof field !== "object" || field === null) return null;
  if (isDecoder(field)) return field;
  if ("decoder" in field && isDecoder(field.decoder)) return field.decoder;
  return "sql" in field ? decoderOf(field.sql) : null;
}

/** Null for what only Drizzle can read: an outer join makes a group null when all of it is. */
function placesOf({ fields, joinsNotNullableMap: joins }: Prepared): Place[] | null {
  if (!fields) return null;
  if (Object.values(joins ?? {}).includes(false) && fields.some(({ path }) => path.length > 1)) return null;
  const places: Place[] = [];
  for (const [index, { path, field }] of fields.entries()) {
    const decoder = decoderOf(field);
    if (decoder === null) return null;
    const read = (row: readonly Cell[]) => {
      const cell = row[index] ?? null;
      return cell === null ? null : decoder.mapFromDriverValue(cell);
    };
    places.push({ path, read });
  }
  return places;
}

function rowReader(places: readonly Place[], depth = 0): (row: readonly Cell[]) => Record<string, unknown> {
  const named = Map.groupBy(places, ({ path }) => path[depth] ?? "");
  const parts = Array.from(named, ([name, own]) => {
    const [first] = own;
    const isCell = first?.path.length === depth + 1;
    return { name, read: isCell ? first.read : rowReader(own, depth + 1) };
  });
  return (row) => {
    const read: Record<string, unknown> = {};
    for (const part of parts) read[part.name] = part.read(row);
    return read;
  };
}

/** Drizzle's mapResult finds out for every cell of every row anew what it is; this finds out once for the query. */
function rowsReader<Rows>(prepared: Prepared): (result: RawResult) => Rows {
  const places = placesOf(prepared);
  if (places === null) return (result) => prepared.mapResult({ rows: result.rows }, true) as Rows;
  const readRow = rowReader(places);
  return ({ rows }) => rows.map(readRow) as Rows;
}

/** Every row the query selects or returns. */
export function all<Rows>(query: Buildable<Rows>): Statement<Rows> {
  const prepared = query.prepare();
  const { sql, params } = prepared.getQuery();
  return { sql, args: params as Value[], read: rowsReader<Rows>(prepared) };
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

/**
 * For an edit that may change nothing, of which SQL knows none: `created_at` as it is. Never the id: SQLite would look for everything that
 * refers to it.
 */
export function stays(createdAt: SQLWrapper): { readonly createdAt: SQL } {
  return { createdAt: sql`${createdAt}` };
}

/** Values, or pieces of SQL, with commas between them: what stands in the parentheses of `in (…)` or of a row value. */
export function listOf(values: readonly unknown[]): SQL {
  return sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );
}

type Owned = SQLiteTable & { readonly id: SQLiteColumn; readonly organizationId: SQLiteColumn };

/**
 * What a walk through an index that does not begin with the organization begins with: an id of its own, or none. Of another's not even where the
 * walk stops may be told.
 */
export function ownId(table: Owned, id: string, { organizationId }: { readonly organizationId: string }): SQL {
  return sql`(select ${table.id} from ${table} where ${table.id} = ${id} and ${table.organizationId} = ${organizationId})`;
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
      made = { ...prepared.getQuery(), read: rowsReader<Rows>(prepared) };
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

/** A condition that every request sends, compiled by Drizzle once, at the first use. */
export function compiledMust(make: () => SQL, reason: Reason): (values: Record<string, Value>) => Statement<void> {
  let made: Statement<void> | undefined;
  return (values) => {
    made ??= must(make(), reason);
    return { ...made, args: fillPlaceholders([...made.args], values) as Value[] };
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

const insertOfRow = /^(insert into [^;]*? values )(\([^()]*\))$/;

/** What SQLite takes in one statement is 32,766. */
const argsMax = 30_000;

/**
 * The same statements, with rows for the same table inserted by one statement instead of one for each: each table where its first row
 * came, and after what is no plain insert. What meets a row that is already there refuses like its first row.
 */
export function gathered(statements: readonly Statement<unknown>[]): Statement<unknown>[] {
  const others: Statement<unknown>[] = [];
  const tables = new Map<string, { rows: string[]; args: Value[]; first: Statement<unknown> }[]>();
  for (const statement of statements) {
    const [, head, row] = insertOfRow.exec(statement.sql) ?? [];
    if (head === undefined || row === undefined) {
      others.push(statement);
      continue;
    }
    const chunks = tables.get(head) ?? [];
    tables.set(head, chunks);
    const last = chunks.at(-1);
    if (last && last.args.length + statement.args.length <= argsMax) {
      last.rows.push(row);
      last.args.push(...statement.args);
    } else chunks.push({ rows: [row], args: [...statement.args], first: statement });
  }
  const inserts = Array.from(tables, ([head, chunks]) =>
    chunks.map(({ rows, args, first: one }) => ({ ...one, sql: head + rows.join(", "), args })),
  );
  return [...others, ...inserts.flat()];
}
