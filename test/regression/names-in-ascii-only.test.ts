// What broke: `åsa` did not find Åsa. SQLite knows upper and lower case only in ASCII, and names of members, teams and projects were
// looked for and put in order by it.
import { beforeAll, describe, expect, test } from "vitest";
import { givenMember, givenOrganization, givenProject, type House, type Member, newEmail } from "../support/world.ts";

const names = [
  ["Åsa", "ÖBERG"],
  ["İpek", "IŞIK"],
  ["Фёдор", "Иванов"],
] as const;

/** What somebody types, and whose name it is. */
const typed = [
  ["åsa", 0],
  ["ÅSA öberg", 0],
  ["öbe", 0],
  ["asa oberg", 0],
  ["ipek", 1],
  ["İPEK", 1],
  ["ışık", 1],
  ["işik", 1],
  ["ФЁДОР", 2],
  ["иван", 2],
  ["федор", 2],
] as const;

/** The first of each is to stand before the second, and would not if only ASCII had a lower case. */
const inOrder = ["ärlig", "ÖBERG", "арбузов", "БЕЛОВ", "вольт"];

type Page = { readonly items: readonly unknown[]; readonly nextCursor: string | null };

async function pages<Of extends Page>(
  ask: (cursor: { cursor?: string }) => Promise<Of>,
): Promise<Of["items"][number][]> {
  const seen: Of["items"][number][] = [];
  for (let cursor: { cursor?: string } | null = {}; cursor !== null; ) {
    const page: Of = await ask(cursor);
    seen.push(...page.items);
    cursor = page.nextCursor === null ? null : { cursor: page.nextCursor };
  }
  return seen;
}

let house: House;
let client: Member["client"];

beforeAll(async () => {
  house = await givenOrganization();
  ({ client } = house.owner);
});

describe("members", () => {
  let people: Member[];
  beforeAll(async () => {
    people = await Promise.all(names.map(() => givenMember(house, "recruiter")));
    for (const [nth, [firstName, lastName]] of names.entries()) {
      await people[nth]?.client.identity.editProfile.mutate({ firstName, lastName });
    }
  });

  test.for(typed)("%s is looked for and found", async ([search, nth]) => {
    const { items } = await client.member.list.query({ search });
    expect(items.map(({ id }) => id)).toEqual([people[nth]?.memberId]);
  });

  test("one name is edited without the other, and the new one is found", async () => {
    const [person] = people;
    await person?.client.identity.editProfile.mutate({ firstName: "Ärla" });
    const { items } = await client.member.list.query({ search: "ärla öberg" });
    expect(items).toMatchObject([{ id: person?.memberId, firstName: "Ärla", lastName: "ÖBERG" }]);
    await person?.client.identity.editProfile.mutate({ firstName: "Åsa", timeZone: "Europe/Stockholm" });
    expect((await client.member.list.query({ search: "ärla" })).items).toEqual([]);
  });

  test("stand in order whatever the case of their names, page by page", async () => {
    const own = await givenOrganization();
    const { identity, member } = own.owner.client;
    const [last = "", ...others] = [...inOrder].reverse();
    await identity.editProfile.mutate({ firstName: "A", lastName: last });
    for (const lastName of others) {
      const person = await givenMember(own, "recruiter");
      await person.client.identity.editProfile.mutate({ firstName: "A", lastName });
    }
    const shown = await pages((cursor) => member.list.query({ sort: "name", size: 1, ...cursor }));
    expect(shown.map(({ lastName }) => lastName)).toEqual(inOrder);
  });
});

test.for(typed)("a team called after somebody is found by %s, under its new name too", async ([search, nth]) => {
  const [firstName, lastName] = names[nth];
  const { id: teamId } = await client.team.create.mutate({ name: "Nobody's" });
  await client.team.rename.mutate({ teamId, name: `${firstName} ${lastName}` });
  const { items } = await client.team.list.query({ search, status: "active" });
  expect(items.map(({ id }) => id)).toEqual([teamId]);
  await client.team.archive.mutate({ teamId });
});

test.for(typed)("a project called after somebody is found by %s, under its new name too", async ([search, nth]) => {
  const [firstName, lastName] = names[nth];
  const { id: projectId } = await client.project.create.mutate({ name: "Nobody's" });
  await client.project.edit.mutate({ projectId, name: `${firstName} ${lastName}` });
  await client.project.edit.mutate({ projectId, description: "The name stays." });
  const { items } = await client.project.list.query({ search });
  expect(items.map(({ id }) => id)).toEqual([projectId]);
  await client.project.edit.mutate({ projectId, name: "Nobody's" });
});

test("projects stand in order whatever the case of their names, page by page", async () => {
  const { project } = (await givenOrganization()).owner.client;
  for (const name of [...inOrder].reverse()) await project.create.mutate({ name });
  const shown = await pages((cursor) => project.list.query({ sort: "name", size: 1, ...cursor }));
  expect(shown.map(({ name }) => name)).toEqual(inOrder);
});

test.for(typed)("an interview is found by %s", async ([search, nth]) => {
  const [firstName, lastName] = names[nth];
  const own = await givenOrganization();
  const { id: projectId } = await givenProject(own);
  const { interview } = own.owner.client;
  const { id } = await interview.create.mutate({ projectId, candidate: { email: newEmail(), firstName, lastName } });
  const { items } = await interview.list.query({ search });
  expect(items.map((found) => found.id)).toEqual([id]);
});
