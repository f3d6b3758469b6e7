import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rankBetween } from "../../src/kernel/rank.ts";

type Between = typeof rankBetween;

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Where among those that stand there one more is put, as a part of their number; and the chance of it. */
const insertion = fc.tuple(chance, chance);

/** As a database that compares bytes has it. */
const comesBefore = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;

/** The ranks after all insertions, in their order, as they were asked for. */
function inserted(insertions: readonly (readonly [number, number])[], between: Between = rankBetween): string[] {
  const ranks: string[] = [];
  for (const [where, luck] of insertions) {
    const at = Math.floor(where * (ranks.length + 1));
    ranks.splice(at, 0, between(ranks[at - 1] ?? null, ranks[at] ?? null, luck));
  }
  return ranks;
}

/** Neighbours that do not stand as they were put. */
const outOfOrder = (ranks: readonly string[]) =>
  ranks.filter((rank, at) => at > 0 && !comesBefore(ranks[at - 1] ?? "", rank));

describe("between any two places there is another", () => {
  test("wherever people are put, their ranks sort as they stand", () => {
    fc.assert(
      fc.property(fc.array(insertion, { maxLength: 300 }), (insertions) => {
        expect(outOfOrder(inserted(insertions))).toEqual([]);
      }),
    );
  });

  test("whoever is put at one end, beside one and the same, or between the last two, with any chance", () => {
    for (const luck of [0, 0.5, 0.999_999]) {
      const ways: readonly ((count: number) => number)[] = [
        () => 0,
        (count) => count,
        () => 1,
        (count) => count - 1,
        (count) => Math.ceil(count / 2),
      ];
      for (const way of ways) {
        const ranks: string[] = [];
        for (let nth = 0; nth < 500; nth += 1) {
          const at = Math.max(0, way(ranks.length));
          ranks.splice(at, 0, rankBetween(ranks[at - 1] ?? null, ranks[at] ?? null, luck));
        }
        expect(outOfOrder(ranks)).toEqual([]);
      }
    }
  });

  test("saboteur: a rank that is only the number in the middle runs out of room, and the check says so", () => {
    const middle: Between = (behind, before) => {
      const [low, high] = [Number(behind ?? 0), Number(before ?? 1_000)];
      return String(Math.floor((low + high) / 2)).padStart(4, "0");
    };
    fc.assert(
      fc.property(fc.array(insertion, { minLength: 20, maxLength: 20 }), (insertions) => {
        expect(outOfOrder(inserted(insertions, middle))).not.toEqual([]);
      }),
    );
  });
});

describe("ranks stay short", () => {
  const longest = (ranks: readonly string[]) => Math.max(...ranks.map(({ length }) => length));
  /** Chances that are the same in every run. */
  const luckOf = (nth: number) => (nth * 0.618_033_988_749) % 1;

  test.each([
    ["always last", (count: number) => count, 8],
    ["always first", () => 0, 8],
    ["always right behind the first", () => 1, 16],
    ["always right before the last", (count: number) => Math.max(0, count - 1), 16],
  ])("of 20,000 who were put %s", (_, way, most) => {
    const ranks: string[] = [];
    for (let nth = 0; nth < 20_000; nth += 1) {
      const at = Math.min(way(ranks.length), ranks.length);
      ranks.splice(at, 0, rankBetween(ranks[at - 1] ?? null, ranks[at] ?? null, luckOf(nth)));
    }
    expect(longest(ranks)).toBeLessThanOrEqual(most);
  });

  test("of 5,000 who were put anywhere", () => {
    const insertions = Array.from({ length: 5_000 }, (_, nth) => [luckOf(nth * 7), luckOf(nth * 11)] as const);
    expect(longest(inserted(insertions))).toBeLessThanOrEqual(40);
  });

  test("of 500 of whom each was put between the last two", () => {
    let [low, high]: [string | null, string | null] = [null, null];
    let most = 0;
    for (let nth = 0; nth < 500; nth += 1) {
      const rank = rankBetween(low, high, luckOf(nth));
      if (nth % 2 === 0) low = rank;
      else high = rank;
      most = Math.max(most, rank.length);
    }
    expect(most).toBeLessThanOrEqual(400);
  });
});
