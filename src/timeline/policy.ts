// What a candidate's timeline is made of, who looks at it, and how it goes on within one instant. Pure.
import type { Access } from "../kernel/scope.ts";

/** Each is a source: a table whose rows are entries. */
export const timelineKinds = [
  ...(["record", "interview", "refcheck", "placement", "meeting"] as const),
  ...(["feedback", "offer", "document", "letter", "note"] as const),
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** Of the sources each is asked for themselves besides: what a member may not look at elsewhere is not here either. */
export const timelinePolicy = { show: "hiring_manager" } as const satisfies Record<string, Access>;

/** Who did it, and to whom a letter goes. */
export const timelineActors = ["member", "candidate", "reference", "system"] as const;
export const timelineReaders = ["member", "candidate", "reference"] as const;

/** Within an instant events go by their versions, and behind all of them what was sent because of them. */
export const turnOfLetters = 1_000_000_000;
