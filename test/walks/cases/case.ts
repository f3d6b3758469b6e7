// What is written down about a procedure: a call that would go well, and what each kind of caller is to be answered.
import type { Meta } from "../../../src/app/trpc.ts";
import type { Reason } from "../../../src/kernel/errors.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import { type Access, hasAtLeast } from "../../../src/kernel/scope.ts";
import type { ActorName, Stage, Whose } from "../../support/stage.ts";

export type Outcome = "ok" | Reason;
export type Expected = Readonly<Record<ActorName, Outcome>>;

/** An input that is right in every way, and whose interview it is about, if about one. */
export type Prepared = { readonly input?: unknown; readonly whose?: Whose };

/**
 * How a list can be asked for: in each order, with a place in it to go on after, where it goes by cursors; and by each filter. `sortsAll` says
 * why an order may sort all that the organization has.
 */
export type Ways = {
  readonly orders: readonly { readonly input?: object; readonly cursor?: string; readonly sortsAll?: string }[];
  readonly filters?: readonly object[];
};

export type Case = Meta & {
  readonly expected: Expected;
  /** Makes whatever the call needs anew: calls that go well use it up. */
  readonly prepare: (stage: Stage, actor: ActorName) => Prepared | Promise<Prepared>;
  /** Whose call it is when it is to go well: the candidate's or the owner's, unless said otherwise. */
  readonly caller?: ActorName;
  /** Of a list. */
  readonly ways?: (stage: Stage) => Ways;
  /** Id fields in which somebody else's id is not `not_found`, and what it is instead: just what a made-up id gets. */
  readonly foreign?: Readonly<Record<string, Outcome>>;
};

/** In the one order it has. */
export const inOneOrder =
  (order: string, keys: readonly (string | number)[], ...filters: readonly object[]) =>
  (): Ways => ({ orders: [{ cursor: encodeCursor(order, keys) }], filters });

/** By `take` and `skip`, or all at once. */
export const withoutCursor =
  (...filters: readonly object[]) =>
  (): Ways => ({ orders: [{}], filters });

/** Somebody whose call goes well. */
export const callerOf = ({ caller, for: whom }: Case): ActorName =>
  caller ?? (whom === "candidate" || whom === "reference" ? whom : "owner");

type Over = Partial<Expected>;
type Rest = Pick<Case, "prepare" | "caller" | "foreign" | "ways"> & { readonly but?: Over };

const everybodyGets = (outcome: Outcome): Expected => ({
  nobody: outcome,
  homeless: outcome,
  owner: outcome,
  admin: outcome,
  recruiter: outcome,
  hiringManager: outcome,
  interviewManager: outcome,
  evaluator: outcome,
  stranger: outcome,
  signedOutMember: outcome,
  demoted: outcome,
  candidate: outcome,
  candidateByOtherLink: outcome,
  otherCandidate: outcome,
  foreignCandidate: outcome,
  signedOutCandidate: outcome,
  candidateByRefcheck: outcome,
  candidateByOffer: outcome,
  reference: outcome,
});

const candidatesGet = (outcome: Outcome): Over => ({
  candidate: outcome,
  candidateByOtherLink: outcome,
  candidateByRefcheck: outcome,
  candidateByOffer: outcome,
  otherCandidate: outcome,
  foreignCandidate: outcome,
  signedOutCandidate: outcome,
});

/** Signed in or not. */
export function forAnyone({ but, ...rest }: Rest): Case {
  return { for: "anyone", expected: { ...everybodyGets("ok"), ...but }, ...rest };
}

/** Signed in, of whatever kind. */
export function forAnySession({ but, ...rest }: Rest): Case {
  const signedOut = { nobody: "signed_out", signedOutMember: "signed_out", signedOutCandidate: "signed_out" } as const;
  return { for: "user", expected: { ...everybodyGets("ok"), ...signedOut, ...but }, ...rest };
}

/** Signed in as staff; whatever became of their access. */
export function forStaff({ but, ...rest }: Rest): Case {
  const refused = {
    ...candidatesGet("wrong_actor"),
    reference: "wrong_actor",
    nobody: "signed_out",
    signedOutMember: "signed_out",
  } as const;
  return { for: "user", expected: { ...everybodyGets("ok"), ...refused, ...but }, ...rest };
}

/** Members with at least this access; to a stranger, what it is about is not there unless said otherwise. */
export function forMembers(needs: Access, { but, ...rest }: Rest): Case {
  const upTo = (access: Access): Outcome => (hasAtLeast(access, needs) ? "ok" : "not_allowed");
  const expected: Expected = {
    ...everybodyGets("ok"),
    ...candidatesGet("wrong_actor"),
    nobody: "signed_out",
    homeless: "wrong_actor",
    admin: upTo("admin"),
    recruiter: upTo("recruiter"),
    hiringManager: upTo("hiring_manager"),
    interviewManager: upTo("hiring_manager"),
    evaluator: upTo("hiring_manager"),
    stranger: "not_found",
    signedOutMember: "signed_out",
    demoted: "access_changed",
    reference: "wrong_actor",
    ...but,
  };
  return { for: "member", needs, expected, ...rest };
}

/** A candidate, about their own interview, by its own link. */
export function forCandidates({ but, ...rest }: Rest): Case {
  const expected: Expected = {
    ...everybodyGets("wrong_actor"),
    ...candidatesGet("not_found"),
    nobody: "signed_out",
    candidate: "ok",
    signedOutCandidate: "signed_out",
    ...but,
  };
  return { for: "candidate", expected, ...rest };
}

/** Somebody asked about a candidate: no id is sent, what they reach is theirs by their session. */
export function forReferences({ but, ...rest }: Rest): Case {
  const expected: Expected = { ...everybodyGets("wrong_actor"), nobody: "signed_out", reference: "ok", ...but };
  return { for: "reference", expected, ...rest };
}
