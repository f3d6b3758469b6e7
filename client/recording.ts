import type { Anteroom, RouterOutputs } from "./anteroom.ts";

export type Recording = RouterOutputs["recording"]["begin"];

export type SendOptions = {
  /** After each part that is there: how many bytes are. */
  readonly onSent?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Sends the parts instead of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How often a part is sent before it is given up; 5 unless told. */
  readonly triesMax?: number;
};

/** The API understood the part and said no: too large, not of the type announced, or too late. */
export class PartRefused extends Error {
  override readonly name = "PartRefused";
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(`The part was refused: ${reason}.`);
    this.status = status;
    this.reason = reason;
  }
}

const firstWaitMs = 500;
const triesDefault = 5;
const tooManyRequests = 429;
const serverFault = 500;

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
    if (there.get(number) !== part.size) await sendPart(`${uploadUrl}/${number}`, part, options);
    sent += part.size;
    options.onSent?.(sent);
  }
  return anteroom.recording.finish.mutate(
    { recordingId, bytes: blob.size },
    options.signal && { signal: options.signal },
  );
}

async function sendPart(url: string, body: Blob, options: SendOptions): Promise<void> {
  const { signal = null, triesMax = triesDefault } = options;
  const send = options.fetch ?? ((address, init) => fetch(address, init));
  for (let tries = 1; ; tries += 1) {
    const isLast = tries >= triesMax;
    try {
      const response = await send(url, { method: "PUT", body, signal });
      if (response.ok) return;
      const isPassing = response.status >= serverFault || response.status === tooManyRequests;
      if (isLast || !isPassing) throw new PartRefused(response.status, await reasonIn(response));
    } catch (error) {
      if (isLast || signal?.aborted || error instanceof PartRefused) throw error;
    }
    await waited(firstWaitMs * 2 ** (tries - 1), signal);
  }
}

/** Less, and rejected with its reason, when the signal says so. */
function waited(durationMs: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, durationMs);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

async function reasonIn(response: Response): Promise<string> {
  const said: unknown = await response.json().catch(() => null);
  return typeof said === "object" && said !== null && "reason" in said ? String(said.reason) : "unknown";
}
