import { eq, type SQL, sql } from "drizzle-orm";
import { candidate, link, organization, user } from "../../db/schema/index.ts";
import { build, first, raw, type Statement } from "../../db/statement.ts";
import { idByEmail } from "../candidate/actions.ts";
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

/** The link, held by whom the rest of the sentence finds, if it finds anybody: the same sentence either way. */
function linkFor(row: AskedLink, holder: { columns: SQL; values: SQL; whom: SQL }): Statement<void> {
  const { id, purpose, hash, createdAt, expiresAt } = row;
  return raw(
    sql`insert into ${link} (id, purpose, hash, created_at, expires_at, email, ${holder.columns})
      select ${id}, ${purpose}, ${hash}, ${createdAt.getTime()}, ${expiresAt.getTime()}, ${holder.values} ${holder.whom}`,
    () => undefined,
  );
}

/** For whoever signs in with this address. */
export function insertLinkOfUser(row: AskedLink): Statement<void> {
  return linkFor(row, {
    columns: sql`user_id`,
    values: sql`${user.email}, ${user.id}`,
    whom: sql`from ${user} where ${user.email} = ${row.email}`,
  });
}

/** The same, if they work there. Null stands for an organization that is none: nobody does. */
export function insertLinkOfMember(row: AskedLink, organizationId: OrganizationId | null): Statement<void> {
  return linkFor(row, {
    columns: sql`user_id, organization_id`,
    values: sql`${user.email}, ${user.id}, ${organizationId}`,
    whom: sql`from ${user} where ${user.email} = ${row.email} and ${worksIn(user.id, sql`${organizationId}`)}`,
  });
}

/** The same for a candidate, if they were invited there to anything. */
export function insertLinkOfCandidate(row: AskedLink, organizationId: OrganizationId | null): Statement<void> {
  return linkFor(row, {
    columns: sql`candidate_id, organization_id`,
    values: sql`${candidate.email}, ${candidate.id}, ${candidate.organizationId}`,
    whom: sql`from ${candidate} where ${candidate.id} = ${idByEmail({ organizationId }, sql`${row.email}`)} and ${wasInvited(candidate.id)}`,
  });
}
