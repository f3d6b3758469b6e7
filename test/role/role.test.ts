import { describe, expect, test } from "vitest";
import { builtInTemplates } from "../../src/catalog/role-templates.ts";
import type { RoleId } from "../../src/kernel/ids.ts";
import { shortQuestionnaire } from "../support/questionnaire.ts";
import { givenRole, givenRoleTemplate } from "../support/refcheck.ts";
import { givenMember, givenOrganization, type House, refusalOf, tripsOf } from "../support/world.ts";

const [anyRole, leading] = builtInTemplates;
if (!anyRole || !leading) throw new Error("there are built-in templates");

const oneQuestion = {
  languages: ["en" as const],
  questions: [{ key: "why", kind: "text" as const, prompt: { en: "Why?" } }],
};

describe("a role template", () => {
  test("of the organization's own stands after those that are built in, page by page", async () => {
    const house = await givenOrganization();
    const { roleTemplate } = house.owner.client;
    const own = [await givenRoleTemplate(house), await givenRoleTemplate(house, { title: "Åse's own" })];
    const expected = [...builtInTemplates.map(({ id }) => id), ...own.map(({ id }) => id)];
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await roleTemplate.list.query({ size: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(expected);
    const found = await roleTemplate.list.query({ search: "åSE" });
    expect(found.items.map(({ id }) => id)).toEqual([own[1]?.id]);
    expect((await roleTemplate.list.query({ search: "ANY ROLE" })).items.map(({ id }) => id)).toEqual([anyRole.id]);
  });

  test("that is built in is read in full and never changed", async () => {
    const { roleTemplate } = (await givenOrganization()).owner.client;
    expect(await roleTemplate.get.query({ roleTemplateId: anyRole.id })).toEqual(anyRole);
    const refused = [
      () => roleTemplate.edit.mutate({ roleTemplateId: anyRole.id, title: "Mine now" }),
      () => roleTemplate.remove.mutate({ roleTemplateId: anyRole.id }),
    ];
    for (const call of refused) expect(await refusalOf(call())).toMatchObject({ reason: "built_in" });
  });

  test("is changed field by field, and roles made from it stay what they are", async () => {
    const house = await givenOrganization();
    const { roleTemplate, role } = house.owner.client;
    const { id: roleTemplateId } = await givenRoleTemplate(house);
    const made = await role.create.mutate({ roleTemplateId });
    const edited = await roleTemplate.edit.mutate({
      roleTemplateId,
      referencesRequired: 5,
      questionnaire: oneQuestion,
    });
    expect(edited).toMatchObject({ title: "Barista", referencesRequired: 5, isBuiltIn: false });
    expect(edited.questionnaire.questions).toHaveLength(1);
    expect(await roleTemplate.edit.mutate({ roleTemplateId })).toEqual(edited);
    await roleTemplate.remove.mutate({ roleTemplateId });
    expect(await refusalOf(roleTemplate.get.query({ roleTemplateId }))).toMatchObject({ reason: "not_found" });
    expect(made).toMatchObject(await role.get.query({ roleId: made.id }));
  });

  test("says where its questionnaire is wrong", async () => {
    const { roleTemplate } = (await givenOrganization()).owner.client;
    const questions = [{ key: "why", kind: "text" as const, prompt: { en: "Why?" } }];
    const refused = await refusalOf(
      roleTemplate.create.mutate({ title: "Half", questionnaire: { languages: ["en", "nl"], questions } }),
    );
    expect(refused.issues).toEqual([expect.objectContaining({ path: "questionnaire.questions.0.prompt" })]);
  });
});

describe("a role", () => {
  test("is the default team's and as its template says, but for what was said otherwise", async () => {
    const house = await givenOrganization();
    const { role } = house.owner.client;
    const made = await role.create.mutate({ roleTemplateId: leading.id, internalId: "L-1", periodMonths: null });
    expect(made).toMatchObject({
      ...{ teamId: house.team.id, teamName: house.team.name, title: leading.title, internalId: "L-1" },
      ...{ referencesRequired: 3, referencesOptional: 2, relationships: leading.relationships, periodMonths: null },
      ...{ revision: 1, status: "open", closedAt: null, questionnaire: leading.questionnaire },
    });
    expect(made).toMatchObject(await role.get.query({ roleId: made.id }));
  });

  test("takes a team that is there and open, and a template that is", async () => {
    const house = await givenOrganization();
    const other = await givenOrganization();
    const { role, team } = house.owner.client;
    const { id: teamId } = await team.create.mutate({ name: "Night shift" });
    expect(await role.create.mutate({ roleTemplateId: anyRole.id, teamId })).toMatchObject({ teamId });
    await team.archive.mutate({ teamId });
    const { id: foreign } = await givenRoleTemplate(other);
    const refused = [
      [{ roleTemplateId: anyRole.id, teamId }, "team_archived"],
      [{ roleTemplateId: anyRole.id, teamId: other.team.id }, "not_found"],
      [{ roleTemplateId: foreign }, "not_found"],
    ] as const;
    for (const [input, reason] of refused) expect(await refusalOf(role.create.mutate(input))).toMatchObject({ reason });
  });

  test("has its questionnaire replaced only by whoever has seen the present one", async () => {
    const house = await givenOrganization();
    const { role } = house.owner.client;
    const { id: roleId } = await givenRole(house);
    const next = { roleId, revision: 1, questionnaire: oneQuestion };
    const settled = await Promise.allSettled(Array.from({ length: 10 }, () => role.setQuestionnaire.mutate(next)));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(role.setQuestionnaire.mutate(next))).toMatchObject({ reason: "moved_on" });
    expect(await role.get.query({ roleId })).toMatchObject({ revision: 2, questionnaire: { languages: ["en"] } });
  });

  test("that is closed is read and no longer changed", async () => {
    const house = await givenOrganization();
    const { role } = house.owner.client;
    const { id: roleId } = await givenRole(house);
    expect(await role.edit.mutate({ roleId, title: "Head barista" })).toMatchObject({ title: "Head barista" });
    const closed = await role.close.mutate({ roleId });
    expect(closed).toMatchObject({ status: "closed", closedAt: expect.any(Date) });
    const refused = [
      () => role.edit.mutate({ roleId, title: "Nobody" }),
      () => role.setQuestionnaire.mutate({ roleId, revision: 1, questionnaire: shortQuestionnaire }),
      () => role.close.mutate({ roleId }),
    ];
    for (const call of refused) expect(await refusalOf(call())).toMatchObject({ reason: "role_closed" });
    expect(await role.get.query({ roleId })).toEqual(closed);
  });
});

describe("a hiring manager", () => {
  async function withTwoTeams(): Promise<{ house: House; inTeam: RoleId; elsewhere: RoleId }> {
    const house = await givenOrganization();
    const { id: teamId } = await house.owner.client.team.create.mutate({ name: "Night shift" });
    const inTeam = await givenRole(house);
    const elsewhere = await givenRole(house, { teamId });
    return { house, inTeam: inTeam.id, elsewhere: elsewhere.id };
  }

  test("sees the roles of the teams they are in, and no others", async () => {
    const { house, inTeam, elsewhere } = await withTwoTeams();
    const { client } = await givenMember(house, "hiring_manager");
    expect((await client.role.list.query({})).items.map(({ id }) => id)).toEqual([inTeam]);
    expect(await client.role.get.query({ roleId: inTeam })).toMatchObject({ id: inTeam });
    const refused = await refusalOf(client.role.get.query({ roleId: elsewhere }));
    expect(refused).toMatchObject({ reason: "not_found" });
    const seenByOwner = await house.owner.client.role.list.query({});
    expect(seenByOwner.items.map(({ id }) => id)).toEqual([elsewhere, inTeam]);
  });
});

test("a read of roles or templates takes one round trip, a write at most two", async () => {
  const house = await givenOrganization();
  const { token } = house.owner;
  expect(await tripsOf(token, ({ role }) => role.list.query({}))).toBe(1);
  expect(await tripsOf(token, ({ role }) => role.create.mutate({ roleTemplateId: anyRole.id }))).toBe(2);
});
