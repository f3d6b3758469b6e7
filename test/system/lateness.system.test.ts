// `npm run lateness` in small: deadlines that fall together are written down in time on real processes, and once the database
// that was away is back.
import { afterAll, beforeAll, expect, test } from "vitest";
import { armed, type Crowd, givenCrowd } from "../lateness/crowd.ts";
import { type MeasuredHouse, startMeasuredHouse } from "../lateness/house.ts";
import { quantile, watch } from "../lateness/watch.ts";

const count = 300;
const aheadMs = 10_000;
const spreadMs = 2_000;
/** Of a hundred ninety-nine are stored this soon. */
const lateMsMax = 2_000;

let house: MeasuredHouse;

beforeAll(async () => {
  house = await startMeasuredHouse();
});
afterAll(() => house?.stop());

function givenDeadlines(alarms: "unset" | "lost"): Promise<Crowd> {
  const from = new Date(Date.now() + (alarms === "unset" ? aheadMs : 0));
  return givenCrowd(house.db, house.projectId, { count, from, spreadMs, alarms });
}

const until = (ms: number) => new Date(Date.now() + ms);

test(`of ${count} deadlines within two seconds 99 of 100 are stored expired within two more, by their alarms alone`, async () => {
  const crowd = await givenDeadlines("unset");
  await armed(house.db, () => house.anteroom.cron());
  const { lateMs, missing } = await watch(house.db, crowd, until(aheadMs + 30_000));
  expect(missing).toBe(0);
  expect(quantile(lateMs, 0.99)).toBeLessThan(lateMsMax);
});

test("saboteur: with every alarm lost nothing is stored, and the watch says so; one sweep stores all of it", async () => {
  const crowd = await givenDeadlines("lost");
  const deadlines = [...crowd.values()].map((deadline) => deadline.getTime());
  expect(await watch(house.db, crowd, new Date(Math.max(...deadlines) + lateMsMax))).toMatchObject({ missing: count });
  const sweptFrom = Date.now();
  await house.anteroom.cron();
  const { missing, lastAt } = await watch(house.db, crowd, until(30_000));
  expect(missing).toBe(0);
  expect((lastAt?.getTime() ?? Number.NaN) - sweptFrom).toBeLessThan(10_000);
});

test("a sweep that began while the database was away stores all of it soon after its return", async () => {
  const crowd = await givenDeadlines("lost");
  await house.server.kill();
  const swept = house.anteroom.cron();
  await expect
    .poll(() => Date.now(), { timeout: 10_000 })
    .toBeGreaterThan(Math.max(...[...crowd.values()].map(Number)));
  await house.server.start();
  const backAt = Date.now();
  await swept;
  const { missing, lastAt } = await watch(house.db, crowd, until(30_000));
  expect(missing).toBe(0);
  expect((lastAt?.getTime() ?? Number.NaN) - backAt).toBeLessThan(20_000);
});
