// Who may do what with pipelines, how much one may hold, and how a stage can be an end. Pure.
import type { Access } from "../kernel/scope.ts";

export const pipelinePolicy = {
  create: "recruiter",
  edit: "recruiter",
  setStages: "recruiter",
  archive: "recruiter",
  get: "recruiter",
  list: "recruiter",
  board: "recruiter",
  times: "recruiter",
} as const satisfies Record<string, Access>;

export const stagesMax = 50;
/** Of one organization, those that are not archived. */
export const pipelinesMax = 200;

export const stageEnds = ["won", "lost"] as const;
