import { expect, test } from "vitest";
import { type Clock, keepCrons } from "../../src/local/crons.ts";

const start = Date.parse("2026-11-22T20:29:31.250Z");
const minuteMs = 60_000;

/** Time goes from one thing that waits to the next. `lateBy`: how much later than asked each thing is done. */
function clockworkFrom(from: number, lateBy: (nth: number) => number = () => 0) {
  let now = from;
  const waiting: { at: number; work: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    at: (instant, work) => void waiting.push({ at: instant.getTime(), work }),
  };
  const turn = (times: number) => {
    for (let nth = 0; nth < times; nth += 1) {
      const next = waiting.shift();
      if (!next) throw new Error("nothing waits: the crons are kept no longer");
      now = next.at + lateBy(nth);
      next.work();
      expect(waiting).toHaveLength(1);
    }
  };
  return { clock, turn };
}

function firedBy(crons: readonly string[], turns: number, lateBy?: (nth: number) => number) {
  const fired: string[] = [];
  const { clock, turn } = clockworkFrom(start, lateBy);
  const fire = async ({ cron, at }: { cron: string; at: Date }) => void fired.push(`${cron} ${at.toISOString()}`);
  keepCrons(crons, fire, { clock, onFailure: (sentence) => fired.push(sentence) });
  turn(turns);
  return fired;
}

const minutesFrom = (first: string, count: number) =>
  Array.from({ length: count }, (_, nth) => `* * * * * ${new Date(Date.parse(first) + nth * minuteMs).toISOString()}`);

test("a cron for every minute is fired in each, at its beginning, the first one after the start", () => {
  expect(firedBy(["* * * * *"], 90)).toEqual(minutesFrom("2026-11-22T20:30:00Z", 90));
});

test("each cron is fired when it is due and told which minute it is for, several in the same one too", () => {
  expect(firedBy(["*/15 * * * *", "0 21 * * *"], 32)).toEqual([
    "*/15 * * * * 2026-11-22T20:30:00.000Z",
    "*/15 * * * * 2026-11-22T20:45:00.000Z",
    "*/15 * * * * 2026-11-22T21:00:00.000Z",
    "0 21 * * * 2026-11-22T21:00:00.000Z",
  ]);
});

test.each([-1, 1, 30_000, 59_999])("timers that ring %i ms late lose no minute and fire none twice", (ms) => {
  expect(firedBy(["* * * * *"], 20, () => ms)).toEqual(minutesFrom("2026-11-22T20:30:00Z", 20));
});

test("after the machine has slept it goes on with the next minute and makes up for none", () => {
  const fired = firedBy(["* * * * *"], 4, (nth) => (nth === 1 ? 10 * minuteMs : 0));
  expect(fired.map((line) => line.slice(-13, -8))).toEqual(["20:30", "20:31", "20:42", "20:43"]);
});

test("a trigger that fails is told, and keeps neither the others nor the next minute from being fired", async () => {
  const told: string[] = [];
  const fired: string[] = [];
  const { clock, turn } = clockworkFrom(start);
  const fire = async ({ cron, at }: { cron: string; at: Date }) => {
    if (cron === "* * * * *") throw new Error("away");
    fired.push(at.toISOString());
  };
  keepCrons(["* * * * *", "*/1 * * * *"], fire, { clock, onFailure: (sentence) => told.push(sentence) });
  turn(2);
  await Promise.resolve();
  expect(fired).toEqual(["2026-11-22T20:30:00.000Z", "2026-11-22T20:31:00.000Z"]);
  expect(told).toEqual(Array(2).fill('The cron trigger "* * * * *" did not go well: away'));
});
