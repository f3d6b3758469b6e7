// The timeline of a candidate: a whole story told back in its order, to whoever may see it, and gone with what it told of.
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { candidate, meeting, meetingEvent, meetingInterviewer } from "../../db/schema/index.ts";
import { build, raw, run } from "../../db/statement.ts";
import { hourMs, after as later, secondMs } from "../../src/kernel/clock.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import type { TimelineEntry } from "../../src/timeline/contract.ts";
import type { TimelineKind } from "../../src/timeline/policy.ts";
import { givenDocument } from "../support/document.ts";
import { begunWith, give, newPerson } from "../support/feedback.ts";
import { begin } from "../support/meeting.ts";
import { givenPipeline, newCandidate } from "../support/pipeline.ts";
import { aReference, givenRole, shortAnswers } from "../support/refcheck.ts";
import { byLink, newOffer } from "../support/slot.ts";
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
    case "feedback":
      return `${who} ${entry.verb} feedback of ${entry.interviewer.name} on ${entry.title}`;
    case "offer":
      return `${who} ${entry.verb} ${entry.title}`;
    case "document":
      return `${who} ${entry.verb} ${entry.documentKind}: ${entry.file?.fileName ?? "-"}`;
    case "letter":
      return `${entry.letterKind} to ${entry.to.kind}`;
    case "note":
      return `${who}: ${entry.text}`;
  }
}

const words = "Spoke of harbours.";

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
  tick();
  const { documentId } = await givenDocument(api(), candidateId, { kind: "cv", fileName: "cv\u202efdp.pdf" });
  const { documentId: gone } = await givenDocument(api(), candidateId, { kind: "portfolio", fileName: "Private.pdf" });
  tick();
  await api().document.remove.mutate({ documentId: gone });
  tick();
  await begin(meetingId);
  const given = await give(house.owner, meetingId, 4, { description: words });
  tick();
  await api().feedback.edit.mutate({ feedbackId: given.id, version: 1, rating: 2.5 });
  tick();
  await api().feedback.remove.mutate({ feedbackId: given.id });
  tick();
  const { memberId } = house.owner;
  const { id: offerId, slots } = await newOffer(house, [candidateId], memberId, { reminderHours: [] });
  tick();
  const picker = await byLink(house, candidateId, offerId);
  await picker.offer.pick.mutate({ slotId: slots[0]?.id ?? "slt_" });
  tick();
  await api().offer.close.mutate({ offerId });
  const others = [await newOffer(house, [candidateId]), await newOffer(house, [candidateId])] as const;
  tick();
  await api().offer.withdraw.mutate({ offerId: others[0].id, candidateId });
  await api().offer.withdraw.mutate({ offerId: others[0].id, candidateId });
  tick();
  await api().offer.close.mutate({ offerId: others[0].id });
  await api().offer.close.mutate({ offerId: others[1].id });
  return { candidateId, email, noteId, placementId, interviewId, refcheckId, meetingId, documentId };
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
      "Ada owner add cv: cv fdp.pdf",
      "Ada owner add portfolio: -",
      "Ada owner remove portfolio: -",
      "Ada owner give feedback of Ada owner on Coffee",
      "Ada owner edit feedback of Ada owner on Coffee",
      "Ada owner remove feedback of Ada owner on Coffee",
      "Ada owner offer A first talk",
      "slots_offered to candidate",
      "slots_reminder to candidate",
      "Mira Okafor pick A first talk",
      "Mira Okafor schedule A first talk",
      "meeting_scheduled to candidate",
      "meeting_scheduled to member",
      "Ada owner offer A first talk",
      "Ada owner offer A first talk",
      "slots_offered to candidate",
      "slots_reminder to candidate",
      "slots_offered to candidate",
      "slots_reminder to candidate",
      "Ada owner withdraw A first talk",
      "Ada owner close A first talk",
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
    const rejection = letters.find(({ letterKind }) => letterKind === "candidate_rejected");
    expect(rejection).toMatchObject({ status: "withdrawn", to: { kind: "candidate", email }, meetingId: null });
    const offers = entries.filter((entry) => entry.kind === "offer");
    const offered = await Promise.all(offers.map(({ offerId }) => api().offer.get.query({ offerId })));
    for (const [nth, { title, candidates }] of offered.entries()) {
      const picked = offers[nth]?.verb === "pick" ? candidates[0]?.meetingId : null;
      expect(offers[nth]).toMatchObject({ title, meetingId: picked });
    }
    const { documentId } = story;
    const { type, scan, fileName } = await api().document.get.query({ documentId });
    const files = entries.flatMap((entry) => (entry.kind === "document" && entry.file ? [entry.file] : []));
    expect(files).toEqual([{ type, scan, fileName }]);
  });

  test("by kinds and by when, in pages of any size from either end", async () => {
    const { candidateId } = story;
    const entries = await allOf(candidateId);
    for (const kinds of [["offer"], ["letter", "note"], ["meeting", "document", "feedback"]] as const) {
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
      ["record", "note", "meeting", "feedback", "document"].includes(entry.kind) ||
      (entry.kind === "interview" && entry.interviewId === interviewId);
    expect(await allOf(candidateId, {}, evaluator.client)).toEqual(all.filter(isTheirs));
    const isManaged = (entry: TimelineEntry) =>
      isTheirs(entry) || (entry.kind === "letter" && entry.interviewId === interviewId);
    expect(await allOf(candidateId, {}, manager.client)).toEqual(all.filter(isManaged));
    await met(candidateId, evaluator);
    const teamed = await givenMember(house, "hiring_manager");
    const everybodys = ["document", "feedback", "meeting", "note", "record"];
    expect(kindsOf(await allOf(candidateId, {}, evaluator.client))).toEqual([...everybodys, "interview"].toSorted());
    expect(kindsOf(await allOf(candidateId, {}, teamed.client))).toEqual([...everybodys, "refcheck"]);
  });

  test("whoever owes feedback on a meeting sees that another gave theirs, and nothing of what it says", async () => {
    const candidateId = await newCandidate(house);
    const [gave, owes, met] = await Promise.all([newPerson(house), newPerson(house), newPerson(house, "recruiter")]);
    const meetingId = await begunWith(house, [gave, owes], candidateId);
    await newOffer(house, [candidateId]);
    const { id: feedbackId } = await give(gave, meetingId, 4.5, { description: words, verdict: "hire" });
    expect((await owes.client.feedback.list.query({ meetingId })).items).toEqual([]);
    const kinds = ["feedback", "offer"];
    const [entry, ...more] = await allOf(candidateId, { kinds }, owes.client);
    const interviewer = { id: gave.memberId, name: "Eve hiring_manager" };
    expect(entry).toEqual({
      ...{ kind: "feedback", id: entry?.id, at: entry?.at, actor: { kind: "member", ...interviewer }, interviewer },
      ...{ feedbackId, meetingId, title: "A talk", verb: "give" },
    });
    // Offers name others: they are for who sees everybody.
    expect(more).toEqual([]);
    expect(kindsOf(await allOf(candidateId, { kinds }, met.client))).toEqual(kinds);
  });

  test("nobody learns from it what somebody answered, what evaluators and interviewers think, or how a removed file was called", async () => {
    const text = JSON.stringify(await allOf(story.candidateId));
    expect(text).not.toMatch(/"answers?"|"score"|"ratings?"|"verdict"|"token"|"content"|"link"/);
    for (const hidden of [words, "Private"]) expect(text).not.toContain(hidden);
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

    const filed = await invite();
    const { documentId } = await givenDocument(api(), filed.candidate.id);
    await api().document.remove.mutate({ documentId });
    expect(await onTimeline(filed.candidate.id)).toHaveLength(5);
    await api().interview.remove.mutate({ interviewId: filed.id });
    expect(await onTimeline(filed.candidate.id)).toEqual([]);

    const again = await invite();
    await api().note.add.mutate({ candidateId: again.candidate.id, text: "Kept for this." });
    await api().interview.remove.mutate({ interviewId: again.id });
    expect((await allOf(again.candidate.id)).map(sentenceOf)).toEqual(["Ada owner: Kept for this."]);

    const before = await allOf(candidateId);
    await api().note.remove.mutate({ noteId });
    expect(await allOf(candidateId)).toEqual(before.filter(({ id }) => id !== noteId));
  });

  test("takes them along when two records become one: all of both, once each, in its order", async () => {
    const { candidateId } = story;
    const other = await newCandidate(house);
    await api().note.add.mutate({ candidateId: other, text: "Another record." });
    await givenDocument(api(), other);
    const { id: offerId } = await newOffer(house, [candidateId, other]);
    await give(house.owner, await begunWith(house, [house.owner], other), 3);
    const both = [...(await allOf(candidateId)), ...(await allOf(other))];
    tick();
    await api().candidate.merge.mutate({ candidateId, otherId: other });
    const entries = await allOf(candidateId);
    expect(entries.at(-1)).toMatchObject({ kind: "record", verb: "merge", otherId: other });
    const ids = (some: readonly TimelineEntry[]) => some.map(({ id }) => id);
    expect(ids(entries).slice(0, -1).toSorted()).toEqual(ids(both).toSorted());
    const instants = entries.map(({ at }) => at.getTime());
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    const twice = entries.filter((entry) => entry.kind === "offer" && entry.offerId === offerId);
    expect(twice.map(sentenceOf)).toEqual(Array(2).fill("Ada owner offer A first talk"));
    // What was told of both goes on being told, and goes with its row.
    await api().note.remove.mutate({ noteId: story.noteId });
    const { nextCursor: _, items } = await api().note.list.query({ candidateId });
    expect(ids((await allOf(candidateId)).filter(({ kind }) => kind === "note"))).toEqual(items.map(({ id }) => id));
  });
});
