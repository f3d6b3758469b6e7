// Starts workerd on a configuration and tells which port each of its sockets listens on.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as z from "zod";
import { begun, ended, Trouble } from "./process.ts";

const Listening = z.object({ event: z.literal("listen"), socket: z.string(), port: z.number() });

const here = `${process.platform} ${process.arch}`;
const advice = 'Run "npm ci" again; it exists for Linux and macOS, on x64 and arm64.';

/** The native program itself: npm's link is a script around it, and killing a script leaves its program running. */
export function workerdBinary(): string {
  try {
    const { default: path }: { default: string } = createRequire(import.meta.url)("workerd");
    return path;
  } catch {
    throw new Trouble(`There is no workerd for ${here} in node_modules. ${advice}`);
  }
}

export type WorkerdOptions = {
  readonly configFile: string;
  readonly sockets: readonly string[];
  /** The settings, and nothing else of this machine's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A file for what the Worker logs; without one it goes to the terminal. */
  readonly log?: string;
  readonly onSpawn?: (child: ChildProcess) => void;
};

export type Workerd = { readonly child: ChildProcess; readonly ports: ReadonlyMap<string, number> };

const startTimeoutMs = 15_000;

/** Resolves once every socket listens. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const binary = workerdBinary();
  const log = options.log === undefined ? "inherit" : openSync(options.log, "a");
  const child = spawn(binary, ["serve", "--experimental", "--control-fd=3", options.configFile], {
    env: { ...options.env },
    stdio: ["ignore", log, log, "pipe"],
    // A process group of its own: Ctrl-C reaches only whoever started it, who ends things in order.
    detached: true,
  });
  if (typeof log === "number") closeSync(log);
  await begun(child, `The workerd in node_modules does not run on this machine (${here}). ${advice}`);
  options.onSpawn?.(child);
  const where = options.log === undefined ? "What it said is above." : `What it said is in ${options.log}.`;
  try {
    return { child, ports: await listening(child, options.sockets, where) };
  } catch (error) {
    await ended(child, "SIGKILL");
    throw error;
  }
}

function listening(child: ChildProcess, sockets: readonly string[], where: string): Promise<Map<string, number>> {
  return new Promise((resolve, reject) => {
    const ports = new Map<string, number>();
    const late = setTimeout(() => reject(new Trouble(`The Worker did not start in time. ${where}`)), startTimeoutMs);
    const over = () => reject(new Trouble(`The Worker ended before it answered. ${where}`));
    child.once("exit", over);
    const control = child.stdio[3];
    if (!isReadable(control)) return reject(new Trouble("workerd has no control channel."));
    createInterface({ input: control }).on("line", (line) => {
      const { success, data } = Listening.safeParse(JSON.parse(line));
      if (success) ports.set(data.socket, data.port);
      if (sockets.every((socket) => ports.has(socket))) {
        clearTimeout(late);
        child.off("exit", over);
        resolve(ports);
      }
    });
  });
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === "object" && stream !== null && "read" in stream;
}
