// A refcheck's status is derived: from what has happened to it, and from where its references stand. The steps are a table like
// the interview's. Nothing here knows a database or a clock. Pure.
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";
import { hasBegun, isNamed, type ReferenceStatus, type ReferenceVerb, referenceVerbs } from "../reference/machine.ts";

export const refcheckStatuses = [
  "created",
  "awaiting_candidate",
  "awaiting_references",
  "in_progress",
  "completed",
  "canceled",
  "expired",
] as const;
export type RefcheckStatus = (typeof refcheckStatuses)[number];

export const refcheckVerbs = [
  "invite",
  "consent",
  "name",
  "withdraw",
  "cancel",
  "set_deadline",
  "expire",
  "restore",
] as const;
export type RefcheckVerb = (typeof refcheckVerbs)[number];

/** What an event can tell of: the creation, every step, and every step of one of its references. */
export const refcheckEventVerbs = ["create", ...refcheckVerbs, ...referenceVerbs] as const;
export type RefcheckEventVerb = "create" | RefcheckVerb | ReferenceVerb;

export const refcheckActors = ["member", "candidate", "reference", "system"] as const;
export type RefcheckActor = (typeof refcheckActors)[number];

type Row = Step<RefcheckStatus, RefcheckVerb, RefcheckActor>;

/** Something is still to be done by its deadline: people are named, corrected and replaced. */
export const waitingStatuses = ["awaiting_candidate", "awaiting_references", "in_progress"] as const;

export function waits(status: RefcheckStatus): boolean {
  return waitingStatuses.some((one) => one === status);
}

/** Where each leads the facts say. `name` adds a reference; `withdraw` takes the consent back, and the refcheck is canceled by it. */
export const refcheckTable: readonly Row[] = [
  { verb: "invite", from: ["created"], who: ["member"] },
  { verb: "consent", from: ["awaiting_candidate"], who: ["candidate"] },
  { verb: "name", from: waitingStatuses, who: ["candidate"] },
  { verb: "withdraw", from: waitingStatuses, who: ["candidate"] },
  { verb: "cancel", from: ["created", ...waitingStatuses], who: ["member"] },
  { verb: "set_deadline", from: waitingStatuses, who: ["member"] },
  { verb: "expire", from: waitingStatuses, who: ["system"] },
  { verb: "restore", from: ["expired"], who: ["member"] },
];

export function refcheckStepFor(status: RefcheckStatus, verb: RefcheckVerb): Row | undefined {
  return stepFor(refcheckTable, status, verb);
}

/** What has happened, and where its references stand. */
export type Standing = {
  readonly invitedAt: Date | null;
  readonly consentedAt: Date | null;
  readonly canceledAt: Date | null;
  readonly expiredAt: Date | null;
  readonly referencesRequired: number;
  readonly references: readonly ReferenceStatus[];
};

/** The one rule. `store.ts` says the same in SQL, and a test holds them against each other. */
export function statusOf(standing: Standing): RefcheckStatus {
  const { invitedAt, consentedAt, canceledAt, expiredAt, referencesRequired, references } = standing;
  if (canceledAt !== null) return "canceled";
  if (references.filter((status) => status === "completed").length >= referencesRequired) return "completed";
  if (expiredAt !== null) return "expired";
  if (invitedAt === null) return "created";
  const named = references.filter(isNamed).length;
  if (consentedAt === null || named < referencesRequired) return "awaiting_candidate";
  return references.some(hasBegun) ? "in_progress" : "awaiting_references";
}

/** `status` as it is now: past its deadline it has expired, written down or not. */
export function refcheckStatusAt(
  { status, deadlineAt }: { readonly status: RefcheckStatus; readonly deadlineAt: Date | null },
  now: Date,
): RefcheckStatus {
  const isLate = deadlineAt !== null && deadlineAt <= now;
  return isLate && waits(status) ? "expired" : status;
}

export function refcheckVerbsFrom(status: RefcheckStatus, who: RefcheckActor): RefcheckVerb[] {
  return verbsFrom(refcheckTable, status, who);
}
