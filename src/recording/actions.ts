// Recordings on their way in, part by part, and on their way out, range by range. The rows say what there is; the bucket holds bytes.
import * as z from "zod/mini";
import { countTowards } from "../attempt/actions.ts";
import { after } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf, Refused, refuse } from "../kernel/errors.ts";
import { type InterviewId, idOf, type OrganizationId, type RecordingId, type StepId } from "../kernel/ids.ts";
import { type CandidateScope, type MemberScope, systemScope } from "../kernel/scope.ts";
import { running, signOf } from "../presence/actions.ts";
import { CandidateClaims, guardOf, MemberClaims, openAddress } from "../session/actions.ts";
import type { FinishRecording, PartTaken, Playable, Recording, RecordingIn } from "./contract.ts";
import {
  beginLimit,
  beginsAs,
  bytesMaxOf,
  interviewBytesMax,
  partBytesMax,
  partsIn,
  partsMax,
  playMs,
  type Range,
  rangeOf,
  type Slice,
  slicesOf,
  sniffedBytes,
  unusedMs,
  uploadMs,
} from "./policy.ts";
import * as store from "./store.ts";

export const keepAsAnswer = store.keepAsAnswer;
export const recordingForStep = store.recordingForStep;
export const newestRecording = store.newestRecording;
export const forgetRecordingsOf = store.forgetRecordingsOf;
export const forgetWithInterview = store.forgetWithInterview;

// An address that is as good as a password: who was given it, and what it opens, is sealed into it.

const uploadPurpose = "recording upload v1";
const playPurpose = "recording play v1";

const UploadClaims = z.object({
  recordingId: idOf("rec"),
  interviewId: idOf("itv"),
  until: z.number(),
  scope: CandidateClaims,
});
const PlayClaims = z.object({ recordingId: idOf("rec"), until: z.number(), scope: MemberClaims });

// In.

type What = {
  readonly interviewId: InterviewId;
  readonly run: number;
  readonly stepId: StepId;
  readonly contentType: Recording["contentType"];
};

export async function begin(deps: Deps, scope: CandidateScope, what: What): Promise<Recording> {
  const now = deps.now();
  const row = {
    ...{ id: deps.newId("rec"), ...what, status: "open" as const },
    ...{ createdAt: now, forgetAt: after(now, unusedMs) },
  };
  await deps.db.write([...countTowards(deps, beginLimit, what.interviewId, 1), store.insertRecording(scope, row)]);
  return shown(deps, scope, row, []);
}

type Row = Pick<Recording, "id" | "stepId" | "status"> & {
  readonly interviewId: InterviewId | null;
  readonly contentType: string;
  readonly createdAt: Date;
};
type Part = { readonly number: number; readonly bytes: number };

async function shown(deps: Deps, scope: CandidateScope, row: Row, parts: readonly Part[]): Promise<Recording> {
  const { id: recordingId, stepId, status, createdAt } = row;
  const interviewId = row.interviewId ?? refuse("not_found");
  const uploadUntil = after(createdAt, uploadMs);
  const claims = { recordingId, interviewId, scope, until: uploadUntil.getTime() };
  const sealed = await deps.sealer.seal(uploadPurpose, JSON.stringify(claims));
  return {
    ...{ id: recordingId, interviewId, stepId, status },
    contentType: row.contentType as Recording["contentType"],
    parts: parts.map(({ number, bytes }) => ({ number, bytes })),
    bytes: bytesOf(parts),
    ...{ bytesMax: bytesMaxOf(row.contentType), partBytesMax, partsMax },
    ...{ uploadUrl: `${deps.site.publicUrl}/recordings/${sealed}`, uploadUntil },
  };
}

function bytesOf(parts: readonly { readonly bytes: number }[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function own(deps: Deps, scope: CandidateScope, recordingId: RecordingId) {
  const { row, parts } = await deps.db.read({
    row: store.recordingOfCandidate(scope, recordingId),
    parts: store.partsOf(scope, recordingId),
  });
  return row ? { row, parts } : refuse("not_found");
}

/** What has come of a recording so far: where to go on after an interruption. Refuses with `not_found`. */
export async function showRecording(deps: Deps, scope: CandidateScope, { recordingId }: RecordingIn) {
  const { row, parts } = await own(deps, scope, recordingId);
  return shown(deps, scope, row, parts);
}

/**
 * Says that everything has been sent, and how much it is. Refuses with `not_found`, with `recording_incomplete` unless so many bytes are there,
 * and with `recording_closed`, `moved_on`.
 */
export async function finishRecording(deps: Deps, scope: CandidateScope, { recordingId, bytes }: FinishRecording) {
  const { row, parts } = await own(deps, scope, recordingId);
  const count = partsIn(parts, bytes);
  const whole = parts.slice(0, count);
  if (row.status === "whole" && count < parts.length) return refuse("recording_closed");
  if (row.status === "open") {
    const keys = whole.map(({ key }) => key);
    await deps.db.write(store.makeWhole(scope, recordingId, keys, deps.now()));
    const dropped = parts.slice(count).map(({ key }) => key);
    if (dropped.length > 0) deps.afterwards("remove_parts", (system) => system.bucket.remove(dropped));
  }
  return shown(deps, scope, { ...row, status: "whole" }, whole);
}

type Sent = { readonly body: ReadableStream<Uint8Array> | null; readonly length: string | null };

const prefixOf = (organizationId: OrganizationId, recordingId: RecordingId) => `${organizationId}/${recordingId}/`;

/**
 * Takes one part, streamed through to the bucket; whoever sends is there. Refuses with `not_found`, `signed_out`, `length_needed`, `too_large`,
 * `recording_closed`, with `unavailable` when the bucket is, and the first part with `recording_mismatch` when it does not begin like what was
 * announced.
 */
export async function takePart(given: Deps, sealed: string, name: string, { body, length }: Sent): Promise<PartTaken> {
  const { recordingId, interviewId, scope } = await openAddress(given, UploadClaims, uploadPurpose, sealed);
  const deps = { ...given, db: given.db.guardedBy(guardOf(scope, given.now())) };
  if (!/^\d{1,3}$/.test(name)) return refuse("not_found");
  const number = Number(name);
  const bytes = length !== null && /^\d+$/.test(length) ? Number(length) : 0;
  if (body === null || bytes === 0) return refuse("length_needed");
  if (bytes > partBytesMax) refuse("too_large", { bytesMax: partBytesMax });
  const { found, room } = await deps.db.read({
    found: store.recordingForPart(scope, recordingId, deps.now()),
    room: running(scope, interviewId),
  });
  if (!found || !room) return refuse("recording_closed");
  const { contentType } = found;
  const key = `${prefixOf(scope.organizationId, recordingId)}${number}-${deps.newToken()}`;
  const announced = number === 0 ? await beginningAs(contentType, body) : body;
  await kept(deps, recordingId, () => deps.bucket.put(key, announced, bytes));
  const now = deps.now();
  const limits = { bytesMax: bytesMaxOf(contentType), interviewBytesMax };
  try {
    const [before] = await deps.db.write([
      ...store.putPart(scope, { recordingId, number, bytes, key }, limits, now),
      ...signOf(scope, room, now).statements,
    ]);
    if (before) deps.afterwards("remove_part", (system) => system.bucket.remove([before.key]));
  } catch (error) {
    // Only what was refused is surely not written: after any other failure a row may name the object.
    if (error instanceof Refused) deps.afterwards("remove_part", (system) => system.bucket.remove([key]));
    throw error;
  }
  return { recordingId, number, bytes };
}

async function kept(deps: Deps, recordingId: RecordingId, put: () => Promise<void>): Promise<void> {
  try {
    await put();
  } catch (error) {
    deps.log("part_not_kept", { recordingId, error: nameOf(error) });
    refuse("unavailable");
  }
}

/** The same body, once its first bytes have been looked at. Refuses with `recording_mismatch`. */
async function beginningAs(contentType: string, body: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const reader = body.getReader();
  const read: Uint8Array[] = [];
  let isOver = false;
  while (!isOver && Buffer.concat(read).byteLength < sniffedBytes) {
    const { value, done } = await reader.read();
    if (value) read.push(value);
    isOver = done;
  }
  if (!beginsAs(contentType, Buffer.concat(read))) {
    await reader.cancel();
    return refuse("recording_mismatch", { contentType });
  }
  return new ReadableStream({
    async pull(controller) {
      const chunk = read.shift();
      if (chunk) return controller.enqueue(chunk);
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

// Out.

/** Where a recording that is an answer can be played. Refuses with `not_found` whoever may not rate or review it. */
export async function playRecording(deps: Deps, scope: MemberScope, { recordingId }: RecordingIn): Promise<Playable> {
  const { found, parts } = await deps.db.read({
    found: store.playable(scope, recordingId),
    parts: store.partsOf(scope, recordingId),
  });
  if (!found) return refuse("not_found");
  const until = after(deps.now(), playMs);
  const sealed = await deps.sealer.seal(playPurpose, JSON.stringify({ recordingId, scope, until: until.getTime() }));
  const url = `${deps.site.publicUrl}/recordings/${sealed}`;
  return { recordingId, contentType: found.contentType, bytes: bytesOf(parts), url, until };
}

export type Played = {
  readonly contentType: string;
  readonly etag: string;
  readonly bytes: number;
  /** Null: all of it. */
  readonly range: Range | null;
  readonly stream: () => ReadableStream<Uint8Array>;
};

/** The request's headers of these names. */
export type AskedFor = { readonly range: string | null; readonly ifRange: string | null };

/**
 * The bytes a player asks for, for as long as who was given the address is signed in with the same access and may still rate or review. Refuses
 * with `not_found`, `signed_out`, `access_changed`, `range_not_there`.
 */
export async function playedFrom(deps: Deps, sealed: string, asked: AskedFor): Promise<Played> {
  const { recordingId, scope } = await openAddress(deps, PlayClaims, playPurpose, sealed);
  const { found, parts } = await deps.db.guardedBy(guardOf(scope, deps.now())).read({
    found: store.playable(scope, recordingId),
    parts: store.partsOf(scope, recordingId),
  });
  if (!found) return refuse("not_found");
  const bytes = bytesOf(parts);
  const etag = `"${recordingId}"`;
  // Half of another recording is worse than all of this one.
  const isOther = asked.ifRange !== null && asked.ifRange !== etag;
  const range = isOther ? null : rangeOf(asked.range, bytes);
  if (range === "none") return refuse("range_not_there", { bytes });
  const slices = slicesOf(parts, range ?? { from: 0, to: bytes - 1 });
  const stream = () => streamOf(deps, recordingId, slices);
  return { contentType: found.contentType, etag, bytes, range, stream };
}

/** One slice after the other, each asked for when the one before it has been read. */
function streamOf(deps: Deps, recordingId: RecordingId, slices: readonly Slice[]): ReadableStream<Uint8Array> {
  const left = slices.values();
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  async function next(): Promise<Uint8Array | null> {
    for (;;) {
      if (reader === null) {
        const slice = left.next();
        if (slice.done) return null;
        const { key, offset, length } = slice.value;
        const body = await deps.bucket.get(key, offset, length);
        if (body === null) throw new Error("a part of the recording is gone");
        reader = body.getReader();
      }
      const { value, done } = await reader.read();
      if (!done) return value;
      reader = null;
    }
  }
  return new ReadableStream({
    async pull(controller) {
      try {
        const chunk = await next();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      } catch (error) {
        deps.log("recording_broke_off", { recordingId, error: nameOf(error) });
        throw error;
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}

// And away.

/** Recordings one sweep forgets, some five calls each; the next minute brings the next. */
const forgottenMax = 50;
const atOnce = 5;

/**
 * Called by cron every minute: what was begun and never given, replaced by another take, or of an interview that begins anew or never will. One
 * that cannot be forgotten now holds up none of the others, and is tried again.
 */
export async function forgetRecordings(deps: Deps): Promise<number> {
  const now = deps.now();
  const { forgettable } = await deps.db.read({ forgettable: store.forgettable(systemScope, now, forgottenMax) });
  let forgotten = 0;
  await forEachOf(forgettable, atOnce, async ({ id, organizationId }) => {
    try {
      if (await isForgotten(deps, id, organizationId, now)) forgotten += 1;
    } catch (error) {
      deps.log("recording_not_forgotten", { recordingId: id, error: nameOf(error) });
    }
  });
  return forgotten;
}

async function isForgotten(deps: Deps, id: RecordingId, organizationId: OrganizationId, now: Date): Promise<boolean> {
  const [given] = await deps.db.write([store.giveUp(systemScope, id, now)]);
  if (given === 0) return false;
  await deps.bucket.forget(prefixOf(organizationId, id));
  await deps.db.write(store.deleteRecording(systemScope, id));
  return true;
}
