// A libSQL server that can be killed and comes back at the same address, with what it had written.
import { join } from "node:path";
import { ended, portIsFree } from "../../src/local/process.ts";
import { type Server, startSqld } from "../../src/local/sqld.ts";

export type DatabaseServer = {
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: () => number;
  /** kill -9, as a crash would. */
  readonly kill: () => Promise<void>;
  /** Starts it again, and resolves once it answers. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const lowestPort = 12_000;
const portCount = 18_000;

/**
 * A free port that no outgoing connection is ever given: of the others, one may be taken in the moment in which nobody listens
 * on it because its server was killed.
 */
export async function keptPort(): Promise<number> {
  for (;;) {
    const port = lowestPort + Math.floor(Math.random() * portCount);
    if (await portIsFree(port)) return port;
  }
}

export async function startDatabaseServer(directory: string): Promise<DatabaseServer> {
  const port = await keptPort();
  const options = { directory: join(directory, "database"), log: join(directory, "sqld.log"), port, detached: true };
  let server: Server = await startSqld(options);
  return {
    url: server.url,
    pid() {
      if (server.child.pid === undefined) throw new Error("The libSQL server was never started.");
      return server.child.pid;
    },
    kill: () => ended(server.child, "SIGKILL"),
    async start() {
      server = await startSqld(options);
    },
    stop: () => server.stop(),
  };
}
