// A table of people by the thousand, as another system writes it, and how often each of them is there in the end.
import { sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";

/** Some columns that nobody imports, some cells with commas and lines in them, some letters that are none of ASCII. */
export function peopleTable(count: number): string {
  const rows = Array.from({ length: count }, (_, nth) =>
    [
      ...[
        `Zoë ${nth}`,
        `"van der Number, ${nth}"`,
        `person.${nth}@crowd.example`,
        `+3120${String(nth).padStart(7, "0")}`,
      ],
      ...[
        "LinkedIn;Referral;Website".split(";")[nth % 3],
        `"remote; batch ${nth % 50}"`,
        `2025-${String((nth % 12) + 1).padStart(2, "0")}-15`,
      ],
      ...[`ats-${nth}`, nth % 7 === 0 ? `"A note\nof two lines, number ${nth}"` : "none"],
    ].join(","),
  );
  return `First name,Last name,E-mail,Phone,Source,Tags,Applied date,External id,Remarks\r\n${rows.join("\r\n")}\r\n`;
}

/** How many there are of what an import of that table writes, by its very people. */
export async function peopleThere(db: Database) {
  const { counts } = await db.read({
    counts: raw(
      sql`select (select count(*) from candidate where email like '%@crowd.example'), (select count(distinct candidate_id) from candidate_external_id where system = 'import' and external_id like 'ats-%'), (select count(*) from candidate_event where verb = 'create'), (select count(*) from candidate_tag), (select count(*) from import_row)`,
      ([row]) => (row ?? []).map(Number),
    ),
  });
  const [candidates, persons, events, tags, rows] = counts;
  return { candidates, persons, events, tags, rows };
}

/** Of so many rows, each done once. */
export const eachOnce = (count: number) => ({
  ...{ candidates: count, persons: count, events: count, tags: 2 * count, rows: count },
});
