import { eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { placement } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { hourMs, minuteMs } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import { rankBetween } from "../../src/kernel/rank.ts";
import { enterpriseSales, givenPipeline, newCandidate } from "../support/pipeline.ts";
import { database, givenOrganization, givenProject, type House, refusalOf } from "../support/world.ts";

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});
afterEach(() => {
  vi.useRealTimers();
});

const hoursOn = (start: Date, hours: number) => new Date(start.getTime() + hours * hourMs);
const api = () => house.owner.client;
type Pipeline = Awaited<ReturnType<typeof givenPipeline>>;
type Input = Parameters<House["owner"]["client"]["placement"]["put"]["mutate"]>[0];

const candidateOf = async (firstName?: string) => ({
  kind: "candidate" as const,
  candidateId: await newCandidate(house, firstName),
});

async function put({ id: pipelineId }: Pipeline, firstName: string, over: Partial<Input> = {}) {
  return api().placement.put.mutate({ pipelineId, subject: await candidateOf(firstName), ...over });
}

type Subject = Awaited<ReturnType<typeof put>>["subject"];
const nameOf = (subject: Subject) => (subject.kind === "candidate" ? subject.firstName : subject.name);

/** Who stands in each stage, in order, by first name, or by the contact's. */
async function boardOf({ id: pipelineId }: Pick<Pipeline, "id">) {
  const { stages } = await api().pipeline.board.query({ pipelineId, size: 50 });
  return stages.map(({ placements }) => placements.items.map(({ subject }) => nameOf(subject)).join(" "));
}

const stageOf = ({ stages }: Pipeline, index: number) => stages[index]?.id ?? newId("stg");

describe("putting somebody in a pipeline", () => {
  test("in its first stage, last, unless said otherwise", async () => {
    const pipeline = await givenPipeline(house);
    const ann = await put(pipeline, "Ann");
    expect(ann).toMatchObject({
      pipelineId: pipeline.id,
      stageId: stageOf(pipeline, 0),
      subject: { kind: "candidate", firstName: "Ann", lastName: "Candidate" },
      version: 1,
      ends: null,
    });
    await put(pipeline, "Bob");
    await put(pipeline, "Cid", { position: { at: "first" } });
    await put(pipeline, "Dee", { position: { at: "before", placementId: ann.id } });
    await put(pipeline, "Eve", { position: { at: "after", placementId: ann.id } });
    await put(pipeline, "Flo", { stageId: stageOf(pipeline, 2) });
    expect(await boardOf(pipeline)).toEqual(["Cid Dee Ann Eve Bob", "", "Flo", "", ""]);
  });

  test("once: who stands in it already is told where, and may stand in another, or there again when taken out", async () => {
    const [pipeline, other] = [await givenPipeline(house), await givenPipeline(house)];
    const subject = await candidateOf();
    const again = () => api().placement.put.mutate({ pipelineId: pipeline.id, subject });
    const first = await again();
    expect(await refusalOf(again())).toMatchObject({ reason: "already_placed", facts: { placementId: first.id } });
    await api().placement.put.mutate({ pipelineId: other.id, subject });
    await api().placement.remove.mutate({ placementId: first.id, version: 1 });
    expect((await again()).id).not.toBe(first.id);
  });

  test("a contact as well as a candidate, each once, and who stands there stays on record", async () => {
    const pipeline = await givenPipeline(house);
    const { id: contactId } = await api().contact.create.mutate({ name: "Acme Corporation", contactType: "LEAD" });
    await put(pipeline, "Ann");
    const subject = { kind: "contact" as const, contactId };
    const placed = await put(pipeline, "Bob", { subject, position: { at: "first" } });
    expect(placed.subject).toEqual({ kind: "contact", contactId, name: "Acme Corporation" });
    expect(await boardOf(pipeline)).toEqual(["Acme Corporation Ann", "", "", "", ""]);
    const again = await refusalOf(put(pipeline, "Bob", { subject }));
    expect(again).toMatchObject({ reason: "already_placed", facts: { placementId: placed.id } });
    const removed = () => refusalOf(api().contact.remove.mutate({ contactId }));
    expect(await removed()).toMatchObject({ reason: "contact_placed" });
    await api().placement.remove.mutate({ placementId: placed.id, version: 1 });
    expect(await removed()).toMatchObject({ reason: "contact_placed" });
    expect(await boardOf(pipeline)).toEqual(["Ann", "", "", "", ""]);
  });

  test("a contact that is not there, a stage of another pipeline, and a place beside somebody who stands elsewhere are not there", async () => {
    const [pipeline, other] = [await givenPipeline(house), await givenPipeline(house)];
    const elsewhere = await put(pipeline, "Ann", { stageId: stageOf(pipeline, 1) });
    const beside = { at: "after" as const, placementId: elsewhere.id };
    const contact = { kind: "contact" as const, contactId: newId("con") };
    const calls = [
      put(pipeline, "Bob", { subject: contact }),
      put(pipeline, "Bob", { stageId: stageOf(other, 0) }),
      put(pipeline, "Bob", { position: beside }),
      put(pipeline, "Bob", { subject: { kind: "candidate", candidateId: newId("cnd") } }),
    ];
    const refusals = await Promise.all(calls.map(refusalOf));
    expect(refusals.map(({ reason }) => reason)).toEqual(calls.map(() => "not_found"));
    expect(await boardOf(pipeline)).toEqual(["", "Ann", "", "", ""]);
  });

  test("whoever stands in one, or stood, is kept when their only interview is taken away", async () => {
    const { interview } = await givenInvitedBy();
    const pipeline = await givenPipeline(house);
    const subject = { kind: "candidate" as const, candidateId: interview.candidate.id };
    const { id: placementId } = await api().placement.put.mutate({ pipelineId: pipeline.id, subject });
    await api().placement.remove.mutate({ placementId, version: 1 });
    const removed = await api().interview.remove.mutate({ interviewId: interview.id });
    expect(removed).toMatchObject({ candidateRemoved: false });
    expect((await api().placement.events.query({ placementId })).items).toHaveLength(2);
  });
});

async function givenInvitedBy() {
  const project = await givenProject(house);
  const candidate = { email: `kept.${newId("evt").slice(-8)}@example.com`, firstName: "Kit", lastName: "Kept" };
  return { interview: await api().interview.createAndInvite.mutate({ projectId: project.id, candidate }) };
}

describe("moving somebody", () => {
  test("to another stage and within it, told as it happened: from where, to where, by whom, when, and how long they stayed", async () => {
    const start = new Date();
    vi.setSystemTime(start);
    const pipeline = await givenPipeline(house);
    const { id: placementId } = await put(pipeline, "Ann");
    await put(pipeline, "Bob");
    vi.setSystemTime(hoursOn(start, 1));
    const within = await api().placement.move.mutate({ placementId, version: 1 });
    expect(within).toMatchObject({ version: 2, enteredAt: start });
    expect(await boardOf(pipeline)).toEqual(["Bob Ann", "", "", "", ""]);
    vi.setSystemTime(hoursOn(start, 2));
    const moved = await api().placement.move.mutate({ placementId, version: 2, stageId: stageOf(pipeline, 4) });
    expect(moved).toMatchObject({ version: 3, enteredAt: hoursOn(start, 2) });
    expect(await boardOf(pipeline)).toEqual(["Bob", "", "", "", "Ann"]);
    vi.setSystemTime(hoursOn(start, 2.5));
    await api().placement.remove.mutate({ placementId, version: 3 });

    const lead = { id: stageOf(pipeline, 0), name: "Lead" };
    const won = { id: stageOf(pipeline, 4), name: "Closed Won" };
    const by = { memberId: house.owner.memberId };
    const { items } = await api().placement.events.query({ placementId });
    expect(items).toMatchObject([
      { version: 1, verb: "put", from: null, to: lead, stayedMs: null, at: start, ...by },
      { version: 2, verb: "move", from: lead, to: lead, stayedMs: null, at: hoursOn(start, 1), ...by },
      { version: 3, verb: "move", from: lead, to: won, stayedMs: 2 * hourMs, ...by },
      { version: 4, verb: "remove", from: won, to: null, stayedMs: 30 * minuteMs, ...by },
    ]);
    const { items: page, nextCursor } = await api().placement.events.query({ placementId, size: 2 });
    const next = await api().placement.events.query({
      placementId,
      size: 2,
      ...(nextCursor && { cursor: nextCursor }),
    });
    expect([...page, ...next.items]).toEqual(items);
    expect(next.nextCursor).toBeNull();
  });

  test("to a stage that ends says what it ends in", async () => {
    const { id: pipelineId, stages } = await api().pipeline.create.mutate({
      name: "Ends",
      stages: [
        { name: "On", index: 0 },
        { name: "Won", index: 1, ends: "won" },
      ],
    });
    const { id: placementId, version } = await api().placement.put.mutate({ pipelineId, subject: await candidateOf() });
    const moved = await api().placement.move.mutate({ placementId, version, stageId: stages[1]?.id });
    expect(moved.ends).toBe("won");
  });

  test("what was seen before somebody else moved it moves nothing, and one that was taken out is not there", async () => {
    const pipeline = await givenPipeline(house);
    const { id: placementId } = await put(pipeline, "Ann");
    await api().placement.move.mutate({ placementId, version: 1 });
    const late = { placementId, version: 1 };
    const stale = { reason: "moved_on", facts: { version: 2 } };
    expect(await refusalOf(api().placement.move.mutate(late))).toMatchObject(stale);
    expect(await refusalOf(api().placement.remove.mutate(late))).toMatchObject(stale);
    await api().placement.remove.mutate({ placementId, version: 2 });
    const gone = { placementId, version: 3 };
    expect(await refusalOf(api().placement.move.mutate(gone))).toMatchObject({ reason: "not_found" });
    expect(await refusalOf(api().placement.remove.mutate(gone))).toMatchObject({ reason: "not_found" });
  });

  test("beside oneself is where one is, and another pipeline's stage or a place beside somebody elsewhere is not there", async () => {
    const [pipeline, other] = [await givenPipeline(house), await givenPipeline(house)];
    const { id: placementId } = await put(pipeline, "Ann");
    await put(pipeline, "Bob");
    const there = await put(other, "Cid");
    for (const at of ["before", "after"] as const) {
      const { version } = (await api().placement.list.query({ stageId: stageOf(pipeline, 0) })).items[0] ?? there;
      await api().placement.move.mutate({ placementId, version, position: { at, placementId } });
      expect(await boardOf(pipeline)).toEqual(["Ann Bob", "", "", "", ""]);
    }
    const calls = [
      { stageId: stageOf(other, 1) },
      { position: { at: "after" as const, placementId: there.id } },
      { stageId: stageOf(pipeline, 1), position: { at: "before" as const, placementId } },
    ].map((over) => api().placement.move.mutate({ placementId, version: 3, ...over }));
    const refusals = await Promise.all(calls.map(refusalOf));
    expect(refusals.map(({ reason }) => reason)).toEqual(calls.map(() => "not_found"));
  });

  test("between two that stand too close is refused, and either of them moved away makes room", async () => {
    const pipeline = await givenPipeline(house);
    const [ann, bob, cid] = [await put(pipeline, "Ann"), await put(pipeline, "Bob"), await put(pipeline, "Cid")];
    let [low, high] = [rankBetween(null, null, 0), rankBetween(rankBetween(null, null, 0), null, 0)];
    for (let nth = 0; high.length <= 398; nth += 1) {
      const rank = rankBetween(low, high, 0);
      if (nth % 2 === 0) low = rank;
      else high = rank;
    }
    const ranked = (id: typeof ann.id, rank: string) =>
      run(build.update(placement).set({ rank }).where(eq(placement.id, id)));
    await database().write([ranked(cid.id, "z"), ranked(ann.id, low), ranked(bob.id, high)]);
    const between = { position: { at: "after" as const, placementId: ann.id } };
    expect(await refusalOf(put(pipeline, "Dee", between))).toMatchObject({ reason: "place_full" });
    await api().placement.move.mutate({ placementId: bob.id, version: 1, position: { at: "first" } });
    await put(pipeline, "Dee", between);
    expect(await boardOf(pipeline)).toEqual(["Bob Ann Dee Cid", "", "", "", ""]);
  });
});

describe("the board", () => {
  test("has the first of each stage, how many there are, and goes on by the list of the stage", async () => {
    const pipeline = await givenPipeline(house);
    const { id: pipelineId } = pipeline;
    for (const name of ["Ann", "Bob", "Cid", "Dee", "Eve"]) await put(pipeline, name);
    await put(pipeline, "Flo", { stageId: stageOf(pipeline, 3) });
    const { stages, ...rest } = await api().pipeline.board.query({ pipelineId, size: 2 });
    const { stages: _, ...itself } = pipeline;
    expect(rest).toEqual(itself);
    expect(stages.map(({ name }) => name)).toEqual(enterpriseSales.stages.map(({ name }) => name));
    expect(stages.map(({ total }) => total)).toEqual([5, 0, 0, 1, 0].map((count) => ({ count, isCapped: false })));
    const [lead] = stages;
    const seen = lead?.placements.items.map(({ subject }) => nameOf(subject)) ?? [];
    for (let cursor = lead?.placements.nextCursor ?? null; cursor !== null; ) {
      const page = await api().placement.list.query({ stageId: stageOf(pipeline, 0), size: 2, cursor });
      seen.push(...page.items.map(({ subject }) => nameOf(subject)));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(["Ann", "Bob", "Cid", "Dee", "Eve"]);
    expect(stages[3]?.placements.nextCursor).toBeNull();
  });

  test("of another organization is not there", async () => {
    const stranger = await givenOrganization();
    const { id: pipelineId } = await givenPipeline(house);
    const { pipeline } = stranger.owner.client;
    expect(await refusalOf(pipeline.board.query({ pipelineId }))).toMatchObject({ reason: "not_found" });
    expect(await refusalOf(pipeline.times.query({ pipelineId }))).toMatchObject({ reason: "not_found" });
  });
});

describe("time in a stage", () => {
  test("is the middle of how long those who left were there, and of how long those who are there have been", async () => {
    const start = new Date();
    const at = (hours: number) => vi.setSystemTime(hoursOn(start, hours));
    at(0);
    const pipeline = await givenPipeline(house);
    const people = [];
    for (const name of ["Ann", "Bob", "Cid", "Dee"]) people.push(await put(pipeline, name));
    const [ann, bob, cid, dee] = people.map(({ id }) => id);
    const on = (placementId = newId("plc")) =>
      api().placement.move.mutate({ placementId, version: 1, stageId: stageOf(pipeline, 1) });
    at(1);
    await on(ann);
    at(4);
    await on(bob);
    at(6);
    await api().placement.remove.mutate({ placementId: cid ?? newId("plc"), version: 1 });
    await api().placement.move.mutate({ placementId: dee ?? newId("plc"), version: 1, position: { at: "first" } });
    at(10);
    const { stages } = await api().pipeline.times.query({ pipelineId: pipeline.id });
    const none = { count: 0, medianMs: null };
    expect(stages.map(({ left, standing }) => ({ left, standing }))).toEqual([
      { left: { count: 3, medianMs: 4 * hourMs }, standing: { count: 1, medianMs: 10 * hourMs } },
      { left: none, standing: { count: 2, medianMs: 7.5 * hourMs } },
      ...Array.from({ length: 3 }, () => ({ left: none, standing: none })),
    ]);
    expect(stages.map(({ stageId }) => stageId)).toEqual(pipeline.stages.map(({ id }) => id));
  });
});
