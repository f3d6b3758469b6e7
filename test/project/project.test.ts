import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { newId } from "../../src/kernel/ids.ts";
import { EditProject } from "../../src/project/contract.ts";
import {
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  refusalOf,
} from "../support/world.ts";

/** The steps as an interview of that revision sees them. */
const stepsAt = (projectId: string, revision: number) =>
  raw(sql`select steps from project_revision where project_id = ${projectId} and revision = ${revision}`, (rows) =>
    JSON.parse(String(rows[0]?.[0])),
  );

let house: House;
let elsewhere: House;
let recruiter: Member;
let manager: Member;
beforeAll(async () => {
  house = await givenOrganization();
  elsewhere = await givenOrganization();
  recruiter = await givenMember(house, "recruiter");
  manager = await givenMember(house, "hiring_manager");
});

const question = (title: string) => ({ kind: "question" as const, title, answer: { kind: "text" as const } });
const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    async () => (await refusalOf(call)).reason,
  );
const tally = (outcomes: string[]) =>
  Object.fromEntries([...new Set(outcomes)].map((name) => [name, outcomes.filter((one) => one === name).length]));

describe("a project's fields", () => {
  type Edit = Omit<Parameters<Member["client"]["project"]["edit"]["mutate"]>[0], "projectId">;
  type Fields = { [Field in keyof Edit]-?: Exclude<Edit[Field], undefined> };
  const made: Fields = {
    name: "Barista",
    description: "Coffee\nand milk",
    language: "nl",
    defaultInterviewPeriodSeconds: 7_200,
    maxInterviewSeconds: 600,
    interruptionGraceSeconds: 30,
    reminderHours: [48, 3],
    deadlineAppliesTo: "finish",
    passwordRequired: true,
    vetoEnabled: true,
    internalId: "job-1",
    labels: ["spring"],
  };
  /** Each another than it was made with. */
  const edits: Fields = {
    name: "Cook",
    description: "",
    language: "tr",
    defaultInterviewPeriodSeconds: null,
    maxInterviewSeconds: 1_200,
    interruptionGraceSeconds: 0,
    reminderHours: [],
    deadlineAppliesTo: "start",
    passwordRequired: false,
    vetoEnabled: false,
    internalId: null,
    labels: ["autumn", "north"],
  };

  test("there is an edit for every field that can be edited", () => {
    expect([...Object.keys(edits), "projectId"].sort()).toEqual(Object.keys(EditProject.shape).sort());
  });

  test("are read as they were made, each is changed alone and read back, and the others stay", async () => {
    const { project } = recruiter.client;
    const first = await project.create.mutate({ ...made, kind: "assessment" });
    expect(first).toMatchObject({ ...made, kind: "assessment" });
    const { id: projectId } = first;
    let expected = await project.get.query({ projectId });
    expect(expected).toMatchObject(first);
    for (const [field, value] of Object.entries(edits)) {
      expect(await project.edit.mutate({ projectId, [field]: value })).toMatchObject({ [field]: value });
      const now = await project.get.query({ projectId });
      expect({ field, now }).toEqual({ field, now: { ...expected, [field]: value } });
      expected = now;
    }
    const { items } = await project.list.query({ search: edits.name, label: "north" });
    expect(items).toEqual([expect.objectContaining({ id: projectId, ...edits, kind: "assessment" })]);
  });
});

describe("a project's life", () => {
  test("begins as a draft without steps, in the organization's language, whatever else was sent", async () => {
    const sent = { name: " Barista ", status: "active", organizationId: elsewhere.organization.id, revision: 9 };
    const made = await recruiter.client.project.create.mutate(sent);
    expect(made).toMatchObject({
      name: "Barista",
      status: "draft",
      revision: 1,
      stepCount: 0,
      language: house.organization.language,
      availableActions: ["archive"],
    });
    expect(made.createdAt).toBeInstanceOf(Date);
    expect((await elsewhere.owner.client.project.list.query({})).items).toEqual([]);
  });

  test("goes from draft to active to archived, and each time says what can follow", async () => {
    const { project } = recruiter.client;
    const { id: projectId, revision } = await project.create.mutate({ name: "Cook", language: "nl" });
    await project.setSteps.mutate({ projectId, revision, steps: [question("Why?")] });
    expect(await project.get.query({ projectId })).toMatchObject({ availableActions: ["activate", "archive"] });
    const active = await project.activate.mutate({ projectId });
    expect(active).toMatchObject({ status: "active", language: "nl", availableActions: ["archive"] });
    expect(active.activatedAt).toBeInstanceOf(Date);
    const archived = await project.archive.mutate({ projectId });
    expect(archived).toMatchObject({ status: "archived", availableActions: [] });
    expect(archived.archivedAt).toBeInstanceOf(Date);
    expect(archived.activatedAt).toEqual(active.activatedAt);
  });

  test("refuses an illegal step with where it stands, what was tried and what is allowed", async () => {
    const { project } = house.owner.client;
    const { id: projectId } = await givenProject(house);
    expect(await refusalOf(project.activate.mutate({ projectId }))).toMatchObject({
      code: "CONFLICT",
      reason: "illegal_step",
      facts: { from: "active", verb: "activate", allowed: ["archive"] },
    });
    await project.archive.mutate({ projectId });
    for (const verb of ["activate", "archive"] as const) {
      expect(await refusalOf(project[verb].mutate({ projectId }))).toMatchObject({
        reason: "illegal_step",
        facts: { from: "archived", verb, allowed: [] },
      });
    }
  });

  test("cannot be active without a step: not from the start, and not by taking the last one away", async () => {
    const { project } = house.owner.client;
    const draft = await project.create.mutate({ name: "Empty" });
    expect((await refusalOf(project.activate.mutate({ projectId: draft.id }))).reason).toBe("project_incomplete");
    const { id: projectId, revision } = await givenProject(house);
    expect((await refusalOf(project.setSteps.mutate({ projectId, revision, steps: [] }))).reason).toBe(
      "project_incomplete",
    );
  });

  test("ends in an archive that can be read and no longer changed, though sight can still be taken back", async () => {
    const { project } = house.owner.client;
    const { id: projectId, revision, steps } = await givenProject(house);
    const role = { projectId, memberId: manager.memberId, role: "reviewer" as const };
    await project.assignRole.mutate(role);
    await project.archive.mutate({ projectId });
    const refused = [
      project.edit.mutate({ projectId, name: "New" }),
      project.setSteps.mutate({ projectId, revision, steps }),
      project.setCriteria.mutate({ projectId, criteria: [{ name: "Warmth" }] }),
      project.assignRole.mutate({ ...role, role: "evaluator" }),
    ];
    expect(tally(await Promise.all(refused.map(outcomeOf)))).toEqual({ project_archived: 4 });
    expect(await manager.client.project.get.query({ projectId })).toMatchObject({ name: "Barista", steps });
    await project.unassignRole.mutate(role);
    expect((await refusalOf(manager.client.project.get.query({ projectId }))).reason).toBe("not_found");
  });

  test("changes what an edit names and leaves the rest", async () => {
    const { project } = recruiter.client;
    const made = await project.create.mutate({ name: "Host", internalId: "H-1", labels: ["b", "a", "b"] });
    expect(made.labels).toEqual(["b", "a"]);
    const edited = await project.edit.mutate({ projectId: made.id, internalId: null, vetoEnabled: true });
    expect(edited).toEqual({ ...made, internalId: null, vetoEnabled: true });
    expect(await project.edit.mutate({ projectId: made.id })).toEqual(edited);
  });
});

describe("steps", () => {
  test("keep their ids through revisions when sent with them; new ones get their own", async () => {
    const { project } = house.owner.client;
    const { id: projectId, revision, steps } = await givenProject(house);
    const [first, second] = steps;
    if (!first || !second) throw new Error("the given project has three steps");
    const renamed = { ...first, title: "Why now?" };
    const set = await project.setSteps.mutate({ projectId, revision, steps: [second, question("New"), renamed] });
    expect(set.revision).toBe(revision + 1);
    expect(set.steps.map(({ id }) => id)).toEqual([second.id, expect.stringMatching(/^stp_/), first.id]);
    expect(steps.map(({ id }) => id)).not.toContain(set.steps[1]?.id);
    expect(await project.get.query({ projectId })).toMatchObject({ revision: set.revision, steps: set.steps });
  });

  test("are never taken over from another project, let alone another organization", async () => {
    const [mine, sibling, foreign] = await Promise.all([house, house, elsewhere].map((one) => givenProject(one)));
    for (const { steps } of [sibling, foreign].filter((one) => one !== undefined)) {
      const call = house.owner.client.project.setSteps.mutate({
        projectId: mine?.id ?? newId("prj"),
        revision: mine?.revision ?? 0,
        steps,
      });
      expect((await refusalOf(call)).reason).toBe("not_found");
    }
  });

  test("of a revision never change, however often the project's do", async () => {
    const { project } = house.owner.client;
    const { id: projectId, revision, steps } = await givenProject(house);
    const invitedTo = () => database().read({ steps: stepsAt(projectId, revision) });
    const before = await invitedTo();
    expect(before.steps).toEqual(steps);
    for (const round of [0, 1, 2]) {
      await project.setSteps.mutate({ projectId, revision: revision + round, steps: [question(`Round ${round}`)] });
    }
    await project.archive.mutate({ projectId });
    expect(await invitedTo()).toEqual(before);
    const { latest } = await database().read({ latest: stepsAt(projectId, revision + 3) });
    expect(latest).toMatchObject([{ title: "Round 2" }]);
  });

  test("made from an older revision are refused, and say which is current", async () => {
    const { project } = house.owner.client;
    const { id: projectId, revision, steps } = await givenProject(house);
    await project.setSteps.mutate({ projectId, revision, steps: steps.slice(1) });
    expect(await refusalOf(project.setSteps.mutate({ projectId, revision, steps }))).toMatchObject({
      code: "CONFLICT",
      reason: "moved_on",
      facts: { revision: revision + 1 },
    });
    expect((await project.get.query({ projectId })).steps).toEqual(steps.slice(1));
  });

  test("set by twenty people at once are one person's, and nobody else is told it worked", async () => {
    const { project } = house.owner.client;
    const { id: projectId, revision } = await givenProject(house);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        outcomeOf(project.setSteps.mutate({ projectId, revision, steps: [question(`Mine ${n}`)] })),
      ),
    );
    expect(tally(outcomes)).toEqual({ done: 1, moved_on: 19 });
    const { steps, stepCount, ...after } = await project.get.query({ projectId });
    expect(after.revision).toBe(revision + 1);
    expect(stepCount).toBe(1);
    expect(steps[0]?.title).toBe(`Mine ${outcomes.indexOf("done")}`);
    const { revisions } = await database().read({
      revisions: raw(sql`select revision from project_revision where project_id = ${projectId} order by 1`, (rows) =>
        rows.map(([number]) => number),
      ),
    });
    expect(revisions).toEqual([1, 2, 3]);
  });
});

describe("criteria", () => {
  test("are kept by their ids, removed when missing, and stand in the order they were sent", async () => {
    const { project } = recruiter.client;
    const { id: projectId } = await givenProject(house);
    const { criteria } = await project.setCriteria.mutate({
      projectId,
      criteria: [{ name: "Warmth" }, { name: "Pace", scaleMax: 10, isRequired: false }, { name: "Care" }],
    });
    const [warmth, pace, care] = criteria;
    if (!warmth || !pace || !care) throw new Error("three were set");
    const next = [{ ...care, name: "Great care" }, { name: "Taste" }, warmth];
    const set = await project.setCriteria.mutate({ projectId, criteria: next });
    expect(set.criteria).toEqual([
      { ...care, name: "Great care" },
      { id: expect.stringMatching(/^crt_/), name: "Taste", description: "", scaleMax: 5, isRequired: true },
      warmth,
    ]);
    expect((await project.get.query({ projectId })).criteria).toEqual(set.criteria);
    const gone = project.setCriteria.mutate({ projectId, criteria: [pace] });
    expect((await refusalOf(gone)).reason).toBe("not_found");
    expect((await project.setCriteria.mutate({ projectId, criteria: [] })).criteria).toEqual([]);
    expect((await project.get.query({ projectId })).criteria).toEqual([]);
  });

  test("of another project are not there, and trying changes nothing in either", async () => {
    const [mine, foreign] = await Promise.all([givenProject(house), givenProject(elsewhere)]);
    const set = (one: House, projectId: typeof mine.id) =>
      one.owner.client.project.setCriteria.mutate({ projectId, criteria: [{ name: "Warmth" }] });
    const [ours, theirs] = await Promise.all([set(house, mine.id), set(elsewhere, foreign.id)]);
    const stolen = theirs.criteria.map((criterion) => ({ ...criterion, name: "Stolen" }));
    const call = house.owner.client.project.setCriteria.mutate({ projectId: mine.id, criteria: stolen });
    expect((await refusalOf(call)).reason).toBe("not_found");
    expect((await house.owner.client.project.get.query({ projectId: mine.id })).criteria).toEqual(ours.criteria);
    expect((await elsewhere.owner.client.project.get.query({ projectId: foreign.id })).criteria).toEqual(
      theirs.criteria,
    );
  });
});

describe("races", () => {
  test("of fifty activations have one winner", async () => {
    const { project } = house.owner.client;
    const { id: projectId, revision } = await project.create.mutate({ name: "Contested" });
    await project.setSteps.mutate({ projectId, revision, steps: [question("Why?")] });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(project.activate.mutate({ projectId }))),
    );
    const { done, moved_on = 0, illegal_step = 0 } = tally(outcomes);
    expect(done).toBe(1);
    expect(moved_on + illegal_step).toBe(49);
    expect((await project.get.query({ projectId })).status).toBe("active");
  });

  test("between activating and taking the last step away never leave an active project empty", async () => {
    const { project } = house.owner.client;
    const rounds = Array.from({ length: 10 }, async () => {
      const { id: projectId, revision } = await project.create.mutate({ name: "Torn" });
      await project.setSteps.mutate({ projectId, revision, steps: [question("Why?")] });
      const outcomes = await Promise.all([
        outcomeOf(project.activate.mutate({ projectId })),
        outcomeOf(project.setSteps.mutate({ projectId, revision: revision + 1, steps: [] })),
      ]);
      const { status, stepCount } = await project.get.query({ projectId });
      return [...outcomes, status, stepCount].join(" ");
    });
    for (const ending of await Promise.all(rounds)) {
      expect([
        "done moved_on active 1",
        "done project_incomplete active 1",
        "moved_on done draft 0",
        "project_incomplete done draft 0",
      ]).toContain(ending);
    }
  });

  test("between archiving and new steps leave an archive that stays as it was", async () => {
    const { project } = house.owner.client;
    const { id: projectId, revision, steps } = await givenProject(house);
    const [archived, set] = await Promise.all([
      outcomeOf(project.archive.mutate({ projectId })),
      outcomeOf(project.setSteps.mutate({ projectId, revision, steps: steps.slice(1) })),
    ]);
    expect(archived).toBe("done");
    expect(["done", "moved_on", "project_archived"]).toContain(set);
    const after = await project.get.query({ projectId });
    expect(after).toMatchObject({ status: "archived", revision: set === "done" ? revision + 1 : revision });
  });
});
