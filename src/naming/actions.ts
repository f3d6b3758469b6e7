// Whom a candidate names: somebody new, corrected while they have not answered, or taken out with or without somebody else in their place
// (reference-checks, add references).
import type { Statement } from "../../db/statement.ts";
import { countTowards } from "../attempt/actions.ts";
import { revokeLinks } from "../identity/actions.ts";
import { lettersPerDay } from "../identity/policy.ts";
import { examined, oneByOne } from "../integrity/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { RefcheckId, ReferenceId } from "../kernel/ids.ts";
import { monthColumns } from "../kernel/months.ts";
import type { CandidateScope } from "../kernel/scope.ts";
import {
  firstReminder,
  happened,
  mustBeAble,
  mustStand,
  ownStep,
  type ReferenceRow,
  type Row,
  roomLeft,
  settled,
} from "../refcheck/actions.ts";
import type { OwnRefcheck } from "../refcheck/contract.ts";
import { waiting } from "../refcheck/machine.ts";
import { letterToReference } from "../refcheck-notice/actions.ts";
import {
  changed,
  deadlineOf,
  forgetAnswersBut,
  lookAtAll,
  lookAtOne,
  mustBeAbleTo,
  writeReference,
} from "../reference/actions.ts";
import type * as contract from "../reference/contract.ts";
import { namingLimit, workedOf } from "../reference/policy.ts";
import { revokeSessionsOfReference } from "../session/actions.ts";
import * as store from "./store.ts";

type Sentence = readonly Statement<unknown>[];
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
): Promise<{ readonly row: ReferenceRow; readonly sentence: Sentence }> {
  const { refcheck, candidate } = row;
  mustBeWanted(row, input.relationship);
  mustBeNew(row, references, input.email);
  const now = deps.now();
  const deadlineAt = deadlineOf(row);
  const { language = candidate.language, timeZone = candidate.timeZone, worked, ...given } = input;
  const reference = {
    ...{ ...given, ...monthColumns(worked), language, timeZone, id: deps.newId("ref"), refcheckId: refcheck.id },
    ...({ emailStatus: "ok", status: "invited", invitedAt: now, createdAt: now } as const),
    ...{ reminders: 0, remindAt: firstReminder(now, deadlineAt, timeZone) },
  };
  const nothingYet = { acceptedAt: null, declinedAt: null, declineReason: null, declineNote: null, completedAt: null };
  return {
    row: { ...reference, ...nothingYet, replacedBy: null, organizationId: scope.organizationId },
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
export function nameReference(deps: Deps, scope: CandidateScope, input: contract.NameReference): Promise<OwnRefcheck> {
  return oneByOne(async () => {
    const { refcheckId, ...given } = input;
    const { row, references, found } = await lookAtAll(deps, scope, refcheckId);
    const from = mustBeAble(deps, row, "name", "candidate");
    if (row.refcheck.consentedAt === null) return refuse("consent_needed");
    if (roomLeft(row, references) <= 0) return refuse("references_full");
    const { row: newcomer, sentence } = await named(deps, scope, row, references, given);
    const { before, after } = examined(deps, row, found, {
      ...{ references: [...references, newcomer], by: scope.candidateId },
    });
    return ownStep(deps, scope, row, [
      mustStand({ refcheckId, from, now: deps.now() }),
      ...sentence,
      ...before,
      ...settled(happened(deps, row, "name", { kind: "candidate", id: scope.candidateId }, newcomer.id)),
      ...after,
    ]);
  });
}

/** Whoever held a link to these answers is out, and what they said is gone. */
function forgotten(deps: Deps, referenceId: ReferenceId): Statement<unknown>[] {
  return [
    revokeLinks({ referenceId }, deps.now()),
    revokeSessionsOfReference(referenceId, deps.now()),
    forgetAnswersBut(referenceId, []),
  ];
}

/**
 * Changes what is given about somebody who has not answered. Another address is another reader: the earlier link ends, what was answered
 * so far is forgotten, and a new letter goes out. Refuses with `not_found`, `illegal_step`, `reference_named`, `own_reference`, `other_relationship`.
 */
export function editReference(deps: Deps, scope: CandidateScope, input: contract.EditReference): Promise<OwnRefcheck> {
  return oneByOne(async () => {
    const { referenceId, ...given } = input;
    const { row, references, reference, found } = await lookAtOne(deps, scope, referenceId);
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
    const values = isOther ? { ...fields, ...anew } : fields;
    const { before, after } = examined(deps, row, found, {
      ...{ references: changed(references, referenceId, values), by: scope.candidateId },
      ...(isOther && { newcomer: referenceId }),
    });
    return ownStep(deps, scope, row, [
      mustStand({ refcheckId: row.refcheck.id, from: waiting, now }),
      ...writeReference(scope, { id: referenceId, from }, values),
      ...(isOther ? [...countLetter(deps, row.refcheck.id, fields.email), ...forgotten(deps, referenceId)] : []),
      ...letters,
      ...before,
      ...settled(happened(deps, row, verb, { kind: "candidate", id: scope.candidateId }, referenceId)),
      ...after,
    ]);
  });
}

/** What they are from now on: as they were, but for what is given. */
function edited(reference: ReferenceRow, given: Omit<contract.EditReference, "referenceId">) {
  return {
    email: given.email ?? reference.email,
    firstName: given.firstName ?? reference.firstName,
    lastName: given.lastName ?? reference.lastName,
    relationship: given.relationship ?? reference.relationship,
    employer: given.employer ?? reference.employer,
    phone: given.phone === undefined ? reference.phone : given.phone,
    ...monthColumns(given.worked === undefined ? workedOf(reference) : given.worked),
    language: given.language ?? reference.language,
    timeZone: given.timeZone ?? reference.timeZone,
  };
}

/**
 * Takes somebody out who has not answered, with or without somebody else in their place. Refuses with `not_found`, `illegal_step`, and for
 * whoever comes in their place as `nameReference` does.
 */
export function replaceReference(
  deps: Deps,
  scope: CandidateScope,
  { referenceId, by }: contract.ReplaceReference,
): Promise<OwnRefcheck> {
  return oneByOne(async () => {
    const { row, references, reference, found } = await lookAtOne(deps, scope, referenceId);
    mustBeAble(deps, row, "name", "candidate");
    const { from } = mustBeAbleTo(reference, "replace", "candidate");
    const others = references.filter(({ id }) => id !== referenceId);
    const successor = by && (await named(deps, scope, row, others, by));
    const author = { kind: "candidate", id: scope.candidateId } as const;
    const out = { status: "replaced", replacedBy: successor?.row.id ?? null, remindAt: null } as const;
    const { before, after } = examined(deps, row, found, {
      ...{ references: [...others, ...(successor ? [successor.row] : [])], by: scope.candidateId },
    });
    return ownStep(deps, scope, row, [
      mustStand({ refcheckId: row.refcheck.id, from: waiting, now: deps.now() }),
      ...writeReference(scope, { id: referenceId, from }, out),
      ...forgotten(deps, referenceId),
      ...before,
      ...settled(happened(deps, row, "replace", author, referenceId)),
      ...(successor ? [...successor.sentence, ...settled(happened(deps, row, "name", author, successor.row.id))] : []),
      ...after,
    ]);
  });
}
