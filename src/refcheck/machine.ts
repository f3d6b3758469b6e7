// A refcheck's status is derived: from what has happened to it, and from where its references stand. The steps are a table like
// the interview's. Nothing here knows a database or a clock. Pure.
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";
import { hasBegun, isNamed, type ReferenceStatus, type ReferenceVerb, referenceVerbs } from "../reference/machine.ts";

/** How far a refcheck is: what its steps are decided by, and what its candidate sees. */
export const progresses = [
  "created",
  "awaiting_candidate",
  "awaiting_references",
  "in_progress",
  "completed",
  "canceled",
  "expired",
] as const;
export type Progress = (typeof progresses)[number];

/** As staff see it. A signal that nobody has looked at stands before how far it is; whoever it could be about never sees that. */
export const refcheckStatuses = [...progresses, "needs_attention"] as const;
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
  "flag",
  "resolve",
] as const;
export type RefcheckVerb = (typeof refcheckVerbs)[number];

/** What an event can tell of: the creation, every step, and every step of one of its references. */
export const refcheckEventVerbs = ["create", ...refcheckVerbs, ...referenceVerbs] as const;
export type RefcheckEventVerb = "create" | RefcheckVerb | ReferenceVerb;

export const refcheckActors = ["member", "candidate", "reference", "system"] as const;
export type RefcheckActor = (typeof refcheckActors)[number];

type Row = Step<Progress, RefcheckVerb, RefcheckActor>;

/** Something is still to be done by its deadline: people are named, corrected and replaced. */
export const waiting = ["awaiting_candidate", "awaiting_references", "in_progress"] as const;
/** Where a signal stands before how far it is: what is canceled or has expired is decided about. */
export const heldBySignals = [...waiting, "completed"] as const;

const among = (list: readonly Progress[]) => (progress: Progress) => list.includes(progress);

export const waits = among(waiting);
const isHeldBySignals = among(heldBySignals);

/**
 * Where each leads the facts say. `name` adds a reference; `withdraw` takes the consent back, and the refcheck is canceled by it; `flag` raises
 * signals and `resolve` says what came of them, also after the end.
 */
export const refcheckTable: readonly Row[] = [
  { verb: "invite", from: ["created"], who: ["member"] },
  { verb: "consent", from: ["awaiting_candidate"], who: ["candidate"] },
  { verb: "name", from: waiting, who: ["candidate"] },
  { verb: "withdraw", from: waiting, who: ["candidate"] },
  { verb: "cancel", from: ["created", ...waiting], who: ["member"] },
  { verb: "set_deadline", from: waiting, who: ["member"] },
  { verb: "expire", from: waiting, who: ["system"] },
  { verb: "restore", from: ["expired"], who: ["member"] },
  { verb: "flag", from: heldBySignals, who: ["system"] },
  { verb: "resolve", from: [...heldBySignals, "canceled", "expired"], who: ["member"] },
];

export function refcheckStepFor(progress: Progress, verb: RefcheckVerb): Row | undefined {
  return stepFor(refcheckTable, progress, verb);
}

/** What has happened, where its references stand, and how many signals nobody has looked at. */
export type Standing = {
  readonly invitedAt: Date | null;
  readonly consentedAt: Date | null;
  readonly canceledAt: Date | null;
  readonly expiredAt: Date | null;
  readonly referencesRequired: number;
  readonly references: readonly ReferenceStatus[];
  readonly openSignals: number;
};

/** The one rule. `store.ts` says the same in SQL, and a test holds them against each other. */
export function progressOf(standing: Standing): Progress {
  const { invitedAt, consentedAt, canceledAt, expiredAt, referencesRequired, references } = standing;
  if (canceledAt !== null) return "canceled";
  if (references.filter((status) => status === "completed").length >= referencesRequired) return "completed";
  if (expiredAt !== null) return "expired";
  if (invitedAt === null) return "created";
  const named = references.filter(isNamed).length;
  if (consentedAt === null || named < referencesRequired) return "awaiting_candidate";
  return references.some(hasBegun) ? "in_progress" : "awaiting_references";
}

/** And what staff see of that. */
export function statusOf(standing: Standing): RefcheckStatus {
  const progress = progressOf(standing);
  return standing.openSignals > 0 && isHeldBySignals(progress) ? "needs_attention" : progress;
}

type Dated = { readonly progress: Progress; readonly deadlineAt: Date | null };

/** As it is now: past its deadline it has expired, written down or not. */
export function progressAt({ progress, deadlineAt }: Dated, now: Date): Progress {
  const isLate = deadlineAt !== null && deadlineAt <= now;
  return isLate && waits(progress) ? "expired" : progress;
}

export function refcheckStatusAt(row: Dated & { readonly status: RefcheckStatus }, now: Date): RefcheckStatus {
  const progress = progressAt(row, now);
  return progress === row.progress ? row.status : progress;
}

/** What may be written down as `status` of one whose status is this now. */
export function writtenAs(status: RefcheckStatus): readonly RefcheckStatus[] {
  return status === "expired" ? ["expired", "needs_attention", ...waiting] : [status];
}

export function refcheckVerbsFrom(progress: Progress, who: RefcheckActor): RefcheckVerb[] {
  return verbsFrom(refcheckTable, progress, who);
}
