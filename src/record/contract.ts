// A candidate's record: a person considered by an organization, as staff keep it (applicant-tracking, candidates). Pure.
import * as z from "zod";
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
const ExternalIdsIn = z
  .array(z.object({ system: System, id: ExternalIdText }))
  .max(externalIdsMax)
  .transform((ids) => [...new Map(ids.map((one) => [`${one.system} ${one.id}`, one])).values()]);
const User = z.object({ firstName: z.string(), lastName: z.string(), email: z.string() });

/** One of the newest of theirs that whoever asks may see. `status` is what is true now. */
const OwnInterview = z.object({
  id: idOf("itv"),
  projectId: idOf("prj"),
  projectName: z.string(),
  status: InterviewStatus,
  deadlineAt: z.date().nullable(),
  createdAt: z.date(),
});
const OwnRefcheck = z.object({
  id: idOf("rck"),
  roleId: idOf("rol"),
  roleTitle: z.string(),
  status: RefcheckStatus,
  deadlineAt: z.date().nullable(),
  createdAt: z.date(),
});

/** Where they stand in a pipeline now. Shown to whoever sees pipelines. */
const OwnPlacement = z.object({
  id: idOf("plc"),
  pipelineId: idOf("pip"),
  pipelineName: z.string(),
  stageId: idOf("stg"),
  stageName: z.string(),
  ends: z.enum(stageEnds).nullable(),
  enteredAt: z.date(),
});

/** As staff see them. What `include` names is there if it was asked for. */
export const Candidate = z.object({
  id: idOf("cnd"),
  organizationId: idOf("org"),
  status: CandidateStatus,
  /** From 0 to 5 in halves. By hand, or what feedback comes to, as `ratedBy` says; null: not rated, or by feedback that is not yet for the eyes of whoever asks. */
  rating: z.number().nullable(),
  ratedBy: z.enum(raters).nullable(),
  /** Calendar dates, YYYY-MM-DD, where the organization is. */
  appliedDate: z.string(),
  rejectDate: z.string().nullable(),
  hiredDate: z.string().nullable(),
  /** Anything but `ok`: letters come back, and nothing more is sent there. */
  emailStatus: EmailStatus,
  phone: z.string().nullable(),
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
  user: User.optional(),
  source: z.object({ name: z.string() }).nullable().optional(),
  /** By name, the first so many. */
  skills: z.array(Skill).optional(),
  /** The newest, as interviews and refchecks. */
  placements: z.array(OwnPlacement).optional(),
  interviews: z.array(OwnInterview).optional(),
  refchecks: z.array(OwnRefcheck).optional(),
});
export type Candidate = z.infer<typeof Candidate>;

export const CandidateInFull = Candidate.required({
  ...{ user: true, source: true, skills: true, placements: true, interviews: true, refchecks: true },
});
export type CandidateInFull = z.infer<typeof CandidateInFull>;

export const CreateCandidate = z.object({
  user: z.object({ firstName: PersonName, lastName: PersonName, email: Email }),
  /** With one they can sign in; not yet in words that are guessed first. */
  password: NewPassword.optional(),
  phone: Phone.optional(),
  /** Today, unless given. */
  appliedDate: CalendarDate.optional(),
  source: Source.optional(),
  tags: Labels.optional(),
  externalIds: ExternalIdsIn.optional(),
  customFields: FieldValuesIn.optional(),
  /** The organization's, unless given. */
  language: Language.optional(),
  timeZone: TimeZone.optional(),
  requestKey: CallersKey.optional(),
});
export type CreateCandidate = z.infer<typeof CreateCandidate>;

/** The same address once more says that it is right, though letters came back. */
export const CorrectCandidateAddress = CandidateIn.extend({ email: Email });
export type CorrectCandidateAddress = z.infer<typeof CorrectCandidateAddress>;
export const CorrectedCandidate = CandidateIn.extend({ email: z.string() });
export type CorrectedCandidate = z.infer<typeof CorrectedCandidate>;

/** Changes what is given and leaves the rest. `rating: null` gives it back to feedback. */
export const EditCandidate = CandidateIn.extend({
  user: z.object({ firstName: PersonName.optional(), lastName: PersonName.optional() }).optional(),
  phone: Phone.nullable().optional(),
  source: Source.nullable().optional(),
  tags: Labels.optional(),
  /** All there shall be from now on. */
  externalIds: ExternalIdsIn.optional(),
  /** Those that are given; null clears. */
  customFields: FieldValuesIn.optional(),
  language: Language.optional(),
  timeZone: TimeZone.optional(),
  rating: Rating.nullable().optional(),
  /** The step that leads there is taken, without a letter; the status they have is none. */
  status: CandidateStatus.optional(),
});
export type EditCandidate = z.infer<typeof EditCandidate>;

export const StepCandidate = CandidateIn.extend({ why: prose(whyMax).optional() });
export type StepCandidate = z.infer<typeof StepCandidate>;

/** With a letter, or null for none. It is sent so many minutes later, unless they are reopened before. `why` is for staff alone. */
export const RejectCandidate = StepCandidate.extend({
  letter: z
    .object(
      { sendAfterMinutes: z.number().int().min(0).max(sendAfterMinutes.max).default(sendAfterMinutes.default) },
      "must say when the letter is sent, or be null for none",
    )
    .nullable(),
});
export type RejectCandidate = z.infer<typeof RejectCandidate>;

const include = z.array(z.enum(candidateParts)).max(candidateParts.length).default(["user", "source"]);

export const ListCandidates = PageIn.extend({ ...candidateFilters, include });
export type ListCandidates = z.infer<typeof ListCandidates>;

export const CandidatePage = pageOf(Candidate);
export type CandidatePage = z.infer<typeof CandidatePage>;

const skipMax = 10_000;

/** For small sets: whoever wants all of a large one goes on by cursors. */
export const ListCandidatesFrom = z.object({
  take: z.number().int().min(1).max(pageSizeMax).default(pageSizeDefault),
  skip: z.number().int().min(0).max(skipMax).default(0),
  ...candidateFilters,
  include,
});
export type ListCandidatesFrom = z.infer<typeof ListCandidatesFrom>;

/** `isTotalCapped`: there are more, or may be: more than 10,000, or that many to look through, of which then only the newest are. */
export const CandidatesFrom = z.object({ items: z.array(Candidate), total: z.number(), isTotalCapped: z.boolean() });
export type CandidatesFrom = z.infer<typeof CandidatesFrom>;

export const ListCandidateEvents = PageIn.extend(CandidateIn.shape);
export type ListCandidateEvents = z.infer<typeof ListCandidateEvents>;

export const CandidateEvent = z.object({
  id: idOf("evt"),
  version: z.number(),
  verb: z.enum(candidateEventVerbs),
  /** With `merge`: the record that became part of this one. */
  otherId: idOf("cnd").nullable(),
  /** Null with `create`. */
  from: CandidateStatus.nullable(),
  to: CandidateStatus,
  actorKind: z.enum(candidateActors),
  actorId: z.string().nullable(),
  why: z.string().nullable(),
  at: z.date(),
});
export const CandidateEventPage = pageOf(CandidateEvent);
