import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { ReferenceId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { happened, isRefcheck, mustBeAble, refcheckForStep, settled, writtenStep } from "../refcheck/actions.ts";
import type { Refcheck } from "../refcheck/contract.ts";
import type { ResolveSignals, Signal } from "./contract.ts";
import { toldOf } from "./policy.ts";
import * as store from "./store.ts";

/** For slices that show a refcheck: the statement of their own read. */
export const signalsOf = store.signalsOf;

export type SignalRow = ReturnType<ReturnType<typeof store.signalsOf>["read"]>[number];
type Person = { readonly firstName: string; readonly lastName: string };

const nameOf = ({ firstName, lastName }: Person) => `${firstName} ${lastName}`;

/** In words, with the names of those it is about. */
export function toSignal(
  row: SignalRow,
  candidate: Person,
  references: readonly (Person & { readonly id: ReferenceId })[],
): Signal {
  const named = (id: ReferenceId | null) => nameOf(references.find((reference) => reference.id === id) ?? candidate);
  const { kind, facts, referenceId, otherReferenceId } = row;
  return { ...row, ...toldOf(kind, facts, { who: named(referenceId), other: named(otherReferenceId) }) };
}

/**
 * Says of signals what came of looking at them; with the last one the refcheck stands where its references have brought it. Refuses with `not_found` what
 * is none of this refcheck's, with `signal_settled` what somebody has looked at before or what is not so any more, and with `moved_on`.
 */
export async function resolveSignals(
  deps: Deps,
  scope: MemberScope,
  { refcheckId, signalIds, note }: ResolveSignals,
): Promise<Refcheck> {
  const { row, signals } = await deps.db.read({
    row: refcheckForStep(scope, refcheckId),
    signals: store.signalsOf(scope, isRefcheck(refcheckId)),
  });
  if (!row) return refuse("not_found");
  mustBeAble(deps, row, "resolve", "member");
  for (const id of signalIds) {
    const signal = signals.find((one) => one.id === id) ?? refuse("not_found");
    if (signal.resolvedAt !== null || signal.withdrawnAt !== null) refuse("signal_settled", { signalId: id });
  }
  return writtenStep(deps, scope, refcheckId, [
    ...store.resolveSignals(scope, refcheckId, { signalIds, note }, deps.now()),
    ...settled(happened(deps, row, "resolve", { kind: "member", id: scope.memberId, why: note })),
  ]);
}
