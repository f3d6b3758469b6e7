// Recordings: what a candidate says to a microphone or a camera, uploaded in parts and played in ranges. Pure.
import * as z from "zod/mini";
import { InterviewIn } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { bytesMaxOf, contentTypes, recordingStatuses } from "./policy.ts";

export const BeginRecording = z.extend(InterviewIn, {
  stepId: idOf("stp"),
  /** Without parameters such as codecs; what is sent must be of it. */
  contentType: z.enum(contentTypes),
});
export type BeginRecording = z.infer<typeof BeginRecording>;

/**
 * Parts are sent by `PUT {uploadUrl}/{number}`, numbers from 0 without a gap, in any order and as often as it takes: the last of a number
 * counts. Each has at most `partBytesMax` bytes and says its length. `uploadUrl` is as good as a password until `uploadUntil`, or until the
 * session that asked for it ends; `recording.show` gives another.
 */
export const Recording = z.object({
  id: idOf("rec"),
  interviewId: idOf("itv"),
  stepId: idOf("stp"),
  contentType: z.enum(contentTypes),
  status: z.enum(recordingStatuses),
  parts: z.array(z.object({ number: z.number(), bytes: z.number() })),
  bytes: z.number(),
  bytesMax: z.number(),
  partBytesMax: z.number(),
  partsMax: z.number(),
  uploadUrl: z.string(),
  uploadUntil: z.date(),
});
export type Recording = z.infer<typeof Recording>;

export const RecordingIn = z.object({ recordingId: idOf("rec") });
export type RecordingIn = z.infer<typeof RecordingIn>;

/** `bytes`: how long the whole is. Parts beyond it, of something recorded before, are dropped. */
export const FinishRecording = z.extend(RecordingIn, {
  bytes: z.int().check(z.minimum(1), z.maximum(bytesMaxOf("video/webm"))),
});
export type FinishRecording = z.infer<typeof FinishRecording>;

/** What answers `PUT`. */
export const PartTaken = z.object({ recordingId: idOf("rec"), number: z.number(), bytes: z.number() });
export type PartTaken = z.infer<typeof PartTaken>;

/** For a player: it answers GET and HEAD with ranges, for as long as the session that asked lives and until `until`. */
export const Playable = z.object({
  recordingId: idOf("rec"),
  contentType: z.string(),
  bytes: z.number(),
  url: z.string(),
  until: z.date(),
});
export type Playable = z.infer<typeof Playable>;
