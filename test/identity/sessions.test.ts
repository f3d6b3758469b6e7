import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { dayMs } from "../../src/kernel/clock.ts";
import { sealer } from "../../src/kernel/secret.ts";
import { guardOf, openSession, revokeSessionOfInterview, sessionsOfInterview } from "../../src/session/actions.ts";
import worker from "../../src/worker.ts";
import {
  admitted,
  anteroom,
  database,
  givenInvited,
  givenOrganization,
  givenPerson,
  givenProject,
  type Member,
  newestToken,
  origin,
  refusalOf,
  send,
  systemDeps,
  tripsOf,
} from "../support/world.ts";

afterEach(() => {
  vi.useRealTimers();
});

const signedOut = { reason: "signed_out", code: "UNAUTHORIZED" };

async function signedInAgain({ email, password }: { email: string; password: string }) {
  const { token } = await anteroom().identity.signIn.mutate({ email, password });
  return anteroom(token);
}

test("a session that was ended is refused on its very next call, read, write and batched", async () => {
  const ada = await givenPerson("ada");
  const phone = await anteroom().identity.signIn.mutate({ email: ada.email, password: ada.password });
  const onPhone = anteroom(phone.token);
  const { items } = await ada.client.identity.sessions.query({});
  expect(items.map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
  const [other] = items;
  if (!other) throw new Error("the phone's session is listed");
  expect(await onPhone.identity.me.query()).toMatchObject({ user: { id: ada.userId } });
  await ada.client.identity.revokeSession.mutate({ sessionId: other.id });
  const batched = anteroom(phone.token, { batch: true });
  const calls = [
    onPhone.identity.me.query(),
    onPhone.identity.sessions.query({}),
    onPhone.identity.editProfile.mutate({ firstName: "Eve" }),
    onPhone.identity.signOut.mutate(),
    onPhone.organization.create.mutate({ name: "Too late", slug: "too-late-for-this" }),
    batched.identity.me.query(),
    batched.identity.sessions.query({}),
  ];
  for (const refusal of await Promise.all(calls.map((call) => refusalOf(call))))
    expect(refusal).toMatchObject(signedOut);
  expect(await ada.client.identity.me.query()).toMatchObject({ user: { firstName: "Ada" } });
});

test("signing out ends the session in use and no other", async () => {
  const ada = await givenPerson("ada");
  const other = await signedInAgain(ada);
  await other.identity.signOut.mutate();
  expect(await refusalOf(other.identity.me.query())).toMatchObject(signedOut);
  expect((await ada.client.identity.sessions.query({})).items).toHaveLength(1);
});

test("somebody else's session is not there to be ended", async () => {
  const [ada, eve] = [await givenPerson("ada"), await givenPerson("eve")];
  const [own] = (await ada.client.identity.sessions.query({})).items;
  const sessionId = own?.id ?? "ses_";
  expect(await refusalOf(eve.client.identity.revokeSession.mutate({ sessionId }))).toMatchObject({
    reason: "not_found",
  });
  expect(await ada.client.identity.me.query()).toMatchObject({ user: { id: ada.userId } });
});

test("sessions are listed newest first, page by page, each once", async () => {
  const ada = await givenPerson("ada");
  for (let more = 0; more < 4; more += 1) await signedInAgain(ada);
  const all = (await ada.client.identity.sessions.query({})).items.map(({ id }) => id);
  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ada.client.identity.sessions.query({ size: 2, ...(cursor && { cursor }) });
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(all).toHaveLength(5);
  expect(paged).toEqual(all);
  for (const odd of [
    "nonsense",
    Buffer.from('["sessions",7]').toString("base64url"),
    Buffer.from('["sessions","x"]').toString("base64url"),
  ]) {
    expect(await refusalOf(ada.client.identity.sessions.query({ cursor: odd }))).toMatchObject({ reason: "bad_input" });
  }
});

test("a staff session lasts thirty days", async () => {
  const ada = await givenPerson("ada");
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start + 30 * dayMs - 60_000 });
  expect(await ada.client.identity.me.query()).toMatchObject({ user: { id: ada.userId } });
  vi.setSystemTime(start + 30 * dayMs + 60_000);
  expect(await refusalOf(ada.client.identity.me.query())).toMatchObject(signedOut);
});

test("resetting the password ends every session and every other link, and lets the person in at once", async () => {
  const ada = await givenPerson("ada");
  const phone = await signedInAgain(ada);
  await anteroom().identity.askForLink.mutate({ email: ada.email });
  const signIn = await newestToken(ada.email);
  await anteroom().identity.askForPasswordReset.mutate({ email: ada.email });
  const reset = await newestToken(ada.email);
  const password = "fourteen fireflies in a jar";
  const here = anteroom(undefined, { ip: "198.51.100.9" });
  for (let guess = 0; guess < 10; guess += 1) {
    await refusalOf(here.identity.signIn.mutate({ email: ada.email, password: `guess ${guess}` }));
  }
  await here.identity.resetPassword.mutate({ token: reset, password });
  expect(await refusalOf(ada.client.identity.me.query())).toMatchObject(signedOut);
  expect(await refusalOf(phone.identity.me.query())).toMatchObject(signedOut);
  expect(await refusalOf(anteroom().identity.useLink.mutate({ token: signIn }))).toMatchObject({ reason: "link_dead" });
  const again = anteroom().identity.resetPassword.mutate({ token: reset, password });
  expect(await refusalOf(again)).toMatchObject({ reason: "link_dead" });
  const former = anteroom().identity.signIn.mutate({ email: ada.email, password: ada.password });
  expect(await refusalOf(former)).toMatchObject({ reason: "wrong_credentials" });
  expect(await here.identity.signIn.mutate({ email: ada.email, password })).toMatchObject({ kind: "user" });
});

test("changing the password asks for the current one, and ends every session but the one in use", async () => {
  const ada = await givenPerson("ada");
  const phone = await signedInAgain(ada);
  const next = "fifteen foxgloves by the gate";
  const wrong = ada.client.identity.changePassword.mutate({ current: "not the password", next });
  expect(await refusalOf(wrong)).toMatchObject({ reason: "wrong_password" });
  const weak = ada.client.identity.changePassword.mutate({ current: ada.password, next: "Password123!" });
  expect(await refusalOf(weak)).toMatchObject({ reason: "weak_password" });
  expect(await phone.identity.me.query()).toMatchObject({ user: { id: ada.userId } });
  const change = (client: typeof phone) => client.identity.changePassword.mutate({ current: ada.password, next });
  expect(await tripsOf(ada.token, change)).toBe(2);
  expect(await ada.client.identity.me.query()).toMatchObject({ user: { id: ada.userId } });
  expect(await refusalOf(phone.identity.me.query())).toMatchObject(signedOut);
  expect(await anteroom().identity.signIn.mutate({ email: ada.email, password: next })).toMatchObject({ kind: "user" });
});

test("a token that is none, or was made for something else, is nobody's: signed out and never a failure", async () => {
  const ada = await givenPerson("ada");
  const { sealer: ours } = systemDeps();
  const session = "session token v1";
  const claims = [
    "",
    "null",
    "[]",
    "{",
    "0",
    '"x"',
    "{}",
    '{"kind":"user"}',
    '{"kind":"owner","sessionId":"ses_1"}',
    `{"kind":"user","sessionId":"ses_x","userId":"usr_x"}`,
    `{"kind":"member","sessionId":"ses_${"0".repeat(32)}","userId":"${ada.userId}","access":"emperor"}`,
    `{"kind":"user","sessionId":"ses_${"0".repeat(32)}","userId":"${ada.userId}"}`,
  ];
  const tokens = [
    ...(await Promise.all(claims.map((claim) => ours.seal(session, claim)))),
    await ours.seal("letter token v1", `{"kind":"user"}`),
    await sealer(["another-installation-with-a-secret-of-its-own"]).seal(session, `{"kind":"user"}`),
    ...[
      "x",
      "x.y",
      ".",
      "null",
      `${ada.token}x`,
      ada.token.slice(0, -1),
      ada.token.replace(".", ""),
      "a".repeat(4_000),
      "%00",
      "é",
    ],
  ];
  for (const token of tokens) {
    const headers = { authorization: `Bearer ${encodeURI(token)}` };
    const answer = await send(new Request(`${origin}/trpc/identity.me`, { headers }));
    expect([answer.status, await answer.text()], token).toEqual([
      401,
      expect.stringContaining('"reason":"signed_out"'),
    ]);
  }
  for (const authorization of ["Bearer", "Bearer ", `Basic ${ada.token}`, `bearer  ${ada.token}`, ada.token, ","]) {
    const answer = await send(new Request(`${origin}/trpc/identity.me`, { headers: { authorization } }));
    expect(answer.status, authorization).toBe(401);
  }
  expect(await openSession(systemDeps(), ada.token)).toMatchObject({ kind: "user", userId: ada.userId });
});

test("the sealing secret rotates without signing anybody out, until the old one is taken away", async () => {
  const ada = await givenPerson("ada");
  const next = "the-sealing-secret-that-comes-next-0123456789";
  const statusWith = async (token: string, over: Partial<Record<"SEALING_SECRET" | "SEALING_SECRET_OLD", string>>) => {
    const ctx = createExecutionContext();
    const request = new Request(`${origin}/trpc/identity.me`, { headers: { authorization: `Bearer ${token}` } });
    const { status } = await worker.fetch(request, { ...env, ...over }, ctx);
    await waitOnExecutionContext(ctx);
    return status;
  };
  const rotating = { SEALING_SECRET: next, SEALING_SECRET_OLD: String(env.SEALING_SECRET) };
  const resealed = await sealer([next]).seal(
    "session token v1",
    JSON.stringify(await openSession(systemDeps(), ada.token)),
  );
  expect(await statusWith(ada.token, rotating)).toBe(200);
  expect(await statusWith(resealed, rotating)).toBe(200);
  expect(await statusWith(ada.token, { SEALING_SECRET: next })).toBe(401);
  expect(await statusWith(resealed, { SEALING_SECRET: next })).toBe(200);
  expect(await statusWith(resealed, {})).toBe(401);
});

test("each use of an invitation's link is a session; older ones are listed, and can be ended, by whoever holds the link", async () => {
  const house = await givenOrganization();
  const first = await givenInvited(house, await givenProject(house));
  const second = await admitted(first.email);
  const { items } = await second.client.identity.sessions.query({});
  expect(items.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
  const older = items[1]?.id ?? "ses_";
  await second.client.identity.revokeSession.mutate({ sessionId: older });
  expect(await refusalOf(first.client.identity.sessions.query({}))).toMatchObject(signedOut);
});

test("a link that was passed on reaches its own interview's sessions, not the same candidate's others", async () => {
  const house = await givenOrganization();
  const one = await givenInvited(house, await givenProject(house));
  const other = await house.owner.client.interview.createAndInvite.mutate({
    projectId: (await givenProject(house, { name: "Waiter" })).id,
    candidate: { email: one.email, firstName: "Cleo", lastName: "Candidate", timeZone: "America/New_York" },
  });
  const elsewhere = await admitted(one.email);
  const seen = (await elsewhere.client.identity.sessions.query({})).items;
  expect(seen).toHaveLength(1);
  const [mine] = (await one.client.identity.sessions.query({})).items;
  const ending = elsewhere.client.identity.revokeSession.mutate({ sessionId: mine?.id ?? "ses_" });
  expect(await refusalOf(ending)).toMatchObject({ reason: "not_found" });
  expect(other.candidate.id).toBe(one.interview.candidate.id);
});

function scopeOf(member: Member, organizationId: `org_${string}`) {
  const { userId, memberId, access } = member;
  return { kind: "member", sessionId: "ses_none", userId, organizationId, memberId, access } as const;
}

test("a member sees and ends an interview's sessions; another organization's member reaches none of them", async () => {
  const [house, otherHouse] = [await givenOrganization(), await givenOrganization()];
  const { interview, client } = await givenInvited(house, await givenProject(house));
  const own = scopeOf(house.owner, house.organization.id);
  const foreign = scopeOf(otherHouse.owner, otherHouse.organization.id);
  const { mine, theirs } = await database().read({
    mine: sessionsOfInterview(own, interview.id),
    theirs: sessionsOfInterview(foreign, interview.id),
  });
  expect(mine).toMatchObject([{ device: "a test", revokedAt: null }]);
  expect(theirs).toEqual([]);
  const of = { interviewId: interview.id, sessionId: mine[0]?.id ?? "ses_none" } as const;
  const byForeigner = database().write(revokeSessionOfInterview(foreign, of, new Date()));
  await expect(byForeigner).rejects.toMatchObject({ reason: "not_found" });
  expect((await client.identity.sessions.query({})).items).toHaveLength(1);
  await database().write(revokeSessionOfInterview(own, of, new Date()));
  expect(await refusalOf(client.identity.sessions.query({}))).toMatchObject(signedOut);
});

test("every query of a session costs one round trip, every mutation one or two", async () => {
  const { owner, organization } = await givenOrganization();
  const { token } = owner;
  expect(await tripsOf(token, (client) => client.identity.me.query())).toBe(1);
  expect(await tripsOf(token, (client) => client.identity.sessions.query({}))).toBe(1);
  expect(await tripsOf(token, (client) => client.identity.editProfile.mutate({ lastName: "L" }))).toBe(1);
  expect(await tripsOf(token, (client) => client.identity.enter.mutate({ organizationId: organization.id }))).toBe(1);
  expect(await tripsOf(token, (client) => client.identity.signOut.mutate())).toBe(1);
});

test("a saboteur without the guard is caught: the same read goes through for a session that has ended", async () => {
  const ada = await givenPerson("ada");
  const actor = await openSession(systemDeps(), ada.token);
  if (!actor) throw new Error("the token is ours");
  await ada.client.identity.signOut.mutate();
  const guarded = database().guardedBy(guardOf(actor, new Date()));
  await expect(guarded.read({})).rejects.toMatchObject({ reason: "signed_out" });
  await expect(database().read({})).resolves.toEqual({});
});
