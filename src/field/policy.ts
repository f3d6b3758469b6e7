// Custom fields: who keeps them, which types there are, and which values fit one. Pure.
import { folded } from "../kernel/fold.ts";
import type { FieldId } from "../kernel/ids.ts";
import type { Access } from "../kernel/scope.ts";

export const fieldPolicy = { list: "hiring_manager", change: "admin" } as const satisfies Record<string, Access>;

/** Lower-case letters, digits and underscores, from a letter. */
export const keyShape = /^[a-z][a-z0-9_]{0,39}$/;

/** `choice` is one of its choices, `choices` any number of them. */
export const fieldTypes = ["text", "number", "boolean", "date", "choice", "choices", "url"] as const;
export type FieldType = (typeof fieldTypes)[number];

/** Of one organization: those that are not archived, and all there ever were. */
export const fieldsMax = 50;
export const everMax = 200;
export const choicesMax = 100;
export const textMax = 500;
export const urlMax = 2_000;

export const takesChoices = (type: FieldType): boolean => type === "choice" || type === "choices";

/** What candidates keep is the `value`: its name can change. */
export type Choice = { readonly value: string; readonly name: string };

export type FieldValue = string | number | boolean | string[];
/** Null clears. */
export type GivenValues = Readonly<Record<string, FieldValue | null>>;

export type FieldRules = {
  readonly id: FieldId;
  readonly key: string;
  readonly type: FieldType;
  readonly isRequired: boolean;
  readonly choices: readonly Choice[];
  readonly version: number;
  readonly archivedAt: Date | null;
};

export const problems = ["unknown", "archived", "missing", "type", "length", "choice"] as const;
export type Problem = (typeof problems)[number];

const day = /^\d{4}-\d{2}-\d{2}$/;

/** A day that the calendar has. */
function isDay(value: string): boolean {
  const at = new Date(`${value}T00:00:00.000Z`);
  return day.test(value) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}

const isWeb = (value: string): boolean => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/** What is wrong with a value; null where it fits. */
export function problemOf({ type, choices }: FieldRules, value: FieldValue): Problem | null {
  const isChoice = (one: string) => choices.some((choice) => choice.value === one);
  switch (type) {
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? null : "type";
    case "boolean":
      return typeof value === "boolean" ? null : "type";
    case "choices":
      if (!Array.isArray(value)) return "type";
      return value.every(isChoice) ? null : "choice";
  }
  if (typeof value !== "string") return "type";
  switch (type) {
    case "text":
      return value.length <= textMax ? null : "length";
    case "date":
      return isDay(value) ? null : "type";
    case "url":
      return isWeb(value) ? null : "type";
    case "choice":
      return isChoice(value) ? null : "choice";
  }
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Once each, in the order of the field's own choices; nothing chosen is nothing said. */
function tidied({ type, choices }: FieldRules, value: FieldValue): FieldValue | null {
  if (type !== "choices" || !Array.isArray(value)) return value;
  const chosen = choices.flatMap((choice) => (value.includes(choice.value) ? [choice.value] : []));
  return chosen.length > 0 ? chosen : null;
}

/** What is written of a field: null where it is cleared. */
export type Change = { readonly field: FieldRules; readonly value: FieldValue | null };
export type Changes =
  | readonly Change[]
  | { readonly key: string; readonly problem: Problem; readonly type?: FieldRules["type"] };

/**
 * What becomes of the values that were given. One they have already is no change, whatever became of the field; an archived one can still
 * be cleared, a required one not. `isNew` asks for those that are required and were not given.
 */
export function changesOf(
  fields: readonly FieldRules[],
  given: GivenValues,
  has: Readonly<Record<string, FieldValue>>,
  isNew: boolean,
): Changes {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const had = new Map(Object.entries(has));
  const changes: Change[] = [];
  for (const [key, value] of Object.entries(given)) {
    const field = byKey.get(key);
    if (!field) return { key, problem: "unknown" };
    if (value !== null && isSame(value, had.get(key))) continue;
    const next = value === null ? null : tidied(field, value);
    if (value !== null) {
      const problem = field.archivedAt ? "archived" : problemOf(field, value);
      if (problem) return { key, problem, type: field.type };
    }
    if (next === null && field.isRequired && !field.archivedAt) return { key, problem: "missing" };
    changes.push({ field, value: next });
  }
  const told = new Set(Object.keys(given));
  const missing = fields.find(({ key, isRequired, archivedAt }) => isRequired && !archivedAt && !told.has(key));
  return isNew && missing ? { key: missing.key, problem: "missing" } : changes;
}

/** Of somebody who had none. */
export function valuesIn(changes: readonly Change[]): Record<string, FieldValue> {
  return Object.fromEntries(changes.flatMap(({ field, value }) => (value === null ? [] : [[field.key, value]])));
}

/** A value as it is looked for: one entry, or one a choice. */
export function soughtFor(value: FieldValue): { readonly text: string | null; readonly number: number | null }[] {
  if (typeof value === "string") return [{ text: folded(value), number: null }];
  if (typeof value === "object") return value.map((one) => ({ text: folded(one), number: null }));
  return [{ text: null, number: Number(value) }];
}

type Asked =
  | { readonly equals: string | number | boolean }
  | { readonly from?: string | number | undefined; readonly to?: string | number | undefined };

/** Whether candidates can be looked for that way: by what a field of this type holds, and from and to where that has an order. */
export function asksRightly(type: FieldType, asked: Asked): boolean {
  if ("equals" in asked) {
    const kind = type === "number" || type === "boolean" ? type : "string";
    return typeof asked.equals === kind;
  }
  const kind = { number: "number", date: "string" }[type as string];
  return [asked.from, asked.to].every((end) => end === undefined || typeof end === kind);
}
