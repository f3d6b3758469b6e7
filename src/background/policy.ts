// Who may do what with a candidate's background, how much of it is kept, and how well something is known. Pure.
import type { Access } from "../kernel/scope.ts";

export const skillLevels = ["BEGINNER", "INTERMEDIATE", "ADVANCED", "EXPERT"] as const;

export const backgroundPolicy = { get: "hiring_manager", change: "recruiter" } as const satisfies Record<
  string,
  Access
>;

/** So many skills a candidate, as many places where they worked, and as many where they learned. */
export const entriesMax = 100;
/** What can come of records that were merged, and is shown. */
export const mergedEntriesMax = 500;
