import { and, asc, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { contact, contactPerson, placement } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import {
  all,
  build,
  cell,
  first,
  must,
  mustHaveChanged,
  raw,
  run,
  type Statement,
  stays,
  unlessTaken,
} from "../../db/statement.ts";
import type { Reason } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type { ContactId, ContactPersonId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { phonePart } from "../kernel/shapes.ts";
import type { ContactPerson, ContactSort, EditContact, EditContactPerson, ListContacts } from "./contract.ts";
import { peopleMax } from "./policy.ts";

const { organizationId: _, nameFolded: __, notes, ...listed } = getTableColumns(contact);
const { organizationId: ___, ...shownPerson } = getTableColumns(contactPerson);

const isThis = (scope: MemberScope, contactId: ContactId) =>
  and(eq(contact.id, contactId), eq(contact.organizationId, scope.organizationId));

type Person = Pick<ContactPerson, "id" | "firstName" | "lastName" | "email" | "phone" | "position">;

/** With a contact of a list: in the order in which they were added. */
function peopleThere() {
  const { id, firstName, lastName, email, phone, position } = contactPerson;
  const one = sql`json_object('id', ${id}, 'firstName', ${firstName}, 'lastName', ${lastName}, 'email', ${email}, 'phone', ${phone}, 'position', ${position})`;
  const theirs = sql`select ${one} as one from ${contactPerson} where ${contactPerson.contactId} = ${contact.id} order by ${id} limit ${peopleMax}`;
  return sql`(select json_group_array(json(one)) from (${theirs}) as there)`.mapWith((text: string): Person[] =>
    JSON.parse(text),
  );
}

const noPeople = () => sql`'[]'`.mapWith((): Person[] => []);

/** With the people there. */
export function contactInFull(scope: MemberScope, contactId: ContactId) {
  const isTheirs = and(eq(contactPerson.contactId, contactId), eq(contactPerson.organizationId, scope.organizationId));
  return {
    contact: first(
      build
        .select({ ...listed, notes })
        .from(contact)
        .where(isThis(scope, contactId)),
    ),
    people: all(
      build.select(shownPerson).from(contactPerson).where(isTheirs).orderBy(contactPerson.id).limit(peopleMax),
    ),
  };
}

/** Goes before whatever is changed of it. */
export function mustBeThere(scope: MemberScope, contactId: ContactId): Statement<void> {
  return must(sql`exists (select 1 from ${contact} where ${isThis(scope, contactId)})`, "not_found");
}

type NewContact = Omit<typeof contact.$inferInsert, "organizationId" | "nameFolded">;

/** Unless one has its address: `holderOf` tells which. */
export function insertContact({ organizationId }: MemberScope, values: NewContact): Statement<number> {
  const row = { ...values, organizationId, nameFolded: folded(values.name) };
  return run(build.insert(contact).values(row).onConflictDoNothing());
}

/** Whose address this is, after what was written. */
export function holderOf(scope: MemberScope, primaryEmail: string) {
  const isTheirs = and(eq(contact.organizationId, scope.organizationId), eq(contact.primaryEmail, primaryEmail));
  return first(build.select({ id: contact.id }).from(contact).where(isTheirs));
}

/** Unless another has that address: `holderOf` tells which. */
export function updateContact(scope: MemberScope, { contactId, ...values }: EditContact): Statement<number> {
  const { name, primaryEmail } = values;
  const isFree =
    typeof primaryEmail === "string"
      ? sql`not exists (select 1 from ${contact} as other where other.organization_id = ${scope.organizationId} and other.primary_email = ${primaryEmail} and other.id <> ${contactId})`
      : undefined;
  const changed = { ...values, nameFolded: name && folded(name), ...stays(contact.createdAt) };
  return run(
    build
      .update(contact)
      .set(changed)
      .where(and(isThis(scope, contactId), isFree)),
  );
}

// Many at once, by what they are known by: their address, or of those that have none their name.

/** Each of these looked up by itself: SQLite would rather walk through all there are. */
function havingOneOf(values: readonly string[], index: string, { organizationId }: MemberScope, isIt: SQL): SQL {
  const told = sql`json_each(${JSON.stringify(values)}) as told cross join ${contact} indexed by ${sql.raw(index)}`;
  return sql`select ${contact.id} from ${told} on ${contact.organizationId} = ${organizationId} and ${isIt}`;
}

const havingEmails = (scope: MemberScope, emails: readonly string[]) =>
  havingOneOf(emails, "contact_once", scope, sql`${contact.primaryEmail} = told.value`);
const havingNames = (scope: MemberScope, names: readonly string[]) => {
  const isIt = sql`${contact.nameFolded} = told.value and ${contact.primaryEmail} is null`;
  return havingOneOf(names.map(folded), "contact_by_name", scope, isIt);
};

type Known = { readonly emails: readonly string[]; readonly names: readonly string[] };

export function contactsKnownBy(scope: MemberScope, { emails, names }: Known, withPeople = false) {
  return all(
    build
      .select({ ...listed, notes, people: withPeople ? peopleThere() : noPeople() })
      .from(contact)
      .where(sql`${contact.id} in (${havingEmails(scope, emails)} union ${havingNames(scope, names)})`)
      .orderBy(contact.id),
  );
}

/** None without an address is called so. */
export function namesAreFree(scope: MemberScope, names: readonly string[]): Statement<void> {
  return must(sql`not exists (${havingNames(scope, names)})`, "moved_on");
}

export function enterContact({ organizationId }: MemberScope, values: NewContact): Statement<number> {
  const row = { ...values, organizationId, nameFolded: folded(values.name) };
  return unlessTaken(run(build.insert(contact).values(row)), "moved_on");
}

/** Whatever it is known by stays. */
export function changeContact(scope: MemberScope, change: Omit<EditContact, "primaryEmail">): Statement<unknown>[] {
  return [updateContact(scope, change), mustHaveChanged("moved_on")];
}

/** These of them are there still, and nobody besides. */
export function changePeople(
  scope: MemberScope,
  contactId: ContactId,
  before: number,
  changes: readonly EditContactPerson[],
): Statement<unknown>[] {
  const count = sql`(select count(*) from ${contactPerson} where ${contactPerson.contactId} = ${contactId})`;
  const asRead = sql`${count} = ${before} and exists (select 1 from ${contact} where ${isThis(scope, contactId)})`;
  return [must(asRead, "moved_on"), ...changes.flatMap((change) => personEdited(scope, change, "moved_on"))];
}

/** In one statement, however many there are and wherever; their contacts are there by then. */
export function enterPeople(
  { organizationId }: MemberScope,
  people: readonly Omit<ContactPerson, "createdAt">[],
  createdAt: Date,
): Statement<void>[] {
  if (people.length === 0) return [];
  const rows = JSON.stringify(
    people.map(({ id, contactId, ...told }) => [
      ...[id, contactId, told.firstName, told.lastName, told.email, told.phone, told.position],
    ]),
  );
  const cells = sql`value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6`;
  return [
    raw(
      sql`insert into ${contactPerson} (id, contact_id, first_name, last_name, email, phone, position, organization_id, created_at) select ${cells}, ${organizationId}, ${createdAt.getTime()} from json_each(${rows})`,
      () => undefined,
    ),
  ];
}

/** With the people there. What has happened in a pipeline stays to be read, and so whom it was about. */
export function deleteContact(scope: MemberScope, contactId: ContactId): Statement<unknown>[] {
  const isTheirs = and(eq(contactPerson.contactId, contactId), eq(contactPerson.organizationId, scope.organizationId));
  const isPlaced = sql`exists (select 1 from ${placement} where ${placement.contactId} = ${contactId} and ${placement.organizationId} = ${scope.organizationId})`;
  return [
    must(sql`not ${isPlaced}`, "contact_placed"),
    run(build.delete(contactPerson).where(isTheirs)),
    run(build.delete(contact).where(isThis(scope, contactId))),
    mustHaveChanged("not_found"),
  ];
}

// The people there.

export function insertPerson({ organizationId }: MemberScope, values: ContactPerson): Statement<unknown>[] {
  const count = sql`(select count(*) from ${contactPerson} where ${contactPerson.contactId} = ${values.contactId})`;
  return [
    run(build.insert(contactPerson).values({ ...values, organizationId })),
    must(sql`${count} <= ${peopleMax}`, "list_full", { max: peopleMax }),
  ];
}

const isPerson = (scope: MemberScope, personId: ContactPersonId) =>
  and(eq(contactPerson.id, personId), eq(contactPerson.organizationId, scope.organizationId));

function personEdited(scope: MemberScope, { personId, ...values }: EditContactPerson, unlessThere: Reason) {
  const edited = build.update(contactPerson).set({ ...values, ...stays(contactPerson.createdAt) });
  return [run(edited.where(isPerson(scope, personId))), mustHaveChanged(unlessThere)] as const;
}

/** And what they are then. */
export function updatePerson(scope: MemberScope, change: EditContactPerson) {
  const shown = build.select(shownPerson).from(contactPerson).where(isPerson(scope, change.personId));
  return [...personEdited(scope, change, "not_found"), first(shown)] as const;
}

export function deletePerson(scope: MemberScope, personId: ContactPersonId): Statement<unknown>[] {
  return [run(build.delete(contactPerson).where(isPerson(scope, personId))), mustHaveChanged("not_found")];
}

// A list walks one index: of all in its order, or of one type. A page without a search costs what it shows. A search is looked for within
// the index, and after `looksMax` the page ends, full or not: `stop` says where the next goes on (decision 024).

/** Where the page before ended: what the order goes by, and the id. */
export type Place = readonly [key: string, id: string];

type Lane = Pick<ListContacts, "contactType"> & { readonly sort: ContactSort };

function laneOf({ organizationId }: MemberScope, { sort, contactType }: Lane) {
  const index = `contact_${contactType === undefined ? "" : "of_type_"}by_${sort}`;
  const isOfType = contactType && eq(contact.contactType, contactType);
  return {
    along: sql`from ${contact} indexed by ${sql.raw(index)}`,
    inLane: and(eq(contact.organizationId, organizationId), isOfType),
    order: sort === "created" ? [desc(contact.id)] : [asc(contact.nameFolded), asc(contact.id)],
  };
}

const inOrder = (order: readonly SQL[]) => sql`order by ${sql.join([...order], sql`, `)}`;

/** Behind a place, or as far as one, it included. */
const isBehind = (sort: ContactSort, key: unknown, id: unknown) =>
  sort === "created" ? sql`${contact.id} < ${id}` : sql`(${contact.nameFolded}, ${contact.id}) > (${key}, ${id})`;
const isAsFarAs = (sort: ContactSort, key: unknown, id: unknown) =>
  sort === "created" ? sql`${contact.id} >= ${id}` : sql`(${contact.nameFolded}, ${contact.id}) <= (${key}, ${id})`;

/** A number is looked for as it is kept, however it is written. */
function holds(search: string): SQL {
  const digits = phonePart(search);
  const inNumber = digits === null ? sql`` : sql` or ${contains(contact.primaryPhone, digits)}`;
  return sql`(${contains(contact.nameFolded, search)} or ${contains(contact.primaryEmail, search)}${inNumber})`;
}

function shownOf(ids: SQL, order: readonly SQL[], limit: number, inFull = false) {
  const more = inFull ? { notes, people: peopleThere() } : { notes: sql<string>`''`, people: noPeople() };
  return all(
    build
      .select({ ...listed, nameFolded: contact.nameFolded, ...more })
      .from(contact)
      .where(sql`${contact.id} in (${ids})`)
      .orderBy(...order)
      .limit(limit),
  );
}

/** One row more than the page holds; and with a search, where it stopped looking, if before the end. */
export function listContacts(
  scope: MemberScope,
  input: ListContacts,
  after: Place | null,
  looksMax: number,
  inFull = false,
) {
  const { sort, search, size } = input;
  const { along, inLane, order } = laneOf(scope, input);
  const begun = after === null ? undefined : isBehind(sort, ...after);
  const limit = size + 1;
  if (search === undefined) {
    const ids = sql`select ${contact.id} ${along} where ${and(inLane, begun)} ${inOrder(order)} limit ${limit}`;
    return { rows: shownOf(ids, order, limit, inFull) };
  }
  const place = sql`select ${contact.nameFolded} as key, ${contact.id} as id`;
  const looked = sql`with stop as materialized (${place} ${along} where ${and(inLane, begun)} ${inOrder(order)} limit 1 offset ${looksMax - 1})`;
  // To SQLite every blob comes after every text.
  const end = sort === "created" ? sql`''` : sql`x''`;
  const [stopKey, stopId] = ["key", "id"].map((name) => sql`coalesce((select ${sql.raw(name)} from stop), ${end})`);
  const ended = isAsFarAs(sort, stopKey, stopId);
  const ids = sql`${looked} select ${contact.id} ${along} where ${and(inLane, begun, ended, holds(search))} ${inOrder(order)} limit ${limit}`;
  return {
    rows: shownOf(ids, order, limit, inFull),
    stop: raw(sql`${looked} select key, id from stop`, ([row]): Place | null =>
      row ? [String(row[0]), String(row[1])] : null,
    ),
  };
}

/** Newest first: so many after so many, and how many there are, up to one more than `countMax`. */
export function numberedContacts(
  scope: MemberScope,
  { take, skip, contactType }: { readonly take: number; readonly skip: number } & Pick<ListContacts, "contactType">,
  countMax: number,
) {
  const { along, inLane, order } = laneOf(scope, { sort: "created", contactType });
  const ids = sql`select ${contact.id} ${along} where ${inLane} ${inOrder(order)} limit ${take} offset ${skip}`;
  return {
    items: shownOf(ids, order, take),
    count: cell<number>(sql`select count(*) from (select 1 ${along} where ${inLane} limit ${countMax} + 1)`),
  };
}
