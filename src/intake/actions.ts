// How an interview comes to be: created, or created and invited in one write; one, or many at once.
import type { Statement } from "../../db/statement.ts";
import { readRows, refusedRow } from "../bulk/policy.ts";
import { candidateByEmail, knownOrNew } from "../candidate/actions.ts";
import type { EmailStatus } from "../candidate/contract.ts";
import {
  armDeadline,
  armSoon,
  deadlineFor,
  eventOf,
  insertEvent,
  rulesOf,
  type StaffRow,
  stillManages,
  toInterview,
  wakeOf,
} from "../interview/actions.ts";
import type { CreateAndInvite, CreateInterview, Interview } from "../interview/contract.ts";
import { advance, newborn, type Rules, type State, type Taken } from "../interview/machine.ts";
import { mustManage, noAccommodations } from "../interview/policy.ts";
import { crowdLooks, twinLooks, untilAlone } from "../kernel/again.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, Refused, refuse } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId, InterviewId, ProjectId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { firstLetter } from "../notice/actions.ts";
import { mustBeActive, projectForInviting } from "../project/actions.ts";
import { calendarDate } from "../record/policy.ts";
import { kept, nextReminder } from "../timer/policy.ts";
import { type InvitedMany, type InviteMany, InviteRow } from "./contract.ts";
import * as store from "./store.ts";

/** The documented first request: a record with status `new`; a sent status or deadline is ignored. */
export function createInterview(deps: Deps, scope: MemberScope, input: CreateInterview) {
  return create(deps, scope, input, null);
}

/**
 * The three documented requests as one: created and invited, now or at `inviteAt`, or neither. Refuses with `project_not_active`,
 * `already_in_project`, and like the steps it is made of.
 */
export function createAndInvite(deps: Deps, scope: MemberScope, input: CreateAndInvite) {
  const { deadlineAt, inviteAt, ...rest } = input;
  return create(deps, scope, rest, { deadlineAt, inviteAt });
}

type Invite = { readonly deadlineAt: Date | undefined; readonly inviteAt: Date | undefined } | null;

/** Whoever wrote the same person or the same request in between is found at the second look: one more, never two. */
function create(deps: Deps, scope: MemberScope, input: CreateInterview, invite: Invite) {
  return untilAlone(sameRequest, twinLooks, () => createOnce(deps, scope, input, invite));
}

const sameRequest: ReadonlySet<Reason> = new Set(["moved_on", "request_key_used"]);

/** The same person into the same project; and whoever asks to invite gets nobody who never was. */
function isSameRequest(found: StaffRow, { projectId, candidate }: CreateInterview, invite: Invite): boolean {
  const isSameRun = found.projectId === projectId && found.candidate.email === candidate.email;
  return isSameRun && (invite === null || found.status !== "new" || found.inviteAt !== null);
}

/** What follows the creation in the same write: the invitation, or the plan for it. */
function firstSteps(
  born: State,
  rules: Rules,
  now: Date,
  invite: { readonly deadlineAt: Date | null | undefined; readonly inviteAt: Date | undefined } | null,
): Taken[] {
  if (invite === null) return [];
  const deadlineAt = invite.deadlineAt ?? undefined;
  const { inviteAt } = invite;
  if (inviteAt === undefined) return advance(born, rules, { verb: "invite", who: "member", now, deadlineAt });
  const schedule = { verb: "schedule", who: "member", now, inviteAt } as const;
  if (deadlineAt === undefined) return advance(born, rules, schedule);
  return advance(born, rules, { verb: "set_deadline", who: "member", now, deadlineAt }).flatMap((dated) => [
    dated,
    ...advance(dated.after, rules, schedule),
  ]);
}

type Project = NonNullable<ReturnType<ReturnType<typeof projectForInviting>["read"]>>;
type Known = Parameters<typeof knownOrNew>[2];

/** An interview as it comes to be, and all that is written with it. */
async function born(
  deps: Deps,
  scope: MemberScope,
  { project, known, invite }: { readonly project: Project; readonly known: Known; readonly invite: Invite },
  input: Omit<CreateInterview, "projectId">,
  now: Date,
) {
  const { organization } = project;
  const { candidate, statements: person } = knownOrNew(deps, scope, known, {
    ...input.candidate,
    language: input.candidate.language ?? project.language,
    timeZone: input.candidate.timeZone ?? organization.timeZone,
    appliedDate: calendarDate(now, organization.timeZone),
  });
  const unborn: State = { ...newborn, opensAt: input.opensAt ?? null };
  const isInvitedNow = invite !== null && invite.inviteAt === undefined;
  const deadlineAt = isInvitedNow ? deadlineFor(invite.deadlineAt, project, unborn.opensAt, now) : null;
  const steps = firstSteps(unborn, project, now, isInvitedNow ? { deadlineAt, inviteAt: undefined } : invite);
  const state = steps.at(-1)?.after ?? unborn;
  const eased = { accommodations: input.accommodations ?? noAccommodations, rules: null };
  const reminder = nextReminder(state, rulesOf({ interview: { ...unborn, ...eased }, project, candidate }), now);
  const { organizationId } = scope;
  const interview = {
    ...state,
    ...eased,
    ...kept(reminder),
    id: deps.newId("itv"),
    organizationId,
    projectId: project.id,
    candidateId: candidate.id,
    revision: project.revision,
    labels: input.labels,
    name: folded(`${candidate.firstName} ${candidate.lastName}`),
    email: candidate.email,
    createdAt: now,
    invitedBy: invite && scope.memberId,
    requestKey: input.requestKey ?? null,
  };
  const ids = () => ({ id: deps.newId("evt"), interviewId: interview.id, organizationId });
  const birth = {
    ...ids(),
    version: 1,
    verb: "create" as const,
    to: "new" as const,
    actorKind: "member" as const,
    actorId: scope.memberId,
    at: now,
  };
  const about = { interview, candidate, project, organization };
  const statements = [
    ...store.insertInterview(scope, interview),
    insertEvent(birth),
    ...steps.map((taken) => insertEvent(eventOf(ids(), taken, { actorId: scope.memberId, why: null }))),
    ...(isInvitedNow ? await firstLetter(deps, about, deadlineAt) : []),
  ];
  return { interview, candidate, person, statements };
}

async function createOnce(deps: Deps, scope: MemberScope, input: CreateInterview, invite: Invite): Promise<Interview> {
  const now = deps.now();
  const { project, known, repeated } = await deps.db.read({
    project: projectForInviting(scope, input.projectId),
    known: candidateByEmail(scope, input.candidate.email),
    repeated: store.interviewByRequestKey(scope, input.requestKey ?? ""),
  });
  if (repeated) return isSameRequest(repeated, input, invite) ? toInterview(repeated, now) : refuse("request_key_used");
  if (!project) return refuse("not_found");
  mustManage({ manages: project.mayManage });
  const { interview, candidate, person, statements } = await born(deps, scope, { project, known, invite }, input, now);
  await deps.db.write([
    stillManages(scope, input.projectId),
    ...(invite ? [mustBeActive(scope, input.projectId)] : [store.projectTakesInterviews(scope, input.projectId)]),
    ...(input.requestKey === undefined ? [] : [store.keysAreFree(scope, [input.requestKey])]),
    ...person,
    ...statements,
  ]);
  const wakeAt = wakeOf(interview);
  if (wakeAt !== null) armSoon(deps, interview.id, wakeAt);
  if (interview.status === "invited") drainSoon(deps);
  const { id, email, emailStatus, emailDeadSince, firstName, lastName, language, timeZone } = candidate;
  const shown = { id, email, emailStatus, emailDeadSince, firstName, lastName, language, timeZone };
  const { name: projectName, status: projectStatus, mayManage: manages, isEvaluator } = project;
  const myEvaluationStatus = isEvaluator ? ("pending" as const) : null;
  const evaluation = { evaluationStatus: "pending" as const, myEvaluationStatus, vetoes: 0 };
  return toInterview({ ...interview, candidate: shown, projectName, projectStatus, manages, ...evaluation }, now);
}

// Many at once.

type Row = { readonly index: number; readonly input: InviteRow; readonly invite: NonNullable<Invite> };
type Result = InvitedMany["results"][number];

/** Alarms that are set at once, the soonest; the sweep sets the others within a minute or two. */
const armedAtOnceMax = 100;
const armingConcurrency = 10;

/** What holds for the whole call, and each row's own before it. */
function wantedIn({ rows, ...shared }: InviteMany): { readonly wanted: Row[]; readonly refused: Result[] } {
  const { wanted, refused } = readRows(rows, InviteRow);
  return {
    refused,
    wanted: wanted.map(({ index, input }) => {
      const labels = [...new Set([...shared.labels, ...input.labels])];
      const opensAt = input.opensAt ?? shared.opensAt;
      const { deadlineAt = shared.deadlineAt, inviteAt = shared.inviteAt } = input;
      return { index, input: { ...input, labels, opensAt }, invite: { deadlineAt, inviteAt } };
    }),
  };
}

/**
 * `createAndInvite` for many: each row is invited or refused by itself, as it would be alone, and all that are invited are written in one
 * write. A key or an address that stands in the call twice is refused the second time with `repeated_row`; who already has an interview in
 * the project with `already_in_project` and its id. The whole call refuses with `not_found`, `not_allowed`, `project_not_active`.
 */
export async function createAndInviteMany(deps: Deps, scope: MemberScope, input: InviteMany): Promise<InvitedMany> {
  const { wanted, refused } = wantedIn(input);
  const decided = await untilAlone(raced, crowdLooks, () => inviteRows(deps, scope, input.projectId, wanted));
  const results = [...refused, ...decided].sort((one, other) => one.index - other.index);
  return { results, invited: results.filter(({ outcome }) => outcome === "invited").length };
}

/** What says that somebody else has just written one of the rows. */
const raced: ReadonlySet<Reason> = new Set(["moved_on", "request_key_used", "already_in_project"]);

async function inviteRows(
  deps: Deps,
  scope: MemberScope,
  projectId: ProjectId,
  wanted: readonly Row[],
): Promise<Result[]> {
  const now = deps.now();
  const keys = wanted.flatMap(({ input }) => input.requestKey ?? []);
  const { project, people, repeated } = await deps.db.read({
    project: projectForInviting(scope, projectId),
    people: store.peopleOf(scope, { projectId, emails: wanted.map(({ input }) => input.candidate.email) }),
    repeated: store.interviewsByRequestKey(scope, keys),
  });
  if (!project) return refuse("not_found");
  mustManage({ manages: project.mayManage });
  const byEmail = new Map(people.map((person) => [person.address, person]));
  const byKey = new Map(repeated.map((one) => [one.requestKey, one]));
  const results: Result[] = [];
  const persons: Statement<unknown>[] = [];
  const statements: Statement<unknown>[] = [];
  const timers: { readonly id: InterviewId; readonly at: Date }[] = [];
  const newKeys: string[] = [];
  /** Two addresses may be one person's. */
  const invited = new Set<CandidateId>();
  for (const { index, input, invite } of wanted) {
    const before = input.requestKey === undefined ? undefined : byKey.get(input.requestKey);
    const person = byEmail.get(input.candidate.email);
    try {
      if (before) {
        const isTheirs = before.email === input.candidate.email || before.candidateId === person?.candidate.id;
        const isSame = before.projectId === projectId && isTheirs;
        if (!isSame) refuse("request_key_used");
        results.push(invitedRow(index, before, before.emailStatus));
        continue;
      }
      const made = await born(deps, scope, { project, known: person?.candidate, invite }, input, now);
      if (person?.interviewId) refuse("already_in_project", { interviewId: person.interviewId });
      if (invited.has(made.candidate.id)) refuse("repeated_row");
      invited.add(made.candidate.id);
      persons.push(...made.person);
      statements.push(...made.statements);
      if (input.requestKey !== undefined) newKeys.push(input.requestKey);
      const wakeAt = wakeOf(made.interview);
      if (wakeAt !== null) timers.push({ id: made.interview.id, at: wakeAt });
      results.push(invitedRow(index, made.interview, made.candidate.emailStatus));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      results.push(refusedRow(index, error));
    }
  }
  if (statements.length === 0) return results;
  await deps.db.write([
    stillManages(scope, projectId),
    mustBeActive(scope, projectId),
    store.keysAreFree(scope, newKeys),
    // Interviews need their people to be there.
    ...store.gathered([...persons, ...statements]),
  ]);
  const soonest = timers.sort((one, other) => one.at.getTime() - other.at.getTime()).slice(0, armedAtOnceMax);
  deps.afterwards("arm_deadlines", (system) =>
    forEachOf(soonest, armingConcurrency, ({ id, at }) => armDeadline(system, id, at)),
  );
  drainSoon(deps);
  return results;
}

type Invitee = { readonly id: InterviewId; readonly candidateId: CandidateId } & Pick<
  State,
  "status" | "deadlineAt" | "inviteAt"
>;

function invitedRow(
  index: number,
  { id: interviewId, candidateId, status, deadlineAt, inviteAt }: Invitee,
  emailStatus: EmailStatus,
): Result {
  return { index, outcome: "invited", interviewId, candidateId, status, deadlineAt, inviteAt, emailStatus };
}
