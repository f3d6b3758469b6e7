// What becomes of each row of a table. A rehearsal and the import itself ask this same code, which knows no database: they cannot come to
// something else. Pure.
import { peopleMax } from "../contact/policy.ts";
import type { CandidateCells, ColumnsOf, ContactCells, FullName, PersonCells } from "../csv/columns.ts";
import { type CustomFields, customChange, customFieldOf, readCustom } from "../csv/custom.ts";
import type { CustomField, Field, Subject } from "../csv/words.ts";
import type { Change, FieldRules, FieldValue } from "../field/policy.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId, ContactId, ContactPersonId } from "../kernel/ids.ts";
import { advanceCandidate, type CandidateStanding, type CandidateVerb, stepTowards } from "../record/machine.ts";
import { type ExternalId, externalIdsMax } from "../record/policy.ts";
import type { KnownBy, OnKnown, Problem, RowOutcome } from "./policy.ts";

// Columns.

/** What each column is taken for, in their order. */
export type Mapping = readonly (Field | null)[];

/** Fields without which nothing could come of any row. */
export function fieldsMissing(of: Subject, mapping: Mapping, onKnown: OnKnown): Field[] {
  const lacks = (field: Field) => !mapping.includes(field);
  if (of === "contacts") {
    if (onKnown === "update") return lacks("email") && lacks("name") ? ["name"] : [];
    return (["name", "contactType"] as const).filter(lacks);
  }
  const names = lacks("fullName") && onKnown === "skip" ? (["firstName", "lastName"] as const).filter(lacks) : [];
  return [...(lacks("email") ? (["email"] as const) : []), ...names];
}

// A row as it is read.

/** `row` as spreadsheets number it: the head is the first. */
export type Line = { readonly row: number; readonly cells: readonly string[]; readonly isBroken: boolean };

type CustomCell = { readonly field: CustomField; readonly cell: string };

export type ReadLine<Cells> = {
  readonly row: number;
  readonly values: Cells;
  /** Of custom fields, whatever they are by then. */
  readonly customCells: readonly CustomCell[];
  readonly problems: readonly Problem[];
};

export const isCustom = (field: Field | null): field is CustomField => field?.startsWith("customFields.") === true;

export function readLine<Cells extends object>(
  columns: ColumnsOf<Cells>,
  mapping: Mapping,
  { row, cells, isBroken }: Line,
): ReadLine<Partial<Cells>> {
  const values: Partial<Cells> = {};
  const customCells: CustomCell[] = [];
  const problems: Problem[] = [];
  const isColumn = (field: string): field is keyof Cells & Field => field in columns;
  function take<Name extends keyof Cells & Field>(field: Name, cell: string): void {
    const { keepsSpaces, read } = columns[field];
    const told = read(keepsSpaces ? cell : cell.trim());
    if ("problem" in told) problems.push({ field, problem: told.problem });
    else values[field] = told.value;
  }
  if (isBroken) return { row, values, customCells, problems: [{ field: null, problem: "broken_quotes" }] };
  for (const [place, cell] of cells.entries()) {
    const field = mapping[place];
    if (cell.trim() === "" || field === null) continue;
    if (field !== undefined && isColumn(field)) take(field, cell);
    else if (field !== undefined && isCustom(field)) customCells.push({ field, cell: cell.trim() });
    // Those behind one cell too many stand under another's title: what else is wrong with them says nothing.
    else return { row, values, customCells, problems: [{ field: null, problem: "too_many_cells" }] };
  }
  return { row, values, customCells, problems };
}

/** What a line tells of custom fields, as they are now. */
type Given = { readonly field: FieldRules; readonly value: FieldValue };

function withCustoms<Cells>({ customCells, ...line }: ReadLine<Cells>, customs: CustomFields): KnownLine<Cells> {
  const given: Given[] = [];
  const problems = [...line.problems];
  for (const { field: column, cell } of customCells) {
    const field = customs.get(column);
    const told = field ? readCustom(field, cell) : ({ problem: "field_archived" } as const);
    if ("problem" in told) problems.push({ field: column, problem: told.problem });
    else if (field) given.push({ field, value: told.value });
  }
  return { ...line, given, problems };
}

type KnownLine<Cells> = Omit<ReadLine<Cells>, "customCells"> & { readonly given?: readonly Given[] };

// What becomes of it.

type Decision<Id, Fresh, Change> = {
  readonly outcome: Exclude<RowOutcome, "repeated">;
  readonly knownId?: Id;
  readonly knownBy?: KnownBy;
  readonly problems?: readonly Problem[];
  readonly fresh?: Fresh;
  readonly change?: Change;
  /** What else they are known by, or were until this row. */
  readonly formerKeys?: readonly string[];
};

export type Plan<Id, Fresh, Change> = {
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly knownId: Id | null;
  readonly knownBy: KnownBy | null;
  /** Which row told of the same before. */
  readonly earlierRow: number | null;
  readonly problems: readonly Problem[];
  /** What nobody else in this file is known by from here on. */
  readonly keys: readonly string[];
  readonly fresh: Fresh | null;
  readonly change: Change | null;
};

/** By key: the row that came first. */
export type Earlier = ReadonlyMap<string, number>;

const comesToSomething: ReadonlySet<RowOutcome> = new Set(["created", "updated", "unchanged"]);

/** One row after the other, each in the light of those before it. */
function planned<Cells, Id, Fresh, Change>(
  lines: readonly KnownLine<Cells>[],
  earlier: Earlier,
  keysOf: (values: Cells) => readonly string[],
  decide: (values: Cells, given: readonly Given[]) => Decision<Id, Fresh, Change>,
): Plan<Id, Fresh, Change>[] {
  const taken = new Map(earlier);
  const nothing = { knownId: null, knownBy: null, earlierRow: null, keys: [], fresh: null, change: null };
  return lines.map(({ row, values, given = [], problems }) => {
    if (problems.length > 0) return { ...nothing, row, outcome: "invalid", problems };
    const own = keysOf(values);
    const [earlierRow] = own.flatMap((key) => taken.get(key) ?? []);
    if (earlierRow !== undefined) return { ...nothing, row, outcome: "repeated", earlierRow, problems: [] };
    const { formerKeys = [], ...decided } = decide(values, given);
    const keys = comesToSomething.has(decided.outcome) ? [...own, ...formerKeys].filter((key) => !taken.has(key)) : [];
    for (const key of keys) taken.set(key, row);
    return { ...nothing, problems: [], ...decided, row, keys };
  });
}

const missing = <Of extends Field>(...fields: readonly Of[]): Problem[] =>
  fields.map((field) => ({ field, problem: "missing" }));

// Candidates.

export type KnownCandidate = CandidateStanding & {
  readonly id: CandidateId;
  readonly email: string;
  /** Of records that became part of theirs. */
  readonly formerEmails: readonly string[];
  readonly phone: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly source: string | null;
  readonly tags: readonly string[];
  readonly externalIds: readonly ExternalId[];
  readonly language: string;
  readonly timeZone: string;
  readonly handRating: number | null;
  readonly customFields: Readonly<Record<string, FieldValue>>;
};

/** Who is to be entered, and how far they have come since. */
export type FreshCandidate = FullName &
  Omit<CandidateCells, "email" | "fullName"> & {
    readonly email: string;
    readonly standing: CandidateStanding;
    readonly verb: CandidateVerb | null;
    readonly customs: readonly Change[];
  };

export type CandidateChange = Omit<
  CandidateCells,
  "email" | "fullName" | "appliedDate" | "rejectDate" | "hiredDate"
> & { readonly customs?: readonly Change[] };

export type CandidatePlan = Plan<CandidateId, FreshCandidate, CandidateChange>;

export const emailKey = (email: string) => `e:${email}`;
export const phoneKey = (phone: string) => `p:${phone}`;
export const nameKey = (name: string) => `n:${folded(name)}`;

export const externalKey = ({ system, id }: ExternalId) => `x:${system}:${id}`;

export function candidateKeys({ email, phone, externalIds = [] }: CandidateCells): string[] {
  return [
    ...(email === undefined ? [] : [emailKey(email)]),
    ...(phone === undefined ? [] : [phoneKey(phone)]),
    ...externalIds.map(externalKey),
  ];
}

const newcomer: CandidateStanding = { status: "APPLIED", previousStatus: null, rejectDate: null, hiredDate: null };

/** What comes of it for who has these values; whether that is anything at all. */
function customChanges(given: readonly Given[], has: KnownCandidate["customFields"]) {
  const changes: Change[] = [];
  const problems: Problem[] = [];
  for (const { field, value } of given) {
    const told = customChange(field, value, has);
    if ("problem" in told) problems.push({ field: customFieldOf(field.key), problem: told.problem });
    else if (told.value) changes.push(told.value);
  }
  return { changes, problems };
}

function freshCandidate(
  email: string,
  { fullName, firstName = fullName?.firstName, lastName = fullName?.lastName, ...values }: CandidateCells,
  given: readonly Given[],
  today: string,
): { readonly fresh: FreshCandidate } | { readonly problems: Problem[] } {
  const { status = "APPLIED", rejectDate, hiredDate } = values;
  const { changes: customs, problems: unfit } = customChanges(given, {});
  const problems = [
    ...(firstName === undefined ? missing("firstName") : []),
    ...(lastName === undefined ? missing("lastName") : []),
    ...(rejectDate !== undefined && status !== "REJECTED" ? (["rejectDate"] as const) : []),
    ...(hiredDate !== undefined && status !== "HIRED" ? (["hiredDate"] as const) : []),
    ...unfit,
  ].map((one): Problem => (typeof one === "string" ? { field: one, problem: "not_its_status" } : one));
  if (firstName === undefined || lastName === undefined || problems.length > 0) return { problems };
  const verb = stepTowards(newcomer, status)?.verb ?? null;
  const standing = (verb && advanceCandidate(newcomer, verb, rejectDate ?? hiredDate ?? today)) ?? newcomer;
  return { fresh: { ...values, email, firstName, lastName, standing, verb, customs } };
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Of what the row tells, what is not so already. The days on which they came so far are their own history's to tell; what other systems call
 * them comes to what is known of that.
 */
function candidateChange(
  { email: _, fullName, appliedDate: __, rejectDate: ___, hiredDate: ____, externalIds = [], ...told }: CandidateCells,
  known: KnownCandidate,
  customs: readonly Change[],
): CandidateChange {
  const goesBy = new Set(known.externalIds.map(externalKey));
  const added = externalIds.filter((one) => !goesBy.has(externalKey(one)));
  const all: CandidateChange = { ...fullName, ...told, externalIds: [...known.externalIds, ...added] };
  const before: { readonly [Name in keyof CandidateChange]: unknown } = { ...known, rating: known.handRating };
  const names = (Object.keys(all) as (keyof CandidateChange)[]).filter((name) => !isSame(all[name], before[name]));
  return { ...Object.fromEntries(names.map((name) => [name, all[name]])), ...(customs.length > 0 && { customs }) };
}

const othersId: Problem = { field: "externalIds", problem: "external_id_taken" };

type CandidateLook = {
  /** All who have one of the addresses or one of the numbers in these lines. */
  readonly known: readonly KnownCandidate[];
  /** Who goes by what of the external ids in these lines. */
  readonly goBy: readonly (ExternalId & { readonly candidateId: CandidateId })[];
  readonly earlier: Earlier;
  readonly customs: CustomFields;
  readonly onKnown: OnKnown;
  /** Where the organization is. */
  readonly today: string;
};

/**
 * Somebody is known by their address, else by their number. Who is known by the number alone is never changed: another address is given them
 * by `candidate.correctAddress`, by a person who looks at both.
 */
export function planCandidates(
  lines: readonly ReadLine<CandidateCells>[],
  { known, goBy, earlier, customs, onKnown, today }: CandidateLook,
): CandidatePlan[] {
  const formerly = known.flatMap((one) => one.formerEmails.map((email) => [email, one] as const));
  const byEmail = new Map([...formerly, ...known.map((one) => [one.email, one] as const)]);
  const ownerOf = new Map(goBy.map((one) => [externalKey(one), one.candidateId]));
  const isTaken = (ids: readonly ExternalId[] = [], by?: CandidateId) =>
    ids.some((one) => ![undefined, by].includes(ownerOf.get(externalKey(one))));
  const byPhone = new Map(known.toReversed().flatMap((one) => (one.phone === null ? [] : [[one.phone, one] as const])));
  const inFull = lines.map((line) => withCustoms(line, customs));
  return planned(
    inFull,
    earlier,
    candidateKeys,
    (values, given): Decision<CandidateId, FreshCandidate, CandidateChange> => {
      const { email, phone, status, externalIds } = values;
      if (email === undefined) return { outcome: "invalid", problems: missing("email") };
      const one = byEmail.get(email);
      const other = phone === undefined ? undefined : byPhone.get(phone);
      if (!one) {
        if (other) return { outcome: "skipped", knownId: other.id, knownBy: "phone" };
        if (isTaken(externalIds)) return { outcome: "invalid", problems: [othersId] };
        const made = freshCandidate(email, values, given, today);
        return "fresh" in made ? { outcome: "created", ...made } : { outcome: "invalid", ...made };
      }
      const isKnown = { knownId: one.id, knownBy: "email" } as const;
      if (onKnown === "skip") return { outcome: "skipped", ...isKnown };
      const { changes, problems } = customChanges(given, one.customFields);
      const change = candidateChange(values, one, changes);
      if (change.phone !== undefined && other && other.id !== one.id)
        problems.push({ field: "phone", problem: "phone_taken" });
      if (status !== undefined && stepTowards(one, status)?.leads === false)
        problems.push({ field: "status", problem: "illegal_step" });
      if (isTaken(externalIds, one.id)) problems.push(othersId);
      if ((change.externalIds?.length ?? 0) > externalIdsMax)
        problems.push({ field: "externalIds", problem: "not_external_ids" });
      if (problems.length > 0) return { outcome: "invalid", ...isKnown, problems };
      const formerKeys = [one.email, ...one.formerEmails].map(emailKey);
      if (Object.keys(change).length === 0) return { outcome: "unchanged", ...isKnown, formerKeys };
      if (change.phone !== undefined && one.phone !== null) formerKeys.push(phoneKey(one.phone));
      return { outcome: "updated", ...isKnown, change, formerKeys };
    },
  );
}

// Contacts.

export type KnownContact = {
  readonly id: ContactId;
  readonly name: string;
  readonly contactType: string;
  readonly primaryEmail: string | null;
  readonly primaryPhone: string | null;
  readonly notes: string;
  /** Where the file tells of any: in the order in which they were added. */
  readonly people: readonly KnownPerson[];
};

export type KnownPerson = PersonCells & { readonly id: ContactPersonId };

export type FreshContact = Required<Pick<ContactCells, "name" | "contactType">> &
  Pick<ContactCells, "email" | "phone" | "notes" | "people">;
export type PersonChange = Partial<PersonCells> & { readonly personId: ContactPersonId };
export type PeopleChange = { readonly added: readonly PersonCells[]; readonly changed: readonly PersonChange[] };
export type ContactChange = Pick<ContactCells, "name" | "contactType" | "phone" | "notes"> & {
  readonly people?: PeopleChange;
};
export type ContactPlan = Plan<ContactId, FreshContact, ContactChange>;

/** One address is one contact; where a row has none, the name is all it is known by, among those that have none either. */
export function contactKeys({ email, name }: ContactCells): string[] {
  if (email !== undefined) return [emailKey(email)];
  return name === undefined ? [] : [nameKey(name)];
}

/** Of what is told of somebody, what is not so already: what is not told stays. */
function personChange(told: PersonCells, { id: personId, ...known }: KnownPerson): PersonChange {
  const names = (Object.keys(known) as (keyof PersonCells)[]).filter(
    (name) => told[name] !== null && told[name] !== known[name],
  );
  return { personId, ...Object.fromEntries(names.map((name) => [name, told[name]])) };
}

const personName = ({ firstName, lastName }: PersonCells) => folded(`${firstName} ${lastName}`);
const personFields = ["firstName", "lastName", "email", "phone", "position"] as const;

/** In the order in which somebody is looked for among those who are there. */
const isThem: readonly ((told: PersonCells, known: PersonCells) => boolean)[] = [
  (told, known) => personFields.every((name) => told[name] === known[name]),
  (told, known) => told.email !== null && told.email === known.email,
  (told, known) => (told.email === null || known.email === null) && personName(told) === personName(known),
];

/**
 * Who is there already is known by all that is told, else by their address, else, where one of both has none, by their name; each is one of those
 * who are told of. Nobody is taken away.
 */
function peopleChange(told: readonly PersonCells[], known: readonly KnownPerson[]): PeopleChange | null {
  const others = [...known];
  let strangers = told;
  const changed: PersonChange[] = [];
  for (const isSamePerson of isThem) {
    const left: PersonCells[] = [];
    for (const one of strangers) {
      const place = others.findIndex((other) => isSamePerson(one, other));
      const other = others[place];
      if (!other) left.push(one);
      else {
        others.splice(place, 1);
        const change = personChange(one, other);
        if (Object.keys(change).length > 1) changed.push(change);
      }
    }
    strangers = left;
  }
  return strangers.length + changed.length === 0 ? null : { added: strangers, changed };
}

function contactChange({ email: _, people: told = [], ...cells }: ContactCells, known: KnownContact): ContactChange {
  const before = { ...known, phone: known.primaryPhone };
  const names = (Object.keys(cells) as (keyof typeof cells)[]).filter((name) => !isSame(cells[name], before[name]));
  const people = peopleChange(told, known.people);
  return { ...Object.fromEntries(names.map((name) => [name, cells[name]])), ...(people && { people }) };
}

type ContactLook = Pick<CandidateLook, "earlier" | "onKnown"> & {
  /** All who have one of the addresses in these lines, or one of the names and no address; the first of a name first. */
  readonly known: readonly KnownContact[];
};

export function planContacts(
  lines: readonly ReadLine<ContactCells>[],
  { known, earlier, onKnown }: ContactLook,
): ContactPlan[] {
  const keyOf = ({ primaryEmail, name }: KnownContact) =>
    primaryEmail === null ? nameKey(name) : emailKey(primaryEmail);
  const byKey = Map.groupBy(known, keyOf);
  return planned(lines, earlier, contactKeys, (values): Decision<ContactId, FreshContact, ContactChange> => {
    const [key] = contactKeys(values);
    if (key === undefined) return { outcome: "invalid", problems: missing("name") };
    const same = byKey.get(key) ?? [];
    const isAsTold = (other: KnownContact) => Object.keys(contactChange(values, other)).length === 0;
    const one = same.find(isAsTold) ?? same[0];
    const { name, contactType, email } = values;
    if (!one) {
      if (name !== undefined && contactType !== undefined)
        return { outcome: "created", fresh: { ...values, name, contactType } };
      const lacking = [
        ...(name === undefined ? missing("name") : []),
        ...(contactType === undefined ? missing("contactType") : []),
      ];
      return { outcome: "invalid", problems: lacking };
    }
    const isKnown = { knownId: one.id, knownBy: email === undefined ? "name" : "email" } as const;
    if (onKnown === "skip") return { outcome: "skipped", ...isKnown };
    if (isAsTold(one)) return { outcome: "unchanged", ...isKnown };
    // Which of several is meant nobody can tell.
    if (same.length > 1) return { outcome: "skipped", ...isKnown };
    const change = contactChange(values, one);
    if (one.people.length + (change.people?.added.length ?? 0) > peopleMax)
      return { outcome: "invalid", ...isKnown, problems: [{ field: "people", problem: "too_many_people" }] };
    return { outcome: "updated", ...isKnown, change };
  });
}

/** How many of each there are. */
export function countOf(plans: readonly { readonly outcome: RowOutcome }[]): Readonly<Record<RowOutcome, number>> {
  const counts = { created: 0, updated: 0, unchanged: 0, skipped: 0, repeated: 0, invalid: 0 };
  for (const { outcome } of plans) counts[outcome] += 1;
  return counts;
}
