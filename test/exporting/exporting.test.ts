// Candidates and contacts as a table: what is taken out can be put in again, and comes to nothing.
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { givenField } from "../support/field.ts";
import { givenTable, newHouse, settled } from "../support/table.ts";
import { type Client, givenMember, type House, newEmail, refusalOf, send } from "../support/world.ts";

let house: House;
beforeEach(async () => {
  house = await newHouse();
});

const api = () => house.owner.client;

async function fetched(file: { readonly url: string }): Promise<string> {
  const response = await send(new Request(file.url));
  expect(response.status).toBe(200);
  return response.text();
}

/** What importing this comes to, with everything that differs taken over. */
async function imported(client: Client, subject: "candidates" | "contacts", table: string) {
  const { uploadId, columns } = await givenTable(client, subject, table);
  expect(columns.filter(({ field }) => field === null)).toEqual([]);
  return settled(client, (await client.import.start.mutate({ uploadId, onKnown: "update" })).importId);
}

const kept = [
  { key: "email", name: "Private page", type: "url" },
  { key: "gone", name: "Gone", type: "text" },
  { key: "grade", name: "Grade", type: "number" },
  { key: "likes", name: "=Likes", type: "choices", choices: ["a; b", "c"].map((value) => ({ value, name: value })) },
] as const;

async function givenFields(of: House, but = ""): Promise<void> {
  for (const one of kept.filter(({ key }) => key !== but))
    await givenField(of, "choices" in one ? { ...one, choices: [...one.choices] } : one);
}

/** What makes readers of tables stumble, and programs take a cell for a formula. */
const name = fc
  .string({
    unit: fc.constantFrom("=", "+", "'", '"', ",", ";", "a", "é", "🦢", "-", "@", " "),
    minLength: 1,
    maxLength: 6,
  })
  .map((text) => `${text}x`.trim());
const nasty = fc.record({
  ...{ firstName: name, lastName: name, source: name },
  tags: fc.uniqueArray(name, { maxLength: 3 }),
});

describe("candidates", () => {
  test("that are taken out and put in again are as they were; elsewhere they are made as they were here", async () => {
    await givenFields(house);
    const customFields = { email: "https://x.org/?a=1,2", gone: "x", grade: -0.5, likes: ["a; b", "c"] };
    const [hired, rejected] = [newEmail("hired"), newEmail("rejected")];
    const [one, other] = await Promise.all([
      api().candidate.create.mutate({
        user: { firstName: "Hannah", lastName: "Hired", email: hired },
        ...{
          phone: "+31201234567",
          tags: ["a, b", "c"],
          source: "LinkedIn",
          externalIds: [
            { system: "ats", id: "=1" },
            { system: "crm", id: "a; b" },
          ],
          ...{ language: "de", customFields },
        },
      }),
      api().candidate.create.mutate({
        ...{ user: { firstName: "=cmd|' /C calc'!A0", lastName: "+1", email: rejected }, appliedDate: "2024-01-10" },
      }),
    ]);
    await api().candidate.hire.mutate({ candidateId: one?.id ?? "cnd_" });
    await api().candidate.edit.mutate({ candidateId: one?.id ?? "cnd_", rating: 4.5 });
    await api().candidate.reject.mutate({ candidateId: other?.id ?? "cnd_", letter: null });
    const gone = (await api().field.list.query()).fields.find(({ key }) => key === "gone");
    await api().field.archive.mutate({ fieldId: gone?.id ?? "fld_" });
    const table = await fetched(await api().export.candidates.query({ byteOrderMark: false }));
    expect(table.split("\r\n")[0]).toBe(
      "First name,Last name,E-mail,Phone,Status,Applied date,Reject date,Hired date,Rating,Source,Tags,External ids,Language,Time zone,field: email,field: grade,field: likes",
    );
    expect(table).toContain(`'=cmd|' /C calc'!A0,'+1,${rejected}`);
    expect(table).toContain("'+31201234567,HIRED");
    const versions = async () => (await api().candidate.list.query({})).items.map(({ id, version }) => [id, version]);
    const before = await versions();
    expect(await imported(api(), "candidates", table)).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
    expect(await versions()).toEqual(before);

    const divided = await fetched(await api().export.candidates.query({ delimiter: ";" }));
    const again = await imported(api(), "candidates", divided);
    expect(again).toMatchObject({ created: 0, unchanged: 2 });
    // What is left out comes back divided as it was sent.
    const skipped = await settled(api(), (await api().import.start.mutate({ uploadId: again.uploadId })).importId);
    const leftOut = await fetched(await api().import.leftOut.query(skipped));
    expect(leftOut).toMatch(/^\uFEFF?First name;Last name;E-mail;.*;Why not\r\n/);

    const others = await newHouse();
    await givenFields(others, "gone");
    const elsewhere = others.owner.client;
    expect(await imported(elsewhere, "candidates", table)).toMatchObject({ created: 2, invalid: 0 });
    const there = await fetched(await elsewhere.export.candidates.query({ byteOrderMark: false }));
    expect(there.split("\r\n").toSorted()).toEqual(table.split("\r\n").toSorted());
  });

  test("come to nothing when they are put in again, whatever they are called", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 6 }), async (people) => {
        house = await newHouse();
        const create = api().candidate.create;
        for (const { firstName, lastName, ...rest } of people)
          await create.mutate({ user: { firstName, lastName, email: newEmail() }, ...rest });
        const table = await fetched(await api().export.candidates.query({}));
        expect(table.startsWith("\uFEFF") || table.startsWith("First name")).toBe(true);
        const done = await imported(api(), "candidates", table);
        expect(done).toMatchObject({ rows: people.length, unchanged: people.length });
      }),
      { numRuns: 6 },
    );
  }, 60_000);

  test("are those that the filters of the list pass, over as many pages as it takes", async () => {
    const rows = Array.from(
      { length: 2_300 },
      (_, nth) => `Ana Number ${nth},${nth}@x.org,${nth % 2 ? "odd" : "even"}`,
    );
    const done = await imported(api(), "candidates", `Name,E-mail,Source\n${rows.join("\n")}`);
    expect(done).toMatchObject({ created: 2_300 });
    const emails = (table: string) => [...table.matchAll(/\d+@x\.org/g)].map(([email]) => email);
    const all = emails(await fetched(await api().export.candidates.query({})));
    expect([all.length, new Set(all).size]).toEqual([2_300, 2_300]);
    expect(
      emails(await fetched(await api().export.candidates.query({ source: "odd", search: "number 11" }))),
    ).toHaveLength(56);
  });

  test("are no hiring manager's to take, and the address is good while whoever was given it is there", async () => {
    const [manager, recruiter] = [await givenMember(house, "hiring_manager"), await givenMember(house, "recruiter")];
    for (const call of [manager.client.export.candidates, manager.client.export.contacts])
      expect((await refusalOf(call.query({}))).reason).toBe("not_allowed");
    const { url } = await recruiter.client.export.candidates.query({});
    expect((await send(new Request(url))).headers.get("content-disposition")).toBe(
      'attachment; filename="candidates.csv"',
    );
    expect((await send(new Request(`${url}x`))).status).toBe(404);
    await house.owner.client.member.remove.mutate({ memberId: recruiter.memberId });
    const gone = await send(new Request(url));
    expect([gone.status, Object(await gone.json()).reason]).toEqual([401, "access_changed"]);
  });
});

test("contacts that are taken out and put in again are as they were, those of one name and without an address as well", async () => {
  const acme = { name: "Acme", contactType: "CLIENT" as const };
  await api().contact.create.mutate({ ...acme, primaryEmail: newEmail(), notes: "=1\n\ttwo " });
  await api().contact.create.mutate({ ...acme, primaryPhone: "+15550100" });
  const { id: contactId } = await api().contact.create.mutate({ ...acme, primaryPhone: "+15550101" });
  const twins = { contactId, firstName: "=Jane; Doe", lastName: '"' };
  const said = { email: "jane@acme.org", phone: "+15550102", position: "@the top, really" };
  for (const more of [{}, said, { position: "+1" }, {}]) await api().contact.addPerson.mutate({ ...twins, ...more });
  const table = await fetched(await api().export.contacts.query({}));
  const before = await api().contact.list.query({});
  const notes = () => Promise.all(before.items.map(({ id: contactId }) => api().contact.get.query({ contactId })));
  const known = await notes();
  const done = await imported(api(), "contacts", table);
  expect(done).toMatchObject({ created: 0, updated: 0, invalid: 0 });
  expect(await api().contact.list.query({})).toEqual(before);
  expect(await notes()).toEqual(known);
  const elsewhere = (await newHouse()).owner.client;
  expect(await imported(elsewhere, "contacts", table)).toMatchObject({ created: 2, repeated: 1 });
  const people = async (client: Client) => {
    const { items } = await client.contact.list.query({});
    const all = await Promise.all(items.map(({ id }) => client.contact.get.query({ contactId: id })));
    return all.flatMap((one) => one.people.map(({ id: _, contactId: __, createdAt: ___, ...told }) => told));
  };
  expect(await people(elsewhere)).toEqual(await people(api()));
  expect((await fetched(await api().export.contacts.query({ contactType: "LEAD" }))).trim().split("\r\n")).toHaveLength(
    1,
  );
});
