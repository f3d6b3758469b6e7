// The columns of candidates and of contacts in a table: what they are called, and how a cell of each is read and written. What is written here is
// read as what it was. Pure.
import * as z from "zod/mini";
import { contactTypes, nameMax, notesMax, peopleMax, positionMax } from "../contact/policy.ts";
import { CalendarDate, Email, Labels, languages, line, Phone, prose, TimeZone } from "../kernel/shapes.ts";
import { type CandidateStatus, candidateStatuses } from "../record/machine.ts";
import { type ExternalId, externalIdsMax, ratingMax, ratingStep, sourceMax } from "../record/policy.ts";
import { ExternalIdText, System } from "../sieve/contract.ts";
import { customFieldOf, customTitle, keyInTitle, type NamedField } from "./custom.ts";
import { as, dayOf, oneOf, partsOf, readList, type Told, textAs, writeList } from "./values.ts";
import { candidateFields, contactFields, type Field, type Subject } from "./words.ts";

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

const same = (text: string) => text;
const personNameMax = 100;
const PersonName = line(personNameMax);

/** Days in an order that has to be guessed at are refused. */
const readDate = (cell: string) => as(CalendarDate, "not_a_date")(dayOf(cell));

const Rating = z.number().check(z.minimum(0), z.maximum(ratingMax), z.multipleOf(ratingStep));
const decimal = /^\d+(?:[.,]\d+)?$/;
const readRating = (cell: string): Told<number> =>
  decimal.test(cell) ? as(Rating, "not_a_rating")(Number(cell.replace(",", "."))) : { problem: "not_a_rating" };

const readTags = (cell: string) => as(Labels, "not_tags")(readList(cell));

/** Of an id that comes without the system that it is from. */
const systemUnsaid = "import";
const ofSystem = /^([a-z0-9][a-z0-9._-]*):(.+)$/is;
const ExternalIds = z.array(z.object({ system: System, id: ExternalIdText })).check(z.maxLength(externalIdsMax));

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
    ...{ read: as(Phone, "not_a_phone_number"), write: same },
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
  people?: PersonCells[];
};

/** Somebody at a contact: what is not known is null. */
export type PersonCells = {
  firstName: string;
  lastName: string;
  email: string | null;
  phone: string | null;
  position: string | null;
};

const personFields = ["firstName", "lastName", "email", "phone", "position"] as const;
const readPersons: Readonly<Record<keyof PersonCells, (cell: string) => Told<string>>> = {
  firstName: candidateColumns.firstName.read,
  lastName: candidateColumns.lastName.read,
  email: candidateColumns.email.read,
  phone: candidateColumns.phone.read,
  position: textAs(line(positionMax), positionMax),
};

function readPerson(text: string): Told<PersonCells> {
  const parts = partsOf(text);
  if (parts === null || parts.slice(personFields.length).some((part) => part !== "")) return { problem: "not_people" };
  const person: { [Name in keyof PersonCells]: string | null } = {
    ...{ firstName: null, lastName: null, email: null, phone: null, position: null },
  };
  for (const [place, name] of personFields.entries()) {
    const part = parts[place] ?? "";
    if (part === "") continue;
    const told = readPersons[name](part);
    if ("problem" in told) return told;
    person[name] = told.value;
  }
  const { firstName, lastName, ...known } = person;
  if (firstName === null || lastName === null) return { problem: "not_people" };
  return { value: { firstName, lastName, ...known } };
}

/** One a line, `Jane; Doe; jane@acme.org; +31 20 123 45 67; Head of People`: what is not known is empty, or left out at the end. */
function readPeople(cell: string): Told<PersonCells[]> {
  const people: PersonCells[] = [];
  for (const text of cell.split(/[\r\n]+/)) {
    if (text.trim() === "") continue;
    const told = readPerson(text);
    if ("problem" in told) return told;
    people.push(told.value);
  }
  return people.length > peopleMax ? { problem: "too_many_people" } : { value: people };
}

function writePerson(person: PersonCells): string {
  const parts = personFields.map((name) => person[name] ?? "");
  return writeList(parts.slice(0, parts.findLastIndex((part) => part !== "") + 1));
}

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
  people: {
    title: "People",
    names: ["people", "persons", "contactpeople", "contactpersons"],
    ...{ read: readPeople, write: (people) => people.map(writePerson).join("\n") },
  },
};

const columnsOf = { candidates: candidateColumns, contacts: contactColumns } as const;
const fieldsOf: Readonly<Record<Subject, readonly Field[]>> = {
  candidates: candidateFields,
  contacts: contactFields,
};

export function isFieldOf(of: Subject, field: Field, customs: readonly NamedField[]): boolean {
  const isOpen = ({ key, archivedAt }: NamedField) => archivedAt === null && customFieldOf(key) === field;
  return fieldsOf[of].includes(field) || (of === "candidates" && customs.some(isOpen));
}

const bare = (name: string) =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

/** Fields by what columns of them are called. What several custom fields are called is none of them's. */
function callings(of: Subject, customs: readonly NamedField[]): Map<string, Field> {
  const columns: Readonly<Partial<Record<Field, { readonly names: readonly string[] }>>> = columnsOf[of];
  const called = new Map<string, Field>();
  for (const field of fieldsOf[of]) for (const name of columns[field]?.names ?? []) called.set(name, field);
  if (of !== "candidates") return called;
  const open = customs.filter(({ archivedAt }) => archivedAt === null);
  const named = open.flatMap(({ key, name }) => [...new Set([key, name].map(bare))].map((one) => ({ one, key })));
  for (const [name, those] of Map.groupBy(named, ({ one }) => one))
    if (name !== "" && those.length === 1 && !called.has(name))
      for (const { key } of those) called.set(name, customFieldOf(key));
  for (const { key } of open) called.set(customTitle(key), customFieldOf(key));
  return called;
}

/**
 * What each of these columns is taken for, by its name: each field once, the first that is called so; null for what is called like none. A
 * custom field goes by its title, else by its key or name where no other field does.
 */
export function guessed(of: Subject, names: readonly string[], customs: readonly NamedField[] = []): (Field | null)[] {
  const free = callings(of, customs);
  function taken(called: string): Field | null {
    const field = free.get(called) ?? null;
    for (const [other, its] of free) if (its === field) free.delete(other);
    return field;
  }
  const keys = names.map((name) => (of === "candidates" ? keyInTitle(name) : null));
  const titled = keys.map((key) => (key === null ? null : taken(customTitle(key))));
  return names.map((name, place) => (keys[place] === null ? taken(bare(name)) : (titled[place] ?? null)));
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
