// `npm run dev` while somebody writes: what is saved runs, and what does not run leaves the version before it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runningFrom } from "../../src/local/claim.ts";
import { ended, freePort, isAlive } from "../../src/local/process.ts";
import { checkoutIn, npm, type Running } from "./checkout.ts";

let checkout: string;
let port: number;
let run: Running;

beforeAll(async () => {
  checkout = checkoutIn(mkdtempSync(join(tmpdir(), "anteroom-dev-")));
  port = await freePort();
  run = npm(["run", "dev"], { cwd: checkout, env: { PORT: String(port) } });
  await run.until("Ctrl-C stops it");
});
afterAll(async () => {
  if (run) await ended(run.child, "SIGTERM");
  rmSync(checkout, { recursive: true, force: true });
});

const errors = () => join(checkout, "src/kernel/errors.ts");
const worker = () => join(checkout, "src/worker.ts");

function save(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** How the API says that nobody is signed in. */
async function sentence(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/trpc/identity.me`)).text();
}

/** How often it has said so. */
const said = (words: string) => run.printed().split(words).length - 1;
const untilSaid = (words: string, times: number) => expect.poll(() => said(words), { timeout: 60_000 }).toBe(times);

const troublesTold = () => said("The version before it runs again.") + said("The Worker could not be bundled");

test("what is saved runs", async () => {
  expect(await sentence()).toContain("You are not signed in");
  save(errors(), (text) => text.replace("You are not signed in", "Nobody is signed in"));
  await untilSaid("Reloaded in ", 1);
  expect(await sentence()).toContain("Nobody is signed in");
});

test.each([
  ["fails as it starts", (text: string) => `${text}\nthrow new Error("broken as it starts");\n`],
  ["cannot be read", (text: string) => `${text}\nexport const = ;\n`],
])("a save that %s leaves the version before it answering, until there is a better one", async (_, breaking) => {
  const children = runningFrom(join(checkout, ".anteroom"))?.children ?? [];
  const whole = readFileSync(worker(), "utf8");
  const reloads = said("Reloaded in ");
  const told = troublesTold();
  save(worker(), breaking);
  await expect.poll(troublesTold, { timeout: 60_000 }).toBe(told + 1);
  expect(await sentence()).toContain("Nobody is signed in");
  expect(run.child.exitCode).toBeNull();
  // The database is the one it was.
  expect(children.slice(0, 1).filter(isAlive)).toHaveLength(1);
  save(worker(), () => whole);
  await untilSaid("Reloaded in ", reloads + 1);
  expect(await sentence()).toContain("Nobody is signed in");
});

test("Ctrl-C just after a save stops everything, and is no trouble to tell", async () => {
  const running = runningFrom(join(checkout, ".anteroom"));
  const alive = running ? [running.owner, ...running.children].filter(isAlive) : [];
  expect(alive).toHaveLength(3);
  const told = troublesTold();
  save(errors(), (text) => text.replace("Nobody is signed in", "Somebody is not signed in"));
  process.kill(-(run.child.pid ?? 0), "SIGINT");
  expect(await run.exited).toBe(0);
  expect(run.printed()).toContain("Anteroom has stopped.");
  expect(troublesTold()).toBe(told);
  expect(alive.filter(isAlive)).toEqual([]);
});
