// Documents that came in by HTTP, as whoever adds them sends them.
import { env } from "cloudflare:test";
import { type FileType, typeNamed } from "../../src/kernel/files.ts";
import type { CandidateId } from "../../src/kernel/ids.ts";
import { fileOf } from "./files.ts";
import type { Inputs } from "./questionnaire.ts";
import { type Client, send } from "./world.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Its length said, as browsers do; another one if so told, or none. */
export function fileRequest(
  url: string,
  body: Bytes | ReadableStream,
  length: number | null = body instanceof Uint8Array ? body.length : null,
) {
  const headers = { ...(length !== null && { "content-length": String(length) }) };
  return new Request(url, { method: "PUT", body, headers });
}

export const sendFile = (...sent: Parameters<typeof fileRequest>) => send(fileRequest(...sent));

type Announced = Inputs["document"]["announce"];
type Over = Partial<Omit<Announced, "candidateId" | "bytes">> & { readonly content?: Bytes };

/** Announced, sent, and here: a PDF unless said otherwise. */
export async function givenDocument(client: Client, candidateId: CandidateId, over: Over = {}) {
  const { fileName = "cv.pdf", content: given, ...rest } = over;
  const type: FileType = rest.type ?? typeNamed(fileName) ?? "pdf";
  const content = given ?? fileOf(type);
  const about = { candidateId, fileName, ...rest, bytes: content.length };
  const { documentId, uploadUrl } = await client.document.announce.mutate(about);
  const response = await sendFile(uploadUrl, content);
  if (!response.ok) throw new Error(`the document was answered ${response.status}: ${await response.text()}`);
  return { documentId, content };
}

/** How many objects of it the bucket holds. */
export async function objectsOf(organizationId: string, documentId: string): Promise<number> {
  return (await env.RECORDINGS.list({ prefix: `${organizationId}/${documentId}/` })).objects.length;
}
