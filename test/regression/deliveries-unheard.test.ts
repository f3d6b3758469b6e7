// A round of letters had been delivered, the database's answer to the note of it was cut off, and two minutes later all of
// them were sent again.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type connect, DatabaseFailure } from "../../db/database.ts";
import { letter } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { leaseMs, settleTriesMax } from "../../src/letter/policy.ts";
import { fakePostmark } from "../letter/fake-postmark.ts";
import { drainer, givenLetters, noon, pass } from "../letter/outbox-world.ts";
import { database } from "../support/world.ts";

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  await database().write([run(build.delete(letter))]);
});
afterEach(() => vi.useRealTimers());

/** The database whose answers to the second write and those after it are cut off, so many times. */
function cutting(times: number): ReturnType<typeof connect> {
  const db = database();
  let writes = 0;
  return {
    ...db,
    write: async (sentence) => {
      const results = await db.write(sentence);
      writes += 1;
      if (writes > 1 && writes <= 1 + times) throw new DatabaseFailure("the database was not reached");
      return results;
    },
  };
}

async function sentIn(times: number): Promise<number> {
  await givenLetters(5);
  const { postman, taken } = fakePostmark();
  const waits: number[] = [];
  const pause = async (durationMs: number) => void waits.push(durationMs);
  await drainOutbox(drainer(postman, { db: cutting(times), pause }).deps);
  pass(leaseMs);
  await drainOutbox(drainer(postman).deps);
  expect(waits).toHaveLength(times);
  return taken.length;
}

test("the note of a round is made until it is heard, and no letter goes out twice", async () => {
  expect(await sentIn(1)).toBe(5);
});

test("all the tries together end before the lease does", async () => {
  await expect(sentIn(settleTriesMax)).rejects.toThrow(DatabaseFailure);
});
