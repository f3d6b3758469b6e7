// Bytes over plain HTTP, in and out: they are no JSON. An address opens one thing, to be sent or to be fetched, and nothing else.
import type { Context } from "hono";
import { cors } from "hono/cors";
import { DatabaseFailure } from "../../db/database.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf, type Reason, Refused } from "../kernel/errors.ts";
import { newRequestId } from "../kernel/ids.ts";
import { callerOf } from "./caller.ts";
import { depsOf } from "./deps.ts";
import type { Env } from "./env.ts";

export type App = { Bindings: Env };

const statusOf: Partial<Record<Reason, 401 | 404 | 409 | 411 | 413 | 415 | 416 | 503>> = {
  signed_out: 401,
  access_changed: 401,
  not_found: 404,
  recording_closed: 409,
  document_closed: 409,
  document_unscanned: 409,
  document_infected: 409,
  upload_closed: 409,
  length_needed: 411,
  too_large: 413,
  recording_mismatch: 415,
  document_mismatch: 415,
  unreadable_table: 415,
  range_not_there: 416,
  unavailable: 503,
};

const preflightSeconds = 86_400;

/** Whoever has the address may: it is what proves them. */
export const openToAll = cors({
  origin: "*",
  allowMethods: ["GET", "HEAD", "PUT"],
  allowHeaders: ["range", "content-type"],
  exposeHeaders: ["content-range", "content-length", "content-disposition", "accept-ranges", "x-request-id"],
  maxAge: preflightSeconds,
});

/** Refusals as the API words them; anything else is a fault of ours. `path` is what the log calls it. */
export async function answered(c: Context<App>, path: string, work: (deps: Deps) => Promise<Response>) {
  const requestId = newRequestId();
  const deps = depsOf(c.env, (left) => c.executionCtx.waitUntil(left), callerOf(c.req.raw), { count: 0 }, requestId);
  c.header("x-request-id", requestId);
  try {
    return await work(deps);
  } catch (error) {
    if (error instanceof DatabaseFailure) deps.log("database_failure", { path, message: error.message });
    const refused = error instanceof DatabaseFailure ? new Refused("unavailable") : error;
    if (!(refused instanceof Refused)) {
      deps.log("internal_error", { path, error: nameOf(error) });
      return c.json({ reason: "internal", requestId }, 500);
    }
    const { reason, facts, message } = refused;
    if (reason === "range_not_there") c.header("content-range", `bytes */${facts.bytes}`);
    return c.json({ reason, message, facts, requestId }, statusOf[reason] ?? 400);
  }
}

/** What is sent along with a body. */
export const sentIn = (c: Context<App>) => ({ body: c.req.raw.body, length: c.req.header("content-length") ?? null });

/** The request's headers of these names. */
export const askedIn = (c: Context<App>) => ({
  range: c.req.header("range") ?? null,
  ifRange: c.req.header("if-range") ?? null,
});

export type Fetched = {
  readonly contentType: string;
  readonly disposition: string;
  readonly etag: string;
  readonly bytes: number;
  /** Inclusive; null: all of it. */
  readonly range: { readonly from: number; readonly to: number } | null;
  readonly stream: () => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
};

export async function fetched(c: Context<App>, { contentType, disposition, etag, bytes, range, stream }: Fetched) {
  const length = range === null ? bytes : range.to - range.from + 1;
  const headers = {
    ...{ "content-type": contentType, "content-length": String(length), "accept-ranges": "bytes", etag },
    // No cache, no guess at what it is, and never a page.
    ...{ "cache-control": "private, no-store", "x-content-type-options": "nosniff" },
    ...{ "content-security-policy": "sandbox; default-src 'none'", "content-disposition": disposition },
    ...(range && { "content-range": `bytes ${range.from}-${range.to}/${bytes}` }),
  };
  const status = range ? 206 : 200;
  if (c.req.method === "HEAD") return c.body(null, status, headers);
  const body = await stream();
  const { readable, writable } = new FixedLengthStream(length);
  // Whoever stops listening cuts it off, and that is all right; what breaks off by itself is logged where it does.
  body.pipeTo(writable).catch(() => undefined);
  return c.body(readable, status, headers);
}
