// Reference: a person asked about a candidate, as the candidate names them, as staff see them, and what they themselves see
// (reference-checks, provide feedback about a candidate). Pure.
import * as z from "zod/mini";
import { EmailStatus } from "../candidate/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { Months } from "../kernel/months.ts";
import { Email, Language, line, PersonName, Phone, prose, TimeZone } from "../kernel/shapes.ts";
import { QuestionAnswer, ShownQuestion } from "../questionnaire/contract.ts";
import { Relationship } from "../role-template/contract.ts";
import { referenceStatuses, referenceVerbs } from "./machine.ts";
import { declineReasons } from "./policy.ts";

const noteMax = 600;
const answersMax = 60;

const RefcheckIn = z.object({ refcheckId: idOf("rck") });
export const ReferenceIn = z.object({ referenceId: idOf("ref") });
export type ReferenceIn = z.infer<typeof ReferenceIn>;

const named = {
  email: Email,
  firstName: PersonName,
  lastName: PersonName,
  relationship: Relationship,
  /** Where they worked together, and when. The reference is asked without being told. */
  employer: line(200),
  worked: z._default(z.nullable(Months), null),
  phone: z._default(z.nullable(Phone), null),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
};

/** Without a language or a zone they are written to as the candidate is. */
export const NameReference = z.extend(RefcheckIn, named);
export type NameReference = z.infer<typeof NameReference>;

/** Another address is another reader: the earlier link ends, and what was answered so far with it. */
export const EditReference = z.extend(ReferenceIn, {
  email: z.optional(Email),
  firstName: z.optional(PersonName),
  lastName: z.optional(PersonName),
  relationship: z.optional(Relationship),
  employer: z.optional(line(200)),
  worked: z.optional(z.nullable(Months)),
  phone: z.optional(z.nullable(Phone)),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
});
export type EditReference = z.infer<typeof EditReference>;

/** In their place, if anybody. */
export const ReplaceReference = z.extend(ReferenceIn, { by: z._default(z.nullable(z.object(named)), null) });
export type ReplaceReference = z.infer<typeof ReplaceReference>;

export const DeclineReason = z.enum(declineReasons);

/** A reference as their candidate and staff see them: how far they are, never what they said. */
export const Reference = z.object({
  id: idOf("ref"),
  refcheckId: idOf("rck"),
  email: z.string(),
  /** Anything but `ok`: nothing more is sent there until another address is given. */
  emailStatus: EmailStatus,
  firstName: z.string(),
  lastName: z.string(),
  relationship: Relationship,
  employer: z.string(),
  worked: z.nullable(z.object({ from: z.string(), to: z.nullable(z.string()) })),
  phone: z.nullable(z.string()),
  language: Language,
  timeZone: z.string(),
  status: z.enum(referenceStatuses),
  invitedAt: z.date(),
  acceptedAt: z.nullable(z.date()),
  declinedAt: z.nullable(z.date()),
  declineReason: z.nullable(DeclineReason),
  completedAt: z.nullable(z.date()),
  replacedBy: z.nullable(idOf("ref")),
  /** What whoever asks could do about them now. */
  availableActions: z.array(z.enum(referenceVerbs)),
});
export type Reference = z.infer<typeof Reference>;

/** What a reference sees: whom it is about and until when, and nothing of anybody else who is asked. */
export const OwnReference = z.object({
  id: idOf("ref"),
  status: z.enum(referenceStatuses),
  firstName: z.string(),
  lastName: z.string(),
  language: Language,
  timeZone: z.string(),
  candidateName: z.string(),
  organizationName: z.string(),
  roleTitle: z.string(),
  relationship: Relationship,
  employer: z.string(),
  /** Whether the candidate may read what is answered, once it is finished. */
  answersShared: z.boolean(),
  /** From then on nothing is taken any more. */
  deadlineAt: z.nullable(z.date()),
  completedAt: z.nullable(z.date()),
  availableActions: z.array(z.enum(referenceVerbs)),
});
export type OwnReference = z.infer<typeof OwnReference>;

export const Decline = z.object({ reason: DeclineReason, note: z._default(prose(noteMax), "") });
export type Decline = z.infer<typeof Decline>;

export const OpenQuestionnaire = z.object({
  /** One of the questionnaire's; without, the reference's own. */
  language: z.optional(Language),
});
export type OpenQuestionnaire = z.infer<typeof OpenQuestionnaire>;

const GivenAnswer = z.object({ key: z.string(), answer: QuestionAnswer });

/** Every question in one language, with what was answered so far. Which of them are asked follows from `showIf` and the answers. */
export const OwnQuestionnaire = z.object({
  referenceId: idOf("ref"),
  status: z.enum(referenceStatuses),
  language: Language,
  languages: z.array(Language),
  questions: z.array(ShownQuestion),
  answers: z.array(GivenAnswer),
  /** Required, asked and not answered yet. */
  missing: z.array(z.string()),
});
export type OwnQuestionnaire = z.infer<typeof OwnQuestionnaire>;

/** Saved as they type. An answer of null takes back what was saved. */
export const SaveAnswers = z.object({
  answers: z
    .array(z.object({ key: z.string().check(z.maxLength(40)), answer: z.nullable(QuestionAnswer) }))
    .check(z.minLength(1), z.maxLength(answersMax)),
});
export type SaveAnswers = z.infer<typeof SaveAnswers>;

export const SavedAnswers = z.object({ savedAt: z.date(), missing: z.array(z.string()) });
export type SavedAnswers = z.infer<typeof SavedAnswers>;

/** What one reference has finished, for those who decide: in the order of the questions, those that count. */
export const FinishedAnswers = z.object({
  referenceId: idOf("ref"),
  completedAt: z.date(),
  language: Language,
  answers: z.array(z.object({ question: ShownQuestion, answer: QuestionAnswer })),
});
export type FinishedAnswers = z.infer<typeof FinishedAnswers>;
