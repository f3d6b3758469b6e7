// What the answers of a refcheck come to: told side by side, counted and averaged, without a word about anybody that they do not hold. Pure.
import { dayMs } from "../kernel/clock.ts";
import type { ReferenceId } from "../kernel/ids.ts";
import { gapsIn, lastMonths, monthNamed, type Period, type Span, spanOf } from "../kernel/months.ts";
import type { Access } from "../kernel/scope.ts";
import type { QuestionAnswer, Questionnaire, ShownQuestion } from "../questionnaire/contract.ts";
import { type Answers, inLanguage, languageFor, periodIn } from "../questionnaire/policy.ts";
import type { RefcheckReport, ReportedQuestion, Summary } from "./contract.ts";

export const reportPolicy = {
  get: "hiring_manager",
  share: "recruiter",
} as const satisfies Record<string, Access>;

export const shareTtlMs = 14 * dayMs;
export const shareTtlMsMax = 366 * dayMs;

type Facts = Omit<RefcheckReport, "questions" | "overall" | "rehire" | "period"> & {
  readonly questionnaire: Questionnaire;
  readonly answers: ReadonlyMap<ReferenceId, Answers>;
  readonly periodMonths: number | null;
};

const places = 100;
const rounded = (value: number) => Math.round(value * places) / places;

function averaged(values: readonly number[]): { readonly average: number; readonly deviation: number } | null {
  if (values.length === 0) return null;
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
  return { average: rounded(average), deviation: rounded(Math.sqrt(variance)) };
}

function scoresIn(answers: readonly QuestionAnswer[]): number[] {
  return answers.flatMap((answer) => (answer.kind === "rating" ? [answer.score] : []));
}

function verdictsIn(answers: readonly QuestionAnswer[]) {
  const told = answers.flatMap((answer) => (answer.kind === "rehire" ? [answer.verdict] : []));
  const count = (verdict: (typeof told)[number]) => told.filter((one) => one === verdict).length;
  return { yes: count("yes"), withReservations: count("with_reservations"), no: count("no") };
}

function summaryOf(question: ShownQuestion, answers: readonly QuestionAnswer[]): Summary {
  switch (question.kind) {
    case "rating": {
      const scores = scoresIn(answers);
      const { average = null, deviation = null } = averaged(scores) ?? {};
      const [lowest, highest] = scores.length === 0 ? [null, null] : [Math.min(...scores), Math.max(...scores)];
      return { kind: "rating", count: scores.length, average, deviation, lowest, highest };
    }
    case "yes_no": {
      const told = answers.flatMap((answer) => (answer.kind === "yes_no" ? [answer.yes] : []));
      return { kind: "yes_no", yes: told.filter((yes) => yes).length, no: told.filter((yes) => !yes).length };
    }
    case "choice": {
      const taken = answers.flatMap((answer) => (answer.kind === "choice" ? answer.optionKeys : []));
      const counts = question.options.map(({ key }) => ({ key, count: taken.filter((one) => one === key).length }));
      return { kind: "choice", counts };
    }
    case "rehire":
      return { kind: "rehire", ...verdictsIn(answers) };
    default:
      return { kind: question.kind, count: answers.length };
  }
}

/** Every rating as its part of its scale: 0 for the lowest point, 100 for the highest. */
function partsIn(questions: readonly ReportedQuestion[]): number[] {
  return questions.flatMap(({ question, answers }) =>
    question.kind === "rating"
      ? scoresIn(answers.map(({ answer }) => answer)).map((score) => (100 * (score - 1)) / (question.scale.length - 1))
      : [],
  );
}

const monthsOf = ({ first, last }: Span): Period => ({ from: monthNamed(first), to: monthNamed(last) });

function periodOf({ references, questionnaire, answers, periodMonths, invitedAt, madeAt }: Facts) {
  const told = references.flatMap(({ id, completedAt }) => {
    const period = completedAt && periodIn(questionnaire, answers.get(id) ?? new Map());
    return period ? [{ referenceId: id, period: { from: period.from, to: period.to }, completedAt }] : [];
  });
  const wanted = periodMonths === null ? null : lastMonths(periodMonths, invitedAt ?? madeAt);
  const spans = told.map(({ period, completedAt }) => spanOf(period, completedAt));
  return {
    wanted: wanted && monthsOf(wanted),
    told: told.map(({ referenceId, period }) => ({ referenceId, ...period })),
    gaps: wanted === null ? [] : gapsIn(wanted, spans).map(monthsOf),
  };
}

/** Only of those who have finished; the rest of those who were asked stand there with how far they are. */
export function reportOf(facts: Facts): RefcheckReport {
  const { questionnaire, answers, periodMonths: _, ...told } = facts;
  const language = languageFor(questionnaire, told.language);
  const questions = inLanguage(questionnaire, language).map((question): ReportedQuestion => {
    const given = told.references.flatMap(({ id: referenceId }) => {
      const answer = answers.get(referenceId)?.get(question.key);
      return answer ? [{ referenceId, answer }] : [];
    });
    const summary = summaryOf(
      question,
      given.map(({ answer }) => answer),
    );
    return { question, answers: given, summary };
  });
  const all = questions.flatMap((one) => one.answers.map(({ answer }) => answer));
  const parts = partsIn(questions);
  const overall = averaged(parts);
  return {
    ...told,
    ...{ language, questions },
    overall: overall && { ratings: parts.length, ...overall },
    rehire: all.some(({ kind }) => kind === "rehire") ? verdictsIn(all) : null,
    period: periodOf(facts),
  };
}
