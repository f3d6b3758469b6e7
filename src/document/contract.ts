// Document: a file about a candidate, such as their CV, letters and certificates (the applicant record, documents). Pure.
import * as z from "zod/mini";
import { CandidateIn } from "../candidate/contract.ts";
import { fileBytesMax, fileTypes } from "../kernel/files.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { CallersKey, line } from "../kernel/shapes.ts";
import { documentKinds, scans } from "./policy.ts";

const FileName = line(200);
const DocumentLabel = line(200);
const FileType = z.enum(fileTypes);
const DocumentKind = z.enum(documentKinds);

/** One that has come. */
export const Document = z.object({
  id: idOf("doc"),
  candidateId: idOf("cnd"),
  /** Safe to be kept under anywhere; ends in what its type ends in. */
  fileName: z.string(),
  type: FileType,
  mediaType: z.string(),
  bytes: z.number(),
  kind: DocumentKind,
  label: z.nullable(z.string()),
  /** `unscanned`: nobody has looked through it yet, or nobody is set up to. An `infected` one has no bytes any more. */
  scan: z.enum(scans),
  /** What the scanner calls what it found. */
  threat: z.nullable(z.string()),
  /** Who announced it. */
  addedBy: idOf("mem"),
  createdAt: z.date(),
});
export type Document = z.infer<typeof Document>;

/** `type`: what it is; else what its name says. `bytes`: exactly how long it is, at most what its type may have. */
export const AnnounceDocument = z.extend(CandidateIn, {
  fileName: FileName,
  type: z.optional(FileType),
  bytes: z.int().check(z.minimum(1), z.maximum(fileBytesMax)),
  kind: z._default(DocumentKind, "other"),
  label: z._default(z.nullable(DocumentLabel), null),
  requestKey: z.optional(CallersKey),
});
export type AnnounceDocument = z.infer<typeof AnnounceDocument>;

/**
 * It is sent by `PUT {uploadUrl}`, its length said. The address is as good as a password until `uploadUntil`, or until the session that asked
 * for it ends, and takes one document once.
 */
export const AnnouncedDocument = z.object({
  documentId: idOf("doc"),
  candidateId: idOf("cnd"),
  type: FileType,
  bytes: z.number(),
  /** An earlier call with the same key has announced it, and it has come. */
  hasArrived: z.boolean(),
  uploadUrl: z.string(),
  uploadUntil: z.date(),
});
export type AnnouncedDocument = z.infer<typeof AnnouncedDocument>;

export const DocumentIn = z.object({ documentId: idOf("doc") });
export type DocumentIn = z.infer<typeof DocumentIn>;

/** Changes what is given and leaves the rest. */
export const EditDocument = z.extend(DocumentIn, {
  fileName: z.optional(FileName),
  kind: z.optional(DocumentKind),
  label: z.optional(z.nullable(DocumentLabel)),
});
export type EditDocument = z.infer<typeof EditDocument>;

export const ListDocuments = z.extend(PageIn, CandidateIn.shape);
export type ListDocuments = z.infer<typeof ListDocuments>;

export const DocumentPage = pageOf(Document);

/** It answers GET and HEAD with ranges, for as long as the session that asked lives and until `until`. */
export const DocumentLink = z.object({ documentId: idOf("doc"), url: z.string(), until: z.date() });
export type DocumentLink = z.infer<typeof DocumentLink>;

/** What answers `PUT`. */
export const DocumentTaken = z.object({ documentId: idOf("doc"), bytes: z.number() });
export type DocumentTaken = z.infer<typeof DocumentTaken>;
