// Recordings over plain HTTP: their bytes are no JSON. An address opens one recording, to be sent or to be played, and nothing else.
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { DatabaseFailure } from "../../db/database.ts";
import { nameOf, type Reason, Refused } from "../kernel/errors.ts";
import { newRequestId } from "../kernel/ids.ts";
import { playedFrom, takePart } from "../recording/actions.ts";
import { callerOf } from "./caller.ts";
import { depsOf } from "./deps.ts";
import type { Env } from "./env.ts";

type App = { Bindings: Env };

const statusOf: Partial<Record<Reason, 401 | 404 | 409 | 411 | 413 | 415 | 416 | 503>> = {
  signed_out: 401,
  access_changed: 401,
  not_found: 404,
  recording_closed: 409,
  length_needed: 411,
  too_large: 413,
  recording_mismatch: 415,
  range_not_there: 416,
  unavailable: 503,
};

const preflightSeconds = 86_400;

export const recordings = new Hono<App>();

// Whoever has the address may: it is what proves them.
recordings.use(
  "/recordings/*",
  cors({
    origin: "*",
    allowMethods: ["GET", "HEAD", "PUT"],
    allowHeaders: ["range", "content-type"],
    exposeHeaders: ["content-range", "content-length", "accept-ranges", "x-request-id"],
    maxAge: preflightSeconds,
  }),
);

function depsFor(c: Context<App>, requestId: string) {
  return depsOf(c.env, (work) => c.executionCtx.waitUntil(work), callerOf(c.req.raw), { count: 0 }, requestId);
}

/** Refusals as the API words them; anything else is a fault of ours. */
async function answered(c: Context<App>, work: (deps: ReturnType<typeof depsOf>) => Promise<Response>) {
  const requestId = newRequestId();
  const deps = depsFor(c, requestId);
  c.header("x-request-id", requestId);
  try {
    return await work(deps);
  } catch (error) {
    if (error instanceof DatabaseFailure) deps.log("database_failure", { path: "recordings", message: error.message });
    const refused = error instanceof DatabaseFailure ? new Refused("unavailable") : error;
    if (!(refused instanceof Refused)) {
      deps.log("internal_error", { path: "recordings", error: nameOf(error) });
      return c.json({ reason: "internal", requestId }, 500);
    }
    const { reason, facts, message } = refused;
    if (reason === "range_not_there") c.header("content-range", `bytes */${facts.bytes}`);
    return c.json({ reason, message, facts, requestId }, statusOf[reason] ?? 400);
  }
}

recordings.put("/recordings/:sealed/:number", (c) =>
  answered(c, async (deps) => {
    const sent = { body: c.req.raw.body, length: c.req.header("content-length") ?? null };
    return c.json(await takePart(deps, c.req.param("sealed"), c.req.param("number"), sent));
  }),
);

recordings.get("/recordings/:sealed", (c) =>
  answered(c, async (deps) => {
    const asked = { range: c.req.header("range") ?? null, ifRange: c.req.header("if-range") ?? null };
    const { contentType, etag, bytes, range, stream } = await playedFrom(deps, c.req.param("sealed"), asked);
    const length = range === null ? bytes : range.to - range.from + 1;
    const headers = {
      ...{ "content-type": contentType, "content-length": String(length), "accept-ranges": "bytes", etag },
      // No cache, nothing but a player, and never a page.
      ...{ "cache-control": "private, no-store", "x-content-type-options": "nosniff" },
      ...{ "content-security-policy": "sandbox; default-src 'none'", "content-disposition": "inline" },
      ...(range && { "content-range": `bytes ${range.from}-${range.to}/${bytes}` }),
    };
    if (c.req.method === "HEAD") return c.body(null, range ? 206 : 200, headers);
    const { readable, writable } = new FixedLengthStream(length);
    // Whoever stops listening cuts it off, and that is all right; what breaks off by itself is logged where it does.
    stream()
      .pipeTo(writable)
      .catch(() => undefined);
    return c.body(readable, range ? 206 : 200, headers);
  }),
);
