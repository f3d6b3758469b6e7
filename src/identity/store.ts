import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, or, type SQLWrapper, sql } from "drizzle-orm";
import {
  candidate,
  hasPicked,
  interview,
  invite,
  link,
  member,
  offer,
  offerCandidate,
  organization,
  project,
  refcheck,
  reference,
  role,
  type SignUpDetails,
  user,
} from "../../db/schema/index.ts";
import {
  all,
  build,
  first,
  must,
  mustHaveChanged,
  raw,
  run,
  type Statement,
  stays,
  unlessTaken,
} from "../../db/statement.ts";
import type { Reason } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type {
  CandidateId,
  InterviewId,
  InviteId,
  LinkId,
  OfferId,
  OrganizationId,
  RefcheckId,
  ReferenceId,
  UserId,
} from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { EditProfile } from "./contract.ts";
import type { LinkPurpose } from "./policy.ts";

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

/** Is a member there today. */
export function worksIn(userId: SQLWrapper, organizationId: SQLWrapper) {
  return sql`exists (select 1 from ${member} where ${member.userId} = ${userId} and ${member.organizationId} = ${organizationId} and ${member.removedAt} is null)`;
}

/** Was invited to something and not passed over, or given a password by staff: others neither sign in nor are written to. */
export function wasInvited(candidateId: SQLWrapper) {
  const toInterview = sql`exists (select 1 from ${interview} where ${interview.candidateId} = ${candidateId} and ${interview.status} not in ('new', 'skipped'))`;
  const toRefcheck = sql`exists (select 1 from ${refcheck} where ${refcheck.candidateId} = ${candidateId} and ${refcheck.progress} not in ('created', 'canceled'))`;
  const byStaff = sql`exists (select 1 from ${candidate} as let_in where let_in.id = ${candidateId} and let_in.is_let_in)`;
  return sql`(${toInterview} or ${toRefcheck} or ${byStaff})`;
}

export function candidateByEmail(slug: string, email: string) {
  return first(
    build
      .select({
        id: candidate.id,
        organizationId: candidate.organizationId,
        firstName: candidate.firstName,
        passwordHash: candidate.passwordHash,
        wasInvited: sql<number>`${wasInvited(candidate.id)}`,
      })
      .from(candidate)
      .innerJoin(organization, eq(organization.id, candidate.organizationId))
      .where(and(eq(organization.slug, slug), eq(candidate.email, email))),
  );
}

/** The password is still the one that was compared: whoever set another in between has shut out whoever knows this one. */
export function userPasswordStands(userId: UserId, passwordHash: string, ifNot: Reason): Statement<void> {
  return must(
    sql`exists (select 1 from ${user} where ${user.id} = ${userId} and ${user.passwordHash} = ${passwordHash})`,
    ifNot,
  );
}

type KnownCandidate = { id: CandidateId; email: string; passwordHash: string };

/** The same of a candidate, at the address they came with, who has not been passed over since. */
export function candidatePasswordStands({ id, email, passwordHash }: KnownCandidate, ifNot: Reason): Statement<void> {
  return must(
    sql`exists (select 1 from ${candidate} where ${candidate.id} = ${id} and ${candidate.email} = ${email} and ${candidate.passwordHash} = ${passwordHash} and ${wasInvited(candidate.id)})`,
    ifNot,
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
  refcheckId?: RefcheckId;
  offerId?: OfferId;
  referenceId?: ReferenceId;
  inviteId?: InviteId;
  details?: SignUpDetails;
  createdAt: Date;
  expiresAt: Date | null;
};

export function insertLink(values: NewLink): Statement<number> {
  return run(build.insert(link).values(values));
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
        candidate: {
          id: candidate.id,
          firstName: candidate.firstName,
          lastName: candidate.lastName,
          timeZone: candidate.timeZone,
        },
        reference: {
          id: reference.id,
          firstName: reference.firstName,
          timeZone: reference.timeZone,
          status: reference.status,
        },
        refcheckProgress: refcheck.progress,
        refcheckDeadlineAt: refcheck.deadlineAt,
        roleTitle: role.title,
        offerTitle: offer.title,
        offerExpiresAt: offer.expiresAt,
        /** The times are offered to them still, and they have none yet. */
        mayPick: sql<number>`exists (select 1 from ${offerCandidate} where ${offerCandidate.offerId} = ${link.offerId} and ${offerCandidate.candidateId} = ${link.candidateId} and ${offerCandidate.withdrawnAt} is null and ${offer.closedAt} is null and not ${hasPicked})`,
        /** Whom a link that was asked for lets in at an organization still has a place there, or it was asked for at none. */
        isWelcome: sql<number>`case when ${link.candidateId} is not null then ${wasInvited(link.candidateId)} when ${link.organizationId} is not null then ${worksIn(link.userId, link.organizationId)} else 1 end`,
        deadlineAt: interview.deadlineAt,
        organizationName: organization.name,
        organizationSlug: organization.slug,
        projectName: project.name,
        interviewStatus: interview.status,
        inviteStatus: invite.status,
        frontendOrigins: organization.frontendOrigins,
      })
      .from(link)
      .leftJoin(user, eq(user.id, link.userId))
      .leftJoin(refcheck, eq(refcheck.id, link.refcheckId))
      .leftJoin(role, eq(role.id, refcheck.roleId))
      .leftJoin(offer, eq(offer.id, link.offerId))
      .leftJoin(reference, eq(reference.id, link.referenceId))
      .leftJoin(candidate, eq(candidate.id, sql`coalesce(${link.candidateId}, ${refcheck.candidateId})`))
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

export function revokeLinks(
  of:
    | { interviewId: InterviewId }
    | { refcheckId: RefcheckId }
    | { referenceId: ReferenceId }
    | { offerId: OfferId; candidateId?: CandidateId }
    | { candidateId: CandidateId }
    | { inviteId: InviteId },
  now: Date,
): Statement<number> {
  return run(
    build
      .update(link)
      .set({ revokedAt: now })
      .where(and(linksOf(of), isNull(link.revokedAt))),
  );
}

function linksOf(of: Parameters<typeof revokeLinks>[0]) {
  if ("interviewId" in of) return eq(link.interviewId, of.interviewId);
  if ("refcheckId" in of) return eq(link.refcheckId, of.refcheckId);
  if ("referenceId" in of) return eq(link.referenceId, of.referenceId);
  if ("offerId" in of) {
    return and(eq(link.offerId, of.offerId), of.candidateId && eq(link.candidateId, of.candidateId));
  }
  return "candidateId" in of ? eq(link.candidateId, of.candidateId) : eq(link.inviteId, of.inviteId);
}

export type Holder = { readonly userId: UserId } | { readonly candidateId: CandidateId };

/** Links that somebody asked for, to sign in or to set a password, and has not used: an invite is nobody's to lose by that. */
export function revokeAskedFor(
  holder: Holder,
  purposes: readonly ("sign_in" | "password_reset")[],
  now: Date,
): Statement<number> {
  const theirs = "userId" in holder ? eq(link.userId, holder.userId) : eq(link.candidateId, holder.candidateId);
  return run(
    build
      .update(link)
      .set({ revokedAt: now })
      .where(and(theirs, inArray(link.purpose, [...purposes]), isNull(link.usedAt), isNull(link.revokedAt))),
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

/** A user, and the end of every sign-up that was to become one with this address: its names and password are forgotten. */
export function insertUser(
  values: NewUser,
  ifTaken: Reason = "link_dead",
): [inserted: Statement<number>, revoked: Statement<number>] {
  const { firstName, lastName } = values;
  const names = { firstNameFolded: folded(firstName), lastNameFolded: folded(lastName) };
  return [
    unlessTaken(run(build.insert(user).values({ ...values, ...names })), ifTaken),
    run(
      build
        .update(link)
        .set({ revokedAt: values.createdAt, details: null })
        .where(and(eq(link.email, values.email), isNotNull(link.details))),
    ),
  ];
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

export function setCandidatePassword(candidateId: CandidateId, passwordHash: string): Statement<number> {
  return run(build.update(candidate).set({ passwordHash }).where(eq(candidate.id, candidateId)));
}

/** Whoever did not finish signing up in time is forgotten at once, the link itself later. */
export function forgetLinks(now: Date, longAgo: Date): Statement<unknown>[] {
  return [
    // Through those few that still hold somebody: the other index holds everything that has run out in a month.
    raw(
      sql`update ${link} indexed by link_of_lapsed_newcomer set details = null where ${link.details} is not null and ${link.expiresAt} <= ${now.getTime()}`,
      () => undefined,
    ),
    run(build.delete(link).where(lt(link.expiresAt, longAgo))),
  ];
}
