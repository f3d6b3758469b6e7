import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { candidate, organization, refcheck, reportShare, role, team } from "../../db/schema/index.ts";
import { all, build, first, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import type { RefcheckId, ReportShareId } from "../kernel/ids.ts";
import type { MemberScope, ReportScope } from "../kernel/scope.ts";
import { isRefcheck, reachesRefcheck } from "../refcheck/actions.ts";

/** What stands at the head of a report. Without an id, the one refcheck that this scope reaches. */
export function headOf(scope: MemberScope | ReportScope, refcheckId: RefcheckId | null) {
  return first(
    build
      .select({
        id: refcheck.id,
        progress: refcheck.progress,
        status: refcheck.status,
        referencesRequired: refcheck.referencesRequired,
        periodMonths: refcheck.periodMonths,
        invitedAt: refcheck.invitedAt,
        deadlineAt: refcheck.deadlineAt,
        completedAt: refcheck.completedAt,
        consentedAt: refcheck.consentedAt,
        consentVersion: refcheck.consentVersion,
        wakeAt: refcheck.wakeAt,
        candidate: { id: candidate.id, firstName: candidate.firstName, lastName: candidate.lastName },
        roleTitle: role.title,
        teamName: team.name,
        organizationName: organization.name,
        language: organization.language,
        timeZone: organization.timeZone,
      })
      .from(refcheck)
      .innerJoin(candidate, eq(candidate.id, refcheck.candidateId))
      .innerJoin(role, eq(role.id, refcheck.roleId))
      .innerJoin(team, eq(team.id, refcheck.teamId))
      .innerJoin(organization, eq(organization.id, refcheck.organizationId))
      .where(and(isRefcheck(refcheckId), reachesRefcheck(scope))),
  );
}

// Links to it.

export function insertShare(
  { organizationId, memberId: createdBy }: MemberScope,
  values: Omit<typeof reportShare.$inferInsert, "organizationId" | "createdBy">,
): Statement<number> {
  return run(build.insert(reportShare).values({ ...values, organizationId, createdBy }));
}

export function shareByHash({ hash }: ReportScope) {
  return first(
    build.select({ withSignals: reportShare.withSignals }).from(reportShare).where(eq(reportShare.hash, hash)),
  );
}

const shown = {
  id: reportShare.id,
  refcheckId: reportShare.refcheckId,
  label: reportShare.label,
  withSignals: reportShare.withSignals,
  createdAt: reportShare.createdAt,
  createdBy: reportShare.createdBy,
  expiresAt: reportShare.expiresAt,
  revokedAt: reportShare.revokedAt,
};

/** Newest first, those that are over as well. */
export function sharesOf(scope: MemberScope, refcheckId: RefcheckId, before: string | null, size: number) {
  return all(
    build
      .select(shown)
      .from(reportShare)
      .innerJoin(refcheck, eq(refcheck.id, reportShare.refcheckId))
      .where(
        and(
          eq(reportShare.refcheckId, refcheckId),
          reachesRefcheck(scope),
          before === null ? undefined : sql`${reportShare.id} < ${before}`,
        ),
      )
      .orderBy(desc(reportShare.id))
      .limit(size + 1),
  );
}

/** One that still opens, or the whole write is refused with `not_found`. */
export function revokeShare(scope: MemberScope, id: ReportShareId, now: Date): Statement<unknown>[] {
  const isTheirs = sql`exists (select 1 from ${refcheck} where ${refcheck.id} = ${reportShare.refcheckId} and ${reachesRefcheck(scope)})`;
  const open = and(eq(reportShare.id, id), isTheirs, isNull(reportShare.revokedAt));
  return [run(build.update(reportShare).set({ revokedAt: now }).where(open)), mustHaveChanged("not_found")];
}
