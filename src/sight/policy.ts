// Which candidates a member sees. Pure.
import type { Access } from "../kernel/scope.ts";

/** From this access up a member sees every candidate; below it, those they meet: in an interview, a reference check or a meeting. */
export const everyCandidate: Access = "recruiter";
