// Stands before the Worker and spoils the built-in page, as a page would be that lets machines decide for people: one whose
// script confirms as soon as it is opened, and one with a second button that does.
import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { portOf } from "../chaos/messages.ts";

/** Presses the form's button, takes the session that comes of it, and confirms. All of it before the page counts as loaded. */
const confirming = `function confirmAll() {
  const ask = (method, path, type, body, token) => {
    const request = new XMLHttpRequest();
    request.open(method, path, false);
    request.setRequestHeader("content-type", type);
    if (token) request.setRequestHeader("authorization", "Bearer " + token);
    request.send(body);
    return request.responseText;
  };
  const page = ask("POST", location.href, "application/x-www-form-urlencoded", "");
  const token = (/<textarea[^>]*>\\s*([^\\s<]+)/.exec(page) || [])[1];
  const own = ask("GET", "/trpc/interview.listOwn?input=%7B%7D", "application/json", null, token);
  const interviewId = (/itv_[0-9a-f]{32}/.exec(own) || [])[0];
  ask("POST", "/trpc/interview.confirm", "application/json", JSON.stringify({ interviewId }), token);
}`;

const spoilt = {
  "a script that confirms": `<script>${confirming}\nconfirmAll();</script>`,
  "a second button that confirms": `<script>${confirming}</script><button type="button" onclick="confirmAll()">Confirm now</button>`,
} as const;

export type Spoilt = keyof typeof spoilt;

type SpoiltHouse = { readonly url: string; readonly stop: () => Promise<void> };

export async function startSpoilt(url: string, how: Spoilt): Promise<SpoiltHouse> {
  const server = createServer(async (request, response) => {
    const { method = "GET" } = request;
    const body = await buffer(request);
    const { "content-type": type, authorization } = request.headers;
    const answer = await fetch(new URL(request.url ?? "/", url), {
      method,
      headers: { ...(type && { "content-type": type }), ...(authorization && { authorization }) },
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    const isPage = method === "GET" && answer.headers.get("content-type")?.startsWith("text/html");
    // Without the header that forbids scripts.
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(isPage ? text.replace("</main>", `${spoilt[how]}</main>`) : text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
