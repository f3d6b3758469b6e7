// Hrana over HTTP (https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md): one batch, one request.
// Encodes and decodes; knows nothing about time, retries or meaning. Pure.

export type Value = null | string | number | bigint | boolean | Date | Uint8Array;
export type Cell = null | string | number | Uint8Array;
export type RawStatement = { readonly sql: string; readonly args: readonly Value[] };
export type RawResult = { readonly rows: readonly (readonly Cell[])[]; readonly changes: number };

/**
 * A batch stops at the first step that fails; `failedAt` is that step's index among the statements sent. `neverBegan`: the
 * transaction found the database taken by others, so nothing of it has happened and it may be sent again as it is.
 */
export type BatchOutcome =
  | { readonly ok: true; readonly results: readonly RawResult[] }
  | {
      readonly ok: false;
      readonly failedAt: number | null;
      readonly neverBegan: boolean;
      readonly message: string;
      readonly code: string;
    };

/** The code of an error that came without one. */
const unnamed = "UNNAMED";

export type BatchMode = "read" | "write";

const begin = { read: "BEGIN TRANSACTION READONLY", write: "BEGIN IMMEDIATE" } as const;

function encodeValue(value: Value): object {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "boolean") return { type: "integer", value: value ? "1" : "0" };
  if (typeof value === "bigint") return { type: "integer", value: value.toString() };
  if (value instanceof Date) return { type: "integer", value: value.getTime().toString() };
  if (value instanceof Uint8Array) return { type: "blob", base64: Buffer.from(value).toString("base64") };
  return Number.isSafeInteger(value) ? { type: "integer", value: value.toString() } : { type: "float", value };
}

type WireCell =
  | { type: "null" }
  | { type: "text"; value: string }
  | { type: "integer"; value: string }
  | { type: "float"; value: number }
  | { type: "blob"; base64: string };

function decodeCell(cell: WireCell): Cell {
  switch (cell.type) {
    case "null":
      return null;
    case "integer": {
      const value = Number(cell.value);
      if (!Number.isSafeInteger(value)) throw new RangeError("an integer over 2^53 came out of the database");
      return value;
    }
    case "blob":
      return Buffer.from(cell.base64, "base64");
    default:
      return cell.value;
  }
}

type WireResult = { rows: WireCell[][]; affected_row_count: number };
type WireError = { message: string; code?: string | null };
export type WireAnswer = {
  /** What the stream is named by from now on; null when it is closed. */
  baton?: string | null;
  /** Where it is asked from now on, if elsewhere. */
  base_url?: string | null;
  results: (
    | {
        type: "ok";
        response: { type: string; result?: { step_results: (WireResult | null)[]; step_errors: (WireError | null)[] } };
      }
    | { type: "error"; error: WireError }
  )[];
};

/** Which stream a batch runs on, a new one where it has no baton, and whether that may be left open. By itself a batch has one that ends with it. */
export type OnStream = { readonly baton: string | null; readonly stays: boolean };
export const onItsOwn: OnStream = { baton: null, stays: false };

/** BEGIN, the statements each only if the one before went well, COMMIT, and ROLLBACK if it did not come to that. */
export function encodeBatch(statements: readonly RawStatement[], mode: BatchMode, stream = onItsOwn): string {
  const steps: object[] = [{ stmt: { sql: begin[mode] } }];
  for (const { sql, args } of statements) {
    steps.push({ stmt: { sql, args: args.map(encodeValue) }, condition: { type: "ok", step: steps.length - 1 } });
  }
  steps.push({ stmt: { sql: "COMMIT" }, condition: { type: "ok", step: steps.length - 1 } });
  steps.push({ stmt: { sql: "ROLLBACK" }, condition: { type: "not", cond: { type: "ok", step: steps.length - 1 } } });
  const batch = { type: "batch", batch: { steps } };
  return JSON.stringify({ baton: stream.baton, requests: stream.stays ? [batch] : [batch, { type: "close" }] });
}

/** Its baton, where the stream may be used again: whatever the batch came to, it ran to its end and left no transaction open. */
export function batonOf({ baton, base_url: elsewhere, results: [first] }: WireAnswer): string | null {
  return first?.type === "ok" && !elsewhere ? (baton ?? null) : null;
}

export function decodeBatch(answer: WireAnswer, statementCount: number): BatchOutcome {
  const first = answer.results[0];
  if (!first || first.type === "error") {
    const { message = "", code = first ? unnamed : "EMPTY_ANSWER" } = first?.error ?? {};
    return { ok: false, failedAt: null, neverBegan: false, message, code: code ?? unnamed };
  }
  const { step_results: results, step_errors: errors } = first.response.result ?? { step_results: [], step_errors: [] };
  const wrong = errors.findIndex((error) => error !== null);
  const committed = results[statementCount + 1];
  if (wrong !== -1 || !committed) {
    const statement = wrong >= 1 && wrong <= statementCount ? wrong - 1 : null;
    const neverBegan = wrong === 0 && errors[0]?.code === "SQLITE_BUSY";
    const { message = "", code = wrong === -1 ? "NOT_COMMITTED" : unnamed } = errors[wrong] ?? {};
    return { ok: false, failedAt: statement, neverBegan, message, code: code ?? unnamed };
  }
  return {
    ok: true,
    results: results.slice(1, statementCount + 1).map((result) => ({
      rows: (result?.rows ?? []).map((row) => row.map(decodeCell)),
      changes: result?.affected_row_count ?? 0,
    })),
  };
}
