import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import {
  CandidateStep,
  CreateProject,
  CriterionIn,
  EditProject,
  forCandidate,
  SetCriteria,
  SetSteps,
  Step,
  StepIn,
} from "../../src/project/contract.ts";

const words = fc.stringMatching(/^[A-Za-zéüñ][A-Za-zéüñ ,.?]{0,60}$/);
const between = (min: number, max: number) => fc.integer({ min, max });
const common = {
  title: words,
  prompt: words,
  preparationSeconds: between(0, 3_600),
  answerSeconds: fc.option(between(10, 14_400)),
  takes: between(1, 10),
};
const text = fc.record({ kind: fc.constant("text" as const), maxChars: between(1, 20_000) });
const media = fc.record({
  kind: fc.constant("media" as const),
  media: fc.constantFrom("audio" as const, "video" as const),
});
const options = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[a-z0-9_-]{1,40}$/), label: words }), {
  minLength: 2,
  maxLength: 20,
  selector: ({ id }) => id,
});
const choice = fc.record({ kind: fc.constant("choice" as const), options, multiple: fc.boolean() });
const marked = choice.chain((answer) =>
  fc
    .subarray(
      answer.options.map(({ id }) => id),
      { minLength: 1, maxLength: answer.multiple ? answer.options.length : 1 },
    )
    .map((correctOptionIds) => ({ ...answer, correctOptionIds })),
);
const question = fc.record({
  ...common,
  kind: fc.constant("question" as const),
  answer: fc.oneof(text, choice, media),
});
const testStep = fc.record({
  ...common,
  kind: fc.constant("test" as const),
  answer: fc.oneof(text, marked),
  points: between(1, 1_000),
});
const step = fc.oneof(question, testStep);
const id = newId("stp");

const isRefused = (schema: { safeParse: (input: unknown) => { success: boolean } }, input: unknown) =>
  expect(schema.safeParse(input).success).toBe(false);

describe("a step as it is sent in", () => {
  test("comes to rest: normalizing what was normalized changes nothing, and what is kept can be shown", () => {
    fc.assert(
      fc.property(step, (sent) => {
        const once = StepIn.parse(sent);
        expect(StepIn.parse(once)).toEqual(once);
        const kept = { ...once, id };
        expect(Step.parse(kept)).toEqual(kept);
        expect(Step.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
      }),
    );
  });

  test("loses every key that is not in the contract", () => {
    fc.assert(
      fc.property(step, fc.stringMatching(/^x[a-z]{3,9}$/), (sent, key) => {
        expect(StepIn.parse({ ...sent, [key]: "smuggled" })).toEqual(StepIn.parse(sent));
      }),
    );
  });

  test("takes any text it takes at all in one form: what is validated is what is kept", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (title, prompt) => {
        const sent = { title, prompt, kind: "question", answer: { kind: "text", maxChars: 1 } };
        const once = StepIn.safeParse(sent);
        if (once.success) expect(StepIn.parse(once.data)).toEqual(once.data);
      }),
    );
  });

  test("is refused for any junk, never thrown at", () => {
    fc.assert(
      fc.property(fc.anything(), (junk) => {
        isRefused(StepIn, junk);
      }),
    );
    fc.assert(
      fc.property(step, fc.constantFrom("kind", "title", "answer", "takes"), fc.anything(), (sent, field, junk) => {
        fc.pre(typeof junk !== "string" && typeof junk !== "number" && !(field === "takes" && junk === undefined));
        isRefused(StepIn, { ...sent, [field]: junk });
      }),
    );
  });

  const base = { title: "T", kind: "question", answer: { kind: "text", maxChars: 10 } } as const;
  const two = [
    { id: "a", label: "A" },
    { id: "b", label: "B" },
  ];
  const quiz = { title: "T", kind: "test", points: 1 } as const;
  const quizChoice = { kind: "choice", options: two, multiple: false, correctOptionIds: ["a"] } as const;

  test.each([
    ["an empty title", { ...base, title: "  " }],
    ["a title over 200 characters", { ...base, title: "x".repeat(201) }],
    ["a prompt over 5,000 characters", { ...base, prompt: "x".repeat(5_001) }],
    ["preparation over an hour", { ...base, preparationSeconds: 3_601 }],
    ["less than ten seconds to answer", { ...base, answerSeconds: 9 }],
    ["more than four hours to answer", { ...base, answerSeconds: 14_401 }],
    ["no takes", { ...base, takes: 0 }],
    ["eleven takes", { ...base, takes: 11 }],
    ["half a take", { ...base, takes: 1.5 }],
    ["one option", { ...base, answer: { kind: "choice", options: two.slice(1) } }],
    [
      "twenty-one options",
      {
        ...base,
        answer: { kind: "choice", options: Array.from({ length: 21 }, (_, n) => ({ id: `o${n}`, label: "L" })) },
      },
    ],
    ["two options with one id", { ...base, answer: { kind: "choice", options: [two[0], two[0]] } }],
    ["an unknown kind of answer", { ...base, answer: { kind: "essay" } }],
    ["a question with points only a test has, and no answer", { title: "T", kind: "question", points: 3 }],
    ["a test without points", { ...quiz, points: undefined, answer: quizChoice }],
    ["a test of more than 1,000 points", { ...quiz, points: 1_001, answer: quizChoice }],
    ["a test whose right option does not exist", { ...quiz, answer: { ...quizChoice, correctOptionIds: ["c"] } }],
    [
      "a test with two right options where one is chosen",
      { ...quiz, answer: { ...quizChoice, correctOptionIds: ["a", "b"] } },
    ],
    ["a test without a right option", { ...quiz, answer: { ...quizChoice, correctOptionIds: [] } }],
    ["a test answered by media", { ...quiz, answer: { kind: "media", media: "video" } }],
    ["an id of another noun", { ...base, id: newId("prj") }],
  ])("is refused with %s", (_, sent) => {
    isRefused(StepIn, sent);
    isRefused(SetSteps, { projectId: newId("prj"), revision: 1, steps: [sent] });
  });

  test("has the calmest defaults", () => {
    expect(StepIn.parse(base)).toEqual({ ...base, prompt: "", preparationSeconds: 0, answerSeconds: null, takes: 1 });
  });
});

describe("what a candidate sees of a step", () => {
  test("is all of it but which options are right", () => {
    fc.assert(
      fc.property(step, (sent) => {
        const kept = { ...StepIn.parse(sent), id };
        const seen = forCandidate(kept);
        expect(JSON.stringify(seen)).not.toContain("correctOptionIds");
        expect(CandidateStep.parse(seen)).toEqual(seen);
        const { answer, ...rest } = kept;
        expect(seen).toMatchObject(rest);
        expect(answer).toMatchObject(seen.answer);
      }),
    );
  });

  test("drops right options even when a step is shown without being prepared for it", () => {
    fc.assert(
      fc.property(step, (sent) => {
        const shown = CandidateStep.parse({ ...StepIn.parse(sent), id });
        expect(JSON.stringify(shown)).not.toContain("correctOptionIds");
      }),
    );
  });
});

describe("a list of steps or criteria", () => {
  const projectId = newId("prj");
  const one = { title: "T", kind: "question", answer: { kind: "text" } };

  test("is at most 100 steps, none named twice", () => {
    expect(SetSteps.parse({ projectId, revision: 1, steps: Array(100).fill(one) }).steps).toHaveLength(100);
    isRefused(SetSteps, { projectId, revision: 1, steps: Array(101).fill(one) });
    isRefused(SetSteps, {
      projectId,
      revision: 1,
      steps: [
        { ...one, id },
        { ...one, id },
      ],
    });
  });

  test("is at most 30 criteria, none named twice, on scales from 2 to 10", () => {
    expect(SetCriteria.parse({ projectId, criteria: Array(30).fill({ name: "C" }) }).criteria).toHaveLength(30);
    isRefused(SetCriteria, { projectId, criteria: Array(31).fill({ name: "C" }) });
    const criterionId = newId("crt");
    isRefused(SetCriteria, { projectId, criteria: Array(2).fill({ name: "C", id: criterionId }) });
    isRefused(CriterionIn, { name: "C", scaleMax: 1 });
    isRefused(CriterionIn, { name: "C", scaleMax: 11 });
    expect(CriterionIn.parse({ name: " C " })).toEqual({ name: "C", description: "", scaleMax: 5, isRequired: true });
  });
});

describe("a project as it is sent in", () => {
  test("needs a name and nothing else", () => {
    expect(CreateProject.parse({ name: " Barista " })).toEqual({
      name: "Barista",
      kind: "interview",
      description: "",
      defaultInterviewPeriodSeconds: null,
      maxInterviewSeconds: 7_200,
      interruptionGraceSeconds: 120,
      reminderHours: [72, 24, 2],
      deadlineAppliesTo: "start",
      passwordRequired: false,
      vetoEnabled: false,
      internalId: null,
      labels: [],
    });
  });

  test("is changed only in what is given: an edit invents no field", () => {
    const projectId = newId("prj");
    expect(EditProject.parse({ projectId })).toEqual({ projectId });
    expect(
      EditProject.parse({ projectId, kind: "assessment", status: "active", organizationId: newId("org") }),
    ).toEqual({
      projectId,
    });
  });

  test.each([
    ["maxInterviewSeconds", 59],
    ["maxInterviewSeconds", 604_801],
    ["interruptionGraceSeconds", -1],
    ["interruptionGraceSeconds", 604_801],
    ["defaultInterviewPeriodSeconds", 3_599],
    ["deadlineAppliesTo", "whenever"],
    ["labels", Array(21).fill("x")],
    ["internalId", "x".repeat(101)],
  ])("is refused with %s %j", (field, value) => {
    isRefused(CreateProject, { name: "P", [field]: value });
    isRefused(EditProject, { projectId: newId("prj"), [field]: value });
  });
});
