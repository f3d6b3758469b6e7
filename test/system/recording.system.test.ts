// Recordings and documents on the whole installation: through the production bundle into the local bucket and out again, by ranges, over a restart.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { letterTo, tokenOf } from "../../client/demo/mailbox.ts";
import { createAnteroom, sendDocument, sendRecording } from "../../client/index.ts";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { freePort } from "../../src/local/process.ts";
import { givenOpenHouse } from "./open-house.ts";

const directory = mkdtempSync(join(tmpdir(), "anteroom-recording-"));
let anteroom: Anteroom;
let client: Awaited<ReturnType<typeof givenOpenHouse>>["client"];
beforeAll(async () => {
  anteroom = await startAnteroom({ directory, port: await freePort(), environment: {}, log: "file" });
  ({ client } = await givenOpenHouse(anteroom.url));
});
afterAll(async () => {
  await anteroom?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What is deleted goes after the answer: it is waited for. */
const files = () => readdirSync(join(directory, "recordings")).length;
const filesComeTo = (count: number) => expect.poll(files, { timeout: 10_000 }).toBe(count);

/** Larger than one part, and no two stretches of it alike. */
function film(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20 * 1_024 * 1_024);
  for (let at = 0; at < bytes.length; at += 4) new DataView(bytes.buffer).setUint32(at, at * 2_654_435_761);
  bytes.set([0x1a, 0x45, 0xdf, 0xa3]);
  return bytes;
}

test("20 MiB go in by the typed client and come out as they were, also after a kill -9, and are gone when replaced", async () => {
  const { url } = anteroom;
  const project = await client.project.create.mutate({ name: "Film" });
  const { steps } = await client.project.setSteps.mutate({
    projectId: project.id,
    revision: project.revision,
    steps: [{ kind: "question", title: "Hello?", takes: 2, answer: { kind: "media", media: "video" } }],
  });
  await client.project.activate.mutate({ projectId: project.id });
  const email = "filmed@example.com";
  const { id: interviewId } = await client.interview.createAndInvite.mutate({
    projectId: project.id,
    candidate: { email, firstName: "Cleo", lastName: "Candidate" },
  });
  const { token } = await createAnteroom({ url }).identity.useLink.mutate({
    token: tokenOf(await letterTo(url, email)),
  });
  const candidate = createAnteroom({ url, token });
  await candidate.interview.confirm.mutate({ interviewId });
  await candidate.interview.start.mutate({ interviewId });
  await candidate.answer.openStep.mutate({ interviewId });
  const stepId = steps[0]?.id ?? "stp_";
  const record = async (bytes: Uint8Array<ArrayBuffer>) => {
    const begun = await candidate.recording.begin.mutate({ interviewId, stepId, contentType: "video/webm" });
    const { id: recordingId } = await sendRecording(candidate, begun, new Blob([bytes]));
    const answer = { kind: "media" as const, recordingId, durationSeconds: 60 };
    await candidate.answer.save.mutate({ interviewId, stepId, answer, submit: true });
    return recordingId;
  };

  const bytes = film();
  const recordingId = await record(bytes);
  await anteroom.killWorker();
  await anteroom.restartWorker();
  const playable = await client.recording.play.query({ recordingId });
  expect(Buffer.from(bytes).equals(await (await fetch(playable.url)).bytes())).toBe(true);
  const [from, to] = [8 * 1_024 * 1_024 - 5, 16 * 1_024 * 1_024 + 5];
  const some = await fetch(playable.url, { headers: { range: `bytes=${from}-${to}` } });
  expect([some.status, some.headers.get("content-length")]).toEqual([206, String(to - from + 1)]);
  expect(Buffer.from(bytes.slice(from, to + 1)).equals(await some.bytes())).toBe(true);

  await filesComeTo(3);
  await record(bytes.slice(0, 1_000));
  await anteroom.cron();
  await filesComeTo(1);
  expect((await fetch(playable.url)).status).toBe(404);
});

test("a document of 20 MiB goes in by the typed client and comes out as it was; one whose sender hangs up is not kept", async () => {
  const user = { firstName: "Mira", lastName: "Okafor", email: "mira@example.com" };
  const { id: candidateId } = await client.candidate.create.mutate({ user });
  const before = files();
  const bytes = film();
  bytes.set(Buffer.from("%PDF-1.7\n"));
  const { id: documentId } = await sendDocument(client, { candidateId, fileName: "Mira.pdf" }, new Blob([bytes]));
  const link = await client.document.link.query({ documentId });
  const response = await fetch(link.url);
  expect(response.headers.get("content-disposition")).toContain('filename="Mira.pdf"');
  expect(Buffer.from(bytes).equals(await response.bytes())).toBe(true);
  const other = new Blob([new Uint8Array(1_000_000)]);
  await expect(sendDocument(client, { candidateId, fileName: "cv.pdf" }, other)).rejects.toMatchObject({
    reason: "document_mismatch",
  });
  const about = { candidateId, fileName: "cut.pdf", bytes: bytes.length };
  const { uploadUrl } = await client.document.announce.mutate(about);
  const hangingUp = new AbortController();
  const cut = fetch(uploadUrl, {
    method: "PUT",
    headers: { "content-length": String(bytes.length) },
    body: new ReadableStream({
      start: (controller) => controller.enqueue(bytes.slice(0, 5_000_000)),
      pull: () => hangingUp.abort(),
    }),
    signal: hangingUp.signal,
    duplex: "half",
  } as RequestInit);
  await expect(cut).rejects.toThrow();
  expect((await fetch(uploadUrl, { method: "PUT", body: bytes })).status).toBe(200);
  await filesComeTo(before + 2);
  await client.document.remove.mutate({ documentId });
  expect((await fetch(link.url)).status).toBe(404);
  await filesComeTo(before + 1);
});
