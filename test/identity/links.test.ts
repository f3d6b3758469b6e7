import { sql } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { raw } from "../../db/statement.ts";
import { hashOfLink } from "../../src/identity/actions.ts";
import { minuteMs } from "../../src/kernel/clock.ts";
import { destinationOf } from "../../src/kernel/destination.ts";
import {
  anteroom,
  database,
  givenInvited,
  givenOrganization,
  givenPerson,
  givenProject,
  lettersTo,
  newEmail,
  newestToken,
  origin,
  refusalOf,
  send,
  tripsOf,
} from "../support/world.ts";

afterEach(() => {
  vi.useRealTimers();
});

function at(instant: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: instant });
}

async function sessionCountOf(userId: string): Promise<number> {
  const { count } = await database().read({
    count: raw(sql`select count(*) from session where user_id = ${userId}`, (rows) => Number(rows[0]?.[0])),
  });
  return count;
}

async function givenSignInLink() {
  const ada = await givenPerson("ada");
  await anteroom().identity.askForLink.mutate({ email: ada.email });
  return { ada, token: await newestToken(ada.email) };
}

/** How many sessions this many uses of one sign-in link make when all begin together. */
async function sessionsFrom(uses: number, use: (token: string, userId: string) => Promise<unknown>) {
  const { ada, token } = await givenSignInLink();
  const before = await sessionCountOf(ada.userId);
  const results = await Promise.allSettled(Array.from({ length: uses }, () => use(token, ada.userId)));
  return { results, made: (await sessionCountOf(ada.userId)) - before };
}

test("a hundred parallel uses of one sign-in link make exactly one session", async () => {
  const { results, made } = await sessionsFrom(100, (token) => anteroom().identity.useLink.mutate({ token }));
  expect(made).toBe(1);
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused).toHaveLength(99);
  const reasons = await Promise.all(refused.map(({ reason }) => refusalOf(Promise.reject(reason))));
  expect(new Set(reasons.map(({ reason }) => reason))).toEqual(new Set(["link_dead"]));
});

test("the count of sessions catches a saboteur who looks first and spends later", async () => {
  const { made } = await sessionsFrom(10, async (token, userId) => {
    const hash = hashOfLink(token);
    const { unused } = await database().read({
      unused: raw(sql`select 1 from link where hash = ${hash} and used_at is null`, (rows) => rows.length === 1),
    });
    if (!unused) return;
    await database().write([
      raw(sql`update link set used_at = 1 where hash = ${hash}`, () => undefined),
      raw(
        sql`insert into session (id, user_id, device, created_at, expires_at) values (${`ses_${crypto.randomUUID()}`}, ${userId}, 'saboteur', 1, 1)`,
        () => undefined,
      ),
    ]);
  });
  expect(made).toBeGreaterThan(1);
});

test("a sign-in link lives for ten minutes and not a millisecond longer", async () => {
  const start = Date.now();
  at(start);
  const { ada, token } = await givenSignInLink();
  at(start + 10 * minuteMs);
  expect(await anteroom().identity.openLink.query({ token })).toEqual({ purpose: "sign_in", alive: false });
  expect(await refusalOf(anteroom().identity.useLink.mutate({ token }))).toMatchObject({ reason: "link_dead" });
  at(start + 10 * minuteMs - 1);
  const answer = await anteroom().identity.useLink.mutate({ token });
  expect(answer).toMatchObject({ kind: "user", user: { id: ada.userId, email: ada.email } });
});

const identityTables = ["user", "session", "link", "attempt", "letter", "interview", "interview_event", "candidate"];

/** Every row of every table that a use of a link could touch. */
async function everything(): Promise<string> {
  const asked = Object.fromEntries(
    identityTables.map((table) => [table, raw(sql`select * from ${sql.identifier(table)} order by 1`, (rows) => rows)]),
  );
  return JSON.stringify(await database().read(asked));
}

test("opening a link, by whatever and however often, changes nothing at all", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house);
  const invited = await givenInvited(house, project);
  const { ada, token: signIn } = await givenSignInLink();
  await anteroom().identity.askForPasswordReset.mutate({ email: ada.email });
  const tokens = [signIn, await newestToken(ada.email), await newestToken(invited.email), `si_${"x".repeat(43)}`];
  const before = await everything();
  for (const token of tokens) {
    const visits = [1, 2, 3, 4, 5].flatMap(() => [
      anteroom().identity.openLink.query({ token }),
      send(new Request(`${origin}/auth/link/${token}/?next=%2Fa`)),
      send(new Request(`${origin}/auth/link/${token}`, { method: "HEAD" })),
    ]);
    await Promise.all(visits);
  }
  expect(await everything()).toBe(before);
});

test("opening tells what a link is for and nothing about anybody", async () => {
  const { token } = await givenSignInLink();
  expect(await anteroom().identity.openLink.query({ token })).toEqual({ purpose: "sign_in", alive: true });
  expect(await anteroom().identity.openLink.query({ token: `si_${"x".repeat(43)}` })).toEqual({
    purpose: null,
    alive: false,
  });
});

test("a link opens nothing but what it was made for", async () => {
  const { ada, token: signIn } = await givenSignInLink();
  await anteroom().identity.askForPasswordReset.mutate({ email: ada.email });
  const reset = await newestToken(ada.email);
  const password = "eleven blue herons at dawn";
  const wrongly = [
    anteroom().identity.resetPassword.mutate({ token: signIn, password }),
    anteroom().identity.resetPassword.mutate({ token: `pr_${signIn.slice(3)}`, password }),
    anteroom().identity.useLink.mutate({ token: `si_${reset.slice(3)}` }),
    anteroom().identity.useLink.mutate({ token: `iv_${signIn.slice(3)}` }),
  ];
  for (const refusal of await Promise.all(wrongly.map((call) => refusalOf(call)))) {
    expect(refusal).toMatchObject({ reason: "link_dead" });
  }
  expect(await refusalOf(anteroom().identity.useLink.mutate({ token: reset }))).toMatchObject({
    reason: "other_link",
    facts: { purpose: "password_reset" },
  });
  expect(await anteroom().identity.useLink.mutate({ token: signIn })).toMatchObject({ kind: "user" });
  expect(await anteroom().identity.resetPassword.mutate({ token: reset, password })).toEqual({ done: true });
});

test("whatever a mail scanner does to an invitation's link, the person gets in and nothing has been decided for them", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house);
  const { interview, email } = await givenInvited(house, project);
  const token = await newestToken(email);
  const address = `${origin}/auth/link/${token}/`;
  const scans = Array.from({ length: 30 }, (_, nth) => {
    if (nth % 3 === 0) return send(new Request(address, { method: "HEAD" }));
    return send(new Request(address, nth % 3 === 1 ? {} : { method: "POST", body: new URLSearchParams() }));
  });
  for (const { status } of await Promise.all(scans)) expect(status).toBe(200);
  const came = await anteroom().identity.useLink.mutate({ token });
  expect(came).toMatchObject({
    kind: "candidate",
    interviewId: interview.id,
    admittedTo: { organizationName: "House of Tests", projectName: "Barista", timeZone: "America/New_York" },
  });
  const seen = await house.owner.client.interview.get.query({ interviewId: interview.id });
  expect(seen).toMatchObject({ status: "invited" });
  await anteroom(came.token).interview.confirm.mutate({ interviewId: interview.id });
});

test("a sign-up's link needs the password chosen then; fifty parallel guesses get twenty looks", async () => {
  const email = newEmail("mallory");
  const password = "six slow snails on slate";
  const names = { firstName: "Mal", lastName: "Lory" };
  await anteroom().identity.signUp.mutate({ email, password, ...names });
  const token = await newestToken(email);
  const guesses = Array.from({ length: 50 }, (_, nth) =>
    anteroom().identity.useLink.mutate({ token, password: `guess ${nth}` }),
  );
  const reasons = await Promise.all(guesses.map(async (guess) => (await refusalOf(guess)).reason));
  expect(reasons.filter((reason) => reason === "wrong_password")).toHaveLength(20);
  expect(reasons.filter((reason) => reason === "slow_down")).toHaveLength(30);
  expect(await refusalOf(anteroom().identity.useLink.mutate({ token, password }))).toMatchObject({
    reason: "slow_down",
  });
  at(Date.now() + 15 * minuteMs + 1);
  expect(await anteroom().identity.useLink.mutate({ token, password })).toMatchObject({
    kind: "user",
    user: { email },
  });
  expect(await refusalOf(anteroom().identity.useLink.mutate({ token, password }))).toMatchObject({
    reason: "link_dead",
  });
});

test("of two sign-ups with one address only one becomes an account", async () => {
  const email = newEmail("twice");
  const names = { firstName: "Tw", lastName: "Ice" };
  const passwords = ["eight red foxes in snow", "nine old owls in barns"];
  const tokens: string[] = [];
  for (const password of passwords) {
    await anteroom().identity.signUp.mutate({ email, password, ...names });
    tokens.push(await newestToken(email));
  }
  const [one = "", two = ""] = tokens;
  const first = await anteroom().identity.useLink.mutate({ token: one, password: passwords[0] });
  expect(first).toMatchObject({ kind: "user" });
  const second = anteroom().identity.useLink.mutate({ token: two, password: passwords[1] });
  expect(await refusalOf(second)).toMatchObject({ reason: "link_dead" });
});

test("a letter leads a member to their organization's own frontend, and only there", async () => {
  const house = await givenOrganization({ frontendOrigins: ["https://jobs.example", "https://careers.example"] });
  const { email } = house.owner;
  const { slug: organization } = house.organization;
  await anteroom().identity.askForLink.mutate({ email, organization, next: "https://careers.example/team?tab=1" });
  const letter = (await lettersTo(email)).at(-1);
  expect(letter?.text).toContain("https://careers.example/auth/link/");
  expect(letter?.path).toBe("/team?tab=1");
  for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    const asked = anteroom().identity.askForLink.mutate({ email, organization, next });
    expect(await refusalOf(asked)).toMatchObject({ reason: "foreign_destination" });
    const used = anteroom().identity.useLink.mutate({ token: await newestToken(email), next });
    expect(await refusalOf(used)).toMatchObject({ reason: "foreign_destination" });
  }
  const used = await anteroom().identity.useLink.mutate({ token: await newestToken(email), next: letter?.path ?? "" });
  expect(used.next).toBe(destinationOf("/team?tab=1", ["https://careers.example"]).path);
});

/** In how many rows of how many tables this text stands, the local mailbox aside: that is where letters are delivered. */
async function occurrencesOf(text: string): Promise<string[]> {
  const { columns } = await database().read({
    columns: raw(
      sql`select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%' and m.name <> 'mailbox_letter'`,
      (rows) => rows.map(([table, column]) => ({ table: String(table), column: String(column) })),
    ),
  });
  const asked = Object.fromEntries(
    columns.map(({ table, column }) => [
      `${table}.${column}`,
      raw(
        sql`select count(*) from ${sql.identifier(table)} where instr(cast(${sql.identifier(column)} as text), ${text}) > 0`,
        (rows) => Number(rows[0]?.[0]),
      ),
    ]),
  );
  return Object.entries(await database().read(asked)).flatMap(([place, count]) => (count > 0 ? [place] : []));
}

test("no secret stands anywhere in the database, spent or not", async () => {
  const house = await givenOrganization();
  const { email: candidate, token: candidateToken } = await givenInvited(house, await givenProject(house));
  const { ada, token: signIn } = await givenSignInLink();
  await anteroom().identity.askForPasswordReset.mutate({ email: ada.email });
  const reset = await newestToken(ada.email);
  const { token: session } = await anteroom().identity.useLink.mutate({ token: signIn });
  const secrets = [signIn, reset, await newestToken(candidate), session, ada.token, candidateToken, ada.password];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10);
    expect(await occurrencesOf(secret)).toEqual([]);
    expect(await occurrencesOf(secret.slice(3, 30))).toEqual([]);
  }
  // The search itself finds what is there.
  expect(await occurrencesOf(ada.email)).toContain("user.email");
  expect(await occurrencesOf(hashOfLink(reset) ?? "")).toEqual(["link.hash"]);
});

test("opening costs one round trip, asking and using at most two", async () => {
  const { ada, token } = await givenSignInLink();
  const email = newEmail("trips");
  const password = "twelve tin soldiers waiting";
  const names = { firstName: "Tr", lastName: "Ips" };
  const { slug: organization } = (await givenOrganization()).organization;
  expect(await tripsOf(undefined, (client) => client.identity.openLink.query({ token }))).toBe(1);
  expect(await tripsOf(undefined, (client) => client.identity.useLink.mutate({ token }))).toBe(2);
  const asking = { email: ada.email, organization };
  expect(await tripsOf(undefined, (client) => client.identity.askForLink.mutate(asking))).toBeLessThanOrEqual(2);
  expect(await tripsOf(undefined, (client) => client.identity.askForPasswordReset.mutate(asking))).toBeLessThanOrEqual(
    2,
  );
  const reset = await newestToken(ada.email);
  expect(await tripsOf(undefined, (client) => client.identity.resetPassword.mutate({ token: reset, password }))).toBe(
    2,
  );
  expect(await tripsOf(undefined, (client) => client.identity.signUp.mutate({ email, password, ...names }))).toBe(2);
  const signUp = await newestToken(email);
  expect(await tripsOf(undefined, (client) => client.identity.useLink.mutate({ token: signUp, password }))).toBe(2);
  expect(await tripsOf(undefined, (client) => client.identity.signIn.mutate({ email, password }))).toBe(2);
});
