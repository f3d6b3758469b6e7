import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import {
  countOf,
  givenInvite,
  membershipsOf,
  newcomer,
  runOut,
  shownInvite,
  withdrawLetters,
} from "../support/given-invite.ts";
import {
  anteroom,
  givenMember,
  givenOrganization,
  givenPerson,
  type House,
  type Member,
  newEmail,
  newestToken,
  refusalOf,
  send,
  tripsOf,
} from "../support/world.ts";

let house: House;
let stranger: House;
let admin: Member;

beforeAll(async () => {
  [house, stranger] = await Promise.all([givenOrganization(), givenOrganization()]);
  admin = await givenMember(house, "admin");
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

describe("inviting", () => {
  test("an invite carries what was asked, a letter goes out, and it runs out after its days", async () => {
    const before = Date.now();
    const { inviteId, held } = await givenInvite(house, {
      access: "hiring_manager",
      startedWorkOn: "2024-02-01",
      expiryDays: 14,
    });
    const invite = await shownInvite(house, inviteId);
    expect(invite).toMatchObject({
      email: held.email,
      access: "hiring_manager",
      status: "INVITED",
      team: { id: house.team.id, name: house.team.name },
      startedWorkOn: "2024-02-01",
      expiryDays: 14,
      invitedBy: { memberId: house.owner.memberId, firstName: "Ada", lastName: "owner" },
      answeredAt: null,
      availableActions: ["resend", "revoke"],
    });
    const days = ((invite?.expiresAt?.getTime() ?? 0) - before) / 86_400_000;
    expect(Math.round(days * 1_000) / 1_000).toBe(14);
    expect(held.token).toMatch(/^mi_/);
  });

  test("without days it never runs out", async () => {
    const { inviteId, held } = await givenInvite(house, { expiryDays: null });
    expect(await shownInvite(house, inviteId)).toMatchObject({ expiresAt: null, expiryDays: null });
    expect(await anteroom().invite.validate.query(held)).toMatchObject({ expiresAt: null });
  });

  test("several at once get a result each: members, open invites and repetitions are passed over and counted", async () => {
    const open = await givenInvite(house);
    const [fresh, other] = [newEmail(), newEmail()];
    const emails = [fresh, admin.email, open.held.email, other, fresh.toUpperCase()];
    const answer = await admin.client.invite.create.mutate({
      invites: emails.map((email) => ({ email, access: "recruiter" as const })),
    });
    expect(answer.results.map(({ email, outcome }) => [email, outcome])).toEqual([
      [fresh, "invited"],
      [admin.email, "already_member"],
      [open.held.email, "already_invited"],
      [other, "invited"],
      [fresh, "repeated"],
    ]);
    expect(answer.counts).toEqual({ invited: 2, alreadyMember: 1, alreadyInvited: 1, repeated: 1, tooOften: 0 });
    expect(answer.results.map(({ inviteId }) => inviteId !== null)).toEqual([true, false, false, true, false]);
    expect(await newestToken(other)).toMatch(/^mi_/);
  });

  test("when all are passed over nothing is written and nothing refused", async () => {
    const { counts } = await admin.client.invite.create.mutate({
      invites: [{ email: admin.email, access: "recruiter" }],
    });
    expect(counts).toEqual({ invited: 0, alreadyMember: 1, alreadyInvited: 0, repeated: 0, tooOften: 0 });
  });

  test("fifty are invited in one call", async () => {
    const own = await givenOrganization();
    const invites = Array.from({ length: 50 }, () => ({ email: newEmail("many"), access: "recruiter" as const }));
    const { counts } = await own.owner.client.invite.create.mutate({ invites });
    expect(counts.invited).toBe(50);
    expect(await countOf(sql`select count(*) from letter where organization_id = ${own.organization.id}`)).toBe(50);
    await withdrawLetters(own);
  });

  test("recruiters and hiring managers neither invite nor see invites", async () => {
    for (const access of ["recruiter", "hiring_manager"] as const) {
      const { client } = await givenMember(house, access);
      const invites = [{ email: newEmail(), access: "hiring_manager" as const }];
      expect(await reasonOf(client.invite.create.mutate({ invites }))).toBe("not_allowed");
      expect(await reasonOf(client.invite.list.query({}))).toBe("not_allowed");
    }
  });

  test("nobody offers more access than they have, and one such address refuses the whole call", async () => {
    const innocent = newEmail();
    const call = admin.client.invite.create.mutate({
      invites: [
        { email: innocent, access: "recruiter" },
        { email: newEmail(), access: "owner" },
      ],
    });
    expect(await reasonOf(call)).toBe("above_own_access");
    expect(await countOf(sql`select count(*) from invite where email = ${innocent}`)).toBe(0);
  });

  test("an admin neither sends again nor revokes an owner's invite", async () => {
    const { inviteId } = await givenInvite(house, { access: "owner" });
    expect(await reasonOf(admin.client.invite.resend.mutate({ inviteId }))).toBe("above_own_access");
    expect(await reasonOf(admin.client.invite.revoke.mutate({ inviteId }))).toBe("above_own_access");
    const { items } = await admin.client.invite.list.query({ size: 100 });
    expect(items.find(({ id }) => id === inviteId)).toMatchObject({ status: "INVITED", availableActions: [] });
  });

  test("a team is one of the organization's and open", async () => {
    const team = await admin.client.team.create.mutate({ name: "Closed" });
    await admin.client.team.archive.mutate({ teamId: team.id });
    const into = (teamId: typeof team.id) =>
      admin.client.invite.create.mutate({ invites: [{ email: newEmail(), access: "recruiter", teamId }] });
    expect(await reasonOf(into(team.id))).toBe("team_archived");
    expect(await reasonOf(into(stranger.team.id))).toBe("not_found");
  });

  test("of twenty inviting the same address at once one does, and one letter goes out", async () => {
    const email = newEmail("raced");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        admin.client.invite.create.mutate({ invites: [{ email, access: "recruiter" }] }).then(
          ({ results }) => results[0]?.outcome,
          async (error: unknown) => reasonOf(Promise.reject(error)),
        ),
      ),
    );
    expect(answers.filter((answer) => answer === "invited")).toHaveLength(1);
    expect(answers.every((answer) => ["invited", "already_invited", "moved_on"].includes(String(answer)))).toBe(true);
    expect(await countOf(sql`select count(*) from invite where email = ${email}`)).toBe(1);
    expect(await countOf(sql`select count(*) from letter where to_email = ${email}`)).toBe(1);
  });

  test("an organization sends 500 of these letters a day and not one more", async () => {
    const own = await givenOrganization();
    const ask = (count: number) =>
      own.owner.client.invite.create.mutate({
        invites: Array.from({ length: count }, () => ({ email: newEmail("limit"), access: "recruiter" as const })),
      });
    for (let sent = 0; sent < 450; sent += 50) await ask(50);
    await ask(49);
    expect(await reasonOf(ask(2))).toBe("slow_down");
    const { results } = await ask(1);
    expect(results[0]?.outcome).toBe("invited");
    const inviteId = results[0]?.inviteId ?? "inv_none";
    expect(await reasonOf(own.owner.client.invite.resend.mutate({ inviteId }))).toBe("slow_down");
    expect(await countOf(sql`select count(*) from invite where organization_id = ${own.organization.id}`)).toBe(500);
    await withdrawLetters(own);
  });
});

describe("validating", () => {
  test("the holder of the letter is told organization, access and expiry, and nothing else", async () => {
    const { inviteId, held } = await givenInvite(house, { access: "admin" });
    const told = await anteroom().invite.validate.query({ ...held, email: held.email.toUpperCase() });
    expect(told).toEqual({
      organizationName: house.organization.name,
      access: "admin",
      expiresAt: (await shownInvite(house, inviteId))?.expiresAt,
    });
  });

  test("it tells the same whether or not the address has an account", async () => {
    const known = await givenPerson();
    const [withAccount, without] = [await givenInvite(house, { email: known.email }), await givenInvite(house)];
    const [one, other] = [
      await anteroom().invite.validate.query(withAccount.held),
      await anteroom().invite.validate.query(without.held),
    ];
    expect({ ...one, expiresAt: null }).toEqual({ ...other, expiresAt: null });
  });

  test("without the token, or with another address, every call answers alike: a dead link", async () => {
    const known = await givenPerson();
    const { held } = await givenInvite(house);
    const foreign = await givenInvite(house);
    const guess = `mi_${"x".repeat(43)}`;
    const wrong = [
      { email: held.email, token: guess },
      { email: known.email, token: guess },
      { email: known.email, token: held.token },
      { email: held.email, token: foreign.held.token },
      { email: held.email, token: held.token.replace("mi_", "si_") },
    ];
    for (const input of wrong) {
      expect(await reasonOf(anteroom().invite.validate.query(input))).toBe("link_dead");
      expect(await reasonOf(anteroom().invite.accept.mutate({ ...input, ...newcomer }))).toBe("link_dead");
      expect(await reasonOf(anteroom().invite.accept.mutate(input))).toBe("link_dead");
      expect(await reasonOf(anteroom().invite.reject.mutate(input))).toBe("link_dead");
    }
    expect(await anteroom().invite.validate.query(held)).toMatchObject({ access: "recruiter" });
  });

  test("looking changes nothing: a scanner opens it as often as it likes", async () => {
    const { inviteId, held } = await givenInvite(house);
    for (let times = 0; times < 3; times += 1) {
      await anteroom().invite.validate.query(held);
      await anteroom().identity.openLink.query({ token: held.token });
      expect(await reasonOf(anteroom().identity.useLink.mutate({ token: held.token }))).toBe("other_link");
    }
    const input = encodeURIComponent(JSON.stringify({ ...held, ...newcomer }));
    const got = await send(new Request(`https://api.anteroom.test/trpc/invite.accept?input=${input}`));
    expect(got.status).toBe(405);
    expect(await shownInvite(house, inviteId)).toMatchObject({ status: "INVITED" });
  });
});

describe("running out", () => {
  test("past its expiry an invite reads EXPIRED and its link is dead, though nobody wrote that down", async () => {
    const { inviteId, held } = await givenInvite(house, { expiryDays: 1 });
    await runOut(inviteId);
    expect(await shownInvite(house, inviteId)).toMatchObject({
      status: "EXPIRED",
      availableActions: ["resend", "revoke"],
    });
    expect(await reasonOf(anteroom().invite.validate.query(held))).toBe("link_dead");
    expect(await reasonOf(anteroom().invite.accept.mutate({ ...held, ...newcomer }))).toBe("link_dead");
    expect(await reasonOf(anteroom().invite.reject.mutate(held))).toBe("link_dead");
  });

  test("an address whose invite has run out is invited anew", async () => {
    const { inviteId, held } = await givenInvite(house);
    await runOut(inviteId);
    const anew = await givenInvite(house, { email: held.email });
    expect(anew.inviteId).not.toBe(inviteId);
    expect(await shownInvite(house, inviteId)).toMatchObject({ status: "EXPIRED", availableActions: [] });
    expect(await anteroom().invite.validate.query(anew.held)).toMatchObject({ access: "recruiter" });
    expect(await reasonOf(admin.client.invite.resend.mutate({ inviteId }))).toBe("invite_answered");
  });
});

describe("sending again, revoking, rejecting", () => {
  test("sending again gives a new link and kills the older one, which had not run out", async () => {
    const { inviteId, held } = await givenInvite(house, { expiryDays: null });
    expect(await admin.client.invite.resend.mutate({ inviteId })).toMatchObject({ id: inviteId, status: "INVITED" });
    const token = await newestToken(held.email);
    expect(token).not.toBe(held.token);
    expect(await reasonOf(anteroom().invite.validate.query(held))).toBe("link_dead");
    expect(await reasonOf(anteroom().invite.reject.mutate(held))).toBe("link_dead");
    expect(await reasonOf(anteroom().invite.accept.mutate({ ...held, ...newcomer }))).toBe("link_dead");
    const { user } = await anteroom().invite.accept.mutate({ ...held, ...newcomer, token });
    expect(user.email).toBe(held.email);
  });

  test("sending again what has run out starts its days anew", async () => {
    const { inviteId, held } = await givenInvite(house, { expiryDays: 7 });
    await runOut(inviteId);
    const before = Date.now();
    const resent = await admin.client.invite.resend.mutate({ inviteId });
    expect(resent).toMatchObject({ id: inviteId, status: "INVITED" });
    expect(resent.expiresAt?.getTime()).toBeGreaterThanOrEqual(before + 7 * 86_400_000);
    const token = await newestToken(held.email);
    expect(await anteroom().invite.validate.query({ ...held, token })).toMatchObject({ access: "recruiter" });
  });

  test("a revoked invite reads EXPIRED and can neither be accepted nor sent again", async () => {
    const { inviteId, held } = await givenInvite(house);
    expect(await admin.client.invite.revoke.mutate({ inviteId })).toMatchObject({
      status: "EXPIRED",
      answeredAt: expect.any(Date),
      availableActions: [],
    });
    expect(await reasonOf(anteroom().invite.accept.mutate({ ...held, ...newcomer }))).toBe("invite_answered");
    expect(await reasonOf(admin.client.invite.revoke.mutate({ inviteId }))).toBe("invite_answered");
    expect(await reasonOf(admin.client.invite.resend.mutate({ inviteId }))).toBe("invite_answered");
    const anew = await givenInvite(house, { email: held.email });
    expect(anew.inviteId).not.toBe(inviteId);
  });

  test("a rejected invite stays rejected, and the address can be invited again", async () => {
    const { inviteId, held } = await givenInvite(house);
    expect(await anteroom().invite.reject.mutate(held)).toEqual({ done: true });
    expect(await shownInvite(house, inviteId)).toMatchObject({ status: "REJECTED", availableActions: [] });
    expect(await reasonOf(anteroom().invite.accept.mutate({ ...held, ...newcomer }))).toBe("invite_answered");
    expect(await reasonOf(admin.client.invite.resend.mutate({ inviteId }))).toBe("invite_answered");
    await givenInvite(house, { email: held.email });
  });

  test("revoking and accepting at once come to one of the two", async () => {
    const { inviteId, held } = await givenInvite(house);
    const [accepting, revoking] = await Promise.allSettled([
      anteroom().invite.accept.mutate({ ...held, ...newcomer }),
      admin.client.invite.revoke.mutate({ inviteId }),
    ]);
    expect([accepting, revoking].filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await membershipsOf(held.email)).toBe(accepting.status === "fulfilled" ? 1 : 0);
  });
});

describe("the list", () => {
  test("comes page by page, newest first, each once, by status and part of the address", async () => {
    const own = await givenOrganization();
    const [accepted, rejected, revoked, late, open] = [
      await givenInvite(own),
      await givenInvite(own),
      await givenInvite(own),
      await givenInvite(own),
      await givenInvite(own, { email: `under_score.${crypto.randomUUID()}@example.com` }),
    ];
    await anteroom().invite.accept.mutate({ ...accepted.held, ...newcomer });
    await anteroom().invite.reject.mutate(rejected.held);
    await own.owner.client.invite.revoke.mutate({ inviteId: revoked.inviteId });
    await runOut(late.inviteId);
    const idsOf = async (asked: Parameters<Member["client"]["invite"]["list"]["query"]>[0]) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await own.owner.client.invite.list.query({ ...asked, size: 2, ...(cursor && { cursor }) });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return seen;
    };
    const newestFirst = [open, late, revoked, rejected, accepted].map(({ inviteId }) => inviteId);
    expect(await idsOf({})).toEqual(newestFirst);
    expect(await idsOf({ status: "INVITED" })).toEqual([open.inviteId]);
    expect(await idsOf({ status: "ACCEPTED" })).toEqual([accepted.inviteId]);
    expect(await idsOf({ status: "REJECTED" })).toEqual([rejected.inviteId]);
    expect(await idsOf({ status: "EXPIRED" })).toEqual([late.inviteId, revoked.inviteId]);
    expect(await idsOf({ search: "under_s" })).toEqual([open.inviteId]);
    expect(await idsOf({ search: "_" })).toEqual([open.inviteId]);
  });
});

test("another organization's invite is not there, in any call", async () => {
  const { inviteId } = await givenInvite(house);
  const { client } = stranger.owner;
  expect(await reasonOf(client.invite.resend.mutate({ inviteId }))).toBe("not_found");
  expect(await reasonOf(client.invite.revoke.mutate({ inviteId }))).toBe("not_found");
  expect((await client.invite.list.query({ size: 100 })).items.some(({ id }) => id === inviteId)).toBe(false);
  expect(await shownInvite(house, inviteId)).toMatchObject({ status: "INVITED" });
});

test("a query costs one round trip and a mutation at most two, authorization included", async () => {
  const invites = Array.from({ length: 5 }, () => ({ email: newEmail(), access: "recruiter" as const }));
  const trips = (call: Parameters<typeof tripsOf>[1]) => tripsOf(admin.token, call);
  expect(await trips((client) => client.invite.create.mutate({ invites }))).toBeLessThanOrEqual(2);
  expect(await trips((client) => client.invite.list.query({ status: "INVITED", search: "a" }))).toBe(1);
  const [one, two, three] = [await givenInvite(house), await givenInvite(house), await givenInvite(house)];
  expect(await trips((client) => client.invite.resend.mutate({ inviteId: three.inviteId }))).toBeLessThanOrEqual(2);
  expect(await trips((client) => client.invite.revoke.mutate({ inviteId: three.inviteId }))).toBe(1);
  const visit = (call: Parameters<typeof tripsOf>[1]) => tripsOf(undefined, call);
  expect(await visit((client) => client.invite.validate.query(one.held))).toBe(1);
  expect(await visit((client) => client.invite.accept.mutate({ ...one.held, ...newcomer }))).toBe(2);
  expect(await visit((client) => client.invite.reject.mutate(two.held))).toBe(2);
});
