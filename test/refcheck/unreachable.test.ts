import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { letter } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { takeReport } from "../../src/bounce/actions.ts";
import type { LetterId } from "../../src/kernel/ids.ts";
import { newRefcheck } from "../support/refcheck.ts";
import { newInterview } from "../support/stage.ts";
import {
  anteroom,
  database,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  refusalOf,
  systemDeps,
} from "../support/world.ts";
import { candidateOf, historyFor, refereeOf } from "./ledger.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});

/** Postmark says of the last letter to this address that it came back for good. */
async function bounced(email: string): Promise<void> {
  const { letters } = await database().read({
    letters: all(build.select({ id: letter.id }).from(letter).where(eq(letter.to, email)).orderBy(letter.id)),
  });
  const letterId: LetterId = letters.at(-1)?.id ?? "ltr_";
  const report = { kind: "came_back", letterId, at: new Date(), type: "HardBounce", verdict: "bounced" } as const;
  await takeReport(systemDeps(), report);
  await takeReport(systemDeps(), report);
}

describe("a reference whose letter comes back", () => {
  test("is undeliverable, their candidate is asked once for another address, and with it they are asked again", async () => {
    const whose = await newRefcheck(house, "named");
    const { refcheckId, referenceId, email } = whose;
    const candidate = await candidateOf(whose);
    const { references } = await candidate.refcheck.own.query({ refcheckId });
    await bounced(references[0]?.email ?? "");
    const own = await candidate.refcheck.own.query({ refcheckId });
    expect(own).toMatchObject({
      status: "awaiting_candidate",
      references: [
        { status: "undeliverable", emailStatus: "bounced", availableActions: ["edit", "correct", "replace"] },
      ],
    });
    const told = (await lettersTo(email)).filter(({ text }) =>
      text.includes("cannot be reached at the address you gave"),
    );
    expect(told).toHaveLength(1);
    const corrected = await candidate.reference.edit.mutate({ referenceId, email: newEmail("right") });
    expect(corrected).toMatchObject({
      status: "awaiting_references",
      references: [{ status: "invited", emailStatus: "ok" }],
    });
    expect(await historyFor(house, refcheckId)).toEqual(["create", "invite", "consent", "name", "bounce", "correct"]);
  });

  test("and has answered by then stays as they are", async () => {
    const whose = await newRefcheck(house, "completed");
    const { refcheckId } = whose;
    const { references } = await house.owner.client.refcheck.get.query({ refcheckId });
    await bounced(references[0]?.email ?? "");
    expect(await house.owner.client.refcheck.get.query({ refcheckId })).toMatchObject({
      status: "completed",
      answered: 1,
    });
    expect(await historyFor(house, refcheckId)).not.toContain("bounce");
  });
});

describe("a candidate whose letter comes back", () => {
  test("shows it, who made the refcheck is told once, and another address is written to", async () => {
    const { refcheckId, email } = await newRefcheck(house, "invited");
    const { refcheck } = house.owner.client;
    await bounced(email);
    expect(await refcheck.get.query({ refcheckId })).toMatchObject({ candidate: { emailStatus: "bounced" } });
    const told = (await lettersTo(house.owner.email)).filter(({ text }) => text.includes(email));
    expect(told.map(({ subject }) => subject)).toEqual(["Letters do not reach Cleo Candidate, Barista"]);
    expect(await refusalOf(refcheck.resend.mutate({ refcheckId }))).toMatchObject({ reason: "address_dead" });
    const right = newEmail("right");
    expect(await refcheck.correctAddress.mutate({ refcheckId, email: right })).toMatchObject({ isResent: true });
    const came = await anteroom().identity.useLink.mutate({ token: await newestToken(right) });
    expect(came).toMatchObject({ kind: "candidate", refcheckId });
    expect(await refcheck.list.query({ search: right })).toMatchObject({
      items: [{ id: refcheckId, candidate: { emailStatus: "ok" } }],
    });
  });

  test("corrected at their interview, their refcheck is sent to the new address as well, and its old link ends", async () => {
    const project = await givenProject(house);
    const { interviewId, email } = await newInterview(house, project.id);
    const candidate = { email, firstName: "Cleo", lastName: "Candidate" };
    const whose = await newRefcheck(house, "named", { candidate });
    const old = await newestToken(email);
    const referee = await refereeOf(whose);
    const right = newEmail("right");
    await house.owner.client.invitation.correctAddress.mutate({ interviewId, email: right });
    expect((await lettersTo(right)).map(({ path }) => path?.split("/")[2]).toSorted()).toEqual([
      "interviews",
      "refchecks",
    ]);
    expect(await refusalOf(anteroom().identity.useLink.mutate({ token: old }))).toMatchObject({ reason: "link_dead" });
    // Whom they named is asked all the same.
    expect(await referee.reference.own.query()).toMatchObject({ status: "invited" });
  });
});

test("a letter is sent again with a link of its own, ten times a day at most", async () => {
  const { refcheckId, email } = await newRefcheck(house, "invited");
  const { resend } = house.owner.client.refcheck;
  for (let times = 0; times < 10; times += 1) await resend.mutate({ refcheckId });
  expect(await refusalOf(resend.mutate({ refcheckId }))).toMatchObject({ reason: "slow_down" });
  expect(await lettersTo(email)).toHaveLength(11);
});
