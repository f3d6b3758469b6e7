import { sql } from "drizzle-orm";
import { refcheck, reference } from "../../db/schema/index.ts";
import { build, must, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { RefcheckId } from "../kernel/ids.ts";
import type { CandidateScope } from "../kernel/scope.ts";
import { namedStatuses } from "../reference/machine.ts";

type NewReference = Omit<typeof reference.$inferInsert, "organizationId">;

/** One person is asked once. */
export function insertReference({ organizationId }: CandidateScope, values: NewReference): Statement<number> {
  return unlessTaken(run(build.insert(reference).values({ ...values, organizationId })), "reference_named");
}

/** Whoever answers, or has, and one more: no more than may be asked. */
export function mustHaveRoom(refcheckId: RefcheckId): Statement<void> {
  const counts = sql`(select count(*) from ${reference} where ${reference.refcheckId} = ${refcheckId} and ${reference.status} in (select value from json_each(${JSON.stringify(namedStatuses)})))`;
  return must(
    sql`exists (select 1 from ${refcheck} where ${refcheck.id} = ${refcheckId} and ${counts} < ${refcheck.referencesRequired} + ${refcheck.referencesOptional})`,
    "references_full",
  );
}
