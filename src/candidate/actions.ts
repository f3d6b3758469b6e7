// The person behind an interview. One person is one candidate in an organization, known by their e-mail address.
import { attemptAt } from "../attempt/actions.ts";
import { revokeAskedFor } from "../identity/actions.ts";
import { limits, mustBeStrong } from "../identity/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { CandidateScope, MemberScope } from "../kernel/scope.ts";
import { hashPassword, passwordMatches } from "../kernel/secret.ts";
import type { Language } from "../kernel/shapes.ts";
import { revokeOtherSessions } from "../session/actions.ts";
import type { ChangeOwnPassword, EditOwnRecord, OwnRecord } from "./contract.ts";
import * as store from "./store.ts";

/** For the reads and writes of other slices. */
export const candidateByEmail = store.candidateByEmail;
export const idByEmail = store.idByEmail;
export const insertCandidate = store.insertCandidate;
export const setFirstPassword = store.setFirstPassword;
export const addressStands = store.addressStands;
export const correctEmail = store.correctEmail;
export const personBehind = store.personBehind;

type NewCandidate = {
  email: string;
  firstName: string;
  lastName: string;
  phone?: string | null | undefined;
  language: Language;
  timeZone: string;
  /** Where the organization is, if they are new. */
  appliedDate: string;
};

/** The candidate with this address, or a new one; and the statement that holds them to it, or adds them. */
export function knownOrNew(
  deps: Deps,
  scope: MemberScope,
  known: store.CandidateRow | undefined,
  values: NewCandidate,
) {
  if (known) {
    const { phone = null } = values;
    const learned = phone !== null && known.phone === null ? [store.keepPhone(scope, known.id, phone)] : [];
    return { candidate: known, statements: [store.addressStands(known.id, known.email), ...learned] };
  }
  const reachable = { emailStatus: "ok" as const, emailDeadSince: null };
  const candidate = { ...values, ...reachable, id: deps.newId("cnd"), createdAt: deps.now() };
  return { candidate, statements: [store.insertCandidate(scope, candidate)] };
}

function toOwnRecord({ passwordHash, ...row }: store.CandidateRow): OwnRecord {
  const { id, email, firstName, lastName, phone, language, timeZone } = row;
  return { id, email, firstName, lastName, phone, language, timeZone, hasPassword: passwordHash !== null };
}

/** What the organization keeps of the candidate as a person. */
export async function showOwnRecord(deps: Deps, scope: CandidateScope): Promise<OwnRecord> {
  const { found } = await deps.db.read({ found: store.ownRecord(scope) });
  return found ? toOwnRecord(found) : refuse("not_found");
}

/** The language and the zone of letters to come, and their phone number. Changes what is given and leaves the rest. */
export async function editOwnRecord(deps: Deps, scope: CandidateScope, input: EditOwnRecord): Promise<OwnRecord> {
  const [changed] = await deps.db.write([store.updateOwnRecord(scope, input)]);
  return changed ? toOwnRecord(changed) : refuse("not_found");
}

/**
 * Sets a new password and ends the candidate's other sessions and every link they asked for. Refuses with `wrong_password` (also where none is set: the
 * first is set by confirming an interview), `weak_password`, `slow_down`.
 */
export async function changeOwnPassword(deps: Deps, scope: CandidateScope, input: ChangeOwnPassword) {
  const attempt = attemptAt(deps, limits.changePassword, scope.candidateId);
  const [found] = await deps.db.write([store.ownRecord(scope), ...attempt.counted]);
  const known = found?.passwordHash ?? null;
  const matches = await passwordMatches(input.current, known);
  if (!found || known === null || !matches) return refuse("wrong_password");
  mustBeStrong(input.next, found.email);
  const passwordHash = await hashPassword(input.next);
  await deps.db.write([
    ...store.replacePassword(scope, known, passwordHash),
    revokeOtherSessions(scope, deps.now()),
    revokeAskedFor(scope, ["sign_in", "password_reset"], deps.now()),
    ...attempt.forgotten,
  ]);
  return { done: true as const };
}
