import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAnteroom, type Document, DocumentRefused, sendDocument } from "../../client/index.ts";
import { serialize } from "../../src/kernel/wire.ts";

const uploadUrl = "https://api.example.com/documents/sealed";
const document: Document = {
  ...{ id: "doc_1", candidateId: "cnd_1", fileName: "cv.pdf", type: "pdf", mediaType: "application/pdf", bytes: 25 },
  ...{ kind: "cv", label: null, scan: "unscanned", threat: null, addedBy: "mem_1", createdAt: new Date(0) },
};
const about = { candidateId: document.candidateId, fileName: "cv.pdf", kind: "cv" } as const;
const file = new Blob([new Uint8Array(25)]);

/** An API that announces, and an address that answers these first, and then takes everything. */
function taking({ hasArrived = false }, ...answers: (Response | Error)[]) {
  const calls: string[] = [];
  const anteroom = createAnteroom({
    url: "https://api.example.com",
    fetch: async (url, init) => {
      const path = new URL(String(url)).pathname.replace("/trpc/", "");
      calls.push(path === "document.announce" ? `${path} ${String(init?.body)}` : path);
      const announced = { documentId: document.id, candidateId: document.candidateId, type: "pdf", bytes: 25 };
      const answer =
        path === "document.get" ? document : { ...announced, hasArrived, uploadUrl, uploadUntil: new Date(0) };
      return Response.json([{ result: { data: serialize(answer) } }]);
    },
  });
  const fetch = async (url: string, { body }: RequestInit) => {
    calls.push(`PUT ${url} ${(body as Blob).size}`);
    const answer = answers.shift() ?? Response.json({});
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { calls, send: () => soon(sendDocument(anteroom, about, file, { fetch, triesMax: 3 })) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What it comes to, without anybody's waiting. */
async function soon<Result>(sending: Promise<Result>): Promise<Result> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  sending.then(over, over);
  while (!isOver) await vi.advanceTimersByTimeAsync(1_000);
  return sending;
}

const announce = `document.announce {"0":{"candidateId":"cnd_1","fileName":"cv.pdf","kind":"cv","bytes":25}}`;
const put = `PUT ${uploadUrl} 25`;
const closed = () => Response.json({ reason: "document_closed" }, { status: 409 });

describe("a document that is sent", () => {
  it("is announced by its length, sent, and answered as it stands", async () => {
    const { calls, send } = taking({});
    expect(await send()).toEqual(document);
    expect(calls).toEqual([announce, put, "document.get"]);
  });

  it("is not sent again when it has come", async () => {
    const { calls, send } = taking({ hasArrived: true });
    await send();
    expect(calls).toEqual([announce, "document.get"]);
  });

  it("is sent again where nobody heard of it, and is there when it had come all the same", async () => {
    const { calls, send } = taking({}, new TypeError("fetch failed"), new Response(null, { status: 503 }), closed());
    expect(await send()).toEqual(document);
    expect(calls).toEqual([announce, put, put, put, "document.get"]);
    const dead = taking({}, ...Array.from({ length: 3 }, () => new TypeError("fetch failed")));
    await expect(dead.send()).rejects.toThrow("fetch failed");
  });

  it("is given up when it is refused, and says why", async () => {
    const facts = { type: "pdf", bytes: 5 };
    const { calls, send } = taking({}, Response.json({ reason: "document_mismatch", facts }, { status: 415 }));
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DocumentRefused);
    expect(error).toMatchObject({ status: 415, reason: "document_mismatch", facts });
    expect(calls).toEqual([announce, put]);
  });
});
