// What is compared in a refcheck, and when two people or two statements are alike enough, or far enough apart, to be looked at. Told
// everything, it decides by that alone. Pure.
import { disposableMail, domainOf, freeMail, mailboxOf } from "../catalog/mail-providers.ts";
import { dayMs, secondMs } from "../kernel/clock.ts";
import { folded } from "../kernel/fold.ts";
import type { ReferenceId } from "../kernel/ids.ts";
import { gapsIn, lastMonths, lengthOf, monthNamed, type Period, type Span, spanOf } from "../kernel/months.ts";
import type { Language } from "../kernel/shapes.ts";
import type { Questionnaire } from "../questionnaire/contract.ts";
import { type Answers, languageFor, periodIn, wordsAsked } from "../questionnaire/policy.ts";
import { isNamed, type ReferenceStatus } from "../reference/machine.ts";
import type { SignalFacts } from "../signal/contract.ts";
import { type SignalKind, weights } from "../signal/policy.ts";

/** From where somebody took part: hashes, empty where it is not known, and the country. */
export type Trace = { readonly network: string; readonly device: string; readonly country: string };

export type Somebody = { readonly email: string; readonly phone: string | null; readonly traces: readonly Trace[] };

export type Referee = Somebody & {
  readonly id: ReferenceId;
  readonly status: ReferenceStatus;
  readonly language: Language;
  /** When they worked together, as the candidate says. */
  readonly worked: Period | null;
  readonly acceptedAt: Date | null;
  readonly completedAt: Date | null;
  /** What they have finished; empty before. */
  readonly answers: Answers;
};

export type Evidence = {
  readonly candidate: Somebody;
  readonly references: readonly Referee[];
  readonly questionnaire: Questionnaire;
  readonly referencesRequired: number;
  /** How far back the answers together should reach, counted from when the candidate was written to. */
  readonly periodMonths: number | null;
  readonly invitedAt: Date;
};

export type Finding = {
  readonly kind: SignalKind;
  readonly weight: number;
  readonly referenceId: ReferenceId | null;
  readonly otherReferenceId: ReferenceId | null;
  readonly facts: SignalFacts;
};

/** Longer than any refcheck lasts. */
export const tracesKeptMs = 400 * dayMs;

/** Shorter questionnaires may well be read in the time it takes to press a button. */
const wordsJudgedMin = 100;
/** Twice as fast as people read. */
const wordsPerSecondMax = 8;
/** Texts below this are alike by chance. */
const textWordsMin = 15;
const textCharsJudged = 2_000;
const shingleWords = 3;
/** Of all runs of three words that either has, how many both have. */
const alikeMin = 0.7;
const monthsOff = 3;
const gapMonthsMin = 3;

/** Both sides of what they share. */
function sharedBy(one: Somebody, other: Somebody, what: "network" | "device"): Trace[] {
  const isIn =
    ({ traces }: Somebody) =>
    (trace: Trace) =>
      traces.some((seen) => seen[what] === trace[what]);
  const known = (traces: readonly Trace[]) => traces.filter((trace) => trace[what] !== "");
  return [...known(one.traces).filter(isIn(other)), ...known(other.traces).filter(isIn(one))];
}

function countriesOf(traces: readonly Trace[]): SignalFacts {
  const countries = [...new Set(traces.map(({ country }) => country))].filter((country) => country !== "").sort();
  return countries.length === 0 ? {} : { countries };
}

type Likeness = readonly [kind: SignalKind, facts: SignalFacts];

/** What two people have in common. One device is on one network: the stronger of the two says both. */
function likenesses(one: Somebody, other: Somebody): Likeness[] {
  const devices = sharedBy(one, other, "device");
  const networks = sharedBy(one, other, "network");
  const found: Likeness[] = [];
  if (devices.length > 0) found.push(["same_device", countriesOf(devices)]);
  else if (networks.length > 0) found.push(["same_network", countriesOf(networks)]);
  if (one.phone !== null && one.phone === other.phone) found.push(["same_phone", {}]);
  if (mailboxOf(one.email) === mailboxOf(other.email)) found.push(["same_mailbox", {}]);
  return found;
}

const wordsOf = (text: string) => folded(text.slice(0, textCharsJudged)).match(/[\p{L}\p{N}]+/gu) ?? [];

type Shingles = ReadonlySet<string>;

/** Every run of three words in each text that is long enough to be compared, by its question. */
function shinglesOf({ answers }: Referee): ReadonlyMap<string, Shingles> {
  return new Map(
    Array.from(answers).flatMap(([key, answer]) => {
      const words = answer.kind === "text" ? wordsOf(answer.text) : [];
      if (words.length < textWordsMin) return [];
      const runs = words.slice(shingleWords - 1).map((_, nth) => words.slice(nth, nth + shingleWords).join(" "));
      return [[key, new Set(runs)] as const];
    }),
  );
}

/** From 0 to 1. */
function likenessOf(one: Shingles, other: Shingles): number {
  let both = 0;
  for (const shingle of one) if (other.has(shingle)) both += 1;
  return both / (one.size + other.size - both);
}

/** The questions to which both wrote nearly the same, and how alike the most alike are. */
function sameWords(one: ReadonlyMap<string, Shingles>, other: ReadonlyMap<string, Shingles>): Likeness[] {
  const percents = new Map<string, number>();
  for (const [key, shingles] of one) {
    const likeness = likenessOf(shingles, other.get(key) ?? new Set());
    if (likeness >= alikeMin) percents.set(key, Math.round(100 * likeness));
  }
  if (percents.size === 0) return [];
  return [["similar_text", { questions: [...percents.keys()].sort(), percent: Math.max(...percents.values()) }]];
}

function datesDiffer({ worked, completedAt, answers }: Referee, questionnaire: Questionnaire): Likeness[] {
  const told = periodIn(questionnaire, answers);
  if (worked === null || told === null || completedAt === null) return [];
  const [said, heard] = [spanOf(worked, completedAt), spanOf(told, completedAt)];
  const isOff = Math.abs(said.first - heard.first) >= monthsOff || Math.abs(said.last - heard.last) >= monthsOff;
  const ends = { ...(worked.to && { saidTo: worked.to }), ...(told.to && { to: told.to }) };
  return isOff ? [["dates_differ", { saidFrom: worked.from, from: told.from, ...ends }]] : [];
}

function answeredFast(referee: Referee, questionnaire: Questionnaire): Likeness[] {
  const { acceptedAt, completedAt, language, answers } = referee;
  if (acceptedAt === null || completedAt === null) return [];
  const words = wordsAsked(questionnaire, languageFor(questionnaire, language), answers);
  const seconds = Math.floor((completedAt.getTime() - acceptedAt.getTime()) / secondMs);
  return words >= wordsJudgedMin && seconds * wordsPerSecondMax < words ? [["answered_fast", { seconds, words }]] : [];
}

function mailOf({ email }: Referee): Likeness[] {
  const domain = domainOf(email);
  if (disposableMail.has(domain)) return [["disposable_mail", {}]];
  return freeMail.has(domain) ? [["free_mail", {}]] : [];
}

const spelled = ({ first, last }: Span) => `${monthNamed(first)} to ${monthNamed(last)}`;

/** What the answers leave out of the time they should cover, once there are as many as are needed. */
function gapsLeft({ references, questionnaire, referencesRequired, periodMonths, invitedAt }: Evidence): Likeness[] {
  const finished = references.filter(({ status }) => status === "completed");
  if (periodMonths === null || finished.length < referencesRequired) return [];
  const spans = finished.flatMap(({ completedAt, answers }) => {
    const period = periodIn(questionnaire, answers);
    return period ? [spanOf(period, completedAt ?? invitedAt)] : [];
  });
  const gaps = gapsIn(lastMonths(periodMonths, invitedAt), spans).filter((gap) => lengthOf(gap) >= gapMonthsMin);
  // A questionnaire that asks for no period says nothing about any.
  if (spans.length === 0 || gaps.length === 0) return [];
  return [["period_gap", { gaps: gaps.map(spelled), months: periodMonths }]];
}

/** All that stands out now. Those who were taken out, or will not answer, are looked at no more. */
export function findingsIn(evidence: Evidence): Finding[] {
  const { candidate, questionnaire } = evidence;
  const referees = evidence.references.filter(({ status }) => isNamed(status));
  const findings: Finding[] = [];
  const found = (referenceId: ReferenceId | null, otherReferenceId: ReferenceId | null, likeness: Likeness[]) => {
    for (const [kind, facts] of likeness) {
      const weight = otherReferenceId === null ? weights[kind].withCandidate : weights[kind].otherwise;
      findings.push({ kind, weight, referenceId, otherReferenceId, facts });
    }
  };
  const texts = new Map(referees.map((referee) => [referee.id, shinglesOf(referee)]));
  const textsOf = ({ id }: Referee) => texts.get(id) ?? new Map<string, Shingles>();
  for (const [nth, one] of referees.entries()) {
    found(one.id, null, likenesses(one, candidate));
    found(one.id, null, mailOf(one));
    found(one.id, null, answeredFast(one, questionnaire));
    found(one.id, null, datesDiffer(one, questionnaire));
    for (const other of referees.slice(nth + 1)) {
      found(one.id, other.id, [...likenesses(one, other), ...sameWords(textsOf(one), textsOf(other))]);
    }
  }
  found(null, null, gapsLeft(evidence));
  return findings;
}

type Known = Pick<Finding, "kind" | "referenceId" | "otherReferenceId">;

/** The same about the same people, whoever of the two is named first. */
export function keyOf({ kind, referenceId, otherReferenceId }: Known): string {
  return [kind, ...[referenceId ?? "-", otherReferenceId ?? "-"].sort()].join(" ");
}

/**
 * What is to be raised, and what is not so any more though nobody has looked at it. What somebody has looked at stays, but for what was about
 * the former reader of an address that was corrected: whoever reads it now is somebody else.
 */
export function changesOf<Standing extends Known & { readonly resolvedAt: Date | null }>(
  findings: readonly Finding[],
  signals: readonly Standing[],
  newcomer: ReferenceId | null = null,
): { readonly raised: Finding[]; readonly withdrawn: Standing[]; readonly open: number } {
  const isOver = ({ referenceId, otherReferenceId }: Known) =>
    newcomer !== null && (referenceId === newcomer || otherReferenceId === newcomer);
  const [over, standing] = [signals.filter(isOver), signals.filter((signal) => !isOver(signal))];
  const [found, known] = [new Set(findings.map(keyOf)), new Set(standing.map(keyOf))];
  const unseen = standing.filter(({ resolvedAt }) => resolvedAt === null);
  const raised = findings.filter((finding) => !known.has(keyOf(finding)));
  const withdrawn = unseen.filter((signal) => !found.has(keyOf(signal)));
  return { raised, withdrawn: [...over, ...withdrawn], open: unseen.length - withdrawn.length + raised.length };
}
