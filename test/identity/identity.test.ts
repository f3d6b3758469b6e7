import { sql } from "drizzle-orm";
import { afterEach, describe, expect, test, vi } from "vitest";
import { raw } from "../../db/statement.ts";
import { forgetExpired } from "../../src/identity/actions.ts";
import { dayMs, hourMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import {
  anteroom,
  database,
  givenInvited,
  givenMember,
  givenOrganization,
  givenPerson,
  givenProject,
  lettersTo,
  newestToken,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (now: Date) => vi.useFakeTimers({ toFake: ["Date"], now });
afterEach(() => void vi.useRealTimers());

test("somebody signs up by letter and finds themselves inside", async () => {
  const ada = await givenPerson("ada");
  const me = await ada.client.identity.me.query();
  expect(me).toMatchObject({
    user: { email: ada.email, createdAt: expect.any(Date) },
    organizations: [],
    entered: null,
  });
  const again = await anteroom().identity.signIn.mutate({ email: ada.email, password: ada.password });
  expect(again.user.id).toBe(ada.userId);
});

test("a link by e-mail signs in: it answers with the user and each of their organizations, and enters the first", async () => {
  const house = await givenOrganization();
  const { email, userId, client, token: _before, ...owner } = house.owner;
  const slug = `second-${crypto.randomUUID().slice(0, 12)}`;
  const second = await client.organization.create.mutate({ name: "Second House", slug });
  await anteroom().identity.askForLink.mutate({ email });
  const signedIn = await anteroom().identity.useLink.mutate({ token: await newestToken(email) });
  const { id: organizationId, name, slug: firstSlug } = house.organization;
  expect(signedIn).toEqual({
    kind: "user",
    token: expect.any(String),
    user: {
      ...{ id: userId, email, firstName: "Ada", lastName: "owner" },
      ...{ language: "en", timeZone: "Europe/Amsterdam", createdAt: expect.any(Date) },
    },
    organizations: [
      { organizationId, name, slug: firstSlug, memberId: owner.memberId, access: "owner" },
      {
        ...{ organizationId: second.organization.id, name: "Second House", slug },
        ...{ memberId: second.memberId, access: "owner" },
      },
    ],
    entered: organizationId,
    next: null,
  });
  expect(await anteroom(signedIn.token).organization.get.query()).toEqual(house.organization);
  expect(await anteroom(signedIn.token).identity.me.query()).toMatchObject({ user: { id: userId } });
});

describe("a profile", () => {
  test("is changed by what is given and read back by me; the rest stays", async () => {
    const { client } = await givenPerson("ada");
    const { user } = await client.identity.me.query();
    let expected: typeof user = user;
    const edits = { firstName: "Ádá", lastName: "O'Hara", language: "sv", timeZone: "Asia/Tokyo" } as const;
    for (const [field, value] of Object.entries(edits)) {
      expected = { ...expected, [field]: value };
      expect(await client.identity.editProfile.mutate({ [field]: value })).toEqual(expected);
      expect((await client.identity.me.query()).user).toEqual(expected);
    }
  });

  test("the next letter tells its instants in the zone that was chosen last", async () => {
    at(noon);
    const house = await givenOrganization();
    const recruiter = await givenMember(house, "recruiter");
    const project = await givenProject(house);
    const expiredLetterTo = async (timeZone: string, deadlineAt: Date) => {
      await recruiter.client.identity.editProfile.mutate({ timeZone });
      const { interview } = await givenInvited({ ...house, owner: recruiter }, project, { deadlineAt });
      vi.setSystemTime(deadlineAt);
      // Whoever looks has the expiry written down; when `send` is done, the letters of that are out.
      await recruiter.client.interview.get.query({ interviewId: interview.id });
      vi.setSystemTime(noon);
      return (await lettersTo(recruiter.email)).at(-1);
    };
    const inTokyo = await expiredLetterTo("Asia/Tokyo", plus(noon, hourMs));
    expect(inTokyo?.subject).toContain("Deadline passed");
    expect(inTokyo?.text).toContain("22:00");
    expect(inTokyo?.text).toContain("(Asia/Tokyo)");
    const inLima = await expiredLetterTo("America/Lima", plus(noon, 2 * hourMs));
    expect(inLima?.text).toContain("09:00");
    expect(inLima?.text).toContain("(America/Lima)");
  });
});

/** Which of these rows are still there. */
async function stillThere(table: "link" | "session", ids: readonly string[]): Promise<string[]> {
  const { found } = await database().read({
    found: raw(sql`select id from ${sql.identifier(table)} where id in ${ids}`, (rows) =>
      rows.map(([id]) => String(id)),
    ),
  });
  return ids.filter((id) => found.includes(id));
}

async function idsOf(table: "link" | "session", column: "email" | "user_id", value: string): Promise<string[]> {
  const { found } = await database().read({
    found: raw(
      sql`select id from ${sql.identifier(table)} where ${sql.identifier(column)} = ${value} order by id`,
      (rows) => rows.map(([id]) => String(id)),
    ),
  });
  return found;
}

async function pastWindows(now: Date): Promise<number> {
  const { count } = await database().read({
    count: raw(sql`select count(*) from attempt where expires_at < ${now.getTime()}`, (rows) => Number(rows[0]?.[0])),
  });
  return count;
}

describe("housekeeping", () => {
  const housekeepingAt = (now: Date) => forgetExpired(systemDeps({ now: () => now }));

  test("a link goes thirty days after it ran out and not a millisecond sooner; an invitation's, which does not run out, stays", async () => {
    at(noon);
    const house = await givenOrganization();
    const { email: candidate } = await givenInvited(house, await givenProject(house));
    const ada = await givenPerson("ada");
    await anteroom().identity.askForLink.mutate({ email: ada.email });
    const [signUp = "", signIn = "", ...others] = await idsOf("link", "email", ada.email);
    expect(others).toEqual([]);
    const invitation = await idsOf("link", "email", candidate);
    expect(invitation).toHaveLength(1);

    const endsAt = plus(noon, 10 * minuteMs + 30 * dayMs);
    await housekeepingAt(endsAt);
    expect(await stillThere("link", [signUp, signIn])).toEqual([signUp, signIn]);
    await housekeepingAt(plus(endsAt, 1));
    expect(await stillThere("link", [signUp, signIn])).toEqual([signUp]);
    await housekeepingAt(plus(noon, 400 * dayMs));
    expect(await stillThere("link", [signUp, signIn])).toEqual([]);
    expect(await stillThere("link", invitation)).toEqual(invitation);
    const used = await anteroom().identity.useLink.mutate({ token: await newestToken(candidate) });
    expect(used).toMatchObject({ kind: "candidate" });
  });

  test("a session goes thirty days after it was over and not a millisecond sooner; a live one stays and is good", async () => {
    at(noon);
    const { email, password, userId } = await givenPerson("ada");
    const isOverAt = plus(noon, 30 * dayMs);
    at(plus(isOverAt, 29 * dayMs));
    const { token } = await anteroom().identity.signIn.mutate({ email, password });
    const [first = "", live = ""] = await idsOf("session", "user_id", userId);
    await housekeepingAt(plus(isOverAt, 30 * dayMs));
    expect(await stillThere("session", [first, live])).toEqual([first, live]);
    await housekeepingAt(plus(isOverAt, 30 * dayMs + 1));
    expect(await stillThere("session", [first, live])).toEqual([live]);
    expect(await anteroom(token).identity.me.query()).toMatchObject({ user: { id: userId } });
  });

  test("guesses are remembered while their window lasts, and forgotten once it is over", async () => {
    at(noon);
    const { email, password } = await givenPerson("ada");
    const here = anteroom(undefined, { ip: "198.51.100.8" });
    const guess = () => refusalOf(here.identity.signIn.mutate({ email, password: "not what it is" }));
    for (let made = 0; made < 10; made += 1) expect(await guess()).toMatchObject({ reason: "wrong_credentials" });
    const lastMoment = plus(noon, 15 * minuteMs - 1);
    at(lastMoment);
    await housekeepingAt(lastMoment);
    expect(await guess()).toMatchObject({ reason: "slow_down" });

    const later = plus(noon, 15 * minuteMs + 1);
    expect(await pastWindows(later)).toBeGreaterThan(0);
    await housekeepingAt(later);
    expect(await pastWindows(later)).toBe(0);
    at(later);
    expect(await here.identity.signIn.mutate({ email, password })).toMatchObject({ kind: "user" });
  });
});
