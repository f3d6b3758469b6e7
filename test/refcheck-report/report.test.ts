// The report of a refcheck that was really played, and the links it is shared by.
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { reportShare } from "../../db/schema/index.ts";
import { all, build, run } from "../../db/statement.ts";
import { newRefcheck, type RefcheckOf, shortAnswers } from "../support/refcheck.ts";
import { candidateToken, referenceToken } from "../support/stage.ts";
import {
  anteroom,
  database,
  givenMember,
  givenOrganization,
  type House,
  origin,
  refusalOf,
  send,
} from "../support/world.ts";

let house: House;
let whose: RefcheckOf;
beforeAll(async () => {
  house = await givenOrganization();
  whose = await newRefcheck(house, "completed");
});

const report = (refcheckId = whose.refcheckId) => house.owner.client.refcheckReport.get.query({ refcheckId });
const open = (url: string, init: RequestInit = {}) => send(new Request(url, init));

describe("the report", () => {
  test("tells what was answered, by whom, and what it comes to", async () => {
    const told = await report();
    expect(told).toMatchObject({
      ...{ refcheckId: whose.refcheckId, status: "completed", referencesRequired: 1, signals: [] },
      consent: { version: 1 },
      rehire: { yes: 1, withReservations: 0, no: 0 },
      overall: { ratings: 1, average: 100, deviation: 0 },
      period: { wanted: null, told: [{ referenceId: whose.referenceId, from: "2021-03", to: "2024-06" }], gaps: [] },
    });
    const given = told.questions.flatMap(({ question, answers }) =>
      answers.map(({ referenceId, answer }) => ({ referenceId, key: question.key, answer })),
    );
    const expected = shortAnswers.map((one) => ({ referenceId: whose.referenceId, ...one }));
    expect(given).toEqual(expect.arrayContaining(expected));
    expect(given.length).toBe(expected.length);
  });

  test("holds nobody's address and nobody's number", async () => {
    const { refcheckId } = await newRefcheck(house, "completed", {
      candidate: {
        email: `mira.${whose.refcheckId}@example.org`,
        firstName: "Mira",
        lastName: "Okafor",
        phone: "+31 20 765 43 21",
      },
    });
    const written = JSON.stringify(await report(refcheckId));
    expect(written).toContain("Okafor");
    expect(written).not.toMatch(/@|7654321/);
  });

  test("tells how far it is while it waits, and nothing of what somebody has not finished", async () => {
    const { refcheckId } = await newRefcheck(house, "answered");
    const told = await report(refcheckId);
    expect(told.status).toBe("in_progress");
    expect(told.references.map(({ status }) => status)).toEqual(["accepted"]);
    expect(told.questions.flatMap(({ answers }) => answers)).toEqual([]);
    expect([told.rehire, told.overall, told.period.told]).toEqual([null, null, []]);
  });

  test("is a page and a table as well, with a name that says whose it is", async () => {
    const { refcheckId } = whose;
    const page = await house.owner.client.refcheckReport.file.query({ refcheckId, format: "html" });
    const table = await house.owner.client.refcheckReport.file.query({ refcheckId, format: "csv" });
    expect([page.name, page.mediaType]).toEqual(["Cleo Candidate, Barista.html", "text/html; charset=utf-8"]);
    expect([table.name, table.mediaType]).toEqual(["Cleo Candidate, Barista.csv", "text/csv; charset=utf-8"]);
    expect(page.content).toMatch(/^<!doctype html>.*References of Cleo Candidate/s);
    expect(table.content.split("\r\n").length).toBeGreaterThan(7);
  });

  test("is for hiring managers of the role's team, and for no other", async () => {
    const { refcheckId } = whose;
    const manager = await givenMember(house, "hiring_manager");
    const { id: teamId } = await house.owner.client.team.create.mutate({ name: "Elsewhere" });
    const stranger = await givenMember(house, "hiring_manager", { teamId });
    expect(await manager.client.refcheckReport.get.query({ refcheckId })).toMatchObject({ refcheckId });
    const asked = stranger.client.refcheckReport.get.query({ refcheckId });
    expect(await refusalOf(asked)).toMatchObject({ reason: "not_found" });
    const share = manager.client.refcheckReport.share.mutate({ refcheckId, label: "A friend" });
    expect(await refusalOf(share)).toMatchObject({ reason: "not_allowed" });
  });

  test("is for no candidate and no reference", async () => {
    const { refcheckId } = whose;
    for (const token of [await candidateToken(whose), await referenceToken(whose)]) {
      const asked = anteroom(token).refcheckReport.get.query({ refcheckId });
      expect(await refusalOf(asked)).toMatchObject({ reason: "wrong_actor" });
    }
  });
});

describe("a shared report", () => {
  const share = (over: { expiresAt?: string; withSignals?: boolean } = {}) =>
    house.owner.client.refcheckReport.share.mutate({ refcheckId: whose.refcheckId, label: "Noor", ...over });
  const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

  test("is opened by whoever has its address, as a page, as a table, and as the API tells it", async () => {
    const { url } = await share();
    expect(url).toMatch(/^http.*\/reports\/rs_[\w-]{43}$/);
    const page = await open(url);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect([page.headers.get("referrer-policy"), page.headers.get("cache-control")]).toEqual([
      "no-referrer",
      "private, no-store",
    ]);
    expect(await page.text()).toContain("Cleo Candidate");
    const table = await open(`${url}?format=csv`);
    expect(table.headers.get("content-disposition")).toBe(
      "attachment; filename*=UTF-8''Cleo%20Candidate%2C%20Barista.csv",
    );
    const told = await (await open(`${url}?format=json`)).json();
    expect(told).toMatchObject({ refcheckId: whose.refcheckId, status: "completed" });
  });

  test("its style is the one that its policy allows, sign by sign", async () => {
    const response = await open((await share()).url);
    const style = /<style>([\s\S]*?)<\/style>/.exec(await response.text())?.[1] ?? "";
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    expect(response.headers.get("content-security-policy")).toContain(`'sha256-${hash}'`);
  });

  test("leaves signals out where it was made without them", async () => {
    const told = async (withSignals: boolean) => {
      const { url } = await share({ withSignals });
      return (await open(`${url}?format=json`)).json<{ signals: unknown }>();
    };
    expect((await told(true)).signals).toEqual([]);
    expect((await told(false)).signals).toBeNull();
  });

  test("opens nothing any more once it is revoked, or over, and looks like one that never was", async () => {
    const answerOf = async (url: string) => {
      const response = await open(url);
      return [response.status, await response.text()];
    };
    const never = await answerOf(`${origin}/reports/rs_${"a".repeat(43)}`);
    expect(never[0]).toBe(404);
    const revoked = await share();
    expect((await answerOf(revoked.url))[0]).toBe(200);
    await house.owner.client.refcheckReport.revokeShare.mutate({ reportShareId: revoked.id });
    expect(await answerOf(revoked.url)).toEqual(never);
    const again = house.owner.client.refcheckReport.revokeShare.mutate({ reportShareId: revoked.id });
    expect(await refusalOf(again)).toMatchObject({ reason: "not_found" });
    const over = await share({ expiresAt: later(1) });
    await database().write([
      run(
        build
          .update(reportShare)
          .set({ expiresAt: new Date(Date.now() - 1) })
          .where(eq(reportShare.id, over.id)),
      ),
    ]);
    expect(await answerOf(over.url)).toEqual(never);
    expect(await answerOf(`${origin}/reports/anything`)).toEqual(never);
  });

  test("opened by a machine, in whatever way, stays what it is, and no other way does anything", async () => {
    const { url, id } = await share();
    const row = async () =>
      (await database().read({ rows: all(build.select().from(reportShare).where(eq(reportShare.id, id))) })).rows;
    const before = await row();
    expect((await open(url, { method: "HEAD" })).status).toBe(200);
    expect((await open(url)).status).toBe(200);
    expect((await open(url, { method: "POST" })).status).toBe(404);
    expect(await row()).toEqual(before);
    expect(JSON.stringify(before)).not.toContain(url.slice(url.lastIndexOf("/") + 1));
  });

  test("ends within a year, and in the future", async () => {
    for (const expiresAt of [later(-1), later(400)]) {
      expect(await refusalOf(share({ expiresAt }))).toMatchObject({ reason: "share_too_long" });
    }
    const { expiresAt } = await share();
    expect(Math.round((expiresAt.getTime() - Date.now()) / 86_400_000)).toBe(14);
  });

  test("stands in the list, newest first, without its address", async () => {
    const { refcheckId } = await newRefcheck(house, "completed");
    const made: string[] = [];
    for (const label of ["one", "two", "three"]) {
      made.unshift((await house.owner.client.refcheckReport.share.mutate({ refcheckId, label })).id);
    }
    const list = (cursor?: string) =>
      house.owner.client.refcheckReport.listShares.query({ refcheckId, size: 2, ...(cursor && { cursor }) });
    const first = await list();
    const second = await list(first.nextCursor ?? undefined);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    expect(second.nextCursor).toBeNull();
    expect(JSON.stringify(first)).not.toMatch(/rs_|hash|url/);
  });
});
