import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { contextOf } from "./context.ts";
import { depsOf, type Trips } from "./deps.ts";
import type { Env } from "./env.ts";
import { appRouter } from "./router.ts";

type App = { Bindings: Env };

const bodyBytesMax = 256 * 1_024;
const batchSizeMax = 10;
const deviceCharsMax = 200;
const preflightSeconds = 86_400;

function callerOf(request: Request) {
  return {
    ip: request.headers.get("cf-connecting-ip") ?? "local",
    device: (request.headers.get("user-agent") ?? "unknown").slice(0, deviceCharsMax),
  };
}

const tooLarge = {
  error: {
    code: -32_013,
    message: "The request is larger than this API takes.",
    data: { code: "PAYLOAD_TOO_LARGE", httpStatus: 413, reason: "too_large", facts: {}, issues: [], requestId: "" },
  },
};

export const http = new Hono<App>();

http.use("/trpc/*", cors({ origin: "*", maxAge: preflightSeconds, exposeHeaders: ["server-timing", "x-request-id"] }));
http.use("/trpc/*", bodyLimit({ maxSize: bodyBytesMax, onError: (c) => c.json(tooLarge, 413) }));

http.all("/trpc/*", async (c) => {
  const trips: Trips = { count: 0 };
  const requestId = crypto.randomUUID();
  const deps = depsOf(c.env, (work) => c.executionCtx.waitUntil(work), callerOf(c.req.raw), trips);
  const response = await fetchRequestHandler({
    endpoint: "/trpc",
    req: c.req.raw,
    router: appRouter,
    maxBatchSize: batchSizeMax,
    createContext: () => contextOf(c.req.raw, deps, requestId),
  });
  response.headers.set("x-request-id", requestId);
  response.headers.set("server-timing", `db;desc="${trips.count} round trips"`);
  return response;
});
