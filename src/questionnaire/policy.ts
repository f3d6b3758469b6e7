// What of a questionnaire is asked, given what has been answered; what fits a question; what is still to be answered. Told only of
// questions and answers, so that the server and a form come to the same. Pure.
import type { Period } from "../kernel/months.ts";
import type { Language } from "../kernel/shapes.ts";
import type { Match, Question, QuestionAnswer, Questionnaire, ShownQuestion, Texts } from "./contract.ts";

/** `short` is one line of at most 300 characters, `long` up to 5,000. */
export const textLengths = { short: 300, long: 5_000 } as const;

/** By the question's key. */
export type Answers = ReadonlyMap<string, QuestionAnswer>;

function matched(matches: Match, answer: QuestionAnswer): boolean {
  switch (matches.kind) {
    case "answered":
      return true;
    case "rating":
      return answer.kind === "rating" && matches.from <= answer.score && answer.score <= matches.to;
    case "yes_no":
      return answer.kind === "yes_no" && answer.yes === matches.yes;
    case "choice":
      return answer.kind === "choice" && answer.optionKeys.some((key) => matches.anyOf.includes(key));
    case "rehire":
      return answer.kind === "rehire" && matches.anyOf.includes(answer.verdict);
  }
}

/** Text of nothing but space answers nothing. */
const isBlank = (answer: QuestionAnswer) => answer.kind === "text" && answer.text.trim() === "";

/**
 * The questions that are asked, in order. What hangs on a question that is not asked is not asked either, whatever was answered to it
 * before.
 */
export function asked(questions: readonly Question[], answers: Answers): Question[] {
  const shown = new Set<string>();
  return questions.filter(({ key, showIf }) => {
    const before = showIf === null ? undefined : answers.get(showIf.key);
    const isMet = before !== undefined && !isBlank(before) && matched(showIf?.matches ?? { kind: "answered" }, before);
    const isAsked = showIf === null || (shown.has(showIf.key) && isMet);
    if (isAsked) shown.add(key);
    return isAsked;
  });
}

/** The answers that count: to questions that are asked, and not blank. */
export function counted(questions: readonly Question[], answers: Answers): Map<string, QuestionAnswer> {
  return new Map(
    asked(questions, answers).flatMap(({ key }) => {
      const answer = answers.get(key);
      return answer === undefined || isBlank(answer) ? [] : [[key, answer] as const];
    }),
  );
}

/** When they worked together, as a reference says: their first answer that is a period. */
export function periodIn({ questions }: Questionnaire, answers: Answers): Period | null {
  for (const answer of counted(questions, answers).values()) if (answer.kind === "date_range") return answer;
  return null;
}

/** Required, asked and not answered. */
export function missing(questions: readonly Question[], answers: Answers): string[] {
  const given = counted(questions, answers);
  return asked(questions, answers).flatMap(({ key, isRequired }) => (isRequired && !given.has(key) ? [key] : []));
}

/** What is wrong with an answer to this question, in words; null when nothing is. */
export function misfit(question: Question, answer: QuestionAnswer): string | null {
  if (question.kind !== answer.kind) return `must be the answer to a ${question.kind} question`;
  switch (answer.kind) {
    case "rating":
      return question.kind === "rating" && answer.score > question.scale.length ? "must be on the scale" : null;
    case "choice":
      return question.kind === "choice" ? chosenWrongly(question, answer.optionKeys) : null;
    case "text":
      return question.kind === "text" ? writtenWrongly(question, answer.text) : null;
    case "date_range":
      return answer.to !== null && answer.to < answer.from ? "must end after it begins" : null;
    default:
      return null;
  }
}

function chosenWrongly(
  { options, multiple }: Extract<Question, { kind: "choice" }>,
  chosen: readonly string[],
): string | null {
  if (!chosen.every((key) => options.some((option) => option.key === key))) return "must be among the options";
  if (new Set(chosen).size < chosen.length) return "must differ";
  return multiple || chosen.length === 1 ? null : "must be one option";
}

function writtenWrongly({ length }: Extract<Question, { kind: "text" }>, text: string): string | null {
  if (text.length > textLengths[length]) return `must be at most ${textLengths[length]} characters`;
  return length === "short" && text.includes("\n") ? "must be one line" : null;
}

const wordsIn = (texts: readonly string[]) =>
  texts
    .join(" ")
    .split(/\s+/)
    .filter((word) => word !== "").length;

/** How many words somebody has read who has read all that they were asked. */
export function wordsAsked({ languages, questions }: Questionnaire, language: Language, answers: Answers): number {
  const shown = inLanguage({ languages, questions: asked(questions, answers) }, language);
  return wordsIn(
    shown.flatMap((question) => {
      const told = [question.prompt, question.help ?? ""];
      if (question.kind === "rating") return [...told, ...question.scale];
      return question.kind === "choice" ? [...told, ...question.options.map(({ label }) => label)] : told;
    }),
  );
}

/** The questionnaire's own language for a reader of this one. */
export function languageFor({ languages }: Questionnaire, reader: Language): Language {
  const [first = reader] = languages;
  return languages.includes(reader) ? reader : first;
}

/** Its questions in one of its languages. */
export function inLanguage({ questions }: Questionnaire, language: Language): ShownQuestion[] {
  const told = (texts: Texts) => texts[language] ?? "";
  return questions.map((question): ShownQuestion => {
    const { key, isRequired, showIf } = question;
    const common = {
      key,
      isRequired,
      showIf,
      prompt: told(question.prompt),
      help: question.help && told(question.help),
    };
    switch (question.kind) {
      case "rating":
        return { ...common, kind: question.kind, scale: question.scale.map(told) };
      case "choice": {
        const options = question.options.map((option) => ({ key: option.key, label: told(option.label) }));
        return { ...common, kind: question.kind, options, multiple: question.multiple };
      }
      case "text":
        return { ...common, kind: question.kind, length: question.length };
      default:
        return { ...common, kind: question.kind };
    }
  });
}
