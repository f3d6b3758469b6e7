// Project: what candidates are sent through, its steps and the criteria they are judged by. Pure.
import * as z from "zod/mini";
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
const MarkedChoiceAnswer = z.extend(ChoiceAnswer, { correctOptionIds: z.array(z.string()) });

const stepShape = {
  id: idOf("stp"),
  title: z.string(),
  prompt: z.string(),
  /** Time to think before answering begins; 0: none. */
  preparationSeconds: z.number(),
  /** Null: no limit but the interview's own. */
  answerSeconds: z.nullable(z.number()),
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
  z.extend(TestStep, { answer: z.discriminatedUnion("kind", [TextAnswer, ChoiceAnswer]) }),
]);
export type CandidateStep = z.infer<typeof CandidateStep>;

/** The step without what would give its answer away: names what stays, so that a new field stays hidden by default. */
export function forCandidate(step: Step): CandidateStep {
  if (step.kind === "question") return step;
  const { answer, ...rest } = step;
  if (answer.kind === "text") return { ...rest, answer };
  return { ...rest, answer: { kind: answer.kind, options: answer.options, multiple: answer.multiple } };
}

const OptionId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,40}$/));
const Options = z.array(z.object({ id: OptionId, label: line(300) })).check(
  z.minLength(2),
  z.maxLength(optionsMax),
  z.refine((options) => areDistinct(options.map(({ id }) => id)), "must have ids that differ"),
);

const TextAnswerIn = z.object({
  kind: z.literal("text"),
  maxChars: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(textMaxChars)), 5_000),
});
const ChoiceAnswerIn = z.object({
  kind: z.literal("choice"),
  options: Options,
  multiple: z._default(z.boolean(), false),
});
const MarkedChoiceAnswerIn = z
  .extend(ChoiceAnswerIn, {
    correctOptionIds: z.pipe(
      z.array(OptionId).check(z.minLength(1), z.maxLength(optionsMax)),
      z.transform((ids) => [...new Set(ids)]),
    ),
  })
  .check(
    z.refine(
      ({ options, correctOptionIds }) => correctOptionIds.every((id) => options.some((option) => option.id === id)),
      {
        path: ["correctOptionIds"],
        error: "must be among the options",
      },
    ),
    z.refine(({ multiple, correctOptionIds }) => multiple || correctOptionIds.length === 1, {
      path: ["correctOptionIds"],
      error: "must be one, unless several may be chosen",
    }),
  );

const stepShapeIn = {
  /** An id keeps the step what it was through revisions; a step without one is new. */
  id: z.optional(idOf("stp")),
  title: line(200),
  prompt: z._default(prose(5_000), ""),
  preparationSeconds: z._default(z.number().check(z.int(), z.minimum(0), z.maximum(3_600)), 0),
  answerSeconds: z._default(z.nullable(z.number().check(z.int(), z.minimum(10), z.maximum(14_400))), null),
  takes: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(10)), 1),
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
    points: z.number().check(z.int(), z.minimum(1), z.maximum(1_000)),
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
  id: z.optional(idOf("crt")),
  name: line(120),
  description: z._default(prose(2_000), ""),
  scaleMax: z._default(z.number().check(z.int(), z.minimum(2), z.maximum(10)), 5),
  isRequired: z._default(z.boolean(), true),
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
  defaultInterviewPeriodSeconds: z.nullable(z.number()),
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
  internalId: z.nullable(z.string()),
  labels: z.array(z.string()),
  /** Which edition of the steps interviews created now will see; rises by one with every change of them. */
  revision: z.number(),
  stepCount: z.number(),
  createdAt: z.date(),
  activatedAt: z.nullable(z.date()),
  archivedAt: z.nullable(z.date()),
  /** What whoever asks can do to its status now. */
  availableActions: z.array(z.enum(projectVerbs)),
});
export type Project = z.infer<typeof Project>;

/** A project with the steps of its current revision, its criteria in order, and how many members hold each role. */
export const ProjectInFull = z.extend(Project, {
  steps: z.array(Step),
  criteria: z.array(Criterion),
  roleCounts: z.record(z.enum(projectRoles), z.number()),
});
export type ProjectInFull = z.infer<typeof ProjectInFull>;

const interviewSecondsMax = 7 * daySeconds;
const MaxInterview = z.number().check(z.int(), z.minimum(60), z.maximum(interviewSecondsMax));
const ReminderHours = z.pipe(
  z.array(z.number().check(z.int(), z.minimum(1), z.maximum(720))).check(z.maxLength(5)),
  z.transform((hours) => [...new Set(hours)].sort((a, b) => b - a)),
);
/** As long as an interview may take: then only its time counts. */
const Grace = z.number().check(z.int(), z.minimum(0), z.maximum(interviewSecondsMax));

export const CreateProject = z.object({
  name: line(120),
  kind: z._default(z.enum(projectKinds), "interview"),
  description: z._default(prose(5_000), ""),
  /** The organization's language unless said otherwise. */
  language: z.optional(Language),
  defaultInterviewPeriodSeconds: z._default(z.nullable(InterviewPeriod), null),
  maxInterviewSeconds: z._default(MaxInterview, 7_200),
  interruptionGraceSeconds: z._default(Grace, 120),
  reminderHours: z._default(ReminderHours, [...reminderHoursDefault]),
  deadlineAppliesTo: z._default(z.enum(deadlineTargets), "start"),
  passwordRequired: z._default(z.boolean(), false),
  vetoEnabled: z._default(z.boolean(), false),
  internalId: z._default(z.nullable(line(100)), null),
  labels: z._default(Labels, []),
});
export type CreateProject = z.infer<typeof CreateProject>;

/** The kind stays what it was made as: what has been answered was answered to that. */
export const EditProject = z.object({
  projectId: idOf("prj"),
  name: z.optional(line(120)),
  description: z.optional(prose(5_000)),
  language: z.optional(Language),
  defaultInterviewPeriodSeconds: z.optional(z.nullable(InterviewPeriod)),
  maxInterviewSeconds: z.optional(MaxInterview),
  interruptionGraceSeconds: z.optional(Grace),
  /** Empty: no reminders. Counts for an interview from its next step on. */
  reminderHours: z.optional(ReminderHours),
  deadlineAppliesTo: z.optional(z.enum(deadlineTargets)),
  passwordRequired: z.optional(z.boolean()),
  vetoEnabled: z.optional(z.boolean()),
  internalId: z.optional(z.nullable(line(100))),
  labels: z.optional(Labels),
});
export type EditProject = z.infer<typeof EditProject>;

export const ProjectRef = z.object({ projectId: idOf("prj") });
export type ProjectRef = z.infer<typeof ProjectRef>;

export const projectSorts = ["created", "name"] as const;

export const ListProjects = z.extend(PageIn, {
  status: z.optional(z.enum(projectStatuses)),
  kind: z.optional(z.enum(projectKinds)),
  label: z.optional(Label),
  /** A part of the name. */
  search: z.optional(Search),
  /** `created`: newest first; `name`: from A to Z. */
  sort: z._default(z.enum(projectSorts), "created"),
});
export type ListProjects = z.infer<typeof ListProjects>;

export const ProjectPage = pageOf(Project);
export type ProjectPage = z.infer<typeof ProjectPage>;

export const SetSteps = z.object({
  projectId: idOf("prj"),
  /** The revision these steps were made from: a newer one refuses them. */
  revision: z.number().check(z.int(), z.minimum(1)),
  /** In the order candidates meet them. */
  steps: z.array(StepIn).check(
    z.maxLength(stepsMax),
    z.refine((steps) => areDistinct(steps.map(({ id }) => id)), "must not name a step twice"),
  ),
});
export type SetSteps = z.infer<typeof SetSteps>;

export const StepsSet = z.object({ projectId: idOf("prj"), revision: z.number(), steps: z.array(Step) });
export type StepsSet = z.infer<typeof StepsSet>;

export const SetCriteria = z.object({
  projectId: idOf("prj"),
  /** All there shall be, in order: one that is missing is removed. */
  criteria: z.array(CriterionIn).check(
    z.maxLength(criteriaMax),
    z.refine((criteria) => areDistinct(criteria.map(({ id }) => id)), "must not name a criterion twice"),
  ),
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

export const ListRoles = z.extend(PageIn, { projectId: idOf("prj"), role: z.optional(z.enum(projectRoles)) });
export type ListRoles = z.infer<typeof ListRoles>;

export const RolePage = pageOf(RoleHolder);
export type RolePage = z.infer<typeof RolePage>;

export const RoleChange = z.object({ projectId: idOf("prj"), memberId: idOf("mem"), role: z.enum(projectRoles) });
export type RoleChange = z.infer<typeof RoleChange>;
