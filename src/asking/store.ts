import { eq, sql } from "drizzle-orm";
import { candidate, link, organization, user } from "../../db/schema/index.ts";
import { build, first, raw, type Statement } from "../../db/statement.ts";
import { wasInvited, worksIn } from "../identity/actions.ts";
import type { LinkId, OrganizationId } from "../kernel/ids.ts";

export function organizationBySlug(slug: string) {
  return first(
    build
      .select({
        id: organization.id,
        name: organization.name,
        senderName: organization.senderName,
        frontendOrigins: organization.frontendOrigins,
      })
      .from(organization)
      .where(eq(organization.slug, slug)),
  );
}

type AskedLink = {
  readonly id: LinkId;
  readonly purpose: "sign_in" | "password_reset";
  readonly hash: string;
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

/** The link for whoever signs in with this address, if anybody does: the same sentence either way. */
export function insertLinkOfUser({ id, purpose, hash, email, createdAt, expiresAt }: AskedLink): Statement<void> {
  return raw(
    sql`insert into ${link} (id, purpose, hash, email, user_id, created_at, expires_at)
      select ${id}, ${purpose}, ${hash}, ${user.email}, ${user.id}, ${createdAt.getTime()}, ${expiresAt.getTime()}
      from ${user} where ${user.email} = ${email}`,
    () => undefined,
  );
}

/** The same, if they work there. Null stands for an organization that is none: nobody does. */
export function insertLinkOfMember(
  { id, purpose, hash, email, createdAt, expiresAt }: AskedLink,
  organizationId: OrganizationId | null,
): Statement<void> {
  return raw(
    sql`insert into ${link} (id, purpose, hash, email, user_id, organization_id, created_at, expires_at)
      select ${id}, ${purpose}, ${hash}, ${user.email}, ${user.id}, ${organizationId}, ${createdAt.getTime()}, ${expiresAt.getTime()}
      from ${user} where ${user.email} = ${email} and ${worksIn(user.id, sql`${organizationId}`)}`,
    () => undefined,
  );
}

/** The same for a candidate, if they were invited there to anything. */
export function insertLinkOfCandidate(
  { id, purpose, hash, email, createdAt, expiresAt }: AskedLink,
  organizationId: OrganizationId | null,
): Statement<void> {
  return raw(
    sql`insert into ${link} (id, purpose, hash, email, candidate_id, organization_id, created_at, expires_at)
      select ${id}, ${purpose}, ${hash}, ${candidate.email}, ${candidate.id}, ${candidate.organizationId}, ${createdAt.getTime()}, ${expiresAt.getTime()}
      from ${candidate} where ${candidate.organizationId} = ${organizationId} and ${candidate.email} = ${email} and ${wasInvited(candidate.id)}`,
    () => undefined,
  );
}
