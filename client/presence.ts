import type { Anteroom, RouterOutputs } from "./anteroom.ts";
import { isRefusal } from "./failures.ts";

export type KeptAlive = RouterOutputs["interview"]["keepAlive"];

export type StayOptions = {
  readonly interviewId: KeptAlive["interviewId"];
  /** After each sign that arrived: how long the candidate may go on, and how long they may be silent. */
  readonly onKept?: (kept: KeptAlive) => void;
  /** A sign that did not arrive, or was refused. Signs that did not arrive are followed by the next as if nothing had been. */
  readonly onFailed?: (error: unknown) => void;
};

/** Until the first answer says how often. */
const firstIntervalSeconds = 20;

/**
 * Says that the candidate is there, now and as often as the API asks for, until the interview does not run any more, the API refuses, or the
 * function it answers with is called. Call it where an interview starts or is come back to.
 */
export function stayPresent(anteroom: Anteroom, { interviewId, onKept, onFailed }: StayOptions): () => void {
  const stopping = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seconds = firstIntervalSeconds;
  async function sign(): Promise<void> {
    try {
      const kept = await anteroom.interview.keepAlive.mutate({ interviewId }, { signal: stopping.signal });
      if (stopping.signal.aborted) return;
      onKept?.(kept);
      if (kept.presence === null) return;
      seconds = kept.presence.keepAliveSeconds;
    } catch (error) {
      if (stopping.signal.aborted) return;
      onFailed?.(error);
      if (isRefusal(error) && error.reason !== "unavailable" && error.reason !== "slow_down") return;
    }
    if (!stopping.signal.aborted) timer = setTimeout(() => void sign(), seconds * 1_000);
  }
  void sign();
  return () => {
    stopping.abort();
    clearTimeout(timer);
  };
}
