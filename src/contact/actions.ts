import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { ContactId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type {
  AddContactPerson,
  ContactIn,
  ContactInFull,
  ContactPerson,
  ContactPersonIn,
  CreateContact,
  EditContact,
  EditContactPerson,
  ListContactPage,
  ListContacts,
  NumberedContactPage,
} from "./contract.ts";
import { skipMax } from "./policy.ts";
import * as store from "./store.ts";

/** For who enters or changes many in one write. */
export const contactsKnownBy = store.contactsKnownBy;
export const namesAreFree = store.namesAreFree;
export const enterContact = store.enterContact;
export const changeContact = store.changeContact;
export const enterPeople = store.enterPeople;
export const changePeople = store.changePeople;

/** Nothing was written where somebody else has the address. */
function mustHold(holder: { readonly id: ContactId } | undefined, contactId: ContactId): void {
  if (holder && holder.id !== contactId) refuse("contact_known", { contactId: holder.id });
}

/** Refuses with `contact_known` and `{ contactId }` where one has that address (applicant-tracking, create contact). */
export async function createContact(deps: Deps, scope: MemberScope, input: CreateContact): Promise<ContactInFull> {
  const contact = { ...input, id: deps.newId("con"), createdAt: deps.now() };
  const { holder } = await deps.db.writeThenRead([store.insertContact(scope, contact)], holderIn(scope, input));
  mustHold(holder, contact.id);
  return { ...contact, people: [] };
}

/** Who has the address that was given, if one was. */
function holderIn(scope: MemberScope, { primaryEmail }: Pick<EditContact, "primaryEmail">) {
  return typeof primaryEmail === "string" ? { holder: store.holderOf(scope, primaryEmail) } : {};
}

/** With the people there. Refuses with `not_found`. */
export async function getContact(deps: Deps, scope: MemberScope, { contactId }: ContactIn): Promise<ContactInFull> {
  const { contact, people } = await deps.db.read(store.contactInFull(scope, contactId));
  return contact ? { ...contact, people } : refuse("not_found");
}

/** Changes what is given and leaves the rest. Refuses with `not_found`, and with `contact_known` and `{ contactId }`. */
export async function editContact(deps: Deps, scope: MemberScope, input: EditContact): Promise<ContactInFull> {
  const { contactId } = input;
  const { contact, people, holder } = await deps.db.writeThenRead(
    [store.mustBeThere(scope, contactId), store.updateContact(scope, input)],
    { ...store.contactInFull(scope, contactId), ...holderIn(scope, input) },
  );
  mustHold(holder, contactId);
  return contact ? { ...contact, people } : refuse("not_found");
}

/** With the people there. Refuses with `not_found`, and with `contact_placed` what stands, or once stood, in a pipeline. */
export async function removeContact(deps: Deps, scope: MemberScope, { contactId }: ContactIn) {
  await deps.db.write(store.deleteContact(scope, contactId));
  return { done: true as const };
}

/** So many a page looks at where a text is searched. */
export const looksMax = 2_000;

const orderOf = { created: "contacts, newest first", name: "contacts by name" } as const;

/** Newest first, or by name. With a search a page can end early: where it stopped looking, the next goes on. */
export async function listContacts(
  deps: Deps,
  scope: MemberScope,
  input: ListContacts,
  looks = looksMax,
  inFull = false,
) {
  const order = orderOf[input.sort];
  const after = keysOfCursor(order, input.cursor, ["string", "string"]);
  const { rows, stop } = await deps.db.read(store.listContacts(scope, input, after, looks, inFull));
  const cursorOf = (place: store.Place) => encodeCursor(order, place);
  const { items, nextCursor } = toPage(rows, input.size, ({ nameFolded, id }) => cursorOf([nameFolded, id]));
  return { items, nextCursor: nextCursor ?? (stop ? cursorOf(stop) : null) };
}

/** By number, as the document lists them (applicant-tracking, list contacts): for small sets. The count ends where what can be skipped does. */
export async function listContactPage(
  deps: Deps,
  scope: MemberScope,
  input: ListContactPage,
): Promise<NumberedContactPage> {
  const { items, count } = await deps.db.read(store.numberedContacts(scope, input, skipMax));
  return { items, total: Math.min(count, skipMax), isTotalCapped: count > skipMax };
}

/** Refuses with `not_found`, and with `list_full` and `{ max }`. */
export async function addContactPerson(
  deps: Deps,
  scope: MemberScope,
  input: AddContactPerson,
): Promise<ContactPerson> {
  const person = { ...input, id: deps.newId("per"), createdAt: deps.now() };
  await deps.db.write([store.mustBeThere(scope, input.contactId), ...store.insertPerson(scope, person)]);
  return person;
}

/** Changes what is given and leaves the rest. Refuses with `not_found`. */
export async function editContactPerson(
  deps: Deps,
  scope: MemberScope,
  input: EditContactPerson,
): Promise<ContactPerson> {
  const [, , edited] = await deps.db.write(store.updatePerson(scope, input));
  return edited ?? refuse("not_found");
}

/** Refuses with `not_found`. */
export async function removeContactPerson(deps: Deps, scope: MemberScope, { personId }: ContactPersonIn) {
  await deps.db.write(store.deletePerson(scope, personId));
  return { done: true as const };
}
