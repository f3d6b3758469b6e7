// The judge of `npm run chaos` proved by saboteurs: each falsifies one thing in a picture that is whole, and must be named.
import { describe, expect, test } from "vitest";
import {
  complaintsAboutAcknowledged,
  complaintsAboutDeadlines,
  complaintsAboutLetters,
  complaintsAboutSteps,
  complaintsAboutWaiting,
  type Deliveries,
  doubledBy,
} from "./judge.ts";
import type { Asked } from "./messages.ts";
import {
  type Acknowledged,
  type Happened,
  leftLyingMs,
  type Picture,
  type StoredInterview,
  type StoredLetter,
} from "./picture.ts";

const deadlineAt = 10_000;
const event = (version: number, verb: Happened["verb"], from: Happened["from"], to: Happened["to"], at: number) => ({
  ...{ version, verb, from, to, at },
});
const letter = (id: string, kind: string, to = "cleo@example.com"): StoredLetter => ({
  ...{ id, kind, to, status: "delivered", deliveredAt: 1_100, nextAttemptAt: null },
});
const events = [
  event(1, "create", null, "new", 1_000),
  event(2, "invite", "new", "invited", 1_000),
  event(3, "confirm", "invited", "confirmed", 2_000),
  event(4, "start", "confirmed", "interviewing", 3_000),
  event(5, "finish", "interviewing", "interviewed", 12_000),
] as const;
const finished: StoredInterview = {
  ...{ id: "itv_1", email: "cleo@example.com", requestKey: "story-1", status: "interviewed", version: 5, deadlineAt },
  ...{ events, answers: [{ text: "Because.", takes: 1, savedAt: 4_000 }], linkCount: 1 },
  ...{ deadlineAppliesTo: "start", toldAmongOthers: 0 },
  letters: [letter("ltr_1", "interview_invitation"), letter("ltr_2", "interview_finished", "owner@example.com")],
};
const told: Acknowledged[] = (["invite", "confirm", "start", "answer", "finish"] as const).map((what) => ({
  ...{ what, interviewId: "itv_1", requestKey: "story-1", email: "cleo@example.com" },
  text: what === "answer" ? "Because." : null,
}));

const pictureOf = (...interviews: StoredInterview[]): Picture => ({ at: 20_000, interviews, otherLetters: [] });
const steps = (over: Partial<StoredInterview>) => complaintsAboutSteps(pictureOf({ ...finished, ...over }));

test("a whole picture leaves nothing to say", () => {
  expect(steps({})).toEqual([]);
  expect(complaintsAboutAcknowledged(pictureOf(finished), told)).toEqual([]);
  expect(complaintsAboutDeadlines(pictureOf(finished), 0)).toEqual([]);
  expect(complaintsAboutWaiting(pictureOf(finished))).toEqual([]);
});

describe("saboteur: a step that is not whole is named", () => {
  const [create, invite, confirm, start, finish] = events;
  const cases: readonly [string, Partial<StoredInterview>, string][] = [
    ["its state without its event", { events: events.slice(0, 4) }, "it stands at version 5 after 4 events"],
    ["its event without its state", { status: "interviewing", version: 4 }, "it stands at version 4 after 5 events"],
    [
      "its letter is missing",
      { letters: finished.letters.slice(0, 1) },
      "finish happened 1 times and promised 0 letters",
    ],
    [
      "a letter without its step",
      { letters: [...finished.letters, letter("ltr_3", "interview_expired")] },
      "expire happened 0 times and promised 1 letters",
    ],
    ["told among others without its step", { toldAmongOthers: 1 }, "expire happened 0 times and promised 1 letters"],
    [
      "a letter nobody knows",
      { letters: [...finished.letters, letter("ltr_3", "interview_reset")] },
      "nothing promised a letter interview_reset",
    ],
    ["its link is missing", { linkCount: 0 }, "it has 0 links and 1 letters with one"],
    [
      "a gap in the versions",
      { events: [create, invite, confirm, start, { ...finish, version: 6 }] },
      "the event versions are 1,2,3,4,6",
    ],
    [
      "a version that stands twice",
      { events: [create, invite, confirm, start, { ...finish, version: 4 }] },
      "the event versions are 1,2,3,4,4",
    ],
    [
      "a step out of order",
      { events: [create, invite, confirm, { ...start, from: "invited" }, finish] },
      "start led from invited to interviewing",
    ],
    [
      "a step taken twice",
      { events: [create, invite, confirm, { ...confirm, version: 4 }, finish] },
      "confirm happened twice",
    ],
    [
      "a step after the deadline",
      { events: [create, invite, confirm, { ...start, at: deadlineAt }, finish] },
      "start was taken after the deadline",
    ],
    [
      "an answer submitted twice",
      { answers: [{ text: "Because.", takes: 2, savedAt: 4_000 }] },
      "an answer was submitted more than once",
    ],
    [
      "a finish after the deadline, where that is the last instant to finish",
      { deadlineAppliesTo: "finish" },
      "finish was taken after the deadline",
    ],
    [
      "an answer after it",
      { deadlineAppliesTo: "finish", answers: [{ text: "Because.", takes: 1, savedAt: deadlineAt }] },
      "an answer was taken after the deadline",
    ],
    ["a finish without its answer", { answers: [] }, "it was finished without its answer"],
  ];
  test.each(cases)("%s", (_, over, complaint) => {
    expect(steps(over).join("\n")).toContain(complaint);
  });

  test("one request that made two interviews", () => {
    expect(complaintsAboutSteps(pictureOf(finished, { ...finished, id: "itv_2" }))).toContain(
      "cleo@example.com was invited twice",
    );
  });
});

describe("saboteur: what was acknowledged and is gone is named", () => {
  test("a whole interview", () => {
    expect(complaintsAboutAcknowledged(pictureOf(), told)).toHaveLength(5);
  });
  test("an answer", () => {
    expect(complaintsAboutAcknowledged(pictureOf({ ...finished, answers: [] }), told)).toEqual([
      "itv_1: its answer was acknowledged and is not there",
    ]);
  });
  test("a step", () => {
    expect(complaintsAboutAcknowledged(pictureOf({ ...finished, events: events.slice(0, 4) }), told)).toEqual([
      "itv_1: finish was acknowledged and has not happened",
    ]);
  });
  test("an interview that is somebody else's", () => {
    expect(complaintsAboutAcknowledged(pictureOf({ ...finished, email: "mira@example.com" }), told)).toEqual([
      "itv_1: it was answered to cleo@example.com, and is mira@example.com's",
    ]);
  });
});

describe("saboteur: what is left lying is named", () => {
  const isNamed = ["itv_1: its deadline has passed and it is confirmed"];
  test("a deadline that nobody wrote down, once it has been time", () => {
    const picture = pictureOf({ ...finished, status: "confirmed" });
    expect(complaintsAboutDeadlines(picture, 0)).toEqual(isNamed);
    expect(complaintsAboutDeadlines(picture, 10_000)).toEqual(isNamed);
    expect(complaintsAboutDeadlines(picture, 10_001)).toEqual([]);
  });

  test("one of somebody who is interviewing, only where it is the last instant to finish", () => {
    const running = { ...finished, status: "interviewing" } as const;
    expect(complaintsAboutDeadlines(pictureOf(running), 0)).toEqual([]);
    expect(complaintsAboutDeadlines(pictureOf({ ...running, deadlineAppliesTo: "finish" }), 0)).toHaveLength(1);
  });

  test("a letter that is due and that nobody tries", () => {
    const isForgotten = ["ltr_1: the interview_invitation is due and nobody tries it"];
    const due = (nextAttemptAt: number | null) => {
      const waiting = { ...letter("ltr_1", "interview_invitation"), status: "waiting", nextAttemptAt };
      return complaintsAboutWaiting({ ...pictureOf({ ...finished, letters: [waiting] }), at: 1_000_000 });
    };
    expect(due(1_000_000 - leftLyingMs)).toEqual([]);
    expect(due(1_000_000 - leftLyingMs - 1)).toEqual(isForgotten);
    expect(due(null)).toEqual(isForgotten);
  });
});

describe("letters", () => {
  const taken = (at: number, fate: "answered" | "dropped" = "answered", id = "ltr_1") => ({
    ...{ letter: id, to: "cleo@example.com", at, fate },
  });
  const one = pictureOf({ ...finished, letters: [{ ...letter("ltr_1", "interview_invitation"), deliveredAt: null }] });
  const quiet = { asked: [], workerKills: [] };
  const about = (deliveries: Partial<Deliveries>, picture = one) =>
    complaintsAboutLetters(picture, { takes: [taken(1_000)], ...quiet, ...deliveries });
  const noted = (at: number, id = "ltr_1"): Asked => ({
    ...{ askedAt: at, endedAt: at + 5, letters: [id], isDone: true, lost: null },
  });
  const lost = (at: number, id = "ltr_1"): Asked => ({ ...noted(at, id), isDone: false, lost: "before_request" });
  const kill = (at: number) => ({ at, until: at + 20 });
  const twice = (second: number) => [taken(1_000), taken(second)];
  const doubled = ["ltr_1: the interview_invitation was delivered 2 times though no answer was lost"];

  test("delivered once is as it should be; twice only where the first answer was dropped, or its note lost", () => {
    expect(about({})).toEqual([]);
    expect(about({ takes: [taken(1_000, "dropped"), taken(1_100)], asked: [noted(1_005)] })).toEqual([]);
    expect(about({ takes: twice(1_100), workerKills: [kill(1_050)] })).toEqual([]);
    expect(about({ takes: twice(1_100), asked: [lost(1_050)] })).toEqual([]);
    const deliveries = { ...quiet, takes: twice(1_100), workerKills: [kill(1_050)] };
    expect(doubledBy(deliveries)).toMatchObject({ killed: 1, unexplained: 0 });
  });

  test("a Worker that was killed while it asked, or after it had asked in vain for a while, has written nothing down", () => {
    const inFlight = { ...noted(1_040), endedAt: 1_090 };
    expect(about({ takes: twice(1_100), asked: [inFlight], workerKills: [kill(1_050)] })).toEqual([]);
    expect(about({ takes: twice(9_100), asked: [lost(1_010), lost(3_000)], workerKills: [kill(8_000)] })).toEqual([]);
    // What it had sent when it was killed may be taken while there is no other yet.
    expect(about({ takes: twice(1_100), workerKills: [{ at: 990, until: 1_010 }] })).toEqual([]);
    // What came of the next try was no delivery, and was written down.
    expect(about({ takes: twice(9_100), asked: [noted(5_000)], workerKills: [kill(1_050)] })).toEqual([]);
  });

  describe("saboteur: a letter that went out twice though no answer was lost is named", () => {
    const everySecond = Array.from({ length: 300 }, (_, nth) => kill(500 + nth * 1_000));
    const cases: readonly [string, Partial<Deliveries>][] = [
      ["whoever was not killed", { takes: twice(1_100) }],
      ["killed before it", { takes: twice(1_100), workerKills: [kill(899)] }],
      ["killed after the second", { takes: twice(1_300), workerKills: [kill(11_000)] }],
      ["killed after it was written down", { takes: twice(1_300), asked: [noted(1_010)], workerKills: [kill(1_200)] }],
      ["killed every second", { takes: twice(250_000), asked: [noted(1_010)], workerKills: everySecond }],
      ["killed when it had long been time to write it down", { takes: twice(9_000), workerKills: [kill(8_000)] }],
      ["another letter's note was lost", { takes: twice(1_100), asked: [lost(1_050, "ltr_2")] }],
      ["a lost note was written down after all", { takes: twice(1_100), asked: [lost(1_010), noted(1_050)] }],
    ];
    test.each(cases)("%s", (_, deliveries) => {
      expect(about(deliveries)).toEqual(doubled);
      expect(doubledBy({ ...quiet, takes: [], ...deliveries })).toMatchObject({ unexplained: 1 });
    });
  });

  test("saboteur: one that went out again after its delivery was written down is named, whatever was killed", () => {
    const written = pictureOf({ ...finished, letters: [letter("ltr_1", "interview_invitation")] });
    expect(about({ takes: twice(1_200), workerKills: [kill(1_050)] }, written)).toEqual([
      "ltr_1: the interview_invitation was delivered again after its delivery had been written down",
    ]);
  });

  test("saboteur: one that was promised and never delivered, or only said to be, is named", () => {
    expect(about({ takes: [] })).toEqual(["ltr_1: the interview_invitation was never delivered"]);
    const waiting = { ...letter("ltr_1", "interview_invitation"), status: "waiting", deliveredAt: null };
    expect(about({}, pictureOf({ ...finished, letters: [waiting] }))).toEqual([
      "ltr_1: the interview_invitation is waiting",
    ]);
  });

  test("saboteur: one whose row was removed, and one that reached somebody else, are named", () => {
    expect(about({}, pictureOf({ ...finished, letters: [] }))).toEqual(["ltr_1: nobody had promised this letter"]);
    expect(about({ takes: [{ ...taken(1_000), to: "mira@example.com" }] })).toEqual([
      "ltr_1: the interview_invitation went to somebody else",
    ]);
  });
});
