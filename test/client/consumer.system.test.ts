// The client as its users get it: the packed tarball in an empty project, compiled in strict mode with nothing skipped.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const consumer = `${root}test/client/consumer`;
const project = mkdtempSync(join(tmpdir(), "anteroom-consumer-"));

type Run = { status: number; output: string };

async function run(cwd: string, command: string, ...args: string[]): Promise<Run> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd });
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error && "stdout" in error && "stderr" in error)) throw error;
    return { status: 1, output: `${error.stdout}${error.stderr}` };
  }
}

async function succeeds(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { status, output } = await run(cwd, command, ...args);
  expect(status, `${command} ${args.join(" ")}\n${output}`).toBe(0);
  return output;
}

const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  target: "ES2022",
  lib: ["ES2022", "DOM"],
  types: [],
  skipLibCheck: false,
  noEmit: true,
};

/** Compiles these files of the project, as a bundler or as Node resolves modules. */
function compile(files: string[], modules: "bundler" | "nodenext"): Promise<Run> {
  const resolution = modules === "bundler" ? { module: "ESNext", moduleResolution: "Bundler" } : { module: "NodeNext" };
  const config = join(project, `tsconfig.${modules}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...strict, ...resolution }, files }));
  return run(project, `${root}node_modules/.bin/tsc`, "-p", config);
}

beforeAll(async () => {
  await succeeds(root, process.execPath, "src/local/build-client.ts");
  await succeeds(join(root, "client"), "npm", "pack", "--pack-destination", project);
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  // The compiler is the repository's own; the client's peers ask for one that a consumer has anyway.
  const quick = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer"];
  await succeeds(project, "npm", "install", ...quick, `./${tarball}`);
  cpSync(consumer, project, { recursive: true });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("the packed client in an empty project", () => {
  it("brings nothing of the server: no schemas, no database, no runtime types", () => {
    const modules = join(project, "node_modules");
    const installed = readdirSync(modules).flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`) : [name],
    );
    const manifest: Record<"dependencies" | "devDependencies", Record<string, string>> = JSON.parse(
      readFileSync(`${root}package.json`, "utf8"),
    );
    const ours = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(ours.filter((name) => installed.includes(name)).sort()).toStrictEqual([
      "@trpc/client",
      "@trpc/server",
      "superjson",
    ]);
  });

  it("ships its build and its words, and no source", () => {
    const files = readdirSync(join(project, "node_modules/anteroom-client"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
    expect(files.filter((name) => !/\.d\.ts$|^index\.js$|^package\.json$|^README\.md$/.test(name))).toStrictEqual([]);
    expect(files).toContain("README.md");
  });

  it.each(["bundler", "nodenext"] as const)("compiles a right consumer, every type exact (%s)", async (modules) => {
    expect(await compile(["right.ts"], modules)).toStrictEqual({ status: 0, output: "" });
  });

  it("runs in plain Node, and gives Dates", async () => {
    const script = `
      import { createAnteroom, isRefusal } from "anteroom-client";
      const answers = [
        { result: { data: { json: { user: { createdAt: "2026-01-02T03:04:05.006Z" } }, meta: { values: { "user.createdAt": ["Date"] }, v: 1 } } } },
        { error: { json: { code: -32004, message: "Gone.", data: { code: "NOT_FOUND", httpStatus: 404, reason: "not_found", facts: {}, issues: [], requestId: "r" } } } },
      ];
      const anteroom = createAnteroom({ url: "https://api.example.com", fetch: async () => Response.json(answers) });
      const [me, link] = await Promise.allSettled([anteroom.identity.me.query(), anteroom.identity.openLink.query({ token: "t" })]);
      console.log(me.value.user.createdAt instanceof Date, me.value.user.createdAt.getTime(), isRefusal(link.reason, "not_found"));
    `;
    const output = await succeeds(project, process.execPath, "--input-type=module", "--eval", script);
    expect(output.trim()).toBe(`true ${Date.parse("2026-01-02T03:04:05.006Z")} true`);
  });
});

describe("a wrong call", () => {
  /** What the compiler must say of each; a file without an entry here, or one that compiles, fails. */
  const wrong: Record<string, string> = {
    "answer-field": "TS2339",
    "answer-type": "TS2322",
    field: "TS2353",
    "field-type": "TS2322",
    "id-of-another-noun": "TS2322",
    "missing-field": "TS2741",
    noun: "TS2551",
    "other-reason": "TS2367",
    procedure: "TS2551",
    "query-as-mutation": "TS2339",
    reason: "TS2345",
    token: "TS2322",
  };

  it("does not compile, each for its own reason and for no other", async () => {
    const names = readdirSync(join(project, "wrong"));
    const { output } = await compile(
      names.map((name) => `wrong/${name}`),
      "bundler",
    );
    const said = [...output.matchAll(/^wrong\/([a-z-]+)\.ts\(\d+,\d+\): error (TS\d+)/gm)].map(([, name, code]) => [
      name,
      code,
    ]);
    expect(output.match(/error TS/g)?.length, output).toBe(names.length);
    expect(Object.fromEntries(said)).toStrictEqual(wrong);
  });
});
