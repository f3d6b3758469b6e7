// The person behind an interview. One person is one candidate in an organization, known by their e-mail address; these
// are the statements other slices put into their own reads and writes.
import type { Deps } from "../kernel/deps.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { Language } from "../kernel/shapes.ts";
import * as store from "./store.ts";

export const candidateByEmail = store.candidateByEmail;
export const setFirstPassword = store.setFirstPassword;

type NewCandidate = { email: string; firstName: string; lastName: string; language: Language; timeZone: string };

/** The candidate with this address, or a new one and the statement that adds them. */
export function knownOrNew(
  deps: Deps,
  scope: MemberScope,
  known: store.CandidateRow | undefined,
  values: NewCandidate,
) {
  if (known) return { candidate: known, statements: [] };
  const candidate = { ...values, id: deps.newId("cnd"), createdAt: deps.now() };
  return { candidate, statements: [store.insertCandidate(scope, candidate)] };
}
