import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs, oneForAll } from "../../src/kernel/alarm.ts";

test("waits double up to their cap, and never come back all at once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, random) => {
        const whole = Math.min(300_000, 1_000 * 2 ** (failures - 1));
        const wait = backoffMs(failures, random);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(whole / 2));
        expect(wait).toBeLessThanOrEqual(whole);
      },
    ),
  );
});

test("a hundred who ask at once cost two runs, and each run begins after those it serves have asked", async () => {
  const begun: number[] = [];
  let asked = 0;
  const run = oneForAll(async () => {
    begun.push(asked);
    await Promise.resolve();
  });
  const calls: Promise<void>[] = [];
  for (; asked < 100; asked += 1) calls.push(run());
  await Promise.all(calls);
  expect(begun.length).toBeLessThanOrEqual(2);
  expect(begun.at(-1)).toBe(100);
});

test("a run that fails tells those it served, and nobody after them", async () => {
  let fails = true;
  const run = oneForAll(async () => {
    if (fails) throw new Error("away");
  });
  await expect(run()).rejects.toThrow("away");
  fails = false;
  await expect(run()).resolves.toBeUndefined();
});
