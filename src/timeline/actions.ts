// Everything that happened to a candidate, in one list (applicant-tracking).
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { safeName } from "../kernel/files.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { isSeenCandidate } from "../sight/actions.ts";
import type { ShowTimeline, TimelineEntry, TimelinePage } from "./contract.ts";
import * as store from "./store.ts";

/** So many entries a page looks at where not all of them are shown. */
export const reach = { looksMax: 1_000 };

/** A file under the name by which it is downloaded. */
function shownEntry(entry: TimelineEntry): TimelineEntry {
  if (entry.kind !== "document" || entry.file === null) return entry;
  const { type, fileName } = entry.file;
  return { ...entry, file: { ...entry.file, fileName: safeName(type, fileName) } };
}

/**
 * What this member may see of it, in the order in which it happened, from either end, one round trip however long it is. By `kinds`, and for
 * whoever does not see all, a page can end early: where it stopped looking, the next goes on. Refuses with `not_found`.
 */
export async function showTimeline(
  deps: Deps,
  scope: MemberScope,
  { candidateId, cursor, size, ...input }: ShowTimeline,
  { looksMax } = reach,
): Promise<TimelinePage> {
  const order = `timeline ${input.direction}`;
  const after = keysOfCursor(order, cursor, ["number", "number", "string"]);
  const { isSeen, rows, stop } = await deps.db.read({
    isSeen: isSeenCandidate(scope, candidateId),
    ...store.entriesOf(scope, candidateId, { ...input, after, take: size + 1, looksMax }),
  });
  if (!isSeen) return refuse("not_found");
  const { items, nextCursor } = toPage(rows, size, ({ place }) => encodeCursor(order, place));
  return {
    items: items.map(({ entry }) => shownEntry(entry)),
    nextCursor: nextCursor ?? (stop ? encodeCursor(order, stop) : null),
  };
}
