// Two records of one person become one, and nothing of either is lost (applicant-tracking, candidates; decision 034).
import { ratingFollows } from "../feedback/actions.ts";
import { revokeAskedFor } from "../identity/actions.ts";
import { repeatEmail as repeatEmailOfInterviews, repeatName as repeatNameOfInterviews } from "../interview/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { withdrawRejection } from "../letter/actions.ts";
import { doublesOf, takenOut } from "../placement/actions.ts";
import { candidateForStep, eventOfRecord, gone, recordAfter, whoIsNow } from "../record/actions.ts";
import { calendarDate } from "../record/policy.ts";
import { repeatEmail as repeatEmailOfRefchecks, repeatName as repeatNameOfRefchecks } from "../refcheck/actions.ts";
import { revokeSessionsOfCandidate } from "../session/actions.ts";
import { isSeenCandidate } from "../sight/actions.ts";
import type { ListFormer, MergeCandidates } from "./contract.ts";
import * as store from "./store.ts";

/**
 * Everything of `otherId` becomes the candidate's: interviews, refchecks, meetings, placements, letters, background, notes, history. What both
 * know stays as the candidate has it; where they stood in one pipeline, or had the same skill, the candidate's place stays, and the better
 * level. The other's id and address lead to the candidate from then on; links in its letters stay good, its sessions end. Refuses with
 * `not_found`, `candidate_merged` where either is part of another already, `same_candidate`, `candidate_interviewing` while the other is in an interview, `list_full`, and `moved_on` when either has changed meanwhile.
 */
export async function mergeCandidates(deps: Deps, scope: MemberScope, { candidateId, otherId }: MergeCandidates) {
  if (candidateId === otherId) return refuse("same_candidate");
  const pair = { kept: candidateId, other: otherId };
  const found = await deps.db.read({
    kept: candidateForStep(scope, candidateId),
    other: candidateForStep(scope, otherId),
    keptIsNow: whoIsNow(scope, candidateId),
    otherIsNow: whoIsNow(scope, otherId),
    doubles: doublesOf(scope, pair),
  });
  if (!found.kept) return gone(found.keptIsNow);
  if (!found.other) return gone(found.otherIsNow);
  const kept = found.kept.candidate;
  const other = found.other.candidate;
  const now = deps.now();
  const dayOf = ({ createdAt }: typeof kept) => calendarDate(createdAt, "UTC");
  const days = { kept: dayOf(kept), other: dayOf(other) };
  const { id, status, version, name, email } = kept;
  return recordAfter(deps, scope, id, [
    store.isNotInterviewing(other.id),
    ...store.updateKept(scope, { kept, other }, days),
    ...found.doubles.flatMap((double) => takenOut(deps, scope, double)),
    withdrawRejection(scope, other.id),
    store.rejectionGoesOn(kept),
    revokeSessionsOfCandidate(scope, other.id, now),
    revokeAskedFor({ candidateId: other.id }, ["sign_in", "password_reset"], now),
    ...store.moveEverything(scope, pair),
    ratingFollows(scope, id),
    ...store.putAway(scope, { kept, other }, now),
    ...[repeatNameOfInterviews(scope, id, name), repeatNameOfRefchecks(scope, id, name)],
    ...[repeatEmailOfInterviews(scope, id, email), repeatEmailOfRefchecks(scope, id, email)],
    eventOfRecord(deps, scope, {
      ...{ candidateId: id, version: version + 1, verb: "merge", otherId: other.id },
      ...{ from: status, to: status, why: null },
    }),
  ]);
}

/** The records that became part of a candidate's, as they were. Refuses with `not_found`. */
export async function listFormer(deps: Deps, scope: MemberScope, input: ListFormer) {
  const [after = ""] = keysOfCursor("former records", input.cursor, ["string"]) ?? [];
  const { isSeen, rows } = await deps.db.read({
    isSeen: isSeenCandidate(scope, input.candidateId),
    rows: store.formerOf(scope, input, after),
  });
  if (!isSeen) return refuse("not_found");
  return toPage(rows, input.size, ({ id }) => encodeCursor("former records", [id]));
}
