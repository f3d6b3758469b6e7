import { and, count, desc, eq, lt, lte, type SQL, sql } from "drizzle-orm";
import { document, documentEvent } from "../../db/schema/index.ts";
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
import type { CandidateId, DocumentId, EventId } from "../kernel/ids.ts";
import type { MemberScope, SystemScope } from "../kernel/scope.ts";
import { seesCandidate } from "../sight/actions.ts";
import type { Document } from "./contract.ts";
import { type DocumentVerb, documentsMax, underWayMs } from "./policy.ts";

/** Of a candidate whom this member sees, and not removed. */
function reaches(scope: MemberScope): SQL | undefined {
  return and(eq(document.organizationId, scope.organizationId), seesCandidate(scope, document.candidateId));
}

const isThis = (scope: MemberScope, documentId: DocumentId) => and(eq(document.id, documentId), reaches(scope));
const isHere = eq(document.status, "kept");
const isAwaited = eq(document.status, "awaited");

// Coming.

const announced = {
  id: document.id,
  candidateId: document.candidateId,
  fileName: document.fileName,
  type: document.type,
  bytes: document.bytes,
  status: document.status,
};

export function documentByRequestKey({ organizationId }: MemberScope, requestKey: string) {
  const isIt = and(eq(document.organizationId, organizationId), eq(document.requestKey, requestKey));
  return first(build.select(announced).from(document).where(isIt));
}

/** With one too many of the candidate's nothing of it stays: `list_full`. A twin with the same request key: `moved_on`. */
export function insertDocument(
  { organizationId, memberId }: MemberScope,
  values: Omit<typeof document.$inferInsert, "organizationId" | "memberId">,
): Statement<unknown>[] {
  const isTheirs = eq(document.candidateId, sql`${values.candidateId}`);
  const others = build.select({ count: count() }).from(document).where(isTheirs);
  return [
    unlessTaken(run(build.insert(document).values({ ...values, organizationId, memberId })), "moved_on"),
    must(sql`(${others}) <= ${documentsMax}`, "list_full", { max: documentsMax }),
  ];
}

/** Until when it may be sent, and from when on it is not waited for. */
export type Window = { readonly uploadUntil: Date; readonly forgetAt: Date };

/** Asked for once more: there is as much time again. */
export function renewWindow(scope: MemberScope, documentId: DocumentId, window: Window): Statement<unknown>[] {
  const isIt = and(isThis(scope, documentId), isAwaited);
  return [run(build.update(document).set(window).where(isIt)), mustHaveChanged("moved_on")];
}

export function awaitedDocument(scope: MemberScope, documentId: DocumentId) {
  return first(
    build
      .select(announced)
      .from(document)
      .where(and(isThis(scope, documentId), isAwaited)),
  );
}

type Event = { readonly id: EventId; readonly at: Date };

/** Of one that is here, by whoever asks. */
function happened(scope: MemberScope, documentId: DocumentId, verb: DocumentVerb, { id, at }: Event): Statement<void> {
  const { organizationId, memberId } = scope;
  return raw(
    sql`insert into ${documentEvent} (candidate_id, id, organization_id, document_id, kind, verb, member_id, at) select ${document.candidateId}, ${id}, ${organizationId}, ${document.id}, ${document.kind}, ${verb}, ${memberId}, ${at.getTime()} from ${document} where ${and(isThis(scope, documentId), isHere)}`,
    () => undefined,
  );
}

/** Of many who send it at once one has. */
export function keepDocument(
  scope: MemberScope,
  documentId: DocumentId,
  key: string,
  event: Event,
): Statement<unknown>[] {
  const arrivedAt = event.at;
  const here = { status: "kept", key, arrivedAt, scanAt: arrivedAt, forgetAt: null } as const;
  const isIt = and(isThis(scope, documentId), isAwaited);
  return [
    run(build.update(document).set(here).where(isIt)),
    mustHaveChanged("document_closed"),
    happened(scope, documentId, "add", event),
  ];
}

// Being there.

const shown = {
  id: document.id,
  candidateId: document.candidateId,
  fileName: document.fileName,
  type: document.type,
  bytes: document.bytes,
  kind: document.kind,
  label: document.label,
  scan: document.scan,
  threat: document.threat,
  addedBy: document.memberId,
  createdAt: document.createdAt,
  key: document.key,
};

export function shownDocument(scope: MemberScope, documentId: DocumentId) {
  return first(
    build
      .select(shown)
      .from(document)
      .where(and(isThis(scope, documentId), isHere)),
  );
}

/** Newest first. */
export function documentsOf(scope: MemberScope, candidateId: CandidateId, before: string | null, size: number) {
  const isBefore = before === null ? undefined : lt(document.id, sql`${before}`);
  const theirs = and(eq(document.candidateId, candidateId), isBefore, isHere, reaches(scope));
  return all(
    build
      .select(shown)
      .from(document)
      .where(theirs)
      .orderBy(desc(document.id))
      .limit(size + 1),
  );
}

type Changes = { readonly [Name in "fileName" | "kind" | "label"]?: Document[Name] | undefined };

/** And what it is then. */
export function updateDocument(scope: MemberScope, documentId: DocumentId, changes: Changes) {
  const isIt = and(isThis(scope, documentId), isHere);
  const edited = build.update(document).set({ ...changes, ...stays(document.createdAt) });
  return [run(edited.where(isIt)), mustHaveChanged("not_found"), shownDocument(scope, documentId)] as const;
}

// Going.

/** Once nothing of it can be under way to the bucket any more: what comes there last goes too. */
const onceAllHasCome = (now: Date) => sql`max(${now.getTime()}, ${document.uploadUntil} + ${underWayMs})`;

const unseen = { status: "removed", candidateId: null, requestKey: null, scanAt: null } as const;

export function dropDocument(scope: MemberScope, documentId: DocumentId, event: Event): Statement<unknown>[] {
  const gone = { ...unseen, forgetAt: onceAllHasCome(event.at) };
  const isIt = and(isThis(scope, documentId), isHere);
  return [
    happened(scope, documentId, "remove", event),
    run(build.update(document).set(gone).where(isIt)),
    mustHaveChanged("not_found"),
  ];
}

export function forgettable(_scope: SystemScope, now: Date, size: number) {
  return all(
    build
      .select({ id: document.id, organizationId: document.organizationId })
      .from(document)
      .where(lte(document.forgetAt, now))
      .orderBy(document.forgetAt, document.id)
      .limit(size),
  );
}

/** From here on it cannot come any more; unless it has come in between. One that was infected stays to be seen. */
export function giveUp(_scope: SystemScope, documentId: DocumentId, now: Date): Statement<number>[] {
  const isDue = and(eq(document.id, documentId), lte(document.forgetAt, now));
  return [
    run(build.update(document).set(unseen).where(and(isDue, isAwaited))),
    run(build.update(document).set({ forgetAt: now }).where(isDue)),
  ];
}

/** Its objects go before: what was left of them nobody would find. */
export function endForgetting(_scope: SystemScope, documentId: DocumentId): Statement<unknown>[] {
  const isIt = eq(document.id, documentId);
  const isInfected = eq(document.scan, "infected");
  return [
    run(build.delete(document).where(and(isIt, eq(document.status, "removed")))),
    run(
      build
        .update(document)
        .set({ key: null, forgetAt: null })
        .where(and(isIt, isHere, isInfected)),
    ),
  ];
}

// Being looked through.

export function toScan(_scope: SystemScope, now: Date, size: number) {
  const { id, organizationId, key, type, bytes, scanTries } = document;
  return all(
    build
      .select({ id, organizationId, key, type, bytes, scanTries })
      .from(document)
      .where(lte(document.scanAt, now))
      .orderBy(document.scanAt, document.id)
      .limit(size),
  );
}

/** For one that looks through it, until the lease ends. */
export function claimScan(_scope: SystemScope, documentId: DocumentId, now: Date, leaseUntil: Date): Statement<number> {
  const mine = { scanAt: leaseUntil, scanTries: sql`${document.scanTries} + 1` };
  return run(
    build
      .update(document)
      .set(mine)
      .where(and(eq(document.id, documentId), lte(document.scanAt, now))),
  );
}

const isUnscanned = (documentId: DocumentId) =>
  and(eq(document.id, documentId), isHere, eq(document.scan, "unscanned"));

export function scanAgainAt(_scope: SystemScope, documentId: DocumentId, scanAt: Date): Statement<number> {
  return run(build.update(document).set({ scanAt }).where(isUnscanned(documentId)));
}

export function callClean(_scope: SystemScope, documentId: DocumentId): Statement<number> {
  return run(build.update(document).set({ scan: "clean", scanAt: null }).where(isUnscanned(documentId)));
}

export function callInfected(_scope: SystemScope, documentId: DocumentId, threat: string, now: Date) {
  const found = { scan: "infected", threat, scanAt: null, forgetAt: onceAllHasCome(now) } as const;
  return run(build.update(document).set(found).where(isUnscanned(documentId)));
}
