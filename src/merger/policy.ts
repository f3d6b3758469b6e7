// Who makes one record of two, and of what both know, which is kept. Pure.
import type { Access } from "../kernel/scope.ts";

export const mergerPolicy = { merge: "recruiter", former: "hiring_manager" } as const satisfies Record<string, Access>;

type Known = {
  readonly phone: string | null;
  readonly source: string | null;
  readonly handRating: number | null;
  /** YYYY-MM-DD. */
  readonly appliedDate: string;
  readonly tags: string[];
};

/** What the record that stays says afterwards: its own, and what only the other knew. They applied when they first did. */
export function joined(kept: Known, other: Known): Known {
  return {
    phone: kept.phone ?? other.phone,
    source: kept.source ?? other.source,
    handRating: kept.handRating ?? other.handRating,
    appliedDate: kept.appliedDate < other.appliedDate ? kept.appliedDate : other.appliedDate,
    tags: [...new Set([...kept.tags, ...other.tags])],
  };
}
