// `npm run bench -- pages`: a page of a million interviews against the first page of ten thousand, anywhere, in any order, by whomever; and each
// filter with many, few and no hits. Fails where it costs more than 1.2 times as much, and where the same measure cannot tell OFFSET.
import { sql } from "drizzle-orm";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { sortOrders } from "../../src/interview/contract.ts";
import { encodeCursor } from "../../src/kernel/page.ts";
import { bundleWorker } from "../../src/local/wrangler.ts";
import { fewCount, fill, givenHouse, type House, questionOf, rareName } from "./arrange.ts";
import { say } from "./bed.ts";
import { type Asked, calls, type Installation, installed, ledgerOf, statementOf, timed } from "./sizes.ts";

const sizes = { small: Number(process.env.BENCH_SMALL ?? 10_000), large: Number(process.env.BENCH_LARGE ?? 1_000_000) };
const ratioMax = 1.2;
const depths = [0, 0.25, 0.5, 0.75, 0.999];
const pageSize = 20;
const yearMs = 365 * 24 * 3_600_000;

type Sort = (typeof sortOrders)[number];
type Direction = "asc" | "desc";
type ListInput = Parameters<Parameters<Parameters<typeof questionOf>[2]>[0]["interview"]["list"]["query"]>[0];
type Site = Installation & { readonly house: House; readonly count: number };

const columns = { created: "created_at", deadline: "deadline_order", name: "name" } as const;

async function siteOf(name: keyof typeof sizes, code: string): Promise<Site> {
  const count = sizes[name];
  say(`Arranging ${count.toLocaleString("en")} interviews …`);
  const installation = await installed(name, code);
  const house = await givenHouse(installation);
  await fill(house, count);
  return { ...installation, house, count };
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

const { tell, head, end } = ledgerOf(sizes, ratioMax);

async function depthsOf(small: Site, large: Site): Promise<void> {
  head("a page of 20, p50 ms");
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
  head("by one filter, first page and total, p50 ms");
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
const skipping = (site: Site): Asked =>
  statementOf(
    site,
    `select * from interview where organization_id = (select organization_id from project where id = '${site.house.projectId}') order by created_at desc limit ${pageSize} offset ${Math.floor(site.count / 2)}`,
  );

export async function benchPages(): Promise<void> {
  const { code } = await bundleWorker();
  const small = await siteOf("small", code);
  const large = await siteOf("large", code);
  say(`${fewCount} of each are rare. ${calls} calls each.`);
  await depthsOf(small, large);
  await filtersOf(small, large);
  end(await timed([skipping(small), skipping(large)]));
}
