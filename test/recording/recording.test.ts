// A recording's way: in by parts, and out by ranges to those who may rate or review it.
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { recording } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { hourMs, after as plus } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import { partBytesMax } from "../../src/recording/policy.ts";
import { asAnswer, bytesOf, givenRecording, sendPart } from "../support/recording.ts";
import {
  database,
  givenInterviewing,
  givenMember,
  givenOrganization,
  givenProject,
  refusalOf,
  send,
} from "../support/world.ts";
import { givenFilming, house, objectsOf, play, playable, project, reasonOf, stepId } from "./studio.ts";

describe("a recording", () => {
  test("comes out as it went in, whatever its parts and whichever bytes of it are asked for", async () => {
    const room = await givenFilming();
    const lengths = fc.array(fc.integer({ min: 16, max: 3_000 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }), async (parts, asked) => {
        const { recordingId, bytes } = await room.record(parts);
        await database().write([
          run(build.update(recording).set({ forgetAt: null }).where(eq(recording.id, recordingId))),
        ]);
        const { url, bytes: count, contentType } = await playable(recordingId);
        expect({ count, contentType }).toEqual({ count: bytes.length, contentType: "video/webm" });
        const whole = await play(url);
        expect([whole.status, whole.headers.get("content-length")]).toEqual([200, String(count)]);
        expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytes);
        for (const [one, other] of asked) {
          const from = one % count;
          const to = from + (other % (count - from));
          const some = await play(url, { range: `bytes=${from}-${to}` });
          expect([some.status, some.headers.get("content-range")]).toEqual([206, `bytes ${from}-${to}/${count}`]);
          expect(new Uint8Array(await some.arrayBuffer())).toEqual(bytes.slice(from, to + 1));
        }
      }),
      { numRuns: 12 },
    );
  });

  test("is given as an answer and read by staff with its type, never with its address", async () => {
    const room = await givenFilming();
    const { recordingId } = await room.record([40, 60]);
    expect(await room.submit(recordingId)).toMatchObject({ open: { isDone: true, answer: { recordingId } } });
    const { steps } = await house.owner.client.answer.given.query({ interviewId: room.interviewId });
    expect(steps[0]?.answer).toEqual({ kind: "media", recordingId, durationSeconds: 9, contentType: "video/webm" });
  });

  test("goes on where it was interrupted: parts in any order, sent again as often as it takes, the last one counts", async () => {
    const room = await givenFilming();
    const { id: recordingId, uploadUrl } = await room.begin("video/mp4");
    const bytes = bytesOf("video/mp4", 90);
    const finish = (count = 90) => room.client.recording.finish.mutate({ recordingId, bytes: count });
    expect((await refusalOf(finish())).reason).toBe("recording_incomplete");
    expect((await sendPart(uploadUrl, 2, bytes.slice(60))).status).toBe(200);
    expect((await sendPart(uploadUrl, 0, bytes.slice(0, 30))).status).toBe(200);
    expect(await refusalOf(finish())).toMatchObject({ reason: "recording_incomplete", facts: { missing: 1 } });
    expect((await sendPart(uploadUrl, 1, bytes.slice(0, 20))).status).toBe(200);
    expect((await sendPart(uploadUrl, 1, bytes.slice(30, 60))).status).toBe(200);
    const shown = await room.client.recording.show.query({ recordingId });
    expect(shown).toMatchObject({
      status: "open",
      bytes: 90,
      partBytesMax,
      parts: [0, 1, 2].map((number) => ({ number, bytes: 30 })),
    });
    expect(await objectsOf(recordingId)).toBe(3);
    expect(await refusalOf(finish(89))).toMatchObject({ reason: "recording_incomplete", facts: { bytes: 90 } });
    expect(await finish()).toMatchObject({ status: "whole", bytes: 90 });
    expect(await finish()).toMatchObject({ status: "whole" });
    expect((await refusalOf(finish(60))).reason).toBe("recording_closed");
    expect(await reasonOf(await sendPart(uploadUrl, 1, bytes.slice(30, 60)))).toEqual([409, "recording_closed"]);
    await room.submit(recordingId);
    const { url } = await playable(recordingId);
    expect(new Uint8Array(await (await play(url)).arrayBuffer())).toEqual(bytes);
  });

  test("tells players what they need to know", async () => {
    const room = await givenFilming();
    const { recordingId, bytes } = await room.record([50, 50]);
    await room.submit(recordingId);
    const { url } = await playable(recordingId);
    const head = await play(url, {}, "HEAD");
    expect(await head.text()).toBe("");
    expect(Object.fromEntries(head.headers)).toMatchObject({
      ...{ "accept-ranges": "bytes", "content-type": "video/webm", "content-length": "100", etag: `"${recordingId}"` },
      ...{ "x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'" },
      "access-control-allow-origin": "*",
    });
    const beyond = await play(url, { range: "bytes=100-" });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */100"]);
    const same = await play(url, { range: "bytes=90-", "if-range": `"${recordingId}"` });
    expect([same.status, await same.bytes()]).toEqual([206, bytes.slice(90)]);
    expect((await play(url, { range: "bytes=90-", "if-range": '"another"' })).status).toBe(200);
    const preflight = await send(
      new Request(`${url}/0`, {
        method: "OPTIONS",
        headers: { origin: "https://any.example", "access-control-request-method": "PUT" },
      }),
    );
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");
  });
});

describe("a step that is timed", () => {
  test("takes what was recorded in time for a quarter of an hour more, and nothing that was begun after it", async () => {
    const timed = await givenProject(house, {
      steps: [
        { kind: "question", title: "Say hello", answerSeconds: 60, answer: { kind: "media", media: "video" } },
        { kind: "question", title: "And now?", answer: { kind: "text", maxChars: 100 } },
      ],
    });
    const { client, interview: own } = await givenInterviewing(house, timed);
    const { open } = await client.answer.openStep.mutate({ interviewId: own.id });
    if (!open) throw new Error("the first step is open");
    const closing = open.closesAt ?? new Date(0);
    expect(open.sendUntil).toEqual(plus(closing, 900_000));
    const at = { interviewId: own.id, stepId: open.step.id };
    const { recordingId } = await givenRecording(client, at);
    const give = () => client.answer.save.mutate({ ...at, answer: asAnswer(recordingId), submit: true });
    vi.useFakeTimers({ toFake: ["Date"], now: plus(closing, 900_000) });
    expect((await refusalOf(give())).reason).toBe("step_time_over");
    vi.setSystemTime(plus(closing, 899_999));
    expect((await refusalOf(client.recording.begin.mutate({ ...at, contentType: "video/webm" }))).reason).toBe(
      "step_time_over",
    );
    expect(await give()).toMatchObject({ open: { answer: { recordingId }, takesLeft: 0 } });
  });
});

describe("beginning", () => {
  test("is for the step that is open, in the kind it asks for, by whose interview it is", async () => {
    const room = await givenFilming();
    expect(await refusalOf(room.begin("audio/webm"))).toMatchObject({
      reason: "answer_mismatch",
      facts: { expected: "video" },
    });
    const elsewhere = {
      interviewId: room.interviewId,
      stepId: project.steps[1]?.id ?? newId("stp"),
      contentType: "video/webm",
    } as const;
    expect((await refusalOf(room.client.recording.begin.mutate(elsewhere))).reason).toBe("step_not_open");
    const stranger = await givenFilming();
    const theirs = { interviewId: room.interviewId, stepId: stepId(), contentType: "video/webm" } as const;
    expect((await refusalOf(stranger.client.recording.begin.mutate(theirs))).reason).toBe("not_found");
    const { recordingId } = await room.record();
    for (const call of [
      () => stranger.client.recording.show.query({ recordingId }),
      () => stranger.client.recording.finish.mutate({ recordingId, bytes: 100 }),
      () => stranger.submit(recordingId),
    ]) {
      expect((await refusalOf(call())).reason).toBe("not_found");
    }
  });

  test("is refused once all takes are used, and giving what is not whole is", async () => {
    const room = await givenFilming();
    const { id } = await room.begin();
    expect((await refusalOf(room.submit(id))).reason).toBe("recording_incomplete");
    for (let take = 0; take < 3; take += 1) await room.submit((await room.record()).recordingId);
    expect((await refusalOf(room.begin())).reason).toBe("takes_used");
  });

  test("is found again by whoever has lost their page: the room names it", async () => {
    const room = await givenFilming();
    const open = async () => (await room.client.answer.room.query({ interviewId: room.interviewId })).open;
    expect(await open()).toMatchObject({ recordingId: null });
    const { id } = await room.begin();
    await sendPart(
      (await room.client.recording.show.query({ recordingId: id })).uploadUrl,
      0,
      bytesOf("video/webm", 20),
    );
    expect(await open()).toMatchObject({ recordingId: id, answer: null });
    expect(await room.client.recording.show.query({ recordingId: id })).toMatchObject({ bytes: 20 });
  });
});

describe("playing", () => {
  test("is for those who may rate or review, and for what was given", async () => {
    const room = await givenFilming();
    const { recordingId } = await room.record();
    expect((await refusalOf(playable(recordingId))).reason).toBe("not_found");
    await room.submit(recordingId);
    const { project: projects } = house.owner.client;
    for (const [role, sees] of [
      ["evaluator", true],
      ["reviewer", true],
      ["interview_manager", false],
      [null, false],
    ] as const) {
      const { client, memberId } = await givenMember(house, "hiring_manager");
      if (role) await projects.assignRole.mutate({ projectId: project.id, memberId, role });
      const outcome = await playable(recordingId, client).then(
        () => true,
        (error) => error.data.reason,
      );
      expect([role, outcome]).toEqual([role, sees || "not_found"]);
    }
    expect(await playable(recordingId, (await givenMember(house, "recruiter")).client)).toMatchObject({ recordingId });
    const stranger = await givenOrganization();
    expect((await refusalOf(playable(recordingId, stranger.owner.client))).reason).toBe("not_found");
  });

  test("ends with the session, with the role, and after four hours", async () => {
    const room = await givenFilming();
    const { recordingId } = await room.record();
    await room.submit(recordingId);
    const evaluator = await givenMember(house, "hiring_manager");
    const role = { projectId: project.id, memberId: evaluator.memberId, role: "evaluator" } as const;
    await house.owner.client.project.assignRole.mutate(role);
    const { url } = await playable(recordingId, evaluator.client);
    expect((await play(url)).status).toBe(200);
    await house.owner.client.project.unassignRole.mutate(role);
    expect(await reasonOf(await play(url))).toEqual([404, "not_found"]);
    await house.owner.client.project.assignRole.mutate(role);
    vi.useFakeTimers({ toFake: ["Date"], now: plus(new Date(), 4 * hourMs) });
    expect((await play(url)).status).toBe(404);
    vi.useRealTimers();
    expect((await play(url)).status).toBe(200);
    await evaluator.client.identity.signOut.mutate();
    expect(await reasonOf(await play(url))).toEqual([401, "signed_out"]);
  });

  test("is not for an address to upload to, nor the other way round", async () => {
    const room = await givenFilming();
    const { uploadUrl } = await room.begin();
    expect((await play(uploadUrl)).status).toBe(404);
    const { recordingId } = await room.record();
    await room.submit(recordingId);
    const { url } = await playable(recordingId);
    expect((await sendPart(url, 0, bytesOf("video/webm", 20))).status).toBe(404);
  });
});
