// Promise 3: no call reads or changes another organization's data, whatever ids it sends, and "not yours" looks like
// "not there". Every id field of every procedure is tried, found by walking its schema.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { everythingOf } from "../support/everything.ts";
import { at, idFieldsOf, withAt } from "../support/id-fields.ts";
import { plant } from "../support/plant.ts";
import { fromAcross, newMember, password, type Stage, setPassword, setTheStage, tokenOf } from "../support/stage.ts";
import { type Answer, ask, askTogether, type Procedure } from "../support/wire.ts";
import { anteroom, database, newestToken as linkOf, newEmail, systemDeps } from "../support/world.ts";
import { type Case, callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

type Ask = typeof ask;

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
});

/** Stands in every name, address, label and answer of the other organization. */
const canary = `kanarie${crypto.randomUUID().slice(0, 8)}`;

/** Whatever the Worker says to its log while this file runs. */
const logged: string[] = [];
const say = console.log;
console.log = (...words: unknown[]) => {
  logged.push(words.map(String).join(" "));
  say(...words);
};
afterAll(() => {
  console.log = say;
});

/** Lines that a log must not hold: a word of somebody's, or an address. */
const telling = (lines: readonly string[]) =>
  lines.filter((line) => line.includes(canary) || /@example\.com/.test(line));

let stage: Stage;
/** Ids of the other organization for fields that a right call does without. */
let theirIds: Readonly<Record<string, string>>;

beforeAll(async () => {
  stage = await setTheStage();
  theirIds = await plant(stage.across, canary);
});

/** What no two answers have the same of: a token, and the address that one is sealed into, with until when it is good. */
const ofTheMoment: ReadonlySet<string> = new Set(["token", "url", "until"]);

/** What is seen of an answer, with the ids that were sent taken out of it. */
function seen({ outcome, status, code, message, facts, data }: Answer, ...sent: readonly unknown[]): string {
  const text = JSON.stringify({ outcome, status, code, message, facts, data }, (name, value) =>
    ofTheMoment.has(name) ? "(made in this moment)" : value,
  );
  return sent.reduce<string>((said, id) => said.replaceAll(String(id), "(the id)"), text);
}

type Tried = { readonly faults: readonly string[]; readonly texts: readonly string[] };

/** Sends the other organization's id, and one that nobody has, in each id field: what is wrong with the answers. */
async function foreignness(procedure: Procedure, written: Case, send: Ask = ask): Promise<Tried> {
  const caller = callerOf(written);
  const faults: string[] = [];
  const texts: string[] = [];
  const ours = await written.prepare(stage, caller);
  // Made by the same hand for the other organization: theirs is in the very state in which the step could be taken.
  const theirs = await written.prepare(fromAcross(stage), caller);
  const before = await everythingOf(stage.across.house.organization.id);
  const fields = procedure.inputs.flatMap((schema) => idFieldsOf(schema));
  const call = async (input: unknown) => {
    const answer = await send(procedure, input, await tokenOf(stage, caller, ours.whose ?? stage.invited));
    texts.push(answer.text);
    return answer;
  };
  for (const { prefix, path } of fields) {
    const name = path.join(".");
    const own = at(ours.input, path);
    const foreignId = at(theirs.input, path) ?? theirIds[prefix] ?? `(no ${prefix}_ of the other organization)`;
    const absentId = systemDeps().newId(prefix);
    const foreign = await call(withAt(ours.input, path, foreignId));
    const absent = await call(withAt(ours.input, path, absentId));
    const expected = written.foreign?.[name] ?? "not_found";
    if (own === foreignId) faults.push(`${name}: both organizations have the same id`);
    if (foreign.outcome !== expected) faults.push(`${name}: answered ${foreign.outcome} instead of ${expected}`);
    const [one, other] = [seen(foreign, foreignId), seen(absent, absentId)];
    if (one !== other) faults.push(`${name}: theirs can be told from none: ${one} | ${other}`);
  }
  if (fields.length > 1) {
    const all = fields.filter(({ path }) => at(theirs.input, path) !== undefined);
    const input = all.reduce<unknown>((made, { path }) => withAt(made, path, at(theirs.input, path)), ours.input);
    const isTheirs = all.some(({ path }) => (written.foreign?.[path.join(".")] ?? "not_found") === "not_found");
    const { outcome } = await call(input);
    if (isTheirs && outcome !== "not_found") faults.push(`all ids theirs: answered ${outcome} instead of not_found`);
  }
  const after = await everythingOf(stage.across.house.organization.id);
  for (const table of Object.keys(before)) {
    if (JSON.stringify(before[table]) !== JSON.stringify(after[table]))
      faults.push(`${table}: their rows have changed`);
  }
  return { faults, texts };
}

const withIds = walked.filter(([{ inputs }]) => inputs.some((schema) => idFieldsOf(schema).length > 0));
const named = (pairs: typeof walked) =>
  pairs.map(([procedure, written]) => ({ path: procedure.path, procedure, written }));

describe("promise 3: somebody else's id is answered like one that nobody has, and changes nothing", () => {
  test.each(named(withIds))("$path", async ({ procedure, written }) => {
    const { faults, texts } = await foreignness(procedure, written);
    expect(faults).toEqual([]);
    expect(texts.filter((text) => text.includes(canary))).toEqual([]);
  });
});

/** The same call as the second of two; the first is one that anybody may make. */
const inABatch: Ask = async (procedure, input, token) => {
  const harmless =
    procedure.type === "query"
      ? { path: "identity.openLink", input: { token: `si_${"A".repeat(43)}` } }
      : { path: "identity.askForLink", input: { email: newEmail("nobody.here") } };
  const calls = [harmless, { path: procedure.path, input }];
  const [first, second] = await askTogether(procedure.type, calls, token);
  if (first?.outcome !== "ok" || !second) throw new Error("each call of a batch is answered on its own");
  return second;
};

describe("promise 3: a batch opens no way around", () => {
  test.each(named(withIds))("$path", async ({ procedure, written }) => {
    const { faults, texts } = await foreignness(procedure, written, inABatch);
    expect(faults).toEqual([]);
    expect(texts.filter((text) => text.includes(canary))).toEqual([]);
  });
});

describe("promise 3: no answer holds a word of another organization", () => {
  test("searches, filters and cursors lead to none either", async () => {
    const { client } = stage.house.owner;
    const theirs = stage.across.house.owner.client;
    const found = await Promise.all([
      client.interview.list.query({ search: canary }),
      client.interview.list.query({ label: canary }),
      client.project.list.query({ search: canary }),
      client.project.list.query({ label: canary }),
      client.member.list.query({ search: canary }),
      client.team.list.query({ search: canary }),
      client.invite.list.query({ search: canary }),
      client.contact.list.query({ search: canary }),
      client.pipeline.list.query({ search: canary }),
      client.candidate.list.query({ search: canary }),
    ]);
    expect(found.map(({ items }) => items.length)).toEqual(found.map(() => 0));
    const { nextCursor } = await theirs.interview.list.query({ size: 1 });
    const { items } = await client.interview.list.query({ size: 100, ...(nextCursor && { cursor: nextCursor }) });
    const theirProjects = new Set((await theirs.project.list.query({})).items.map(({ id }) => id));
    expect(items.filter(({ projectId }) => theirProjects.has(projectId))).toEqual([]);
  });

  test("an address that the other organization knows is as new here as any other", async () => {
    const [here, there] = [stage.house.owner.client, stage.across.house.owner.client];
    const invitedThere = newEmail("invited.there");
    await there.invite.create.mutate({ invites: [{ email: invitedThere, access: "recruiter" }] });
    const emails = [invitedThere, (await newMember(stage.across.house, "recruiter")).email, newEmail("nobody")];
    const { results } = await here.invite.create.mutate({
      invites: emails.map((email) => ({ email, access: "recruiter" })),
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(["invited", "invited", "invited"]);

    const theirs = stage.across.invited;
    await setPassword(theirs);
    const made = await here.interview.create.mutate({
      projectId: stage.project.id,
      candidate: { email: theirs.email, firstName: "Other", lastName: "Name" },
    });
    expect(made.candidate).toMatchObject({ firstName: "Other", lastName: "Name" });
    expect(made.candidate.id).not.toBe(theirs.candidateId);
    const attempt = { email: theirs.email, password };
    const [ours, their] = [stage.house.organization.slug, stage.across.house.organization.slug];
    const signedIn = await anteroom().identity.signInCandidate.mutate({ ...attempt, organization: their });
    expect(signedIn.candidateId).toBe(theirs.candidateId);
    await expect(anteroom().identity.signInCandidate.mutate({ ...attempt, organization: ours })).rejects.toMatchObject({
      data: { reason: "wrong_credentials" },
    });
  });

  test("one person in both organizations sees in each only what is its own", async () => {
    const { memberId, email } = await newMember(stage.house, "owner");
    const invites = [{ email, access: "owner" as const }];
    await stage.across.house.owner.client.invite.create.mutate({ invites });
    const here = await anteroom().identity.signIn.mutate({
      email,
      password,
      organizationId: stage.house.organization.id,
    });
    const { token } = await anteroom(here.token).invite.accept.mutate({ email, token: await linkOf(email) });
    const there = anteroom(token);
    expect(JSON.stringify(await there.project.list.query({}))).toContain(canary);
    const [, written] = walked.find(([{ path }]) => path === "member.get") ?? [];
    expect(written?.foreign).toBeUndefined();
    await expect(there.member.get.query({ memberId })).rejects.toMatchObject({ data: { reason: "not_found" } });
    const projectId = stage.across.project.id;
    await expect(anteroom(here.token).project.get.query({ projectId })).rejects.toMatchObject({
      data: { reason: "not_found" },
    });
  });
});

describe("nothing of anybody's is logged", () => {
  test("though all of the above was, and each line is a structured one", () => {
    const lines = logged.filter((line) => line.startsWith("{"));
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.map((line) => typeof JSON.parse(line).event).filter((type) => type !== "string")).toEqual([]);
    expect(telling(logged)).toEqual([]);
  });

  test("saboteur: a line with a name or an address in it is caught", () => {
    expect(
      telling([`{"event":"invited","name":"${canary}"}`, '{"event":"sent","to":"mira@example.com"}']),
    ).toHaveLength(2);
  });
});

describe("the walk is not blind", () => {
  const projectGet = () => {
    const found = walked.find(([{ path }]) => path === "project.get");
    if (!found) throw new Error("there is a project.get");
    return found;
  };

  test("a read without its organization is caught, by its answer and by the words in it", async () => {
    const [procedure, written] = projectGet();
    const unscoped: Ask = async (asked, input, token) => {
      const id = String(at(input, ["projectId"]));
      const { text } = await database().read({
        text: raw(sql`select id, name from project where id = ${id}`, (rows) => JSON.stringify(rows)),
      });
      const real = await ask(asked, input, token);
      return text === "[]" ? real : { ...real, outcome: "ok", data: text, text };
    };
    const { faults, texts } = await foreignness(procedure, written, unscoped);
    expect(faults).toContain("projectId: answered ok instead of not_found");
    expect(faults.join()).toContain("can be told from none");
    expect(texts.join()).toContain(canary);
  });

  test("a write without its organization is caught by the rows it changed", async () => {
    const [procedure, written] = projectGet();
    const unscoped: Ask = async (asked, input, token) => {
      const id = String(at(input, ["projectId"]));
      await database().write([raw(sql`update project set description = 'sabotage' where id = ${id}`, () => undefined)]);
      return ask(asked, input, token);
    };
    expect((await foreignness(procedure, written, unscoped)).faults).toEqual(["project: their rows have changed"]);
  });

  test("the other organization's rows are compared in every table that has an organization", async () => {
    const tables = await everythingOf(stage.across.house.organization.id);
    const empty = Object.keys(tables).filter((table) => tables[table]?.length === 0);
    expect(Object.keys(tables).length).toBeGreaterThan(10);
    expect(empty).toEqual([]);
  });
});
