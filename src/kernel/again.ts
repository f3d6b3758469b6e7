// Doing once more what may be done twice: because the database was not there to hear it, or because somebody else was quicker.
import type { Deps } from "./deps.ts";
import { nameOf, type Reason, Refused } from "./errors.ts";

/**
 * Only for work that comes to the same however often it is done: what failed may have been the answer, not the write. Any
 * other failure than the database's own, and the last of `triesMax`, is the caller's.
 */
export async function untilHeard<Result>(
  { pause }: Pick<Deps, "pause">,
  { triesMax, waitMs }: { readonly triesMax: number; readonly waitMs: (failures: number) => number },
  work: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (failures === triesMax || nameOf(error) !== "DatabaseFailure") throw error;
      await pause(waitMs(failures));
    }
  }
}

/** One twin of the same call at most: at the second look it is found. */
export const twinLooks = 2;
/** Many calls about the same people: each look that is lost is another call that is through. */
export const crowdLooks = 40;

/** Looks again where the refusal says that somebody else has just written the same: at the next look that is found. */
export async function untilAlone<Result>(
  raced: ReadonlySet<Reason>,
  looksMax: number,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let look = 1; ; look += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused) || !raced.has(error.reason) || look === looksMax) throw error;
    }
  }
}
