import * as z from "zod/mini";
import type { Statement } from "../../db/statement.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { idOf, type LinkId, type UserId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, type PageIn, toPage } from "../kernel/page.ts";
import {
  type Actor,
  accessLevels,
  type CandidateScope,
  type MemberScope,
  type ReferenceScope,
  type UserScope,
} from "../kernel/scope.ts";
import type { SessionIn } from "./contract.ts";
import { candidateSessionTtlMs, userSessionTtlMs } from "./policy.ts";
import * as store from "./store.ts";

const tokenPurpose = "session token v1";
const SessionId = idOf("ses");

export const MemberClaims = z.object({
  kind: z.literal("member"),
  sessionId: SessionId,
  userId: idOf("usr"),
  organizationId: idOf("org"),
  memberId: idOf("mem"),
  access: z.enum(accessLevels),
});

export const CandidateClaims = z.object({
  kind: z.literal("candidate"),
  sessionId: SessionId,
  organizationId: idOf("org"),
  candidateId: idOf("cnd"),
  interviewId: z.nullable(idOf("itv")),
  // Tokens from before there were refchecks say nothing of any.
  refcheckId: z._default(z.nullable(idOf("rck")), null),
  // And those from before there were offers.
  offerId: z._default(z.nullable(idOf("off")), null),
});

const Claims = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), sessionId: SessionId, userId: idOf("usr") }),
  MemberClaims,
  CandidateClaims,
  z.object({
    kind: z.literal("reference"),
    sessionId: SessionId,
    organizationId: idOf("org"),
    refcheckId: idOf("rck"),
    referenceId: idOf("ref"),
  }),
]);

function sealActor(deps: Deps, actor: Actor): Promise<string> {
  return deps.sealer.seal(tokenPurpose, JSON.stringify(actor));
}

/** Who a bearer token says is calling, or null: nothing that can be sent as a token is an error. */
export async function openSession(deps: Deps, token: string): Promise<Actor | null> {
  const claims = await deps.sealer.open(tokenPurpose, token);
  if (claims === null) return null;
  try {
    return Claims.parse(JSON.parse(claims));
  } catch {
    // Sealed here, but by another version of Anteroom: its claims are not understood, so nobody is signed in.
    return null;
  }
}

/**
 * What was sealed into an address that is as good as a password: what it opens, for whom and until when. Refuses with `not_found` what is none,
 * or is over.
 */
export async function openAddress<Address extends { readonly until: number }>(
  deps: Deps,
  shape: z.ZodMiniType<Address>,
  purpose: string,
  sealed: string,
): Promise<Address> {
  const text = await deps.sealer.open(purpose, sealed);
  const address = text === null ? null : shape.safeParse(JSON.parse(text)).data;
  return address && address.until > deps.now().getTime() ? address : refuse("not_found");
}

/** Goes before everything this actor reads or writes. */
export function guardOf(actor: Actor, now: Date): Statement<void>[] {
  return store.actorIsAlive(actor, now);
}

export type Entered = Pick<MemberScope, "organizationId" | "memberId" | "access">;

function staffActor({ sessionId, userId }: Pick<UserScope, "sessionId" | "userId">, entered?: Entered): Actor {
  if (!entered) return { kind: "user", sessionId, userId };
  const { organizationId, memberId, access } = entered;
  return { kind: "member", sessionId, userId, organizationId, memberId, access };
}

/** A bearer token for the session in use, inside this organization. */
export function tokenFor(deps: Deps, scope: UserScope | MemberScope, entered: Entered): Promise<string> {
  return sealActor(deps, staffActor(scope, entered));
}

type Begun = { readonly token: string; readonly statement: Statement<number> };

/** A new staff session: its bearer token, and the statement it lives by, for the caller's own write. */
export async function beginUserSession(
  deps: Deps,
  { userId, entered }: { userId: UserId; entered: Entered | undefined },
): Promise<Begun> {
  const now = deps.now();
  const sessionId = deps.newId("ses");
  return {
    token: await sealActor(deps, staffActor({ sessionId, userId }, entered)),
    statement: store.insertSession({
      id: sessionId,
      userId,
      device: deps.caller.device,
      createdAt: now,
      expiresAt: after(now, userSessionTtlMs),
    }),
  };
}

type NewCandidateSession = Omit<CandidateScope, "kind" | "sessionId"> & { linkId?: LinkId };

/** A new session of a candidate: its bearer token, and the statement it lives by, for the caller's own write. */
export async function beginCandidateSession(deps: Deps, { linkId, ...whose }: NewCandidateSession): Promise<Begun> {
  return beginLinkedSession(deps, { kind: "candidate", sessionId: deps.newId("ses"), ...whose }, linkId);
}

/** The same of a reference, who comes by a link alone. */
export function beginReferenceSession(
  deps: Deps,
  { linkId, ...whose }: Omit<ReferenceScope, "kind" | "sessionId"> & { linkId: LinkId },
): Promise<Begun> {
  return beginLinkedSession(deps, { kind: "reference", sessionId: deps.newId("ses"), ...whose }, linkId);
}

async function beginLinkedSession(
  deps: Deps,
  actor: CandidateScope | ReferenceScope,
  linkId: LinkId | undefined,
): Promise<Begun> {
  const now = deps.now();
  const { kind: _, sessionId: id, ...whose } = actor;
  const lasts = { createdAt: now, expiresAt: after(now, candidateSessionTtlMs) };
  return {
    token: await sealActor(deps, actor),
    statement: store.insertSession({ id, ...whose, linkId, device: deps.caller.device, ...lasts }),
  };
}

/** Ends the session in use. */
export async function signOut(deps: Deps, scope: Actor) {
  await deps.db.write([store.revokeSession(scope, scope.sessionId, deps.now())]);
  return { done: true as const };
}

/** One's own live sessions, newest first. Who came by an invitation's link sees that interview's only. */
export async function listSessions(deps: Deps, scope: Actor, input: PageIn) {
  const { rows } = await deps.db.read({
    rows: store.liveSessions(scope, deps.now(), lastSeen(input), input.size),
  });
  const sessions = rows.map((row) => ({ ...row, isCurrent: row.id === scope.sessionId }));
  return toPage(sessions, input.size, (row) => encodeCursor("sessions", [row.id]));
}

function lastSeen({ cursor }: PageIn) {
  const [last = null] = keysOfCursor("sessions", cursor, ["string"]) ?? [];
  const id = z.nullable(SessionId).safeParse(last);
  return id.success ? id.data : refuse("bad_input", { field: "cursor" });
}

/** Ends one of one's own sessions. Somebody else's is `not_found`. */
export async function revokeSession(deps: Deps, scope: Actor, input: SessionIn) {
  const [revoked] = await deps.db.write([store.revokeSession(scope, input.sessionId, deps.now())]);
  return revoked === 1 ? { done: true as const } : refuse("not_found");
}

/** For other slices' own reads and writes. */
export const revokeOtherSessions = store.revokeOtherSessions;
export const revokeSessionsOfUser = store.revokeSessionsOfUser;
export const revokeSessionsOfCandidate = store.revokeSessionsOfCandidate;
export const revokeSessionsOfInterview = store.revokeSessionsOfInterview;
export const revokeSessionsOfRefcheck = store.revokeSessionsOfRefcheck;
export const revokeSessionsOfReference = store.revokeSessionsOfReference;
export const sessionsOfInterview = store.sessionsOfInterview;
export const revokeSessionOfInterview = store.revokeSessionOfInterview;
export const forgetLongOver = store.forgetLongOver;
