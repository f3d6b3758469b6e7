// What broke: whoever asked for a letter to somebody else's address named an organization of their own, and a genuine letter led
// the reader, and the session or the new password behind its link, to a frontend of the asker's.
import { expect, test } from "vitest";
import { destinationAt, issueLink } from "../../src/identity/actions.ts";
import { after, minuteMs } from "../../src/kernel/clock.ts";
import { promiseLetter } from "../../src/letter/actions.ts";
import {
  anteroom,
  database,
  givenInvited,
  givenMember,
  givenOrganization,
  givenPerson,
  givenProject,
  type House,
  lettersTo,
  origin,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

const frontend = "https://jobs.stranger.example";

type Asking = (email: string, organization: string) => Promise<unknown>;

const askForLink: Asking = (email, organization) => anteroom().identity.askForLink.mutate({ email, organization });
const askForPasswordReset: Asking = (email, organization) =>
  anteroom().identity.askForPasswordReset.mutate({ email, organization });

/** Everybody who has nothing to do with this organization, though one of them did once. */
async function strangersTo(house: House) {
  const elsewhere = await givenOrganization();
  const former = await givenMember(house, "recruiter");
  await house.owner.client.member.remove.mutate({ memberId: former.memberId });
  const planned = await givenPerson("planned");
  await house.owner.client.interview.create.mutate({
    projectId: (await givenProject(house)).id,
    candidate: { email: planned.email, firstName: "Not", lastName: "Invited" },
  });
  const skipped = await givenInvited(house, await givenProject(house));
  await house.owner.client.interview.skip.mutate({ interviewId: skipped.interview.id });
  const candidate = await givenInvited(elsewhere, await givenProject(elsewhere));
  return [await givenPerson("ada"), elsewhere.owner, former, planned, skipped, candidate].map(({ email }) => email);
}

const origins = (texts: readonly string[]) =>
  texts.flatMap((text) => [...text.matchAll(/https:\/\/[^/\s]+/g)].map(([found]) => found));

/** Where the letters led that this had sent, of all that were sent to these addresses. */
async function ledTo(emails: readonly string[], house: House, ask: Asking): Promise<string[]> {
  const led: string[] = [];
  for (const email of emails) {
    const before = (await lettersTo(email)).length;
    await ask(email, house.organization.slug);
    led.push(...origins((await lettersTo(email)).slice(before).map(({ text }) => text)));
  }
  return led;
}

test("no letter leads somebody to the frontend of an organization they have nothing to do with", async () => {
  const house = await givenOrganization({ frontendOrigins: [frontend] });
  const strangers = await strangersTo(house);
  expect(await ledTo(strangers, house, askForLink)).toEqual([]);
  expect(await ledTo(strangers, house, askForPasswordReset)).not.toContain(frontend);
  const foreign = { email: strangers[0] ?? "", next: `${frontend}/in` };
  expect(await refusalOf(anteroom().identity.askForLink.mutate(foreign))).toMatchObject({
    reason: "foreign_destination",
  });
});

test("a letter to set a user's password leads to the installation's own frontend, wherever it was asked for", async () => {
  const house = await givenOrganization({ frontendOrigins: [frontend] });
  const emails = [house.owner.email, (await givenPerson("ada")).email];
  expect(new Set(await ledTo(emails, house, askForPasswordReset))).toEqual(new Set([origin]));
  const next = `${frontend}/settings`;
  const through: Asking = (email, organization) =>
    anteroom().identity.askForPasswordReset.mutate({ email, organization, next });
  expect(new Set(await ledTo(emails, house, through))).toEqual(new Set([origin]));
  expect((await lettersTo(house.owner.email)).at(-1)?.path).toBeNull();
});

test("saboteur: letters that go to whoever is known are caught", async () => {
  const house = await givenOrganization({ frontendOrigins: [frontend] });
  const { email } = await givenPerson("ada");
  const toWhoeverIsKnown: Asking = async (to) => {
    const deps = systemDeps();
    const { path: next } = destinationAt(deps, undefined, [frontend]);
    const expiresAt = after(deps.now(), 10 * minuteMs);
    const { token, linkId, statement } = issueLink(deps, { purpose: "sign_in", email: to, expiresAt });
    const content = { kind: "sign_in", link: { frontend, next } } as const;
    const letter = { to, language: "en", timeZone: "UTC", content, token, linkId };
    await database().write([statement, await promiseLetter(deps, letter)]);
    // Any letter that is asked for has the outbox drained.
    await anteroom().identity.askForLink.mutate({ email: to });
  };
  expect(await ledTo([email], house, toWhoeverIsKnown)).toContain(frontend);
});
