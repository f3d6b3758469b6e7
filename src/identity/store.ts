import { and, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import {
  attempt,
  candidate,
  interview,
  invite,
  type LinkPurpose,
  link,
  member,
  organization,
  type SignUpDetails,
  session,
  user,
} from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import { after } from "../kernel/clock.ts";
import type { CandidateId, InterviewId, InviteId, LinkId, OrganizationId, SessionId, UserId } from "../kernel/ids.ts";
import type { Actor } from "../kernel/scope.ts";
import type { EditProfile } from "./contract.ts";
import { type Limit, networkFactor } from "./policy.ts";

/** "That session, with that access, is alive": goes before everything an actor reads or writes. */
export function actorIsAlive(actor: Actor, now: Date): Statement<void>[] {
  const alive = must(
    sql`exists (select 1 from ${session} where ${session.id} = ${actor.sessionId} and ${session.revokedAt} is null and ${session.expiresAt} > ${now.getTime()})`,
    "signed_out",
  );
  if (actor.kind !== "member") return [alive];
  return [
    alive,
    must(
      sql`exists (select 1 from ${member} where ${member.id} = ${actor.memberId} and ${member.access} = ${actor.access} and ${member.removedAt} is null)`,
      "access_changed",
    ),
  ];
}

/** Counts one more try under the key and refuses when that is one too many. The count stands in the same write. */
export function countAttempt(keyHash: string, max: number, windowMs: number, now: Date): Statement<unknown>[] {
  const expired = sql`${attempt.expiresAt} <= ${now.getTime()}`;
  const counted = build
    .insert(attempt)
    .values({ key: keyHash, count: 1, windowAt: now, expiresAt: after(now, windowMs) })
    .onConflictDoUpdate({
      target: attempt.key,
      set: {
        count: sql`case when ${expired} then 1 else ${attempt.count} + 1 end`,
        windowAt: sql`case when ${expired} then ${now.getTime()} else ${attempt.windowAt} end`,
        expiresAt: sql`case when ${expired} then ${after(now, windowMs).getTime()} else ${attempt.expiresAt} end`,
      },
    });
  return [
    run(counted),
    must(sql`(select ${attempt.count} from ${attempt} where ${attempt.key} = ${keyHash}) <= ${max}`, "slow_down"),
  ];
}

export function countAttempts(
  limit: Limit,
  keys: { address: string | null; network: string },
  now: Date,
): Statement<unknown>[] {
  const byNetwork = countAttempt(keys.network, limit.max * networkFactor, limit.windowMs, now);
  return keys.address === null
    ? byNetwork
    : [...byNetwork, ...countAttempt(keys.address, limit.max, limit.windowMs, now)];
}

export function forgetAttempts(keyHash: string): Statement<number> {
  return run(build.delete(attempt).where(eq(attempt.key, keyHash)));
}

export function userByEmail(email: string) {
  return first(build.select().from(user).where(eq(user.email, email)));
}

export function userById(scope: { readonly userId: UserId }) {
  return first(build.select().from(user).where(eq(user.id, scope.userId)));
}

const membershipsMax = 200;

type UserOf = { userId: UserId } | { email: string } | { linkHash: string };

/** The organizations a user works in, oldest membership first. */
export function membershipsOf(of: UserOf) {
  const theirs =
    "userId" in of
      ? eq(member.userId, of.userId)
      : "email" in of
        ? sql`${member.userId} = (select ${user.id} from ${user} where ${user.email} = ${of.email})`
        : sql`${member.userId} = (select ${link.userId} from ${link} where ${link.hash} = ${of.linkHash})`;
  return all(
    build
      .select({
        organizationId: organization.id,
        name: organization.name,
        slug: organization.slug,
        memberId: member.id,
        access: member.access,
      })
      .from(member)
      .innerJoin(organization, eq(organization.id, member.organizationId))
      .where(and(theirs, isNull(member.removedAt)))
      .orderBy(member.id)
      .limit(membershipsMax),
  );
}

export function frontendsOf(slug: string) {
  return first(
    build.select({ origins: organization.frontendOrigins }).from(organization).where(eq(organization.slug, slug)),
  );
}

export function candidateByEmail(slug: string, email: string) {
  return first(
    build
      .select({
        id: candidate.id,
        organizationId: candidate.organizationId,
        firstName: candidate.firstName,
        passwordHash: candidate.passwordHash,
        /** Someone all of whose interviews are skipped does not sign in. */
        hasInterview: sql<number>`exists (select 1 from ${interview} where ${interview.candidateId} = ${candidate.id} and ${interview.status} not in ('new', 'skipped'))`,
      })
      .from(candidate)
      .innerJoin(organization, eq(organization.id, candidate.organizationId))
      .where(and(eq(organization.slug, slug), eq(candidate.email, email))),
  );
}

export type NewSession = {
  id: SessionId;
  userId?: UserId;
  organizationId?: OrganizationId;
  candidateId?: CandidateId;
  interviewId?: InterviewId | null;
  linkId?: LinkId;
  device: string;
  createdAt: Date;
  expiresAt: Date;
};

export function insertSession(values: NewSession): Statement<number> {
  return run(build.insert(session).values(values));
}

export function revokeSession(scope: Actor, sessionId: SessionId, now: Date): Statement<number> {
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(and(eq(session.id, sessionId), isOwnSession(scope), isNull(session.revokedAt))),
  );
}

function isOwnSession(scope: Actor) {
  return scope.kind === "candidate" ? eq(session.candidateId, scope.candidateId) : eq(session.userId, scope.userId);
}

export function liveSessions(scope: Actor, now: Date, before: SessionId | null, size: number) {
  return all(
    build
      .select({ id: session.id, device: session.device, createdAt: session.createdAt, expiresAt: session.expiresAt })
      .from(session)
      .where(
        and(
          isOwnSession(scope),
          isNull(session.revokedAt),
          gt(session.expiresAt, now),
          before === null ? undefined : lt(session.id, before),
        ),
      )
      .orderBy(desc(session.id))
      .limit(size + 1),
  );
}

/** Ends every session of a user but, when given, the one they are using. */
export function revokeSessionsOfUser(userId: UserId, except: SessionId | null, now: Date): Statement<number> {
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(
        and(
          eq(session.userId, userId),
          isNull(session.revokedAt),
          except === null ? undefined : sql`${session.id} <> ${except}`,
        ),
      ),
  );
}

export type NewLink = {
  id: LinkId;
  purpose: LinkPurpose;
  hash: string;
  email: string;
  userId?: UserId;
  organizationId?: OrganizationId;
  candidateId?: CandidateId;
  interviewId?: InterviewId;
  inviteId?: InviteId;
  details?: SignUpDetails;
  createdAt: Date;
  expiresAt: Date | null;
};

export function insertLink(values: NewLink): Statement<number> {
  return run(build.insert(link).values(values));
}

/** The link for whoever has this address, if anybody has: the same sentence either way. */
export function insertLinkIfKnown(values: {
  id: LinkId;
  purpose: "sign_in" | "password_reset";
  hash: string;
  email: string;
  createdAt: Date;
  expiresAt: Date;
}): Statement<void> {
  const { id, purpose, hash, email, createdAt, expiresAt } = values;
  return raw(
    sql`insert into ${link} (id, purpose, hash, email, user_id, created_at, expires_at)
      select ${id}, ${purpose}, ${hash}, ${user.email}, ${user.id}, ${createdAt.getTime()}, ${expiresAt.getTime()}
      from ${user} where ${user.email} = ${email}`,
    () => undefined,
  );
}

/** Everything a link leads to, by its hash. */
export function linkByHash(hash: string) {
  return first(
    build
      .select({
        link,
        user,
        candidate: { id: candidate.id, firstName: candidate.firstName },
        interviewStatus: interview.status,
        inviteStatus: invite.status,
        frontendOrigins: organization.frontendOrigins,
      })
      .from(link)
      .leftJoin(user, eq(user.id, link.userId))
      .leftJoin(candidate, eq(candidate.id, link.candidateId))
      .leftJoin(interview, eq(interview.id, link.interviewId))
      .leftJoin(invite, eq(invite.id, link.inviteId))
      .leftJoin(organization, eq(organization.id, link.organizationId))
      .where(eq(link.hash, hash)),
  );
}

/** Spends a link that works once: of any number of callers, one gets past this. */
export function spendLink(linkId: LinkId, now: Date): Statement<unknown>[] {
  return [
    run(
      build
        .update(link)
        .set({ usedAt: now })
        .where(
          and(
            eq(link.id, linkId),
            isNull(link.usedAt),
            isNull(link.revokedAt),
            or(isNull(link.expiresAt), gt(link.expiresAt, now)),
          ),
        ),
    ),
    mustHaveChanged("link_dead"),
  ];
}

/** An invitation's link stays good; its latest use is only noted. */
export function noteLinkUse(linkId: LinkId, now: Date): Statement<unknown>[] {
  return [
    run(
      build
        .update(link)
        .set({ usedAt: now })
        .where(and(eq(link.id, linkId), isNull(link.revokedAt))),
    ),
    mustHaveChanged("link_dead"),
  ];
}

export function revokeLinks(
  of: { interviewId: InterviewId } | { inviteId: InviteId } | { userId: UserId },
  now: Date,
): Statement<number> {
  const theirs =
    "interviewId" in of
      ? eq(link.interviewId, of.interviewId)
      : "inviteId" in of
        ? eq(link.inviteId, of.inviteId)
        : eq(link.userId, of.userId);
  return run(
    build
      .update(link)
      .set({ revokedAt: now })
      .where(and(theirs, isNull(link.revokedAt))),
  );
}

export function revokeSessionsOfInterview(interviewId: InterviewId, now: Date): Statement<number> {
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(and(eq(session.interviewId, interviewId), isNull(session.revokedAt))),
  );
}

export function insertUser(values: typeof user.$inferInsert): Statement<number> {
  return unlessTaken(run(build.insert(user).values(values)), "link_dead");
}

export function updateProfile(scope: { readonly userId: UserId }, values: EditProfile) {
  return first(
    build
      .update(user)
      .set({ ...values, id: scope.userId })
      .where(eq(user.id, scope.userId))
      .returning(),
  );
}

export function setPassword(userId: UserId, passwordHash: string): Statement<number> {
  return run(build.update(user).set({ passwordHash }).where(eq(user.id, userId)));
}

/** What time has made useless: spent windows, and links and sessions long over. */
export function forgetExpired(now: Date, keepMs: number): Statement<number>[] {
  const longAgo = after(now, -keepMs);
  return [
    run(build.delete(attempt).where(lt(attempt.expiresAt, now))),
    run(build.delete(link).where(lt(link.expiresAt, longAgo))),
    run(build.delete(session).where(lt(session.expiresAt, longAgo))),
  ];
}
