// A report as a table for spreadsheets: a question a row, a reference a column. Pure.
import Papa from "papaparse";
import type { QuestionAnswer, ShownQuestion } from "../questionnaire/contract.ts";
import type { RefcheckReport } from "../refcheck-report/contract.ts";
import { lettered, type Telling, tellingOf, toldAnswer } from "./telling.ts";

/** Without it spreadsheets take UTF-8 for what their own computer was made with. */
const byteOrderMark = "\uFEFF";

/** Ratings are numbers, to be counted with; all else is told in words. */
function cellOf(telling: Telling, question: ShownQuestion, answer: QuestionAnswer | undefined): string | number {
  if (answer === undefined) return "";
  return answer.kind === "rating" ? answer.score : toldAnswer(telling, question, answer);
}

/** RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function reportTable(report: RefcheckReport): string {
  const telling = tellingOf(report);
  const { words } = telling;
  const people = lettered(report).filter(({ letter }) => letter !== null);
  const heads = people.map(
    ({ letter, reference: { firstName, lastName, relationship, employer } }) =>
      `${letter} · ${firstName} ${lastName} (${words.relationships[relationship]}, ${employer})`,
  );
  const { question: asked, kind, average, deviation } = words.table;
  const rows = report.questions.map(({ question, answers, summary }) => [
    question.prompt,
    question.kind,
    ...people.map(({ reference }) => {
      const given = answers.find(({ referenceId }) => referenceId === reference.id);
      return cellOf(telling, question, given?.answer);
    }),
    ...(summary.kind === "rating" ? [summary.average ?? "", summary.deviation ?? ""] : ["", ""]),
  ]);
  const table = Papa.unparse([[asked, kind, ...heads, average, deviation], ...rows], { escapeFormulae: true });
  return `${byteOrderMark}${table}\r\n`;
}
