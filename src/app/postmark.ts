// Where Postmark tells what became of our letters. Its webhooks are not signed: Basic auth is all they prove themselves
// with. It tries again for hours what is not answered with 200, so that is the answer to all that needs no second telling.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { takeReport } from "../bounce/actions.ts";
import { PostmarkReport } from "../bounce/contract.ts";
import { reportIn } from "../bounce/policy.ts";
import { nameOf } from "../kernel/errors.ts";
import { newRequestId } from "../kernel/ids.ts";
import { isSameSecret } from "../kernel/secret.ts";
import { depsOf, nobody } from "./deps.ts";
import { type Env, settingsOf } from "./env.ts";

type App = { Bindings: Env };

/** Postmark can be told to send along the whole letter that came back; we do not need it. */
const bodyBytesMax = 256 * 1_024;

/** The `name:password` of a Basic authorization; empty for any other. */
function credentialsIn(request: Request): string {
  const [scheme = "", encoded = ""] = (request.headers.get("authorization") ?? "").split(" ");
  return scheme.toLowerCase() === "basic" ? Buffer.from(encoded, "base64").toString() : "";
}

/** Not there for an installation that has not agreed on a password with Postmark. */
export const postmark = new Hono<App>();

postmark.use("/postmark", async (c, next) => {
  const { POSTMARK_WEBHOOK_SECRET: expected } = settingsOf(c.env);
  if (!expected) return c.notFound();
  if (isSameSecret(credentialsIn(c.req.raw), expected)) return next();
  return c.text("", 401, { "www-authenticate": 'Basic realm="postmark"' });
});

postmark.post("/postmark", bodyLimit({ maxSize: bodyBytesMax, onError: (c) => c.text("", 413) }), async (c) => {
  const sent = PostmarkReport.safeParse(await c.req.json().catch(() => null));
  if (!sent.success) return c.text("", 400);
  const report = reportIn(sent.data);
  if (report === null) return c.text("");
  const deps = depsOf(c.env, (work) => c.executionCtx.waitUntil(work), nobody, undefined, newRequestId());
  try {
    await takeReport(deps, report);
    return c.text("");
  } catch (error) {
    deps.log("report_not_taken", { letterId: report.letterId, error: nameOf(error) });
    return c.text("", 503);
  }
});
