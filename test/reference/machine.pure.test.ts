import { describe, expect, test } from "vitest";
import {
  type ReferenceActor,
  type ReferenceStatus,
  type ReferenceVerb,
  referenceStatuses,
  referenceStepFor,
  referenceTable,
  referenceVerbs,
  referenceVerbsFrom,
} from "../../src/reference/machine.ts";

const actors: readonly ReferenceActor[] = ["reference", "candidate", "system"];

/** Written down once more, the other way round: who may do what from where, and where it leads. */
const legal: Readonly<Record<ReferenceStatus, Partial<Record<ReferenceVerb, readonly [ReferenceActor, string]>>>> = {
  invited: {
    accept: ["reference", "accepted"],
    decline: ["reference", "declined"],
    edit: ["candidate", "same"],
    correct: ["candidate", "invited"],
    replace: ["candidate", "replaced"],
    bounce: ["system", "undeliverable"],
  },
  accepted: {
    decline: ["reference", "declined"],
    finish: ["reference", "completed"],
    edit: ["candidate", "same"],
    correct: ["candidate", "invited"],
    replace: ["candidate", "replaced"],
    bounce: ["system", "undeliverable"],
  },
  declined: { replace: ["candidate", "replaced"] },
  completed: {},
  expired: { replace: ["candidate", "replaced"] },
  replaced: {},
  undeliverable: {
    edit: ["candidate", "same"],
    correct: ["candidate", "invited"],
    replace: ["candidate", "replaced"],
  },
};

describe("the reference's machine, triple by triple", () => {
  const triples = referenceStatuses.flatMap((from) => referenceVerbs.map((verb) => ({ from, verb })));

  test.each(triples)("$verb from $from", ({ from, verb }) => {
    const [who, to] = legal[from][verb] ?? [];
    expect(referenceStepFor(from, verb)?.to).toBe(to);
    for (const actor of actors) {
      expect(referenceVerbsFrom(from, actor).includes(verb)).toBe(actor === who);
    }
  });

  test("each verb stands in one row, and whoever has answered is left alone", () => {
    expect(referenceTable.map(({ verb }) => verb).toSorted()).toEqual([...referenceVerbs].toSorted());
    for (const actor of actors) expect(referenceVerbsFrom("completed", actor)).toEqual([]);
  });
});
