// Streams of one database that stay open from one round trip to the next (decision 041). Holds what they are named by; does no I/O.
import type { OnStream } from "./hrana.ts";

export type StreamLimits = {
  /** So many stay open at the same time; whatever else is asked meanwhile closes its own. */
  readonly most: number;
  /** The server forgets one that nobody used for so long and longer. */
  readonly idleMsMax: number;
  /** What has not come back after so long never will: whoever asked is gone. */
  readonly outMsMax: number;
};

/** One round trip's stream: an open one by its baton, or a new one. */
export type Stream = OnStream & {
  /** With what it is named by from now on, or null where that is over or not known. */
  readonly back: (baton: string | null, nowMs: number) => void;
};

export type Streams = {
  readonly take: (nowMs: number) => Stream;
  /** The server knows none of them any more. */
  readonly forget: () => void;
};

export function keptStreams({ most, idleMsMax, outMsMax }: StreamLimits): Streams {
  let idle: { readonly baton: string; readonly sinceMs: number }[] = [];
  const out = new Set<{ readonly sinceMs: number }>();
  return {
    take(nowMs) {
      idle = idle.filter(({ sinceMs }) => nowMs - sinceMs < idleMsMax);
      for (const one of out) if (nowMs - one.sinceMs >= outMsMax) out.delete(one);
      // The last that came back: the others grow old, and are as many as were needed.
      const baton = idle.pop()?.baton ?? null;
      const stays = baton !== null || idle.length + out.size < most;
      const taken = { sinceMs: nowMs };
      if (stays) out.add(taken);
      return {
        baton,
        stays,
        back(next, sinceMs) {
          if (out.delete(taken) && next !== null) idle.push({ baton: next, sinceMs });
        },
      };
    },
    forget() {
      idle = [];
    },
  };
}
