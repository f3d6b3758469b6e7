// Reports by a link that was shared, over plain HTTP: a page to read and to print, the same as a table, or as the API tells it. Opening one
// changes nothing.
import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { DatabaseFailure } from "../../db/database.ts";
import { nameOf, Refused, refusals } from "../kernel/errors.ts";
import { newRequestId } from "../kernel/ids.ts";
import { Token } from "../kernel/shapes.ts";
import { fileOf, readSharedReport } from "../refcheck-report/actions.ts";
import type { RefcheckReport } from "../refcheck-report/contract.ts";
import { style } from "../sheet/page.ts";
import { callerOf } from "./caller.ts";
import { depsOf } from "./deps.ts";
import type { Env } from "./env.ts";

type App = { Bindings: Env };

const headers = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cache-control": "private, no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow, noarchive",
};

export const reports = new Hono<App>();

reports.get("/reports/:token", async (c) => {
  const requestId = newRequestId();
  const deps = depsOf(c.env, (work) => c.executionCtx.waitUntil(work), callerOf(c.req.raw), undefined, requestId);
  const token = Token.safeParse(c.req.param("token"));
  try {
    if (!token.success) throw new Refused("not_found");
    return told(c, await readSharedReport(deps, token.data));
  } catch (error) {
    if (error instanceof Refused)
      return c.text("This link opens no report. It may have run out, or was taken back.", 404, headers);
    if (error instanceof DatabaseFailure) {
      deps.log("database_failure", { path: "reports", message: error.message });
      return c.text(refusals.unavailable.sentence, 503, headers);
    }
    deps.log("internal_error", { path: "reports", error: nameOf(error) });
    return c.text("Something went wrong on our side. The request id helps us find it.", 500, {
      ...headers,
      "x-request-id": requestId,
    });
  }
});

/** `?format=csv` and `?format=json`; anything else is the page. */
function told(c: Context<App>, report: RefcheckReport): Response {
  const format = c.req.query("format");
  if (format === "json") return c.json(report, 200, headers);
  const { name, mediaType, content } = fileOf(report, format === "csv" ? "csv" : "html");
  const shown = format === "csv" ? "attachment" : "inline";
  const disposition = `${shown}; filename*=UTF-8''${encodeURIComponent(name)}`;
  return c.body(content, 200, { ...headers, "content-type": mediaType, "content-disposition": disposition });
}
