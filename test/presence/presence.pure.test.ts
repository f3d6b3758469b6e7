import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eased } from "../../src/answer/policy.ts";
import {
  advance,
  causeOf,
  endsAt,
  isDue,
  leaseSeconds,
  newborn,
  presenceOf,
  type Rules,
  type State,
  seen,
  settle,
} from "../../src/interview/machine.ts";
import { longer, noAccommodations, rulesFor } from "../../src/interview/policy.ts";
import { after as plus, secondMs } from "../../src/kernel/clock.ts";
import type { Step } from "../../src/project/contract.ts";

const noon = new Date("2031-05-01T12:00:00.000Z");
const rulesArb: fc.Arbitrary<Rules> = fc.record({
  maxInterviewSeconds: fc.integer({ min: 60, max: 7_200 }),
  interruptionGraceSeconds: fc.integer({ min: 0, max: 900 }),
  deadlineAppliesTo: fc.constantFrom("start" as const, "finish" as const),
});

function started(rules: Rules, deadlineAt: Date): State {
  const confirmed: State = { ...newborn, status: "confirmed", version: 3, deadlineAt };
  const [taken] = advance(confirmed, rules, { verb: "start", who: "candidate", now: noon });
  if (!taken) throw new Error("a confirmed interview starts");
  return taken.after;
}

/** When a run with signs at these instants is over, and why, by looking at the gaps alone. */
function overAt(signs: readonly Date[], rules: Rules, deadlineAt: Date) {
  const silenceMs = (leaseSeconds + rules.interruptionGraceSeconds) * secondMs;
  const timeOver = plus(noon, rules.maxInterviewSeconds * secondMs);
  const limit = rules.deadlineAppliesTo === "finish" && deadlineAt <= timeOver ? deadlineAt : timeOver;
  let last = noon;
  for (const sign of signs) {
    if (sign.getTime() - last.getTime() >= silenceMs || sign >= limit) break;
    last = sign;
  }
  const lost = plus(last, silenceMs);
  if (limit === deadlineAt && limit <= lost) return { at: limit, verb: "expire", cause: null };
  return lost < timeOver
    ? { at: lost, verb: "abort", cause: "presence_lost" }
    : { at: timeOver, verb: "abort", cause: "time_over" };
}

type Sign = typeof seen;

/** Runs that end otherwise than their gaps say. */
function wrongRuns(sign: Sign, numRuns: number): unknown {
  const run = fc.record({
    rules: rulesArb,
    deadlineInSeconds: fc.integer({ min: 1, max: 9_000 }),
    gaps: fc.array(fc.integer({ min: 0, max: 1_200 * secondMs }), { maxLength: 20 }),
  });
  return fc.check(
    fc.property(run, ({ rules, deadlineInSeconds, gaps }) => {
      const deadlineAt = plus(noon, deadlineInSeconds * secondMs);
      let state = started(rules, deadlineAt);
      let at = noon;
      const signs = gaps.map((gap) => {
        at = plus(at, gap);
        return at;
      });
      for (const instant of signs) state = { ...state, ...sign(state, rules, instant) };
      const far = plus(noon, 1e9);
      const taken = settle(state, rules, far);
      if (!taken) return false;
      const { at: expected, verb, cause } = overAt(signs, rules, deadlineAt);
      return state.dueAt?.getTime() === expected.getTime() && taken.verb === verb && causeOf(taken, rules) === cause;
    }),
    { numRuns },
  ).counterexample;
}

describe("a running interview is over when its candidate has been silent for the lease and the grace, or at its limit", () => {
  test("2,000 random runs end when, and as, the gaps between their signs say", () => {
    expect(wrongRuns(seen, 2_000)).toBeNull();
  });

  test("saboteur: a sign that revives what is over, and one that only counts the grace, are caught", () => {
    const reviving: Sign = (state, rules, now) => seen({ ...state, dueAt: null }, rules, now);
    const short: Sign = (state, rules, now) => {
      const moved = seen(state, rules, now);
      return moved?.dueAt ? { ...moved, dueAt: plus(moved.dueAt, -leaseSeconds * secondMs) } : moved;
    };
    expect(wrongRuns(reviving, 500)).not.toBeNull();
    expect(wrongRuns(short, 500)).not.toBeNull();
  });

  test("only a running interview has a lease", () => {
    const rules: Rules = { maxInterviewSeconds: 600, interruptionGraceSeconds: 60, deadlineAppliesTo: "start" };
    const running = started(rules, plus(noon, secondMs));
    expect(presenceOf(running, rules)).toEqual({
      lostAt: plus(noon, leaseSeconds * secondMs),
      abortsAt: plus(noon, (leaseSeconds + 60) * secondMs),
    });
    expect(endsAt(running, rules)).toEqual(plus(noon, 600 * secondMs));
    const gone = { ...running, status: "aborted" as const };
    expect(presenceOf(gone, rules)).toBeNull();
    expect(seen(gone, rules, noon)).toBeNull();
  });
});

describe("what is made easier", () => {
  const rules: Rules = { maxInterviewSeconds: 601, interruptionGraceSeconds: 60, deadlineAppliesTo: "start" };

  test("lengthens times, adds takes and grace, and never takes anything away", () => {
    const easing = fc.record({
      timeMultiplier: fc.integer({ min: 20, max: 80 }).map((twentieths) => twentieths / 20),
      extraTakes: fc.nat(10),
      extraGraceSeconds: fc.nat(86_400),
    });
    const step: Step = {
      id: "stp_1",
      title: "Why?",
      prompt: "",
      preparationSeconds: 30,
      answerSeconds: 61,
      takes: 2,
      kind: "question",
      answer: { kind: "text", maxChars: 10 },
    };
    fc.assert(
      fc.property(easing, rulesArb, (accommodations, project) => {
        const held = rulesFor({ status: "invited", rules: null, accommodations }, project);
        expect(held.maxInterviewSeconds).toBeGreaterThanOrEqual(project.maxInterviewSeconds);
        expect(held.interruptionGraceSeconds).toBe(project.interruptionGraceSeconds + accommodations.extraGraceSeconds);
        const given = eased(step, accommodations);
        expect(given.takes).toBe(2 + accommodations.extraTakes);
        expect(given.answerSeconds).toBe(longer(61, accommodations));
        expect(given.answerSeconds).toBeGreaterThanOrEqual(61);
        expect(Number.isInteger(given.preparationSeconds)).toBe(true);
      }),
    );
    expect(eased(step, noAccommodations)).toEqual(step);
    expect(longer(60, { ...noAccommodations, timeMultiplier: 1.15 })).toBe(69);
  });

  test("stands beside what the project said at the start, and follows the project only while nothing runs", () => {
    const kept: Rules = { ...rules, maxInterviewSeconds: 1_200 };
    const running = { status: "interviewing" as const, rules: kept, accommodations: noAccommodations };
    expect(rulesFor(running, rules).maxInterviewSeconds).toBe(1_200);
    expect(rulesFor({ ...running, status: "confirmed" }, rules).maxInterviewSeconds).toBe(601);
    expect(isDue({ dueAt: noon }, noon)).toBe(true);
  });
});
