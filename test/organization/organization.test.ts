import { desc, eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { mailboxLetter } from "../../db/schema/index.ts";
import { build, first } from "../../db/statement.ts";
import { dayMs, hourMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
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
  newEmail,
  origin,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const newSlug = () => `org-${crypto.randomUUID().slice(0, 12)}`;

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});
afterEach(() => void vi.useRealTimers());

/** Everything of an organization that can be set, none of it as it would be by itself. */
const settings = () => ({
  name: "Haus am Ring",
  slug: newSlug(),
  language: "de" as const,
  timeZone: "Europe/Vienna",
  defaultInterviewPeriodSeconds: 7_200,
  frontendOrigins: ["https://jobs.example", "https://careers.example"],
  senderName: "Die vom Ring",
});

/** The newest letter to this address: whom it is from, and where its link leads. */
async function newestLetterTo(email: string) {
  const { newest } = await database().read({
    newest: first(
      build.select().from(mailboxLetter).where(eq(mailboxLetter.to, email)).orderBy(desc(mailboxLetter.id)).limit(1),
    ),
  });
  const link = /https?:\/\/\S+\/auth\/link\/\S+/.exec(newest?.text ?? "")?.[0];
  return { from: newest?.from, leadsTo: link && new URL(link).origin };
}

describe("creating", () => {
  test("answers with the organization, its default team and its owner, who is the team's admin; one round trip", async () => {
    const person = await givenPerson("founder");
    const input = { name: "Ring", slug: newSlug() };
    const created: Awaited<ReturnType<typeof person.client.organization.create.mutate>>[] = [];
    const trips = await tripsOf(person.token, async (client) => {
      created.push(await client.organization.create.mutate(input));
    });
    expect(trips).toBe(1);
    expect(created).toMatchObject([
      {
        organization: {
          ...input,
          ...{ language: "en", timeZone: "UTC", frontendOrigins: [], senderName: "Ring" },
          ...{ defaultInterviewPeriodSeconds: (7 * dayMs) / secondMs, createdAt: expect.any(Date) },
        },
        team: { name: "Ring", isDefault: true, archivedAt: null },
        access: "owner",
      },
    ]);
    for (const { organization, team, memberId, token } of created) {
      const client = anteroom(token);
      expect(await client.organization.get.query()).toEqual(organization);
      expect((await client.team.members.query({ teamId: team.id })).items).toEqual([
        {
          ...{ memberId, firstName: "Ada", lastName: "founder", email: person.email },
          ...{ access: "owner", isAdmin: true, joinedAt: organization.createdAt },
        },
      ]);
      expect(await person.client.identity.me.query()).toMatchObject({
        organizations: [{ organizationId: organization.id, memberId, access: "owner" }],
      });
    }
  });

  test("every setting given is the setting had", async () => {
    const person = await givenPerson("founder");
    const input = settings();
    const { organization, token } = await person.client.organization.create.mutate(input);
    expect(organization).toMatchObject(input);
    expect(await anteroom(token).organization.get.query()).toEqual(organization);
  });

  test("a short name that somebody has is refused, and nothing of the organization is made", async () => {
    const person = await givenPerson("founder");
    const { slug } = house.organization;
    expect(await refusalOf(person.client.organization.create.mutate({ name: "Another", slug }))).toMatchObject({
      ...{ reason: "slug_taken", code: "CONFLICT", facts: { slug } },
    });
    expect(await person.client.identity.me.query()).toMatchObject({ organizations: [] });
  });
});

describe("editing", () => {
  test("each setting is changed alone and read back, and the others stay", async () => {
    const { owner, organization } = await givenOrganization();
    const { edit, get } = owner.client.organization;
    let expected: typeof organization = organization;
    for (const [field, value] of Object.entries(settings())) {
      expected = { ...expected, [field]: value };
      expect(await edit.mutate({ [field]: value })).toEqual(expected);
      expect(await get.query()).toEqual(expected);
    }
    expect(await edit.mutate({})).toEqual(expected);
  });

  test("a short name that somebody has is refused, and nothing of that call is changed; one's own may be said again", async () => {
    const { owner, organization } = await givenOrganization();
    const { edit, get } = owner.client.organization;
    const taken = edit.mutate({ name: "Changed", slug: house.organization.slug });
    expect(await refusalOf(taken)).toMatchObject({ reason: "slug_taken", code: "CONFLICT" });
    expect(await get.query()).toEqual(organization);
    expect(await edit.mutate({ slug: organization.slug })).toEqual(organization);
  });

  test("a recruiter reads the settings and does not change them", async () => {
    const { client } = await givenMember(house, "recruiter");
    expect(await refusalOf(client.organization.edit.mutate({ name: "Mine" }))).toMatchObject({ reason: "not_allowed" });
    expect(await client.organization.get.query()).toEqual(house.organization);
  });
});

describe("what the settings do", () => {
  test("a changed default period is the next invitation's, and no earlier one's", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: noon });
    const own = await givenOrganization();
    const project = await givenProject(own);
    const { interview: before } = await givenInvited(own, project);
    expect(before.deadlineAt).toEqual(plus(noon, 7 * dayMs));
    await own.owner.client.organization.edit.mutate({ defaultInterviewPeriodSeconds: 7_200 });
    const { interview: next } = await givenInvited(own, project);
    expect(next.deadlineAt).toEqual(plus(noon, 2 * hourMs));
    expect(await own.owner.client.interview.get.query({ interviewId: before.id })).toMatchObject({
      deadlineAt: before.deadlineAt,
    });
  });

  test("the next letter is from the new sender and leads to the first of the new frontends", async () => {
    const own = await givenOrganization();
    const project = await givenProject(own);
    const { email: before } = await givenInvited(own, project);
    expect(await newestLetterTo(before)).toEqual({ from: "House of Tests", leadsTo: origin });
    const { senderName, frontendOrigins } = settings();
    await own.owner.client.organization.edit.mutate({ senderName, frontendOrigins });
    const { email: candidate } = await givenInvited(own, project);
    const colleague = newEmail("colleague");
    await own.owner.client.invite.create.mutate({ invites: [{ email: colleague, access: "recruiter" }] });
    for (const email of [candidate, colleague]) {
      expect(await newestLetterTo(email)).toEqual({ from: senderName, leadsTo: frontendOrigins[0] });
      expect((await lettersTo(email)).at(-1)?.text).toContain(`Sent by ${senderName}.`);
    }
  });
});
