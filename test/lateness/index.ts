// `npm run lateness -- alarms sweep outage`: how late deadlines are written down, on the production bundle and on this machine.
// README.md in this folder says what each measures, and what it said. Exits with 1 when one is missing or over its bound.
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { complaintsAbout, type Measured, measuredAlarms, measuredOutage, measuredSweep } from "./bounds.ts";
import { armed, givenCrowd } from "./crowd.ts";
import { type MeasuredHouse, startMeasuredHouse } from "./house.ts";
import { quantile, watch } from "./watch.ts";

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
/** While the database is away all timers stay awake, some three open files each: more than many a machine lets one process have. */
const outageWorkers = 3;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const say = (line: string) => console.log(line);

const untilJustAfterTheMinute = () => pause(minuteMs - (Date.now() % minuteMs) + 1_500);

function report(measured: Measured): string[] {
  const { name, seen, worstMs, boundMs } = measured;
  const at = (q: number) => seconds(quantile(seen.lateMs, q));
  say(`${name}: ${seen.lateMs.length} of ${count} stored expired, ${seen.missing} missing.`);
  say(`  late by: half ${at(0.5)}, 90 of 100 ${at(0.9)}, 99 of 100 ${at(0.99)}, the last ${at(1)}`);
  say(`  held against the bound of ${seconds(boundMs)}: ${seconds(worstMs)}`);
  return complaintsAbout(measured);
}

/** Every alarm is set and rings; no sweep helps. */
async function alarms(house: MeasuredHouse): Promise<Measured> {
  const arrangedBy = new Date(Date.now() + count * 12 + 5_000);
  const crowd = await givenCrowd(house.db, house.projectId, {
    count,
    from: arrangedBy,
    spreadMs,
    alarms: "unset",
  });
  const armingFrom = Date.now();
  await armed(house.db, house.sweep);
  say(`The sweep set ${count} alarms in ${seconds(Date.now() - armingFrom)}.`);
  if (Date.now() > arrangedBy.getTime()) throw new Error("The first deadlines had passed before every alarm was set.");
  return measuredAlarms(await watch(house.db, crowd, new Date(arrangedBy.getTime() + 4 * minuteMs)));
}

/** No alarm rings. The first deadline comes just after a sweep, so that it waits longest for the next. */
async function sweep(house: MeasuredHouse): Promise<Measured> {
  const from = new Date((Math.floor(Date.now() / minuteMs) + 1 + Math.ceil(count / 10_000)) * minuteMs + 1_000);
  const crowd = await givenCrowd(house.db, house.projectId, { count, from, spreadMs, alarms: "lost" });
  if (Date.now() > from.getTime()) throw new Error("The first deadlines had passed before all of them were written.");
  const stopCron = house.keepCron();
  const seen = await watch(house.db, crowd, new Date(from.getTime() + 5 * minuteMs));
  stopCron();
  return measuredSweep(seen);
}

/** The alarms are set, and when they ring there is no database. It comes back just after a sweep has looked for it. */
async function outage(house: MeasuredHouse): Promise<Measured> {
  const from = new Date(Date.now() + count * 12 + 5_000);
  const crowd = await givenCrowd(house.db, house.projectId, { count, from, spreadMs, alarms: "unset" });
  await armed(house.db, house.sweep);
  if (Date.now() > from.getTime()) throw new Error("The first deadlines had passed before every alarm was set.");
  await house.server.kill();
  const awayFrom = Date.now();
  const stopCron = house.keepCron();
  say(`The database is away from ${new Date(awayFrom).toISOString()} on.`);
  const lastDeadline = from.getTime() + minuteMs;
  await pause(Math.max(awayFrom + Number(values.minutes) * minuteMs, lastDeadline) - Date.now());
  await untilJustAfterTheMinute();
  await house.server.start();
  const backAt = new Date();
  say(`It is back after ${seconds(backAt.getTime() - awayFrom)}.`);
  const seen = await watch(house.db, crowd, new Date(backAt.getTime() + 10 * minuteMs));
  stopCron();
  return measuredOutage(seen, backAt);
}

const measures: Readonly<Record<string, (house: MeasuredHouse) => Promise<Measured>>> = { alarms, sweep, outage };

const complaints: string[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(measures)) {
  const measure = measures[name];
  if (!measure) throw new Error(`There is alarms, sweep and outage, and no ${name}.`);
  const house = await startMeasuredHouse(name === "outage" ? outageWorkers : 1);
  try {
    complaints.push(...report(await measure(house)));
  } finally {
    await house.stop();
  }
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
