// What a refused call answers with. Types alone, because they are shipped to clients as they stand.
import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from "@trpc/server";
import type { Facts, Reason } from "../kernel/errors.ts";

/** What a client finds under `error.data`. */
export type RefusalData = {
  readonly reason: Reason | "internal";
  readonly facts: Facts;
  /** For bad input: which fields, and what is wrong with each. Never the values. */
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  readonly requestId: string;
};

/** The whole error as it is sent. It is named, so that the router's declaration does not spell it out per procedure. */
export type RefusalShape = {
  readonly code: TRPC_ERROR_CODE_NUMBER;
  readonly message: string;
  readonly data: RefusalData & { readonly code: TRPC_ERROR_CODE_KEY; readonly httpStatus: number };
};
