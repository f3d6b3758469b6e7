// Project: what candidates are sent through, its steps and the criteria they are judged by. Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { Label, Labels, Language, line, prose, Search } from "../kernel/shapes.ts";
import { InterviewPeriod } from "../organization/contract.ts";
import { reminderHoursDefault } from "../timer/policy.ts";
import { projectStatuses, projectVerbs } from "./machine.ts";
import { deadlineTargets, projectKinds, projectRoles } from "./policy.ts";

const mediaKinds = ["audio", "video"] as const;

const daySeconds = 86_400;
const stepsMax = 100;
const optionsMax = 20;
const criteriaMax = 30;
const textMaxChars = 20_000;

/** True when no two are the same. */
const areDistinct = (ids: readonly (string | undefined)[]) => {
  const given = ids.filter((id) => id !== undefined);
  return new Set(given).size === given.length;
};

const Option = z.object({ id: z.string(), label: z.string() });
const TextAnswer = z.object({ kind: z.literal("text"), maxChars: z.number() });
const ChoiceAnswer = z.object({ kind: z.literal("choice"), options: z.array(Option), multiple: z.boolean() });
const MediaAnswer = z.object({ kind: z.literal("media"), media: z.enum(mediaKinds) });
const MarkedChoiceAnswer = ChoiceAnswer.extend({ correctOptionIds: z.array(z.string()) });

const stepShape = {
  id: idOf("stp"),
  title: z.string(),
  prompt: z.string(),
  /** Time to think before answering begins; 0: none. */
  preparationSeconds: z.number(),
  /** Null: no limit but the interview's own. */
  answerSeconds: z.number().nullable(),
  /** How often an answer may be submitted. */
  takes: z.number(),
};

const Question = z.object({
  ...stepShape,
  kind: z.literal("question"),
  answer: z.discriminatedUnion("kind", [TextAnswer, ChoiceAnswer, MediaAnswer]),
});
const TestStep = z.object({
  ...stepShape,
  kind: z.literal("test"),
  answer: z.discriminatedUnion("kind", [TextAnswer, MarkedChoiceAnswer]),
  points: z.number(),
});

/** One step as it is kept. A test's choice holds which options are right: staff see it, candidates never do. */
export const Step = z.discriminatedUnion("kind", [Question, TestStep]);
export type Step = z.infer<typeof Step>;

/** One step as its candidate may see it. */
export const CandidateStep = z.discriminatedUnion("kind", [
  Question,
  TestStep.extend({ answer: z.discriminatedUnion("kind", [TextAnswer, ChoiceAnswer]) }),
]);
export type CandidateStep = z.infer<typeof CandidateStep>;

/** The step without what would give its answer away: names what stays, so that a new field stays hidden by default. */
export function forCandidate(step: Step): CandidateStep {
  if (step.kind === "question") return step;
  const { answer, ...rest } = step;
  if (answer.kind === "text") return { ...rest, answer };
  return { ...rest, answer: { kind: answer.kind, options: answer.options, multiple: answer.multiple } };
}

const OptionId = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);
const Options = z
  .array(z.object({ id: OptionId, label: line(300) }))
  .min(2)
  .max(optionsMax)
  .refine((options) => areDistinct(options.map(({ id }) => id)), "must have ids that differ");

const TextAnswerIn = z.object({
  kind: z.literal("text"),
  maxChars: z.number().int().min(1).max(textMaxChars).default(5_000),
});
const ChoiceAnswerIn = z.object({ kind: z.literal("choice"), options: Options, multiple: z.boolean().default(false) });
const MarkedChoiceAnswerIn = ChoiceAnswerIn.extend({
  correctOptionIds: z
    .array(OptionId)
    .min(1)
    .max(optionsMax)
    .transform((ids) => [...new Set(ids)]),
})
  .refine(
    ({ options, correctOptionIds }) => correctOptionIds.every((id) => options.some((option) => option.id === id)),
    {
      path: ["correctOptionIds"],
      error: "must be among the options",
    },
  )
  .refine(({ multiple, correctOptionIds }) => multiple || correctOptionIds.length === 1, {
    path: ["correctOptionIds"],
    error: "must be one, unless several may be chosen",
  });

const stepShapeIn = {
  /** An id keeps the step what it was through revisions; a step without one is new. */
  id: idOf("stp").optional(),
  title: line(200),
  prompt: prose(5_000).default(""),
  preparationSeconds: z.number().int().min(0).max(3_600).default(0),
  answerSeconds: z.number().int().min(10).max(14_400).nullable().default(null),
  takes: z.number().int().min(1).max(10).default(1),
};

/** One step as it is sent in: a question that people judge, or a test with points. */
export const StepIn = z.discriminatedUnion("kind", [
  z.object({
    ...stepShapeIn,
    kind: z.literal("question"),
    answer: z.discriminatedUnion("kind", [TextAnswerIn, ChoiceAnswerIn, MediaAnswer]),
  }),
  z.object({
    ...stepShapeIn,
    kind: z.literal("test"),
    answer: z.discriminatedUnion("kind", [TextAnswerIn, MarkedChoiceAnswerIn]),
    points: z.number().int().min(1).max(1_000),
  }),
]);
export type StepIn = z.infer<typeof StepIn>;

/** What evaluators rate: from 1 to `scaleMax`. An evaluator is done when every required one is rated. */
export const Criterion = z.object({
  id: idOf("crt"),
  name: z.string(),
  description: z.string(),
  scaleMax: z.number(),
  isRequired: z.boolean(),
});
export type Criterion = z.infer<typeof Criterion>;

export const CriterionIn = z.object({
  id: idOf("crt").optional(),
  name: line(120),
  description: prose(2_000).default(""),
  scaleMax: z.number().int().min(2).max(10).default(5),
  isRequired: z.boolean().default(true),
});
export type CriterionIn = z.infer<typeof CriterionIn>;

export const Project = z.object({
  id: idOf("prj"),
  name: z.string(),
  kind: z.enum(projectKinds),
  status: z.enum(projectStatuses),
  description: z.string(),
  language: Language,
  /** From the invitation to the deadline; null: the organization's default. */
  defaultInterviewPeriodSeconds: z.number().nullable(),
  /** From starting an interview to the end of it. */
  maxInterviewSeconds: z.number(),
  /** How long a running interview may be without its candidate before it is aborted. */
  interruptionGraceSeconds: z.number(),
  /** How many hours before the deadline whoever has not begun is reminded, the earliest first. Never in their night. */
  reminderHours: z.array(z.number()),
  deadlineAppliesTo: z.enum(deadlineTargets),
  /** Candidates set a password when they confirm. */
  passwordRequired: z.boolean(),
  vetoEnabled: z.boolean(),
  /** The caller's own name for it. */
  internalId: z.string().nullable(),
  labels: z.array(z.string()),
  /** Which edition of the steps interviews created now will see; rises by one with every change of them. */
  revision: z.number(),
  stepCount: z.number(),
  createdAt: z.date(),
  activatedAt: z.date().nullable(),
  archivedAt: z.date().nullable(),
  /** What whoever asks can do to its status now. */
  availableActions: z.array(z.enum(projectVerbs)),
});
export type Project = z.infer<typeof Project>;

/** A project with the steps of its current revision, its criteria in order, and how many members hold each role. */
export const ProjectInFull = Project.extend({
  steps: z.array(Step),
  criteria: z.array(Criterion),
  roleCounts: z.record(z.enum(projectRoles), z.number()),
});
export type ProjectInFull = z.infer<typeof ProjectInFull>;

const interviewSecondsMax = 7 * daySeconds;
const MaxInterview = z.number().int().min(60).max(interviewSecondsMax);
const ReminderHours = z
  .array(z.number().int().min(1).max(720))
  .max(5)
  .transform((hours) => [...new Set(hours)].sort((a, b) => b - a));
/** As long as an interview may take: then only its time counts. */
const Grace = z.number().int().min(0).max(interviewSecondsMax);

export const CreateProject = z.object({
  name: line(120),
  kind: z.enum(projectKinds).default("interview"),
  description: prose(5_000).default(""),
  /** The organization's language unless said otherwise. */
  language: Language.optional(),
  defaultInterviewPeriodSeconds: InterviewPeriod.nullable().default(null),
  maxInterviewSeconds: MaxInterview.default(7_200),
  interruptionGraceSeconds: Grace.default(120),
  reminderHours: ReminderHours.default([...reminderHoursDefault]),
  deadlineAppliesTo: z.enum(deadlineTargets).default("start"),
  passwordRequired: z.boolean().default(false),
  vetoEnabled: z.boolean().default(false),
  internalId: line(100).nullable().default(null),
  labels: Labels.default([]),
});
export type CreateProject = z.infer<typeof CreateProject>;

/** The kind stays what it was made as: what has been answered was answered to that. */
export const EditProject = z.object({
  projectId: idOf("prj"),
  name: line(120).optional(),
  description: prose(5_000).optional(),
  language: Language.optional(),
  defaultInterviewPeriodSeconds: InterviewPeriod.nullable().optional(),
  maxInterviewSeconds: MaxInterview.optional(),
  interruptionGraceSeconds: Grace.optional(),
  /** Empty: no reminders. Counts for an interview from its next step on. */
  reminderHours: ReminderHours.optional(),
  deadlineAppliesTo: z.enum(deadlineTargets).optional(),
  passwordRequired: z.boolean().optional(),
  vetoEnabled: z.boolean().optional(),
  internalId: line(100).nullable().optional(),
  labels: Labels.optional(),
});
export type EditProject = z.infer<typeof EditProject>;

export const ProjectRef = z.object({ projectId: idOf("prj") });
export type ProjectRef = z.infer<typeof ProjectRef>;

export const projectSorts = ["created", "name"] as const;

export const ListProjects = PageIn.extend({
  status: z.enum(projectStatuses).optional(),
  kind: z.enum(projectKinds).optional(),
  label: Label.optional(),
  /** A part of the name. */
  search: Search.optional(),
  /** `created`: newest first; `name`: from A to Z. */
  sort: z.enum(projectSorts).default("created"),
});
export type ListProjects = z.infer<typeof ListProjects>;

export const ProjectPage = pageOf(Project);
export type ProjectPage = z.infer<typeof ProjectPage>;

export const SetSteps = z.object({
  projectId: idOf("prj"),
  /** The revision these steps were made from: a newer one refuses them. */
  revision: z.number().int().min(1),
  /** In the order candidates meet them. */
  steps: z
    .array(StepIn)
    .max(stepsMax)
    .refine((steps) => areDistinct(steps.map(({ id }) => id)), "must not name a step twice"),
});
export type SetSteps = z.infer<typeof SetSteps>;

export const StepsSet = z.object({ projectId: idOf("prj"), revision: z.number(), steps: z.array(Step) });
export type StepsSet = z.infer<typeof StepsSet>;

export const SetCriteria = z.object({
  projectId: idOf("prj"),
  /** All there shall be, in order: one that is missing is removed. */
  criteria: z
    .array(CriterionIn)
    .max(criteriaMax)
    .refine((criteria) => areDistinct(criteria.map(({ id }) => id)), "must not name a criterion twice"),
});
export type SetCriteria = z.infer<typeof SetCriteria>;

export const CriteriaSet = z.object({ projectId: idOf("prj"), criteria: z.array(Criterion) });
export type CriteriaSet = z.infer<typeof CriteriaSet>;

/** One member's one role in a project. */
export const RoleHolder = z.object({
  memberId: idOf("mem"),
  role: z.enum(projectRoles),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  createdAt: z.date(),
});
export type RoleHolder = z.infer<typeof RoleHolder>;

export const ListRoles = PageIn.extend({ projectId: idOf("prj"), role: z.enum(projectRoles).optional() });
export type ListRoles = z.infer<typeof ListRoles>;

export const RolePage = pageOf(RoleHolder);
export type RolePage = z.infer<typeof RolePage>;

export const RoleChange = z.object({ projectId: idOf("prj"), memberId: idOf("mem"), role: z.enum(projectRoles) });
export type RoleChange = z.infer<typeof RoleChange>;
