// Refcheck: one candidate's reference check for one role (reference-checks). Pure.
import * as z from "zod/mini";
import { RefusedRow } from "../bulk/contract.ts";
import { EmailStatus } from "../candidate/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import {
  CallersKey,
  Email,
  InstantIn,
  Language,
  PersonName,
  Phone,
  prose,
  Search,
  TimeZone,
} from "../kernel/shapes.ts";
import { Reference } from "../reference/contract.ts";
import { Role } from "../role/contract.ts";
import { Relationship, termsShape } from "../role-template/contract.ts";
import { Signal } from "../signal/contract.ts";
import { progresses, refcheckActors, refcheckEventVerbs, refcheckStatuses, refcheckVerbs } from "./machine.ts";

const whyMax = 600;
const rowsMax = 100;

export const RefcheckStatus = z.enum(refcheckStatuses);

const asked = {
  referencesRequired: termsShape.referencesRequired,
  referencesOptional: termsShape.referencesOptional,
  relationships: z.array(Relationship),
};

/** A refcheck as staff see it. `status` is what is true now, whether or not an alarm has written it down. */
export const Refcheck = z.object({
  id: idOf("rck"),
  roleId: idOf("rol"),
  roleTitle: z.string(),
  teamId: idOf("tem"),
  candidate: z.object({
    id: idOf("cnd"),
    email: z.string(),
    emailStatus: EmailStatus,
    phone: z.nullable(z.string()),
    firstName: z.string(),
    lastName: z.string(),
    language: Language,
    timeZone: z.string(),
  }),
  ...asked,
  status: RefcheckStatus,
  version: z.number(),
  deadlineAt: z.nullable(z.date()),
  invitedAt: z.nullable(z.date()),
  consentedAt: z.nullable(z.date()),
  completedAt: z.nullable(z.date()),
  createdAt: z.date(),
  /** References that have answered; those still to answer; those named in all and not taken out. */
  answered: z.number(),
  open: z.number(),
  named: z.number(),
  /** Signals that nobody has looked at: one is enough for `needs_attention`. */
  openSignals: z.number(),
  availableActions: z.array(z.enum(refcheckVerbs)),
});
export type Refcheck = z.infer<typeof Refcheck>;

export const RefcheckInFull = z.extend(Refcheck, { references: z.array(Reference), signals: z.array(Signal) });
export type RefcheckInFull = z.infer<typeof RefcheckInFull>;

const Person = z.object({
  email: Email,
  firstName: PersonName,
  lastName: PersonName,
  /** Kept where none is known of them yet. */
  phone: z.optional(Phone),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
});

/**
 * The candidate gets a letter with a link at once, unless `invite` is false: then by `refcheck.invite`. Without `deadlineAt` there are as
 * many days as the role says. `requestKey` makes the call repeatable.
 */
export const CreateRefcheck = z.object({
  roleId: idOf("rol"),
  candidate: Person,
  invite: z._default(z.boolean(), true),
  deadlineAt: z.optional(InstantIn),
  requestKey: z.optional(CallersKey),
});
export type CreateRefcheck = z.infer<typeof CreateRefcheck>;

export const RefcheckRow = z.omit(CreateRefcheck, { roleId: true });
export type RefcheckRow = z.infer<typeof RefcheckRow>;

/** Looked at one by one, so that a row that is wrong refuses itself alone. */
export const LooseRefcheckRow = z
  .custom<z.input<typeof RefcheckRow>>()
  .register(z.globalRegistry, { standsFor: RefcheckRow });
export const refcheckRows = z.array(LooseRefcheckRow).check(z.maxLength(rowsMax));

export const CreateRefchecks = z.object({ roleId: idOf("rol"), rows: refcheckRows.check(z.minLength(1)) });
export type CreateRefchecks = z.infer<typeof CreateRefchecks>;

/** A row's result, under its place in the call, counted from 0. */
export const RefcheckResult = z.discriminatedUnion("outcome", [
  z.object({
    index: z.number(),
    outcome: z.literal("created"),
    refcheckId: idOf("rck"),
    candidateId: idOf("cnd"),
    status: RefcheckStatus,
    deadlineAt: z.nullable(z.date()),
    emailStatus: EmailStatus,
  }),
  z.extend(RefusedRow, { issues: z.array(z.object({ path: z.string(), message: z.string() })) }),
]);
export type RefcheckResult = z.infer<typeof RefcheckResult>;

export const CreatedRefchecks = z.object({ results: z.array(RefcheckResult), created: z.number() });
export type CreatedRefchecks = z.infer<typeof CreatedRefchecks>;

export const RefcheckIn = z.object({ refcheckId: idOf("rck") });
export type RefcheckIn = z.infer<typeof RefcheckIn>;

export const InviteRefcheck = z.extend(RefcheckIn, { deadlineAt: z.optional(InstantIn) });
export type InviteRefcheck = z.infer<typeof InviteRefcheck>;

export const CancelRefcheck = z.extend(RefcheckIn, { why: z.optional(prose(whyMax)) });
export type CancelRefcheck = z.infer<typeof CancelRefcheck>;

export const SetRefcheckDeadline = z.extend(RefcheckIn, { deadlineAt: InstantIn });
export type SetRefcheckDeadline = z.infer<typeof SetRefcheckDeadline>;

/** The same address once more says that it is right, though letters came back. */
export const CorrectRefcheckAddress = z.extend(RefcheckIn, { email: Email });
export type CorrectRefcheckAddress = z.infer<typeof CorrectRefcheckAddress>;

/** `isResent`: this refcheck still waits, and a new link is on its way. */
export const CorrectedRefcheck = z.extend(RefcheckIn, { email: z.string(), isResent: z.boolean() });
export type CorrectedRefcheck = z.infer<typeof CorrectedRefcheck>;

const refcheckFilters = {
  status: z.optional(RefcheckStatus),
  roleId: z.optional(idOf("rol")),
  teamId: z.optional(idOf("tem")),
  /** Any part of the candidate's name or e-mail address. */
  search: z.optional(Search),
  /** Made at or after this instant. */
  createdFrom: z.optional(InstantIn),
  /** Made before this instant. */
  createdTo: z.optional(InstantIn),
};
export const SummarizeRefchecks = z.object(refcheckFilters);
export type SummarizeRefchecks = z.infer<typeof SummarizeRefchecks>;

/** What all that pass the filters come to now. */
export const RefcheckSummary = z.object({
  total: z.number(),
  /** How many stand so; they add up to the total. */
  statuses: z.record(RefcheckStatus, z.number()),
  /** Whose turn it is. Whatever needs attention waits for the team, and may wait for one of the others besides. */
  waitingOn: z.object({ candidate: z.number(), references: z.number(), team: z.number() }),
  /** The deadline has passed, and too few had answered. */
  overdue: z.number(),
  /** Still waiting, with less than two days to go. */
  dueSoon: z.number(),
  /** From the candidate's letter to the last answer that was needed; the median of the newest thousand that are complete, in ms. Null: none is. */
  medianToCompleteMs: z.nullable(z.number()),
});
export type RefcheckSummary = z.infer<typeof RefcheckSummary>;

/** Newest first. A page can end before it is full: the list goes on as long as there is a `nextCursor`. */
export const ListRefchecks = z.extend(PageIn, {
  ...refcheckFilters,
  /** Tells as well what all that pass the filters come to, in the same round trip. */
  withSummary: z._default(z.boolean(), false),
});
export type ListRefchecks = z.infer<typeof ListRefchecks>;

/** `summary`: with `withSummary`. */
export const RefcheckPage = z.extend(pageOf(Refcheck), { summary: z.optional(RefcheckSummary) });
export type RefcheckPage = z.infer<typeof RefcheckPage>;

/** One thing that happened to it, or to one of its references. */
export const RefcheckEvent = z.object({
  id: idOf("evt"),
  version: z.number(),
  verb: z.enum(refcheckEventVerbs),
  referenceId: z.nullable(idOf("ref")),
  to: RefcheckStatus,
  actorKind: z.enum(refcheckActors),
  actorId: z.nullable(z.string()),
  why: z.nullable(z.string()),
  deadlineAt: z.nullable(z.date()),
  at: z.date(),
});
export const RefcheckEventPage = pageOf(RefcheckEvent);
export const ListRefcheckEvents = z.extend(RefcheckIn, PageIn.shape);
export type ListRefcheckEvents = z.infer<typeof ListRefcheckEvents>;

// The candidate's side.

const expansions = ["role"] as const;

export const ShowOwnRefcheck = z.extend(RefcheckIn, {
  /** What comes along in full. */
  expand: z._default(z.array(z.enum(expansions)).check(z.maxLength(expansions.length)), []),
});
export type ShowOwnRefcheck = z.infer<typeof ShowOwnRefcheck>;

/** What a candidate sees of their refcheck: whom they have named and how far each is, never what anybody said. */
export const OwnRefcheck = z.object({
  id: idOf("rck"),
  status: z.enum(progresses),
  organizationName: z.string(),
  roleTitle: z.string(),
  ...asked,
  deadlineAt: z.nullable(z.date()),
  timeZone: z.string(),
  consentedAt: z.nullable(z.date()),
  /** What is agreed to by `refcheck.consent`: the text, and the version that is kept. */
  consent: z.object({ version: z.number(), text: z.string() }),
  references: z.array(Reference),
  availableActions: z.array(z.enum(refcheckVerbs)),
  /** With `expand: ["role"]`. */
  role: z.optional(
    z.pick(Role, {
      id: true,
      title: true,
      teamName: true,
      referencesRequired: true,
      referencesOptional: true,
      relationships: true,
      periodMonths: true,
    }),
  ),
});
export type OwnRefcheck = z.infer<typeof OwnRefcheck>;

/** In a list of one's own. */
export const OwnRefcheckPage = pageOf(
  z.pick(OwnRefcheck, { id: true, status: true, deadlineAt: true, organizationName: true, roleTitle: true }),
);

/** The version that was read: another one is refused, because another text was agreed to. */
export const Consent = z.extend(RefcheckIn, { version: z.number().check(z.int(), z.minimum(1)) });
export type Consent = z.infer<typeof Consent>;
