// Stands between the Worker and its database, as a process of its own, and cuts when it is told to: before the request has
// got there, in the middle of it, after it was done and before the answer, or in the middle of the answer.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import type { WireAnswer } from "../../db/hrana.ts";
import { type Asked, type CutKind, type ProxySays, type ProxyTold, portOf, tell } from "./messages.ts";

type Bell = NonNullable<ProxyTold["bell"]>;

const database = new URL(process.argv[2] ?? "");
/** How many requests from now on each cut falls. */
let cuts: { kind: CutKind; in: number }[] = [];
let bell: Bell | null = null;

function cutNow(): CutKind | null {
  cuts = cuts.map(({ kind, in: left }) => ({ kind, in: left - 1 }));
  const due = cuts.find(({ in: left }) => left <= 0);
  cuts = cuts.filter((cut) => cut !== due);
  return due?.kind ?? null;
}

/** One request more was handed to the database. */
function count(): void {
  if (bell === null) return;
  bell = { ...bell, in: bell.in - 1 };
  if (bell.in > 0) return;
  const { kill } = bell;
  bell = null;
  const ring = () => tell<ProxySays>({ rangAt: Date.now() });
  if (kill === null) ring();
  else {
    setTimeout(() => {
      process.kill(kill.pid, "SIGKILL");
      ring();
    }, kill.afterMs);
  }
}

/** Letters named in the request: those it promises, or whose delivery it writes down. */
const lettersIn = (body: Buffer) => [...new Set(body.toString().match(/ltr_[0-9a-f]{32}/g) ?? [])];

/** The last step but one of each batch is its COMMIT. */
function isCommitted({ results: [batch] }: WireAnswer): boolean {
  return batch?.type === "ok" && (batch.response.result?.step_results.at(-2) ?? null) !== null;
}

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const kind = request.method === "POST" ? cutNow() : null;
  const [askedAt, letters] = [Date.now(), lettersIn(body)];
  const became = (lost: Asked["lost"], isDone: boolean) => {
    if (lost === null && letters.length === 0) return;
    tell<ProxySays>({ asked: { askedAt, endedAt: Date.now(), letters, isDone, lost } });
  };
  if (kind === "before_request") {
    became(kind, false);
    return void response.destroy();
  }
  const { host: _, connection: __, "transfer-encoding": ___, "accept-encoding": ____, ...headers } = request.headers;
  const onward = send({
    ...{ host: database.hostname, port: database.port, path: request.url, method: request.method, agent: false },
    headers: { ...headers, "content-length": String(body.length) },
  });
  if (kind === "within_request") {
    onward.on("error", () => undefined);
    became(kind, false);
    onward.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      onward.destroy();
      response.destroy();
    });
    return;
  }
  onward.end(body, count);
  const whole = await once(onward, "response")
    .then(async ([answer]) => ({ status: answer.statusCode, body: await buffer(answer) }))
    .catch(() => null);
  if (whole === null) {
    became("killed", false);
    return void response.destroy();
  }
  became(kind, letters.length > 0 && whole.status === 200 && isCommitted(JSON.parse(whole.body.toString())));
  if (kind === "before_answer") return void response.destroy();
  response.writeHead(whole.status, { "content-type": "application/json", "content-length": whole.body.length });
  if (kind === "within_answer") {
    response.write(whole.body.subarray(0, Math.floor(whole.body.length / 2)), () => response.destroy());
    return;
  }
  response.end(whole.body);
}

const server = createServer((request, response) => {
  response.on("error", () => undefined);
  // The Worker was killed while it asked: nobody is left to be told.
  pass(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 60_000;

process.on("message", (told: ProxyTold) => {
  if (told.cut !== undefined) cuts = told.cut === null ? [] : [...cuts, told.cut];
  bell = told.bell ?? bell;
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1");
await once(server, "listening");
tell<ProxySays>({ port: portOf(server) });
