// Uploads: a table that somebody sends, to be imported. Pure.
import * as z from "zod/mini";
import { fields, subjects } from "../csv/words.ts";
import { keyShape } from "../field/policy.ts";
import { idOf } from "../kernel/ids.ts";
import { line } from "../kernel/shapes.ts";
import { nameCharsMax, uploadStatuses } from "./policy.ts";

export const BeginUpload = z.object({
  /** Whom the table tells of. */
  subject: z.enum(subjects),
  /** What whoever sends it calls the file. */
  name: line(nameCharsMax),
});
export type BeginUpload = z.infer<typeof BeginUpload>;

export const UploadIn = z.object({ uploadId: idOf("upl") });
export type UploadIn = z.infer<typeof UploadIn>;

/** What a column can be taken for: of candidates a custom field as well, as `customFields.{key}`. */
export const ColumnField = z.union([
  z.enum(fields),
  z.templateLiteral(["customFields.", z.string().check(z.regex(keyShape))]),
]);

/** A column of the table, and what it is taken for; null: it is not imported. */
export const TableColumn = z.object({ name: z.string(), field: z.nullable(ColumnField) });

/**
 * A CSV file in UTF-8, with a head, its cells divided by commas, semicolons or tabs, is sent whole by `PUT {uploadUrl}`, its length said, and as often
 * as it takes until an import of it has begun: the last counts.
 */
export const Upload = z.extend(UploadIn, {
  subject: z.enum(subjects),
  name: z.string(),
  status: z.enum(uploadStatuses),
  bytes: z.number(),
  /** Without the head, and without those that are empty. */
  rows: z.number(),
  /** As they are called, with what they would be taken for. */
  columns: z.array(TableColumn),
  bytesMax: z.number(),
  rowsMax: z.number(),
  /** Whoever has it may send the file, while the one who was given it is signed in. */
  uploadUrl: z.string(),
  uploadUntil: z.date(),
  createdAt: z.date(),
});
export type Upload = z.infer<typeof Upload>;
