import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { dayMs, after as plus } from "../../src/kernel/clock.ts";
import type { RefcheckId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { aReference, newRefcheck, shortAnswers } from "../support/refcheck.ts";
import { givenOrganization, type House, newEmail, refusalOf, systemDeps } from "../support/world.ts";
import { candidateOf, historyFor, kindsOf, refereeOf, rowOf } from "./ledger.ts";

/** A Monday. */
const noon = new Date("2031-03-03T12:00:00.000Z");
const at = (instant: Date) => vi.setSystemTime(instant);
/** The alarm rings, and what it promised is delivered. */
async function ring(refcheckId: RefcheckId): Promise<boolean> {
  const rang = await runDurableObjectAlarm(env.DEADLINE.getByName(refcheckId));
  await drainOutbox(systemDeps());
  return rang;
}

let house: House;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
});
beforeEach(() => {
  at(noon);
});
afterAll(() => {
  vi.useRealTimers();
});

const staff = () => house.owner.client.refcheck;
const historyOf = (refcheckId: RefcheckId) => historyFor(house, refcheckId);

describe("the deadline", () => {
  test("an answer one millisecond late is refused even when the alarm has not fired", async () => {
    const whose = await newRefcheck(house, "answered", { deadlineAt: plus(noon, dayMs) });
    const { reference: api } = await refereeOf(whose);
    at(plus(noon, dayMs));
    const refused = await refusalOf(api.finish.mutate());
    expect(refused).toMatchObject({ reason: "illegal_step", facts: { from: "expired" } });
    expect(await staff().get.query({ refcheckId: whose.refcheckId })).toMatchObject({ status: "expired" });
  });

  test("expires it with those who have not answered, and tells who made it; restored, they go on where they were", async () => {
    const whose = await newRefcheck(house, "answered", { deadlineAt: plus(noon, dayMs) });
    const { refcheckId } = whose;
    at(plus(noon, dayMs));
    expect(await ring(refcheckId)).toBe(true);
    expect(await staff().get.query({ refcheckId })).toMatchObject({
      ...{ status: "expired", references: [{ status: "expired" }], availableActions: ["restore"] },
    });
    expect((await kindsOf(refcheckId)).filter((kind) => kind === "refcheck_expired")).toHaveLength(1);
    await staff().restore.mutate({ refcheckId, deadlineAt: plus(noon, 3 * dayMs) });
    const { reference: api } = await refereeOf(whose);
    expect(await api.own.query()).toMatchObject({ status: "accepted" });
    await api.finish.mutate();
    expect(await historyOf(refcheckId)).toEqual([
      "create",
      "invite",
      "consent",
      "name",
      "accept",
      "expire",
      "restore",
      "finish",
    ]);
  });

  test("restored before anybody has written down that it expired, both are in its history", async () => {
    const { refcheckId } = await newRefcheck(house, "named", { deadlineAt: plus(noon, dayMs) });
    at(plus(noon, 2 * dayMs));
    const restored = await staff().restore.mutate({ refcheckId, deadlineAt: plus(noon, 3 * dayMs) });
    expect(restored).toMatchObject({ status: "awaiting_references" });
    expect(await historyOf(refcheckId)).toEqual(["create", "invite", "consent", "name", "expire", "restore"]);
  });

  test("a candidate is reminded four times, on weekdays by day where they are, and a fifth time never", async () => {
    const candidate = {
      email: newEmail("candidate"),
      firstName: "Cleo",
      lastName: "Candidate",
      timeZone: "America/New_York",
    };
    const { refcheckId } = await newRefcheck(house, "invited", { candidate, deadlineAt: plus(noon, 30 * dayMs) });
    const told: string[] = [];
    for (let rings = 0; rings < 6; rings += 1) {
      const { wakeAt, deadlineAt } = await rowOf(refcheckId);
      if (wakeAt === null || wakeAt.getTime() === deadlineAt?.getTime()) break;
      told.push(wakeAt.toISOString());
      at(wakeAt);
      await ring(refcheckId);
    }
    // Monday 07:00 there; reminded Tuesday, Thursday, then Monday after a weekend, then Wednesday, each by day.
    expect(told).toEqual([
      "2031-03-04T13:00:00.000Z",
      "2031-03-06T13:00:00.000Z",
      "2031-03-10T12:00:00.000Z",
      "2031-03-12T12:00:00.000Z",
    ]);
    const kinds = await kindsOf(refcheckId);
    expect(kinds).toEqual(["refcheck_invitation", ...Array(4).fill("refcheck_reminder")]);
  });

  test("references are reminded until enough have answered", async () => {
    const whose = await newRefcheck(house, "named", { deadlineAt: plus(noon, 30 * dayMs) });
    const { refcheckId } = whose;
    const added = await (await candidateOf(whose)).reference.add.mutate({ refcheckId, ...aReference() });
    const { wakeAt } = await rowOf(refcheckId);
    at(wakeAt ?? noon);
    await ring(refcheckId);
    expect((await kindsOf(refcheckId)).filter((kind) => kind === "reference_reminder")).toHaveLength(2);
    const { reference: api } = await refereeOf(whose, added.references[1]?.id);
    await api.accept.mutate();
    await api.save.mutate({ answers: shortAnswers });
    await api.finish.mutate();
    expect((await rowOf(refcheckId)).wakeAt).toEqual(plus(noon, 30 * dayMs));
  });

  test("an alarm that comes late waits for the reader's morning", async () => {
    const { refcheckId } = await newRefcheck(house, "invited", { deadlineAt: plus(noon, 30 * dayMs) });
    at(new Date("2031-03-04T22:00:00.000Z"));
    await ring(refcheckId);
    expect(await kindsOf(refcheckId)).toEqual(["refcheck_invitation"]);
    expect((await rowOf(refcheckId)).wakeAt).toEqual(new Date("2031-03-05T08:00:00.000Z"));
  });
});
