// The page a letter's link leads to when no frontend stands there: plain HTML, no scripts.
//
// Opening it (GET, HEAD) is inert: one read. Only its form acts, and only on the token in the path. It needs no defence
// against cross-site requests, because it neither reads nor sets a cookie: whoever can send the POST holds the token
// already, and the answer can be read by nobody but the one who sent it.
//
// It never redirects, not even to an organization's own frontend: a session's token would have to travel in an address,
// where histories, logs and Referer headers keep it. A frontend that stands at this path makes its own exchange.
import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { html, raw } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type * as z from "zod/mini";
import { DatabaseFailure } from "../../db/database.ts";
import { openLink, purposeOf, resetPassword, useLink } from "../identity/actions.ts";
import {
  type CandidateSignedIn,
  type ReferenceSignedIn,
  ResetPassword,
  type SignedIn,
  type UsedLink,
  UseLink,
} from "../identity/contract.ts";
import type { LinkPurpose } from "../identity/policy.ts";
import { acceptInvite } from "../invite/actions.ts";
import { AcceptInvite } from "../invite/contract.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf, type Reason, Refused, refusals, refuse } from "../kernel/errors.ts";
import { newRequestId } from "../kernel/ids.ts";
import { Token } from "../kernel/shapes.ts";
import { guardOf, openSession } from "../session/actions.ts";
import { showOwnOffer } from "../slot/actions.ts";
import { english } from "../stationery/english.ts";
import { callerOf } from "./caller.ts";
import { depsOf } from "./deps.ts";
import type { Env } from "./env.ts";
import { type Field, outcomes, passwordsDiffer, unknownLink, words } from "./link-words.ts";

type App = { Bindings: Env };
type Html = ReturnType<typeof html>;
type Page = { readonly status: ContentfulStatusCode; readonly title: string; readonly body: Html };
type Entries = Readonly<Record<string, string>>;

const style = `
  :root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --accent: #0b57a4; --on-accent: #fff; --edge: #6b6b6b; --wrong: #a3150f; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #f0f0f0; --paper: #161616; --accent: #9cc8ff; --on-accent: #0a1a2c; --edge: #a0a0a0; --wrong: #ffb0aa; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif; }
  main { max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere; }
  h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25; }
  label { display: block; margin-top: 1.25rem; font-weight: 600; }
  .hint { display: block; font-size: 0.95rem; }
  input, textarea { width: 100%; margin-top: 0.35rem; padding: 0.7rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: 6px; }
  textarea { font-family: ui-monospace, monospace; font-size: 0.9rem; resize: vertical; }
  button { min-height: 3rem; margin-top: 1.75rem; padding: 0.7rem 1.5rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 2px solid transparent; border-radius: 6px; cursor: pointer; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
  .wrong { padding: 0.75rem 1rem; border-left: 4px solid var(--wrong); color: var(--wrong); font-weight: 600; }
  dt { margin-top: 0.75rem; font-weight: 600; }
  dd { margin: 0; }
  ul { margin: 0; padding-left: 1.25rem; }
`;

const headers = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow, noarchive",
};

const bodyBytesMax = 8 * 1_024;

export const linkPage = new Hono<App>();

for (const path of ["/auth/link/:token", "/auth/link/:token/"] as const) {
  linkPage.get(path, (c) => answer(c, (deps, token) => opened(deps, token)));
  linkPage.post(
    path,
    bodyLimit({ maxSize: bodyBytesMax, onError: (c) => c.text(refusals.too_large.sentence, 413) }),
    (c) => answer(c, async (deps, token) => used(deps, token, await entriesOf(c))),
  );
}

async function answer(c: Context<App>, make: (deps: Deps, token: string) => Promise<Page>): Promise<Response> {
  const deps = depsOf(c.env, (work) => c.executionCtx.waitUntil(work), callerOf(c.req.raw), undefined, newRequestId());
  const token = Token.safeParse(c.req.param("token"));
  const page = await (token.success ? make(deps, token.data) : dead(null)).catch((error: unknown) => {
    if (error instanceof DatabaseFailure) return told(503, outcomes.unavailable);
    deps.log("internal_error", { path: "link page", error: nameOf(error) });
    return told(500, outcomes.unexpected);
  });
  return c.html(document(page), page.status, headers);
}

/** What was typed; a body that is no form is an empty one. */
async function entriesOf(c: Context<App>): Promise<Entries> {
  const form = await c.req.formData().catch(() => new FormData());
  return Object.fromEntries(
    [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== ""),
  );
}

async function opened(deps: Deps, token: string): Promise<Page> {
  const { purpose, alive } = await openLink(deps, { token });
  return purpose !== null && alive ? asking(purpose) : dead(purpose);
}

async function used(deps: Deps, token: string, typed: Entries): Promise<Page> {
  const purpose = purposeOf(token);
  if (purpose === null) return dead(null);
  try {
    return await exchanges[purpose](deps, { ...typed, token });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const isOver = error.reason === "link_dead" || error.reason === "invite_answered";
    // An invite also says so when only the address was mistyped; that must not end at a closed door.
    if (isOver && !(purpose === "member_invite" && (await openLink(deps, { token })).alive)) return dead(purpose);
    return asking(purpose, { typed, reason: error.reason, sentence: sentenceFor(purpose, error) });
  }
}

type Exchange = (deps: Deps, typed: Entries) => Promise<Page>;

async function enter(deps: Deps, typed: Entries): Promise<Page> {
  return admitted(await useLink(deps, readAs(UseLink, typed)));
}

/** The times that are to be had, told and no more: a button to take one would be pressed by machines that press each they find. */
async function timesOf(deps: Deps, { token, ...who }: UsedLink): Promise<Fact[]> {
  const actor = await openSession(deps, token);
  if (actor?.kind !== "candidate" || who.kind !== "candidate" || !who.offer || !who.offerId) return [];
  const { timeZone } = who.offer;
  const guarded = { ...deps, db: deps.db.guardedBy(guardOf(actor, deps.now())) };
  const { slots } = await showOwnOffer(guarded, actor, { offerId: who.offerId });
  if (slots.length === 0) return [["Times", "None is left"]];
  const times = slots.map(({ startsAt, endsAt }) => html`<li>${english.span(startsAt, endsAt, timeZone)}</li>`);
  return [
    ["Times", html`<ul>${times}</ul>`],
    ["To have one of them", "Answer the people who wrote to you: this page only shows them."],
  ];
}

const exchanges: Readonly<Record<LinkPurpose, Exchange>> = {
  sign_in: enter,
  sign_up: enter,
  interview_invitation: enter,
  refcheck_invitation: enter,
  reference_request: enter,
  async slot_offer(deps, typed) {
    const who = await useLink(deps, readAs(UseLink, typed));
    return admitted(who, await timesOf(deps, who));
  },
  async password_reset(deps, typed) {
    if (typed.password !== typed.again) return refuse("bad_input", { field: "again" });
    await resetPassword(deps, readAs(ResetPassword, typed));
    return told(200, outcomes.passwordSet);
  },
  async member_invite(deps, typed) {
    return admitted(await acceptInvite(deps, null, readAs(AcceptInvite, typed)));
  },
};

function readAs<Shape extends z.ZodMiniType>(shape: Shape, typed: Entries): z.output<Shape> {
  const read = shape.safeParse(typed);
  return read.success ? read.data : refuse("bad_input");
}

function sentenceFor(purpose: LinkPurpose, refused: Refused): string {
  if (refused.facts.field === "again") return passwordsDiffer;
  return words[purpose].refusals?.[refused.reason] ?? refused.message;
}

const statuses = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNAVAILABLE: 503,
} as const satisfies Record<(typeof refusals)[Reason]["code"], ContentfulStatusCode>;

type Wrong = { readonly typed: Entries; readonly reason: Reason; readonly sentence: string };

/** The form, with no `action`: it posts to the very address it was opened at. */
function asking(purpose: LinkPurpose, wrong?: Wrong): Page {
  const { title, paragraphs, fields, button } = words[purpose];
  return {
    status: wrong ? statuses[refusals[wrong.reason].code] : 200,
    title: wrong ? `Not yet: ${title}` : title,
    body: html`<h1>${title}</h1>
      ${wrong && html`<p class="wrong" role="alert" id="wrong">${wrong.sentence}</p>`}
      ${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
      <form method="post">
        ${fields.map((field) => inputFor(field, wrong?.typed))}
        <button type="submit">${button}</button>
      </form>`,
  };
}

/** What was typed stays, but never a password. */
function inputFor({ name, label, hint, type, autocomplete, isOptional }: Field, typed: Entries = {}): Html {
  return html`<label for="${name}">${label}</label>
    ${hint && html`<span class="hint" id="${name}-hint">${hint}</span>`}
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      maxlength="${type === "email" ? 254 : 200}"
      value="${type === "password" ? "" : (typed[name] ?? "")}"
      ${raw(isOptional ? "" : "required")}
      ${raw(hint ? `aria-describedby="${name}-hint"` : "")}
    />`;
}

/** 404 for what was never a link, 410 for one that is over. Says nothing about whom it was for. */
async function dead(purpose: LinkPurpose | null): Promise<Page> {
  return {
    status: purpose === null ? 404 : 410,
    title: "This link does not work",
    body: html`<h1>${purpose === null ? "We do not know this link" : "This link does not work any more"}</h1>
      <p>${purpose === null ? unknownLink : words[purpose].dead}</p>`,
  };
}

function told(
  status: ContentfulStatusCode,
  { title, paragraphs }: { title: string; paragraphs: readonly string[] },
): Page {
  return { status, title, body: html`<h1>${title}</h1>${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}` };
}

function admitted(who: UsedLink, more: readonly Fact[] = []): Page {
  const facts = [...factsOf(who), ...more];
  return {
    status: 200,
    title: "You are signed in",
    body: html`<h1>You are signed in</h1>
      ${who.kind !== "user" && html`<p>Nothing has been confirmed or started: that is for you to do.</p>`}
      <dl>${facts.map(([term, fact]) => html`<dt>${term}</dt><dd>${fact}</dd>`)}</dl>
      <label for="token">Your session, for calls to the API</label>
      <p class="hint" id="token-hint">
        Send it as “Authorization: Bearer …”. Whoever has it is signed in as you, so keep it as you would a password.
        It is shown only now.
      </p>
      <textarea id="token" rows="9" readonly autocomplete="off" spellcheck="false" aria-describedby="token-hint">
${who.token}</textarea
      >
      <p>
        This page keeps nothing in your browser. To sign out, call identity.signOut with this session; on a device that is
        not yours, close the page as well.
      </p>`,
  };
}

type Fact = readonly [term: string, fact: string | Html];

function staffFacts({ user, organizations, entered }: SignedIn): Fact[] {
  const organization = organizations.find(({ organizationId }) => organizationId === entered);
  return [
    ["Signed in as", `${user.firstName} ${user.lastName}, ${user.email}`],
    ["Organization", organization?.name ?? "None yet"],
  ];
}

function factsOf(who: UsedLink): Fact[] {
  switch (who.kind) {
    case "user":
      return staffFacts(who);
    case "candidate":
      return candidateFacts(who);
    case "reference":
      return [["Signed in as", who.firstName], ["About", who.refcheck.candidateName], ...refcheckFacts(who.refcheck)];
  }
}

function refcheckFacts({ organizationName, roleTitle, deadlineAt, timeZone }: ReferenceSignedIn["refcheck"]): Fact[] {
  const deadline = deadlineAt === null ? "None is set" : english.instant(deadlineAt, timeZone);
  return [
    ["Asked by", organizationName],
    ["For the role", roleTitle],
    ["Deadline", deadline],
  ];
}

function candidateFacts({ firstName, admittedTo, refcheck, offer }: CandidateSignedIn): Fact[] {
  if (offer) {
    return [
      ["Signed in as", firstName],
      ["Invited by", offer.organizationName],
      ["To", offer.title],
      ["Until", english.instant(offer.expiresAt, offer.timeZone)],
    ];
  }
  if (refcheck) return [["Signed in as", firstName], ...refcheckFacts(refcheck)];
  if (!admittedTo) return [["Signed in as", firstName]];
  const { organizationName, projectName, deadlineAt, timeZone } = admittedTo;
  return [
    ["Signed in as", firstName],
    ["Invited by", organizationName],
    ["To", projectName],
    ["Deadline", deadlineAt === null ? "None is set" : english.instant(deadlineAt, timeZone)],
  ];
}

function document({ title, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <style>${raw(style)}</style>
  </head>
  <body>
    <main>${body}</main>
  </body>
</html>`;
}
