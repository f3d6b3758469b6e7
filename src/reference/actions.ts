import type { Statement } from "../../db/statement.ts";
import { countTowards } from "../attempt/actions.ts";
import type { EmailStatus } from "../candidate/contract.ts";
import { revokeLinks } from "../identity/actions.ts";
import { lettersPerDay } from "../identity/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { RefcheckId, ReferenceId } from "../kernel/ids.ts";
import { type CandidateScope, type MemberScope, type ReferenceScope, systemScope } from "../kernel/scope.ts";
import type { Questionnaire } from "../questionnaire/contract.ts";
import { type Answers, counted, inLanguage, languageFor, misfit, missing } from "../questionnaire/policy.ts";
import {
  afterStep,
  firstReminder,
  happened,
  look,
  mustBeAble,
  mustStand,
  noteLetterToCandidate,
  ownStep,
  type ReferenceRow,
  type Row,
  refcheckForStep,
  refcheckOfReference,
  referencesOf,
  roomLeft,
  settled,
  tendSoon,
  wasCompletedBy,
} from "../refcheck/actions.ts";
import { type RefcheckStatus, refcheckStatusAt, waitingStatuses, waits } from "../refcheck/machine.ts";
import { lettersToStaff, letterToCandidate, letterToReference, staffOfRefchecks } from "../refcheck-notice/actions.ts";
import { revokeSessionsOfReference } from "../session/actions.ts";
import type * as contract from "./contract.ts";
import { type ReferenceActor, type ReferenceVerb, referenceStepFor, referenceVerbsFrom } from "./machine.ts";
import { answeredIn, namingLimit } from "./policy.ts";
import * as store from "./store.ts";

type Sentence = readonly Statement<unknown>[];

/** Refuses with `illegal_step` what cannot be done about a reference from where they stand. */
function mustBeAbleTo({ status }: ReferenceRow, verb: ReferenceVerb, who: ReferenceActor) {
  const step = referenceStepFor(status, verb);
  if (step?.who.includes(who)) return step;
  return refuse("illegal_step", { from: status, verb, allowed: referenceVerbsFrom(status, who) });
}

/** Once people are asked there is a deadline. */
const deadlineOf = ({ refcheck }: Row): Date => refcheck.deadlineAt ?? refuse("illegal_step", { from: "created" });

// What candidates do.

type Named = Omit<contract.NameReference, "refcheckId">;

/** Refuses with `other_relationship` whom the role does not ask for. */
function mustBeWanted({ refcheck: { relationships } }: Row, relationship: ReferenceRow["relationship"]): void {
  const isWanted = relationships.length === 0 || relationships.includes(relationship);
  if (!isWanted) refuse("other_relationship", { wanted: relationships });
}

/** Refuses with `own_reference`, `reference_named`. */
function mustBeNew({ candidate }: Row, references: readonly ReferenceRow[], address: string): void {
  if (address === candidate.email) refuse("own_reference");
  const isThere = references.some(({ email, status }) => email === address && status !== "replaced");
  if (isThere) refuse("reference_named");
}

/** A stranger is written to because somebody typed their address. Refuses with `slow_down`. */
function countLetter(deps: Deps, refcheckId: RefcheckId, address: string): Statement<unknown>[] {
  return [...countTowards(deps, namingLimit, refcheckId, 1), ...countTowards(deps, lettersPerDay, address, 1)];
}

/** Somebody new, and the letter that asks them. Refuses what the role does not ask for, and whoever is there already. */
async function named(
  deps: Deps,
  scope: CandidateScope,
  row: Row,
  references: readonly ReferenceRow[],
  input: Named,
): Promise<{ readonly id: ReferenceId; readonly sentence: Sentence }> {
  const { refcheck, candidate } = row;
  mustBeWanted(row, input.relationship);
  mustBeNew(row, references, input.email);
  const now = deps.now();
  const deadlineAt = deadlineOf(row);
  const { language = candidate.language, timeZone = candidate.timeZone, ...given } = input;
  const reference = {
    ...{ ...given, language, timeZone, id: deps.newId("ref"), refcheckId: refcheck.id },
    ...({ emailStatus: "ok", status: "invited", invitedAt: now, createdAt: now } as const),
    ...{ reminders: 0, remindAt: firstReminder(now, deadlineAt, timeZone) },
  };
  return {
    id: reference.id,
    sentence: [
      ...countLetter(deps, refcheck.id, input.email),
      store.mustHaveRoom(refcheck.id),
      store.insertReference(scope, reference),
      ...(await letterToReference(deps, row, reference, "reference_request", deadlineAt)),
    ],
  };
}

/**
 * Names somebody who can tell about the candidate's work; they are written to at once (reference-checks, add references). Refuses with
 * `not_found`, `illegal_step`, `consent_needed`, `references_full`, `reference_named`, `own_reference`, `other_relationship`.
 */
export async function nameReference(deps: Deps, scope: CandidateScope, input: contract.NameReference) {
  const { refcheckId, ...given } = input;
  const { row, references } = await look(deps, scope, refcheckId);
  const from = mustBeAble(deps, row, "name", "candidate");
  if (row.refcheck.consentedAt === null) return refuse("consent_needed");
  if (roomLeft(row, references) <= 0) return refuse("references_full");
  const { id, sentence } = await named(deps, scope, row, references, given);
  return ownStep(deps, scope, row, [
    mustStand({ refcheckId, from, now: deps.now() }),
    ...sentence,
    ...settled(happened(deps, row, "name", { kind: "candidate", id: scope.candidateId }, id)),
  ]);
}

async function lookAtOne(deps: Deps, scope: CandidateScope, referenceId: ReferenceId) {
  const { row, references } = await deps.db.read({
    row: refcheckOfReference(scope, referenceId),
    references: referencesOf(scope, referenceId),
  });
  const reference = references.find(({ id }) => id === referenceId);
  return row && reference ? { row, references, reference } : refuse("not_found");
}

/** Whoever held a link to these answers is out, and what they said is gone. */
function forgotten(deps: Deps, referenceId: ReferenceId): Statement<unknown>[] {
  return [
    revokeLinks({ referenceId }, deps.now()),
    revokeSessionsOfReference(referenceId, deps.now()),
    store.forgetAnswersBut(referenceId, []),
  ];
}

/**
 * Changes what is given about somebody who has not answered. Another address is another reader: the earlier link ends, what was answered
 * so far is forgotten, and a new letter goes out. Refuses with `not_found`, `illegal_step`, `reference_named`, `own_reference`, `other_relationship`.
 */
export async function editReference(deps: Deps, scope: CandidateScope, input: contract.EditReference) {
  const { referenceId, ...given } = input;
  const { row, references, reference } = await lookAtOne(deps, scope, referenceId);
  mustBeAble(deps, row, "name", "candidate");
  const fields = edited(reference, given);
  const isOther = fields.email !== reference.email;
  const verb = isOther ? "correct" : "edit";
  const { from } = mustBeAbleTo(reference, verb, "candidate");
  mustBeWanted(row, fields.relationship);
  if (isOther) mustBeNew(row, references, fields.email);
  const now = deps.now();
  const anew = {
    ...({ status: "invited", emailStatus: "ok", invitedAt: now, acceptedAt: null, reminders: 0 } as const),
    remindAt: firstReminder(now, deadlineOf(row), fields.timeZone),
  };
  const letters = isOther
    ? await letterToReference(deps, row, { ...fields, id: referenceId }, "reference_request", deadlineOf(row))
    : [];
  return ownStep(deps, scope, row, [
    mustStand({ refcheckId: row.refcheck.id, from: waitingStatuses, now }),
    ...store.writeReference(scope, { id: referenceId, from }, isOther ? { ...fields, ...anew } : fields),
    ...(isOther ? [...countLetter(deps, row.refcheck.id, fields.email), ...forgotten(deps, referenceId)] : []),
    ...letters,
    ...settled(happened(deps, row, verb, { kind: "candidate", id: scope.candidateId }, referenceId)),
  ]);
}

/** What they are from now on: as they were, but for what is given. */
function edited(reference: ReferenceRow, given: Omit<contract.EditReference, "referenceId">) {
  return {
    email: given.email ?? reference.email,
    firstName: given.firstName ?? reference.firstName,
    lastName: given.lastName ?? reference.lastName,
    relationship: given.relationship ?? reference.relationship,
    employer: given.employer ?? reference.employer,
    language: given.language ?? reference.language,
    timeZone: given.timeZone ?? reference.timeZone,
  };
}

/**
 * Takes somebody out who has not answered, with or without somebody else in their place. Refuses with `not_found`, `illegal_step`, and for
 * whoever comes in their place as `nameReference` does.
 */
export async function replaceReference(
  deps: Deps,
  scope: CandidateScope,
  { referenceId, by }: contract.ReplaceReference,
) {
  const { row, references, reference } = await lookAtOne(deps, scope, referenceId);
  mustBeAble(deps, row, "name", "candidate");
  const { from } = mustBeAbleTo(reference, "replace", "candidate");
  const others = references.filter(({ id }) => id !== referenceId);
  const successor = by && (await named(deps, scope, row, others, by));
  const author = { kind: "candidate", id: scope.candidateId } as const;
  const out = { status: "replaced", replacedBy: successor?.id ?? null, remindAt: null } as const;
  return ownStep(deps, scope, row, [
    mustStand({ refcheckId: row.refcheck.id, from: waitingStatuses, now: deps.now() }),
    ...store.writeReference(scope, { id: referenceId, from }, out),
    ...forgotten(deps, referenceId),
    ...settled(happened(deps, row, "replace", author, referenceId)),
    ...(successor ? [...successor.sentence, ...settled(happened(deps, row, "name", author, successor.id))] : []),
  ]);
}

// What references do.

async function lookAtOwn(deps: Deps, scope: ReferenceScope) {
  const { row, reference } = await deps.db.read(ownRead(scope));
  return row && reference ? { row, reference } : refuse("not_found");
}

const ownRead = (scope: ReferenceScope) => ({
  row: refcheckForStep(scope, scope.refcheckId),
  reference: store.referenceById(scope, scope.referenceId),
});

/** Where it stands for whoever answers: past its deadline nothing is taken, also where it is complete. */
function answeringAt({ refcheck }: Row, now: Date): RefcheckStatus {
  const status = refcheckStatusAt(refcheck, now);
  const isLate = refcheck.deadlineAt !== null && refcheck.deadlineAt <= now;
  return isLate ? "expired" : status;
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

async function referenceStep(
  deps: Deps,
  scope: ReferenceScope,
  { row, reference }: { readonly row: Row; readonly reference: ReferenceRow },
  verb: ReferenceVerb,
  fields: Parameters<typeof store.writeReference>[2],
  also: { readonly before?: Sentence; readonly after?: Sentence; readonly why?: string | undefined } = {},
): Promise<contract.OwnReference> {
  const { from } = mustAnswerStill(deps, row, reference, verb);
  const { referenceId, refcheckId } = scope;
  const by = { kind: "reference", id: referenceId, why: also.why } as const;
  const sentence = [
    mustStand({ refcheckId, from: answeredIn, now: deps.now() }),
    ...(also.before ?? []),
    ...store.writeReference(scope, { id: referenceId, from }, fields),
    ...settled(happened(deps, row, verb, by, referenceId)),
    ...(also.after ?? []),
  ];
  const after = await deps.db.writeThenRead(sentence, ownRead(scope));
  afterStep(deps, refcheckId);
  if (!after.row || !after.reference) return refuse("not_found");
  return toOwnReference(after.row, after.reference, deps.now());
}

/** Says yes (reference-checks). Refuses with `not_found`, `illegal_step`. */
export async function acceptReference(deps: Deps, scope: ReferenceScope) {
  const own = await lookAtOwn(deps, scope);
  return referenceStep(deps, scope, own, "accept", { status: "accepted", acceptedAt: deps.now() });
}

/** Their candidate is asked for somebody else, while more are needed: the letter, and when they are reminded of it. */
async function askedForAnother(deps: Deps, row: Row, reference: ReferenceRow, why: string) {
  const { refcheck, candidate } = row;
  const now = deps.now();
  if (!waits(refcheckStatusAt(refcheck, now))) return { noted: [], told: [] };
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
export async function declineReference(deps: Deps, scope: ReferenceScope, { reason, note }: contract.Decline) {
  const own = await lookAtOwn(deps, scope);
  const { row, reference } = own;
  mustAnswerStill(deps, row, reference, "decline");
  const { noted, told } = await askedForAnother(deps, row, reference, reason);
  const why = { declineReason: reason, declineNote: note };
  const out = { status: "declined", declinedAt: deps.now(), ...why, remindAt: null } as const;
  return referenceStep(deps, scope, own, "decline", out, {
    why: note === "" ? reason : `${reason}: ${note}`,
    before: [store.forgetAnswersBut(reference.id, []), ...noted],
    after: told,
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
  const { row, reference } = await deps.db.read({
    row: refcheckOfReference(systemScope, referenceId),
    reference: store.referenceById(systemScope, referenceId),
  });
  const step = reference && referenceStepFor(reference.status, "bounce");
  if (!row || !reference || !step || reference.email !== address) return [];
  const { noted, told } = await askedForAnother(deps, row, reference, "unreachable");
  const lost = { status: "undeliverable", emailStatus: why, remindAt: null } as const;
  return [
    ...store.writeReference(row.refcheck, { id: referenceId, from: step.from }, lost),
    ...noted,
    ...settled(happened(deps, row, "bounce", { kind: "system", id: null, why }, referenceId)),
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
    asked: store.questionnaireOf(scope, scope.referenceId),
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
    asked: store.questionnaireOf(scope, scope.referenceId),
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
export async function finishReference(deps: Deps, scope: ReferenceScope) {
  const { row, reference, asked, answers, staff } = await deps.db.read({
    ...ownRead(scope),
    asked: store.questionnaireOf(scope, scope.referenceId),
    answers: store.answersOf(scope, scope.referenceId),
    staff: staffOfRefchecks([scope.refcheckId]),
  });
  if (!row || !reference || !asked) return refuse("not_found");
  mustAnswerStill(deps, row, reference, "finish");
  const { questions } = asked.content;
  const left = missing(questions, given(answers));
  if (left.length > 0) return refuse("answers_missing", { keys: left });
  const { referenceId, refcheckId } = scope;
  const isFirst = wasCompletedBy(refcheckId, referenceId);
  const done = { status: "completed", completedAt: deps.now(), remindAt: null } as const;
  return referenceStep(deps, scope, { row, reference }, "finish", done, {
    before: [
      store.answersStand(referenceId, answers),
      store.forgetAnswersBut(referenceId, [...counted(questions, given(answers)).keys()]),
    ],
    after: await lettersToStaff(deps, { kind: "refcheck_completed" }, row, staff, isFirst),
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
    asked: store.questionnaireOf(scope, referenceId),
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
