// What becomes of a document's bytes: which are taken, which are kept, who looks through them, and when they go.
import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DatabaseFailure } from "../../db/database.ts";
import { document } from "../../db/schema/index.ts";
import { build, first, run } from "../../db/statement.ts";
import { http } from "../../src/app/http.ts";
import { scannerAt } from "../../src/app/scanner.ts";
import { forgetDocuments, scanDocuments, takeDocument } from "../../src/document/actions.ts";
import { documentsMax } from "../../src/document/policy.ts";
import { after, hourMs, minuteMs, secondMs } from "../../src/kernel/clock.ts";
import type { Scanned } from "../../src/kernel/deps.ts";
import { fileTypes } from "../../src/kernel/files.ts";
import type { CandidateId, DocumentId } from "../../src/kernel/ids.ts";
import { newCandidate } from "../support/background.ts";
import { fileRequest, givenDocument, objectsOf as objectsIn, sendFile } from "../support/document.ts";
import { fileOf, zipOf } from "../support/files.ts";
import {
  database,
  givenMember,
  givenOrganization,
  type House,
  refusalOf,
  systemDeps,
  unique,
} from "../support/world.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});
beforeEach(() => void vi.useRealTimers());

const api = () => house.owner.client.document;
const objectsOf = (documentId: DocumentId) => objectsIn(house.organization.id, documentId);
const reasonOf = async (response: Response) => [
  response.status,
  (await response.json<{ reason?: string }>()).reason ?? "taken",
];
const at = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: after(new Date(), ms) });
const sealedIn = (url: string) => url.split("/").at(-1) ?? "";

async function announced(bytes: number, fileName = "cv.pdf", client = house.owner.client) {
  return client.document.announce.mutate({ candidateId: await newCandidate(house), fileName, bytes });
}

const rowOf = async (documentId: DocumentId) =>
  (await database().read({ row: first(build.select().from(document).where(eq(document.id, documentId))) })).row;

/** In so many pieces; cut off by an error where it is told to. */
function inPieces(bytes: Uint8Array, pieces: number, isCut = false) {
  const size = Math.ceil(bytes.length / pieces);
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isCut && at > 0) return controller.error(new Error("the line is gone"));
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

describe("what is sent", () => {
  const pdf = fileOf("pdf");

  test("is taken when it is what was announced, in however many pieces", async () => {
    for (const pieces of [1, 7, pdf.length]) {
      const { documentId, uploadUrl } = await announced(pdf.length);
      expect((await refusalOf(api().get.query({ documentId }))).reason).toBe("not_found");
      const response = await sendFile(uploadUrl, inPieces(pdf, pieces), pdf.length);
      expect([response.status, await response.json()]).toEqual([200, { documentId, bytes: pdf.length }]);
      expect(await api().get.query({ documentId })).toMatchObject({
        type: "pdf",
        bytes: pdf.length,
        scan: "unscanned",
      });
      expect(await objectsOf(documentId)).toBe(1);
    }
  });

  test("is not kept when it is cut off in the middle, and may be sent again", async () => {
    const { documentId, uploadUrl } = await announced(pdf.length);
    expect(await reasonOf(await sendFile(uploadUrl, inPieces(pdf, 4, true), pdf.length))).toEqual([503, "unavailable"]);
    expect(await objectsOf(documentId)).toBe(0);
    expect((await sendFile(uploadUrl, pdf)).status).toBe(200);
    expect(await objectsOf(documentId)).toBe(1);
  });

  test("is refused where it is longer or shorter than was said, or does not say", async () => {
    const { documentId, uploadUrl } = await announced(pdf.length);
    const longer = new Uint8Array([...pdf, 10]);
    for (const [body, said, expected] of [
      [inPieces(pdf, 3), null, [411, "length_needed"]],
      [pdf, 0, [411, "length_needed"]],
      [longer, longer.length, [415, "document_mismatch"]],
      [pdf.slice(1), pdf.length - 1, [415, "document_mismatch"]],
      [inPieces(longer, 3), pdf.length, [415, "document_mismatch"]],
      [inPieces(pdf.slice(0, -1), 3), pdf.length, [415, "document_mismatch"]],
    ] as const) {
      expect(await reasonOf(await sendFile(uploadUrl, body, said))).toEqual(expected);
    }
    expect(await objectsOf(documentId)).toBe(0);
  });

  test("is refused where it is something else than its name says, and nothing of it is kept", async () => {
    const exe = new Uint8Array(Buffer.concat([Buffer.from("MZ\u0000"), Buffer.alloc(400, 7)]));
    const java = zipOf([
      { name: "META-INF/MANIFEST.MF" },
      { name: "[Content_Types].xml" },
      { name: "word/document.xml" },
    ]);
    const both = new Uint8Array(Buffer.concat([pdf, zipOf([{ name: "run.exe" }])]));
    for (const [fileName, bytes] of [
      ["cv.pdf", exe],
      ["cv.docx", exe],
      ["cv.txt", exe],
      ["cv.docx", java],
      ["cv.pdf", both],
      ["cv.odt", fileOf("docx")],
      ["photo.png", fileOf("jpeg")],
    ] as const) {
      const { documentId, uploadUrl } = await announced(bytes.length, fileName);
      for (const body of [bytes, inPieces(bytes, 5)]) {
        expect([fileName, ...(await reasonOf(await sendFile(uploadUrl, body, bytes.length)))]).toEqual([
          ...[fileName, 415, "document_mismatch"],
        ]);
      }
      expect(await objectsOf(documentId)).toBe(0);
      expect((await refusalOf(api().get.query({ documentId }))).reason).toBe("not_found");
    }
  });

  test("twenty times at once is kept once, and of the others nothing stays", async () => {
    const { documentId, uploadUrl } = await announced(pdf.length);
    const all = await Promise.all(Array.from({ length: 20 }, () => sendFile(uploadUrl, pdf).then(reasonOf)));
    const outcomes = Map.groupBy(all, String);
    expect([outcomes.get("200,taken")?.length, outcomes.get("409,document_closed")?.length]).toEqual([1, 19]);
    await vi.waitFor(async () => expect(await objectsOf(documentId)).toBe(1));
    const row = await rowOf(documentId);
    expect(await env.RECORDINGS.head(row?.key ?? "")).not.toBeNull();
  });

  test("saboteur: a row written without its guard keeps each in turn, and the count says so", async () => {
    const { documentId } = await announced(pdf.length);
    const unguarded = (key: string) =>
      database().write([run(build.update(document).set({ key, status: "kept" }).where(eq(document.id, documentId)))]);
    const changed = await Promise.all(["one", "another"].map(unguarded));
    expect(changed.filter(([rows]) => rows === 1)).not.toHaveLength(1);
  });

  test("is taken at no address that was not given out, nor for ever, nor once its session ended", async () => {
    const recruiter = await givenMember(house, "recruiter");
    const { uploadUrl, documentId } = await announced(pdf.length, "cv.pdf", recruiter.client);
    const changed = uploadUrl.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const url of [changed, `${uploadUrl}A`, uploadUrl.replace(/documents\/.*/, "documents/x")]) {
      expect(await reasonOf(await sendFile(url, pdf))).toEqual([404, "not_found"]);
    }
    at(hourMs);
    expect(await reasonOf(await sendFile(uploadUrl, pdf))).toEqual([404, "not_found"]);
    vi.useRealTimers();
    await recruiter.client.identity.signOut.mutate();
    expect(await reasonOf(await sendFile(uploadUrl, pdf))).toEqual([401, "signed_out"]);
    expect(await objectsOf(documentId)).toBe(0);
  });

  test("stays where it is when nobody hears that it was written, and the bucket's failure is said as such", async () => {
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
    const sent = () => ({ body: new Response(pdf).body, length: String(pdf.length) });
    const { documentId, uploadUrl } = await announced(pdf.length);
    const put = () => Promise.reject(new Error("away"));
    const away = takeDocument({ ...real, bucket: { ...real.bucket, put } }, sealedIn(uploadUrl), sent());
    await expect(away).rejects.toMatchObject({ reason: "unavailable" });
    await expect(takeDocument({ ...real, db: unheard }, sealedIn(uploadUrl), sent())).rejects.toThrow("not reached");
    expect(await api().get.query({ documentId })).toMatchObject({ bytes: pdf.length });
    expect(await objectsOf(documentId)).toBe(1);
  });
});

describe("announcing", () => {
  test("again with the same key is the same document, however many do at once, and another thing under it is refused", async () => {
    const candidateId = await newCandidate(house);
    const asked = { candidateId, fileName: "cv.pdf", bytes: 900, requestKey: `key-${unique()}-${candidateId}` };
    const all = await Promise.all(Array.from({ length: 10 }, () => api().announce.mutate(asked)));
    expect(new Set(all.map(({ documentId }) => documentId)).size).toBe(1);
    expect((await refusalOf(api().announce.mutate({ ...asked, bytes: 901 }))).reason).toBe("request_key_used");
    const { documentId } = await givenDocument(house.owner.client, candidateId, {
      requestKey: `${asked.requestKey}-2`,
    });
    const { bytes } = await api().get.query({ documentId });
    const repeated = { ...asked, bytes, requestKey: `${asked.requestKey}-2` };
    expect(await api().announce.mutate(repeated)).toMatchObject({ documentId, hasArrived: true });
    await api().remove.mutate({ documentId });
    expect((await api().announce.mutate(repeated)).documentId, "what was removed is not found again").not.toBe(
      documentId,
    );
  });

  test("again gives as much time again", async () => {
    const candidateId = await newCandidate(house);
    const pdf = fileOf("pdf");
    const asked = { candidateId, fileName: "cv.pdf", bytes: pdf.length, requestKey: `key-${candidateId}` };
    const { documentId } = await api().announce.mutate(asked);
    at(hourMs + minuteMs);
    const { uploadUrl } = await api().announce.mutate(asked);
    at(hourMs + minuteMs);
    await forgetDocuments(systemDeps());
    vi.setSystemTime(after(new Date(), -2 * minuteMs));
    expect((await sendFile(uploadUrl, pdf)).status).toBe(200);
    expect(await rowOf(documentId)).toMatchObject({ status: "kept", forgetAt: null });
  });

  test("says what it is by its name or by its type, and refuses what is none, or is too large for one", async () => {
    const candidateId = await newCandidate(house);
    const about = { candidateId, bytes: 1_048_577 };
    expect(await api().announce.mutate({ ...about, fileName: "Foto.JPG" })).toMatchObject({ type: "jpeg" });
    expect(await api().announce.mutate({ ...about, fileName: "scan", type: "pdf" })).toMatchObject({ type: "pdf" });
    const refused = (fileName: string) => refusalOf(api().announce.mutate({ ...about, fileName }));
    expect(await refused("cv.exe")).toMatchObject({ reason: "bad_input", facts: { field: "type", types: fileTypes } });
    expect(await refused("notes.txt")).toMatchObject({ reason: "too_large", facts: { bytesMax: 1_048_576 } });
  });

  test("takes no more of one candidate than there may be, however many do at once", async () => {
    const candidateId = await newCandidate(house);
    const announce = () => api().announce.mutate({ candidateId, fileName: "cv.pdf", bytes: 900 });
    const all = await Promise.allSettled(Array.from({ length: documentsMax + 6 }, announce));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(documentsMax);
    expect(await refusalOf(announce())).toMatchObject({ reason: "list_full", facts: { max: documentsMax } });
  });
});

describe("what nobody needs any more", () => {
  /** As many minutes as it takes. */
  async function sweep(): Promise<void> {
    while ((await forgetDocuments(systemDeps())) > 0);
  }

  test("is forgotten: what was announced and did not come, an hour after it could have", async () => {
    const { documentId, uploadUrl } = await announced(900);
    at(2 * hourMs - secondMs);
    await sweep();
    expect(await rowOf(documentId)).toMatchObject({ status: "awaited" });
    vi.useRealTimers();
    at(2 * hourMs);
    await sweep();
    expect(await rowOf(documentId)).toBeUndefined();
    vi.useRealTimers();
    expect(await reasonOf(await sendFile(uploadUrl, new Uint8Array(900)))).toEqual([409, "document_closed"]);
  });

  test("goes when it is removed: the bytes at once, and once more when none can be under way", async () => {
    const { documentId } = await givenDocument(house.owner.client, await newCandidate(house));
    await api().remove.mutate({ documentId });
    expect(await objectsOf(documentId)).toBe(0);
    await sweep();
    expect(await rowOf(documentId)).toMatchObject({ status: "removed", candidateId: null });
    // Sent at the same time as the one that was kept, by a Worker that died before it took it back.
    await env.RECORDINGS.put(`${house.organization.id}/${documentId}/late`, "late");
    at(2 * hourMs);
    await sweep();
    expect([await rowOf(documentId), await objectsOf(documentId)]).toEqual([undefined, 0]);
  });

  test("goes though it was cut short, and though the bucket is away: the sweep does it, and holds up no other", async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(async () => givenDocument(house.owner.client, await newCandidate(house))),
    );
    const [oneId, otherId] = [one?.documentId ?? "doc_", other?.documentId ?? "doc_"] as const;
    const long = after(new Date(), -minuteMs);
    for (const id of [oneId, otherId]) {
      const gone = { status: "removed", candidateId: null, forgetAt: long } as const;
      await database().write([run(build.update(document).set(gone).where(eq(document.id, id)))]);
    }
    const real = systemDeps();
    const forget = (prefix: string) =>
      prefix.includes(oneId) ? Promise.reject(new Error("away")) : real.bucket.forget(prefix);
    await forgetDocuments(systemDeps({ bucket: { ...real.bucket, forget } }));
    expect([await objectsOf(oneId), await objectsOf(otherId)]).toEqual([1, 0]);
    await sweep();
    expect([await objectsOf(oneId), await rowOf(oneId)]).toEqual([0, undefined]);
  });
});

describe("where a scanner is set up", () => {
  const real = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = real;
  });
  const address = "https://scanner.example.com/scan";

  /** A document that came, and a scanner that says this of it, each time the next, the last for ever. */
  async function scannedBy(...verdicts: (Scanned | Error)[]) {
    const { documentId } = await givenDocument(house.owner.client, await newCandidate(house));
    let asked = 0;
    const scan = async (): Promise<Scanned> => {
      const verdict = verdicts[Math.min(asked, verdicts.length - 1)] ?? { outcome: "clean" };
      asked += 1;
      if (verdict instanceof Error) throw verdict;
      return verdict;
    };
    const sweep = () => scanDocuments(systemDeps({ scanner: { scan } }));
    return { documentId, sweep, asked: () => asked };
  }

  /** Everything that was there before has been looked through. */
  const settled = () => scanDocuments(systemDeps({ scanner: { scan: async () => ({ outcome: "clean" }) } }));
  async function settle(): Promise<void> {
    while ((await settled()) > 0);
  }

  test("an infected document shows it, is not given out, and loses its bytes", async () => {
    await settle();
    const { documentId, sweep } = await scannedBy({ outcome: "infected", threat: "Eicar-Test-Signature\u0000" });
    const { url } = await api().link.query({ documentId });
    expect(await sweep()).toBe(1);
    expect(await api().get.query({ documentId })).toMatchObject({ scan: "infected", threat: "Eicar-Test-Signature" });
    const refused = { reason: "document_infected", facts: { threat: "Eicar-Test-Signature" } };
    expect(await refusalOf(api().link.query({ documentId }))).toMatchObject(refused);
    expect((await http.fetch(new Request(url), env)).status).toBeGreaterThanOrEqual(400);
    expect(await objectsOf(documentId)).toBe(0);
    at(2 * hourMs);
    await forgetDocuments(systemDeps());
    expect(await rowOf(documentId)).toMatchObject({ status: "kept", key: null, forgetAt: null });
    await api().remove.mutate({ documentId });
    expect((await refusalOf(api().get.query({ documentId }))).reason).toBe("not_found");
  });

  test("one that is away is asked again later, later each time, and holds up no other", async () => {
    await settle();
    const { documentId, sweep, asked } = await scannedBy(
      new Error("away"),
      { outcome: "later", why: "busy" },
      { outcome: "clean" },
    );
    expect(await sweep()).toBe(0);
    expect(await sweep()).toBe(0);
    expect(asked()).toBe(1);
    at(minuteMs);
    expect(await sweep()).toBe(0);
    vi.useRealTimers();
    at(5 * minuteMs);
    expect(await sweep()).toBe(1);
    expect(asked()).toBe(3);
    expect(await api().get.query({ documentId })).toMatchObject({ scan: "clean", threat: null });
    expect(await rowOf(documentId)).toMatchObject({ scanAt: null, scanTries: 3 });
  });

  test("is asked by one at a time, and anew where whoever asked has died", async () => {
    await settle();
    const { documentId, sweep, asked } = await scannedBy({ outcome: "clean" });
    const claimed = { scanAt: after(new Date(), 5 * minuteMs) };
    await database().write([run(build.update(document).set(claimed).where(eq(document.id, documentId)))]);
    await sweep();
    expect(asked()).toBe(0);
    at(5 * minuteMs);
    await Promise.all(Array.from({ length: 5 }, sweep));
    expect(asked()).toBe(1);
  });

  test("what comes is sent there, with nothing of whose it is, and goes out once it is clean", async () => {
    const token = "a-token-of-the-scanner";
    const sent: { headers: Record<string, string>; body: string }[] = [];
    let verdict = Response.json({ verdict: "clean" });
    globalThis.fetch = async (input, init) => {
      if (String(input) !== address) return real(input, init);
      const request = new Request(input, init);
      sent.push({ headers: Object.fromEntries(request.headers), body: await request.text() });
      return verdict;
    };
    const scanning = { ...env, SCANNER_URL: address, SCANNER_TOKEN: token };
    const left: Promise<unknown>[] = [];
    const ctx = {
      waitUntil: (work: Promise<unknown>) => void left.push(work),
      passThroughOnException: () => undefined,
    };
    const through = async (request: Request) => {
      const response = await http.fetch(request, scanning, { ...ctx, props: {} } as ExecutionContext);
      await Promise.all(left.splice(0));
      return response;
    };
    const sending = async (candidateId: CandidateId) => {
      const content = fileOf("txt");
      const about = { candidateId, fileName: "Cleo.txt", bytes: content.length };
      const { documentId, uploadUrl } = await api().announce.mutate(about);
      expect((await through(fileRequest(uploadUrl, content))).status).toBe(200);
      return { documentId, content };
    };
    const fetched = async (documentId: DocumentId) => {
      const { url } = await api().link.query({ documentId });
      return reasonOf(await through(new Request(url)).then((one) => (one.ok ? Response.json({}) : one)));
    };
    const { documentId, content } = await sending(await newCandidate(house));
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body).toBe(new TextDecoder().decode(content));
    expect(sent[0]?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      "content-type": expect.stringContaining("text/plain"),
    });
    expect(JSON.stringify(sent[0]?.headers)).not.toMatch(/Cleo|cnd_|doc_|org_/);
    expect(await fetched(documentId)).toEqual([200, "taken"]);
    verdict = new Response("busy", { status: 503 });
    const { documentId: waiting } = await sending(await newCandidate(house));
    expect(await fetched(waiting)).toEqual([409, "document_unscanned"]);
  });

  test("whatever is no verdict is worth another try", async () => {
    for (const [answer, outcome] of [
      [() => Response.json({ verdict: "clean" }), { outcome: "clean" }],
      [() => Response.json({ verdict: "infected", threat: "X" }), { outcome: "infected", threat: "X" }],
      [() => Response.json({ verdict: "infected" }), { outcome: "infected", threat: "" }],
      [() => Response.json({ verdict: "fine" }), { outcome: "later" }],
      [() => new Response("clean"), { outcome: "later" }],
      [() => Response.json({ verdict: "clean" }, { status: 500 }), { outcome: "later" }],
      [() => Response.redirect("https://elsewhere.example.com"), { outcome: "later" }],
      [() => Promise.reject(new TypeError("fetch failed")), { outcome: "later" }],
    ] as const) {
      const scanner = scannerAt({ url: address, send: async () => answer() });
      const body = new Response("bytes").body ?? new ReadableStream();
      expect(await scanner.scan({ mediaType: "text/plain", bytes: 5, body })).toMatchObject(outcome);
    }
  });
});
