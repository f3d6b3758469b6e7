import * as z from "zod/mini";
import type { Scanned, Scanner } from "../kernel/deps.ts";
import { nameOf } from "../kernel/errors.ts";
import type { Settings } from "./settings.ts";

/** Twenty mebibytes through a scanner that unpacks what it is given. */
const timeoutMs = 60_000;

const Verdict = z.discriminatedUnion("verdict", [
  z.object({ verdict: z.literal("clean") }),
  z.object({ verdict: z.literal("infected"), threat: z._default(z.string(), "") }),
]);

type Options = {
  readonly url: string;
  readonly token?: string | undefined;
  /** In tests, in place of fetch. */
  readonly send?: (url: string, init: RequestInit) => Promise<Response>;
};

/** Whoever is set up to look through documents; nobody where none is. */
export function scannerFor({ SCANNER_URL: url, SCANNER_TOKEN: token }: Settings): Scanner | null {
  return url === undefined ? null : scannerAt({ url, token });
}

/**
 * A scanner over HTTP: it is sent the bytes by POST, with the token as bearer, and answers `{ "verdict": "clean" }` or
 * `{ "verdict": "infected", "threat": "…" }`. Whatever else it answers, and no answer, is worth another try.
 */
export function scannerAt({ url, token, send = (address, init) => fetch(address, init) }: Options): Scanner {
  return {
    async scan({ mediaType, body }): Promise<Scanned> {
      try {
        const response = await send(url, {
          method: "POST",
          headers: { "content-type": mediaType, ...(token && { authorization: `Bearer ${token}` }) },
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (!response.ok) return { outcome: "later", why: `the scanner answered ${response.status}` };
        const said = Verdict.safeParse(await response.json());
        if (!said.success) return { outcome: "later", why: "the scanner answered what is no verdict" };
        const { data } = said;
        return data.verdict === "clean" ? { outcome: "clean" } : { outcome: "infected", threat: data.threat };
      } catch (error) {
        return { outcome: "later", why: `the scanner was not reached (${nameOf(error)})` };
      }
    },
  };
}
