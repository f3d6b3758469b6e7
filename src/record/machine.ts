// A candidate's way through an organization, as staff keep it (applicant-tracking, candidate statuses). Nothing here knows a database or a
// clock. Pure.
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";

export const candidateStatuses = ["APPLIED", "INTERVIEWED", "REJECTED", "HIRED"] as const;
export type CandidateStatus = (typeof candidateStatuses)[number];

export const candidateVerbs = ["interview", "reject", "hire", "reopen"] as const;
export type CandidateVerb = (typeof candidateVerbs)[number];

/** What an event can tell of: the creation, every step, and that another record became part of this one. */
export const candidateEventVerbs = ["create", ...candidateVerbs, "merge"] as const;

export const candidateActors = ["member"] as const;

type Row = Step<CandidateStatus, CandidateVerb, (typeof candidateActors)[number]>;

const undecided = ["APPLIED", "INTERVIEWED"] as const;

/** `reopen` leads back to where they were rejected. */
export const recordTable: readonly Row[] = [
  { verb: "interview", from: ["APPLIED"], who: ["member"] },
  { verb: "reject", from: undecided, who: ["member"] },
  { verb: "hire", from: undecided, who: ["member"] },
  { verb: "reopen", from: ["REJECTED"], who: ["member"] },
];

/** Where a candidate stands, and since which days: YYYY-MM-DD. */
export type CandidateStanding = {
  readonly status: CandidateStatus;
  readonly previousStatus: CandidateStatus | null;
  readonly rejectDate: string | null;
  readonly hiredDate: string | null;
};

export function candidateVerbsFrom(status: CandidateStatus): CandidateVerb[] {
  return verbsFrom(recordTable, status, "member");
}

/** Where they stand after this step, taken on this day; null when it cannot be taken. */
export function advanceCandidate(
  { status, previousStatus }: CandidateStanding,
  verb: CandidateVerb,
  today: string,
): CandidateStanding | null {
  if (!stepFor(recordTable, status, verb)) return null;
  const undated = { previousStatus: null, rejectDate: null, hiredDate: null };
  switch (verb) {
    case "interview":
      return { ...undated, status: "INTERVIEWED" };
    case "reject":
      return { ...undated, status: "REJECTED", previousStatus: status, rejectDate: today };
    case "hire":
      return { ...undated, status: "HIRED", hiredDate: today };
    case "reopen":
      return { ...undated, status: previousStatus ?? "APPLIED" };
  }
}

const stepTo = { APPLIED: "reopen", INTERVIEWED: "interview", REJECTED: "reject", HIRED: "hire" } as const;

/**
 * The step that is meant by whoever writes a status in place of another, and whether it leads there from here: reopening leads to one place.
 * Null when it is the status they have.
 */
export function stepTowards(
  standing: CandidateStanding,
  wanted: CandidateStatus,
): { readonly verb: CandidateVerb; readonly leads: boolean } | null {
  if (wanted === standing.status) return null;
  const verb = candidateVerbs.find((one) => advanceCandidate(standing, one, "")?.status === wanted);
  return { verb: verb ?? stepTo[wanted], leads: verb !== undefined };
}
