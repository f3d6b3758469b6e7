import * as z from "zod";
import type { LinkPurpose } from "../../db/schema/index.ts";
import type { Statement } from "../../db/statement.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Destination, destinationOf } from "../kernel/destination.ts";
import { refuse } from "../kernel/errors.ts";
import type { SessionId, UserId } from "../kernel/ids.ts";
import { decodeCursor, encodeCursor, type PageIn, toPage } from "../kernel/page.ts";
import { type Actor, accessLevels, type MemberScope, type UserScope } from "../kernel/scope.ts";
import { hashFor, hashPassword, passwordMatches } from "../kernel/secret.ts";
import { drainSoon, promiseLetter, promiseLetterIfKnown } from "../letter/actions.ts";
import type {
  AskForLink,
  CandidateSignedIn,
  ChangePassword,
  EditProfile,
  Me,
  Membership,
  OpenedLink,
  ResetPassword,
  SignedIn,
  SignIn,
  SignInCandidate,
  SignUp,
  UsedLink,
  UseLink,
  User,
} from "./contract.ts";
import { candidateSessionTtlMs, type Limit, limits, linkTtlMs, mustBeStrong, userSessionTtlMs } from "./policy.ts";
import * as store from "./store.ts";

const tokenPurpose = "session token v1";

const Claims = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("user"),
    sessionId: z.templateLiteral(["ses_", z.string()]),
    userId: z.templateLiteral(["usr_", z.string()]),
  }),
  z.object({
    kind: z.literal("member"),
    sessionId: z.templateLiteral(["ses_", z.string()]),
    userId: z.templateLiteral(["usr_", z.string()]),
    organizationId: z.templateLiteral(["org_", z.string()]),
    memberId: z.templateLiteral(["mem_", z.string()]),
    access: z.enum(accessLevels),
  }),
  z.object({
    kind: z.literal("candidate"),
    sessionId: z.templateLiteral(["ses_", z.string()]),
    organizationId: z.templateLiteral(["org_", z.string()]),
    candidateId: z.templateLiteral(["cnd_", z.string()]),
    interviewId: z.templateLiteral(["itv_", z.string()]).nullable(),
  }),
]);

function sealActor(deps: Deps, actor: Actor): Promise<string> {
  return deps.sealer.seal(tokenPurpose, JSON.stringify(actor));
}

/** Who a bearer token says is calling, or null for anything this installation did not seal. */
export async function openSession(deps: Deps, token: string): Promise<Actor | null> {
  const claims = await deps.sealer.open(tokenPurpose, token);
  return claims === null ? null : Claims.parse(JSON.parse(claims));
}

export function guardOf(actor: Actor, now: Date): Statement<void>[] {
  return store.actorIsAlive(actor, now);
}

/** Attempt keys are hashes: the table keeps no address of a person or a network. */
function attempts(deps: Deps, limit: Limit, address: string | null) {
  const keys = {
    network: hashFor(`attempt ${limit.name} network`, deps.caller.ip),
    address: address === null ? null : hashFor(`attempt ${limit.name} address`, address),
  };
  return { keys, statements: store.countAttempts(limit, keys, deps.now()) };
}

type IssuedLink = Omit<store.NewLink, "id" | "hash" | "createdAt">;

const tokenPrefixes = {
  sign_up: "su",
  sign_in: "si",
  password_reset: "pr",
  member_invite: "mi",
  interview_invitation: "iv",
} as const satisfies Record<LinkPurpose, string>;

function linkHash(purpose: LinkPurpose, token: string): string {
  return hashFor(`link ${purpose}`, token);
}

function newLinkToken(deps: Deps, purpose: LinkPurpose): string {
  return `${tokenPrefixes[purpose]}_${deps.newToken()}`;
}

/** A new link's token, for its letter, and the statement that keeps its hash, for the caller's own write. */
export function issueLink(deps: Deps, values: IssuedLink): { token: string; statement: Statement<number> } {
  const token = newLinkToken(deps, values.purpose);
  return {
    token,
    statement: store.insertLink({
      ...values,
      id: deps.newId("lnk"),
      hash: linkHash(values.purpose, token),
      createdAt: deps.now(),
    }),
  };
}

export const revokeLinks = store.revokeLinks;
export const revokeSessionsOfInterview = store.revokeSessionsOfInterview;
export const revokeSessionsOfUser = store.revokeSessionsOfUser;
export const insertUser = store.insertUser;
export const userByEmail = store.userByEmail;
export const spendLink = store.spendLink;

export function purposeOf(token: string): LinkPurpose | null {
  const prefix = token.slice(0, 2);
  const found = Object.entries(tokenPrefixes).find(([, known]) => known === prefix);
  return (found?.[0] as LinkPurpose | undefined) ?? null;
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

function toUser({ id, email, firstName, lastName, language, timeZone, createdAt }: User): User {
  return { id, email, firstName, lastName, language, timeZone, createdAt };
}

/**
 * Begins a sign-up. The account exists once the letter's link has been used with the same password; somebody who
 * already has one gets a letter that says so. The answer is the same for both.
 */
export async function signUp(deps: Deps, input: SignUp) {
  mustBeStrong(input.password, input.email);
  const { frontend, path: next } = destinationAt(deps, input.next, []);
  const [known] = await deps.db.write([
    store.userByEmail(input.email),
    ...attempts(deps, limits.signUp, input.email).statements,
  ]);
  const { firstName, lastName, language, timeZone } = input;
  const passwordHash = await hashPassword(input.password);
  const link = issueLink(deps, {
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
        },
  );
  await deps.db.write(known ? [letter] : [link.statement, letter]);
  drainSoon(deps);
  return { onItsWay: true as const };
}

type UserSessionOf = { user: User; organizations: Membership[]; wanted?: string | undefined; next: string | null };

/** The statement for a new staff session, and what its holder is told. Enters the wanted organization, else the first. */
async function startUserSession(deps: Deps, { user, organizations, wanted, next }: UserSessionOf) {
  const now = deps.now();
  const sessionId = deps.newId("ses");
  const membership = organizations.find(({ organizationId }) => organizationId === wanted) ?? organizations[0];
  const statement = store.insertSession({
    id: sessionId,
    userId: user.id,
    device: deps.caller.device,
    createdAt: now,
    expiresAt: after(now, userSessionTtlMs),
  });
  const answer: SignedIn = {
    kind: "user",
    token: await sealActor(deps, actorFor(sessionId, user.id, membership)),
    user,
    organizations,
    entered: membership?.organizationId ?? null,
    next,
  };
  return { statement, answer };
}

type Entered = Pick<Membership, "organizationId" | "memberId" | "access">;

/** A bearer token for the session in use, inside this organization. */
export function tokenFor(
  deps: Deps,
  { sessionId, userId }: UserScope | MemberScope,
  entered: Entered,
): Promise<string> {
  return sealActor(deps, actorFor(sessionId, userId, entered));
}

function actorFor(sessionId: SessionId, userId: UserId, membership: Entered | undefined): Actor {
  if (!membership) return { kind: "user", sessionId, userId };
  const { organizationId, memberId, access } = membership;
  return { kind: "member", sessionId, userId, organizationId, memberId, access };
}

/** Signs in by password. Refuses with `wrong_credentials`, whoever has the address, and with `slow_down`. */
export async function signIn(deps: Deps, input: SignIn): Promise<SignedIn> {
  const { keys, statements } = attempts(deps, limits.signIn, input.email);
  const [found, organizations] = await deps.db.write([
    store.userByEmail(input.email),
    store.membershipsOf({ email: input.email }),
    ...statements,
  ]);
  const matches = await passwordMatches(input.password, found?.passwordHash);
  if (!found || !matches) return refuse("wrong_credentials");
  const { statement, answer } = await startUserSession(deps, {
    user: toUser(found),
    organizations,
    wanted: input.organizationId,
    next: null,
  });
  await deps.db.write([statement, ...(keys.address === null ? [] : [store.forgetAttempts(keys.address)])]);
  return answer;
}

/** A candidate who has set a password signs in with it, at the organization's short name. */
export async function signInCandidate(deps: Deps, input: SignInCandidate): Promise<CandidateSignedIn> {
  const { keys, statements } = attempts(deps, limits.signIn, `${input.organization}/${input.email}`);
  const [found] = await deps.db.write([store.candidateByEmail(input.organization, input.email), ...statements]);
  const matches = await passwordMatches(input.password, found?.passwordHash);
  if (!found || !matches || found.hasInterview === 0) return refuse("wrong_credentials");
  const { statement, answer } = await startCandidateSession(deps, {
    candidateId: found.id,
    organizationId: found.organizationId,
    interviewId: null,
    firstName: found.firstName,
    next: null,
  });
  await deps.db.write([statement, ...(keys.address === null ? [] : [store.forgetAttempts(keys.address)])]);
  return answer;
}

type CandidateSessionOf = Omit<CandidateSignedIn, "kind" | "token"> & { linkId?: store.NewSession["linkId"] };

async function startCandidateSession(deps: Deps, { linkId, ...told }: CandidateSessionOf) {
  const now = deps.now();
  const sessionId = deps.newId("ses");
  const { candidateId, organizationId, interviewId } = told;
  const statement = store.insertSession({
    id: sessionId,
    organizationId,
    candidateId,
    interviewId,
    ...(linkId && { linkId }),
    device: deps.caller.device,
    createdAt: now,
    expiresAt: after(now, candidateSessionTtlMs),
  });
  const token = await sealActor(deps, { kind: "candidate", sessionId, organizationId, candidateId, interviewId });
  const answer: CandidateSignedIn = { kind: "candidate", token, ...told };
  return { statement, answer };
}

/** The link and the letter go to whoever has the address; the answer and the work are the same if nobody has. */
async function sendLinkIfKnown(
  deps: Deps,
  {
    purpose,
    email,
    limit,
    frontend,
    next,
  }: { purpose: "sign_in" | "password_reset"; email: string; limit: Limit } & {
    frontend: string;
    next: string | null;
  },
) {
  const now = deps.now();
  const token = newLinkToken(deps, purpose);
  const link = store.insertLinkIfKnown({
    id: deps.newId("lnk"),
    purpose,
    hash: linkHash(purpose, token),
    email,
    createdAt: now,
    expiresAt: after(now, linkTtlMs[purpose]),
  });
  const letter = await promiseLetterIfKnown(deps, {
    email,
    content: { kind: purpose, link: { frontend, next } },
    token,
  });
  await deps.db.write([...attempts(deps, limit, email).statements, link, letter]);
  drainSoon(deps);
  return { onItsWay: true as const };
}

/** Sends a sign-in link: 10 minutes, one use. Refuses with `slow_down` and `foreign_destination` only. */
export async function askForLink(deps: Deps, input: AskForLink) {
  const origins = input.organization ? await deps.db.read({ found: store.frontendsOf(input.organization) }) : null;
  const { frontend, path } = destinationAt(deps, input.next, origins?.found?.origins ?? []);
  return sendLinkIfKnown(deps, {
    purpose: "sign_in",
    email: input.email,
    limit: limits.askForLink,
    frontend,
    next: path,
  });
}

/** Sends a link to set a new password: 30 minutes, one use. */
export async function askForPasswordReset(deps: Deps, input: AskForLink) {
  const origins = input.organization ? await deps.db.read({ found: store.frontendsOf(input.organization) }) : null;
  const { frontend, path } = destinationAt(deps, input.next, origins?.found?.origins ?? []);
  return sendLinkIfKnown(deps, {
    purpose: "password_reset",
    email: input.email,
    limit: limits.resetPassword,
    frontend,
    next: path,
  });
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

/** An interview's link is good until its purpose is done: the interview given, or the candidate passed over. */
const interviewIsOver = new Set(["interviewed", "skipped"]);

function isAlive({ link, interviewStatus, inviteStatus }: FoundLink, now: Date): boolean {
  if (link.revokedAt !== null || (link.expiresAt !== null && link.expiresAt <= now)) return false;
  if (link.purpose === "interview_invitation") return interviewStatus !== null && !interviewIsOver.has(interviewStatus);
  if (link.purpose === "member_invite") return inviteStatus === "INVITED";
  return link.usedAt === null;
}

/** Inert: says what a link is for and whether it is alive, changes nothing, and tells nothing about anybody. */
export async function openLink(deps: Deps, input: { token: string }): Promise<OpenedLink> {
  const found = await findLink(deps, input.token);
  if (!found) return { purpose: null, alive: false };
  return { purpose: found.link.purpose, alive: isAlive(found, deps.now()) };
}

/**
 * Exchanges a link for a session. A sign-in or sign-up link works once; an invitation's link as often as it takes.
 * Refuses with `link_dead`, `other_link` (a link that is used another way), `wrong_password`, `foreign_destination`.
 */
export async function useLink(deps: Deps, input: UseLink): Promise<UsedLink> {
  const found = await findLink(deps, input.token);
  if (!found || !isAlive(found, deps.now())) return refuse("link_dead");
  const { path: next } = destinationAt(deps, input.next, found.frontendOrigins ?? []);
  switch (found.link.purpose) {
    case "sign_in":
      return signInByLink(deps, found, next);
    case "sign_up":
      return finishSignUp(deps, found, input.password, next);
    case "interview_invitation":
      return admitCandidate(deps, found, next);
    default:
      return refuse("other_link", { purpose: found.link.purpose });
  }
}

async function signInByLink(
  deps: Deps,
  { link, user, organizations }: FoundLink,
  next: string | null,
): Promise<SignedIn> {
  if (!user) return refuse("link_dead");
  const { statement, answer } = await startUserSession(deps, { user: toUser(user), organizations, next });
  await deps.db.write([...store.spendLink(link.id, deps.now()), statement]);
  return answer;
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
  if (!matches) {
    await deps.db.write(attempts(deps, limits.useLink, link.id).statements);
    return refuse("wrong_password");
  }
  const now = deps.now();
  const user = { id: deps.newId("usr"), email: link.email, createdAt: now, ...details };
  const { statement, answer } = await startUserSession(deps, { user: toUser(user), organizations: [], next });
  await deps.db.write([...store.spendLink(link.id, now), store.insertUser(user), statement]);
  return answer;
}

async function admitCandidate(
  deps: Deps,
  { link, candidate }: FoundLink,
  next: string | null,
): Promise<CandidateSignedIn> {
  const { organizationId, interviewId } = link;
  if (!candidate || !organizationId || !interviewId) return refuse("link_dead");
  const { statement, answer } = await startCandidateSession(deps, {
    candidateId: candidate.id,
    organizationId,
    interviewId,
    firstName: candidate.firstName,
    next,
    linkId: link.id,
  });
  await deps.db.write([...store.noteLinkUse(link.id, deps.now()), statement]);
  return answer;
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
  const token = await tokenFor(deps, scope, membership);
  return { kind: "user", token, user: toUser(user), organizations, entered: membership.organizationId, next: null };
}

export async function me(deps: Deps, scope: UserScope | MemberScope): Promise<Me> {
  const { user, organizations } = await deps.db.read({
    user: store.userById(scope),
    organizations: store.membershipsOf(scope),
  });
  if (!user) return refuse("signed_out");
  return { user: toUser(user), organizations, entered: scope.kind === "member" ? scope.organizationId : null };
}

export async function editProfile(deps: Deps, scope: UserScope | MemberScope, input: EditProfile): Promise<User> {
  const [user] = await deps.db.write([store.updateProfile(scope, input)]);
  return user ? toUser(user) : refuse("signed_out");
}

/** Ends the session in use. */
export async function signOut(deps: Deps, scope: Actor) {
  await deps.db.write([store.revokeSession(scope, scope.sessionId, deps.now())]);
  return { done: true as const };
}

/** One's own live sessions, newest first. */
export async function listSessions(deps: Deps, scope: Actor, input: PageIn) {
  const [before = null] = decodeCursor("sessions", input.cursor, 1) ?? [];
  const { rows } = await deps.db.read({
    rows: store.liveSessions(scope, deps.now(), before as SessionId | null, input.size),
  });
  const sessions = rows.map((row) => ({ ...row, isCurrent: row.id === scope.sessionId }));
  return toPage(sessions, input.size, (row) => encodeCursor("sessions", [row.id]));
}

/** Ends one of one's own sessions. Somebody else's is `not_found`. */
export async function revokeSession(deps: Deps, scope: Actor, input: { sessionId: SessionId }) {
  const [revoked] = await deps.db.write([store.revokeSession(scope, input.sessionId, deps.now())]);
  return revoked === 1 ? { done: true as const } : refuse("not_found");
}

/** Sets a new password and ends every other session. */
export async function changePassword(deps: Deps, scope: UserScope | MemberScope, input: ChangePassword) {
  const { keys, statements } = attempts(deps, limits.signIn, scope.userId);
  const [user] = await deps.db.write([store.userById(scope), ...statements]);
  if (!user || !(await passwordMatches(input.current, user.passwordHash))) return refuse("wrong_password");
  mustBeStrong(input.next, user.email);
  const passwordHash = await hashPassword(input.next);
  await deps.db.write([
    store.setPassword(scope.userId, passwordHash),
    store.revokeSessionsOfUser(scope.userId, scope.sessionId, deps.now()),
    store.revokeLinks({ userId: scope.userId }, deps.now()),
    ...(keys.address === null ? [] : [store.forgetAttempts(keys.address)]),
  ]);
  return { done: true as const };
}

/** Sets a new password by a letter's link, which works once, and ends every session and other link of the user. */
export async function resetPassword(deps: Deps, input: ResetPassword) {
  const found = await findLink(deps, input.token);
  const now = deps.now();
  if (!found?.user || found.link.purpose !== "password_reset" || !isAlive(found, now)) return refuse("link_dead");
  mustBeStrong(input.password, found.user.email);
  const passwordHash = await hashPassword(input.password);
  await deps.db.write([
    ...store.spendLink(found.link.id, now),
    store.setPassword(found.user.id, passwordHash),
    store.revokeSessionsOfUser(found.user.id, null, now),
    store.revokeLinks({ userId: found.user.id }, now),
  ]);
  return { done: true as const };
}

const keepMs = 30 * 24 * 60 * 60 * 1_000;

/** Takes away what time has made useless. Called by cron. */
export async function forgetExpired(deps: Deps): Promise<void> {
  await deps.db.write(store.forgetExpired(deps.now(), keepMs));
}
