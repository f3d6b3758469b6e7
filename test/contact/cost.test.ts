// What a page of contacts costs, as the database counts it: rows read. The same number however large the organization, whatever is asked for.
import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { contactSorts, ListContacts } from "../../src/contact/contract.ts";
import { listContacts, numberedContacts, type Place } from "../../src/contact/store.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { rowsRead } from "../support/rows-read.ts";
import { database, givenOrganization, type House } from "../support/world.ts";

const sizes = { small: 400, large: 4_000 };
const looksMax = 20;
const most = 1.2;

type Scene = { readonly count: number; readonly house: House };
let scenes: Readonly<Record<keyof typeof sizes, Scene>>;

const idAt = (nth: number) => nth.toString(16).padStart(32, "0");

/** One in ten is a lead, and ten are clients, however many there are. */
async function arranged(count: number): Promise<Scene> {
  const house = await givenOrganization();
  const organizationId = house.organization.id;
  const first = Number.parseInt(organizationId.slice(-6), 16) * 100_000;
  await database().write([
    raw(
      sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
        insert into contact (id, organization_id, name, name_folded, contact_type, primary_email, primary_phone, notes, created_at)
        select 'con_' || printf('%032x', ${first} + i), ${organizationId}, 'Ana', printf('ana %06d', i),
          iif(i <= 10, 'CLIENT', iif(i % 10 = 0, 'LEAD', 'CUSTOMER')), i || '@example.com', '+1555' || (1000000 + i), '', i from n`,
      () => undefined,
    ),
  ]);
  return { count, house };
}

beforeAll(async () => {
  scenes = { small: await arranged(sizes.small), large: await arranged(sizes.large) };
});

function scopeOf({ owner, organization }: House): MemberScope {
  const { userId, memberId, access } = owner;
  return { kind: "member", sessionId: newId("ses"), userId, organizationId: organization.id, memberId, access };
}

const middleOf = ({ count, house }: Scene): Place => {
  const nth = Math.floor(count / 2);
  const first = Number.parseInt(house.organization.id.slice(-6), 16) * 100_000;
  return [`ana ${String(nth).padStart(6, "0")}`, `con_${idAt(first + nth)}`];
};

const filters = [
  {},
  { contactType: "LEAD" },
  { contactType: "CLIENT" },
  { search: "ana" },
  { search: "nobody" },
  { search: "+1 555 999" },
  { contactType: "CUSTOMER", search: "nobody" },
];

/** What the same takes of the large organization, where of the small one it takes 1. */
async function timesAsMany(of: (scene: Scene) => Parameters<typeof rowsRead>[0]): Promise<number> {
  const [fewer, more] = await Promise.all([rowsRead(of(scenes.small)), rowsRead(of(scenes.large))]);
  return more / fewer;
}

test.each(contactSorts)(
  "a page by %s reads no more of a large organization than of a small one, first or later",
  async (sort) => {
    const dear: string[] = [];
    for (const filter of filters) {
      for (const from of [() => null, middleOf]) {
        const input = ListContacts.parse({ size: 5, sort, ...filter });
        const times = await timesAsMany((scene) =>
          Object.values(listContacts(scopeOf(scene.house), input, from(scene), looksMax)),
        );
        if (times > most) dear.push(`${JSON.stringify(filter)}, ${from.name}: ${times}`);
      }
    }
    expect(dear).toEqual([]);
  },
);

test("a page by number reads no more than was skipped and counted", async () => {
  const times = await timesAsMany(({ house }) =>
    Object.values(numberedContacts(scopeOf(house), { take: 5, skip: 50, contactType: undefined }, 100)),
  );
  expect(times).toBeLessThan(most);
});

test("saboteur: a search without an end is seen", async () => {
  const input = ListContacts.parse({ size: 5, search: "nobody" });
  const times = await timesAsMany(({ house }) => Object.values(listContacts(scopeOf(house), input, null, 100_000)));
  expect(times).toBeGreaterThan(most);
});
