// Custom fields as columns: what they are called, and how a cell of each type is read and written. What is written here is read as what it was.
// Pure.
import {
  type Change,
  type Choice,
  changesOf,
  type FieldRules,
  type FieldType,
  type FieldValue,
  type Problem,
  problemOf,
  takesChoices,
  textMax,
  urlMax,
} from "../field/policy.ts";
import { folded } from "../kernel/fold.ts";
import { line } from "../kernel/shapes.ts";
import { dayOf, readList, type Told, textAs, writeList } from "./values.ts";
import type { CellProblem, CustomField } from "./words.ts";

/** A field as a column: its name can change, its key cannot. */
export type NamedField = FieldRules & { readonly name: string };

export const customFieldOf = (key: string): CustomField => `customFields.${key}`;

/** By what mappings call them. */
export type CustomFields = ReadonlyMap<string, FieldRules>;
export const byColumn = (fields: readonly FieldRules[]): CustomFields =>
  new Map(fields.map((field) => [customFieldOf(field.key), field]));

/** As its column is called where we write it. No other column's name has a colon in it. */
export const customTitle = (key: string) => `field: ${key}`;
const titled = /^field\s*:\s*(.*)$/i;
/** Which field a column says that it is, whether there is such a one or not; null of a column that says nothing of the kind. */
export const keyInTitle = (name: string): string | null => titled.exec(name)?.[1]?.toLowerCase() ?? null;

/** What a cell of the type is not. */
const unfit = {
  text: "not_text",
  number: "not_a_number",
  boolean: "not_a_yes_or_no",
  date: "not_a_date",
  choice: "not_a_choice",
  choices: "not_a_choice",
  url: "not_a_web_address",
} as const satisfies Record<FieldType, CellProblem>;

const decimal = /^[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i;
/** `1,234`: to some a thousand, to others one and a bit. It is not guessed at. */
const ambiguous = /^[+-]?[1-9]\d{0,2},\d{3}$/;

function readNumber(cell: string): Told<number> {
  const value = decimal.test(cell) && !ambiguous.test(cell) ? Number(cell.replace(",", ".")) : Number.NaN;
  return Number.isFinite(value) ? { value } : { problem: unfit.number };
}

const yesAndNo: ReadonlyMap<string, boolean> = new Map([
  ...(["true", "yes", "1"] as const).map((word) => [word, true] as const),
  ...(["false", "no", "0"] as const).map((word) => [word, false] as const),
]);

function readYesOrNo(cell: string): Told<boolean> {
  const value = yesAndNo.get(cell.toLowerCase());
  return value === undefined ? { problem: unfit.boolean } : { value };
}

const readText = textAs(line(textMax), textMax);
const readUrl = textAs(line(urlMax), urlMax);

/** As it stands there: whether the field takes it from somebody, `customChange` says. */
export function readCustom(field: FieldRules, cell: string): Told<FieldValue> {
  const told = readAs(field.type, cell);
  if ("problem" in told || takesChoices(field.type)) return told;
  const problem = problemOf(field, told.value);
  return problem === null ? told : { problem: problemIn(field.type, problem) };
}

function readAs(type: FieldType, cell: string): Told<FieldValue> {
  switch (type) {
    case "number":
      return readNumber(cell);
    case "boolean":
      return readYesOrNo(cell);
    case "choices": {
      const value = readList(cell);
      return value === null ? { problem: unfit.choices } : { value };
    }
    case "date":
      return { value: dayOf(cell) };
    case "url":
      return readUrl(cell);
    case "text":
    case "choice":
      return readText(cell);
  }
}

export function writeCustom(value: FieldValue): string {
  return typeof value === "object" ? writeList(value) : String(value);
}

/** By its value, else by what it is called, if only one is. */
function choiceMeant(choices: readonly Choice[], text: string): string {
  if (choices.some(({ value }) => value === text)) return text;
  const called = folded(text);
  const [one, ...others] = choices.filter(({ value, name }) => [value, name].map(folded).includes(called));
  return one && others.length === 0 ? one.value : text;
}

function meant({ choices }: FieldRules, value: FieldValue): FieldValue {
  if (choices.length === 0) return value;
  if (typeof value === "string") return choiceMeant(choices, value);
  return typeof value === "object" ? value.map((one) => choiceMeant(choices, one)) : value;
}

function problemIn(type: FieldType, problem: Problem): CellProblem {
  switch (problem) {
    case "unknown":
    case "archived":
      return "field_archived";
    case "length":
      return "too_long";
    case "missing":
    case "type":
    case "choice":
      return unfit[type];
  }
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * What comes of a cell for somebody who has these values; null where they have it already, which is no change whatever became of the field and
 * its choices.
 */
export function customChange(
  field: FieldRules,
  value: FieldValue,
  has: Readonly<Record<string, FieldValue>>,
): Told<Change | null> {
  const { key } = field;
  const had = Object.hasOwn(has, key) ? has[key] : undefined;
  if (isSame(value, had)) return { value: null };
  const changes = changesOf([field], { [key]: meant(field, value) }, {}, false);
  if ("problem" in changes) return { problem: problemIn(field.type, changes.problem) };
  const [change = null] = changes;
  return { value: change && isSame(change.value, had) ? null : change };
}
