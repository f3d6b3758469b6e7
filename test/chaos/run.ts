// A run of chaos: people use the installation while parts of it are killed, and after each time the judge looks.
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { RouterInputs } from "../../client/index.ts";
import { cell, raw } from "../../db/statement.ts";
import { givenOpenHouse, givenOpenProject } from "../system/open-house.ts";
import { type Chance, chanceFrom } from "./chance.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import {
  complaintsAboutAcknowledged,
  complaintsAboutDeadlines,
  complaintsAboutLetters,
  complaintsAboutSteps,
  complaintsAboutWaiting,
  type Deliveries,
  doubledBy,
  type Kill,
} from "./judge.ts";
import { type Load, startLoad } from "./load.ts";
import { type Asked, cutKinds } from "./messages.ts";
import { overdueMs, take } from "./picture.ts";
import { complaintsAboutLate, complaintsAboutRefchecks, complaintsAboutVouched, takeRefchecks } from "./refchecks.ts";

export type ChaosPlan = {
  readonly cycles: number;
  readonly seed: number;
  /** `sit_out`: a letter that a killed Worker held is waited for, two minutes; `spare`: it is free once that Worker is dead. */
  readonly waiting: "sit_out" | "spare";
  /** Another Worker than ours: a saboteur's. */
  readonly code?: string;
  /** How long everything may take to come to its end, once nothing is killed any more. */
  readonly closingMs?: number;
  readonly onCycle?: (line: string) => void;
};

export type Figures = Readonly<Record<string, number>>;
export type Chaos = { readonly figures: Figures; readonly complaints: readonly string[] };

const oneQuestion: RouterInputs["roleTemplate"]["create"]["questionnaire"] = {
  languages: ["en"],
  questions: [{ key: "again", kind: "rehire", prompt: { en: "Would you work with them again?" } }],
};

const storiesAtATime = 3;
/** Counted, not timed: on a slow machine as much is in the air when the kill falls as on a quick one. */
const requestsBetween = [5, 40] as const;
const openStoriesMax = 200;
const lookBackMs = 20_000;
const pollMs = 200;
/** It ends as soon as everything has. A letter whose Worker was killed and whose answers were dropped may have tried six times, and waits the longer. */
const closingMs = { sit_out: 3_600_000, spare: 120_000 } as const;
const minuteMs = 60_000;
/** Later than any deadline that anybody is to miss. */
const soonMs = 10_000;

type Struck = "worker" | "database" | "both";

/** The Worker is killed as often as the database, and now and then both at once. */
const strikes = ["worker", "database", "worker", "database", "both"] as const satisfies readonly Struck[];

export async function runChaos(plan: ChaosPlan): Promise<Chaos> {
  const startedAt = Date.now();
  const cluster = await startCluster(plan);
  const sweeps: Span[] = [];
  // As Cloudflare does, whatever else is going on. A sweep that meets a killed Worker is lost, like any other.
  const cron = setInterval(() => {
    const at = Date.now();
    cluster.anteroom.cron().then(
      () => void sweeps.push({ at, until: Date.now() }),
      () => undefined,
    );
  }, minuteMs);
  try {
    return await struckAndJudged(cluster, plan, { startedAt, sweeps });
  } finally {
    clearInterval(cron);
    await cluster.stop();
  }
}

type Span = { readonly at: number; readonly until: number };
type Since = { readonly startedAt: number; readonly sweeps: readonly Span[] };

async function struckAndJudged(cluster: Cluster, plan: ChaosPlan, { startedAt, sweeps }: Since): Promise<Chaos> {
  const chance = chanceFrom(plan.seed);
  const { client, projectId } = await givenOpenHouse(cluster.anteroom.url, cluster.mailboxUrl);
  const { memberId } = await cluster.db.read({ memberId: cell<`mem_${string}`>(sql`select id from member`) });
  const finishByProjectId = await givenOpenProject(client, { deadlineAppliesTo: "finish" });
  for (const id of [projectId, finishByProjectId])
    await client.project.assignRole.mutate({ projectId: id, memberId, role: "evaluator" });
  cluster.beUnkind();
  const { id: roleTemplateId } = await client.roleTemplate.create.mutate({
    title: "Barista",
    questionnaire: oneQuestion,
  });
  const { id: roleId } = await client.role.create.mutate({ roleTemplateId, referencesRequired: 2 });
  const load = startLoad(cluster, { client, projectId, finishByProjectId, roleId }, plan.seed);
  const kills: Kills = { worker: [], database: [] };
  const complaints = new Set<string>();
  /** When the last sweep began that neither a kill nor a cut disturbed: what had been due by then is written down. */
  const sweptAt = () => {
    const disturbed = [
      ...[...kills.worker, ...kills.database],
      ...cluster.asked
        .filter(({ lost }) => lost !== null)
        .map(({ askedAt, endedAt }) => ({ at: askedAt, until: endedAt })),
    ];
    const isWhole = (sweep: Span) => !disturbed.some(({ at, until }) => at <= sweep.until && until >= sweep.at);
    return sweeps.findLast(isWhole)?.at ?? 0;
  };
  const judge = async (since: number, from: number, vouchedFrom: number) => {
    const told = load.acknowledged.slice(from);
    const ids = [...new Set(told.map(({ interviewId }) => interviewId))];
    const swept = sweptAt();
    const picture = await take(cluster.db, since, ids);
    const vouched = load.vouched.slice(vouchedFrom);
    const refchecks = await takeRefchecks(cluster.db, since, [...new Set(vouched.map(({ refcheckId }) => refcheckId))]);
    for (const one of [
      ...complaintsAboutRefchecks(refchecks),
      ...complaintsAboutVouched(refchecks, vouched),
      ...complaintsAboutLate(refchecks, picture.at, Math.max(overdueMs, picture.at - swept)),
      ...complaintsAboutSteps(picture),
      ...complaintsAboutAcknowledged(picture, told),
      ...complaintsAboutDeadlines(picture, Math.max(overdueMs, picture.at - swept)),
      ...complaintsAboutWaiting(picture),
    ])
      complaints.add(one);
    return { picture, refchecks };
  };

  for (let cycle = 1; cycle <= plan.cycles; cycle += 1) {
    const from = load.acknowledged.length;
    const vouchedFrom = load.vouched.length;
    for (let nth = 0; nth < storiesAtATime && load.open() < openStoriesMax; nth += 1) load.begin();
    // Each kind of cut in its turn, and now and then another.
    const cuts = [
      ...cutKinds.slice(cycle % cutKinds.length).slice(0, 1),
      ...(chance.next() < 0.5 ? [chance.oneOf(cutKinds)] : []),
    ];
    for (const kind of cuts) cluster.cut(kind, chance.between(1, 15));
    await strikeAt(cluster, chance.oneOf(strikes), { chance, kills, waiting: plan.waiting });
    await judge(Date.now() - lookBackMs, from, vouchedFrom);
    if (cycle % 50 === 0)
      plan.onCycle?.(`${cycle} cycles, ${load.acknowledged.length} acknowledged, ${complaints.size} complaints`);
  }

  // Nothing is cut or dropped any more, and nobody killed: what is left has to come to its end by itself.
  cluster.calmDown();
  await strikeAt(cluster, "worker", { chance, kills, waiting: plan.waiting });
  await closed(cluster, load, plan, complaints);
  const { picture, refchecks } = await judge(0, 0, 0);
  const deliveries: Deliveries = { takes: cluster.takes, asked: cluster.asked, workerKills: kills.worker };
  for (const one of [
    ...complaintsAboutDeadlines(picture, 0),
    ...complaintsAboutLate(refchecks, picture.at, 0),
    ...complaintsAboutLetters(picture, deliveries),
  ])
    complaints.add(one);
  for (const one of [...load.complaints, ...cluster.violations]) complaints.add(one);
  return {
    complaints: [...complaints],
    figures: {
      ...figuresOf(cluster, load, kills, deliveries, picture),
      "refchecks completed": refchecks.filter(({ progress }) => progress === "completed").length,
      "refchecks expired": refchecks.filter(({ progress }) => progress === "expired").length,
      seconds: Math.round((Date.now() - startedAt) / 1_000),
    },
  };
}

type Kills = { readonly worker: Kill[]; readonly database: Kill[] };
type Striking = { readonly chance: Chance; readonly kills: Kills; readonly waiting: ChaosPlan["waiting"] };

/** kill -9 after so many requests as chance will have, in the middle of what people do; then everything is started again. */
async function strikeAt(cluster: Cluster, strike: Struck, { chance, kills, waiting }: Striking): Promise<void> {
  const { anteroom, server } = cluster;
  const requests = chance.between(...requestsBetween);
  if (strike === "worker") {
    await cluster.afterRequests(requests, null);
    await pause(chance.between(0, 30));
  } else {
    const at = await cluster.afterRequests(requests, { afterMs: chance.between(0, 3) });
    await server.kill();
    kills.database.push({ at, until: Date.now() });
  }
  const at = Date.now();
  if (strike !== "database") await anteroom.killWorker();
  await pause(chance.between(0, 50));
  if (strike !== "worker") await server.start();
  if (strike === "database") return;
  if (waiting === "spare") await spareHeld(cluster);
  kills.worker.push({ at, until: Date.now() });
  await anteroom.restartWorker();
}

/** Waits for everything to come to its end: stories, deadlines and letters. */
async function closed(cluster: Cluster, load: Load, plan: ChaosPlan, complaints: Set<string>): Promise<void> {
  const giveUpAt = Date.now() + (plan.closingMs ?? closingMs[plan.waiting]);
  if (plan.waiting === "spare") await spareWaiting(cluster);
  // Its minute may be over at any moment, so why not in this.
  await cluster.anteroom.cron();
  for (;;) {
    const now = Date.now();
    const { waiting, overdue } = await cluster.db.read({
      waiting: cell<number>(sql`select count(*) from letter where status = 'waiting'`),
      overdue: cell<number>(
        sql`select (select count(*) from interview where status in ('invited', 'confirmed', 'interviewing') and deadline_at < ${now + soonMs})
          + (select count(*) from refcheck where progress in ('awaiting_candidate', 'awaiting_references', 'in_progress') and deadline_at < ${now + soonMs})`,
      ),
    });
    if (waiting === 0 && overdue === 0 && load.open() === 0) return;
    if (now > giveUpAt) {
      const { left } = await cluster.db.read({
        left: raw(
          sql`select content ->> '$.kind', attempts, next_attempt_at - ${now} from letter where status = 'waiting' limit 5`,
          (rows) => rows.map(([kind, attempts, inMs]) => `${kind}, tried ${attempts} times, again in ${inMs} ms`),
        ),
      });
      for (const one of left) complaints.add(`in the end this letter waited: ${one}`);
      complaints.add(
        `in the end ${load.open()} stories were open, ${waiting} letters waited, ${overdue} deadlines were overdue`,
      );
      return;
    }
    await pause(pollMs);
  }
}

/** No Worker is alive, so nobody holds what one had taken out: those letters need not be sat out. Nothing else is touched. */
async function spareHeld({ db }: Cluster): Promise<void> {
  const now = Date.now();
  await db.write([
    raw(
      sql`update letter set leased_until = null, next_attempt_at = ${now} where status = 'waiting' and leased_until is not null`,
      () => undefined,
    ),
  ]);
}

/** A letter that was tried five times waits for minutes, and nothing is learned by waiting with it: its turn is now. */
async function spareWaiting({ db }: Cluster): Promise<void> {
  const isPutOff = sql`status = 'waiting' and leased_until is null`;
  await db.write([raw(sql`update letter set next_attempt_at = ${Date.now()} where ${isPutOff}`, () => undefined)]);
}

type Deliverable = Parameters<typeof complaintsAboutLetters>[0];

function figuresOf(cluster: Cluster, load: Load, kills: Kills, deliveries: Deliveries, picture: Deliverable): Figures {
  const letters = [...picture.otherLetters, ...picture.interviews.flatMap((interview) => interview.letters)];
  const late = picture.interviews
    .flatMap(({ events, deadlineAt }) => {
      const expiry = events.find(({ verb }) => verb === "expire");
      return expiry && deadlineAt !== null ? [expiry.at - deadlineAt] : [];
    })
    .sort((a, b) => a - b);
  const lateAt = (q: number) => late[Math.min(late.length - 1, Math.floor(late.length * q))] ?? 0;
  const lost = (kind: Asked["lost"]) => cluster.asked.filter((asked) => asked.lost === kind);
  const cuts = Object.fromEntries(cutKinds.map((kind) => [`cut ${kind.replace("_", " ")}`, lost(kind).length]));
  const inFlight = lost("killed").filter(({ askedAt, endedAt }) =>
    kills.database.some(({ at, until }) => askedAt <= at && at <= endedAt && endedAt <= until),
  );
  const doubled = doubledBy(deliveries);
  const happened = (verb: string) =>
    picture.interviews.flatMap(({ events }) => events).filter((event) => event.verb === verb);
  return {
    ...{ "Worker killed": kills.worker.length, "database killed": kills.database.length, ...cuts },
    "requests that met no database": lost("killed").length,
    "requests in flight when the database was killed": inFlight.length,
    ...{ stories: load.figures().stories, "calls acknowledged": load.acknowledged.length },
    "calls made again": load.figures().madeAgain,
    "internal errors": load.figures().faults,
    "letters promised": letters.length,
    "letters delivered": letters.filter(({ status }) => status === "delivered").length,
    "sent again, the answer dropped": doubled.dropped,
    "sent again, the Worker killed": doubled.killed,
    "sent again, the note cut off": doubled.cut,
    "sent again without a reason": doubled.unexplained,
    "interviews finished": happened("finish").length,
    "deadlines expired": late.length,
    "of them while interviewing": happened("expire").filter(({ from }) => from === "interviewing").length,
    ...{ "late by ms, half": lateAt(0.5), "99 of 100": lateAt(0.99), "the last": lateAt(1) },
  };
}
