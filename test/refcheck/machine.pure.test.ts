import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Progress,
  progressAt,
  progresses,
  progressOf,
  type RefcheckActor,
  type RefcheckVerb,
  refcheckActors,
  refcheckStatusAt,
  refcheckStepFor,
  refcheckVerbs,
  refcheckVerbsFrom,
  type Standing,
  statusOf,
  waiting,
} from "../../src/refcheck/machine.ts";
import { type ReferenceStatus, referenceStatuses } from "../../src/reference/machine.ts";

const while_ = {
  name: "candidate",
  withdraw: "candidate",
  cancel: "member",
  set_deadline: "member",
  expire: "system",
  flag: "system",
  resolve: "member",
} as const;

/** Written down once more, the other way round. */
const legal: Readonly<Record<Progress, Partial<Record<RefcheckVerb, RefcheckActor>>>> = {
  created: { invite: "member", cancel: "member" },
  awaiting_candidate: { ...while_, consent: "candidate" },
  awaiting_references: while_,
  in_progress: while_,
  completed: { flag: "system", resolve: "member" },
  canceled: { resolve: "member" },
  expired: { restore: "member", resolve: "member" },
};

describe("the refcheck's machine, triple by triple", () => {
  const triples = progresses.flatMap((from) => refcheckVerbs.map((verb) => ({ from, verb })));

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
  openSignals: fc.integer({ min: 0, max: 2 }),
});

const has = (references: readonly ReferenceStatus[], ...statuses: readonly ReferenceStatus[]) =>
  references.filter((status) => statuses.includes(status)).length;

describe("how far it is", () => {
  test("of 10,000 random standings is the first of what holds", () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const { references, referencesRequired: required } = standing;
        const holds: readonly (readonly [Progress, boolean])[] = [
          ["canceled", standing.canceledAt !== null],
          ["completed", has(references, "completed") >= required],
          ["expired", standing.expiredAt !== null],
          ["created", standing.invitedAt === null],
          ["awaiting_candidate", standing.consentedAt === null],
          ["awaiting_candidate", has(references, "invited", "accepted", "completed") < required],
          ["in_progress", has(references, "accepted", "completed") > 0],
          ["awaiting_references", true],
        ];
        expect(progressOf(standing)).toBe(holds.find(([, isSo]) => isSo)?.[0]);
      }),
      { numRuns: 10_000 },
    );
  });

  test("never says that enough have answered where they have not, and one more answer never takes it back", () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const status = progressOf(standing);
        const isEnough = has(standing.references, "completed") >= standing.referencesRequired;
        if (status === "completed") expect(isEnough).toBe(true);
        const more = progressOf({ ...standing, references: [...standing.references, "completed"] });
        if (status === "completed") expect(more).toBe("completed");
      }),
      { numRuns: 10_000 },
    );
  });

  test("past its deadline it has expired, written down or not, and what is over stays what it is", () => {
    const now = new Date("2031-03-03T12:00:00Z");
    const late = (progress: Progress, deadlineAt: Date | null) => progressAt({ progress, deadlineAt }, now);
    for (const status of ["awaiting_candidate", "awaiting_references", "in_progress"] as const) {
      expect(late(status, now)).toBe("expired");
      expect(late(status, new Date(now.getTime() + 1))).toBe(status);
    }
    for (const status of ["created", "completed", "canceled", "expired"] as const)
      expect(late(status, now)).toBe(status);
  });
});

describe("what staff see", () => {
  test("of 10,000 random standings is how far it is, unless a signal waits and it is neither unsent nor decided about", () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const progress = progressOf(standing);
        const isHeld = ["awaiting_candidate", "awaiting_references", "in_progress", "completed"].includes(progress);
        expect(statusOf(standing)).toBe(isHeld && standing.openSignals > 0 ? "needs_attention" : progress);
      }),
      { numRuns: 10_000 },
    );
  });

  test("past its deadline it has expired, whatever waits to be looked at, and what is complete still needs attention", () => {
    const deadlineAt = new Date("2031-03-03T12:00:00Z");
    const seen = (progress: Progress) =>
      refcheckStatusAt({ progress, status: "needs_attention", deadlineAt }, deadlineAt);
    for (const progress of waiting) expect(seen(progress)).toBe("expired");
    expect(seen("completed")).toBe("needs_attention");
  });
});
