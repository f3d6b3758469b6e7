// Whatever happens to a candidate, in whatever order: the timeline is what the lists of its sources say, put together; nothing twice, nothing
// missing, in pages of any size, also while more happens.
import { type SQL, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { timelineTriggers } from "../../db/schema/timeline-triggers.ts";
import { raw } from "../../db/statement.ts";
import type {
  CandidateId,
  DocumentId,
  InterviewId,
  MeetingId,
  OfferId,
  PlacementId,
  RefcheckId,
} from "../../src/kernel/ids.ts";
import { givenDocument } from "../support/document.ts";
import { begunWith, give } from "../support/feedback.ts";
import { givenPipeline } from "../support/pipeline.ts";
import { givenRole } from "../support/refcheck.ts";
import { newOffer } from "../support/slot.ts";
import { database, givenOrganization, givenProject, type House, newEmail } from "../support/world.ts";

let house: House;
let pipelines: Awaited<ReturnType<typeof givenPipeline>>[];
let projects: Awaited<ReturnType<typeof givenProject>>[];
let roles: Awaited<ReturnType<typeof givenRole>>[];
beforeAll(async () => {
  house = await givenOrganization();
  [pipelines, projects, roles] = await Promise.all([
    Promise.all([1, 2].map(() => givenPipeline(house))),
    Promise.all([1, 2, 3].map(() => givenProject(house))),
    Promise.all([1, 2].map(() => givenRole(house))),
  ]);
});
afterAll(() => {
  vi.useRealTimers();
});

const api = () => house.owner.client;

type Life = {
  readonly person: { readonly email: string; readonly firstName: string; readonly lastName: string };
  readonly candidateId: CandidateId;
  readonly notes: `nte_${string}`[];
  readonly interviews: InterviewId[];
  readonly refchecks: RefcheckId[];
  readonly placements: { readonly id: PlacementId; version: number }[];
  readonly meetings: MeetingId[];
  readonly offers: OfferId[];
  readonly documents: DocumentId[];
};

const acts = {
  note: async ({ candidateId, notes }: Life, nth: number) => {
    notes.push((await api().note.add.mutate({ candidateId, text: `The ${nth}th.` })).id);
  },
  forget: async ({ notes }: Life) => {
    const noteId = notes.pop();
    if (noteId) await api().note.remove.mutate({ noteId });
  },
  step: async ({ candidateId }: Life) => {
    const { status } = await api().candidate.get.query({ candidateId });
    if (status === "REJECTED") await api().candidate.reopen.mutate({ candidateId });
    else await api().candidate.reject.mutate({ candidateId, letter: { sendAfterMinutes: 60 } });
  },
  invite: async ({ person, interviews }: Life) => {
    const project = projects[interviews.length];
    if (!project) return;
    const { id } = await api().interview.createAndInvite.mutate({ projectId: project.id, candidate: person });
    interviews.push(id);
  },
  skip: async ({ interviews }: Life, nth: number) => {
    const interviewId = interviews[nth % Math.max(1, interviews.length)];
    if (!interviewId) return;
    const { availableActions } = await api().interview.get.query({ interviewId });
    if (availableActions.includes("skip")) await api().interview.skip.mutate({ interviewId });
  },
  remove: async ({ interviews }: Life) => {
    const interviewId = interviews.pop();
    if (interviewId) await api().interview.remove.mutate({ interviewId });
  },
  check: async ({ person, refchecks }: Life) => {
    const role = roles[refchecks.length];
    if (!role) return;
    refchecks.push((await api().refcheck.create.mutate({ roleId: role.id, candidate: person })).id);
  },
  put: async ({ candidateId, placements }: Life) => {
    const pipeline = pipelines[placements.length];
    if (!pipeline) return;
    const subject = { kind: "candidate" as const, candidateId };
    const { id, version } = await api().placement.put.mutate({ pipelineId: pipeline.id, subject });
    placements.push({ id, version });
  },
  move: async ({ placements }: Life, nth: number) => {
    const card = placements[nth % Math.max(1, placements.length)];
    const stageId = pipelines[card ? placements.indexOf(card) : 0]?.stages[nth % 3]?.id;
    if (!card) return;
    const { version } = await api().placement.move.mutate({ placementId: card.id, version: card.version, stageId });
    card.version = version;
  },
  judge: async ({ candidateId, meetings }: Life) => {
    const meetingId = await begunWith(house, [house.owner], candidateId);
    await give(house.owner, meetingId, 3);
    meetings.push(meetingId);
  },
  offer: async ({ candidateId, offers }: Life) => {
    offers.push((await newOffer(house, [candidateId])).id);
  },
  close: async ({ offers }: Life) => {
    const offerId = offers.pop();
    if (offerId) await api().offer.close.mutate({ offerId });
  },
  file: async ({ candidateId, documents }: Life) => {
    documents.push((await givenDocument(api(), candidateId)).documentId);
  },
  shred: async ({ documents }: Life) => {
    const documentId = documents.pop();
    if (documentId) await api().document.remove.mutate({ documentId });
  },
} as const;

const verbs = Object.keys(acts) as (keyof typeof acts)[];
const act = fc.record({
  verb: fc.constantFrom(...verbs),
  nth: fc.nat({ max: 100 }),
  /** Much happens within one instant. */
  passes: fc.constantFrom<number>(0, 0, 0, 1, 1_000),
});
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

let now = Date.now();
async function begun(): Promise<Life> {
  const person = { email: newEmail("life"), firstName: "Mira", lastName: "Okafor" };
  const { id: candidateId } = await api().candidate.create.mutate({ user: person });
  const none = { notes: [], interviews: [], refchecks: [], placements: [], meetings: [], offers: [], documents: [] };
  return { person, candidateId, ...none };
}

async function play(life: Life, history: readonly Act[]): Promise<void> {
  for (const { verb, nth, passes } of history) {
    now += passes;
    vi.setSystemTime(now);
    await acts[verb](life, nth);
  }
}

type Line = { readonly id: string; readonly at: number; readonly turn: number };
const inOrder = (one: Line, other: Line) => one.at - other.at || one.turn - other.turn || (one.id < other.id ? -1 : 1);

/** What the lists of its sources say, put together. */
async function sourcesOf({ candidateId, interviews, refchecks, placements, meetings }: Life): Promise<string[]> {
  const size = 100;
  const event = ({ id, at, version: turn }: { id: string; at: Date; version: number }) => ({
    id,
    at: at.getTime(),
    turn,
  });
  const lists = await Promise.all([
    api().candidate.events.query({ candidateId, size }),
    ...interviews.map((interviewId) => api().interview.events.query({ interviewId, size })),
    ...refchecks.map((refcheckId) => api().refcheck.events.query({ refcheckId, size })),
    ...placements.map(({ id: placementId }) => api().placement.events.query({ placementId, size })),
    ...meetings.map((meetingId) => api().meeting.events.query({ meetingId, size })),
  ]);
  const said = await Promise.all(meetings.map((meetingId) => api().feedback.events.query({ meetingId, size })));
  const notes = await api().note.list.query({ candidateId, size });
  const about = sql`(select value from json_each(${JSON.stringify([...interviews, ...refchecks, ...meetings])}))`;
  const linesOf = (from: SQL, turn: number) =>
    raw(from, (rows) => rows.map(([id, at]) => ({ id: String(id), at: Number(at), turn })));
  const { letters, others } = await database().read({
    letters: linesOf(
      sql`select id, created_at from letter where candidate_id = ${candidateId} or interview_id in ${about} or refcheck_id in ${about} or meeting_id in ${about}`,
      Number.MAX_SAFE_INTEGER,
    ),
    // These have no list but the timeline.
    others: linesOf(
      sql`select id, at from offer_event where candidate_id = ${candidateId} union all select id, at from document_event where candidate_id = ${candidateId}`,
      0,
    ),
  });
  const lines: Line[] = [
    ...lists.flatMap(({ items }) => items.map(event)),
    ...notes.items.map(({ id, createdAt }) => ({ id, at: createdAt.getTime(), turn: 0 })),
    ...said.flatMap(({ items }) => items.map((one) => event({ ...one, version: 0 }))),
    ...letters,
    ...others,
  ];
  return lines.toSorted(inOrder).map(({ id }) => id);
}

type Direction = "asc" | "desc";

/** All of it in pages of this size; between two of them more may happen. */
async function pagedOf(candidateId: CandidateId, size: number, direction: Direction, between?: () => Promise<void>) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await api().candidate.timeline.query({
      ...{ candidateId, size, direction },
      ...(cursor !== undefined && { cursor }),
    });
    expect(page.items.length).toBeLessThanOrEqual(size);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
    if (cursor !== undefined) await between?.();
  } while (cursor !== undefined);
  return ids;
}

async function faultsOf(life: Life, size: number): Promise<string[]> {
  const expected = await sourcesOf(life);
  const faults: string[] = [];
  const differ = (what: string, seen: readonly string[], meant: readonly string[]) => {
    if (JSON.stringify(seen) !== JSON.stringify(meant)) faults.push(`${what}: ${seen} instead of ${meant}`);
  };
  differ("from the beginning", await pagedOf(life.candidateId, size, "asc"), expected);
  differ("from the end", await pagedOf(life.candidateId, size, "desc"), expected.toReversed());
  return faults;
}

const history = fc.array(act, { minLength: 8, maxLength: 16 });

test("the timeline is its sources' lists put together, in pages of any size", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1, max: 30 }), async (steps, size) => {
      const life = await begun();
      await play(life, steps);
      expect(await faultsOf(life, size)).toEqual([]);
    }),
    { numRuns: 5 },
  );
});

test("whatever happens between two pages, all that was there before is told once, in its order", {
  timeout: 60_000,
}, async () => {
  // Later, by a moment at least: who has read on does not go back for what comes in an instant they have seen.
  const growing = act
    .filter(({ verb }) => verb !== "forget" && verb !== "remove")
    .map((one) => ({ ...one, passes: one.passes + 1 }));
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.infiniteStream(growing),
      fc.constantFrom<Direction>("asc", "desc"),
      async (steps, more, direction) => {
        const life = await begun();
        await play(life, steps);
        const before = await sourcesOf(life);
        const others = [...more.take(6)];
        const paged = await pagedOf(life.candidateId, 4, direction, () => play(life, others.splice(0, 1)));
        expect(new Set(paged).size).toBe(paged.length);
        const old = paged.filter((id) => before.includes(id));
        expect(old).toEqual(direction === "asc" ? before : before.toReversed());
        // From the beginning to the end, what came meanwhile is told as well.
        if (direction === "asc") expect(paged).toEqual(await sourcesOf(life));
      },
    ),
    { numRuns: 4 },
  );
});

describe("the check is not blind", () => {
  const once = (verb: Act["verb"]): Act => ({ verb, nth: 1, passes: 1 });
  const writes = [
    ...[["candidate_event", "step"] as const, ["interview_event", "invite"] as const],
    ...[["refcheck_event", "check"] as const, ["placement_event", "put"] as const],
    ...[["letter", "invite"] as const, ["note", "note"] as const, ["feedback_event", "judge"] as const],
    ...[["offer_event", "offer"] as const, ["document_event", "file"] as const, ["meeting_event", "judge"] as const],
  ];
  const statement = (text: string) => raw(sql.raw(text), () => undefined);

  test.each(writes)("saboteur: nothing writes down the rows of %s", async (table, verb) => {
    const name = `${table}_insert_told`;
    await database().write([statement(`drop trigger ${name}`)]);
    const life = await begun();
    await play(life, [once(verb)]);
    const faults = await faultsOf(life, 10);
    await database().write([statement(timelineTriggers.get(name) ?? "")]);
    expect(faults).toHaveLength(2);
  });

  test("saboteur: what was removed is still told", async () => {
    await database().write([statement("drop trigger note_delete_told")]);
    const life = await begun();
    await play(life, [once("note"), once("forget")]);
    await expect(api().candidate.timeline.query({ candidateId: life.candidateId })).rejects.toThrow();
    await database().write([statement(timelineTriggers.get("note_delete_told") ?? "")]);
  });
});
