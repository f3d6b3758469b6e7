// Looks at a refcheck whenever somebody has done something in it, within their own write: from where they came, what they have in common with
// others, and what does not fit. What stands out becomes a signal for staff; what does not stand out any more is withdrawn.
import type { ResultsOf } from "../../db/database.ts";
import type { Statement } from "../../db/statement.ts";
import { networkOf } from "../attempt/policy.ts";
import { crowdLooks, untilAlone } from "../kernel/again.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { CandidateId, RefcheckId, ReferenceId } from "../kernel/ids.ts";
import type { Scope } from "../kernel/scope.ts";
import type { Questionnaire } from "../questionnaire/contract.ts";
import type { Answers } from "../questionnaire/policy.ts";
import { happened, isAsRead, questionnaireOf, type ReferenceRow, type Row, settled } from "../refcheck/actions.ts";
import { workedOf } from "../reference/policy.ts";
import { changesOf, type Evidence, findingsIn, keyOf, type Trace, tracesKeptMs } from "./policy.ts";
import * as store from "./store.ts";

export const finishedAnswers = store.finishedAnswers;

/** Takes away from where people took part so long ago that nothing more will be compared with it. Called by cron. */
export async function forgetTraces(deps: Deps): Promise<void> {
  await deps.db.write([store.forgetTracesBefore(after(deps.now(), -tracesKeptMs))]);
}

/** For the read of whoever is about to write: everything there is to compare. */
export function evidenceOf(scope: Scope, whose: RefcheckId | ReferenceId) {
  return {
    traces: store.tracesOf(scope, whose),
    finished: store.finishedAnswers(scope, whose),
    questions: questionnaireOf(scope, whose),
    signals: store.standingSignals(scope, whose),
  };
}

type Found = ResultsOf<ReturnType<typeof evidenceOf>>;

/** Hashes that are good for one refcheck: nobody can be followed from one to another by them. Null: nothing is known of where they are. */
function traceHere({ caller, sealer }: Deps, refcheckId: RefcheckId): Trace | null {
  const { ip, deviceId, country } = caller;
  if (ip === null && deviceId === null) return null;
  const blind = (what: string, value: string | null) =>
    value === null ? "" : sealer.blind(`trace ${what} ${refcheckId}`, value);
  return {
    network: blind("network", ip && networkOf(ip)),
    device: blind("device", deviceId),
    country: country ?? "",
  };
}

/** That they take part from here. */
function traceLeft(deps: Deps, { refcheck }: Row, who: CandidateId | ReferenceId): Statement<unknown>[] {
  const here = traceHere(deps, refcheck.id);
  if (here === null) return [];
  const { id: refcheckId, organizationId } = refcheck;
  return [store.leaveTrace({ ...here, refcheckId, who, organizationId, seenAt: deps.now() })];
}

export function answersByReference(
  rows: ReturnType<ReturnType<typeof store.finishedAnswers>["read"]>,
): ReadonlyMap<ReferenceId, Answers> {
  const byReference = Map.groupBy(rows, ({ referenceId }) => referenceId);
  return new Map(
    Array.from(byReference, ([id, answers]) => [id, new Map(answers.map(({ key, answer }) => [key, answer]))]),
  );
}

/** How things will stand after the caller's write. */
type After = {
  readonly references: readonly ReferenceRow[];
  /** Who acts, from here; nobody, where the system does. */
  readonly by: CandidateId | ReferenceId | null;
  /** Another person goes by this name from now on: what is known of the former is forgotten. */
  readonly newcomer?: ReferenceId;
  /** Finished by it. */
  readonly finished?: { readonly by: ReferenceId; readonly answers: Answers };
};

function evidenceAfter(deps: Deps, row: Row, questionnaire: Questionnaire, found: Found, next: After): Evidence {
  const { refcheck, candidate } = row;
  const seen = Map.groupBy(
    found.traces.filter(({ who }) => who !== next.newcomer),
    ({ who }) => who,
  );
  const here = next.by && traceHere(deps, refcheck.id);
  const tracesOf = (who: string) => [...(seen.get(who) ?? []), ...(here && who === next.by ? [here] : [])];
  const answers = answersByReference(found.finished);
  const given = (id: ReferenceId) => (next.finished?.by === id ? next.finished.answers : answers.get(id)) ?? new Map();
  return {
    candidate: { email: candidate.email, phone: candidate.phone, traces: tracesOf(candidate.id) },
    references: next.references.map((reference) => ({
      ...reference,
      worked: workedOf(reference),
      traces: tracesOf(reference.id),
      answers: given(reference.id),
    })),
    questionnaire,
    referencesRequired: refcheck.referencesRequired,
    periodMonths: refcheck.periodMonths,
    invitedAt: refcheck.invitedAt ?? refcheck.createdAt,
  };
}

export type Examined = {
  /** Goes before what settles the step: the status follows from it. Refuses the write with `moved_on` when anything has happened since it was read. */
  readonly before: readonly Statement<unknown>[];
  /** That signals were raised, after what has happened. */
  readonly after: readonly Statement<unknown>[];
  /** Signals that nobody will have looked at. */
  readonly open: number;
};

/**
 * What is concluded from a refcheck holds only if nobody has done anything in it meanwhile: those who come at once do so one after the other,
 * and none of them notices.
 */
export function oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
  return untilAlone(new Set(["moved_on"]), crowdLooks, work);
}

/** What a step means for the signals of its refcheck, for the caller's own write. By whoever goes `oneByOne`. */
export function examined(deps: Deps, row: Row, found: Found, next: After): Examined {
  const { questions } = found;
  if (!questions) return refuse("not_found");
  const evidence = evidenceAfter(deps, row, questions.content, found, next);
  const { raised, withdrawn, open } = changesOf(findingsIn(evidence), found.signals, next.newcomer);
  const { id: refcheckId, organizationId, version } = row.refcheck;
  const now = deps.now();
  const rows = raised.map((finding) =>
    store.raiseSignal({
      ...finding,
      key: keyOf(finding),
      id: deps.newId("sig"),
      organizationId,
      refcheckId,
      raisedAt: now,
    }),
  );
  const gone = withdrawn.map(({ id }) => id);
  const why = raised.map(({ kind }) => kind).join(", ");
  return {
    before: [
      isAsRead(refcheckId, version),
      ...(next.newcomer ? [store.forgetTraces(refcheckId, next.newcomer)] : []),
      ...(next.by === null ? [] : traceLeft(deps, row, next.by)),
      // A key that comes again must have gone before.
      ...(gone.length === 0 ? [] : [store.withdrawSignals(gone, now)]),
      ...rows,
    ],
    after: raised.length === 0 ? [] : settled(happened(deps, row, "flag", { kind: "system", id: null, why })),
    open,
  };
}
