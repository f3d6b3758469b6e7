// Ways in by letter, for who works at an organization and for who was invited there: both sign in by an e-mailed link, and set a
// password they have forgotten.
import { sql } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { raw } from "../../db/statement.ts";
import { dayMs, minuteMs } from "../../src/kernel/clock.ts";
import {
  anteroom,
  database,
  givenInvited,
  givenMember,
  givenOrganization,
  givenPerson,
  givenProject,
  type House,
  type Invited,
  lettersTo,
  newEmail,
  newestToken,
  origin,
  refusalOf,
  send,
} from "../support/world.ts";

const frontend = "https://jobs.house.example";
const first = "eight brown bears in a wood";
const second = "nine green frogs on a log";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization({ frontendOrigins: [frontend] });
  project = await givenProject(house);
});
afterEach(() => void vi.useRealTimers());

const ask = (email: string, { organization: { slug } } = house) =>
  anteroom().identity.askForLink.mutate({ email, organization: slug });
const askForReset = (email: string, { organization: { slug } } = house) =>
  anteroom().identity.askForPasswordReset.mutate({ email, organization: slug });
const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;
const use = (token: string) => anteroom().identity.useLink.mutate({ token });
const reset = (token: string, password: string) => anteroom().identity.resetPassword.mutate({ token, password });

async function signInLinkFor(email: string): Promise<string> {
  await ask(email);
  return newestToken(email);
}

async function resetLinkFor(email: string): Promise<string> {
  await askForReset(email);
  return newestToken(email);
}

describe("a candidate", () => {
  const signIn = (email: string, password: string) =>
    anteroom().identity.signInCandidate.mutate({ organization: house.organization.slug, email, password });

  /** Another interview of somebody who has one. */
  async function alsoInvited({ email }: Invited) {
    const candidate = { email, firstName: "Cleo", lastName: "Candidate" };
    const { id: projectId } = await givenProject(house, { name: "Waiter" });
    return house.owner.client.interview.createAndInvite.mutate({ projectId, candidate });
  }

  test("signs in by a link they ask for, once and within ten minutes, and reaches all of their interviews there", async () => {
    const invited = await givenInvited(house, project);
    const other = await alsoInvited(invited);
    const token = await signInLinkFor(invited.email);
    const letter = (await lettersTo(invited.email)).at(-1);
    expect(letter?.subject).toBe("Your link to House of Tests");
    expect(letter?.text).toContain(`${frontend}/auth/link/`);
    expect(await anteroom().identity.openLink.query({ token })).toEqual({ purpose: "sign_in", alive: true });
    const came = await use(token);
    expect(came).toEqual({
      ...{ kind: "candidate", token: expect.any(String), candidateId: invited.interview.candidate.id },
      ...{ organizationId: house.organization.id, interviewId: null, admittedTo: null, firstName: "Cleo", next: null },
      ...{ refcheckId: null, refcheck: null, offerId: null, offer: null },
    });
    const { items } = await anteroom(came.token).interview.listOwn.query({});
    expect(items.map(({ id }) => id)).toEqual([other.id, invited.interview.id]);
    expect(await reasonOf(use(token))).toBe("link_dead");
    const late = await signInLinkFor(invited.email);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10 * minuteMs });
    expect(await reasonOf(use(late))).toBe("link_dead");
  });

  test("is led to where they say on the organization's frontends, and nowhere else", async () => {
    const { email } = await givenInvited(house, project);
    const asked = { email, organization: house.organization.slug };
    await anteroom().identity.askForLink.mutate({ ...asked, next: `${frontend}/mine?tab=1` });
    expect((await lettersTo(email)).at(-1)?.path).toBe("/mine?tab=1");
    const came = await anteroom().identity.useLink.mutate({ token: await newestToken(email), next: "/mine?tab=1" });
    expect(came).toMatchObject({ kind: "candidate", next: "/mine?tab=1" });
    const astray = anteroom().identity.askForLink.mutate({ ...asked, next: "https://evil.example/" });
    expect(await reasonOf(astray)).toBe("foreign_destination");
  });

  test("sets a forgotten password by letter; sessions and other links end, and guesses made before are forgotten", async () => {
    const { email, client, interview } = await givenInvited(house, project);
    await client.interview.confirm.mutate({ interviewId: interview.id, password: first });
    const elsewhere = anteroom((await signIn(email, first)).token);
    const link = await signInLinkFor(email);
    const [unused, token] = [await resetLinkFor(email), await resetLinkFor(email)];
    expect((await lettersTo(email)).at(-1)?.text).toContain(`${frontend}/auth/link/`);
    const here = anteroom(undefined, { ip: "198.51.100.10" });
    const fromHere = (password: string) =>
      here.identity.signInCandidate.mutate({ organization: house.organization.slug, email, password });
    for (let guess = 0; guess < 10; guess += 1) await refusalOf(fromHere(`guess ${guess}`));
    expect(await reasonOf(fromHere(first))).toBe("slow_down");
    expect(await anteroom().identity.openLink.query({ token })).toEqual({ purpose: "password_reset", alive: true });
    expect(await reasonOf(reset(token, "Password123!"))).toBe("weak_password");
    expect(await here.identity.resetPassword.mutate({ token, password: second })).toEqual({ done: true });
    for (const one of [client, elsewhere]) expect(await reasonOf(one.candidate.me.query())).toBe("signed_out");
    expect(await reasonOf(use(link))).toBe("link_dead");
    for (const dead of [unused, token]) expect(await reasonOf(reset(dead, first))).toBe("link_dead");
    expect(await reasonOf(signIn(email, first))).toBe("wrong_credentials");
    expect(await fromHere(second)).toMatchObject({ kind: "candidate", interviewId: null });
  });

  test("who changes their password ends the links they asked for, and not their invitation", async () => {
    const { email, client, interview } = await givenInvited(house, project);
    const invitation = await newestToken(email);
    await client.interview.confirm.mutate({ interviewId: interview.id, password: first });
    const links = [await signInLinkFor(email), await resetLinkFor(email)];
    await client.candidate.changePassword.mutate({ current: first, next: second });
    for (const token of links) {
      expect(await anteroom().identity.openLink.query({ token })).toMatchObject({ alive: false });
    }
    expect(await use(invitation)).toMatchObject({ kind: "candidate", interviewId: interview.id });
  });

  test("who was passed over, or has another address since, is let in by no link they had asked for", async () => {
    const [passedOver, corrected] = [await givenInvited(house, project), await givenInvited(house, project)];
    const links = [await signInLinkFor(passedOver.email), await signInLinkFor(corrected.email)];
    const resets = [await resetLinkFor(passedOver.email), await resetLinkFor(corrected.email)];
    await house.owner.client.interview.skip.mutate({ interviewId: passedOver.interview.id });
    const of = { interviewId: corrected.interview.id, email: newEmail("corrected") };
    await house.owner.client.invitation.correctAddress.mutate(of);
    for (const token of [...links, ...resets]) {
      expect(await anteroom().identity.openLink.query({ token })).toMatchObject({ alive: false });
    }
    for (const token of links) expect(await reasonOf(use(token))).toBe("link_dead");
    for (const token of resets) expect(await reasonOf(reset(token, second))).toBe("link_dead");
  });

  test("signs in and sets a password on the built-in page too, which tells nothing about them before", async () => {
    const own = await givenOrganization();
    const { email } = await givenInvited(own, await givenProject(own));
    await ask(email, own);
    const address = async () => `${origin}/auth/link/${await newestToken(email)}/`;
    const press = async (typed: Record<string, string> = {}) => {
      const body = new URLSearchParams(typed);
      return (await send(new Request(await address(), { method: "POST", body }))).text();
    };
    expect((await lettersTo(email)).at(-1)?.text).toContain(`${origin}/auth/link/`);
    expect(await (await send(new Request(await address()))).text()).not.toMatch(/Cleo|House of Tests/);
    const page = await press();
    const session = /<textarea[^>]*>\s*([^<\s]+)\s*<\/textarea/.exec(page)?.[1];
    expect(await anteroom(session).candidate.me.query()).toMatchObject({ email, hasPassword: false });
    await askForReset(email, own);
    expect(await press({ password: first, again: first })).toContain("Your password is set");
    const asked = { organization: own.organization.slug, email, password: first };
    expect(await anteroom().identity.signInCandidate.mutate(asked)).toMatchObject({ kind: "candidate" });
  });

  test("who has come in by such a link has been there: their interview is not removed any more", async () => {
    const candidate = { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" };
    const { interview } = house.owner.client;
    const { id: interviewId } = await interview.createAndInvite.mutate({ projectId: project.id, candidate });
    await use(await signInLinkFor(candidate.email));
    expect(await reasonOf(interview.remove.mutate({ interviewId }))).toBe("already_opened");
  });

  test("who only asked leaves no trace when they are removed", async () => {
    const candidate = { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" };
    const { interview } = house.owner.client;
    const made = await interview.createAndInvite.mutate({ projectId: project.id, candidate });
    await ask(candidate.email);
    const removed = await interview.remove.mutate({ interviewId: made.id });
    expect(removed).toMatchObject({ candidateRemoved: true });
    const { left } = await database().read({
      left: raw(
        sql`select (select count(*) from link where email = ${candidate.email}) + (select count(*) from letter where to_email = ${candidate.email})`,
        (rows) => rows[0]?.[0],
      ),
    });
    expect(left).toBe(0);
  });
});

describe("a member", () => {
  test("who asks at an organization enters that one, though it is not their first", async () => {
    const { email, client } = (await givenOrganization()).owner;
    await house.owner.client.invite.create.mutate({ invites: [{ email, access: "recruiter" }] });
    await client.invite.accept.mutate({ email, token: await newestToken(email) });
    const came = await use(await signInLinkFor(email));
    expect(came).toMatchObject({ kind: "user", entered: house.organization.id });
  });

  test("who has left since is let in by no link they asked for there", async () => {
    const { email, memberId } = await givenMember(house, "recruiter");
    const token = await signInLinkFor(email);
    await house.owner.client.member.remove.mutate({ memberId });
    expect(await anteroom().identity.openLink.query({ token })).toEqual({ purpose: "sign_in", alive: false });
    expect(await reasonOf(use(token))).toBe("link_dead");
  });

  test("who is a candidate there as well gets a letter for each, which say which is which", async () => {
    const { email } = await givenMember(house, "hiring_manager");
    const candidate = { email, firstName: "Hi", lastName: "Gher" };
    await house.owner.client.interview.createAndInvite.mutate({ projectId: project.id, candidate });
    await ask(email);
    await askForReset(email);
    const letters = (await lettersTo(email)).slice(-4);
    expect(letters.map(({ subject }) => subject).sort()).toEqual([
      "Set a new password",
      "Set a password for House of Tests",
      "Your link to House of Tests",
      "Your link to sign in",
    ]);
    const [signIns, resets] = ["sign in", "House of Tests"].map((word) =>
      letters.filter((one) => one.subject.includes(word)),
    );
    const kinds = [signIns?.[0], resets?.find(({ token }) => token?.startsWith("si_"))].map((one) =>
      use(one?.token ?? ""),
    );
    expect((await Promise.all(kinds)).map(({ kind }) => kind)).toEqual(["user", "candidate"]);
  });
});

test("using one sign-in link ends the others, and none of anybody else", async () => {
  const [ada, eve] = [await givenPerson("ada"), await givenPerson("eve")];
  const askedBy = async ({ email }: { email: string }) => {
    await anteroom().identity.askForLink.mutate({ email });
    return newestToken(email);
  };
  const [older, newer, hers] = [await askedBy(ada), await askedBy(ada), await askedBy(eve)];
  await anteroom().identity.askForPasswordReset.mutate({ email: ada.email });
  const resetting = await newestToken(ada.email);
  expect(await use(newer)).toMatchObject({ kind: "user", user: { id: ada.userId } });
  expect(await reasonOf(use(older))).toBe("link_dead");
  expect(await use(hers)).toMatchObject({ user: { id: eve.userId } });
  expect(await anteroom().identity.openLink.query({ token: resetting })).toMatchObject({ alive: true });
});

test("one address is written to thirty times a day by whoever asks, of whatever kind the letters are", async () => {
  const { email } = await givenPerson("ada");
  const start = Date.now();
  const names = { firstName: "Some", lastName: "Body" };
  const asking = [
    () => anteroom().identity.askForLink.mutate({ email }),
    () => anteroom().identity.askForPasswordReset.mutate({ email }),
    () => anteroom().identity.signUp.mutate({ email, password: first, ...names }),
  ];
  // Its own sign-up was the first.
  const before = (await lettersTo(email)).length;
  for (let asked = 1; asked < 30; asked += 1) {
    vi.useFakeTimers({ toFake: ["Date"], now: start + asked * 15 * minuteMs + asked });
    await asking[asked % 3]?.();
  }
  for (const one of asking) expect(await reasonOf(one())).toBe("slow_down");
  expect((await lettersTo(email)).length - before).toBe(29);
  vi.setSystemTime(start + dayMs + 1_000);
  expect(await asking[0]?.()).toEqual({ onItsWay: true });
});
