import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import worker from "../../src/worker.ts";
import { newEmail, origin, send } from "../support/world.ts";

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
  vi.restoreAllMocks();
});

/** A request while the database cannot be reached, and what is logged of it. */
async function failing(request: Request) {
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  globalThis.fetch = () => Promise.reject(new TypeError("fetch failed"));
  const response = await send(request);
  return { response, lines: said.mock.calls.map(([line]) => JSON.parse(String(line))) };
}

test("what is logged of a request carries the id that its caller was told", async () => {
  const input = encodeURIComponent(JSON.stringify({ token: `si_${"A".repeat(43)}` }));
  const { response, lines } = await failing(new Request(`${origin}/trpc/identity.openLink?input=${input}`));
  expect(response.status).toBe(503);
  const requestId = response.headers.get("x-request-id");
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines).toEqual([expect.objectContaining({ event: "database_failure", path: "identity.openLink", requestId })]);
  const { error } = await response.json<{ error: { json: { data: { requestId: string } } } }>();
  expect(error.json.data.requestId).toBe(requestId);
});

test("and so does what goes wrong after the answer", async () => {
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const body = JSON.stringify({ email: newEmail("late") });
  const headers = { "content-type": "application/json", "cf-connecting-ip": "10.9.8.7" };
  const broken = { getByName: () => ({ drain: () => Promise.reject(new Error("no drainer today")) }) };
  const ctx = createExecutionContext();
  const request = new Request(`${origin}/trpc/identity.askForLink`, { method: "POST", headers, body });
  const response = await worker.fetch(request, Object.assign(Object.create(env), { OUTBOX: broken }), ctx);
  await waitOnExecutionContext(ctx);
  expect(response.status).toBe(200);
  const lines = said.mock.calls.map(([line]) => JSON.parse(String(line)));
  const requestId = response.headers.get("x-request-id");
  expect(lines).toContainEqual(expect.objectContaining({ event: expect.stringMatching(/failed$/), requestId }));
});
