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
  "accommodate",
  "schedule",
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
  {
    verb: "accommodate",
    from: ["new", "invited", "confirmed", "interviewing", "expired", "aborted"],
    to: "same",
    who: ["member"],
  },
  { verb: "schedule", from: ["new"], to: "same", who: ["member", "system"] },
];

export const dueVerbs = ["expire", "abort"] as const;

/** What the machine needs to know of an interview. */
export type State = {
  readonly status: Status;
  readonly previousStatus: Status | null;
  readonly version: number;
  readonly deadlineAt: Date | null;
  readonly opensAt: Date | null;
  /** While new: when the system invites. */
  readonly inviteAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** The last sign of the candidate since they started. */
  readonly seenAt: Date | null;
  /** When the system acts, and how. From that instant on the step counts as taken, written down or not. */
  readonly dueAt: Date | null;
  readonly dueVerb: (typeof dueVerbs)[number] | null;
};

/** What holds for an interview's time. */
export type Rules = {
  readonly maxInterviewSeconds: number;
  readonly interruptionGraceSeconds: number;
  readonly deadlineAppliesTo: "start" | "finish";
};

/** How often the client of a candidate who is interviewing says that they are there. */
export const keepAliveSeconds = 20;

/** How long it may be silent before the connection counts as lost: longer than the minute to which browsers slow a hidden page. */
export const leaseSeconds = 75;

export type Asked = {
  readonly verb: Verb;
  readonly who: ActorKind;
  readonly now: Date;
  readonly deadlineAt?: Date | undefined;
  /** Of `schedule`: null takes an invitation off the plan. */
  readonly inviteAt?: Date | null | undefined;
  /** Of the steps the table allows, those that whoever asks is offered: what a refusal names. */
  readonly offered?: (verbs: readonly Verb[]) => readonly Verb[];
};

const everything = (verbs: readonly Verb[]): readonly Verb[] => verbs;

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
  inviteAt: null,
  startedAt: null,
  finishedAt: null,
  seenAt: null,
  dueAt: null,
  dueVerb: null,
};

type Timed = Pick<State, "status" | "deadlineAt" | "startedAt" | "seenAt">;

const isRunning = ({ status, startedAt }: Timed) => status === "interviewing" && startedAt !== null;

/** Invited, and not begun: there is a deadline to begin by. */
export function waitsForCandidate({ status }: Pick<State, "status">): boolean {
  return status === "invited" || status === "confirmed";
}

/** The instants at which a running interview ends by itself, each for its own reason. All null while it does not run. */
function endsOf(state: Timed, rules: Rules) {
  const { deadlineAt, startedAt, seenAt } = state;
  if (!isRunning(state) || startedAt === null) return { deadline: null, timeOver: null, lost: null };
  return {
    deadline: rules.deadlineAppliesTo === "finish" ? deadlineAt : null,
    timeOver: after(startedAt, rules.maxInterviewSeconds * 1_000),
    lost: after(seenAt ?? startedAt, (leaseSeconds + rules.interruptionGraceSeconds) * 1_000),
  };
}

/** When the system will act on an interview that nobody touches again, and how; at the same instant expiry comes first. */
export function dueOf(state: Timed, rules: Rules): Pick<State, "dueAt" | "dueVerb"> {
  const { deadline, timeOver, lost } = endsOf(state, rules);
  const expiresAt = waitsForCandidate(state) ? state.deadlineAt : deadline;
  const dueAt = earliest(expiresAt, timeOver, lost);
  if (dueAt === null) return { dueAt: null, dueVerb: null };
  return { dueAt, dueVerb: expiresAt?.getTime() === dueAt.getTime() ? "expire" : "abort" };
}

/** Until when whoever stays may go on; null unless interviewing. */
export function endsAt(state: Timed, rules: Rules): Date | null {
  const { deadline, timeOver } = endsOf(state, rules);
  return earliest(deadline, timeOver);
}

/** A running interview's lease: silent until `lostAt` the candidate counts as gone, and at `abortsAt` it is over. */
export function presenceOf(state: Timed, rules: Rules): { readonly lostAt: Date; readonly abortsAt: Date } | null {
  const { lost } = endsOf(state, rules);
  return lost && { lostAt: after(lost, -rules.interruptionGraceSeconds * 1_000), abortsAt: lost };
}

/** What a sign of the candidate moves; null when there is nothing to move, or it comes too late. */
export function seen(
  state: Timed & Pick<State, "dueAt">,
  rules: Rules,
  now: Date,
): (Pick<State, "dueAt" | "dueVerb"> & { readonly seenAt: Date }) | null {
  if (!isRunning(state) || isDue(state, now)) return null;
  return { seenAt: now, ...dueOf({ ...state, seenAt: now }, rules) };
}

export const causes = ["time_over", "presence_lost"] as const;

/** Why the system aborted a running interview; null for every other step. */
export function causeOf({ verb, who, before }: Taken, rules: Rules): (typeof causes)[number] | null {
  if (verb !== "abort" || who !== "system") return null;
  const { timeOver, lost } = endsOf(before, rules);
  return lost && timeOver && lost < timeOver ? "presence_lost" : "time_over";
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
 * `deadline_in_past`, `opens_after_deadline`, `not_open_yet`, `no_time_left`, `invites_in_past`,
 * `invites_after_deadline`.
 */
export function advance(state: State, rules: Rules, asked: Asked): Taken[] {
  const settled = settle(state, rules, asked.now);
  const step = take(settled?.after ?? state, rules, asked);
  return settled === null ? [step] : [settled, step];
}

function take(before: State, rules: Rules, asked: Asked): Taken {
  const { verb, who, now, deadlineAt, inviteAt = null, offered = everything } = asked;
  const row = stepFor(table, before.status, verb);
  if (!row?.who.includes(who)) {
    return refuse("illegal_step", { from: before.status, verb, allowed: offered(availableActions(before, who, now)) });
  }
  if (deadlineAt !== undefined && deadlineAt <= now) refuse("deadline_in_past");
  const deadline = deadlineAt ?? before.deadlineAt;
  const invites = row.to === "same" ? (verb === "schedule" ? inviteAt : before.inviteAt) : null;
  mustBeReady(verb, { ...before, deadlineAt: deadline, inviteAt: invites }, now);
  const to = targetOf(row, before);
  const moved: State = {
    ...before,
    status: to,
    previousStatus: to === "expired" ? comesBackTo(before.status) : null,
    version: before.version + 1,
    deadlineAt: deadline,
    inviteAt: invites,
    startedAt: verb === "start" ? now : keepsStart(to) ? before.startedAt : null,
    finishedAt: verb === "finish" ? now : before.finishedAt,
    seenAt: verb === "start" ? now : keepsStart(to) ? before.seenAt : null,
  };
  const { previousStatus, startedAt, seenAt } = before;
  const kept = row.to === "same" ? { ...moved, previousStatus, startedAt, seenAt } : moved;
  const due = dueOf(kept, rules);
  // Only what is made easier can be taken back so far that the time is used up already.
  if (verb === "accommodate" && isDue(due, now)) refuse("no_time_left");
  return { verb, who, at: now, before, after: { ...kept, ...due } };
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

function mustBeReady(verb: Verb, { deadlineAt, opensAt, inviteAt }: State, now: Date): void {
  if (needsDeadline.includes(verb) && (deadlineAt === null || deadlineAt <= now)) refuse("deadline_needed");
  const movesDeadline = verb === "set_deadline" || needsDeadline.includes(verb);
  if (movesDeadline && opensAt !== null && deadlineAt !== null && opensAt >= deadlineAt) refuse("opens_after_deadline");
  if (verb === "schedule" && inviteAt !== null && inviteAt <= now) refuse("invites_in_past");
  if (inviteAt !== null && deadlineAt !== null && inviteAt >= deadlineAt) refuse("invites_after_deadline");
  if (verb === "start" && opensAt !== null && opensAt > now) refuse("not_open_yet", { opensAt: opensAt.toISOString() });
}
