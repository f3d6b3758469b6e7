// Source code as the architecture test reads it: without comments, with its imports, and with the room it stands in. Pure.

export type Source = { readonly path: string; readonly text: string };

export type Import = {
  /** As it is written: a package, or a path from the top of the repository for a relative one. */
  readonly from: string;
  readonly isRelative: boolean;
  /** Nothing of it is left when the program runs. */
  readonly isTypeOnly: boolean;
  /** `import(…)`: it runs only when the program comes by. */
  readonly isLate: boolean;
};

const tokens = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The code without its comments; line breaks stay. */
export function withoutComments(text: string): string {
  return text.replace(tokens, (token) => (token.startsWith("/") ? token.replace(/[^\n]/g, " ") : token));
}

/** The code without comments and without what is only text. What a template puts in stays. */
export function codeOnly(text: string): string {
  return text.replace(tokens, (token) => {
    if (token.startsWith("`")) return [...token.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => ` ${inner} `).join("");
    return token.startsWith("/") ? token.replace(/[^\n]/g, " ") : '""';
  });
}

const statements =
  /(?:^|[;\n])[ \t]*(?:import|export)\b(?<clause>[^;"'`()]*?)\bfrom\s*["'](?<from>[^"']+)["']|(?:^|[;\n])[ \t]*import\s*["'](?<bare>[^"']+)["']|(?<query>typeof\s+)?\bimport\(\s*["'](?<dynamic>[^"']+)["']\s*\)/g;

function isTypeOnly(clause: string): boolean {
  if (/^\s*type\b(?!\s*,)/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1];
  return names?.split(",").every((name) => name.trim() === "" || /^\s*type\s/.test(name)) ?? false;
}

/** `a/b/../c.ts` as `a/c.ts`. */
function normal(path: string): string {
  return new URL(path, "file:///").pathname.slice(1);
}

export function importsOf({ path, text }: Source): Import[] {
  return [...withoutComments(text).matchAll(statements)].map(({ groups = {} }) => {
    const { clause, from, bare, query, dynamic } = groups;
    const written = from ?? bare ?? dynamic ?? "";
    const isRelative = written.startsWith(".");
    return {
      from: isRelative ? normal(`${path.slice(0, path.lastIndexOf("/") + 1)}${written}`) : written,
      isRelative,
      isTypeOnly: clause === undefined ? query !== undefined : isTypeOnly(clause),
      isLate: dynamic !== undefined,
    };
  });
}

const ofSlice = /^src\/([a-z-]+)\/([a-z-]+)\.ts$/;
/** Durable Objects: named timers, each in the slice whose time they keep. */
export const timers = ["timer", "outbox-timer"];
const pureNames = ["contract", "machine", "policy"];
/** Folders of src that are no slices. `stationery` is what letters say, `sheet` what reports do, `csv` how tables read: as pure as a contract. */
const shared = {
  app: "app",
  kernel: "kernel",
  local: "local",
  catalog: "pure",
  csv: "pure",
  stationery: "pure",
  sheet: "pure",
} as const;

export const rooms = [
  "kernel",
  "pure",
  "store",
  "actions",
  "router",
  "timer",
  "app",
  "worker",
  "local",
  "db",
  "client",
  "demo",
  "test",
  "nowhere",
] as const;
export type Room = (typeof rooms)[number];

function isSharedFolder(folder: string): folder is keyof typeof shared {
  return folder in shared;
}

/** The slice a file belongs to, or null. */
export function sliceOf(path: string): string | null {
  const folder = ofSlice.exec(path)?.[1];
  return folder === undefined || isSharedFolder(folder) ? null : folder;
}

export function roomOf(path: string): Room {
  const top = path.slice(0, path.indexOf("/"));
  if (path.startsWith("client/demo/")) return "demo";
  if (top === "db" || top === "client" || top === "test") return top;
  if (path === "src/worker.ts") return "worker";
  const [, folder = "", name = ""] = ofSlice.exec(path) ?? [];
  if (isSharedFolder(folder)) return shared[folder];
  if (pureNames.includes(name)) return "pure";
  if (timers.includes(name)) return "timer";
  if (name === "store" || name === "actions" || name === "router") return name;
  return "nowhere";
}

/** The first ring of files that import each other's values, in order; null when there is none. */
export function ringIn(sources: readonly Source[]): string[] | null {
  const next = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ from, isRelative, isTypeOnly: isType }) => (isRelative && !isType ? [from] : [])),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): string[] | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const to of next.get(path) ?? []) {
      const ring = visit(to, [...way, path]);
      if (ring) return ring;
    }
    done.add(path);
    return null;
  };
  for (const path of next.keys()) {
    const ring = visit(path, []);
    if (ring) return ring;
  }
  return null;
}

/** The files that run as soon as this one does, itself included. */
export function startedWith(first: Source, all: readonly Source[]): ReadonlySet<string> {
  const files = new Map(all.map((source) => [source.path, source]));
  const started = new Set([first.path]);
  for (const path of started) {
    const source = files.get(path);
    for (const { from, isRelative, isTypeOnly: isType, isLate } of source ? importsOf(source) : []) {
      if (isRelative && !isType && !isLate) started.add(from);
    }
  }
  return started;
}
