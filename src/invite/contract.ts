// Invite: an offer to become a member (applicant-tracking, invitations). Pure.
import * as z from "zod";
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
export const ExpiryDays = z.union([z.literal(1), z.literal(7), z.literal(14), z.literal(30)]).nullable();
const expiryDaysDefault = 7;

export const NewInvite = z.object({
  email: Email,
  access: AccessLevel,
  /** The default team unless said otherwise. */
  teamId: idOf("tem").optional(),
  startedWorkOn: CalendarDate.nullable().default(null),
  expiryDays: ExpiryDays.default(expiryDaysDefault),
});
export type NewInvite = z.infer<typeof NewInvite>;

/** `next`: where the letter's link leads afterwards; a path, or an address on one of the organization's frontends. */
export const CreateInvites = z.object({
  invites: z.array(NewInvite).min(1).max(addressesMax),
  next: Next.optional(),
});
export type CreateInvites = z.infer<typeof CreateInvites>;

/**
 * One result per address, in the order asked; only `invited` ones have an id and get a letter. `too_often`: the address was sent
 * five invites today, by whatever organizations.
 */
export const CreatedInvites = z.object({
  results: z.array(z.object({ email: z.string(), outcome: z.enum(outcomes), inviteId: idOf("inv").nullable() })),
  counts: z.object({
    invited: z.number().int(),
    alreadyMember: z.number().int(),
    alreadyInvited: z.number().int(),
    repeated: z.number().int(),
    tooOften: z.number().int(),
  }),
});
export type CreatedInvites = z.infer<typeof CreatedInvites>;

export const Invite = z.object({
  id: idOf("inv"),
  email: z.string(),
  access: AccessLevel,
  team: z.object({ id: idOf("tem"), name: z.string() }),
  startedWorkOn: CalendarDate.nullable(),
  status: InviteStatus,
  invitedBy: z.object({ memberId: idOf("mem"), firstName: z.string(), lastName: z.string() }),
  createdAt: z.date(),
  expiryDays: z.number().int().nullable(),
  expiresAt: z.date().nullable(),
  /** When it was accepted, rejected or revoked. */
  answeredAt: z.date().nullable(),
  /** What whoever asks can do with it now. */
  availableActions: z.array(z.enum(memberVerbs)),
});
export type Invite = z.infer<typeof Invite>;

/** `search`: part of the e-mail address. */
export const ListInvites = PageIn.extend({ status: InviteStatus.optional(), search: Search.optional() });
export type ListInvites = z.infer<typeof ListInvites>;

export const InvitePage = pageOf(Invite);

export const InviteIn = z.object({ inviteId: idOf("inv") });
export type InviteIn = z.infer<typeof InviteIn>;

export const ResendInvite = InviteIn.extend({ next: Next.optional() });
export type ResendInvite = z.infer<typeof ResendInvite>;

/** What the letter holds: the address it went to and the token in its link. */
export const HeldInvite = z.object({ email: Email, token: Token });
export type HeldInvite = z.infer<typeof HeldInvite>;

/** What the holder of the letter is told before they answer. Whether they have an account is not part of it. */
export const ValidInvite = z.object({
  organizationName: z.string(),
  access: AccessLevel,
  expiresAt: z.date().nullable(),
});
export type ValidInvite = z.infer<typeof ValidInvite>;

/**
 * Without `password`, the session the call comes with must be that of the person invited. Somebody without an account
 * gives a new password and both names; language and time zone are the organization's unless said otherwise.
 */
export const AcceptInvite = HeldInvite.extend({
  password: Password.optional(),
  firstName: PersonName.optional(),
  lastName: PersonName.optional(),
  language: Language.optional(),
  timeZone: TimeZone.optional(),
  next: Next.optional(),
});
export type AcceptInvite = z.infer<typeof AcceptInvite>;
