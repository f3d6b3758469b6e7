// Builds the client package into client/dist: one module, and declarations that stand on their own.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { build } from "esbuild";
import { root, Trouble } from "./process.ts";

const dist = `${root}client/dist`;
const entry = "client/index.d.ts";

/**
 * What only the server knows. The router's type carries these names along and no client looks inside, so they are
 * shipped as nothing in particular; everything behind them (database, runtime, secrets) stays at home.
 */
const withheld = new Map([
  ["src/app/context.d.ts", "export type Context = object;\n"],
  ["src/app/trpc.d.ts", "export type Meta = object;\n"],
]);

function tsc(...args: string[]): void {
  const { status, stdout } = spawnSync(`${root}node_modules/.bin/tsc`, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Trouble(`The client's declarations do not compile:\n${stdout}`);
}

function dependencies(): Set<string> {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(`${root}client/package.json`, "utf8"),
  );
  return new Set(Object.keys(manifest.dependencies));
}

/** Copies the declarations reachable from the entry, as they are; refuses when one needs a package we do not ship with. */
function ship(emitted: string): void {
  const known = dependencies();
  const reached = new Set([entry]);
  for (const file of reached) {
    const target = join(dist, "types", file);
    mkdirSync(dirname(target), { recursive: true });
    const stub = withheld.get(file);
    if (stub !== undefined) {
      writeFileSync(target, stub);
      continue;
    }
    cpSync(join(emitted, file), target);
    for (const [, specifier] of readFileSync(target, "utf8").matchAll(/(?:\bfrom |\bimport\(|\bimport )"([^"]+)"/g)) {
      if (specifier === undefined) continue;
      if (specifier.startsWith(".")) {
        reached.add(posix.join(posix.dirname(file), specifier.replace(/\.ts$/, ".d.ts")));
      } else if (!known.has(specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"))) {
        throw new Trouble(
          `The client's types would need the package ${specifier}, through ${file}. Keep it out of the router's inputs and outputs, or name the type in a file without imports.`,
        );
      }
    }
  }
}

async function buildClient(): Promise<void> {
  const emitted = mkdtempSync(join(tmpdir(), "anteroom-declarations-"));
  try {
    rmSync(dist, { recursive: true, force: true });
    await build({
      entryPoints: [`${root}client/index.ts`],
      outfile: `${dist}/index.js`,
      bundle: true,
      packages: "external",
      format: "esm",
      target: "es2022",
      logLevel: "warning",
    });
    tsc("-p", "client", "--outDir", emitted);
    ship(emitted);
    // As a consumer sees them: no other types around, nothing skipped.
    const asConsumed = ["--strict", "--target", "ES2022", "--lib", "ES2022,DOM", "--module", "nodenext", "--noEmit"];
    tsc("--ignoreConfig", ...asConsumed, join(dist, "types", entry));
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

try {
  await buildClient();
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
