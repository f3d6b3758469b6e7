// Identity: who a person is, how they get in, and the sessions that keep them in. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { accessLevels } from "../kernel/scope.ts";
import { Email, Language, NewPassword, Password, PersonName, Slug, TimeZone, Token } from "../kernel/shapes.ts";
import { linkPurposes } from "./policy.ts";

/** Where to go after a link: a path, or an absolute address on an allowed frontend. Up to 2,000 characters. */
export const Next = z.string().check(
  z.maxLength(2_000),
  z.refine((value) => value.isWellFormed(), "must be well-formed Unicode"),
);

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
  entered: z.nullable(idOf("org")),
  /** Where the link said to go, as a path on an allowed frontend. */
  next: z.nullable(z.string()),
});
export type SignedIn = z.infer<typeof SignedIn>;

/** What an invitation's link lets its reader into. `deadlineAt` null: none is set; `timeZone` is the reader's own. */
export const Admission = z.object({
  organizationName: z.string(),
  projectName: z.string(),
  deadlineAt: z.nullable(z.date()),
  timeZone: z.string(),
});
export type Admission = z.infer<typeof Admission>;

/** What the link of a refcheck is about. `deadlineAt` is when it ends; `timeZone` is the reader's own. */
export const RefcheckAdmission = z.object({
  organizationName: z.string(),
  roleTitle: z.string(),
  /** Whom it is about. */
  candidateName: z.string(),
  deadlineAt: z.nullable(z.date()),
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
  interviewId: z.nullable(idOf("itv")),
  admittedTo: z.nullable(Admission),
  refcheckId: z.nullable(idOf("rck")),
  refcheck: z.nullable(RefcheckAdmission),
  offerId: z.nullable(idOf("off")),
  offer: z.nullable(OfferAdmission),
  firstName: z.string(),
  next: z.nullable(z.string()),
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
  next: z.nullable(z.string()),
});
export type ReferenceSignedIn = z.infer<typeof ReferenceSignedIn>;

/** Always the same answer, whoever has the address. */
export const LetterOnItsWay = z.object({ onItsWay: z.literal(true) });

export const SignUp = z.object({
  email: Email,
  password: NewPassword,
  firstName: PersonName,
  lastName: PersonName,
  language: z._default(Language, "en"),
  timeZone: z._default(TimeZone, "UTC"),
  next: z.optional(Next),
});
export type SignUp = z.infer<typeof SignUp>;

export const SignIn = z.object({ email: Email, password: Password, organizationId: z.optional(idOf("org")) });
export type SignIn = z.infer<typeof SignIn>;

export const SignInCandidate = z.object({ organization: Slug, email: Email, password: Password });
export type SignInCandidate = z.infer<typeof SignInCandidate>;

/**
 * `organization` is a slug. A sign-in link asked for there goes to its members and candidates alone, and leads to its first
 * frontend, or to the one of its frontends that `next` is on. A link to set a user's password never does.
 */
export const AskForLink = z.object({ email: Email, organization: z.optional(Slug), next: z.optional(Next) });
export type AskForLink = z.infer<typeof AskForLink>;

export const LinkIn = z.object({ token: Token });

/** What a link is for and whether it is alive. Nothing about a person: whoever holds a guess learns nothing. */
export const OpenedLink = z.object({ purpose: z.nullable(z.enum(linkPurposes)), alive: z.boolean() });
export type OpenedLink = z.infer<typeof OpenedLink>;

/** `password` finishes a sign-up: the one chosen then, so that the reader of the letter and the one who chose it are the same. */
export const UseLink = z.object({ token: Token, password: z.optional(Password), next: z.optional(Next) });
export type UseLink = z.infer<typeof UseLink>;

export const UsedLink = z.discriminatedUnion("kind", [SignedIn, CandidateSignedIn, ReferenceSignedIn]);
export type UsedLink = z.infer<typeof UsedLink>;

export const Enter = z.object({ organizationId: idOf("org") });

export const EditProfile = z.object({
  firstName: z.optional(PersonName),
  lastName: z.optional(PersonName),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
});
export type EditProfile = z.infer<typeof EditProfile>;

export const ChangePassword = z.object({ current: Password, next: NewPassword });
export type ChangePassword = z.infer<typeof ChangePassword>;

export const ResetPassword = z.object({ token: Token, password: NewPassword });
export type ResetPassword = z.infer<typeof ResetPassword>;

export const Done = z.object({ done: z.literal(true) });

export const Me = z.object({ user: User, organizations: z.array(Membership), entered: z.nullable(idOf("org")) });
export type Me = z.infer<typeof Me>;
