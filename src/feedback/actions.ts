// What interviewers say after a meeting: one each, once it has begun; what it comes to follows in the same write (applicant-tracking,
// interview feedback).
import type { Statement } from "../../db/statement.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { FeedbackId, MeetingId, MemberId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { isSeenCandidate } from "../sight/actions.ts";
import type {
  EditFeedback,
  Feedback,
  FeedbackIn,
  FeedbackPage,
  GiveFeedback,
  ListFeedback,
  ListFeedbackEvents,
  ListFeedbackOfCandidate,
} from "./contract.ts";
import { type FeedbackVerb, mayEdit, mayRemove } from "./policy.ts";
import * as store from "./store.ts";

/** For who makes one record of two: what feedback comes to, once it has moved. */
/** For queries about meetings and candidates: what stands in their select and where. */
export { candidateRatingFor, hasGiven, meetingRatingFor, ratingFollows } from "./store.ts";

function toFeedback(row: store.FeedbackRow, scope: MemberScope): Feedback {
  return { ...row, mayEdit: mayEdit(scope, row), mayRemove: mayRemove(scope, row) };
}

async function written(
  deps: Deps,
  scope: MemberScope,
  feedbackId: FeedbackId,
  sentence: readonly Statement<unknown>[],
): Promise<Feedback> {
  const { shown } = await deps.db.writeThenRead(sentence, { shown: store.feedbackById(scope, feedbackId) });
  return shown ? toFeedback(shown, scope) : refuse("not_found");
}

type Happened = {
  readonly meetingId: MeetingId;
  readonly feedbackId: FeedbackId;
  /** Whose it is. */
  readonly memberId: MemberId;
  readonly verb: FeedbackVerb;
};

/** The event, and the ratings: what stands behind every change. */
function followedBy(deps: Deps, scope: MemberScope, what: Happened): Statement<unknown>[] {
  const by = { organizationId: scope.organizationId, actorId: scope.memberId };
  const event = { ...what, ...by, id: deps.newId("evt"), at: deps.now() };
  return [store.insertEvent(event), ...store.ratingsFollow(scope, what.meetingId)];
}

/**
 * By whoever takes part in the meeting, once, from the very instant at which it begins. The meeting's and the candidate's ratings follow.
 * Refuses with `not_found`, `not_interviewer`, `meeting_canceled`, `meeting_not_begun`, `feedback_given`.
 */
export async function giveFeedback(deps: Deps, scope: MemberScope, input: GiveFeedback): Promise<Feedback> {
  const [id, now] = [deps.newId("fbk"), deps.now()];
  const { meetingId } = input;
  return written(deps, scope, id, [
    ...store.mustBeTheirsToGive(scope, meetingId, now),
    store.insertFeedback(scope, { ...input, id, createdAt: now }),
    ...followedBy(deps, scope, { meetingId, feedbackId: id, memberId: scope.memberId, verb: "give" }),
  ]);
}

/**
 * Changes what is given and leaves the rest, of one's own alone. Refuses with `not_found`, `not_allowed` where it is somebody else's, and
 * `moved_on` where it is not any more what they have seen.
 */
export async function editFeedback(deps: Deps, scope: MemberScope, input: EditFeedback): Promise<Feedback> {
  const { feedbackId, version, ...changes } = input;
  const { row } = await deps.db.read({ row: store.feedbackById(scope, feedbackId) });
  if (!row) return refuse("not_found");
  if (!mayEdit(scope, row)) return refuse("not_allowed");
  if (row.version !== version) return refuse("moved_on", { version: row.version });
  const { meetingId } = row;
  return written(deps, scope, feedbackId, [
    ...store.changeFeedback(scope, row, changes, deps.now()),
    ...followedBy(deps, scope, { meetingId, feedbackId, memberId: scope.memberId, verb: "edit" }),
  ]);
}

/** By whose it is, or an admin. Refuses with `not_found`, `not_allowed`. */
export async function removeFeedback(deps: Deps, scope: MemberScope, { feedbackId }: FeedbackIn) {
  const { row } = await deps.db.read({ row: store.feedbackById(scope, feedbackId) });
  if (!row) return refuse("not_found");
  if (!mayRemove(scope, row)) return refuse("not_allowed");
  const { meetingId, interviewer } = row;
  await deps.db.write([
    ...store.deleteFeedback(scope, feedbackId),
    ...followedBy(deps, scope, { meetingId, feedbackId, memberId: interviewer.memberId, verb: "remove" }),
  ]);
  return { done: true as const };
}

const placeIn = ({ cursor }: { readonly cursor?: string | undefined }) =>
  keysOfCursor("feedback", cursor, ["string"])?.[0] ?? null;

function toFeedbackPage(
  { isSeen, rows }: { readonly isSeen: boolean; readonly rows: readonly store.FeedbackRow[] },
  scope: MemberScope,
  size: number,
): FeedbackPage {
  if (!isSeen) return refuse("not_found");
  const { items, nextCursor } = toPage(rows, size, ({ id }) => encodeCursor("feedback", [id]));
  return { items: items.map((row) => toFeedback(row, scope)), nextCursor };
}

/** On one meeting, newest first. Whoever takes part in it sees nothing until they have given theirs. Refuses with `not_found`. */
export async function listFeedback(deps: Deps, scope: MemberScope, input: ListFeedback) {
  const found = await deps.db.read({
    isSeen: store.isSeenMeeting(scope, input.meetingId),
    rows: store.feedbackOn(scope, input, placeIn(input)),
  });
  return toFeedbackPage(found, scope, input.size);
}

/** On all meetings with a candidate, newest first: but for those in which they owe theirs. Refuses with `not_found`. */
export async function listFeedbackOfCandidate(deps: Deps, scope: MemberScope, input: ListFeedbackOfCandidate) {
  const found = await deps.db.read({
    isSeen: isSeenCandidate(scope, input.candidateId),
    rows: store.feedbackOf(scope, input, placeIn(input)),
  });
  return toFeedbackPage(found, scope, input.size);
}

/** Who gave, changed and removed feedback on a meeting, in the order in which it happened. Refuses with `not_found`. */
export async function listFeedbackEvents(deps: Deps, scope: MemberScope, input: ListFeedbackEvents) {
  const { meetingId, size } = input;
  const [after = ""] = keysOfCursor("feedback events", input.cursor, ["string"]) ?? [];
  const { isSeen, rows } = await deps.db.read({
    isSeen: store.isSeenMeeting(scope, meetingId),
    rows: store.eventsOf(scope, meetingId, after, size),
  });
  if (!isSeen) return refuse("not_found");
  return toPage(rows, size, ({ id }) => encodeCursor("feedback events", [id]));
}
