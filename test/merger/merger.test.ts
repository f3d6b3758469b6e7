// Two records of one person become one (decision 034).
import { sql } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { raw } from "../../db/statement.ts";
import { hourMs } from "../../src/kernel/clock.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { mergeCandidates } from "../../src/merger/actions.ts";
import { documentsEducation, documentsExperience } from "../support/background.ts";
import { givenDocument } from "../support/document.ts";
import { begunWith, give, newPerson } from "../support/feedback.ts";
import { givenField } from "../support/field.ts";
import { givenPipeline } from "../support/pipeline.ts";
import { givenRole } from "../support/refcheck.ts";
import { newOffer } from "../support/slot.ts";
import {
  anteroom,
  type Client,
  database,
  givenInterviewing,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

let house: House;
let client: Client;
beforeAll(async () => {
  house = await givenOrganization();
  client = (await givenMember(house, "recruiter")).client;
  await givenField(house, { key: "shoes", name: "Shoe size", type: "number" });
  await givenField(house, { key: "shift", name: "Shift", type: "text" });
});

afterEach(() => {
  vi.useRealTimers();
});

const names = { firstName: "Mira", lastName: "Okafor" };

async function entered(over: Partial<Parameters<Client["candidate"]["create"]["mutate"]>[0]> = {}) {
  const email = newEmail("mira");
  const { id, version } = await client.candidate.create.mutate({ user: { ...names, email }, ...over });
  return { id, email, version };
}

const merged = (candidateId: CandidateId, otherId: CandidateId) =>
  client.candidate.merge.mutate({ candidateId, otherId });

/** How many rows name a candidate, in each table that has a column for one. */
async function rowsNaming(id: CandidateId): Promise<Record<string, number>> {
  const { tables } = await database().read({
    tables: raw(
      sql`select m.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and c.name = 'candidate_id'`,
      (rows) => rows.map(([name]) => String(name)),
    ),
  });
  const counts = await Promise.all(
    tables.map(async (table) => {
      const { count } = await database().read({
        count: raw(sql`select count(*) from ${sql.identifier(table)} where candidate_id = ${id}`, ([row]) =>
          Number(row?.[0]),
        ),
      });
      return [table, count] as const;
    }),
  );
  return Object.fromEntries(counts);
}

/** Somebody with at least a row in every table that can name them, and what they were sent. */
async function givenEverything(name = "mira") {
  const email = newEmail(name);
  const candidate = { ...names, email };
  const project = await givenProject(house);
  const { id: roleId } = await givenRole(house);
  const invited = await house.owner.client.interview.createAndInvite.mutate({ projectId: project.id, candidate });
  const candidateId = invited.candidate.id;
  const { id: refcheckId } = await house.owner.client.refcheck.create.mutate({ roleId, candidate });
  await client.background.addSkills.mutate({ candidateId, skills: [{ name: "Latte art", level: "ADVANCED" }] });
  await client.background.addExperience.mutate({ candidateId, ...documentsExperience });
  await client.background.addEducation.mutate({ candidateId, ...documentsEducation });
  await client.note.add.mutate({ candidateId, text: "Asked good questions." });
  const externalIds = [{ system: "greenhouse", id: email }];
  const customFields = { shoes: 41 };
  await client.candidate.edit.mutate({ candidateId, tags: ["harbour"], source: "LinkedIn", externalIds, customFields });
  await givenDocument(client, candidateId);
  const [interviewer] = await Promise.all([newPerson(house), newOffer(house, [candidateId])]);
  await give(interviewer, await begunWith(house, [interviewer], candidateId), 4);
  await client.candidate.markInterviewed.mutate({ candidateId });
  const pipeline = await givenPipeline(house, newEmail("pipeline"));
  await client.placement.put.mutate({ pipelineId: pipeline.id, subject: { kind: "candidate", candidateId } });
  const link = await newestToken(email);
  return { email, candidateId, projectId: project.id, roleId, refcheckId, pipeline, interviewId: invited.id, link };
}

describe("nothing is lost", () => {
  test("every row that names the other names the candidate afterwards, in every table there is", async () => {
    const mine = await givenEverything();
    const theirs = await givenEverything();
    const nested = await entered();
    await merged(theirs.candidateId, nested.id);
    await anteroom().identity.useLink.mutate({ token: theirs.link });
    const [before, other] = await Promise.all([rowsNaming(mine.candidateId), rowsNaming(theirs.candidateId)]);
    expect(Object.keys(other).filter((table) => other[table] === 0)).toEqual([]);
    const tablesThatMeet = new Set(["skill", "candidate_tag", "candidate_field"]);
    await merged(mine.candidateId, theirs.candidateId);
    const after = await rowsNaming(mine.candidateId);
    for (const [table, count] of Object.entries(await rowsNaming(theirs.candidateId))) {
      expect([table, count]).toEqual([table, 0]);
      // The merge is an event, and a former record, of its own.
      const own = ["candidate_event", "former_candidate", "timeline"].includes(table) ? 1 : 0;
      const most = (before[table] ?? 0) + (other[table] ?? 0) + own;
      if (tablesThatMeet.has(table)) expect([table, after[table]]).toEqual([table, 1]);
      else expect([table, after[table]]).toEqual([table, most]);
    }
  });

  test("what only the other knew is known, and what both know stays", async () => {
    const kept = await entered({ appliedDate: "2024-05-01", source: "LinkedIn", tags: ["a", "b"] });
    const other = await entered({ appliedDate: "2024-01-10", source: "Fair", tags: ["b", "c"], phone: "+31201234567" });
    await client.candidate.edit.mutate({ candidateId: other.id, rating: 3.5 });
    const skills = (level: "EXPERT" | "BEGINNER") => [{ name: "TypeScript", level }];
    await client.background.addSkills.mutate({ candidateId: kept.id, skills: skills("BEGINNER") });
    const more = [...skills("EXPERT"), { name: "Angular", level: "BEGINNER" as const }];
    await client.background.addSkills.mutate({ candidateId: other.id, skills: more });
    const one = await merged(kept.id, other.id);
    expect(one).toMatchObject({
      ...{ id: kept.id, status: "APPLIED", appliedDate: "2024-01-10", phone: "+31201234567", rating: 3.5 },
      ...{ user: { ...names, email: kept.email }, source: { name: "LinkedIn" }, tags: ["a", "b", "c"] },
    });
    const { skills: known } = await client.background.get.query({ candidateId: kept.id });
    expect(known.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: "Angular", level: "BEGINNER" },
      { name: "TypeScript", level: "EXPERT" },
    ]);
    for (const tag of ["a", "b", "c"])
      expect((await client.candidate.list.query({ tag })).items.map(({ id }) => id)).toContain(kept.id);
  });

  test("what other systems call the other leads to the candidate, and in a custom field that both have theirs stays", async () => {
    const ats = (id: string) => [{ system: "greenhouse", id }];
    const [mine, theirs] = [newEmail("ats"), newEmail("ats")];
    const kept = await entered({ externalIds: ats(mine), customFields: { shoes: 41 } });
    const other = await entered({ externalIds: ats(theirs), customFields: { shoes: 38, shift: "Nights" } });
    const one = await merged(kept.id, other.id);
    expect(one.customFields).toEqual({ shoes: 41, shift: "Nights" });
    expect(one.externalIds).toEqual(expect.arrayContaining([...ats(mine), ...ats(theirs)]));
    const { list } = client.candidate;
    const found = async (customField: { key: string; equals: string | number }) =>
      (await list.query({ customField: [customField] })).items.map(({ id }) => id);
    expect(await found({ key: "shift", equals: "nights" })).toContain(kept.id);
    expect(await found({ key: "shoes", equals: 38 })).not.toContain(kept.id);
  });

  test("two interviews in one project and two refchecks for one role stand beside each other", async () => {
    const mine = await givenEverything();
    const theirs = await entered();
    const candidate = { ...names, email: theirs.email };
    const second = await house.owner.client.interview.createAndInvite.mutate({ projectId: mine.projectId, candidate });
    const check = await house.owner.client.refcheck.create.mutate({ roleId: mine.roleId, candidate });
    const one = await merged(mine.candidateId, theirs.id);
    expect(one.interviews.map(({ id }) => id)).toEqual([second.id, mine.interviewId]);
    expect(one.refchecks.map(({ id }) => id)).toEqual([check.id, mine.refcheckId]);
    // And with a third record, once more.
    const third = await entered();
    const again = { ...names, email: third.email };
    const last = await house.owner.client.interview.createAndInvite.mutate({
      ...{ projectId: mine.projectId, candidate: again },
    });
    const all = await merged(mine.candidateId, third.id);
    expect(all.interviews.map(({ id }) => id)).toEqual([last.id, second.id, mine.interviewId]);
    const repeated = house.owner.client.interview.create.mutate({ projectId: mine.projectId, candidate: again });
    expect(await refusalOf(repeated)).toMatchObject({ reason: "already_in_project" });
  });

  test("in a pipeline the candidate's place stays, the other's is taken out with its history", async () => {
    const pipeline = await givenPipeline(house, newEmail("pipeline"));
    const [kept, other] = [await entered(), await entered()];
    const place = (candidateId: CandidateId, stage: number) =>
      client.placement.put.mutate({
        ...{ pipelineId: pipeline.id, subject: { kind: "candidate", candidateId } },
        ...{ stageId: pipeline.stages[stage]?.id ?? "stg_" },
      });
    const mine = await place(kept.id, 2);
    const theirs = await place(other.id, 4);
    await merged(kept.id, other.id);
    const board = await client.pipeline.board.query({ pipelineId: pipeline.id });
    expect(board.stages.flatMap(({ placements }) => placements.items.map(({ id }) => id))).toEqual([mine.id]);
    const { items } = await client.placement.events.query({ placementId: theirs.id });
    expect(items.map(({ verb }) => verb)).toEqual(["put", "remove"]);
  });
});

describe("who knew the other record", () => {
  test("its id leads to the candidate, and what it was can be read", async () => {
    const kept = await entered();
    const other = await entered({ source: "Fair" });
    await client.candidate.hire.mutate({ candidateId: other.id });
    await merged(kept.id, other.id);
    expect(await refusalOf(client.candidate.get.query({ candidateId: other.id }))).toMatchObject({
      reason: "candidate_merged",
      facts: { candidateId: kept.id },
    });
    const edited = () => client.candidate.edit.mutate({ candidateId: other.id, tags: ["late"] });
    for (const call of [edited, () => merged(kept.id, other.id)])
      expect(await refusalOf(call())).toMatchObject({ reason: "candidate_merged", facts: { candidateId: kept.id } });
    const { items } = await client.candidate.former.query({ candidateId: kept.id });
    expect(items).toMatchObject([{ id: other.id, email: other.email, source: "Fair", status: "HIRED", ...names }]);
    const { items: events } = await client.candidate.events.query({ candidateId: kept.id });
    expect(events.map(({ verb, otherId }) => ({ verb, otherId }))).toEqual([
      { verb: "create", otherId: null },
      { verb: "merge", otherId: other.id },
    ]);
  });

  test("its address is the candidate's: whoever is entered, invited or checked by it is found", async () => {
    const kept = await entered();
    const other = await entered();
    await merged(kept.id, other.id);
    const user = { ...names, email: other.email };
    expect(await refusalOf(client.candidate.create.mutate({ user }))).toMatchObject({
      reason: "candidate_known",
      facts: { candidateId: kept.id, by: "email" },
    });
    const third = await entered();
    const correctTo = (candidateId: CandidateId) =>
      client.candidate.correctAddress.mutate({ candidateId, email: other.email });
    expect(await refusalOf(correctTo(third.id))).toMatchObject({ reason: "address_taken" });
    const { items: found } = await client.candidate.list.query({ email: other.email });
    expect(found.map(({ id }) => id)).toEqual([kept.id]);
    const project = await givenProject(house);
    const { id: roleId } = await givenRole(house);
    const { owner } = house;
    const both = [kept.email, other.email].map((email) => ({ candidate: { ...names, email } }));
    const { results } = await owner.client.interview.createAndInviteMany.mutate({ projectId: project.id, rows: both });
    expect(results).toMatchObject([{ outcome: "invited", candidateId: kept.id }, { reason: "repeated_row" }]);
    const check = await owner.client.refcheck.create.mutate({ roleId, candidate: user });
    expect(check.candidate.id).toBe(kept.id);
    expect(await correctTo(kept.id)).toMatchObject({ email: other.email });
  });

  test("links in its letters stay good, and letters that wait for it are sent", async () => {
    const mine = await entered();
    const theirs = await givenEverything();
    await merged(mine.id, theirs.candidateId);
    const signedIn = await anteroom().identity.useLink.mutate({ token: theirs.link });
    expect(signedIn).toMatchObject({ kind: "candidate", candidateId: mine.id });
    // Of an interview, a refcheck, a meeting and an offer.
    expect((await lettersTo(theirs.email)).length).toBe(4);
    const { status } = await house.owner.client.interview.get.query({ interviewId: theirs.interviewId });
    expect(status).toBe("invited");
  });

  test("whoever was signed in as the other comes in again, and asks for a link by either address", async () => {
    const mine = await entered();
    const theirs = await givenEverything();
    const { token } = await anteroom().identity.useLink.mutate({ token: theirs.link });
    await merged(mine.id, theirs.candidateId);
    expect(await refusalOf(anteroom(token).candidate.me.query())).toMatchObject({ reason: "signed_out" });
    const organization = house.organization.slug;
    const before = (await lettersTo(mine.email)).length;
    await anteroom().identity.askForLink.mutate({ email: theirs.email, organization });
    expect((await lettersTo(mine.email)).length).toBe(before + 1);
  });
});

describe("what was under way", () => {
  test("a letter that tells the candidate of their rejection goes out all the same, and the other's does not", async () => {
    const [kept, other, third] = [await entered(), await entered(), await entered()];
    const letter = { sendAfterMinutes: 60 };
    await client.candidate.reject.mutate({ candidateId: kept.id, letter });
    await client.candidate.markInterviewed.mutate({ candidateId: other.id });
    // At the version that the candidate's own record has after two mergers.
    await client.candidate.reject.mutate({ candidateId: other.id, letter });
    await merged(kept.id, other.id);
    await merged(kept.id, third.id);
    vi.setSystemTime(Date.now() + 2 * hourMs);
    await drainOutbox(systemDeps());
    expect((await lettersTo(kept.email)).length).toBe(1);
    expect((await lettersTo(other.email)).length).toBe(0);
  });

  test("whoever renames the candidate in between is not undone", async () => {
    const [kept, other] = [await entered(), await entered()];
    const { memberId, userId, access } = house.owner;
    const organizationId = house.organization.id;
    const scope: MemberScope = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
    const { db, ...deps } = systemDeps();
    const slow: typeof db = {
      ...db,
      async read(asked) {
        const found = await db.read(asked);
        await client.candidate.edit.mutate({ candidateId: kept.id, user: { lastName: "Adeyemi" } });
        return found;
      },
    };
    const merging = mergeCandidates({ ...deps, db: slow }, scope, { candidateId: kept.id, otherId: other.id });
    await expect(merging).rejects.toMatchObject({ reason: "moved_on" });
  });
});

describe("what is refused", () => {
  test("itself, a stranger, and somebody in the middle of an interview", async () => {
    const kept = await entered();
    expect(await refusalOf(merged(kept.id, kept.id))).toMatchObject({ reason: "same_candidate" });
    const foreign = await givenOrganization();
    const user = { ...names, email: newEmail("foreign") };
    const { id } = await foreign.owner.client.candidate.create.mutate({ user });
    expect(await refusalOf(merged(kept.id, id))).toMatchObject({ reason: "not_found" });
    expect(await refusalOf(merged(id, kept.id))).toMatchObject({ reason: "not_found" });
    const { interview } = await givenInterviewing(house, await givenProject(house));
    const candidateId = interview.candidate.id;
    expect(await refusalOf(merged(kept.id, candidateId))).toMatchObject({ reason: "candidate_interviewing" });
    await merged(candidateId, kept.id);
  });

  test("twenty merging the same two, either way round: one record is left, merged once", async () => {
    const [one, other] = [await entered(), await entered()];
    const tries = Array.from({ length: 20 }, (_, nth) =>
      (nth % 2 ? merged(one.id, other.id) : merged(other.id, one.id)).then(
        ({ id }) => id,
        () => null,
      ),
    );
    const winners = (await Promise.all(tries)).filter((id) => id !== null);
    expect(winners).toHaveLength(1);
    const [left] = winners;
    if (!left) throw new Error("one of them won");
    const { items } = await client.candidate.former.query({ candidateId: left });
    expect(items.map(({ id }) => id)).toEqual([left === one.id ? other.id : one.id]);
  });
});
