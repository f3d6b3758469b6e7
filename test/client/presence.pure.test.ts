import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAnteroom, isRefusal, isUnreachable, type KeptAlive, stayPresent } from "../../client/index.ts";
import { serialize } from "../../src/kernel/wire.ts";

const interviewId = "itv_1";
const soon = new Date("2031-05-01T12:00:00.000Z");
const there: KeptAlive = {
  interviewId,
  status: "interviewing",
  endsAt: soon,
  presence: { keepAliveSeconds: 30, lostAt: soon, abortsAt: soon },
};
const over: KeptAlive = { interviewId, status: "aborted", endsAt: null, presence: null };
const unreachable = new TypeError("fetch failed");

function refusal(reason: string) {
  const data = { code: "NOT_FOUND", httpStatus: 404, reason, facts: {}, issues: [], requestId: "req_1" };
  return { error: serialize({ code: -32_004, message: "A sentence.", data }) };
}

/** A client to whom the API says these, one after the other; an error is no answer at all. */
function hearing(...answers: (KeptAlive | { error: unknown } | Error)[]) {
  let signs = 0;
  const anteroom = createAnteroom({
    url: "https://api.example.com",
    fetch: async () => {
      const answer = answers[signs] ?? over;
      signs += 1;
      if (answer instanceof Error) throw answer;
      return Response.json(["error" in answer ? answer : { result: { data: serialize(answer) } }]);
    },
  });
  return { anteroom, signs: () => signs };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("who stays present", () => {
  it("says so at once and then as often as the API asks, until the interview does not run any more", async () => {
    const { anteroom, signs } = hearing(there, there, over);
    const kept: string[] = [];
    stayPresent(anteroom, { interviewId, onKept: ({ status }) => kept.push(status) });
    await vi.advanceTimersByTimeAsync(0);
    expect(signs()).toBe(1);
    await vi.advanceTimersByTimeAsync(29_900);
    expect(signs()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(signs()).toBe(2);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(kept).toEqual(["interviewing", "interviewing", "aborted"]);
  });

  it("goes on through a lost connection", async () => {
    const { anteroom, signs } = hearing(there, unreachable, unreachable, there, over);
    const failed: unknown[] = [];
    stayPresent(anteroom, { interviewId, onFailed: (error) => failed.push(error) });
    await vi.advanceTimersByTimeAsync(125_000);
    expect(signs()).toBe(5);
    expect(failed.map(isUnreachable)).toEqual([true, true]);
  });

  it("stops where it is refused, and goes on where the service only cannot answer now", async () => {
    const { anteroom, signs } = hearing(refusal("unavailable"), refusal("signed_out"), there);
    const failed: unknown[] = [];
    stayPresent(anteroom, { interviewId, onFailed: (error) => failed.push(error) });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(signs()).toBe(2);
    expect(failed.map((error) => isRefusal(error) && error.reason)).toEqual(["unavailable", "signed_out"]);
  });

  it("stops when it is told to, and is silent then", async () => {
    const { anteroom, signs } = hearing(there, there, there);
    const kept: KeptAlive[] = [];
    const stop = stayPresent(anteroom, { interviewId, onKept: (one) => kept.push(one) });
    await vi.advanceTimersByTimeAsync(0);
    stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(signs()).toBe(1);
    expect(kept).toHaveLength(1);
    const late = hearing(there);
    stayPresent(late.anteroom, { interviewId, onKept: (one) => kept.push(one) })();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(kept).toHaveLength(1);
  });
});
