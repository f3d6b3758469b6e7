// Who is asking, as the compiler sees them. Every user-facing statement takes a scope first; scopes come from the
// sealed token, never from input.
import type {
  CandidateId,
  InterviewId,
  MemberId,
  OfferId,
  OrganizationId,
  RefcheckId,
  ReferenceId,
  SessionId,
  UserId,
} from "./ids.ts";

export const accessLevels = ["owner", "admin", "recruiter", "hiring_manager"] as const;
export type Access = (typeof accessLevels)[number];

/** Signed in as staff, whichever organization. */
export type UserScope = { readonly kind: "user"; readonly sessionId: SessionId; readonly userId: UserId };

/** Signed in as staff and inside one organization. */
export type MemberScope = {
  readonly kind: "member";
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly memberId: MemberId;
  readonly access: Access;
};

/**
 * A person being considered. One of `interviewId`, `refcheckId` and `offerId` is set when they came by the link in a letter about it: then
 * only that one is theirs.
 */
export type CandidateScope = {
  readonly kind: "candidate";
  readonly sessionId: SessionId;
  readonly organizationId: OrganizationId;
  readonly candidateId: CandidateId;
  readonly interviewId: InterviewId | null;
  readonly refcheckId: RefcheckId | null;
  readonly offerId: OfferId | null;
};

/** A person asked about a candidate: by the link in their letter, about that one. */
export type ReferenceScope = {
  readonly kind: "reference";
  readonly sessionId: SessionId;
  readonly organizationId: OrganizationId;
  readonly refcheckId: RefcheckId;
  readonly referenceId: ReferenceId;
};

/** Timers, sweeps and the outbox: no person, no session. */
export type SystemScope = { readonly kind: "system" };

/** Whoever was given the address of a report: no person, no session, and one refcheck, to read, while that address opens it. */
export type ReportScope = { readonly kind: "report"; readonly hash: string; readonly now: Date };

export const systemScope: SystemScope = { kind: "system" };

export type Actor = UserScope | MemberScope | CandidateScope | ReferenceScope;
export type Scope = Actor | ReportScope | SystemScope;

/** 0 for owner, rising as access falls. */
export function rankOf(access: Access): number {
  return accessLevels.indexOf(access);
}

export function hasAtLeast(access: Access, needed: Access): boolean {
  return rankOf(access) <= rankOf(needed);
}
