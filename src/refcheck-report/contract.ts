// The report of a refcheck: what everybody answered side by side, what that comes to, and what stands out (reference-checks, candidate
// report). Read by staff, and by whoever was given a link to it. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { InstantIn, Language, line } from "../kernel/shapes.ts";
import { QuestionAnswer, ShownQuestion } from "../questionnaire/contract.ts";
import { RefcheckStatus } from "../refcheck/contract.ts";
import { Reference } from "../reference/contract.ts";
import { termsShape } from "../role-template/contract.ts";
import { Signal } from "../signal/contract.ts";

const Months = z.object({ from: z.string(), to: z.nullable(z.string()) });

/** Somebody who was asked, without their address and number. */
const Asked = z.pick(Reference, {
  id: true,
  firstName: true,
  lastName: true,
  relationship: true,
  employer: true,
  worked: true,
  status: true,
  invitedAt: true,
  acceptedAt: true,
  declinedAt: true,
  declineReason: true,
  completedAt: true,
});

const Verdicts = z.object({ yes: z.number(), withReservations: z.number(), no: z.number() });

/**
 * What the answers to one question come to. Of ratings the average and the standard deviation, both to two places; of choices how often each
 * option was taken. Of what nobody was asked or answered, nothing: counts are 0, an average is null.
 */
const Summary = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("rating"),
    count: z.number(),
    average: z.nullable(z.number()),
    deviation: z.nullable(z.number()),
    lowest: z.nullable(z.number()),
    highest: z.nullable(z.number()),
  }),
  z.object({ kind: z.literal("yes_no"), yes: z.number(), no: z.number() }),
  z.object({ kind: z.literal("choice"), counts: z.array(z.object({ key: z.string(), count: z.number() })) }),
  z.object({ kind: z.literal("rehire"), ...Verdicts.shape }),
  z.object({ kind: z.literal("text"), count: z.number() }),
  z.object({ kind: z.literal("date_range"), count: z.number() }),
]);
export type Summary = z.infer<typeof Summary>;

const ReportedQuestion = z.object({
  question: ShownQuestion,
  /** In the order of `references`; whoever was not asked this, or left it out, is not among them. */
  answers: z.array(z.object({ referenceId: idOf("ref"), answer: QuestionAnswer })),
  summary: Summary,
});
export type ReportedQuestion = z.infer<typeof ReportedQuestion>;

export const RefcheckReport = z.object({
  refcheckId: idOf("rck"),
  madeAt: z.date(),
  /** What the questions are told in. */
  language: Language,
  /** Where instants are shown as the organization's clocks do. */
  timeZone: z.string(),
  organizationName: z.string(),
  teamName: z.string(),
  roleTitle: z.string(),
  candidate: z.object({ id: idOf("cnd"), firstName: z.string(), lastName: z.string() }),
  status: RefcheckStatus,
  referencesRequired: termsShape.referencesRequired,
  invitedAt: z.nullable(z.date()),
  deadlineAt: z.nullable(z.date()),
  completedAt: z.nullable(z.date()),
  /** What the candidate agreed to, and when. */
  consent: z.nullable(z.object({ consentedAt: z.date(), version: z.number(), text: z.string() })),
  /** Everybody who was asked, those who were taken out as well, in the order in which they were named. */
  references: z.array(Asked),
  questions: z.array(ReportedQuestion),
  /** All ratings of all who answered, each as its part of its scale, from 0 to 100; null where nobody rated. */
  overall: z.nullable(z.object({ ratings: z.number(), average: z.number(), deviation: z.number() })),
  /** Would they work with the candidate again; null where nobody was asked. */
  rehire: z.nullable(Verdicts),
  /** When they worked together, as they say, beside the time that was to be covered. */
  period: z.object({
    wanted: z.nullable(Months),
    told: z.array(z.object({ referenceId: idOf("ref"), ...Months.shape })),
    gaps: z.array(Months),
  }),
  /** Null: left out of what is shared. */
  signals: z.nullable(z.array(Signal)),
});
export type RefcheckReport = z.infer<typeof RefcheckReport>;

export const ReportIn = z.object({ refcheckId: idOf("rck") });
export type ReportIn = z.infer<typeof ReportIn>;

export const reportFormats = ["html", "csv"] as const;

export const ReportFileIn = z.extend(ReportIn, { format: z.enum(reportFormats) });
export type ReportFileIn = z.infer<typeof ReportFileIn>;

/** A file to be saved, or shown: a page that needs nothing else and can be printed, or a table. */
export const ReportFile = z.object({ name: z.string(), mediaType: z.string(), content: z.string() });
export type ReportFile = z.infer<typeof ReportFile>;

export const ShareReport = z.extend(ReportIn, {
  /** For whom it is, in one's own words. */
  label: line(200),
  /** A fortnight from now, unless another instant within a year is given. */
  expiresAt: z.optional(InstantIn),
  withSignals: z._default(z.boolean(), true),
});
export type ShareReport = z.infer<typeof ShareReport>;

export const ReportShare = z.object({
  id: idOf("shr"),
  refcheckId: idOf("rck"),
  label: z.string(),
  withSignals: z.boolean(),
  createdAt: z.date(),
  createdBy: idOf("mem"),
  expiresAt: z.date(),
  revokedAt: z.nullable(z.date()),
});
export type ReportShare = z.infer<typeof ReportShare>;

/** `url` opens the report for whoever has it, and is told this once. */
export const SharedReport = z.extend(ReportShare, { url: z.string() });
export type SharedReport = z.infer<typeof SharedReport>;

export const ReportSharePage = pageOf(ReportShare);
export const ListReportShares = z.extend(ReportIn, PageIn.shape);
export type ListReportShares = z.infer<typeof ListReportShares>;

export const ReportShareIn = z.object({ reportShareId: idOf("shr") });
export type ReportShareIn = z.infer<typeof ReportShareIn>;
