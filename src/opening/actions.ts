// How refchecks come to be: for a role that is there, or with it in the same call; one, or many at once, each row for itself
// (reference-checks, candidate invitation handling).
import type { Statement } from "../../db/statement.ts";
import { readRows, refusedRow } from "../bulk/policy.ts";
import { knownOrNew } from "../candidate/actions.ts";
import { crowdLooks, twinLooks, untilAlone } from "../kernel/again.ts";
import { after, dayMs, earliest } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, Refused, refuse } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId, RefcheckId, RoleId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { calendarDate } from "../record/policy.ts";
import { armRefcheck, firstReminder, mustBeAhead, staffRefcheck, toRefcheck } from "../refcheck/actions.ts";
import {
  type CreatedRefchecks,
  type CreateRefcheck,
  type CreateRefchecks,
  type Refcheck,
  type RefcheckResult,
  RefcheckRow,
} from "../refcheck/contract.ts";
import { progressOf } from "../refcheck/machine.ts";
import { letterToCandidate } from "../refcheck-notice/actions.ts";
import { mustBeOpen, roleSentence } from "../role/actions.ts";
import type { RoleStatus } from "../role/machine.ts";
import type { Terms } from "../role-template/contract.ts";
import type { OpenedRole, OpenRole } from "./contract.ts";
import * as store from "./store.ts";

type Role = Terms & {
  readonly id: RoleId;
  readonly title: string;
  readonly revision: number;
  readonly status: RoleStatus;
};
type Organization = NonNullable<ReturnType<ReturnType<typeof store.organizationOf>["read"]>>;
type People = ReturnType<ReturnType<typeof store.peopleOf>["read"]>;
type Repeated = ReturnType<ReturnType<typeof store.refchecksByRequestKey>["read"]>;
type Wanted = { readonly index: number; readonly input: RefcheckRow };

/** A refcheck as it comes to be, and all that is written with it: the letter and its link, unless that is for later. */
async function born(
  deps: Deps,
  scope: MemberScope,
  { role, organization }: { readonly role: Role; readonly organization: Organization },
  known: People[number]["candidate"] | undefined,
  input: RefcheckRow,
) {
  const now = deps.now();
  const { candidate, statements: person } = knownOrNew(deps, scope, known, {
    ...input.candidate,
    language: input.candidate.language ?? organization.language,
    timeZone: input.candidate.timeZone ?? organization.timeZone,
    appliedDate: calendarDate(now, organization.timeZone),
  });
  if (input.deadlineAt) mustBeAhead(deps, input.deadlineAt);
  const promised = input.deadlineAt ?? after(now, role.completeWithinDays * dayMs);
  const deadlineAt = input.invite ? promised : (input.deadlineAt ?? null);
  const remindAt = input.invite ? firstReminder(now, promised, candidate.timeZone) : null;
  const { referencesRequired, referencesOptional, relationships, periodMonths, completeWithinDays, answersShared } =
    role;
  const { organizationId, memberId } = scope;
  const invitedAt = input.invite ? now : null;
  const nothingYet = { consentedAt: null, canceledAt: null, expiredAt: null, references: [], openSignals: 0 };
  const progress = progressOf({ ...nothingYet, invitedAt, referencesRequired });
  const refcheck = {
    ...{ id: deps.newId("rck"), organizationId, roleId: role.id, candidateId: candidate.id, revision: role.revision },
    ...{ referencesRequired, referencesOptional, relationships, periodMonths },
    ...{ completeWithinDays, answersShared },
    ...{ progress, status: progress, version: input.invite ? 2 : 1, invitedAt },
    ...{ deadlineAt, reminders: 0, remindAt },
    wakeAt: input.invite ? earliest(deadlineAt, remindAt) : null,
    ...{ name: folded(`${candidate.firstName} ${candidate.lastName}`), email: candidate.email },
    ...{ createdAt: now, createdBy: memberId, requestKey: input.requestKey ?? null },
  };
  const event = (version: number, verb: "create" | "invite", to: "created" | "awaiting_candidate") =>
    store.insertEvent({
      ...{ id: deps.newId("evt"), organizationId, refcheckId: refcheck.id, version, verb, to, at: now },
      ...{ actorKind: "member", actorId: memberId, deadlineAt: verb === "invite" ? deadlineAt : null },
    });
  const letter = input.invite
    ? await letterToCandidate(
        deps,
        { refcheck, candidate, role, organization },
        { kind: "refcheck_invitation" },
        promised,
      )
    : [];
  return {
    refcheck,
    candidate,
    person,
    statements: [
      store.insertRefcheck(scope, refcheck),
      event(1, "create", "created"),
      ...(input.invite ? [event(2, "invite", "awaiting_candidate")] : []),
      ...letter,
    ],
  };
}

type Decided = {
  readonly results: RefcheckResult[];
  readonly sentence: readonly Statement<unknown>[];
  readonly made: readonly RefcheckId[];
};

/** Each row is made, or refused by itself, or was made before under the same key. */
async function decided(
  deps: Deps,
  scope: MemberScope,
  about: { readonly role: Role; readonly organization: Organization },
  wanted: readonly Wanted[],
  { people, repeated }: { readonly people: People; readonly repeated: Repeated },
): Promise<Decided> {
  const byEmail = new Map(people.map((person) => [person.address, person]));
  const byKey = new Map(repeated.map((one) => [one.requestKey, one]));
  const results: RefcheckResult[] = [];
  const persons: Statement<unknown>[] = [];
  const statements: Statement<unknown>[] = [];
  const made: RefcheckId[] = [];
  const keys: string[] = [];
  /** Two addresses may be one person's. */
  const asked = new Set<CandidateId>();
  for (const { index, input } of wanted) {
    const before = input.requestKey === undefined ? undefined : byKey.get(input.requestKey);
    const person = byEmail.get(input.candidate.email);
    try {
      if (before) {
        const isTheirs = before.email === input.candidate.email || before.candidateId === person?.candidate.id;
        const isSame = before.roleId === about.role.id && isTheirs;
        if (!isSame) refuse("request_key_used");
        results.push(createdRow(index, before, before.emailStatus));
        continue;
      }
      if (person?.refcheckId) refuse("already_in_role", { refcheckId: person.refcheckId });
      const one = await born(deps, scope, about, person?.candidate, input);
      if (asked.has(one.candidate.id)) refuse("repeated_row");
      asked.add(one.candidate.id);
      persons.push(...one.person);
      statements.push(...one.statements);
      made.push(one.refcheck.id);
      if (input.requestKey !== undefined) keys.push(input.requestKey);
      results.push(createdRow(index, one.refcheck, one.candidate.emailStatus));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      results.push(refusedRow(index, error));
    }
  }
  // Refchecks need their people to be there.
  return {
    results,
    made,
    sentence: [store.keysAreFree(scope, keys), ...store.gathered(persons), ...store.gathered(statements)],
  };
}

function createdRow(
  index: number,
  {
    id: refcheckId,
    candidateId,
    status,
    deadlineAt,
  }: Pick<Repeated[number], "id" | "candidateId" | "status" | "deadlineAt">,
  emailStatus: Repeated[number]["emailStatus"],
): RefcheckResult {
  return { index, outcome: "created", refcheckId, candidateId, status, deadlineAt, emailStatus };
}

const armingConcurrency = 10;

function afterwards(deps: Deps, made: readonly RefcheckId[]): void {
  deps.afterwards("arm_refchecks", (system) => forEachOf(made, armingConcurrency, (id) => armRefcheck(system, id)));
  drainSoon(deps);
}

function inOrder(refused: readonly RefcheckResult[], results: readonly RefcheckResult[]): CreatedRefchecks {
  const all = [...refused, ...results].sort((one, other) => one.index - other.index);
  return { results: all, created: all.filter(({ outcome }) => outcome === "created").length };
}

const emailsOf = (wanted: readonly Wanted[]) => wanted.map(({ input }) => input.candidate.email);
const keysOf = (wanted: readonly Wanted[]) => wanted.flatMap(({ input }) => input.requestKey ?? []);

/** What says that somebody else has just written one of the rows: at the next look it is found. */
const raced: ReadonlySet<Reason> = new Set(["moved_on", "request_key_used", "already_in_role"]);
async function rowsFor(deps: Deps, scope: MemberScope, roleId: RoleId, wanted: readonly Wanted[]): Promise<Decided> {
  const { role, organization, people, repeated } = await deps.db.read({
    role: store.roleForOpening(scope, roleId),
    organization: store.organizationOf(scope),
    people: store.peopleOf(scope, roleId, emailsOf(wanted)),
    repeated: store.refchecksByRequestKey(scope, keysOf(wanted)),
  });
  if (!role || !organization) return refuse("not_found");
  if (role.status === "closed") return refuse("role_closed");
  return decided(deps, scope, { role, organization }, wanted, { people, repeated });
}

/**
 * Invites many candidates to name their references: each row is made or refused by itself, all in one write. Who has a refcheck for the role
 * is refused with `already_in_role` and its id, a row that stands twice with `repeated_row`. The whole call refuses with `not_found`,
 * `role_closed`.
 */
export async function createRefchecks(
  deps: Deps,
  scope: MemberScope,
  { roleId, rows }: CreateRefchecks,
): Promise<CreatedRefchecks> {
  const { wanted, refused } = readRows(rows, RefcheckRow);
  const results = await untilAlone(raced, crowdLooks, async () => {
    const { results: some, sentence, made } = await rowsFor(deps, scope, roleId, wanted);
    if (made.length === 0) return some;
    await deps.db.write([mustBeOpen(scope, roleId), ...sentence]);
    afterwards(deps, made);
    return some;
  });
  return inOrder(refused, results);
}

/**
 * Considers a candidate for a role: they get a letter with a link to name their references. The same `requestKey` again answers with the
 * same refcheck. Refuses with `not_found`, `role_closed`, `already_in_role`, `request_key_used`, `deadline_in_past`.
 */
export function createRefcheck(
  deps: Deps,
  scope: MemberScope,
  { roleId, ...input }: CreateRefcheck,
): Promise<Refcheck> {
  return untilAlone(raced, twinLooks, async () => {
    const { results, sentence, made } = await rowsFor(deps, scope, roleId, [{ index: 0, input }]);
    const [result] = results;
    if (result?.outcome !== "created") return refuse(result?.reason ?? "not_found", result?.facts);
    const written = made.length === 0 ? [] : [mustBeOpen(scope, roleId), ...sentence];
    const { shown } = await deps.db.writeThenRead(written, { shown: staffRefcheck(scope, result.refcheckId) });
    if (made.length > 0) afterwards(deps, made);
    return shown ? toRefcheck(shown, scope, deps.now()) : refuse("not_found");
  });
}

/**
 * A role made from a template for a team, and a refcheck with a letter for each candidate that comes along, all in one write
 * (reference-checks). Refuses with `not_found` for a template or team that is not the organization's, and `team_archived`; a candidate who is
 * wrong is refused alone.
 */
export async function openRole(
  deps: Deps,
  scope: MemberScope,
  { candidates, ...input }: OpenRole,
): Promise<OpenedRole> {
  const { wanted, refused } = readRows(candidates, RefcheckRow);
  return untilAlone(raced, crowdLooks, async () => {
    const { template, organization, people, repeated } = await deps.db.read({
      template: roleSentence.template(scope, input),
      organization: store.organizationOf(scope),
      people: store.peopleOf(scope, null, emailsOf(wanted)),
      repeated: store.refchecksByRequestKey(scope, keysOf(wanted)),
    });
    if (!organization) return refuse("not_found");
    const { role, guard, sentence } = roleSentence.made(deps, scope, input, template);
    const rows = await decided(deps, scope, { role, organization }, wanted, { people, repeated });
    const { shown } = await deps.db
      .guardedBy(guard)
      .writeThenRead([...sentence, ...(rows.made.length === 0 ? [] : rows.sentence)], {
        shown: roleSentence.shown(scope, role.id),
      });
    if (rows.made.length > 0) afterwards(deps, rows.made);
    return shown ? { ...shown, ...inOrder(refused, rows.results) } : refuse("not_found");
  });
}
