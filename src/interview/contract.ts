// Interview: one candidate's run through one project (interview-workflow). Pure.
import * as z from "zod/mini";
import { EmailStatus } from "../candidate/contract.ts";
import { evaluationStatuses, myEvaluationStatuses } from "../evaluation/machine.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import {
  CallersKey,
  Email,
  InstantIn,
  Label,
  Labels,
  Language,
  PersonName,
  prose,
  Search,
  TimeZone,
} from "../kernel/shapes.ts";
import { intentions } from "../timer/policy.ts";
import { actors, eventVerbs, statuses, verbs } from "./machine.ts";

const whyMax = 600;

export const Status = z.enum(statuses);
export const Verb = z.enum(verbs);

export const InterviewCandidate = z.object({
  id: idOf("cnd"),
  email: z.string(),
  /** Anything but `ok`: nothing more is sent there until `invitation.correctAddress`. */
  emailStatus: EmailStatus,
  emailDeadSince: z.nullable(z.date()),
  firstName: z.string(),
  lastName: z.string(),
  language: Language,
  timeZone: z.string(),
});

/** What is made easier for one candidate. */
export const Accommodations = z.object({
  /** 1 to 4: the time for the interview, and for preparing and answering each step, is multiplied by it. */
  timeMultiplier: z._default(z.number().check(z.minimum(1), z.maximum(4), z.multipleOf(0.05)), 1),
  /** More takes for each step. */
  extraTakes: z._default(z.number().check(z.int(), z.minimum(0), z.maximum(10)), 0),
  /** Added to how long the candidate may be gone. */
  extraGraceSeconds: z._default(z.number().check(z.int(), z.minimum(0), z.maximum(86_400)), 0),
});
export type Accommodations = z.infer<typeof Accommodations>;

/** A running interview's lease. Every answer renews it, and in between `interview.keepAlive`. */
export const Presence = z.object({
  /** How often to call `interview.keepAlive`. */
  keepAliveSeconds: z.number(),
  /** Silent until then, the candidate counts as gone. */
  lostAt: z.date(),
  /** Not back by then, the interview is aborted. */
  abortsAt: z.date(),
});
export type Presence = z.infer<typeof Presence>;

/** How many of today's evaluators say no to a finished interview; null for an evaluator until their own ratings are complete. */
export const Vetoes = z.nullable(z.number());

/** An interview as staff see it. `status` is what is true now, whether or not an alarm has written it down. */
export const Interview = z.object({
  id: idOf("itv"),
  projectId: idOf("prj"),
  projectName: z.string(),
  candidate: InterviewCandidate,
  status: Status,
  /** What an expired interview is restored to; null otherwise. */
  previousStatus: z.nullable(Status),
  /** Rises by one with every event. */
  version: z.number(),
  deadlineAt: z.nullable(z.date()),
  opensAt: z.nullable(z.date()),
  /** While `new`: when the system invites by itself. */
  inviteAt: z.nullable(z.date()),
  startedAt: z.nullable(z.date()),
  finishedAt: z.nullable(z.date()),
  /** The last sign of the candidate since they started. */
  seenAt: z.nullable(z.date()),
  accommodations: Accommodations,
  createdAt: z.date(),
  labels: z.array(z.string()),
  /** How far its evaluation is; `pending` until it is `interviewed`. */
  evaluationStatus: z.enum(evaluationStatuses),
  /** The part of whoever asks in it; null when they are not an evaluator of the project. */
  myEvaluationStatus: z.nullable(z.enum(myEvaluationStatuses)),
  vetoes: Vetoes,
  /** The steps whoever asks could take now. */
  availableActions: z.array(Verb),
});
export type Interview = z.infer<typeof Interview>;

/**
 * `status` and `deadline` may be sent and are silently ignored, as documented (interview-workflow): unknown keys are
 * dropped. `requestKey` makes the call repeatable: the same key again answers with the same interview.
 */
export const CreateInterview = z.object({
  projectId: idOf("prj"),
  candidate: z.object({
    email: Email,
    firstName: PersonName,
    lastName: PersonName,
    language: z.optional(Language),
    timeZone: z.optional(TimeZone),
  }),
  labels: z._default(Labels, []),
  accommodations: z.optional(Accommodations),
  /** Not to be started before. */
  opensAt: z.optional(InstantIn),
  requestKey: z.optional(CallersKey),
});
export type CreateInterview = z.infer<typeof CreateInterview>;

/**
 * Without `deadlineAt`: from the invitation on the project's default period, else the organization's. With `inviteAt` the interview stays
 * `new` until then, and the system invites.
 */
export const CreateAndInvite = z.extend(CreateInterview, {
  deadlineAt: z.optional(InstantIn),
  inviteAt: z.optional(InstantIn),
});
export type CreateAndInvite = z.infer<typeof CreateAndInvite>;

export const InterviewIn = z.object({ interviewId: idOf("itv") });
export type InterviewIn = z.infer<typeof InterviewIn>;

/** `inviteAt: null` takes the invitation off the plan. */
export const ScheduleInvitation = z.extend(InterviewIn, { inviteAt: z.nullable(InstantIn) });
export type ScheduleInvitation = z.infer<typeof ScheduleInvitation>;

export const SetDeadline = z.extend(InterviewIn, { deadlineAt: InstantIn });
export type SetDeadline = z.infer<typeof SetDeadline>;

/** Back from `expired` or `aborted`: with a new deadline, or with the one set if that is still ahead. */
export const BringBack = z.extend(InterviewIn, {
  deadlineAt: z.optional(InstantIn),
  why: z.optional(prose(whyMax)),
});
export type BringBack = z.infer<typeof BringBack>;

/** All labels of the interview; those not named are taken off. */
export const SetLabels = z.extend(InterviewIn, { labels: Labels });
export type SetLabels = z.infer<typeof SetLabels>;

/** All of them: one that is not sent is as for everybody. */
export const Accommodate = z.extend(InterviewIn, { ...Accommodations.shape, why: z.optional(prose(whyMax)) });
export type Accommodate = z.infer<typeof Accommodate>;

export const Skip = z.extend(InterviewIn, { why: z.optional(prose(whyMax)) });
export type Skip = z.infer<typeof Skip>;

/** One thing the system will do by itself: invite or remind the candidate, or let the interview expire or be aborted. */
export const PlannedTimer = z.object({ intention: z.enum(intentions), at: z.date() });
const PlannedTimers = z.array(PlannedTimer);

/** What will happen if nobody does anything, soonest first. What has happened is in `events`. */
export const Plan = z.object({ interviewId: idOf("itv"), timers: PlannedTimers });
export type Plan = z.infer<typeof Plan>;

/** The same, as it stands and as it would stand under another deadline. */
export const DeadlinePreview = z.object({ interviewId: idOf("itv"), before: PlannedTimers, after: PlannedTimers });
export type DeadlinePreview = z.infer<typeof DeadlinePreview>;

export const sortOrders = ["created", "deadline", "name"] as const;

export const ListInterviews = z.extend(PageIn, {
  status: z.optional(z.array(Status).check(z.minLength(1), z.maxLength(statuses.length))),
  evaluationStatus: z.optional(z.enum(evaluationStatuses)),
  /** Only interviews of projects in which whoever asks is an evaluator. */
  myEvaluationStatus: z.optional(z.enum(myEvaluationStatuses)),
  projectId: z.optional(idOf("prj")),
  label: z.optional(Label),
  /** Deadline at or after this instant. */
  deadlineFrom: z.optional(InstantIn),
  /** Deadline before this instant. */
  deadlineTo: z.optional(InstantIn),
  /** Any part of the candidate's name or e-mail address. */
  search: z.optional(Search),
  sort: z._default(z.enum(sortOrders), "created"),
  direction: z._default(z.enum(["asc", "desc"]), "desc"),
});
export type ListInterviews = z.infer<typeof ListInterviews>;

/** Counts stop at 1,000, and where a filter that many pass has been looked for long enough: `isCapped` says that there may be more. */
export const Total = z.object({ count: z.number(), isCapped: z.boolean() });

/**
 * `total` comes with the first page only. With filters that more than 5,000 interviews could pass, a page can hold fewer than asked for, or none, and not
 * be the last: it is the last when `nextCursor` is null.
 */
export const InterviewPage = z.extend(pageOf(Interview), { total: z.nullable(Total) });

/** One thing that happened. `from` is null for the creation. */
export const InterviewEvent = z.object({
  id: idOf("evt"),
  version: z.number(),
  verb: z.enum(eventVerbs),
  from: z.nullable(Status),
  to: Status,
  actorKind: z.enum(actors),
  actorId: z.nullable(z.string()),
  /**
   * What the member gave. Of the system's own: `time_over` or `presence_lost` for an abort, and why an invitation that was to be sent
   * later could not be: `project_not_active`, `deadline_needed` or `opens_after_deadline`.
   */
  why: z.nullable(z.string()),
  deadlineAt: z.nullable(z.date()),
  /** What was made easier, in the event of that. */
  accommodations: z.nullable(Accommodations),
  at: z.date(),
});
export const EventPage = pageOf(InterviewEvent);
export const ListEvents = z.extend(InterviewIn, PageIn.shape);
export type ListEvents = z.infer<typeof ListEvents>;
