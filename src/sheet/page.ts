// A report as a page: nothing from elsewhere, no scripts, readable on paper and by readers that read aloud. Pure.
import type { QuestionAnswer, ShownQuestion } from "../questionnaire/contract.ts";
import type { RefcheckReport, ReportedQuestion } from "../refcheck-report/contract.ts";
import type { Signal } from "../signal/contract.ts";
import { el, own, text } from "./markup.ts";
import { partsPicture, scalePicture, timelinePicture } from "./pictures.ts";
import { type Lettered, lettered, type Telling, tellingOf, toldAnswer } from "./telling.ts";

export const style = `
  :root { color-scheme: light; --ink: #1b1f24; --soft: #57606a; --line: #c9d1d9; --accent: #0b57a4; --tint: #e7f0fa; --warn: #8a4b00; }
  * { box-sizing: border-box; }
  body { margin: 0; background: #fff; color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  main { max-width: 50rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; overflow-wrap: anywhere; }
  h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
  h2 { margin: 2.5rem 0 0.75rem; padding-bottom: 0.25rem; border-bottom: 2px solid var(--ink); font-size: 1.25rem; }
  h3 { margin: 1.75rem 0 0.5rem; font-size: 1.05rem; }
  p { margin: 0.5rem 0; }
  .soft { color: var(--soft); }
  dl.facts { display: grid; grid-template-columns: minmax(10rem, max-content) 1fr; gap: 0.25rem 1.25rem; margin: 0; }
  dt { color: var(--soft); }
  dd { margin: 0; }
  .wide { overflow-x: auto; }
  table { width: 100%; border-collapse: collapse; font-size: 0.95rem; }
  th, td { padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
  thead th { color: var(--soft); font-weight: 600; }
  .key { display: inline-block; place-self: start; min-width: 1.6em; padding: 0 0.3em; border-radius: 0.8em; background: var(--accent); color: #fff; font-size: 0.8rem; font-weight: 700; line-height: 1.6; text-align: center; }
  ul.answers, ul.signals { margin: 0; padding: 0; list-style: none; }
  ul.answers > li { display: grid; grid-template-columns: 2.2rem 1fr; margin: 0.4rem 0; }
  ul.signals > li { margin: 0.75rem 0; padding: 0.6rem 0.9rem; border: 1px solid var(--line); border-inline-start: 5px solid var(--warn); border-radius: 4px; }
  ul.signals > li.settled { border-inline-start-color: var(--line); }
  .words { white-space: pre-line; }
  .weight { color: var(--warn); font-weight: 600; }
  blockquote { margin: 0.25rem 0 0; padding-inline-start: 0.75rem; border-inline-start: 3px solid var(--line); white-space: pre-line; }
  svg { display: block; width: 100%; min-width: 30rem; max-width: 40rem; height: auto; margin: 0.25rem 0; }
  svg text { fill: var(--ink); font: 12px system-ui, sans-serif; text-anchor: middle; }
  svg .from { text-anchor: start; }
  svg .to { text-anchor: end; }
  svg .strong { font-weight: 700; }
  svg .letter { fill: #fff; font-weight: 700; }
  svg .mark, svg .average, svg .bar, svg .full { fill: var(--accent); }
  svg .axis { stroke: var(--soft); stroke-width: 1.5; }
  svg .grid { stroke: var(--line); }
  svg .wanted { fill: var(--tint); }
  svg .stripe { fill: var(--warn); }
  svg .part { stroke: var(--ink); }
  svg .empty { fill: #fff; }
  footer { margin-top: 3rem; color: var(--soft); font-size: 0.85rem; }
  section, li, tr, svg { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  @page { margin: 16mm; }
  @media print { main { max-width: none; padding: 0; } svg, .key { print-color-adjust: exact; } .wide { overflow: visible; } svg { min-width: 0; } }
`;

function factsOf(rows: readonly (readonly [name: string, value: string | null])[]): string {
  return el(
    "dl",
    { class: "facts" },
    ...rows.flatMap(([name, value]) => (value === null ? [] : [el("dt", {}, text(name)), el("dd", {}, text(value))])),
  );
}

/** On a narrow screen it is moved sideways, and what is written in it stays large enough to read. */
const wide = (inside: string) => el("div", { class: "wide" }, inside);

function glance({ words, at }: Telling, report: RefcheckReport): string {
  const { references, referencesRequired, overall, rehire } = report;
  const answered = references.filter(({ status }) => status === "completed").length;
  const told = rehire && {
    ...{ id: "rehire", title: words.rehire },
    description: `${words.verdicts.yes}: ${rehire.yes}. ${words.verdicts.with_reservations}: ${rehire.withReservations}. ${words.verdicts.no}: ${rehire.no}.`,
  };
  return [
    factsOf([
      [words.status, words.statuses[report.status]],
      [words.answered, words.answeredOf(answered, referencesRequired)],
      [words.invited, report.invitedAt && at(report.invitedAt)],
      [words.completed, report.completedAt && at(report.completedAt)],
      [words.deadline, report.deadlineAt && at(report.deadlineAt)],
      [words.overall, overall && words.overallOf(overall.average, overall.deviation, overall.ratings)],
    ]),
    ...(rehire && told
      ? [
          el("h3", {}, text(words.rehire)),
          wide(
            partsPicture(told, [
              { name: words.verdicts.yes, count: rehire.yes },
              { name: words.verdicts.with_reservations, count: rehire.withReservations },
              { name: words.verdicts.no, count: rehire.no },
            ]),
          ),
          el("p", { class: "soft" }, text(told.description)),
        ]
      : []),
  ].join("");
}

/** What waits to be looked at first, and what weighs most. */
function signalsOf({ words, at }: Telling, signals: NonNullable<RefcheckReport["signals"]>): string {
  if (signals.length === 0) return el("p", {}, text(words.noSignals));
  const isSettled = ({ resolvedAt, withdrawnAt }: Signal) => resolvedAt !== null || withdrawnAt !== null;
  const inOrder = [...signals].sort(
    (one, other) => Number(isSettled(one)) - Number(isSettled(other)) || other.weight - one.weight,
  );
  const items = inOrder.map((signal) => {
    const { weight, explanation, harmless, withdrawnAt, resolvedAt, resolvedByName, note } = signal;
    const outcome = resolvedAt
      ? el("p", {}, own(words.resolved(resolvedByName ?? words.unknown, at(resolvedAt)))) +
        el("blockquote", {}, own(note ?? ""))
      : el("p", { class: "soft" }, text(withdrawnAt ? words.withdrawn(at(withdrawnAt)) : words.open));
    return el(
      "li",
      { class: isSettled(signal) ? "settled" : undefined },
      el("p", { class: "weight" }, text(words.weight(weight))),
      el("p", {}, own(explanation)),
      el("p", { class: "soft" }, text(`${words.harmless}: ${harmless}`)),
      outcome,
    );
  });
  return el("p", { class: "soft" }, text(words.signalsSay)) + el("ul", { class: "signals" }, ...items);
}

function peopleOf({ words, at, period }: Telling, people: readonly Lettered[]): string {
  const heads = [words.person, words.relation, words.employer, words.worked, words.askedAt, words.standing];
  const rows = people.map(({ letter, reference }) => {
    const { firstName, lastName, relationship, employer, worked, status, invitedAt, declineReason } = reference;
    const reason = declineReason === null ? "" : `: ${words.declineReasons[declineReason]}`;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, letter === null ? "" : `${keyOf(letter)} `, own(`${firstName} ${lastName}`)),
      el("td", {}, text(words.relationships[relationship])),
      el("td", {}, own(employer)),
      el("td", {}, text(worked ? period(worked) : words.unknown)),
      el("td", {}, text(at(invitedAt))),
      el("td", {}, text(words.referenceStatuses[status] + reason)),
    );
  });
  const head = el("thead", {}, el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, text(name)))));
  return wide(el("table", {}, head, el("tbody", {}, ...rows)));
}

const keyOf = (letter: string) => el("span", { class: "key" }, text(letter));

function periodsOf({ words, period }: Telling, report: RefcheckReport, people: readonly Lettered[]): string {
  const { wanted, told, gaps } = report.period;
  const rows = told.flatMap(({ referenceId, from, to }) => {
    const letter = people.find(({ reference }) => reference.id === referenceId)?.letter;
    return letter ? [{ letter, period: { from, to } }] : [];
  });
  const sentences = [
    ...rows.map(({ letter, period: spent }) => `${letter}: ${period(spent)}.`),
    ...(wanted ? [words.periodWanted(words.month(wanted.from), words.month(wanted.to ?? wanted.from))] : []),
    ...(wanted ? [gaps.length === 0 ? words.noGaps : words.periodGaps(gaps.map(period))] : []),
  ];
  if (rows.length === 0) return el("p", {}, text(words.nobodyYet));
  const description = sentences.join(" ");
  return (
    wide(
      timelinePicture({ id: "period", title: words.period, description }, rows, { wanted, gaps, now: report.madeAt }),
    ) + el("p", {}, text(description))
  );
}

/** What the answers come to, in words, and as a picture where that shows more. */
function comesTo({ words }: Telling, one: ReportedQuestion, id: string, people: readonly Lettered[]): string {
  const { question, answers, summary } = one;
  if (summary.kind === "rating" && question.kind === "rating" && summary.average !== null) {
    const description = words.average(summary.average, summary.deviation ?? 0);
    const marks = answers.flatMap(({ referenceId, answer }) => {
      const letter = people.find(({ reference }) => reference.id === referenceId)?.letter;
      return letter && answer.kind === "rating" ? [{ letter, score: answer.score }] : [];
    });
    const told = { id, title: question.prompt, description };
    return (
      wide(scalePicture(told, question.scale, marks, summary.average)) + el("p", { class: "soft" }, text(description))
    );
  }
  if (summary.kind !== "choice" || question.kind !== "choice") return "";
  const counts = question.options.flatMap(({ key, label }) => {
    const count = summary.counts.find((option) => option.key === key)?.count ?? 0;
    return count === 0 ? [] : [el("li", {}, own(label), text(`: ${words.outOf(count, answers.length)}`))];
  });
  return el("ul", {}, ...counts);
}

function answerOf(telling: Telling, question: ShownQuestion, answer: QuestionAnswer): string {
  return el("div", { class: answer.kind === "text" ? "words" : undefined }, own(toldAnswer(telling, question, answer)));
}

function answersOf(telling: Telling, report: RefcheckReport, people: readonly Lettered[]): string {
  const { words } = telling;
  if (people.every(({ letter }) => letter === null)) return el("p", {}, text(words.nobodyYet));
  return report.questions
    .map((one, nth) => {
      const { question, answers } = one;
      const items = people.flatMap(({ letter, reference }) => {
        const given = answers.find(({ referenceId }) => referenceId === reference.id);
        return given && letter ? [el("li", {}, keyOf(letter), answerOf(telling, question, given.answer))] : [];
      });
      return el(
        "section",
        {},
        el("h3", { lang: report.language }, own(question.prompt)),
        ...(items.length === 0
          ? [el("p", { class: "soft" }, text(words.nobodyAnswered))]
          : [comesTo(telling, one, `question-${nth}`, people), el("ul", { class: "answers" }, ...items)]),
      );
    })
    .join("");
}

function consentOf({ words, at }: Telling, { consent }: RefcheckReport): string {
  if (consent === null) return el("p", {}, text(words.noConsent));
  const given = words.consentGiven(at(consent.consentedAt), consent.version);
  return el("p", {}, text(given)) + el("blockquote", {}, own(consent.text));
}

export function reportPage(report: RefcheckReport): string {
  const telling = tellingOf(report);
  const { words, at } = telling;
  const people = lettered(report);
  const title = words.title(`${report.candidate.firstName} ${report.candidate.lastName}`);
  const section = (heading: string, body: string) => el("section", {}, el("h2", {}, text(heading)), body);
  const main = el(
    "main",
    {},
    el("h1", {}, own(title)),
    el("p", { class: "soft" }, own(words.subtitle(report.roleTitle, report.teamName, report.organizationName))),
    section(words.glance, glance(telling, report)),
    ...(report.signals ? [section(words.signals, signalsOf(telling, report.signals))] : []),
    section(words.asked, peopleOf(telling, people)),
    section(words.period, periodsOf(telling, report, people)),
    el("div", {}, el("h2", {}, text(words.answers)), answersOf(telling, report, people)),
    section(words.consent, consentOf(telling, report)),
    el("footer", {}, text(`${words.made(at(report.madeAt))} · ${report.refcheckId}`)),
  );
  const head = el(
    "head",
    {},
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex">',
    el("title", {}, text(title)),
    `<style>${style}</style>`,
  );
  return `<!doctype html>${el("html", { lang: words.language }, head, el("body", {}, main))}\n`;
}
