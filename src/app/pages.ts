// What is there over HTTP besides the API: pages, recordings, documents, tables, shared reports, and what Postmark tells. Loaded when the first of it is asked for.
import { Hono } from "hono";
import { documents } from "./documents.ts";
import type { Env } from "./env.ts";
import { answerFault } from "./fault.ts";
import { linkPage } from "./link-page.ts";
import { mailbox } from "./mailbox.ts";
import { postmark } from "./postmark.ts";
import { recordings } from "./recordings.ts";
import { reports } from "./reports.ts";
import { tables } from "./tables.ts";

export const pages = new Hono<{ Bindings: Env }>();
pages.onError(answerFault);

pages.route("/", linkPage);
pages.route("/", documents);
pages.route("/", mailbox);
pages.route("/", postmark);
pages.route("/", recordings);
pages.route("/", reports);
pages.route("/", tables);
