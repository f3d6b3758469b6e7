import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Question, QuestionAnswer, Questionnaire } from "../../src/questionnaire/contract.ts";
import { asked, counted, inLanguage, languageFor, misfit, missing } from "../../src/questionnaire/policy.ts";
import { shortQuestionnaire } from "../support/questionnaire.ts";

const whole = Questionnaire.parse(shortQuestionnaire);
const { questions } = whole;
const keys = (found: readonly Question[]) => found.map(({ key }) => key);
const answers = (given: Readonly<Record<string, QuestionAnswer>>) => new Map(Object.entries(given));
const rehire = (verdict: "yes" | "with_reservations" | "no") => ({ kind: "rehire" as const, verdict });
const text = (told: string) => ({ kind: "text" as const, text: told });

describe("what is asked", () => {
  test("is everything without a condition, and what hangs on an answer once it is that answer", () => {
    expect(keys(asked(questions, new Map()))).not.toContain("why");
    expect(keys(asked(questions, answers({ again: rehire("yes") })))).not.toContain("why");
    expect(keys(asked(questions, answers({ again: rehire("no") })))).toContain("why");
  });

  test("required, asked and unanswered is missing; a blank text answers nothing", () => {
    expect(missing(questions, new Map())).toEqual(["when", "quality", "shifts", "again"]);
    const given = answers({ again: rehire("no"), why: text(" \n ") });
    expect(missing(questions, given)).toEqual(["when", "quality", "shifts", "why"]);
  });

  test("an answer to what is no longer asked counts no more, and counts again once it is", () => {
    const given = { again: rehire("no"), why: text("Always late.") };
    expect([...counted(questions, answers(given)).keys()]).toEqual(["again", "why"]);
    expect([...counted(questions, answers({ ...given, again: rehire("yes") })).keys()]).toEqual(["again"]);
  });
});

/** Questions in a row, each on its own or asked only if an earlier one was answered with yes. */
const chains = fc
  .array(fc.option(fc.nat({ max: 19 }), { nil: null }), { minLength: 1, maxLength: 20 })
  .map((hooks): Question[] =>
    hooks.map((hook, nth) => ({
      key: `q${nth}`,
      kind: "yes_no",
      prompt: { en: "?" },
      help: null,
      isRequired: nth % 2 === 0,
      showIf: hook === null || nth === 0 ? null : { key: `q${hook % nth}`, matches: { kind: "yes_no", yes: true } },
    })),
  );
const yeses = fc.array(fc.option(fc.boolean(), { nil: null }), { minLength: 20, maxLength: 20 });

/** The same told once more, from the question back to the first it hangs on. */
function isAskedFor(chain: readonly Question[], given: ReadonlyMap<string, QuestionAnswer>, key: string): boolean {
  const question = chain.find((one) => one.key === key);
  if (!question?.showIf) return question !== undefined;
  const before = given.get(question.showIf.key);
  return before?.kind === "yes_no" && before.yes && isAskedFor(chain, given, question.showIf.key);
}

test("5,000 random questionnaires: a question is asked when all it hangs on is asked and answered so", () => {
  fc.assert(
    fc.property(chains, yeses, (chain, said) => {
      const given = new Map<string, QuestionAnswer>(
        said.flatMap((yes, nth) => (yes === null ? [] : [[`q${nth}`, { kind: "yes_no" as const, yes }] as const])),
      );
      const expected = chain.filter(({ key }) => isAskedFor(chain, given, key));
      expect(keys(asked(chain, given))).toEqual(keys(expected));
      expect([...counted(chain, given).keys()]).toEqual(keys(expected).filter((key) => given.has(key)));
      const unanswered = expected.filter(({ key, isRequired }) => isRequired && !given.has(key));
      expect(missing(chain, given)).toEqual(keys(unanswered));
    }),
    { numRuns: 5_000 },
  );
});

describe("an answer", () => {
  const to = (key: string) => questions.find((question) => question.key === key) ?? fc.stringify(key);
  const fault = (key: string, answer: QuestionAnswer) => {
    const question = to(key);
    return typeof question === "string" ? question : misfit(question, QuestionAnswer.parse(answer));
  };

  test.each([
    ["when", { kind: "date_range", from: "2020-01", to: "2020-01" }],
    ["when", { kind: "date_range", from: "2020-01", to: null }],
    ["quality", { kind: "rating", score: 3 }],
    ["on_time", { kind: "yes_no", yes: false }],
    ["shifts", { kind: "choice", optionKeys: ["night", "day"] }],
    ["again", rehire("with_reservations")],
    ["why", text("x".repeat(300))],
    ["else", text("Two\nlines.")],
  ] as const)("to %s fits: %j", (key, answer) => {
    expect(fault(key, answer as QuestionAnswer)).toBeNull();
  });

  test.each([
    ["when", { kind: "date_range", from: "2020-02", to: "2020-01" }, "must end after it begins"],
    ["quality", { kind: "rating", score: 4 }, "must be on the scale"],
    ["quality", rehire("no"), "must be the answer to a rating question"],
    ["shifts", { kind: "choice", optionKeys: ["dusk"] }, "must be among the options"],
    ["shifts", { kind: "choice", optionKeys: ["day", "day"] }, "must differ"],
    ["why", text("x".repeat(301)), "must be at most 300 characters"],
    ["why", text("Two\nlines."), "must be one line"],
  ] as const)("to %s does not fit: %j", (key, answer, expected) => {
    expect(fault(key, answer as QuestionAnswer)).toBe(expected);
  });

  test("to a choice of one is one", () => {
    const single = questions.map((question) =>
      question.kind === "choice" ? { ...question, multiple: false } : question,
    );
    const [choice] = single.filter(({ kind }) => kind === "choice");
    expect(choice && misfit(choice, { kind: "choice", optionKeys: ["day", "night"] })).toBe("must be one option");
  });
});

describe("for its reader", () => {
  test("it is in their language, or in its first", () => {
    expect(languageFor(whole, "nl")).toBe("nl");
    expect(languageFor(whole, "tr")).toBe("en");
  });

  test("every text of every question is told in that language", () => {
    const told = inLanguage(whole, "nl");
    expect(told.map(({ key }) => key)).toEqual(keys(questions));
    expect(told[1]).toEqual({
      ...{ key: "quality", kind: "rating", isRequired: true, showIf: null, help: null },
      ...{ prompt: "Hoe goed was het werk?", scale: ["Slecht", "Redelijk", "Goed"] },
    });
    expect(told[3]).toMatchObject({ options: [{ label: "Overdag" }, { label: "'s Nachts" }] });
  });
});
