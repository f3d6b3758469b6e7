// `npm start` as a stranger meets it: real processes, started, asked, interrupted and killed.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { runningFrom } from "../../src/local/claim.ts";
import { ended, freePort, type Identity, isAlive } from "../../src/local/process.ts";
import { aStack, checkoutIn, npm, type Running } from "./checkout.ts";

// A checkout of its own: its data folder is nobody else's.
let checkout: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  checkout = checkoutIn(mkdtempSync(join(tmpdir(), "anteroom-checkout-")));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => ended(child, "SIGTERM")));
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

function npmStart(port: number, env: NodeJS.ProcessEnv = {}): Running {
  const run = npm(["start"], { cwd: checkout, env: { PORT: String(port), ...env } });
  started.push(run.child);
  return run;
}

function processes(): Identity[] {
  const running = runningFrom(join(checkout, ".anteroom"));
  if (!running) throw new Error("nothing runs from the checkout");
  return [running.owner, ...running.children];
}

async function answers(port: number): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/trpc/identity.openLink`)).status;
}

test("npm start says where everything is, answers, and a Ctrl-C leaves no process behind", async () => {
  const port = await freePort();
  const run = npmStart(port);
  await run.until("Ctrl-C stops it");
  for (const page of ["trpc", "health", "mailbox"]) {
    expect(run.printed()).toContain(`http://localhost:${port}/${page}`);
  }
  expect(await answers(port)).toBe(400);
  expect(statSync(join(checkout, ".anteroom/sealing-secret")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(checkout, ".anteroom/workerd.capnp"), "utf8")).not.toContain(
    readFileSync(join(checkout, ".anteroom/sealing-secret"), "utf8"),
  );

  const alive = processes();
  expect(alive).toHaveLength(3);
  process.kill(-(run.child.pid ?? 0), "SIGINT");
  expect(await run.exited).toBe(0);
  expect(alive.filter(isAlive)).toEqual([]);
  expect(run.printed()).toContain("Anteroom has stopped.");
});

test("a Ctrl-C while it starts stops it too: no stack, no process, and the next start is like any other", async () => {
  // Nothing is kept yet, so that it has something to migrate while it bundles.
  rmSync(join(checkout, ".anteroom"), { recursive: true, force: true });
  const run = npmStart(await freePort());
  await run.until("Migrated: ");
  const alive = processes();
  process.kill(-(run.child.pid ?? 0), "SIGINT");
  expect(await run.exited).toBe(0);
  expect(run.printed()).toContain("Anteroom has stopped.");
  expect(run.printed()).not.toContain("Anteroom is ready.");
  expect(run.printed()).not.toContain("could not be bundled");
  expect(run.printed()).not.toMatch(aStack);
  expect(alive.filter(isAlive)).toEqual([]);
  expect(runningFrom(join(checkout, ".anteroom"))).toBeUndefined();
  await npmStart(await freePort()).until("Ctrl-C stops it");
});

test("SIGTERM to npm alone stops everything too", async () => {
  const run = npmStart(await freePort());
  await run.until("Ctrl-C stops it");
  const alive = processes();
  run.child.kill("SIGTERM");
  await run.exited;
  await expect.poll(() => alive.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});

test("a taken port is one sentence and exit code 1, and nothing stays behind", async () => {
  const squatter = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => squatter.listen(port, "127.0.0.1", resolve));
  try {
    const run = npmStart(port);
    expect(await run.exited).toBe(1);
    expect(run.printed()).toContain(`Port ${port} is taken.`);
    expect(run.printed()).not.toMatch(aStack);
    expect(runningFrom(join(checkout, ".anteroom"))).toBeUndefined();
  } finally {
    squatter.close();
  }
});

test("a database that is not there is one sentence and exit code 1", async () => {
  const run = npmStart(await freePort(), { DATABASE_URL: `http://127.0.0.1:${await freePort()}` });
  expect(await run.exited).toBe(1);
  expect(run.printed()).toContain("could not be migrated");
  expect(run.printed()).not.toMatch(aStack);
});

test("a second start from the same folder is told about the first", async () => {
  const port = await freePort();
  const first = npmStart(port);
  await first.until("Ctrl-C stops it");
  const second = npmStart(await freePort());
  expect(await second.exited).toBe(1);
  expect(second.printed()).toContain("already running");
  expect(await answers(port)).toBe(400);
});

test("when a part of it dies, it says which one and stops the rest with exit code 1", async () => {
  const run = npmStart(await freePort());
  await run.until("Ctrl-C stops it");
  const alive = processes();
  const [, sqld] = alive;
  if (sqld) process.kill(sqld.pid, "SIGKILL");
  expect(await run.exited).toBe(1);
  expect(run.printed()).toContain("The libSQL server (sqld) ended by itself (SIGKILL).");
  expect(alive.filter(isAlive)).toEqual([]);
});

test("after kill -9 of everything but its children, the next start cleans up and answers", async () => {
  const port = await freePort();
  const killed = npmStart(port);
  await killed.until("Ctrl-C stops it");
  const [owner, ...children] = processes();
  // Not its output's end: the orphans hold on to that.
  const exit = once(killed.child, "exit");
  if (owner) process.kill(owner.pid, "SIGKILL");
  await exit;
  expect(children.filter(isAlive)).toHaveLength(2);

  const next = npmStart(port);
  await next.until("Ctrl-C stops it");
  expect(next.printed()).toContain("An earlier run had been killed");
  expect(children.filter(isAlive)).toEqual([]);
  expect(await answers(port)).toBe(400);
});
