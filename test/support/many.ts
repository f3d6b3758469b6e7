// Rows by the thousand, in one statement a table: a row is what its columns are called, and what stands in them.
import { sql } from "drizzle-orm";
import { raw, type Statement } from "../../db/statement.ts";

export type Row = Readonly<Record<string, string | number | null>>;

/** All rows have the columns of the first. */
export function insertMany(table: string, rows: readonly Row[]): Statement<void>[] {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return [];
  const names = sql.join(
    columns.map((name) => sql.identifier(name)),
    sql`, `,
  );
  const cells = sql.join(
    columns.map((_, index) => sql`value ->> ${sql.raw(String(index))}`),
    sql`, `,
  );
  const values = JSON.stringify(rows.map((row) => columns.map((name) => row[name] ?? null)));
  const insert = sql`insert into ${sql.identifier(table)} (${names}) select ${cells} from json_each(${values})`;
  return [raw(insert, () => undefined)];
}
