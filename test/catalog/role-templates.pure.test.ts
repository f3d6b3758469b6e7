import { describe, expect, test } from "vitest";
import { builtInTemplates } from "../../src/catalog/role-templates.ts";
import { Questionnaire } from "../../src/questionnaire/contract.ts";
import { RoleTemplateInFull } from "../../src/role-template/contract.ts";

describe.each(builtInTemplates)("the built-in template “$title”", (template) => {
  test("is what it would have to be if somebody sent it", () => {
    expect(RoleTemplateInFull.parse(template)).toEqual(template);
    expect(Questionnaire.parse(template.questionnaire)).toEqual(template.questionnaire);
  });

  test("is there in several languages, none of them a copy of another", () => {
    const { languages, questions } = template.questionnaire;
    expect(languages.length).toBeGreaterThan(1);
    for (const { prompt } of questions) expect(new Set(Object.values(prompt)).size).toBe(languages.length);
  });
});

test("built-in templates sort before every id that is given out, and are told apart", () => {
  const ids = builtInTemplates.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  for (const id of ids) expect(id < "rtp_0001").toBe(true);
});
