import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type RefcheckActor,
  type RefcheckStatus,
  type RefcheckVerb,
  refcheckActors,
  refcheckStatusAt,
  refcheckStatuses,
  refcheckStepFor,
  refcheckVerbs,
  refcheckVerbsFrom,
  type Standing,
  statusOf,
} from "../../src/refcheck/machine.ts";
import { type ReferenceStatus, referenceStatuses } from "../../src/reference/machine.ts";

const while_ = {
  name: "candidate",
  withdraw: "candidate",
  cancel: "member",
  set_deadline: "member",
  expire: "system",
} as const;

/** Written down once more, the other way round. */
const legal: Readonly<Record<RefcheckStatus, Partial<Record<RefcheckVerb, RefcheckActor>>>> = {
  created: { invite: "member", cancel: "member" },
  awaiting_candidate: { ...while_, consent: "candidate" },
  awaiting_references: while_,
  in_progress: while_,
  completed: {},
  canceled: {},
  expired: { restore: "member" },
};

describe("the refcheck's machine, triple by triple", () => {
  const triples = refcheckStatuses.flatMap((from) => refcheckVerbs.map((verb) => ({ from, verb })));

  test.each(triples)("$verb from $from", ({ from, verb }) => {
    const who = legal[from][verb];
    expect(refcheckStepFor(from, verb) !== undefined).toBe(who !== undefined);
    for (const actor of refcheckActors) expect(refcheckVerbsFrom(from, actor).includes(verb)).toBe(actor === who);
  });
});

const instant = fc.constantFrom(null, new Date("2031-03-03T12:00:00Z"));
const standings: fc.Arbitrary<Standing> = fc.record({
  invitedAt: instant,
  consentedAt: instant,
  canceledAt: instant,
  expiredAt: instant,
  referencesRequired: fc.integer({ min: 1, max: 4 }),
  references: fc.array(fc.constantFrom(...referenceStatuses), { maxLength: 6 }),
});

const has = (references: readonly ReferenceStatus[], ...statuses: readonly ReferenceStatus[]) =>
  references.filter((status) => statuses.includes(status)).length;

describe("the derived status", () => {
  test("of 10,000 random standings is the first of what holds", () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const { references, referencesRequired: required } = standing;
        const holds: readonly (readonly [RefcheckStatus, boolean])[] = [
          ["canceled", standing.canceledAt !== null],
          ["completed", has(references, "completed") >= required],
          ["expired", standing.expiredAt !== null],
          ["created", standing.invitedAt === null],
          ["awaiting_candidate", standing.consentedAt === null],
          ["awaiting_candidate", has(references, "invited", "accepted", "completed") < required],
          ["in_progress", has(references, "accepted", "completed") > 0],
          ["awaiting_references", true],
        ];
        expect(statusOf(standing)).toBe(holds.find(([, isSo]) => isSo)?.[0]);
      }),
      { numRuns: 10_000 },
    );
  });

  test("never says that enough have answered where they have not, and one more answer never takes it back", () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const status = statusOf(standing);
        const isEnough = has(standing.references, "completed") >= standing.referencesRequired;
        if (status === "completed") expect(isEnough).toBe(true);
        const more = statusOf({ ...standing, references: [...standing.references, "completed"] });
        if (status === "completed") expect(more).toBe("completed");
      }),
      { numRuns: 10_000 },
    );
  });

  test("past its deadline it has expired, written down or not, and what is over stays what it is", () => {
    const now = new Date("2031-03-03T12:00:00Z");
    const late = (status: RefcheckStatus, deadlineAt: Date | null) => refcheckStatusAt({ status, deadlineAt }, now);
    for (const status of ["awaiting_candidate", "awaiting_references", "in_progress"] as const) {
      expect(late(status, now)).toBe("expired");
      expect(late(status, new Date(now.getTime() + 1))).toBe(status);
    }
    for (const status of ["created", "completed", "canceled", "expired"] as const)
      expect(late(status, now)).toBe(status);
  });
});
