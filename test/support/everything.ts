// Every row of an organization, for comparing before and after.
import { type SQL, sql } from "drizzle-orm";
import { raw, type Statement } from "../../db/statement.ts";
import type { OrganizationId } from "../../src/kernel/ids.ts";
import { database } from "./world.ts";

type Column = { readonly table: string; readonly column: string };

/** Of every table that there is; they stay what they are. */
let known: Promise<readonly Column[]> | undefined;

async function columnsOfAll(): Promise<readonly Column[]> {
  const { columns } = await database().read({
    columns: raw(
      sql`select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by m.name, c.cid`,
      (rows) => rows.map(([table, column]) => ({ table: String(table), column: String(column) })),
    ),
  });
  return columns;
}

/** Every row of an organization in every table that has one, and of its members: for comparing before and after. */
export async function everythingOf(organizationId: OrganizationId): Promise<Record<string, string[]>> {
  known ??= columnsOfAll();
  const columnsOf = Map.groupBy(await known, ({ table }) => table);
  const members = sql`select user_id from member where organization_id = ${organizationId}`;
  // Each row as one text, made by the database: cell by cell it is far more to send and to read.
  const rowsOf = (table: string, which: SQL): Statement<string[]> => {
    const columns = (columnsOf.get(table) ?? []).map(({ column }) => sql.identifier(column));
    return raw(
      sql`select json_array(${sql.join(columns, sql`, `)}) from ${sql.identifier(table)} where ${which}`,
      (rows) => rows.map(([row]) => String(row)).sort(),
    );
  };
  const ofOrganization = [...columnsOf].filter(([, columns]) =>
    columns.some(({ column }) => column === "organization_id"),
  );
  return database().read({
    organization: rowsOf("organization", sql`id = ${organizationId}`),
    user: rowsOf("user", sql`id in (${members})`),
    sessions_of_members: rowsOf("session", sql`user_id in (${members})`),
    ...Object.fromEntries(
      ofOrganization.map(([table]) => [table, rowsOf(table, sql`organization_id = ${organizationId}`)] as const),
    ),
  });
}
