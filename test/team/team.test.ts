import { beforeAll, describe, expect, test } from "vitest";
import { givenMember, givenOrganization, type House, type Member, refusalOf, tripsOf } from "../support/world.ts";

let house: House;
let stranger: House;
let admin: Member;
let recruiter: Member;
let manager: Member;

beforeAll(async () => {
  [house, stranger] = await Promise.all([givenOrganization(), givenOrganization()]);
  [admin, recruiter, manager] = await Promise.all([
    givenMember(house, "admin"),
    givenMember(house, "recruiter"),
    givenMember(house, "hiring_manager"),
  ]);
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;
const givenTeam = (name = "Engineering") => house.owner.client.team.create.mutate({ name });

describe("founding and closing teams", () => {
  test("owners and admins create teams; recruiters and hiring managers do not", async () => {
    const made = await admin.client.team.create.mutate({ name: "  Sales  " });
    expect(made).toMatchObject({
      name: "Sales",
      isDefault: false,
      archivedAt: null,
      memberCount: 0,
      mayManage: true,
      createdAt: expect.any(Date),
    });
    expect(await recruiter.client.team.get.query({ teamId: made.id })).toMatchObject({ mayManage: false });
    expect(await reasonOf(recruiter.client.team.create.mutate({ name: "Mine" }))).toBe("not_allowed");
    expect(await reasonOf(manager.client.team.create.mutate({ name: "Mine" }))).toBe("not_allowed");
  });

  test("the default team is never archived", async () => {
    expect(await reasonOf(house.owner.client.team.archive.mutate({ teamId: house.team.id }))).toBe("default_team");
    expect(await house.owner.client.team.get.query({ teamId: house.team.id })).toMatchObject({ archivedAt: null });
  });

  test("a team's own admin archives it, and no other team nor the default one", async () => {
    const [mine, other] = [await givenTeam("Mine"), await givenTeam("Other")];
    const { memberId, client } = recruiter;
    await admin.client.team.addMember.mutate({ teamId: mine.id, memberId, isAdmin: true });
    await admin.client.team.addMember.mutate({ teamId: other.id, memberId });
    await admin.client.team.setAdmin.mutate({ teamId: house.team.id, memberId, isAdmin: true });
    expect(await reasonOf(client.team.archive.mutate({ teamId: other.id }))).toBe("not_allowed");
    expect(await reasonOf(client.team.archive.mutate({ teamId: house.team.id }))).toBe("default_team");
    expect(await client.team.archive.mutate({ teamId: mine.id })).toMatchObject({
      archivedAt: expect.any(Date),
      mayManage: false,
    });
    await admin.client.team.setAdmin.mutate({ teamId: house.team.id, memberId, isAdmin: false });
  });

  test("an archived team keeps who was in it and refuses every change", async () => {
    const { id: teamId } = await givenTeam();
    await admin.client.team.addMember.mutate({ teamId, memberId: manager.memberId });
    expect(await admin.client.team.archive.mutate({ teamId })).toMatchObject({
      archivedAt: expect.any(Date),
      memberCount: 1,
      mayManage: false,
    });
    const { client } = house.owner;
    const place = { teamId, memberId: manager.memberId };
    for (const call of [
      () => client.team.archive.mutate({ teamId }),
      () => client.team.rename.mutate({ teamId, name: "Other" }),
      () => client.team.addMember.mutate({ teamId, memberId: recruiter.memberId }),
      () => client.team.removeMember.mutate(place),
      () => client.team.setAdmin.mutate({ ...place, isAdmin: true }),
    ]) {
      expect(await reasonOf(call())).toBe("team_archived");
    }
    const { items } = await client.team.members.query({ teamId });
    expect(items.map(({ memberId }) => memberId)).toEqual([manager.memberId]);
  });

  test("of twenty archiving at once one does", async () => {
    const { id: teamId } = await givenTeam();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        admin.client.team.archive.mutate({ teamId }).then(
          () => "archived",
          () => "refused",
        ),
      ),
    );
    expect(answers.filter((answer) => answer === "archived")).toHaveLength(1);
  });
});

describe("who is in a team", () => {
  test("owners and admins add, make admin and remove, in teams they are not in", async () => {
    const { id: teamId } = await givenTeam();
    const place = { teamId, memberId: manager.memberId };
    expect(await admin.client.team.addMember.mutate(place)).toEqual({
      memberId: manager.memberId,
      firstName: "Bo",
      lastName: "hiring_manager",
      email: manager.email,
      access: "hiring_manager",
      isAdmin: false,
      joinedAt: expect.any(Date),
    });
    expect(await reasonOf(admin.client.team.addMember.mutate(place))).toBe("already_in_team");
    expect(await admin.client.team.setAdmin.mutate({ ...place, isAdmin: true })).toMatchObject({ isAdmin: true });
    expect(await admin.client.team.removeMember.mutate(place)).toEqual({ done: true });
    expect(await reasonOf(admin.client.team.removeMember.mutate(place))).toBe("not_found");
    expect(await reasonOf(admin.client.team.setAdmin.mutate({ ...place, isAdmin: true }))).toBe("not_found");
  });

  test("an admin of a team manages that one and no other, whatever their access", async () => {
    const [mine, other] = [await givenTeam("Mine"), await givenTeam("Other")];
    await admin.client.team.addMember.mutate({ teamId: mine.id, memberId: manager.memberId, isAdmin: true });
    const { client } = manager;
    expect(await client.team.rename.mutate({ teamId: mine.id, name: "Ours" })).toMatchObject({
      name: "Ours",
      mayManage: true,
    });
    const place = { teamId: mine.id, memberId: recruiter.memberId };
    await client.team.addMember.mutate(place);
    await client.team.setAdmin.mutate({ ...place, isAdmin: true });
    await client.team.removeMember.mutate(place);
    const elsewhere = { teamId: other.id, memberId: recruiter.memberId };
    expect(await reasonOf(client.team.rename.mutate({ teamId: other.id, name: "Ours" }))).toBe("not_allowed");
    expect(await reasonOf(client.team.addMember.mutate(elsewhere))).toBe("not_allowed");
    expect(await reasonOf(client.team.removeMember.mutate(elsewhere))).toBe("not_allowed");
    expect(await reasonOf(client.team.setAdmin.mutate({ ...elsewhere, isAdmin: true }))).toBe("not_allowed");
  });

  test("being in a team gives no say over it, and the say ends when it is taken", async () => {
    const { id: teamId } = await givenTeam();
    const place = { teamId, memberId: manager.memberId };
    await admin.client.team.addMember.mutate(place);
    expect(await reasonOf(manager.client.team.rename.mutate({ teamId, name: "Ours" }))).toBe("not_allowed");
    await admin.client.team.setAdmin.mutate({ ...place, isAdmin: true });
    await manager.client.team.rename.mutate({ teamId, name: "Ours" });
    await admin.client.team.setAdmin.mutate({ ...place, isAdmin: false });
    expect(await reasonOf(manager.client.team.rename.mutate({ teamId, name: "Theirs" }))).toBe("not_allowed");
    expect(await admin.client.team.get.query({ teamId })).toMatchObject({ name: "Ours" });
  });

  test("of twenty adding the same member at once one does", async () => {
    const { id: teamId } = await givenTeam();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        admin.client.team.addMember.mutate({ teamId, memberId: manager.memberId }).then(
          () => "added",
          () => "refused",
        ),
      ),
    );
    expect(answers.filter((answer) => answer === "added")).toHaveLength(1);
    expect(await admin.client.team.get.query({ teamId })).toMatchObject({ memberCount: 1 });
  });
});

describe("lists", () => {
  test("teams come page by page with their number of members, each once, oldest first", async () => {
    const elsewhere = await givenOrganization();
    const { client } = elsewhere.owner;
    const names = ["One", "Two", "Three", "Four"];
    for (const name of names) await client.team.create.mutate({ name });
    const seen: { name: string; memberCount: number }[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.team.list.query({ size: 2, ...(cursor && { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.map(({ name }) => name)).toEqual(["House of Tests", ...names]);
    expect(seen.map(({ memberCount }) => memberCount)).toEqual([1, 0, 0, 0, 0]);
  });

  test("teams are found by name, status and member; wildcards are letters", async () => {
    const [open, closed] = [await givenTeam("Find 100%_me"), await givenTeam("Find 100 too")];
    await admin.client.team.archive.mutate({ teamId: closed.id });
    await admin.client.team.addMember.mutate({ teamId: open.id, memberId: recruiter.memberId });
    const idsOf = async (asked: Parameters<typeof admin.client.team.list.query>[0]) =>
      (await recruiter.client.team.list.query(asked)).items.map(({ id }) => id);
    expect(await idsOf({ search: "find 100" })).toEqual([open.id, closed.id]);
    expect(await idsOf({ search: "%_" })).toEqual([open.id]);
    expect(await idsOf({ search: "find", status: "active" })).toEqual([open.id]);
    expect(await idsOf({ search: "find", status: "archived" })).toEqual([closed.id]);
    expect(await idsOf({ search: "find", memberId: recruiter.memberId })).toEqual([open.id]);
  });

  test("a team's members come page by page, each once", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await manager.client.team.members.query({
        teamId: house.team.id,
        size: 1,
        ...(cursor && { cursor }),
      });
      seen.push(...page.items.map(({ memberId }) => memberId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect([...seen].sort()).toEqual(
      [house.owner.memberId, admin.memberId, recruiter.memberId, manager.memberId].sort(),
    );
  });

  test("a cursor of another list is bad input", async () => {
    const { nextCursor } = await admin.client.team.list.query({ size: 1 });
    const call = admin.client.team.members.query({ teamId: house.team.id, cursor: nextCursor ?? "" });
    expect(await reasonOf(call)).toBe("bad_input");
  });
});

describe("across organizations", () => {
  test("another organization's team or member is not there, in any call", async () => {
    const { client } = stranger.owner;
    const teamId = house.team.id;
    for (const call of [
      () => client.team.get.query({ teamId }),
      () => client.team.members.query({ teamId }),
      () => client.team.rename.mutate({ teamId, name: "Taken" }),
      () => client.team.archive.mutate({ teamId }),
      () => client.team.addMember.mutate({ teamId, memberId: stranger.owner.memberId }),
      () => client.team.addMember.mutate({ teamId: stranger.team.id, memberId: recruiter.memberId }),
      () => client.team.removeMember.mutate({ teamId, memberId: recruiter.memberId }),
      () => client.team.setAdmin.mutate({ teamId, memberId: recruiter.memberId, isAdmin: true }),
    ]) {
      expect(await reasonOf(call())).toBe("not_found");
    }
    expect((await client.team.list.query({ memberId: recruiter.memberId })).items).toEqual([]);
  });
});

test("a query costs one round trip and a mutation one, authorization included", async () => {
  const { id: teamId } = await givenTeam();
  const place = { teamId, memberId: manager.memberId };
  const trips = async (call: Parameters<typeof tripsOf>[1]) => tripsOf(admin.token, call);
  expect(await trips((client) => client.team.list.query({}))).toBe(1);
  expect(await trips((client) => client.team.get.query({ teamId }))).toBe(1);
  expect(await trips((client) => client.team.members.query({ teamId }))).toBe(1);
  expect(await trips((client) => client.team.create.mutate({ name: "Counted" }))).toBe(1);
  expect(await trips((client) => client.team.rename.mutate({ teamId, name: "Counted" }))).toBe(1);
  expect(await trips((client) => client.team.addMember.mutate(place))).toBe(1);
  expect(await trips((client) => client.team.setAdmin.mutate({ ...place, isAdmin: true }))).toBe(1);
  expect(await trips((client) => client.team.removeMember.mutate(place))).toBe(1);
  expect(await trips((client) => client.team.archive.mutate({ teamId }))).toBe(1);
});
