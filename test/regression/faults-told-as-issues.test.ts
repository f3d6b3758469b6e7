// What broke: a value of ours that was not of its declared shape came to INTERNAL, as it should, but the fields that were
// wrong with it were told to whoever asked, as if they had sent them. And the other way round: whoever sent no JSON, or did not say that it is,
// was told only that something is not as expected, under no request id.
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { expect, test } from "vitest";
import * as z from "zod";
import { anyone, router } from "../../src/app/trpc.ts";
import { givenOrganization, origin, send, systemDeps } from "../support/world.ts";

const Told = z.object({ name: z.string() });
const kept: string = JSON.stringify({ name: 5 });
const ours = router({
  /** The output is not of its shape. */
  answers: anyone.output(Told).query(() => JSON.parse(kept)),
  /** What was stored is not of its shape. */
  reads: anyone.output(Told).query(() => Told.parse(JSON.parse(kept))),
  asks: anyone.input(Told).query(() => undefined),
});

async function dataOf(call: "answers" | "reads" | "asks") {
  const response = await fetchRequestHandler({
    endpoint: "/trpc",
    router: ours,
    req: new Request(`http://localhost/trpc/${call}?input=${encodeURIComponent(kept)}`),
    createContext: () => ({ deps: systemDeps(), requestId: "r", actor: null }),
  });
  const { error } = z
    .object({ error: z.object({ json: z.object({ data: z.unknown() }) }) })
    .parse(await response.json());
  return error.json.data;
}

test.each(["answers", "reads"] as const)("a fault of ours that %s wrongly names no field", async (call) => {
  expect(await dataOf(call)).toMatchObject({ reason: "internal", issues: [], requestId: "r" });
});

test("a field the caller sent wrongly is still named", async () => {
  expect(await dataOf("asks")).toMatchObject({ reason: "bad_input", issues: [{ path: "name" }] });
});

const Answer = z.object({ error: z.object({ json: z.object({ data: z.unknown() }) }) });

test.each([
  [400, "application/json", '{"email":', { issues: [{ path: "", message: "must be JSON" }] }],
  [415, "text/plain", "{}", { issues: [{ path: "content-type", message: "must be application/json" }] }],
  [413, "application/json", "x".repeat(300_000), { reason: "too_large", facts: { bytesMax: 262_144 } }],
])("what is wrong with a request of status %d is said", async (status, type, body, said) => {
  const asked = new Request(`${origin}/trpc/identity.signIn`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  const response = await send(asked);
  expect([response.status, Answer.parse(await response.json()).error.json.data]).toMatchObject([status, said]);
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("a read that asks for nothing in particular needs no input", async () => {
  const { owner } = await givenOrganization();
  const headers = { authorization: `Bearer ${owner.token}` };
  for (const query of ["", "?"])
    expect((await send(new Request(`${origin}/trpc/candidate.list${query}`, { headers }))).status).toBe(200);
  expect((await send(new Request(`${origin}/trpc/candidate.get`, { headers }))).status).toBe(400);
});
