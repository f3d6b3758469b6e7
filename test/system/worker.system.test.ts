// The production bundle on workerd, as `npm start` runs it and Cloudflare would.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { bundleKibMax, gzippedKib } from "../../src/local/budget.ts";
import { freePort } from "../../src/local/process.ts";
import { type Bundle, bundleWorker, wranglerConfig } from "../../src/local/wrangler.ts";

let bundle: Bundle;
let anteroom: Anteroom;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "anteroom-system-"));
  bundle = await bundleWorker();
  anteroom = await startAnteroom({
    directory,
    port: await freePort(),
    environment: {},
    code: bundle.code,
    log: "file",
  });
});
afterAll(async () => {
  await anteroom?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("the Worker's entry exports its handlers and its Durable Objects, and nothing else", () => {
  const classes = wranglerConfig().durable_objects.bindings.map((binding) => binding.class_name);
  expect([...bundle.exports].sort()).toEqual([...classes, "default"].sort());
});

test(`the bundle is at most ${bundleKibMax} KiB gzipped`, () => {
  expect(gzippedKib(bundle.code)).toBeLessThanOrEqual(bundleKibMax);
});

test("a cron trigger reaches the Worker's scheduled handler and is answered when its work is done", async () => {
  await expect(anteroom.cron()).resolves.toBeUndefined();
});

test("the Worker killed with -9 comes back on the same address", async () => {
  await anteroom.killWorker();
  await expect(fetch(`${anteroom.url}/health`)).rejects.toThrow();
  await anteroom.restartWorker();
  expect((await fetch(`${anteroom.url}/trpc/identity.openLink`)).status).toBe(400);
});
