import { type Context, Hono } from "hono";
import { html } from "hono/html";
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { Email } from "../kernel/shapes.ts";
import { findInMailbox, readMailbox } from "../letter/actions.ts";
import { depsOf, nobody } from "./deps.ts";
import { type Env, settingsOf } from "./env.ts";

type App = { Bindings: Env };

const pageSize = 50;
const LetterId = idOf("ltr");
/** Where to go on from: `after` a letter one has seen, or `before` the last one on a page. */
const Window = z.object({ to: z.optional(Email), after: z.optional(LetterId), before: z.optional(LetterId) });

/**
 * No scripts and nothing from elsewhere. The letter's own frame inherits this; inline styles are how letters are
 * written.
 */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The letters of an installation that sends none: for laptops, demos and tests. Not there unless MAILBOX is on. */
export const mailbox = new Hono<App>();

function depsFor(c: Context<App>) {
  return depsOf(c.env, (work) => c.executionCtx.waitUntil(work), nobody);
}

for (const path of ["/mailbox", "/mailbox/*", "/mailbox.json"]) {
  mailbox.use(path, async (c, next) => {
    // An installation that sends letters has no mailbox to show, whatever a variable left over says.
    const { MAILBOX, POSTMARK_TOKEN } = settingsOf(c.env);
    if (MAILBOX !== "on" || POSTMARK_TOKEN) return c.notFound();
    await next();
    c.header("content-security-policy", contentSecurityPolicy);
    c.header("cache-control", "no-store");
    c.header("referrer-policy", "no-referrer");
    c.header("x-content-type-options", "nosniff");
  });
}

mailbox.get("/mailbox.json", async (c) => {
  const asked = Window.safeParse(c.req.query());
  if (!asked.success) return c.json({ error: "to is an e-mail address; after and before are letter ids" }, 400);
  const letters = await readMailbox(depsFor(c), { ...asked.data, size: pageSize });
  return c.json(
    letters.map(({ id, to, subject, text, html, attachments, receivedAt }) => ({
      ...{ id, to, subject, text, html, attachments, receivedAt },
    })),
  );
});

mailbox.get("/mailbox", async (c) => {
  const asked = Window.safeParse(c.req.query());
  if (!asked.success) return c.notFound();
  const found = await readMailbox(depsFor(c), { ...asked.data, size: pageSize + 1 });
  const letters = found.slice(0, pageSize);
  const last = found.length > pageSize ? letters.at(-1) : undefined;
  const older = new URLSearchParams({ ...(asked.data.to && { to: asked.data.to }), ...(last && { before: last.id }) });
  return c.html(
    pageOf(
      "Mailbox",
      html`<h1>Mailbox</h1>
        <p>Letters stay here instead of being sent. ${asked.data.to ? html`Those to <b>${asked.data.to}</b>. <a href="/mailbox">Show all</a>` : ""}</p>
        ${letters.length === 0 ? html`<p>No letters here yet.</p>` : ""}
        <ol>
          ${letters.map(
            (letter) => html`<li>
              <a href="/mailbox/${letter.id}"><bdi>${letter.subject}</bdi></a>
              <span>to ${letter.to}, from <bdi>${letter.from}</bdi>, ${timeOf(letter.receivedAt)}${letter.attachments.length === 0 ? "" : `, with ${letter.attachments.map(({ name }) => name).join(", ")}`}</span>
            </li>`,
          )}
        </ol>
        ${last ? html`<p><a href="/mailbox?${older.toString()}">Older letters</a></p>` : ""}`,
    ),
  );
});

mailbox.get("/mailbox/:id", async (c) => {
  const id = LetterId.safeParse(c.req.param("id"));
  const letter = id.success ? await findInMailbox(depsFor(c), id.data) : undefined;
  if (!letter) return c.notFound();
  return c.html(
    pageOf(
      letter.subject,
      html`<p><a href="/mailbox">All letters</a></p>
        <h1 dir="auto">${letter.subject}</h1>
        <dl>
          <dt>To</dt>
          <dd><a href="/mailbox?${new URLSearchParams({ to: letter.to }).toString()}">${letter.to}</a></dd>
          <dt>From</dt>
          <dd><bdi>${letter.from}</bdi></dd>
          <dt>Received</dt>
          <dd>${timeOf(letter.receivedAt)}</dd>
        </dl>
        ${
          letter.attachments.length === 0
            ? ""
            : html`<h2>What comes with it</h2>
                <ul>
                  ${letter.attachments.map(
                    ({ name, contentType }, index) =>
                      html`<li><a href="/mailbox/${letter.id}/${index}" download="${name}">${name}</a> <span>${contentType}</span></li>`,
                  )}
                </ul>`
        }
        <h2>As it looks</h2>
        <iframe
          title="The letter as it looks"
          sandbox="allow-top-navigation-by-user-activation allow-popups"
          srcdoc="${openingOutside(letter.html)}"
        ></iframe>
        <h2>As plain text</h2>
        <pre dir="auto">${letter.text}</pre>`,
    ),
  );
});

/** To be kept, never to be shown: whatever it is, no browser runs it here. */
mailbox.get("/mailbox/:id/:nth{[0-9]}", async (c) => {
  const id = LetterId.safeParse(c.req.param("id"));
  const letter = id.success ? await findInMailbox(depsFor(c), id.data) : undefined;
  const attachment = letter?.attachments[Number(c.req.param("nth"))];
  if (!attachment) return c.notFound();
  return c.body(attachment.text, 200, {
    "content-type": attachment.contentType,
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(attachment.name)}`,
  });
});

/** A frame without scripts or forms is no place for the page behind a letter's button: links leave it. */
function openingOutside(letterHtml: string): string {
  return letterHtml.replace("<head>", '<head><base target="_top">');
}

function timeOf(instant: Date) {
  const iso = instant.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

const style = html`<style>
  :root { color-scheme: light dark; font: 1rem/1.55 system-ui, sans-serif; }
  body { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.5rem; line-height: 1.3; }
  h2 { font-size: 1.1rem; margin-top: 2rem; }
  ol, ul { list-style: none; padding: 0; }
  li { padding: 0.8rem 0; border-top: 1px solid #8886; }
  li a { font-weight: 600; }
  li span { display: block; font-size: 0.95rem; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0; }
  dt { font-weight: 600; }
  dd { margin: 0; }
  iframe { box-sizing: border-box; width: 100%; height: 38rem; border: 1px solid #8888; border-radius: 6px; background: #fff; }
  pre { white-space: pre-wrap; padding: 1rem; border: 1px solid #8888; border-radius: 6px; font-size: 0.95rem; }
  a:focus-visible, iframe:focus-visible { outline: 3px solid #2563eb; outline-offset: 2px; }
</style>`;

function pageOf(title: string, body: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Anteroom</title>
        ${style}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`;
}
