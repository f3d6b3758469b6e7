import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { type Facts, refusals } from "../kernel/errors.ts";
import { newRequestId } from "../kernel/ids.ts";
import { serialize } from "../kernel/wire.ts";
import { callerOf } from "./caller.ts";
import { contextOf } from "./context.ts";
import { depsOf, type Trips } from "./deps.ts";
import type { Env } from "./env.ts";
import { answerFault } from "./fault.ts";
import { health } from "./health.ts";
import type { RefusalShape } from "./refusal.ts";
import { appRouter } from "./router.ts";

type App = { Bindings: Env };

const bodyBytesMax = 256 * 1_024;
/** What Cloudflare's edge lets through, and so the same on one's own machine. Whoever has more to ask asks by POST. */
const addressCharsMax = 16 * 1_024;
const batchSizeMax = 10;
const preflightSeconds = 86_400;

/** Shaped like every other refusal, envelope included, though tRPC never sees the request. */
function tooLarge(facts: Facts, requestId: string): RefusalShape {
  const { code, sentence: message } = refusals.too_large;
  return { code: -32_013, message, data: { code, httpStatus: 413, reason: "too_large", facts, issues: [], requestId } };
}

export const http = new Hono<App>();

http.onError(answerFault);

// Any page may call: what it proves itself with is a bearer token, never a cookie. On the answers themselves these headers
// are set below: Hono's cors would make each answer's body a stream, and its headers a copy.
const openToAll = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "server-timing, x-request-id",
} as const;

function refusedForSize(c: Context<App>, facts: Facts) {
  const requestId = newRequestId();
  return c.json({ error: serialize(tooLarge(facts, requestId)) }, 413, { ...openToAll, "x-request-id": requestId });
}

/** A read that asks for nothing in particular: `curl …/trpc/candidate.list`. */
function orNothing(request: Request): Request {
  const { url, method } = request;
  if (method !== "GET" || /[?&](?:input|batch)=/.test(url)) return request;
  return new Request(`${url}${url.includes("?") ? "&" : "?"}input=%7B%7D`, request);
}

http.options("/trpc/*", cors({ origin: "*", maxAge: preflightSeconds }));
http.use(
  "/trpc/*",
  async (c, next) => (c.req.raw.url.length > addressCharsMax ? refusedForSize(c, { addressCharsMax }) : next()),
  bodyLimit({ maxSize: bodyBytesMax, onError: (c) => refusedForSize(c, { bytesMax: bodyBytesMax }) }),
);

http.all("/trpc/*", async (c) => {
  const trips: Trips = { count: 0 };
  const requestId = newRequestId();
  const deps = depsOf(c.env, (work) => c.executionCtx.waitUntil(work), callerOf(c.req.raw), trips, requestId);
  const response = await fetchRequestHandler({
    endpoint: "/trpc",
    req: orNothing(c.req.raw),
    router: appRouter,
    maxBatchSize: batchSizeMax,
    // Reads may come by POST: what is searched for, and a link's token, then stay out of addresses and their logs.
    allowMethodOverride: true,
    createContext: () => contextOf(c.req.raw, deps, requestId),
  });
  for (const [name, value] of Object.entries(openToAll)) response.headers.set(name, value);
  response.headers.set("x-request-id", requestId);
  response.headers.set("server-timing", `db;desc="${trips.count} round trips"`);
  return response;
});

http.get("/", (c) => c.text("This is Anteroom.\n\nAPI     /trpc\nHealth  /health\n"));
http.get("/health", health);

// Whoever calls the API needs none of this, and so it is not made when the Worker starts (decisions/022).
http.all("*", async (c) => {
  const { pages } = await import("./pages.ts");
  return pages.fetch(c.req.raw, c.env, c.executionCtx);
});
