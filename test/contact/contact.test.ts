import { beforeAll, describe, expect, test } from "vitest";
import { contactTypes } from "../../src/contact/policy.ts";
import { type ContactId, newId } from "../../src/kernel/ids.ts";
import { insertMany } from "../support/many.ts";
import {
  type Client,
  database,
  givenMember,
  givenOrganization,
  type House,
  type Member,
  newEmail,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

let house: House;
let recruiter: Member;
let client: Client;
beforeAll(async () => {
  house = await givenOrganization();
  recruiter = await givenMember(house, "recruiter");
  client = recruiter.client;
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

/** The document's own. */
const acme = {
  name: "Acme Corporation",
  contactType: "CLIENT" as const,
  primaryEmail: "contact@acme.com",
  primaryPhone: "+1-555-0100",
};
const aContact = (over: Partial<Parameters<Client["contact"]["create"]["mutate"]>[0]> = {}) =>
  client.contact.create.mutate({ ...acme, primaryEmail: newEmail("acme"), ...over });

describe("a contact", () => {
  test("is made as the document sends it, and is on the document's page", async () => {
    const { contact } = (await givenOrganization()).owner.client;
    const made = await contact.create.mutate(acme);
    expect(made).toEqual({
      ...{ id: made.id, name: "Acme Corporation", contactType: "CLIENT", primaryEmail: "contact@acme.com" },
      ...{ primaryPhone: "+15550100", notes: "", people: [], createdAt: expect.any(Date) },
    });
    expect(await contact.get.query({ contactId: made.id })).toEqual(made);
    const { notes: _, people: __, ...listed } = made;
    expect(await contact.listPage.query({ take: 20, skip: 0 })).toEqual({
      items: [listed],
      total: 1,
      isTotalCapped: false,
    });
    expect(await contact.list.query({})).toEqual({ items: [listed], nextCursor: null });
  });

  test("is of one of the document's types", async () => {
    for (const contactType of contactTypes) expect(await aContact({ contactType })).toMatchObject({ contactType });
    const contactType = "PARTNER" as "CLIENT";
    expect(await reasonOf(aContact({ contactType }))).toBe("bad_input");
    const { id: contactId } = await aContact();
    expect(await reasonOf(client.contact.edit.mutate({ contactId, contactType }))).toBe("bad_input");
    expect(await reasonOf(client.contact.list.query({ contactType }))).toBe("bad_input");
  });

  test("is changed field by field", async () => {
    const made = await aContact({ notes: "Pays late." });
    const contactId = made.id;
    const edited = await client.contact.edit.mutate({ contactId, contactType: "CUSTOMER", primaryPhone: null });
    expect(edited).toEqual({ ...made, contactType: "CUSTOMER", primaryPhone: null });
    expect(await client.contact.edit.mutate({ contactId })).toEqual(edited);
    const named = await client.contact.edit.mutate({ contactId, name: "Ålesund Fisk", notes: "" });
    expect(named).toEqual({ ...edited, name: "Ålesund Fisk", notes: "" });
    expect((await client.contact.list.query({ search: "åLESUND" })).items.map(({ id }) => id)).toEqual([contactId]);
  });

  test("is removed with its people", async () => {
    const { id: contactId } = await aContact();
    const { id: personId } = await client.contact.addPerson.mutate({ contactId, firstName: "Wile", lastName: "C" });
    await client.contact.remove.mutate({ contactId });
    const calls = [
      client.contact.get.query({ contactId }),
      client.contact.edit.mutate({ contactId, name: "Gone" }),
      client.contact.remove.mutate({ contactId }),
      client.contact.addPerson.mutate({ contactId, firstName: "Wile", lastName: "C" }),
      client.contact.editPerson.mutate({ personId, firstName: "Road" }),
      client.contact.removePerson.mutate({ personId }),
    ];
    expect(await Promise.all(calls.map(reasonOf))).toEqual(calls.map(() => "not_found"));
  });

  test("is for recruiters and above", async () => {
    const manager = await givenMember(house, "hiring_manager");
    expect(await reasonOf(manager.client.contact.list.query({}))).toBe("not_allowed");
    expect(await reasonOf(manager.client.contact.create.mutate(acme))).toBe("not_allowed");
  });
});

describe("one address is one contact", () => {
  const known = (contactId: ContactId) => ({ reason: "contact_known", facts: { contactId } });

  test("however it is written, and whoever has it is told", async () => {
    const primaryEmail = newEmail("acme");
    const { id } = await aContact({ primaryEmail });
    expect(await refusalOf(aContact({ primaryEmail: ` ${primaryEmail.toUpperCase()} ` }))).toMatchObject(known(id));
    const other = await aContact({ name: "Other" });
    const asked = { contactId: other.id, name: "Renamed", primaryEmail };
    expect(await refusalOf(client.contact.edit.mutate(asked))).toMatchObject(known(id));
    expect(await client.contact.get.query({ contactId: other.id })).toEqual(other);
    expect(await client.contact.edit.mutate({ contactId: id, primaryEmail })).toMatchObject({ primaryEmail });
    await client.contact.edit.mutate({ contactId: id, primaryEmail: null });
    expect(await client.contact.edit.mutate(asked)).toMatchObject({ name: "Renamed", primaryEmail });
  });

  test("in an organization: another has its own, and those without an address are any number", async () => {
    const primaryEmail = newEmail("acme");
    await aContact({ primaryEmail });
    const elsewhere = (await givenOrganization()).owner.client;
    expect(await elsewhere.contact.create.mutate({ ...acme, primaryEmail })).toMatchObject({ primaryEmail });
    const nameless = { primaryEmail: null };
    expect((await aContact(nameless)).id).not.toBe((await aContact(nameless)).id);
  });

  test("and of twenty made at once one is, and the others are told which", async () => {
    const primaryEmail = newEmail("acme");
    const told = await Promise.all(
      Array.from({ length: 20 }, () => {
        const call = aContact({ primaryEmail });
        return call.then(({ id }) => ({ id })).catch(() => refusalOf(call));
      }),
    );
    const made = told.flatMap((one) => ("id" in one ? [one.id] : []));
    expect(made).toHaveLength(1);
    const refused = told.filter((one) => !("id" in one));
    expect(refused).toHaveLength(19);
    for (const one of refused) expect(one).toMatchObject(known(made[0] ?? newId("con")));
  });
});

describe("people at a contact", () => {
  const wile = { firstName: "Wile", lastName: "Coyote", email: "Wile@Acme.com", phone: "+1-555-0101" };

  test("are added, changed field by field, and removed", async () => {
    const { id: contactId } = await aContact();
    const added = await client.contact.addPerson.mutate({ contactId, ...wile, position: "Buyer" });
    expect(added).toEqual({
      ...{ id: added.id, contactId, firstName: "Wile", lastName: "Coyote", email: "wile@acme.com" },
      ...{ phone: "+15550101", position: "Buyer", createdAt: expect.any(Date) },
    });
    const second = await client.contact.addPerson.mutate({ contactId, firstName: "Road", lastName: "Runner" });
    expect(second).toMatchObject({ email: null, phone: null, position: null });
    const personId = added.id;
    const edited = await client.contact.editPerson.mutate({ personId, position: "Head of Buying", phone: null });
    expect(edited).toEqual({ ...added, position: "Head of Buying", phone: null });
    expect(await client.contact.editPerson.mutate({ personId })).toEqual(edited);
    expect((await client.contact.get.query({ contactId })).people).toEqual([edited, second]);
    await client.contact.removePerson.mutate({ personId });
    expect((await client.contact.get.query({ contactId })).people).toEqual([second]);
    expect(await reasonOf(client.contact.removePerson.mutate({ personId }))).toBe("not_found");
  });

  test("are no more than two hundred, whoever adds them at once", async () => {
    const { id: contactId } = await aContact();
    const row = { organization_id: house.organization.id, contact_id: contactId, first_name: "A", last_name: "B" };
    const there = Array.from({ length: 195 }, () => ({ ...row, id: newId("per"), created_at: 1 }));
    await database().write(insertMany("contact_person", there));
    const told = await Promise.all(
      Array.from({ length: 12 }, () => {
        const call = client.contact.addPerson.mutate({ contactId, ...wile });
        return call.then(() => "added").catch(async () => JSON.stringify((await refusalOf(call)).facts));
      }),
    );
    expect(told.filter((one) => one === "added")).toHaveLength(5);
    expect(told.filter((one) => one === '{"max":200}')).toHaveLength(7);
    expect((await client.contact.get.query({ contactId })).people).toHaveLength(200);
  });
});

test("contacts are read in one round trip, and written in one", async () => {
  const { token } = recruiter;
  const made = await aContact();
  const contactId = made.id;
  const calls: ((api: Client) => Promise<unknown>)[] = [
    ({ contact }) => contact.create.mutate({ ...acme, primaryEmail: newEmail("acme") }),
    ({ contact }) => contact.create.mutate(made).catch(() => "known"),
    ({ contact }) => contact.edit.mutate({ contactId, name: "Other" }),
    ({ contact }) => contact.get.query({ contactId }),
    ({ contact }) => contact.list.query({ search: "other" }),
    ({ contact }) => contact.listPage.query({ skip: 3 }),
  ];
  for (const call of calls) expect(await tripsOf(token, call)).toBe(1);
});
