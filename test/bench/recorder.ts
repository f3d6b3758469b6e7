// Stands between a Worker and its database, and keeps what the Worker asked.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export type Recorder = { readonly url: string; readonly asked: () => readonly string[]; readonly stop: () => void };

export async function startRecorder(databaseUrl: string): Promise<Recorder> {
  const asked: string[] = [];
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    asked.push(body);
    const answer = await fetch(`${databaseUrl}${request.url}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(await answer.text());
  }
  // A Worker that is stopped breaks off what it asked behind its answers: nobody waits for that any more.
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The recorder has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked: () => asked,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The text cut wherever it holds an instant of that span: joined with another instant it asks the same, later. */
export function cutAtInstants(pipeline: string, from: number, to: number): string[] {
  const places = [...pipeline.matchAll(/"value":"(\d{13})"/g)].flatMap(({ index, 0: whole, 1: digits = "" }) =>
    Number(digits) < from || Number(digits) > to ? [] : [index + whole.indexOf(digits)],
  );
  return cutAt(pipeline, places, 13);
}

/** What is new in every call: ids of what is made, hashes of links, and what the caller marked with a tag. */
const fresh =
  /(?:itv|cnd|evt|ltr|lnk)_[0-9a-f]{32}|-[0-9a-f]{8}(?=@bench\.example)|request-\d+-[0-9a-f]{8}|(?<=":")[A-Za-z0-9_-]{43}(?=")/g;
export const tagChars = 8;

/** The text cut at the end of all that is new in every call: joined with another tag it asks for other rows, as many and as long. */
export function cutAtTags(text: string): string[] {
  const places = [...text.matchAll(fresh)].map(({ index, 0: whole }) => index + whole.length - tagChars);
  return cutAt(text, places, tagChars);
}

function cutAt(text: string, places: readonly number[], chars: number): string[] {
  const parts: string[] = [];
  let rest = 0;
  for (const place of places) {
    parts.push(text.slice(rest, place));
    rest = place + chars;
  }
  return [...parts, text.slice(rest)];
}
