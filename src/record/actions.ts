// A candidate's record, as staff keep it: who they are, how far they have come, and pages of them (applicant-tracking, candidates).
import type { Statement } from "../../db/statement.ts";
import { candidateByEmail, insertCandidate } from "../candidate/actions.ts";
import type { CandidateIn } from "../candidate/contract.ts";
import { fieldsOf, putValues } from "../field/actions.ts";
import {
  asksRightly,
  type Change,
  changesOf,
  type FieldRules,
  type FieldValue,
  type GivenValues,
  valuesIn,
} from "../field/policy.ts";
import { mustBeStrong } from "../identity/policy.ts";
import { repeatName as repeatOfInterviews } from "../interview/actions.ts";
import { statusAt } from "../interview/machine.ts";
import { twinLooks, untilAlone } from "../kernel/again.ts";
import { after, minuteMs } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, refuse } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, pageSizeMax, toPage } from "../kernel/page.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { hashPassword } from "../kernel/secret.ts";
import { drainSoon, promiseLetter, withdrawRejection } from "../letter/actions.ts";
import { repeatName as repeatOfRefchecks } from "../refcheck/actions.ts";
import { refcheckStatusAt } from "../refcheck/machine.ts";
import { soughtFields } from "../sieve/actions.ts";
import type { Filters } from "../sieve/contract.ts";
import type {
  Candidate,
  CandidateInFull,
  CandidatePage,
  CandidatesFrom,
  CreateCandidate,
  EditCandidate,
  ListCandidateEvents,
  ListCandidates,
  ListCandidatesFrom,
  RejectCandidate,
  StepCandidate,
} from "./contract.ts";
import {
  advanceCandidate,
  type CandidateStanding,
  type CandidateStatus,
  type CandidateVerb,
  candidateVerbsFrom,
  stepTowards,
} from "./machine.ts";
import { type CandidatePart, calendarDate, candidateParts, type ExternalId, ratingOf, recordPolicy } from "./policy.ts";
import * as store from "./store.ts";

/** For who corrects an address: the statement of their own read. */
export const candidateForStep = store.candidateForStep;

/** For who enters or edits many in one write: in which language and zone. */
export const organizationOfRecord = store.organizationOf;

type Sentence = readonly Statement<unknown>[];
type Row = NonNullable<ReturnType<ReturnType<typeof store.candidateForStep>["read"]>>;

const instant = (epochMs: number | null) => (epochMs === null ? null : new Date(epochMs));

function toInFull(row: store.CandidateRow, { access }: MemberScope, now: Date): CandidateInFull {
  const { handRating, feedbackRating, firstName, lastName, email, ...told } = row;
  return {
    ...told,
    ...ratingOf({ handRating, feedbackRating }),
    availableActions: hasAtLeast(access, recordPolicy.change) ? candidateVerbsFrom(row.status) : [],
    user: { firstName, lastName, email },
    source: row.source === null ? null : { name: row.source },
    skills: [...(row.skills ?? [])],
    placements: (row.placements ?? []).map((one) => ({ ...one, enteredAt: new Date(one.enteredAt) })),
    interviews: (row.interviews ?? []).map(({ dueAt, dueVerb, status, ...one }) => ({
      ...one,
      status: statusAt({ status, dueAt: instant(dueAt), dueVerb }, now),
      deadlineAt: instant(one.deadlineAt),
      createdAt: new Date(one.createdAt),
    })),
    refchecks: (row.refchecks ?? []).map(({ status, progress, ...one }) => {
      const deadlineAt = instant(one.deadlineAt);
      const stands = refcheckStatusAt({ status, progress, deadlineAt }, now);
      return { ...one, status: stands, deadlineAt, createdAt: new Date(one.createdAt) };
    }),
  };
}

/** Only with the parts that were asked for. */
function toCandidate(
  row: store.CandidateRow,
  scope: MemberScope,
  parts: readonly CandidatePart[],
  now: Date,
): Candidate {
  const { user, source, skills, placements, interviews, refchecks, ...always } = toInFull(row, scope, now);
  const has = (part: CandidatePart) => parts.includes(part);
  return {
    ...always,
    ...(has("user") && { user }),
    ...(has("source") && { source }),
    ...(has("skills") && { skills }),
    ...(has("placements") && { placements }),
    ...(has("interviews") && { interviews }),
    ...(has("refchecks") && { refchecks }),
  };
}

/**
 * With the newest of their interviews and refchecks that whoever asks may see. Refuses with `not_found`, and with `candidate_merged` and whose
 * it is now where the record became part of another.
 */
export async function getCandidate(deps: Deps, scope: MemberScope, { candidateId }: CandidateIn) {
  const { shown, whoNow } = await deps.db.read({
    shown: store.candidateById(scope, candidateId, candidateParts),
    whoNow: store.whoIsNow(scope, candidateId),
  });
  return shown ? toInFull(shown, scope, deps.now()) : gone(whoNow);
}

/** Of a candidate that is not there: whose record theirs became part of, for the read of whoever would change them. */
export const whoIsNow = store.whoIsNow;

/** Refuses with `candidate_merged` and whose it is now where the record became part of another, else with `not_found`. */
export function gone(whoNow: { readonly id: CandidateId } | undefined): never {
  return whoNow ? refuse("candidate_merged", { candidateId: whoNow.id }) : refuse("not_found");
}

/** Writes, and answers with the record as it is after that. */
export async function recordAfter(deps: Deps, scope: MemberScope, candidateId: CandidateId, sentence: Sentence) {
  const { shown } = await deps.db.writeThenRead(sentence, {
    shown: store.candidateById(scope, candidateId, candidateParts),
  });
  return shown ? toInFull(shown, scope, deps.now()) : refuse("not_found");
}

/** What says that somebody else has just entered the same person: at the next look they are found. */
const raced: ReadonlySet<Reason> = new Set(["moved_on"]);

/**
 * A candidate who has applied; with a password they can sign in. One person is one candidate of an organization, however they came. The same
 * `requestKey` again answers with the same candidate. Refuses with `candidate_known` and their id where somebody has that address or phone,
 * `external_id_known` and their id where somebody goes by that, `field_mismatch` with `{ key, problem, type }`, `weak_password`, `request_key_used`.
 */
export function createCandidate(deps: Deps, scope: MemberScope, input: CreateCandidate): Promise<CandidateInFull> {
  if (input.password !== undefined) mustBeStrong(input.password, input.user.email);
  return untilAlone(raced, twinLooks, () => createOnce(deps, scope, input));
}

async function createOnce(deps: Deps, scope: MemberScope, input: CreateCandidate): Promise<CandidateInFull> {
  const { user, password, phone = null, tags = [], externalIds = [], customFields = {}, requestKey } = input;
  const { organization, repeated, byEmail, byPhone, byExternalId, fields } = await deps.db.read({
    organization: store.organizationOf(scope),
    repeated: store.candidateByRequestKey(scope, requestKey, candidateParts),
    byEmail: candidateByEmail(scope, user.email),
    byPhone: store.candidateByPhone(scope, phone, null),
    byExternalId: store.candidateByExternalIds(scope, externalIds, null),
    fields: fieldsOf(scope),
  });
  const now = deps.now();
  if (!organization) return refuse("not_found");
  if (repeated) {
    return repeated.email === user.email ? toInFull(repeated, scope, now) : refuse("request_key_used");
  }
  if (byEmail) return refuse("candidate_known", { candidateId: byEmail.id, by: "email" });
  if (byPhone) return refuse("candidate_known", { candidateId: byPhone.id, by: "phone" });
  if (byExternalId) return refuse("external_id_known", byExternalId);
  const changes = fitting(fields, customFields, {}, true);
  const id = deps.newId("cnd");
  const candidate = {
    ...{ id, ...user, phone, tags, externalIds, requestKey: requestKey ?? null, createdAt: now },
    customFields: valuesIn(changes),
    ...{ appliedDate: input.appliedDate ?? calendarDate(now, organization.timeZone), source: input.source ?? null },
    language: input.language ?? organization.language,
    timeZone: input.timeZone ?? organization.timeZone,
    ...(password !== undefined && { passwordHash: await hashPassword(password), isLetIn: true }),
  };
  return recordAfter(deps, scope, id, [
    ...(phone === null ? [] : [store.phoneIsFree(scope, phone, null)]),
    ...entering(deps, scope, candidate),
    ...putValues(scope, id, changes),
  ]);
}

type Newcomer = Omit<Parameters<typeof insertCandidate>[1], keyof CandidateStanding | "isKept" | "version"> & {
  readonly tags: string[];
  readonly externalIds: ExternalId[];
};
type ComeSince = { readonly verb: CandidateVerb; readonly standing: CandidateStanding };

/** Somebody new who has applied, and the step that was taken since, if one was. That nobody has their number is the caller's to say. */
export function entering(deps: Deps, scope: MemberScope, newcomer: Newcomer, since: ComeSince | null = null): Sentence {
  const { id: candidateId, tags, externalIds } = newcomer;
  const version = since === null ? 1 : 2;
  const standing = since?.standing ?? { status: "APPLIED" as const };
  const created = { candidateId, version: 1, verb: "create", from: null, to: "APPLIED", why: null } as const;
  const { verb } = since ?? {};
  return [
    insertCandidate(scope, { ...newcomer, ...standing, isKept: true, version }),
    ...store.tagsOf(scope, candidateId, tags),
    ...store.addExternalIds(scope, candidateId, externalIds),
    eventOfRecord(deps, scope, created),
    ...(verb ? [eventOfRecord(deps, scope, { ...created, version, verb, from: "APPLIED", to: standing.status })] : []),
  ];
}

/** What is written of the values that were given, each of which its field takes. */
function fitting(
  fields: readonly FieldRules[],
  given: GivenValues,
  has: Readonly<Record<string, FieldValue>>,
  isNew = false,
): readonly Change[] {
  const changes = changesOf(fields, given, has, isNew);
  return "problem" in changes ? refuse("field_mismatch", changes) : changes;
}

type Happened = Pick<
  Parameters<typeof store.insertEvent>[0],
  "candidateId" | "version" | "verb" | "otherId" | "from" | "to" | "why"
>;

/** In the record's own history. */
export function eventOfRecord(
  deps: Deps,
  { organizationId, memberId }: MemberScope,
  happened: Happened,
): Statement<number> {
  const by = { actorKind: "member", actorId: memberId } as const;
  const event = { ...happened, ...by, id: deps.newId("evt"), organizationId, at: deps.now() };
  return store.insertEvent({ ...event, recordId: happened.candidateId });
}

/**
 * Changes what is given and leaves the rest; with a `status`, takes the step that leads there (applicant-tracking, update candidate). Refuses
 * with `not_found`, `candidate_merged`, `candidate_known` where somebody else has that phone, `external_id_known` where somebody else goes by that,
 * `field_mismatch` with `{ key, problem, type }`, `illegal_step`, and `moved_on` to whoever was slower.
 */
export async function editCandidate(deps: Deps, scope: MemberScope, input: EditCandidate): Promise<CandidateInFull> {
  const { candidateId, customFields, ...change } = input;
  const { row, whoNow, byPhone, byExternalId, rules } = await deps.db.read({
    row: store.candidateForStep(scope, candidateId),
    whoNow: store.whoIsNow(scope, candidateId),
    byPhone: store.candidateByPhone(scope, input.phone ?? null, candidateId),
    byExternalId: store.candidateByExternalIds(scope, input.externalIds ?? [], candidateId),
    rules: fieldsOf(scope),
  });
  if (!row) return gone(whoNow);
  if (byPhone) return refuse("candidate_known", { candidateId: byPhone.id, by: "phone" });
  if (byExternalId) return refuse("external_id_known", byExternalId);
  const changes = fitting(rules, customFields ?? {}, row.candidate.customFields);
  return recordAfter(deps, scope, candidateId, await editing(deps, scope, row, change, changes));
}

/** What changes one who was read, for the caller's own write. Refuses with `illegal_step`; the write with `moved_on`. */
export async function editing(
  deps: Deps,
  scope: MemberScope,
  row: Row,
  { user, rating, status, ...fields }: Omit<EditCandidate, "candidateId" | "customFields">,
  changes: readonly Change[] = [],
): Promise<Sentence> {
  const { candidate } = row;
  const { id: candidateId } = candidate;
  const { firstName = candidate.firstName, lastName = candidate.lastName } = user ?? {};
  const name = folded(`${firstName} ${lastName}`);
  const values = { ...fields, ...(rating !== undefined && { handRating: rating }) };
  const towards = status === undefined ? null : stepTowards(candidate, status);
  if (towards && !towards.leads) return refuseStep(candidate.status, towards.verb);
  return [
    ...(fields.phone ? [store.phoneIsFree(scope, fields.phone, candidateId)] : []),
    ...store.updateCandidate(scope, candidate, user ? { ...values, firstName, lastName, name } : values, changes),
    ...(fields.externalIds ? store.externalIdsOf(scope, candidateId, fields.externalIds) : []),
    ...putValues(scope, candidateId, changes),
    ...(user ? [repeatOfInterviews(scope, candidateId, name), repeatOfRefchecks(scope, candidateId, name)] : []),
    ...(fields.tags ? [store.forgetTags(scope, candidateId), ...store.tagsOf(scope, candidateId, fields.tags)] : []),
    ...(towards ? await taken(deps, scope, row, { verb: towards.verb }) : []),
  ];
}

function refuseStep(from: CandidateStatus, verb: CandidateVerb): never {
  return refuse("illegal_step", { from, verb, allowed: candidateVerbsFrom(from) });
}

type Taken = {
  readonly verb: CandidateVerb;
  readonly why?: string | undefined;
  readonly letter?: RejectCandidate["letter"];
};

/** The step and its event, and the letter that goes with it or is taken back by it. */
async function taken(deps: Deps, scope: MemberScope, row: Row, { verb, why, letter }: Taken): Promise<Sentence> {
  const { candidate, organization } = row;
  const now = deps.now();
  const next = advanceCandidate(candidate, verb, calendarDate(now, organization.timeZone));
  if (!next) return refuseStep(candidate.status, verb);
  const { id: candidateId, status: from } = candidate;
  const version = candidate.version + 1;
  const sentence: Statement<unknown>[] = [
    ...store.writeStep(scope, candidate, next),
    eventOfRecord(deps, scope, { candidateId, version, verb, from, to: next.status, why: why ?? null }),
  ];
  if (verb === "reopen") sentence.push(withdrawRejection(scope, candidateId));
  if (letter) {
    const { email: to, language, timeZone, firstName, organizationId } = candidate;
    const { senderName, name: organizationName } = organization;
    const content = { kind: "candidate_rejected", firstName, organizationName, version } as const;
    const notBefore = after(now, letter.sendAfterMinutes * minuteMs);
    const about = { senderName, organizationId, candidateId, content, notBefore };
    sentence.push(await promiseLetter(deps, { to, language, timeZone, ...about }));
  }
  return sentence;
}

async function step(deps: Deps, scope: MemberScope, candidateId: CandidateId, what: Taken): Promise<CandidateInFull> {
  const { row, whoNow } = await deps.db.read({
    row: store.candidateForStep(scope, candidateId),
    whoNow: store.whoIsNow(scope, candidateId),
  });
  if (!row) return gone(whoNow);
  return recordAfter(deps, scope, candidateId, await taken(deps, scope, row, what));
}

/** They have been met. Refuses with `not_found`, `candidate_merged`, `illegal_step`, and `moved_on` to whoever was slower; so do the other steps. */
export function markInterviewed(deps: Deps, scope: MemberScope, { candidateId, why }: StepCandidate) {
  return step(deps, scope, candidateId, { verb: "interview", why });
}

export function hireCandidate(deps: Deps, scope: MemberScope, { candidateId, why }: StepCandidate) {
  return step(deps, scope, candidateId, { verb: "hire", why });
}

/** With a letter it is promised in the same write, and waits: `reopen` takes it back. */
export async function rejectCandidate(deps: Deps, scope: MemberScope, { candidateId, why, letter }: RejectCandidate) {
  const rejected = await step(deps, scope, candidateId, { verb: "reject", why, letter });
  if (letter) drainSoon(deps);
  return rejected;
}

/** Back to where they were rejected; a letter that has not gone out is withdrawn. */
export function reopenCandidate(deps: Deps, scope: MemberScope, { candidateId, why }: StepCandidate) {
  return step(deps, scope, candidateId, { verb: "reopen", why });
}

/**
 * How far a list goes: how many a page looks at; of a text the nearest first, more of them where they are counted, and how many at most; how many
 * there may be for all to be looked at where they are counted from the beginning; how many it sorts where few can be meant; and the total it tells.
 */
export const reach = {
  ...{ looksMax: 1_000, nearMax: 1.25 * pageSizeMax, countedNearMax: 2 * pageSizeMax, searchedMax: 2_000 },
  ...{ wholeMax: 10_000, fewMax: 5_000, totalMax: 10_000 },
};

const looksOf = ({ search }: Pick<ListCandidates, "search">, { looksMax, searchedMax, fewMax }: typeof reach) => ({
  ...{ looksMax: search === undefined ? looksMax : searchedMax, fewMax },
});

type Sought = ReturnType<ReturnType<typeof soughtFields>["read"]>;

/** By what no field is, or is not like that, nobody can be meant. */
function mustBeAskable({ customField = [] }: Filters, fields: Sought): void {
  for (const asked of customField) {
    const field = fields.find(({ key }) => key === asked.key);
    if (!field) refuse("field_mismatch", { key: asked.key, problem: "unknown" });
    if (!asksRightly(field.type, asked))
      refuse("field_mismatch", { key: asked.key, problem: "type", type: field.type });
  }
}

/**
 * The organization's, newest first; to a hiring manager, those with an interview or a refcheck for them to see, and whom they meet. With
 * filters that few pass a page can end early: where it stopped looking, the next goes on. Refuses with `field_mismatch` by a custom field that
 * is none.
 */
export async function listCandidates(
  deps: Deps,
  scope: MemberScope,
  { cursor, size, include, ...filters }: ListCandidates,
  goes = reach,
): Promise<CandidatePage> {
  const [before = null] = keysOfCursor("candidates", cursor, ["string"]) ?? [];
  const far = { ...looksOf(filters, goes), nearMax: goes.nearMax, wholeMax: 0 };
  const asked = { filters, before, skip: 0, take: size + 1, parts: include, ...far };
  const { found, fields } = await deps.db.read({
    found: store.listCandidates(scope, asked, null),
    ...(filters.customField && { fields: soughtFields(scope, filters) }),
  });
  if (fields) mustBeAskable(filters, fields);
  const { items, nextCursor } = toPage(found.rows, size, ({ id }) => encodeCursor("candidates", [id]));
  const now = deps.now();
  return {
    items: items.map((row) => toCandidate(row, scope, include, now)),
    nextCursor: nextCursor ?? (found.stop ? encodeCursor("candidates", [found.stop]) : null),
  };
}

/** The same by `take` and `skip`, with how many there are: for small sets (applicant-tracking, list candidates). */
export async function listCandidatesFrom(
  deps: Deps,
  scope: MemberScope,
  { take, skip, include, ...filters }: ListCandidatesFrom,
  goes = reach,
): Promise<CandidatesFrom> {
  const far = { ...looksOf(filters, goes), nearMax: goes.countedNearMax, wholeMax: goes.wholeMax };
  const asked = { filters, before: null, skip, take, parts: include, ...far };
  const { found, fields } = await deps.db.read({
    found: store.listCandidates(scope, asked, goes.totalMax + 1),
    ...(filters.customField && { fields: soughtFields(scope, filters) }),
  });
  if (fields) mustBeAskable(filters, fields);
  const now = deps.now();
  return {
    items: found.rows.map((row) => toCandidate(row, scope, include, now)),
    total: Math.min(found.total, goes.totalMax),
    isTotalCapped: found.total > goes.totalMax || found.stop !== null,
  };
}

/** What happened to their record, from the beginning. History is never edited. Refuses with `not_found`. */
export async function listCandidateEvents(deps: Deps, scope: MemberScope, input: ListCandidateEvents) {
  const { candidateId, size } = input;
  const [since = 0] = keysOfCursor("candidate events", input.cursor, ["number"]) ?? [];
  const { shown, rows } = await deps.db.read({
    shown: store.candidateById(scope, candidateId, []),
    rows: store.eventsOf(scope, candidateId, since, size),
  });
  if (!shown) return refuse("not_found");
  return toPage(rows, size, ({ version }) => encodeCursor("candidate events", [version]));
}
