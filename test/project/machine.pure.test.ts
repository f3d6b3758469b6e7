import { describe, expect, test } from "vitest";
import {
  projectStatuses,
  projectStepFor,
  projectSteps,
  projectVerbs,
  projectVerbsFrom,
} from "../../src/project/machine.ts";

/** Written down apart from the table it checks. */
const leadsTo = {
  draft: { activate: "active", archive: "archived" },
  active: { activate: undefined, archive: "archived" },
  archived: { activate: undefined, archive: undefined },
} as const;

describe("a project's steps", () => {
  for (const status of projectStatuses) {
    for (const verb of projectVerbs) {
      const to = leadsTo[status][verb];
      test(`${verb} from ${status} ${to ? `leads to ${to}` : "is illegal"}`, () => {
        expect(projectStepFor(status, verb)?.to).toBe(to);
        expect(projectVerbsFrom(status, 1).includes(verb)).toBe(to !== undefined);
      });
    }
  }

  test("name each verb once, so that a verb has one meaning", () => {
    expect(projectSteps.map(({ verb }) => verb).toSorted()).toEqual([...projectVerbs].toSorted());
  });

  test("never lead back, so that every project comes to rest", () => {
    for (const { from, to } of projectSteps) {
      for (const status of from) expect(projectStatuses.indexOf(to)).toBeGreaterThan(projectStatuses.indexOf(status));
    }
  });

  test("do not offer activating a project that has nothing to answer", () => {
    expect(projectVerbsFrom("draft", 0)).toEqual(["archive"]);
  });
});
