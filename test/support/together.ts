// A database for tests by the thousand: what is asked of it in one moment goes over the wire as one. Every statement is run as it is; only
// where a transaction begins and ends is another, and where one of those that were written together is refused, each is written by itself.
import type { Database } from "../../db/database.ts";
import type { Statement } from "../../db/statement.ts";

type Statements = readonly Statement<unknown>[];
type Run = (statements: Statements) => Promise<readonly unknown[]>;
type Waiting = {
  readonly statements: Statements;
  readonly resolve: (results: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
};

async function settled(waiting: readonly Waiting[], run: Run): Promise<void> {
  try {
    const results = await run(waiting.flatMap(({ statements }) => statements));
    let from = 0;
    for (const { statements, resolve } of waiting) {
      resolve(results.slice(from, from + statements.length));
      from += statements.length;
    }
  } catch (error) {
    const [only, ...others] = waiting;
    if (others.length === 0) return only?.reject(error);
    for (const one of waiting) await settled([one], run);
  }
}

function gathering(run: Run): Run {
  let waiting: Waiting[] = [];
  const flush = () => {
    const gathered = waiting;
    waiting = [];
    void settled(gathered, run);
  };
  return (statements) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setTimeout(flush, 0);
      waiting.push({ statements, resolve, reject });
    });
}

export function together(db: Database): Database {
  const read = gathering(async (statements) => Object.values(await db.read(Object.fromEntries(statements.entries()))));
  const write = gathering((statements) => db.write(statements));
  return {
    ...db,
    async read(asked) {
      const results = await read(Object.values(asked));
      return Object.fromEntries(Object.keys(asked).map((name, nth) => [name, results[nth]])) as never;
    },
    write: async (sentence) => (await write(sentence)) as never,
  };
}
