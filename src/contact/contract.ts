// Contact: an outside organization, and the people there (applicant-tracking, organization contacts). Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf, pageSizeMax } from "../kernel/page.ts";
import { Email, line, PersonName, Phone, prose, Search } from "../kernel/shapes.ts";
import { contactTypes, nameMax, notesMax, positionMax, skipMax } from "./policy.ts";

const ContactType = z.enum(contactTypes);

export const Contact = z.object({
  id: idOf("con"),
  name: z.string(),
  contactType: ContactType,
  primaryEmail: z.string().nullable(),
  primaryPhone: z.string().nullable(),
  createdAt: z.date(),
});

export const ContactPerson = z.object({
  id: idOf("per"),
  contactId: idOf("con"),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  /** What they are there. */
  position: z.string().nullable(),
  createdAt: z.date(),
});
export type ContactPerson = z.infer<typeof ContactPerson>;

/** People in the order in which they were added. */
export const ContactInFull = Contact.extend({ notes: z.string(), people: z.array(ContactPerson) });
export type ContactInFull = z.infer<typeof ContactInFull>;

const ContactName = line(nameMax);
const ContactNotes = prose(notesMax);

/** One address is one contact: it is what tells whether they are known. */
export const CreateContact = z.object({
  name: ContactName,
  contactType: ContactType,
  primaryEmail: Email.nullable().default(null),
  primaryPhone: Phone.nullable().default(null),
  notes: ContactNotes.default(""),
});
export type CreateContact = z.infer<typeof CreateContact>;

export const ContactIn = z.object({ contactId: idOf("con") });
export type ContactIn = z.infer<typeof ContactIn>;

export const EditContact = ContactIn.extend({
  name: ContactName.optional(),
  contactType: ContactType.optional(),
  primaryEmail: Email.nullable().optional(),
  primaryPhone: Phone.nullable().optional(),
  notes: ContactNotes.optional(),
});
export type EditContact = z.infer<typeof EditContact>;

/** `created`: newest first. */
export const contactSorts = ["created", "name"] as const;
export type ContactSort = (typeof contactSorts)[number];

export const ListContacts = PageIn.extend({
  sort: z.enum(contactSorts).default("created"),
  contactType: ContactType.optional(),
  /** Any part of the name, the address or the number. */
  search: Search.optional(),
});
export type ListContacts = z.infer<typeof ListContacts>;

/** With a search a page can hold fewer than asked for, or none, and not be the last: that is the one without a `nextCursor`. */
export const ContactPage = pageOf(Contact);

/** For small sets: newest first, so many of them after so many. */
export const ListContactPage = z.object({
  take: z.number().int().min(1).max(pageSizeMax).default(20),
  skip: z.number().int().min(0).max(skipMax).default(0),
  contactType: ContactType.optional(),
});
export type ListContactPage = z.infer<typeof ListContactPage>;

/** `isTotalCapped`: there are more than `total` says. */
export const NumberedContactPage = z.object({
  items: z.array(Contact),
  total: z.number().int(),
  isTotalCapped: z.boolean(),
});
export type NumberedContactPage = z.infer<typeof NumberedContactPage>;

const Position = line(positionMax);

export const AddContactPerson = ContactIn.extend({
  firstName: PersonName,
  lastName: PersonName,
  email: Email.nullable().default(null),
  phone: Phone.nullable().default(null),
  position: Position.nullable().default(null),
});
export type AddContactPerson = z.infer<typeof AddContactPerson>;

export const ContactPersonIn = z.object({ personId: idOf("per") });
export type ContactPersonIn = z.infer<typeof ContactPersonIn>;

export const EditContactPerson = ContactPersonIn.extend({
  firstName: PersonName.optional(),
  lastName: PersonName.optional(),
  email: Email.nullable().optional(),
  phone: Phone.nullable().optional(),
  position: Position.nullable().optional(),
});
export type EditContactPerson = z.infer<typeof EditContactPerson>;
