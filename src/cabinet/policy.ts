// What many refchecks come to: whatever is past its deadline counts as expired, written down or not. Pure.
import type { RefcheckSummary, SummarizeRefchecks } from "../refcheck/contract.ts";
import { type Progress, type RefcheckStatus, refcheckStatuses, waits } from "../refcheck/machine.ts";

/** So many of one written status, and how far they are beneath it; how many of them are past their deadline, or will be soon. */
export type Counted = {
  readonly status: RefcheckStatus;
  readonly progress: Progress;
  readonly count: number;
  readonly past: number;
  readonly soon: number;
};

export function summedUp(
  counted: readonly Counted[],
  median: number | null,
  { status: only }: SummarizeRefchecks,
): RefcheckSummary {
  const statuses = Object.fromEntries(refcheckStatuses.map((status) => [status, 0])) as Record<RefcheckStatus, number>;
  const waitingOn = { candidate: 0, references: 0, team: 0 };
  let dueSoon = 0;
  for (const { status, progress, count, past, soon } of counted) {
    const late = waits(progress) ? past : 0;
    const isMeant = only === undefined || only === status;
    if (only === undefined || only === "expired") statuses.expired += late;
    if (!isMeant) continue;
    const left = count - late;
    statuses[status] += left;
    if (status === "needs_attention") waitingOn.team += left;
    if (progress === "awaiting_candidate") waitingOn.candidate += left;
    else if (waits(progress)) waitingOn.references += left;
    if (waits(progress)) dueSoon += soon - late;
  }
  const total = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  const medianToCompleteMs = only === undefined || only === "completed" ? median : null;
  return { total, statuses, waitingOn, overdue: statuses.expired, dueSoon, medianToCompleteMs };
}
