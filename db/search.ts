// Finding text inside text. The wildcards of LIKE are taken as the letters they are. Pure.
import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/** The text holds what was looked for, anywhere; ASCII letters match in either case. */
export function contains(text: SQLWrapper, wanted: string): SQL {
  const pattern = `%${wanted.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql`${text} like ${pattern} escape '\\'`;
}
