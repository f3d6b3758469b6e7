// Reference: a person asked about a candidate, as the candidate names them, as staff see them, and what they themselves see
// (reference-checks, provide feedback about a candidate). Pure.
import * as z from "zod";
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
  worked: Months.nullable().default(null),
  phone: Phone.nullable().default(null),
  language: Language.optional(),
  timeZone: TimeZone.optional(),
};

/** Without a language or a zone they are written to as the candidate is. */
export const NameReference = RefcheckIn.extend(named);
export type NameReference = z.infer<typeof NameReference>;

/** Another address is another reader: the earlier link ends, and what was answered so far with it. */
export const EditReference = ReferenceIn.extend({
  email: Email.optional(),
  firstName: PersonName.optional(),
  lastName: PersonName.optional(),
  relationship: Relationship.optional(),
  employer: line(200).optional(),
  worked: Months.nullable().optional(),
  phone: Phone.nullable().optional(),
  language: Language.optional(),
  timeZone: TimeZone.optional(),
});
export type EditReference = z.infer<typeof EditReference>;

/** In their place, if anybody. */
export const ReplaceReference = ReferenceIn.extend({ by: z.object(named).nullable().default(null) });
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
  worked: z.object({ from: z.string(), to: z.string().nullable() }).nullable(),
  phone: z.string().nullable(),
  language: Language,
  timeZone: z.string(),
  status: z.enum(referenceStatuses),
  invitedAt: z.date(),
  acceptedAt: z.date().nullable(),
  declinedAt: z.date().nullable(),
  declineReason: DeclineReason.nullable(),
  completedAt: z.date().nullable(),
  replacedBy: idOf("ref").nullable(),
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
  deadlineAt: z.date().nullable(),
  completedAt: z.date().nullable(),
  availableActions: z.array(z.enum(referenceVerbs)),
});
export type OwnReference = z.infer<typeof OwnReference>;

export const Decline = z.object({ reason: DeclineReason, note: prose(noteMax).default("") });
export type Decline = z.infer<typeof Decline>;

export const OpenQuestionnaire = z.object({
  /** One of the questionnaire's; without, the reference's own. */
  language: Language.optional(),
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
    .array(z.object({ key: z.string().max(40), answer: QuestionAnswer.nullable() }))
    .min(1)
    .max(answersMax),
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
