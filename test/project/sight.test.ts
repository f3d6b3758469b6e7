import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { must, raw } from "../../db/statement.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { managesProject, mustBeActive, projectForInviting, seesProject } from "../../src/project/actions.ts";
import { projectRoles } from "../../src/project/policy.ts";
import {
  anteroom,
  type Client,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

type Project = Awaited<ReturnType<typeof givenProject>>;
type ProjectId = Project["id"];

let house: House;
let elsewhere: House;
let recruiter: Member;
let manager: Member;
let foreign: Project;
beforeAll(async () => {
  house = await givenOrganization();
  elsewhere = await givenOrganization();
  recruiter = await givenMember(house, "recruiter");
  manager = await givenMember(house, "hiring_manager");
  foreign = await givenProject(elsewhere);
});

const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    async () => (await refusalOf(call)).reason,
  );

/** Every call that names a project, with input that would be good for one of the caller's own. */
const callsOn = ({ project }: Client, projectId: ProjectId, memberId: Member["memberId"]) => ({
  get: () => project.get.query({ projectId }),
  roles: () => project.roles.query({ projectId }),
  edit: () => project.edit.mutate({ projectId, name: "Taken" }),
  setSteps: () => project.setSteps.mutate({ projectId, revision: 2, steps: [] }),
  setCriteria: () => project.setCriteria.mutate({ projectId, criteria: [] }),
  activate: () => project.activate.mutate({ projectId }),
  archive: () => project.archive.mutate({ projectId }),
  assignRole: () => project.assignRole.mutate({ projectId, memberId, role: "evaluator" }),
  unassignRole: () => project.unassignRole.mutate({ projectId, memberId, role: "evaluator" }),
});
const outcomesOf = async (calls: ReturnType<typeof callsOn>) =>
  Object.fromEntries(
    await Promise.all(Object.entries(calls).map(async ([name, call]) => [name, await outcomeOf(call())] as const)),
  );
const allOf = (outcome: string) =>
  Object.fromEntries(Object.keys(callsOn(anteroom(), foreign.id, manager.memberId)).map((name) => [name, outcome]));

describe("another organization's project", () => {
  test("is not there, whatever is tried on it, and neither is one that never was", async () => {
    const before = await elsewhere.owner.client.project.get.query({ projectId: foreign.id });
    for (const projectId of [foreign.id, newId("prj")]) {
      expect(await outcomesOf(callsOn(house.owner.client, projectId, manager.memberId))).toEqual(allOf("not_found"));
    }
    const [ofForeign, ofNothing] = await Promise.all(
      [foreign.id, newId("prj")].map((projectId) => refusalOf(house.owner.client.project.get.query({ projectId }))),
    );
    expect({ ...ofForeign, requestId: "" }).toEqual({ ...ofNothing, requestId: "" });
    expect(await elsewhere.owner.client.project.get.query({ projectId: foreign.id })).toEqual(before);
  });

  test("gives no role to its neighbours, and neither does one's own to people from there or who never were", async () => {
    const { id: projectId } = await givenProject(house);
    for (const memberId of [elsewhere.owner.memberId, newId("mem")]) {
      const call = house.owner.client.project.assignRole.mutate({ projectId, memberId, role: "evaluator" });
      expect((await refusalOf(call)).reason).toBe("not_found");
    }
    expect((await house.owner.client.project.roles.query({ projectId })).items).toEqual([]);
  });
});

describe("a hiring manager", () => {
  test("sees only projects in which they hold a role, and those only to look at", async () => {
    const [{ id: projectId }, hidden] = await Promise.all([givenProject(house), givenProject(house)]);
    const { memberId, client } = manager;
    const cannotSee = { ...allOf("not_allowed"), get: "not_found", roles: "not_found" };
    expect(await outcomesOf(callsOn(client, projectId, memberId))).toEqual(cannotSee);
    for (const role of projectRoles) {
      await recruiter.client.project.assignRole.mutate({ projectId, memberId, role });
      const seen = await client.project.list.query({});
      expect(seen.items.map(({ id, availableActions }) => [id, availableActions])).toEqual([[projectId, []]]);
      expect(await outcomesOf(callsOn(client, projectId, memberId))).toEqual({
        ...allOf("not_allowed"),
        get: "done",
        roles: "done",
      });
      expect(await outcomesOf(callsOn(client, hidden.id, memberId))).toEqual(cannotSee);
      await recruiter.client.project.unassignRole.mutate({ projectId, memberId, role });
      expect((await client.project.list.query({})).items).toEqual([]);
    }
    expect(await outcomeOf(client.project.create.mutate({ name: "Mine" }))).toBe("not_allowed");
  });

  test("manages a project as its interview manager and in no other role", async () => {
    const { id: projectId } = await givenProject(house, { defaultInterviewPeriodSeconds: 86_400 });
    const other = await givenProject(house);
    const scope: MemberScope = {
      ...manager,
      kind: "member",
      sessionId: newId("ses"),
      organizationId: house.organization.id,
    };
    const ask = async () => {
      const { sees, manages, project } = await database().read({
        sees: raw(sql`select id from project where ${seesProject(scope, sql`project.id`)}`, (rows) => rows.flat()),
        manages: raw(sql`select id from project where ${managesProject(scope, sql`project.id`)}`, (rows) =>
          rows.flat(),
        ),
        project: projectForInviting(scope, projectId),
      });
      return { sees, manages, mayManage: project?.mayManage };
    };
    expect(await ask()).toEqual({ sees: [], manages: [], mayManage: undefined });
    for (const role of projectRoles) {
      await recruiter.client.project.assignRole.mutate({ projectId, memberId: manager.memberId, role });
      await recruiter.client.project.assignRole.mutate({ projectId: other.id, memberId: recruiter.memberId, role });
      const isManager = role === "interview_manager";
      expect(await ask()).toEqual({ sees: [projectId], manages: isManager ? [projectId] : [], mayManage: isManager });
      await recruiter.client.project.unassignRole.mutate({ projectId, memberId: manager.memberId, role });
    }
  });
});

describe("what inviting needs", () => {
  test("comes from the project first and the organization next, and only while it is active", async () => {
    const scope: MemberScope = {
      ...recruiter,
      kind: "member",
      sessionId: newId("ses"),
      organizationId: house.organization.id,
    };
    const [own, inherited] = await Promise.all([
      givenProject(house, { defaultInterviewPeriodSeconds: 86_400 }),
      givenProject(house),
    ]);
    const { first, second, foreigners } = await database().read({
      first: projectForInviting(scope, own.id),
      second: projectForInviting(scope, inherited.id),
      foreigners: projectForInviting(scope, foreign.id),
    });
    expect(first).toMatchObject({ interviewPeriodSeconds: 86_400, stepCount: 3, revision: 2, mayManage: true });
    expect(second).toMatchObject({
      interviewPeriodSeconds: house.organization.defaultInterviewPeriodSeconds,
      organization: { name: house.organization.name, frontendOrigins: house.organization.frontendOrigins },
    });
    expect(foreigners).toBeUndefined();
    await database().read({ is: mustBeActive(scope, own.id) });
    await house.owner.client.project.archive.mutate({ projectId: own.id });
    for (const projectId of [own.id, foreign.id]) {
      await expect(database().read({ is: mustBeActive(scope, projectId) })).rejects.toMatchObject({
        reason: "project_not_active",
      });
    }
  });
});

describe("roles", () => {
  test("are held once each, by several members, and listed page by page", async () => {
    const { project } = recruiter.client;
    const { id: projectId } = await givenProject(house);
    const wanted = [recruiter, manager].flatMap(({ memberId }) =>
      projectRoles.map((role) => ({ projectId, memberId, role })),
    );
    for (const one of wanted) {
      const { projectId: _, ...held } = one;
      expect(await project.assignRole.mutate(one)).toMatchObject({ ...held, email: expect.any(String) });
    }
    const [one] = wanted;
    if (!one) throw new Error("roles were wanted");
    expect((await refusalOf(project.assignRole.mutate(one))).reason).toBe("role_taken");
    const pages = await allPages((cursor) => project.roles.query({ projectId, size: 4, cursor }));
    expect(pages.map(({ length }) => length)).toEqual([4, 2]);
    expect(new Set(pages.flat().map(({ memberId, role }) => `${memberId} ${role}`)).size).toBe(6);
    expect((await project.roles.query({ projectId, role: "evaluator" })).items).toHaveLength(2);
    const { roleCounts } = await project.get.query({ projectId });
    expect(roleCounts).toEqual({ interview_manager: 2, evaluator: 2, reviewer: 2 });
    await project.unassignRole.mutate(one);
    expect((await refusalOf(project.unassignRole.mutate(one))).reason).toBe("not_found");
  });

  test("asked for by thirty people at once are given once", async () => {
    const { id: projectId } = await givenProject(house);
    const role = { projectId, memberId: manager.memberId, role: "reviewer" as const };
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => outcomeOf(house.owner.client.project.assignRole.mutate(role))),
    );
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "role_taken")).toHaveLength(29);
  });

  test("of somebody who left are neither listed nor counted nor given", async () => {
    const { id: projectId } = await givenProject(house);
    const leaver = await givenMember(house, "hiring_manager");
    const role = { projectId, memberId: leaver.memberId, role: "evaluator" as const };
    const { project } = house.owner.client;
    await project.assignRole.mutate(role);
    await database().write([
      raw(sql`update member set removed_at = 1 where id = ${leaver.memberId}`, () => undefined),
      must(sql`changes() = 1`, "not_found"),
    ]);
    expect((await project.roles.query({ projectId })).items).toEqual([]);
    expect((await project.get.query({ projectId })).roleCounts.evaluator).toBe(0);
    expect((await refusalOf(project.assignRole.mutate({ ...role, role: "reviewer" }))).reason).toBe("not_found");
    const { held } = await database().read({
      held: raw(sql`select role from project_role where member_id = ${leaver.memberId}`, (rows) => rows.flat()),
    });
    expect(held).toEqual(["evaluator"]);
  });
});

type Page<Item> = { items: Item[]; nextCursor: string | null };

async function allPages<Item>(ask: (cursor: string | undefined) => Promise<Page<Item>>): Promise<Item[][]> {
  const pages: Item[][] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    pages.push(page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

describe("the list", () => {
  let own: House;
  let ids: Record<string, ProjectId>;
  beforeAll(async () => {
    own = await givenOrganization();
    ids = {};
    for (const [name, kind, label] of [
      ["beta", "interview", "spring"],
      ["Alpha", "assessment", "spring"],
      ["alpha", "interview", "autumn"],
      ["100% pure", "interview", "a\"b'c"],
      ["Zeta_1", "assessment", "autumn"],
    ] as const) {
      ids[name] = (await own.owner.client.project.create.mutate({ name, kind, labels: [label] })).id;
    }
  });
  const names = async (wanted: Parameters<Client["project"]["list"]["query"]>[0]) =>
    (await own.owner.client.project.list.query(wanted)).items.map(({ name }) => name);

  test("shows each project once, in order, however small the pages", async () => {
    for (const size of [1, 2, 3, 5]) {
      const page = (sort: "created" | "name") => (cursor: string | undefined) =>
        own.owner.client.project.list.query({ sort, size, cursor });
      const [newest, byName] = await Promise.all([allPages(page("created")), allPages(page("name"))]);
      expect(newest.flat().map(({ name }) => name)).toEqual(["Zeta_1", "100% pure", "alpha", "Alpha", "beta"]);
      expect(byName.flat().map(({ name }) => name)).toEqual(["100% pure", "Alpha", "alpha", "beta", "Zeta_1"]);
    }
  });

  test("filters by status, kind, label and name, and reads no sign of a search as a wildcard", async () => {
    expect(await names({ kind: "assessment" })).toEqual(["Zeta_1", "Alpha"]);
    expect(await names({ label: "spring", kind: "interview" })).toEqual(["beta"]);
    expect(await names({ label: "a\"b'c" })).toEqual(["100% pure"]);
    expect(await names({ label: "sprin" })).toEqual([]);
    expect(await names({ search: "ALPH" })).toEqual(["alpha", "Alpha"]);
    expect(await names({ search: "%" })).toEqual(["100% pure"]);
    expect(await names({ search: "_" })).toEqual(["Zeta_1"]);
    expect(await names({ search: "\\" })).toEqual([]);
    await own.owner.client.project.archive.mutate({ projectId: ids.beta ?? newId("prj") });
    expect(await names({ status: "archived" })).toEqual(["beta"]);
    expect(await names({ status: "active" })).toEqual([]);
  });

  test("refuses a cursor that was made for another order, or by nobody", async () => {
    const { list } = own.owner.client.project;
    const { nextCursor } = await list.query({ sort: "created", size: 1 });
    for (const cursor of [nextCursor ?? "", "nonsense", ""]) {
      expect((await refusalOf(list.query({ sort: "name", cursor }))).reason).toBe("bad_input");
    }
  });
});

test("a query takes one round trip and a mutation at most two, authorization included", async () => {
  const { memberId } = manager;
  const { id: projectId } = await house.owner.client.project.create.mutate({ name: "Counted" });
  const steps = [{ kind: "question" as const, title: "Why?", answer: { kind: "text" as const } }];
  const role = { projectId, memberId, role: "evaluator" as const };
  const trips: Record<string, number> = {};
  const count = async (name: string, call: (client: Client) => Promise<unknown>) => {
    trips[name] = await tripsOf(house.owner.token, call);
  };
  await count("create", ({ project }) => project.create.mutate({ name: "Another" }));
  await count("edit", ({ project }) => project.edit.mutate({ projectId, name: "Counted twice" }));
  await count("setSteps", ({ project }) => project.setSteps.mutate({ projectId, revision: 1, steps }));
  await count("setCriteria", ({ project }) =>
    project.setCriteria.mutate({ projectId, criteria: [{ name: "Warmth" }] }),
  );
  await count("assignRole", ({ project }) => project.assignRole.mutate(role));
  await count("get", ({ project }) => project.get.query({ projectId }));
  await count("list", ({ project }) => project.list.query({ sort: "name", search: "Counted" }));
  await count("roles", ({ project }) => project.roles.query({ projectId }));
  await count("unassignRole", ({ project }) => project.unassignRole.mutate(role));
  await count("activate", ({ project }) => project.activate.mutate({ projectId }));
  await count("archive", ({ project }) => project.archive.mutate({ projectId }));
  expect(trips).toEqual({
    create: 1,
    edit: 1,
    setSteps: 2,
    setCriteria: 1,
    assignRole: 1,
    get: 1,
    list: 1,
    roles: 1,
    unassignRole: 1,
    activate: 2,
    archive: 2,
  });
});
