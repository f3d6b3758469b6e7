import type { Deps } from "../kernel/deps.ts";
import type { InterviewId } from "../kernel/ids.ts";
export async function settleInterview(_deps: Deps, _id: InterviewId): Promise<Date | null> {
  return null;
}
export async function sweepInterviews(_deps: Deps): Promise<void> {}
