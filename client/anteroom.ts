import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import superjson from "superjson";
import type { AppRouter } from "../src/app/router.ts";
import { namingFailures } from "./failures.ts";

/** What each call takes: `RouterInputs["identity"]["signIn"]`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** What each call answers: `RouterOutputs["identity"]["signIn"]`. Instants are Dates. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** The whole API: `anteroom.<noun>.<verb>.query(input)` reads, `.mutate(input)` changes. */
export type Anteroom = TRPCClient<AppRouter>;

type Headers = Readonly<Record<string, string>>;

export type AnteroomOptions = {
  /** Where the API is, such as `https://api.example.com`. */
  readonly url: string;
  /**
   * The bearer token that signing in gave. A function is asked anew before each request, so that the token may change;
   * null sends none.
   */
  readonly token?: string | null | (() => string | null | Promise<string | null>);
  /** Sends the requests instead of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Sent with each request beside the token. A function is asked anew before each request. */
  readonly headers?: Headers | (() => Headers | Promise<Headers>);
};

/** The most calls the API takes in one request; src/app/http.ts has the same number. */
const batchSizeMax = 10;

/** Inputs are plain JSON (a Date is written as its ISO string); answers are superjson, which makes Dates of instants. */
const transformer = {
  input: { serialize: (value: unknown) => value, deserialize: (value: unknown) => value },
  output: superjson,
};

async function headersOf({ token, headers }: AnteroomOptions): Promise<Record<string, string>> {
  const [bearer, others] = await Promise.all([
    typeof token === "function" ? token() : token,
    typeof headers === "function" ? headers() : headers,
  ]);
  return { ...others, ...(bearer && { authorization: `Bearer ${bearer}` }) };
}

/**
 * Makes the typed client. Calls made in the same tick share a request, ten at most, reads and changes apart; all are sent by POST.
 *
 * A call that does not succeed rejects with one of three: a refusal (`isRefusal`), a fault of the server (`isFault`), or
 * no answer at all (`isUnreachable`). Nothing is tried again by itself.
 */
export function createAnteroom(options: AnteroomOptions): Anteroom {
  const send = options.fetch ?? ((url, init) => fetch(url, init));
  return createTRPCClient<AppRouter>({
    links: [
      namingFailures,
      httpBatchLink({
        url: `${options.url.replace(/\/+$/, "")}/trpc`,
        maxItems: batchSizeMax,
        // Reads too: addresses are kept in logs and histories, and inputs hold searches and links' tokens.
        methodOverride: "POST",
        transformer,
        headers: () => headersOf(options),
        fetch: (url, { signal, ...init } = {}) => send(String(url), { ...init, signal: signal ?? null }),
      }),
    ],
  });
}
