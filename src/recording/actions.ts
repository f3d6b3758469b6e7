// Recordings on their way in, part by part, and on their way out, range by range. The rows say what there is; the bucket holds bytes.
import * as z from "zod";
import { countTowards } from "../attempt/actions.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { type InterviewId, idOf, type OrganizationId, type RecordingId, type StepId } from "../kernel/ids.ts";
import { accessLevels, type CandidateScope, type MemberScope, systemScope } from "../kernel/scope.ts";
import { guardOf } from "../session/actions.ts";
import type { PartTaken, Playable, Recording, RecordingIn } from "./contract.ts";
import {
  beginLimit,
  beginsAs,
  bytesMaxOf,
  mustBeWhole,
  partBytesMax,
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
export const wholeRecording = store.wholeRecording;
export const forgetWithInterview = store.forgetWithInterview;

// An address that is as good as a password: what it opens is sealed into it.

const uploadPurpose = "recording upload v1";
const playPurpose = "recording play v1";

const UploadClaims = z.object({ recordingId: idOf("rec"), organizationId: idOf("org"), until: z.number() });
const PlayClaims = z.object({
  recordingId: idOf("rec"),
  until: z.number(),
  scope: z.object({
    kind: z.literal("member"),
    sessionId: idOf("ses"),
    userId: idOf("usr"),
    organizationId: idOf("org"),
    memberId: idOf("mem"),
    access: z.enum(accessLevels),
  }),
});

/** What was sealed into an address. Refuses with `not_found` what is none, or is over. */
async function opened<Claims extends { readonly until: number }>(
  deps: Deps,
  shape: z.ZodType<Claims>,
  purpose: string,
  sealed: string,
): Promise<Claims> {
  const text = await deps.sealer.open(purpose, sealed);
  const claims = text === null ? null : shape.safeParse(JSON.parse(text)).data;
  return claims && claims.until > deps.now().getTime() ? claims : refuse("not_found");
}

// In.

type What = {
  readonly interviewId: InterviewId;
  readonly run: number;
  readonly stepId: StepId;
  readonly contentType: Recording["contentType"];
};

export async function begin(deps: Deps, scope: CandidateScope, what: What): Promise<Recording> {
  const now = deps.now();
  const { organizationId } = scope;
  const row = {
    ...{ id: deps.newId("rec"), organizationId, ...what, status: "open" as const },
    ...{ createdAt: now, forgetAt: after(now, unusedMs) },
  };
  await deps.db.write([...countTowards(deps, beginLimit, what.interviewId, 1), store.insertRecording(row)]);
  return shown(deps, row, []);
}

type Row = Pick<store.RecordingRow, "id" | "organizationId" | "stepId" | "status" | "createdAt"> & {
  readonly interviewId: InterviewId | null;
  readonly contentType: string;
};
type Part = { readonly number: number; readonly bytes: number };

async function shown(deps: Deps, row: Row, parts: readonly Part[]): Promise<Recording> {
  const { id: recordingId, organizationId, stepId, status, createdAt } = row;
  const uploadUntil = after(createdAt, uploadMs);
  const claims = { recordingId, organizationId, until: uploadUntil.getTime() };
  const sealed = await deps.sealer.seal(uploadPurpose, JSON.stringify(claims));
  return {
    ...{ id: recordingId, interviewId: row.interviewId ?? refuse("not_found"), stepId, status },
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
  const { found, parts } = await deps.db.read({
    found: store.recordingOfCandidate(scope, recordingId),
    parts: store.partsOf(recordingId),
  });
  return found ? { row: found.recording, parts } : refuse("not_found");
}

/** What has come of a recording so far: where to go on after an interruption. Refuses with `not_found`. */
export async function showRecording(deps: Deps, scope: CandidateScope, { recordingId }: RecordingIn) {
  const { row, parts } = await own(deps, scope, recordingId);
  return shown(deps, row, parts);
}

/** Says that all parts have been sent. Refuses with `not_found`, `recording_incomplete`, `recording_closed`, `moved_on`. */
export async function finishRecording(deps: Deps, scope: CandidateScope, { recordingId }: RecordingIn) {
  const { row, parts } = await own(deps, scope, recordingId);
  if (row.status === "open") {
    mustBeWhole(parts.map(({ number }) => number));
    const keys = parts.map(({ key }) => key);
    await deps.db.write(store.makeWhole(recordingId, keys, deps.now()));
  }
  return shown(deps, { ...row, status: "whole" }, parts);
}

type Sent = { readonly body: ReadableStream<Uint8Array> | null; readonly length: string | null };

const prefixOf = (organizationId: OrganizationId, recordingId: RecordingId) => `${organizationId}/${recordingId}/`;

/**
 * Takes one part, streamed through to the bucket. Refuses with `not_found`, `length_needed`, `too_large`, `recording_closed`, and the first
 * part with `recording_mismatch` when it does not begin like what was announced.
 */
export async function takePart(deps: Deps, sealed: string, name: string, { body, length }: Sent): Promise<PartTaken> {
  const { recordingId, organizationId } = await opened(deps, UploadClaims, uploadPurpose, sealed);
  if (!/^\d{1,3}$/.test(name)) return refuse("not_found");
  const number = Number(name);
  const bytes = length !== null && /^\d+$/.test(length) ? Number(length) : 0;
  if (body === null || bytes === 0) return refuse("length_needed");
  if (bytes > partBytesMax) refuse("too_large", { bytesMax: partBytesMax });
  const { found, before } = await deps.db.read({
    found: store.recordingForPart(systemScope, recordingId, deps.now()),
    before: store.partsOf(recordingId),
  });
  if (!found) return refuse("recording_closed");
  const { contentType } = found;
  const key = `${prefixOf(organizationId, recordingId)}${number}-${deps.newToken()}`;
  const announced = number === 0 ? await beginningAs(contentType, body) : body;
  await deps.bucket.put(key, announced, bytes);
  try {
    await deps.db.write(
      store.putPart({ recordingId, organizationId, number, bytes, key }, bytesMaxOf(contentType), deps.now()),
    );
  } catch (error) {
    await deps.bucket.forget(key);
    throw error;
  }
  const replaced = before.find((part) => part.number === number);
  if (replaced) deps.afterwards("forget_part", (system) => system.bucket.forget(replaced.key));
  return { recordingId, number, bytes };
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
    parts: store.partsOf(recordingId),
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

/**
 * The bytes a player asks for, for as long as who was given the address is signed in with the same access and may still rate or review. Refuses
 * with `not_found`, `signed_out`, `access_changed`, `range_not_there`.
 */
export async function playedFrom(deps: Deps, sealed: string, header: string | null): Promise<Played> {
  const { recordingId, scope } = await opened(deps, PlayClaims, playPurpose, sealed);
  const { found, parts } = await deps.db.guardedBy(guardOf(scope, deps.now())).read({
    found: store.playable(scope, recordingId),
    parts: store.partsOf(recordingId),
  });
  if (!found) return refuse("not_found");
  const bytes = bytesOf(parts);
  const range = rangeOf(header, bytes);
  if (range === "none") return refuse("range_not_there", { bytes });
  const slices = slicesOf(parts, range ?? { from: 0, to: bytes - 1 });
  const stream = () => streamOf(deps, slices);
  return { contentType: found.contentType, etag: `"${recordingId}"`, bytes, range, stream };
}

/** One slice after the other, each asked for when the one before it has been read. */
function streamOf({ bucket }: Deps, slices: readonly Slice[]): ReadableStream<Uint8Array> {
  const left = slices.values();
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        if (reader === null) {
          const next = left.next();
          if (next.done) return controller.close();
          const { key, offset, length } = next.value;
          const body = await bucket.get(key, offset, length);
          if (body === null) throw new Error("a part of the recording is gone");
          reader = body.getReader();
        }
        const { value, done } = await reader.read();
        if (!done) return controller.enqueue(value);
        reader = null;
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}

// And away.

/** Recordings one sweep forgets; the next minute brings the next. */
const forgottenMax = 20;

/** Called by cron every minute: what was begun and never given, replaced by another take, or removed with its interview. */
export async function forgetRecordings(deps: Deps): Promise<number> {
  const now = deps.now();
  const { forgettable } = await deps.db.read({ forgettable: store.forgettable(systemScope, now, forgottenMax) });
  let forgotten = 0;
  for (const { id, organizationId } of forgettable) {
    const [isGivenUp] = await deps.db.write([store.giveUp(systemScope, id, now)]);
    if (isGivenUp === 0) continue;
    await deps.bucket.forget(prefixOf(organizationId, id));
    await deps.db.write(store.deleteRecording(systemScope, id));
    forgotten += 1;
  }
  return forgotten;
}
