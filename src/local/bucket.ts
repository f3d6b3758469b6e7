// R2 on one machine: a folder of files, spoken to as workerd speaks to R2. As much of it as Anteroom uses.
// https://github.com/cloudflare/workerd/blob/main/src/workerd/api/r2-bucket.c++ says what is sent, r2-api.capnp what is answered.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

export type BucketServer = { readonly port: number; readonly stop: () => Promise<void> };

type Asked = {
  readonly method: "get" | "head" | "put" | "delete" | "list";
  readonly object?: string;
  readonly objects?: readonly string[];
  readonly prefix?: string;
  readonly limit?: number;
  readonly range?: { readonly offset?: string | number; readonly length?: string | number };
};

const noSuchKey = { version: 1, v4code: 10_007, message: "The specified key does not exist." };
const notHere = { version: 1, v4code: 10_002, message: "This bucket takes no such request." };
const listedMax = 1_000;

/** A name as a file's: names hold slashes, and files lie side by side. */
const fileOf = (name: string) => encodeURIComponent(name);

export async function startBucket(directory: string): Promise<BucketServer> {
  await mkdir(directory, { recursive: true });
  const server = createServer((request, response) => {
    answer(directory, request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The bucket has no port.");
  return {
    port: address.port,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(directory: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET") return read(directory, JSON.parse(String(request.headers["cf-r2-request"])), response);
  const metadataBytes = Number(request.headers["cf-r2-metadata-size"]);
  if (request.method !== "PUT" || !(metadataBytes > 0)) return refused(response, notHere);
  const { asked, body } = await opened(request, metadataBytes);
  if (asked.method === "delete") {
    const names = asked.objects ?? (asked.object === undefined ? [] : [asked.object]);
    await Promise.all(names.map((name) => rm(join(directory, fileOf(name)), { force: true })));
    return void response.end();
  }
  if (asked.method !== "put" || asked.object === undefined) return refused(response, notHere);
  const file = join(directory, fileOf(asked.object));
  const unfinished = `${file}.${crypto.randomUUID()}.tmp`;
  const bytes = Number(request.headers["content-length"]) - metadataBytes;
  try {
    await pipeline(body, createWriteStream(unfinished));
    if ((await stat(unfinished)).size !== bytes) throw new Error("cut off");
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  described(response, await objectOf(directory, asked.object));
}

/** What is asked stands in front of the body, as JSON of so many bytes. */
async function opened(request: IncomingMessage, metadataBytes: number) {
  let metadata = Buffer.alloc(0);
  const rest = new Transform({ transform: (chunk, _, done) => done(null, chunk) });
  const cut = new Transform({
    transform(chunk: Buffer, _, done) {
      const missing = metadataBytes - metadata.length;
      metadata = Buffer.concat([metadata, chunk.subarray(0, missing)]);
      if (metadata.length === metadataBytes) cut.emit("asked");
      done(null, chunk.subarray(Math.max(0, missing)));
    },
  });
  const asked = once(cut, "asked");
  const body = request.pipe(cut).pipe(rest);
  request.once("close", () => request.complete || body.destroy());
  await asked;
  return { asked: JSON.parse(metadata.toString()) as Asked, body };
}

async function read(directory: string, asked: Asked, response: ServerResponse): Promise<void> {
  if (asked.method === "list") return list(directory, asked, response);
  if (asked.object === undefined) return refused(response, notHere);
  const object = await objectOf(directory, asked.object).catch(() => null);
  if (object === null) return refused(response, noSuchKey);
  if (asked.method === "head") return described(response, object);
  const offset = Number(asked.range?.offset ?? 0);
  const length = Math.min(Number(asked.range?.length ?? object.size), object.size - offset);
  const metadata = Buffer.from(JSON.stringify({ ...object, range: { offset, length } }));
  response.writeHead(200, { "cf-r2-metadata-size": metadata.length, "content-length": metadata.length + length });
  response.write(metadata);
  if (length === 0) return void response.end();
  const bytes = createReadStream(join(directory, fileOf(asked.object)), { start: offset, end: offset + length - 1 });
  await pipeline(bytes, response);
}

async function list(directory: string, { prefix = "", limit = listedMax }: Asked, response: ServerResponse) {
  const names = (await readdir(directory)).filter((file) => !file.endsWith(".tmp")).map(decodeURIComponent);
  const found = names.filter((name) => name.startsWith(prefix)).sort();
  const listed = await Promise.all(found.slice(0, limit).map((name) => objectOf(directory, name).catch(() => null)));
  // One that was deleted meanwhile is not there.
  const objects = listed.filter((object) => object !== null);
  const truncated = found.length > limit;
  described(response, { objects, truncated, delimitedPrefixes: [], ...(truncated && { cursor: found[limit - 1] }) });
}

async function objectOf(directory: string, name: string) {
  const { size, mtimeMs } = await stat(join(directory, fileOf(name)));
  const uploaded = Math.floor(mtimeMs);
  const etag = createHash("md5").update(`${name} ${uploaded} ${size}`).digest("hex");
  return { name, version: etag, size, etag, uploaded, httpFields: {}, customFields: [], checksums: {} };
}

function described(response: ServerResponse, what: object): void {
  const metadata = Buffer.from(JSON.stringify(what));
  response.writeHead(200, { "cf-r2-metadata-size": metadata.length, "content-length": metadata.length });
  response.end(metadata);
}

function refused(response: ServerResponse, error: typeof noSuchKey): void {
  response.writeHead(error === noSuchKey ? 404 : 400, { "cf-r2-error": JSON.stringify(error) }).end();
}
