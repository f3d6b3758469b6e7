import { and, desc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { invite, link, member, organization, team, user } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import { all, build, first, listOf, must, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import type { InviteId, MemberId } from "../kernel/ids.ts";
import { accessLevels, type MemberScope } from "../kernel/scope.ts";
import { accessWithin, mayGive } from "../member/policy.ts";
import type { ListInvites } from "./contract.ts";
import { type InviteVerb, inviteSteps } from "./machine.ts";

type ShownStatus = NonNullable<ListInvites["status"]>;

/** Whoever invited is a member still, and has what the invite gives: nobody grants more than they have, not even later. */
const inviterMayStillGive = sql`exists (select 1 from ${member} where ${member.id} = ${invite.invitedBy} and ${member.removedAt} is null and (${sql.join(
  accessLevels.map(
    (given) =>
      sql`${invite.access} = ${given} and ${member.access} in (${listOf(accessLevels.filter((own) => mayGive(own, given)))})`,
  ),
  sql` or `,
)}))`;

/** An unanswered invite past its expiry, or of an inviter who could not give it today; whether anybody wrote that down makes no difference. */
function hasRunOut(now: Date): SQL {
  return sql`(${invite.status} = 'INVITED' and (ifnull(${invite.expiresAt} <= ${now.getTime()}, 0) or not ${inviterMayStillGive}))`;
}

function shownStatus(now: Date): SQL {
  return sql`case when ${invite.status} = 'REVOKED' or ${hasRunOut(now)} then 'EXPIRED' else ${invite.status} end`;
}

/** The organization's own words for its letters, and the name of whoever asks. */
export function letterhead(scope: MemberScope) {
  return first(
    build
      .select({
        organizationName: organization.name,
        language: organization.language,
        timeZone: organization.timeZone,
        frontendOrigins: organization.frontendOrigins,
        senderName: organization.senderName,
        inviterFirstName: user.firstName,
        inviterLastName: user.lastName,
      })
      .from(member)
      .innerJoin(organization, eq(organization.id, member.organizationId))
      .innerJoin(user, eq(user.id, member.userId))
      .where(and(eq(member.id, scope.memberId), eq(member.organizationId, scope.organizationId))),
  );
}

export function defaultTeam(scope: MemberScope) {
  return first(
    build
      .select({ id: team.id })
      .from(team)
      .where(and(eq(team.organizationId, scope.organizationId), eq(team.isDefault, true))),
  );
}

/** Which of these addresses are members'. */
export function membersAmong(scope: MemberScope, emails: readonly string[]) {
  return all(
    build
      .select({ email: user.email })
      .from(user)
      .innerJoin(member, eq(member.userId, user.id))
      .where(
        and(
          inArray(user.email, [...emails]),
          eq(member.organizationId, scope.organizationId),
          isNull(member.removedAt),
        ),
      ),
  );
}

/** Which of these addresses have an invite that can still be answered. */
export function invitedAmong(scope: MemberScope, emails: readonly string[], now: Date) {
  return all(
    build
      .select({ email: invite.email })
      .from(invite)
      .where(
        and(
          eq(invite.organizationId, scope.organizationId),
          inArray(invite.email, [...emails]),
          eq(invite.status, "INVITED"),
          sql`not ${hasRunOut(now)}`,
        ),
      ),
  );
}

/** What the plan for these addresses was made on still holds: nobody has become a member or been invited since. */
export function groundHolds(scope: MemberScope, emails: readonly string[], now: Date): Statement<void>[] {
  const list = listOf(emails);
  return [
    must(
      sql`not exists (select 1 from ${member} join ${user} on ${user.id} = ${member.userId} where ${member.organizationId} = ${scope.organizationId} and ${member.removedAt} is null and ${user.email} in (${list}))`,
      "moved_on",
    ),
    must(
      sql`not exists (select 1 from ${invite} where ${invite.organizationId} = ${scope.organizationId} and ${invite.email} in (${list}) and ${invite.status} = 'INVITED' and not ${hasRunOut(now)})`,
      "moved_on",
    ),
  ];
}

/** Invites that have run out make room for new ones to the same addresses. */
export function closeRunOut(scope: MemberScope, emails: readonly string[], now: Date): Statement<number> {
  return run(
    build
      .update(invite)
      .set({ status: inviteSteps.revoke.to, answeredAt: now })
      .where(and(eq(invite.organizationId, scope.organizationId), inArray(invite.email, [...emails]), hasRunOut(now))),
  );
}

type InviteValues = Omit<typeof invite.$inferInsert, "organizationId" | "invitedBy">;

export function insertInvite(scope: MemberScope, values: InviteValues): Statement<number> {
  return run(
    build.insert(invite).values({ ...values, organizationId: scope.organizationId, invitedBy: scope.memberId }),
  );
}

function isOwn(scope: MemberScope, inviteId: InviteId): SQL {
  return sql`${invite.id} = ${inviteId} and ${invite.organizationId} = ${scope.organizationId}`;
}

function shownInvites(now: Date) {
  return build
    .select({
      id: invite.id,
      email: invite.email,
      access: invite.access,
      team: { id: team.id, name: team.name },
      startedWorkOn: invite.startedWorkOn,
      status: sql<ShownStatus>`${shownStatus(now)}`,
      storedStatus: invite.status,
      invitedBy: { memberId: member.id, firstName: user.firstName, lastName: user.lastName },
      createdAt: invite.createdAt,
      expiryDays: invite.expiryDays,
      expiresAt: invite.expiresAt,
      answeredAt: invite.answeredAt,
    })
    .from(invite)
    .innerJoin(team, eq(team.id, invite.teamId))
    .innerJoin(member, eq(member.id, invite.invitedBy))
    .innerJoin(user, eq(user.id, member.userId));
}

export function shownInvite(scope: MemberScope, inviteId: InviteId, now: Date) {
  return first(shownInvites(now).where(isOwn(scope, inviteId)));
}

/** Where the page before ended, as its cursor says. */
type Before = string | null;

/** Newest first. */
export function invitesOf(scope: MemberScope, { status, search, size }: ListInvites, before: Before, now: Date) {
  return all(
    shownInvites(now)
      .where(
        and(
          eq(invite.organizationId, scope.organizationId),
          before === null ? undefined : sql`${invite.id} < ${before}`,
          status === undefined ? undefined : sql`${shownStatus(now)} = ${status}`,
          search === undefined ? undefined : contains(invite.email, search),
        ),
      )
      .orderBy(desc(invite.id))
      .limit(size + 1),
  );
}

/** The invite is the organization's own and offers no more than whoever asks has. */
export function inviteIsWithinReach(scope: MemberScope, inviteId: InviteId): Statement<void>[] {
  const levels = listOf(accessWithin(scope.access));
  return [
    must(sql`exists (select 1 from ${invite} where ${isOwn(scope, inviteId)})`, "not_found"),
    must(
      sql`exists (select 1 from ${invite} where ${isOwn(scope, inviteId)} and ${invite.access} in (${levels}))`,
      "above_own_access",
    ),
  ];
}

type Advanced = { expiresAt: Date | null; invitedBy: MemberId } | { answeredAt: Date };

function advance(which: SQL, verb: InviteVerb, set: Advanced) {
  const { from, to } = inviteSteps[verb];
  const advanced = build
    .update(invite)
    .set({ ...set, status: to })
    .where(and(which, eq(invite.status, from)));
  return [run(advanced), mustHaveChanged("invite_answered")] as const;
}

export function advanceToRevoked(scope: MemberScope, inviteId: InviteId, now: Date) {
  return advance(isOwn(scope, inviteId), "revoke", { answeredAt: now });
}

/** Whoever sends it again answers for it from then on. */
export function advanceToResent(scope: MemberScope, inviteId: InviteId, expiresAt: Date | null) {
  return advance(isOwn(scope, inviteId), "resend", { expiresAt, invitedBy: scope.memberId });
}

/** The answer of whoever holds the letter; of any number of answers, the first counts. */
export function advanceToAnswered(inviteId: InviteId, verb: "accept" | "reject", now: Date) {
  return advance(sql`${invite.id} = ${inviteId} and not ${hasRunOut(now)}`, verb, { answeredAt: now });
}

/** What a link of a letter leads to: the invite, its organization, and the account with that address, if there is one. */
export function inviteByLink(hash: string) {
  return first(
    build
      .select({
        invite,
        inviterMayStillGive: sql<boolean>`${inviterMayStillGive}`.mapWith(Boolean),
        link: { id: link.id, revokedAt: link.revokedAt },
        organization: {
          name: organization.name,
          slug: organization.slug,
          language: organization.language,
          timeZone: organization.timeZone,
          frontendOrigins: organization.frontendOrigins,
        },
        user,
      })
      .from(link)
      .innerJoin(invite, eq(invite.id, link.inviteId))
      .innerJoin(organization, eq(organization.id, invite.organizationId))
      .leftJoin(user, eq(user.email, invite.email))
      .where(eq(link.hash, hash)),
  );
}
