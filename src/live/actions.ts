// What has changed since a member last asked. The order is the database's own: numbers are given within the transaction that changes, so
// that nothing can appear later with a number that somebody has gone past.
import { toInterview } from "../interview/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor } from "../kernel/page.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import type { Change, Changes, ChangesSince } from "./contract.ts";
import * as store from "./store.ts";

const order = "changes";
const lookAgain: Change = { kind: "look_again", projectId: null };

/**
 * What has changed of the interviews the member sees after the cursor, in order, each as it stands now. One round trip. Refuses with `bad_input`
 * a cursor that is none, or another organization's.
 */
export async function changesSince(deps: Deps, scope: MemberScope, input: ChangesSince): Promise<Changes> {
  const { organizationId } = scope;
  const cursorAt = (sequence: number) => encodeCursor(order, [organizationId, sequence]);
  const [madeFor = organizationId, after] = keysOfCursor(order, input.cursor, ["string", "number"]) ?? [];
  if (madeFor !== organizationId) return refuse("bad_input", { field: "cursor" });
  if (after === undefined) {
    const { last } = await deps.db.read({ last: store.lastChange(scope) });
    return { items: [], cursor: cursorAt(last), isMore: false };
  }
  const seesAll = hasAtLeast(scope.access, "recruiter");
  const { size, projectId } = input;
  const { entries, interviews, last } = await deps.db.read({
    ...store.changesAfter(scope, { after, size, seesAll, projectId }),
    last: store.lastChange(scope),
  });
  // Ahead of the last: the database is an older one, put back after an accident. What was changed since then is not known.
  if (after > last) return { items: [lookAgain], cursor: cursorAt(last), isMore: false };
  const now = deps.now();
  const rows = new Map<string, (typeof interviews)[number]>(interviews.map((row) => [row.id, row]));
  const page = entries.slice(0, size);
  const isMore = entries.length > size;
  return {
    items: page.map(({ kind, subject, projectId: about }): Change => {
      const row = rows.get(subject);
      if (row) return { kind: "changed", interview: toInterview(row, now) };
      if (kind === "project") return { kind: "look_again", projectId: about };
      return kind === "member" ? lookAgain : { kind: "gone", interviewId: subject as InterviewId };
    }),
    cursor: cursorAt(isMore ? (page.at(-1)?.sequence ?? after) : last),
    isMore,
  };
}
