// What no handler caught was put on the console whole, and what a Durable Object threw was logged by the runtime whole:
// with whatever the error's own words repeated.
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { http } from "../../src/app/http.ts";
import { origin, send } from "../support/world.ts";

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
  vi.restoreAllMocks();
});

function consoleSaid() {
  const lines: unknown[][] = [];
  for (const method of ["error", "log"] as const) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => void lines.push(words));
  }
  return lines;
}

const text = { type: "text", value: "Mira Belle <mira@example.com>" };

/** A database whose rows are not what they should be: reading them ends in an error that repeats them. */
function answerNonsense() {
  const row = Array.from({ length: 12 }, () => text);
  const results = Array.from({ length: 12 }, () => ({ rows: [row], affected_row_count: 1 }));
  const result = { step_results: results, step_errors: results.map(() => null) };
  globalThis.fetch = async () => Response.json({ results: [{ type: "ok", response: { type: "batch", result } }] });
}

test("an error that nobody expected is one line with its name, and the request id that the caller is told", async () => {
  const said = consoleSaid();
  answerNonsense();
  const response = await send(new Request(`${origin}/mailbox`));
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("Mira");
  const requestId = response.headers.get("x-request-id");
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(said.map(([line]) => JSON.parse(String(line)))).toEqual([
    { event: "internal_error", path: "/mailbox", error: "SyntaxError", requestId },
  ]);
});

test("an installation that is not set up still says which settings are missing", async () => {
  const said = consoleSaid();
  const request = new Request(`${origin}/health`);
  const unset = { ...env, DATABASE_URL: undefined };
  expect((await http.fetch(request, unset, createExecutionContext())).status).toBe(500);
  expect(said.map(([line]) => JSON.parse(String(line)))).toMatchObject([
    { error: "NotSetUp", settings: "DATABASE_URL" },
  ]);
});

test("what leaves a Durable Object is the name of what went wrong", async () => {
  consoleSaid();
  answerNonsense();
  const thrown = await Promise.allSettled([
    env.OUTBOX.getByName("outbox").drain(),
    env.DEADLINE.getByName("keeper").settleDue("itv_x", 0),
  ]);
  expect(thrown.map(({ status }) => status)).toContain("rejected");
  expect(JSON.stringify(thrown.map((one) => (one.status === "rejected" ? String(one.reason) : "")))).not.toMatch(
    /Mira/,
  );
});
