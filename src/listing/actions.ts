// What staff look at: one interview, pages of them, and what happened to one.
import { settleSoon, toInterview } from "../interview/actions.ts";
import type { InterviewIn, ListEvents, ListInterviews } from "../interview/contract.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import * as store from "./store.ts";

export async function getInterview(deps: Deps, scope: MemberScope, { interviewId }: InterviewIn) {
  const { row } = await deps.db.read({ row: store.interviewById(scope, interviewId) });
  if (!row) return refuse("not_found");
  settleSoon(deps, row);
  return toInterview(row, deps.now());
}

/** For who shows interviews as lists do. */
export const listedInterviews = store.listedInterviews;

/**
 * How far a list goes: the count it tells, how many it sorts where few can be meant, and how many it looks at where they are many; fewer where
 * each has to be judged by its ratings (decision 021).
 */
export const reach = { totalMax: 1_000, fewMax: 5_000, looksMax: 10_000, judgedLooksMax: 3_500 };

/**
 * Interviews the member may see; filters and sorts as given, one round trip however deep the page and however large the organization. With
 * filters that few pass a page can end early: where it stopped looking, the next goes on.
 */
export async function listInterviews(deps: Deps, scope: MemberScope, input: ListInterviews, goes = reach) {
  const now = deps.now();
  const order = `${input.sort} ${input.direction}`;
  const after = keysOfCursor(order, input.cursor, [input.sort === "name" ? "string" : "number", "string"]);
  const seesAll = hasAtLeast(scope.access, "recruiter");
  const isJudged = input.evaluationStatus !== undefined || input.myEvaluationStatus !== undefined;
  const looksMax = isJudged ? goes.judgedLooksMax : goes.looksMax;
  const found = await deps.db.read(store.listInterviews(scope, { input, now, after, seesAll, ...goes, looksMax }));
  const { items, nextCursor } = toPage(found.rows, input.size, (row) => encodeCursor(order, [row.key, row.id]));
  const stop = found.stop?.[0];
  const count = found.total?.[0]?.count;
  return {
    items: items.map((row) => toInterview(row, now)),
    nextCursor: nextCursor ?? (stop ? encodeCursor(order, [stop.key, stop.id]) : null),
    total:
      count === undefined
        ? null
        : { count: Math.min(count, goes.totalMax), isCapped: count > goes.totalMax || stop !== undefined },
  };
}

/** What happened, from the beginning. History is never edited. */
export async function listEvents(deps: Deps, scope: MemberScope, input: ListEvents) {
  const [afterVersion = 0] = keysOfCursor("events", input.cursor, ["number"]) ?? [];
  const { seen, rows } = await deps.db.read({
    seen: store.interviewById(scope, input.interviewId),
    rows: store.eventsOf(scope, input.interviewId, afterVersion, input.size),
  });
  if (!seen) return refuse("not_found");
  return toPage(rows, input.size, (row) => encodeCursor("events", [row.version]));
}
