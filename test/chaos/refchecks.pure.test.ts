// What the judge says of refchecks, proved by saboteurs: each falsifies one thing in a picture that is whole, and must be named.
import { describe, expect, test } from "vitest";
import {
  complaintsAboutLate,
  complaintsAboutRefchecks,
  complaintsAboutVouched,
  type StoredRefcheck,
  type Vouched,
} from "./refchecks.ts";

const deadlineAt = 100_000;
const happened = (
  verbs: readonly (readonly [
    verb: StoredRefcheck["events"][number]["verb"],
    of: string | null,
    to: StoredRefcheck["status"],
  ])[],
) => verbs.map(([verb, of, to], nth) => ({ version: nth + 1, verb, of, to, at: 1_000 * (nth + 1), isSystems: false }));

const events = happened([
  ["create", null, "created"],
  ["invite", null, "awaiting_candidate"],
  ["consent", null, "awaiting_candidate"],
  ["name", "ref_1", "awaiting_references"],
  ["name", "ref_2", "awaiting_references"],
  ["decline", "ref_1", "awaiting_candidate"],
  ["name", "ref_3", "awaiting_references"],
  ["accept", "ref_2", "in_progress"],
  ["accept", "ref_3", "in_progress"],
  ["finish", "ref_2", "in_progress"],
  ["finish", "ref_3", "completed"],
]);
const whole: StoredRefcheck = {
  ...{ id: "rck_1", email: "cleo@example.com", requestKey: "references-1", progress: "completed", status: "completed" },
  ...{ version: 11, invitedAt: 2_000, consentedAt: 3_000, canceledAt: null, expiredAt: null, completedAt: 11_000 },
  ...{ deadlineAt, referencesRequired: 2, openSignals: 0, events },
  references: [
    { id: "ref_1", email: "one@example.com", status: "declined" },
    { id: "ref_2", email: "two@example.com", status: "completed" },
    { id: "ref_3", email: "three@example.com", status: "completed" },
  ],
  letters: { refcheck_invitation: 1, reference_request: 3, reference_lost: 1, refcheck_completed: 1 },
};
const vouched: Vouched = {
  ...{ what: "finish", refcheckId: "rck_1", requestKey: "references-1", email: "cleo@example.com" },
  of: "three@example.com",
};
const without = (nth: number) => events.filter((_, index) => index !== nth);

describe("of a refcheck that is whole nothing is said", () => {
  test("by any of the questions", () => {
    expect(complaintsAboutRefchecks([whole])).toEqual([]);
    expect(complaintsAboutVouched([whole], [vouched])).toEqual([]);
    expect(complaintsAboutLate([whole], deadlineAt + 1, 0)).toEqual([]);
  });
});

const saboteurs: readonly (readonly [what: string, over: Partial<StoredRefcheck>, named: string])[] = [
  ["a status that its references do not say", { progress: "in_progress" }, "its references say completed"],
  ["a signal that nobody sees", { openSignals: 1 }, "its signals say needs_attention"],
  ["a version that is missing", { events: without(7) }, "after the events 1,2,3,4,5,6,7,9"],
  [
    "a last event that led elsewhere",
    { events: events.map((one) => ({ ...one, to: "in_progress" as const })) },
    "its last event",
  ],
  [
    "somebody who finished twice",
    { events: events.map((one) => (one.verb === "accept" ? { ...one, verb: "finish" as const } : one)) },
    "somebody's finish happened twice",
  ],
  ["an answer after the deadline", { deadlineAt: 10_500 }, "finish was taken after the deadline"],
  ["a letter that was not promised", { letters: { ...whole.letters, reference_request: 2 } }, "promised 2 letters"],
  ["completed twice", { letters: { ...whole.letters, refcheck_completed: 2 } }, "2 letters refcheck_completed"],
  [
    "completed without a word",
    { letters: { ...whole.letters, refcheck_completed: 0 } },
    "0 letters refcheck_completed",
  ],
];

describe("saboteurs are named", () => {
  test.each(saboteurs)("%s", (_, over, named) => {
    expect(complaintsAboutRefchecks([{ ...whole, ...over }]).join("; ")).toContain(named);
  });

  test("one candidate who was asked twice", () => {
    expect(complaintsAboutRefchecks([whole, { ...whole, id: "rck_2" }])).toEqual([
      "cleo@example.com was asked for references twice",
    ]);
  });

  test("what was acknowledged and is not there, or is somebody else's", () => {
    const gone = { ...whole, events: without(10) };
    expect(complaintsAboutVouched([gone], [vouched])).toEqual(["rck_1: finish was acknowledged and has not happened"]);
    expect(complaintsAboutVouched([], [vouched])).toEqual([
      "rck_1: finish was acknowledged, and the refcheck is not there",
    ]);
    expect(complaintsAboutVouched([{ ...whole, email: "noor@example.com" }], [vouched])[0]).toContain(
      "is noor@example.com's",
    );
  });

  test("one whose deadline has passed and who still waits", () => {
    const waiting = { ...whole, progress: "in_progress" as const };
    expect(complaintsAboutLate([waiting], deadlineAt + 1, 0)).toEqual([
      "rck_1: its deadline has passed and it is in_progress",
    ]);
  });
});
