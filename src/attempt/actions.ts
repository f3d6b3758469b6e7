// How often something was tried, counted in the caller's own write: in the database, so that a restart forgets nothing,
// and in one statement, so that no number of parallel callers gets past the limit.
import type { Statement } from "../../db/statement.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Limit, networkFactor, networkOf, type TargetLimit } from "./policy.ts";
import * as store from "./store.ts";

export type Attempt = {
  /** Go first in a write: past the limit nothing after them happens, and the caller is refused with `slow_down`. */
  readonly counted: readonly Statement<unknown>[];
  /**
   * After a success the target starts anew, for whoever had it; the network does not, or one known password would buy
   * endless guesses.
   */
  readonly forgotten: readonly Statement<number>[];
};

/**
 * One try at `target` (an address, an account, a link), counted against the caller's network, against the target from
 * there, and against the target. What one of them refuses counts with none.
 */
export function attemptAt(deps: Deps, limit: TargetLimit, target: string): Attempt {
  const now = deps.now();
  const { max, maxInAll, windowMs } = limit;
  const network = deps.sealer.blind(`attempt ${limit.name} network`, hereOf(deps));
  return {
    counted: [
      ...store.countAttempt(network, { max: max * networkFactor, windowMs }, now),
      ...store.countAttempt(keyFromHere(deps, limit, target), { max, windowMs }, now),
      ...store.countAttempt(targetKey(deps, limit, target), { max: maxInAll, windowMs }, now),
    ],
    forgotten: forgetAttemptsAt(deps, limit, target),
  };
}

/** So many times more under this key alone, whatever the network: for what a signed-in person may do so often. */
export function countTowards(deps: Deps, limit: Limit, key: string, times: number): Statement<unknown>[] {
  return store.countAttempt(targetKey(deps, limit, key), { ...limit, times }, deps.now());
}

/** Of these keys those under which there may be no more now. For looking beforehand: what counts is counted in the write. */
export function exhausted(deps: Deps, limit: Limit, keys: readonly string[]): Statement<ReadonlySet<string>> {
  const keyOfHash = new Map(keys.map((key) => [targetKey(deps, limit, key), key]));
  const statement = store.exhausted([...keyOfHash.keys()], limit.max, deps.now());
  return {
    ...statement,
    read: (result) => new Set(statement.read(result).flatMap(({ key }) => keyOfHash.get(key) ?? [])),
  };
}

/** For another way to the same success: who has just set a new password may sign in with it. */
export function forgetAttemptsAt(deps: Deps, limit: Limit, target: string): Statement<number>[] {
  return [keyFromHere(deps, limit, target), targetKey(deps, limit, target)].map(store.forgetAttempts);
}

/** Blinded: the table keeps no address of a person or a network, nor anything they could be guessed from. */
function targetKey(deps: Deps, limit: Limit, target: string): string {
  return deps.sealer.blind(`attempt ${limit.name} target`, target);
}

/** Where no edge says from where somebody comes, all come from here. */
const hereOf = ({ caller }: Deps) => networkOf(caller.ip ?? "local");

/** The same of what is tried from the caller's network. */
function keyFromHere(deps: Deps, limit: Limit, target: string): string {
  return deps.sealer.blind(`attempt ${limit.name} target from`, `${hereOf(deps)} ${target}`);
}

export const forgetPastWindows = store.forgetPastWindows;
