// Finding text inside text that was folded when it was written. The wildcards of LIKE are taken as the letters they are. Pure.
import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { folded } from "../src/kernel/fold.ts";

/** What LIKE is given, with `escape '\\'`, to find this anywhere in a folded text. */
export function patternOf(wanted: string): string {
  return `%${folded(wanted).replaceAll(/[\\%_]/g, "\\$&")}%`;
}

/** The folded text holds what was looked for, anywhere and in whatever case it was typed. */
export function contains(foldedText: SQLWrapper, wanted: string): SQL {
  return sql`${foldedText} like ${patternOf(wanted)} escape '\\'`;
}
