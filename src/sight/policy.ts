// Which candidates a member sees. Pure.
import type { Access } from "../kernel/scope.ts";

/** From this access up a member sees every candidate; below it, those they meet in an interview or a reference check. */
export const everyCandidate: Access = "recruiter";
