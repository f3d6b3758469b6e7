// A stranger's copy of this project and what npm does in it, as real processes.
import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { root } from "../../src/local/process.ts";
import { settingNames } from "../../src/local/settings.ts";

export type Running = {
  readonly child: ChildProcess;
  readonly printed: () => string;
  /** Resolves when it has printed these words; rejects with all it printed if it ends before. */
  readonly until: (words: string) => Promise<void>;
  /** Its exit code, once its output is closed. */
  readonly exited: Promise<number | null>;
};

export const aStack = /^\s+at /m;

/** Its data folder is nobody else's, and its node_modules lack what `without` names in `.bin`. */
export function checkoutIn(path: string, { without = "" } = {}): string {
  for (const item of ["src", "db", "package.json", "tsconfig.json", "wrangler.toml"]) {
    cpSync(`${root}${item}`, join(path, item), { recursive: true });
  }
  const links = (from: string, to: string, except: string) => {
    mkdirSync(to, { recursive: true });
    for (const item of readdirSync(from)) if (item !== except) symlinkSync(join(from, item), join(to, item));
  };
  links(join(root, "node_modules"), join(path, "node_modules"), ".bin");
  links(join(root, "node_modules/.bin"), join(path, "node_modules/.bin"), without);
  return path;
}

/** This machine's environment without anything that Anteroom or Cloudflare would be told by it. */
export function untold(): NodeJS.ProcessEnv {
  const told = (name: string) => settingNames.includes(name) || /^(CLOUDFLARE|CF|WRANGLER)_/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !told(name)));
}

type Npm = { readonly cwd: string; readonly env?: NodeJS.ProcessEnv };

/** In a process group of its own, as a terminal would start it: npm, its shell and the script get a Ctrl-C together. */
export function npm(args: readonly string[], { cwd, env = {} }: Npm): Running {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn("npm", args, {
    cwd,
    detached: true,
    env: { ...untold(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      text += part;
    });
  }
  return {
    child,
    printed: () => text,
    until: (words) =>
      new Promise((resolve, reject) => {
        const look = () => text.includes(words) && resolve();
        child.stdout.on("data", look);
        child.once("exit", () => reject(new Error(`it ended before it said "${words}":\n${text}`)));
        look();
      }),
    exited: new Promise((resolve) => child.once("close", resolve)),
  };
}
