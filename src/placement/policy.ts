// Who may place whom, what can happen to a placement, and how far boards and figures go. Pure.
import type { Access } from "../kernel/scope.ts";

export const placementPolicy = {
  put: "recruiter",
  move: "recruiter",
  remove: "recruiter",
  events: "recruiter",
  list: "recruiter",
} as const satisfies Record<string, Access>;

export const placementVerbs = ["put", "move", "remove"] as const;
export type PlacementVerb = (typeof placementVerbs)[number];

/** Of one stage on a board. */
export const boardSizeMax = 50;
/** Further than that nobody is counted, one stage at a time. */
export const countMax = 1_000;
/** Of so many, the newest, the median time is told. */
export const judgedMax = 1_000;
/** A rank that is longer fits no cursor. It takes some twelve hundred who were each put between the last two. */
export const rankCharsMax = 400;
