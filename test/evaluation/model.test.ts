// The evaluation status against a model of its own (interview-workflow, Evaluation Status): ten thousand interviews, each in a
// project of its own, to each of which things happen in an order of its own.
import { inArray, type SQL, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { candidate, interview } from "../../db/schema/index.ts";
import { all, build, raw, run } from "../../db/statement.ts";
import { type EvaluationStatus, evaluationStatuses, myEvaluationStatuses } from "../../src/evaluation/machine.ts";
import { evaluationStatus, myEvaluationStatus, vetoesFor } from "../../src/evaluation/store.ts";
import { ListInterviews } from "../../src/interview/contract.ts";
import { forEachOf } from "../../src/kernel/crowd.ts";
import { newId } from "../../src/kernel/ids.ts";
import { listInterviews } from "../../src/listing/actions.ts";
import { type Membership, memberToken, newMember } from "../support/stage.ts";
import {
  anteroom,
  type Client,
  database,
  givenOrganization,
  type House,
  newEmail,
  refusalOf,
  systemDeps,
} from "../support/world.ts";
import {
  happen,
  type Op,
  type Order,
  opsMax,
  order,
  type Statuses,
  statusesOf,
  type World,
  worldOf,
} from "./orders.ts";

const orderCount = 10_000;
const atOnce = 2_500;
/** Larger than people may ask for: the lists are long. */
const pageSize = 1_000;
/** Of those that go the way people go. */
const spokenCount = 200;
const spokenTurns = 6;
const noon = Date.parse("2031-03-03T12:00:00.000Z");

// The same in the database, many at once.

type Case = {
  readonly order: Order;
  readonly world: World;
  readonly projectId: `prj_${string}`;
  readonly interviewId: `itv_${string}`;
  readonly criteria: readonly `crt_${string}`[];
  readonly steps: readonly `stp_${string}`[];
};

const caseOf = (one: Order): Case => ({
  order: one,
  world: worldOf(one),
  projectId: newId("prj"),
  interviewId: newId("itv"),
  criteria: one.required.map(() => newId("crt")),
  steps: Array.from({ length: 2 }, () => newId("stp")),
});

let house: House;
let people: Membership[];
let members: `mem_${string}`[];
let candidateId: `cnd_${string}`;

beforeAll(async () => {
  house = await givenOrganization();
  people = [];
  for (const name of ["ada", "bo", "cy"]) people.push(await newMember(house, "hiring_manager", name));
  members = people.map(({ memberId }) => memberId);
  candidateId = newId("cnd");
  await database().write([
    run(
      build.insert(candidate).values({
        ...{ id: candidateId, organizationId: house.organization.id, email: newEmail("judged") },
        ...{ firstName: "Cleo", lastName: "Candidate", language: "en", timeZone: "UTC", createdAt: new Date(noon) },
      }),
    ),
  ]);
});

/** `rows` as a table of one JSON array each. */
const json = (rows: readonly unknown[]) => sql`json_each(${JSON.stringify(rows)})`;
const nothing = () => undefined;

const questionOf = (id: string) => ({
  ...{ id, kind: "question", title: "Why?", prompt: "", preparationSeconds: 0, answerSeconds: null, takes: 1 },
  answer: { kind: "text", maxChars: 500 },
});

function arrange(cases: readonly Case[]) {
  const organizationId = house.organization.id;
  const projects = cases.map(({ projectId }) => [projectId]);
  const revisions = cases.map(({ projectId, order, steps }) => [
    ...[projectId, order.steps, JSON.stringify(steps.slice(0, order.steps).map(questionOf))],
  ]);
  const criteria = cases.flatMap(({ projectId, criteria: ids, order }) =>
    ids.map((id, index) => [id, projectId, index, order.required[index] ? 1 : 0]),
  );
  const interviews = cases.map(({ interviewId, projectId, order }) => [
    ...[interviewId, projectId, order.interviewed ? "interviewed" : "aborted"],
  ]);
  const roles = cases.flatMap(({ projectId, order }) => order.evaluators.map((person) => [projectId, members[person]]));
  return [
    raw(
      sql`insert into project (id, organization_id, name, name_folded, kind, status, description, language, max_interview_seconds, interruption_grace_seconds, reminder_hours, deadline_applies_to, password_required, veto_enabled, labels, revision, created_at)
        select value ->> 0, ${organizationId}, 'Judged', 'judged', 'interview', 'active', '', 'en', 60, 60, '[]', 'start', 0, 1, '[]', 1, ${noon} from ${json(projects)}`,
      nothing,
    ),
    raw(
      sql`insert into project_revision (project_id, revision, organization_id, steps, step_count, judged_count, created_at)
        select value ->> 0, 1, ${organizationId}, value ->> 2, value ->> 1, value ->> 1, ${noon} from ${json(revisions)}`,
      nothing,
    ),
    raw(
      sql`insert into criterion (id, project_id, organization_id, position, name, description, scale_max, is_required)
        select value ->> 0, value ->> 1, ${organizationId}, value ->> 2, 'Care', '', 5, value ->> 3 from ${json(criteria)}`,
      nothing,
    ),
    raw(
      sql`insert into interview (id, organization_id, project_id, candidate_id, revision, status, version, run, labels, name, email, created_at)
        select value ->> 0, ${organizationId}, value ->> 1, ${candidateId}, 1, value ->> 2, 1, 1, '[]', 'cleo candidate', 'judged', ${noon} from ${json(interviews)}`,
      nothing,
    ),
    assigned(roles),
  ];
}

const assigned = (roles: readonly unknown[]) =>
  raw(
    sql`insert or ignore into project_role (project_id, member_id, role, organization_id, created_at)
      select value ->> 0, value ->> 1, 'evaluator', ${house.organization.id}, ${noon} from ${json(roles)}`,
    nothing,
  );

/** One thing happens to each of them. */
function happenings(cases: readonly Case[], turn: number) {
  const organizationId = house.organization.id;
  const rowsOf = (kinds: readonly Op["kind"][], row: (of: Case, op: Op) => unknown[]) =>
    cases.flatMap((one) => {
      const op = one.order.ops[turn];
      return op && kinds.includes(op.kind) ? [row(one, op)] : [];
    });
  const person = (op: Op) => ("who" in op ? members[op.who] : "");
  const criterion = ({ criteria }: Case, op: Op) => ("criterion" in op ? criteria[op.criterion] : "");
  const step = ({ steps }: Case, op: Op) => ("step" in op ? steps[op.step] : "");
  const pair = (of: Case, op: Op) => [of.interviewId, person(op)];
  const role = (of: Case, op: Op) => [of.projectId, person(op)];
  const about = (of: Case, op: Op) => [of.interviewId, person(op), step(of, op), criterion(of, op)];
  const criteria = (kind: Op["kind"], change: SQL) =>
    raw(
      sql`update criterion set ${change} where id in (select value ->> 0 from ${json(rowsOf([kind], (of, op) => [criterion(of, op)]))})`,
      nothing,
    );
  return [
    raw(
      sql`insert into rating (interview_id, member_id, step_id, criterion_id, organization_id, score, scale_max, rated_at)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3, ${organizationId}, 3, criterion.scale_max, ${noon}
        from ${json(rowsOf(["rate"], about))} inner join criterion on criterion.id = value ->> 3
        where true on conflict do update set scale_max = excluded.scale_max`,
      nothing,
    ),
    raw(
      sql`delete from rating where (interview_id, member_id, step_id, criterion_id) in (select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from ${json(rowsOf(["takeBack"], about))})`,
      nothing,
    ),
    assigned(rowsOf(["assign"], role)),
    raw(
      sql`delete from project_role where (project_id, member_id) in (select value ->> 0, value ->> 1 from ${json(rowsOf(["unassign"], role))})`,
      nothing,
    ),
    raw(
      sql`insert or ignore into veto (interview_id, member_id, organization_id, reason, at)
        select value ->> 0, value ->> 1, ${organizationId}, 'They were never there at all.', ${noon} from ${json(rowsOf(["veto"], pair))}`,
      nothing,
    ),
    raw(
      sql`delete from veto where (interview_id, member_id) in (select value ->> 0, value ->> 1 from ${json(rowsOf(["withdraw"], pair))})`,
      nothing,
    ),
    criteria("require", sql`is_required = 1`),
    criteria("release", sql`is_required = 0`),
    criteria("remove", sql`removed_at = ${noon}`),
    criteria("rescale", sql`scale_max = scale_max + 1`),
  ];
}

async function statusesNow(cases: readonly Case[]): Promise<Map<string, Statuses>> {
  const ids = sql`(select value from ${json(cases.map(({ interviewId }) => interviewId))})`;
  const { rows } = await database().read({
    rows: all(
      build
        .select({
          id: interview.id,
          ours: sql<EvaluationStatus>`(${evaluationStatus})`,
          mine: sql<Statuses["mine"]>`(${myEvaluationStatus(sql`${members[0]}`)})`,
          vetoes: vetoesFor(sql`${members[0]}`),
        })
        .from(interview)
        .where(inArray(interview.id, ids)),
    ),
  });
  return new Map(rows.map(({ id, ...statuses }) => [id, statuses]));
}

type Disagreement = { readonly order: Order; readonly turn: number; readonly says: unknown; readonly is: Statuses };

/** Where what the database says is not what the model says. */
function disagreements(cases: readonly Case[], turn: number, says: (one: Case) => unknown): Disagreement[] {
  return cases.flatMap((one) => {
    const is = statusesOf(one.world);
    const said = says(one);
    return JSON.stringify(said) === JSON.stringify(is) ? [] : [{ order: one.order, turn, says: said, is }];
  });
}

/** The first of the people with an owner's eyes, so that no list hides what they do not evaluate. */
const seer = () => {
  const [ada] = people;
  if (!ada) throw new Error("there are people");
  return { kind: "member" as const, sessionId: newId("ses"), ...ada, access: "owner" as const };
};

/** Those a list with this filter shows, page by page. */
async function listed(filter: Partial<ListInterviews>, list = listInterviews): Promise<Set<string>> {
  const found = new Set<string>();
  const asked = { ...ListInterviews.parse({}), ...filter, size: pageSize };
  for (let cursor: string | undefined; ; ) {
    const page = await list(systemDeps(), seer(), { ...asked, cursor });
    for (const { id } of page.items) found.add(id);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

/** Whom each filter shows though it should not, or does not show though it should. */
async function unlisted(cases: readonly Case[], list = listInterviews): Promise<string[]> {
  const wrong: string[] = [];
  const compare = async (name: string, filter: Partial<ListInterviews>, belongs: (is: Statuses) => boolean) => {
    const found = await listed(filter, list);
    for (const { interviewId, world } of cases) {
      if (found.has(interviewId) !== belongs(statusesOf(world))) wrong.push(`${interviewId} by ${name}`);
    }
  };
  for (const status of evaluationStatuses) {
    await compare(status, { evaluationStatus: status }, ({ ours }) => ours === status);
  }
  for (const status of myEvaluationStatuses) {
    await compare(`my ${status}`, { myEvaluationStatus: status }, ({ mine }) => mine === status);
  }
  return wrong;
}

const seed = Date.now() % 2 ** 31;
const orders = fc.sample(order, { numRuns: orderCount, seed });

test("saboteur: a list whose filter forgets that a status falls back is found", async () => {
  const cases = fc.sample(order, { numRuns: 100, seed }).map(caseOf);
  await database().write(arrange(cases));
  // Everybody it was ever true of: all that stand at the beginning, whatever happens to them.
  const stale = new Map<string, Awaited<ReturnType<typeof listInterviews>>>();
  const nameOf = ({ evaluationStatus: ours, myEvaluationStatus: mine, cursor }: ListInterviews) =>
    `${ours} ${mine} ${cursor}`;
  const remembering: typeof listInterviews = async (deps, scope, input) => {
    const known = stale.get(nameOf(input)) ?? (await listInterviews(deps, scope, input));
    stale.set(nameOf(input), known);
    return known;
  };
  expect(await unlisted(cases, remembering)).toEqual([]);
  for (let turn = 0; turn < opsMax; turn += 1) {
    await database().write(happenings(cases, turn));
    for (const { world, order: one } of cases) for (const op of one.ops.slice(turn, turn + 1)) happen(world, op);
  }
  expect((await unlisted(cases, remembering)).length).toBeGreaterThan(0);
  expect(await unlisted(cases)).toEqual([]);
});

// And the way people go, who are refused what is not theirs to say.

const scaleMax = 10;

/** Whether whoever says it is let. */
function isAllowed({ interviewed, evaluators, criteria, vetoes }: World, op: Op): boolean {
  const criterion = "criterion" in op ? criteria[op.criterion] : undefined;
  const judges = interviewed && "who" in op && evaluators.has(op.who);
  switch (op.kind) {
    case "rate":
    case "takeBack":
      return judges && criterion?.removed === false;
    case "veto":
      return judges;
    case "withdraw":
      return judges && vetoes.has(op.who);
    case "assign":
      return !evaluators.has(op.who);
    case "unassign":
      return evaluators.has(op.who);
    case "rescale":
      return criterion === undefined || criterion.removed || criterion.scale < scaleMax;
    default:
      return true;
  }
}

/** What people judge they say themselves; who evaluates, and by what, the owner says. */
function said({ projectId, interviewId, criteria: ids, steps, world }: Case, op: Op, clients: readonly Client[]) {
  const { project } = house.owner.client;
  const theirs = ("who" in op && clients[op.who]) || house.owner.client;
  const memberId = ("who" in op && members[op.who]) || house.owner.memberId;
  const evaluator = { projectId, memberId, role: "evaluator" as const };
  switch (op.kind) {
    case "rate":
    case "takeBack": {
      const [stepId, criterionId] = [steps[op.step] ?? newId("stp"), ids[op.criterion] ?? newId("crt")];
      const ratings = [{ stepId, criterionId, score: op.kind === "rate" ? 3 : null }];
      return theirs.evaluation.rate.mutate({ interviewId, ratings });
    }
    case "veto":
      return theirs.evaluation.veto.mutate({ interviewId, reason: "They were never there at all." });
    case "withdraw":
      return theirs.evaluation.withdrawVeto.mutate({ interviewId });
    case "assign":
      return project.assignRole.mutate(evaluator);
    case "unassign":
      return project.unassignRole.mutate(evaluator);
    default: {
      const changed = { ...world, criteria: world.criteria.map((one) => ({ ...one })) };
      happen(changed, op);
      const criteria = changed.criteria.flatMap(({ required: isRequired, removed, scale }, nth) =>
        removed ? [] : [{ id: ids[nth], name: "Care", scaleMax: scale, isRequired }],
      );
      return project.setCriteria.mutate({ projectId, criteria });
    }
  }
}

test(`in ${spokenCount} random orders that go the way people go it is so too, and who may not say it is refused`, {
  timeout: 120_000,
}, async () => {
  const clients = await Promise.all(people.map(async (one) => anteroom(await memberToken(one))));
  const cases = fc.sample(order, { numRuns: spokenCount, seed: seed + 1 }).map(caseOf);
  await database().write(arrange(cases));
  const met = { allowed: 0, refused: 0 };
  for (let turn = 0; turn < spokenTurns; turn += 1) {
    await forEachOf(cases, 8, async (one) => {
      const op = one.order.ops[turn];
      if (!op) return;
      const isRefused = await refusalOf(said(one, op, clients)).then(
        () => true,
        () => false,
      );
      expect(isRefused, `seed ${seed}, turn ${turn}: ${JSON.stringify(one.order)}`).toBe(!isAllowed(one.world, op));
      met[isRefused ? "refused" : "allowed"] += 1;
      if (!isRefused) happen(one.world, op);
    });
    const now = await statusesNow(cases);
    expect(
      disagreements(cases, turn, ({ interviewId }) => now.get(interviewId)),
      `seed ${seed}`,
    ).toEqual([]);
  }
  expect(await unlisted(cases)).toEqual([]);
  for (const count of Object.values(met)) expect(count).toBeGreaterThan(spokenCount / 2);
});

// By the thousand, straight into the tables. Last, because every list is as long as what came before it.

test(`in ${orderCount} random orders of ratings, evaluators, criteria and vetoes the status is the model's after each, and so are the lists by it`, {
  timeout: 240_000,
}, async () => {
  const met = { pending: 0, partial: 0, completed: 0, lowered: 0 };
  let remembered = 0;
  const all: Case[] = [];
  for (let first = 0; first < orderCount; first += atOnce) {
    const cases = orders.slice(first, first + atOnce).map(caseOf);
    await database().write(arrange(cases));
    let before = new Map<string, Statuses>();
    for (let turn = -1; turn < opsMax; turn += 1) {
      if (turn >= 0) {
        await database().write(happenings(cases, turn));
        for (const { world, order: one } of cases) for (const op of one.ops.slice(turn, turn + 1)) happen(world, op);
      }
      const now = await statusesNow(cases);
      expect(
        disagreements(cases, turn, ({ interviewId }) => now.get(interviewId)),
        `seed ${seed}`,
      ).toEqual([]);
      // The saboteur: a status that was stored when it was reached, and that nobody takes back.
      const highest = (id: string) => (before.get(id)?.ours === "completed" ? before.get(id) : now.get(id));
      remembered += disagreements(cases, turn, ({ interviewId }) => highest(interviewId)).length;
      for (const [id, { ours }] of now) {
        met[ours] += 1;
        if (before.get(id)?.ours === "completed" && ours !== "completed") met.lowered += 1;
      }
      before = now;
    }
    all.push(...cases);
  }
  expect(await unlisted(all), `seed ${seed}`).toEqual([]);
  // Not one of the statuses is rare, and completed ones do fall back: the orders are worth something.
  for (const count of Object.values(met)) expect(count).toBeGreaterThan(orderCount / 20);
  expect(remembered).toBeGreaterThan(0);
});
