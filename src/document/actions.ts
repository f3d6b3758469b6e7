// Documents on their way in and out: announced, sent, looked through, downloaded, removed. The rows say what there is; the bucket holds bytes.
import * as z from "zod/mini";
import { twinLooks, untilAlone } from "../kernel/again.ts";
import { backoffMs } from "../kernel/alarm.ts";
import { after } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps, Scanned, Scanner } from "../kernel/deps.ts";
import { nameOf, type Reason, Refused, refuse } from "../kernel/errors.ts";
import {
  attachmentNamed,
  bytesMaxOf,
  type FileType,
  fileTypes,
  type Look,
  lookFor,
  mediaTypeOf,
  safeName,
  typeNamed,
} from "../kernel/files.ts";
import { type DocumentId, idOf, type OrganizationId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import { type MemberScope, systemScope } from "../kernel/scope.ts";
import { type Range, rangeOf } from "../recording/policy.ts";
import { guardOf, MemberClaims, openAddress } from "../session/actions.ts";
import { isSeenCandidate, mustSeeCandidate } from "../sight/actions.ts";
import type {
  AnnounceDocument,
  AnnouncedDocument,
  Document,
  DocumentIn,
  DocumentLink,
  DocumentTaken,
  EditDocument,
  ListDocuments,
} from "./contract.ts";
import { linkMs, scanAgainMsMax, scanLeaseMs, threatOf, underWayMs, uploadMs } from "./policy.ts";
import * as store from "./store.ts";

// An address opens one document for one member's session, to be sent or to be downloaded, and never the other.

const uploadPurpose = "document upload v1";
const downloadPurpose = "document download v1";

const AddressClaims = z.object({ documentId: idOf("doc"), until: z.number(), scope: MemberClaims });

async function addressOf(deps: Deps, purpose: string, documentId: DocumentId, scope: MemberScope, until: Date) {
  const sealed = await deps.sealer.seal(purpose, JSON.stringify({ documentId, scope, until: until.getTime() }));
  return `${deps.site.publicUrl}/documents/${sealed}`;
}

const eventNow = (deps: Deps) => ({ id: deps.newId("evt"), at: deps.now() });

/** All objects of a document: each time it is sent makes another. */
const prefixOf = (organizationId: OrganizationId, documentId: DocumentId) => `${organizationId}/${documentId}/`;

// In.

/** What says that somebody else has just announced the same, or that it has just come: at the next look that is found. */
const raced: ReadonlySet<Reason> = new Set(["moved_on"]);

/**
 * Says what will be sent, and answers where to. What does not come within the hour is forgotten. The same `requestKey` again answers with the same
 * document. Refuses with `not_found`, with `bad_input` and the `types` there are where neither `type` nor the name says what it is, `too_large` and `{ bytesMax }` past
 * what its type may have, `list_full` and `{ max }`, `request_key_used`.
 */
export function announceDocument(deps: Deps, scope: MemberScope, input: AnnounceDocument): Promise<AnnouncedDocument> {
  const type = input.type ?? typeNamed(input.fileName) ?? refuse("bad_input", { field: "type", types: fileTypes });
  const bytesMax = bytesMaxOf(type);
  if (input.bytes > bytesMax) refuse("too_large", { bytesMax });
  return untilAlone(raced, twinLooks, () => announceOnce(deps, scope, { ...input, type }));
}

type Told = AnnounceDocument & { readonly type: FileType };

async function announceOnce(deps: Deps, scope: MemberScope, input: Told): Promise<AnnouncedDocument> {
  const { candidateId, fileName, type, bytes, kind, label, requestKey } = input;
  const repeated = requestKey === undefined ? undefined : await repeatedOf(deps, scope, requestKey, input);
  const now = deps.now();
  const id = repeated?.id ?? deps.newId("doc");
  const uploadUntil = after(now, uploadMs);
  const window = { uploadUntil, forgetAt: after(uploadUntil, underWayMs) };
  const hasArrived = repeated?.status === "kept";
  if (repeated === undefined) {
    const named = { id, candidateId, fileName, kind, label, type, bytes, requestKey: requestKey ?? null };
    const awaited = { status: "awaited", scan: "unscanned", scanTries: 0, createdAt: now, ...window } as const;
    await deps.db.write([
      mustSeeCandidate(scope, candidateId),
      ...store.insertDocument(scope, { ...named, ...awaited }),
    ]);
  } else if (!hasArrived) await deps.db.write(store.renewWindow(scope, id, window));
  const uploadUrl = await addressOf(deps, uploadPurpose, id, scope, uploadUntil);
  return { documentId: id, candidateId, type, bytes, hasArrived, uploadUrl, uploadUntil };
}

async function repeatedOf(deps: Deps, scope: MemberScope, requestKey: string, told: Told) {
  const { repeated } = await deps.db.read({ repeated: store.documentByRequestKey(scope, requestKey) });
  const isOther =
    repeated && (["candidateId", "fileName", "type", "bytes"] as const).some((name) => repeated[name] !== told[name]);
  return isOther ? refuse("request_key_used") : repeated;
}

type Sent = { readonly body: ReadableStream<Uint8Array> | null; readonly length: string | null };

/**
 * Takes a document, streamed through to the bucket, and looked at on the way. Refuses with `not_found`, `signed_out`, `access_changed`,
 * `length_needed`, `document_closed` once it has come, `document_mismatch` where it is of another type or length than was announced, and with
 * `unavailable` when the bucket is.
 */
export async function takeDocument(given: Deps, sealed: string, { body, length }: Sent): Promise<DocumentTaken> {
  const { documentId, scope } = await openAddress(given, AddressClaims, uploadPurpose, sealed);
  const deps = { ...given, db: given.db.guardedBy(guardOf(scope, given.now())) };
  const said = length !== null && /^\d{1,12}$/.test(length) ? Number(length) : 0;
  if (body === null || said === 0) return refuse("length_needed");
  const { found } = await deps.db.read({ found: store.awaitedDocument(scope, documentId) });
  if (!found) return refuse("document_closed");
  const { type, bytes } = found;
  if (said !== bytes) return refuse("document_mismatch", { type, bytes });
  const key = `${prefixOf(scope.organizationId, documentId)}${deps.newToken()}`;
  await kept(deps, key, { id: documentId, type, bytes }, body);
  try {
    await deps.db.write(store.keepDocument(scope, documentId, key, eventNow(deps)));
  } catch (error) {
    // Only what was refused is surely not written: after any other failure a row may name the object.
    if (error instanceof Refused) deps.afterwards("remove_document", (system) => system.bucket.remove([key]));
    throw error;
  }
  const { organizationId } = scope;
  const { scanner } = deps;
  if (scanner) {
    const it = { id: documentId, organizationId, key, type, bytes, scanTries: 0 };
    deps.afterwards("scan_document", (system) => isScanned(system, scanner, it));
  }
  return { documentId, bytes };
}

type Announced = { readonly id: DocumentId; readonly type: FileType; readonly bytes: number };

async function kept(deps: Deps, key: string, announced: Announced, body: ReadableStream<Uint8Array>): Promise<void> {
  const chunks = lookedAt(lookFor(announced.type), announced, body);
  let refusal: Refused | null = null;
  try {
    // What is something else from its beginning never reaches the bucket.
    const first = await chunks.next();
    const stream = streamOf(first, chunks, (refused) => {
      refusal = refused;
    });
    await deps.bucket.put(key, stream, announced.bytes);
  } catch (error) {
    const said = refusal ?? error;
    const hasBegun = refusal !== null || !(error instanceof Refused);
    if (hasBegun) deps.afterwards("remove_document", (system) => system.bucket.remove([key]));
    if (said instanceof Refused) throw said;
    deps.log("document_not_kept", { documentId: announced.id, error: nameOf(error) });
    refuse("unavailable");
  }
}

/**
 * The same chunks, looked at. The last waits until all of them have been: a bucket that was not given everything keeps nothing. Refuses with
 * `document_mismatch`.
 */
async function* lookedAt(
  look: Look,
  { type, bytes }: Announced,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const other = () => refuse("document_mismatch", { type, bytes });
  let last: Uint8Array | null = null;
  for await (const chunk of body) {
    if (!look.take(chunk) || look.bytes() > bytes) other();
    if (last) yield last;
    last = chunk;
  }
  if (look.bytes() !== bytes || !look.isIt()) other();
  if (last) yield last;
}

/** What is refused in the middle is told apart here: a bucket that breaks off says something of its own. */
function streamOf(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
  onRefused: (refused: Refused) => void,
): ReadableStream<Uint8Array> {
  let ahead: IteratorResult<Uint8Array> | null = first;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = ahead ?? (await rest.next());
        ahead = null;
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        if (error instanceof Refused) onRefused(error);
        throw error;
      }
    },
    cancel: async () => void (await rest.return(undefined)),
  });
}

// There.

type Row = NonNullable<ReturnType<ReturnType<typeof store.shownDocument>["read"]>>;

function toDocument({ key: _, ...row }: Row): Document {
  const candidateId = row.candidateId ?? refuse("not_found");
  const { type } = row;
  return { ...row, candidateId, fileName: safeName(type, row.fileName), mediaType: mediaTypeOf(type) };
}

/** One that has come. Refuses with `not_found`. */
export async function getDocument(deps: Deps, scope: MemberScope, { documentId }: DocumentIn): Promise<Document> {
  const { row } = await deps.db.read({ row: store.shownDocument(scope, documentId) });
  return row ? toDocument(row) : refuse("not_found");
}

/** Those that have come, newest first. Refuses with `not_found`. */
export async function listDocuments(deps: Deps, scope: MemberScope, { candidateId, cursor, size }: ListDocuments) {
  const [before = null] = keysOfCursor("documents", cursor, ["string"]) ?? [];
  const { isSeen, rows } = await deps.db.read({
    isSeen: isSeenCandidate(scope, candidateId),
    rows: store.documentsOf(scope, candidateId, before, size),
  });
  if (!isSeen) return refuse("not_found");
  const { items, nextCursor } = toPage(rows, size, ({ id }) => encodeCursor("documents", [id]));
  return { items: items.map(toDocument), nextCursor };
}

/** Changes what is given and leaves the rest. Refuses with `not_found`. */
export async function editDocument(deps: Deps, scope: MemberScope, input: EditDocument): Promise<Document> {
  const { documentId, ...changes } = input;
  const [, , edited] = await deps.db.write(store.updateDocument(scope, documentId, changes));
  return edited ? toDocument(edited) : refuse("not_found");
}

/** Nobody sees it from now on, and its bytes are deleted. Refuses with `not_found`. */
export async function removeDocument(deps: Deps, scope: MemberScope, { documentId }: DocumentIn) {
  await deps.db.write(store.dropDocument(scope, documentId, eventNow(deps)));
  const prefix = prefixOf(scope.organizationId, documentId);
  deps.afterwards("forget_document", (system) => system.bucket.forget(prefix));
  return { done: true as const };
}

// Out.

/** Where somebody is set up to look through documents, none goes out that has not been. */
function mustBeFit({ scanner }: Deps, { scan, threat }: Row): void {
  if (scan === "infected") refuse("document_infected", { threat });
  if (scan === "unscanned" && scanner) refuse("document_unscanned");
}

/** Where it can be downloaded. Refuses with `not_found`, `document_infected` and `{ threat }`, `document_unscanned`. */
export async function linkDocument(deps: Deps, scope: MemberScope, { documentId }: DocumentIn): Promise<DocumentLink> {
  const { row } = await deps.db.read({ row: store.shownDocument(scope, documentId) });
  if (!row) return refuse("not_found");
  mustBeFit(deps, row);
  const until = after(deps.now(), linkMs);
  return { documentId, url: await addressOf(deps, downloadPurpose, documentId, scope, until), until };
}

export type Downloaded = {
  readonly contentType: string;
  readonly disposition: string;
  readonly etag: string;
  readonly bytes: number;
  /** Null: all of it. */
  readonly range: Range | null;
  readonly stream: () => Promise<ReadableStream<Uint8Array>>;
};

type Asked = { readonly range: string | null; readonly ifRange: string | null };

/**
 * The bytes asked for, for as long as who was given the address is signed in with the same access and sees the candidate. Refuses as
 * `linkDocument` does, with `signed_out`, `access_changed`, `range_not_there`, and with `unavailable` when the bucket is.
 */
export async function documentFrom(deps: Deps, sealed: string, asked: Asked): Promise<Downloaded> {
  const { documentId, scope } = await openAddress(deps, AddressClaims, downloadPurpose, sealed);
  const { row } = await deps.db
    .guardedBy(guardOf(scope, deps.now()))
    .read({ row: store.shownDocument(scope, documentId) });
  if (!row) return refuse("not_found");
  mustBeFit(deps, row);
  const { type, bytes, key } = row;
  const etag = `"${documentId}"`;
  const isOther = asked.ifRange !== null && asked.ifRange !== etag;
  const range = isOther ? null : rangeOf(asked.range, bytes);
  if (range === "none") return refuse("range_not_there", { bytes });
  const { from, to } = range ?? { from: 0, to: bytes - 1 };
  return {
    ...{ contentType: mediaTypeOf(type), disposition: attachmentNamed(safeName(type, row.fileName)) },
    ...{ etag, bytes, range },
    stream: () => read(deps, documentId, key, from, to - from + 1),
  };
}

async function read(deps: Deps, documentId: DocumentId, key: string | null, offset: number, length: number) {
  try {
    // Removed in this very moment: its object went first.
    return (key === null ? null : await deps.bucket.get(key, offset, length)) ?? refuse("not_found");
  } catch (error) {
    if (error instanceof Refused) throw error;
    deps.log("document_not_read", { documentId, error: nameOf(error) });
    return refuse("unavailable");
  }
}

// Looked through.

/** Documents one sweep looks through; the next minute brings the next. */
const scannedMax = 20;
const scannedAtOnce = 2;

/**
 * Called by cron every minute: whatever came and was not looked through then, because the scanner was away, the Worker died, or nobody was set
 * up to. One that cannot be looked through now holds up none of the others.
 */
export async function scanDocuments(deps: Deps): Promise<number> {
  const { scanner } = deps;
  if (!scanner) return 0;
  const { waiting } = await deps.db.read({ waiting: store.toScan(systemScope, deps.now(), scannedMax) });
  let scanned = 0;
  await forEachOf(waiting, scannedAtOnce, async (row) => {
    try {
      if (await isScanned(deps, scanner, row)) scanned += 1;
    } catch (error) {
      deps.log("document_not_scanned", { documentId: row.id, error: nameOf(error) });
    }
  });
  return scanned;
}

type Waiting = Announced & {
  readonly organizationId: OrganizationId;
  readonly key: string | null;
  readonly scanTries: number;
};

async function isScanned(deps: Deps, scanner: Scanner, row: Waiting): Promise<boolean> {
  const { id, organizationId } = row;
  const now = deps.now();
  const [mine] = await deps.db.write([store.claimScan(systemScope, id, now, after(now, scanLeaseMs))]);
  if (mine === 0) return false;
  const verdict = await verdictOn(deps, scanner, row);
  if (verdict.outcome === "later") {
    deps.log("document_scan_put_off", { documentId: id, why: verdict.why });
    const waitMs = backoffMs(row.scanTries + 1, deps.random(), scanAgainMsMax);
    await deps.db.write([store.scanAgainAt(systemScope, id, after(deps.now(), waitMs))]);
    return false;
  }
  if (verdict.outcome === "clean") await deps.db.write([store.callClean(systemScope, id)]);
  else {
    deps.log("document_infected", { documentId: id });
    await deps.db.write([store.callInfected(systemScope, id, threatOf(verdict.threat), deps.now())]);
    // At once; the sweep does it once more when nothing of it can be under way, and whenever this breaks off.
    await deps.bucket.forget(prefixOf(organizationId, id));
  }
  return true;
}

async function verdictOn(deps: Deps, scanner: Scanner, { key, type, bytes }: Waiting): Promise<Scanned> {
  try {
    const body = key === null ? null : await deps.bucket.get(key, 0, bytes);
    if (body === null) return { outcome: "later", why: "its object is gone" };
    return await scanner.scan({ mediaType: mediaTypeOf(type), bytes, body });
  } catch (error) {
    return { outcome: "later", why: nameOf(error) };
  }
}

// And away.

/** Documents one sweep forgets, some four calls each. */
const forgottenMax = 50;
const forgottenAtOnce = 5;

/** Called by cron every minute: what did not come, was removed, or was infected. One that cannot be forgotten now is tried again. */
export async function forgetDocuments(deps: Deps): Promise<number> {
  const now = deps.now();
  const { forgettable } = await deps.db.read({ forgettable: store.forgettable(systemScope, now, forgottenMax) });
  let forgotten = 0;
  await forEachOf(forgettable, forgottenAtOnce, async ({ id, organizationId }) => {
    try {
      const [, isDue] = await deps.db.write(store.giveUp(systemScope, id, now));
      if (isDue === 0) return;
      await deps.bucket.forget(prefixOf(organizationId, id));
      await deps.db.write(store.endForgetting(systemScope, id));
      forgotten += 1;
    } catch (error) {
      deps.log("document_not_forgotten", { documentId: id, error: nameOf(error) });
    }
  });
  return forgotten;
}
