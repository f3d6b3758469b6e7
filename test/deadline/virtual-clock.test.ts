// Promise 9 by the thousand: with no alarm and no sweep, a step is taken a millisecond before its interview's deadline and refused a
// millisecond after it, and at it. The clock is the action's own; the database is the real one.
import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { interview } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { after } from "../../src/kernel/clock.ts";
import { forEachOf } from "../../src/kernel/crowd.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { type InterviewId, newId } from "../../src/kernel/ids.ts";
import type { CandidateScope } from "../../src/kernel/scope.ts";
import { confirmInterview } from "../../src/visit/actions.ts";
import { givenCrowd } from "../lateness/crowd.ts";
import { database, givenOrganization, givenProject, systemDeps } from "../support/world.ts";

const count = 10_000;
const yearMs = 365 * 86_400_000;
const from = new Date("2030-01-01T00:00:00Z");
const atOnce = 8;
const offsetsMs = [-1, 0, 1] as const;

type Waiting = { readonly id: InterviewId; readonly scope: CandidateScope; readonly deadlineAt: Date };

let waiting: readonly Waiting[];

beforeAll(async () => {
  const project = await givenProject(await givenOrganization());
  // A prime number of milliseconds apart: no deadline falls on the same second, minute or hour as another.
  const plan = { count: count + 300, from, spreadMs: yearMs, alarms: "lost" } as const;
  await givenCrowd(database(), project.id, plan);
  const { rows } = await database().read({
    rows: all(
      build
        .select({
          ...{ id: interview.id, organizationId: interview.organizationId },
          ...{ candidateId: interview.candidateId, deadlineAt: interview.deadlineAt },
        })
        .from(interview)
        .where(sql`${interview.projectId} = ${project.id}`),
    ),
  });
  waiting = rows.flatMap(({ id, organizationId, candidateId, deadlineAt }) => {
    const sessionId = newId("ses");
    const scope: CandidateScope = { kind: "candidate", sessionId, organizationId, candidateId, interviewId: id };
    return deadlineAt === null ? [] : [{ id, scope, deadlineAt }];
  });
});

/** Deps at this instant, with nobody to set a timer and nothing done afterwards. */
function depsAt(now: Date): Deps {
  const silent = () => Promise.reject(new Error("no timers today"));
  const alarms = { setInterview: silent, settleDue: silent, drainOutbox: silent, wakeOutbox: silent };
  return { ...systemDeps({ alarms, now: () => now }), afterwards: () => undefined };
}

type Attempt = (one: Waiting, now: Date) => Promise<unknown>;
const confirm: Attempt = ({ id, scope }, now) => confirmInterview(depsAt(now), scope, { interviewId: id });

/** What was wrong, in words: taken though late, refused though in time. */
async function violations(of: readonly Waiting[], attempt: Attempt): Promise<string[]> {
  const found: string[] = [];
  await forEachOf([...of.entries()], atOnce, async ([nth, one]) => {
    const offsetMs = offsetsMs[nth % offsetsMs.length] ?? 0;
    const refusal = await attempt(one, after(one.deadlineAt, offsetMs)).then(
      () => null,
      (error: unknown) => (error instanceof Refused ? error.reason : "a failure"),
    );
    if (offsetMs < 0 && refusal !== null) found.push(`${one.id} was refused with ${refusal} in good time`);
    if (offsetMs >= 0 && refusal !== "illegal_step")
      found.push(`${one.id} came ${offsetMs} ms late: ${refusal ?? "taken"}`);
  });
  return found;
}

test(`of ${count} deadlines, with every alarm lost, none is violated by a millisecond`, {
  timeout: 120_000,
}, async () => {
  expect(await violations(waiting.slice(0, count), confirm)).toEqual([]);
  const { written } = await database().read({
    written: all(
      build
        .select({ status: interview.status, count: sql<number>`count(*)` })
        .from(interview)
        .where(
          sql`${interview.id} in (select value from json_each(${JSON.stringify(waiting.slice(0, count).map(({ id }) => id))}))`,
        )
        .groupBy(interview.status),
    ),
  });
  const inTime = Math.ceil(count / offsetsMs.length);
  expect(written).toEqual([
    { status: "confirmed", count: inTime },
    { status: "invited", count: count - inTime },
  ]);
});

test("and what the system does by itself it does at the deadline, not a millisecond before", async () => {
  const some = waiting.slice(count, count + 150);
  const early = await Promise.all(some.map(({ id, deadlineAt }) => tendInterview(depsAt(after(deadlineAt, -1)), id)));
  expect(early).toEqual(some.map(({ deadlineAt }) => deadlineAt));
  const due = await Promise.all(some.map(({ id, deadlineAt }) => tendInterview(depsAt(deadlineAt), id)));
  expect(due).toEqual(some.map(() => null));
});

test("saboteur: a step whose clock is two milliseconds slow is taken late, and found", async () => {
  const some = waiting.slice(count + 150);
  const slow: Attempt = (one, now) => confirm(one, after(now, -2));
  const found = await violations(some, slow);
  expect(found).toHaveLength(100);
  expect(found.every((one) => one.endsWith("late: taken"))).toBe(true);
});
