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

const totalMax = 1_000;

/** Interviews the member may see; filters and sorts as given, one round trip however deep the page. */
export async function listInterviews(deps: Deps, scope: MemberScope, input: ListInterviews) {
  const now = deps.now();
  const order = `${input.sort} ${input.direction}`;
  const keys = keysOfCursor(order, input.cursor, [input.sort === "name" ? "string" : "number", "string"]);
  const seesAll = hasAtLeast(scope.access, "recruiter");
  const asked = { input, now, after: keys, seesAll, totalMax };
  const { rows, total } = store.listInterviews(scope, asked);
  const found = keys === null ? await deps.db.read({ rows, total }) : { ...(await deps.db.read({ rows })), total: [] };
  const page = toPage(found.rows, input.size, (row) => encodeCursor(order, [row.key, row.id]));
  const count = found.total[0]?.count;
  return {
    items: page.items.map((row) => toInterview(row, now)),
    nextCursor: page.nextCursor,
    total: count === undefined ? null : { count: Math.min(count, totalMax), isCapped: count > totalMax },
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
