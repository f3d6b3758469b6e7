// Finding text inside text that was folded when it was written. Within a few rows by LIKE, its wildcards taken as the letters they are; among all
// that is said of an organization's candidates by an index of every three letters (decision 030). All that knows of that index is here. Pure.
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

const index = "candidate_text";

/** It keeps no text, and not where in a text three letters stand: what it finds is looked at again. */
const columns = "organization, text, content='', contentless_delete=1, detail=none, tokenize='trigram'";

/**
 * What letters have in common with all that is said in an organization is found by going from page to page of that, and each page is read to its
 * middle. A tenth of the usual size finds a name of many in half the time, and takes no more room.
 */
const pageBytes = 400;

/** What makes an index of text, and what it is told once. */
export type TextIndex = { readonly made: string; readonly told: string };

/** What the database has besides tables and triggers, by name. */
export const textIndexes: ReadonlyMap<string, TextIndex> = new Map([
  [
    index,
    {
      made: `CREATE VIRTUAL TABLE ${index} using fts5(${columns})`,
      told: `insert into ${index} (${index}, rank) values ('pgsz', ${pageBytes})`,
    },
  ],
]);

// An organization is three signs that nobody writes, made of the end of its id: one entry of the index. Others may have the same.
const privateSigns = 0xe000;
const hex = "0123456789abcdef";
const signsMax = 3;

function signInSql(id: string, nth: number): string {
  const digit = (place: number) => `instr('${hex}', substr(${id}, -${place}, 1))`;
  return `${privateSigns} + ${digit(2 * nth + 1)} * ${hex.length} + ${digit(2 * nth + 2)}`;
}

const signsInSql = (id: string): string =>
  `char(${Array.from({ length: signsMax }, (_, nth) => signInSql(id, nth)).join(", ")})`;

function signsOf(id: string): string {
  const digit = (place: number) => hex.indexOf(id.charAt(id.length - place)) + 1;
  const signs = Array.from(
    { length: signsMax },
    (_, nth) => privateSigns + digit(2 * nth + 1) * hex.length + digit(2 * nth + 2),
  );
  return String.fromCodePoint(...signs);
}

type Kind = {
  readonly table: string;
  /** What is said in a row, folded; null where nothing is. */
  readonly text: (row: string) => string;
  readonly of: readonly string[];
};

/** Where something is said of a candidate. A row's place in the index is its number, and which of these it is of. */
const kinds: readonly Kind[] = [
  {
    table: "candidate",
    of: ["name", "email", "phone"],
    text: (row) => `${row}name || char(10) || ${row}email || char(10) || coalesce(${row}phone, '')`,
  },
  { table: "skill", of: ["name_folded"], text: (row) => `${row}name_folded` },
  { table: "experience", of: ["employer_folded"], text: (row) => `${row}employer_folded` },
  { table: "note", of: ["text_folded"], text: (row) => `${row}text_folded` },
];

const placeOf = (row: string, nth: number) => `${row}number * ${kinds.length} + ${nth}`;

function filled({ table, text }: Kind, nth: number, row: "" | "new.", which = ""): string {
  const from = row === "" ? `from ${table} ` : "";
  return `insert or replace into ${index} (rowid, organization, text) select ${placeOf(row, nth)}, ${signsInSql(`${row}organization_id`)}, ${text(row)} ${from}where ${text(row)} is not null${which}`;
}

/** What an index that was just made is filled with: of each table what is numbered from here and before there. */
export const fillings: readonly { readonly table: string; readonly statement: (from: number, to: number) => string }[] =
  kinds.map((kind, nth) => ({
    table: kind.table,
    statement: (from, to) => filled(kind, nth, "", ` and number >= ${from} and number < ${to}`),
  }));

/** By name: each table's rows are followed, so that no write can forget to. */
export const textTriggers: ReadonlyMap<string, string> = new Map(
  kinds.flatMap((kind, nth) => {
    const { table, of } = kind;
    const gone = `delete from ${index} where rowid = ${placeOf("old.", nth)};`;
    const does = {
      insert: ["insert", `${filled(kind, nth, "new.")};`],
      update: [`update of ${of.join(", ")}`, `${gone}\n  ${filled(kind, nth, "new.")};`],
      delete: ["delete", gone],
    } as const;
    return Object.entries(does).map(([occasion, [on, body]]) => {
      const name = `${table}_${occasion}_found`;
      return [name, `CREATE TRIGGER ${name} after ${on} on ${table} begin\n  ${body}\nend`] as const;
    });
  }),
);

const lettersOfEntry = 3;

/**
 * More than so many leave out hardly anybody, and each has to be read. Of a word two that lie side by side leave out much the same; of a number
 * each digit tells.
 */
const entriesOfA = { word: { most: 4, apart: 2 }, number: { most: 3, apart: 1 } };

/** From its end: numbers begin like many others, with their country. Of words from all over them. */
function entriesOf(text: string): string[] {
  const letters = [...text];
  const last = letters.length - lettersOfEntry;
  const isNumber = /^\+?\d+$/.test(text);
  const { most, apart } = entriesOfA[isNumber ? "number" : "word"];
  const step = isNumber ? apart : Math.max(apart, last / (most - 1));
  const count = Math.min(most, Math.floor(last / step) + 1);
  const starts = Array.from({ length: count }, (_, nth) => Math.round(last - nth * step));
  return [...new Set(starts.map((start) => letters.slice(start, start + lettersOfEntry).join("")))];
}

/** Three signs that no organization is made of: in no text there is. */
const nowhere = String.fromCodePoint(privateSigns, privateSigns, privateSigns);

const quoted = (entry: string) => `"${entry.replaceAll('"', '""')}"`;

/** Too short to be looked up. */
export function isShort(wanted: string): boolean {
  return [...folded(wanted)].length < lettersOfEntry;
}

/**
 * Of whom one of these texts may be said somewhere, each long enough: their `candidate.number`s, of `most` places at most, somebody's as often as
 * there are. To be looked at: the letters may stand apart, or be said in another organization.
 */
export function mentionsOf(organizationId: string, wanted: readonly string[], most: number) {
  const said = wanted.map((text) => entriesOf(folded(text)).map(quoted).join(" AND "));
  // With an OR around them the letters are met by themselves first. In one AND with all that is said in an organization, the engine would read
  // all of that along with each of the letters.
  const texts = [...said, quoted(nowhere)].map((text) => `(${text})`).join(" OR ");
  const match = `${quoted(signsOf(organizationId))} AND (${texts})`;
  const found = sql.raw(index);
  const hit = sql`select rowid as place from ${found} where ${found} match ${match} limit ${most}`;
  const numbers = kinds.map(({ table }, nth) => {
    const place = sql.raw(`hit.place / ${kinds.length}`);
    const isOfKind = sql.raw(`hit.place % ${kinds.length} = ${nth}`);
    if (table === "candidate") return sql`select ${place} as number from hit where ${isOfKind}`;
    const said = sql.raw(table);
    return sql`select candidate.number from hit cross join ${said} on ${said}.number = ${place} cross join candidate indexed by candidate_id_unique on candidate.id = ${said}.candidate_id where ${isOfKind}`;
  });
  return { hit, numbers: sql.join(numbers, sql` union all `) };
}
