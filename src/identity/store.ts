import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from "drizzle-orm";
import {
  candidate,
  interview,
  invite,
  link,
  member,
  organization,
  project,
  type SignUpDetails,
  user,
} from "../../db/schema/index.ts";
import {
  all,
  build,
  first,
  mustHaveChanged,
  raw,
  run,
  type Statement,
  stays,
  unlessTaken,
} from "../../db/statement.ts";
import type { Reason } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId, InterviewId, InviteId, LinkId, OrganizationId, UserId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { EditProfile, LinkPurpose } from "./contract.ts";

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
export function insertLinkIfKnown({ id, purpose, hash, email, createdAt, expiresAt }: NewLink): Statement<void> {
  return raw(
    sql`insert into ${link} (id, purpose, hash, email, user_id, created_at, expires_at)
      select ${id}, ${purpose}, ${hash}, ${user.email}, ${user.id}, ${createdAt.getTime()}, ${expiresAt?.getTime() ?? null}
      from ${user} where ${user.email} = ${email}`,
    () => undefined,
  );
}

/** A newcomer's link, unless somebody has the address: the same sentence either way. */
export function insertLinkUnlessKnown(values: NewLink): Statement<void> {
  const { id, purpose, hash, email, details, createdAt, expiresAt } = values;
  return raw(
    sql`insert into ${link} (id, purpose, hash, email, details, created_at, expires_at)
      select ${id}, ${purpose}, ${hash}, ${email}, ${JSON.stringify(details)}, ${createdAt.getTime()}, ${expiresAt?.getTime() ?? null}
      where not exists (select 1 from ${user} where ${user.email} = ${email})`,
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
        candidate: { id: candidate.id, firstName: candidate.firstName, timeZone: candidate.timeZone },
        deadlineAt: interview.deadlineAt,
        organizationName: organization.name,
        projectName: project.name,
        interviewStatus: interview.status,
        inviteStatus: invite.status,
        frontendOrigins: organization.frontendOrigins,
      })
      .from(link)
      .leftJoin(user, eq(user.id, link.userId))
      .leftJoin(candidate, eq(candidate.id, link.candidateId))
      .leftJoin(interview, eq(interview.id, link.interviewId))
      .leftJoin(project, eq(project.id, interview.projectId))
      .leftJoin(invite, eq(invite.id, link.inviteId))
      .leftJoin(organization, eq(organization.id, link.organizationId))
      .where(eq(link.hash, hash)),
  );
}

/**
 * Spends a link that works once: of any number of callers, one gets past this. The user to be, password and all, is
 * forgotten here: they are a user now.
 */
export function spendLink(linkId: LinkId, now: Date): Statement<unknown>[] {
  return [
    run(
      build
        .update(link)
        .set({ usedAt: now, details: null })
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

/** Links of a user are those by which they sign in or set a password: an invite is nobody's to lose by that. */
const userLinks = ["sign_in", "password_reset"] as const;

export function revokeLinks(
  of: { interviewId: InterviewId } | { candidateId: CandidateId } | { inviteId: InviteId } | { userId: UserId },
  now: Date,
): Statement<number> {
  const theirs =
    "interviewId" in of
      ? eq(link.interviewId, of.interviewId)
      : "candidateId" in of
        ? sql`${link.interviewId} in (select ${interview.id} from ${interview} where ${interview.candidateId} = ${of.candidateId})`
        : "inviteId" in of
          ? eq(link.inviteId, of.inviteId)
          : and(eq(link.userId, of.userId), inArray(link.purpose, userLinks));
  return run(
    build
      .update(link)
      .set({ revokedAt: now })
      .where(and(theirs, isNull(link.revokedAt))),
  );
}

const listedMax = 100;

/** An interview's links, replaced and revoked ones too, newest first: when each was made, last used and ended. */
export function linksOfInterview(scope: MemberScope, interviewId: InterviewId) {
  return all(
    build
      .select({
        id: link.id,
        createdAt: link.createdAt,
        expiresAt: link.expiresAt,
        usedAt: link.usedAt,
        revokedAt: link.revokedAt,
      })
      .from(link)
      .where(and(eq(link.organizationId, scope.organizationId), eq(link.interviewId, interviewId)))
      .orderBy(desc(link.id))
      .limit(listedMax),
  );
}

type Folded = "firstNameFolded" | "lastNameFolded";
type NewUser = Omit<typeof user.$inferInsert, Folded>;

export function insertUser(values: NewUser, ifTaken: Reason = "link_dead"): Statement<number> {
  const { firstName, lastName } = values;
  const names = { firstNameFolded: folded(firstName), lastNameFolded: folded(lastName) };
  return unlessTaken(run(build.insert(user).values({ ...values, ...names })), ifTaken);
}

export function updateProfile(scope: { readonly userId: UserId }, values: EditProfile) {
  const { firstName, lastName } = values;
  const names = { firstNameFolded: firstName && folded(firstName), lastNameFolded: lastName && folded(lastName) };
  return first(
    build
      .update(user)
      .set({ ...values, ...names, ...stays(user.createdAt) })
      .where(eq(user.id, scope.userId))
      .returning(),
  );
}

export function setPassword(userId: UserId, passwordHash: string): Statement<number> {
  return run(build.update(user).set({ passwordHash }).where(eq(user.id, userId)));
}

export function forgetLinks(longAgo: Date): Statement<number> {
  return run(build.delete(link).where(lt(link.expiresAt, longAgo)));
}
