// The list of contacts, against a plain model of it: whatever is asked for, pages that end before they are full and pages that do not come to
// the whole in order, nothing missed and nothing twice.
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { contact } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { listContactPage, listContacts } from "../../src/contact/actions.ts";
import { type ContactSort, contactSorts, ListContacts } from "../../src/contact/contract.ts";
import { contactTypes } from "../../src/contact/policy.ts";
import { folded } from "../../src/kernel/fold.ts";
import { type ContactId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { insertMany } from "../support/many.ts";
import { database, givenOrganization, type House, systemDeps } from "../support/world.ts";

type Row = typeof contact.$inferInsert;

let house: House;
let scope: MemberScope;
beforeAll(async () => {
  house = await givenOrganization();
  const { userId, memberId, access } = house.owner;
  scope = {
    ...{ kind: "member", sessionId: newId("ses"), userId, memberId, access },
    organizationId: house.organization.id,
  };
  // What another organization has is never listed.
  const elsewhere = (await givenOrganization()).owner.client;
  await elsewhere.contact.create.mutate({ name: "Ana", contactType: "LEAD", primaryEmail: "ana@example.com" });
});

const names = ["Ana", "ana", "Åsa", "100%", "A_b", "Zoë & Zn", "\u{1f433} Ltd", "ANA"];
const phones = ["+15550100", "+31201234567", null];
const searches = ["ana", "åSA", "%", "_", "555-01", "+1 (555)", "0100", "example", "nobody", "3", "z"];

const seed = fc.record({
  name: fc.constantFrom(...names),
  contactType: fc.constantFrom(...contactTypes),
  hasEmail: fc.boolean(),
  primaryPhone: fc.constantFrom(...phones),
});
type Seed = typeof seed extends fc.Arbitrary<infer One> ? One : never;

/** Exactly these in the organization. */
async function arranged(seeds: readonly Seed[]): Promise<Row[]> {
  const organizationId = house.organization.id;
  const rows = seeds.map(
    ({ name, contactType, hasEmail, primaryPhone }, nth): Row => ({
      ...{ id: newId("con"), organizationId, name, nameFolded: folded(name), contactType, primaryPhone, notes: "" },
      ...{ primaryEmail: hasEmail ? `${nth}@example.com` : null, createdAt: new Date(nth) },
    }),
  );
  const inserts = rows.length > 0 ? [run(build.insert(contact).values(rows))] : [];
  await database().write([run(build.delete(contact).where(eq(contact.organizationId, organizationId))), ...inserts]);
  return rows;
}

/** As SQLite puts text in order: by its bytes. */
const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

function expected(rows: readonly Row[], { sort, contactType, search }: Partial<ListContacts>): ContactId[] {
  const digits = search?.replaceAll(/[\s()-]/g, "") ?? "";
  const holds = ({ nameFolded, primaryEmail, primaryPhone }: Row) =>
    search === undefined ||
    nameFolded.includes(folded(search)) ||
    (primaryEmail ?? "").includes(folded(search)) ||
    (/^\+?\d+$/.test(digits) && (primaryPhone ?? "").includes(digits));
  const meant = rows.filter((row) => (contactType === undefined || row.contactType === contactType) && holds(row));
  const inOrder = meant.toSorted((one, other) =>
    sort === "name"
      ? byBytes(one.nameFolded, other.nameFolded) || byBytes(one.id, other.id)
      : byBytes(other.id, one.id),
  );
  return inOrder.map(({ id }) => id);
}

/** The ids of all pages, and how many of them ended early. */
async function walked(input: Partial<ListContacts> & { size: number }, looks: number) {
  const ids: ContactId[] = [];
  let early = 0;
  let cursor: string | undefined;
  do {
    const asked = ListContacts.parse({ ...input, ...(cursor && { cursor }) });
    const next: Awaited<ReturnType<typeof listContacts>> = await listContacts(systemDeps(), scope, asked, looks);
    expect(next.items.length).toBeLessThanOrEqual(input.size);
    if (next.nextCursor !== null && next.items.length < input.size) early += 1;
    ids.push(...next.items.map(({ id }) => id));
    cursor = next.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { ids, early };
}

const optionally = <Value>(values: readonly Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

test("pages come to the whole in order, whatever is asked for and however early they end", async () => {
  let early = 0;
  const asking = fc.record({
    sort: fc.constantFrom<ContactSort>(...contactSorts),
    contactType: optionally(contactTypes),
    search: optionally(searches),
    size: fc.integer({ min: 1, max: 6 }),
    looks: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(seed, { maxLength: 20 }),
      fc.array(asking, { minLength: 4, maxLength: 4 }),
      async (seeds, asked) => {
        const rows = await arranged(seeds);
        for (const { looks, ...input } of asked) {
          const { ids, ...told } = await walked(input, looks);
          early += told.early;
          expect(ids).toEqual(expected(rows, input));
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(early).toBeGreaterThan(0);
});

test("so many after so many come to the same, and their total is right", async () => {
  const asking = fc.record({
    take: fc.integer({ min: 1, max: 5 }),
    skip: fc.integer({ min: 0, max: 12 }),
    contactType: optionally(contactTypes),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(seed, { maxLength: 12 }), asking, async (seeds, { take, skip, contactType }) => {
      const whole = expected(await arranged(seeds), { contactType });
      const page = await listContactPage(systemDeps(), scope, { take, skip, contactType });
      expect(page.items.map(({ id }) => id)).toEqual(whole.slice(skip, skip + take));
      expect({ ...page, items: [] }).toEqual({ items: [], total: whole.length, isTotalCapped: false });
    }),
    { numRuns: 30 },
  );
});

test("more than can be skipped are counted no further", async () => {
  await arranged([]);
  const row = { organization_id: house.organization.id, name: "N", name_folded: "n", contact_type: "LEAD", notes: "" };
  const many = Array.from({ length: 10_001 }, () => ({ ...row, id: newId("con"), created_at: 1 }));
  await database().write(insertMany("contact", many));
  const { contact: api } = house.owner.client;
  expect(await api.listPage.query({ take: 1 })).toMatchObject({ total: 10_000, isTotalCapped: true });
  const last = await api.listPage.query({ take: 100, skip: 10_000 });
  expect(last.items.map(({ id }) => id)).toEqual([many[0]?.id]);
  expect(await api.listPage.query({ contactType: "CLIENT" })).toEqual({ items: [], total: 0, isTotalCapped: false });
});

test("saboteur: whoever takes a page that ended early for the last misses what is there", async () => {
  const rows = await arranged(names.map((name) => ({ name, contactType: "LEAD", hasEmail: true, primaryPhone: null })));
  const asked = ListContacts.parse({ search: "asa", size: 5 });
  const found = expected(rows, { search: "åsa" });
  expect(found).toHaveLength(1);
  const { items, nextCursor } = await listContacts(systemDeps(), scope, { ...asked, search: "åsa" }, 1);
  expect(nextCursor).not.toBeNull();
  expect(items.map(({ id }) => id)).not.toEqual(found);
});
