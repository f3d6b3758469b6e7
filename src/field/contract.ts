// Field: what an organization keeps of its candidates besides what everybody does, each of a type (applicant-tracking). Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { line } from "../kernel/shapes.ts";
import { choicesMax, everMax, fieldsMax, fieldTypes, keyShape, takesChoices, urlMax } from "./policy.ts";

const keyCharsMax = 40;
export const FieldKey = z
  .string()
  .check(
    z.maxLength(keyCharsMax),
    z.regex(keyShape, "must be lower-case letters, digits and underscores, from a letter"),
  );

const Name = line(100);
const choiceValueMax = 60;
const ChoiceIn = z.object({ value: line(choiceValueMax), name: line(100) });
const ChoicesIn = z.array(ChoiceIn).check(
  z.maxLength(choicesMax),
  z.refine((choices) => new Set(choices.map(({ value }) => value)).size === choices.length, "must not repeat a value"),
);

/** As it is given: which type it must be, its field says. */
export const FieldValueIn = z.union([
  line(urlMax),
  z.number(),
  z.boolean(),
  z.array(line(choiceValueMax)).check(z.maxLength(choicesMax)),
]);

/** By the keys of their fields; null clears. */
export const FieldValuesIn = z
  .record(FieldKey, z.nullable(FieldValueIn))
  .check(z.refine((values) => Object.keys(values).length <= fieldsMax, `must be at most ${fieldsMax}`));

export const FieldValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));

export const Field = z.object({
  id: idOf("fld"),
  key: z.string(),
  name: z.string(),
  type: z.enum(fieldTypes),
  /** Asked for where a candidate is entered; who was there before, or comes another way, may have none. */
  isRequired: z.boolean(),
  /** Of `choice` and `choices`: what can be given now. Who was given another before keeps it. */
  choices: z.array(z.readonly(z.object({ value: z.string(), name: z.string() }))),
  version: z.number(),
  createdAt: z.date(),
  /** Archived: its values can be read, looked for and cleared, and no new ones are given. */
  archivedAt: z.nullable(z.date()),
});
export type Field = z.infer<typeof Field>;

/** In their order, those that are archived among them. */
export const Fields = z.object({ fields: z.array(Field) });
export type Fields = z.infer<typeof Fields>;

export const CreateField = z
  .object({
    /** Values leave the API under it, and what is called like these two comes back to life nowhere. */
    key: FieldKey.check(z.refine((key) => key !== "constructor" && key !== "prototype", "must be another")),
    name: Name,
    type: z.enum(fieldTypes),
    isRequired: z._default(z.boolean(), false),
    choices: z._default(ChoicesIn, []),
  })
  .check(
    z.refine(({ type, choices }) => takesChoices(type) === choices.length > 0, {
      path: ["choices"],
      message: "must be given for the types that have choices, and for no other",
    }),
  );
export type CreateField = z.infer<typeof CreateField>;

export const FieldIn = z.object({ fieldId: idOf("fld") });
export type FieldIn = z.infer<typeof FieldIn>;

/** Changes what is given and leaves the rest. Key and type stay: values are kept by them. */
export const EditField = z.extend(FieldIn, {
  name: z.optional(Name),
  isRequired: z.optional(z.boolean()),
  /** All there shall be from now on. */
  choices: z.optional(ChoicesIn.check(z.minLength(1))),
});
export type EditField = z.infer<typeof EditField>;

export const SetFieldOrder = z.object({
  /** Every field that is not archived, once. */
  fieldIds: z.array(idOf("fld")).check(
    z.minLength(1),
    z.maxLength(everMax),
    z.refine((ids) => new Set(ids).size === ids.length, "must not name a field twice"),
  ),
});
export type SetFieldOrder = z.infer<typeof SetFieldOrder>;
