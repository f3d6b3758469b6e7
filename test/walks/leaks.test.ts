// Whatever people type and whoever they are: none of it in a log, none in an answer of a call that did not go well, none
// in an answer to another organization. Each text of each procedure is found by walking its schema, and the database
// fails in every way, repeating all it was asked.
import { createExecutionContext, runDurableObjectAlarm, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inspect } from "node:util";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { pipelineUrl } from "../../db/database.ts";
import { decodeBatch, encodeBatch } from "../../db/hrana.ts";
import { http } from "../../src/app/http.ts";
import { pages } from "../../src/app/pages.ts";
import { postmark, reporting } from "../../src/app/postman.ts";
import { serialize } from "../../src/kernel/wire.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import worker from "../../src/worker.ts";
import { basic, secret, webhook } from "../bounce/post.ts";
import { givenDocument } from "../support/document.ts";
import { at, textFieldsOf, withAt } from "../support/id-fields.ts";
import { plant } from "../support/plant.ts";
import { postmarkToken } from "../support/postmark-message.ts";
import { asAnswer, givenRecording } from "../support/recording.ts";
import { newRefcheck } from "../support/refcheck.ts";
import {
  candidateToken,
  filmedInterview,
  fromAcross,
  makeLate,
  newInterview,
  type Stage,
  setTheStage,
  tokenOf,
} from "../support/stage.ts";
import { newImport } from "../support/table.ts";
import { inTrouble, none, othersInTrouble, troubles, watchDatabase } from "../support/trouble.ts";
import { type Answer, type Procedure, requestWith, sent, textOf } from "../support/wire.ts";
import { anteroom, newestToken, origin, send, systemDeps, unique } from "../support/world.ts";
import { type Case, callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
});

/** Stands in every text of the organization whose words must stay there. */
const canary = `kanarie${crypto.randomUUID().slice(0, 8)}`;
/** Every address in the suite is one of these. */
const addresses = "@example.com";
const trouble = troubles(canary);
const { "every text that is read is another": garbled, "the database is not reached": unreached } = trouble;
const allTroubles = Object.entries(trouble);

/** Whatever is said on the console while this file runs. */
const said: string[] = [];
let stage: Stage;
let leaveDatabase: () => void;

beforeAll(async () => {
  for (const method of ["debug", "error", "info", "log", "trace", "warn"] as const) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
      said.push(words.map((word) => (typeof word === "string" ? word : inspect(word))).join(" "));
    });
  }
  leaveDatabase = watchDatabase();
  stage = await setTheStage();
  await plant(stage, canary);
});
afterAll(() => {
  leaveDatabase();
  vi.restoreAllMocks();
});

const telling = (text: string, secrets: readonly string[]) => secrets.some((one) => text.includes(one));

/** The input with the canary wherever its shape takes one: as a word, or as an address. */
function planted({ inputs }: Procedure, right: unknown): unknown {
  const isTaken = (input: unknown) => inputs.every((schema) => z.safeParse(schema, input).success);
  return inputs.flatMap(textFieldsOf).reduce((input, path) => {
    const word = `${canary}${unique()}`;
    return [word, word + addresses].map((put) => withAt(input, path, put)).find(isTaken) ?? input;
  }, right);
}

/** What stands where the input holds text, and is long enough to be known again. */
function wordsOf({ inputs }: Procedure, input: unknown): string[] {
  const texts = inputs.flatMap(textFieldsOf).map((path) => at(input, path));
  return texts.filter((text) => typeof text === "string").filter((text) => text.length >= 5);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsIn);
  return typeof value === "string" && value !== "" ? [value] : [];
}

type Told = { readonly faults: readonly string[]; readonly outcomes: Readonly<Record<string, Answer["outcome"]>> };

/** Calls it well and in each trouble, with the right input and with canaries in it: whatever is told that should not be. */
async function toldBy(procedure: Procedure, written: Case, sender = send): Promise<Told> {
  const caller = callerOf(written);
  const faults: string[] = [];
  const outcomes: Record<string, Answer["outcome"]> = {};
  const prepared = async () => {
    const { input, whose = stage.invited } = await written.prepare(stage, caller);
    return { input, token: await tokenOf(stage, caller, whose) };
  };
  const first = await prepared();
  const call = async (name: string, { input, token }: typeof first, trouble = none) => {
    const secrets = [canary, addresses, ...wordsOf(procedure, input), ...(token === undefined ? [] : [token])];
    const before = said.length;
    const request = requestWith(procedure, textOf(input), token);
    const { result } = await inTrouble(trouble, () => sent(request, sender));
    const lines = said.slice(before).filter((line) => telling(line, secrets));
    faults.push(...lines.map((line) => `${name}: logged ${line.slice(0, 300)}`));
    const answer = `${result.headers} ${result.text}`;
    // A refusal may name what the caller has just said, and nothing else of anybody's. What is read garbled may be a word of ours.
    const isRefused = result.status < 500;
    const own = isRefused ? textsIn(input) : [];
    const isTelling = telling(
      own.reduce((text, word) => text.replaceAll(word, ""), answer),
      secrets,
    );
    if (result.outcome !== "ok" && isTelling && !(isRefused && trouble === garbled))
      faults.push(`${name}: answered ${answer.slice(0, 600)}`);
    outcomes[name] = result.outcome;
  };
  const withCanaries = ({ input, token }: typeof first) => ({ input: planted(procedure, input), token });
  for (const [name, trouble] of allTroubles) {
    await call(name, first, trouble);
    await call(`${name}, canaries`, withCanaries(first), trouble);
  }
  // Used up by what the trouble did not reach; and tries are counted where anybody may call.
  const isUsed = written.for === "anyone" || (procedure.type === "mutation" && Object.values(outcomes).includes("ok"));
  const last = isUsed ? await prepared() : first;
  await call("well, canaries", withCanaries(last));
  if (outcomes["well, canaries"] === "ok") return { faults, outcomes: { ...outcomes, well: "ok" } };
  // One of the canaries stood where only what is known is taken.
  await call("well", last);
  return { faults, outcomes };
}

const rows = walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written }));

describe("nothing of anybody's is told by a log or by a call that goes wrong", () => {
  let planting = 0;

  test.each(rows)("$path", async ({ procedure, written }) => {
    const { faults, outcomes } = await toldBy(procedure, written);
    expect(faults).toEqual([]);
    expect(outcomes).toMatchObject({
      well: "ok",
      "the first request fails, and all of it is repeated": "unavailable",
      "the database is not reached": "unavailable",
    });
    if (outcomes["well, canaries"] === "ok" && procedure.inputs.some((schema) => textFieldsOf(schema).length > 0))
      planting += 1;
  });

  test("though canaries were written by most, and each way of going wrong had its line", () => {
    expect(planting).toBeGreaterThan(30);
    const events = new Set(said.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line).event));
    expect([...events]).toEqual(expect.arrayContaining(["database_failure", "internal_error"]));
  });
});

describe("promise 3: no answer holds a word that another organization was told by any procedure", () => {
  test.each(rows)("$path", async ({ procedure, written }) => {
    const [there, caller] = [fromAcross(stage), callerOf(written)];
    const { input, whose = there.invited } = await written.prepare(there, caller);
    const answer = await sent(requestWith(procedure, textOf(input), await tokenOf(there, caller, whose)));
    expect(answer.outcome).toBe("ok");
    expect(answer.text).not.toContain(canary);
    expect(answer.headers).not.toContain(canary);
  });
});

/** What the Worker answers beside the API, by its routes, each with a request that holds what nobody else may know. */
const doors: Readonly<Record<string, () => Promise<Request> | Request>> = {
  "GET /": () => new Request(`${origin}/?${canary}`),
  "GET /health": () => new Request(`${origin}/health?${canary}`),
  "GET /auth/link/:token": async () => new Request(`${origin}/auth/link/${await aLink()}`),
  "GET /auth/link/:token/": async () => new Request(`${origin}/auth/link/${await aLink()}/`),
  "POST /auth/link/:token": async () => posting(`${origin}/auth/link/${await aLink()}`),
  "POST /auth/link/:token/": async () => posting(`${origin}/auth/link/${await aLink()}/`),
  "GET /mailbox": () => new Request(`${origin}/mailbox?to=${canary}${addresses}`),
  "GET /mailbox.json": () => new Request(`${origin}/mailbox.json?to=${canary}${addresses}`),
  "GET /mailbox/:id": () => new Request(`${origin}/mailbox/${systemDeps().newId("ltr")}`),
  "GET /mailbox/:id/:nth{[0-9]}": () => new Request(`${origin}/mailbox/${systemDeps().newId("ltr")}/0`),
  "POST /postmark": () => {
    const body = { ...webhook("hard", systemDeps().newId("ltr")), Email: canary + addresses, Description: canary };
    return new Request(`${origin}/postmark`, { method: "POST", headers: basic(secret), body: JSON.stringify(body) });
  },
  "PUT /recordings/:sealed/:number": async () => {
    const { client, stepId, interviewId } = await filmed();
    const begun = await client.recording.begin.mutate({ interviewId, stepId, contentType: "video/webm" });
    const headers = { "content-length": String(canary.length) };
    return new Request(`${begun.uploadUrl}/0`, { method: "PUT", headers, body: canary });
  },
  "GET /recordings/:sealed": async () => {
    const { client, ...its } = await filmed();
    const { recordingId } = await givenRecording(client, its);
    await client.answer.save.mutate({ ...its, answer: asAnswer(recordingId) });
    const { url } = await stage.house.owner.client.recording.play.query({ recordingId });
    return new Request(url);
  },
  "PUT /documents/:sealed": async () => {
    const { house, invited } = stage;
    const about = { candidateId: invited.candidateId, fileName: `${canary}.pdf`, bytes: canary.length };
    const { uploadUrl } = await house.owner.client.document.announce.mutate(about);
    const headers = { "content-length": String(canary.length) };
    return new Request(uploadUrl, { method: "PUT", headers, body: canary });
  },
  "GET /documents/:sealed": async () => {
    const { client } = stage.house.owner;
    const { documentId } = await givenDocument(client, stage.invited.candidateId, { fileName: `${canary}.pdf` });
    return new Request((await client.document.link.query({ documentId })).url);
  },
  "PUT /uploads/:sealed": async () => {
    const { client } = stage.house.owner;
    const { uploadUrl } = await client.import.beginUpload.mutate({ subject: "candidates", name: canary });
    const body = `E-mail,${canary}\n${canary}${addresses},"${canary}\n`;
    return new Request(uploadUrl, { method: "PUT", headers: { "content-length": String(body.length) }, body });
  },
  "GET /left-out/:sealed": async () => {
    const { importId } = await newImport(stage.house, canary);
    return new Request((await stage.house.owner.client.import.leftOut.query({ importId })).url);
  },
  "GET /exports/:sealed": async () => {
    return new Request((await stage.house.owner.client.export.candidates.query({ search: canary })).url);
  },
  "GET /reports/:token": async () => {
    const { refcheckId } = await newRefcheck(stage.house, "completed");
    const { url } = await stage.house.owner.client.refcheckReport.share.mutate({ refcheckId, label: canary });
    return new Request(`${url}?${canary}`);
  },
};

async function filmed() {
  const { whose, stepId } = await filmedInterview(stage.house);
  return { client: anteroom(await candidateToken(whose)), stepId, interviewId: whose.interviewId };
}

async function aLink(): Promise<string> {
  return newestToken((await newInterview(stage.house, stage.project.id, "invited", canary)).email);
}

function posting(url: string): Request {
  const typed = new URLSearchParams({ email: canary + addresses, firstName: canary, password: canary, again: "other" });
  return new Request(url, { method: "POST", body: typed });
}

async function atTheDoor(request: Request): Promise<Response> {
  const ctx = createExecutionContext();
  const response = await http.fetch(request, { ...env, POSTMARK_WEBHOOK_SECRET: secret }, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

describe("nor by anything that is answered beside the API", () => {
  test("every route has its request here", () => {
    const routes = [...http.routes, ...pages.routes].filter(
      ({ method, path }) => method !== "OPTIONS" && method !== "ALL" && path !== "/*",
    );
    expect([...new Set(routes.map(({ method, path }) => `${method} ${path}`))].sort()).toEqual(
      Object.keys(doors).sort(),
    );
  });

  test.each(Object.entries(doors))("%s", async (_, request) => {
    for (const [name, trouble] of [...allTroubles, ["well", none] as const]) {
      const made = await request();
      const before = said.length;
      const way = new URL(made.url).pathname.split("/").filter((part) => part.length > 20);
      const { result } = await inTrouble(trouble, () => atTheDoor(made));
      // A body that breaks off is read as what it broke off with.
      const body = await result.text().catch(inspect);
      const answer = `${JSON.stringify([...result.headers])} ${body}`;
      expect(said.slice(before).filter((line) => telling(line, [canary, addresses, ...way]))).toEqual([]);
      // What was typed stands in its form again, unless it is our fault that it has to be typed again.
      if (result.status >= 500) expect([name, telling(answer, [canary, addresses, ...way])]).toEqual([name, false]);
    }
  });
});

describe("nor by what the system does on its own", () => {
  test("a letter that Postmark refuses, repeating the address", async () => {
    const asked: string[] = [];
    const refusing = postmark({
      token: postmarkToken,
      address: "letters@anteroom.test",
      send: async (_, init) => {
        const { To } = z.object({ To: z.string() }).parse(JSON.parse(String(init?.body)));
        asked.push(To);
        const message = `You tried to send to ${To}, known as ${canary}, which is inactive.`;
        return Response.json({ ErrorCode: 406, Message: message }, { status: 422 });
      },
    });
    // Who drains for what was promised before would take this one along.
    await env.OUTBOX.getByName("outbox").drain();
    const before = said.length;
    const deps = systemDeps({ postman: reporting(refusing, () => systemDeps()) });
    const { client, email: address } = stage.house.owner;
    await othersInTrouble(unreached, () =>
      inTrouble(none, () => client.identity.askForLink.mutate({ email: address })),
    );
    await drainOutbox(deps);
    expect(asked).toContain(address);
    expect(said.slice(before).join()).toMatch(/"drain_failed".*"letters_tried"/s);
    expect(said.slice(before).filter((line) => telling(line, [canary, addresses]))).toEqual([]);
  });

  test.each(allTroubles)("an alarm, where %s", async (_, trouble) => {
    const before = said.length;
    const { interviewId } = await newInterview(stage.house, stage.project.id, "invited", canary);
    await makeLate(interviewId);
    const [timer, outbox] = [env.DEADLINE.getByName(interviewId), env.OUTBOX.getByName("outbox")];
    await outbox.wake(Date.now() + 60_000);
    await othersInTrouble(trouble, async () => {
      expect(await runDurableObjectAlarm(timer)).toBe(true);
      expect(await runDurableObjectAlarm(outbox)).toBe(true);
      // The runtime logs what leaves a Durable Object by itself.
      const thrown = await Promise.allSettled([timer.settleDue(interviewId, 0), outbox.drain()]);
      expect(thrown.filter((one) => telling(inspect(one), [canary, addresses]))).toEqual([]);
    });
    expect(said.slice(before).filter((line) => telling(line, [canary, addresses]))).toEqual([]);
  });

  test("cron, one of whose tasks fails while the others go on", async () => {
    const before = said.length;
    const cron = createExecutionContext();
    // The first is the sweep's, which would wait and ask again.
    await othersInTrouble(trouble["the second request fails, and all of it is repeated"], async () => {
      await worker.scheduled({ cron: "* * * * *", scheduledTime: Date.now(), noRetry: () => undefined }, env, cron);
      await waitOnExecutionContext(cron);
    });
    expect(said.slice(before).join()).toContain('"afterwards_failed"');
    expect(said.slice(before).filter((line) => telling(line, [canary, addresses]))).toEqual([]);
  });

  test("each of which had its line", () => {
    const events = said.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line).event);
    expect(events).toEqual(
      expect.arrayContaining(["deadline_alarm_failed", "keeper_missed", "outbox_alarm_failed", "afterwards_failed"]),
    );
    expect(said.filter((line) => telling(line, [canary, addresses]))).toEqual([]);
  });
});

describe("the walk is not blind", () => {
  const url = pipelineUrl(String(env.DATABASE_URL));
  const shape = z.object({ name: z.string().max(100), note: z.string().optional() });
  const plain = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };
  const t = initTRPC.create({ transformer: { input: plain, output: { ...plain, serialize } } });

  /** One procedure that asks the database, and passes on what that says: to its log, or to its caller. */
  const serverOf = (isLogging: boolean) =>
    t.router({
      tell: t.procedure
        .use(async ({ next }) => {
          const result = await next();
          if (!result.ok && isLogging) console.log(JSON.stringify({ event: "failed", error: result.error.message }));
          return result;
        })
        .input(shape)
        .mutation(async ({ input }) => {
          const statement = { sql: "select ?, ?", args: [input.name, input.note ?? ""] };
          const answer = await fetch(url, { method: "POST", body: encodeBatch([statement], "write") });
          const outcome = decodeBatch(await answer.json(), 1);
          if (!outcome.ok) throw new Error(outcome.message);
        }),
    });

  const Fault = z.object({ error: z.object({ json: z.object({ message: z.string() }) }) });
  const saboteur: Procedure = { path: "tell", type: "mutation", meta: { for: "anyone" }, inputs: [shape] };

  test.each([
    ["a log of what errors say", true],
    ["an answer that says what went wrong", false],
  ])("saboteur: %s is named", async (_, isLogging) => {
    const [, written] = walked.find(([{ path }]) => path === "identity.askForLink") ?? [];
    if (!written) throw new Error("there is an identity.askForLink");
    const server = async (request: Request) => {
      const response = await fetchRequestHandler({ endpoint: "/trpc", req: request, router: serverOf(isLogging) });
      if (response.ok) return Response.json({ result: { data: { json: null } } });
      const { message } = Fault.parse(await response.json()).error.json;
      // As the walk reads it; what it says is as it was, where it is said.
      const data = { code: "INTERNAL_SERVER_ERROR", httpStatus: 500, reason: "internal", facts: null };
      const json = { message: isLogging ? "" : message, data };
      return Response.json({ error: { json } }, { status: response.status });
    };
    const { faults } = await toldBy(
      saboteur,
      { ...written, prepare: () => ({ input: { name: "Mirabelle" } }) },
      server,
    );
    const means = isLogging ? "logged" : "answered";
    const repeating = "the first request fails, and all of it is repeated";
    expect(faults).toContainEqual(expect.stringMatching(`^${repeating}: ${means} .*Mirabelle`));
    expect(faults).toContainEqual(expect.stringMatching(`^${repeating}, canaries: ${means} .*${canary}`));
    expect(faults.filter((fault) => !fault.includes(`: ${means} `))).toEqual([]);
  });
});
