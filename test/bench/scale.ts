// `npm run bench -- scale`: candidates and boards of an organization of a million against those of one of ten thousand, in one installation. Fails
// where anything costs more than 1.5 times as much, and where the same measure cannot tell OFFSET.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Trouble } from "../../src/local/process.ts";
import { bundleWorker } from "../../src/local/wrangler.ts";
import { fewCount, questionOf } from "./arrange.ts";
import { fillScale, givenScaleHouse, type Placed, type ScaleHouse, tokensOf } from "./arrange-scale.ts";
import { folderOf, median, quantile, say } from "./bed.ts";
import { scenarios } from "./scale-scenarios.ts";
import { type Asked, calls, callsOf, type Installation, installed, ledgerOf, statementOf, timed } from "./sizes.ts";

const sizes = { small: Number(process.env.BENCH_SMALL ?? 10_000), large: Number(process.env.BENCH_LARGE ?? 1_000_000) };
/** Of what can be asked, only what is called so. */
const only = new RegExp(process.env.BENCH_ONLY ?? "");
const ratioMax = 1.5;
const pageSize = 20;

const inWords = (count: number) => count.toLocaleString("en");

type Houses = Readonly<Record<keyof typeof sizes, ScaleHouse>>;

/** What was arranged is good as long as the tables, the sizes and whoever arranges are the same. */
function arrangementOf(): string {
  const migrations = new URL("../../db/migrations/", import.meta.url);
  const files = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
  const hash = createHash("sha256").update(JSON.stringify(sizes));
  for (const file of files.sort()) hash.update(readFileSync(new URL(file, migrations)));
  return hash.update(readFileSync(new URL("arrange-scale.ts", import.meta.url))).digest("hex");
}

const placedOf = ({ small, large }: Houses): readonly Placed[] => [
  { house: small, nth: 1, isLarge: false },
  { house: large, nth: 2, isLarge: true },
];

/** Both organizations in one installation; whatever is in that folder already is taken as it is, where it still fits. */
async function arranged(folder: string, code: string): Promise<Houses> {
  const note = join(folder, "arranged.json");
  const arrangement = arrangementOf();
  if (existsSync(note)) {
    const kept = JSON.parse(readFileSync(note, "utf8"));
    if (kept.arrangement === arrangement) return kept.houses;
    throw new Trouble(
      `What is in ${folder} was arranged for other tables or sizes. Remove it, or name another folder.`,
    );
  }
  if (existsSync(join(folder, "database")))
    throw new Trouble(
      `What is in ${folder} is not ours, or was left half arranged. Remove it, or name another folder.`,
    );
  say(`Arranging ${Object.values(sizes).map(inWords).join(" and ")} candidates …`);
  const begunAt = performance.now();
  const { url, stop } = await installed("scale", code, folder);
  const houses = {
    small: await givenScaleHouse(url, "small", sizes.small),
    large: await givenScaleHouse(url, "large", sizes.large),
  };
  await stop();
  fillScale(folder, placedOf(houses));
  writeFileSync(note, JSON.stringify({ arrangement, houses }));
  say(`That took ${Math.round((performance.now() - begunAt) / 1_000)} s.`);
  return houses;
}

/** The same measure over what it has to catch. */
const skipping = (installation: Installation, { pipelineId, count }: ScaleHouse): Asked =>
  statementOf(
    installation,
    `select * from candidate where organization_id = (select organization_id from pipeline where id = '${pipelineId}') order by id desc limit ${pageSize} offset ${Math.floor(count / 2)}`,
  );

export async function benchScale(keptIn: string | undefined): Promise<void> {
  const { code } = await bundleWorker();
  const folder = resolve(keptIn ?? folderOf("scale"));
  const houses = await arranged(folder, code);
  const installation = await installed("scale", code, folder);
  const { url, target } = installation;
  const sites = await Promise.all(
    placedOf(houses).map(async (placed) => ({ placed, tokens: await tokensOf(url, placed.house) })),
  );
  say(`${fewCount} of each are few. ${calls} calls each.`);
  const { head, tell, end } = ledgerOf(sizes, ratioMax);
  head(`a page of ${pageSize}, p50 ms`, ["p95", "p95"]);
  for (const { name, who, ask } of scenarios) {
    if (!only.test(name)) continue;
    const asked = await Promise.all(
      sites.map(({ placed, tokens }) => questionOf(url, tokens[who], (anteroom) => ask(anteroom, placed))),
    );
    const took = await callsOf(asked.map(({ question }): Asked => [target, question]));
    const p95 = took.map((each) => quantile(each, 0.95));
    tell(`${name} (${asked.map(({ answer }) => answer).join(", ")})`, took.map(median), p95);
  }
  end(await timed([skipping(installation, houses.small), skipping(installation, houses.large)]));
}
