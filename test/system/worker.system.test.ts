// The production bundle on workerd, as `npm start` runs it and Cloudflare would.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
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

/** Posts this head, begins a body that never ends, and resolves with what is answered meanwhile. */
function answeredBeforeItsEnd(headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(anteroom.url);
  const socket = connect(Number(port), hostname);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines = Object.entries({ host: hostname, "content-type": "application/json", ...headers });
  socket.write(
    `POST /trpc/identity.askForLink HTTP/1.1\r\n${lines.map((line) => line.join(": ")).join("\r\n")}\r\n\r\n`,
  );
  const piece = "x".repeat(16_384);
  // In chunks, each with its length in hexadecimal, to just over the limit; where a length was said, one piece. Then nothing more, and no end.
  const isChunked = "transfer-encoding" in headers;
  const chunk = isChunked ? `${piece.length.toString(16)}\r\n${piece}\r\n` : piece;
  socket.write(chunk.repeat(isChunked ? 17 : 1));
  socket.once("data", (answer) => {
    resolve(String(answer));
    socket.destroy();
  });
  socket.once("close", () => reject(new Error("closed without an answer")));
  socket.on("error", reject);
  return promise;
}

test.each([
  ["in chunks", { "transfer-encoding": "chunked" }],
  ["whose length, said beforehand, is too much", { "content-length": "1000000000" }],
])("a body that never ends, %s, is refused long before that", async (_, headers) => {
  expect(await answeredBeforeItsEnd(headers)).toMatch(/^HTTP\/1\.1 413 /);
});

test("an address is as long as on Cloudflare at most", async () => {
  const asked = async (chars: number) => {
    const url = `${anteroom.url}/trpc/identity.openLink?input=`;
    return (await fetch(url + "x".repeat(chars - url.length))).status;
  };
  expect([await asked(16_384), await asked(16_385)]).toEqual([400, 413]);
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
