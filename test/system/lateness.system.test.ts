// `npm run lateness` in small: deadlines that fall together are written down in time on real processes, by their alarms, by the
// sweep when every alarm is lost, and once the database that was away is back. The bounds are the promised ones.
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleWorker } from "../../src/local/wrangler.ts";
import {
  complaintsAbout,
  measuredAlarms,
  measuredOutage,
  measuredSweep,
  returnWithinMs,
  sweepWithinMs,
} from "../lateness/bounds.ts";
import { armed, type Crowd, givenCrowd } from "../lateness/crowd.ts";
import { type MeasuredHouse, startMeasuredHouse } from "../lateness/house.ts";
import { watch } from "../lateness/watch.ts";
import { sabotaged } from "./sabotaged.ts";

const count = 60;
const aheadMs = 6_000;
const spreadMs = 3_000;
const sweepEveryMs = 60_000;
const arrangingMs = 4_000;
/** For what is not to come. */
const briefMs = 2_000;

let house: MeasuredHouse;

beforeAll(async () => {
  house = await startMeasuredHouse();
});
afterAll(() => house?.stop());

const until = (ms: number) => new Date(Date.now() + ms);

function givenDeadlines(from: Date, alarms: "unset" | "lost"): Promise<Crowd> {
  return givenCrowd(house.db, house.projectId, { count, from, spreadMs, alarms });
}

async function givenArmed(): Promise<Crowd> {
  const crowd = await givenDeadlines(until(aheadMs), "unset");
  await armed(house.db, () => house.anteroom.cron());
  return crowd;
}

/** Nobody's alarm rings, and the first of them has just missed the sweep before. */
async function givenLost(): Promise<{ readonly crowd: Crowd; readonly from: Date; readonly nextSweepAt: Date }> {
  const from = until(arrangingMs - sweepEveryMs);
  const crowd = await givenDeadlines(from, "lost");
  return { crowd, from, nextSweepAt: new Date(Math.max(Date.now(), from.getTime() + sweepEveryMs)) };
}

test(`of ${count} deadlines within three seconds 99 of 100 are stored expired within two more, by their alarms alone`, async () => {
  const crowd = await givenArmed();
  expect(complaintsAbout(measuredAlarms(await watch(house.db, crowd, until(aheadMs + 30_000))))).toEqual([]);
});

test("with every alarm lost the sweep that comes every minute stores each within ninety seconds", async () => {
  const { crowd, from, nextSweepAt } = await givenLost();
  const stopCron = house.keepCron(nextSweepAt);
  const giveUpAt = new Date(from.getTime() + spreadMs + sweepWithinMs);
  expect(complaintsAbout(measuredSweep(await watch(house.db, crowd, giveUpAt)))).toEqual([]);
  stopCron();
});

test("saboteur: with every alarm lost and no sweep nothing is stored, after the database's return neither, and each measure says so", async () => {
  const { crowd } = await givenLost();
  await house.server.kill();
  await house.server.start();
  const backAt = new Date();
  const seen = await watch(house.db, crowd, until(briefMs));
  const missing = (name: string) => [`${name}: ${count} were never stored expired`];
  expect(complaintsAbout(measuredAlarms(seen))).toEqual(missing("alarms"));
  expect(complaintsAbout(measuredSweep(seen))).toEqual(missing("sweep"));
  expect(complaintsAbout(measuredOutage(seen, backAt))).toEqual(missing("outage"));
  // Nothing of theirs is left for the next.
  await house.anteroom.cron();
});

test("saboteur: a sweep that takes on too few is over its bound, and the measure says so", async () => {
  const taken = 10;
  const code = await sabotaged({ right: "var settledMax = 1e4;", wrong: `var settledMax = ${taken};` });
  await house.anteroom.restartWorker(code);
  const { crowd } = await givenLost();
  await house.anteroom.cron();
  // The next comes a minute later, and by then the ninety seconds are over.
  expect(complaintsAbout(measuredSweep(await watch(house.db, crowd, until(briefMs))))).toEqual([
    `sweep: ${count - taken} were never stored expired`,
  ]);
  await house.anteroom.restartWorker((await bundleWorker()).code);
  await house.anteroom.cron();
});

// Last of all: the alarms that failed meanwhile ring once more later, and would find what is meant to be lost.
test("after deadlines passed without a database, each is stored within sixty seconds of its return", async () => {
  const crowd = await givenArmed();
  await house.server.kill();
  const stopCron = house.keepCron(until(sweepEveryMs));
  const lastDeadline = Math.max(...[...crowd.values()].map(Number));
  expect(await watch(house.db, crowd, new Date(lastDeadline + briefMs))).toMatchObject({ missing: count });
  await house.server.start();
  const backAt = new Date();
  expect(complaintsAbout(measuredOutage(await watch(house.db, crowd, until(returnWithinMs)), backAt))).toEqual([]);
  stopCron();
});

test("saboteur: what is stored a moment too late is over its bound", () => {
  const seen = {
    lateMs: Array.from({ length: count }, (_, nth) => (nth < count - 2 ? 100 : 2_000)),
    missing: 0,
    lastAt: null,
  };
  expect(complaintsAbout(measuredAlarms(seen))).toEqual(["alarms: 2000 ms is not within 2000 ms"]);
  const backAt = new Date();
  const lastAt = new Date(backAt.getTime() + returnWithinMs);
  expect(complaintsAbout(measuredOutage({ ...seen, lastAt }, backAt))).toEqual([
    "outage: 60000 ms is not within 60000 ms",
  ]);
});
