// Lists of candidates against a plain model of them: whatever is asked for by whomever, pages that end before they are full and pages that do
// not come to the whole in order, nothing missed and nothing twice.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { dayMs, minuteMs } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import { listCandidatesFrom } from "../../src/record/actions.ts";
import { ListCandidatesFrom } from "../../src/record/contract.ts";
import { database, type Member, refusalOf } from "../support/world.ts";
import { expected, filter, type Given, plain, rowsMax, seed } from "./model.ts";
import { arranged, asker, deps, house, inputOf, managers, opened, walked } from "./people.ts";

beforeAll(opened);

const goes = fc.record({
  looksMax: fc.constantFrom(1, 3, 10, 100),
  nearMax: fc.constantFrom(1, 2, 5, 100),
  countedNearMax: fc.constantFrom(1, 2, 5, 100),
  searchedMax: fc.constantFrom(1, 3, 10, 100),
  wholeMax: fc.constantFrom(1, 5, 20, 100),
  fewMax: fc.constantFrom(0, 5, 1_000),
  totalMax: fc.constantFrom(3, 100),
});
const lateness = fc.constantFrom(null, 0, 0, 1, 3);
const asking = fc.tuple(filter, goes, fc.nat({ max: 2 }), fc.integer({ min: 1, max: 6 }), fc.nat({ max: 8 }));

describe("pages by any filters, to whoever asks", () => {
  test("come to the whole in order, nothing missed and nothing twice, also where they end before they are full", async () => {
    let early = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { minLength: 15, maxLength: rowsMax }),
        lateness,
        fc.array(asking, { minLength: 14, maxLength: 20 }),
        async (seeds, late, questions) => {
          const people = await arranged(seeds, late);
          for (const [asked, limits, nth, size] of questions) {
            const found = await walked(nth, people, asked, size, limits);
            expect([nth, asked, limits, found.ids]).toEqual([nth, asked, limits, expected(nth, people, asked)]);
            early += found.early;
          }
        },
      ),
      { numRuns: 8, endOnFailure: true },
    );
    expect(early).toBeGreaterThan(5);
  }, 120_000);

  test("by take and skip they are parts of the same whole; the total is right, and where there are many may say that there are more", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { minLength: 15, maxLength: rowsMax }),
        lateness,
        fc.array(asking, { minLength: 14, maxLength: 20 }),
        async (seeds, late, questions) => {
          const people = await arranged(seeds, late);
          for (const [asked, limits, nth, take, skip] of questions) {
            const all = expected(nth, people, asked);
            const input = ListCandidatesFrom.parse({ ...inputOf(asked, people), take, skip });
            const { items, total, isTotalCapped } = await listCandidatesFrom(
              deps(database()),
              asker(nth),
              input,
              limits,
            );
            const ids = items.map(({ id }) => id);
            if (people.length <= limits.wholeMax)
              expect([asked, isTotalCapped]).toEqual([asked, all.length > limits.totalMax]);
            if (!isTotalCapped) expect([asked, ids, total]).toEqual([asked, all.slice(skip, skip + take), all.length]);
            else {
              expect(total).toBeLessThanOrEqual(Math.min(all.length, limits.totalMax));
              expect([asked, ids]).toEqual([asked, all.slice(skip, skip + ids.length)]);
            }
          }
        },
      ),
      { numRuns: 8, endOnFailure: true },
    );
  }, 120_000);

  test("saboteurs: a page that does not say where it stopped, ids by a clock of their own, and a list that shows everybody everything, are each found out", async () => {
    const limits = {
      looksMax: 2,
      nearMax: 1,
      countedNearMax: 1,
      searchedMax: 2,
      wholeMax: 100,
      fewMax: 100,
      totalMax: 100,
    };
    const people = await arranged([
      { ...plain, name: "100%", made: -2 * dayMs },
      { ...plain, name: "Bo" },
      { ...plain, name: "Bo" },
      { ...plain, name: "Bo" },
    ]);
    // Too short to be looked up, so that it is walked.
    const asked: Given = { search: "%" };
    expect((await walked(0, people, asked, 5, limits)).ids).toEqual(expected(0, people, asked));
    const silent: Database = {
      ...database(),
      async read(what) {
        const answered = await database().read(what);
        return { ...answered, found: Object.assign({}, Reflect.get(answered, "found"), { stop: null }) };
      },
    };
    expect((await walked(0, people, asked, 5, limits, silent)).ids).not.toEqual(expected(0, people, asked));
    const astray = await arranged([{ ...plain, skew: 2 * minuteMs }]);
    const made: Given = { createdTo: -dayMs + 1 };
    expect((await walked(0, astray, made, 5, limits)).ids).not.toEqual(expected(0, astray, made));
    expect((await walked(0, astray, {}, 5, limits)).ids).not.toEqual(expected(1, astray, {}));
  });
});

describe("hiring managers", () => {
  test("see whom they have an interview or a refcheck to see of or meet, of that what is theirs, and change nothing", async () => {
    const [first, second, third] = await arranged(
      [[[0], [1], []] as const, [[1], [], []] as const, [[], [], [1]] as const].map(
        ([interviews, refchecks, meetings]) => ({ ...plain, made: 0, interviews, refchecks, meetings }),
      ),
    );
    const ids = [first, second, third].map((one) => one?.id ?? newId("cnd"));
    const seenBy = async ({ client }: Pick<Member, "client">) => {
      const { items } = await client.candidate.list.query({ include: ["interviews", "refchecks"] });
      return items.map(({ id, interviews = [], refchecks = [], availableActions }) => [
        ...[ids.indexOf(id), interviews.length, refchecks.length, availableActions.length],
      ]);
    };
    expect((await seenBy(house.owner)).sort()).toEqual([
      [0, 1, 1, 3],
      [1, 1, 0, 3],
      [2, 0, 0, 3],
    ]);
    expect(await seenBy(managers[0])).toEqual([[0, 1, 0, 0]]);
    expect((await seenBy(managers[1])).sort()).toEqual([
      [0, 0, 1, 0],
      [1, 1, 0, 0],
      [2, 0, 0, 0],
    ]);
    for (const [nth, candidateId] of ids.entries()) {
      const { candidate } = managers[0].client;
      for (const ask of [candidate.get, candidate.events]) {
        if (nth === 0) await ask.query({ candidateId });
        else expect(await refusalOf(ask.query({ candidateId }))).toMatchObject({ reason: "not_found" });
      }
      expect(await refusalOf(candidate.hire.mutate({ candidateId }))).toMatchObject({ reason: "not_allowed" });
    }
  });
});
