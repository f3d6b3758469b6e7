// The interview's status machine (interview-workflow): one table, and what follows from it. Nothing here
// knows a database or a clock; every function is told what time it is. Pure.
import { after, earliest } from "../kernel/clock.ts";
import { refuse } from "../kernel/errors.ts";
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";

export const statuses = [
  "new",
  "invited",
  "confirmed",
  "interviewing",
  "interviewed",
  "expired",
  "aborted",
  "skipped",
] as const;
export type Status = (typeof statuses)[number];

export const actors = ["member", "candidate", "system"] as const;
export type ActorKind = (typeof actors)[number];

export const verbs = [
  "invite",
  "confirm",
  "start",
  "finish",
  "abort",
  "expire",
  "restore",
  "reset",
  "skip",
  "set_deadline",
] as const;
export type Verb = (typeof verbs)[number];

/** What an event can tell of: every step, and the creation before the first. */
export const eventVerbs = ["create", ...verbs] as const;

type Row = Step<Status, Verb, ActorKind> & { readonly to: Status | "previous" | "same" };

/** `previous`: back to where it was before it expired. `same`: the status stays, the fact is still an event. */
export const table: readonly Row[] = [
  { verb: "invite", from: ["new"], to: "invited", who: ["member", "system"] },
  { verb: "confirm", from: ["invited"], to: "confirmed", who: ["candidate"] },
  { verb: "start", from: ["confirmed"], to: "interviewing", who: ["candidate"] },
  { verb: "finish", from: ["interviewing"], to: "interviewed", who: ["candidate"] },
  { verb: "abort", from: ["interviewing"], to: "aborted", who: ["candidate", "system"] },
  { verb: "expire", from: ["invited", "confirmed", "interviewing"], to: "expired", who: ["system"] },
  { verb: "restore", from: ["expired"], to: "previous", who: ["member"] },
  { verb: "reset", from: ["aborted"], to: "confirmed", who: ["member"] },
  { verb: "skip", from: ["new", "invited", "confirmed", "expired", "aborted"], to: "skipped", who: ["member"] },
  {
    verb: "set_deadline",
    from: ["new", "invited", "confirmed", "interviewing", "expired", "aborted"],
    to: "same",
    who: ["member"],
  },
];

export const dueVerbs = ["expire", "abort"] as const;

/** What the machine needs to know of an interview. */
export type State = {
  readonly status: Status;
  readonly previousStatus: Status | null;
  readonly version: number;
  readonly deadlineAt: Date | null;
  readonly opensAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** When the system acts, and how. From that instant on the step counts as taken, written down or not. */
  readonly dueAt: Date | null;
  readonly dueVerb: (typeof dueVerbs)[number] | null;
};

/** What its project says about time. */
export type Rules = { readonly maxInterviewSeconds: number; readonly deadlineAppliesTo: "start" | "finish" };

export type Asked = {
  readonly verb: Verb;
  readonly who: ActorKind;
  readonly now: Date;
  readonly deadlineAt?: Date | undefined;
};

/** One step as it is written: the row before, the row after, and the event between them. */
export type Taken = {
  readonly verb: Verb;
  readonly who: ActorKind;
  readonly at: Date;
  readonly before: State;
  readonly after: State;
};

export const newborn: State = {
  status: "new",
  previousStatus: null,
  version: 1,
  deadlineAt: null,
  opensAt: null,
  startedAt: null,
  finishedAt: null,
  dueAt: null,
  dueVerb: null,
};

/** When the system will act on an interview that nobody touches again, and how; at the same instant expiry comes first. */
export function dueOf(state: State, rules: Rules): Pick<State, "dueAt" | "dueVerb"> {
  const { status, deadlineAt, startedAt } = state;
  const waits = status === "invited" || status === "confirmed";
  const runs = status === "interviewing" && startedAt !== null;
  const expiresAt = waits || (runs && rules.deadlineAppliesTo === "finish") ? deadlineAt : null;
  const abortsAt = runs ? after(startedAt, rules.maxInterviewSeconds * 1_000) : null;
  const dueAt = earliest(expiresAt, abortsAt);
  if (dueAt === null) return { dueAt: null, dueVerb: null };
  return { dueAt, dueVerb: expiresAt?.getTime() === dueAt.getTime() ? "expire" : "abort" };
}

/** Has the system's instant come? From `dueAt` on, to the millisecond. */
export function isDue({ dueAt }: Pick<State, "dueAt">, now: Date): boolean {
  return dueAt !== null && dueAt <= now;
}

/** The status as it truly stands, whether or not an alarm has written it down. */
export function statusAt(state: Pick<State, "status" | "dueAt" | "dueVerb">, now: Date): Status {
  if (!isDue(state, now)) return state.status;
  return state.dueVerb === "expire" ? "expired" : "aborted";
}

/** What it would be restored to, as it truly stands. */
export function previousStatusAt(state: Omit<State, "version">, now: Date): Status | null {
  if (!isDue(state, now)) return state.previousStatus;
  return state.dueVerb === "expire" ? comesBackTo(state.status) : null;
}

/** Steps whoever asks could take now, from the same table that guards the write. */
export function availableActions(
  state: Pick<State, "status" | "dueAt" | "dueVerb" | "opensAt">,
  who: ActorKind,
  now: Date,
): Verb[] {
  const verbsNow = verbsFrom(table, statusAt(state, now), who);
  return verbsNow.filter((verb) => verb !== "start" || state.opensAt === null || state.opensAt <= now);
}

/** What time has already decided, if it has: the step of the system that is due. */
export function settle(state: State, rules: Rules, now: Date): Taken | null {
  if (!isDue(state, now) || state.dueVerb === null) return null;
  return take(state, rules, { verb: state.dueVerb, who: "system", now });
}

/**
 * The steps to write for what is asked: first what time has already decided, then the step itself. Refuses with
 * `illegal_step` and `{ from, verb, allowed }`, and with what the step itself needs: `deadline_needed`,
 * `deadline_in_past`, `opens_after_deadline`, `not_open_yet`.
 */
export function advance(state: State, rules: Rules, asked: Asked): Taken[] {
  const settled = settle(state, rules, asked.now);
  const step = take(settled?.after ?? state, rules, asked);
  return settled === null ? [step] : [settled, step];
}

function take(before: State, rules: Rules, { verb, who, now, deadlineAt }: Asked): Taken {
  const row = stepFor(table, before.status, verb);
  if (!row?.who.includes(who)) {
    return refuse("illegal_step", { from: before.status, verb, allowed: verbsFrom(table, before.status, who) });
  }
  if (deadlineAt !== undefined && deadlineAt <= now) refuse("deadline_in_past");
  const deadline = deadlineAt ?? before.deadlineAt;
  mustBeReady(verb, { ...before, deadlineAt: deadline }, now);
  const to = targetOf(row, before);
  const moved: State = {
    ...before,
    status: to,
    previousStatus: to === "expired" ? comesBackTo(before.status) : null,
    version: before.version + 1,
    deadlineAt: deadline,
    startedAt: verb === "start" ? now : keepsStart(to) ? before.startedAt : null,
    finishedAt: verb === "finish" ? now : before.finishedAt,
  };
  const kept =
    row.to === "same" ? { ...moved, previousStatus: before.previousStatus, startedAt: before.startedAt } : moved;
  return { verb, who, at: now, before, after: { ...kept, ...dueOf(kept, rules) } };
}

function targetOf(row: Row, before: State): Status {
  if (row.to === "same") return before.status;
  return row.to === "previous" ? (before.previousStatus ?? "invited") : row.to;
}

/** An interview that ran into its deadline is restored to `confirmed`: it has to be started again. */
function comesBackTo(status: Status): Status {
  return status === "interviewing" ? "confirmed" : status;
}

function keepsStart(status: Status): boolean {
  return status === "interviewing" || status === "interviewed" || status === "aborted";
}

const needsDeadline: readonly Verb[] = ["invite", "restore", "reset"];

function mustBeReady(verb: Verb, { deadlineAt, opensAt }: State, now: Date): void {
  if (needsDeadline.includes(verb) && (deadlineAt === null || deadlineAt <= now)) refuse("deadline_needed");
  const movesDeadline = verb === "set_deadline" || needsDeadline.includes(verb);
  if (movesDeadline && opensAt !== null && deadlineAt !== null && opensAt >= deadlineAt) refuse("opens_after_deadline");
  if (verb === "start" && opensAt !== null && opensAt > now) refuse("not_open_yet", { opensAt: opensAt.toISOString() });
}
