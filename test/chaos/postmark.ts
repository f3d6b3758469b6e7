// A stand-in for Postmark, as a process of its own: it takes what the real one would take, keeps a ledger of it, and answers
// badly or not at all now and then. Started by the cluster, which hears of every letter it takes.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { Message, postmarkToken } from "../support/postmark-message.ts";
import { chanceFrom } from "./chance.ts";
import { type PostmarkSays, portOf, tell } from "./messages.ts";

const chance = chanceFrom(Number(process.argv[2] ?? 1));
const letters: { to: string; subject: string; text: string }[] = [];
let isKind = true;

type Fate = "answered" | "dropped" | "broken" | "busy";

/** Of so many letters two are taken and never answered for, and two are not taken. Dealt, so that a short run has some of each. */
const deckSize = 25;
const unkind = ["dropped", "dropped", "broken", "busy"] as const satisfies readonly Fate[];
let deck: Fate[] = [];

function fate(): Fate {
  if (isKind) return "answered";
  if (deck.length === 0) deck = Array.from({ length: deckSize }, (_, nth) => unkind[nth] ?? "answered");
  return deck.splice(chance.between(0, deck.length - 1), 1)[0] ?? "answered";
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function take(message: Message, response: ServerResponse): void {
  const drawn = fate();
  if (drawn === "broken") {
    answer(response, 500, { ErrorCode: 0, Message: "Internal server error." });
    return;
  }
  if (drawn === "busy") {
    answer(response, 429, { ErrorCode: 429, Message: "Rate limit exceeded." });
    return;
  }
  letters.unshift({ to: message.To, subject: message.Subject, text: message.TextBody });
  tell<PostmarkSays>({
    take: { letter: message.Metadata.letter, to: message.To, at: Date.now(), fate: drawn, text: message.TextBody },
  });
  if (drawn === "dropped") response.destroy();
  else answer(response, 200, { ErrorCode: 0, Message: "OK", MessageID: crypto.randomUUID(), To: message.To });
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/mailbox.json") {
    return answer(
      response,
      200,
      letters.filter(({ to }) => to === searchParams.get("to")),
    );
  }
  const parsed = Message.safeParse(await json(request).catch(() => null));
  const isWellAddressed = request.method === "POST" && pathname === "/email";
  if (!isWellAddressed || request.headers["x-postmark-server-token"] !== postmarkToken || !parsed.success) {
    // A Worker that is killed while it writes leaves half a request, which is nobody's fault.
    if (request.complete) tell<PostmarkSays>({ violation: parsed.error?.message ?? `${request.method} ${pathname}` });
    return answer(response, 422, { ErrorCode: 403, Message: "Invalid JSON." });
  }
  take(parsed.data, response);
});

process.on("message", (asked: { kind?: boolean }) => {
  isKind = asked.kind ?? isKind;
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1");
await once(server, "listening");
tell<PostmarkSays>({ port: portOf(server) });
