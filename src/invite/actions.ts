import type { Statement } from "../../db/statement.ts";
import { countTowards, exhausted } from "../attempt/actions.ts";
import {
  countPasswordGuess,
  destinationAt,
  hashOfLink,
  insertUser,
  issueLink,
  membershipsOf,
  revokeLinks,
  spendLink,
  startUserSession,
  toUser,
  userPasswordStands,
} from "../identity/actions.ts";
import type { SignedIn, User } from "../identity/contract.ts";
import { mustBeStrong } from "../identity/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import type { Destination } from "../kernel/destination.ts";
import { refuse } from "../kernel/errors.ts";
import type { InviteId, TeamId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { Actor, MemberScope, UserScope } from "../kernel/scope.ts";
import { hashPassword, passwordMatches } from "../kernel/secret.ts";
import { NewPassword } from "../kernel/shapes.ts";
import { drainSoon, promiseLetter } from "../letter/actions.ts";
import { becomeMember } from "../member/actions.ts";
import { mayGive } from "../member/policy.ts";
import { guardOf, tokenFor } from "../session/actions.ts";
import { joinOpenTeam, teamIsOpen } from "../team/actions.ts";
import type {
  AcceptInvite,
  CreatedInvites,
  CreateInvites,
  HeldInvite,
  Invite,
  InviteIn,
  ListInvites,
  NewInvite,
  ResendInvite,
  ValidInvite,
} from "./contract.ts";
import { standingOf, verbsOfMember } from "./machine.ts";
import { countsOf, expiryOf, inviteeLimit, inviteLimit, outcomesOf } from "./policy.ts";
import * as store from "./store.ts";

type Letterhead = NonNullable<ReturnType<ReturnType<typeof store.letterhead>["read"]>>;
type Sending = {
  inviteId: InviteId;
  email: string;
  expiresAt: Date | null;
  letterhead: Letterhead;
  destination: Destination;
};

/** A fresh link and the letter that carries it, for the caller's own write. */
async function sendingOf(
  deps: Deps,
  { organizationId }: MemberScope,
  { inviteId, email, expiresAt, letterhead, destination }: Sending,
): Promise<Statement<number>[]> {
  const link = issueLink(deps, { purpose: "member_invite", email, organizationId, inviteId, expiresAt });
  const letter = await promiseLetter(deps, {
    to: email,
    language: letterhead.language,
    timeZone: letterhead.timeZone,
    senderName: letterhead.senderName,
    organizationId,
    content: {
      kind: "member_invite",
      organizationName: letterhead.organizationName,
      inviterName: `${letterhead.inviterFirstName} ${letterhead.inviterLastName}`,
      expiresAt: expiresAt?.toISOString() ?? null,
      link: { frontend: destination.frontend, next: destination.path },
    },
    token: link.token,
    linkId: link.linkId,
  });
  return [link.statement, letter];
}

/**
 * Invites up to 50 people at once, each by a letter in the organization's language (applicant-tracking, send invite).
 * Members, people with an open invite, addresses named before in the same call and those that were sent five invites
 * today, by whatever organizations, are passed over and counted. Refuses the whole call with `above_own_access`,
 * `not_found` or `team_archived` (a team), `foreign_destination`, `slow_down` (500 letters a day), and `moved_on` when one of them was invited by somebody else at the same instant.
 */
export async function createInvites(deps: Deps, scope: MemberScope, input: CreateInvites): Promise<CreatedInvites> {
  if (!input.invites.every(({ access }) => mayGive(scope.access, access))) return refuse("above_own_access");
  const now = deps.now();
  const emails = input.invites.map(({ email }) => email);
  const { letterhead, defaultTeam, members, invited, writtenTo } = await deps.db.read({
    letterhead: store.letterhead(scope),
    defaultTeam: store.defaultTeam(scope),
    members: store.membersAmong(scope, emails),
    invited: store.invitedAmong(scope, emails, now),
    writtenTo: exhausted(deps, inviteeLimit, emails),
  });
  if (!letterhead || !defaultTeam) return refuse("not_found");
  const destination = destinationAt(deps, input.next, letterhead.frontendOrigins);
  const decided = outcomesOf(emails, {
    members: new Set(members.map(({ email }) => email)),
    invited: new Set(invited.map(({ email }) => email)),
    exhausted: writtenTo,
  });
  const rows = input.invites.map((wanted, index) => ({
    wanted,
    outcome: decided[index] ?? "repeated",
    inviteId: decided[index] === "invited" ? deps.newId("inv") : null,
  }));
  const fresh = rows.flatMap(({ wanted, inviteId }) => (inviteId === null ? [] : [{ wanted, inviteId }]));
  const teamIds = [...new Set(input.invites.flatMap(({ teamId }) => teamId ?? []))];
  const inserts = await Promise.all(
    fresh.map(({ wanted, inviteId }) =>
      newInvite(deps, scope, { inviteId, wanted, teamId: wanted.teamId ?? defaultTeam.id, letterhead, destination }),
    ),
  );
  const addressed = fresh.map(({ wanted }) => wanted.email);
  const conditions = teamIds.flatMap((teamId) => teamIsOpen(scope, teamId));
  const sentence = [
    ...countLetters(deps, scope, addressed),
    ...store.groundHolds(scope, addressed, now),
    store.closeRunOut(scope, addressed, now),
    ...inserts.flat(),
  ];
  await deps.db.write([...conditions, ...(fresh.length === 0 ? [] : sentence)]);
  if (fresh.length > 0) drainSoon(deps);
  return {
    results: rows.map(({ wanted, outcome, inviteId }) => ({ email: wanted.email, outcome, inviteId })),
    counts: countsOf(decided),
  };
}

/** One more letter to each of these addresses, counted for the organization and for whoever reads them. */
function countLetters(deps: Deps, { organizationId }: MemberScope, emails: readonly string[]): Statement<unknown>[] {
  return [
    ...countTowards(deps, inviteLimit, organizationId, emails.length),
    ...emails.flatMap((email) => countTowards(deps, inviteeLimit, email, 1)),
  ];
}

type InviteToWrite = Pick<Sending, "inviteId" | "letterhead" | "destination"> & { wanted: NewInvite; teamId: TeamId };

/** The invite and its sending, for the caller's own write. */
async function newInvite(deps: Deps, scope: MemberScope, { wanted, teamId, ...sending }: InviteToWrite) {
  const now = deps.now();
  const { email, access, startedWorkOn, expiryDays } = wanted;
  const expiresAt = expiryOf(expiryDays, now);
  const inserted = store.insertInvite(scope, {
    id: sending.inviteId,
    email,
    access,
    teamId,
    startedWorkOn,
    status: "INVITED",
    createdAt: now,
    expiryDays,
    expiresAt,
  });
  return [inserted, ...(await sendingOf(deps, scope, { ...sending, email, expiresAt }))];
}

type Row = NonNullable<ReturnType<ReturnType<typeof store.shownInvite>["read"]>>;

function toInvite(scope: MemberScope, { storedStatus, ...row }: Row): Invite {
  return { ...row, availableActions: mayGive(scope.access, row.access) ? verbsOfMember(storedStatus) : [] };
}

/** The organization's invites, newest first: by status, by part of the address. */
export async function listInvites(deps: Deps, scope: MemberScope, input: ListInvites) {
  const [before = null] = keysOfCursor("invites", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({ rows: store.invitesOf(scope, input, before, deps.now()) });
  const invites = rows.map((row) => toInvite(scope, row));
  return toPage(invites, input.size, ({ id }) => encodeCursor("invites", [id]));
}

/**
 * Sends an unanswered invite again, also one that has run out: a new link, older ones no longer work, and its days
 * begin anew. Refuses with `not_found`, `above_own_access`, `invite_answered`, `foreign_destination`, `slow_down`.
 */
export async function resendInvite(deps: Deps, scope: MemberScope, { inviteId, next }: ResendInvite): Promise<Invite> {
  const now = deps.now();
  const { letterhead, found } = await deps.db.read({
    letterhead: store.letterhead(scope),
    found: store.shownInvite(scope, inviteId, now),
  });
  if (!letterhead || !found) return refuse("not_found");
  const { email, expiryDays } = found;
  const expiresAt = expiryOf(expiryDays, now);
  const destination = destinationAt(deps, next, letterhead.frontendOrigins);
  const sending = await sendingOf(deps, scope, { inviteId, email, expiresAt, letterhead, destination });
  const [, , , resent] = await deps.db
    .guardedBy([...store.inviteIsWithinReach(scope, inviteId), ...countLetters(deps, scope, [email])])
    .write([
      ...store.advanceToResent(scope, inviteId, expiresAt),
      revokeLinks({ inviteId }, now),
      store.shownInvite(scope, inviteId, now),
      ...sending,
    ]);
  drainSoon(deps);
  return resent ? toInvite(scope, resent) : refuse("not_found");
}

/** Takes an unanswered invite back; its links no longer work. Refuses with `not_found`, `above_own_access`, `invite_answered`. */
export async function revokeInvite(deps: Deps, scope: MemberScope, { inviteId }: InviteIn): Promise<Invite> {
  const now = deps.now();
  const [, , , revoked] = await deps.db
    .guardedBy(store.inviteIsWithinReach(scope, inviteId))
    .write([
      ...store.advanceToRevoked(scope, inviteId, now),
      revokeLinks({ inviteId }, now),
      store.shownInvite(scope, inviteId, now),
    ]);
  return revoked ? toInvite(scope, revoked) : refuse("not_found");
}

type Held = NonNullable<ReturnType<ReturnType<typeof store.inviteByLink>["read"]>>;

/** The invite, for whoever holds its letter and it is still open; to everybody else it is a dead link. */
function openFor(found: Held | undefined, email: string, now: Date): Held {
  if (!found || found.invite.email !== email) return refuse("link_dead");
  const { inviterMayStillGive, link } = found;
  const { status, expiresAt } = found.invite;
  const standing = standingOf({ status, inviterMayStillGive, expiresAt, linkRevokedAt: link.revokedAt }, now);
  if (standing === "answered") return refuse("invite_answered");
  return standing === "dead" ? refuse("link_dead") : found;
}

/** Inert: what the letter offers, to whoever holds it. Refuses with `link_dead` and `invite_answered`. */
export async function validateInvite(deps: Deps, { email, token }: HeldInvite): Promise<ValidInvite> {
  const { found } = await deps.db.read({ found: store.inviteByLink(hashOfLink(token) ?? "") });
  const { invite, organization } = openFor(found, email, deps.now());
  return { organizationName: organization.name, access: invite.access, expiresAt: invite.expiresAt };
}

/** Turns the offer down. Refuses with `link_dead` and `invite_answered`. */
export async function rejectInvite(deps: Deps, { email, token }: HeldInvite) {
  const now = deps.now();
  const { found } = await deps.db.read({ found: store.inviteByLink(hashOfLink(token) ?? "") });
  const { invite, link } = openFor(found, email, now);
  await deps.db.write([...store.advanceToAnswered(invite.id, "reject", now), ...spendLink(link.id, now)]);
  return { done: true as const };
}

/** Who accepts, and what makes them so in the write. `session`: the one they are already signed in with. */
type Arrival = { user: User; statements: Statement<unknown>[]; session: UserScope | null };

/**
 * Makes whoever holds the letter a member, exactly once, and answers with a bearer token inside the organization
 * (applicant-tracking, accept invite). An account is made when there is none: the letter proves the address. Refuses
 * with `link_dead`, `invite_answered`, `bad_input` (`needed` names what is missing), `weak_password`,
 * `wrong_password`, `already_member`, `slow_down`, `signed_out`, `foreign_destination`.
 */
export async function acceptInvite(deps: Deps, actor: Actor | null, input: AcceptInvite): Promise<SignedIn> {
  const now = deps.now();
  const session = sessionIn(actor, input);
  const db = session === null ? deps.db : deps.db.guardedBy(guardOf(session, now));
  const { found, known } = await db.read({
    found: store.inviteByLink(hashOfLink(input.token) ?? ""),
    known: membershipsOf({ email: input.email }),
  });
  const held = openFor(found, input.email, now);
  const { invite, link, organization } = held;
  const { path: next } = destinationAt(deps, input.next, organization.frontendOrigins);
  const arrival = await arrivalOf(deps, held, session, input);
  const { id: inviteId, organizationId, access, teamId, startedWorkOn } = invite;
  const membership = {
    organizationId,
    name: organization.name,
    slug: organization.slug,
    memberId: deps.newId("mem"),
    access,
  };
  const { memberId } = membership;
  const { statements, answer } = await signInOf(deps, arrival, [...known, membership], organizationId);
  await db.write([
    ...store.advanceToAnswered(inviteId, "accept", now),
    ...spendLink(link.id, now),
    ...arrival.statements,
    becomeMember({ id: memberId, organizationId, userId: arrival.user.id, access, startedWorkOn, createdAt: now }),
    joinOpenTeam({ teamId, memberId, organizationId, createdAt: now }),
    ...statements,
  ]);
  return { ...answer, next };
}

/** Whoever gives a password is asked about that; the session they come with, in whatever organization, is for the rest. */
function sessionIn(actor: Actor | null, { password }: AcceptInvite): UserScope | null {
  if (password !== undefined || actor === null || !("userId" in actor)) return null;
  return { kind: "user", sessionId: actor.sessionId, userId: actor.userId };
}

async function arrivalOf(deps: Deps, held: Held, session: UserScope | null, input: AcceptInvite): Promise<Arrival> {
  const { user } = held;
  if (user === null) return newcomer(deps, held, input);
  if (session?.userId === user.id) return { user: toUser(user), statements: [], session };
  if (input.password === undefined) return refuse("bad_input", { needed: ["password"] });
  const { counted, forgotten } = countPasswordGuess(deps, user.email);
  const known = user.passwordHash;
  if (!(await passwordMatches(input.password, known)) || known === null) {
    await deps.db.write(counted);
    return refuse("wrong_password");
  }
  const stands = userPasswordStands(user.id, known, "wrong_password");
  return { user: toUser(user), statements: [...counted, stands, ...forgotten], session: null };
}

async function newcomer(deps: Deps, { invite, organization }: Held, input: AcceptInvite): Promise<Arrival> {
  const { password, firstName, lastName } = input;
  if (password === undefined || firstName === undefined || lastName === undefined) {
    const given = { password, firstName, lastName };
    return refuse("bad_input", {
      needed: Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : [])),
    });
  }
  if (!NewPassword.safeParse(password).success) return refuse("weak_password");
  mustBeStrong(password, invite.email);
  const user = {
    id: deps.newId("usr"),
    email: invite.email,
    firstName,
    lastName,
    language: input.language ?? organization.language,
    timeZone: input.timeZone ?? organization.timeZone,
    createdAt: deps.now(),
  };
  const passwordHash = await hashPassword(password);
  return { user, statements: insertUser({ ...user, passwordHash }, "moved_on"), session: null };
}

async function signInOf(
  deps: Deps,
  { user, session }: Arrival,
  organizations: SignedIn["organizations"],
  wanted: string,
): Promise<{ statements: Statement<unknown>[]; answer: SignedIn }> {
  const membership = organizations.find(({ organizationId }) => organizationId === wanted) ?? refuse("not_found");
  if (session === null) {
    const { statement, answer } = await startUserSession(deps, { user, organizations, wanted, next: null });
    return { statements: [statement], answer };
  }
  const token = await tokenFor(deps, session, membership);
  const entered = membership.organizationId;
  return { statements: [], answer: { kind: "user", token, user, organizations, entered, next: null } };
}
