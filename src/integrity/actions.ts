// Looks at a refcheck whenever somebody has done something in it, within their own write: from where they came, what they have in common with
// others, and what does not fit. What stands out becomes a signal for staff; what does not stand out any more is withdrawn.
import type { ResultsOf } from "../../db/database.ts";
import type { Statement } from "../../db/statement.ts";
import { networkOf } from "../attempt/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import type { CandidateId, RefcheckId, ReferenceId } from "../kernel/ids.ts";
import type { Scope } from "../kernel/scope.ts";
import type { Questionnaire } from "../questionnaire/contract.ts";
import type { Answers } from "../questionnaire/policy.ts";
import { happened, type ReferenceRow, type Row, settled } from "../refcheck/actions.ts";
import { workedOf } from "../reference/policy.ts";
import { changesOf, type Evidence, findingsIn, keyOf, type Trace } from "./policy.ts";
import * as store from "./store.ts";

export const finishedAnswers = store.finishedAnswers;
export const questionnaireOfRefcheck = store.questionnaireOfRefcheck;

/** For the read of whoever is about to write: everything there is to compare. */
export function evidenceOf(scope: Scope, whose: RefcheckId | ReferenceId) {
  return {
    traces: store.tracesOf(scope, whose),
    finished: store.finishedAnswers(scope, whose),
    questions: store.questionnaireOfRefcheck(scope, whose),
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

/** That they take part from here, for the caller's own write. */
export function traceLeft(deps: Deps, { refcheck }: Row, who: CandidateId | ReferenceId): Statement<unknown>[] {
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
  /** Finished by it. */
  readonly finished?: { readonly by: ReferenceId; readonly answers: Answers };
};

function evidenceAfter(deps: Deps, row: Row, questionnaire: Questionnaire, found: Found, after: After): Evidence {
  const { refcheck, candidate } = row;
  const seen = Map.groupBy(found.traces, ({ who }) => who);
  const here = after.by && traceHere(deps, refcheck.id);
  const tracesOf = (who: string) => [...(seen.get(who) ?? []), ...(here && who === after.by ? [here] : [])];
  const answers = answersByReference(found.finished);
  const given = (id: ReferenceId) =>
    (after.finished?.by === id ? after.finished.answers : answers.get(id)) ?? new Map();
  return {
    candidate: { email: candidate.email, phone: candidate.phone, traces: tracesOf(candidate.id) },
    references: after.references.map((reference) => ({
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
  /** Goes before what settles the step: the status follows from it. */
  readonly before: readonly Statement<unknown>[];
  /** That signals were raised, after what has happened. */
  readonly after: readonly Statement<unknown>[];
  /** Signals that nobody will have looked at. */
  readonly open: number;
};

/** What a step means for the signals of its refcheck, for the caller's own write. */
export function examined(deps: Deps, row: Row, found: Found, after: After): Examined {
  const { questions } = found;
  const trace = after.by === null ? [] : traceLeft(deps, row, after.by);
  if (!questions) return { before: trace, after: [], open: 0 };
  const evidence = evidenceAfter(deps, row, questions.content, found, after);
  const { raised, withdrawn, open } = changesOf(findingsIn(evidence), found.signals);
  const { id: refcheckId, organizationId } = row.refcheck;
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
  const gone =
    withdrawn.length === 0
      ? []
      : [
          store.withdrawSignals(
            withdrawn.map(({ id }) => id),
            now,
          ),
        ];
  const why = raised.map(({ kind }) => kind).join(", ");
  return {
    before: [...trace, ...rows, ...gone],
    after: raised.length === 0 ? [] : settled(happened(deps, row, "flag", { kind: "system", id: null, why })),
    open,
  };
}
