// What broke: a value of ours that was not of its declared shape came to INTERNAL, as it should, but the fields that were
// wrong with it were told to whoever asked, as if they had sent them.
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { expect, test } from "vitest";
import * as z from "zod";
import { anyone, router } from "../../src/app/trpc.ts";
import { systemDeps } from "../support/world.ts";

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
