// What a language has to say in a report, and how: the shape that every language file fills. Types only.
import type { rehireVerdicts } from "../questionnaire/contract.ts";
import type { RefcheckStatus } from "../refcheck/machine.ts";
import type { ReferenceStatus } from "../reference/machine.ts";
import type { declineReasons } from "../reference/policy.ts";
import type { relationships } from "../role-template/policy.ts";

type Count = (count: number) => string;

export type SheetWording = {
  /** BCP 47, for `lang` and for readers that read aloud. */
  readonly language: string;
  readonly instant: (instant: Date, timeZone: string) => string;
  /** YYYY-MM. */
  readonly month: (month: string) => string;
  readonly statuses: Readonly<Record<RefcheckStatus, string>>;
  readonly referenceStatuses: Readonly<Record<ReferenceStatus, string>>;
  readonly relationships: Readonly<Record<(typeof relationships)[number], string>>;
  readonly declineReasons: Readonly<Record<(typeof declineReasons)[number], string>>;
  readonly verdicts: Readonly<Record<(typeof rehireVerdicts)[number], string>>;
  readonly yes: string;
  readonly no: string;
  readonly now: string;
  readonly unknown: string;

  readonly title: (candidate: string) => string;
  readonly subtitle: (role: string, team: string, organization: string) => string;
  readonly glance: string;
  readonly status: string;
  readonly answered: string;
  readonly answeredOf: (answered: number, required: number) => string;
  readonly invited: string;
  readonly completed: string;
  readonly deadline: string;
  readonly overall: string;
  readonly overallOf: (average: number, deviation: number, ratings: number) => string;
  readonly rehire: string;

  readonly signals: string;
  readonly noSignals: string;
  readonly signalsSay: string;
  readonly weight: (weight: number) => string;
  readonly harmless: string;
  readonly open: string;
  readonly withdrawn: (at: string) => string;
  readonly resolved: (by: string, at: string) => string;

  readonly asked: string;
  readonly person: string;
  readonly relation: string;
  readonly employer: string;
  readonly worked: string;
  readonly askedAt: string;
  readonly standing: string;

  readonly period: string;
  readonly periodWanted: (from: string, to: string) => string;
  readonly periodGaps: (gaps: readonly string[]) => string;
  readonly noGaps: string;
  readonly fromTo: (from: string, to: string) => string;

  readonly answers: string;
  readonly nobodyYet: string;
  readonly nobodyAnswered: string;
  readonly average: (average: number, deviation: number) => string;
  readonly outOf: (count: number, of: number) => string;
  readonly people: Count;

  readonly consent: string;
  readonly consentGiven: (at: string, version: number) => string;
  readonly noConsent: string;
  readonly made: (at: string) => string;

  /** Heads of the table's columns. */
  readonly table: {
    readonly question: string;
    readonly kind: string;
    readonly average: string;
    readonly deviation: string;
  };
};
