// What two people have in common is seen by whoever finishes second, also where both finish in one moment.
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { connect, type Database } from "../../db/database.ts";
import { nobody } from "../../src/app/deps.ts";
import { newId, type ReferenceId } from "../../src/kernel/ids.ts";
import type { ReferenceScope } from "../../src/kernel/scope.ts";
import { acceptReference, finishReference, saveAnswers } from "../../src/reference/actions.ts";
import { historyFor, kindsOf } from "../refcheck/ledger.ts";
import { givenRole, newFlaggedRefcheck, newRefcheck, type RefcheckOf } from "../support/refcheck.ts";
import { database, givenOrganization, type House, lettersTo, refusalOf, systemDeps } from "../support/world.ts";
import {
  added,
  named,
  nearlyTheSame,
  openIn,
  refereeAt,
  seen,
  shortAnswersBut,
  signalsIn,
  somewhere,
} from "./evidence.ts";

/** A Monday. */
const noon = new Date("2031-03-03T12:00:00.000Z");
const rounds = 8;

let house: House;
let roleId: `rol_${string}`;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  roleId = (await givenRole(house, { referencesRequired: 2, referencesOptional: 0 })).id;
});
afterAll(() => {
  vi.useRealTimers();
});

/** Two, who are about to finish and have written nearly the same. */
async function givenTwo() {
  const whose = await newRefcheck(house, "consented", { roleId });
  const ids = await named(whose, [{}, {}]);
  const deps = { ...systemDeps(), afterwards: () => undefined };
  for (const referenceId of ids) {
    const scope = scopeOf(whose, referenceId);
    await acceptReference(deps, scope);
    await saveAnswers(deps, scope, { answers: shortAnswersBut(added(nearlyTheSame(referenceId.slice(-6)))) });
  }
  return { whose, ids };
}

function scopeOf({ organizationId, refcheckId }: RefcheckOf, referenceId: ReferenceId): ReferenceScope {
  return { kind: "reference", sessionId: newId("ses"), organizationId, refcheckId, referenceId };
}

/** A database in which something happens after each look, before whoever looked goes on. */
function interrupted(db: Database, happens: () => Promise<unknown>): Database {
  return {
    ...db,
    async read(asked) {
      const results = await db.read(asked);
      await happens();
      return results;
    },
  };
}

/** Of so many none goes on before all have looked. */
function meeting(db: Database, count: number): Database {
  let missing = count;
  const { promise: all, resolve } = Promise.withResolvers<void>();
  return interrupted(db, () => {
    missing -= 1;
    if (missing === 0) resolve();
    return all;
  });
}

/** A database in which one piece of what is sent is another. */
function spoilt(piece: string, by: string) {
  return connect({
    url: String(env.DATABASE_URL),
    fetch: (url, init) => fetch(url, { ...init, body: String(init?.body).replaceAll(piece, by) }),
  });
}

/** Both look, and then both finish. What is raised of it. */
async function raced(db = database()): Promise<string[]> {
  const { whose, ids } = await givenTwo();
  const deps = { ...systemDeps({ db: meeting(db, ids.length) }), afterwards: () => undefined };
  await Promise.all(ids.map((referenceId) => finishReference(deps, scopeOf(whose, referenceId))));
  const { status, answered } = await seen(house, whose);
  const raised = (await signalsIn(whose.refcheckId)).map(
    ({ kind, withdrawnAt }) => `${kind}${withdrawnAt ? "" : " waits"}`,
  );
  await historyFor(house, whose.refcheckId);
  return [`${answered} ${status}`, ...raised];
}

describe("two references who wrote nearly the same and finish at once", () => {
  test("raise one signal, whoever is first, and the refcheck is not complete before somebody has looked at it", async () => {
    for (let round = 0; round < rounds; round += 1) {
      expect(await raced()).toEqual(["2 needs_attention", "similar_text waits"]);
    }
  }, 60_000);

  test("saboteur: where nobody minds what was written since they looked, neither sees the other", async () => {
    const careless = spoilt('and \\"refcheck\\".\\"version\\" = ?', "and ? is not null");
    expect(await raced(careless)).toEqual(["2 completed"]);
  });

  test("do so through the API as well", async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { whose, ids } = await givenTwo();
      const clients = await Promise.all(ids.map((id) => refereeAt(whose, id)));
      await Promise.all(clients.map((client) => client.reference.finish.mutate()));
      expect(await openIn(house, whose)).toEqual(["similar_text"]);
      expect(await seen(house, whose)).toMatchObject({ status: "needs_attention", answered: 2, openSignals: 1 });
      const told = (await kindsOf(whose.refcheckId)).filter((kind) => kind === "refcheck_completed");
      expect(told).toHaveLength(1);
      expect((await lettersTo(house.owner.email)).at(-1)?.text).toContain("look at the 1 signal");
    }
  }, 60_000);
});

test("20 references who finish at once: none is refused, it is completed once, with one letter, and every two who wrote the same are seen", async () => {
  const terms = { referencesRequired: 10, referencesOptional: 10 };
  const whose = await newRefcheck(house, "consented", { roleId: (await givenRole(house, terms)).id });
  const ids = await named(
    whose,
    Array.from({ length: 20 }, () => ({})),
  );
  const clients = await Promise.all(ids.map((id) => refereeAt(whose, id)));
  await Promise.all(clients.map((client) => client.reference.accept.mutate()));
  // Three of them have talked.
  const texts = ids.map((_, nth) => (nth < 3 ? nearlyTheSame(`her${nth}`) : ""));
  await Promise.all(
    clients.map((client, nth) =>
      client.reference.save.mutate({ answers: shortAnswersBut(...(texts[nth] ? [added(texts[nth])] : [])) }),
    ),
  );
  const finished = await Promise.allSettled(clients.map((client) => client.reference.finish.mutate()));
  expect(finished.filter(({ status }) => status === "rejected")).toEqual([]);
  expect(await seen(house, whose)).toMatchObject({ status: "needs_attention", answered: 20, open: 0, openSignals: 3 });
  expect(await openIn(house, whose)).toEqual(Array(3).fill("similar_text"));
  const history = await historyFor(house, whose.refcheckId);
  expect(history.filter((verb) => verb === "finish")).toHaveLength(20);
  expect((await kindsOf(whose.refcheckId)).filter((kind) => kind === "refcheck_completed")).toHaveLength(1);
}, 60_000);

test("nobody who is out is told of, also where they leave in the moment in which somebody else takes part from their network", async () => {
  const whose = await newRefcheck(house, "consented", { roleId });
  const [leaving = whose.referenceId, coming = whose.referenceId] = await named(whose, [{}, {}]);
  const place = somewhere();
  const { reference } = await refereeAt(whose, leaving, place);
  await reference.accept.mutate();
  let isGone = false;
  const db = interrupted(database(), async () => {
    if (!isGone) await reference.decline.mutate({ reason: "not_available" });
    isGone = true;
  });
  const deps = { ...systemDeps({ db, caller: { ...nobody, ip: place.ip } }), afterwards: () => undefined };
  await acceptReference(deps, scopeOf(whose, coming));
  expect(await openIn(house, whose)).toEqual([]);
});

test("a signal that many look at in one moment is settled by one of them", async () => {
  const { whose, signal } = await newFlaggedRefcheck(house);
  const call = { refcheckId: whose.refcheckId, signalIds: [signal.id], note: "We called them." };
  const tried = await Promise.allSettled(
    Array.from({ length: 8 }, () => house.owner.client.signal.resolve.mutate(call)),
  );
  const lost = tried.filter((one) => one.status === "rejected");
  expect(lost).toHaveLength(7);
  for (const { reason } of lost) {
    expect(["moved_on", "signal_settled"]).toContain((await refusalOf(Promise.reject(reason))).reason);
  }
  const history = await historyFor(house, whose.refcheckId);
  expect(history.filter((verb) => verb === "resolve")).toHaveLength(1);
});
