import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { minuteMs } from "../../src/kernel/clock.ts";
import worker from "../../src/worker.ts";
import {
  anteroom,
  givenInvited,
  givenOrganization,
  givenPerson,
  givenProject,
  newEmail,
  newestToken,
  origin,
  refusalOf,
  send,
} from "../support/world.ts";

afterEach(() => {
  vi.useRealTimers();
});

type Answer = { status: number; text: string; headers: Headers };

async function ask(path: string, init?: RequestInit): Promise<Answer> {
  const response = await send(new Request(`${origin}${path}`, init));
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const opened = (token: string) => ask(`/auth/link/${token}/`);

/** Presses the page's button, with what was typed. */
function pressed(token: string, typed: Record<string, string> = {}) {
  return ask(`/auth/link/${token}/`, { method: "POST", body: new URLSearchParams(typed) });
}

/** The bearer token the page shows, or nothing. */
function sessionOn({ text }: Answer): string {
  return /<textarea[^>]*>\s*([^<\s]+)\s*<\/textarea/.exec(text)?.[1] ?? "";
}

async function givenLink(purpose: "sign_in" | "password_reset") {
  const ada = await givenPerson("ada");
  const asked = { email: ada.email };
  if (purpose === "sign_in") await anteroom().identity.askForLink.mutate(asked);
  else await anteroom().identity.askForPasswordReset.mutate(asked);
  return { ada, token: await newestToken(ada.email) };
}

async function givenSignUp() {
  const email = newEmail("newcomer");
  const password = "seventeen swans on a lake";
  await anteroom().identity.signUp.mutate({ email, password, firstName: "Nia", lastName: "New" });
  return { email, password, token: await newestToken(email) };
}

test("the page has no scripts, is framed, cached, indexed and referred to by nobody, and loads nothing", async () => {
  const { token } = await givenLink("sign_in");
  for (const answer of [await opened(token), await opened(`si_${"x".repeat(43)}`), await pressed(token)]) {
    const policy = answer.headers.get("content-security-policy") ?? "";
    const style = /<style>([\s\S]*?)<\/style>/.exec(answer.text)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("x-robots-tag")).toContain("noindex");
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.text).toContain('<html lang="en">');
    expect(answer.text).not.toMatch(/<script|\son\w+=|\sstyle=|\ssrc=|\shref=|javascript:/i);
    for (const [, id] of answer.text.matchAll(/<(?:input|textarea)[^>]*\sid="([^"]+)"/g)) {
      expect(answer.text).toContain(`<label for="${id}">`);
    }
  }
});

test("HEAD tells what GET does, without a body, and both addresses lead to the page", async () => {
  const { ada, token } = await givenLink("sign_in");
  const head = await ask(`/auth/link/${token}`, { method: "HEAD" });
  expect([head.status, head.text]).toEqual([200, ""]);
  for (const path of [`/auth/link/${token}`, `/auth/link/${token}/`, `/auth/link/${token}/?next=%2Fteam`]) {
    const { status, text } = await ask(path);
    expect(status).toBe(200);
    expect(text).toContain("This link signs you in once");
    expect(text).not.toContain(ada.email);
    expect(text).not.toContain(token);
  }
  expect((await ask(`/auth/link/${token}`, { method: "POST" })).status).toBe(200);
});

test("a sign-in link signs in at the press of its button, once", async () => {
  const { ada, token } = await givenLink("sign_in");
  const page = await pressed(token);
  expect(page.status).toBe(200);
  const me = await anteroom(sessionOn(page)).identity.me.query();
  expect(me.user.id).toBe(ada.userId);
  const again = await pressed(token);
  expect([again.status, sessionOn(again)]).toEqual([410, ""]);
  expect(again.text).toContain("Ask for a new one");
  expect((await opened(token)).status).toBe(410);
});

test("a sign-up is finished with its password; a wrong one asks again and keeps nothing that was typed", async () => {
  const { email, password, token } = await givenSignUp();
  expect((await opened(token)).text).toContain("The password you chose");
  const wrong = await pressed(token, { password: "not <b>that</b> one" });
  expect(wrong.status).toBe(403);
  expect(wrong.text).toContain("That is not the password you chose when you signed up.");
  expect(wrong.text).not.toContain("<b>that");
  expect(wrong.text).not.toContain("not &lt;b");
  expect((await pressed(token)).status).toBe(403);
  const page = await pressed(token, { password });
  expect((await anteroom(sessionOn(page)).identity.me.query()).user).toMatchObject({ email, firstName: "Nia" });
  expect((await opened(token)).status).toBe(410);
});

test("a sign-up link that is guessed at says to wait, on the page too", async () => {
  const { token } = await givenSignUp();
  const statuses = await Promise.all(
    Array.from({ length: 25 }, async () => (await pressed(token, { password: "guess" })).status),
  );
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  expect((await pressed(token, { password: "guess" })).text).toContain("Please wait a little");
});

test("a password is set when both entries agree and it is strong, and then it signs in", async () => {
  const { ada, token } = await givenLink("password_reset");
  const password = "eighteen eels in a river";
  const differ = await pressed(token, { password, again: "eighteen eels in a lake" });
  expect([differ.status, differ.text]).toEqual([400, expect.stringContaining("The two passwords are not the same.")]);
  const short = await pressed(token, { password: "short", again: "short" });
  expect([short.status, short.text]).toEqual([400, expect.stringContaining("10 to 200 characters")]);
  const weak = await pressed(token, { password: "Password123!", again: "Password123!" });
  expect([weak.status, weak.text]).toEqual([400, expect.stringContaining("too easy to guess")]);
  const set = await pressed(token, { password, again: password });
  expect([set.status, sessionOn(set)]).toEqual([200, ""]);
  expect(set.text).toContain("Your password is set");
  expect(await anteroom().identity.signIn.mutate({ email: ada.email, password })).toMatchObject({ kind: "user" });
  expect(await refusalOf(ada.client.identity.me.query())).toMatchObject({ reason: "signed_out" });
});

test("a candidate sees what they came for and until when, in their own zone, and has decided nothing", async () => {
  const house = await givenOrganization();
  const deadline = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 15, 17, 30));
  const project = await givenProject(house, { name: "Barista <script>alert(1)</script>" });
  const { interview, email } = await givenInvited(house, project, { deadlineAt: deadline });
  const token = await newestToken(email);
  const before = await opened(token);
  expect(before.text).not.toMatch(/Cleo|House of Tests|Barista/);
  const page = await pressed(token);
  expect(page.text).toContain("House of Tests");
  expect(page.text).toContain("Barista &lt;script&gt;");
  expect(page.text).toMatch(/15 January \d{4}.*12:30.*\(America\/New_York\)/);
  const seen = await house.owner.client.interview.get.query({ interviewId: interview.id });
  expect(seen.status).toBe("invited");
  await anteroom(sessionOn(page)).interview.confirm.mutate({ interviewId: interview.id });
  expect((await pressed(token)).status).toBe(200);
  await house.owner.client.interview.skip.mutate({ interviewId: interview.id });
  const over = await opened(token);
  expect([over.status, over.text]).toEqual([410, expect.not.stringMatching(/Cleo|House of Tests|Barista/)]);
  expect((await pressed(token)).status).toBe(410);
});

test("a member's invite is accepted on the page, by somebody new, with the address it was sent to", async () => {
  const house = await givenOrganization();
  const email = newEmail("colleague");
  await house.owner.client.invite.create.mutate({ invites: [{ email, access: "recruiter" }] });
  const token = await newestToken(email);
  const form = await opened(token);
  expect([form.status, form.text]).toEqual([200, expect.not.stringMatching(/House of Tests|colleague/)]);
  const typed = { email, password: "nineteen newts under a log", firstName: "Cora", lastName: "League" };
  const nameless = await pressed(token, { email, password: typed.password });
  expect(nameless.status).toBe(400);
  expect(nameless.text).toContain(`value="${email}"`);
  expect(nameless.text).not.toContain(typed.password);
  const foreign = await pressed(token, { ...typed, email: newEmail("other") });
  expect([foreign.status, sessionOn(foreign)]).toEqual([404, ""]);
  expect(foreign.text).toContain("The invite was not sent to that address.");
  const page = await pressed(token, typed);
  expect(page.text).toContain("House of Tests");
  const me = await anteroom(sessionOn(page)).identity.me.query();
  expect(me).toMatchObject({ user: { email, firstName: "Cora" }, entered: house.organization.id });
  expect((await opened(token)).status).toBe(410);
});

test("a link that ran out is gone, one that never was is not found, and neither says more", async () => {
  const { ada, token } = await givenLink("sign_in");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10 * minuteMs });
  expect((await opened(token)).status).toBe(410);
  expect((await pressed(token)).status).toBe(410);
  expect((await opened(token)).text).not.toContain(ada.email);
  for (const never of [
    `si_${"x".repeat(43)}`,
    "x",
    "si_",
    `zz_${"x".repeat(43)}`,
    "%00",
    "a".repeat(500),
    "%3Cscript%3E",
  ]) {
    const answer = await opened(never);
    expect([answer.status, answer.text], never).toEqual([404, expect.stringContaining("We do not know this link")]);
    expect(answer.text).not.toContain("<script>");
  }
  expect((await pressed("zz_no")).status).toBe(404);
});

test("a body that is no form, too large or of another kind is no failure", async () => {
  const { token } = await givenSignUp();
  const path = `/auth/link/${token}/`;
  const bodies: RequestInit[] = [
    { body: "{}", headers: { "content-type": "application/json" } },
    { body: "x", headers: { "content-type": "multipart/form-data; boundary=y" } },
    { body: "password=%ff%fe", headers: { "content-type": "application/x-www-form-urlencoded" } },
    { body: "__proto__=x&constructor=y&token=z", headers: { "content-type": "application/x-www-form-urlencoded" } },
    {},
  ];
  for (const body of bodies) {
    const { status } = await ask(path, { method: "POST", ...body });
    expect([400, 403], JSON.stringify(body)).toContain(status);
  }
  const large = await ask(path, { method: "POST", body: new URLSearchParams({ password: "x".repeat(20_000) }) });
  expect(large.status).toBe(413);
});

test("when the database is away the page says so and the link stays good", async () => {
  const { token } = await givenLink("sign_in");
  const request = new Request(`${origin}/auth/link/${token}/`, { method: "POST" });
  const away = { ...env, DATABASE_URL: "http://127.0.0.1:9" };
  const response = await worker.fetch(request, away, createExecutionContext());
  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("Please try again")]);
  expect((await pressed(token)).status).toBe(200);
});
