import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import type { MeetingId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { removeMember } from "../../src/member/actions.ts";
import { lettersIn } from "../bounce/post.ts";
import { memberScopeOf } from "../deadline/ledger.ts";
import { begin, newTimes } from "../support/meeting.ts";
import { givenRecord } from "../support/meeting-letters.ts";
import {
  anteroom,
  database,
  givenMember,
  givenOrganization,
  type House,
  lettersTo,
  type Member,
  newestToken,
  refusalOf,
  systemDeps,
  tripsOf,
} from "../support/world.ts";

let house: House;
let stranger: House;

beforeAll(async () => {
  [house, stranger] = await Promise.all([givenOrganization(), givenOrganization()]);
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

async function rowsOf(memberId: string) {
  const { teams, roles } = await database().read({
    teams: raw(sql`select count(*) from team_member where member_id = ${memberId}`, (rows) => rows[0]?.[0]),
    roles: raw(sql`select count(*) from project_role where member_id = ${memberId}`, (rows) => rows[0]?.[0]),
  });
  return { teams, roles };
}

describe("access", () => {
  test("a changed access holds at once: the old bearer token answers access_changed, entering again gives the new one", async () => {
    const person = await givenMember(house, "recruiter");
    const changed = await house.owner.client.member.changeAccess.mutate({ memberId: person.memberId, access: "admin" });
    expect(changed).toMatchObject({ id: person.memberId, access: "admin", email: person.email });
    expect(await reasonOf(person.client.member.list.query({}))).toBe("access_changed");
    expect(await reasonOf(person.client.member.remove.mutate({ memberId: person.memberId }))).toBe("access_changed");
    const { token } = await person.client.identity.enter.mutate({ organizationId: house.organization.id });
    expect(await anteroom(token).team.create.mutate({ name: "Yes" })).toMatchObject({ name: "Yes" });
  });

  test("nobody gives more than they have", async () => {
    const [admin, recruiter] = [await givenMember(house, "admin"), await givenMember(house, "recruiter")];
    const toOwner = { memberId: recruiter.memberId, access: "owner" as const };
    expect(await reasonOf(admin.client.member.changeAccess.mutate(toOwner))).toBe("above_own_access");
    const oneself = { memberId: admin.memberId, access: "owner" as const };
    expect(await reasonOf(admin.client.member.changeAccess.mutate(oneself))).toBe("above_own_access");
    const toAdmin = { memberId: recruiter.memberId, access: "admin" as const };
    expect(await admin.client.member.changeAccess.mutate(toAdmin)).toMatchObject({ access: "admin" });
  });

  test("nobody changes or removes someone above them", async () => {
    const admin = await givenMember(house, "admin");
    const { memberId } = house.owner;
    const lowered = admin.client.member.changeAccess.mutate({ memberId, access: "recruiter" });
    expect(await reasonOf(lowered)).toBe("above_own_access");
    expect(await reasonOf(admin.client.member.remove.mutate({ memberId }))).toBe("above_own_access");
    expect(await admin.client.member.get.query({ memberId })).toMatchObject({ access: "owner" });
  });

  test("recruiters and hiring managers change nobody, not even themselves", async () => {
    for (const access of ["recruiter", "hiring_manager"] as const) {
      const { client, memberId } = await givenMember(house, access);
      expect(await reasonOf(client.member.changeAccess.mutate({ memberId, access: "hiring_manager" }))).toBe(
        "not_allowed",
      );
      expect(await reasonOf(client.member.remove.mutate({ memberId: house.owner.memberId }))).toBe("not_allowed");
    }
  });
});

describe("the day of starting work", () => {
  test("is set, changed and taken out again by admins, and nothing else is changed by it", async () => {
    const [admin, person] = [await givenMember(house, "admin"), await givenMember(house, "recruiter")];
    const { memberId } = person;
    const before = await admin.client.member.get.query({ memberId });
    for (const startedWorkOn of ["2024-02-01", "2024-02-29", null]) {
      const edited = await admin.client.member.edit.mutate({ memberId, startedWorkOn });
      expect(edited).toEqual({ ...before, startedWorkOn });
      expect(await person.client.member.get.query({ memberId })).toEqual(edited);
    }
    const edit = (client: Member["client"], of: Member) =>
      reasonOf(client.member.edit.mutate({ memberId: of.memberId, startedWorkOn: "2024-02-01" }));
    expect(await edit(person.client, person)).toBe("not_allowed");
    expect(await edit(admin.client, house.owner)).toBe("above_own_access");
    expect(await edit(stranger.owner.client, person)).toBe("not_found");
  });
});

describe("a session outlives a membership", () => {
  test("who was removed still sees themselves, founds an organization of their own, and signs out", async () => {
    const { client, memberId } = await givenMember(house, "recruiter");
    await house.owner.client.member.remove.mutate({ memberId });
    expect(await client.identity.me.query()).toMatchObject({ organizations: [], entered: null });
    const entering = client.identity.enter.mutate({ organizationId: house.organization.id });
    expect(await reasonOf(entering)).toBe("not_found");
    const slug = `own-${crypto.randomUUID().slice(0, 12)}`;
    expect(await client.organization.create.mutate({ name: "Own", slug })).toMatchObject({ access: "owner" });
    expect(await client.identity.signOut.mutate()).toEqual({ done: true });
    expect(await reasonOf(client.identity.me.query())).toBe("signed_out");
  });
});

describe("the last owner", () => {
  test("neither steps down nor leaves", async () => {
    const { owner } = await givenOrganization();
    const { memberId } = owner;
    expect(await reasonOf(owner.client.member.changeAccess.mutate({ memberId, access: "admin" }))).toBe("last_owner");
    expect(await reasonOf(owner.client.member.remove.mutate({ memberId }))).toBe("last_owner");
    expect(await owner.client.member.get.query({ memberId })).toMatchObject({ access: "owner" });
  });

  test("a removed owner does not count as one", async () => {
    const own = await givenOrganization();
    const second = await givenMember(own, "owner");
    await own.owner.client.member.remove.mutate({ memberId: second.memberId });
    const { memberId, client } = own.owner;
    expect(await reasonOf(client.member.remove.mutate({ memberId }))).toBe("last_owner");
  });

  test.for([1, 2, 3, 4, 5])("two owners lowering each other at once leave one (%i)", async () => {
    const own = await givenOrganization();
    const second = await givenMember(own, "owner");
    const lower = (who: Member, other: Member) =>
      who.client.member.changeAccess.mutate({ memberId: other.memberId, access: "admin" }).then(
        () => "changed",
        () => "refused",
      );
    const answers = await Promise.all([lower(own.owner, second), lower(second, own.owner)]);
    expect(answers.sort()).toEqual(["changed", "refused"]);
    expect(await ownersOf(own)).toBe(1);
  });

  test.for([1, 2, 3, 4, 5])("two owners leaving and stepping down at once leave one (%i)", async () => {
    const own = await givenOrganization();
    const second = await givenMember(own, "owner");
    const answers = await Promise.allSettled([
      own.owner.client.member.remove.mutate({ memberId: own.owner.memberId }),
      second.client.member.changeAccess.mutate({ memberId: second.memberId, access: "recruiter" }),
    ]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await ownersOf(own)).toBe(1);
  });

  async function ownersOf({ organization }: House) {
    const { count } = await database().read({
      count: raw(
        sql`select count(*) from member where organization_id = ${organization.id} and access = 'owner' and removed_at is null`,
        (rows) => rows[0]?.[0],
      ),
    });
    return count;
  }
});

describe("removing", () => {
  test("takes the token, the teams and the project roles in one go, and leaves the account", async () => {
    const person = await givenMember(house, "recruiter");
    const { memberId } = person;
    const now = Date.now();
    const projectId = `prj_${crypto.randomUUID().replaceAll("-", "")}`;
    await database().write([
      raw(
        sql`insert into project (id, organization_id, name, name_folded, kind, status, description, language, max_interview_seconds, interruption_grace_seconds, reminder_hours, deadline_applies_to, password_required, veto_enabled, labels, revision, created_at)
          values (${projectId}, ${house.organization.id}, 'P', 'p', 'interview', 'active', '', 'en', 3600, 60, '[]', 'start', 0, 0, '[]', 1, ${now})`,
        () => undefined,
      ),
      raw(
        sql`insert into project_role (project_id, member_id, role, organization_id, created_at) values (${projectId}, ${memberId}, 'evaluator', ${house.organization.id}, ${now})`,
        () => undefined,
      ),
    ]);
    expect(await rowsOf(memberId)).toEqual({ teams: 1, roles: 1 });
    expect(await house.owner.client.member.remove.mutate({ memberId })).toEqual({ done: true });
    expect(await rowsOf(memberId)).toEqual({ teams: 0, roles: 0 });
    expect(await reasonOf(person.client.organization.get.query())).toBe("access_changed");
    expect(await reasonOf(house.owner.client.member.get.query({ memberId }))).toBe("not_found");
    expect(await reasonOf(house.owner.client.member.remove.mutate({ memberId }))).toBe("not_found");
    const again = await anteroom().identity.signIn.mutate({ email: person.email, password: person.password });
    expect(again.organizations).toEqual([]);
  });

  test("anybody leaves by themselves", async () => {
    const person = await givenMember(house, "hiring_manager");
    expect(await person.client.member.remove.mutate({ memberId: person.memberId })).toEqual({ done: true });
    expect(await reasonOf(person.client.member.list.query({}))).toBe("access_changed");
  });

  test("who was removed comes back only by a new invite, and their old token stays dead", async () => {
    const person = await givenMember(house, "recruiter");
    await house.owner.client.member.remove.mutate({ memberId: person.memberId });
    await house.owner.client.invite.create.mutate({ invites: [{ email: person.email, access: "recruiter" }] });
    const back = await anteroom().invite.accept.mutate({
      email: person.email,
      token: await newestToken(person.email),
      password: person.password,
    });
    expect(back.user.id).toBe(person.userId);
    expect(await reasonOf(person.client.member.list.query({}))).toBe("access_changed");
    expect((await anteroom(back.token).member.list.query({})).items.length).toBeGreaterThan(0);
  });
});

describe("lists", () => {
  let own: House;
  let people: Member[];

  beforeAll(async () => {
    own = await givenOrganization();
    people = [];
    const names = [
      ["Ada", "Zeta"],
      ["Bob", "alpha"],
      ["Cy", "Alpha"],
      ["100%", "Percent_Sign"],
      ["李", "王".repeat(100)],
    ] as const;
    for (const [firstName, lastName] of names) {
      const person = await givenMember(own, "recruiter");
      await person.client.identity.editProfile.mutate({ firstName, lastName });
      people.push(person);
    }
  });

  type Asked = Parameters<Member["client"]["member"]["list"]["query"]>[0];

  async function everyPage(asked: Asked, size: number) {
    const seen: { id: string; firstName: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await own.owner.client.member.list.query({ ...asked, size, ...(cursor && { cursor }) });
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return seen;
  }

  test("every order gives every member once, whatever the size of a page, and backwards is the reverse", async () => {
    for (const sort of ["name", "created"] as const) {
      const whole = (await everyPage({ sort }, 100)).map(({ id }) => id);
      expect(new Set(whole).size).toBe(people.length + 1);
      for (const size of [1, 2, 3]) {
        expect((await everyPage({ sort }, size)).map(({ id }) => id)).toEqual(whole);
        const backwards = (await everyPage({ sort, direction: "desc" }, size)).map(({ id }) => id);
        expect(backwards).toEqual([...whole].reverse());
      }
    }
  });

  test("names sort by last name, then first, in either case", async () => {
    const firstNames = (await everyPage({ sort: "name" }, 2)).map(({ firstName }) => firstName);
    expect(firstNames).toEqual(["Bob", "Cy", "Ada", "100%", "Ada", "李"]);
  });

  test("search looks in names and addresses, and takes wildcards as letters", async () => {
    const found = async (search: string) => (await everyPage({ search }, 10)).map(({ id }) => id);
    const [zeta, bob, cy, percent, wang] = people.map(({ memberId }) => memberId);
    expect(await found("alph")).toEqual([bob, cy]);
    expect(await found("ada zeta")).toEqual([zeta]);
    expect(await found("%")).toEqual([percent]);
    expect(await found("t_s")).toEqual([percent]);
    expect(await found("\\")).toEqual([]);
    expect(await found("' or 1=1 --")).toEqual([]);
    expect(await found("王王")).toEqual([wang]);
    expect(await found(people[1]?.email.toUpperCase() ?? "")).toEqual([bob]);
  });

  test("members are filtered by access and by team", async () => {
    expect((await everyPage({ access: "owner" }, 10)).map(({ id }) => id)).toEqual([own.owner.memberId]);
    expect(await everyPage({ access: "admin" }, 10)).toEqual([]);
    expect(await everyPage({ teamId: own.team.id }, 10)).toHaveLength(people.length + 1);
    const team = await own.owner.client.team.create.mutate({ name: "Small" });
    const memberId = people[0]?.memberId ?? own.owner.memberId;
    await own.owner.client.team.addMember.mutate({ teamId: team.id, memberId });
    expect((await everyPage({ teamId: team.id }, 10)).map(({ id }) => id)).toEqual([memberId]);
    expect(await everyPage({ teamId: house.team.id }, 10)).toEqual([]);
  });

  test("a cursor of another order is bad input", async () => {
    const { nextCursor } = await own.owner.client.member.list.query({ size: 1, sort: "name" });
    const call = own.owner.client.member.list.query({ sort: "created", cursor: nextCursor ?? "" });
    expect(await reasonOf(call)).toBe("bad_input");
  });
});

describe("the meetings to come of somebody who leaves", () => {
  const named = (...people: readonly Member[]) => people.map(({ memberId }) => ({ memberId }));
  const promised = async (email: string) =>
    (await lettersIn(email)).map(({ content, status }) => [content.kind, status].join(" ")).sort();

  test("keep their name with a mark; they read no more of it, the others who is left, and whoever scheduled it hears of it", async () => {
    const own = await givenOrganization();
    const [recruiter, stays] = [await givenMember(own, "recruiter"), await givenMember(own, "hiring_manager")];
    const leaves = await givenMember(own, "recruiter");
    const { email, id: candidateId } = await givenRecord(own);
    const { meeting } = recruiter.client;
    const asked = (by: Member) => ({ title: "A talk", ...newTimes(), candidateId, interviewers: named(by) });
    const both = await meeting.schedule.mutate({ ...asked(leaves), interviewers: named(leaves, stays) });
    const alone = await meeting.schedule.mutate(asked(leaves));
    const theirs = await leaves.client.meeting.schedule.mutate(asked(leaves));
    const begun = await meeting.schedule.mutate(asked(leaves));
    await begin(begun.id);
    const feedback = { meetingId: begun.id, description: "Good.", rating: 4 };
    await leaves.client.feedback.give.mutate(feedback);
    const canceled = await meeting.schedule.mutate(asked(leaves));
    await meeting.cancel.mutate({ meetingId: canceled.id, version: 1 });
    await drainOutbox(systemDeps());
    expect(await leaves.client.member.remove.mutate({ memberId: leaves.memberId })).toEqual({ done: true });
    await drainOutbox(systemDeps());

    const seen = async (meetingId: MeetingId) => meeting.get.query({ meetingId });
    const marked = ({ interviewers }: Awaited<ReturnType<typeof seen>>) =>
      interviewers.map(({ memberId, hasLeft }) => [memberId, hasLeft]);
    expect(await seen(both.id)).toMatchObject({ version: 2, sequence: 0, status: "scheduled" });
    expect(marked(await seen(both.id)).sort()).toEqual(
      [
        [leaves.memberId, true],
        [stays.memberId, false],
      ].sort(),
    );
    expect(marked(await seen(alone.id))).toEqual([[leaves.memberId, true]]);
    const { items } = await meeting.events.query({ meetingId: alone.id });
    expect(items.at(-1)).toMatchObject({ verb: "leave", actorId: leaves.memberId, startsAt: alone.startsAt });
    expect(await seen(begun.id)).toMatchObject({ version: 1, rating: 4 });
    expect((await meeting.list.query({ memberId: leaves.memberId })).items).toHaveLength(4);

    const toLeaver = (await lettersIn(leaves.email)).filter(({ meetingId }) => meetingId !== begun.id);
    expect(toLeaver.filter(({ status }) => status === "waiting")).toEqual([]);
    const toCandidate = (await lettersIn(email)).filter(({ status }) => status === "waiting");
    const namesIn = (meetingId: MeetingId) =>
      toCandidate.flatMap((one) => (one.meetingId === meetingId ? [Object(one.content).interviewerNames] : []));
    expect(namesIn(both.id)).toEqual(Array(2).fill(["Bo hiring_manager"]));
    expect(namesIn(alone.id)).toEqual([[], []]);
    const told = (await lettersTo(recruiter.email)).at(-1);
    expect(told?.subject).toMatch(/^An interviewer has left: Bo .*, 2 meetings to come$/);
    expect(told?.text).toMatch(
      /A talk, Cleo Candidate, .*: nobody else takes part\.\n\nA talk, .*: 1 other takes part\./,
    );
    expect((await lettersTo(own.owner.email)).map(({ subject }) => subject)).toContainEqual(
      expect.stringMatching(/, 1 meeting to come$/),
    );
    expect(theirs.version).toBe(1);

    await meeting.edit.mutate({ meetingId: alone.id, version: 2, title: "Alone" });
    await drainOutbox(systemDeps());
    expect((await lettersTo(email)).at(-1)?.text).toContain("You will meet House of Tests.");
  });

  test("are all told of, also one that is scheduled in the same moment", async () => {
    const [leaves, { id: candidateId }] = [await givenMember(house, "recruiter"), await givenRecord(house)];
    const db = database();
    let looks = 0;
    const read: Database["read"] = async (asked) => {
      const found = await db.read(asked);
      looks += 1;
      if (looks === 1) {
        const input = { title: "Just now", ...newTimes(), candidateId, interviewers: named(leaves) };
        await house.owner.client.meeting.schedule.mutate(input);
      }
      return found;
    };
    const { memberId } = leaves;
    await removeMember(systemDeps({ db: { ...db, read } }), memberScopeOf(house), { memberId });
    expect(looks).toBe(2);
    expect((await promised(house.owner.email)).filter((one) => one.startsWith("interviewer_left"))).toHaveLength(1);
    expect((await promised(leaves.email)).filter((one) => one.endsWith("waiting"))).toEqual([]);
  });
});

test("another organization's member is not there, in any call", async () => {
  const { memberId } = await givenMember(house, "recruiter");
  const { client } = stranger.owner;
  expect(await reasonOf(client.member.get.query({ memberId }))).toBe("not_found");
  expect(await reasonOf(client.member.changeAccess.mutate({ memberId, access: "admin" }))).toBe("not_found");
  expect(await reasonOf(client.member.remove.mutate({ memberId }))).toBe("not_found");
  expect((await client.member.list.query({})).items.map(({ id }) => id)).toEqual([stranger.owner.memberId]);
});

test("a query costs one round trip and a mutation one or two, authorization included", async () => {
  const { memberId } = await givenMember(house, "recruiter");
  const trips = (call: Parameters<typeof tripsOf>[1]) => tripsOf(house.owner.token, call);
  expect(await trips((client) => client.member.list.query({ sort: "name", search: "Bo" }))).toBe(1);
  expect(await trips((client) => client.member.get.query({ memberId }))).toBe(1);
  expect(await trips((client) => client.member.edit.mutate({ memberId, startedWorkOn: null }))).toBe(1);
  expect(await trips((client) => client.member.changeAccess.mutate({ memberId, access: "admin" }))).toBe(1);
  expect(await trips((client) => client.member.remove.mutate({ memberId }))).toBe(2);
});
