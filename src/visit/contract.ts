// Visit: a candidate in their own interview, before, during and after it. Pure.
import * as z from "zod/mini";
import { Accommodations, InterviewIn, Presence, Status, Verb } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { pageOf } from "../kernel/page.ts";
import { Language, NewPassword } from "../kernel/shapes.ts";
import { deadlineTargets, projectKinds } from "../project/policy.ts";

export const Confirm = z.extend(InterviewIn, { password: z.optional(NewPassword) });
export type Confirm = z.infer<typeof Confirm>;

/** What a candidate sees of their own interview, before, during and after. Nothing of other people's judgement. */
export const OwnInterview = z.object({
  id: idOf("itv"),
  status: Status,
  organizationName: z.string(),
  projectName: z.string(),
  projectKind: z.enum(projectKinds),
  description: z.string(),
  language: Language,
  timeZone: z.string(),
  deadlineAt: z.nullable(z.date()),
  deadlineAppliesTo: z.enum(deadlineTargets),
  opensAt: z.nullable(z.date()),
  startedAt: z.nullable(z.date()),
  finishedAt: z.nullable(z.date()),
  /** While interviewing: until when whoever stays may go on. */
  endsAt: z.nullable(z.date()),
  presence: z.nullable(Presence),
  maxInterviewSeconds: z.number(),
  accommodations: Accommodations,
  stepCount: z.number(),
  /** Confirming needs a password to be set. */
  passwordNeeded: z.boolean(),
  availableActions: z.array(Verb),
});
export type OwnInterview = z.infer<typeof OwnInterview>;
export const OwnInterviewPage = pageOf(OwnInterview);
