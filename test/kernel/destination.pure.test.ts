import fc from "fast-check";
import { expect, test } from "vitest";
import { destinationOf } from "../../src/kernel/destination.ts";
import { Refused } from "../../src/kernel/errors.ts";

const allowed = ["https://jobs.example", "https://careers.example:8443", "http://localhost:5173"] as const;
const evil = "evil.example";

/** What attackers write where a place to go is expected. Each is refused or stays on an allowed origin; none may leave. */
const hostile = [
  // Addresses elsewhere, said plainly or by scheme-relative and backslashed starts.
  `https://${evil}`,
  `http://${evil}`,
  `HTTPS://${evil}`,
  `https://${evil}/auth/link/`,
  `https://${evil}:443/`,
  `//${evil}`,
  `//${evil}/`,
  `///${evil}`,
  `////${evil}`,
  `/////${evil}/a`,
  `\\\\${evil}`,
  `\\/${evil}`,
  `/\\${evil}`,
  `/\\/${evil}`,
  `\\\\\\${evil}`,
  `/\\\\${evil}`,
  `\\/\\/${evil}`,
  `//\\${evil}`,
  `//\\/${evil}`,
  `\\//${evil}`,
  `\\\\/${evil}`,
  `https:\\\\${evil}`,
  `https:\\/${evil}`,
  `https:/\\${evil}`,
  `https:///${evil}`,
  `https:////${evil}`,
  `http:\\\\${evil}`,
  `http:/${evil}`,
  `http:${evil}`,
  `http:///${evil}`,
  `https:${evil}`,
  `https:/${evil}`,
  `hTTps:${evil}`,
  // What parsers drop: tabs, line ends, spaces and other controls, inside and at the ends.
  `/\t/${evil}`,
  `/\n/${evil}`,
  `/\r/${evil}`,
  `/\r\n/${evil}`,
  `\t//${evil}`,
  `\n//${evil}`,
  `\r//${evil}`,
  ` //${evil}`,
  `  /\\${evil}`,
  `//${evil}\t`,
  `/\t\\${evil}`,
  `\t/\t/\t${evil}`,
  `ht\ttps://${evil}`,
  `https\n://${evil}`,
  `https:\t//${evil}`,
  `https:/\n/${evil}`,
  `h\r\nttps://${evil}`,
  `\u0000//${evil}`,
  `\u0001//${evil}`,
  `\u001f//${evil}`,
  `/\u0000/${evil}`,
  `/\u0000//${evil}`,
  `\u000b//${evil}`,
  `\u000c//${evil}`,
  `\u007f//${evil}`,
  `\u0085//${evil}`,
  `/\u0085/${evil}`,
  `//\u0000${evil}`,
  `//${evil}\u0000`,
  `\u0008\u0008//${evil}`,
  `java\u0000script:alert(1)`,
  // Starts that look like white space but are not to a parser.
  `\u00a0//${evil}`,
  `\u2028//${evil}`,
  `\u2029//${evil}`,
  `\ufeff//${evil}`,
  `\u200b//${evil}`,
  `\u3000//${evil}`,
  `/\u200b/${evil}`,
  `/\u00ad/${evil}`,
  `/\u2060/${evil}`,
  `\u180e//${evil}`,
  // Paths that become scheme-relative once dots are taken out.
  `/.//${evil}`,
  `/..//${evil}`,
  `/../..//${evil}`,
  `/a/..//${evil}`,
  `/a/b/../..//${evil}`,
  `/././/${evil}`,
  `.//${evil}`,
  `..//${evil}`,
  `./..//${evil}`,
  `/.\\\\${evil}`,
  `/..\\\\${evil}`,
  `/a/..\\/${evil}`,
  `/%2e//${evil}`,
  `/%2e%2e//${evil}`,
  `/%2E%2E//${evil}`,
  `/.%2e//${evil}`,
  `/%2e.//${evil}`,
  `/a/%2e%2e//${evil}`,
  `/.;//${evil}`,
  `/a/../..///${evil}`,
  // Percent signs in place of the characters that matter, once, twice and more.
  `/%2F${evil}`,
  `/%2f${evil}`,
  `%2F%2F${evil}`,
  `/%2F/${evil}`,
  `//%2F${evil}`,
  `//${evil}%2F`,
  `/%5C${evil}`,
  `/%5c%5c${evil}`,
  `%5C%5C${evil}`,
  `/%5C/${evil}`,
  `/%09/${evil}`,
  `/%0A/${evil}`,
  `/%0D/${evil}`,
  `/%0D%0A/${evil}`,
  `/%00/${evil}`,
  `/%252F${evil}`,
  `/%252f%252f${evil}`,
  `%252F%252F${evil}`,
  `/%255C${evil}`,
  `/%25252F${evil}`,
  `/%2525252F${evil}`,
  `/%252525252F${evil}`,
  `/%25252525252F${evil}`,
  `/%2e%2e%2f%2f${evil}`,
  `/%252e%252e//${evil}`,
  `/%252e%252e%252f%252f${evil}`,
  `/.%252F/${evil}`,
  `/..%2F%2F${evil}`,
  `/..%2f/${evil}`,
  `/a%2F..%2F%2F${evil}`,
  `/%2509/${evil}`,
  `/%250d%250a/${evil}`,
  `/%c0%af${evil}`,
  `/%e0%80%af${evil}`,
  `/%u002f${evil}`,
  `/%EF%BC%8F${evil}`,
  `/%E2%88%95${evil}`,
  `//%65vil.example`,
  `https://%65vil.example`,
  `https%3A%2F%2F${evil}`,
  `/https%3A//${evil}`,
  // People and passwords in front of the host.
  `https://jobs.example@${evil}`,
  `https://jobs.example:x@${evil}`,
  `//jobs.example@${evil}`,
  `https://jobs.example%40${evil}`,
  `https://jobs.example%2F@${evil}`,
  `https://user@jobs.example/`,
  `https://user:pass@jobs.example/`,
  `//user@jobs.example`,
  `https://:pass@jobs.example/`,
  `https://@${evil}`,
  `https://jobs.example\\@${evil}`,
  `https://jobs.example/@${evil}`,
  `https://jobs.example#@${evil}/`,
  `https://jobs.example?@${evil}/`,
  `https://${evil}#jobs.example`,
  `https://${evil}?jobs.example`,
  `https://${evil}\\jobs.example`,
  `https://${evil}/https://jobs.example`,
  `@${evil}`,
  `/@${evil}`,
  `:@${evil}`,
  `https://jobs.example;@${evil}`,
  `https://jobs.example&@${evil}`,
  // Hosts that only look like an allowed one.
  `https://jobs.example.${evil}`,
  `https://jobs-example.${evil}`,
  `https://jobsxexample`,
  `https://ajobs.example`,
  `https://a.jobs.example`,
  `https://jobs.example.`,
  `https://jobs.example..`,
  `https://jobs.example.evil`,
  `https://jobs.exampl\u0435`,
  `https://j\u043ebs.example`,
  `https://xn--jbs-eo4a.example`,
  `https://jobs\u3002example.evil`,
  `https://${evil.replace(".", "\u3002")}`,
  `https://${evil.replace(".", "\uff0e")}`,
  `https://${evil.replace(".", "\uff61")}`,
  `//${evil.replace(".", "\u3002")}`,
  `/\uff0f${evil}`,
  `\uff0f\uff0f${evil}`,
  `/\u2044${evil}`,
  `/\u2215${evil}`,
  `/\u29f8${evil}`,
  `/\uff3c${evil}`,
  `https:\uff0f\uff0f${evil}`,
  `https\uff1a//${evil}`,
  `\uff48ttps://${evil}`,
  `https://\u24d4\u24e5\u24d8\u24db.example`,
  `https://jobs.example\uff0f@${evil}`,
  `https://jobs.example\u2044.${evil}`,
  `https://jobs.example\u2100.${evil}`,
  `https://${evil}\u2044jobs.example`,
  `https://jo\u00adbs.example.evil`,
  `https://JOBS.EXAMPLE.EVIL`,
  `https://jobs\u200d.evil`,
  // The right host at the wrong door.
  "http://jobs.example",
  "http://jobs.example/",
  "https://jobs.example:80",
  "https://jobs.example:8443",
  "https://jobs.example:444/",
  "https://careers.example",
  "https://careers.example:443",
  "https://careers.example:08444",
  "https://localhost:5173",
  "http://localhost",
  "http://localhost:5174",
  "http://127.0.0.1:5173",
  "http://[::1]:5173",
  "http://localhost.:5173",
  "https://jobs.example:65536",
  "https://jobs.example:-1",
  "https://jobs.example:99999999999",
  "https://jobs.example: 443",
  "https://jobs.example:443@evil.example",
  "https://jobs.example:0x1bb",
  "wss://jobs.example",
  "ws://jobs.example",
  // Numbers for hosts.
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "//[::1]",
  "//[::1]:443/",
  "https://127.0.0.1",
  "//2130706433",
  "https://0x7f000001",
  "https://0177.0.0.1",
  "https://127.1",
  "//0",
  "https://[fe80::1%25eth0]/",
  "https://[::1",
  "https://[jobs.example]",
  "//169.254.169.254/latest",
  // Other schemes.
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "\u0001javascript:alert(1)",
  " javascript:alert(1)",
  "javascript://jobs.example/%0aalert(1)",
  "javascript:/*https://jobs.example*/alert(1)",
  "javascript&colon;alert(1)",
  "vbscript:msgbox(1)",
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD4=",
  "blob:https://jobs.example/0a0a0a0a-0000-4000-8000-000000000000",
  "filesystem:https://jobs.example/temporary/x",
  "file:///etc/passwd",
  "file://jobs.example/x",
  "ftp://jobs.example/",
  "about:blank",
  "about:srcdoc",
  "view-source:https://jobs.example",
  "mailto:a@evil.example",
  "tel:+31",
  "intent://evil.example#Intent;scheme=https;end",
  "x:",
  "://evil.example",
  "feed:https://evil.example",
  "ms-settings:",
  "chrome://settings",
  "jar:https://evil.example!/",
  "urn:isbn:0",
  // Nothing, too much, and broken text.
  ":",
  "::",
  "//",
  "///",
  "\\",
  "\\\\",
  "//?",
  "//#",
  "//@",
  "//:",
  "https:",
  "https:/",
  "https://",
  "https://?",
  "https://#",
  "http://:80",
  "%",
  "/%",
  "/%2",
  "/%zz",
  `//${"a".repeat(300)}.example`,
  `/${"a".repeat(2_500)}`,
  `/${"é".repeat(1_500)}`,
  `//${evil}/${"/".repeat(1_000)}`,
  "\ud800//evil.example",
  "/\ud800/evil.example",
  "//\udfff.example",
  "/\udc00\ud800",
  `/${"../".repeat(200)}/${evil}`,
  `${"/.".repeat(200)}//${evil}`,
  `/${"%25".repeat(300)}2F${evil}`,
  // Fragments, queries and header injection.
  `?//${evil}`,
  `#//${evil}`,
  `/?next=//${evil}`,
  `/#//${evil}`,
  `/?\\\\${evil}`,
  `/#https://${evil}`,
  `//${evil}?`,
  `//${evil}#`,
  `;//${evil}`,
  `/;@${evil}`,
  `/ok\r\nLocation: https://${evil}`,
  `/ok%0d%0aLocation:%20https://${evil}`,
  `/ok\nSet-Cookie: a=b`,
  `/"><script>alert(1)</script>`,
  `/'onmouseover='alert(1)`,
  `/<//${evil}`,
  `<//${evil}`,
  `.${evil}`,
  `.//.//${evil}`,
  `/*//${evil}`,
  `/~//${evil}`,
  `[//${evil}]`,
  `|//${evil}`,
  `^//${evil}`,
] as const;

type Decide = typeof destinationOf;

/** What a value does to whoever follows it, as a browser would: null when it is refused, else what is wrong with it. */
function harmOf(decide: Decide, next: string): string | null {
  const decided = decidedBy(decide, next, allowed);
  if (decided === null || "failed" in decided) return decided?.failed ?? null;
  const { frontend, path } = decided;
  const origins: readonly string[] = allowed;
  if (!origins.includes(frontend)) return `is not an allowed frontend: ${frontend}`;
  if (path === null) return next === "" ? null : "lost its path";
  // A reader may open it as it is, or after decoding it as a framework does.
  let read = path;
  for (let decodings = 0; decodings < 4; decodings += 1) {
    const opened = URL.canParse(read, frontend) ? new URL(read, frontend) : null;
    if (opened?.origin !== frontend || opened.username !== "" || opened.pathname.startsWith("//")) {
      return `leads to ${opened?.href ?? "nowhere"} after ${decodings} decodings`;
    }
    const pathname = /^[^?#]*/.exec(read)?.[0] ?? "";
    read = read.replace(pathname, () => decodedOnce(pathname));
  }
  // The frontend reads it back from the letter's address and hands it in again: it must mean the same.
  const again = decidedBy(decide, path, [frontend]);
  const isStable = again !== null && "path" in again && again.path === path && again.frontend === frontend;
  return isStable ? null : `is not stable: ${path} became ${JSON.stringify(again)}`;
}

/** Null when refused. */
function decidedBy(decide: Decide, next: string, origins: Parameters<Decide>[1]) {
  try {
    return decide(next, origins);
  } catch (error) {
    if (error instanceof Refused && error.reason === "foreign_destination") return null;
    return { failed: `failed otherwise: ${String(error)}` };
  }
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const harmsOf = (decide: Decide) =>
  hostile.flatMap((next) => {
    const harm = harmOf(decide, next);
    return harm === null ? [] : [`${JSON.stringify(next).slice(0, 80)} ${harm}`];
  });

test("there are at least two hundred hostile values, all different", () => {
  expect(new Set(hostile).size).toBe(hostile.length);
  expect(hostile.length).toBeGreaterThanOrEqual(200);
});

test("no hostile value leaves the allowed origins, however often it is decoded, and none changes when written again", () => {
  expect(harmsOf(destinationOf)).toEqual([]);
});

const pieces = fc.oneof(
  fc.constantFrom(
    ..."/ // \\ . .. : @ # ? % %2f %5c %2e %25 %09 %0a \t \n \r \0 https: http: javascript: data: blob: [ ] ; & =".split(
      " ",
    ),
  ),
  fc.constantFrom(
    " ",
    "\t",
    "\n",
    "\u3002",
    "\uff0f",
    "\u200b",
    "\ud800",
    evil,
    "jobs.example",
    "careers.example:8443",
    "localhost:5173",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const madeUp = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .tuple(fc.constantFrom(...hostile), pieces, fc.nat(30))
    .map(([text, piece, at]) => text.slice(0, at) + piece + text.slice(at)),
);

test("nothing that can be made up leaves the allowed origins", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(madeUp, (next) => {
      expect(harmOf(destinationOf, next)).toBeNull();
    }),
    { numRuns: 10_000 },
  );
});

test.each([
  [undefined, { frontend: "https://jobs.example", path: null }],
  ["", { frontend: "https://jobs.example", path: null }],
  ["/", { frontend: "https://jobs.example", path: "/" }],
  ["/interviews/itv_1?tab=steps#2", { frontend: "https://jobs.example", path: "/interviews/itv_1?tab=steps#2" }],
  ["interviews", { frontend: "https://jobs.example", path: "/interviews" }],
  ["/a/../b", { frontend: "https://jobs.example", path: "/b" }],
  ["/søk?q=å b", { frontend: "https://jobs.example", path: "/s%C3%B8k?q=%C3%A5%20b" }],
  [
    "/back?to=https%3A%2F%2Fjobs.example%2F",
    { frontend: "https://jobs.example", path: "/back?to=https%3A%2F%2Fjobs.example%2F" },
  ],
  ["https://careers.example:8443/a", { frontend: "https://careers.example:8443", path: "/a" }],
  ["http://localhost:5173", { frontend: "http://localhost:5173", path: "/" }],
])("an honest place to go is kept: %s", (next, expected) => {
  expect(destinationOf(next, allowed)).toEqual(expected);
});

// Saboteurs: what people write instead of parsing, each of which the corpus must catch.
const naive: Readonly<Record<string, Decide>> = {
  "a path is what begins with a slash": (next = "", [home]) => {
    if (!next.startsWith("/")) throw new Refused("foreign_destination");
    return { frontend: home, path: next };
  },
  "and not with two": (next = "", [home]) => {
    if (!/^\/(?!\/)/.test(next)) throw new Refused("foreign_destination");
    return { frontend: home, path: next };
  },
  "parsed, compared by origin, but its path taken as it comes": (next = "", [home]) => {
    const url = URL.canParse(next, home) ? new URL(next, home) : null;
    if (url?.origin !== home) throw new Refused("foreign_destination");
    return { frontend: home, path: `${url.pathname}${url.search}${url.hash}` };
  },
  "begins with an allowed origin": (next = "", origins) => {
    const home = origins.find((origin) => next.startsWith(origin));
    if (!home) throw new Refused("foreign_destination");
    return { frontend: new URL(next).origin, path: new URL(next).pathname };
  },
};

test.each(Object.entries(naive))("the corpus catches a saboteur: %s", (_, decide) => {
  expect(harmsOf(decide).length).toBeGreaterThan(0);
});
