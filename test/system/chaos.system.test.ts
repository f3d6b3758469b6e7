// Promises 1, 2 and 9 on real processes that are killed, with `npm run chaos` in small: test/chaos says what it does.
import { expect, test } from "vitest";
import { runChaos } from "../chaos/run.ts";
import { sabotaged } from "./sabotaged.ts";

const cycles = 20;
const seed = 20_261_123;
/** Of these each run must have had so many, or there was nothing to judge. */
const leastOf: Readonly<Record<string, number>> = {
  "Worker killed": 3,
  "database killed": 3,
  "cut before request": 3,
  "cut within request": 3,
  "cut before answer": 3,
  "cut within answer": 3,
  "requests in flight when the database was killed": 1,
  "calls acknowledged": 1,
  "calls made again": 1,
  "sent again, the answer dropped": 1,
  "interviews finished": 1,
  "deadlines expired": 1,
};

test(`${cycles} kills of the Worker and the database: nothing half-written, lost, doubled or left waiting`, async () => {
  const { figures, complaints } = await runChaos({ cycles, seed, waiting: "spare" });
  expect({ complaints, figures }).toMatchObject({
    complaints: [],
    figures: { "internal errors": 0, "sent again without a reason": 0 },
  });
  const tooFew = Object.entries(leastOf).filter(([what, least]) => (figures[what] ?? 0) < least);
  expect({ tooFew, figures }).toMatchObject({ tooFew: [] });
});

test("saboteur: an invitation written in two parts, and a letter that goes out again once it was delivered, are both named", async () => {
  const code = await sabotaged(
    {
      right: "...person,\n    ...statements\n  ]);",
      wrong: `...person, ...statements.slice(0, -1)]);
  await deps.pause(1000);
  await deps.db.write(statements.slice(-1));`,
    },
    {
      right: 'if (delivery.outcome === "delivered") return { status: "delivered" };',
      wrong: `if (delivery.outcome === "delivered" && attempts > 1) return { status: "delivered" };
  if (delivery.outcome === "delivered") return { status: "waiting", nextAttemptAt: now, lastError: "" };`,
    },
  );
  const { complaints } = await runChaos({ cycles: 4, seed, waiting: "spare", code, closingMs: 10_000 });
  expect(complaints).toContainEqual(expect.stringMatching(/^itv_\w+: invite happened 1 times and promised 0 letters$/));
  expect(complaints).toContainEqual(
    expect.stringMatching(/^ltr_\w+: the \w+ was delivered \d times though no answer was lost$/),
  );
});
