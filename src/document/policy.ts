// Who may do what with candidates' documents, how many are kept, and for how long addresses are good. Pure.
import { hourMs, minuteMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

export const documentKinds = ["cv", "cover_letter", "certificate", "reference_letter", "portfolio", "other"] as const;

/** `awaited`: announced, and not here yet. `kept`: it has come. `removed`: nobody sees it any more, and its bytes go. */
export const documentStatuses = ["awaited", "kept", "removed"] as const;

/** What an event can tell of: that it came, and that somebody removed it. */
export const documentVerbs = ["add", "remove"] as const;
export type DocumentVerb = (typeof documentVerbs)[number];

export const scans = ["unscanned", "clean", "infected"] as const;

export const documentPolicy = {
  change: "recruiter",
  read: "hiring_manager",
} as const satisfies Record<string, Access>;

/** So many of one candidate, those that are still to come included. */
export const documentsMax = 50;

/** Within this it must have begun to come. */
export const uploadMs = hourMs;
/** As long again: by then whatever had begun has come or broken off. */
export const underWayMs = hourMs;
/** As long as it takes to follow a link. */
export const linkMs = 5 * minuteMs;

/** Longer than any scan takes: whoever was to tell of it by then has died. */
export const scanLeaseMs = 5 * minuteMs;
export const scanAgainMsMax = hourMs;

const threatCharsMax = 200;
/** What a scanner calls what it found, as far as it can be shown. */
export const threatOf = (said: string): string =>
  said
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, threatCharsMax) || "unnamed";
