// What broke: somebody who began to sign up and never finished stayed in the database, names and password hash, for a month after
// their link had run out, or after they had come in another way; and the page behind that link asked for a password all the same.
import { and, eq } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { link } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { forgetExpired } from "../../src/identity/actions.ts";
import { after, dayMs } from "../../src/kernel/clock.ts";
import { givenInvite, newcomer } from "../support/given-invite.ts";
import {
  anteroom,
  database,
  givenOrganization,
  newEmail,
  newestToken,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

afterEach(() => void vi.useRealTimers());

const password = "eight red foxes in snow";

/** What is kept of those who began to sign up with this address. */
async function keptOf(email: string) {
  const signUps = build
    .select({ details: link.details })
    .from(link)
    .where(and(eq(link.email, email), eq(link.purpose, "sign_up")));
  const { rows } = await database().read({ rows: all(signUps) });
  return rows.map(({ details }) => details);
}

async function givenUnfinished(email = newEmail("newcomer")) {
  await anteroom().identity.signUp.mutate({ email, password, firstName: "New", lastName: "Comer" });
  return { email, token: await newestToken(email) };
}

const isAlive = async (token: string) => (await anteroom().identity.openLink.query({ token })).alive;

test("a sign-up that has run out keeps nobody; one that has not can still be finished", async () => {
  const start = new Date("2031-03-03T12:00:00.000Z");
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  const { email, token } = await givenUnfinished();
  const endsAt = after(start, dayMs);
  await forgetExpired(systemDeps({ now: () => after(endsAt, -1) }));
  expect(await keptOf(email)).toEqual([expect.objectContaining({ firstName: "New" })]);
  expect(await isAlive(token)).toBe(true);
  await forgetExpired(systemDeps({ now: () => endsAt }));
  expect(await keptOf(email)).toEqual([null]);
  expect(await isAlive(token)).toBe(false);
});

test("whoever comes in by another sign-up ends those that are open, and is kept nowhere but as a user", async () => {
  const { email, token: older } = await givenUnfinished();
  const { token: newer } = await givenUnfinished(email);
  await anteroom().identity.useLink.mutate({ token: newer, password });
  expect(await keptOf(email)).toEqual([null, null]);
  for (const token of [older, newer]) expect(await isAlive(token)).toBe(false);
  const used = anteroom().identity.useLink.mutate({ token: older, password });
  expect(await refusalOf(used)).toMatchObject({ reason: "link_dead" });
});

test("whoever comes in by an invite ends the sign-up they had begun", async () => {
  const { email, token } = await givenUnfinished();
  const other = await givenUnfinished();
  const { held } = await givenInvite(await givenOrganization(), { email });
  await anteroom().invite.accept.mutate({ ...held, ...newcomer });
  expect(await keptOf(email)).toEqual([null]);
  expect(await isAlive(token)).toBe(false);
  expect(await isAlive(other.token)).toBe(true);
});
