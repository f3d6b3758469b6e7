// What may be recorded, how large, and what the first bytes of it say it is; which bytes of which parts a player asks for. Pure.
import { dayMs, hourMs } from "../kernel/clock.ts";
import { refuse } from "../kernel/errors.ts";
import type { Access } from "../kernel/scope.ts";

/** `open`: parts are still to come. `whole`: it can be given as an answer. */
export const recordingStatuses = ["open", "whole"] as const;

export const recordingPolicy = {
  /** Below recruiter, only who may rate or review: the store asks that too. */
  play: "hiring_manager",
} as const satisfies Record<string, Access>;

const mebi = 1_024 * 1_024;
export const partBytesMax = 8 * mebi;
export const partsMax = 1_000;
export const bytesMaxOf = (contentType: string): number => (contentType.startsWith("video/") ? 1_024 : 128) * mebi;

/** All that is kept for one interview at a time, takes and what was begun in vain included. */
export const interviewBytesMax = 8 * 1_024 * mebi;

export const uploadMs = dayMs;
export const playMs = 4 * hourMs;
/** What was begun and never given as an answer is kept for so long. */
export const unusedMs = dayMs;
/** Recordings one candidate begins for one interview a day. */
export const beginLimit = { name: "begin_recording", max: 100, windowMs: dayMs };

/** By container, since that is what the first bytes tell: whether there is a picture in it they do not. */
const containers = {
  webm: ["audio/webm", "video/webm"],
  mp4: ["audio/mp4", "video/mp4", "video/quicktime"],
  ogg: ["audio/ogg", "video/ogg"],
  mpeg: ["audio/mpeg"],
  wav: ["audio/wav"],
} as const;
type Container = keyof typeof containers;
type ContentType = (typeof containers)[Container][number];

export const contentTypes = Object.values(containers).flat() as [ContentType, ...ContentType[]];

/** Enough of the beginning to know the container. */
export const sniffedBytes = 12;

const textAt = (bytes: Uint8Array, from: number, length: number) =>
  String.fromCharCode(...bytes.subarray(from, from + length));

/** https://mimesniff.spec.whatwg.org/#matching-an-audio-or-video-type-pattern, with the plain MPEG frame besides. */
function containerOf(bytes: Uint8Array): Container | null {
  const [first = 0, second = 0] = bytes;
  if (first === 0x1a && second === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3) return "webm";
  if (textAt(bytes, 4, 4) === "ftyp") return "mp4";
  if (textAt(bytes, 0, 4) === "OggS") return "ogg";
  if (textAt(bytes, 0, 4) === "RIFF" && textAt(bytes, 8, 4) === "WAVE") return "wav";
  const isFrame = first === 0xff && (second & 0xe6) === 0xe2;
  return textAt(bytes, 0, 3) === "ID3" || isFrame ? "mpeg" : null;
}

/** Whether a recording that begins like this is of the type it was begun as. */
export function beginsAs(contentType: string, bytes: Uint8Array): boolean {
  const container = containerOf(bytes);
  return container !== null && (containers[container] as readonly string[]).includes(contentType);
}

/**
 * How many parts, from the first on, come to exactly so many bytes. Refuses with `recording_incomplete` where one is missing among them, or none
 * of their sums is it.
 */
export function partsIn(parts: readonly { readonly number: number; readonly bytes: number }[], bytes: number): number {
  let sum = 0;
  for (const [place, part] of parts.entries()) {
    if (part.number !== place) return refuse("recording_incomplete", { missing: place });
    sum += part.bytes;
    if (sum === bytes) return place + 1;
  }
  return refuse("recording_incomplete", { bytes: sum });
}

// Ranges: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests

export type Range = { readonly from: number /** Inclusive. */; readonly to: number };

/** What is asked for of so many bytes: `null` all of it, `"none"` nothing that is there. Several ranges count as no range. */
export function rangeOf(header: string | null, bytes: number): Range | null | "none" {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") {
    const last = Math.min(Number(to), bytes);
    return last > 0 ? { from: bytes - last, to: bytes - 1 } : "none";
  }
  if (to !== "" && Number(to) < Number(from)) return null;
  if (Number(from) >= bytes) return "none";
  return { from: Number(from), to: to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1) };
}

export type Slice = { readonly key: string; readonly offset: number; readonly length: number };

/** Which bytes of which parts make up the range, in order. */
export function slicesOf(
  parts: readonly { readonly key: string; readonly bytes: number }[],
  { from, to }: Range,
): Slice[] {
  let start = 0;
  return parts.flatMap(({ key, bytes }) => {
    const offset = Math.max(0, from - start);
    const end = Math.min(bytes, to + 1 - start);
    start += bytes;
    return offset < end ? [{ key, offset, length: end - offset }] : [];
  });
}
