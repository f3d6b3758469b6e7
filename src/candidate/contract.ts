// Candidate: a person considered by an organization, as they see and keep their own record. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { Language, NewPassword, Password, Phone, TimeZone } from "../kernel/shapes.ts";
import { emailStatuses } from "./policy.ts";

export const EmailStatus = z.enum(emailStatuses);
export type EmailStatus = z.infer<typeof EmailStatus>;

export const CandidateIn = z.object({ candidateId: idOf("cnd") });
export type CandidateIn = z.infer<typeof CandidateIn>;

export const OwnRecord = z.object({
  id: idOf("cnd"),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  phone: z.nullable(z.string()),
  /** Letters come in this language, their instants in this zone. */
  language: Language,
  timeZone: z.string(),
  hasPassword: z.boolean(),
});
export type OwnRecord = z.infer<typeof OwnRecord>;

/** Names and address are the organization's to correct. */
export const EditOwnRecord = z.object({
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
  phone: z.optional(z.nullable(Phone)),
});
export type EditOwnRecord = z.infer<typeof EditOwnRecord>;

export const ChangeOwnPassword = z.object({ current: Password, next: NewPassword });
export type ChangeOwnPassword = z.infer<typeof ChangeOwnPassword>;
