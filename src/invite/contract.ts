// Invite: an offer to become a member (applicant-tracking, invitations). Pure.
import * as z from "zod/mini";
import { Next } from "../identity/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { accessLevels } from "../kernel/scope.ts";
import { CalendarDate, Email, Language, Password, PersonName, Search, TimeZone, Token } from "../kernel/shapes.ts";
import { memberVerbs } from "./machine.ts";
import { outcomes } from "./policy.ts";

/** The document's four. EXPIRED is derived: the invite has run out unanswered, or was revoked or replaced. */
export const inviteStatuses = ["INVITED", "ACCEPTED", "REJECTED", "EXPIRED"] as const;
export const InviteStatus = z.enum(inviteStatuses);

const AccessLevel = z.enum(accessLevels);
const addressesMax = 50;

/** How many days a sending is good for; null: until it is answered or revoked. */
export const ExpiryDays = z.nullable(z.union([z.literal(1), z.literal(7), z.literal(14), z.literal(30)]));
const expiryDaysDefault = 7;

export const NewInvite = z.object({
  email: Email,
  access: AccessLevel,
  /** The default team unless said otherwise. */
  teamId: z.optional(idOf("tem")),
  startedWorkOn: z._default(z.nullable(CalendarDate), null),
  expiryDays: z._default(ExpiryDays, expiryDaysDefault),
});
export type NewInvite = z.infer<typeof NewInvite>;

/** `next`: where the letter's link leads afterwards; a path, or an address on one of the organization's frontends. */
export const CreateInvites = z.object({
  invites: z.array(NewInvite).check(z.minLength(1), z.maxLength(addressesMax)),
  next: z.optional(Next),
});
export type CreateInvites = z.infer<typeof CreateInvites>;

/**
 * One result per address, in the order asked; only `invited` ones have an id and get a letter. `too_often`: the address was sent
 * five invites today, by whatever organizations.
 */
export const CreatedInvites = z.object({
  results: z.array(z.object({ email: z.string(), outcome: z.enum(outcomes), inviteId: z.nullable(idOf("inv")) })),
  counts: z.object({
    invited: z.number().check(z.int()),
    alreadyMember: z.number().check(z.int()),
    alreadyInvited: z.number().check(z.int()),
    repeated: z.number().check(z.int()),
    tooOften: z.number().check(z.int()),
  }),
});
export type CreatedInvites = z.infer<typeof CreatedInvites>;

export const Invite = z.object({
  id: idOf("inv"),
  email: z.string(),
  access: AccessLevel,
  team: z.object({ id: idOf("tem"), name: z.string() }),
  startedWorkOn: z.nullable(CalendarDate),
  status: InviteStatus,
  invitedBy: z.object({ memberId: idOf("mem"), firstName: z.string(), lastName: z.string() }),
  createdAt: z.date(),
  expiryDays: z.nullable(z.number().check(z.int())),
  expiresAt: z.nullable(z.date()),
  /** When it was accepted, rejected or revoked. */
  answeredAt: z.nullable(z.date()),
  /** What whoever asks can do with it now. */
  availableActions: z.array(z.enum(memberVerbs)),
});
export type Invite = z.infer<typeof Invite>;

/** `search`: part of the e-mail address. */
export const ListInvites = z.extend(PageIn, { status: z.optional(InviteStatus), search: z.optional(Search) });
export type ListInvites = z.infer<typeof ListInvites>;

export const InvitePage = pageOf(Invite);

export const InviteIn = z.object({ inviteId: idOf("inv") });
export type InviteIn = z.infer<typeof InviteIn>;

export const ResendInvite = z.extend(InviteIn, { next: z.optional(Next) });
export type ResendInvite = z.infer<typeof ResendInvite>;

/** What the letter holds: the address it went to and the token in its link. */
export const HeldInvite = z.object({ email: Email, token: Token });
export type HeldInvite = z.infer<typeof HeldInvite>;

/** What the holder of the letter is told before they answer. Whether they have an account is not part of it. */
export const ValidInvite = z.object({
  organizationName: z.string(),
  access: AccessLevel,
  expiresAt: z.nullable(z.date()),
});
export type ValidInvite = z.infer<typeof ValidInvite>;

/**
 * Without `password`, the session the call comes with must be that of the person invited. Somebody without an account
 * gives a new password and both names; language and time zone are the organization's unless said otherwise.
 */
export const AcceptInvite = z.extend(HeldInvite, {
  password: z.optional(Password),
  firstName: z.optional(PersonName),
  lastName: z.optional(PersonName),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
  next: z.optional(Next),
});
export type AcceptInvite = z.infer<typeof AcceptInvite>;
