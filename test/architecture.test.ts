// The house rules, checked: who may import whom, what may be named only where, and what a file may look like. Each rule
// is proved by a file that breaks it.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codeOnly, importsOf, type Room, ringIn, roomOf, type Source, sliceOf, startedWith } from "./support/source.ts";

/** kernel <- contract, machine, policy <- store <- actions <- router <- app <- worker. What runs, and what is only a type. */
const mayImport: Readonly<Record<Room, { readonly values: readonly Room[]; readonly types: readonly Room[] }>> = {
  kernel: { values: ["kernel"], types: ["db"] },
  pure: { values: ["kernel", "pure"], types: [] },
  store: { values: ["kernel", "pure", "store", "actions", "db"], types: [] },
  actions: { values: ["kernel", "pure", "store", "actions"], types: ["db"] },
  router: { values: ["kernel", "pure", "actions", "app"], types: [] },
  timer: { values: ["kernel", "pure", "actions"], types: [] },
  app: { values: ["kernel", "pure", "actions", "router", "app", "db"], types: ["timer"] },
  worker: { values: ["kernel", "pure", "actions", "timer", "app"], types: [] },
  local: { values: ["kernel", "app", "local", "db"], types: [] },
  db: { values: ["kernel", "pure", "db"], types: [] },
  client: { values: ["client"], types: ["app"] },
  /** A program of its own, on the outside of the client. */
  demo: { values: ["client", "demo"], types: [] },
  test: { values: [], types: [] },
  nowhere: { values: [], types: [] },
};

/** Packages and built-in modules that not every room may name. */
const onlyIn: Readonly<Record<string, readonly Room[]>> = {
  "@trpc/server": ["app", "router", "client"],
  "@trpc/client": ["client", "demo"],
  // Migrations are run by src/local, outside the Worker.
  "drizzle-orm": ["db", "store", "local"],
  "drizzle-kit": ["db", "local"],
  "cloudflare:workers": ["worker", "app", "timer"],
  hono: ["app"],
  postmark: ["app"],
  uuid: ["kernel"],
  uuidv7: ["kernel"],
  // app/ compares hashes of what is in a page; it takes no random numbers, as another rule says.
  "node:crypto": ["kernel", "app", "local"],
};

const realTimeAndChance =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\brandomBytes\b|\brandomInt\b/g;

type Rule = {
  /** Says what holds. */
  readonly says: string;
  /** What in this file breaks it. */
  readonly faultsIn: (source: Source, all: readonly Source[]) => readonly string[];
  /** Files of which the first breaks it. */
  readonly saboteurs: readonly (readonly [Source, ...Source[]])[];
};

const at = (path: string, text: string): Source => ({ path, text });
const isProduct = (path: string) => !path.startsWith("test/");
const inner = (source: Source) => importsOf(source).filter(({ isRelative }) => isRelative);
const outer = (source: Source) => importsOf(source).filter(({ isRelative }) => !isRelative);

function packageOf(from: string): string {
  const [scope = "", name = ""] = from.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

function leadingComment(text: string): string {
  return text
    .split("\n")
    .filter((_, index, lines) => lines.slice(0, index + 1).every((line) => line.startsWith("//")))
    .join(" ");
}

const rules: readonly Rule[] = [
  {
    says: "every file of src stands in a room: the six names of a slice, a timer, or a shared folder",
    faultsIn: ({ path }) => (roomOf(path) === "nowhere" ? [path] : []),
    saboteurs: [
      [at("src/interview/loader.ts", "")],
      [at("src/interview/deep/store.ts", "")],
      [at("src/main.ts", "")],
      [at("src/deadlines.ts", "")],
    ],
  },
  {
    says: "rooms import only from the rooms below them",
    faultsIn: (source) => {
      const { values, types } = mayImport[roomOf(source.path)];
      if (!isProduct(source.path)) return [];
      return inner(source).flatMap(({ from, isTypeOnly }) => {
        const room = roomOf(from);
        const isReasons = roomOf(source.path) === "client" && from === "src/kernel/errors.ts";
        return isReasons || values.includes(room) || (isTypeOnly && types.includes(room)) ? [] : [from];
      });
    },
    saboteurs: [
      [at("src/kernel/clock.ts", 'import { a } from "../interview/contract.ts";')],
      [at("src/kernel/deps.ts", 'import { connect } from "../../db/database.ts";')],
      [at("src/team/policy.ts", 'import * as store from "./store.ts";')],
      [at("src/team/contract.ts", 'import type { Row } from "./actions.ts";')],
      [at("src/team/machine.ts", 'import { team } from "../../db/schema/index.ts";')],
      [at("src/team/store.ts", 'import { router } from "./router.ts";')],
      [at("src/team/actions.ts", 'import { build } from "../../db/statement.ts";')],
      [at("src/team/actions.ts", 'import { log } from "../app/deps.ts";')],
      [at("src/team/router.ts", 'import * as store from "./store.ts";')],
      [at("src/team/router.ts", 'import type { Team } from "../../db/schema/index.ts";')],
      [at("src/app/http.ts", 'import * as store from "../team/store.ts";')],
      [at("src/app/http.ts", 'import { DeadlineTimer } from "../deadline/timer.ts";')],
      [at("src/worker.ts", 'export { teamRouter } from "./team/router.ts";')],
      [at("db/database.ts", 'import { a } from "../src/team/actions.ts";')],
      [at("client/index.ts", 'export { appRouter } from "../src/app/router.ts";')],
      [at("client/index.ts", 'import type { Scope } from "../src/kernel/scope.ts";')],
      [at("src/team/actions.ts", 'import { start } from "../local/start.ts";')],
      [at("src/app/deps.ts", 'const late = await import("../local/settings.ts");')],
      [at("src/app/deps.ts", 'import "../local/settings.ts";')],
      [at("src/team/actions.ts", 'import { house } from "../../test/support/world.ts";')],
      [at("src/team/actions.ts", 'import {\n  type Clean,\n  build,\n} from "../../db/statement.ts";')],
    ],
  },
  {
    says: "a slice never reaches into another slice's store, and only app/ puts routers together",
    faultsIn: (source) => {
      const own = sliceOf(source.path);
      return inner(source).flatMap(({ from }) => {
        if (roomOf(source.path) === "test") return [];
        if (roomOf(from) === "store" && sliceOf(from) !== own) return [from];
        return roomOf(from) === "router" && roomOf(source.path) !== "app" ? [from] : [];
      });
    },
    saboteurs: [
      [at("src/team/store.ts", 'import { shownMember } from "../member/store.ts";')],
      [at("src/team/actions.ts", 'import type { Row } from "../member/store.ts";')],
      [at("src/team/router.ts", 'import { memberRouter } from "../member/router.ts";')],
    ],
  },
  {
    says: "of app/, a router imports app/trpc.ts and nothing else; a client, app/router.ts",
    faultsIn: (source) => {
      const doors: Partial<Record<Room, string>> = { router: "src/app/trpc.ts", client: "src/app/router.ts" };
      const door = doors[roomOf(source.path)];
      if (door === undefined) return [];
      return inner(source).flatMap(({ from }) => (roomOf(from) === "app" && from !== door ? [from] : []));
    },
    saboteurs: [
      [at("src/team/router.ts", 'import { log } from "../app/deps.ts";')],
      [at("client/failures.ts", 'import type { RefusalShape } from "../src/app/refusal.ts";')],
    ],
  },
  {
    says: "what runs of db/ is named by stores, by app/ and by src/local alone, and the tables by stores alone",
    faultsIn: (source) => {
      const room = roomOf(source.path);
      if (room === "test" || room === "db" || room === "store" || room === "local") return [];
      return inner(source).flatMap(({ from, isTypeOnly }) => {
        const isTables = from.startsWith("db/schema/") && !isTypeOnly;
        return roomOf(from) === "db" && (isTables || (!isTypeOnly && from !== "db/database.ts")) ? [from] : [];
      });
    },
    saboteurs: [
      [at("src/app/deps.ts", 'import { user } from "../../db/schema/index.ts";')],
      [at("src/app/mailbox.ts", 'import { raw } from "../../db/statement.ts";')],
    ],
  },
  {
    says: "packages are named only where they belong",
    faultsIn: (source) => {
      const room = roomOf(source.path);
      if (room === "test") return [];
      return outer(source).flatMap(({ from }) => {
        const allowed = onlyIn[from] ?? onlyIn[packageOf(from)];
        return allowed === undefined || allowed.includes(room) ? [] : [from];
      });
    },
    saboteurs: [
      [at("src/team/actions.ts", 'import { TRPCError } from "@trpc/server";')],
      [at("src/team/actions.ts", 'import { eq } from "drizzle-orm";')],
      [at("src/app/mailbox.ts", 'import { sql } from "drizzle-orm";')],
      [at("src/team/store.ts", 'import { env } from "cloudflare:workers";')],
      [at("src/team/actions.ts", 'import { Hono } from "hono/tiny";')],
      [at("src/team/actions.ts", 'import { randomUUID } from "node:crypto";')],
      [at("src/team/actions.ts", 'import { v4 } from "uuid";')],
    ],
  },
  {
    says: "the Worker's shapes are made with zod/mini, of which only what is used is in the bundle",
    faultsIn: (source) => {
      if (["local", "test"].includes(roomOf(source.path))) return [];
      return outer(source).flatMap(({ from, isTypeOnly }) => (from === "zod" && !isTypeOnly ? [from] : []));
    },
    saboteurs: [[at("src/team/contract.ts", 'import * as z from "zod";')]],
  },
  {
    says: "real clocks, chance and new ids are asked for in kernel/ alone",
    faultsIn: ({ path, text }) => {
      if (["kernel", "local", "demo", "test"].includes(roomOf(path))) return [];
      return codeOnly(text).match(realTimeAndChance) ?? [];
    },
    saboteurs: [
      [at("src/team/actions.ts", "const now = new Date();")],
      [at("src/team/actions.ts", "const now = Date.now();")],
      [at("src/team/store.ts", `const id = "tem_" + crypto.randomUUID();`)],
      [at("src/letter/policy.ts", "const wait = Math.random();")],
      [at("src/app/http.ts", "crypto.getRandomValues(bytes);")],
      [at("client/anteroom.ts", "const key = randomBytes(8);")],
    ],
  },
  {
    says: "no ring of imports",
    faultsIn: (source, all) => {
      const ring = source === all[0] ? ringIn(all) : null;
      return ring ? [ring.join(" -> ")] : [];
    },
    saboteurs: [
      [
        at("src/team/actions.ts", 'import { a } from "../member/actions.ts";'),
        at("src/member/actions.ts", 'import { b } from "../invite/actions.ts";'),
        at("src/invite/actions.ts", 'export { c } from "../team/actions.ts";'),
      ],
    ],
  },
  {
    says: "what the Worker starts with makes no router and no contract: each is made when it is first called",
    faultsIn: (source, all) => {
      if (source.path !== "src/worker.ts") return [];
      return [...startedWith(source, all)].filter((path) => roomOf(path) === "router" || path.endsWith("/contract.ts"));
    },
    saboteurs: [
      [
        at("src/worker.ts", 'import { http } from "./app/http.ts";'),
        at("src/app/http.ts", 'import { teamRouter } from "../team/router.ts";'),
      ],
      [
        at("src/worker.ts", 'import { sweep } from "./team/actions.ts";'),
        at("src/team/actions.ts", 'import * as store from "./store.ts";'),
        at("src/team/store.ts", 'import { type Team, teamKinds } from "./contract.ts";'),
      ],
    ],
  },
  {
    says: "no barrels but client/index.ts and db/schema/index.ts",
    faultsIn: ({ path, text }) => {
      if (path === "client/index.ts" || path === "db/schema/index.ts") return [];
      // Elsewhere an index is a program that is run, and hands nothing on.
      return codeOnly(text).match(path.endsWith("/index.ts") ? /^export\b/m : /^export \* from/m) ? ["a barrel"] : [];
    },
    saboteurs: [
      [at("src/team/index.ts", 'export { a } from "./actions.ts";')],
      [at("src/team/actions.ts", 'export * from "../member/actions.ts";')],
    ],
  },
  {
    says: "files are named in kebab-case, for what they are",
    faultsIn: ({ path }) => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      const isKebab =
        /^[a-z0-9]+(-[a-z0-9]+)*(\.(pure|system))?(\.test)?\.ts$/.test(name) || /\.config\.ts$/.test(name);
      return isKebab && !/^(utils?|helpers?|misc|common)\b|-?v\d+\.ts$/i.test(name) ? [] : [name];
    },
    saboteurs: [
      [at("src/kernel/utils.ts", "")],
      [at("test/support/helpers.ts", "")],
      [at("src/kernel/pageV2.ts", "")],
      [at("src/kernel/page-v2.ts", "")],
      [at("src/kernel/snake_case.ts", "")],
    ],
  },
  {
    says: "no file is longer than 500 lines",
    faultsIn: ({ text }) =>
      text.trimEnd().split("\n").length > 500 ? [`${text.trimEnd().split("\n").length} lines`] : [],
    saboteurs: [[at("src/team/store.ts", "line\n".repeat(501))]],
  },
  {
    says: "nothing silences the compiler, and nothing is left for later",
    faultsIn: ({ path, text }) => {
      const code = codeOnly(text).match(/(?::|<|\bas|,|\|)\s*any\b(?!\s*[:(])|\bas unknown as\b/g) ?? [];
      // Written so that this very line is none of them.
      const notes =
        path === "test/architecture.test.ts" ? [] : (text.match(/@ts-[a-z]+|\b(?:TODO|FIXME|XXX|HACK)\b/g) ?? []);
      return [...code, ...notes];
    },
    saboteurs: [
      [at("src/team/store.ts", "const row: any = 1;")],
      [at("src/team/store.ts", "const row = {} as any;")],
      [at("src/team/store.ts", "const rows = new Map<string, any>();")],
      [at("src/team/store.ts", "const row = {} as unknown as Row;")],
      [at("src/team/store.ts", "// @ts-expect-error\nrow.id;")],
      [at("src/team/store.ts", "// TODO later")],
    ],
  },
  {
    says: "a pure file says its law first, and that it is pure",
    faultsIn: ({ path, text }) => {
      if (!isProduct(path) || roomOf(path) !== "pure") return [];
      const said = leadingComment(text).trim();
      return said.endsWith("Pure.") || said.endsWith("Types only.")
        ? []
        : [`begins with ${JSON.stringify(text.slice(0, 60))}`];
    },
    saboteurs: [
      [at("src/team/policy.ts", 'import type { Access } from "../kernel/scope.ts";')],
      [at("src/team/contract.ts", "// Teams and who is in them.\nimport z from 'zod';")],
    ],
  },
  {
    says: "pure code does no I/O: it waits for nothing, fetches nothing, logs nothing",
    faultsIn: ({ path, text }) => {
      if (roomOf(path) !== "pure" && path !== "src/kernel/machine.ts") return [];
      return codeOnly(text).match(/\bawait\b|\bfetch\(|\bconsole\.|\bprocess\.|\bsetTimeout\b/g) ?? [];
    },
    saboteurs: [[at("src/team/policy.ts", "// Law. Pure.\nconst found = await look();")]],
  },
  {
    says: "a store builds and runs nothing: no promise, no deps, no database",
    faultsIn: ({ path, text }) => {
      if (roomOf(path) !== "store") return [];
      return codeOnly(text).match(/\basync\b|\bawait\b|\bPromise\b|\bdeps\b|\bDeps\b/g) ?? [];
    },
    saboteurs: [[at("src/team/store.ts", "export async function teams() {}")]],
  },
  {
    says: "the Worker's entry stays wiring, under 60 lines",
    faultsIn: ({ path, text }) =>
      path === "src/worker.ts" && text.trimEnd().split("\n").length >= 60 ? ["too long"] : [],
    saboteurs: [[at("src/worker.ts", "line\n".repeat(60))]],
  },
];

function broken(sources: readonly Source[], chosen: readonly Rule[] = rules): string[] {
  return chosen.flatMap(({ says, faultsIn }) =>
    sources.flatMap((source) => faultsIn(source, sources).map((fault) => `${source.path}: ${fault} (${says})`)),
  );
}

const top = new URL("../", import.meta.url).pathname;
const skipped = new Set(["node_modules", "dist", "migrations", "consumer"]);

function sourcesUnder(folder: string): Source[] {
  return readdirSync(`${top}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourcesUnder(`${path}/`);
    return path.endsWith(".ts") && !path.endsWith(".d.ts") ? [at(path, readFileSync(`${top}${path}`, "utf8"))] : [];
  });
}

const sources = ["src/", "client/", "db/", "test/"].flatMap(sourcesUnder);

describe("the house stands", () => {
  test("there is a house to look at", () => {
    expect(sources.length).toBeGreaterThan(80);
    expect(sources.filter((source) => importsOf(source).length > 0).length).toBeGreaterThan(60);
  });

  test.each(rules)("$says", (rule) => {
    expect(broken(sources, [rule])).toEqual([]);
  });
});

describe("each rule catches who breaks it", () => {
  test.each(rules)("$says", (rule) => {
    const uncaught = rule.saboteurs.filter((files) => broken(files, [rule]).length === 0);
    expect(uncaught).toEqual([]);
  });

  test("what keeps the rules is let through", () => {
    const good = [
      at("src/worker.ts", 'import { http } from "./app/http.ts";'),
      at("src/app/http.ts", 'const { teamRouter } = await import("../team/router.ts");'),
      at(
        "src/team/contract.ts",
        '// Team: a group of members. Pure.\nimport * as z from "zod/mini";\nimport { idOf } from "../kernel/ids.ts";',
      ),
      at("src/team/store.ts", 'import { eq } from "drizzle-orm";\nimport { team } from "../../db/schema/index.ts";'),
      at(
        "src/team/actions.ts",
        'import type { Statement } from "../../db/statement.ts";\nimport * as store from "./store.ts";',
      ),
      at("src/team/router.ts", 'import { member } from "../app/trpc.ts";\nimport * as actions from "./actions.ts";'),
      at("src/kernel/clock.ts", "export const now = () => new Date();"),
      at(
        "src/team/policy.ts",
        "// Any other name, and new Date(0), is fine. Pure.\nconst then = new Date(0); // Date.now()",
      ),
    ];
    expect(broken(good)).toEqual([]);
  });
});
