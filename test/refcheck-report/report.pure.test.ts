import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { builtInTemplates } from "../../src/catalog/role-templates.ts";
import type { ReferenceId } from "../../src/kernel/ids.ts";
import type { QuestionAnswer } from "../../src/questionnaire/contract.ts";
import { RefcheckReport } from "../../src/refcheck-report/contract.ts";
import { reportOf } from "../../src/refcheck-report/policy.ts";
import { reportPage } from "../../src/sheet/page.ts";
import { reportTable } from "../../src/sheet/table.ts";
import { facts, report } from "./example.ts";

describe("the report of a fixed refcheck", () => {
  test("is what stands in the golden file, as JSON", async () => {
    await expect(`${JSON.stringify(RefcheckReport.parse(report), null, 2)}\n`).toMatchFileSnapshot(
      "golden/report.json",
    );
  });

  test("is what stands in the golden file, as a table", async () => {
    await expect(reportTable(report)).toMatchFileSnapshot("golden/report.csv");
  });
});

/** What a page shows, without what it is made of. */
const textOf = (page: string) =>
  page
    .replace(/<style>[\s\S]*<\/style>/, "")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

const withWords = (words: string) => {
  const [one, ...others] = facts.references;
  if (!one) throw new Error("somebody has answered");
  const given = new Map(facts.answers.get(one.id)).set("strengths", { kind: "text", text: words } as const);
  return reportOf({
    ...facts,
    references: [{ ...one, employer: words, firstName: words }, ...others],
    answers: new Map(facts.answers).set(one.id, given),
  });
};

describe("the page", () => {
  test("holds nothing that runs and nothing that is fetched, and each of its pictures says what it shows", () => {
    const page = reportPage(report);
    const tags = (page.match(/<[a-z][^>]*>/gi) ?? []).join("");
    expect(tags).not.toMatch(/<(script|iframe|img|link|object|a|form)\b|\son\w+=|javascript:/i);
    expect(tags.match(/(src|href|data)=|url\((?!#)/g)).toBeNull();
    const pictures = [...page.matchAll(/<svg[^>]*>/g)].map(([tag]) => tag);
    expect(pictures.length).toBe(6);
    for (const tag of pictures) {
      const [title = "", description = ""] = /aria-labelledby="([^"]+)"/.exec(tag)?.[1]?.split(" ") ?? [];
      expect(tag).toContain('role="img"');
      expect(page).toContain(`<title id="${title}">`);
      expect(page).toContain(`<desc id="${description}">`);
    }
  });

  test("shows whatever somebody wrote as they wrote it, and no markup comes of it", () => {
    const hostile = fc.oneof(
      fc.constantFrom("<script>alert(1)</script>", "</bdi><b>", "' onload='x", "&lt;", "]]>", "<!--"),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    );
    const tagsIn = (page: string) => page.match(/<[a-z/!][^>]*>/gi)?.length;
    const usual = tagsIn(reportPage(withWords("plain")));
    fc.assert(
      fc.property(hostile, (words) => {
        const page = reportPage(withWords(words));
        expect(tagsIn(page)).toBe(usual);
        expect(textOf(page)).toContain(words.toWellFormed());
      }),
      { numRuns: 300 },
    );
  });
});

describe("the table", () => {
  const cellsOf = (table: string) => Papa.parse<string[]>(table.slice(1).trimEnd()).data;

  test("has a row for each question and a column for each who answered, and gives back every word", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (words) => {
        const rows = cellsOf(reportTable(withWords(`x${words}`)));
        expect(rows.length).toBe(1 + report.questions.length);
        expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([2 + 3 + 2]));
        expect(rows.flat()).toContain(`x${words}`);
      }),
      { numRuns: 300 },
    );
  });

  test("holds no cell that a spreadsheet takes for a formula", () => {
    fc.assert(
      fc.property(fc.constantFrom("=", "+", "-", "@", "\t", "\r"), fc.string(), (sign, words) => {
        const cells = cellsOf(reportTable(withWords(`${sign}${words}`))).flat();
        expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what the answers come to", () => {
  const [template] = builtInTemplates;
  const questions = template?.questionnaire.questions ?? [];
  const scores = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 });

  test("averages lie between the lowest and the highest, and agree with what they are made of", () => {
    fc.assert(
      fc.property(scores, (given) => {
        const people = facts.references.slice(0, given.length);
        const answers = new Map<ReferenceId, Map<string, QuestionAnswer>>(
          people.map(({ id }, nth) => [id, new Map([["quality", { kind: "rating", score: given[nth] ?? 1 }]])]),
        );
        const { questions: reported, overall } = reportOf({ ...facts, answers });
        const summary = reported.find(({ question }) => question.key === "quality")?.summary;
        if (summary?.kind !== "rating") throw new Error("a rating is summed up as one");
        expect(summary.count).toBe(given.length);
        if (given.length === 0) {
          expect([summary.average, summary.deviation, summary.lowest, summary.highest, overall]).toEqual([
            null,
            null,
            null,
            null,
            null,
          ]);
          return;
        }
        const mean = given.reduce((sum, score) => sum + score, 0) / given.length;
        expect(summary.average).toBeCloseTo(mean, 1.9);
        expect([summary.lowest, summary.highest]).toEqual([Math.min(...given), Math.max(...given)]);
        expect(summary.deviation === 0).toBe(new Set(given).size === 1);
        expect(overall?.average).toBeCloseTo(((mean - 1) / 4) * 100, 1.9);
      }),
    );
  });

  test("tells of every question, in the order of the questionnaire, whoever was asked it", () => {
    expect(report.questions.map(({ question }) => question.key)).toEqual(questions.map(({ key }) => key));
  });
});
