// Processes and ports of this machine: start, wait, end, and tell one process from another.
import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a check came to: whether it went well, a word beside that, and all it said for when it did not. */
export type Outcome = { readonly ok: boolean; readonly note?: string; readonly output?: string };

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

export function portIsFree(port: number): Promise<boolean> {
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
    if (isOver(child)) throw new Trouble(`${what} ended before it answered.`);
    try {
      await fetch(url, { signal: AbortSignal.timeout(1_000) });
      return;
    } catch {
      await sleep(pollMs);
    }
  }
  throw new Trouble(`${what} did not answer within ${startTimeoutMs / 1_000} seconds.`);
}

/** Resolves once the program runs; with `otherwise` as trouble when this machine cannot run it. */
export async function begun(child: ChildProcess, otherwise: string): Promise<void> {
  try {
    await once(child, "spawn");
  } catch {
    throw new Trouble(otherwise);
  }
}

export function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

const patienceMs = 5_000;

/** Ends a child and waits until it is gone. One that does not listen is killed after five seconds. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isOver(child)) return Promise.resolve();
  return new Promise((resolve) => {
    const lastWord = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    child.once("exit", () => {
      clearTimeout(lastWord);
      resolve();
    });
    child.kill(signal);
  });
}

/** A process id alone may belong to somebody else by now; together with the time of its start it does not. */
export type Identity = { readonly pid: number; readonly startedAt: string };

export function identityOf(pid: number): Identity | undefined {
  const startedAt = startOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isAlive({ pid, startedAt }: Identity): boolean {
  return startOf(pid) === startedAt;
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    }
    // proc(5): after the name in parentheses, which may hold anything, state is field 3 and the start time field 22.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Ends a process that is nobody's child any more. */
export async function endStranger(identity: Identity): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (isAlive(identity)) {
    process.kill(identity.pid, Date.now() < giveUpAt ? "SIGTERM" : "SIGKILL");
    await sleep(pollMs);
  }
}
