import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { settingsOf } from "../../src/app/env.ts";
import { http } from "../../src/app/http.ts";
import { postmanFor } from "../../src/app/postman.ts";
import type { Envelope } from "../../src/kernel/deps.ts";
import { newId } from "../../src/kernel/ids.ts";
import { renderLetter } from "../../src/stationery/render.ts";
import { database, newEmail, origin, send } from "../support/world.ts";

const get = (path: string) => send(new Request(`${origin}${path}`));
const hostileName = '</iframe><script>alert("1")</script>';

async function givenInMailbox(over: Partial<Envelope> = {}): Promise<Envelope> {
  const address = `https://jobs.example.com/auth/link/iv_${"a".repeat(43)}/`;
  const rendered = renderLetter({
    content: {
      kind: "interview_invitation",
      firstName: "Ada",
      organizationName: hostileName,
      projectName: "Engine room",
      deadlineAt: null,
      link: { frontend: "https://jobs.example.com", next: null },
    },
    language: "en",
    timeZone: "UTC",
    senderName: hostileName,
    address,
  });
  const envelope = {
    id: newId("ltr"),
    from: "House of Tests",
    to: newEmail("reader"),
    ...rendered,
    attachments: [],
    ...over,
  };
  expect(await postmanFor(settingsOf(env), database()).deliver(envelope)).toEqual({ outcome: "delivered" });
  return envelope;
}

const Json = z.array(
  z.strictObject({
    id: z.string(),
    to: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    attachments: z.array(z.strictObject({ name: z.string(), contentType: z.string(), text: z.string() })),
    receivedAt: z.iso.datetime(),
  }),
);
const json = async (query: string) => Json.parse(await (await get(`/mailbox.json${query}`)).json());

describe("the local mailbox", () => {
  test("keeps a letter that comes twice once", async () => {
    const envelope = await givenInMailbox();
    await givenInMailbox(envelope);
    expect(await json(`?to=${envelope.to}`)).toMatchObject([{ id: envelope.id, subject: envelope.subject }]);
  });

  test("answers what came after a letter, newest first", async () => {
    const to = newEmail("reader");
    const first = await givenInMailbox({ to });
    const second = await givenInMailbox({ to });
    const third = await givenInMailbox({ to });
    expect((await json(`?to=${to.toUpperCase()}&after=${first.id}`)).map(({ id }) => id)).toEqual([
      third.id,
      second.id,
    ]);
    expect((await get("/mailbox.json?after=nonsense")).status).toBe(400);
  });

  test("shows a letter without letting it do anything", async () => {
    const { id, to } = await givenInMailbox();
    const response = await get(`/mailbox/${id}`);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page).toContain('sandbox="allow-top-navigation-by-user-activation allow-popups"');
    expect(page).toContain(to);
    expect(page.match(/<iframe/g)).toHaveLength(1);
    expect(page.match(/<\/iframe/g)).toHaveLength(1);
    expect(page).not.toContain("<script");
    const list = await (await get(`/mailbox?to=${to}`)).text();
    expect(list).toContain(`href="/mailbox/${id}"`);
    expect(list).not.toContain("<script");
  });

  test("hands out what comes with a letter as a file, and shows nothing of it", async () => {
    const text = "BEGIN:VCALENDAR\r\nSUMMARY:<script>alert(1)</script>\r\n";
    const attachments = [
      { name: "invitation.ics", contentType: "text/calendar; method=REQUEST; charset=utf-8", text },
      { name: `${hostileName}.html`, contentType: "text/html", text: hostileName },
    ];
    const { id, to } = await givenInMailbox({ attachments });
    const list = await (await get(`/mailbox?to=${to}`)).text();
    // A name that is read from the right turns nothing around it.
    expect(list).toContain("from <bdi>House of Tests</bdi>, ");
    expect(list).toContain(", with invitation.ics, ");
    const page = await (await get(`/mailbox/${id}`)).text();
    expect(page).not.toContain("<script");
    expect([...page.matchAll(/href="(\/mailbox\/ltr_[^"]+\/\d)"/g)].map(([, path]) => path)).toEqual([
      `/mailbox/${id}/0`,
      `/mailbox/${id}/1`,
    ]);
    for (const [nth, one] of attachments.entries()) {
      const response = await get(`/mailbox/${id}/${nth}`);
      expect(await response.text()).toBe(one.text);
      expect(response.headers.get("content-disposition")).toBe(
        `attachment; filename*=UTF-8''${encodeURIComponent(one.name)}`,
      );
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    }
    for (const path of [`${id}/2`, `${id}/x`, `${newId("ltr")}/0`])
      expect((await get(`/mailbox/${path}`)).status).toBe(404);
    expect((await json(`?to=${to}`))[0]?.attachments).toEqual(attachments);
  });

  test("turns pages", async () => {
    const to = newEmail("reader");
    for (let count = 0; count < 51; count += 1) await givenInMailbox({ to });
    const first = await (await get(`/mailbox?to=${to}`)).text();
    expect(first.match(/<li>/g)).toHaveLength(50);
    const older = /href="(\/mailbox\?[^"]*before=[^"]*)"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await (await get(older)).text();
    expect(second.match(/<li>/g)).toHaveLength(1);
    expect(second).not.toContain("Older letters");
  });

  test("is not there in production", async () => {
    const { id } = await givenInMailbox();
    for (const production of [{ MAILBOX: "off" }, { MAILBOX: "on", POSTMARK_TOKEN: "a server token" }]) {
      for (const path of ["/mailbox", "/mailbox.json", `/mailbox/${id}`]) {
        const request = new Request(`${origin}${path}`);
        const response = await http.fetch(request, { ...env, ...production }, createExecutionContext());
        expect(response.status).toBe(404);
      }
    }
  });

  test("has no letter by an id that is none", async () => {
    expect((await get("/mailbox/nonsense")).status).toBe(404);
    expect((await get(`/mailbox/${newId("ltr")}`)).status).toBe(404);
  });

  test("without Postmark and without a mailbox, letters wait", async () => {
    const postman = postmanFor({ ...settingsOf(env), MAILBOX: "off" }, database());
    const delivery = await postman.deliver({
      id: newId("ltr"),
      from: "a",
      to: "b",
      subject: "c",
      html: "d",
      text: "e",
      attachments: [],
    });
    expect(delivery).toEqual({ outcome: "later", why: "no postman is configured" });
  });
});
