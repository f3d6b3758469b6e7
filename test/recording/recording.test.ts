// A recording's way: in by parts, out by ranges, to those who may rate or review it, and gone when nobody needs it.
import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DatabaseFailure } from "../../db/database.ts";
import { interview, recording, recordingPart } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { bucketOf } from "../../src/app/bucket.ts";
import { dayMs, hourMs, after as plus } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import { forgetRecordings, takePart } from "../../src/recording/actions.ts";
import { partBytesMax } from "../../src/recording/policy.ts";
import { asAnswer, bytesOf, givenRecording, sendPart } from "../support/recording.ts";
import { newInterview } from "../support/stage.ts";
import {
  admitted,
  database,
  givenInterviewing,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  refusalOf,
  send,
  systemDeps,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house, {
    steps: [
      { kind: "question", title: "Say hello", takes: 3, answer: { kind: "media", media: "video" } },
      { kind: "question", title: "Why?", answer: { kind: "text", maxChars: 100 } },
    ],
  });
});
beforeEach(() => void vi.useRealTimers());

const stepId = () => project.steps[0]?.id ?? newId("stp");

/** A candidate in front of the camera. */
async function givenFilming() {
  const invited = await givenInterviewing(house, project);
  const { client, interview: own } = invited;
  const at = { interviewId: own.id, stepId: stepId() };
  await client.answer.openStep.mutate({ interviewId: own.id });
  return {
    ...at,
    client,
    email: invited.email,
    begin: (contentType: "video/webm" | "video/mp4" | "audio/webm" = "video/webm") =>
      client.recording.begin.mutate({ ...at, contentType }),
    record: (parts?: number[]) => givenRecording(client, at, parts ? { parts } : {}),
    submit: (recordingId: `rec_${string}`) =>
      client.answer.save.mutate({ ...at, answer: asAnswer(recordingId), submit: true }),
  };
}

const play = (url: string, headers: HeadersInit = {}, method = "GET") => send(new Request(url, { method, headers }));
const playable = (recordingId: `rec_${string}`, client = house.owner.client) =>
  client.recording.play.query({ recordingId });
async function objectsOf(recordingId: string): Promise<number> {
  return (await env.RECORDINGS.list({ prefix: `${house.organization.id}/${recordingId}/` })).objects.length;
}
const reasonOf = async (response: Response) => [response.status, (await response.json<{ reason: string }>()).reason];

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

describe("a part", () => {
  test("that does not begin like what was announced is refused, and nothing of it is kept", async () => {
    const room = await givenFilming();
    const { id, uploadUrl } = await room.begin("video/mp4");
    for (const bytes of ["<!doctype html><script>alert(1)</script>", bytesOf("video/webm", 40), "x", ""]) {
      const response = await sendPart(uploadUrl, 0, bytes);
      expect(await reasonOf(response)).toEqual(bytes === "" ? [411, "length_needed"] : [415, "recording_mismatch"]);
    }
    expect(await objectsOf(id)).toBe(0);
    expect(await room.client.recording.show.query({ recordingId: id })).toMatchObject({ parts: [] });
  });

  test("that is too large, or makes the whole too large, is refused, and nothing of it is kept", async () => {
    const room = await givenFilming();
    const { id, uploadUrl, bytesMax } = await room.begin();
    const large = await sendPart(uploadUrl, 0, bytesOf("video/webm", partBytesMax + 1));
    expect(await reasonOf(large)).toEqual([413, "too_large"]);
    const huge = {
      recordingId: id,
      organizationId: house.organization.id,
      number: 1,
      bytes: bytesMax - 10,
      key: "elsewhere",
    };
    await database().write([run(build.insert(recordingPart).values(huge))]);
    expect(await reasonOf(await sendPart(uploadUrl, 0, bytesOf("video/webm", 11)))).toEqual([413, "too_large"]);
    expect(await objectsOf(id)).toBe(0);
    // To the byte.
    expect((await sendPart(uploadUrl, 0, bytesOf("video/webm", 10))).status).toBe(200);
    expect(await reasonOf(await sendPart(uploadUrl, 2, "x"))).toEqual([413, "too_large"]);
    expect(await objectsOf(id)).toBe(1);
  });

  test("is taken at no address that was not given out, under no number that is none, and not for ever", async () => {
    const room = await givenFilming();
    const { uploadUrl } = await room.begin();
    const part = bytesOf("video/webm", 20);
    const changed = uploadUrl.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const [url, number] of [
      [changed, 0],
      [`${uploadUrl}A`, 0],
      [uploadUrl.replace(/recordings\/.*/, "recordings/x"), 0],
      [uploadUrl, -1],
      [uploadUrl, 1_000],
      [uploadUrl, "0x1"],
      [uploadUrl, "1.5"],
    ] as const) {
      expect((await sendPart(url, number, part)).status).toBe(404);
    }
    vi.useFakeTimers({ toFake: ["Date"], now: plus(new Date(), dayMs) });
    expect(await reasonOf(await sendPart(uploadUrl, 0, part))).toEqual([404, "not_found"]);
  });

  test("is refused once the interview is over or its time is up, written down or not", async () => {
    const room = await givenFilming();
    const { uploadUrl } = await room.begin();
    await database().write([
      run(
        build
          .update(interview)
          .set({ dueAt: new Date(Date.now() - 1) })
          .where(eq(interview.id, room.interviewId)),
      ),
    ]);
    expect(await reasonOf(await sendPart(uploadUrl, 0, bytesOf("video/webm", 20)))).toEqual([409, "recording_closed"]);
    const other = await givenFilming();
    const begun = await other.begin();
    const sent = await other.begin();
    expect((await sendPart(sent.uploadUrl, 0, bytesOf("video/webm", 20))).status).toBe(200);
    await other.client.interview.abort.mutate({ interviewId: other.interviewId });
    expect((await sendPart(begun.uploadUrl, 0, bytesOf("video/webm", 20))).status).toBe(409);
    const finish = () => other.client.recording.finish.mutate({ recordingId: sent.id, bytes: 20 });
    expect((await refusalOf(finish())).reason).toBe("recording_closed");
    expect(await refusalOf(other.begin())).toMatchObject({ reason: "illegal_step", facts: { from: "aborted" } });
  });

  test("is taken for as long as the session that was given the address lives", async () => {
    const room = await givenFilming();
    const { uploadUrl } = await room.begin();
    await room.client.identity.signOut.mutate();
    expect(await reasonOf(await sendPart(uploadUrl, 0, bytesOf("video/webm", 20)))).toEqual([401, "signed_out"]);
  });

  test("is a sign that whoever sends it is there", async () => {
    const room = await givenFilming();
    const { uploadUrl } = await room.begin();
    const before = await room.client.answer.room.query({ interviewId: room.interviewId });
    vi.useFakeTimers({ toFake: ["Date"], now: plus(new Date(), 60_000) });
    expect((await sendPart(uploadUrl, 0, bytesOf("video/webm", 20))).status).toBe(200);
    const after = await room.client.answer.room.query({ interviewId: room.interviewId });
    const lostAt = ({ presence }: typeof before) => presence?.lostAt.getTime() ?? 0;
    expect(lostAt(after) - lostAt(before)).toBeGreaterThanOrEqual(60_000);
  });

  test("stays where it is when nobody hears that it was written, and goes when it was refused", async () => {
    const room = await givenFilming();
    const { id, uploadUrl } = await room.begin();
    const sealed = uploadUrl.split("/").at(-1) ?? "";
    const real = systemDeps();
    const unheard = {
      ...real.db,
      guardedBy: (guard: Parameters<typeof real.db.guardedBy>[0]) => {
        const guarded = real.db.guardedBy(guard);
        const write: typeof guarded.write = async (sentence) => {
          await guarded.write(sentence);
          throw new DatabaseFailure("the database was not reached");
        };
        return { ...guarded, write };
      },
    };
    const part = bytesOf("video/webm", 20);
    const sent = () => ({ body: new Response(part).body, length: "20" });
    await expect(takePart({ ...real, db: unheard }, sealed, "0", sent())).rejects.toThrow("not reached");
    expect(await room.client.recording.show.query({ recordingId: id })).toMatchObject({ bytes: 20 });
    expect(await objectsOf(id)).toBe(1);
    const put: typeof real.bucket.put = async (...asked) => {
      await real.bucket.put(...asked);
      await room.client.interview.abort.mutate({ interviewId: room.interviewId });
    };
    const late = takePart({ ...systemDeps(), bucket: { ...real.bucket, put } }, sealed, "1", sent());
    await expect(late).rejects.toMatchObject({ reason: "recording_closed" });
    await vi.waitFor(async () => expect(await objectsOf(id)).toBe(1));
  });

  test("that the bucket does not take may be sent again, and is refused as such", async () => {
    const room = await givenFilming();
    const sealed = (await room.begin()).uploadUrl.split("/").at(-1) ?? "";
    const real = systemDeps();
    const away = { ...real.bucket, put: () => Promise.reject(new Error("away")) };
    const sent = { body: new Response(bytesOf("video/webm", 20)).body, length: "20" };
    await expect(takePart({ ...real, bucket: away }, sealed, "0", sent)).rejects.toMatchObject({
      reason: "unavailable",
    });
  });

  test("of something recorded before is dropped when the whole is said to be shorter", async () => {
    const room = await givenFilming();
    const { id, uploadUrl } = await room.begin();
    for (const number of [0, 1, 2]) await sendPart(uploadUrl, number, bytesOf("video/webm", 20));
    expect(await room.client.recording.finish.mutate({ recordingId: id, bytes: 40 })).toMatchObject({
      parts: [
        { number: 0, bytes: 20 },
        { number: 1, bytes: 20 },
      ],
      bytes: 40,
    });
    await room.submit(id);
    expect(await playable(id)).toMatchObject({ bytes: 40 });
    await vi.waitFor(async () => expect(await objectsOf(id)).toBe(2));
  });

  test("of another length than was said is not kept by the bucket", async () => {
    const bucket = bucketOf(env.RECORDINGS);
    for (const said of [10, 30]) {
      const body = new Response(new Uint8Array(20)).body ?? new ReadableStream();
      await expect(bucket.put(`odd/${said}`, body, said)).rejects.toThrow();
      expect(await env.RECORDINGS.head(`odd/${said}`)).toBeNull();
    }
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

describe("what nobody needs any more", () => {
  const sweep = () => forgetRecordings(systemDeps());

  test("is forgotten: another take takes the place of the one before, of which nothing stays", async () => {
    const room = await givenFilming();
    const [first, second] = [await room.record([30, 30]), await room.record([40])];
    await room.submit(first.recordingId);
    const { url } = await playable(first.recordingId);
    await room.submit(second.recordingId);
    expect((await play(url)).status).toBe(404);
    expect(await objectsOf(first.recordingId)).toBe(2);
    await sweep();
    expect(await objectsOf(first.recordingId)).toBe(0);
    expect(await objectsOf(second.recordingId)).toBe(1);
    expect(await playable(second.recordingId)).toMatchObject({ bytes: 40 });
    expect((await refusalOf(room.submit(first.recordingId))).reason).toBe("not_found");
  });

  test("is forgotten a day after it was begun, and not before", async () => {
    const room = await givenFilming();
    const { recordingId } = await room.record();
    await sweep();
    expect(await objectsOf(recordingId)).toBe(1);
    await forgetRecordings(systemDeps({ now: () => plus(new Date(), dayMs) }));
    expect(await objectsOf(recordingId)).toBe(0);
    expect((await refusalOf(room.submit(recordingId))).reason).toBe("not_found");
  });

  test("goes when the interview is begun anew, and when it is skipped", async () => {
    const [again, never] = [await givenFilming(), await givenFilming()];
    const staff = house.owner.client.interview;
    const recorded: `rec_${string}`[] = [];
    for (const room of [again, never]) {
      const { recordingId } = await room.record();
      await room.submit(recordingId);
      await room.client.interview.abort.mutate({ interviewId: room.interviewId });
      expect(await playable(recordingId)).toMatchObject({ recordingId });
      recorded.push(recordingId);
    }
    await staff.reset.mutate({ interviewId: again.interviewId, deadlineAt: plus(new Date(), dayMs) });
    await staff.skip.mutate({ interviewId: never.interviewId, why: "They took another job." });
    const { client } = await admitted(again.email);
    await client.interview.start.mutate({ interviewId: again.interviewId });
    for (const recordingId of recorded) {
      expect((await refusalOf(playable(recordingId))).reason).toBe("not_found");
      await sweep();
      expect(await objectsOf(recordingId)).toBe(0);
    }
  });

  test("goes with its interview", async () => {
    const { interviewId } = await newInterview(house, project.id, "new");
    const { organization } = house;
    const [id, key] = [newId("rec"), "whatever"];
    const row = {
      id,
      organizationId: organization.id,
      interviewId,
      run: 1,
      stepId: stepId(),
      contentType: "video/webm",
    };
    await database().write([
      run(build.insert(recording).values({ ...row, status: "whole", createdAt: new Date() })),
      run(
        build
          .insert(recordingPart)
          .values({ recordingId: id, organizationId: organization.id, number: 0, bytes: 4, key }),
      ),
    ]);
    await env.RECORDINGS.put(`${organization.id}/${id}/0-x`, "four");
    await house.owner.client.interview.remove.mutate({ interviewId });
    expect((await refusalOf(playable(id))).reason).toBe("not_found");
    await sweep();
    expect(await objectsOf(id)).toBe(0);
  });

  test("is tried again by the next sweep when the bucket is away, and nothing is lost track of", async () => {
    const room = await givenFilming();
    const { recordingId } = await room.record();
    const later = () => plus(new Date(), dayMs);
    const real = systemDeps();
    const { recordingId: other } = await (await givenFilming()).record();
    const forget = (prefix: string) =>
      prefix.includes(recordingId) ? Promise.reject(new Error("away")) : real.bucket.forget(prefix);
    await forgetRecordings(systemDeps({ now: later, bucket: { ...real.bucket, forget } }));
    expect([await objectsOf(recordingId), await objectsOf(other)], "it holds up no other").toEqual([1, 0]);
    await forgetRecordings(systemDeps({ now: later }));
    expect(await objectsOf(recordingId)).toBe(0);
  });
});
