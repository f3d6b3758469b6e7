import { and, eq, gt, isNull, lte, notInArray, or, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  interview,
  interviewEvent,
  interviewLabel,
  organization,
  project,
  wakeAt,
} from "../../db/schema/index.ts";
import { all, build, first, firstOf, must, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import { personBehind } from "../candidate/actions.ts";
import { evaluationStatus, myEvaluationStatus, vetoesFor } from "../evaluation/actions.ts";
import type { MyEvaluationStatus } from "../evaluation/machine.ts";
import type { CandidateId, EventId, InterviewId, OrganizationId, ProjectId } from "../kernel/ids.ts";
import type { CandidateScope, MemberScope, Scope, SystemScope } from "../kernel/scope.ts";
import { managesProject, seesProject } from "../project/actions.ts";
import { kept, type Reminder } from "../timer/policy.ts";
import type { Accommodations } from "./contract.ts";
import type { Rules, Taken } from "./machine.ts";

/** A candidate's own: with a link's session the one interview, with a password all of theirs here, with the link of a refcheck or an offer none. */
export function isOwnInterview(scope: CandidateScope): SQL | undefined {
  if (scope.refcheckId !== null || scope.offerId !== null) return sql`0`;
  return and(
    eq(interview.organizationId, scope.organizationId),
    eq(interview.candidateId, scope.candidateId),
    scope.interviewId === null ? undefined : eq(interview.id, scope.interviewId),
  );
}

/** What of an interview this scope reaches. Candidates reach theirs once they were invited (interview-workflow, new). */
export function reaches(scope: Scope): SQL | undefined {
  switch (scope.kind) {
    case "member":
      return and(eq(interview.organizationId, scope.organizationId), seesProject(scope, interview.projectId));
    case "candidate":
      return and(isOwnInterview(scope), notInArray(interview.status, ["new", "skipped"]));
    case "system":
      return undefined;
    default:
      return sql`0`;
  }
}

function manages(scope: Scope): SQL<number> {
  return scope.kind === "member" ? managesProject(scope, interview.projectId) : sql<number>`0`;
}

/** The evaluation as whoever asks sees it, and their part in it. */
function evaluationFor(scope: Scope): {
  readonly evaluationStatus: typeof evaluationStatus;
  readonly myEvaluationStatus: SQL<MyEvaluationStatus | null>;
  readonly vetoes: SQL<number | null>;
} {
  if (scope.kind !== "member") return { evaluationStatus, myEvaluationStatus: sql`null`, vetoes: sql`null` };
  const me = sql`${scope.memberId}`;
  return { evaluationStatus, myEvaluationStatus: myEvaluationStatus(me), vetoes: vetoesFor(me) };
}

/** All a step needs to know: the interview, its rules, and whom and how to write to. */
function rowsForStep(scope: Scope, which: SQL | undefined) {
  return all(
    build
      .select({
        interview,
        candidate,
        manages: manages(scope),
        ...evaluationFor(scope),
        project: {
          name: project.name,
          status: project.status,
          revision: project.revision,
          interviewPeriodSeconds: sql<number>`coalesce(${project.defaultInterviewPeriodSeconds}, ${organization.defaultInterviewPeriodSeconds})`,
          maxInterviewSeconds: project.maxInterviewSeconds,
          interruptionGraceSeconds: project.interruptionGraceSeconds,
          deadlineAppliesTo: project.deadlineAppliesTo,
          reminderHours: project.reminderHours,
          passwordRequired: project.passwordRequired,
        },
        organization: {
          name: organization.name,
          senderName: organization.senderName,
          frontendOrigins: organization.frontendOrigins,
        },
      })
      .from(interview)
      .innerJoin(candidate, eq(candidate.id, interview.candidateId))
      .innerJoin(project, eq(project.id, interview.projectId))
      .innerJoin(organization, eq(organization.id, interview.organizationId))
      .where(which),
  );
}

export function interviewsForStep(scope: Scope, which: SQL) {
  return rowsForStep(scope, and(which, reaches(scope)));
}

export function interviewsByIds(scope: MemberScope | SystemScope, interviewIds: readonly InterviewId[]) {
  return interviewsForStep(
    scope,
    sql`${interview.id} in (select value from json_each(${JSON.stringify(interviewIds)}))`,
  );
}

export function interviewForStep(scope: Scope, interviewId: InterviewId) {
  return firstOf(rowsForStep(scope, and(eq(interview.id, interviewId), reaches(scope))));
}

/** The newest of all interviews of the person behind this one, or behind this refcheck, whether or not this member sees them. */
export function interviewsOfSamePerson(scope: MemberScope, id: Parameters<typeof personBehind>[0], size: number) {
  const newest = sql`(select other.id from ${interview} as other where other.candidate_id = ${personBehind(id)} order by other.id desc limit ${size})`;
  return rowsForStep(scope, and(eq(interview.organizationId, scope.organizationId), sql`${interview.id} in ${newest}`));
}

/** The folded copies follow the candidate's address. */
export function repeatEmail(scope: MemberScope, candidateId: CandidateId, email: string): Statement<number> {
  const isTheirs = and(eq(interview.candidateId, candidateId), eq(interview.organizationId, scope.organizationId));
  return run(build.update(interview).set({ email }).where(isTheirs));
}

/** And their name. */
export function repeatName(scope: MemberScope, candidateId: CandidateId, name: string): Statement<number> {
  const isTheirs = and(eq(interview.candidateId, candidateId), eq(interview.organizationId, scope.organizationId));
  return run(build.update(interview).set({ name }).where(isTheirs));
}

/** What staff see of an interview, in a list and alone. */
export const staffColumns = {
  id: interview.id,
  organizationId: interview.organizationId,
  projectId: interview.projectId,
  projectName: project.name,
  projectStatus: project.status,
  candidate: {
    id: candidate.id,
    email: candidate.email,
    firstName: candidate.firstName,
    lastName: candidate.lastName,
    language: candidate.language,
    timeZone: candidate.timeZone,
    emailStatus: candidate.emailStatus,
    emailDeadSince: candidate.emailDeadSince,
  },
  status: interview.status,
  previousStatus: interview.previousStatus,
  version: interview.version,
  deadlineAt: interview.deadlineAt,
  opensAt: interview.opensAt,
  inviteAt: interview.inviteAt,
  startedAt: interview.startedAt,
  finishedAt: interview.finishedAt,
  seenAt: interview.seenAt,
  accommodations: interview.accommodations,
  createdAt: interview.createdAt,
  dueAt: interview.dueAt,
  dueVerb: interview.dueVerb,
  labels: interview.labels,
};

function staffInterviews(scope: Scope) {
  return build
    .select({ ...staffColumns, manages: manages(scope), ...evaluationFor(scope) })
    .from(interview)
    .innerJoin(project, eq(project.id, interview.projectId))
    .innerJoin(candidate, eq(candidate.id, interview.candidateId));
}

/** The one interview of those the member may see. */
export function staffInterview(scope: MemberScope, which: SQL) {
  return first(staffInterviews(scope).where(and(which, reaches(scope))));
}

export function replaceLabels(scope: MemberScope, interviewId: InterviewId, labels: string[]): Statement<unknown>[] {
  const { organizationId } = scope;
  const isIt = and(eq(interview.id, interviewId), eq(interview.organizationId, organizationId));
  return [
    run(build.update(interview).set({ labels }).where(isIt)),
    mustHaveChanged("not_found"),
    run(build.delete(interviewLabel).where(eq(interviewLabel.interviewId, interviewId))),
    ...labels.map((label) => run(build.insert(interviewLabel).values({ organizationId, label, interviewId }))),
  ];
}

export type EventRow = typeof interviewEvent.$inferInsert;

export function insertEvent(values: EventRow): Statement<number> {
  return run(build.insert(interviewEvent).values(values));
}

export function setAccommodations(scope: MemberScope, interviewId: InterviewId, accommodations: Accommodations) {
  const isIt = and(eq(interview.id, interviewId), eq(interview.organizationId, scope.organizationId));
  return run(build.update(interview).set({ accommodations }).where(isIt));
}

/** Who invites, and the revision of the steps that this interview will see from now on. */
export function noteInvited(
  interviewId: InterviewId,
  values: { revision?: number; invitedBy?: MemberScope["memberId"] },
) {
  return run(build.update(interview).set(values).where(eq(interview.id, interviewId)));
}

/** Nothing has happened to the interview since it was read. */
export function standsAt(interviewId: InterviewId, version: number): Statement<void> {
  return must(
    sql`exists (select 1 from ${interview} where ${interview.id} = ${interviewId} and ${interview.version} = ${version})`,
    "moved_on",
  );
}

/** Whoever is below recruiter must still manage the project when the step is written. */
export function stillManages(scope: MemberScope, projectId: ProjectId): Statement<void> {
  return must(sql`${managesProject(scope, sql`${projectId}`)}`, "not_allowed");
}

/**
 * The guarded write: the row must still stand exactly where the step was decided, and time must not have decided
 * otherwise: a person's step only before the system's instant, the system's only from it on.
 */
export function writeStep(
  interviewId: InterviewId,
  organizationId: OrganizationId,
  { before, after, verb, who, at }: Taken,
  also: { readonly reminder: Reminder | null; readonly rules: Rules },
): Statement<unknown>[] {
  const isTimesOwn = who === "system" && verb === before.dueVerb;
  const inTime = isTimesOwn ? lte(interview.dueAt, at) : or(isNull(interview.dueAt), gt(interview.dueAt, at));
  const { reminder, rules } = also;
  const { status, previousStatus, version, deadlineAt, inviteAt, startedAt, finishedAt, seenAt, dueAt, dueVerb } =
    after;
  const times = { deadlineAt, inviteAt, startedAt, finishedAt, seenAt, dueAt, dueVerb, ...kept(reminder) };
  const anew = verb === "start" ? { run: sql`${interview.run} + 1`, openPosition: null, openedAt: null, rules } : {};
  return [
    run(
      build
        .update(interview)
        .set({ status, previousStatus, version, ...times, ...anew })
        .where(
          and(
            eq(interview.id, interviewId),
            eq(interview.organizationId, organizationId),
            eq(interview.status, before.status),
            eq(interview.version, before.version),
            inTime,
          ),
        ),
    ),
    mustHaveChanged("moved_on"),
  ];
}

export function eventOf(
  ids: { id: EventId; interviewId: InterviewId; organizationId: OrganizationId },
  { before, after, verb, who, at }: Taken,
  by: { actorId: string | null; why: string | null; accommodations?: Accommodations | undefined },
): EventRow {
  const { version, deadlineAt } = after;
  return { ...ids, version, verb, from: before.status, to: after.status, actorKind: who, ...by, deadlineAt, at };
}

export function noteArmed(_scope: SystemScope, interviewId: InterviewId, at: Date | null): Statement<number> {
  return run(
    build
      .update(interview)
      .set({ armedFor: at })
      .where(and(eq(interview.id, interviewId), sql`(${wakeAt}) is ${at?.getTime() ?? null}`)),
  );
}

/** When the system next has something to do about it. */
export function wakeOf(_scope: SystemScope, interviewId: InterviewId) {
  return first(
    build
      .select({ inviteAt: interview.inviteAt, remindAt: interview.remindAt, dueAt: interview.dueAt })
      .from(interview)
      .where(eq(interview.id, interviewId)),
  );
}

type Reminding = {
  readonly interview: Pick<typeof interview.$inferSelect, "id" | "organizationId" | "version" | "remindAt">;
  readonly next: Reminder | null;
  readonly now: Date;
};

/** The reminder that was due is done with: by one of any number who found it due, and only while nothing else has happened. */
export function passReminder(_scope: SystemScope, { interview: it, next, now }: Reminding): Statement<unknown>[] {
  return [
    run(
      build
        .update(interview)
        .set(kept(next))
        .where(
          and(
            eq(interview.id, it.id),
            eq(interview.organizationId, it.organizationId),
            eq(interview.version, it.version),
            sql`${interview.remindAt} is ${it.remindAt?.getTime() ?? null}`,
            lte(interview.remindAt, now),
            gt(interview.dueAt, now),
          ),
        ),
    ),
    mustHaveChanged("moved_on"),
  ];
}
