// A table on its way in: streamed into the bucket and read on the way, so that what cannot be imported is refused at the door.
import * as z from "zod/mini";
import { countTowards } from "../attempt/actions.ts";
import type { NamedField } from "../csv/custom.ts";
import type { TableHead, TableRow, Unreadable } from "../csv/reading.ts";
import { fieldsOf } from "../field/actions.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf, Refused, refuse } from "../kernel/errors.ts";
import { idOf, type OrganizationId, type UploadId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { guardOf, MemberClaims, openAddress } from "../session/actions.ts";
import type { BeginUpload, Upload, UploadIn } from "./contract.ts";
import { beginLimit, bytesMax, columnsMax, nameCharsMax, rowBytesMax, rowsMax, unusedMs, uploadMs } from "./policy.ts";
import * as store from "./store.ts";

/** For the reads and writes of who imports it. */
export const uploadById = store.uploadById;
export const holdUpload = store.holdUpload;
export const forgetUploadAt = store.forgetUploadAt;
export const forgettableUploads = store.forgettableUploads;
export const giveUpUpload = store.giveUpUpload;
export const uploadIsGone = store.uploadIsGone;

const purpose = "upload v1";

const Claims = z.object({ uploadId: idOf("upl"), until: z.number(), scope: MemberClaims });

/** Begins one: refuses with `slow_down` an organization that sends very many. */
export async function beginUpload(deps: Deps, scope: MemberScope, { subject, name }: BeginUpload): Promise<Upload> {
  const createdAt = deps.now();
  const nothing = { key: null, bytes: 0, rowCount: 0, columns: [], dialect: null, headBytes: 0, headRows: 0 };
  const row = {
    ...{ id: deps.newId("upl"), subject, name, sentBy: scope.memberId, status: "open" as const },
    ...{ ...nothing, createdAt, forgetAt: after(createdAt, unusedMs) },
  };
  const counted = countTowards(deps, beginLimit, scope.organizationId, 1);
  await deps.db.write([...counted, store.insertUpload(scope, row)]);
  return shown(deps, scope, row, []);
}

/** What has come of it: how many rows there are, and what their columns would be taken for. Refuses with `not_found`. */
export async function showUpload(deps: Deps, scope: MemberScope, { uploadId }: UploadIn): Promise<Upload> {
  const { row, customs } = await deps.db.read({ row: store.uploadById(scope, uploadId), customs: fieldsOf(scope) });
  return row ? shown(deps, scope, row, customs) : refuse("not_found");
}

type Row = Omit<store.UploadRow, "organizationId">;

async function shown(deps: Deps, scope: MemberScope, row: Row, customs: readonly NamedField[]): Promise<Upload> {
  const { id: uploadId, subject, name, status, bytes, rowCount: rows, createdAt } = row;
  const { guessed } = await import("../csv/columns.ts");
  const fields = guessed(subject, row.columns, customs);
  const uploadUntil = after(createdAt, uploadMs);
  const sealed = await deps.sealer.seal(purpose, JSON.stringify({ uploadId, scope, until: uploadUntil.getTime() }));
  return {
    ...{ uploadId, subject, name, status, bytes, rows, createdAt, bytesMax, rowsMax, uploadUntil },
    columns: row.columns.map((column, place) => ({ name: column, field: fields[place] ?? null })),
    uploadUrl: `${deps.site.publicUrl}/uploads/${sealed}`,
  };
}

type Sent = { readonly body: ReadableStream<Uint8Array> | null; readonly length: string | null };

export const prefixOf = (organizationId: OrganizationId, uploadId: UploadId) => `${organizationId}/${uploadId}/`;

/**
 * Takes the file, whole. Refuses with `not_found`, `signed_out`, `access_changed`, `length_needed`, `too_large`, `upload_closed`, with
 * `unreadable_table`, why and at which row, and with `unavailable` when the bucket is.
 */
export async function takeTable(given: Deps, sealed: string, { body, length }: Sent): Promise<UploadIn> {
  const { uploadId, scope } = await openAddress(given, Claims, purpose, sealed);
  const deps = { ...given, db: given.db.guardedBy(guardOf(scope, given.now())) };
  const bytes = length !== null && /^\d+$/.test(length) ? Number(length) : 0;
  if (length === "0") refuse("unreadable_table", { why: "empty", row: 1 });
  if (body === null || bytes === 0) return refuse("length_needed");
  if (bytes > bytesMax) refuse("too_large", { bytesMax });
  const { found } = await deps.db.read({ found: store.openUpload(scope, uploadId, deps.now()) });
  if (!found) return refuse("upload_closed");
  const key = `${prefixOf(scope.organizationId, uploadId)}${deps.newToken()}`;
  const { head, rows } = await kept(deps, { uploadId, key, bytes }, body);
  const { columns, dialect, end: headBytes, rows: headRows } = head;
  const sent = { key, bytes, rowCount: rows, columns: columns.map(cut), dialect, headBytes, headRows };
  try {
    const [before] = await deps.db.write(store.keepSent(scope, uploadId, sent, deps.now()));
    const former = before?.key;
    if (former) deps.afterwards("remove_upload", (system) => system.bucket.remove([former]));
  } catch (error) {
    // Only what was refused is surely not written: after any other failure the row may name the object.
    if (error instanceof Refused) deps.afterwards("remove_upload", (system) => system.bucket.remove([key]));
    throw error;
  }
  return { uploadId };
}

/** One line that can be sent back as it is told: a head may have several, and be cut within a character. */
const cut = (name: string) =>
  name
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, nameCharsMax)
    .toWellFormed()
    .trim();

type Object = { readonly uploadId: UploadId; readonly key: string; readonly bytes: number };

/** Into the bucket, and counted on the way. */
async function kept(
  deps: Deps,
  { uploadId, key, bytes }: Object,
  body: ReadableStream<Uint8Array>,
): Promise<{ readonly head: TableHead; readonly rows: number }> {
  const { tableCounter } = await import("../csv/reading.ts");
  let refusal: Refused | undefined;
  const unreadable = (why: Unreadable, row: number): never => {
    refusal = new Refused("unreadable_table", { why, row });
    throw refusal;
  };
  const counter = tableCounter({ rowBytesMax, rowsMax, columnsMax, refuse: unreadable });
  let read: ReturnType<typeof counter.end> | undefined;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      counter.take(chunk);
      controller.enqueue(chunk);
    },
    flush() {
      read = counter.end();
    },
  });
  try {
    await deps.bucket.put(key, body.pipeThrough(counting), bytes);
  } catch (error) {
    // What is found wrong at its very end has been kept by then.
    deps.afterwards("remove_upload", (system) => system.bucket.remove([key]));
    if (refusal) throw refusal;
    deps.log("upload_not_kept", { uploadId, error: nameOf(error) });
    return refuse("unavailable");
  }
  return read ?? refuse("unavailable");
}

// Out again, a piece at a time.

/** As much of it as is read at once; more only where one row is longer. */
const pieceBytes = 64 * 1_024;

export type Place = { readonly bytes: number; readonly rows: number };

export type NumberedRow = Pick<TableRow, "cells" | "isBroken"> & { readonly row: number };

type Piece = {
  /** But for those that are empty. */
  readonly rows: readonly NumberedRow[];
  readonly next: Place;
  readonly isLast: boolean;
};

/** The rows from a place on, at most so many. Refuses with `not_found` when the file is gone, and with `unreadable_table`. */
export async function rowsFrom(deps: Deps, table: store.UploadRow, place: Place, most: number): Promise<Piece> {
  const { isBlank, rowsIn } = await import("../csv/reading.ts");
  const { key, dialect } = table;
  if (key === null || dialect === null) return refuse("not_found");
  for (const length of [pieceBytes, pieceBytes + rowBytesMax]) {
    const upTo = Math.min(table.bytes, place.bytes + length);
    const isWhole = upTo === table.bytes;
    const found = rowsIn(await bytesOf(deps, key, place.bytes, upTo - place.bytes), dialect, isWhole, most);
    if (found.length === 0 && !isWhole) continue;
    const next = { bytes: place.bytes + (found.at(-1)?.end ?? 0), rows: place.rows + found.length };
    const numbered = found.map(({ cells, isBroken }, nth) => ({ cells, isBroken, row: place.rows + nth + 1 }));
    return { rows: numbered.filter((row) => !isBlank(row)), next, isLast: next.bytes >= table.bytes };
  }
  return refuse("unreadable_table", { why: "row_too_long", row: place.rows + 1 });
}

async function bytesOf(deps: Deps, key: string, offset: number, length: number): Promise<Uint8Array> {
  if (length <= 0) return new Uint8Array();
  const body = await deps.bucket.get(key, offset, length);
  return body === null ? refuse("not_found") : new Uint8Array(await new Response(body).arrayBuffer());
}
