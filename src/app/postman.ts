import type { Database } from "../../db/database.ts";
import { takeReport } from "../bounce/actions.ts";
import { systemClock } from "../kernel/clock.ts";
import type { Attachment, Delivery, Deps, Envelope, Postman } from "../kernel/deps.ts";
import { nameOf } from "../kernel/errors.ts";
import { keepInMailbox } from "../letter/actions.ts";
import type { Settings } from "./settings.ts";

const timeoutSeconds = 10;
/** Postmark's codes for what no retry will cure: an address that is no address, and one that has bounced or complained. */
const invalidCode = 300;
const inactiveCode = 406;

/** Postmark when there is a token for it, the local mailbox when that is on, else nobody yet: letters wait. */
export function postmanFor(settings: Settings, db: Database): Postman {
  const { POSTMARK_TOKEN: token, POSTMARK_URL: url, LETTERS_FROM: address, MAILBOX: mailbox } = settings;
  if (token) return postmark({ token, address, ...(url && { url }) });
  if (mailbox === "on") return localMailbox(db);
  return { deliver: async () => ({ outcome: "later", why: "no postman is configured" }) };
}

function localMailbox(db: Database): Postman {
  return {
    async deliver(envelope) {
      await keepInMailbox({ db, now: systemClock.now }, envelope);
      return { outcome: "delivered" };
    },
  };
}

/** `send` replaces fetch in tests, `url` Postmark itself. The client is loaded with the first letter, so that no other request pays for it. */
export function postmark({
  token,
  address,
  send,
  url,
}: {
  token: string;
  address: string;
  url?: string;
  send?: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
}): Postman {
  return {
    async deliver(envelope) {
      const { ServerClient, Errors, Models } = await import("postmark");
      const client = new ServerClient(token, {
        timeout: timeoutSeconds,
        ...(send && { fetch: send }),
        ...(url && { useHttps: false, requestHost: new URL(url).host }),
      });
      try {
        const { ErrorCode, Message } = await client.sendEmail({
          ...messageFrom(envelope, address),
          // A rewritten link would hand its token to a tracking server.
          TrackOpens: false,
          TrackLinks: Models.LinkTrackingOptions.None,
        });
        return deliveryFor(ErrorCode, Message);
      } catch (error) {
        if (error instanceof Errors.PostmarkError) return deliveryFor(error.code || null, error.message);
        return {
          outcome: "later",
          why: `Postmark was not reached (${nameOf(error)})`,
        };
      }
    },
  };
}

/** Of an address that is dead to Postmark already no webhook will tell: its refusal is the report. */
export function reporting(postman: Postman, system: () => Deps): Postman {
  return {
    async deliver(envelope) {
      const delivery = await postman.deliver(envelope);
      if (delivery.outcome !== "delivered" && delivery.isAddressDead) {
        const deps = system();
        await takeReport(deps, { kind: "refused", letterId: envelope.id, at: deps.now() });
      }
      return delivery;
    },
  };
}

function messageFrom({ id, from, to, subject, html, text, attachments }: Envelope, address: string) {
  return {
    From: `"${from}" <${address}>`,
    To: to,
    Subject: subject,
    HtmlBody: html,
    TextBody: text,
    MessageStream: "outbound",
    Headers: [{ Name: "Auto-Submitted", Value: "auto-generated" }],
    /** Postmark has no idempotency key: with this, a letter that went out twice can be told from two letters. */
    Metadata: { letter: id },
    ...(attachments.length > 0 && { Attachments: attachments.map(enclosed) }),
  };
}

function enclosed({ name, contentType, text }: Attachment) {
  return { Name: name, ContentType: contentType, Content: Buffer.from(text).toString("base64"), ContentID: null };
}

/** Only a clear yes is one: a proxy's page with status 200 carries no code. */
function deliveryFor(code: number | null | undefined, message: string | undefined): Delivery {
  if (code === 0) return { outcome: "delivered" };
  const why = `Postmark: ${message ?? "no answer that could be read"}`;
  if (code === inactiveCode) return { outcome: "refused", why, isAddressDead: true };
  return { outcome: code === invalidCode ? "refused" : "later", why };
}
