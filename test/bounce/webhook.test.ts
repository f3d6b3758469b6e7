// The door Postmark's webhooks come in by, and what each of them notes on its letter.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { fakePostmark } from "../letter/fake-postmark.ts";
import { drainer, givenLetter, rowTo } from "../letter/outbox-world.ts";
import { givenOrganization, givenProject, type House, newEmail } from "../support/world.ts";
import { basic, happenedAt, lettersIn, newestLetter, post, secret, tell, webhook } from "./post.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
});

async function givenLetterOut() {
  const email = newEmail("candidate");
  const candidate = { email, firstName: "Cleo", lastName: "Candidate" };
  const made = await house.owner.client.interview.createAndInvite.mutate({ projectId: project.id, candidate });
  return { email, interviewId: made.id, letterId: (await newestLetter(email)).id };
}

describe("Postmark's webhook", () => {
  test("is not there where no password was agreed on", async () => {
    const { letterId, email } = await givenLetterOut();
    const before = await lettersIn(email);
    const response = await post(JSON.stringify(webhook("hard", letterId)), {
      settings: { POSTMARK_WEBHOOK_SECRET: undefined },
    });
    expect(response.status).toBe(404);
    expect(await lettersIn(email)).toEqual(before);
  });

  test("takes nothing from whoever has not the password", async () => {
    const { letterId, email } = await givenLetterOut();
    const before = await lettersIn(email);
    const [name = "", password = ""] = secret.split(":");
    const strangers: HeadersInit[] = [
      {},
      { authorization: "" },
      { authorization: "Basic" },
      { authorization: "Basic %%%" },
      { authorization: `Bearer ${btoa(secret)}` },
      { authorization: `Basic ${secret}` },
      ...["", ":", name, `${name}:`, `:${password}`, `${secret} `, secret.slice(0, -1), secret.toUpperCase()].map(
        basic,
      ),
    ];
    for (const headers of strangers) {
      for (const body of [JSON.stringify(webhook("hard", letterId)), "{", "x".repeat(300_000)]) {
        const response = await post(body, { headers });
        expect(response.status).toBe(401);
        expect(await response.text()).toBe("");
        expect(response.headers.get("www-authenticate")).toContain("Basic");
      }
    }
    expect(await lettersIn(email)).toEqual(before);
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"RecordType":"Bounce"}',
    '{"RecordType":"Delivery","DeliveredAt":1}',
  ])("answers %j with 400", async (body) => {
    expect((await post(body)).status).toBe(400);
  });

  test("reads no more than it needs", async () => {
    const { letterId } = await givenLetterOut();
    const large = { ...webhook("hard", letterId), Content: "x".repeat(300_000) };
    expect((await post(JSON.stringify(large))).status).toBe(413);
  });

  test("is content with what is not about a letter of ours, so that it is not told again", async () => {
    const unknown = JSON.stringify(webhook("hard", newId("ltr")));
    const others = [
      unknown,
      JSON.stringify({ ...webhook("hard", newId("ltr")), Metadata: {} }),
      JSON.stringify({ ...webhook("hard", newId("ltr")), Metadata: { letter: "of another application" } }),
      JSON.stringify({ RecordType: "Open", FirstOpen: true, Metadata: { letter: newId("ltr") } }),
      JSON.stringify({ RecordType: "SubscriptionChange" }),
    ];
    for (const body of others) expect((await post(body)).status).toBe(200);
  });

  test("asks to be told again while the database is away", async () => {
    const { letterId } = await givenLetterOut();
    const settings = { DATABASE_URL: `${String(env.DATABASE_URL)}/nowhere` };
    expect((await post(JSON.stringify(webhook("hard", letterId)), { settings })).status).toBe(503);
    await tell("hard", letterId);
  });

  test("answers a look with nothing", async () => {
    expect((await post("", { method: "GET" })).status).toBe(404);
    expect((await post("", { method: "GET", headers: {} })).status).toBe(401);
  });
});

describe("a letter", () => {
  const listed = async (interviewId: `itv_${string}`) =>
    (await house.owner.client.letter.list.query({ interviewId })).items[0];

  test("shows when the reader's server took it", async () => {
    const { letterId, interviewId } = await givenLetterOut();
    await tell("delivery", letterId);
    expect(await listed(interviewId)).toMatchObject({
      ...{ status: "delivered", arrivedAt: new Date(happenedAt.delivery), bounce: null, bouncedAt: null },
    });
  });

  test("shows that it came back, and of what", async () => {
    const { letterId, interviewId } = await givenLetterOut();
    await tell("soft", letterId);
    expect(await listed(interviewId)).toMatchObject({
      ...{ status: "bounced", bounce: "returned", bounceType: "SoftBounce", bouncedAt: new Date(happenedAt.soft) },
    });
    const { items } = await house.owner.client.letter.list.query({ status: "bounced", interviewId });
    expect(items.map(({ id }) => id)).toEqual([letterId]);
  });

  test("to somebody who is no candidate shows it as well", async () => {
    const email = newEmail("invited");
    await house.owner.client.invite.create.mutate({ invites: [{ email, access: "recruiter" }] });
    const { id } = await newestLetter(email);
    await tell("hard", id);
    const { items } = await house.owner.client.letter.list.query({ status: "bounced" });
    expect(items.find((one) => one.id === id)).toMatchObject({
      ...{ kind: "member_invite", to: email, bounce: "bounced", bounceType: "HardBounce" },
    });
  });

  test("is not sent again when Postmark tells of it though its own answer was lost", async () => {
    const { to } = await givenLetter();
    const { postman, taken } = fakePostmark(() => "dropped_after");
    await drainOutbox(drainer(postman).deps);
    const { id, nextAttemptAt, status } = await rowTo(to);
    expect({ status, isDueAgain: nextAttemptAt !== null }).toEqual({ status: "waiting", isDueAgain: true });
    await tell("delivery", id);
    expect(await rowTo(to)).toMatchObject({ status: "delivered", sealedToken: null, nextAttemptAt: null });
    expect(taken).toHaveLength(1);
  });

  test("that came back before its delivery was written down stays what it is", async () => {
    const { to } = await givenLetter();
    const { postman } = fakePostmark();
    const { id } = await rowTo(to);
    const quick = {
      deliver: async (envelope: Parameters<typeof postman.deliver>[0]) => {
        const delivery = await postman.deliver(envelope);
        if (envelope.id === id) await tell("hard", id);
        return delivery;
      },
    };
    await drainOutbox(drainer(quick).deps);
    expect(await rowTo(to)).toMatchObject({ status: "bounced", bounceType: "HardBounce", nextAttemptAt: null });
    expect((await rowTo(to)).deliveredAt).not.toBeNull();
  });
});
