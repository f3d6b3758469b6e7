// Where a link may lead: parsed as a URL, compared by origin, written again as a path. What cannot be that is refused. Pure.
import { refuse } from "./errors.ts";

export type Destination = {
  /** An allowed origin, as it stands in the list. */
  readonly frontend: string;
  /** Begins with exactly one slash, or null for the frontend's own start. */
  readonly path: string | null;
};

/** The WHATWG parser drops some of these anywhere in a URL, others at its ends: what is read is not what is opened. */
const dropped = /\p{Cc}/u;
const doubled = /^[/\\]{2}/;
/** As much as `next` may be: a path that grew when it was written again could not be handed back. */
const charsMax = 2_000;
/** Deeper than anybody encodes in good faith: what goes deeper is refused. */
const decodingsMax = 5;

/**
 * `next` is a path, taken to be on the first allowed origin, or an absolute address on any of them. Refuses with
 * `foreign_destination`. The README's promise 4: redirects stay on the frontend's own origin.
 */
export function destinationOf(next: string | undefined, allowed: readonly [string, ...string[]]): Destination {
  const origins = allowed.map((origin) => new URL(origin).origin);
  const home = origins[0] ?? refuse("foreign_destination");
  if (next === undefined || next === "") return { frontend: home, path: null };
  if (next.length > charsMax || dropped.test(next) || !URL.canParse(next, home)) return refuse("foreign_destination");
  const url = new URL(next, home);
  const path = `${url.pathname}${url.search}${url.hash}`;
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  const isOurs = isWeb && url.username === "" && url.password === "" && origins.includes(url.origin);
  if (!isOurs || path.length > charsMax || !staysHome(url.pathname, url.origin)) return refuse("foreign_destination");
  return { frontend: url.origin, path };
}

/** However often the reader decodes the path before opening it (a router, a proxy, a framework): never another origin. */
function staysHome(pathname: string, origin: string): boolean {
  let read = pathname;
  for (let decodings = 0; decodings <= decodingsMax; decodings += 1) {
    if (doubled.test(read) || dropped.test(read) || !URL.canParse(read, origin)) return false;
    const opened = new URL(read, origin);
    if (opened.origin !== origin || doubled.test(opened.pathname)) return false;
    const decoded = read.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === read) return true;
    read = decoded;
  }
  return false;
}
