import { describe, expect, test } from "vitest";
import { Questionnaire } from "../../src/questionnaire/contract.ts";
import { shortQuestionnaire } from "../support/questionnaire.ts";

/** Where the faults lie. */
function faultsOf(value: unknown): string[] {
  const { success, error } = Questionnaire.safeParse(value);
  return success ? [] : (error?.issues.map(({ path }) => path.join(".")) ?? []);
}

const told = { en: "Why?" };
const asks = (...questions: readonly object[]) => ({
  languages: ["en"],
  questions: questions.map((question, nth) => ({ key: `q${nth}`, kind: "text", prompt: told, ...question })),
});
const options = [
  { key: "yes", label: told },
  { key: "no", label: told },
];

describe("a questionnaire", () => {
  test("with a question of each kind is taken as it is", () => {
    expect(faultsOf(shortQuestionnaire)).toEqual([]);
  });

  test.each([
    ["no questions", { languages: ["en"], questions: [] }, ["questions"]],
    ["no language", { ...asks({}), languages: [] }, ["languages", "questions.0.prompt"]],
    ["a language twice", { ...asks({}), languages: ["en", "en"] }, ["languages", "questions.0.prompt"]],
    ["a prompt left untranslated", { ...asks({}), languages: ["en", "nl"] }, ["questions.0.prompt"]],
    ["a prompt in a language it has not", asks({ prompt: { en: "Why?", nl: "Waarom?" } }), ["questions.0.prompt"]],
    ["a help left untranslated", asks({ help: {} }), ["questions.0.help"]],
    ["a point of a scale without a label", asks({ kind: "rating", scale: [told, {}] }), ["questions.0.scale.1"]],
    [
      "an option without a label",
      asks({ kind: "choice", options: [options[0], { key: "no", label: {} }] }),
      ["questions.0.options.1.label"],
    ],
    ["an option twice", asks({ kind: "choice", options: [options[0], options[0]] }), ["questions.0.options"]],
    ["a key twice", asks({ key: "why" }, { key: "why" }), ["questions.1.key"]],
    [
      "a condition on a question that is not there",
      asks({ showIf: { key: "zz", matches: { kind: "answered" } } }),
      ["questions.0.showIf"],
    ],
    ["a condition on itself", asks({ showIf: { key: "q0", matches: { kind: "answered" } } }), ["questions.0.showIf"]],
    [
      "a condition on a later question",
      asks({ showIf: { key: "q1", matches: { kind: "answered" } } }, {}),
      ["questions.0.showIf"],
    ],
    [
      "a condition of another kind than its question",
      asks({}, { showIf: { key: "q0", matches: { kind: "yes_no", yes: true } } }),
      ["questions.1.showIf"],
    ],
    [
      "a condition off the scale",
      asks({ kind: "rating", scale: [told, told] }, { showIf: { key: "q0", matches: { kind: "rating", from: 3 } } }),
      ["questions.1.showIf"],
    ],
    [
      "a condition on an option that is not there",
      asks({ kind: "choice", options }, { showIf: { key: "q0", matches: { kind: "choice", anyOf: ["maybe"] } } }),
      ["questions.1.showIf"],
    ],
  ])("with %s is refused, and told where", (_, value, expected) => {
    expect(faultsOf(value)).toEqual(expected);
  });

  test("takes no language that there is not, and gives nothing a prototype", () => {
    const { prompt } = JSON.parse('{"prompt": {"en": "Why?", "__proto__": "Because."}}');
    expect(faultsOf(asks({ prompt: { en: "Why?", xx: "?" } }))).not.toEqual([]);
    Questionnaire.safeParse(asks({ prompt }));
    expect(Object.hasOwn(Object.prototype, "Because.")).toBe(false);
  });
});
