// What HR sees of reference checks (reference-checks, HR manager cabinet): the list, one in full, and what has happened to it.
import { after, dayMs } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { isRefcheck, referencesOf, staffRefcheck, tendSoon, toRefcheck } from "../refcheck/actions.ts";
import type {
  ListRefcheckEvents,
  ListRefchecks,
  RefcheckIn,
  RefcheckInFull,
  RefcheckPage,
  RefcheckSummary,
  SummarizeRefchecks,
} from "../refcheck/contract.ts";
import { toReference } from "../reference/policy.ts";
import { signalsOf, toSignal } from "../signal/actions.ts";
import { summedUp } from "./policy.ts";
import * as store from "./store.ts";

/** With its references, how far each is, and what is to be looked at. Refuses with `not_found`. */
export async function getRefcheck(deps: Deps, scope: MemberScope, { refcheckId }: RefcheckIn): Promise<RefcheckInFull> {
  const { shown, references, signals } = await deps.db.read({
    shown: staffRefcheck(scope, refcheckId),
    references: referencesOf(scope, refcheckId),
    signals: signalsOf(scope, isRefcheck(refcheckId)),
  });
  if (!shown) return refuse("not_found");
  tendSoon(deps, shown);
  const refcheck = toRefcheck(shown, scope, deps.now());
  return {
    ...refcheck,
    references: references.map((reference) => toReference(reference, shown.progress, "member")),
    signals: signals.map((signal) => toSignal(signal, shown.candidate, references)),
  };
}

/**
 * How far a page goes: how many it looks at, more where a text is searched; and how many that are late, and not written down, it takes and
 * sorts (decision 024).
 */
export const reach = { looksMax: 1_000, searchedMax: 2_000, lateMax: 200 };

/**
 * The organization's, newest first; to a hiring manager, those of the teams they are in. With filters that few pass a page can end early: where
 * it stopped looking, the next goes on.
 */
export async function listRefchecks(
  deps: Deps,
  scope: MemberScope,
  input: ListRefchecks,
  goes = reach,
): Promise<RefcheckPage> {
  const [before = null] = keysOfCursor("refchecks", input.cursor, ["string"]) ?? [];
  const now = deps.now();
  const looksMax = input.search === undefined ? goes.looksMax : goes.searchedMax;
  const asked = { input, before, now, looksMax, lateMax: goes.lateMax };
  const { rows, stop, ...told } = await deps.db.read({
    ...store.listRefchecks(scope, asked),
    ...(input.withSummary && summaryRead(scope, input, now)),
  });
  const { items, nextCursor } = toPage(rows, input.size, ({ id }) => encodeCursor("refchecks", [id]));
  return {
    items: items.map((row) => toRefcheck(row, scope, now)),
    nextCursor: nextCursor ?? (stop ? encodeCursor("refchecks", [stop]) : null),
    ...(told.counts && { summary: summedUp(told.counts, told.median ?? null, input) }),
  };
}

/** Of so many, the newest, the median is told. */
const judgedMax = 1_000;
const soonMs = 2 * dayMs;

function summaryRead(scope: MemberScope, input: SummarizeRefchecks, now: Date) {
  return {
    counts: store.countRefchecks(scope, input, { now, soon: after(now, soonMs) }),
    median: store.medianToComplete(scope, input, judgedMax),
  };
}

/** What all that pass the filters come to: how many stand where, whose turn it is, and how long it takes (reference-checks, HR manager cabinet). */
export async function summarizeRefchecks(
  deps: Deps,
  scope: MemberScope,
  input: SummarizeRefchecks,
): Promise<RefcheckSummary> {
  const { counts, median } = await deps.db.read(summaryRead(scope, input, deps.now()));
  return summedUp(counts, median, input);
}

/** In the order in which it happened. Refuses with `not_found`. */
export async function listRefcheckEvents(deps: Deps, scope: MemberScope, input: ListRefcheckEvents) {
  const { refcheckId, size } = input;
  const [since = 0] = keysOfCursor("refcheck events", input.cursor, ["number"]) ?? [];
  const { shown, rows } = await deps.db.read({
    shown: staffRefcheck(scope, refcheckId),
    rows: store.eventsOf(scope, refcheckId, since, size),
  });
  if (!shown) return refuse("not_found");
  return toPage(rows, size, ({ version }) => encodeCursor("refcheck events", [version]));
}
