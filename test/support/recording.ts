// Somebody who records: bytes that begin like what they are said to be, sent part by part over HTTP.
import type { InterviewId, StepId } from "../../src/kernel/ids.ts";
import { type Client, send } from "./world.ts";

const beginnings = {
  "video/webm": [0x1a, 0x45, 0xdf, 0xa3],
  "audio/webm": [0x1a, 0x45, 0xdf, 0xa3],
  "video/mp4": [0, 0, 0, 24, ...Buffer.from("ftypisom")],
} as const;
export type Recorded = keyof typeof beginnings;

/** So many bytes, each told from the others of its neighbourhood by its place. */
export function bytesOf(contentType: Recorded, count: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: count }, (_, at) => (at * 31 + (at >> 8)) % 256);
  bytes.set(beginnings[contentType].slice(0, count));
  return bytes;
}

/** As browsers send it, its length said. */
export function sendPart(uploadUrl: string, number: number | string, part: string | Uint8Array<ArrayBuffer>) {
  const headers = { "content-length": String(Buffer.byteLength(part)) };
  return send(new Request(`${uploadUrl}/${number}`, { method: "PUT", body: part, headers }));
}

type For = { readonly interviewId: InterviewId; readonly stepId: StepId };

/** A whole recording, in parts of these lengths. */
export async function givenRecording(
  client: Client,
  { interviewId, stepId }: For,
  { contentType = "video/webm" as Recorded, parts = [100] } = {},
) {
  const recording = await client.recording.begin.mutate({ interviewId, stepId, contentType });
  const bytes = bytesOf(
    contentType,
    parts.reduce((sum, one) => sum + one, 0),
  );
  let from = 0;
  for (const [number, length] of parts.entries()) {
    const response = await sendPart(recording.uploadUrl, number, bytes.slice(from, from + length));
    if (!response.ok) throw new Error(`part ${number} was answered ${response.status}: ${await response.text()}`);
    from += length;
  }
  await client.recording.finish.mutate({ recordingId: recording.id, bytes: bytes.length });
  return { recordingId: recording.id, bytes };
}

export const asAnswer = (recordingId: `rec_${string}`) => ({ kind: "media" as const, recordingId, durationSeconds: 9 });
