import { and, desc, eq, gt, isNull, lt, ne, type SQL, sql } from "drizzle-orm";
import { interview, member, session } from "../../db/schema/index.ts";
import { all, build, compiledMust, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import type {
  CandidateId,
  InterviewId,
  LinkId,
  OfferId,
  OrganizationId,
  RefcheckId,
  ReferenceId,
  SessionId,
  UserId,
} from "../kernel/ids.ts";
import type { Actor, CandidateScope, MemberScope } from "../kernel/scope.ts";

const slot = sql.placeholder;

const sessionIsAlive = compiledMust(
  () =>
    sql`exists (select 1 from ${session} where ${session.id} = ${slot("sessionId")} and ${session.revokedAt} is null and ${session.expiresAt} > ${slot("now")})`,
  "signed_out",
);

const accessIsHeld = compiledMust(
  () =>
    sql`exists (select 1 from ${member} where ${member.id} = ${slot("memberId")} and ${member.access} = ${slot("access")} and ${member.removedAt} is null)`,
  "access_changed",
);

/** "That session, with that access, is alive": goes before everything an actor reads or writes. */
export function actorIsAlive(actor: Actor, now: Date): Statement<void>[] {
  const alive = sessionIsAlive({ sessionId: actor.sessionId, now });
  if (actor.kind !== "member") return [alive];
  return [alive, accessIsHeld({ memberId: actor.memberId, access: actor.access })];
}

export type NewSession = {
  id: SessionId;
  userId?: UserId;
  organizationId?: OrganizationId;
  candidateId?: CandidateId;
  interviewId?: InterviewId | null;
  refcheckId?: RefcheckId | null;
  offerId?: OfferId | null;
  referenceId?: ReferenceId;
  linkId?: LinkId | undefined;
  device: string;
  createdAt: Date;
  expiresAt: Date;
};

export function insertSession(values: NewSession): Statement<number> {
  return run(build.insert(session).values(values));
}

/**
 * Whoever came in by a link in a letter may have been handed that link: they reach the sessions of that interview, refcheck
 * or offer and no others of the same candidate.
 */
function isOwnSession(scope: Actor) {
  if (scope.kind === "reference") return eq(session.referenceId, scope.referenceId);
  if (scope.kind !== "candidate") return eq(session.userId, scope.userId);
  return and(
    eq(session.candidateId, scope.candidateId),
    scope.interviewId === null ? undefined : eq(session.interviewId, scope.interviewId),
    scope.refcheckId === null ? undefined : eq(session.refcheckId, scope.refcheckId),
    scope.offerId === null ? undefined : eq(session.offerId, scope.offerId),
  );
}

export function revokeSession(scope: Actor, sessionId: SessionId, now: Date): Statement<number> {
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(and(eq(session.id, sessionId), isOwnSession(scope), isNull(session.revokedAt))),
  );
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
          except === null ? undefined : ne(session.id, except),
        ),
      ),
  );
}

/** Ends every session of a candidate but the one in use, however each of them began. */
export function revokeOtherSessions(scope: CandidateScope, now: Date): Statement<number> {
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(
        and(eq(session.candidateId, scope.candidateId), isNull(session.revokedAt), ne(session.id, scope.sessionId)),
      ),
  );
}

/** Ends all of them: the address was not theirs, or a password was set by who reads its mail. */
export function revokeSessionsOfCandidate(
  scope: Pick<MemberScope, "organizationId">,
  candidateId: CandidateId,
  now: Date,
): Statement<number> {
  const isTheirs = and(eq(session.candidateId, candidateId), eq(session.organizationId, scope.organizationId));
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(and(isTheirs, isNull(session.revokedAt))),
  );
}

/** By the index of candidates: of many sessions few are one candidate's. */
function isOfInterview(interviewId: InterviewId): SQL | undefined {
  const whose = sql`(select ${interview.candidateId} from ${interview} where ${interview.id} = ${interviewId})`;
  return and(sql`${session.candidateId} = ${whose}`, eq(session.interviewId, interviewId));
}

export function revokeSessionsOfInterview(interviewId: InterviewId, now: Date): Statement<number> {
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(and(isOfInterview(interviewId), isNull(session.revokedAt))),
  );
}

/** Of the candidate, by the links to this refcheck. */
export function revokeSessionsOfRefcheck(
  candidateId: CandidateId,
  refcheckId: RefcheckId,
  now: Date,
): Statement<number> {
  const theirs = and(eq(session.candidateId, candidateId), eq(session.refcheckId, refcheckId));
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(and(theirs, isNull(session.revokedAt))),
  );
}

export function revokeSessionsOfReference(referenceId: ReferenceId, now: Date): Statement<number> {
  const theirs = eq(session.referenceId, referenceId);
  return run(
    build
      .update(session)
      .set({ revokedAt: now })
      .where(and(theirs, isNull(session.revokedAt))),
  );
}

const listedMax = 100;

/** The sessions an interview's links were exchanged for, over and ended ones too, newest first. */
export function sessionsOfInterview(scope: MemberScope, interviewId: InterviewId) {
  return all(
    build
      .select({
        id: session.id,
        linkId: session.linkId,
        device: session.device,
        createdAt: session.createdAt,
        expiresAt: session.expiresAt,
        revokedAt: session.revokedAt,
      })
      .from(session)
      .where(and(eq(session.organizationId, scope.organizationId), isOfInterview(interviewId)))
      .orderBy(desc(session.id))
      .limit(listedMax),
  );
}

/** Ends one session of an interview, or refuses the whole write with `not_found`. */
export function revokeSessionOfInterview(
  scope: MemberScope,
  of: { interviewId: InterviewId; sessionId: SessionId },
  now: Date,
): Statement<unknown>[] {
  return [
    run(
      build
        .update(session)
        .set({ revokedAt: now })
        .where(
          and(
            eq(session.id, of.sessionId),
            eq(session.interviewId, of.interviewId),
            eq(session.organizationId, scope.organizationId),
            isNull(session.revokedAt),
          ),
        ),
    ),
    mustHaveChanged("not_found"),
  ];
}

export function forgetLongOver(longAgo: Date): Statement<number> {
  return run(build.delete(session).where(lt(session.expiresAt, longAgo)));
}
