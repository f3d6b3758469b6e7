import { sql } from "drizzle-orm";
import { index, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { contactTypes } from "../../src/contact/policy.ts";
import { id, instant } from "./columns.ts";
import { organization } from "./organization.ts";

/** An outside organization. */
export const contact = sqliteTable(
  "contact",
  {
    id: id("id", "con").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    /** The name again, folded, for search and order. */
    nameFolded: text("name_folded").notNull(),
    contactType: text("contact_type", { enum: contactTypes }).notNull(),
    primaryEmail: text("primary_email"),
    primaryPhone: text("primary_phone"),
    notes: text("notes").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => {
    // What is searched stands in each order as well: who looks through thousands reads no rows.
    const searched = [table.primaryEmail, table.primaryPhone] as const;
    const { organizationId, contactType, nameFolded } = table;
    return [
      index("contact_by_created").on(organizationId, table.id, nameFolded, ...searched),
      index("contact_by_name").on(organizationId, nameFolded, table.id, ...searched),
      index("contact_of_type_by_created").on(organizationId, contactType, table.id, nameFolded, ...searched),
      index("contact_of_type_by_name").on(organizationId, contactType, nameFolded, table.id, ...searched),
      uniqueIndex("contact_once").on(organizationId, table.primaryEmail).where(sql`primary_email is not null`),
    ];
  },
);

/** Somebody at a contact. */
export const contactPerson = sqliteTable(
  "contact_person",
  {
    id: id("id", "per").primaryKey(),
    organizationId: id("organization_id", "org")
      .notNull()
      .references(() => organization.id),
    contactId: id("contact_id", "con")
      .notNull()
      .references(() => contact.id),
    firstName: text("first_name").notNull(),
    lastName: text("last_name").notNull(),
    email: text("email"),
    phone: text("phone"),
    position: text("position"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [index("person_of_contact").on(table.contactId, table.id)],
);
