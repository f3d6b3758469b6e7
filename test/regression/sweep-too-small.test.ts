// A sweep settled one interview at a time, and two thousand of them a minute: ten thousand overdue took five minutes. And a
// sweep that found the database away left everything to the next minute's.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect, type Database, DatabaseFailure } from "../../db/database.ts";
import { interview } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { settleDue, sweepDeadlines } from "../../src/deadline/actions.ts";
import { crowdMax, sweepTriesMax, sweepWaitMs } from "../../src/deadline/policy.ts";
import { minuteMs } from "../../src/kernel/clock.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { deadline, noon, rowOf, verbsOf } from "../deadline/ledger.ts";
import { givenCrowd } from "../lateness/crowd.ts";
import { database, givenOrganization, givenProject, systemDeps } from "../support/world.ts";

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  await database().write([
    run(build.update(interview).set({ dueAt: null, dueVerb: null, remindAt: null, inviteAt: null })),
  ]);
});
afterEach(() => vi.useRealTimers());

async function overdue(count: number): Promise<InterviewId[]> {
  const project = await givenProject(await givenOrganization());
  const crowd = await givenCrowd(database(), project.id, { count, from: deadline, spreadMs: 0, alarms: "lost" });
  vi.setSystemTime(deadline);
  return [...crowd.keys()];
}

/** The database, and how often it was asked. */
function counted(db: Database) {
  const trips = { read: 0, write: 0 };
  const read: Database["read"] = (asked) => {
    trips.read += 1;
    return db.read(asked);
  };
  const write: Database["write"] = (sentence) => {
    trips.write += 1;
    return db.write(sentence);
  };
  return { trips, db: { ...db, read, write } };
}

test("a crowd is settled in one write, each with its event and its letter", async () => {
  const ids = await overdue(crowdMax);
  const { db, trips } = counted(database());
  await settleDue(systemDeps({ db }));
  expect(trips).toEqual({ read: 2, write: 1 });
  for (const id of ids) {
    expect((await rowOf(id)).status).toBe("expired");
    expect(await verbsOf(id)).toEqual(["create", "invite", "expire"]);
  }
});

test("somebody who is quicker at one of a crowd costs the others a second look, and nobody an outcome", async () => {
  const ids = await overdue(8);
  const quicker = ids[3] ?? ids[0];
  const real = database();
  let isFirst = true;
  const write: Database["write"] = async (sentence) => {
    if (isFirst && quicker) {
      isFirst = false;
      await settleDue(systemDeps({ db: { ...real, read: real.read } }));
    }
    return real.write(sentence);
  };
  expect(await sweepDeadlines(systemDeps({ db: { ...real, write } }))).toMatchObject({ failed: 0 });
  for (const id of ids) expect(await verbsOf(id)).toEqual(["create", "invite", "expire"]);
});

test("a sweep that finds the database away looks again within its minute, and then leaves it to the next", async () => {
  const [id] = await overdue(1);
  const real = database();
  const away = connect({ url: "http://nowhere.test", fetch: () => Promise.reject(new TypeError("refused")) });
  let reads = 0;
  const readAfter = (absences: number): Database["read"] => {
    reads = 0;
    return (asked) => {
      reads += 1;
      return (reads > absences ? real : away).read(asked);
    };
  };
  const waits: number[] = [];
  const pause = async (durationMs: number) => void waits.push(durationMs);
  const sweep = (absences: number) => sweepDeadlines(systemDeps({ pause, db: { ...real, read: readAfter(absences) } }));

  await expect(sweep(sweepTriesMax)).rejects.toThrow(DatabaseFailure);
  expect(waits).toEqual(Array(sweepTriesMax - 1).fill(sweepWaitMs));
  expect(sweepTriesMax * sweepWaitMs).toBeLessThan(minuteMs);
  expect(await sweep(sweepTriesMax - 1)).toMatchObject({ settled: 1 });
  expect(id && (await rowOf(id)).status).toBe("expired");
});
