import { newId } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import type { Stage } from "../../support/stage.ts";
import { newEmail } from "../../support/world.ts";
import { type Case, forMembers, withoutCursor } from "./case.ts";

const acme = () => ({
  ...{ name: "Acme Corporation", contactType: "CLIENT" as const, primaryEmail: newEmail("acme") },
  primaryPhone: "+1-555-0100",
});
const wile = { firstName: "Wile", lastName: "Coyote", email: "wile@example.com", position: "Head of Purchasing" };

/** Whoever is in no organization of ours has contacts of their own. */
const theirsToo = { stranger: "ok" } as const;

const known = async ({ house }: Stage) => ({ contactId: (await house.owner.client.contact.create.mutate(acme())).id });

async function knownPerson(stage: Stage) {
  const { id } = await stage.house.owner.client.contact.addPerson.mutate({ ...(await known(stage)), ...wile });
  return { personId: id };
}

export const contactCases: Readonly<Record<string, Case>> = {
  "contact.create": forMembers("recruiter", { but: theirsToo, prepare: () => ({ input: acme() }) }),
  "contact.get": forMembers("recruiter", { prepare: async (stage) => ({ input: await known(stage) }) }),
  "contact.edit": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await known(stage)), ...acme(), contactType: "CUSTOMER" } }),
  }),
  "contact.remove": forMembers("recruiter", { prepare: async (stage) => ({ input: await known(stage) }) }),
  "contact.list": forMembers("recruiter", {
    but: theirsToo,
    prepare: () => ({ input: { size: 5, search: "a" } }),
    ways: () => ({
      orders: [
        {
          input: { sort: "created" },
          cursor: encodeCursor("contacts, newest first", ["a", newId("con")]),
        },
        { input: { sort: "name" }, cursor: encodeCursor("contacts by name", ["a", newId("con")]) },
      ],
      filters: [
        { contactType: "LEAD" },
        { search: "a" },
        { search: "555-01" },
        { contactType: "LEAD", search: "555-01" },
      ],
    }),
  }),
  "contact.listPage": forMembers("recruiter", {
    but: theirsToo,
    prepare: () => ({ input: { take: 5, skip: 1, contactType: "CLIENT" } }),
    ways: withoutCursor({ contactType: "CLIENT" }),
  }),
  "contact.addPerson": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await known(stage)), ...wile } }),
  }),
  "contact.editPerson": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await knownPerson(stage)), phone: "+1 555 0199" } }),
  }),
  "contact.removePerson": forMembers("recruiter", {
    prepare: async (stage) => ({ input: await knownPerson(stage) }),
  }),
};
