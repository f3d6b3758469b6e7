// A run of chaos: people use the installation while parts of it are killed, and after each time the judge looks.
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { cell, raw } from "../../db/statement.ts";
import { givenOpenHouse } from "../system/open-house.ts";
import { type Chance, chanceFrom } from "./chance.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import {
  complaintsAboutAcknowledged,
  complaintsAboutDeadlines,
  complaintsAboutLetters,
  complaintsAboutSteps,
  type Deliveries,
  doubledBy,
} from "./judge.ts";
import { type Load, startLoad } from "./load.ts";
import { cutKinds } from "./messages.ts";
import { take } from "./picture.ts";

export type ChaosPlan = {
  readonly cycles: number;
  readonly seed: number;
  /** `sit_out`: a letter that a killed Worker held is waited for, two minutes; `spare`: it is free once that Worker is dead. */
  readonly waiting: "sit_out" | "spare";
  readonly onCycle?: (line: string) => void;
};

export type Figures = Readonly<Record<string, number>>;
export type Chaos = { readonly figures: Figures; readonly complaints: readonly string[] };

const storiesAtATime = 3;
const openStoriesMax = 200;
const lookBackMs = 20_000;
const pollMs = 200;
const closingMs = { sit_out: 420_000, spare: 60_000 } as const;
const impatienceMs = 5_000;
const minuteMs = 60_000;

type Struck = "worker" | "database" | "both";

/** The Worker is killed as often as the database, and now and then both at once. */
const strikes = ["worker", "database", "worker", "database", "both"] as const satisfies readonly Struck[];

export async function runChaos(plan: ChaosPlan): Promise<Chaos> {
  const startedAt = Date.now();
  const cluster = await startCluster(plan.seed);
  // As Cloudflare does, whatever else is going on. A sweep that meets a killed Worker is lost, like any other.
  const cron = setInterval(() => cluster.anteroom.cron().catch(() => undefined), minuteMs);
  try {
    return await struckAndJudged(cluster, plan, startedAt);
  } finally {
    clearInterval(cron);
    await cluster.stop();
  }
}

async function struckAndJudged(cluster: Cluster, plan: ChaosPlan, startedAt: number): Promise<Chaos> {
  const chance = chanceFrom(plan.seed);
  const { client, projectId } = await givenOpenHouse(cluster.anteroom.url, cluster.mailboxUrl);
  const { memberId } = await cluster.db.read({ memberId: cell<`mem_${string}`>(sql`select id from member`) });
  await client.project.assignRole.mutate({ projectId, memberId, role: "evaluator" });
  cluster.beUnkind();
  const load = startLoad(cluster, { client, projectId }, plan.seed);
  const workerKills: number[] = [];
  const kills: Record<Struck, number> = { worker: 0, database: 0, both: 0 };
  const complaints = new Set<string>();
  const judge = async (since: number, from: number) => {
    const told = load.acknowledged.slice(from);
    const ids = [...new Set(told.map(({ interviewId }) => interviewId))];
    const picture = await take(cluster.db, since, ids);
    for (const one of [...complaintsAboutSteps(picture), ...complaintsAboutAcknowledged(picture, told)])
      complaints.add(one);
    return picture;
  };

  for (let cycle = 1; cycle <= plan.cycles; cycle += 1) {
    const from = load.acknowledged.length;
    for (let nth = 0; nth < storiesAtATime && load.open() < openStoriesMax; nth += 1) load.begin();
    const strike = chance.oneOf(strikes);
    await strikeAt(cluster, strike, { chance, workerKills, waiting: plan.waiting });
    kills[strike] += 1;
    await judge(Date.now() - lookBackMs, from);
    if (cycle % 50 === 0)
      plan.onCycle?.(`${cycle} cycles, ${load.acknowledged.length} acknowledged, ${complaints.size} complaints`);
  }

  await closed(cluster, load, plan, workerKills, complaints);
  const picture = await judge(0, 0);
  const deliveries: Deliveries = { takes: cluster.takes, losses: cluster.losses, workerKills };
  for (const one of [...complaintsAboutDeadlines(picture), ...complaintsAboutLetters(picture, deliveries)])
    complaints.add(one);
  for (const one of [...load.complaints, ...cluster.violations]) complaints.add(one);
  return {
    complaints: [...complaints],
    figures: {
      ...figuresOf(cluster, load, kills, deliveries, picture),
      seconds: Math.round((Date.now() - startedAt) / 1_000),
    },
  };
}

type Striking = { readonly chance: Chance; readonly workerKills: number[]; readonly waiting: ChaosPlan["waiting"] };

/** Somewhere in the middle of what people do: cuts of the connection, then kill -9, then everything is started again. */
async function strikeAt(cluster: Cluster, strike: Struck, { chance, workerKills, waiting }: Striking): Promise<void> {
  const { anteroom, server } = cluster;
  for (let cuts = chance.between(0, 2); cuts > 0; cuts -= 1) cluster.cut(chance.oneOf(cutKinds), chance.between(1, 15));
  await pause(chance.between(30, 300));
  const worker = async () => {
    workerKills.push(Date.now());
    await anteroom.killWorker();
  };
  if (strike === "worker") await worker();
  else if (strike === "database") await server.kill();
  else await Promise.all([worker(), server.kill()]);
  await pause(chance.between(0, 50));
  if (strike !== "worker") await server.start();
  if (strike === "database") return;
  if (waiting === "spare") await spareWaiting(cluster);
  await anteroom.restartWorker();
}

/** Lets everything come to its end: stories, deadlines and letters. */
async function closed(
  cluster: Cluster,
  load: Load,
  plan: ChaosPlan,
  workerKills: number[],
  complaints: Set<string>,
): Promise<void> {
  const giveUpAt = Date.now() + closingMs[plan.waiting];
  let spareAt = 0;
  for (;;) {
    const now = Date.now();
    const { waiting, overdue } = await cluster.db.read({
      waiting: cell<number>(sql`select count(*) from letter where status = 'waiting'`),
      overdue: cell<number>(
        sql`select count(*) from interview where status in ('invited', 'confirmed') and deadline_at < ${now + 5_000}`,
      ),
    });
    if (waiting === 0 && overdue === 0 && load.open() === 0) return;
    if (now > giveUpAt) {
      complaints.add(
        `in the end ${load.open()} stories were open, ${waiting} letters waited, ${overdue} deadlines were overdue`,
      );
      return;
    }
    if (plan.waiting === "spare" && waiting > 0 && now > spareAt) {
      workerKills.push(now);
      await cluster.anteroom.killWorker();
      await spareWaiting(cluster);
      await cluster.anteroom.restartWorker();
      await cluster.anteroom.cron();
      spareAt = Date.now() + impatienceMs;
    }
    await pause(pollMs);
  }
}

/**
 * No Worker is alive, so nobody holds a letter, and what letters wait for need not be sat out. Nor do kills a second apart use up the
 * tries that are meant for days.
 */
async function spareWaiting({ db }: Cluster): Promise<void> {
  await db.write([
    raw(
      sql`update letter set leased_until = null, next_attempt_at = ${Date.now()}, attempts = 0 where status = 'waiting'`,
      () => undefined,
    ),
  ]);
}

type Deliverable = Parameters<typeof complaintsAboutLetters>[0];

function figuresOf(
  cluster: Cluster,
  load: Load,
  kills: Record<Struck, number>,
  deliveries: Deliveries,
  picture: Deliverable,
): Figures {
  const letters = [...picture.otherLetters, ...picture.interviews.flatMap((interview) => interview.letters)];
  const late = picture.interviews
    .flatMap(({ events, deadlineAt }) => {
      const expiry = events.find(({ verb }) => verb === "expire");
      return expiry && deadlineAt !== null ? [expiry.at - deadlineAt] : [];
    })
    .sort((a, b) => a - b);
  const lateAt = (q: number) => late[Math.min(late.length - 1, Math.floor(late.length * q))] ?? 0;
  const cuts = Object.fromEntries(
    cutKinds.map((kind) => [
      `cut ${kind.replace("_", " ")}`,
      cluster.losses.filter((loss) => loss.kind === kind).length,
    ]),
  );
  const doubled = doubledBy(deliveries);
  return {
    "Worker killed": kills.worker + kills.both,
    "database killed": kills.database + kills.both,
    ...cuts,
    "requests in flight when the database was killed": cluster.losses.filter(({ kind }) => kind === "killed").length,
    ...{ stories: load.figures().stories, "calls acknowledged": load.acknowledged.length },
    "calls made again": load.figures().madeAgain,
    "internal errors": load.figures().faults,
    "letters promised": letters.length,
    "letters delivered": letters.filter(({ status }) => status === "delivered").length,
    "sent again, the answer dropped": doubled.dropped,
    "sent again, the Worker killed": doubled.killed,
    "sent again, the note cut off": doubled.cut,
    "sent again without a reason": doubled.unexplained,
    "deadlines expired": late.length,
    ...{ "late by ms, half": lateAt(0.5), "99 of 100": lateAt(0.99), "the last": lateAt(1) },
  };
}
