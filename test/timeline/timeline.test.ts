// The timeline of a candidate: a whole story told back in its order, to whoever may see it, and gone with what it told of.
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  candidate,
  interview,
  letter,
  meeting,
  meetingEvent,
  meetingInterviewer,
  note,
} from "../../db/schema/index.ts";
import { build, raw, run } from "../../db/statement.ts";
import { hourMs, after as later, secondMs } from "../../src/kernel/clock.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import type { TimelineEntry } from "../../src/timeline/contract.ts";
import type { TimelineKind } from "../../src/timeline/policy.ts";
import { givenPipeline, newCandidate } from "../support/pipeline.ts";
import { aReference, givenRole, shortAnswers } from "../support/refcheck.ts";
import { candidateToken, referenceToken } from "../support/stage.ts";
import {
  admitted,
  anteroom,
  type Client,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  newEmail,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

let house: House;
let pipeline: Awaited<ReturnType<typeof givenPipeline>>;
let project: Awaited<ReturnType<typeof givenProject>>;
let role: Awaited<ReturnType<typeof givenRole>>;
beforeAll(async () => {
  house = await givenOrganization();
  [pipeline, project, role] = await Promise.all([
    givenPipeline(house),
    givenProject(house),
    givenRole(house, { referencesRequired: 1 }),
  ]);
});

afterAll(() => {
  vi.useRealTimers();
});

const api = () => house.owner.client;

async function allOf(candidateId: CandidateId, over: object = {}, client: Client = api()): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.candidate.timeline.query({
      ...{ candidateId, direction: "asc", size: 100, ...over },
      ...(cursor !== undefined && { cursor }),
    });
    entries.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return entries;
}

/** What a reader would say of it. */
function sentenceOf(entry: TimelineEntry): string {
  const who = entry.actor.name ?? entry.actor.kind;
  switch (entry.kind) {
    case "record":
      return `${who} ${entry.verb}: ${entry.from ?? "-"} > ${entry.to}`;
    case "interview":
      return `${who} ${entry.verb} ${entry.projectName}: ${entry.from ?? "-"} > ${entry.to}`;
    case "refcheck":
      return `${who} ${entry.verb} ${entry.roleTitle}${entry.reference ? ` (${entry.reference.name})` : ""}: ${entry.to}`;
    case "placement":
      return `${who} ${entry.verb} ${entry.pipelineName}: ${entry.from?.name ?? "-"} > ${entry.to?.name ?? "-"}`;
    case "meeting":
      return `${who} ${entry.verb} ${entry.title}`;
    case "letter":
      return `${entry.letterKind} to ${entry.to.kind}`;
    case "note":
      return `${who}: ${entry.text}`;
  }
}

let now = Date.now();
/** What comes next comes later. */
const tick = () => {
  now = Math.max(now, Date.now()) + secondMs;
  vi.setSystemTime(now);
};

/** Everything there is that happens to somebody, each thing in an instant of its own. */
async function lived() {
  tick();
  const email = newEmail("mira");
  const person = { email, firstName: "Mira", lastName: "Okafor" };
  const { id: candidateId } = await api().candidate.create.mutate({ user: person });
  tick();
  const { id: noteId } = await api().note.add.mutate({ candidateId, text: "Met at the fair." });
  tick();
  const subject = { kind: "candidate" as const, candidateId };
  const { id: placementId } = await api().placement.put.mutate({ pipelineId: pipeline.id, subject });
  tick();
  await api().placement.move.mutate({ placementId, version: 1, stageId: pipeline.stages[1]?.id });
  tick();
  const invited = await api().interview.createAndInvite.mutate({ projectId: project.id, candidate: person });
  const interviewId = invited.id;
  const own = (await admitted(email)).client;
  tick();
  await own.interview.confirm.mutate({ interviewId });
  tick();
  const refcheck = await api().refcheck.create.mutate({ roleId: role.id, candidate: person });
  const refcheckId = refcheck.id;
  tick();
  const whose = { organizationId: house.organization.id, candidateId, email, interviewId, refcheckId };
  const named = anteroom(await candidateToken(whose));
  await named.refcheck.consent.mutate({ refcheckId, version: 1 });
  tick();
  const { references } = await named.reference.add.mutate({ refcheckId, ...aReference() });
  const referenceId = references[0]?.id ?? "ref_";
  const referee = anteroom(await referenceToken({ ...whose, referenceId }));
  tick();
  await referee.reference.accept.mutate();
  await referee.reference.save.mutate({ answers: shortAnswers });
  tick();
  await referee.reference.finish.mutate();
  tick();
  const meetingId = await met(candidateId);
  tick();
  await api().candidate.reject.mutate({ candidateId, why: "Too far.", letter: { sendAfterMinutes: 60 } });
  tick();
  await api().candidate.reopen.mutate({ candidateId });
  return { candidateId, email, noteId, placementId, interviewId, refcheckId, meetingId };
}

/** As the calendar writes it: a meeting that was moved once. */
async function met(candidateId: CandidateId, interviewer = house.owner) {
  const { id: organizationId } = house.organization;
  const [id, at] = [newId("mtg"), new Date()];
  const times = { startsAt: later(at, hourMs), endsAt: later(at, 2 * hourMs) };
  const event = (version: number, verb: "schedule" | "move") =>
    run(
      build.insert(meetingEvent).values({
        ...{ id: newId("evt"), organizationId, meetingId: id, version, verb, at, ...times },
        ...{ actorKind: "member", actorId: house.owner.memberId },
      }),
    );
  await database().write([
    run(
      build.insert(meeting).values({
        ...{ id, organizationId, candidateId, title: "Coffee", description: "", timeZone: "UTC", reminderHours: [] },
        ...{ sequence: 1, version: 2, createdBy: house.owner.memberId, createdAt: at, ...times },
      }),
    ),
    run(
      build
        .insert(meetingInterviewer)
        .values({ meetingId: id, memberId: interviewer.memberId, organizationId, ...times }),
    ),
    event(1, "schedule"),
    event(2, "move"),
  ]);
  return id;
}

let story: Awaited<ReturnType<typeof lived>>;
beforeAll(async () => {
  story = await lived();
});

describe("a whole story", () => {
  test("is told back in its order, each thing by whom it was done, in one round trip", async () => {
    const { candidateId } = story;
    const entries = await allOf(candidateId);
    expect(entries.map(sentenceOf)).toEqual([
      "Ada owner create: - > APPLIED",
      "Ada owner: Met at the fair.",
      "Ada owner put Enterprise Sales: - > Lead",
      "Ada owner move Enterprise Sales: Lead > Qualified",
      "Ada owner create Barista: - > new",
      "Ada owner invite Barista: new > invited",
      "interview_invitation to candidate",
      "Mira Okafor confirm Barista: invited > confirmed",
      "Ada owner create Barista: created",
      "Ada owner invite Barista: awaiting_candidate",
      "refcheck_invitation to candidate",
      "Mira Okafor consent Barista: awaiting_candidate",
      "Mira Okafor name Barista (Rita Referee): awaiting_references",
      "reference_request to reference",
      "Rita Referee accept Barista (Rita Referee): in_progress",
      "Rita Referee finish Barista (Rita Referee): completed",
      "refcheck_completed to member",
      "Ada owner schedule Coffee",
      "Ada owner move Coffee",
      "Ada owner reject: APPLIED > REJECTED",
      "candidate_rejected to candidate",
      "Ada owner reopen: REJECTED > APPLIED",
    ]);
    expect(await allOf(candidateId, { direction: "desc" })).toEqual(entries.toReversed());
    expect(await tripsOf(house.owner.token, (client) => allOf(candidateId, {}, client))).toBe(1);
  });

  test("says of each what its own list says, and of letters how they stand and never what they say", async () => {
    const { candidateId, interviewId, refcheckId, placementId, email } = story;
    const entries = await allOf(candidateId);
    const one = (id: string) => entries.find((entry) => entry.id === id);
    const [interviews, refchecks, placements, records] = await Promise.all([
      api().interview.events.query({ interviewId }),
      api().refcheck.events.query({ refcheckId }),
      api().placement.events.query({ placementId }),
      api().candidate.events.query({ candidateId }),
    ]);
    for (const { id, verb, from, to, at, why, deadlineAt, actorKind, actorId } of interviews.items) {
      const told = { verb, from, to, at, why, deadlineAt, interviewId, actor: { kind: actorKind, id: actorId } };
      expect(one(id)).toMatchObject({ kind: "interview", ...told });
    }
    for (const { id, verb, to, at, why, deadlineAt, actorKind, actorId } of refchecks.items) {
      const told = { verb, to, at, why, deadlineAt, refcheckId, actor: { kind: actorKind, id: actorId } };
      expect(one(id)).toMatchObject({ kind: "refcheck", ...told });
    }
    for (const { id, version: _, memberId, ...told } of placements.items) {
      expect(one(id)).toMatchObject({ kind: "placement", ...told, actor: { kind: "member", id: memberId } });
    }
    for (const { id, version: _, actorKind, actorId, ...told } of records.items) {
      expect(one(id)).toMatchObject({ kind: "record", ...told, actor: { kind: actorKind, id: actorId } });
    }
    const letters = entries.filter((entry) => entry.kind === "letter");
    const { items } = await api().letter.list.query({ size: 100 });
    for (const told of letters) {
      const listed = items.find(({ id }) => id === told.id);
      expect(told).toMatchObject({ status: listed?.status, letterKind: listed?.kind, to: { email: listed?.to } });
      expect(told).toMatchObject({ interviewId: listed?.interviewId, refcheckId: listed?.refcheckId });
    }
    expect(letters.at(-1)).toMatchObject({ status: "withdrawn", to: { kind: "candidate", email }, meetingId: null });
  });

  test("by kinds and by when, in pages of any size from either end", async () => {
    const { candidateId } = story;
    const entries = await allOf(candidateId);
    for (const kinds of [["record"], ["letter", "note"], ["meeting", "placement", "refcheck"]] as const) {
      const some: readonly TimelineKind[] = kinds;
      const meant = entries.filter(({ kind }) => some.includes(kind));
      expect(await allOf(candidateId, { kinds: [...kinds], size: 2 })).toEqual(meant);
      expect(await allOf(candidateId, { kinds: [...kinds], size: 3, direction: "desc" })).toEqual(meant.toReversed());
    }
    const [from, to] = [entries[4]?.at ?? new Date(), entries[12]?.at ?? new Date()];
    const between = entries.filter(({ at }) => at >= from && at < to);
    expect(between.length).toBeGreaterThan(5);
    for (const size of [1, 4, 100]) {
      expect(await allOf(candidateId, { size })).toEqual(entries);
      expect(await allOf(candidateId, { size, from, to })).toEqual(between);
      expect(await allOf(candidateId, { size, from, to, direction: "desc" })).toEqual(between.toReversed());
    }
    const asked = { candidateId, size: 2 };
    const { nextCursor } = await api().candidate.timeline.query(asked);
    const other = api().candidate.timeline.query({ ...asked, direction: "asc", cursor: nextCursor ?? "" });
    expect(await refusalOf(other)).toMatchObject({ reason: "bad_input", facts: { field: "cursor" } });
  });
});

describe("who sees what of it", () => {
  const kindsOf = (entries: readonly TimelineEntry[]) => [...new Set(entries.map(({ kind }) => kind))].toSorted();

  test("a recruiter sees all but letters that are for admins; a stranger, and whoever does not see the candidate, nothing", async () => {
    const { candidateId, email } = story;
    const [admin, recruiter] = await Promise.all([givenMember(house, "admin"), givenMember(house, "recruiter")]);
    await database().write([
      run(build.update(candidate).set({ passwordHash: "scrypt", isLetIn: true }).where(eq(candidate.id, candidateId))),
    ]);
    const organization = house.organization.slug;
    await anteroom().identity.askForLink.mutate({ organization, email });
    const all = await allOf(candidateId);
    const personal = all.filter((entry) => entry.kind === "letter" && entry.letterKind === "sign_in");
    expect(personal).toHaveLength(1);
    expect(await allOf(candidateId, {}, admin.client)).toEqual(all);
    expect(await allOf(candidateId, {}, recruiter.client)).toEqual(all.filter((entry) => !personal.includes(entry)));
    const stranger = (await givenOrganization()).owner;
    const elsewhere = await givenMember(house, "hiring_manager", {
      teamId: (await api().team.create.mutate({ name: "Elsewhere" })).id,
    });
    for (const { client } of [stranger, elsewhere]) {
      expect(await refusalOf(client.candidate.timeline.query({ candidateId }))).toMatchObject({ reason: "not_found" });
    }
  });

  test("a hiring manager sees the meetings of whom they see, the interviews and refchecks that are theirs, and letters of what they manage", async () => {
    const { candidateId, interviewId, email } = story;
    const team = await api().team.create.mutate({ name: "A team apart" });
    const [evaluator, manager] = await Promise.all(
      [1, 2].map(() => givenMember(house, "hiring_manager", { teamId: team.id })),
    );
    if (!evaluator || !manager) throw new Error("two were invited");
    const give = ({ memberId }: Member, held: "evaluator" | "interview_manager") =>
      api().project.assignRole.mutate({ projectId: project.id, memberId, role: held });
    await give(evaluator, "evaluator");
    await give(manager, "interview_manager");
    const other = await givenProject(house, { name: "Elsewhere" });
    await api().interview.createAndInvite.mutate({
      ...{ projectId: other.id, candidate: { email, firstName: "Mira", lastName: "Okafor" } },
    });
    const all = await allOf(candidateId);
    const isTheirs = (entry: TimelineEntry) =>
      ["record", "note", "meeting"].includes(entry.kind) ||
      (entry.kind === "interview" && entry.interviewId === interviewId);
    expect(await allOf(candidateId, {}, evaluator.client)).toEqual(all.filter(isTheirs));
    const isManaged = (entry: TimelineEntry) =>
      isTheirs(entry) || (entry.kind === "letter" && entry.interviewId === interviewId);
    expect(await allOf(candidateId, {}, manager.client)).toEqual(all.filter(isManaged));
    await met(candidateId, evaluator);
    const teamed = await givenMember(house, "hiring_manager");
    expect(kindsOf(await allOf(candidateId, {}, evaluator.client))).toEqual(["interview", "meeting", "note", "record"]);
    expect(kindsOf(await allOf(candidateId, {}, teamed.client))).toEqual(["meeting", "note", "record", "refcheck"]);
  });

  test("nobody learns from it what somebody answered, or what evaluators think", async () => {
    const text = JSON.stringify(await allOf(story.candidateId));
    expect(text).not.toMatch(/"answers?"|"score"|"ratings?"|"token"|"content"|"link"/);
  });
});

describe("what it told of", () => {
  const onTimeline = async (candidateId: CandidateId) => {
    const { ids } = await database().read({
      ids: raw(sql`select source_id from timeline where candidate_id = ${candidateId}`, (rows) =>
        rows.map(([id]) => String(id)),
      ),
    });
    return ids;
  };

  test("takes its entries along when it is removed: notes, interviews with their letters, whole candidates", async () => {
    const { candidateId } = story;
    const { id: noteId } = await api().note.add.mutate({ candidateId, text: "Written in haste." });
    const person = { email: newEmail("kim"), firstName: "Kim", lastName: "Ode" };
    const invite = () => api().interview.createAndInvite.mutate({ projectId: project.id, candidate: person });
    const { id: interviewId, candidate: kim } = await invite();
    expect(await onTimeline(kim.id)).toHaveLength(3);
    const removed = await api().interview.remove.mutate({ interviewId });
    expect(removed).toMatchObject({ candidateRemoved: true });
    expect(await onTimeline(kim.id)).toEqual([]);

    const again = await invite();
    await api().note.add.mutate({ candidateId: again.candidate.id, text: "Kept for this." });
    await api().interview.remove.mutate({ interviewId: again.id });
    expect((await allOf(again.candidate.id)).map(sentenceOf)).toEqual(["Ada owner: Kept for this."]);

    const before = await allOf(candidateId);
    await api().note.remove.mutate({ noteId });
    expect(await allOf(candidateId)).toEqual(before.filter(({ id }) => id !== noteId));
  });

  test("takes them along when it comes to be another candidate's", async () => {
    const { candidateId, interviewId, noteId } = story;
    const other = await newCandidate(house);
    const before = await allOf(candidateId);
    const moves = [
      run(build.update(letter).set({ candidateId: other }).where(eq(letter.interviewId, interviewId))),
      run(build.update(interview).set({ candidateId: other }).where(eq(interview.id, interviewId))),
      run(build.update(note).set({ candidateId: other }).where(eq(note.id, noteId))),
    ];
    await database().write(moves);
    const isMoved = (entry: TimelineEntry) =>
      entry.id === noteId || ("interviewId" in entry && entry.interviewId === interviewId);
    expect((await allOf(other)).map(({ id }) => id)).toEqual(before.filter(isMoved).map(({ id }) => id));
    expect((await allOf(candidateId)).map(({ id }) => id)).toEqual(
      before.filter((entry) => !isMoved(entry)).map(({ id }) => id),
    );
  });
});
