import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  isRefcheckUnarmed,
  organization,
  questionnaire,
  refcheck,
  refcheckEvent,
  reference,
  reportShare,
  role,
  signal,
  team,
} from "../../db/schema/index.ts";
import { all, build, first, firstOf, must, mustHaveChanged, raw, run, type Statement } from "../../db/statement.ts";
import { personBehind } from "../candidate/actions.ts";
import type { CandidateId, RefcheckId, ReferenceId } from "../kernel/ids.ts";
import { type CandidateScope, type MemberScope, type Scope, type SystemScope, systemScope } from "../kernel/scope.ts";
import { begunStatuses, namedStatuses, openStatuses, type ReferenceStatus } from "../reference/machine.ts";
import { seesTeam } from "../role/actions.ts";
import {
  heldBySignals,
  type Progress,
  type RefcheckActor,
  type RefcheckEventVerb,
  type RefcheckStatus,
  waiting,
} from "./machine.ts";

/** Many rows for few tables, for one write. */
export { gathered } from "../../db/statement.ts";

const spelled = (statuses: readonly string[]) => sql.raw(statuses.map((status) => `'${status}'`).join(", "));

const howMany = (...statuses: readonly ReferenceStatus[]) =>
  sql<number>`(select count(*) from ${reference} where ${reference.refcheckId} = ${refcheck.id} and ${reference.status} in (${spelled(statuses)}))`;

const hasEnough = sql`${howMany("completed")} >= ${refcheck.referencesRequired}`;

/** What `progressOf` says, in the database's words. */
const derived = sql`case
  when ${refcheck.canceledAt} is not null then 'canceled'
  when ${hasEnough} then 'completed'
  when ${refcheck.expiredAt} is not null then 'expired'
  when ${refcheck.invitedAt} is null then 'created'
  when ${refcheck.consentedAt} is null or ${howMany(...namedStatuses)} < ${refcheck.referencesRequired} then 'awaiting_candidate'
  when ${howMany(...begunStatuses)} > 0 then 'in_progress'
  else 'awaiting_references' end`;

/** Something is still to be done by its deadline. */
export const isWaiting = sql`${refcheck.progress} in (${spelled(waiting)})`;

/** Signals that nobody has looked at. */
const openSignals = sql<number>`(select count(*) from ${signal} where ${signal.refcheckId} = ${refcheck.id} and ${signal.resolvedAt} is null and ${signal.withdrawnAt} is null)`;

/** What `statusOf` says besides. */
const seen = sql`case when ${refcheck.progress} in (${spelled(heldBySignals)}) and ${openSignals} > 0 then 'needs_attention' else ${refcheck.progress} end`;

/** A candidate is reminded while it is their turn, references until enough have answered; in the end there is the deadline. */
const wakes = sql`case
  when ${isWaiting} then min(${refcheck.deadlineAt},
    case ${refcheck.progress} when 'awaiting_candidate' then coalesce(${refcheck.remindAt}, ${refcheck.deadlineAt}) else ${refcheck.deadlineAt} end,
    coalesce((select min(${reference.remindAt}) from ${reference} where ${reference.refcheckId} = ${refcheck.id} and ${reference.status} in (${spelled(openStatuses)})), ${refcheck.deadlineAt}))
  when ${refcheck.progress} = 'completed' and ${howMany(...openStatuses)} > 0 then ${refcheck.deadlineAt}
  end`;

/** The one with this id, or with this reference. Null: whichever the scope reaches, for scopes that reach one. */
export function isRefcheck(whose: RefcheckId | ReferenceId | null): SQL | undefined {
  if (whose === null) return undefined;
  if (whose.startsWith("rck_")) return sql`${refcheck.id} = ${whose}`;
  return sql`${refcheck.id} = (select other.refcheck_id from ${reference} as other where other.id = ${whose})`;
}

const one = (refcheckId: RefcheckId) => eq(refcheck.id, refcheckId);

export type Happened = {
  readonly id: `evt_${string}`;
  readonly refcheckId: RefcheckId;
  readonly verb: RefcheckEventVerb;
  readonly referenceId: ReferenceId | null;
  readonly actorKind: RefcheckActor;
  readonly actorId: string | null;
  readonly why: string | null;
  readonly at: Date;
};

/**
 * Ends every sentence that changes a refcheck or one of its references: the status anew from the facts, the version, when the system
 * looks at it next, and the event. Of any number who complete it at once one is the one who did.
 */
export function settled(happened: Happened): Statement<unknown>[] {
  const { id, refcheckId, verb, referenceId, actorKind, actorId, why, at } = happened;
  const isFirst = sql`${refcheck.completedAt} is null and ${hasEnough}`;
  return [
    run(
      build
        .update(refcheck)
        .set({
          progress: derived,
          version: sql`${refcheck.version} + 1`,
          completedBy: sql`case when ${isFirst} then ${referenceId} else ${refcheck.completedBy} end`,
          completedAt: sql`case when ${isFirst} then ${at.getTime()} else ${refcheck.completedAt} end`,
        })
        .where(one(refcheckId)),
    ),
    follow(refcheckId),
    raw(
      sql`insert into ${refcheckEvent} (id, organization_id, refcheck_id, version, verb, reference_id, to_status, actor_kind, actor_id, why, deadline_at, at)
        select ${id}, ${refcheck.organizationId}, ${refcheck.id}, ${refcheck.version}, ${verb}, ${referenceId}, ${refcheck.status}, ${actorKind}, ${actorId}, ${why}, ${refcheck.deadlineAt}, ${at.getTime()}
        from ${refcheck} where ${one(refcheckId)}`,
      () => undefined,
    ),
  ];
}

/** True once this reference's answers were those that completed it. For a letter in the same sentence. */
export function wasCompletedBy(refcheckId: RefcheckId, referenceId: ReferenceId): SQL {
  return sql`exists (select 1 from ${refcheck} where ${one(refcheckId)} and ${refcheck.completedBy} = ${referenceId} and ${refcheck.progress} = 'completed')`;
}

/** A candidate's own: by a refcheck's link that one, by an interview's link none, else all of theirs. */
function isOwn(scope: CandidateScope): SQL | undefined {
  const theirs = and(eq(refcheck.organizationId, scope.organizationId), eq(refcheck.candidateId, scope.candidateId));
  if (scope.interviewId !== null || scope.offerId !== null) return sql`0`;
  return scope.refcheckId === null ? theirs : and(theirs, eq(refcheck.id, scope.refcheckId));
}

/** What of refchecks this scope reaches. Candidates reach theirs once they were written to. */
export function reaches(scope: Scope): SQL | undefined {
  switch (scope.kind) {
    case "member":
      return and(eq(refcheck.organizationId, scope.organizationId), seesTeam(scope, refcheck.teamId));
    case "candidate":
      return and(isOwn(scope), sql`${refcheck.invitedAt} is not null`);
    case "report":
      return sql`${refcheck.id} = (select ${reportShare.refcheckId} from ${reportShare} where ${reportShare.hash} = ${scope.hash} and ${reportShare.revokedAt} is null and ${reportShare.expiresAt} > ${scope.now.getTime()})`;
    case "reference":
      return and(eq(refcheck.organizationId, scope.organizationId), eq(refcheck.id, scope.refcheckId));
    case "system":
      return undefined;
    default:
      return sql`0`;
  }
}

function rowsForStep(scope: Scope, which: SQL | undefined) {
  return all(
    build
      .select({
        refcheck,
        candidate,
        role: { title: role.title, status: role.status },
        team: { name: team.name },
        organization: {
          name: organization.name,
          senderName: organization.senderName,
          frontendOrigins: organization.frontendOrigins,
        },
      })
      .from(refcheck)
      .innerJoin(candidate, eq(candidate.id, refcheck.candidateId))
      .innerJoin(role, eq(role.id, refcheck.roleId))
      .innerJoin(team, eq(team.id, refcheck.teamId))
      .innerJoin(organization, eq(organization.id, refcheck.organizationId))
      .where(and(which, reaches(scope))),
  );
}

export function refcheckForStep(scope: Scope, refcheckId: RefcheckId) {
  return firstOf(rowsForStep(scope, one(refcheckId)));
}

/** By its id, or by the one of a reference. */
export function refcheckWith(scope: Scope, whose: RefcheckId | ReferenceId) {
  return firstOf(rowsForStep(scope, isRefcheck(whose)));
}

const oneOf = (ids: readonly RefcheckId[]) => sql`(select value from json_each(${JSON.stringify(ids)}))`;

export function refchecksForTending(scope: SystemScope, ids: readonly RefcheckId[]) {
  return rowsForStep(scope, sql`${refcheck.id} in ${oneOf(ids)}`);
}

/** The newest of all refchecks of one person, whether or not this member sees them. */
export function refchecksOfSamePerson(scope: MemberScope, id: Parameters<typeof personBehind>[0], size: number) {
  const newest = sql`(select other.id from ${refcheck} as other where other.candidate_id = ${personBehind(id)} order by other.id desc limit ${size})`;
  const isOrganizations = eq(refcheck.organizationId, scope.organizationId);
  return rowsForStep(systemScope, sql`${isOrganizations} and ${refcheck.id} in ${newest}`);
}

/** The folded copy follows the candidate's address. */
export function repeatEmail(scope: MemberScope, candidateId: CandidateId, email: string): Statement<number> {
  const isTheirs = and(eq(refcheck.candidateId, candidateId), eq(refcheck.organizationId, scope.organizationId));
  return run(build.update(refcheck).set({ email }).where(isTheirs));
}

/** And their name. */
export function repeatName(scope: MemberScope, candidateId: CandidateId, name: string): Statement<number> {
  const isTheirs = and(eq(refcheck.candidateId, candidateId), eq(refcheck.organizationId, scope.organizationId));
  return run(build.update(refcheck).set({ name }).where(isTheirs));
}

const referencesMax = 100;

/** In the order in which they were named. At most as many as may ever be. */
export function referencesOf(scope: Scope, whose: RefcheckId | ReferenceId | null) {
  return all(
    build
      .select(getTableColumns(reference))
      .from(reference)
      .innerJoin(refcheck, eq(refcheck.id, reference.refcheckId))
      .where(and(isRefcheck(whose), reaches(scope)))
      .orderBy(reference.id)
      .limit(referencesMax),
  );
}

/** What its references are asked, in all its languages. */
export function questionnaireOf(scope: Scope, whose: RefcheckId | ReferenceId | null) {
  return first(
    build
      .select({ content: questionnaire.content })
      .from(refcheck)
      .innerJoin(
        questionnaire,
        and(eq(questionnaire.roleId, refcheck.roleId), eq(questionnaire.revision, refcheck.revision)),
      )
      .where(and(isRefcheck(whose), reaches(scope))),
  );
}

export function referencesForTending(_scope: SystemScope, ids: readonly RefcheckId[]) {
  return all(
    build
      .select()
      .from(reference)
      .where(sql`${reference.refcheckId} in ${oneOf(ids)}`)
      .orderBy(reference.id),
  );
}

type Facts = Partial<
  Pick<
    typeof refcheck.$inferInsert,
    | "deadlineAt"
    | "invitedAt"
    | "consentedAt"
    | "consentVersion"
    | "canceledAt"
    | "expiredAt"
    | "reminders"
    | "remindAt"
  >
>;

type Guard = {
  readonly refcheckId: RefcheckId;
  readonly from: readonly Progress[];
  readonly now: Date;
  /** A person's step only before the deadline, the system's only from it on, a member's that brings back only after. */
  readonly when: "before" | "after" | "always";
};

const isInTime = ({ when, now }: Pick<Guard, "when" | "now">) => {
  if (when === "always") return undefined;
  return when === "before"
    ? sql`(${refcheck.deadlineAt} is null or ${refcheck.deadlineAt} > ${now.getTime()})`
    : sql`${refcheck.deadlineAt} <= ${now.getTime()}`;
};

/** The guarded fact: it must stand where the step was decided, and time must not have decided otherwise. */
export function writeFacts(guard: Guard, facts: Facts): Statement<unknown>[] {
  const stands = and(one(guard.refcheckId), sql`${refcheck.progress} in (${spelled(guard.from)})`, isInTime(guard));
  return [run(build.update(refcheck).set(facts).where(stands)), mustHaveChanged("moved_on")];
}

/** For a step of one of its references: it stands in one of these, and its deadline is ahead. */
export function mustStand({ refcheckId, from, now }: Omit<Guard, "when">): Statement<void> {
  return must(
    sql`exists (select 1 from ${refcheck} where ${one(refcheckId)} and ${refcheck.progress} in (${spelled(from)}) and ${isInTime({ when: "before", now })})`,
    "moved_on",
  );
}

/** Nobody else has done anything in it since it was read: what was concluded from all of it together holds. */
export function isAsRead(refcheckId: RefcheckId, version: number): Statement<void> {
  return must(
    sql`exists (select 1 from ${refcheck} where ${one(refcheckId)} and ${refcheck.version} = ${version})`,
    "moved_on",
  );
}

/** References that have not answered: expired with it, or open again as far as they had come. */
export function expireReferences(refcheckId: RefcheckId): Statement<number> {
  const open = and(eq(reference.refcheckId, refcheckId), sql`${reference.status} in (${spelled(openStatuses)})`);
  return run(build.update(reference).set({ status: "expired", remindAt: null }).where(open));
}

export function reopenReferences(refcheckId: RefcheckId): Statement<number> {
  const status = sql`case when ${reference.acceptedAt} is null then 'invited' else 'accepted' end`;
  const expired = and(eq(reference.refcheckId, refcheckId), eq(reference.status, "expired"));
  return run(build.update(reference).set({ status }).where(expired));
}

/** The candidate has been written to: when they are reminded next. */
export function noteLetterToCandidate(refcheckId: RefcheckId, remindAt: Date | null): Statement<number> {
  return run(build.update(refcheck).set({ remindAt }).where(one(refcheckId)));
}

/** Reminders that were due are done with, by one of any number who found them due. No event: the letter is what there is to see of it. */
export function passReminder(
  _scope: SystemScope,
  { refcheckId, reminders, remindAt }: { refcheckId: RefcheckId; reminders: number; remindAt: Date | null },
  next: { readonly remindAt: Date | null; readonly isSent: boolean },
): Statement<unknown>[] {
  const asRead = and(
    one(refcheckId),
    eq(refcheck.reminders, reminders),
    sql`${refcheck.remindAt} is ${remindAt?.getTime() ?? null}`,
    eq(refcheck.progress, "awaiting_candidate"),
  );
  const values = { remindAt: next.remindAt, reminders: reminders + (next.isSent ? 1 : 0) };
  return [run(build.update(refcheck).set(values).where(asRead)), mustHaveChanged("moved_on")];
}

export function passReferenceReminder(
  _scope: SystemScope,
  { id, reminders, remindAt }: Pick<typeof reference.$inferSelect, "id" | "reminders" | "remindAt">,
  next: { readonly remindAt: Date | null; readonly isSent: boolean },
): Statement<unknown>[] {
  const asRead = and(
    eq(reference.id, id),
    eq(reference.reminders, reminders),
    sql`${reference.remindAt} is ${remindAt?.getTime() ?? null}`,
    sql`${reference.status} in (${spelled(openStatuses)})`,
  );
  const values = { remindAt: next.remindAt, reminders: reminders + (next.isSent ? 1 : 0) };
  return [run(build.update(reference).set(values).where(asRead)), mustHaveChanged("moved_on")];
}

/** What follows from how far it is: what staff see, and when the system next has something to do. */
export function follow(refcheckId: RefcheckId): Statement<number> {
  return run(build.update(refcheck).set({ status: seen, wakeAt: wakes }).where(one(refcheckId)));
}

// What staff see.

const staffColumns = {
  id: refcheck.id,
  roleId: refcheck.roleId,
  roleTitle: role.title,
  teamId: refcheck.teamId,
  candidate: {
    id: candidate.id,
    email: candidate.email,
    emailStatus: candidate.emailStatus,
    phone: candidate.phone,
    firstName: candidate.firstName,
    lastName: candidate.lastName,
    language: candidate.language,
    timeZone: candidate.timeZone,
  },
  referencesRequired: refcheck.referencesRequired,
  referencesOptional: refcheck.referencesOptional,
  relationships: refcheck.relationships,
  progress: refcheck.progress,
  status: refcheck.status,
  version: refcheck.version,
  deadlineAt: refcheck.deadlineAt,
  invitedAt: refcheck.invitedAt,
  consentedAt: refcheck.consentedAt,
  completedAt: refcheck.completedAt,
  createdAt: refcheck.createdAt,
  wakeAt: refcheck.wakeAt,
  answered: howMany("completed"),
  open: howMany(...openStatuses),
  named: howMany(...namedStatuses, "declined", "expired", "undeliverable"),
  openSignals,
};

export function staffRefchecks() {
  return build
    .select(staffColumns)
    .from(refcheck)
    .innerJoin(role, eq(role.id, refcheck.roleId))
    .innerJoin(candidate, eq(candidate.id, refcheck.candidateId));
}

export function staffRefcheck(scope: MemberScope, refcheckId: RefcheckId) {
  return first(staffRefchecks().where(and(one(refcheckId), reaches(scope))));
}

/** A candidate's own, newest first. */
export function ownRefchecks(scope: CandidateScope, before: string | null, size: number) {
  return all(
    build
      .select({
        id: refcheck.id,
        progress: refcheck.progress,
        deadlineAt: refcheck.deadlineAt,
        organizationName: organization.name,
        roleTitle: role.title,
      })
      .from(refcheck)
      .innerJoin(role, eq(role.id, refcheck.roleId))
      .innerJoin(organization, eq(organization.id, refcheck.organizationId))
      .where(and(before === null ? undefined : sql`${refcheck.id} < ${before}`, reaches(scope)))
      .orderBy(desc(refcheck.id))
      .limit(size + 1),
  );
}

// Timers.

export function overdueRefchecks(_scope: SystemScope, now: Date, size: number) {
  return all(
    build
      .select({ id: refcheck.id, wakeAt: sql<number | null>`${refcheck.wakeAt}` })
      .from(refcheck)
      .where(sql`wake_at is not null and ${refcheck.wakeAt} <= ${now.getTime()}`)
      .orderBy(refcheck.wakeAt)
      .limit(size),
  );
}

export function unarmedRefchecks(_scope: SystemScope, size: number) {
  return all(
    build
      .select({ id: refcheck.id, wakeAt: sql<number | null>`${refcheck.wakeAt}` })
      .from(refcheck)
      .where(isRefcheckUnarmed)
      .orderBy(refcheck.id)
      .limit(size),
  );
}

export function noteRefcheckArmed(_scope: SystemScope, refcheckId: RefcheckId, at: Date | null): Statement<number> {
  const stillSo = and(one(refcheckId), sql`${refcheck.wakeAt} is ${at?.getTime() ?? null}`);
  return run(build.update(refcheck).set({ armedFor: at }).where(stillSo));
}

export function wakesOf(_scope: SystemScope, ids: readonly RefcheckId[]) {
  return all(
    build
      .select({ id: refcheck.id, wakeAt: refcheck.wakeAt })
      .from(refcheck)
      .where(sql`${refcheck.id} in ${oneOf(ids)}`),
  );
}

/** For the test that holds the two rules against each other. */
export function derivedStatus(refcheckId: RefcheckId) {
  return first(
    build
      .select({
        progress: sql<Progress>`${derived}`,
        status: sql<RefcheckStatus>`${seen}`,
        stored: { progress: refcheck.progress, status: refcheck.status },
      })
      .from(refcheck)
      .where(one(refcheckId)),
  );
}
