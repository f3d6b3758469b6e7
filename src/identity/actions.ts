import * as attempts from "../attempt/actions.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Destination, destinationOf } from "../kernel/destination.ts";
import { refuse } from "../kernel/errors.ts";
import type { LinkId } from "../kernel/ids.ts";
import type { MemberScope, UserScope } from "../kernel/scope.ts";
import { hashFor, hashPassword, passwordMatches } from "../kernel/secret.ts";
import { drainSoon, promiseLetter } from "../letter/actions.ts";
import * as sessions from "../session/actions.ts";
import type {
  CandidateSignedIn,
  ChangePassword,
  EditProfile,
  Me,
  Membership,
  OpenedLink,
  ReferenceSignedIn,
  ResetPassword,
  SignedIn,
  SignIn,
  SignInCandidate,
  SignUp,
  UsedLink,
  UseLink,
  User,
} from "./contract.ts";
import {
  keptAfterEndMs,
  type LinkPurpose,
  lettersPerDay,
  limits,
  linkPurposes,
  linkTtlMs,
  mustBeStrong,
  tokenPrefixes,
} from "./policy.ts";
import * as store from "./store.ts";

/** A guess at this person's password made elsewhere, counted with those at sign-in; `forgotten` once it was right. */
export function countPasswordGuess(deps: Deps, email: string): attempts.Attempt {
  return attempts.attemptAt(deps, limits.signIn, email);
}

type IssuedLink = Omit<store.NewLink, "id" | "hash" | "createdAt">;

function linkHash(purpose: LinkPurpose, token: string): string {
  return hashFor(`link ${purpose}`, token);
}

/** A token, and the row that keeps its hash. */
export function newLink<Values extends IssuedLink>(deps: Deps, values: Values) {
  const token = `${tokenPrefixes[values.purpose]}_${deps.newToken()}`;
  const hash = linkHash(values.purpose, token);
  return { token, row: { ...values, id: deps.newId("lnk"), hash, createdAt: deps.now() } };
}

/** A new link's token, for its letter, and the statement that keeps its hash, for the caller's own write. */
export function issueLink(deps: Deps, values: IssuedLink) {
  const { token, row } = newLink(deps, values);
  return { token, linkId: row.id, statement: store.insertLink(row) };
}

export const revokeLinks = store.revokeLinks;
export const revokeAskedFor = store.revokeAskedFor;
export const userPasswordStands = store.userPasswordStands;
export const wasInvited = store.wasInvited;
export const worksIn = store.worksIn;
export const linksOfInterview = store.linksOfInterview;
export const insertUser = store.insertUser;
export const userByEmail = store.userByEmail;
export const membershipsOf = store.membershipsOf;
export const spendLink = store.spendLink;

/** A token's first letters say what it is for; its hash holds that too, so that changing them finds nothing. */
export function purposeOf(token: string): LinkPurpose | null {
  return linkPurposes.find((purpose) => token.startsWith(`${tokenPrefixes[purpose]}_`)) ?? null;
}

/** What the link with this token is kept under, or null when the token is none of ours. */
export function hashOfLink(token: string): string | null {
  const purpose = purposeOf(token);
  return purpose === null ? null : linkHash(purpose, token);
}

/** Organizations' frontends first, then the installation's, then the built-in page. */
export function destinationAt(
  deps: Deps,
  next: string | undefined,
  organizationOrigins: readonly string[],
): Destination {
  const [home = deps.site.publicUrl, ...others] = [...organizationOrigins, ...deps.site.frontendOrigins];
  return destinationOf(next, [home, ...others, deps.site.publicUrl]);
}

export function toUser({ id, email, firstName, lastName, language, timeZone, createdAt }: User): User {
  return { id, email, firstName, lastName, language, timeZone, createdAt };
}

/**
 * Begins a sign-up. The account exists once the letter's link has been used with the same password; somebody who
 * already has one gets a letter that says so. The answer is the same for both. Refuses with `weak_password`, `slow_down`,
 * `foreign_destination`.
 */
export async function signUp(deps: Deps, input: SignUp) {
  mustBeStrong(input.password, input.email);
  const { frontend, path: next } = destinationAt(deps, input.next, []);
  const [known] = await deps.db.write([
    store.userByEmail(input.email),
    ...attempts.attemptAt(deps, limits.signUp, input.email).counted,
    ...attempts.countTowards(deps, lettersPerDay, input.email, 1),
  ]);
  const { firstName, lastName, language, timeZone } = input;
  const passwordHash = await hashPassword(input.password);
  const link = newLink(deps, {
    purpose: "sign_up",
    email: input.email,
    details: { firstName, lastName, language, timeZone, passwordHash },
    expiresAt: after(deps.now(), linkTtlMs.sign_up),
  });
  const letter = await promiseLetter(
    deps,
    known
      ? {
          to: known.email,
          language: known.language,
          timeZone: known.timeZone,
          content: { kind: "already_registered", signInUrl: frontend },
        }
      : {
          to: input.email,
          language,
          timeZone,
          content: { kind: "sign_up", firstName, link: { frontend, next } },
          token: link.token,
          linkId: link.row.id,
        },
  );
  await deps.db.write([store.insertLinkUnlessKnown(link.row), letter]);
  drainSoon(deps);
  return { onItsWay: true as const };
}

type UserSessionOf = { user: User; organizations: Membership[]; wanted?: string | undefined; next: string | null };

/** The statement for a new staff session, and what its holder is told. Enters the wanted organization, else the first. */
export async function startUserSession(deps: Deps, { user, organizations, wanted, next }: UserSessionOf) {
  const entered = organizations.find(({ organizationId }) => organizationId === wanted) ?? organizations[0];
  const { token, statement } = await sessions.beginUserSession(deps, { userId: user.id, entered });
  const answer: SignedIn = {
    kind: "user",
    token,
    user,
    organizations,
    entered: entered?.organizationId ?? null,
    next,
  };
  return { statement, answer };
}

/** Signs in by password. Refuses with `wrong_credentials`, whoever has the address, and with `slow_down`. */
export async function signIn(deps: Deps, input: SignIn): Promise<SignedIn> {
  const attempt = attempts.attemptAt(deps, limits.signIn, input.email);
  const [found, organizations] = await deps.db.write([
    store.userByEmail(input.email),
    store.membershipsOf({ email: input.email }),
    ...attempt.counted,
  ]);
  const known = found?.passwordHash ?? null;
  const matches = await passwordMatches(input.password, known);
  if (!found || known === null || !matches) return refuse("wrong_credentials");
  const { statement, answer } = await startUserSession(deps, {
    user: toUser(found),
    organizations,
    wanted: input.organizationId,
    next: null,
  });
  const stands = store.userPasswordStands(found.id, known, "wrong_credentials");
  await deps.db.write([stands, statement, ...attempt.forgotten]);
  return answer;
}

/** What guesses at a candidate's password are counted against, at the organization's short name. */
const atOrganization = (slug: string, email: string) => `${slug}/${email}`;

/**
 * A candidate who has set a password signs in with it, at the organization's short name, and reaches all of their
 * interviews there. Refuses with `wrong_credentials`, whoever has the address, and with `slow_down`.
 */
export async function signInCandidate(deps: Deps, input: SignInCandidate): Promise<CandidateSignedIn> {
  const { organization, email } = input;
  const attempt = attempts.attemptAt(deps, limits.signIn, atOrganization(organization, email));
  const [found] = await deps.db.write([store.candidateByEmail(organization, email), ...attempt.counted]);
  const passwordHash = found?.passwordHash ?? null;
  const matches = await passwordMatches(input.password, passwordHash);
  if (!found || passwordHash === null || !matches || found.wasInvited === 0) return refuse("wrong_credentials");
  const { statement, answer } = await startCandidateSession(deps, {
    candidateId: found.id,
    organizationId: found.organizationId,
    ...nothingInParticular,
    firstName: found.firstName,
    next: null,
  });
  const stands = store.candidatePasswordStands({ id: found.id, email, passwordHash }, "wrong_credentials");
  await deps.db.write([stands, statement, ...attempt.forgotten]);
  return answer;
}

/** By a password, or a link that was asked for: all that is theirs there. */
const nothingInParticular = {
  ...{ interviewId: null, admittedTo: null, refcheckId: null, refcheck: null, offerId: null, offer: null },
};

type CandidateSessionOf = Omit<CandidateSignedIn, "kind" | "token"> & { linkId?: LinkId };

async function startCandidateSession(deps: Deps, { linkId, ...told }: CandidateSessionOf) {
  const { candidateId, organizationId, interviewId, refcheckId, offerId } = told;
  const whose = { organizationId, candidateId, interviewId, refcheckId, offerId };
  const { token, statement } = await sessions.beginCandidateSession(deps, { ...whose, ...(linkId && { linkId }) });
  return { statement, answer: { kind: "candidate", token, ...told } satisfies CandidateSignedIn };
}

type FoundLink = NonNullable<Awaited<ReturnType<typeof findLink>>>;

async function findLink(deps: Deps, token: string) {
  const hash = hashOfLink(token);
  if (hash === null) return undefined;
  const { found, organizations } = await deps.db.read({
    found: store.linkByHash(hash),
    organizations: store.membershipsOf({ linkHash: hash }),
  });
  return found && { ...found, organizations };
}

/** The same for a link that also asks for a password: counted before the guess is looked at, or parallel ones pass. */
async function findLinkCounting(deps: Deps, token: string): Promise<FoundLink | undefined> {
  const hash = hashOfLink(token);
  if (hash === null) return undefined;
  const [found, organizations] = await deps.db.write([
    store.linkByHash(hash),
    store.membershipsOf({ linkHash: hash }),
    ...attempts.attemptAt(deps, limits.useLink, hash).counted,
  ]);
  return found && { ...found, organizations };
}

/** An interview's link is good until its purpose is done: the interview given, or the candidate passed over. */
const interviewIsOver = new Set(["interviewed", "skipped"]);

/** A reference's link is good until they have finished, or their answers are not asked for any more. */
function isAskedStill({ reference, refcheckProgress, refcheckDeadlineAt }: FoundLink, now: Date): boolean {
  const isOpen = reference?.status === "invited" || reference?.status === "accepted";
  const isInTime = refcheckDeadlineAt !== null && refcheckDeadlineAt > now;
  return isOpen && isInTime && refcheckProgress !== "canceled";
}

function isAlive(found: FoundLink, now: Date): boolean {
  const { link, interviewStatus, inviteStatus, isWelcome } = found;
  if (link.revokedAt !== null || (link.expiresAt !== null && link.expiresAt <= now)) return false;
  switch (link.purpose) {
    case "interview_invitation":
      return interviewStatus !== null && !interviewIsOver.has(interviewStatus);
    case "refcheck_invitation":
      return found.refcheckProgress !== null && found.refcheckProgress !== "canceled";
    case "reference_request":
      return isAskedStill(found, now);
    case "slot_offer":
      return found.mayPick === 1;
    case "member_invite":
      return inviteStatus === "INVITED";
    case "sign_up":
      return link.details !== null;
    default:
      return link.usedAt === null && isWelcome === 1;
  }
}

/** Inert: says what a link is for and whether it is alive, changes nothing, and tells nothing about anybody. */
export async function openLink(deps: Deps, input: { token: string }): Promise<OpenedLink> {
  const found = await findLink(deps, input.token);
  if (!found) return { purpose: null, alive: false };
  return { purpose: found.link.purpose, alive: isAlive(found, deps.now()) };
}

/**
 * Exchanges a link for a session. A sign-in or sign-up link works once; an invitation's link as often as it takes.
 * Refuses with `link_dead`, `other_link` (a link that is used another way), `wrong_password`, `slow_down`,
 * `foreign_destination`.
 */
export async function useLink(deps: Deps, input: UseLink): Promise<UsedLink> {
  // Only a sign-up link asks for something that could be guessed, and without a password nothing was. The rest is never
  // counted: whatever buttons a mail scanner presses, the person still gets in.
  const isGuess = purposeOf(input.token) === "sign_up" && input.password !== undefined;
  const found = isGuess ? await findLinkCounting(deps, input.token) : await findLink(deps, input.token);
  if (!found || !isAlive(found, deps.now())) return refuse("link_dead");
  const { path: next } = destinationAt(deps, input.next, found.frontendOrigins ?? []);
  switch (found.link.purpose) {
    case "sign_in":
      return signInByLink(deps, found, next);
    case "sign_up":
      return finishSignUp(deps, found, input.password, next);
    case "interview_invitation":
    case "refcheck_invitation":
    case "slot_offer":
      return admitCandidate(deps, found, next);
    case "reference_request":
      return admitReference(deps, found, next);
    default:
      return refuse("other_link", { purpose: found.link.purpose });
  }
}

/** Spends the link; what else was asked for to sign in and lies about in letters ends with it. */
async function signInByLink(deps: Deps, found: FoundLink, next: string | null): Promise<UsedLink> {
  const { statement, answer } = await sessionByLink(deps, found, next);
  const now = deps.now();
  const holder = holderOf(found) ?? refuse("link_dead");
  await deps.db.write([
    ...store.spendLink(found.link.id, now),
    store.revokeAskedFor(holder, ["sign_in"], now),
    statement,
  ]);
  return answer;
}

function holderOf({ user, candidate }: FoundLink): store.Holder | null {
  if (user) return { userId: user.id };
  return candidate && { candidateId: candidate.id };
}

/** A user enters the organization they asked at; a candidate reaches all of their interviews there, as by password. */
async function sessionByLink(deps: Deps, { link, user, candidate, organizations }: FoundLink, next: string | null) {
  const { organizationId } = link;
  if (user) {
    const wanted = organizationId ?? undefined;
    return startUserSession(deps, { user: toUser(user), organizations, wanted, next });
  }
  if (!candidate || organizationId === null) return refuse("link_dead");
  return startCandidateSession(deps, {
    candidateId: candidate.id,
    organizationId,
    ...nothingInParticular,
    firstName: candidate.firstName,
    next,
  });
}

async function finishSignUp(
  deps: Deps,
  { link }: FoundLink,
  password: string | undefined,
  next: string | null,
): Promise<SignedIn> {
  const { details } = link;
  if (!details) return refuse("link_dead");
  const matches = password !== undefined && (await passwordMatches(password, details.passwordHash));
  if (!matches) return refuse("wrong_password");
  const now = deps.now();
  const user = { id: deps.newId("usr"), email: link.email, createdAt: now, ...details };
  const { statement, answer } = await startUserSession(deps, { user: toUser(user), organizations: [], next });
  await deps.db.write([...store.spendLink(link.id, now), ...store.insertUser(user), statement]);
  return answer;
}

/** By a letter's link: into the one interview, refcheck or offer that the letter was about. */
async function admitCandidate(deps: Deps, found: FoundLink, next: string | null): Promise<CandidateSignedIn> {
  const { link, candidate, organizationName, projectName, deadlineAt } = found;
  const { organizationId, interviewId, refcheckId, offerId } = link;
  if (!candidate || !organizationId || organizationName === null) return refuse("link_dead");
  const { firstName, timeZone } = candidate;
  const admittedTo = projectName === null ? null : { organizationName, projectName, deadlineAt, timeZone };
  const { statement, answer } = await startCandidateSession(deps, {
    ...{ candidateId: candidate.id, organizationId, interviewId, admittedTo, refcheckId },
    ...{ refcheck: refcheckId && refcheckIn(found, timeZone), offerId, offer: offerIn(found, timeZone) },
    ...{ firstName, next, linkId: link.id },
  });
  await deps.db.write([...store.noteLinkUse(link.id, deps.now()), statement]);
  return answer;
}

function offerIn({ organizationName, offerTitle: title, offerExpiresAt: expiresAt }: FoundLink, timeZone: string) {
  if (organizationName === null || title === null || expiresAt === null) return null;
  return { organizationName, title, expiresAt, timeZone };
}

function refcheckIn({ candidate, organizationName, roleTitle, refcheckDeadlineAt }: FoundLink, timeZone: string) {
  if (!candidate || organizationName === null || roleTitle === null) return refuse("link_dead");
  const candidateName = `${candidate.firstName} ${candidate.lastName}`;
  return { organizationName, roleTitle, candidateName, deadlineAt: refcheckDeadlineAt, timeZone };
}

async function admitReference(deps: Deps, found: FoundLink, next: string | null): Promise<ReferenceSignedIn> {
  const { link, reference } = found;
  const { organizationId, refcheckId } = link;
  if (!reference || !organizationId || !refcheckId) return refuse("link_dead");
  const whose = { organizationId, refcheckId, referenceId: reference.id };
  const { token, statement } = await sessions.beginReferenceSession(deps, { ...whose, linkId: link.id });
  await deps.db.write([...store.noteLinkUse(link.id, deps.now()), statement]);
  const refcheck = refcheckIn(found, reference.timeZone);
  return { kind: "reference", token, ...whose, refcheck, firstName: reference.firstName, next };
}

/** The same session, inside this organization: a new bearer token. Refuses with `not_found` where one is no member. */
export async function enter(
  deps: Deps,
  scope: UserScope | MemberScope,
  input: { organizationId: string },
): Promise<SignedIn> {
  const { user, organizations } = await deps.db.read({
    user: store.userById(scope),
    organizations: store.membershipsOf(scope),
  });
  const membership = organizations.find(({ organizationId }) => organizationId === input.organizationId);
  if (!user || !membership) return refuse("not_found");
  const token = await sessions.tokenFor(deps, scope, membership);
  return { kind: "user", token, user: toUser(user), organizations, entered: membership.organizationId, next: null };
}

/** Who is signed in, where they work, and which organization the token they call with is for. */
export async function me(deps: Deps, scope: UserScope | MemberScope): Promise<Me> {
  const { user, organizations } = await deps.db.read({
    user: store.userById(scope),
    organizations: store.membershipsOf(scope),
  });
  if (!user) return refuse("signed_out");
  const entered = scope.kind === "member" && organizations.find(({ memberId }) => memberId === scope.memberId);
  return { user: toUser(user), organizations, entered: entered ? entered.organizationId : null };
}

/** Changes what is given and leaves the rest. The e-mail address stays: it was proved. */
export async function editProfile(deps: Deps, scope: UserScope | MemberScope, input: EditProfile): Promise<User> {
  const [user] = await deps.db.write([store.updateProfile(scope, input)]);
  return user ? toUser(user) : refuse("signed_out");
}

/**
 * Sets a new password and ends every other session and every link to sign in. Refuses with `wrong_password`,
 * `weak_password`, `slow_down`.
 */
export async function changePassword(deps: Deps, scope: UserScope | MemberScope, input: ChangePassword) {
  const attempt = attempts.attemptAt(deps, limits.changePassword, scope.userId);
  const [user] = await deps.db.write([store.userById(scope), ...attempt.counted]);
  if (!user || !(await passwordMatches(input.current, user.passwordHash))) return refuse("wrong_password");
  mustBeStrong(input.next, user.email);
  const passwordHash = await hashPassword(input.next);
  await deps.db.write([
    store.setPassword(scope.userId, passwordHash),
    sessions.revokeSessionsOfUser(scope.userId, scope.sessionId, deps.now()),
    store.revokeAskedFor(scope, ["sign_in", "password_reset"], deps.now()),
    ...attempt.forgotten,
  ]);
  return { done: true as const };
}

/**
 * Sets a new password by a letter's link, which works once, and ends every session of whoever it is for and every other
 * link they asked for. Refuses with `link_dead` and `weak_password`.
 */
export async function resetPassword(deps: Deps, input: ResetPassword) {
  const found = await findLink(deps, input.token);
  const now = deps.now();
  if (found?.link.purpose !== "password_reset" || !isAlive(found, now)) return refuse("link_dead");
  mustBeStrong(input.password, found.link.email);
  const passwordHash = await hashPassword(input.password);
  await deps.db.write([
    ...store.spendLink(found.link.id, now),
    ...passwordOfHolder(deps, found, passwordHash),
    store.revokeAskedFor(holderOf(found) ?? refuse("link_dead"), ["sign_in", "password_reset"], now),
  ]);
  return { done: true as const };
}

function passwordOfHolder(deps: Deps, { link, user, candidate, organizationSlug }: FoundLink, passwordHash: string) {
  const now = deps.now();
  if (user) {
    return [
      store.setPassword(user.id, passwordHash),
      sessions.revokeSessionsOfUser(user.id, null, now),
      ...attempts.forgetAttemptsAt(deps, limits.signIn, user.email),
    ];
  }
  const { organizationId, email } = link;
  if (!candidate || organizationId === null || organizationSlug === null) return refuse("link_dead");
  return [
    store.setCandidatePassword(candidate.id, passwordHash),
    sessions.revokeSessionsOfCandidate({ organizationId }, candidate.id, now),
    ...attempts.forgetAttemptsAt(deps, limits.signIn, atOrganization(organizationSlug, email)),
  ];
}

/** Takes away what time has made useless. Called by cron. */
export async function forgetExpired(deps: Deps): Promise<void> {
  const now = deps.now();
  const longAgo = after(now, -keptAfterEndMs);
  await deps.db.write([
    attempts.forgetPastWindows(now),
    ...store.forgetLinks(now, longAgo),
    sessions.forgetLongOver(longAgo),
  ]);
}
