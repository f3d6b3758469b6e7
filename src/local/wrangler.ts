// What wrangler.toml says, and wrangler itself: the bundle that runs here is the one that would be deployed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parse } from "smol-toml";
import * as z from "zod";
import { root, Trouble } from "./process.ts";

const WranglerConfig = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  vars: z.record(z.string(), z.string()).default({}),
  triggers: z.object({ crons: z.array(z.string()) }).default({ crons: [] }),
  r2_buckets: z.array(z.object({ binding: z.string(), bucket_name: z.string() })).default([]),
  durable_objects: z
    .object({ bindings: z.array(z.object({ name: z.string(), class_name: z.string() })) })
    .default({ bindings: [] }),
});
export type WranglerConfig = z.infer<typeof WranglerConfig>;

export function wranglerConfig(): WranglerConfig {
  return WranglerConfig.parse(parse(readFileSync(`${root}wrangler.toml`, "utf8")));
}

export type Ran = { readonly code: number; readonly output: string };

type RunOptions = {
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Show what it says as it says it, and let it ask. */
  readonly attended?: boolean;
};

/** Runs a program to its end, with what it printed on both channels. Never throws for a failing program. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: options.env ?? process.env,
      stdio: options.attended ? "inherit" : ["ignore", "pipe", "pipe"],
      ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
    });
    const parts: Buffer[] = [];
    child.stdout?.on("data", (part: Buffer) => parts.push(part));
    child.stderr?.on("data", (part: Buffer) => parts.push(part));
    child.once("error", (error) => resolve({ code: 1, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output: plain(parts) }));
  });
}

function plain(parts: readonly Buffer[]): string {
  return stripVTControlCharacters(Buffer.concat(parts).toString("utf8")).trim();
}

export function wrangler(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const env = { WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", ...process.env };
  return run(process.execPath, [`${root}node_modules/wrangler/bin/wrangler.js`, ...args], { env, ...options });
}

const Metafile = z.object({ outputs: z.record(z.string(), z.object({ exports: z.array(z.string()) })) });

export type Bundle = { readonly code: string; readonly exports: readonly string[] };

/** The Worker as `wrangler deploy` would upload it. `minify: false` keeps names readable while developing. */
export async function bundleWorker({ minify = true }: { minify?: boolean } = {}): Promise<Bundle> {
  const outdir = mkdtempSync(join(tmpdir(), "anteroom-bundle-"));
  try {
    const { code, output } = await wrangler([
      "deploy",
      "--dry-run",
      "--metafile",
      "--outdir",
      outdir,
      ...(minify ? ["--minify"] : []),
    ]);
    if (code !== 0) throw new Trouble(`The Worker could not be bundled:\n${output}`);
    const { outputs } = Metafile.parse(JSON.parse(readFileSync(join(outdir, "bundle-meta.json"), "utf8")));
    const entry = Object.entries(outputs).find(([path]) => path.endsWith("worker.js"));
    return { code: readFileSync(join(outdir, "worker.js"), "utf8"), exports: entry?.[1].exports ?? [] };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
