// The evaluation status against a model of its own (interview-workflow, Evaluation Status): ten thousand interviews, each in a
// project of its own, to each of which things happen in an order of its own.
import { inArray, type SQL, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { candidate, interview } from "../../db/schema/index.ts";
import { all, build, raw, run } from "../../db/statement.ts";
import type { EvaluationStatus } from "../../src/evaluation/machine.ts";
import { evaluationStatus, myEvaluationStatus, vetoesFor } from "../../src/evaluation/store.ts";
import { newId } from "../../src/kernel/ids.ts";
import { newMember } from "../support/stage.ts";
import { database, givenOrganization, type House, newEmail } from "../support/world.ts";

const orderCount = 10_000;
const atOnce = 2_500;
const opsMax = 10;
const noon = Date.parse("2031-03-03T12:00:00.000Z");

const people = [0, 1, 2] as const;
type Person = (typeof people)[number];
const criteriaCount = 3;

type Op =
  | { readonly kind: "rate" | "takeBack"; readonly who: Person; readonly step: number; readonly criterion: number }
  | { readonly kind: "assign" | "unassign" | "veto" | "withdraw"; readonly who: Person }
  | { readonly kind: "require" | "release" | "remove" | "rescale"; readonly criterion: number };
type Order = {
  readonly steps: number;
  readonly required: readonly boolean[];
  readonly interviewed: boolean;
  readonly evaluators: readonly Person[];
  readonly ops: readonly Op[];
};

const who = fc.constantFrom(...people);
const criterionIndex = fc.nat(criteriaCount - 1);
const rating = fc.record({ kind: fc.constant("rate" as const), who, step: fc.nat(1), criterion: criterionIndex });
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 12, arbitrary: rating },
  { weight: 1, arbitrary: rating.map((one) => ({ ...one, kind: "takeBack" as const })) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("assign" as const, "unassign" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("veto" as const, "withdraw" as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("require" as const, "release" as const, "remove" as const, "rescale" as const),
      criterion: criterionIndex,
    }),
  },
);
/** A rating names a step that the interview has: of any other the API knows nothing. */
const within = ({ ops, ...order }: Order): Order => ({
  ...order,
  ops: ops.map((one) => ("step" in one ? { ...one, step: one.step % order.steps } : one)),
});
const order: fc.Arbitrary<Order> = fc
  .record({
    steps: fc.integer({ min: 1, max: 2 }),
    // Mostly little is required, so that people get done.
    required: fc.tuple(fc.boolean(), fc.constant(false), fc.boolean()),
    interviewed: fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
    evaluators: fc.subarray([...people]),
    ops: fc.array(op, { minLength: opsMax, maxLength: opsMax }),
  })
  .map(within);

// The model: what the document says, told over plain sets.

type World = {
  readonly steps: number;
  readonly interviewed: boolean;
  readonly evaluators: Set<Person>;
  readonly criteria: { required: boolean; removed: boolean; scale: number }[];
  /** `person step criterion` to the scale it was rated on. */
  readonly ratings: Map<string, number>;
  readonly vetoes: Set<Person>;
};

function worldOf({ steps, required, interviewed, evaluators }: Order): World {
  const criteria = required.map((isRequired) => ({ required: isRequired, removed: false, scale: 5 }));
  return { steps, interviewed, evaluators: new Set(evaluators), criteria, ratings: new Map(), vetoes: new Set() };
}

function happen(world: World, op: Op): void {
  const criterion = "criterion" in op ? world.criteria[op.criterion] : undefined;
  if (op.kind === "rate") world.ratings.set(`${op.who} ${op.step} ${op.criterion}`, criterion?.scale ?? 0);
  if (op.kind === "takeBack") world.ratings.delete(`${op.who} ${op.step} ${op.criterion}`);
  if (op.kind === "assign") world.evaluators.add(op.who);
  if (op.kind === "unassign") world.evaluators.delete(op.who);
  if (op.kind === "veto") world.vetoes.add(op.who);
  if (op.kind === "withdraw") world.vetoes.delete(op.who);
  if (!criterion) return;
  if (op.kind === "require") criterion.required = true;
  if (op.kind === "release") criterion.required = false;
  if (op.kind === "remove") criterion.removed = true;
  if (op.kind === "rescale") criterion.scale += 1;
}

function hasRatedAll({ steps, criteria, ratings }: World, person: Person): boolean {
  for (const [index, { required, removed, scale }] of criteria.entries()) {
    if (!required || removed) continue;
    for (let step = 0; step < steps; step += 1) {
      if (ratings.get(`${person} ${step} ${index}`) !== scale) return false;
    }
  }
  return true;
}

type Statuses = {
  readonly ours: EvaluationStatus;
  readonly mine: "pending" | "completed" | null;
  /** How many veto; null while whoever reads has ratings of their own to give first. */
  readonly vetoes: number | null;
};

/** As the first of the people would read it. */
function statusesOf(world: World): Statuses {
  const mine = !world.evaluators.has(0) ? null : world.interviewed && hasRatedAll(world, 0) ? "completed" : "pending";
  if (!world.interviewed) return { ours: "pending", mine, vetoes: 0 };
  const done = [...world.evaluators].filter((person) => hasRatedAll(world, person)).length;
  const vetoing = [...world.vetoes].filter((person) => world.evaluators.has(person)).length;
  const vetoes = mine === "pending" ? null : vetoing;
  if (vetoing > 0) return { ours: "completed", mine, vetoes };
  if (done === 0) return { ours: "pending", mine, vetoes };
  return { ours: done === world.evaluators.size ? "completed" : "partial", mine, vetoes };
}

// The same in the database, many at once.

type Case = {
  readonly order: Order;
  readonly world: World;
  readonly projectId: `prj_${string}`;
  readonly interviewId: `itv_${string}`;
  readonly criteria: readonly string[];
  readonly steps: readonly string[];
};

let house: House;
let members: `mem_${string}`[];
let candidateId: `cnd_${string}`;

beforeAll(async () => {
  house = await givenOrganization();
  members = [];
  for (const name of ["ada", "bo", "cy"]) members.push((await newMember(house, "hiring_manager", name)).memberId);
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

function arrange(cases: readonly Case[]) {
  const organizationId = house.organization.id;
  const projects = cases.map(({ projectId }) => [projectId]);
  const revisions = cases.map(({ projectId, order }) => [projectId, order.steps]);
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
        select value ->> 0, 1, ${organizationId}, '[]', value ->> 1, value ->> 1, ${noon} from ${json(revisions)}`,
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

const seed = Date.now() % 2 ** 31;
const orders = fc.sample(order, { numRuns: orderCount, seed });

test(`in ${orderCount} random orders of ratings, evaluators, criteria and vetoes the status is the model's after each`, async () => {
  const met = { pending: 0, partial: 0, completed: 0, lowered: 0 };
  let remembered = 0;
  for (let first = 0; first < orderCount; first += atOnce) {
    const cases = orders.slice(first, first + atOnce).map((one) => ({
      order: one,
      world: worldOf(one),
      projectId: newId("prj"),
      interviewId: newId("itv"),
      criteria: one.required.map(() => newId("crt")),
      steps: Array.from({ length: 2 }, () => newId("stp")),
    }));
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
  }
  // Not one of the statuses is rare, and completed ones do fall back: the orders are worth something.
  for (const count of Object.values(met)) expect(count).toBeGreaterThan(orderCount / 20);
  expect(remembered).toBeGreaterThan(0);
});
