// What broke: one account made twelve organizations with advertising for names, and sent a stranger twelve letters within a minute.
import { sql } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { inviteeLimit } from "../../src/invite/policy.ts";
import { foundingLimit } from "../../src/organization/policy.ts";
import { countOf } from "../support/given-invite.ts";
import { givenOrganization, givenPerson, type House, newEmail, refusalOf } from "../support/world.ts";

afterEach(() => {
  vi.useRealTimers();
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;
const lettersTo = (email: string) => countOf(sql`select count(*) from letter where to_email = ${email}`);
const housesOf = (count: number) => Promise.all(Array.from({ length: count }, () => givenOrganization()));
const invite = ({ owner }: House, ...emails: string[]) =>
  owner.client.invite.create.mutate({ invites: emails.map((email) => ({ email, access: "recruiter" as const })) });
/** What became of each call: its first outcome, or why it was refused. */
const outcomeOf = (call: ReturnType<typeof invite>) =>
  call.then(
    ({ results }) => results[0]?.outcome,
    () => reasonOf(call),
  );

test("one person founds five organizations a day, however many they begin at once, and more the next day", async () => {
  const person = await givenPerson();
  const found = (nth: number) =>
    person.client.organization.create.mutate({
      name: `Buy now ${nth}`,
      slug: `buy-${crypto.randomUUID().slice(0, 12)}`,
    });
  const begun = await Promise.allSettled(Array.from({ length: 12 }, (_, nth) => found(nth)));
  expect(begun.filter(({ status }) => status === "fulfilled")).toHaveLength(foundingLimit.max);
  expect(await reasonOf(found(12))).toBe("slow_down");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + foundingLimit.windowMs + 1 });
  expect(await found(13)).toMatchObject({ access: "owner" });
});

test("a stranger is sent five invites a day, whichever organizations they come from; others in the same call are invited", async () => {
  const stranger = newEmail("stranger");
  const houses = await housesOf(inviteeLimit.max + 1);
  const last = houses.pop();
  for (const house of houses) expect(await outcomeOf(invite(house, stranger))).toBe("invited");
  if (!last) throw new Error("there is one more");
  const other = newEmail("other");
  const { results, counts } = await invite(last, stranger, other);
  expect(results).toEqual([
    { email: stranger, outcome: "too_often", inviteId: null },
    { email: other, outcome: "invited", inviteId: expect.any(String) },
  ]);
  expect(counts).toMatchObject({ invited: 1, tooOften: 1 });
  expect([await lettersTo(stranger), await lettersTo(other)]).toEqual([inviteeLimit.max, 1]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + inviteeLimit.windowMs + 1 });
  expect(await outcomeOf(invite(last, stranger))).toBe("invited");
});

test("twelve organizations at once send the stranger no more than one after the other", async () => {
  const stranger = newEmail("stranger");
  const outcomes = await Promise.all((await housesOf(12)).map((house) => outcomeOf(invite(house, stranger))));
  expect(outcomes.filter((outcome) => outcome === "invited")).toHaveLength(inviteeLimit.max);
  const others = outcomes.filter((outcome) => outcome !== "invited");
  expect(others.every((outcome) => outcome === "too_often" || outcome === "slow_down")).toBe(true);
  expect(await lettersTo(stranger)).toBe(inviteeLimit.max);
});

test("sending again counts too", async () => {
  const stranger = newEmail("stranger");
  const [house] = await housesOf(1);
  if (!house) throw new Error("there is one");
  const { results } = await invite(house, stranger);
  const inviteId = results[0]?.inviteId ?? "inv_none";
  const again = () => house.owner.client.invite.resend.mutate({ inviteId });
  for (let sent = 1; sent < inviteeLimit.max; sent += 1) await again();
  expect(await reasonOf(again())).toBe("slow_down");
  expect(await lettersTo(stranger)).toBe(inviteeLimit.max);
});
