import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAnteroom, PartRefused, type Recording, sendRecording } from "../../client/index.ts";
import { serialize } from "../../src/kernel/wire.ts";

const recording: Recording = {
  ...{ id: "rec_1", interviewId: "itv_1", stepId: "stp_1", contentType: "video/webm", status: "open" },
  ...{ parts: [], bytes: 0, bytesMax: 1_000, partBytesMax: 10, partsMax: 1_000 },
  ...{ uploadUrl: "https://api.example.com/recordings/sealed", uploadUntil: new Date("2031-05-01T12:00:00.000Z") },
};
const blob = new Blob([Uint8Array.from({ length: 25 }, (_, at) => at)]);

/** A bucket that answers these first, and then takes everything. */
function taking(...answers: (Response | Error)[]) {
  const sent: string[] = [];
  const fetch = async (url: string, { body }: RequestInit) => {
    sent.push(`${url.split("/").at(-1)}: ${(body as Blob).size}`);
    const answer = answers.shift() ?? Response.json({});
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, fetch };
}

let finished = 0;
const anteroom = createAnteroom({
  url: "https://api.example.com",
  fetch: async () => {
    finished += 1;
    return Response.json([{ result: { data: serialize({ ...recording, status: "whole" }) } }]);
  },
});

beforeEach(() => {
  finished = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

/** What it comes to, without anybody's waiting. */
async function soon<Result>(sending: Promise<Result>): Promise<Result> {
  const outcome = Promise.allSettled([sending]);
  await vi.runAllTimersAsync();
  await outcome;
  return sending;
}

describe("a recording that is sent", () => {
  it("goes in parts, tells how far it is, and is said to be whole", async () => {
    const { sent, fetch } = taking();
    const told: number[] = [];
    const whole = await soon(sendRecording(anteroom, recording, blob, { fetch, onSent: (bytes) => told.push(bytes) }));
    expect(whole.status).toBe("whole");
    expect({ sent, told, finished }).toEqual({ sent: ["0: 10", "1: 10", "2: 5"], told: [10, 20, 25], finished: 1 });
  });

  it("goes on with what is not there yet", async () => {
    const { sent, fetch } = taking();
    const parts = [
      { number: 0, bytes: 10 },
      { number: 1, bytes: 4 },
    ];
    await soon(sendRecording(anteroom, { ...recording, parts }, blob, { fetch }));
    expect(sent).toEqual(["1: 10", "2: 5"]);
  });

  it("sends again what did not arrive, and gives up in the end", async () => {
    const flaky = taking(new TypeError("fetch failed"), new Response(null, { status: 503 }));
    await soon(sendRecording(anteroom, recording, blob, { fetch: flaky.fetch }));
    expect(flaky.sent).toEqual(["0: 10", "0: 10", "0: 10", "1: 10", "2: 5"]);
    const dead = taking(...Array.from({ length: 3 }, () => new TypeError("fetch failed")));
    const failing = soon(sendRecording(anteroom, recording, blob, { fetch: dead.fetch, triesMax: 3 }));
    await expect(failing).rejects.toThrow("fetch failed");
    expect({ sent: dead.sent.length, finished }).toEqual({ sent: 3, finished: 1 });
  });

  it("stops at a part that is refused, and says why", async () => {
    const { sent, fetch } = taking(Response.json({ reason: "recording_mismatch" }, { status: 415 }));
    const error = await sendRecording(anteroom, recording, blob, { fetch }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PartRefused);
    expect(error).toMatchObject({ status: 415, reason: "recording_mismatch" });
    expect({ sent, finished }).toEqual({ sent: ["0: 10"], finished: 0 });
  });
});
