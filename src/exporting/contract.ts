// Candidates and contacts as a table, under the very names that an import takes. Pure.
import * as z from "zod/mini";
import { ListContacts } from "../contact/contract.ts";
import { delimiters } from "../csv/cell.ts";
import { ListCandidates } from "../record/contract.ts";

const written = {
  /** Spreadsheets take UTF-8 for something else without it. */
  byteOrderMark: z._default(z.boolean(), true),
  /** What divides the cells: where decimals have a comma, spreadsheets want the semicolon. */
  delimiter: z._default(z.enum(delimiters), ","),
};

/** By the filters of `candidate.list`. */
export const ExportCandidates = z.extend(z.omit(ListCandidates, { cursor: true, size: true, include: true }), written);
export type ExportCandidates = z.infer<typeof ExportCandidates>;

/** By the filters of `contact.list`. */
export const ExportContacts = z.extend(z.omit(ListContacts, { cursor: true, size: true, sort: true }), written);
export type ExportContacts = z.infer<typeof ExportContacts>;

export const ExportFile = z.object({
  /** Whoever has it may fetch the file, while the one who was given it is signed in. */
  url: z.string(),
  until: z.date(),
});
export type ExportFile = z.infer<typeof ExportFile>;
