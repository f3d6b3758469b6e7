import type { Statement } from "../../db/statement.ts";
import { countTowards } from "../attempt/actions.ts";
import { revokeLinks } from "../identity/actions.ts";
import { resendLimit } from "../invitation/policy.ts";
import { after, dayMs } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { RefcheckId, ReferenceId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, type PageIn, toPage } from "../kernel/page.ts";
import { type CandidateScope, hasAtLeast, type MemberScope, type Scope, systemScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import {
  lettersOfRelease,
  lettersToStaff,
  letterToCandidate,
  letterToReference,
  staffOfRefchecks,
} from "../refcheck-notice/actions.ts";
import { isNamed, isOpen } from "../reference/machine.ts";
import { toReference } from "../reference/policy.ts";
import { mustBeOpen } from "../role/actions.ts";
import { revokeSessionsOfRefcheck } from "../session/actions.ts";
import { inOfficeHours } from "../timer/policy.ts";
import type * as contract from "./contract.ts";
import {
  type Progress,
  progressAt,
  type RefcheckActor,
  type RefcheckEventVerb,
  type RefcheckVerb,
  refcheckStatusAt,
  refcheckStepFor,
  refcheckVerbsFrom,
} from "./machine.ts";
import { consentTexts, consentVersion, refcheckPolicy, reminderAfter } from "./policy.ts";
import * as store from "./store.ts";

/** For slices that list, make or answer refchecks: the statements of their own reads and writes. */
export const refcheckForStep = store.refcheckForStep;
export const refcheckWith = store.refcheckWith;
export const referencesOf = store.referencesOf;
export const questionnaireOf = store.questionnaireOf;
export const refchecksOfSamePerson = store.refchecksOfSamePerson;
export const repeatEmail = store.repeatEmail;
export const repeatName = store.repeatName;
export const staffRefcheck = store.staffRefcheck;
export const staffRefchecks = store.staffRefchecks;
export const isWaiting = store.isWaiting;
export const isRefcheck = store.isRefcheck;
export const isAsRead = store.isAsRead;
export const reachesRefcheck = store.reaches;
export const settled = store.settled;
export const mustStand = store.mustStand;
export const wasCompletedBy = store.wasCompletedBy;
export const noteLetterToCandidate = store.noteLetterToCandidate;

export type Row = NonNullable<ReturnType<ReturnType<typeof store.refcheckForStep>["read"]>>;
export type ReferenceRow = ReturnType<ReturnType<typeof store.referencesOf>["read"]>[number];
type Staff = ReturnType<ReturnType<typeof staffOfRefchecks>["read"]>;
type From = readonly Progress[];

/** When somebody who is written to now is reminded first. */
export function firstReminder(lastAt: Date, deadlineAt: Date, timeZone: string): Date | null {
  return reminderAfter({ lastAt, reminders: 0, deadlineAt }, timeZone);
}

/** An event about to be written. */
export function happened(
  deps: Deps,
  { refcheck }: Row,
  verb: RefcheckEventVerb,
  by: { kind: RefcheckActor; id: string | null; why?: string | undefined },
  referenceId: ReferenceId | null = null,
) {
  const { kind: actorKind, id: actorId, why = null } = by;
  return { id: deps.newId("evt"), refcheckId: refcheck.id, verb, referenceId, actorKind, actorId, why, at: deps.now() };
}

/**
 * Where this may be done from. Refuses with `illegal_step` what cannot be done where it stands now; what time has decided by itself is written
 * down then.
 */
export function mustBeAble(deps: Deps, { refcheck }: Row, verb: RefcheckVerb, who: RefcheckActor): From {
  const progress = progressAt(refcheck, deps.now());
  const step = refcheckStepFor(progress, verb);
  if (step?.who.includes(who)) return step.from;
  tendSoon(deps, refcheck);
  const from = who === "member" ? refcheckStatusAt(refcheck, deps.now()) : progress;
  return refuse("illegal_step", { from, verb, allowed: refcheckVerbsFrom(progress, who) });
}

/** Whoever looks at a refcheck whose instant has come has it written down. */
export function tendSoon(deps: Deps, { id, wakeAt }: Pick<Row["refcheck"], "id" | "wakeAt">): void {
  if (wakeAt !== null && wakeAt <= deps.now())
    deps.afterwards("tend_refcheck", (system) => tendRefchecks(system, [id]));
}

/** What follows a write: the alarm at the instant it waits for, and the letters it promised. */
export function afterStep(deps: Deps, refcheckId: RefcheckId): void {
  deps.afterwards("arm_refcheck", (system) => armRefcheck(system, refcheckId));
  drainSoon(deps);
}

/** Timers of two steps may be set in the other order: who finds that theirs is not the last sets the last again. */
export async function armRefcheck(deps: Deps, refcheckId: RefcheckId): Promise<void> {
  const { found } = await deps.db.read({ found: store.wakesOf(systemScope, [refcheckId]) });
  for (let at = found[0]?.wakeAt; at !== undefined; ) {
    await deps.alarms.set(refcheckId, at);
    const [noted, current] = await deps.db.write([
      store.noteRefcheckArmed(systemScope, refcheckId, at),
      store.wakesOf(systemScope, [refcheckId]),
    ]);
    at = noted === 1 ? undefined : current[0]?.wakeAt;
  }
}

type StaffRow = NonNullable<ReturnType<ReturnType<typeof store.staffRefcheck>["read"]>>;

/** As whoever is asking sees it now, with what they may do about it. */
export function toRefcheck(row: StaffRow, { access }: MemberScope, now: Date): contract.Refcheck {
  const mayManage = hasAtLeast(access, refcheckPolicy.manage);
  const actions = mayManage ? refcheckVerbsFrom(progressAt(row, now), "member") : [];
  return {
    ...row,
    status: refcheckStatusAt(row, now),
    availableActions: actions.filter((verb) => verb !== "resolve" || row.openSignals > 0),
  };
}

// What members do.

type Sentence = readonly Statement<unknown>[];

async function memberStep(
  deps: Deps,
  scope: MemberScope,
  refcheckId: RefcheckId,
  verb: RefcheckVerb,
  make: (row: Row, from: From) => Promise<Sentence> | Sentence,
): Promise<contract.Refcheck> {
  const { row } = await deps.db.read({ row: store.refcheckForStep(scope, refcheckId) });
  if (!row) return refuse("not_found");
  const from = mustBeAble(deps, row, verb, "member");
  return writtenStep(deps, scope, refcheckId, await make(row, from));
}

/** Writes a member's step, and answers with what they see of it. */
export async function writtenStep(
  deps: Deps,
  scope: MemberScope,
  refcheckId: RefcheckId,
  sentence: Sentence,
): Promise<contract.Refcheck> {
  const { shown } = await deps.db.writeThenRead(sentence, {
    shown: store.staffRefcheck(scope, refcheckId),
  });
  afterStep(deps, refcheckId);
  return shown ? toRefcheck(shown, scope, deps.now()) : refuse("not_found");
}

/** Refuses with `deadline_in_past`. */
export function mustBeAhead(deps: Deps, deadlineAt: Date): void {
  if (deadlineAt <= deps.now()) refuse("deadline_in_past");
}

/** For one that was made without a letter. Refuses with `not_found`, `illegal_step`, `role_closed`, `deadline_in_past`. */
export function inviteRefcheck(
  deps: Deps,
  scope: MemberScope,
  { refcheckId, deadlineAt: set }: contract.InviteRefcheck,
) {
  const now = deps.now();
  return memberStep(deps, scope, refcheckId, "invite", async (row, from) => {
    const deadlineAt = set ?? after(now, row.refcheck.completeWithinDays * dayMs);
    mustBeAhead(deps, deadlineAt);
    const remindAt = firstReminder(now, deadlineAt, row.candidate.timeZone);
    const guard = { refcheckId, from, now, when: "always" } as const;
    return [
      mustBeOpen(scope, row.refcheck.roleId),
      ...store.writeFacts(guard, { invitedAt: now, deadlineAt, remindAt, reminders: 0 }),
      ...store.settled(happened(deps, row, "invite", { kind: "member", id: scope.memberId })),
      ...(await letterToCandidate(deps, row, { kind: "refcheck_invitation" }, deadlineAt)),
    ];
  });
}

/**
 * Nobody is asked any more and every link ends; who was asked and has not answered is told. What was answered stays on record. Refuses with
 * `not_found`, `illegal_step`.
 */
export async function cancelRefcheck(deps: Deps, scope: MemberScope, { refcheckId, why }: contract.CancelRefcheck) {
  const seen = await look(deps, scope, refcheckId);
  const from = mustBeAble(deps, seen.row, "cancel", "member");
  const by = { kind: "member", id: scope.memberId, why } as const;
  return writtenStep(deps, scope, refcheckId, await ended(deps, seen, from, "cancel", by));
}

async function ended(
  deps: Deps,
  { row, references }: { readonly row: Row; readonly references: readonly ReferenceRow[] },
  from: From,
  verb: "cancel" | "withdraw",
  by: Parameters<typeof happened>[3],
): Promise<Statement<unknown>[]> {
  const asked = references.filter(({ status }) => isOpen(status));
  const { id: refcheckId, candidateId } = row.refcheck;
  const now = deps.now();
  const guard = { refcheckId, from, now, when: "before" } as const;
  return [
    ...store.writeFacts(guard, { canceledAt: now }),
    ...store.settled(happened(deps, row, verb, by)),
    revokeLinks({ refcheckId }, now),
    revokeSessionsOfRefcheck(candidateId, refcheckId, now),
    ...(await lettersOfRelease(deps, row, asked)),
  ];
}

/** From now until then. Refuses with `not_found`, `illegal_step`, `deadline_in_past`. */
export function setRefcheckDeadline(deps: Deps, scope: MemberScope, input: contract.SetRefcheckDeadline) {
  const { refcheckId, deadlineAt } = input;
  return memberStep(deps, scope, refcheckId, "set_deadline", (row, from) => {
    mustBeAhead(deps, deadlineAt);
    return [
      ...store.writeFacts({ refcheckId, from, now: deps.now(), when: "before" }, { deadlineAt }),
      ...store.settled(happened(deps, row, "set_deadline", { kind: "member", id: scope.memberId })),
    ];
  });
}

/**
 * Back after its deadline, with another: references go on where they were. An expiry that nobody has written down is written with it.
 * Refuses with `not_found`, `illegal_step`, `deadline_in_past`.
 */
export function restoreRefcheck(deps: Deps, scope: MemberScope, input: contract.SetRefcheckDeadline) {
  const { refcheckId, deadlineAt } = input;
  const now = deps.now();
  return memberStep(deps, scope, refcheckId, "restore", (row, from) => {
    mustBeAhead(deps, deadlineAt);
    const expiry = row.refcheck.progress === "expired" ? [] : expired(deps, row);
    const guard = { refcheckId, from, now, when: "always" } as const;
    return [
      ...expiry,
      ...store.writeFacts(guard, { deadlineAt, expiredAt: null }),
      store.reopenReferences(refcheckId),
      ...store.settled(happened(deps, row, "restore", { kind: "member", id: scope.memberId })),
    ];
  });
}

/**
 * Sends the candidate their letter again, with a link of its own. Changes no status. Refuses with `not_found`, `slow_down`, with `illegal_step`
 * unless it waits, and with `address_dead` where it would come back.
 */
export async function resendRefcheck(deps: Deps, scope: MemberScope, { refcheckId }: contract.RefcheckIn) {
  const now = deps.now();
  const { row } = await deps.db.read({ row: store.refcheckForStep(scope, refcheckId) });
  if (!row) return refuse("not_found");
  // Whatever may still be moved may be written about.
  const from = mustBeAble(deps, row, "set_deadline", "member");
  if (row.candidate.emailStatus !== "ok") refuse("address_dead");
  const deadlineAt = row.refcheck.deadlineAt ?? refuse("illegal_step", { from: row.refcheck.progress });
  await deps.db.write([
    store.mustStand({ refcheckId, from, now }),
    ...countTowards(deps, resendLimit, refcheckId, 1),
    ...(await letterToCandidate(deps, row, { kind: "refcheck_invitation" }, deadlineAt)),
  ]);
  drainSoon(deps);
  return { done: true as const };
}

function expired(deps: Deps, row: Row): Statement<unknown>[] {
  const { id: refcheckId, progress } = row.refcheck;
  const now = deps.now();
  const guard = { refcheckId, from: [progress], now, when: "after" } as const;
  return [
    // One that is complete stays so: only those who might still have answered are out of time.
    ...store.writeFacts(guard, progress === "completed" ? { remindAt: null } : { expiredAt: now, remindAt: null }),
    store.expireReferences(refcheckId),
    ...store.settled(happened(deps, row, "expire", { kind: "system", id: null })),
  ];
}

// What candidates do.

/** The refcheck with its references, as this scope reaches them. Refuses with `not_found`. */
export async function look(deps: Deps, scope: Scope, refcheckId: RefcheckId) {
  const { row, references } = await deps.db.read({
    row: store.refcheckForStep(scope, refcheckId),
    references: store.referencesOf(scope, refcheckId),
  });
  return row ? { row, references } : refuse("not_found");
}

/** As its candidate sees it. */
export function toOwn(row: Row, references: readonly ReferenceRow[], now: Date): contract.OwnRefcheck {
  const { id, referencesRequired, referencesOptional, relationships, deadlineAt, consentedAt } = row.refcheck;
  const status = progressAt(row.refcheck, now);
  const version = row.refcheck.consentVersion ?? consentVersion;
  const actions = refcheckVerbsFrom(status, "candidate");
  const isAble = (verb: RefcheckVerb) => {
    if (verb === "consent") return consentedAt === null;
    return consentedAt !== null && (verb !== "name" || roomLeft(row, references) > 0);
  };
  return {
    ...{ id, status, referencesRequired, referencesOptional, relationships, deadlineAt, consentedAt },
    ...{ organizationName: row.organization.name, roleTitle: row.role.title, timeZone: row.candidate.timeZone },
    consent: { version, text: consentTexts.get(version) ?? "" },
    references: references.map((reference) => toReference(reference, status, "candidate")),
    availableActions: actions.filter(isAble),
  };
}

/** How many more may be named. */
export function roomLeft({ refcheck }: Row, references: readonly ReferenceRow[]): number {
  const named = references.filter(({ status }) => isNamed(status));
  return refcheck.referencesRequired + refcheck.referencesOptional - named.length;
}

/** What a candidate sees of their refcheck; with `expand: ["role"]` the role it is for (reference-checks). Refuses with `not_found`. */
export async function showOwnRefcheck(
  deps: Deps,
  scope: CandidateScope,
  { refcheckId, expand }: contract.ShowOwnRefcheck,
): Promise<contract.OwnRefcheck> {
  const { row, references } = await look(deps, scope, refcheckId);
  tendSoon(deps, row.refcheck);
  const own = toOwn(row, references, deps.now());
  if (!expand.includes("role")) return own;
  const { referencesRequired, referencesOptional, relationships } = own;
  const { title } = row.role;
  const { periodMonths } = row.refcheck;
  const asked = { referencesRequired, referencesOptional, relationships, periodMonths };
  return { ...own, role: { id: row.refcheck.roleId, title, teamName: row.team.name, ...asked } };
}

/** All that are theirs in this organization, newest first. */
export async function listOwnRefchecks(deps: Deps, scope: CandidateScope, input: PageIn) {
  const [before = null] = keysOfCursor("own refchecks", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({ rows: store.ownRefchecks(scope, before, input.size) });
  const now = deps.now();
  const shown = rows.map((row) => ({ ...row, status: progressAt(row, now) }));
  return toPage(shown, input.size, ({ id }) => encodeCursor("own refchecks", [id]));
}

/**
 * From here on people may be named. Kept with the instant and the version of the text. Refuses with `not_found`, `illegal_step`, and
 * `other_consent` when the text that was read is not the present one.
 */
export async function consent(deps: Deps, scope: CandidateScope, { refcheckId, version }: contract.Consent) {
  const { row, references } = await look(deps, scope, refcheckId);
  const from = mustBeAble(deps, row, "consent", "candidate");
  if (row.refcheck.consentedAt !== null) return toOwn(row, references, deps.now());
  if (version !== consentVersion) return refuse("other_consent", { version: consentVersion });
  const now = deps.now();
  const guard = { refcheckId, from, now, when: "before" } as const;
  return ownStep(deps, scope, row, [
    ...store.writeFacts(guard, { consentedAt: now, consentVersion: version }),
    ...store.settled(happened(deps, row, "consent", { kind: "candidate", id: scope.candidateId })),
  ]);
}

/** Takes the consent back: nobody is asked any more. Refuses with `not_found`, `illegal_step`, `consent_needed`. */
export async function withdrawConsent(deps: Deps, scope: CandidateScope, { refcheckId }: contract.RefcheckIn) {
  const seen = await look(deps, scope, refcheckId);
  const from = mustBeAble(deps, seen.row, "withdraw", "candidate");
  if (seen.row.refcheck.consentedAt === null) return refuse("consent_needed");
  await deps.db.write(await ended(deps, seen, from, "withdraw", { kind: "candidate", id: scope.candidateId }));
  afterStep(deps, refcheckId);
  return { done: true as const };
}

/** A step of the candidate's, and what they see of it. */
export async function ownStep(
  deps: Deps,
  scope: CandidateScope,
  { refcheck }: Row,
  sentence: Sentence,
): Promise<contract.OwnRefcheck> {
  const { row, references } = await deps.db.writeThenRead(sentence, {
    row: store.refcheckForStep(scope, refcheck.id),
    references: store.referencesOf(scope, refcheck.id),
  });
  afterStep(deps, refcheck.id);
  return row ? toOwn(row, references, deps.now()) : refuse("not_found");
}

// What the system does by itself.

type Crowd = {
  readonly rows: readonly Row[];
  readonly references: ReadonlyMap<RefcheckId, readonly ReferenceRow[]>;
  readonly staff: ReadonlyMap<RefcheckId, Staff>;
};

/**
 * Writes down what time has decided about these and reminds who is to be reminded, all in one write; answers when the system has something
 * to do next about each, or null. Refuses with `moved_on` where somebody else was quicker with one of them.
 */
export async function tendRefchecks(deps: Deps, ids: readonly RefcheckId[]): Promise<Map<RefcheckId, Date | null>> {
  const { rows, references, staff } = await deps.db.read({
    rows: store.refchecksForTending(systemScope, ids),
    references: store.referencesForTending(systemScope, ids),
    staff: staffOfRefchecks(ids),
  });
  const crowd = {
    rows,
    references: Map.groupBy(references, ({ refcheckId }) => refcheckId),
    staff: Map.groupBy(staff, ({ refcheckId }) => refcheckId),
  };
  const sentences = await Promise.all(rows.map((row) => due(deps, row, crowd)));
  const { wakes } = await deps.db.writeThenRead(store.gathered(sentences.flat()), {
    wakes: store.wakesOf(systemScope, ids),
  });
  return new Map(wakes.map(({ id, wakeAt }) => [id, wakeAt]));
}

async function due(deps: Deps, row: Row, { references, staff }: Crowd): Promise<Sentence> {
  const { id, deadlineAt, wakeAt } = row.refcheck;
  const now = deps.now();
  if (deadlineAt === null || wakeAt === null || wakeAt > now) return [];
  const named = references.get(id) ?? [];
  if (deadlineAt > now) return reminded(deps, row, named, deadlineAt);
  const answered = named.filter(({ status }) => status === "completed").length;
  const what = { kind: "refcheck_expired", answered, deadlineAt } as const;
  const letters =
    row.refcheck.progress === "completed" ? [] : await lettersToStaff(deps, what, row, staff.get(id) ?? []);
  return [...expired(deps, row), ...letters];
}

/** Sent by day on a weekday, wherever the reader is; an alarm that comes late waits for their morning. */
async function reminded(
  deps: Deps,
  row: Row,
  references: readonly ReferenceRow[],
  deadlineAt: Date,
): Promise<Statement<unknown>[]> {
  const now = deps.now();
  const { refcheck, candidate } = row;
  const isDue = ({ remindAt }: { readonly remindAt: Date | null }) => remindAt !== null && remindAt <= now;
  const next = (reminders: number, timeZone: string) => {
    const at = inOfficeHours(now, timeZone);
    if (at > now) return { isSent: false, remindAt: at < deadlineAt ? at : null };
    return { isSent: true, remindAt: reminderAfter({ lastAt: now, reminders: reminders + 1, deadlineAt }, timeZone) };
  };
  const sentence: Statement<unknown>[] = [];
  if (refcheck.progress === "awaiting_candidate" && isDue(refcheck)) {
    const passed = next(refcheck.reminders, candidate.timeZone);
    const { id: refcheckId, reminders, remindAt } = refcheck;
    sentence.push(...store.passReminder(systemScope, { refcheckId, reminders, remindAt }, passed));
    if (passed.isSent)
      sentence.push(...(await letterToCandidate(deps, row, { kind: "refcheck_reminder" }, deadlineAt)));
  }
  for (const reference of references) {
    if (refcheck.progress === "completed" || !isOpen(reference.status) || !isDue(reference)) continue;
    const passed = next(reference.reminders, reference.timeZone);
    sentence.push(...store.passReferenceReminder(systemScope, reference, passed));
    if (passed.isSent)
      sentence.push(...(await letterToReference(deps, row, reference, "reference_reminder", deadlineAt)));
  }
  return [...sentence, store.follow(refcheck.id)];
}

/** For the engine of deadlines. */
export const overdueRefchecks = store.overdueRefchecks;
export const unarmedRefchecks = store.unarmedRefchecks;
export const noteRefcheckArmed = store.noteRefcheckArmed;
