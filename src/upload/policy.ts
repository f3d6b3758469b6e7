// Tables that are sent to be imported: how large, how they lie, and for how long. Pure.
import { dayMs, hourMs } from "../kernel/clock.ts";

/** `open` until the file is there, `forgotten` when it is kept no longer. */
export const uploadStatuses = ["open", "ready", "forgotten"] as const;

export const bytesMax = 20 * 1_024 * 1_024;
export const rowsMax = 50_000;
export const columnsMax = 100;
/** The longest row: a quote that is never closed would make one of all that follows. */
export const rowBytesMax = 256 * 1_024;
export const nameCharsMax = 200;

/** How long the address takes the file. */
export const uploadMs = hourMs;
/** What was sent and never imported is kept for so long. */
export const unusedMs = dayMs;
/** Files one organization sends a day. */
export const beginLimit = { name: "begin_upload", max: 200, windowMs: dayMs };
