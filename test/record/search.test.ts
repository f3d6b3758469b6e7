// Who is found by what is said of them, by what others call them, and how the database goes about every two filters together.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { textTriggers } from "../../db/search.ts";
import { raw, type Statement } from "../../db/statement.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { ListCandidates } from "../../src/record/contract.ts";
import { listCandidates } from "../../src/record/store.ts";
import { newRefcheck } from "../support/refcheck.ts";
import { database, givenMember, givenOrganization, type House, newEmail, refusalOf, unique } from "../support/world.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});

type Api = House["owner"]["client"];
type Made = Omit<Parameters<Api["candidate"]["create"]["mutate"]>[0], "user">;

const api = () => house.owner.client;
const entered = (over: Made & { readonly firstName?: string } = {}) => {
  const { firstName = "Jane", ...rest } = over;
  return api().candidate.create.mutate({ user: { firstName, lastName: "Doe", email: newEmail("jane") }, ...rest });
};
const foundBy = async (search: string, { client } = house.owner): Promise<CandidateId[]> =>
  (await client.candidate.list.query({ search })).items.map(({ id }) => id);

/** A word that nobody else has. */
const word = (name: string) => `${name}${unique()}x`;

describe("a candidate is found", () => {
  test("by any part of their name, address or number, a skill, where they worked, or a note, in whatever case", async () => {
    const [name, skill, employer, noted] = ["Åsa", "ÅSkill", "Åkern", "Ödmjuk"].map(word) as [
      string,
      string,
      string,
      string,
    ];
    const phone = `+4670${String(unique()).padStart(8, "0")}`;
    const { id: candidateId, user } = await entered({ firstName: name, phone });
    await entered();
    const { background, note, candidate } = api();
    await background.addSkills.mutate({ candidateId, skills: [{ name: skill, level: "EXPERT" }] });
    const worked = await background.addExperience.mutate({ candidateId, occupation: "Cook", organization: employer });
    const { id: noteId } = await note.add.mutate({ candidateId, text: `A line.\nThen ${noted} and more.` });
    const parts = [name, skill, employer, noted].map((text) => text.slice(1));
    for (const text of [...parts, ...parts.map((part) => part.toUpperCase()), user.email, phone, phone.slice(3)])
      expect([text, await foundBy(text)]).toEqual([text, [candidateId]]);
    const spaced = `${phone.slice(0, 3)} (${phone.slice(3, 5)}) ${phone.slice(5)}`;
    expect(await foundBy(spaced)).toEqual([candidateId]);
    // What lies in two places is in none.
    expect(await foundBy(`${name} ${skill}`)).toEqual([]);

    const [newName, newEmployer, newNote] = [word("Eva"), word("Bakery"), word("Humble")];
    await candidate.edit.mutate({ candidateId, user: { firstName: newName }, phone: null });
    await background.editExperience.mutate({ experienceId: worked.id, organization: newEmployer });
    await note.edit.mutate({ noteId, text: newNote });
    for (const text of [name, phone, employer, noted]) expect([text, await foundBy(text)]).toEqual([text, []]);
    for (const text of [newName, newEmployer, newNote, skill])
      expect([text, await foundBy(text)]).toEqual([text, [candidateId]]);

    await background.removeSkill.mutate({ candidateId, name: skill });
    await background.editExperience.mutate({ experienceId: worked.id, organization: null });
    await note.remove.mutate({ noteId });
    for (const text of [newEmployer, newNote, skill]) expect([text, await foundBy(text)]).toEqual([text, []]);
    await background.editExperience.mutate({ experienceId: worked.id, organization: newEmployer });
    await background.removeExperience.mutate({ experienceId: worked.id });
    expect(await foundBy(newEmployer)).toEqual([]);
  });

  test("by whoever sees them, and by nobody else", async () => {
    const text = word("Quetzal");
    const { id: teamId } = await api().team.create.mutate({ name: word("Team") });
    const manager = await givenMember(house, "hiring_manager", { teamId });
    const hidden = await newRefcheck(house, "invited");
    await api().note.add.mutate({ candidateId: hidden.candidateId, text });
    expect(await foundBy(text)).toEqual([hidden.candidateId]);
    expect(await foundBy(text, manager)).toEqual([]);
    const other = await givenOrganization();
    expect(await foundBy(text, other.owner)).toEqual([]);
  });

  test("saboteur: a note that is written past the index is not found, and one that is followed is", async () => {
    const { id: candidateId } = await entered();
    const text = word("unheard");
    const name = "note_insert_found";
    const change = (statement: string) => database().write([raw(sql.raw(statement), () => undefined)]);
    await change(`drop trigger ${name}`);
    await api().note.add.mutate({ candidateId, text });
    expect(await foundBy(text)).toEqual([]);
    await change(textTriggers.get(name) ?? "");
    await api().note.add.mutate({ candidateId, text });
    expect(await foundBy(text)).toEqual([candidateId]);
  });
});

describe("what other systems call a candidate", () => {
  test("is a set, found with its system or without, and nobody else's", async () => {
    const id = word("ats");
    const both = [
      { system: "Greenhouse", id },
      { system: "lever", id },
    ];
    const one = await entered({ externalIds: [...both, { system: "greenhouse", id }] });
    expect(one.externalIds).toEqual([
      { system: "greenhouse", id },
      { system: "lever", id },
    ]);
    const other = await entered({ externalIds: [{ system: "workday", id }] });
    const by = async (externalId: { system?: string; id: string }) =>
      (await api().candidate.list.query({ externalId })).items.map((found) => found.id);
    expect(await by({ id })).toEqual([other.id, one.id]);
    expect(await by({ system: "LEVER", id })).toEqual([one.id]);
    const known = { reason: "external_id_known", facts: { candidateId: one.id, system: "lever", id } };
    expect(await refusalOf(entered({ externalIds: [{ system: "lever", id }] }))).toMatchObject(known);
    const edit = (candidateId: CandidateId, externalIds: Made["externalIds"]) =>
      api().candidate.edit.mutate({ candidateId, externalIds });
    expect(await refusalOf(edit(other.id, both))).toMatchObject({ reason: "external_id_known" });
    expect((await edit(one.id, [{ system: "greenhouse", id }])).externalIds).toHaveLength(1);
    expect((await edit(other.id, [{ system: "lever", id }])).externalIds).toEqual([{ system: "lever", id }]);
    expect(await by({ system: "workday", id })).toEqual([]);
  });

  test("raced for by 30, entered or edited, is one's; the others are told whose, or that they were slower", async () => {
    for (const system of ["greenhouse", "lever"]) {
      const externalIds = [{ system, id: word("race") }];
      const people = await Promise.all(Array.from({ length: 15 }, () => entered()));
      const outcomes = await Promise.allSettled([
        ...people.map(({ id: candidateId }) => api().candidate.edit.mutate({ candidateId, externalIds })),
        ...people.map(() => entered({ externalIds })),
      ]);
      const won = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value.id] : []));
      expect(won).toHaveLength(1);
      for (const one of outcomes) {
        if (one.status === "fulfilled") continue;
        const { reason, facts } = await refusalOf(Promise.reject(one.reason));
        expect(["external_id_known", "moved_on"]).toContain(reason);
        if (reason === "external_id_known") expect(facts).toMatchObject({ candidateId: won[0] });
      }
      const { items } = await api().candidate.list.query({ externalId: { id: externalIds[0]?.id ?? "" } });
      expect(items.map(({ id }) => id)).toEqual(won);
    }
  });
});

describe("what is shown besides", () => {
  test("is their skills and where they stand, in one statement with the page; pipelines not to hiring managers", async () => {
    const { candidateId } = await newRefcheck(house, "invited");
    const skills = [
      { name: "Vue", level: "EXPERT" as const },
      { name: "Go", level: "BEGINNER" as const },
    ];
    await api().background.addSkills.mutate({ candidateId, skills });
    const stages = [{ name: "Lead", index: 0 }];
    const pipeline = await api().pipeline.create.mutate({ name: "Baristas", stages });
    const subject = { kind: "candidate" as const, candidateId };
    const placed = await api().placement.put.mutate({ pipelineId: pipeline.id, subject });
    const include = ["skills" as const, "placements" as const];
    const asked = { include, size: 1, roleId: (await api().candidate.get.query({ candidateId })).refchecks[0]?.roleId };
    const [shown] = (await api().candidate.list.query(asked)).items;
    expect(shown?.skills).toEqual(skills.toReversed());
    expect(shown?.placements).toMatchObject([
      { id: placed.id, pipelineName: "Baristas", stageId: placed.stageId, stageName: "Lead", ends: null },
    ]);
    const { client } = await givenMember(house, "hiring_manager");
    const [seen] = (await client.candidate.list.query(asked)).items;
    expect(seen).toMatchObject({ id: candidateId, skills: skills.toReversed(), placements: [] });
    expect((await client.candidate.list.query({ pipelineId: pipeline.id })).items).toEqual([]);
    await api().placement.remove.mutate({ placementId: placed.id, version: placed.version });
    expect((await api().candidate.get.query({ candidateId })).placements).toEqual([]);
  });
});

const day = "2031-03-03";
const each: readonly object[] = [
  ...[
    { search: "jane" },
    { search: "ja" },
    { search: "+31 20" },
    { status: "HIRED" },
    { tag: "a" },
    { tag: ["a", "b"] },
  ],
  ...[
    { source: "A fair" },
    { createdFrom: new Date(0) },
    { createdTo: new Date() },
    { appliedFrom: day, appliedTo: day },
  ],
  ...[
    { rejectedFrom: day },
    { rejectedTo: day },
    { hiredFrom: day },
    { hiredTo: day },
    { ratingFrom: 1 },
    { ratingTo: 4 },
    { ratedBy: "nobody" },
  ],
  ...[{ email: "jane@example.com" }, { emailStatus: "ok" }, { phone: "+31201234567" }, { language: "en" }],
  ...[
    { timeZone: "UTC" },
    { hasPassword: true },
    { skill: { name: "Go" } },
    { skill: { name: "Go", level: "EXPERT" } },
  ],
  ...[{ employer: "Acme" }, { pipelineId: newId("pip") }, { stageId: newId("stg") }, { projectId: newId("prj") }],
  ...[{ roleId: newId("rol") }, { externalId: { id: "7" } }, { externalId: { system: "lever", id: "7" } }],
  ...[{ customField: { key: "one", equals: "x" } }, { customField: { key: "one", equals: 7 } }],
  { customField: { key: "one", from: 7 } },
];

/** What the database says of how it goes about these, each line once. */
async function plannedFor(statements: readonly Statement<unknown>[]): Promise<Set<string>> {
  const asked = statements.map(({ sql: text, args }) => ({
    ...{ sql: `explain query plan ${text}`, args },
    read: ({ rows }: { readonly rows: readonly (readonly unknown[])[] }) => rows.map((row) => String(row[3])),
  }));
  const lines = await database().read(Object.fromEntries(asked.entries()));
  return new Set(Object.values(lines).flat());
}

/** From its first row to its last: but for what parts of the statement came to, and for an index of text in which something is looked up. */
const isWalk = (line: string) =>
  /^SCAN /.test(line) &&
  !/^SCAN (page|few|those|meant|own|near|edge|elsewhere|way|soon|found|ahead|far|farthest|lane_stop|text_stop|asked|CONSTANT ROW|\(|json_each|candidate_text VIRTUAL TABLE INDEX \d+:M)/.test(
    line,
  );

describe("every two filters together", () => {
  const scopeOf = (access: MemberScope["access"]): MemberScope => ({
    ...{ kind: "member", sessionId: newId("ses"), userId: newId("usr"), organizationId: house.organization.id },
    ...{ memberId: newId("mem"), access },
  });

  test.each(["owner", "hiring_manager"] as const)(
    "are looked for by an index, as %s",
    async (access) => {
      const names = new Set(each.flatMap((one) => Object.keys(one)));
      const filters = Object.keys(ListCandidates.shape).filter((name) => !["cursor", "size", "include"].includes(name));
      expect(filters.filter((name) => !names.has(name))).toEqual([]);
      for (const [nth, one] of each.entries()) {
        const statements = each.slice(nth).flatMap((other) => {
          const { size, include, cursor: _, ...asked } = ListCandidates.parse({ ...one, ...other });
          const limits = { looksMax: 100, nearMax: 10, wholeMax: 0, fewMax: 100, skip: 0, take: size, parts: include };
          const page = { filters: asked, before: newId("cnd"), ...limits };
          const scope = scopeOf(access);
          return [listCandidates(scope, page, null), listCandidates(scope, page, 100)];
        });
        expect([one, [...(await plannedFor(statements))].filter(isWalk)]).toEqual([one, []]);
      }
    },
    120_000,
  );

  test("saboteur: a condition that no index knows is found", async () => {
    const walk = raw(sql`select id from candidate where time_zone = 'UTC'`, () => undefined);
    expect([...(await plannedFor([walk]))].filter(isWalk)).toEqual(["SCAN candidate"]);
  });
});
