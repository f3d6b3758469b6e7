import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { rate } from "../../src/evaluation/actions.ts";
import { Rate } from "../../src/evaluation/contract.ts";
import { nameOf, Refused } from "../../src/kernel/errors.ts";
import { type InterviewId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { newInterview } from "../support/stage.ts";
import {
  type Client,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  refusalOf,
  systemDeps,
  tripsOf,
} from "../support/world.ts";

type Project = Awaited<ReturnType<typeof givenProject>>;
type Criteria = Awaited<ReturnType<Client["project"]["setCriteria"]["mutate"]>>["criteria"];
type Room = { project: Project; criteria: Criteria; interviewId: InterviewId };

let house: House;
let ada: Member;
let bo: Member;
let reviewer: Member;

beforeAll(async () => {
  house = await givenOrganization();
  ada = await givenMember(house, "hiring_manager");
  bo = await givenMember(house, "hiring_manager");
  reviewer = await givenMember(house, "hiring_manager");
});

const careAndCraft = [
  { name: "Care", scaleMax: 5 },
  { name: "Craft", scaleMax: 3, isRequired: false },
];

/** A finished interview in a project of its own, with these evaluators. Its first two steps are judged, the third scores itself. */
async function given(evaluators: readonly Member[], over: object = {}): Promise<Room> {
  const project = await givenProject(house, { vetoEnabled: true, ...over });
  const { client } = house.owner;
  const { criteria } = await client.project.setCriteria.mutate({ projectId: project.id, criteria: careAndCraft });
  for (const { memberId } of evaluators) await assign(project, memberId);
  const { interviewId } = await newInterview(house, project.id, "interviewed");
  return { project, criteria, interviewId };
}

function assign({ id: projectId }: Project, memberId: `mem_${string}`, role: "evaluator" | "reviewer" = "evaluator") {
  return house.owner.client.project.assignRole.mutate({ projectId, memberId, role });
}

/** What a rating is of: the step and the criterion at these places. */
function cell({ project, criteria }: Room, step: number, criterion: number) {
  return { stepId: project.steps[step]?.id ?? newId("stp"), criterionId: criteria[criterion]?.id ?? newId("crt") };
}

/** Every rating that is needed: the first criterion for the two judged steps. */
function needed(room: Room, ...[first, second]: [number, number]) {
  return [
    { ...cell(room, 0, 0), score: first },
    { ...cell(room, 1, 0), score: second },
  ];
}

const statuses = async ({ client }: { client: Client }, { interviewId }: Room) => {
  const { evaluationStatus, myEvaluationStatus } = await client.interview.get.query({ interviewId });
  return [evaluationStatus, myEvaluationStatus];
};

const aReason = "They did not come to any of it.";

describe("the status of an evaluation", () => {
  test("goes from pending over partial to completed as evaluators get done, and each sees their own part", async () => {
    const room = await given([ada, bo]);
    const { interviewId } = room;
    expect(await statuses(ada, room)).toEqual(["pending", "pending"]);
    expect(await statuses(house.owner, room)).toEqual(["pending", null]);

    const begun = await ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 4, 2).slice(0, 1) });
    expect(begun).toMatchObject({ evaluationStatus: "pending", myEvaluationStatus: "pending", ratingsNeeded: 2 });
    const done = await ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 4, 2).slice(1) });
    expect(done).toMatchObject({ evaluationStatus: "partial", myEvaluationStatus: "completed" });
    expect(done).toMatchObject({ evaluators: 2, evaluatorsDone: 1 });
    expect(await statuses(bo, room)).toEqual(["partial", "pending"]);

    await bo.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 1, 5) });
    expect(await statuses(ada, room)).toEqual(["completed", "completed"]);
    expect(await statuses(bo, room)).toEqual(["completed", "completed"]);
    expect(await statuses(house.owner, room)).toEqual(["completed", null]);
  });

  test("falls back when an evaluator is added, when a criterion becomes required, and when a scale changes", async () => {
    const room = await given([ada]);
    const { project, interviewId, criteria } = room;
    await ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 4, 2) });
    expect(await statuses(ada, room)).toEqual(["completed", "completed"]);

    await assign(project, bo.memberId);
    expect(await statuses(ada, room)).toEqual(["partial", "completed"]);
    await house.owner.client.project.unassignRole.mutate({
      ...{ projectId: project.id, memberId: bo.memberId, role: "evaluator" },
    });
    expect(await statuses(ada, room)).toEqual(["completed", "completed"]);

    const { setCriteria } = house.owner.client.project;
    const change = (changed: Criteria) => setCriteria.mutate({ projectId: project.id, criteria: changed });
    await change(criteria.map((one) => ({ ...one, isRequired: true })));
    expect(await statuses(ada, room)).toEqual(["pending", "pending"]);
    await change(criteria.slice(0, 1));
    expect(await statuses(ada, room)).toEqual(["completed", "completed"]);
    await change(criteria.slice(0, 1).map((one) => ({ ...one, scaleMax: 10 })));
    expect(await statuses(ada, room)).toEqual(["pending", "pending"]);
    expect((await ada.client.evaluation.get.query({ interviewId })).mine?.ratings).toEqual([]);
    await ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 9, 10) });
    expect(await statuses(ada, room)).toEqual(["completed", "completed"]);
  });

  test("is pending while the interview is not finished, and nobody rates it", async () => {
    const project = await givenProject(house, { vetoEnabled: true });
    const { criteria } = await house.owner.client.project.setCriteria.mutate({
      ...{ projectId: project.id, criteria: careAndCraft },
    });
    await assign(project, ada.memberId);
    const { interviewId } = await newInterview(house, project.id, "answered");
    const room = { project, criteria, interviewId };
    expect(await statuses(ada, room)).toEqual(["pending", "pending"]);
    const { rate: say, veto } = ada.client.evaluation;
    for (const call of [
      () => say.mutate({ interviewId, ratings: needed(room, 1, 1) }),
      () => veto.mutate({ interviewId, reason: aReason }),
    ]) {
      expect(await refusalOf(call())).toMatchObject({ reason: "not_interviewed", facts: { from: "interviewing" } });
    }
    expect((await house.owner.client.evaluation.get.query({ interviewId })).result).toBeNull();
  });

  test("filters the list, for everybody and for oneself", async () => {
    const own = await givenOrganization();
    const [evaluator, another] = [await givenMember(own, "hiring_manager"), await givenMember(own, "hiring_manager")];
    const project = await givenProject(own);
    const { criteria } = await own.owner.client.project.setCriteria.mutate({
      ...{ projectId: project.id, criteria: careAndCraft },
    });
    for (const { memberId } of [evaluator, another]) {
      await own.owner.client.project.assignRole.mutate({ projectId: project.id, memberId, role: "evaluator" });
    }
    const ids: InterviewId[] = [];
    for (let made = 0; made < 3; made += 1) ids.push((await newInterview(own, project.id, "interviewed")).interviewId);
    const [none, one, both] = ids.map((interviewId) => ({ project, criteria, interviewId }));
    if (!none || !one || !both) throw new Error("three were made");
    for (const room of [one, both]) {
      await evaluator.client.evaluation.rate.mutate({
        ...{ interviewId: room.interviewId, ratings: needed(room, 3, 3) },
      });
    }
    await another.client.evaluation.rate.mutate({ interviewId: both.interviewId, ratings: needed(both, 3, 3) });

    const listed = async ({ client }: { client: Client }, filter: object) => {
      const page = await client.interview.list.query({ status: ["interviewed"], ...filter });
      expect(page.total?.count).toBe(page.items.length);
      return page.items.map(({ id }) => id).sort();
    };
    const of = (...rooms: Room[]) => rooms.map(({ interviewId }) => interviewId).sort();
    expect(await listed(own.owner, { evaluationStatus: "pending" })).toEqual(of(none));
    expect(await listed(own.owner, { evaluationStatus: "partial" })).toEqual(of(one));
    expect(await listed(own.owner, { evaluationStatus: "completed" })).toEqual(of(both));
    expect(await listed(evaluator, { myEvaluationStatus: "completed" })).toEqual(of(one, both));
    expect(await listed(another, { myEvaluationStatus: "pending" })).toEqual(of(none, one));
    expect(await listed(own.owner, { myEvaluationStatus: "pending" })).toEqual([]);
  });
});

describe("a veto", () => {
  test("completes the evaluation, is replaced by another of the same evaluator, and is taken back", async () => {
    const room = await given([ada, bo]);
    const { interviewId } = room;
    const vetoed = await ada.client.evaluation.veto.mutate({ interviewId, reason: `  ${aReason} ` });
    expect(vetoed).toMatchObject({ evaluationStatus: "completed", myEvaluationStatus: "pending" });
    expect(vetoed.mine?.veto?.reason).toBe(aReason);
    const another = await ada.client.evaluation.veto.mutate({ interviewId, reason: `${aReason} None.` });
    expect(another.mine?.veto?.reason).toBe(`${aReason} None.`);
    expect(await ada.client.evaluation.withdrawVeto.mutate({ interviewId })).toMatchObject({
      ...{ evaluationStatus: "pending", mine: { veto: null } },
    });
    const again = refusalOf(ada.client.evaluation.withdrawVeto.mutate({ interviewId }));
    expect(await again).toMatchObject({ reason: "not_found" });
  });

  test("counts only while whoever made it is an evaluator", async () => {
    const room = await given([ada, bo]);
    const { interviewId, project } = room;
    await ada.client.evaluation.veto.mutate({ interviewId, reason: aReason });
    const role = { projectId: project.id, memberId: ada.memberId, role: "evaluator" } as const;
    await house.owner.client.project.unassignRole.mutate(role);
    expect(await statuses(bo, room)).toEqual(["pending", "pending"]);
  });

  test("is counted beside the result wherever staff look, and hidden like ratings from who still owes theirs", async () => {
    const room = await given([ada, bo]);
    const { interviewId, project } = room;
    const asked = { projectId: project.id };
    const { cursor } = await house.owner.client.interview.changesSince.query(asked);
    await ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 5, 5) });
    const answer = await ada.client.evaluation.veto.mutate({ interviewId, reason: aReason });
    expect(answer).toMatchObject({ evaluationStatus: "completed", vetoes: 1, result: { overall: { average: 100 } } });

    const seenBy = async ({ client }: { client: Client }) => {
      const [got, listed, changes, evaluation] = await Promise.all([
        client.interview.get.query({ interviewId }),
        client.interview.list.query(asked),
        client.interview.changesSince.query({ ...asked, cursor }),
        client.evaluation.get.query({ interviewId }),
      ]);
      const [change] = changes.items;
      const followed = change?.kind === "changed" ? change.interview : undefined;
      return [got, listed.items[0], followed, evaluation].map((one) => one?.vetoes);
    };
    const labels = ["vetoed"];
    const stepped = await house.owner.client.interview.setLabels.mutate({ interviewId, labels });
    expect(stepped).toMatchObject({ labels, vetoes: 1 });
    for (const one of [house.owner, ada]) expect(await seenBy(one)).toEqual([1, 1, 1, 1]);
    expect(await seenBy(bo)).toEqual([null, null, null, null]);
    await bo.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 1, 1) });
    expect(await seenBy(bo)).toEqual([1, 1, 1, 1]);

    await bo.client.evaluation.veto.mutate({ interviewId, reason: aReason });
    expect(await seenBy(house.owner)).toEqual([2, 2, 2, 2]);
    await ada.client.evaluation.withdrawVeto.mutate({ interviewId });
    expect(await seenBy(ada)).toEqual([1, 1, 1, 1]);
    await house.owner.client.project.unassignRole.mutate({
      ...{ projectId: project.id, memberId: bo.memberId, role: "evaluator" },
    });
    expect(await seenBy(ada)).toEqual([0, 0, 0, 0]);
  });

  test.each([14, 15, 600, 601])("has a reason of 15 to 600 characters: %i", async (length) => {
    const { interviewId } = await given([ada]);
    const call = ada.client.evaluation.veto.mutate({ interviewId, reason: "x".repeat(length) });
    if (length >= 15 && length <= 600) expect((await call).evaluationStatus).toBe("completed");
    else expect(await refusalOf(call)).toMatchObject({ reason: "bad_input" });
  });

  test("is refused where the project allows none", async () => {
    const { interviewId } = await given([ada], { vetoEnabled: false });
    const call = ada.client.evaluation.veto.mutate({ interviewId, reason: aReason });
    expect(await refusalOf(call)).toMatchObject({ reason: "veto_disabled" });
  });
});

describe("what others said", () => {
  test("is hidden from an evaluator until their own ratings are complete, and from nobody else who sees the project", async () => {
    const room = await given([ada, bo]);
    const { interviewId, project } = room;
    await assign(project, reviewer.memberId, "reviewer");
    const note = { stepId: null, text: "Warm with everybody." };
    await ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 4, 2), notes: [note] });
    await ada.client.evaluation.veto.mutate({ interviewId, reason: aReason });

    const seenBy = async ({ client }: { client: Client }) => {
      const { items, nextCursor } = await client.evaluation.listEvaluators.query({ interviewId });
      expect(nextCursor).toBeNull();
      const hers = items.find(({ memberId }) => memberId === ada.memberId);
      const { result } = await client.evaluation.get.query({ interviewId });
      return { isDone: hers?.isDone, judgement: hers?.judgement, overall: result?.overall };
    };
    const shown = {
      isDone: true,
      judgement: {
        ratings: needed(room, 4, 2).map((one) => ({ ...one, ratedAt: expect.any(Date) })),
        notes: [{ ...note, notedAt: expect.any(Date) }],
        veto: { reason: aReason, at: expect.any(Date) },
      },
      overall: { average: 50, spread: 0, evaluators: 1 },
    };
    expect(await seenBy(bo)).toEqual({ isDone: true, judgement: null, overall: undefined });
    for (const one of [ada, reviewer, house.owner]) {
      const seen = await seenBy(one);
      seen.judgement?.ratings.sort((a, b) => Number(b.score) - Number(a.score));
      expect(seen).toEqual(shown);
    }

    await bo.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 1, 1).slice(0, 1) });
    expect((await seenBy(bo)).judgement).toBeNull();
    await bo.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 1, 1).slice(1) });
    expect((await seenBy(bo)).judgement?.veto?.reason).toBe(aReason);
  });

  test("comes in pages of evaluators", async () => {
    const room = await given([ada, bo]);
    const { interviewId } = room;
    const { listEvaluators } = house.owner.client.evaluation;
    const first = await listEvaluators.query({ interviewId, size: 1 });
    const second = await listEvaluators.query({ interviewId, size: 1, cursor: first.nextCursor ?? "" });
    expect(second.nextCursor).toBeNull();
    const found = [...first.items, ...second.items].map(({ memberId }) => memberId);
    expect(found).toEqual([ada.memberId, bo.memberId].sort());
  });
});

test("the result tells averages and spread by step, by criterion, by both and overall, each evaluator counting once", async () => {
  const room = await given([ada, bo]);
  const { interviewId } = room;
  // In percent of their scales: Ada 75, 25 and, for Craft, 100; Bo 0 and 100.
  const craft = { ...cell(room, 0, 1), score: 3 };
  await ada.client.evaluation.rate.mutate({ interviewId, ratings: [...needed(room, 4, 2), craft] });
  const { result } = await bo.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 1, 5) });
  const [why, weekends] = room.project.steps.map(({ id }) => id);
  const [careId, craftId] = room.criteria.map(({ id }) => id);
  expect(result?.overall).toEqual({ average: (200 / 3 + 50) / 2, spread: expect.closeTo(200 / 3 - 50), evaluators: 2 });
  const sorted = <Item extends { stepId?: unknown; criterionId?: unknown }>(items: readonly Item[] | undefined) => {
    const keyOf = ({ stepId, criterionId }: Item) => `${stepId} ${criterionId}`;
    return [...(items ?? [])].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  };
  expect(sorted(result?.byStep)).toEqual(
    sorted([
      { stepId: why, average: (87.5 + 0) / 2, spread: 87.5, evaluators: 2 },
      { stepId: weekends, average: (25 + 100) / 2, spread: 75, evaluators: 2 },
    ]),
  );
  expect(sorted(result?.byCriterion)).toEqual(
    sorted([
      { criterionId: careId, average: 50, spread: 0, evaluators: 2 },
      { criterionId: craftId, average: 100, spread: 0, evaluators: 1 },
    ]),
  );
  expect(sorted(result?.byStepAndCriterion)).toEqual(
    sorted([
      { stepId: why, criterionId: careId, average: 37.5, spread: 75, evaluators: 2 },
      { stepId: weekends, criterionId: careId, average: 62.5, spread: 75, evaluators: 2 },
      { stepId: why, criterionId: craftId, average: 100, spread: 0, evaluators: 1 },
    ]),
  );
});

describe("rating", () => {
  test("changes what is named, takes back with null and an empty text, and leaves the rest", async () => {
    const room = await given([ada]);
    const { interviewId } = room;
    const { rate: say } = ada.client.evaluation;
    const note = { stepId: cell(room, 0, 0).stepId, text: "Clear." };
    await say.mutate({ interviewId, ratings: needed(room, 4, 2), notes: [note, { stepId: null, text: "Good." }] });
    const changed = await say.mutate({
      interviewId,
      ratings: [
        { ...cell(room, 0, 0), score: 5 },
        { ...cell(room, 1, 0), score: null },
      ],
      notes: [{ ...note, text: "" }],
    });
    expect(changed.mine?.ratings).toMatchObject([{ ...cell(room, 0, 0), score: 5 }]);
    expect(changed.mine?.notes).toMatchObject([{ stepId: null, text: "Good." }]);
    expect(changed).toMatchObject({ evaluationStatus: "pending", myEvaluationStatus: "pending" });
  });

  test("is refused to whoever is no evaluator, however much access they have", async () => {
    const room = await given([ada]);
    const ratings = needed(room, 1, 1);
    const call = house.owner.client.evaluation.rate.mutate({ interviewId: room.interviewId, ratings });
    expect(await refusalOf(call)).toMatchObject({ reason: "not_evaluator", code: "FORBIDDEN" });
  });

  test("is refused above the scale, for what scores itself, and for what is not of this project; nothing of it is kept", async () => {
    const [room, other] = [await given([ada]), await given([ada])];
    const { interviewId } = room;
    const good = needed(room, 3, 3).slice(0, 1);
    const tried = (...more: { stepId: `stp_${string}`; criterionId: `crt_${string}`; score: number }[]) =>
      refusalOf(ada.client.evaluation.rate.mutate({ interviewId, ratings: [...good, ...more] }));
    const offScale = await tried({ ...cell(room, 1, 1), score: 4 });
    expect(offScale).toMatchObject({ reason: "off_scale", facts: { scaleMax: 3 } });
    expect(await tried({ ...cell(room, 2, 0), score: 1 })).toMatchObject({ reason: "not_found" });
    expect(await tried({ ...cell(other, 0, 0), score: 1 })).toMatchObject({ reason: "not_found" });
    expect(await tried({ ...cell(room, 0, 0), score: 1 })).toMatchObject({ reason: "bad_input" });
    expect((await ada.client.evaluation.get.query({ interviewId })).mine?.ratings).toEqual([]);
  });

  test("is refused once the project is archived, and what was said stays readable", async () => {
    const room = await given([ada]);
    const { interviewId, project } = room;
    await ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 4, 2) });
    await house.owner.client.project.archive.mutate({ projectId: project.id });
    const call = ada.client.evaluation.rate.mutate({ interviewId, ratings: needed(room, 1, 1) });
    expect(await refusalOf(call)).toMatchObject({ reason: "project_archived" });
    expect((await ada.client.evaluation.get.query({ interviewId })).result?.overall?.average).toBe(50);
  });

  test("is refused when criteria or evaluators change between the look and the write", async () => {
    const room = await given([ada]);
    const { interviewId, project, criteria } = room;
    const scope: MemberScope = {
      ...{ kind: "member", sessionId: newId("ses"), userId: ada.userId, memberId: ada.memberId },
      ...{ organizationId: house.organization.id, access: "hiring_manager" },
    };
    const ratings = Rate.parse({ interviewId, ratings: needed(room, 4, 2) });
    const deps = systemDeps();
    const refusedAfter = async (meanwhile: () => Promise<unknown>) => {
      const late: typeof deps.db.writeThenRead = async (...args) => {
        await meanwhile();
        return deps.db.writeThenRead(...args);
      };
      const slow = { ...deps, db: { ...deps.db, writeThenRead: late } };
      return rate(slow, scope, ratings).then(
        () => "went through",
        (error: unknown) => (error instanceof Refused ? error.reason : nameOf(error)),
      );
    };
    const owner = house.owner.client.project;
    const rescaled = criteria.map((one) => ({ ...one, scaleMax: one.scaleMax + 1 }));
    const change = () => owner.setCriteria.mutate({ projectId: project.id, criteria: rescaled });
    expect(await refusedAfter(change)).toBe("moved_on");
    const role = { projectId: project.id, memberId: ada.memberId, role: "evaluator" } as const;
    expect(await refusedAfter(() => owner.unassignRole.mutate(role))).toBe("not_evaluator");
    const { kept } = await database().read({
      kept: raw(sql`select count(*) from rating where interview_id = ${interviewId}`, (rows) => rows[0]?.[0]),
    });
    expect(kept).toBe(0);
  });

  test("costs two round trips, reading one", async () => {
    const room = await given([ada]);
    const { interviewId } = room;
    const ratings = needed(room, 4, 2);
    expect(await tripsOf(ada.token, (client) => client.evaluation.rate.mutate({ interviewId, ratings }))).toBe(2);
    expect(await tripsOf(ada.token, (client) => client.evaluation.get.query({ interviewId }))).toBe(1);
    expect(await tripsOf(ada.token, (client) => client.evaluation.listEvaluators.query({ interviewId }))).toBe(1);
  });
});
