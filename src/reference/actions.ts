import type { Statement } from "../../db/statement.ts";
import type { EmailStatus } from "../candidate/contract.ts";
import { type Examined, evidenceOf, examined, oneByOne } from "../integrity/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { RefcheckId, ReferenceId } from "../kernel/ids.ts";
import {
  type CandidateScope,
  type MemberScope,
  type ReferenceScope,
  type Scope,
  systemScope,
} from "../kernel/scope.ts";
import type { Questionnaire } from "../questionnaire/contract.ts";
import { type Answers, counted, inLanguage, languageFor, misfit, missing } from "../questionnaire/policy.ts";
import {
  afterStep,
  firstReminder,
  happened,
  mustStand,
  noteLetterToCandidate,
  questionnaireOf,
  type ReferenceRow,
  type Row,
  refcheckForStep,
  refcheckWith,
  referencesOf,
  settled,
  tendSoon,
  wasCompletedBy,
} from "../refcheck/actions.ts";
import { type Progress, progressAt, waits } from "../refcheck/machine.ts";
import { lettersToStaff, letterToCandidate, staffOfRefchecks } from "../refcheck-notice/actions.ts";
import type * as contract from "./contract.ts";
import { type ReferenceActor, type ReferenceVerb, referenceStepFor, referenceVerbsFrom } from "./machine.ts";
import { answeredIn } from "./policy.ts";
import * as store from "./store.ts";

/** For whoever names references: the statements of their own write. */
export const writeReference = store.writeReference;
export const forgetAnswersBut = store.forgetAnswersBut;

type Sentence = readonly Statement<unknown>[];

/** Refuses with `illegal_step` what cannot be done about a reference from where they stand. */
export function mustBeAbleTo({ status }: ReferenceRow, verb: ReferenceVerb, who: ReferenceActor) {
  const step = referenceStepFor(status, verb);
  if (step?.who.includes(who)) return step;
  return refuse("illegal_step", { from: status, verb, allowed: referenceVerbsFrom(status, who) });
}

/** Once people are asked there is a deadline. */
export const deadlineOf = ({ refcheck }: Row): Date =>
  refcheck.deadlineAt ?? refuse("illegal_step", { from: "created" });

/** A refcheck by its id or by one of its references', with all who are named in it and all there is to compare. */
export async function lookAtAll(deps: Deps, scope: Scope, whose: RefcheckId | ReferenceId) {
  const { row, references, ...found } = await deps.db.read({
    row: refcheckWith(scope, whose),
    references: referencesOf(scope, whose),
    ...evidenceOf(scope, whose),
  });
  return row ? { row, references, found } : refuse("not_found");
}

export async function lookAtOne(deps: Deps, scope: Scope, referenceId: ReferenceId) {
  const seen = await lookAtAll(deps, scope, referenceId);
  const reference = seen.references.find(({ id }) => id === referenceId);
  return reference ? { ...seen, reference } : refuse("not_found");
}

/** The references as they will be, with this one changed. */
export function changed(
  references: readonly ReferenceRow[],
  id: ReferenceId,
  fields: Partial<ReferenceRow>,
): ReferenceRow[] {
  return references.map((reference) => (reference.id === id ? { ...reference, ...fields } : reference));
}

async function lookAtOwn(deps: Deps, scope: ReferenceScope) {
  const { row, reference } = await deps.db.read(ownRead(scope));
  return row && reference ? { row, reference } : refuse("not_found");
}

const ownRead = (scope: ReferenceScope) => ({
  row: refcheckForStep(scope, scope.refcheckId),
  reference: store.referenceById(scope, scope.referenceId),
});

/** Where it stands for whoever answers: past its deadline nothing is taken, also where it is complete. */
function answeringAt({ refcheck }: Row, now: Date): Progress {
  const isLate = refcheck.deadlineAt !== null && refcheck.deadlineAt <= now;
  return isLate ? "expired" : refcheck.progress;
}

function toOwnReference(row: Row, reference: ReferenceRow, now: Date): contract.OwnReference {
  const { candidate, organization, role, refcheck } = row;
  const isAsked = answeredIn.some((status) => status === answeringAt(row, now));
  return {
    ...reference,
    ...{ candidateName: `${candidate.firstName} ${candidate.lastName}`, organizationName: organization.name },
    ...{ roleTitle: role.title, deadlineAt: refcheck.deadlineAt, answersShared: refcheck.answersShared },
    availableActions: isAsked ? referenceVerbsFrom(reference.status, "reference") : [],
  };
}

/** Whom it is about and until when. Refuses with `not_found`. */
export async function showOwnReference(deps: Deps, scope: ReferenceScope): Promise<contract.OwnReference> {
  const { row, reference } = await lookAtOwn(deps, scope);
  tendSoon(deps, row.refcheck);
  return toOwnReference(row, reference, deps.now());
}

/** Refuses with `illegal_step` once the refcheck takes no more answers, or from where the reference stands. */
function mustAnswerStill(deps: Deps, row: Row, reference: ReferenceRow, verb: ReferenceVerb) {
  const from = answeringAt(row, deps.now());
  if (!answeredIn.some((status) => status === from)) {
    tendSoon(deps, row.refcheck);
    return refuse("illegal_step", { from, verb, allowed: [] });
  }
  return mustBeAbleTo(reference, verb, "reference");
}

type Seen = Awaited<ReturnType<typeof lookAtOne>>;

/** What a step means for the signals of the refcheck. */
function examinedStep(
  deps: Deps,
  { row, references, reference, found }: Seen,
  fields: Partial<ReferenceRow>,
  finished?: Answers,
): Examined {
  const { id } = reference;
  return examined(deps, row, found, {
    ...{ references: changed(references, id, fields), by: id },
    ...(finished && { finished: { by: id, answers: finished } }),
  });
}

async function referenceStep(
  deps: Deps,
  scope: ReferenceScope,
  { row, reference }: Seen,
  verb: ReferenceVerb,
  fields: Partial<ReferenceRow>,
  also: {
    readonly examined: Examined;
    readonly before?: Sentence;
    readonly after?: Sentence;
    readonly why?: string | undefined;
  },
): Promise<contract.OwnReference> {
  const { from } = mustAnswerStill(deps, row, reference, verb);
  const { referenceId, refcheckId } = scope;
  const by = { kind: "reference", id: referenceId, why: also.why } as const;
  const sentence = [
    mustStand({ refcheckId, from: answeredIn, now: deps.now() }),
    ...(also.before ?? []),
    ...store.writeReference(scope, { id: referenceId, from }, fields),
    ...also.examined.before,
    ...settled(happened(deps, row, verb, by, referenceId)),
    ...also.examined.after,
    ...(also.after ?? []),
  ];
  const after = await deps.db.writeThenRead(sentence, ownRead(scope));
  afterStep(deps, refcheckId);
  if (!after.row || !after.reference) return refuse("not_found");
  return toOwnReference(after.row, after.reference, deps.now());
}

/** Says yes (reference-checks). Refuses with `not_found`, `illegal_step`. */
export function acceptReference(deps: Deps, scope: ReferenceScope): Promise<contract.OwnReference> {
  return oneByOne(async () => {
    const seen = await lookAtOne(deps, scope, scope.referenceId);
    const yes = { status: "accepted", acceptedAt: deps.now() } as const;
    return referenceStep(deps, scope, seen, "accept", yes, { examined: examinedStep(deps, seen, yes) });
  });
}

/** Their candidate is asked for somebody else, while more are needed: the letter, and when they are reminded of it. */
async function askedForAnother(deps: Deps, row: Row, reference: ReferenceRow, why: string) {
  const { refcheck, candidate } = row;
  const now = deps.now();
  if (!waits(progressAt(refcheck, now))) return { noted: [], told: [] };
  const deadlineAt = deadlineOf(row);
  return {
    noted: [noteLetterToCandidate(refcheck.id, firstReminder(now, deadlineAt, candidate.timeZone))],
    told: await letterToCandidate(deps, row, { kind: "reference_lost", reference, why }, deadlineAt),
  };
}

/**
 * Says no, also after a yes. What was written so far is forgotten, and the candidate is asked for somebody else while more are needed.
 * Refuses with `not_found`, `illegal_step`.
 */
export function declineReference(
  deps: Deps,
  scope: ReferenceScope,
  { reason, note }: contract.Decline,
): Promise<contract.OwnReference> {
  return oneByOne(async () => {
    const seen = await lookAtOne(deps, scope, scope.referenceId);
    const { row, reference } = seen;
    mustAnswerStill(deps, row, reference, "decline");
    const { noted, told } = await askedForAnother(deps, row, reference, reason);
    const why = { declineReason: reason, declineNote: note };
    const out = { status: "declined", declinedAt: deps.now(), ...why, remindAt: null } as const;
    return referenceStep(deps, scope, seen, "decline", out, {
      examined: examinedStep(deps, seen, out),
      why: note === "" ? reason : `${reason}: ${note}`,
      before: [store.forgetAnswersBut(reference.id, []), ...noted],
      after: told,
    });
  });
}

function given(rows: ReturnType<ReturnType<typeof store.answersOf>["read"]>): Answers {
  return new Map(rows.map(({ key, answer }) => [key, answer]));
}

/**
 * Letters to this address come back: the reference cannot be asked there, and their candidate is asked for another address or somebody else.
 * For the caller's own write; nothing where they have answered, or have another address by now.
 */
export async function referenceUnreachable(
  deps: Deps,
  referenceId: ReferenceId,
  address: string,
  why: Exclude<EmailStatus, "ok">,
): Promise<Statement<unknown>[]> {
  const { row, references, reference, found } = await lookAtOne(deps, systemScope, referenceId);
  const step = referenceStepFor(reference.status, "bounce");
  if (!step || reference.email !== address) return [];
  const { noted, told } = await askedForAnother(deps, row, reference, "unreachable");
  const lost = { status: "undeliverable", emailStatus: why, remindAt: null } as const;
  const { before, after } = examined(deps, row, found, {
    ...{ references: changed(references, referenceId, lost), by: null },
  });
  return [
    ...store.writeReference(row.refcheck, { id: referenceId, from: step.from }, lost),
    ...noted,
    ...before,
    ...settled(happened(deps, row, "bounce", { kind: "system", id: null, why }, referenceId)),
    ...after,
    ...told,
  ];
}

/** The questions, in the language asked for or their own, and what was answered so far. Refuses with `not_found`. */
export async function openQuestionnaire(
  deps: Deps,
  scope: ReferenceScope,
  { language: wanted }: contract.OpenQuestionnaire,
): Promise<contract.OwnQuestionnaire> {
  const { reference, asked, answers } = await deps.db.read({
    reference: store.referenceById(scope, scope.referenceId),
    asked: questionnaireOf(scope, scope.referenceId),
    answers: store.answersOf(scope, scope.referenceId),
  });
  if (!reference || !asked) return refuse("not_found");
  const { content } = asked;
  const language = languageFor(content, wanted ?? reference.language);
  return {
    referenceId: scope.referenceId,
    status: reference.status,
    ...{ language, languages: content.languages, questions: inLanguage(content, language) },
    answers: answers.map(({ key, answer }) => ({ key, answer })),
    missing: missing(content.questions, given(answers)),
  };
}

function mustFit({ questions }: Questionnaire, answers: contract.SaveAnswers["answers"]): void {
  for (const { key, answer } of answers) {
    const question = questions.find((one) => one.key === key) ?? refuse("not_found", { key });
    const why = answer && misfit(question, answer);
    if (why !== null) refuse("answer_mismatch", { key, why });
  }
}

function withSaved(answers: Answers, saved: contract.SaveAnswers["answers"]): Answers {
  const after = new Map(answers);
  for (const { key, answer } of saved) {
    if (answer === null) after.delete(key);
    else after.set(key, answer);
  }
  return after;
}

/**
 * Keeps what they type, answer by answer, until they finish. Refuses with `illegal_step` before they have accepted and after they have
 * finished, `answer_mismatch` (with the key and what is wrong), and `not_found` for a question that is not asked.
 */
export async function saveAnswers(deps: Deps, scope: ReferenceScope, input: contract.SaveAnswers) {
  const { row, reference, asked, answers } = await deps.db.read({
    ...ownRead(scope),
    asked: questionnaireOf(scope, scope.referenceId),
    answers: store.answersOf(scope, scope.referenceId),
  });
  if (!row || !reference || !asked) return refuse("not_found");
  mustAnswerStill(deps, row, reference, "finish");
  mustFit(asked.content, input.answers);
  const now = deps.now();
  await deps.db.write([
    mustStand({ refcheckId: scope.refcheckId, from: answeredIn, now }),
    store.mustBeWriting(scope),
    ...store.putAnswers(scope, input.answers, now),
  ]);
  return { savedAt: now, missing: missing(asked.content.questions, withSaved(given(answers), input.answers)) };
}

/**
 * Done: from here on nothing is changed. Answers to what is not asked any more are left out. The first whose answers are enough completes
 * the refcheck, and whoever made it is told, once. Refuses with `illegal_step`, `moved_on`, and `answers_missing` with the keys.
 */
export function finishReference(deps: Deps, scope: ReferenceScope): Promise<contract.OwnReference> {
  return oneByOne(async () => {
    const { row, references, answers, staff, ...found } = await deps.db.read({
      row: refcheckForStep(scope, scope.refcheckId),
      references: referencesOf(scope, scope.refcheckId),
      answers: store.answersOf(scope, scope.referenceId),
      staff: staffOfRefchecks([scope.refcheckId]),
      ...evidenceOf(scope, scope.refcheckId),
    });
    const reference = references.find(({ id }) => id === scope.referenceId);
    if (!row || !reference || !found.questions) return refuse("not_found");
    mustAnswerStill(deps, row, reference, "finish");
    const { questions } = found.questions.content;
    const left = missing(questions, given(answers));
    if (left.length > 0) return refuse("answers_missing", { keys: left });
    const { referenceId, refcheckId } = scope;
    const whole = counted(questions, given(answers));
    const done = { status: "completed", completedAt: deps.now(), remindAt: null } as const;
    const seen = { row, references, reference, found };
    const signals = examinedStep(deps, seen, done, whole);
    const completed = { kind: "refcheck_completed", signals: signals.open } as const;
    const isFirst = wasCompletedBy(refcheckId, referenceId);
    return referenceStep(deps, scope, seen, "finish", done, {
      examined: signals,
      before: [store.answersStand(referenceId, answers), store.forgetAnswersBut(referenceId, [...whole.keys()])],
      after: await lettersToStaff(deps, completed, row, staff, isFirst),
    });
  });
}

/**
 * What one reference has answered, in the language of whoever reads it where there is one: the organization's, or the candidate's, who reads it
 * only if the role said so when the refcheck was made. Refuses with `not_found`, also until they have finished.
 */
export async function showAnswers(
  deps: Deps,
  scope: MemberScope | CandidateScope,
  { referenceId }: contract.ReferenceIn,
): Promise<contract.FinishedAnswers> {
  const { found, asked, answers } = await deps.db.read({
    found: store.finishedReference(scope, referenceId),
    asked: questionnaireOf(scope, referenceId),
    answers: store.answersOf(scope, referenceId),
  });
  if (!found?.completedAt || !asked) return refuse("not_found");
  const { completedAt } = found;
  const language = languageFor(asked.content, found.language);
  const byKey = given(answers);
  return {
    ...{ referenceId, completedAt, language },
    answers: inLanguage(asked.content, language).flatMap((question) => {
      const answer = byKey.get(question.key);
      return answer ? [{ question, answer }] : [];
    }),
  };
}
