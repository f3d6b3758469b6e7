// Promise 8: reads cost one database round trip including authorization; writes at most two. Counted for every
// procedure of the router, by what the Worker says and, for reads, by what really went over the wire.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { idFieldsOf, withAt } from "../support/id-fields.ts";
import { newMember, newUser, password, type Stage, setTheStage, tokenOf } from "../support/stage.ts";
import { type Answer, ask, askTogether, type Procedure } from "../support/wire.ts";
import { anteroom, type Client, database, newEmail, newestToken, systemDeps, tripsOf } from "../support/world.ts";
import { type Case, callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setTheStage();
});

type Exception = { readonly most: number; readonly why: string };

/** Procedures that may cost more, and why. None has had to. */
const exceptions: Readonly<Record<string, Exception>> = {};

const twin = "whoever loses to a twin of the same call in that very moment looks once more, and finds it";
/** Those that may cost more when they meet somebody in the same moment; alone they never do. Any call waits for a database that is taken. */
const meeting: Readonly<Record<string, Exception>> = {
  "interview.create": { most: 4, why: twin },
  "interview.createAndInvite": { most: 4, why: twin },
  "meeting.schedule": { most: 10, why: "whoever finds somebody taken in that very moment looks again, to be warned" },
  "meeting.edit": { most: 10, why: "whoever finds somebody taken in that very moment looks again, to be warned" },
  "placement.put": { most: 10, why: "whoever meets others at the very same place looks again" },
  "placement.move": { most: 10, why: "whoever meets others at the very same place looks again" },
  "offer.create": { most: 4, why: twin },
  "offer.pick": { most: 4, why: twin },
  "candidate.create": { most: 4, why: twin },
  "document.announce": { most: 4, why: twin },
  "refcheck.create": { most: 4, why: twin },
  "refcheck.createMany": { most: 40, why: "each look that is lost is another call that is through" },
  "role.create": { most: 40, why: "each look that is lost is another call that is through" },
  "interview.createAndInviteMany": { most: 40, why: "each look that is lost is another call that is through" },
};

const rows = walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written }));

async function called(procedure: Procedure, written: Case): Promise<Answer> {
  const { input, whose = stage.invited } = await written.prepare(stage, callerOf(written));
  return ask(procedure, input, await tokenOf(stage, callerOf(written), whose));
}

function limitOf({ path, type }: Procedure): number {
  return exceptions[path]?.most ?? (type === "query" ? 1 : 2);
}

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
  expect(Object.keys({ ...exceptions, ...meeting }).filter((path) => !rows.some((row) => row.path === path))).toEqual(
    [],
  );
});

describe("promise 8: a call that goes well costs one trip to read, at most two to write", () => {
  test.each(rows)("$path", async ({ procedure, written }) => {
    const { outcome, trips } = await called(procedure, written);
    expect(outcome).toBe("ok");
    if (procedure.type === "query") expect(trips).toBe(1);
    expect(trips).toBeGreaterThan(0);
    expect(trips).toBeLessThanOrEqual(limitOf(procedure));
  });
});

describe("promise 8: a refused call costs no more, and none at all when nobody is signed in", () => {
  test.each(rows)("$path", async ({ procedure, written }) => {
    const caller = callerOf(written);
    const { input, whose = stage.invited } = await written.prepare(stage, caller);
    const token = await tokenOf(stage, caller, whose);
    for (const { prefix, path } of procedure.inputs.flatMap((schema) => idFieldsOf(schema))) {
      const { trips } = await ask(procedure, withAt(input, path, systemDeps().newId(prefix)), token);
      expect(trips).toBeLessThanOrEqual(limitOf(procedure));
    }
    if (written.for !== "anyone") expect((await ask(procedure, input)).trips).toBe(0);
  });
});

describe("promise 8 holds on the longer ways too", () => {
  const most = (limit: number) => (trips: number) => trips >= 0 && trips <= limit;

  test("signing in by whatever link, and with the wrong password", async () => {
    const { email } = await newUser();
    const attempt = { email, password: "not what it is" };
    expect(await tripsOf(undefined, (api) => settled(api.identity.signIn.mutate(attempt)))).toSatisfy(most(2));
    const newcomer = { email: newEmail(), password, firstName: "Ada", lastName: "New" };
    expect(await tripsOf(undefined, (api) => api.identity.signUp.mutate(newcomer))).toSatisfy(most(2));
    const held = { token: await newestToken(newcomer.email), password };
    const wrong = { ...held, password: "not what it is" };
    expect(await tripsOf(undefined, (api) => settled(api.identity.useLink.mutate(wrong)))).toSatisfy(most(2));
    expect(await tripsOf(undefined, (api) => api.identity.useLink.mutate(held))).toSatisfy(most(2));
    const invitation = { token: await newestToken(stage.invited.email) };
    expect(await tripsOf(undefined, (api) => api.identity.useLink.mutate(invitation))).toSatisfy(most(2));
    expect(await tripsOf(undefined, (api) => api.identity.openLink.query(invitation))).toBe(1);
  });

  test("asking for a link at an organization, with a place to go", async () => {
    const organization = stage.house.organization.slug;
    const asked = { email: stage.invited.email, organization, next: "/somewhere" };
    expect(await tripsOf(undefined, (api) => api.identity.askForLink.mutate(asked))).toSatisfy(most(2));
    expect(await tripsOf(undefined, (api) => api.identity.askForPasswordReset.mutate(asked))).toSatisfy(most(2));
  });

  test("accepting an invite with an account: with its password, a wrong one, and its session", async () => {
    const { email } = await newUser();
    await stage.house.owner.client.invite.create.mutate({ invites: [{ email, access: "recruiter" }] });
    const held = { email, token: await newestToken(email) };
    const { token } = await anteroom().identity.signIn.mutate({ email, password });
    const wrong = { ...held, password: "not what it is" };
    expect(await tripsOf(undefined, (api) => settled(api.invite.accept.mutate(wrong)))).toSatisfy(most(2));
    expect(await tripsOf(undefined, (api) => settled(api.invite.accept.mutate(held)))).toSatisfy(most(2));
    expect(await tripsOf(token, (api) => api.invite.accept.mutate(held))).toSatisfy(most(2));
  });

  test("lists with every filter, and their second page", async () => {
    const token = await tokenOf(stage, "owner", stage.invited);
    const filters = { projectId: stage.project.id, search: "c", label: "candidate", deadlineFrom: new Date(0) };
    expect(await tripsOf(token, (api) => api.interview.list.query({ ...filters, sort: "deadline" }))).toBe(1);
    const { nextCursor } = await stage.house.owner.client.interview.list.query({ size: 1 });
    const second = { size: 1, ...(nextCursor !== null && { cursor: nextCursor }) };
    expect(nextCursor).not.toBeNull();
    expect(await tripsOf(token, (api) => api.interview.list.query(second))).toBe(1);
    const invites = Array.from({ length: 50 }, () => ({ email: newEmail("many"), access: "recruiter" as const }));
    expect(await tripsOf(token, (api) => api.invite.create.mutate({ invites }))).toSatisfy(most(2));
  });

  test("the same call at the same moment: whoever comes second looks once more", async () => {
    const token = await tokenOf(stage, "owner", stage.invited);
    const most = (path: keyof typeof meeting) => meeting[path]?.most ?? 0;
    const person = () => ({ email: newEmail(), firstName: "Cleo", lastName: "Twice" });
    const all = async (call: (client: Client) => Promise<unknown>) =>
      Promise.all(Array.from({ length: 6 }, () => tripsOf(token, call)));
    for (const verb of ["create", "createAndInvite"] as const) {
      const asked = { projectId: stage.project.id, candidate: person(), requestKey: `key-${newEmail()}` };
      const trips = await all((api) => api.interview[verb].mutate(asked));
      expect(Math.max(...trips)).toBeLessThanOrEqual(most(`interview.${verb}`));
    }
    const { email, ...names } = person();
    const entered = { user: { email, ...names }, requestKey: `key-${email}` };
    const trips = await all((api) => api.candidate.create.mutate(entered));
    expect(Math.max(...trips)).toBeLessThanOrEqual(most("candidate.create"));
    const rows = Array.from({ length: 5 }, () => ({ candidate: person() }));
    const bulk = await all((api) => api.interview.createAndInviteMany.mutate({ projectId: stage.project.id, rows }));
    expect(Math.max(...bulk)).toBeLessThanOrEqual(most("interview.createAndInviteMany"));
  });

  test("the same request key again", async () => {
    const token = await tokenOf(stage, "owner", stage.invited);
    const candidate = { email: newEmail(), firstName: "Cleo", lastName: "Again" };
    const asked = { projectId: stage.project.id, candidate, requestKey: `key-${candidate.email}` };
    expect(await tripsOf(token, (api) => api.interview.createAndInvite.mutate(asked))).toBe(2);
    expect(await tripsOf(token, (api) => api.interview.createAndInvite.mutate(asked))).toBe(1);
  });
});

describe("the count is honest", () => {
  const real = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = real;
  });

  /** Requests that really left for the database while this ran. */
  async function requestsDuring(work: () => Promise<unknown>): Promise<number> {
    let count = 0;
    globalThis.fetch = (...sent: Parameters<typeof fetch>) => {
      if (String(sent[0] instanceof Request ? sent[0].url : sent[0]).endsWith("/v2/pipeline")) count += 1;
      return real(...sent);
    };
    await work();
    globalThis.fetch = real;
    return count;
  }

  test.each(rows.filter(({ procedure }) => procedure.type === "query"))(
    "what $path says it costs is what goes over the wire",
    async ({ procedure, written }) => {
      const { input, whose = stage.invited } = await written.prepare(stage, callerOf(written));
      const token = await tokenOf(stage, callerOf(written), whose);
      expect(await requestsDuring(() => ask(procedure, input, token))).toBe(1);
    },
  );

  test("a second trip is seen by both counts", async () => {
    const { memberId } = await newMember(stage.house, "recruiter");
    const call = { path: "member.get", input: { memberId } };
    const token = await tokenOf(stage, "owner", stage.invited);
    const seen: (number | null | undefined)[] = [];
    const requests = await requestsDuring(async () => {
      const [answer] = await askTogether("query", [call, call], token);
      seen.push(answer?.trips);
    });
    expect({ requests, seen }).toEqual({ requests: 2, seen: [2] });
    expect(await requestsDuring(() => database().read({}))).toBe(1);
  });
});

/** Whether it went well or was refused: here only its cost counts. */
function settled(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}
