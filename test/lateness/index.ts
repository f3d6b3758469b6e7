// `npm run lateness -- alarms | sweep | outage`: how late deadlines are written down, on the production bundle and on this
// machine. README.md in this folder says what each measures, and what it said.
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { armed, givenCrowd } from "./crowd.ts";
import { type MeasuredHouse, startMeasuredHouse } from "./house.ts";
import { quantile, type Seen, watch } from "./watch.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "10000" },
    minutes: { type: "string", default: "10" },
    within: { type: "string", default: "60" },
  },
});
const count = Number(values.count);
const minuteMs = 60_000;
const spreadMs = Number(values.within) * 1_000;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const say = (line: string) => console.log(line);

const untilJustAfterTheMinute = () => pause(minuteMs - (Date.now() % minuteMs) + 1_500);

function report(what: string, { lateMs, missing }: Seen): void {
  const at = (q: number) => seconds(quantile(lateMs, q));
  say(`${what}: ${lateMs.length} of ${count} stored expired, ${missing} missing.`);
  say(`  late by: half ${at(0.5)}, 90 of 100 ${at(0.9)}, 99 of 100 ${at(0.99)}, the last ${at(1)}`);
}

/** Every alarm is set and rings; no sweep helps. */
async function alarms(house: MeasuredHouse): Promise<void> {
  const arrangedBy = new Date(Date.now() + count * 12 + 5_000);
  const crowd = await givenCrowd(house.db, house.projectId, {
    count,
    from: arrangedBy,
    spreadMs,
    alarms: "unset",
  });
  const armingFrom = Date.now();
  await armed(house.db, () => house.anteroom.cron());
  say(`The sweep set ${count} alarms in ${seconds(Date.now() - armingFrom)}.`);
  if (Date.now() > arrangedBy.getTime()) throw new Error("The first deadlines had passed before every alarm was set.");
  report("alarms", await watch(house.db, crowd, new Date(arrangedBy.getTime() + 4 * minuteMs)));
}

/** No alarm rings. The first deadline comes just after a sweep, so that it waits longest for the next. */
async function sweep(house: MeasuredHouse): Promise<void> {
  const from = new Date((Math.floor(Date.now() / minuteMs) + 1 + Math.ceil(count / 10_000)) * minuteMs + 1_000);
  const crowd = await givenCrowd(house.db, house.projectId, { count, from, spreadMs, alarms: "lost" });
  if (Date.now() > from.getTime()) throw new Error("The first deadlines had passed before all of them were written.");
  const stopCron = house.keepCron();
  report("sweep", await watch(house.db, crowd, new Date(from.getTime() + 5 * minuteMs)));
  stopCron();
}

/** The alarms are set, and when they ring there is no database. It comes back just after a sweep has looked for it. */
async function outage(house: MeasuredHouse): Promise<void> {
  const from = new Date(Date.now() + count * 12 + 5_000);
  const crowd = await givenCrowd(house.db, house.projectId, { count, from, spreadMs, alarms: "unset" });
  await armed(house.db, () => house.anteroom.cron());
  if (Date.now() > from.getTime()) throw new Error("The first deadlines had passed before every alarm was set.");
  await house.server.kill();
  const awayFrom = Date.now();
  const stopCron = house.keepCron();
  say(`The database is away from ${new Date(awayFrom).toISOString()} on.`);
  const lastDeadline = from.getTime() + minuteMs;
  await pause(Math.max(awayFrom + Number(values.minutes) * minuteMs, lastDeadline) - Date.now());
  await untilJustAfterTheMinute();
  await house.server.start();
  const backAt = Date.now();
  say(`It is back after ${seconds(backAt - awayFrom)}.`);
  const seen = await watch(house.db, crowd, new Date(backAt + 10 * minuteMs));
  stopCron();
  report("outage", seen);
  say(`  the last was stored ${seconds((seen.lastAt?.getTime() ?? Number.NaN) - backAt)} after the database's return`);
}

const measures: Readonly<Record<string, (house: MeasuredHouse) => Promise<void>>> = { alarms, sweep, outage };

for (const name of positionals.length > 0 ? positionals : ["alarms", "sweep"]) {
  const measure = measures[name];
  if (!measure) throw new Error(`There is alarms, sweep and outage, and no ${name}.`);
  const house = await startMeasuredHouse();
  try {
    await measure(house);
  } finally {
    await house.stop();
  }
}
