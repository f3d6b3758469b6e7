// What the Worker may weigh and how long it may take to start. Cloudflare refuses a start over its own limit at deploy time;
// this says so before, and says it about what is really deployed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Outcome } from "./process.ts";
import { bundleWorker, wrangler } from "./wrangler.ts";

export const bundleKibMax = 300;
export const startupCpuMsMax = 100;

const bytesPerKib = 1_024;

export function gzippedKib(code: string): number {
  return gzipSync(code).length / bytesPerKib;
}

export async function bundleBudget(): Promise<Outcome> {
  const kib = gzippedKib((await bundleWorker()).code);
  return { ok: kib <= bundleKibMax, note: `${kib.toFixed(1)} of ${bundleKibMax} KiB gzipped` };
}

// Whatever else this machine does can only make the number larger: the least of a few is the nearest to the truth.
const attempts = 30;
const betweenAttemptsMs = 2_000;

/** CPU time of the start as `wrangler check startup` samples it, in the local runtime. */
export async function startupBudget(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "anteroom-startup-"));
  const profile = join(folder, "startup.cpuprofile");
  let least = Number.POSITIVE_INFINITY;
  let output = "";
  try {
    for (let attempt = 0; attempt < attempts && least > startupCpuMsMax; attempt += 1) {
      if (attempt > 0) await pause(betweenAttemptsMs);
      const ran = await wrangler(["check", "startup", "--args=--minify", "--outfile", profile]);
      output = ran.output;
      const active = /Active:\s*([\d.]+) ms/.exec(output)?.[1];
      if (ran.code !== 0 || active === undefined) return { ok: false, output };
      least = Math.min(least, Number(active));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ok: least <= startupCpuMsMax, note: `${least.toFixed(0)} of ${startupCpuMsMax} ms of CPU`, output };
}
