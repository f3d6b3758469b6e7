// What becomes of the bytes: which parts are taken, which are kept, and when they go.
import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { DatabaseFailure } from "../../db/database.ts";
import { interview, recording, recordingPart } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { bucketOf } from "../../src/app/bucket.ts";
import { dayMs, after as plus } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import { forgetRecordings, takePart } from "../../src/recording/actions.ts";
import { partBytesMax } from "../../src/recording/policy.ts";
import { bytesOf, sendPart } from "../support/recording.ts";
import { newInterview } from "../support/stage.ts";
import { admitted, database, refusalOf, systemDeps } from "../support/world.ts";
import { givenFilming, house, objectsOf, play, playable, project, reasonOf, stepId } from "./studio.ts";

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
