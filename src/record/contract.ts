// A candidate's record: a person considered by an organization, as staff keep it (applicant-tracking, candidates). Pure.
import * as z from "zod/mini";
import { Skill } from "../background/contract.ts";
import { CandidateIn, EmailStatus } from "../candidate/contract.ts";
import { FieldValues, FieldValuesIn } from "../field/contract.ts";
import { Status as InterviewStatus } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf, pageSizeDefault, pageSizeMax } from "../kernel/page.ts";
import {
  CalendarDate,
  CallersKey,
  Email,
  Labels,
  Language,
  line,
  NewPassword,
  PersonName,
  Phone,
  prose,
  TimeZone,
} from "../kernel/shapes.ts";
import { stageEnds } from "../pipeline/policy.ts";
import { RefcheckStatus } from "../refcheck/contract.ts";
import { candidateFilters, ExternalIdText, Rating, System } from "../sieve/contract.ts";
import { candidateActors, candidateEventVerbs, candidateStatuses, candidateVerbs } from "./machine.ts";
import { candidateParts, externalIdsMax, raters, sendAfterMinutes, sourceMax } from "./policy.ts";

const whyMax = 600;

const CandidateStatus = z.enum(candidateStatuses);
const Source = line(sourceMax);

/** Which other system, in lower case, and what it calls them there. No two candidates of an organization go by the same. */
export const ExternalId = z.object({ system: z.string(), id: z.string() });
const ExternalIdsIn = z.pipe(
  z.array(z.object({ system: System, id: ExternalIdText })).check(z.maxLength(externalIdsMax)),
  z.transform((ids) => [...new Map(ids.map((one) => [`${one.system} ${one.id}`, one])).values()]),
);
const User = z.object({ firstName: z.string(), lastName: z.string(), email: z.string() });

/** One of the newest of theirs that whoever asks may see. `status` is what is true now. */
const OwnInterview = z.object({
  id: idOf("itv"),
  projectId: idOf("prj"),
  projectName: z.string(),
  status: InterviewStatus,
  deadlineAt: z.nullable(z.date()),
  createdAt: z.date(),
});
const OwnRefcheck = z.object({
  id: idOf("rck"),
  roleId: idOf("rol"),
  roleTitle: z.string(),
  status: RefcheckStatus,
  deadlineAt: z.nullable(z.date()),
  createdAt: z.date(),
});

/** Where they stand in a pipeline now. Shown to whoever sees pipelines. */
const OwnPlacement = z.object({
  id: idOf("plc"),
  pipelineId: idOf("pip"),
  pipelineName: z.string(),
  stageId: idOf("stg"),
  stageName: z.string(),
  ends: z.nullable(z.enum(stageEnds)),
  enteredAt: z.date(),
});

/** As staff see them. What `include` names is there if it was asked for. */
export const Candidate = z.object({
  id: idOf("cnd"),
  organizationId: idOf("org"),
  status: CandidateStatus,
  /** From 0 to 5 in halves. By hand, or what feedback comes to, as `ratedBy` says; null: not rated, or by feedback that is not yet for the eyes of whoever asks. */
  rating: z.nullable(z.number()),
  ratedBy: z.nullable(z.enum(raters)),
  /** Calendar dates, YYYY-MM-DD, where the organization is. */
  appliedDate: z.string(),
  rejectDate: z.nullable(z.string()),
  hiredDate: z.nullable(z.string()),
  /** Anything but `ok`: letters come back, and nothing more is sent there. */
  emailStatus: EmailStatus,
  phone: z.nullable(z.string()),
  tags: z.array(z.string()),
  externalIds: z.array(ExternalId),
  /** By the keys of the organization's fields (`field.list`); what an archived one or a former choice says is still there. */
  customFields: FieldValues,
  language: Language,
  timeZone: z.string(),
  hasPassword: z.boolean(),
  version: z.number(),
  createdAt: z.date(),
  availableActions: z.array(z.enum(candidateVerbs)),
  user: z.optional(User),
  source: z.optional(z.nullable(z.object({ name: z.string() }))),
  /** By name, the first so many. */
  skills: z.optional(z.array(Skill)),
  /** The newest, as interviews and refchecks. */
  placements: z.optional(z.array(OwnPlacement)),
  interviews: z.optional(z.array(OwnInterview)),
  refchecks: z.optional(z.array(OwnRefcheck)),
});
export type Candidate = z.infer<typeof Candidate>;

export const CandidateInFull = z.required(Candidate, {
  ...{ user: true, source: true, skills: true, placements: true, interviews: true, refchecks: true },
});
export type CandidateInFull = z.infer<typeof CandidateInFull>;

export const CreateCandidate = z.object({
  user: z.object({ firstName: PersonName, lastName: PersonName, email: Email }),
  /** With one they can sign in; not yet in words that are guessed first. */
  password: z.optional(NewPassword),
  phone: z.optional(Phone),
  /** Today, unless given. */
  appliedDate: z.optional(CalendarDate),
  source: z.optional(Source),
  tags: z.optional(Labels),
  externalIds: z.optional(ExternalIdsIn),
  customFields: z.optional(FieldValuesIn),
  /** The organization's, unless given. */
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
  requestKey: z.optional(CallersKey),
});
export type CreateCandidate = z.infer<typeof CreateCandidate>;

/** The same address once more says that it is right, though letters came back. */
export const CorrectCandidateAddress = z.extend(CandidateIn, { email: Email });
export type CorrectCandidateAddress = z.infer<typeof CorrectCandidateAddress>;
export const CorrectedCandidate = z.extend(CandidateIn, { email: z.string() });
export type CorrectedCandidate = z.infer<typeof CorrectedCandidate>;

/** Changes what is given and leaves the rest. `rating: null` gives it back to feedback. */
export const EditCandidate = z.extend(CandidateIn, {
  user: z.optional(z.object({ firstName: z.optional(PersonName), lastName: z.optional(PersonName) })),
  phone: z.optional(z.nullable(Phone)),
  source: z.optional(z.nullable(Source)),
  tags: z.optional(Labels),
  /** All there shall be from now on. */
  externalIds: z.optional(ExternalIdsIn),
  /** Those that are given; null clears. */
  customFields: z.optional(FieldValuesIn),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
  rating: z.optional(z.nullable(Rating)),
  /** The step that leads there is taken, without a letter; the status they have is none. */
  status: z.optional(CandidateStatus),
});
export type EditCandidate = z.infer<typeof EditCandidate>;

export const StepCandidate = z.extend(CandidateIn, { why: z.optional(prose(whyMax)) });
export type StepCandidate = z.infer<typeof StepCandidate>;

/** With a letter, or null for none. It is sent so many minutes later, unless they are reopened before. `why` is for staff alone. */
export const RejectCandidate = z.extend(StepCandidate, {
  letter: z.nullable(
    z.object(
      {
        sendAfterMinutes: z._default(
          z.number().check(z.int(), z.minimum(0), z.maximum(sendAfterMinutes.max)),
          sendAfterMinutes.default,
        ),
      },
      "must say when the letter is sent, or be null for none",
    ),
  ),
});
export type RejectCandidate = z.infer<typeof RejectCandidate>;

const include = z._default(z.array(z.enum(candidateParts)).check(z.maxLength(candidateParts.length)), [
  "user",
  "source",
]);

export const ListCandidates = z.extend(PageIn, { ...candidateFilters, include });
export type ListCandidates = z.infer<typeof ListCandidates>;

export const CandidatePage = pageOf(Candidate);
export type CandidatePage = z.infer<typeof CandidatePage>;

const skipMax = 10_000;

/** For small sets: whoever wants all of a large one goes on by cursors. */
export const ListCandidatesFrom = z.object({
  take: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(pageSizeMax)), pageSizeDefault),
  skip: z._default(z.number().check(z.int(), z.minimum(0), z.maximum(skipMax)), 0),
  ...candidateFilters,
  include,
});
export type ListCandidatesFrom = z.infer<typeof ListCandidatesFrom>;

/** `isTotalCapped`: there are more, or may be: more than 10,000, or that many to look through, of which then only the newest are. */
export const CandidatesFrom = z.object({ items: z.array(Candidate), total: z.number(), isTotalCapped: z.boolean() });
export type CandidatesFrom = z.infer<typeof CandidatesFrom>;

export const ListCandidateEvents = z.extend(PageIn, CandidateIn.shape);
export type ListCandidateEvents = z.infer<typeof ListCandidateEvents>;

export const CandidateEvent = z.object({
  id: idOf("evt"),
  version: z.number(),
  verb: z.enum(candidateEventVerbs),
  /** With `merge`: the record that became part of this one. */
  otherId: z.nullable(idOf("cnd")),
  /** Null with `create`. */
  from: z.nullable(CandidateStatus),
  to: CandidateStatus,
  actorKind: z.enum(candidateActors),
  actorId: z.nullable(z.string()),
  why: z.nullable(z.string()),
  at: z.date(),
});
export const CandidateEventPage = pageOf(CandidateEvent);
