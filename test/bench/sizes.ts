// The same question of two installations that differ in nothing but how much is in them.
import { pipelineUrl } from "../../db/database.ts";
import type { Question } from "./arrange.ts";
import { folderOf, median, row, say, startOne, targetOf } from "./bed.ts";
import { ask, type Target } from "./load.ts";

export const calls = Number(process.env.BENCH_CALLS ?? 200);

export type Installation = {
  readonly url: string;
  readonly databaseUrl: string;
  readonly target: Target;
  readonly database: Target;
  readonly stop: () => Promise<void>;
};

/** In a folder of its own, unless one is given that may stay. */
export async function installed(name: string, code: string, directory = folderOf(name)): Promise<Installation> {
  const anteroom = await startOne(name, { code, directory, environment: {} });
  const { url, databaseUrl, stop } = anteroom;
  const database = targetOf(`database of the ${name}`, databaseUrl, anteroom.sqld ?? {}, 1);
  return { url, databaseUrl, database, target: targetOf(name, url, anteroom.worker(), 1), stop };
}

export type Asked = readonly [Target, Question];

/** How long each call of each took, asked in turns, there and back again, so that whatever else the machine does falls on all of them. */
export async function callsOf(asked: readonly Asked[]): Promise<number[][]> {
  const took = asked.map((): number[] => []);
  const there = [...asked.entries()];
  const back = there.toReversed();
  for (let call = 0; call < calls; call += 1) {
    for (const [index, [target, question]] of call % 2 === 0 ? there : back) {
      const askedAt = performance.now();
      await ask(target, question);
      took[index]?.push(performance.now() - askedAt);
    }
  }
  return took;
}

/** The median of each. */
export async function timed(asked: readonly Asked[]): Promise<number[]> {
  return (await callsOf(asked)).map(median);
}

/** A statement, straight to the database. */
export function statementOf({ database, databaseUrl }: Installation, text: string): Asked {
  const body = JSON.stringify({ requests: [{ type: "execute", stmt: { sql: text } }, { type: "close" }] });
  const { pathname } = new URL(pipelineUrl(databaseUrl));
  return [database, { path: pathname, headers: { "content-type": "application/json" }, body }];
}

/** Says what each costs, and in the end what costs more than so many times as much in the larger one. */
export function ledgerOf(sizes: { readonly small: number; readonly large: number }, ratioMax: number) {
  const heads = [sizes.small, sizes.large].map((count) => count.toLocaleString("en"));
  const tooDear: string[] = [];
  const write = (
    what: string,
    [small = Number.NaN, large = Number.NaN]: readonly number[],
    more: readonly number[] = [],
  ): number => {
    const ratio = large / small;
    say(row([what, ...[small, large, ratio, ...more].map((figure) => figure.toFixed(2))], 66));
    return ratio;
  };
  return {
    head: (what: string, more: readonly string[] = []) => say(`\n${row([what, ...heads, "ratio", ...more], 66)}`),
    /** `more` is only told: nothing is judged by it. */
    tell(what: string, took: readonly number[], more: readonly number[] = []): void {
      if (!(write(what, took, more) <= ratioMax)) tooDear.push(what);
    },
    /** What counts everything there is grows with it: said, and bound by nothing. */
    mention(what: string, took: readonly number[]): void {
      write(what, took);
    },
    /** After the same measure over what it has to catch: rows that are skipped one by one. */
    end(skipping: readonly number[]): void {
      say("");
      if (!(write("saboteur: OFFSET to the middle", skipping) > ratioMax))
        tooDear.push("the measure does not tell OFFSET from a cursor");
      const isFine = tooDear.length === 0;
      say(isFine ? `\nNothing costs more than ${ratioMax} times as much.` : `\nMore than ${ratioMax} times as much:`);
      for (const what of tooDear) say(`  ${what}`);
      if (!isFine) process.exitCode = 1;
    },
  };
}
