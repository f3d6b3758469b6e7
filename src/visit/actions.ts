import type { Statement } from "../../db/statement.ts";
import { progress, stepsLeft } from "../answer/actions.ts";
import { setFirstPassword } from "../candidate/actions.ts";
import { mustBeStrong } from "../identity/policy.ts";
import { afterStep, decide, interviewForStep, type Row, settleSoon, written } from "../interview/actions.ts";
import type { InterviewIn } from "../interview/contract.ts";
import { availableActions, statusAt, type Verb } from "../interview/machine.ts";
import { rulesFor } from "../interview/policy.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { InterviewId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, type PageIn, toPage } from "../kernel/page.ts";
import type { CandidateScope } from "../kernel/scope.ts";
import { hashPassword } from "../kernel/secret.ts";
import { evaluatorsToTell, lettersToStaff } from "../notice/actions.ts";
import { leaseOf } from "../presence/actions.ts";
import { forgetRecordingsOf } from "../recording/actions.ts";
import type { Confirm, OwnInterview } from "./contract.ts";
import * as store from "./store.ts";

type Found = { readonly row: Row; readonly shown: OwnRow };

/** What every step reads, for its own read. */
function looking(scope: CandidateScope, interviewId: InterviewId) {
  return {
    row: interviewForStep(scope, interviewId),
    own: store.ownInterviews(scope, { interviewId, size: 1 }),
  };
}

async function look(deps: Deps, scope: CandidateScope, interviewId: InterviewId): Promise<Found> {
  const { row, own } = await deps.db.read(looking(scope, interviewId));
  const [shown] = own;
  return row && shown ? { row, shown } : refuse("not_found");
}

type Sentence = readonly Statement<unknown>[];

/**
 * A candidate's step, once it has been looked at: decide, write once. `also` adds what belongs to the same sentence. Every
 * such step refuses with `illegal_step`, and with `moved_on` when somebody or time was quicker.
 */
async function take(
  deps: Deps,
  scope: CandidateScope,
  { row, shown }: Found,
  verb: Verb,
  also: () => Promise<Sentence> | Sentence = () => [],
): Promise<OwnInterview> {
  const now = deps.now();
  const steps = decide(deps, row, { verb, who: "candidate", now });
  const reached = steps.at(-1)?.after ?? row.interview;
  await deps.db.write([...written(deps, row, steps, { scope }), ...(await also())]);
  afterStep(deps, row, steps);
  // A start is under the rules of that moment, whatever an earlier run was under.
  const rules = verb === "start" ? null : shown.rules;
  return toOwn({ ...shown, ...reached, rules }, now);
}

/**
 * The candidate says they will take part: an act of their own after the link (interview-workflow, invited). Refuses
 * with `password_needed` where the project requires one and none is set, with `password_set` when one is given though
 * an earlier one stands, and with `weak_password`.
 */
export async function confirmInterview(deps: Deps, scope: CandidateScope, { interviewId, password }: Confirm) {
  const found = await look(deps, scope, interviewId);
  const { candidate, project } = found.row;
  const confirmed = await take(deps, scope, found, "confirm", async () => {
    if (password === undefined) {
      return project.passwordRequired && candidate.passwordHash === null ? refuse("password_needed") : [];
    }
    // A password opens every interview of its candidate; this session may come from one link that was passed on.
    if (candidate.passwordHash !== null) refuse("password_set");
    mustBeStrong(password, candidate.email);
    return setFirstPassword(scope, await hashPassword(password));
  });
  return { ...confirmed, passwordNeeded: false };
}

/** Refuses with `not_open_yet` before `opensAt`. From here on `maxInterviewSeconds` runs; what was recorded in an earlier run goes. */
export async function startInterview(deps: Deps, scope: CandidateScope, { interviewId }: InterviewIn) {
  const found = await look(deps, scope, interviewId);
  return take(deps, scope, found, "start", () => [forgetRecordingsOf(scope, interviewId, deps.now())]);
}

/** The candidate leaves before the end. */
export async function abortInterview(deps: Deps, scope: CandidateScope, { interviewId }: InterviewIn) {
  return take(deps, scope, await look(deps, scope, interviewId), "abort");
}

/** Refuses with `steps_left` while a step is neither answered nor out of time. The evaluators are told. */
export async function finishInterview(deps: Deps, scope: CandidateScope, { interviewId }: InterviewIn) {
  const { row, own, at, evaluators } = await deps.db.read({
    ...looking(scope, interviewId),
    at: progress(scope, interviewId),
    evaluators: evaluatorsToTell(interviewId),
  });
  const [shown] = own;
  if (!row || !shown || !at) return refuse("not_found");
  return take(deps, scope, { row, shown }, "finish", () => {
    const left = stepsLeft(at, deps.now());
    return left > 0
      ? refuse("steps_left", { left })
      : lettersToStaff(deps, { kind: "interview_finished" }, row, evaluators);
  });
}

type OwnRow = ReturnType<ReturnType<typeof store.ownInterviews>["read"]>[number];

/** What of the row is not for the candidate's eyes `.output()` leaves out. */
function toOwn(row: OwnRow, now: Date): OwnInterview {
  const { maxInterviewSeconds, deadlineAppliesTo } = rulesFor(row, row.project);
  return {
    ...row,
    ...{ maxInterviewSeconds, deadlineAppliesTo },
    ...leaseOf({ ...row, rules: row.rules ?? row.project }, now),
    status: statusAt(row, now),
    passwordNeeded: row.passwordNeeded === 1,
    availableActions: availableActions(row, "candidate", now),
  };
}

/** What a candidate sees of their interview: before, during and after. Refuses with `not_found`, also before it is theirs. */
export async function showOwn(deps: Deps, scope: CandidateScope, { interviewId }: InterviewIn) {
  const { own } = await deps.db.read({ own: store.ownInterviews(scope, { interviewId, size: 1 }) });
  const [row] = own;
  if (!row) return refuse("not_found");
  settleSoon(deps, row);
  return toOwn(row, deps.now());
}

/** All interviews of a candidate in this organization, newest first. */
export async function listOwn(deps: Deps, scope: CandidateScope, input: PageIn) {
  const [before = null] = keysOfCursor("own", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({
    rows: store.ownInterviews(scope, { before, size: input.size + 1 }),
  });
  const shown = rows.map((row) => toOwn(row, deps.now()));
  return toPage(shown, input.size, (row) => encodeCursor("own", [row.id]));
}
