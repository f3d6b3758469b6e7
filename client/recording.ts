import type { Anteroom, RouterOutputs } from "./anteroom.ts";
import { BytesRefused, type PutOptions, putBytes } from "./put.ts";

export type Recording = RouterOutputs["recording"]["begin"];

export type SendOptions = PutOptions & {
  /** After each part that is there: how many bytes are. */
  readonly onSent?: (bytes: number) => void;
};

/** The API understood the part and said no: too large, not of the type announced, or too late. */
export class PartRefused extends BytesRefused {
  override readonly name = "PartRefused";

  constructor(status: number, reason: string) {
    super("The part", status, reason);
  }
}

/**
 * Sends a recording in parts and says that it is whole. After an interruption call it again with the same blob and the recording as
 * `recording.show` gives it: what is there already is not sent again. Rejects with `PartRefused`, with what `fetch` says when a part does not
 * arrive, and like `recording.finish`.
 */
export async function sendRecording(
  anteroom: Anteroom,
  recording: Recording,
  blob: Blob,
  options: SendOptions = {},
): Promise<Recording> {
  const { id: recordingId, partBytesMax, uploadUrl } = recording;
  const there = new Map(recording.parts.map(({ number, bytes }) => [number, bytes]));
  let sent = 0;
  for (let number = 0; number * partBytesMax < blob.size; number += 1) {
    const part = blob.slice(number * partBytesMax, (number + 1) * partBytesMax);
    if (there.get(number) !== part.size) {
      await putBytes(`${uploadUrl}/${number}`, part, options, (status, reason) => new PartRefused(status, reason));
    }
    sent += part.size;
    options.onSent?.(sent);
  }
  return anteroom.recording.finish.mutate(
    { recordingId, bytes: blob.size },
    options.signal && { signal: options.signal },
  );
}
