import { and, eq, sql } from "drizzle-orm";
import { candidate, organization, refcheck, refcheckEvent, role } from "../../db/schema/index.ts";
import { all, build, first, must, run, type Statement, unlessTaken } from "../../db/statement.ts";
import { idByEmail } from "../candidate/actions.ts";
import type { RoleId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { seesTeam } from "../role/actions.ts";

/** Many rows for few tables, for one write. */
export { gathered } from "../../db/statement.ts";

/** What making a refcheck needs to know of the role. Undefined for one this member may not see. */
export function roleForOpening(scope: MemberScope, roleId: RoleId) {
  return first(
    build
      .select()
      .from(role)
      .where(and(eq(role.id, roleId), eq(role.organizationId, scope.organizationId), seesTeam(scope, role.teamId))),
  );
}

export function organizationOf({ organizationId }: MemberScope) {
  return first(
    build
      .select({
        name: organization.name,
        senderName: organization.senderName,
        frontendOrigins: organization.frontendOrigins,
        language: organization.language,
        timeZone: organization.timeZone,
      })
      .from(organization)
      .where(eq(organization.id, organizationId)),
  );
}

/** Whose these addresses are, by each of them, and the refcheck that each has for this role; without a role, none has. */
export function peopleOf(scope: MemberScope, roleId: RoleId | null, emails: readonly string[]) {
  return all(
    build
      .select({ address: sql<string>`asked.value`, candidate, refcheckId: refcheck.id })
      .from(sql`json_each(${JSON.stringify(emails)}) as asked`)
      .innerJoin(candidate, eq(candidate.id, idByEmail(scope, sql`asked.value`)))
      .leftJoin(refcheck, and(eq(refcheck.candidateId, candidate.id), sql`${refcheck.roleId} = ${roleId}`)),
  );
}

export function refchecksByRequestKey(scope: MemberScope, requestKeys: readonly string[]) {
  return all(
    build
      .select({
        id: refcheck.id,
        roleId: refcheck.roleId,
        candidateId: refcheck.candidateId,
        status: refcheck.status,
        deadlineAt: refcheck.deadlineAt,
        requestKey: refcheck.requestKey,
        email: candidate.email,
        emailStatus: candidate.emailStatus,
      })
      .from(refcheck)
      .innerJoin(candidate, eq(candidate.id, refcheck.candidateId))
      .where(
        and(
          eq(refcheck.organizationId, scope.organizationId),
          sql`${refcheck.requestKey} in (select value from json_each(${JSON.stringify(requestKeys)}))`,
        ),
      ),
  );
}

/** The caller's own key names one request: under these there is nothing yet. */
export function keysAreFree(scope: MemberScope, requestKeys: readonly string[]): Statement<void> {
  return must(
    sql`not exists (select 1 from ${refcheck} where ${refcheck.organizationId} = ${scope.organizationId} and ${refcheck.requestKey} in (select value from json_each(${JSON.stringify(requestKeys)})))`,
    "request_key_used",
  );
}

type NewRefcheck = Omit<typeof refcheck.$inferInsert, "organizationId" | "teamId">;

/** Of the role's team. */
export function insertRefcheck({ organizationId }: MemberScope, values: NewRefcheck): Statement<number> {
  const teamId = sql`(select ${role.teamId} from ${role} where ${role.id} = ${values.roleId})`;
  return unlessTaken(run(build.insert(refcheck).values({ ...values, organizationId, teamId })), "already_in_role");
}

export function insertEvent(values: typeof refcheckEvent.$inferInsert): Statement<number> {
  return run(build.insert(refcheckEvent).values(values));
}
