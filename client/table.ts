import type { Anteroom, RouterInputs, RouterOutputs } from "./anteroom.ts";
import { BytesRefused, type PutFacts, type PutOptions, putBytes } from "./put.ts";

export type Upload = RouterOutputs["import"]["showUpload"];
export type Import = RouterOutputs["import"]["get"];

/** A CSV file, and whom it tells of. */
export type Table = RouterInputs["import"]["beginUpload"] & { readonly file: Blob };

/** The API understood the file and said no: `unreadable_table` has `why` and `row` in its facts. */
export class UploadRefused extends BytesRefused {
  override readonly name = "UploadRefused";

  constructor(status: number, reason: string, facts: PutFacts) {
    super("The file", status, reason, facts);
  }
}

/**
 * Sends a table to be imported, and answers with what it holds: how many rows, and what its columns would be taken for. `import.rehearse` and
 * `import.start` come next. Rejects with `UploadRefused`, with what `fetch` says when it does not arrive, and like `import.beginUpload`.
 */
export async function sendTable(
  anteroom: Anteroom,
  { file, ...table }: Table,
  options: PutOptions = {},
): Promise<Upload> {
  const told = options.signal && { signal: options.signal };
  const { uploadId, uploadUrl } = await anteroom.import.beginUpload.mutate(table, told);
  await putBytes(uploadUrl, file, options, (status, reason, facts) => new UploadRefused(status, reason, facts));
  return anteroom.import.showUpload.query({ uploadId }, told);
}
