// Questionnaire: what a reference is asked, in one language or in several, and the answers there are (reference-checks). Pure.
import * as z from "zod/mini";
import { Month } from "../kernel/months.ts";
import { Language, line, prose } from "../kernel/shapes.ts";
import { textLengths } from "./policy.ts";

const questionsMax = 60;
const optionsMax = 30;
const scaleMax = 11;

/** The author's own name for a question or an option: it stays what it is through revisions, languages and reports. */
const Key = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9_]{0,39}$/, "must be lower-case letters, digits and underscores"));

/** The same text by language. Every text of a questionnaire is there in each of its languages. */
const texts = (max: number) => z.partialRecord(Language, line(max));
const Texts = z.partialRecord(Language, z.string());
export type Texts = z.infer<typeof Texts>;

export const rehireVerdicts = ["yes", "with_reservations", "no"] as const;

const keysOf = (max: number) => z.array(Key).check(z.minLength(1), z.maxLength(max));

/** What an earlier answer must be for a question to be asked. `answered`: whatever it is. */
const Match = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("rating"),
    from: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(scaleMax)), 1),
    to: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(scaleMax)), scaleMax),
  }),
  z.object({ kind: z.literal("yes_no"), yes: z.boolean() }),
  z.object({ kind: z.literal("choice"), anyOf: keysOf(optionsMax) }),
  z.object({
    kind: z.literal("rehire"),
    anyOf: z.array(z.enum(rehireVerdicts)).check(z.minLength(1), z.maxLength(rehireVerdicts.length)),
  }),
  z.object({ kind: z.literal("answered") }),
]);
export type Match = z.infer<typeof Match>;

const ShowIf = z.object({ key: Key, matches: Match });

const common = {
  key: Key,
  prompt: texts(500),
  help: z._default(z.nullable(texts(1_000)), null),
  isRequired: z._default(z.boolean(), true),
  /** Asked only if an earlier question was asked and answered like this. */
  showIf: z._default(z.nullable(ShowIf), null),
};

const OptionIn = z.object({ key: Key, label: texts(200) });

export const Question = z.discriminatedUnion("kind", [
  /** From 1 up, one label for each point of the scale, the best last. */
  z.object({
    ...common,
    kind: z.literal("rating"),
    scale: z.array(texts(100)).check(z.minLength(2), z.maxLength(scaleMax)),
  }),
  z.object({ ...common, kind: z.literal("yes_no") }),
  z.object({
    ...common,
    kind: z.literal("choice"),
    options: z.array(OptionIn).check(z.minLength(2), z.maxLength(optionsMax)),
    multiple: z._default(z.boolean(), false),
  }),
  z.object({ ...common, kind: z.literal("text"), length: z._default(z.enum(["short", "long"]), "long") }),
  /** From when to when they worked together. */
  z.object({ ...common, kind: z.literal("date_range") }),
  /** Would they work with this person again. */
  z.object({ ...common, kind: z.literal("rehire") }),
]);
export type Question = z.infer<typeof Question>;

/** The first language is the one for readers of any other. */
const Languages = z.array(Language).check(
  z.minLength(1),
  z.maxLength(Language.options.length),
  z.refine((languages) => new Set(languages).size === languages.length, "must differ"),
);

type Fault = { readonly path: readonly (string | number)[]; readonly message: string };

function* textsOf(question: Question): Generator<readonly [path: readonly (string | number)[], texts: Texts]> {
  yield [["prompt"], question.prompt];
  if (question.help !== null) yield [["help"], question.help];
  if (question.kind === "rating") for (const [nth, label] of question.scale.entries()) yield [["scale", nth], label];
  if (question.kind !== "choice") return;
  for (const [nth, { label }] of question.options.entries()) yield [["options", nth, "label"], label];
}

function conditionFault(matches: Match, earlier: Question): string | null {
  if (matches.kind === "answered") return null;
  if (matches.kind !== earlier.kind) return `must match a ${earlier.kind} question`;
  if (matches.kind === "rating" && earlier.kind === "rating") {
    return matches.from <= Math.min(matches.to, earlier.scale.length) ? null : "must be on the scale";
  }
  if (matches.kind !== "choice" || earlier.kind !== "choice") return null;
  const known = new Set(earlier.options.map(({ key }) => key));
  return matches.anyOf.every((key) => known.has(key)) ? null : "must be among the options";
}

/** What the shapes alone do not say: keys that differ, nothing left untranslated, conditions on what was asked before. */
function* faultsIn(languages: readonly Language[], questions: readonly Question[]): Generator<Fault> {
  const earlier = new Map<string, Question>();
  for (const [nth, question] of questions.entries()) {
    const at = ["questions", nth] as const;
    for (const [path, told] of textsOf(question)) {
      const isWhole = languages.every((language) => told[language] !== undefined);
      if (!isWhole || Object.keys(told).length !== languages.length) {
        yield { path: [...at, ...path], message: "must be there in each language, and in no other" };
      }
    }
    if (question.kind === "choice" && new Set(question.options.map(({ key }) => key)).size < question.options.length) {
      yield { path: [...at, "options"], message: "must have keys that differ" };
    }
    if (earlier.has(question.key)) yield { path: [...at, "key"], message: "must differ from the keys before" };
    if (question.showIf !== null) {
      const before = earlier.get(question.showIf.key);
      const fault = before ? conditionFault(question.showIf.matches, before) : "must be the key of an earlier question";
      if (fault !== null) yield { path: [...at, "showIf"], message: fault };
    }
    earlier.set(question.key, question);
  }
}

export const Questionnaire = z
  .object({ languages: Languages, questions: z.array(Question).check(z.minLength(1), z.maxLength(questionsMax)) })
  .check(
    z.superRefine(({ languages, questions }, context) => {
      for (const { path, message } of faultsIn(languages, questions)) {
        context.addIssue({ code: "custom", path: [...path], message });
      }
    }),
  );
export type Questionnaire = z.infer<typeof Questionnaire>;

/** A question in one language, as its reader sees it. */
const shownCommon = {
  key: z.string(),
  prompt: z.string(),
  help: z.nullable(z.string()),
  isRequired: z.boolean(),
  showIf: z.nullable(z.object({ key: z.string(), matches: Match })),
};
export const ShownQuestion = z.discriminatedUnion("kind", [
  z.object({ ...shownCommon, kind: z.literal("rating"), scale: z.array(z.string()) }),
  z.object({ ...shownCommon, kind: z.literal("yes_no") }),
  z.object({
    ...shownCommon,
    kind: z.literal("choice"),
    options: z.array(z.object({ key: z.string(), label: z.string() })),
    multiple: z.boolean(),
  }),
  z.object({ ...shownCommon, kind: z.literal("text"), length: z.enum(["short", "long"]) }),
  z.object({ ...shownCommon, kind: z.literal("date_range") }),
  z.object({ ...shownCommon, kind: z.literal("rehire") }),
]);
export type ShownQuestion = z.infer<typeof ShownQuestion>;

/** What is given to one question. Of a period that is not over `to` is null. */
export const QuestionAnswer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rating"), score: z.number().check(z.int(), z.minimum(1), z.maximum(scaleMax)) }),
  z.object({ kind: z.literal("yes_no"), yes: z.boolean() }),
  z.object({ kind: z.literal("choice"), optionKeys: keysOf(optionsMax) }),
  z.object({ kind: z.literal("text"), text: prose(textLengths.long) }),
  z.object({ kind: z.literal("date_range"), from: Month, to: z.nullable(Month) }),
  z.object({ kind: z.literal("rehire"), verdict: z.enum(rehireVerdicts) }),
]);
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;
