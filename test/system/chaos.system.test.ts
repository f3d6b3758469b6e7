// Promises 1, 2 and 9 on real processes that are killed, with `npm run chaos` in small: test/chaos says what it does.
import { expect, test } from "vitest";
import { runChaos } from "../chaos/run.ts";

const cycles = 20;
const seed = 20_261_123;

test(`${cycles} kills of the Worker and the database: nothing half-written, lost, doubled or left waiting`, async () => {
  const { figures, complaints } = await runChaos({ cycles, seed, waiting: "spare" });
  expect({ complaints, figures }).toMatchObject({
    complaints: [],
    figures: { "internal errors": 0, "sent again without a reason": 0 },
  });
  // Otherwise there was nothing to judge.
  for (const what of [
    "Worker killed",
    "database killed",
    "calls acknowledged",
    "calls made again",
    "deadlines expired",
  ]) {
    expect({ what, figure: figures[what] ?? 0 }).toMatchObject({ what, figure: expect.toSatisfy((n) => n > 0) });
  }
});
