import type { Context } from "hono";
import { routePath } from "hono/route";
import { nameOf } from "../kernel/errors.ts";
import { newRequestId } from "../kernel/ids.ts";
import { log } from "../kernel/log.ts";
import { NotSetUp } from "./env.ts";

/** Answers what nobody has caught. Hono's own answer would put the whole error on the console. */
export function answerFault(error: Error, c: Context): Response {
  const requestId = newRequestId();
  const settings = error instanceof NotSetUp ? { settings: error.settings } : {};
  log("internal_error", { path: routePath(c), error: nameOf(error), ...settings, requestId });
  return c.text("Something went wrong on our side. The request id helps us find it.", 500, {
    "x-request-id": requestId,
  });
}
