// Imports of candidates and of contacts from a table: rehearsed, done, and what became of each row. Pure.
import * as z from "zod/mini";
import { subjects } from "../csv/words.ts";
import type { Reason } from "../kernel/errors.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { line } from "../kernel/shapes.ts";
import { ColumnField, TableColumn, UploadIn } from "../upload/contract.ts";
import { columnsMax, nameCharsMax } from "../upload/policy.ts";
import { importStatuses, knownByWays, onKnownWays, rowOutcomes, rowProblems } from "./policy.ts";

/**
 * Columns that are not named here are taken for what `import.showUpload` says. `onKnown`: whom the organization knows already is skipped, or
 * given what the row tells; an empty cell takes nothing away.
 */
export const StartImport = z.extend(UploadIn, {
  columns: z._default(
    z.array(z.object({ name: line(nameCharsMax), field: z.nullable(ColumnField) })).check(z.maxLength(columnsMax)),
    [],
  ),
  onKnown: z._default(z.enum(onKnownWays), "skip"),
});
export type StartImport = z.infer<typeof StartImport>;

export const ImportIn = z.object({ importId: idOf("imp") });
export type ImportIn = z.infer<typeof ImportIn>;

const count = z.number();

export const Import = z.extend(ImportIn, {
  uploadId: idOf("upl"),
  subject: z.enum(subjects),
  /** What whoever sent the file calls it. */
  name: z.string(),
  /** Nothing is written: it tells what an import would come to. */
  isRehearsal: z.boolean(),
  startedBy: idOf("mem"),
  columns: z.array(TableColumn),
  onKnown: z.enum(onKnownWays),
  status: z.enum(importStatuses),
  /** Of one that was canceled: `not_allowed` when whoever started it may not any more; null when a member canceled it. */
  endedWhy: z.nullable(z.custom<Reason>()),
  /** How many there are, and how many have been seen to. */
  rows: count,
  rowsDone: count,
  created: count,
  updated: count,
  /** Known, and already as the row tells. */
  unchanged: count,
  /** Known, and left as they are. */
  skipped: count,
  /** An earlier row tells of the same. */
  repeated: count,
  invalid: count,
  createdAt: z.date(),
  endedAt: z.nullable(z.date()),
});
export type Import = z.infer<typeof Import>;

export const ListImports = PageIn;
export const ImportPage = pageOf(Import);

export const ListImportRows = z.extend(PageIn, { ...ImportIn.shape, outcome: z.optional(z.enum(rowOutcomes)) });
export type ListImportRows = z.infer<typeof ListImportRows>;

/** What became of a row, or would have. What stands in it is not repeated. */
export const ImportRow = z.object({
  /** As spreadsheets number it: the first row of the file is 1. */
  row: z.number(),
  outcome: z.enum(rowOutcomes),
  /** Who was made or changed, or was known; null with `created` in a rehearsal. */
  candidateId: z.nullable(idOf("cnd")),
  contactId: z.nullable(idOf("con")),
  knownBy: z.nullable(z.enum(knownByWays)),
  earlierRow: z.nullable(z.number()),
  /** Of `invalid`. Without a field it is the row's own. */
  problems: z.array(z.object({ field: z.nullable(ColumnField), problem: z.enum(rowProblems) })),
});
export type ImportRow = z.infer<typeof ImportRow>;
export const ImportRowPage = pageOf(ImportRow);

/** A table of the rows of which nothing came, as they were sent, and why: to be mended and sent again. */
export const LeftOutFile = z.extend(ImportIn, {
  /** Whoever has it may fetch the file, while the one who was given it is signed in. */
  url: z.string(),
  until: z.date(),
});
export type LeftOutFile = z.infer<typeof LeftOutFile>;
