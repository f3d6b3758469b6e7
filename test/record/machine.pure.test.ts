import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { phonePart } from "../../src/kernel/shapes.ts";
import {
  advanceCandidate,
  type CandidateStanding,
  type CandidateStatus,
  candidateStatuses,
  candidateVerbs,
  candidateVerbsFrom,
  recordTable,
  stepTowards,
} from "../../src/record/machine.ts";
import { calendarDate, feedbackRatingOf, ratingOf } from "../../src/record/policy.ts";

/** The README's table, written down apart from the one it checks: from, verb, to. */
const promised = `
  APPLIED      interview  INTERVIEWED
  APPLIED      reject     REJECTED
  APPLIED      hire       HIRED
  INTERVIEWED  reject     REJECTED
  INTERVIEWED  hire       HIRED
  REJECTED     reopen     previous
`;
const promises = new Map(
  promised
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/))
    .map(([from, verb, to]) => [`${from} ${verb}`, to ?? ""]),
);

const today = "2026-11-26";
const standing = (status: CandidateStatus, previousStatus: CandidateStatus = "APPLIED"): CandidateStanding => ({
  status,
  previousStatus: status === "REJECTED" ? previousStatus : null,
  rejectDate: status === "REJECTED" ? "2026-01-01" : null,
  hiredDate: status === "HIRED" ? "2026-01-02" : null,
});

const triples = candidateStatuses.flatMap((from) =>
  candidateVerbs.flatMap((verb) => (["APPLIED", "INTERVIEWED"] as const).map((previous) => ({ from, verb, previous }))),
);

describe("every step from every status", () => {
  test.each(triples)("$from $verb, rejected from $previous", ({ from, verb, previous }) => {
    const to = promises.get(`${from} ${verb}`);
    const next = advanceCandidate(standing(from, previous), verb, today);
    expect(next?.status).toBe(to === "previous" ? previous : to);
    expect(candidateVerbsFrom(from).includes(verb)).toBe(to !== undefined);
    if (!next) return;
    expect(next.rejectDate).toBe(next.status === "REJECTED" ? today : null);
    expect(next.hiredDate).toBe(next.status === "HIRED" ? today : null);
    expect(next.previousStatus).toBe(next.status === "REJECTED" ? from : null);
  });

  test("no more and no fewer than the table says, and all of it by members", () => {
    const told = recordTable.flatMap(({ from, verb }) => from.map((status) => `${status} ${verb}`));
    expect(told.sort()).toEqual([...promises.keys()].sort());
    expect(new Set(recordTable.flatMap(({ who }) => who))).toEqual(new Set(["member"]));
  });

  test("saboteur: a table that hires whom it has rejected is found", () => {
    const from = ["APPLIED", "REJECTED"] as const;
    const told = [...recordTable, { verb: "hire", from, who: ["member"] }].flatMap((row) =>
      row.from.map((status) => `${status} ${row.verb}`),
    );
    expect(told.filter((one) => !promises.has(one))).toEqual(["REJECTED hire"]);
  });
});

test("whoever writes a status means the step that leads there, if one does", () => {
  for (const status of candidateStatuses) {
    for (const previous of ["APPLIED", "INTERVIEWED"] as const) {
      for (const wanted of candidateStatuses) {
        const from = standing(status, previous);
        const step = stepTowards(from, wanted);
        if (step === null) {
          expect(wanted).toBe(status);
          continue;
        }
        const next = advanceCandidate(from, step.verb, today);
        const isReachable = candidateVerbs.some((one) => advanceCandidate(from, one, today)?.status === wanted);
        expect([status, previous, wanted, step.leads]).toEqual([status, previous, wanted, isReachable]);
        if (step.leads) expect(next?.status).toBe(wanted);
      }
    }
  }
});

describe("whose rating counts", () => {
  test("staff's, and without it what feedback comes to", () => {
    expect(ratingOf({ handRating: 4.5, feedbackRating: 2 })).toEqual({ rating: 4.5, ratedBy: "hand" });
    expect(ratingOf({ handRating: 0, feedbackRating: 2 })).toEqual({ rating: 0, ratedBy: "hand" });
    expect(ratingOf({ handRating: null, feedbackRating: 2 })).toEqual({ rating: 2, ratedBy: "feedback" });
    expect(ratingOf({ handRating: null, feedbackRating: null })).toEqual({ rating: null, ratedBy: null });
  });

  test("feedback comes to its mean, to the nearest half", () => {
    expect(feedbackRatingOf([])).toBeNull();
    expect(feedbackRatingOf([4.5])).toBe(4.5);
    expect(feedbackRatingOf([4, 4.5])).toBe(4.5);
    expect(feedbackRatingOf([1, 1, 2])).toBe(1.5);
    const halves = fc.array(
      fc.integer({ min: 0, max: 10 }).map((half) => half / 2),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(halves, (ratings) => {
        const rating = feedbackRatingOf(ratings) ?? -1;
        const mean = ratings.reduce((sum, one) => sum + one, 0) / ratings.length;
        expect(Number.isInteger(rating * 2)).toBe(true);
        expect(Math.abs(rating - mean)).toBeLessThanOrEqual(0.25 + 1e-9);
        expect(rating).toBeGreaterThanOrEqual(Math.min(...ratings));
        expect(rating).toBeLessThanOrEqual(Math.max(...ratings));
      }),
    );
  });
});

test("a day is the one it is where the organization is", () => {
  const at = new Date("2026-11-26T23:30:00Z");
  expect(calendarDate(at, "UTC")).toBe("2026-11-26");
  expect(calendarDate(at, "Europe/Amsterdam")).toBe("2026-11-27");
  expect(calendarDate(at, "America/New_York")).toBe("2026-11-26");
  expect(calendarDate(new Date("2026-12-31T23:30:00Z"), "Asia/Tokyo")).toBe("2027-01-01");
});

test("what is looked for in phone numbers is written as they are kept, and words are not looked for there", () => {
  expect(phonePart("+31 (20) 123-45")).toBe("+312012345");
  expect(phonePart("020")).toBe("020");
  expect(["ana", "ana 1", "", "+", "1+2"].map(phonePart)).toEqual([null, null, null, null, null]);
});
