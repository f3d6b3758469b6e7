// What statements cost, as the database counts it.
import { env } from "cloudflare:test";
import * as z from "zod";
import { pipelineUrl } from "../../db/database.ts";
import { encodeBatch } from "../../db/hrana.ts";
import type { Statement } from "../../db/statement.ts";

const Counted = z.object({
  results: z.tuple([
    z.object({
      response: z.object({
        result: z.object({ step_results: z.array(z.object({ rows_read: z.number() }).nullable()) }),
      }),
    }),
    z.unknown(),
  ]),
});

/** All that these read, as the database counts it. */
export async function rowsRead(statements: readonly Statement<unknown>[]): Promise<number> {
  const response = await fetch(pipelineUrl(String(env.DATABASE_URL)), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: encodeBatch(statements, "read"),
  });
  const [{ response: answer }] = Counted.parse(await response.json()).results;
  return answer.result.step_results.reduce((sum, step) => sum + (step?.rows_read ?? 0), 0);
}
