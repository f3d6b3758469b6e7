// The same question of two installations that differ in nothing but how much is in them.
import { randomBytes } from "node:crypto";
import { pipelineUrl } from "../../db/database.ts";
import type { Question } from "./arrange.ts";
import { median, row, say, startOne, targetOf } from "./bed.ts";
import { ask, type Target } from "./load.ts";

export const calls = Number(process.env.BENCH_CALLS ?? 200);

export type Installation = {
  readonly url: string;
  readonly databaseUrl: string;
  readonly target: Target;
  readonly database: Target;
};

export async function installed(name: string, code: string): Promise<Installation> {
  const secret = { SEALING_SECRET: randomBytes(32).toString("base64url") };
  const anteroom = await startOne(name, { code, environment: secret });
  const { url, databaseUrl } = anteroom;
  const database = targetOf(`database of the ${name}`, databaseUrl, anteroom.sqld ?? {}, 1);
  return { url, databaseUrl, database, target: targetOf(name, url, anteroom.worker(), 1) };
}

export type Asked = readonly [Target, Question];

/** The median of each, asked in turns, so that whatever else the machine does falls on all of them. */
export async function timed(asked: readonly Asked[]): Promise<number[]> {
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
  const write = (what: string, [small = Number.NaN, large = Number.NaN]: readonly number[]): number => {
    const ratio = large / small;
    say(row([what, small.toFixed(2), large.toFixed(2), ratio.toFixed(2)], 66));
    return ratio;
  };
  return {
    head: (what: string) => say(`\n${row([what, ...heads, "ratio"], 66)}`),
    tell(what: string, took: readonly number[]): void {
      if (!(write(what, took) <= ratioMax)) tooDear.push(what);
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
