// What the document says of an evaluation's status (interview-workflow, Evaluation Status), told over plain sets, and random orders in which things
// happen to it. Pure, and apart from the product's code.
import fc from "fast-check";
import type { EvaluationStatus } from "../../src/evaluation/machine.ts";

export const opsMax = 10;
const persons = [0, 1, 2] as const;
type Person = (typeof persons)[number];
const criteriaCount = 3;

export type Op =
  | { readonly kind: "rate" | "takeBack"; readonly who: Person; readonly step: number; readonly criterion: number }
  | { readonly kind: "assign" | "unassign" | "veto" | "withdraw"; readonly who: Person }
  | { readonly kind: "require" | "release" | "remove" | "rescale"; readonly criterion: number };
export type Order = {
  readonly steps: number;
  readonly required: readonly boolean[];
  readonly interviewed: boolean;
  readonly evaluators: readonly Person[];
  readonly ops: readonly Op[];
};

const who = fc.constantFrom(...persons);
const criterionIndex = fc.nat(criteriaCount - 1);
const rating = fc.record({
  kind: fc.constant("rate" as const),
  who,
  step: fc.nat(1),
  criterion: criterionIndex,
});
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
export const order: fc.Arbitrary<Order> = fc
  .record({
    steps: fc.integer({ min: 1, max: 2 }),
    // Mostly little is required, so that people get done.
    required: fc.tuple(fc.boolean(), fc.constant(false), fc.boolean()),
    interviewed: fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
    evaluators: fc.subarray([...persons]),
    ops: fc.array(op, { minLength: opsMax, maxLength: opsMax }),
  })
  .map(within);

// The model: what the document says, told over plain sets.

export type World = {
  readonly steps: number;
  readonly interviewed: boolean;
  readonly evaluators: Set<Person>;
  readonly criteria: { required: boolean; removed: boolean; scale: number }[];
  /** `person step criterion` to the scale it was rated on. */
  readonly ratings: Map<string, number>;
  readonly vetoes: Set<Person>;
};

export function worldOf({ steps, required, interviewed, evaluators }: Order): World {
  const criteria = required.map((isRequired) => ({ required: isRequired, removed: false, scale: 5 }));
  return { steps, interviewed, evaluators: new Set(evaluators), criteria, ratings: new Map(), vetoes: new Set() };
}

export function happen(world: World, op: Op): void {
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

export type Statuses = {
  readonly ours: EvaluationStatus;
  readonly mine: "pending" | "completed" | null;
  /** How many veto; null while whoever reads has ratings of their own to give first. */
  readonly vetoes: number | null;
};

/** As the first of the people would read it. */
export function statusesOf(world: World): Statuses {
  const mine = !world.evaluators.has(0) ? null : world.interviewed && hasRatedAll(world, 0) ? "completed" : "pending";
  if (!world.interviewed) return { ours: "pending", mine, vetoes: 0 };
  const done = [...world.evaluators].filter((person) => hasRatedAll(world, person)).length;
  const vetoing = [...world.vetoes].filter((person) => world.evaluators.has(person)).length;
  const vetoes = mine === "pending" ? null : vetoing;
  if (vetoing > 0) return { ours: "completed", mine, vetoes };
  if (done === 0) return { ours: "pending", mine, vetoes };
  return { ours: done === world.evaluators.size ? "completed" : "partial", mine, vetoes };
}
