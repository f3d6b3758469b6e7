// Two organizations and everybody who might call: the stage on which the walks try each procedure. People are put
// straight into the database, because how they come in is shown elsewhere; their sessions are begun by the real code.
import { and, eq, sql } from "drizzle-orm";
import {
  attempt,
  candidate,
  extension,
  interview,
  letter,
  member,
  projectRole,
  recording,
  recordingPart,
  session,
  teamMember,
  user,
} from "../../db/schema/index.ts";
import { build, first, run } from "../../db/statement.ts";
import { insertUser } from "../../src/identity/actions.ts";
import {
  type CandidateId,
  type CriterionId,
  type InterviewId,
  type MemberId,
  newId,
  type OfferId,
  type OrganizationId,
  type ProjectId,
  type RefcheckId,
  type ReferenceId,
  type UserId,
} from "../../src/kernel/ids.ts";
import type { Access } from "../../src/kernel/scope.ts";
import { hashPassword } from "../../src/kernel/secret.ts";
import type { ProjectRole } from "../../src/project/policy.ts";
import { beginCandidateSession, beginReferenceSession, beginUserSession } from "../../src/session/actions.ts";
import { anteroom, database, givenOrganization, givenProject, type House, newEmail, systemDeps } from "./world.ts";

export const actors = [
  "nobody",
  /** Signed in as staff, in no organization. */
  "homeless",
  "owner",
  "admin",
  "recruiter",
  /** Without a role in any project. */
  "hiringManager",
  /** A hiring manager who is interview manager of the stage's project. */
  "interviewManager",
  /** A hiring manager who is evaluator in the stage's project. */
  "evaluator",
  /** The owner of another organization. */
  "stranger",
  /** Signed out a moment ago; was owner. */
  "signedOutMember",
  /** The token says owner; the organization made them recruiter since. */
  "demoted",
  /** Whose interview it is, by its own link. */
  "candidate",
  /** The same person, by the link of another interview. */
  "candidateByOtherLink",
  /** The same person, by the link of another refcheck. */
  "candidateByRefcheck",
  /** The same person, by the link of other offered times. */
  "candidateByOffer",
  "otherCandidate",
  /** A candidate of another organization. */
  "foreignCandidate",
  "signedOutCandidate",
  /** Somebody asked about a candidate, by the link in their letter. */
  "reference",
] as const;
export type ActorName = (typeof actors)[number];

export const password = "seven wild geese over water";

/** Somebody's interview. */
export type Whose = {
  organizationId: OrganizationId;
  candidateId: CandidateId;
  interviewId: InterviewId;
  email: string;
  /** Then it is about this, and no interview. */
  refcheckId?: RefcheckId;
  referenceId?: ReferenceId;
  /** Or about this. */
  offerId?: OfferId;
};
export type Membership = { userId: UserId; organizationId: OrganizationId; memberId: MemberId; access: Access };

export type Cast = Readonly<Record<Access | "interviewManager" | "evaluator" | "demoted", Membership>>;

export type Stage = {
  /** Where the calls are made. Its owner's client arranges and is never one of the actors. */
  readonly house: House;
  readonly project: Awaited<ReturnType<typeof givenProject>>;
  /** What its evaluators rate. */
  readonly criterionId: CriterionId;
  readonly members: Cast;
  readonly invited: Whose;
  readonly otherInvited: Whose;
  /** Signed in as staff, in no organization. */
  readonly homeless: UserId;
  /** The same of another organization. */
  readonly across: Omit<Stage, "across" | "homeless">;
};

let passwordHash: Promise<string> | undefined;

/** Somebody who has an account, with the stage's password. */
export async function newUser(name = "person"): Promise<{ userId: UserId; email: string }> {
  passwordHash ??= hashPassword(password);
  const deps = systemDeps();
  const person = {
    id: deps.newId("usr"),
    email: newEmail(name),
    firstName: "Eve",
    lastName: name,
    language: "en" as const,
    timeZone: "UTC",
    passwordHash: await passwordHash,
    createdAt: deps.now(),
  };
  await database().write(insertUser(person));
  return { userId: person.id, email: person.email };
}

/** Somebody who has become a member, in the default team. */
export async function newMember(
  house: House,
  access: Access,
  name: string = access,
): Promise<Membership & { email: string }> {
  const deps = systemDeps();
  const { userId, email } = await newUser(name);
  const organizationId = house.organization.id;
  const [memberId, createdAt] = [deps.newId("mem"), deps.now()];
  await database().write([
    run(build.insert(member).values({ id: memberId, organizationId, userId, access, createdAt })),
    run(
      build.insert(teamMember).values({ teamId: house.team.id, memberId, organizationId, isAdmin: false, createdAt }),
    ),
  ]);
  return { userId, organizationId, memberId, access, email };
}

async function giveRole(of: Membership, projectId: ProjectId, role: ProjectRole) {
  const { organizationId, memberId } = of;
  await database().write([
    run(build.insert(projectRole).values({ projectId, memberId, role, organizationId, createdAt: new Date() })),
  ]);
}

/** `opened`: interviewing, with the first step open. `answered`: interviewing, with nothing left to answer. */
export type Standing =
  | "new"
  | "invited"
  | "confirmed"
  | "interviewing"
  | "opened"
  | "answered"
  | "interviewed"
  | "expired"
  | "aborted";

/** An interview of somebody new, brought to where it shall stand. `word`: their name, address and label. */
export async function newInterview(
  house: House,
  projectId: ProjectId,
  standing: Standing = "invited",
  word = "candidate",
): Promise<Whose> {
  const email = newEmail(word);
  const api = house.owner.client.interview;
  const made = await (standing === "new" ? api.create : api.createAndInvite).mutate({
    projectId,
    candidate: { email, firstName: "Cleo", lastName: word },
    labels: [word],
  });
  const whose = {
    organizationId: house.organization.id,
    candidateId: made.candidate.id,
    interviewId: made.id,
    email,
  };
  if (standing === "expired") await makeLate(made.id);
  if (standing === "new" || standing === "invited" || standing === "expired") return whose;
  const own = anteroom(await candidateToken(whose));
  const interviewId = made.id;
  await own.interview.confirm.mutate({ interviewId });
  if (standing !== "confirmed") await own.interview.start.mutate({ interviewId });
  if (standing === "opened") await own.answer.openStep.mutate({ interviewId });
  if (standing === "aborted") await own.interview.abort.mutate({ interviewId });
  if (standing === "answered" || standing === "interviewed") await answerEverything(own, interviewId);
  if (standing === "interviewed") await own.interview.finish.mutate({ interviewId });
  return whose;
}

async function answerEverything(own: ReturnType<typeof anteroom>, interviewId: InterviewId) {
  for (;;) {
    const { open, stepsAhead } = await own.answer.openStep.mutate({ interviewId });
    if (!open) throw new Error("there is a step to answer");
    const { kind } = open.step.answer;
    const answer =
      kind === "text" ? { kind, text: "Because of the coffee." } : { kind: "choice" as const, optionIds: ["yes"] };
    await own.answer.save.mutate({ interviewId, stepId: open.step.id, answer, submit: true });
    if (stepsAhead === 0) return;
  }
}

/** As if they had chosen the stage's password when they confirmed. */
export async function setPassword({ candidateId }: Whose): Promise<void> {
  passwordHash ??= hashPassword(password);
  const chosen = { passwordHash: await passwordHash };
  await database().write([run(build.update(candidate).set(chosen).where(eq(candidate.id, candidateId)))]);
}

/** However often it was guessed meanwhile. */
const forgetGuesses = () => run(build.delete(attempt));

/** Whatever they changed it to, it is the stage's password again. */
export async function resetPassword(userId: UserId): Promise<void> {
  passwordHash ??= hashPassword(password);
  const chosen = { passwordHash: await passwordHash };
  await database().write([run(build.update(user).set(chosen).where(eq(user.id, userId))), forgetGuesses()]);
}

/** The same for candidates, all there are: the walks change the passwords of several. */
export async function resetCandidatePasswords(): Promise<void> {
  passwordHash ??= hashPassword(password);
  await database().write([run(build.update(candidate).set({ passwordHash: await passwordHash })), forgetGuesses()]);
}

/** Its deadline passed an hour ago, and no alarm has said so. */
export async function makeLate(interviewId: InterviewId) {
  const past = new Date(Date.now() - 3_600_000);
  await database().write([
    run(
      build
        .update(interview)
        .set({ deadlineAt: past, dueAt: past, remindAt: null })
        .where(eq(interview.id, interviewId)),
    ),
  ]);
}

/** A letter of the organization that finally failed. */
export async function newFailedLetter(house: House, projectId: ProjectId) {
  const { interviewId } = await newInterview(house, projectId);
  const { found } = await database().read({
    found: first(build.select({ id: letter.id }).from(letter).where(eq(letter.interviewId, interviewId))),
  });
  if (!found) throw new Error("an invitation is a letter");
  await database().write([
    run(
      build
        .update(letter)
        .set({ status: "failed", failedAt: new Date(), nextAttemptAt: null, leasedUntil: null })
        .where(eq(letter.id, found.id)),
    ),
  ]);
  return found.id;
}

const filmed = new Map<OrganizationId, Promise<Awaited<ReturnType<typeof givenProject>>>>();

/** An interview in a project of the house whose first step, which is open, is answered to a camera. */
export async function filmedInterview(house: House) {
  const { id } = house.organization;
  const answer = { kind: "media" as const, media: "video" as const };
  const made = filmed.get(id) ?? givenProject(house, { steps: [{ kind: "question", title: "Hello?", answer }] });
  filmed.set(id, made);
  const { id: projectId, steps } = await made;
  return { whose: await newInterview(house, projectId, "opened"), stepId: steps[0]?.id ?? newId("stp") };
}

/** Something recorded for an interview: parts are still to come, or it is an answer. */
export async function newRecording(
  { organizationId, interviewId }: Whose,
  status: "open" | "whole",
  { key = "nowhere", stepId = newId("stp") } = {},
) {
  const id = newId("rec");
  const now = new Date();
  const ends = status === "open" ? new Date(now.getTime() + 86_400_000) : null;
  const values = { id, organizationId, interviewId, run: 1, stepId, contentType: "video/webm", status };
  await database().write([
    run(build.insert(recording).values({ ...values, createdAt: now, forgetAt: ends })),
    run(build.insert(recordingPart).values({ recordingId: id, organizationId, number: 0, bytes: 4, key })),
  ]);
  return id;
}

/** Ends what the project's last extension is at. */
export async function endExtensions(projectId: ProjectId) {
  const running = and(eq(extension.projectId, projectId), eq(extension.status, "running"));
  await database().write([
    run(build.update(extension).set({ status: "finished", endedAt: new Date() }).where(running)),
  ]);
}

/** An extension that somebody is working on and nobody gets on with. */
export async function newExtension(
  { organization: { id: organizationId }, owner }: House,
  projectId: ProjectId,
  why = "More time.",
) {
  await endExtensions(projectId);
  const id = newId("ext");
  const ends = { leasedUntil: new Date("2100-01-01T00:00:00Z"), createdAt: new Date() };
  const counts = { openCount: 3, moved: 1, leftAlone: 1 };
  const by = { to: "later", bySeconds: 3_600 } as const;
  const values = { id, organizationId, projectId, startedBy: owner.memberId, by, why, ...counts, ...ends };
  await database().write([run(build.insert(extension).values({ ...values, status: "running" }))]);
  return id;
}

export async function memberToken({ userId, organizationId, memberId, access }: Membership): Promise<string> {
  const entered = { organizationId, memberId, access };
  const { token, statement } = await beginUserSession(systemDeps(), { userId, entered });
  await database().write([statement]);
  return token;
}

/** With `null` for the interview it is a session by password, which reaches all of theirs. */
export async function candidateToken({
  organizationId,
  candidateId,
  interviewId,
  refcheckId = null,
  offerId = null,
}: Pick<Whose, "organizationId" | "candidateId"> & {
  readonly interviewId: InterviewId | null;
  readonly refcheckId?: RefcheckId | null;
  readonly offerId?: OfferId | null;
}): Promise<string> {
  const { token, statement } = await beginCandidateSession(systemDeps(), {
    ...{ organizationId, candidateId, refcheckId, offerId },
    interviewId: refcheckId === null && offerId === null ? interviewId : null,
  });
  await database().write([statement]);
  return token;
}

/** By the link in the letter that asked them. */
export async function referenceToken({ organizationId, refcheckId, referenceId }: Partial<Whose>): Promise<string> {
  const { token, statement } = await beginReferenceSession(systemDeps(), {
    organizationId: organizationId ?? newId("org"),
    refcheckId: refcheckId ?? newId("rck"),
    referenceId: referenceId ?? newId("ref"),
    linkId: newId("lnk"),
  });
  await database().write([statement]);
  return token;
}

/** By another link than that of what it is about. */
const byThat = { refcheckId: null, offerId: null };

async function signedOut(token: string): Promise<string> {
  await anteroom(token).identity.signOut.mutate();
  return token;
}

/** The newest session of somebody, for calls that name one. */
export async function newestSession(of: { userId: UserId } | { candidateId: CandidateId }) {
  const whose = "userId" in of ? eq(session.userId, of.userId) : eq(session.candidateId, of.candidateId);
  const { found } = await database().read({
    found: first(build.select({ id: session.id }).from(session).where(whose).orderBy(sql`${session.id} desc`).limit(1)),
  });
  if (!found) throw new Error("they have a session");
  return found.id;
}

/** A bearer token for a fresh session of this actor, or none. `whose` is the interview the call is about. */
export async function tokenOf(stage: Stage, actor: ActorName, whose: Whose): Promise<string | undefined> {
  const { members } = stage;
  switch (actor) {
    case "nobody":
      return undefined;
    case "homeless": {
      const { token, statement } = await beginUserSession(systemDeps(), { userId: stage.homeless, entered: undefined });
      await database().write([statement]);
      return token;
    }
    case "hiringManager":
      return memberToken(members.hiring_manager);
    case "stranger":
      return memberToken(stage.across.members.owner);
    case "signedOutMember":
      return signedOut(await memberToken(members.owner));
    case "demoted":
      return memberToken({ ...members.demoted, access: "owner" });
    case "candidate":
      return candidateToken(whose);
    case "candidateByOtherLink":
      return candidateToken({ ...whose, interviewId: stage.otherInvited.interviewId, ...byThat });
    case "candidateByRefcheck":
      return candidateToken({ ...whose, ...byThat, refcheckId: newId("rck") });
    case "candidateByOffer":
      return candidateToken({ ...whose, ...byThat, offerId: newId("off") });
    case "reference":
      return referenceToken(whose);
    case "otherCandidate":
      return candidateToken(stage.otherInvited);
    case "foreignCandidate":
      return candidateToken(stage.across.invited);
    case "signedOutCandidate":
      return signedOut(await candidateToken(whose));
    default:
      return memberToken(members[actor]);
  }
}

/** Whose user a staff actor is. */
export function userOf(stage: Stage, actor: ActorName): UserId | null {
  const { members } = stage;
  switch (actor) {
    case "homeless":
      return stage.homeless;
    case "hiringManager":
      return members.hiring_manager.userId;
    case "stranger":
      return stage.across.members.owner.userId;
    case "signedOutMember":
      return members.owner.userId;
    case "owner":
    case "admin":
    case "recruiter":
    case "interviewManager":
    case "evaluator":
    case "demoted":
      return members[actor].userId;
    default:
      return null;
  }
}

async function settle(): Promise<Stage["across"]> {
  const house = await givenOrganization();
  const project = await givenProject(house, { vetoEnabled: true });
  const criteria = [{ name: "Warmth" }];
  const [criterion] = (await house.owner.client.project.setCriteria.mutate({ projectId: project.id, criteria }))
    .criteria;
  if (!criterion) throw new Error("a criterion that is set is there");
  const members = {
    owner: await newMember(house, "owner"),
    admin: await newMember(house, "admin"),
    recruiter: await newMember(house, "recruiter"),
    hiring_manager: await newMember(house, "hiring_manager"),
    interviewManager: await newMember(house, "hiring_manager", "interviewing"),
    evaluator: await newMember(house, "hiring_manager", "evaluating"),
    demoted: await newMember(house, "recruiter", "demoted"),
  };
  await giveRole(members.interviewManager, project.id, "interview_manager");
  await giveRole(members.evaluator, project.id, "evaluator");
  const [invited, otherInvited] = [await newInterview(house, project.id), await newInterview(house, project.id)];
  return { house, project, criterionId: criterion.id, members, invited, otherInvited };
}

export async function setTheStage(): Promise<Stage> {
  const [here, across] = [await settle(), await settle()];
  return { ...here, across, homeless: (await newUser("homeless")).userId };
}

/** The same stage, seen from the other organization. */
export function fromAcross({ across, homeless, ...here }: Stage): Stage {
  return { ...across, homeless, across: here };
}
