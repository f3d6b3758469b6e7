// Stands between a Worker and its database, and keeps what the Worker asked last.
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

export type Recorder = { readonly url: string; readonly last: () => string; readonly stop: () => void };

export async function startRecorder(databaseUrl: string): Promise<Recorder> {
  let last = "";
  const server = createServer(async (request, response) => {
    last = await text(request);
    const answer = await fetch(`${databaseUrl}${request.url}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: last,
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(await answer.text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The recorder has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    last: () => last,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The text cut wherever it holds an instant of that span: joined with another instant it asks the same, later. */
export function cutAtInstants(pipeline: string, from: number, to: number): string[] {
  const parts = [""];
  let rest = 0;
  for (const found of pipeline.matchAll(/"value":"(\d{13})"/g)) {
    const [whole, digits = ""] = found;
    if (Number(digits) < from || Number(digits) > to) continue;
    const at = found.index + whole.indexOf(digits);
    parts[parts.length - 1] = pipeline.slice(rest, at);
    parts.push("");
    rest = at + digits.length;
  }
  parts[parts.length - 1] = pipeline.slice(rest);
  return parts;
}
