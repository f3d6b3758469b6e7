import type { Anteroom, RouterInputs, RouterOutputs } from "./anteroom.ts";
import { BytesRefused, type PutFacts, type PutOptions, putBytes } from "./put.ts";

export type Document = RouterOutputs["document"]["get"];

/** What `document.announce` takes; how long it is, the file says. */
export type NewDocument = Omit<RouterInputs["document"]["announce"], "bytes">;

/** The API understood the document and said no: `document_mismatch` has the `type` and the `bytes` announced in its facts. */
export class DocumentRefused extends BytesRefused {
  override readonly name = "DocumentRefused";

  constructor(status: number, reason: string, facts: PutFacts) {
    super("The document", status, reason, facts);
  }
}

/**
 * Announces a document, sends it, and answers with it. After an interruption call it again with the same `requestKey`: what has come is not sent
 * again. Rejects with `DocumentRefused`, with what `fetch` says when it does not arrive, and like `document.announce`.
 */
export async function sendDocument(
  anteroom: Anteroom,
  about: NewDocument,
  file: Blob,
  options: PutOptions = {},
): Promise<Document> {
  const signal = options.signal && { signal: options.signal };
  const { documentId, hasArrived, uploadUrl } = await anteroom.document.announce.mutate(
    { ...about, bytes: file.size },
    signal,
  );
  if (!hasArrived) {
    const refused = (status: number, reason: string, facts: PutFacts) => new DocumentRefused(status, reason, facts);
    await putBytes(uploadUrl, file, options, refused).catch(unlessClosed);
  }
  return anteroom.document.get.query({ documentId }, signal);
}

/** An earlier try may have arrived though nobody heard of it: whether it is there, asking for it tells. */
function unlessClosed(error: unknown): void {
  if (!(error instanceof DocumentRefused) || error.reason !== "document_closed") throw error;
}
