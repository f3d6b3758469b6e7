// Identity: who a person is, how they get in, and the sessions that keep them in. Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { accessLevels } from "../kernel/scope.ts";
import { Email, Language, NewPassword, Password, PersonName, Slug, TimeZone, Token } from "../kernel/shapes.ts";
import { linkPurposes } from "./policy.ts";

/** Where to go after a link: a path, or an absolute address on an allowed frontend. Up to 2,000 characters. */
export const Next = z
  .string()
  .max(2_000)
  .refine((value) => value.isWellFormed(), "must be well-formed Unicode");

export const User = z.object({
  id: idOf("usr"),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  language: Language,
  timeZone: z.string(),
  createdAt: z.date(),
});
export type User = z.infer<typeof User>;

export const Membership = z.object({
  organizationId: idOf("org"),
  name: z.string(),
  slug: z.string(),
  memberId: idOf("mem"),
  access: z.enum(accessLevels),
});
export type Membership = z.infer<typeof Membership>;

/** A staff session. `token` is the bearer token; `entered` is the organization it is for, or null. */
export const SignedIn = z.object({
  kind: z.literal("user"),
  token: z.string(),
  user: User,
  organizations: z.array(Membership),
  entered: idOf("org").nullable(),
  /** Where the link said to go, as a path on an allowed frontend. */
  next: z.string().nullable(),
});
export type SignedIn = z.infer<typeof SignedIn>;

/** What an invitation's link lets its reader into. `deadlineAt` null: none is set; `timeZone` is the reader's own. */
export const Admission = z.object({
  organizationName: z.string(),
  projectName: z.string(),
  deadlineAt: z.date().nullable(),
  timeZone: z.string(),
});
export type Admission = z.infer<typeof Admission>;

/** What the link of a refcheck is about. `deadlineAt` is when it ends; `timeZone` is the reader's own. */
export const RefcheckAdmission = z.object({
  organizationName: z.string(),
  roleTitle: z.string(),
  /** Whom it is about. */
  candidateName: z.string(),
  deadlineAt: z.date().nullable(),
  timeZone: z.string(),
});

/** What the link of offered times is about. `expiresAt` is until when one can be picked; `timeZone` is the reader's own. */
export const OfferAdmission = z.object({
  organizationName: z.string(),
  title: z.string(),
  expiresAt: z.date(),
  timeZone: z.string(),
});

/**
 * A candidate's session. `interviewId` and `admittedTo` are set when it came from an invitation link, `refcheckId` and `refcheck` when it
 * came from a refcheck's, `offerId` and `offer` when it came from that of offered times.
 */
export const CandidateSignedIn = z.object({
  kind: z.literal("candidate"),
  token: z.string(),
  candidateId: idOf("cnd"),
  organizationId: idOf("org"),
  interviewId: idOf("itv").nullable(),
  admittedTo: Admission.nullable(),
  refcheckId: idOf("rck").nullable(),
  refcheck: RefcheckAdmission.nullable(),
  offerId: idOf("off").nullable(),
  offer: OfferAdmission.nullable(),
  firstName: z.string(),
  next: z.string().nullable(),
});
export type CandidateSignedIn = z.infer<typeof CandidateSignedIn>;

/** The session of somebody who is asked about a candidate. */
export const ReferenceSignedIn = z.object({
  kind: z.literal("reference"),
  token: z.string(),
  organizationId: idOf("org"),
  refcheckId: idOf("rck"),
  referenceId: idOf("ref"),
  refcheck: RefcheckAdmission,
  firstName: z.string(),
  next: z.string().nullable(),
});
export type ReferenceSignedIn = z.infer<typeof ReferenceSignedIn>;

/** Always the same answer, whoever has the address. */
export const LetterOnItsWay = z.object({ onItsWay: z.literal(true) });

export const SignUp = z.object({
  email: Email,
  password: NewPassword,
  firstName: PersonName,
  lastName: PersonName,
  language: Language.default("en"),
  timeZone: TimeZone.default("UTC"),
  next: Next.optional(),
});
export type SignUp = z.infer<typeof SignUp>;

export const SignIn = z.object({ email: Email, password: Password, organizationId: idOf("org").optional() });
export type SignIn = z.infer<typeof SignIn>;

export const SignInCandidate = z.object({ organization: Slug, email: Email, password: Password });
export type SignInCandidate = z.infer<typeof SignInCandidate>;

/**
 * `organization` is a slug. A sign-in link asked for there goes to its members and candidates alone, and leads to its first
 * frontend, or to the one of its frontends that `next` is on. A link to set a user's password never does.
 */
export const AskForLink = z.object({ email: Email, organization: Slug.optional(), next: Next.optional() });
export type AskForLink = z.infer<typeof AskForLink>;

export const LinkIn = z.object({ token: Token });

/** What a link is for and whether it is alive. Nothing about a person: whoever holds a guess learns nothing. */
export const OpenedLink = z.object({ purpose: z.enum(linkPurposes).nullable(), alive: z.boolean() });
export type OpenedLink = z.infer<typeof OpenedLink>;

/** `password` finishes a sign-up: the one chosen then, so that the reader of the letter and the one who chose it are the same. */
export const UseLink = z.object({ token: Token, password: Password.optional(), next: Next.optional() });
export type UseLink = z.infer<typeof UseLink>;

export const UsedLink = z.discriminatedUnion("kind", [SignedIn, CandidateSignedIn, ReferenceSignedIn]);
export type UsedLink = z.infer<typeof UsedLink>;

export const Enter = z.object({ organizationId: idOf("org") });

export const EditProfile = z.object({
  firstName: PersonName.optional(),
  lastName: PersonName.optional(),
  language: Language.optional(),
  timeZone: TimeZone.optional(),
});
export type EditProfile = z.infer<typeof EditProfile>;

export const ChangePassword = z.object({ current: Password, next: NewPassword });
export type ChangePassword = z.infer<typeof ChangePassword>;

export const ResetPassword = z.object({ token: Token, password: NewPassword });
export type ResetPassword = z.infer<typeof ResetPassword>;

export const Done = z.object({ done: z.literal(true) });

export const Me = z.object({ user: User, organizations: z.array(Membership), entered: idOf("org").nullable() });
export type Me = z.infer<typeof Me>;
