export type PutOptions = {
  readonly signal?: AbortSignal;
  /** Sends the bytes instead of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How often they are sent before they are given up; 5 unless told. */
  readonly triesMax?: number;
};

/** What a no tells beside its reason. */
export type PutFacts = Readonly<Record<string, unknown>>;

const firstWaitMs = 500;
const triesDefault = 5;
const tooManyRequests = 429;
const serverFault = 500;

/** The API understood what was sent and said no. */
export abstract class BytesRefused extends Error {
  readonly status: number;
  readonly reason: string;
  readonly facts: PutFacts;

  constructor(what: string, status: number, reason: string, facts: PutFacts = {}) {
    super(`${what} was refused: ${reason}.`);
    this.status = status;
    this.reason = reason;
    this.facts = facts;
  }
}

/** Sends bytes to an address that was given for them, as often as it takes. Rejects with what `refused` makes of a no, and with what `fetch` says when they do not arrive. */
export async function putBytes(
  url: string,
  body: Blob,
  options: PutOptions,
  refused: (status: number, reason: string, facts: PutFacts) => Error,
): Promise<void> {
  const { signal = null, triesMax = triesDefault } = options;
  const send = options.fetch ?? ((address, init) => fetch(address, init));
  for (let tries = 1; ; tries += 1) {
    const isLast = tries >= triesMax;
    const response = await send(url, { method: "PUT", body, signal }).catch((error: unknown) => {
      if (isLast || signal?.aborted) throw error;
    });
    if (response?.ok) return;
    const isPassing = !response || response.status >= serverFault || response.status === tooManyRequests;
    if (response && (isLast || !isPassing)) {
      const { reason, facts } = await saidIn(response);
      throw refused(response.status, reason, facts);
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

/** What an answer says that is not ok. */
async function saidIn(response: Response): Promise<{ readonly reason: string; readonly facts: PutFacts }> {
  const said: unknown = await response.json().catch(() => null);
  if (typeof said !== "object" || said === null || !("reason" in said)) return { reason: "unknown", facts: {} };
  const facts = "facts" in said && typeof said.facts === "object" ? { ...said.facts } : {};
  return { reason: String(said.reason), facts };
}
