import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs, after as later, secondMs } from "../../src/kernel/clock.ts";
import {
  attemptsMax,
  batchSizeMax,
  concurrencyMax,
  heldBack,
  leaseMs,
  outcomeOf,
  retryWaitMs,
  uselessFrom,
} from "../../src/letter/policy.ts";
import { isNight } from "../../src/timer/policy.ts";

const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const now = new Date("2026-11-22T12:00:00Z");
const link = { frontend: "https://a.example", next: null };
const signIn = { content: { kind: "sign_in", link }, timeZone: "UTC" } as const;

describe("waiting for another try", () => {
  test("is never shorter than half a second nor longer than six hours", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), randoms, (attempts, random) => {
        expect(retryWaitMs(attempts, random)).toBeGreaterThanOrEqual(secondMs / 2);
        expect(retryWaitMs(attempts, random)).toBeLessThanOrEqual(6 * hourMs);
      }),
    );
  });

  test("all tries of a letter take between half a day and a day", () => {
    fc.assert(
      fc.property(fc.array(randoms, { minLength: attemptsMax - 1, maxLength: attemptsMax - 1 }), (jitter) => {
        const totalMs = jitter.reduce((sum, random, index) => sum + retryWaitMs(index + 1, random), 0);
        expect(totalMs).toBeGreaterThanOrEqual(dayMs / 2);
        expect(totalMs).toBeLessThanOrEqual(dayMs + hourMs);
      }),
    );
  });

  test("many that failed at once do not come back at once", () => {
    const waits = Array.from({ length: 100 }, (_, index) => retryWaitMs(5, index / 100));
    expect(new Set(waits).size).toBe(100);
  });

  test("a lease outlives the slowest batch", () => {
    const slowestMs = Math.ceil(batchSizeMax / concurrencyMax) * 10 * secondMs;
    expect(leaseMs).toBeGreaterThan(slowestMs + 20 * secondMs);
  });
});

describe("what a try comes to", () => {
  test("is waiting for as long as there are tries left, and then a visible failure", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), randoms, fc.string(), (attempts, random, why) => {
        const outcome = outcomeOf({ ...signIn, attempts }, { outcome: "later", why }, now, random);
        expect(outcome.status).toBe(attempts < attemptsMax ? "waiting" : "failed");
        if (outcome.status === "waiting") expect(outcome.nextAttemptAt > now).toBe(true);
      }),
    );
  });

  test("a final refusal fails at the first try", () => {
    expect(outcomeOf({ ...signIn, attempts: 1 }, { outcome: "refused", why: "no such address" }, now, 0)).toEqual({
      status: "failed",
      lastError: "no such address",
    });
  });
});

describe("a reminder and its reader's night", () => {
  const deadlineAt = later(now, 2 * dayMs);
  const about = { firstName: "a", organizationName: "o", projectName: "p", link };
  const content = { kind: "interview_reminder", ...about, deadlineAt: deadlineAt.toISOString() } as const;
  const anyTime = fc.integer({ min: 0, max: 2 * dayMs - 1 }).map((afterMs) => later(now, afterMs));
  const zone = fc.constantFrom("UTC", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns");

  test("never meet: neither this try nor the next is by night, and what would come too late is withdrawn", () => {
    const met = { put_off: 0, withdrawn: 0, waiting: 0 };
    const tried = fc.record({
      at: anyTime,
      timeZone: zone,
      attempts: fc.integer({ min: 1, max: 11 }),
      random: randoms,
    });
    fc.assert(
      fc.property(tried, ({ at, timeZone, attempts, random }) => {
        const reminder = { content, timeZone, attempts };
        const held = heldBack(reminder, at);
        expect(held !== null).toBe(isNight(at, timeZone));
        const outcome = held ?? outcomeOf(reminder, { outcome: "later", why: "away" }, at, random);
        if (outcome.status === "delivered" || outcome.status === "failed") throw new Error("it is not decided yet");
        met[outcome.status] += 1;
        if ("nextAttemptAt" in outcome) expect(isNight(outcome.nextAttemptAt, timeZone)).toBe(false);
        const leavesMs = outcome.status === "put_off" ? deadlineAt.getTime() - outcome.nextAttemptAt.getTime() : hourMs;
        expect(leavesMs).toBeGreaterThanOrEqual(hourMs);
      }),
      { numRuns: 2_000 },
    );
    for (const count of Object.values(met)) expect(count).toBeGreaterThan(50);
  });

  test("are nothing to other letters", () => {
    expect(heldBack({ ...signIn, attempts: 1 }, new Date("2026-11-22T03:00:00Z"))).toBeNull();
  });
});

describe("a letter whose link has run out is not worth sending", () => {
  test("a sign-in letter after ten minutes, an invite after its own end, an invitation never", () => {
    expect(uselessFrom({ kind: "sign_in", link }, now)).toEqual(new Date("2026-11-22T12:10:00Z"));
    const invite = { kind: "member_invite", organizationName: "o", inviterName: "i", link } as const;
    expect(uselessFrom({ ...invite, expiresAt: "2026-11-29T12:00:00.000Z" }, now)).toEqual(
      new Date("2026-11-29T12:00:00Z"),
    );
    expect(uselessFrom({ ...invite, expiresAt: null }, now)).toBeNull();
    const invitation = { firstName: "a", organizationName: "o", projectName: "p", deadlineAt: null, link };
    expect(uselessFrom({ kind: "interview_invitation", ...invitation }, now)).toBeNull();
  });
});
