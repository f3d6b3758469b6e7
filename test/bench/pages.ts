// `npm run bench -- pages`: a page of a million interviews against the first page of ten thousand, anywhere, in any order, by whomever; and each
// filter with many, few and no hits. Fails where it costs more than 1.2 times as much, and where the same measure cannot tell OFFSET.
import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { connect, pipelineUrl } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { sortOrders } from "../../src/interview/contract.ts";
import { encodeCursor } from "../../src/kernel/page.ts";
import { bundleWorker } from "../../src/local/wrangler.ts";
import { fewCount, fill, givenHouse, type House, type Question, questionOf, rareName } from "./arrange.ts";
import { median, row, say, startOne, targetOf } from "./bed.ts";
import { ask, type Target } from "./load.ts";

const sizes = { small: Number(process.env.BENCH_SMALL ?? 10_000), large: Number(process.env.BENCH_LARGE ?? 1_000_000) };
const calls = Number(process.env.BENCH_CALLS ?? 200);
const ratioMax = 1.2;
const depths = [0, 0.25, 0.5, 0.75, 0.999];
const pageSize = 20;
const yearMs = 365 * 24 * 3_600_000;

type Sort = (typeof sortOrders)[number];
type Direction = "asc" | "desc";
type ListInput = Parameters<Parameters<Parameters<typeof questionOf>[2]>[0]["interview"]["list"]["query"]>[0];
type Site = { readonly house: House; readonly target: Target; readonly count: number; readonly database: Target };

const columns = { created: "created_at", deadline: "deadline_order", name: "name" } as const;

async function siteOf(name: keyof typeof sizes, code: string): Promise<Site> {
  const count = sizes[name];
  say(`Arranging ${count.toLocaleString("en")} interviews …`);
  const secret = { SEALING_SECRET: randomBytes(32).toString("base64url") };
  const anteroom = await startOne(name, { code, environment: secret });
  const house = await givenHouse(anteroom);
  await fill(house, count);
  const database = targetOf(`database of the ${name}`, anteroom.databaseUrl, anteroom.sqld ?? {}, 1);
  return { house, count, database, target: targetOf(name, anteroom.url, anteroom.worker(), 1) };
}

/** The cursor behind which that part of the list lies. */
async function cursorAt({ house, count }: Site, sort: Sort, direction: Direction, depth: number): Promise<string> {
  const db = connect({ url: house.databaseUrl, timeoutMs: 60_000 });
  const order = sql.raw(`${columns[sort]} ${direction}, id ${direction}`);
  const offset = Math.max(Math.floor(count * depth) - 1, pageSize - 1);
  const { found } = await db.read({
    found: raw(
      sql`select ${sql.raw(columns[sort])}, id from interview where organization_id = (select organization_id from project where id = ${house.projectId}) order by ${order} limit 1 offset ${offset}`,
      (rows) => rows[0] ?? [],
    ),
  });
  const [key, id] = found;
  return encodeCursor(`${sort} ${direction}`, [sort === "name" ? String(key) : Number(key), String(id)]);
}

const list = (site: Site, token: string, input: ListInput) =>
  questionOf(site.house.url, token, (anteroom) => anteroom.interview.list.query({ size: pageSize, ...input }));

type Asked = readonly [Target, Question];

/** The median of each, asked in turns, so that whatever else the machine does falls on all of them. */
async function timed(asked: readonly Asked[]): Promise<number[]> {
  const took = asked.map((): number[] => []);
  for (let call = 0; call < calls; call += 1) {
    for (const [index, [target, question]] of asked.entries()) {
      const askedAt = performance.now();
      await ask(target, question);
      took[index]?.push(performance.now() - askedAt);
    }
  }
  return took.map(median);
}

const heads = [sizes.small, sizes.large].map((count) => count.toLocaleString("en"));
const tooDear: string[] = [];

function tell(what: string, [small = Number.NaN, large = Number.NaN]: readonly number[]): void {
  const ratio = large / small;
  if (!(ratio <= ratioMax)) tooDear.push(what);
  say(row([what, small.toFixed(2), large.toFixed(2), ratio.toFixed(2)], 52));
}

async function depthsOf(small: Site, large: Site): Promise<void> {
  say(`\n${row(["a page of 20, p50 ms", ...heads, "ratio"], 52)}`);
  for (const who of ["token", "managerToken"] as const) {
    for (const sort of sortOrders) {
      for (const direction of ["asc", "desc"] as const) {
        const order = { sort, direction };
        const name = `${who === "token" ? "owner" : "hiring manager"}, ${sort} ${direction}`;
        const question = async (site: Site, cursor?: string): Promise<Asked> => [
          site.target,
          (await list(site, site.house[who], { ...order, ...(cursor && { cursor }) })).question,
        ];
        tell(`${name}, first`, await timed([await question(small), await question(large)]));
        // Only the first page counts the total: what comes later is compared with what comes later.
        const later = await Promise.all(
          depths.map(async (depth) => question(large, await cursorAt(large, sort, direction, depth))),
        );
        const [second = Number.NaN, ...others] = await timed([
          await question(small, await cursorAt(small, sort, direction, 0)),
          ...later,
        ]);
        for (const [index, ms] of others.entries())
          tell(`${name}, after ${100 * (depths[index] ?? 0)} %`, [second, ms]);
      }
    }
  }
}

/** By each filter: many, few (as many in both) and none. */
const filters: Readonly<Record<string, ListInput>> = {
  "status, many": { status: ["invited"] },
  "status, several": { status: ["invited", "expired", "confirmed"] },
  "status, few": { status: ["aborted"] },
  "status, none": { status: ["interviewing", "skipped"] },
  "label, many": { label: "north" },
  "label, few": { label: "rare" },
  "label, none": { label: "nobody has this" },
  "deadline, many": { deadlineFrom: new Date() },
  "deadline, none": { deadlineFrom: new Date(Date.now() + 20 * yearMs) },
  "deadline, few": { deadlineTo: new Date(Date.now() + 240 * 3_600_000 + 60_000) },
  "evaluationStatus, many": { evaluationStatus: "partial" },
  "evaluationStatus, few": { evaluationStatus: "completed" },
  "evaluationStatus, none": { evaluationStatus: "completed", label: "rare" },
  "myEvaluationStatus, many": { myEvaluationStatus: "completed" },
  "myEvaluationStatus, none": { myEvaluationStatus: "completed", label: "nobody has this" },
  "search, many": { search: "ana" },
  "search, few": { search: rareName },
  "search, none": { search: "nobody has this" },
};

async function filtersOf(small: Site, large: Site): Promise<void> {
  say(`\n${row(["by one filter, first page and total, p50 ms", ...heads, "ratio"], 52)}`);
  for (const sort of sortOrders) {
    for (const [name, filter] of Object.entries(filters)) {
      // Only an evaluator has a part in an evaluation.
      const who = "myEvaluationStatus" in Object(filter) ? "evaluatorToken" : "token";
      const of = async (site: Site) => list(site, site.house[who], { ...filter, sort });
      const [a, b] = [await of(small), await of(large)];
      const [aCount, bCount] = [a, b].map(({ answer }) => `${answer.items.length}${answer.nextCursor ? "…" : ""}`);
      tell(
        `${sort} desc, ${name} (${aCount}, ${bCount})`,
        await timed([
          [small.target, a.question],
          [large.target, b.question],
        ]),
      );
    }
  }
}

/** The same measure over what it has to catch. */
async function isNotBlind(small: Site, large: Site): Promise<boolean> {
  const skipping = (site: Site): Asked => {
    const text = `select * from interview where organization_id = (select organization_id from project where id = '${site.house.projectId}') order by created_at desc limit ${pageSize} offset ${Math.floor(site.count / 2)}`;
    const body = JSON.stringify({ requests: [{ type: "execute", stmt: { sql: text } }, { type: "close" }] });
    const { pathname } = new URL(pipelineUrl(site.house.databaseUrl));
    return [site.database, { path: pathname, headers: { "content-type": "application/json" }, body }];
  };
  const [a = Number.NaN, b = Number.NaN] = await timed([skipping(small), skipping(large)]);
  say(`\n${row(["saboteur: OFFSET to the middle", a.toFixed(2), b.toFixed(2), (b / a).toFixed(2)], 52)}`);
  return b / a > ratioMax;
}

export async function benchPages(): Promise<void> {
  const { code } = await bundleWorker();
  const small = await siteOf("small", code);
  const large = await siteOf("large", code);
  say(`${fewCount} of each are rare. ${calls} calls each.`);
  await depthsOf(small, large);
  await filtersOf(small, large);
  if (!(await isNotBlind(small, large))) tooDear.push("the measure does not tell OFFSET from a cursor");
  if (tooDear.length === 0) return say(`\nNothing costs more than ${ratioMax} times as much.`);
  say(`\nMore than ${ratioMax} times as much:\n${tooDear.map((what) => `  ${what}`).join("\n")}`);
  process.exitCode = 1;
}
