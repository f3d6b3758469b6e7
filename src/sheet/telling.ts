// What page and table tell alike: who is which letter, and an answer in words. Pure.
import type { Period } from "../kernel/months.ts";
import type { QuestionAnswer, ShownQuestion } from "../questionnaire/contract.ts";
import type { RefcheckReport } from "../refcheck-report/contract.ts";
import { english } from "./english.ts";
import type { SheetWording } from "./wording.ts";

/** By two-letter language; what has no file yet is told in English. */
const wordings: ReadonlyMap<string, SheetWording> = new Map([["en", english]]);

export type Telling = {
  readonly words: SheetWording;
  /** On the organization's clocks, the zone named. */
  readonly at: (instant: Date) => string;
  readonly period: (period: Period) => string;
};

export function tellingOf({ language, timeZone }: Pick<RefcheckReport, "language" | "timeZone">): Telling {
  const words = wordings.get(language) ?? english;
  return {
    words,
    at: (instant) => words.instant(instant, timeZone),
    period: ({ from, to }) => words.fromTo(words.month(from), to === null ? words.now : words.month(to)),
  };
}

type Reference = RefcheckReport["references"][number];
/** Whoever has answered goes by a letter: A, B, …; null: has not. */
export type Lettered = { readonly letter: string | null; readonly reference: Reference };

const firstLetter = 65;

/** Those who answered first, each group in the order in which they were named. At most twenty answer. */
export function lettered({ references }: RefcheckReport): Lettered[] {
  const [answered, others] = [true, false].map((hasAnswered) =>
    references.filter(({ status }) => (status === "completed") === hasAnswered),
  );
  return [
    ...(answered ?? []).map((reference, nth) => ({ letter: String.fromCharCode(firstLetter + nth), reference })),
    ...(others ?? []).map((reference) => ({ letter: null, reference })),
  ];
}

/** The answer as a person would say it: labels for keys, months for numbers. */
export function toldAnswer({ words, period }: Telling, question: ShownQuestion, answer: QuestionAnswer): string {
  switch (answer.kind) {
    case "rating": {
      const label = question.kind === "rating" ? question.scale[answer.score - 1] : undefined;
      return label === undefined ? String(answer.score) : `${answer.score} · ${label}`;
    }
    case "yes_no":
      return answer.yes ? words.yes : words.no;
    case "choice": {
      const options = question.kind === "choice" ? question.options : [];
      return answer.optionKeys.map((key) => options.find((option) => option.key === key)?.label ?? key).join(", ");
    }
    case "text":
      return answer.text;
    case "date_range":
      return period(answer);
    case "rehire":
      return words.verdicts[answer.verdict];
  }
}
