// Who may do what with a project: the least access each call needs. And what kinds of project there are, which roles in
// one, and what of it people judge. Pure.
import type { Access } from "../kernel/scope.ts";
import type { Step } from "./contract.ts";

export const projectKinds = ["interview", "assessment"] as const;
export const projectRoles = ["interview_manager", "evaluator", "reviewer"] as const;
export type ProjectRole = (typeof projectRoles)[number];
/** What the deadline is for: starting by then, or having finished by then. */
export const deadlineTargets = ["start", "finish"] as const;

export const projectPolicy = {
  create: "recruiter",
  edit: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
  setSteps: "recruiter",
  setCriteria: "recruiter",
  activate: "recruiter",
  archive: "recruiter",
  roles: "hiring_manager",
  assignRole: "recruiter",
  unassignRole: "recruiter",
} as const satisfies Record<string, Access>;

/** From this access up a member sees and manages every project; below it, those in which they hold a role. */
export const everyProject: Access = "recruiter";

/** Evaluators judge questions, and tests that do not score themselves. */
export const isJudged = ({ kind, answer }: Step): boolean => kind === "question" || answer.kind === "text";
