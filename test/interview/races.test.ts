import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { candidate, interview, interviewEvent, letter } from "../../db/schema/index.ts";
import { all, build, cell, first, raw, run, type Statement } from "../../db/statement.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { type Verb, verbs } from "../../src/interview/machine.ts";
import { after, hourMs, minuteMs, secondMs } from "../../src/kernel/clock.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { type InterviewId, newId } from "../../src/kernel/ids.ts";
import type { CandidateScope } from "../../src/kernel/scope.ts";
import { finishInterview } from "../../src/visit/actions.ts";
import {
  answerAll,
  database,
  givenInterviewing,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  type Invited,
  newEmail,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

const callersMax = 50;

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
let finishBy: typeof project;

beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
  finishBy = await givenProject(house, { deadlineAppliesTo: "finish", maxInterviewSeconds: 86_400 });
  const { memberId } = house.owner;
  await house.owner.client.project.assignRole.mutate({ projectId: project.id, memberId, role: "evaluator" });
});

const soon = () => after(new Date(), hourMs);
const staff = () => house.owner.client.interview;

async function givenNew(): Promise<InterviewId> {
  const person = { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" };
  return (await staff().create.mutate({ projectId: project.id, candidate: person })).id;
}

type Count = { events: number; letters: number };

async function countOf(interviewId: InterviewId, verb: string, kind: string): Promise<Count> {
  return database().read({
    events: cell<number>(
      sql`select count(*) from ${interviewEvent} where ${interviewEvent.interviewId} = ${interviewId} and ${interviewEvent.verb} = ${verb}`,
    ),
    letters: cell<number>(
      sql`select count(*) from ${letter} where ${letter.interviewId} = ${interviewId} and json_extract(${letter.content}, '$.kind') = ${kind}`,
    ),
  });
}

type Race = { won: number; refusals: string[] };

/** All calls at once; whoever is refused says why. */
async function raced(calls: readonly Promise<unknown>[]): Promise<Race> {
  const settled = await Promise.allSettled(calls);
  const lost = settled.filter((call) => call.status === "rejected");
  const refusals = await Promise.all(
    lost.map(({ reason }) =>
      reason instanceof Refused ? reason.reason : refusalOf(Promise.reject(reason)).then((data) => data.reason),
    ),
  );
  return { won: settled.length - lost.length, refusals };
}

/** What is wrong with the outcome of a race for one step; nothing, when it happened once. */
function complaints({ won, refusals }: Race, { events, letters }: Count, expected: Count): string[] {
  const odd = refusals.filter((reason) => reason !== "moved_on" && reason !== "illegal_step");
  return [
    ...(won === 1 ? [] : [`${won} winners`]),
    ...(events === expected.events ? [] : [`${events} events`]),
    ...(letters === expected.letters ? [] : [`${letters} letters`]),
    ...odd.map((reason) => `refused with ${reason}`),
  ];
}

const times = <Result>(count: number, call: (index: number) => Promise<Result>) =>
  Array.from({ length: count }, (_, index) => call(index));

type Racing = {
  /** An interview from which the step can be taken, and one caller's try at it. */
  readonly given: () => Promise<{ interviewId: InterviewId; step: (caller: number) => Promise<unknown> }>;
  /** The letter this step writes, or else the one before it: afterwards there is one of it. */
  readonly letter: string;
};

const invitation = { letter: "interview_invitation" } as const;

/** A step that its candidate takes, once they have come that far. */
const byCandidate = (verb: "confirm" | "start" | "finish" | "abort", comeSoFar: () => Promise<Invited>) => async () => {
  const { client, interview } = await comeSoFar();
  const interviewId = interview.id;
  return { interviewId, step: () => client.interview[verb].mutate({ interviewId }) };
};

/** A step that staff take, once it has come that far. */
const byStaff =
  (
    comeSoFar: () => Promise<InterviewId>,
    step: (interviewId: InterviewId, caller: number) => Promise<unknown>,
  ): Racing["given"] =>
  async () => {
    const interviewId = await comeSoFar();
    return { interviewId, step: (caller) => step(interviewId, caller) };
  };

const idOf = async (come: Promise<Invited>) => (await come).interview.id;

/** How each step of the machine is raced. */
const races: Readonly<Record<Verb, Racing>> = {
  invite: { ...invitation, given: byStaff(givenNew, (interviewId) => staff().advance.mutate({ interviewId })) },
  confirm: { ...invitation, given: byCandidate("confirm", () => givenInvited(house, project)) },
  start: { ...invitation, given: byCandidate("start", givenConfirmed) },
  finish: { letter: "interview_finished", given: byCandidate("finish", givenAnswered) },
  abort: { ...invitation, given: byCandidate("abort", () => givenInterviewing(house, project)) },
  expire: {
    letter: "interview_expired",
    given: byStaff(
      () => idOf(givenInvited(house, project, { deadlineAt: soon() })),
      (interviewId) => tendInterview(systemDeps({ now: () => after(soon(), hourMs) }), interviewId),
    ),
  },
  restore: {
    letter: "interview_restored",
    given: byStaff(
      () => idOf(givenExpired()),
      (interviewId) => staff().restore.mutate({ interviewId, deadlineAt: soon() }),
    ),
  },
  reset: {
    letter: "interview_reset",
    given: byStaff(
      () => idOf(givenAborted()),
      (interviewId) => staff().reset.mutate({ interviewId, deadlineAt: soon() }),
    ),
  },
  skip: {
    ...invitation,
    given: byStaff(
      () => idOf(givenInvited(house, project)),
      (interviewId) => staff().skip.mutate({ interviewId }),
    ),
  },
  set_deadline: {
    ...invitation,
    given: byStaff(
      () => idOf(givenInvited(house, project)),
      (interviewId, caller) => {
        const deadlineAt = after(soon(), caller * minuteMs);
        return staff().setDeadline.mutate({ interviewId, deadlineAt });
      },
    ),
  },
  accommodate: {
    ...invitation,
    given: byStaff(
      () => idOf(givenInvited(house, project)),
      (interviewId, caller) => staff().accommodate.mutate({ interviewId, extraGraceSeconds: caller }),
    ),
  },
  schedule: {
    ...invitation,
    given: byStaff(givenNew, (interviewId, caller) =>
      staff().scheduleInvitation.mutate({ interviewId, inviteAt: after(soon(), -caller * secondMs) }),
    ),
  },
};

async function givenConfirmed(): Promise<Invited> {
  const invited = await givenInvited(house, project);
  await invited.client.interview.confirm.mutate({ interviewId: invited.interview.id });
  return invited;
}

async function givenAnswered(): Promise<Invited> {
  const invited = await givenInterviewing(house, project);
  await answerAll(invited);
  return invited;
}

async function givenAborted(): Promise<Invited> {
  const invited = await givenInterviewing(house, project);
  await invited.client.interview.abort.mutate({ interviewId: invited.interview.id });
  return invited;
}

/** 50 callers try this step at once: what became of them, and what is written down. */
async function racedFor(verb: Verb) {
  const { given, letter: kind } = races[verb];
  const { interviewId, step } = await given();
  const race = await raced(times(callersMax, step));
  return { interviewId, race, count: await countOf(interviewId, verb, kind) };
}

describe("50 callers making the same step at once", () => {
  const changing: ReadonlySet<Verb> = new Set(["set_deadline", "accommodate", "schedule"]);
  const isOnce = (verb: Verb) => verb !== "expire" && !changing.has(verb);

  test.each(verbs.filter(isOnce))(
    "%s: one winner, one event, its letter once, everybody else refused",
    async (verb) => {
      const { race, count } = await racedFor(verb);
      expect(complaints(race, count, { events: 1, letters: 1 })).toEqual([]);
      expect(race.refusals).toHaveLength(callersMax - 1);
    },
  );

  test("expire: one event and one letter, and every alarm is content", async () => {
    const { race, count } = await racedFor("expire");
    expect(race).toEqual({ won: callersMax, refusals: [] });
    expect(count).toEqual({ events: 1, letters: 1 });
  });

  test.each([...changing])(
    "%s: who was not too late changes it, each as an event of its own, and the last of them stands",
    async (verb) => {
      const { interviewId, race, count } = await racedFor(verb);
      // Whoever is not invited yet has no letter.
      const letters = verb === "schedule" ? 0 : 1;
      expect(race.won).toBeGreaterThanOrEqual(1);
      expect(complaints({ ...race, won: 1 }, count, { events: race.won, letters })).toEqual([]);
      const { items } = await staff().events.query({ interviewId, size: 100 });
      expect(items.map(({ version }) => version)).toEqual(items.map((_, index) => index + 1));
      const { deadlineAt, accommodations } = await rowOf(interviewId);
      expect(deadlineAt).toEqual(items.at(-1)?.deadlineAt);
      if (verb === "accommodate") expect(accommodations).toEqual(items.at(-1)?.accommodations);
    },
  );

  test("no step of the machine is left out", () => {
    expect(Object.keys(races).sort()).toEqual([...verbs].sort());
  });

  test("skip against confirm: each at most once, and whoever skips has the last word", async () => {
    const { client, interview } = await givenInvited(house, project);
    const interviewId = interview.id;
    const race = await raced([
      ...times(10, () => client.interview.confirm.mutate({ interviewId })),
      ...times(10, () => staff().skip.mutate({ interviewId })),
    ]);
    expect(race.won).toBeGreaterThanOrEqual(1);
    const { items } = await staff().events.query({ interviewId });
    expect(["create invite skip", "create invite confirm", "create invite confirm skip"]).toContain(
      items.map(({ verb }) => verb).join(" "),
    );
  });

  test("saboteur: a step that reads first and then writes without a guard has many winners, and the check says so", async () => {
    const { interview: invited } = await givenInvited(house, project);
    const db = database();
    const seen = await Promise.all(
      times(callersMax, () =>
        db.read({ row: first(build.select().from(interview).where(eq(interview.id, invited.id))) }),
      ),
    );
    const race = await raced(
      seen.map(async ({ row }) => {
        if (row?.status !== "invited") throw new Refused("illegal_step");
        await db.write(unguardedConfirm(row));
      }),
    );
    const count = await countOf(invited.id, "confirm", "interview_invitation");
    expect(complaints(race, count, { events: 1, letters: 1 })).toEqual([
      `${callersMax} winners`,
      `${callersMax} events`,
    ]);
  });
});

/** What the house refuses: an update that does not name what was read. */
function unguardedConfirm({ id, organizationId, candidateId }: typeof interview.$inferSelect): Statement<unknown>[] {
  return [
    run(
      build
        .update(interview)
        .set({ status: "confirmed", version: sql`${interview.version} + 1` })
        .where(eq(interview.id, id)),
    ),
    run(
      build.insert(interviewEvent).values({
        ...{ id: newId("evt"), organizationId, interviewId: id, actorId: candidateId, at: new Date() },
        ...{ verb: "confirm", from: "invited", to: "confirmed", actorKind: "candidate" },
        version: sql`(select ${interview.version} from ${interview} where ${interview.id} = ${id})`,
      }),
    ),
  ];
}

function scopeOf({ interview: { id, organizationId, candidateId } }: { interview: typeof interview.$inferSelect }) {
  const scope: CandidateScope = {
    kind: "candidate",
    sessionId: newId("ses"),
    organizationId,
    candidateId,
    interviewId: id,
    refcheckId: null,
    offerId: null,
  };
  return scope;
}

async function rowOf(interviewId: InterviewId) {
  const { row } = await database().read({
    row: first(build.select().from(interview).where(eq(interview.id, interviewId))),
  });
  if (!row) throw new Error("the interview exists");
  return row;
}

/** Reads at once, and tells when it has decided; writes only when the gate opens. */
function gated(db: Database) {
  const decided = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const write: Database["write"] = async (sentence) => {
    decided.resolve();
    await gate.promise;
    return db.write(sentence);
  };
  return { db: { ...db, write }, decided: decided.promise, open: gate.resolve };
}

const readyToFinish = async (): Promise<Invited & { dueAt: Date }> => {
  const invited = await givenInterviewing(house, finishBy, { deadlineAt: soon() });
  await answerAll(invited);
  const { dueAt } = await rowOf(invited.interview.id);
  if (dueAt === null) throw new Error("a running interview is due at its deadline");
  return { ...invited, dueAt };
};

async function givenExpired(): Promise<Invited> {
  const invited = await givenInvited(house, project, { deadlineAt: soon() });
  await tendInterview(systemDeps({ now: soon }), invited.interview.id);
  return invited;
}

describe("finish against expire", () => {
  const inTime = ({ dueAt }: { dueAt: Date }) => systemDeps({ now: () => after(dueAt, -1) });
  const atDeadline = ({ dueAt }: { dueAt: Date }) => systemDeps({ now: () => dueAt });

  test("finished one millisecond before the deadline stays finished", async () => {
    const ready = await readyToFinish();
    const interviewId = ready.interview.id;
    const scope = scopeOf({ interview: await rowOf(interviewId) });
    await finishInterview(inTime(ready), scope, { interviewId });
    expect(await tendInterview(atDeadline(ready), interviewId)).toBeNull();
    expect((await rowOf(interviewId)).status).toBe("interviewed");
  });

  test("expired at the deadline stays expired, though the finish had been decided before and was written after", async () => {
    const ready = await readyToFinish();
    const interviewId = ready.interview.id;
    const scope = scopeOf({ interview: await rowOf(interviewId) });
    const deps = inTime(ready);
    const { db, decided, open } = gated(deps.db);
    const finishing = raced([finishInterview({ ...deps, db }, scope, { interviewId })]);
    await decided;
    await tendInterview(atDeadline(ready), interviewId);
    open();
    expect(await finishing).toEqual({ won: 0, refusals: ["moved_on"] });
    expect((await rowOf(interviewId)).status).toBe("expired");
  });

  test("an expiry decided before a finish and written after it changes nothing", async () => {
    const ready = await readyToFinish();
    const interviewId = ready.interview.id;
    const scope = scopeOf({ interview: await rowOf(interviewId) });
    const deps = atDeadline(ready);
    const { db, decided, open } = gated(deps.db);
    const settling = tendInterview({ ...deps, db }, interviewId);
    await decided;
    await finishInterview(inTime(ready), scope, { interviewId });
    open();
    expect(await settling).toBeNull();
    expect((await rowOf(interviewId)).status).toBe("interviewed");
    expect(await countOf(interviewId, "expire", "interview_expired")).toEqual({ events: 0, letters: 0 });
  });

  test("all at once: one of the two happened, once, with its letters and not the other's", async () => {
    const { memberId } = house.owner;
    await house.owner.client.project.assignRole.mutate({ projectId: finishBy.id, memberId, role: "evaluator" });
    for (const ready of await Promise.all(times(4, readyToFinish))) {
      const interviewId = ready.interview.id;
      const scope = scopeOf({ interview: await rowOf(interviewId) });
      await raced([
        ...times(10, () => finishInterview(inTime(ready), scope, { interviewId })),
        ...times(10, () => tendInterview(atDeadline(ready), interviewId)),
      ]);
      const finished = await countOf(interviewId, "finish", "interview_finished");
      const expired = await countOf(interviewId, "expire", "interview_expired");
      const { status } = await rowOf(interviewId);
      expect(["interviewed", "expired"]).toContain(status);
      const [once, never] = status === "expired" ? [expired, finished] : [finished, expired];
      expect(once).toEqual({ events: 1, letters: 1 });
      expect(never).toEqual({ events: 0, letters: 0 });
    }
  });
});

describe("creating", () => {
  const person = () => ({ email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" });

  async function candidatesWith(email: string): Promise<number> {
    const { rows } = await database().read({
      rows: all(build.select({ id: candidate.id }).from(candidate).where(eq(candidate.email, email))),
    });
    return rows.length;
  }

  test("twice with the same request key answers with the same interview, and one letter goes out", async () => {
    const input = { projectId: project.id, candidate: person(), requestKey: `key ${crypto.randomUUID()}` };
    const made = await staff().createAndInvite.mutate(input);
    const again = await staff().createAndInvite.mutate(input);
    expect(again).toEqual(made);
    expect(await countOf(made.id, "invite", "interview_invitation")).toEqual({ events: 1, letters: 1 });
  });

  test("20 times at once with the same request key: one interview, and every call answers with it", async () => {
    const input = { projectId: project.id, candidate: person(), requestKey: `key ${crypto.randomUUID()}` };
    const made = await Promise.all(times(20, () => staff().createAndInvite.mutate(input)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await countOf((made[0] ?? { id: newId("itv") }).id, "invite", "interview_invitation")).toEqual({
      events: 1,
      letters: 1,
    });
    expect(await candidatesWith(input.candidate.email)).toBe(1);
  });

  test("the same person 20 times at once into one project: one candidate, one interview", async () => {
    const input = { projectId: project.id, candidate: person() };
    const { won, refusals } = await raced(times(20, () => staff().createAndInvite.mutate(input)));
    expect(won).toBe(1);
    expect(new Set(refusals)).toEqual(new Set(["already_in_project"]));
    expect(await candidatesWith(input.candidate.email)).toBe(1);
  });

  test("the same person at once into four projects: one candidate, four interviews", async () => {
    const projects = await Promise.all(times(4, () => givenProject(house)));
    const who = person();
    const { won } = await raced(
      projects.map(({ id }) => staff().createAndInvite.mutate({ projectId: id, candidate: who })),
    );
    expect(won).toBe(4);
    expect(await candidatesWith(who.email)).toBe(1);
  });
});

afterAll(async () => {
  const { gaps } = await database().read({
    gaps: raw(
      sql`select ${interview.id} from ${interview} join ${interviewEvent} on ${interviewEvent.interviewId} = ${interview.id}
        where ${interview.organizationId} = ${house.organization.id}
        group by ${interview.id}
        having min(${interviewEvent.version}) <> 1 or max(${interviewEvent.version}) <> count(*) or count(*) <> ${interview.version}`,
      (rows) => rows.flat(),
    ),
  });
  const { counted } = await database().read({
    counted: cell<number>(
      sql`select count(*) from ${interview} where ${interview.organizationId} = ${house.organization.id}`,
    ),
  });
  // Every interview any race in this file touched: versions from 1, none twice, none missing.
  expect(gaps).toEqual([]);
  expect(counted).toBeGreaterThan(10);
});
