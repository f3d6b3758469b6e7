// Promise 9 by the thousand: with no alarm and no sweep, a step is taken a millisecond before the instant that bounds it, and refused
// at it and a millisecond after. The clock is the action's own; the database is the real one.
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { connect, type Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { saveAnswer } from "../../src/answer/actions.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { dueOf, type Status } from "../../src/interview/machine.ts";
import { dayMs, hourMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import { forEachOf } from "../../src/kernel/crowd.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { type InterviewId, newId, type ProjectId, type StepId } from "../../src/kernel/ids.ts";
import type { CandidateScope } from "../../src/kernel/scope.ts";
import { confirmInterview, finishInterview, startInterview } from "../../src/visit/actions.ts";
import { insertMany } from "../support/many.ts";
import { together } from "../support/together.ts";
import { database, givenOrganization, givenProject, type House, systemDeps } from "../support/world.ts";

const count = 10_000;
/** Of each of the tests that take fewer. */
const some = 480;
const atOnce = 200;

const verbs = ["confirm", "start", "save", "finish"] as const;
const targets = ["start", "finish"] as const;
/** In which status a step is taken. */
const from = { confirm: "invited", start: "confirmed", save: "interviewing", finish: "interviewing" } as const;
const leaseSeconds = 75;

const year = Date.UTC(2030, 0, 1);
const clockChanges = ["2030-03-31T01:00:00Z", "2030-10-27T01:00:00Z", "2030-03-10T07:00:00Z", "2030-11-03T06:00:00Z"];
/** Any millisecond of a year, and often one near to where clocks are changed. */
const instant = fc.oneof(
  fc.integer({ min: 0, max: 365 * dayMs - 1 }).map((ms) => new Date(year + ms)),
  fc
    .tuple(fc.constantFrom(...clockChanges), fc.integer({ min: -2 * hourMs, max: 2 * hourMs }))
    .map(([change, ms]) => plus(new Date(change), ms)),
);

const drawn = fc
  .record({
    verb: fc.constantFrom(...verbs),
    appliesTo: fc.constantFrom(...targets),
    running: fc.constantFrom("deadline", "time", "presence"),
    dueAt: instant,
    offsetMs: fc.constantFrom(-1, 0, 1),
    maxInterviewSeconds: fc.integer({ min: 4_000, max: 10_000 }),
    interruptionGraceSeconds: fc.integer({ min: 0, max: 3_600 }),
    /** How much later it would have ended for another reason. */
    spareMs: fc.integer({ min: 1, max: 50_000 }),
  })
  .map(({ running, ...one }) => {
    const isRunning = from[one.verb] === "interviewing";
    // A deadline to start by is none for who has started.
    const ends = isRunning && running === "deadline" && one.appliesTo === "start" ? "time" : running;
    return { ...one, bound: isRunning ? ends : "deadline" };
  });
type Drawn = typeof drawn extends fc.Arbitrary<infer One> ? One : never;

/** How an interview stands whose time is up at `dueAt`, for the one reason that was drawn. */
function standing({ verb, appliesTo, bound, dueAt, spareMs, ...rules }: Drawn) {
  const silentMs = (leaseSeconds + rules.interruptionGraceSeconds) * secondMs;
  const at = (reason: string) => (bound === reason ? dueAt : plus(dueAt, spareMs));
  const isRunning = from[verb] === "interviewing";
  const isOver = isRunning && appliesTo === "start";
  return {
    status: from[verb],
    deadlineAt: isOver ? plus(dueAt, -spareMs) : at("deadline"),
    startedAt: isRunning ? plus(at("time"), -rules.maxInterviewSeconds * secondMs) : null,
    seenAt: isRunning ? plus(at("presence"), -silentMs) : null,
    dueAt,
    dueVerb: bound === "deadline" ? ("expire" as const) : ("abort" as const),
  };
}

type Waiting = Drawn & { readonly id: InterviewId; readonly scope: CandidateScope };

let house: House;
let steps: Readonly<Record<(typeof targets)[number], { id: ProjectId; revision: number; stepId: StepId }>>;

async function projectWith(deadlineAppliesTo: (typeof targets)[number]) {
  const answer = { kind: "text" as const };
  const one = await givenProject(house, { deadlineAppliesTo, steps: [{ kind: "question", title: "Why?", answer }] });
  const [step] = one.steps;
  if (!step) throw new Error("the project has a step");
  return { id: one.id, revision: one.revision, stepId: step.id };
}

beforeAll(async () => {
  house = await givenOrganization();
  steps = { start: await projectWith("start"), finish: await projectWith("finish") };
});

/** All of them as they stand shortly before their time is up, written straight into the database: how they came there is not what is tried. */
async function arranged(all: readonly Drawn[]): Promise<Waiting[]> {
  const organization = { organization_id: house.organization.id, created_at: year };
  const waiting = all.map((one): Waiting => {
    const [id, candidateId] = [newId("itv"), newId("cnd")];
    const organizationId = house.organization.id;
    const scope = {
      kind: "candidate",
      sessionId: newId("ses"),
      organizationId,
      candidateId,
      interviewId: id,
      refcheckId: null,
      offerId: null,
    } as const;
    return { ...one, id, scope };
  });
  const candidates = waiting.map(({ scope: { candidateId } }) => ({
    ...{ ...organization, id: candidateId, email: `${candidateId}@example.com`, email_status: "ok" },
    ...{ first_name: "Cleo", last_name: "Candidate", language: "en", time_zone: "UTC" },
  }));
  const interviews = waiting.map((one) => {
    const { status, deadlineAt, startedAt, seenAt, dueAt, dueVerb } = standing(one);
    const { maxInterviewSeconds, interruptionGraceSeconds, appliesTo } = one;
    const rules = { maxInterviewSeconds, interruptionGraceSeconds, deadlineAppliesTo: appliesTo };
    // What is tried is one instant: the machine comes to the same by itself.
    expect(dueOf({ status, deadlineAt, startedAt, seenAt }, rules)).toEqual({ dueAt, dueVerb });
    const { id: projectId, revision } = steps[appliesTo];
    const open = startedAt && { open_position: 0, opened_at: startedAt.getTime(), rules: JSON.stringify(rules) };
    return {
      ...{ ...organization, id: one.id, project_id: projectId, candidate_id: one.scope.candidateId, revision },
      ...{ status, version: 1, run: startedAt ? 1 : 0, deadline_at: deadlineAt.getTime(), labels: "[]" },
      ...{ due_at: dueAt.getTime(), due_verb: dueVerb, armed_for: dueAt.getTime(), name: "cleo candidate" },
      ...{ started_at: startedAt?.getTime() ?? null, seen_at: seenAt?.getTime() ?? null, email: "cleo@example.com" },
      ...(open ?? { open_position: null, opened_at: null, rules: null }),
    };
  });
  const answers = waiting.flatMap(({ verb, id, appliesTo, dueAt }) => {
    if (verb !== "finish") return [];
    const given = { answer: JSON.stringify({ kind: "text", text: "Because." }), takes: 1, saved_at: dueAt.getTime() };
    const { organization_id } = organization;
    return [{ interview_id: id, run: 1, position: 0, step_id: steps[appliesTo].stepId, organization_id, ...given }];
  });
  const size = 1_000;
  for (let first = 0; first < waiting.length; first += size) {
    const part = <Item>(items: readonly Item[]) => items.slice(first, first + size);
    await database().write([
      ...insertMany("candidate", part(candidates)),
      ...insertMany("interview", part(interviews)),
    ]);
  }
  await database().write(insertMany("interview_answer", answers));
  return waiting;
}

const silent = () => Promise.reject(new Error("no timers today"));
const alarms = { set: silent, settleDue: silent, drainOutbox: silent, wakeOutbox: silent };

/** Deps with nobody to set a timer and nothing done afterwards. */
const lonely = (db: Database): Deps => ({ ...systemDeps({ alarms, db }), afterwards: () => undefined });

type Attempt = (one: Waiting, deps: Deps) => Promise<unknown>;
const attempt: Attempt = ({ verb, id: interviewId, scope, appliesTo }, deps) => {
  switch (verb) {
    case "confirm":
      return confirmInterview(deps, scope, { interviewId });
    case "start":
      return startInterview(deps, scope, { interviewId });
    case "finish":
      return finishInterview(deps, scope, { interviewId });
    case "save": {
      const answer = { kind: "text" as const, text: "In time?" };
      return saveAnswer(deps, scope, { interviewId, stepId: steps[appliesTo].stepId, answer, submit: true });
    }
  }
};

/** What was wrong, in words: taken though late, refused though in time, or refused for another reason. */
async function violations(
  all: readonly Waiting[],
  { deps, reason, slowMs = 0, crowd = atOnce }: { deps: Deps; reason: string; slowMs?: number; crowd?: number },
): Promise<string[]> {
  const found: string[] = [];
  await forEachOf(all, crowd, async (one) => {
    const now = plus(one.dueAt, one.offsetMs - slowMs);
    const refusal = await attempt(one, { ...deps, now: () => now }).then(
      () => null,
      (error: unknown) => (error instanceof Refused ? error.reason : `a failure: ${error}`),
    );
    const expected = one.offsetMs < 0 ? null : reason;
    if (refusal !== expected) {
      found.push(`${one.verb} (${one.bound}, ${one.appliesTo}) ${one.offsetMs} ms from its end: ${refusal ?? "taken"}`);
    }
  });
  return found;
}

/** How many of them stand where, by what is written. */
async function standingNow(all: readonly Waiting[]): Promise<Record<string, number>> {
  const ids = JSON.stringify(all.map(({ id }) => id));
  const { rows } = await database().read({
    rows: raw(
      sql`select status, count(*) from interview where id in (select value from json_each(${ids})) group by status`,
      (found) => found.map(([status, times]) => [String(status), Number(times)] as const),
    ),
  });
  return Object.fromEntries(rows);
}

const to: Readonly<Record<Drawn["verb"], Status>> = {
  ...{ confirm: "confirmed", start: "interviewing", save: "interviewing", finish: "interviewed" },
};

const seed = Date.now() % 2 ** 31;
const sample = (numRuns: number, nth: number) => fc.sample(drawn, { numRuns, seed: seed + nth });

test("at ten thousand random instants at which time is up, with every alarm lost, none is violated by a millisecond", {
  timeout: 240_000,
}, async () => {
  const all = await arranged(sample(count, 0));
  const deps = lonely(together(database()));
  expect(await violations(all, { deps, reason: "illegal_step" }), `seed ${seed}`).toEqual([]);
  const stands: Record<string, number> = {};
  for (const { verb, offsetMs } of all) {
    const status = offsetMs < 0 ? to[verb] : from[verb];
    stands[status] = (stands[status] ?? 0) + 1;
  }
  expect(await standingNow(all), `seed ${seed}`).toEqual(stands);
  for (const verb of verbs) {
    for (const appliesTo of targets) {
      const drawn = all.filter((one) => one.verb === verb && one.appliesTo === appliesTo);
      expect(drawn.length).toBeGreaterThan(500);
    }
  }
});

/** What is read of them is from before their time was shortened. */
function readEarlier(db: Database): Database {
  const makeLater = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === "dueAt" && inner instanceof Date) inner.setTime(inner.getTime() + hourMs);
      else makeLater(inner);
    }
  };
  return {
    ...db,
    async read(asked) {
      const found = await db.read(asked);
      makeLater(found);
      return found;
    },
  };
}

test("and so it is when the decision was made from what is not so any more: the write asks for the time itself", {
  timeout: 120_000,
}, async () => {
  const deps = lonely(readEarlier(database()));
  const all = await arranged(sample(some, 1));
  expect(await violations(all, { deps, reason: "moved_on", crowd: 8 }), `seed ${seed}`).toEqual([]);
});

test("and what the system does by itself it does at that instant, not a millisecond before", {
  timeout: 120_000,
}, async () => {
  const all = await arranged(sample(some, 2));
  const deps = lonely(together(database()));
  const tended = (offsetMs: number) => {
    const next = new Map<InterviewId, Date | null>();
    const tend = async ({ id, dueAt }: Waiting) => {
      next.set(id, await tendInterview({ ...deps, now: () => plus(dueAt, offsetMs) }, id));
    };
    return forEachOf(all, atOnce, tend).then(() => all.map(({ id }) => next.get(id)));
  };
  expect(await tended(-1)).toEqual(all.map(({ dueAt }) => dueAt));
  expect(await tended(0)).toEqual(all.map(() => null));
  const expired = all.filter(({ bound }) => bound === "deadline").length;
  expect(await standingNow(all)).toEqual({ expired, aborted: all.length - expired });
});

/** The same database, whose writes have forgotten to ask whether it is time. */
const timeless = () => {
  const asksForTime = /\\"interview\\"\.\\"due_at\\" > \?/g;
  return connect({
    url: String(env.DATABASE_URL),
    fetch: (url, init) => fetch(url, { ...init, body: String(init?.body).replaceAll(asksForTime, "? is not null") }),
  });
};

test.each(verbs)(
  "saboteur: %s by a clock two milliseconds slow, or by a write that does not ask for the time, is found",
  async (verb) => {
    const late = sample(some, 3).filter((one) => one.verb === verb && one.offsetMs >= 0);
    const half = Math.floor(late.length / 2);
    const all = await arranged(late);
    const slow = { deps: lonely(database()), reason: "illegal_step", slowMs: 2, crowd: 8 };
    expect(await violations(all.slice(0, half), slow)).toHaveLength(half);
    const careless = { deps: lonely(readEarlier(timeless())), reason: "moved_on", crowd: 8 };
    const found = await violations(all.slice(half), careless);
    expect(found).toHaveLength(late.length - half);
    expect(found.every((one) => one.endsWith(": taken"))).toBe(true);
  },
);
