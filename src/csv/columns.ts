// The columns of candidates and of contacts in a table: what they are called, and how a cell of each is read and written. What is written here is
// read as what it was. Pure.
import * as z from "zod";
import { contactTypes, nameMax, notesMax } from "../contact/policy.ts";
import { CalendarDate, Email, Labels, languages, line, Phone, prose, TimeZone } from "../kernel/shapes.ts";
import { type CandidateStatus, candidateStatuses } from "../record/machine.ts";
import { type ExternalId, externalIdsMax, ratingMax, ratingStep, sourceMax } from "../record/policy.ts";
import { ExternalIdText, System } from "../sieve/contract.ts";
import { type CellProblem, candidateFields, contactFields, type Field, type Subject } from "./words.ts";

type Told<Value> = { readonly value: Value } | { readonly problem: CellProblem };

type Column<Value> = {
  /** As it is called where we write it. */
  readonly title: string;
  /** What others call it: letters and digits alone, in lower case. The title's own are among them. */
  readonly names: readonly string[];
  /** Text of several lines, whose spaces are its own. */
  readonly keepsSpaces?: true;
  /** Of a cell that is not empty, without the spaces around it. */
  readonly read: (cell: string) => Told<Value>;
  readonly write: (value: Value) => string;
};

export type ColumnsOf<Values> = { readonly [Field in keyof Values]-?: Column<NonNullable<Values[Field]>> };

function as<Value>(shape: z.ZodType<Value>, problem: CellProblem): (cell: unknown) => Told<Value> {
  return (cell) => {
    const { data } = shape.safeParse(cell);
    return data === undefined ? { problem } : { value: data };
  };
}

function textAs(shape: z.ZodType<string>, max: number): (cell: string) => Told<string> {
  const read = as(shape, "not_text");
  return (cell) => (cell.length > max ? { problem: "too_long" } : read(cell));
}

function oneOf<const Word extends string>(words: readonly Word[], problem: CellProblem): (cell: string) => Told<Word> {
  return (cell) => {
    const value = words.find((word) => word.toLowerCase() === cell.toLowerCase());
    return value === undefined ? { problem } : { value };
  };
}

const same = (text: string) => text;
const personNameMax = 100;
const PersonName = line(personNameMax);

/** With the country, as `+31 …` or as it is dialled from most places, `00 31 …`. */
const readPhone = (cell: string) => as(Phone, "not_a_phone_number")(cell.replace(/^\s*00/, "+"));

// In all that follows no two parts behind each other take the same sign: a cell is looked at once, however long it is.

const instantOn = /^([^T]*)T\d\d:\d\d.*$/;
/** The day of an instant is its day where it was written down. Days in another order are not guessed at. */
const readDate = (cell: string) => as(CalendarDate, "not_a_date")(cell.replace(instantOn, "$1"));

const Rating = z.number().min(0).max(ratingMax).multipleOf(ratingStep);
const decimal = /^\d+(?:[.,]\d+)?$/;
const readRating = (cell: string): Told<number> =>
  decimal.test(cell) ? as(Rating, "not_a_rating")(Number(cell.replace(",", "."))) : { problem: "not_a_rating" };

const listed = /(?:\s*"((?:[^"]|"")*)"\s*|([^;,"]*))(?:[;,]|$)/y;

/** Divided by semicolons or commas; one that holds either stands in quotes. Null where the quotes do not match. */
function readList(cell: string): string[] | null {
  const texts: string[] = [];
  listed.lastIndex = 0;
  while (listed.lastIndex < cell.length) {
    const found = listed.exec(cell);
    if (!found) return null;
    const text = found[1]?.replaceAll('""', '"') ?? found[2]?.trim() ?? "";
    if (text !== "") texts.push(text);
  }
  return texts.length === 0 ? null : texts;
}

function writeList(texts: readonly string[]): string {
  return texts.map((one) => (/[;,"]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one)).join("; ");
}

const readTags = (cell: string) => as(Labels, "not_tags")(readList(cell));

/** Of an id that comes without the system that it is from. */
const systemUnsaid = "import";
const ofSystem = /^([a-z0-9][a-z0-9._-]*):(.+)$/is;
const ExternalIds = z.array(z.object({ system: System, id: ExternalIdText })).max(externalIdsMax);

/** `ats:4711; crm:17`. */
function readExternalIds(cell: string): Told<ExternalId[]> {
  const told = readList(cell)?.map((text) => {
    const [, system = systemUnsaid, id = text] = ofSystem.exec(text) ?? [];
    return { system, id };
  });
  const read = as(ExternalIds, "not_external_ids")(told);
  if ("problem" in read) return read;
  return { value: [...new Map(read.value.map((one) => [`${one.system}:${one.id}`, one])).values()] };
}

export type FullName = { readonly firstName: string; readonly lastName: string };

/** `Jane van Doe`, or `van Doe, Jane`. */
function readFullName(cell: string): Told<FullName> {
  const [, last, first] = /^([^,]+),([^,]+)$/.exec(cell) ?? [];
  const [, before = first, behind = last] = /^(\S+)\s+([^\s,][^,]*)$/.exec(cell) ?? [];
  const read = z.object({ firstName: PersonName, lastName: PersonName });
  const { data } = read.safeParse(
    first === undefined ? { firstName: before, lastName: behind } : { firstName: first, lastName: last },
  );
  return data === undefined ? { problem: "not_a_full_name" } : { value: data };
}

/** What a row can tell of a candidate. */
export type CandidateCells = {
  firstName?: string;
  lastName?: string;
  /** Read where the two are not there; never written. */
  fullName?: FullName;
  email?: string;
  phone?: string;
  status?: CandidateStatus;
  appliedDate?: string;
  rejectDate?: string;
  hiredDate?: string;
  rating?: number;
  source?: string;
  tags?: string[];
  externalIds?: ExternalId[];
  language?: (typeof languages)[number];
  timeZone?: string;
};

export const candidateColumns: ColumnsOf<CandidateCells> = {
  firstName: {
    title: "First name",
    names: ["firstname", "givenname", "forename", "first"],
    ...{ read: textAs(PersonName, personNameMax), write: same },
  },
  lastName: {
    title: "Last name",
    names: ["lastname", "surname", "familyname", "last"],
    ...{ read: textAs(PersonName, personNameMax), write: same },
  },
  fullName: {
    title: "Full name",
    names: ["fullname", "name", "candidate", "candidatename"],
    ...{ read: readFullName, write: ({ firstName, lastName }) => `${lastName}, ${firstName}` },
  },
  email: {
    title: "E-mail",
    names: ["email", "emailaddress", "mail", "primaryemail", "candidateemail"],
    ...{ read: as(Email, "not_an_address"), write: same },
  },
  phone: {
    title: "Phone",
    names: ["phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel", "cell", "primaryphone"],
    ...{ read: readPhone, write: same },
  },
  status: {
    title: "Status",
    names: ["status", "candidatestatus"],
    ...{ read: oneOf(candidateStatuses, "not_a_status"), write: same },
  },
  appliedDate: {
    title: "Applied date",
    names: ["applieddate", "appliedon", "appliedat", "dateapplied", "applicationdate"],
    ...{ read: readDate, write: same },
  },
  rejectDate: {
    title: "Reject date",
    names: ["rejectdate", "rejecteddate", "rejectedon", "rejectedat", "daterejected"],
    ...{ read: readDate, write: same },
  },
  hiredDate: {
    title: "Hired date",
    names: ["hireddate", "hiredate", "hiredon", "hiredat", "datehired"],
    ...{ read: readDate, write: same },
  },
  rating: {
    title: "Rating",
    names: ["rating", "score", "stars"],
    ...{ read: readRating, write: String },
  },
  source: {
    title: "Source",
    names: ["source", "candidatesource", "channel", "origin"],
    ...{ read: textAs(line(sourceMax), sourceMax), write: same },
  },
  tags: {
    title: "Tags",
    names: ["tags", "tag", "labels"],
    ...{ read: readTags, write: writeList },
  },
  externalIds: {
    title: "External ids",
    names: ["externalids", "externalid", "atsid", "candidateid"],
    ...{ read: readExternalIds, write: (ids) => writeList(ids.map(({ system, id }) => `${system}:${id}`)) },
  },
  language: {
    title: "Language",
    names: ["language", "locale", "lang"],
    ...{ read: oneOf(languages, "not_a_language"), write: same },
  },
  timeZone: {
    title: "Time zone",
    names: ["timezone", "tz"],
    ...{ read: as(TimeZone, "not_a_time_zone"), write: same },
  },
};

/** What a row can tell of a contact. */
export type ContactCells = {
  name?: string;
  contactType?: (typeof contactTypes)[number];
  email?: string;
  phone?: string;
  notes?: string;
};

export const contactColumns: ColumnsOf<ContactCells> = {
  name: {
    title: "Name",
    names: ["name", "company", "companyname", "organization", "organisation", "account", "accountname", "contact"],
    ...{ read: textAs(line(nameMax), nameMax), write: same },
  },
  contactType: {
    title: "Type",
    names: ["type", "contacttype", "kind"],
    ...{ read: oneOf(contactTypes, "not_a_type"), write: same },
  },
  email: { ...candidateColumns.email, names: ["email", "emailaddress", "mail", "primaryemail"] },
  phone: candidateColumns.phone,
  notes: {
    title: "Notes",
    names: ["notes", "note", "comment", "comments", "description"],
    ...{ keepsSpaces: true, read: textAs(prose(notesMax), notesMax), write: same },
  },
};

const columnsOf = { candidates: candidateColumns, contacts: contactColumns } as const;
export const fieldsOf: Readonly<Record<Subject, readonly Field[]>> = {
  candidates: candidateFields,
  contacts: contactFields,
};

const bare = (name: string) =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

/** What each of these columns is taken for, by its name: each field once, the first that is called so; null for what is called like none. */
export function guessed(of: Subject, names: readonly string[]): (Field | null)[] {
  const columns: Readonly<Partial<Record<Field, { readonly names: readonly string[] }>>> = columnsOf[of];
  const free = new Map<string, Field>();
  for (const field of fieldsOf[of]) for (const name of columns[field]?.names ?? []) free.set(name, field);
  return names.map((name) => {
    const field = free.get(bare(name)) ?? null;
    for (const [called, its] of free) if (its === field) free.delete(called);
    return field;
  });
}

/** What is written: all but the name that is only read. */
export const writtenCandidateFields = candidateFields.filter((field) => field !== "fullName");

/** The cells of one row, in the order of these fields; what is not known of it is empty. */
export function cellsOf<Values extends object>(
  columns: ColumnsOf<Values>,
  fields: readonly (keyof Values)[],
  values: { readonly [Field in keyof Values]?: Values[Field] | null | undefined },
): string[] {
  const cellOf = <Name extends keyof Values>(field: Name): string => {
    const value = values[field];
    return value === undefined || value === null ? "" : columns[field].write(value);
  };
  return fields.map(cellOf);
}
