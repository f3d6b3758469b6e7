import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { countOf, givenInvite, membershipsOf, newcomer, shownInvite } from "../support/given-invite.ts";
import {
  anteroom,
  givenMember,
  givenOrganization,
  givenPerson,
  type House,
  type Member,
  refusalOf,
} from "../support/world.ts";

let house: House;
let stranger: House;
let admin: Member;

beforeAll(async () => {
  [house, stranger] = await Promise.all([givenOrganization(), givenOrganization()]);
  admin = await givenMember(house, "admin");
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

describe("accepting", () => {
  test("somebody without an account gets one and is inside, in the team, with their starting day", async () => {
    const team = await admin.client.team.create.mutate({ name: "Landing" });
    const { inviteId, held } = await givenInvite(house, {
      access: "recruiter",
      teamId: team.id,
      startedWorkOn: "2024-02-01",
    });
    const answer = await anteroom().invite.accept.mutate({
      ...held,
      ...newcomer,
      language: "tr",
      timeZone: "Asia/Tokyo",
    });
    expect(answer).toMatchObject({
      kind: "user",
      user: { email: held.email, firstName: "Bo", lastName: "New", language: "tr", timeZone: "Asia/Tokyo" },
      entered: house.organization.id,
      organizations: [{ organizationId: house.organization.id, access: "recruiter" }],
      next: null,
    });
    const client = anteroom(answer.token);
    const memberId = answer.organizations[0]?.memberId ?? "mem_none";
    expect(await client.member.get.query({ memberId })).toMatchObject({ startedWorkOn: "2024-02-01" });
    const places = await client.team.members.query({ teamId: team.id });
    expect(places.items).toMatchObject([{ memberId, isAdmin: false }]);
    expect(await shownInvite(house, inviteId)).toMatchObject({
      status: "ACCEPTED",
      answeredAt: expect.any(Date),
      availableActions: [],
    });
    const again = await anteroom().identity.signIn.mutate({ email: held.email, password: newcomer.password });
    expect(again.entered).toBe(house.organization.id);
  });

  test("language and time zone are the organization's unless said otherwise", async () => {
    const own = await givenOrganization();
    await own.owner.client.organization.edit.mutate({ language: "nl", timeZone: "Europe/Amsterdam" });
    const { held } = await givenInvite(own);
    const { user } = await anteroom().invite.accept.mutate({ ...held, ...newcomer });
    expect(user).toMatchObject({ language: "nl", timeZone: "Europe/Amsterdam" });
  });

  test("who has no account is told what is needed, and a weak password is none", async () => {
    const { held } = await givenInvite(house);
    const accept = (over: object) => refusalOf(anteroom().invite.accept.mutate({ ...held, ...over }));
    expect(await accept({})).toMatchObject({
      reason: "bad_input",
      facts: { needed: ["password", "firstName", "lastName"] },
    });
    expect(await accept({ password: newcomer.password, firstName: "Bo" })).toMatchObject({
      reason: "bad_input",
      facts: { needed: ["lastName"] },
    });
    expect(await accept({ ...newcomer, password: "short" })).toMatchObject({ reason: "weak_password" });
    expect(await accept({ ...newcomer, password: "aaaaaaaaaaaa" })).toMatchObject({ reason: "weak_password" });
    expect(await membershipsOf(held.email)).toBe(0);
  });

  test("who has an account gives its password, or is signed in as that person", async () => {
    const [ada, eve] = [await givenPerson("ada"), await givenPerson("eve")];
    const first = await givenInvite(house, { email: ada.email });
    expect(await refusalOf(anteroom().invite.accept.mutate({ ...first.held, ...newcomer }))).toMatchObject({
      reason: "wrong_password",
    });
    expect(await refusalOf(anteroom().invite.accept.mutate(first.held))).toMatchObject({
      reason: "bad_input",
      facts: { needed: ["password"] },
    });
    expect(await reasonOf(eve.client.invite.accept.mutate(first.held))).toBe("bad_input");
    const byPassword = await anteroom().invite.accept.mutate({ ...first.held, password: ada.password });
    expect(byPassword.user).toMatchObject({ id: ada.userId, lastName: "ada" });
    const second = await givenInvite(stranger, { email: ada.email, access: "admin" });
    const bySession = await ada.client.invite.accept.mutate(second.held);
    expect(bySession).toMatchObject({ user: { id: ada.userId }, entered: stranger.organization.id });
    expect(bySession.organizations.map(({ organizationId }) => organizationId)).toEqual([
      house.organization.id,
      stranger.organization.id,
    ]);
    expect(await anteroom(bySession.token).organization.get.query()).toEqual(stranger.organization);
    const { items } = await anteroom(bySession.token).identity.sessions.query({});
    expect(items).toHaveLength(2);
  });

  test("a session that has ended accepts nothing", async () => {
    const ada = await givenPerson("ada");
    const { held } = await givenInvite(house, { email: ada.email });
    await ada.client.identity.signOut.mutate();
    expect(await reasonOf(ada.client.invite.accept.mutate(held))).toBe("signed_out");
    expect(await membershipsOf(ada.email)).toBe(0);
  });

  test("a session whose access elsewhere has changed still accepts", async () => {
    const person = await givenMember(stranger, "recruiter");
    await stranger.owner.client.member.remove.mutate({ memberId: person.memberId });
    const { held } = await givenInvite(house, { email: person.email });
    expect(await person.client.invite.accept.mutate(held)).toMatchObject({ entered: house.organization.id });
  });

  test("guesses at the password count with those at sign-in, and past the limit the right one is refused too", async () => {
    const ada = await givenPerson("ada");
    const { held } = await givenInvite(house, { email: ada.email });
    const here = anteroom(undefined, { ip: "198.51.100.7" });
    for (let guess = 0; guess < 10; guess += 1) {
      const call = here.invite.accept.mutate({ ...held, password: `wrong guess ${guess}` });
      expect(await reasonOf(call)).toBe("wrong_password");
    }
    const right = { ...held, password: ada.password };
    expect(await reasonOf(here.invite.accept.mutate({ ...held, password: "wrong again" }))).toBe("slow_down");
    expect(await reasonOf(here.invite.accept.mutate(right))).toBe("slow_down");
    const signIn = here.identity.signIn.mutate({ email: ada.email, password: ada.password });
    expect(await reasonOf(signIn)).toBe("slow_down");
    expect(await membershipsOf(ada.email)).toBe(0);
  });

  test("accepting twice is refused the second time, whatever came first", async () => {
    const accepted = await givenInvite(house);
    await anteroom().invite.accept.mutate({ ...accepted.held, ...newcomer });
    const again = anteroom().invite.accept.mutate({ ...accepted.held, ...newcomer });
    expect(await reasonOf(again)).toBe("invite_answered");
    expect(await reasonOf(anteroom().invite.validate.query(accepted.held))).toBe("invite_answered");
    expect(await reasonOf(anteroom().invite.reject.mutate(accepted.held))).toBe("invite_answered");
  });

  test("twenty accepting one invite at once make one account and one membership", async () => {
    const { inviteId, held } = await givenInvite(house);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        anteroom()
          .invite.accept.mutate({ ...held, ...newcomer })
          .then(
            () => "accepted",
            async (error: unknown) => reasonOf(Promise.reject(error)),
          ),
      ),
    );
    expect(answers.filter((answer) => answer === "accepted")).toHaveLength(1);
    expect(answers.filter((answer) => answer === "invite_answered")).toHaveLength(19);
    expect(await membershipsOf(held.email)).toBe(1);
    expect(await countOf(sql`select count(*) from user where email = ${held.email}`)).toBe(1);
    expect(await shownInvite(house, inviteId)).toMatchObject({ status: "ACCEPTED" });
  });

  test("twenty tabs of one signed-in person accepting at once make one membership", async () => {
    const ada = await givenPerson("ada");
    const { held } = await givenInvite(house, { email: ada.email });
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => ada.client.invite.accept.mutate(held)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await membershipsOf(ada.email)).toBe(1);
  });

  test("accepting and rejecting at once come to one of the two", async () => {
    const { inviteId, held } = await givenInvite(house);
    const [accepting, rejecting] = await Promise.allSettled([
      anteroom().invite.accept.mutate({ ...held, ...newcomer }),
      anteroom().invite.reject.mutate(held),
    ]);
    expect([accepting, rejecting].filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const wasAccepted = accepting.status === "fulfilled";
    expect(await shownInvite(house, inviteId)).toMatchObject({ status: wasAccepted ? "ACCEPTED" : "REJECTED" });
    expect(await membershipsOf(held.email)).toBe(wasAccepted ? 1 : 0);
  });

  test("who was invited into a team that is archived by now lands in the default team", async () => {
    const team = await admin.client.team.create.mutate({ name: "Short-lived" });
    const { held } = await givenInvite(house, { teamId: team.id });
    await admin.client.team.archive.mutate({ teamId: team.id });
    const { token, organizations } = await anteroom().invite.accept.mutate({ ...held, ...newcomer });
    const memberId = organizations[0]?.memberId ?? "mem_none";
    const { items } = await anteroom(token).team.list.query({ memberId });
    expect(items.map(({ id }) => id)).toEqual([house.team.id]);
  });

  test("where to go next stays on the organization's frontends", async () => {
    const own = await givenOrganization({ frontendOrigins: ["https://jobs.example.com"] });
    const { held } = await givenInvite(own);
    const accept = (next: string) => anteroom().invite.accept.mutate({ ...held, ...newcomer, next });
    expect(await reasonOf(accept("https://evil.example.com/"))).toBe("foreign_destination");
    expect(await accept("https://jobs.example.com/team?tab=1")).toMatchObject({ next: "/team?tab=1" });
  });
});
