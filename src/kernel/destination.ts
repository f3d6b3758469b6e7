// Where a link may lead: parsed as a URL, compared by origin, written again as a path. What cannot be that is refused. Pure.
import { refuse } from "./errors.ts";

export type Destination = {
  /** An allowed origin, as it stands in the list. */
  readonly frontend: string;
  /** Begins with exactly one slash, or null for the frontend's own start. */
  readonly path: string | null;
};

/** The WHATWG parser drops these anywhere in a URL: what a person reads is not what a browser opens. */
const ignoredByParsers = /[\t\n\r]/;
const doubled = /^[/\\]{2}/;

/**
 * `next` is a path, taken to be on the first allowed origin, or an absolute address on any of them. Refuses with
 * `foreign_destination`. From PRODUCT.md, promise 4: redirects stay on the frontend's own origin.
 */
export function destinationOf(next: string | undefined, allowed: readonly [string, ...string[]]): Destination {
  const origins = allowed.map((origin) => new URL(origin).origin);
  const home = origins[0] ?? refuse("foreign_destination");
  if (next === undefined || next === "") return { frontend: home, path: null };
  if (ignoredByParsers.test(next) || !URL.canParse(next, home)) return refuse("foreign_destination");
  const url = new URL(next, home);
  const path = `${url.pathname}${url.search}${url.hash}`;
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  const isOurs = isWeb && url.username === "" && url.password === "" && origins.includes(url.origin);
  if (!isOurs || doubled.test(path)) return refuse("foreign_destination");
  return { frontend: url.origin, path };
}
