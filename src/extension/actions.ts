// More time for everybody in a project who still has something to do: a job of many small writes, each of which says how far it has come.
import type { Statement } from "../../db/statement.ts";
import { movedLetters, type Row, rulesOf, stillManages, written } from "../interview/actions.ts";
import { advance, statusAt, type Taken } from "../interview/machine.ts";
import { mustManage } from "../interview/policy.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { Refused, refuse } from "../kernel/errors.ts";
import type { ExtensionId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import { type MemberScope, systemScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { projectForInviting } from "../project/actions.ts";
import type {
  Extension,
  ExtensionIn,
  ExtensionPreview,
  ListExtensions,
  PreviewExtension,
  StartExtension,
  Step,
} from "./contract.ts";
import { countMax, crowdMax, examplesMax, extended, leaseMs, runMs, stepOf } from "./policy.ts";
import * as store from "./store.ts";

function totalOf(count: number) {
  return { count: Math.min(count, countMax), isCapped: count > countMax };
}

function toExtension(row: store.ExtensionRow): Extension {
  const { by } = row;
  return {
    ...row,
    by: by.to === "later" ? by : { to: "instant", deadlineAt: new Date(by.deadlineMs) },
    open: totalOf(row.openCount),
  };
}

async function counted(deps: Deps, scope: MemberScope, { projectId, by }: PreviewExtension) {
  const now = deps.now();
  const step = stepOf(by, now);
  const found = await deps.db.read({
    project: projectForInviting(scope, projectId),
    ...store.openCounts(scope, projectId, step, now),
    first: store.firstToMove(scope, projectId, step, now, examplesMax),
  });
  if (!found.project) return refuse("not_found");
  mustManage({ manages: found.project.mayManage });
  return { ...found, step, now };
}

/** What an extension would come to, without changing anything. Refuses with `not_found`, `not_allowed`, `deadline_in_past`. */
export async function previewExtension(
  deps: Deps,
  scope: MemberScope,
  input: PreviewExtension,
): Promise<ExtensionPreview> {
  const { open, moves, first, step } = await counted(deps, scope, input);
  return {
    open: totalOf(open),
    moves: totalOf(moves),
    examples: first.flatMap(({ before, ...whose }) => {
      const deadlineAt = extended(before, step);
      return before === null || deadlineAt === null ? [] : [{ ...whose, before, after: deadlineAt }];
    }),
  };
}

/**
 * Gives every interview of the project that is open now more time, and nobody less. Answers at once; the work is done a crowd at a time, as
 * the one who started it, and goes on after whatever interrupts it. Refuses with `not_found`, `not_allowed`, `deadline_in_past`,
 * `extension_running`.
 */
export async function startExtension(deps: Deps, scope: MemberScope, input: StartExtension): Promise<Extension> {
  const { open, step, now } = await counted(deps, scope, input);
  const row: store.ExtensionRow = {
    ...{ id: deps.newId("ext"), organizationId: scope.organizationId, projectId: input.projectId },
    ...{ startedBy: scope.memberId, by: step, why: input.why ?? null, status: "running", endedWhy: null },
    ...{ openCount: open, moved: 0, leftAlone: 0, doneCreatedAt: null, doneId: null },
    ...{ leasedUntil: after(now, leaseMs), createdAt: now, endedAt: null },
  };
  await deps.db.write([stillManages(scope, input.projectId), store.insertExtension(row)]);
  deps.afterwards("extend", (system) => workOn(system, row.id));
  return toExtension(row);
}

/** How far it has come. Refuses with `not_found`. */
export async function getExtension(deps: Deps, scope: MemberScope, { extensionId }: ExtensionIn): Promise<Extension> {
  const { row } = await deps.db.read({ row: store.extensionById(scope, extensionId) });
  return row ? toExtension(row) : refuse("not_found");
}

/** A project's extensions, the newest first. */
export async function listExtensions(deps: Deps, scope: MemberScope, input: ListExtensions) {
  const [before = null] = keysOfCursor("extensions", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({ rows: store.listExtensions(scope, input, before) });
  const page = toPage(rows, input.size, (row) => encodeCursor("extensions", [row.id]));
  return { ...page, items: page.items.map(toExtension) };
}

/** Stops it where it stands; what was moved stays moved. Refuses with `not_found`, `not_allowed`, and `moved_on` once it is over. */
export async function cancelExtension(
  deps: Deps,
  scope: MemberScope,
  { extensionId }: ExtensionIn,
): Promise<Extension> {
  const { row } = await deps.db.read({ row: store.extensionById(scope, extensionId) });
  if (!row) return refuse("not_found");
  const [, , , ended] = await deps.db.write([
    stillManages(scope, row.projectId),
    ...store.cancelExtension(scope, extensionId, null, deps.now()),
    store.extensionById(scope, extensionId),
  ]);
  return ended ? toExtension(ended) : refuse("not_found");
}

/** Jobs one sweep goes on with. */
const resumedMax = 10;

/** Called by cron every minute: goes on with what was cut short. */
export async function resumeExtensions(deps: Deps): Promise<void> {
  const { waiting } = await deps.db.read({ waiting: store.waitingExtensions(systemScope, deps.now(), resumedMax) });
  for (const { id } of waiting) await workOn(deps, id);
}

/** Works on a job until it is over, somebody else works on it, or the time of one run is up. */
export async function workOn(deps: Deps, extensionId: ExtensionId, size = crowdMax): Promise<void> {
  const until = after(deps.now(), runMs);
  for (let crowd = size; deps.now() < until; ) {
    const { job } = await deps.db.read({ job: store.extensionById(systemScope, extensionId) });
    if (job?.status !== "running") return;
    const worked = await moveCrowd(deps, job, crowd);
    if (worked === "over") return;
    // Somebody was at one of them meanwhile, or at the job: in halves, until only that one is looked at again.
    crowd = worked === "refused" ? Math.max(1, Math.floor(crowd / 2)) : Math.min(size, crowd * 2);
  }
}

async function moveCrowd(deps: Deps, job: store.ExtensionRow, size: number): Promise<"moved" | "refused" | "over"> {
  const { rows } = await deps.db.read({ rows: store.nextCrowd(job, size) });
  const now = deps.now();
  const crowd = rows.toSorted(inOrderOfCreation);
  const last = crowd.at(-1)?.interview;
  const place = last
    ? { doneCreatedAt: last.createdAt, doneId: last.id }
    : { doneCreatedAt: job.doneCreatedAt, doneId: job.doneId };
  const steps = crowd.map((row) => movedBy(job.by, row, now));
  const moved = steps.filter((taken) => taken.length > 0).length;
  const author = { kind: "member", memberId: job.startedBy } as const;
  const why = job.why ?? undefined;
  const letters = await Promise.all(crowd.map((row, nth) => movedLetters(deps, row, steps[nth] ?? [])));
  try {
    await deps.db.write([
      ...store.progressTo(job, { place, moved, leftAlone: crowd.length - moved, isLast: crowd.length < size }, now),
      store.starterStillManages(job),
      ...crowd.flatMap((row, nth): Statement<unknown>[] =>
        written(deps, row, steps[nth] ?? [], { scope: author, why }),
      ),
      ...letters.flat(),
    ]);
    if (letters.some((own) => own.length > 0)) drainSoon(deps);
    return crowd.length < size ? "over" : "moved";
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.reason !== "not_allowed") return "refused";
    await deps.db.write(store.cancelExtension(systemScope, job.id, error.reason, now));
    return "over";
  }
}

function inOrderOfCreation({ interview: one }: Row, { interview: other }: Row): number {
  return one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);
}

/** Nothing for one that is over by now, has that much time anyway, or cannot have this deadline. */
function movedBy(by: Step, row: Row, now: Date): readonly Taken[] {
  const { interview } = row;
  const deadlineAt = extended(interview.deadlineAt, by);
  if (deadlineAt === null || statusAt(interview, now) !== interview.status) return [];
  try {
    return advance(interview, rulesOf(row), { verb: "set_deadline", who: "member", now, deadlineAt });
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}
