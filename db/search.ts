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
  /** Of the table's rows those of this kind; all of them where it says nothing. */
  readonly which?: (row: string) => string;
  /** What is said in a row, folded; null where nothing is. */
  readonly text: (row: string) => string;
  readonly of: readonly string[];
};

const ofCandidate = {
  table: "candidate",
  text: (row: string) => `${row}name || char(10) || ${row}email || char(10) || coalesce(${row}phone, '')`,
  of: ["name", "email", "phone"],
};

/**
 * Where something is said of a candidate. A row's place in the index is its number, among those of its kind; candidates themselves stand above
 * all others, newest last, so that a page of them is had from the end. But for those who came late, whose ids are lower than some that were
 * there: they are told apart when they are written, and looked for as skills are.
 */
const kinds: readonly Kind[] = [
  { ...ofCandidate, which: (row) => `${row}is_late` },
  { table: "skill", of: ["name_folded"], text: (row) => `${row}name_folded` },
  { table: "experience", of: ["employer_folded"], text: (row) => `${row}employer_folded` },
  { table: "note", of: ["text_folded"], text: (row) => `${row}text_folded` },
  { ...ofCandidate, which: (row) => `not ${row}is_late` },
];

/** No table ever numbers so many, and all places are numbers that JavaScript can hold. */
const kindSize = 2 ** 40;
const firstOf = (nth: number) => nth * kindSize;

/** From here on candidates stand in the order of their ids, of each organization. */
const inOrderFrom = firstOf(kinds.length - 1);

const ownPlace = (row: string, nth: number) => `${row}number + ${firstOf(nth)}`;

function filled({ table, which, text }: Kind, nth: number, condition: string): string {
  const isKind = which ? ` and ${which("")}` : "";
  return `insert or replace into ${index} (rowid, organization, text) select ${ownPlace("", nth)}, ${signsInSql("organization_id")}, ${text("")} from ${table} where ${condition} and ${text("")} is not null${isKind}`;
}

/** What an index that was just made is filled with: of each table what is numbered from here and before there. */
export const fillings: readonly { readonly table: string; readonly statement: (from: number, to: number) => string }[] =
  kinds.map((kind, nth) => ({
    table: kind.table,
    statement: (from, to) => filled(kind, nth, `number >= ${from} and number < ${to}`),
  }));

/** Before it is looked at as text: there is somebody of the organization with a higher id already. */
const marked =
  "update candidate set is_late = 1 where number = new.number and exists (select 1 from candidate as other where other.organization_id = new.organization_id and other.id > new.id);";

/** By name: each table's rows are followed, so that no write can forget to. */
export const textTriggers: ReadonlyMap<string, string> = new Map(
  [...Map.groupBy(kinds.entries(), ([, { table }]) => table)].flatMap(([table, own]) => {
    const written = own.map(([nth, kind]) => `${filled(kind, nth, "number = new.number")};`);
    const gone = own.map(([nth]) => `delete from ${index} where rowid = ${ownPlace("old.", nth)};`);
    const { of } = own[0]?.[1] ?? ofCandidate;
    const does = {
      insert: ["insert", [...(table === ofCandidate.table ? [marked] : []), ...written]],
      update: [`update of ${of.join(", ")}`, [...gone, ...written]],
      delete: ["delete", gone],
    } as const;
    return Object.entries(does).map(([occasion, [on, steps]]) => {
      const name = `${table}_${occasion}_found`;
      const body = steps.map((step) => `\n  ${step}`).join("");
      return [name, `CREATE TRIGGER ${name} after ${on} on ${table} begin${body}\nend`] as const;
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
 * What the index is asked: where one of these texts, each long enough, may be said in an organization. To be looked at: the letters may stand
 * apart, or be said in another organization.
 */
export function askedOf(organizationId: string, wanted: readonly string[]): string {
  const said = wanted.map((text) => entriesOf(folded(text)).map(quoted).join(" AND "));
  // With an OR around them the letters are met by themselves first. In one AND with all that is said in an organization, the engine would read
  // all of that along with each of the letters.
  const texts = [...said, quoted(nowhere)].map((text) => `(${text})`).join(" OR ");
  return `${quoted(signsOf(organizationId))} AND (${texts})`;
}

/** The same, and under any other condition what is said nowhere. */
export const askedIf = (condition: SQL, asked: SQL): SQL => sql`iif(${condition}, ${asked}, ${quoted(nowhere)})`;

const found = sql.raw(index);
const inOrder = sql.raw(String(inOrderFrom));

type Stretch = {
  readonly asked: SQL;
  readonly organizationId: string;
  readonly from?: SQL | undefined;
  readonly to?: SQL | undefined;
  readonly most: SQL;
};

/**
 * Places between two, both included, the highest first: whoever is in order comes newest first, and all else behind. Those in order are the
 * organization's own: another may be asked for by the same signs, and no page ends with somebody of theirs.
 */
export function placesOf({ asked, organizationId, from, to, most }: Stretch): SQL {
  const begins = from && sql` and rowid >= ${from}`;
  const ends = to && sql` and rowid <= ${to}`;
  const own = sql`select 1 from candidate where number = ${found}.rowid - ${inOrder} and organization_id = ${organizationId}`;
  return sql`select rowid as place from ${found} where ${found} match ${asked}${begins}${ends} and (rowid < ${inOrder} or exists (${own})) order by rowid desc limit ${most}`;
}

/** Places of all else, lowest first. */
export function placesElsewhere(asked: SQL, most: SQL): SQL {
  return sql`select rowid as place from ${found} where ${found} match ${asked} and rowid < ${inOrder} limit ${most}`;
}

/** Somebody stands there in order: with a higher id than any of their organization who stands below. */
export const isInOrder = (place: SQL): SQL => sql`${place} >= ${inOrder}`;
/** Who that is, by `candidate.number`. */
export const numberAt = (place: SQL): SQL => sql`${place} - ${inOrder}`;
/** And the other way round. */
export const placeOf = (number: SQL | SQLWrapper): SQL => sql`${number} + ${inOrder}`;
/** No place in order is lower, and none is as high. */
export const firstPlace: SQL = inOrder;
export const behindAll: SQL = sql.raw(String(firstOf(kinds.length)));

/** Of whom is spoken at a place of all else: their id. */
export function saidOf(place: SQL): SQL {
  const cases = kinds.slice(0, -1).map(({ table }, nth) => {
    const id = sql.raw(table === ofCandidate.table ? "id" : "candidate_id");
    const number = sql`${place} - ${sql.raw(String(firstOf(nth)))}`;
    return sql` when ${place} < ${sql.raw(String(firstOf(nth + 1)))} then (select ${id} from ${sql.raw(table)} where number = ${number})`;
  });
  return sql`case${sql.join(cases, sql``)} end`;
}
