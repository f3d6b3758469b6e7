// Contact: an outside organization, and the people there (applicant-tracking, organization contacts). Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf, pageSizeMax } from "../kernel/page.ts";
import { Email, line, PersonName, Phone, prose, Search } from "../kernel/shapes.ts";
import { contactTypes, nameMax, notesMax, positionMax, skipMax } from "./policy.ts";

const ContactType = z.enum(contactTypes);

export const Contact = z.object({
  id: idOf("con"),
  name: z.string(),
  contactType: ContactType,
  primaryEmail: z.nullable(z.string()),
  primaryPhone: z.nullable(z.string()),
  createdAt: z.date(),
});

export const ContactPerson = z.object({
  id: idOf("per"),
  contactId: idOf("con"),
  firstName: z.string(),
  lastName: z.string(),
  email: z.nullable(z.string()),
  phone: z.nullable(z.string()),
  /** What they are there. */
  position: z.nullable(z.string()),
  createdAt: z.date(),
});
export type ContactPerson = z.infer<typeof ContactPerson>;

/** People in the order in which they were added. */
export const ContactInFull = z.extend(Contact, { notes: z.string(), people: z.array(ContactPerson) });
export type ContactInFull = z.infer<typeof ContactInFull>;

const ContactName = line(nameMax);
const ContactNotes = prose(notesMax);

/** One address is one contact: it is what tells whether they are known. */
export const CreateContact = z.object({
  name: ContactName,
  contactType: ContactType,
  primaryEmail: z._default(z.nullable(Email), null),
  primaryPhone: z._default(z.nullable(Phone), null),
  notes: z._default(ContactNotes, ""),
});
export type CreateContact = z.infer<typeof CreateContact>;

export const ContactIn = z.object({ contactId: idOf("con") });
export type ContactIn = z.infer<typeof ContactIn>;

export const EditContact = z.extend(ContactIn, {
  name: z.optional(ContactName),
  contactType: z.optional(ContactType),
  primaryEmail: z.optional(z.nullable(Email)),
  primaryPhone: z.optional(z.nullable(Phone)),
  notes: z.optional(ContactNotes),
});
export type EditContact = z.infer<typeof EditContact>;

/** `created`: newest first. */
export const contactSorts = ["created", "name"] as const;
export type ContactSort = (typeof contactSorts)[number];

export const ListContacts = z.extend(PageIn, {
  sort: z._default(z.enum(contactSorts), "created"),
  contactType: z.optional(ContactType),
  /** Any part of the name, the address or the number. */
  search: z.optional(Search),
});
export type ListContacts = z.infer<typeof ListContacts>;

/** With a search a page can hold fewer than asked for, or none, and not be the last: that is the one without a `nextCursor`. */
export const ContactPage = pageOf(Contact);

/** For small sets: newest first, so many of them after so many. */
export const ListContactPage = z.object({
  take: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(pageSizeMax)), 20),
  skip: z._default(z.number().check(z.int(), z.minimum(0), z.maximum(skipMax)), 0),
  contactType: z.optional(ContactType),
});
export type ListContactPage = z.infer<typeof ListContactPage>;

/** `isTotalCapped`: there are more than `total` says. */
export const NumberedContactPage = z.object({
  items: z.array(Contact),
  total: z.number().check(z.int()),
  isTotalCapped: z.boolean(),
});
export type NumberedContactPage = z.infer<typeof NumberedContactPage>;

const Position = line(positionMax);

export const AddContactPerson = z.extend(ContactIn, {
  firstName: PersonName,
  lastName: PersonName,
  email: z._default(z.nullable(Email), null),
  phone: z._default(z.nullable(Phone), null),
  position: z._default(z.nullable(Position), null),
});
export type AddContactPerson = z.infer<typeof AddContactPerson>;

export const ContactPersonIn = z.object({ personId: idOf("per") });
export type ContactPersonIn = z.infer<typeof ContactPersonIn>;

export const EditContactPerson = z.extend(ContactPersonIn, {
  firstName: z.optional(PersonName),
  lastName: z.optional(PersonName),
  email: z.optional(z.nullable(Email)),
  phone: z.optional(z.nullable(Phone)),
  position: z.optional(z.nullable(Position)),
});
export type EditContactPerson = z.infer<typeof EditContactPerson>;
