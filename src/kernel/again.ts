// Doing once more what may be done twice, because the database was not there to hear it.
import type { Deps } from "./deps.ts";
import { nameOf } from "./errors.ts";

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
