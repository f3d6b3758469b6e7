// A running interview's lease. What it waits for moves on with every sign of the candidate; the alarm stays where it was set,
// comes early, and sets itself again.
import type { Statement } from "../../db/statement.ts";
import { settleSoon } from "../interview/actions.ts";
import type { Accommodations, InterviewIn, Presence } from "../interview/contract.ts";
import { endsAt, keepAliveSeconds, presenceOf, type Rules, type State, seen, statusAt } from "../interview/machine.ts";
import { rulesFor } from "../interview/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import type { CandidateScope } from "../kernel/scope.ts";
import type { KeptAlive } from "./contract.ts";
import * as store from "./store.ts";

export type Running = Pick<
  State,
  "status" | "version" | "deadlineAt" | "startedAt" | "seenAt" | "dueAt" | "dueVerb"
> & {
  readonly id: InterviewId;
  readonly rules: Rules | null;
  readonly accommodations: Accommodations;
};

/** For slices in which a running interview is met: what they read of it. */
export const runningColumns = store.runningColumns;
export const running = store.running;

/** How long whoever asks may go on, and how long they may be silent. Nothing of it once the interview does not run. */
export function leaseOf(running: Running, now: Date): { endsAt: Date | null; presence: Presence | null } {
  const none = { endsAt: null, presence: null };
  if (statusAt(running, now) !== "interviewing" || running.rules === null) return none;
  const rules = rulesFor(running, running.rules);
  const lease = presenceOf(running, rules);
  return { endsAt: endsAt(running, rules), presence: lease && { keepAliveSeconds, ...lease } };
}

type Seen = { readonly running: Running; readonly statements: readonly Statement<number>[] };

/** A sign of the candidate: for the caller's own write, and how the interview stands after it. */
export function signOf(scope: CandidateScope, running: Running, now: Date): Seen {
  const moved = running.rules && seen(running, rulesFor(running, running.rules), now);
  if (!moved) return { running, statements: [] };
  const statement = store.noteSeen(scope, { interviewId: running.id, version: running.version }, moved);
  return { running: { ...running, ...moved }, statements: [statement] };
}

/**
 * The candidate is there. Called every `keepAliveSeconds` while interviewing; refuses with `not_found` only, and tells how the interview
 * stands.
 */
export async function keepAlive(deps: Deps, scope: CandidateScope, { interviewId }: InterviewIn): Promise<KeptAlive> {
  const { found } = await deps.db.read({ found: store.running(scope, interviewId) });
  if (!found) return refuse("not_found");
  settleSoon(deps, found);
  const now = deps.now();
  const [sign] = signOf(scope, found, now).statements;
  if (!sign) return stands(found, now);
  const [, current] = await deps.db.write([sign, store.running(scope, interviewId)]);
  return stands(current ?? found, now);
}

function stands(running: Running, now: Date): KeptAlive {
  return { interviewId: running.id, status: statusAt(running, now), ...leaseOf(running, now) };
}
