// A database in trouble, which tells all it was asked, values included; and whether a request to it is a call's own, or
// that of an alarm that rings meanwhile.

import { env } from "cloudflare:workers";
import { AsyncLocalStorage } from "node:async_hooks";
import { pipelineUrl } from "../../db/database.ts";

type Send = (body: string) => Promise<Response>;
/** What becomes of a call's request with this number, counted from 1. */
export type Trouble = (nth: number, body: string, send: Send) => Promise<Response>;

/** Nothing goes wrong. */
export const none: Trouble = (_, body, send) => send(body);

function failing(message: string): Promise<Response> {
  const error = { message: `SQLite error: ${message}`, code: "SQLITE_ERROR" };
  const result = { step_results: [null, null], step_errors: [null, error] };
  return Promise.resolve(Response.json({ results: [{ type: "ok", response: { type: "batch", result } }] }));
}

const textCell = /(\{"type":"text","value":)"(?:[^"\\]|\\.)*"/g;

/** `canary` is what a garbled answer holds in place of every text. */
export const troubles = (canary: string) =>
  ({
    "the first request fails, and all of it is repeated": (nth, body, send) => (nth === 1 ? failing(body) : send(body)),
    "the second request fails, and all of it is repeated": (nth, body, send) =>
      nth === 2 ? failing(body) : send(body),
    "the database is not reached": (_, body) => Promise.reject(new TypeError(body)),
    "a write fails at its end": (_, body, send) => send(body.replace('"COMMIT"', `"select json('')"`)),
    "every text that is read is another": async (_, body, send) => {
      const answer = await (await send(body)).text();
      return new Response(answer.replace(textCell, `$1"${canary} {"`));
    },
  }) as const satisfies Readonly<Record<string, Trouble>>;

type Call = { readonly trouble: Trouble; requests: number };

const calls = new AsyncLocalStorage<Call>();
let others: Call = { trouble: none, requests: 0 };

const real = globalThis.fetch;
const database = pipelineUrl(String(env.DATABASE_URL));

/** From here on what is below can make trouble; the answer ends that. */
export function watchDatabase(): () => void {
  globalThis.fetch = (...[input, init]: Parameters<typeof fetch>) => {
    const body = init?.body;
    if (input !== database || typeof body !== "string") return real(input, init);
    const call = calls.getStore() ?? others;
    call.requests += 1;
    return call.trouble(call.requests, body, (other) => real(input, { ...init, body: other }));
  };
  return () => {
    globalThis.fetch = real;
  };
}

/** What work comes to while the database makes this trouble for it alone, and how many requests it made of it. */
export async function inTrouble<Result>(trouble: Trouble, work: () => Promise<Result>) {
  const call: Call = { trouble, requests: 0 };
  const result = await calls.run(call, work);
  return { result, requests: call.requests };
}

/** The same for everybody but those: alarms, cron. */
export async function othersInTrouble<Result>(trouble: Trouble, work: () => Promise<Result>): Promise<Result> {
  others = { trouble, requests: 0 };
  try {
    return await work();
  } finally {
    others = { trouble: none, requests: 0 };
  }
}
