import { TRPCClientError, type TRPCLink } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import type { AppRouter } from "../src/app/router.ts";
import { type Facts, type Reason, refusals } from "../src/kernel/errors.ts";

type Failure = TRPCClientError<AppRouter>;
type Shown = inferRouterOutputs<AppRouter>;
/** What has steps of its own. */
type Stepping =
  | Shown["interview"]["get"]
  | Shown["project"]["get"]
  | Shown["refcheck"]["get"]
  | Shown["refcheck"]["own"]
  | Shown["reference"]["own"];

/** What belongs to a reason: of an illegal step where it stands, what was tried, and what may be done instead. */
export type FactsOf<R extends Reason> = R extends "illegal_step"
  ? {
      readonly from: Stepping["status"];
      readonly verb: string;
      readonly allowed: readonly Stepping["availableActions"][number][];
    }
  : Facts;
type Issues = readonly { readonly path: string; readonly message: string }[];

/** Keeps what tRPC knows (`shape`, `data`, `meta`), so that whatever expects a TRPCClientError still gets one. */
function heldBy(failure: Failure) {
  return {
    cause: failure,
    ...(failure.shape && { result: { error: failure.shape } }),
    ...(failure.meta && { meta: failure.meta }),
  };
}

/**
 * The API understood the call and said no, for a reason from its closed list. Nothing was changed.
 * It is a TRPCClientError too. Ask with {@link isRefusal}.
 */
export class Refusal<R extends Reason = Reason> extends TRPCClientError<AppRouter> {
  readonly reason: R;
  /** What belongs to the reason; for `illegal_step`: `from`, `verb` and `allowed`. */
  readonly facts: FactsOf<R>;
  /** The reason in a sentence that a person understands, in English. */
  readonly sentence: string;
  /** For `bad_input`: which fields (dotted path), and what is wrong with each. */
  readonly issues: Issues;
  /** Names this request in the server's logs; empty when it was turned away before it got one. */
  readonly requestId: string;

  constructor(reason: R, failure: Failure) {
    super(failure.message, heldBy(failure));
    // TRPCClientError's constructor sets the prototype to its own; without this, instanceof would not know us.
    Object.setPrototypeOf(this, Refusal.prototype);
    this.name = "Refusal";
    this.reason = reason;
    this.sentence = failure.message;
    // What comes over the wire is taken at its word: reason and facts stand in one table on the server.
    this.facts = (failure.data?.facts ?? {}) as FactsOf<R>;
    this.issues = failure.data?.issues ?? [];
    this.requestId = failure.data?.requestId ?? "";
  }
}

/**
 * The API answered that something is wrong, but not with a reason this client knows: a fault on the server, a procedure
 * it does not have, or a reason newer than this client. Ask with {@link isFault}.
 */
export class Fault extends TRPCClientError<AppRouter> {
  readonly requestId: string;

  constructor(failure: Failure) {
    super(failure.message, heldBy(failure));
    Object.setPrototypeOf(this, Fault.prototype);
    this.name = "Fault";
    this.requestId = failure.data?.requestId ?? "";
  }
}

/**
 * No answer of the API arrived: no network, an aborted call, or something in between that answered in its place. A
 * mutation may or may not have been carried out. `cause` says what happened. Ask with {@link isUnreachable}.
 */
export class Unreachable extends TRPCClientError<AppRouter> {
  constructor(failure: Failure) {
    super(failure.message, { ...heldBy(failure), cause: failure.cause ?? failure });
    Object.setPrototypeOf(this, Unreachable.prototype);
    this.name = "Unreachable";
  }
}

function isReason(value: unknown): value is Reason {
  return typeof value === "string" && Object.hasOwn(refusals, value);
}

function named(failure: Failure): Refusal | Fault | Unreachable {
  if (!failure.shape) return new Unreachable(failure);
  const reason = failure.data?.reason;
  return isReason(reason) ? new Refusal(reason, failure) : new Fault(failure);
}

/** Gives every error that leaves the client one of the three names above. */
export const namingFailures: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        error: (failure) => observer.error(named(failure)),
        complete: () => observer.complete(),
      }),
    );

/**
 * Whether the API refused the call, and, when `reason` is given, for exactly that reason. Narrows to
 * `{ reason, facts, sentence, issues, requestId }`; the reason is one of a closed union, so a `switch` can be exhaustive.
 */
export function isRefusal<R extends Reason = Reason>(error: unknown, reason?: R): error is Refusal<R> {
  return error instanceof Refusal && (reason === undefined || error.reason === reason);
}

/** Whether the API answered with something this client has no name for. `requestId` helps to find it. */
export function isFault(error: unknown): error is Fault {
  return error instanceof Fault;
}

/** Whether no answer of the API arrived at all. Asking again is safe for queries. */
export function isUnreachable(error: unknown): error is Unreachable {
  return error instanceof Unreachable;
}
