// The whole installation on one machine: libSQL, the production bundle on workerd, and a way to fire its cron triggers.
import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseFailure, type DatabaseOptions } from "../../db/database.ts";
import { type BucketServer, startBucket } from "./bucket.ts";
import { claim } from "./claim.ts";
import { migrate } from "./migrate.ts";
import { ended, isOver, portIsFree, Trouble } from "./process.ts";
import { localSettings } from "./settings.ts";
import { type Server, startSqld } from "./sqld.ts";
import { bundleFile, clockFile, clockWorker, workerConfig } from "./worker-config.ts";
import { startWorkerd, type Workerd, workerdBinary } from "./workerd.ts";
import { bundleWorker, wranglerConfig } from "./wrangler.ts";

export type AnteroomOptions = {
  /** Where everything that outlives the process is kept. Made when it is not there. */
  readonly directory: string;
  readonly port: number;
  /** Settings come from here, and nothing else does. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The Worker's code, when somebody has it already; else it is bundled as for production, unless `minify` is false. */
  readonly code?: string;
  readonly minify?: boolean;
  /** Where the Worker's log lines go: `terminal`, or `worker.log` in the directory. */
  readonly log?: "terminal" | "file";
  readonly onProgress?: (sentence: string) => void;
};

export type Anteroom = {
  readonly url: string;
  readonly databaseUrl: string;
  /** The workerd that runs now. */
  readonly worker: () => ChildProcess;
  /** null when DATABASE_URL points somewhere else. */
  readonly sqld: ChildProcess | null;
  /** Fires one cron trigger, and resolves when all that it set off is done. */
  readonly cron: (trigger?: { at?: Date; cron?: string }) => Promise<void>;
  /** kill -9, as a crash would. */
  readonly killWorker: () => Promise<void>;
  /**
   * Starts the Worker again, with new code if there is any; ends the one that runs first. Rejects when the new code does not start,
   * and then the code before it runs again.
   */
  readonly restartWorker: (code?: string) => Promise<void>;
  /** Brings the database to the newest schema; the names of what was new. */
  readonly migrate: () => Promise<string[]>;
  /** Ends the Worker, then the database. May be called twice. */
  readonly stop: () => Promise<void>;
  /** Resolves with a sentence when one of its processes ends though nobody asked it to. */
  readonly broken: Promise<string>;
};

export async function startAnteroom(options: AnteroomOptions): Promise<Anteroom> {
  const { port, environment = process.env, onProgress = () => undefined } = options;
  const directory = resolve(options.directory);
  const url = `http://localhost:${port}`;
  // Before anything is begun: without it there is nothing to begin.
  workerdBinary();
  mkdirSync(directory, { recursive: true });
  const claimed = await claim(directory, url);
  if (claimed.cleanedUp > 0) onProgress("An earlier run had been killed; its processes are ended now.");

  let server: Server | undefined;
  let workerd: Workerd | undefined;
  let bucket: BucketServer | undefined;
  let restarting: Promise<void> = Promise.resolve();
  let stopped = false;
  let report: (sentence: string) => void = () => undefined;
  const broken = new Promise<string>((tell) => {
    report = tell;
  });
  const toldToEnd = new WeakSet<ChildProcess>();
  const writeDown = (child: ChildProcess) => claimed.addChild(child.pid);
  /** From here on, its end is news unless somebody asked for it. */
  const watch = (what: string, child: ChildProcess) => {
    const tell = () => {
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      if (!toldToEnd.has(child)) report(`${what} ended by itself (${how}).`);
    };
    if (isOver(child)) tell();
    else child.once("exit", tell);
  };

  async function endWorker(signal: NodeJS.Signals): Promise<void> {
    if (!workerd) return;
    toldToEnd.add(workerd.child);
    await ended(workerd.child, signal);
  }

  async function stop(): Promise<void> {
    stopped = true;
    await restarting.catch(() => undefined);
    await endWorker("SIGTERM");
    await bucket?.stop();
    if (server) toldToEnd.add(server.child);
    await server?.stop();
    claimed.release();
  }

  try {
    if (!(await portIsFree(port))) {
      throw new Trouble(
        `Port ${port} is taken. Stop what listens there, or choose another: PORT=${port + 1} npm start.`,
      );
    }
    const given = environment.DATABASE_URL;
    if (!given) {
      server = await startSqld({
        directory: join(directory, "database"),
        log: join(directory, "sqld.log"),
        detached: true,
        onSpawn: writeDown,
      });
      watch("The libSQL server (sqld)", server.child);
    }
    const databaseUrl = given || (server?.url ?? "");
    const settings = localSettings({ directory, url, databaseUrl, isOwnDatabase: !given, environment });
    const database = { url: databaseUrl, token: settings.DATABASE_TOKEN };
    const [code] = await Promise.all([
      options.code ?? bundleWorker({ minify: options.minify ?? true }).then((bundle) => bundle.code),
      migrateOrSay(database).then((added) => added.length > 0 && onProgress(`Migrated: ${added.join(", ")}.`)),
    ]);

    const timers = join(directory, "timers");
    mkdirSync(timers, { recursive: true });
    const configFile = join(directory, "workerd.capnp");
    const config = wranglerConfig();
    writeFileSync(join(directory, clockFile), clockWorker);
    bucket = await startBucket(join(directory, "recordings"));
    const names = Object.keys(settings);
    writeFileSync(configFile, workerConfig({ config, port, timers, bucketPort: bucket.port, settings: names }));
    const launch = async (newCode: string): Promise<Workerd> => {
      writeFileSync(join(directory, bundleFile), newCode);
      const launched = await startWorkerd({
        configFile,
        sockets: ["api", "clock"],
        env: settings,
        ...(options.log === "file" && { log: join(directory, "worker.log") }),
        onSpawn: writeDown,
      });
      watch("The Worker (workerd)", launched.child);
      workerd = launched;
      return launched;
    };
    let current = await launch(code);
    let good = code;

    async function restart(newCode: string): Promise<void> {
      if (stopped) return;
      await endWorker("SIGTERM");
      try {
        current = await launch(newCode);
        good = newCode;
      } catch (error) {
        if (newCode === good || !(error instanceof Trouble)) throw error;
        current = await launch(good).catch((again: unknown) => {
          report("The Worker (workerd) did not start again.");
          throw again;
        });
        throw new Trouble(`${error.message} The version before it runs again.`);
      }
    }

    return {
      url,
      databaseUrl,
      worker: () => current.child,
      sqld: server?.child ?? null,
      broken,
      stop,
      migrate: () => migrateOrSay(database),
      killWorker: () => endWorker("SIGKILL"),
      restartWorker(newCode = good) {
        restarting = restart(newCode);
        return restarting;
      },
      async cron({ at = new Date(), cron = config.triggers.crons[0] ?? "* * * * *" } = {}) {
        const response = await fetch(`http://127.0.0.1:${current.ports.get("clock")}/`, {
          method: "POST",
          body: JSON.stringify({ scheduledTime: at.getTime(), cron }),
        });
        const answer = await response.text();
        if (!response.ok || !answer.includes('"ok"')) throw new Error(`cron ${cron} failed: ${answer}`);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A database that cannot be reached or refuses is trouble to tell, not a stack to print. */
export async function migrateOrSay(options: DatabaseOptions): Promise<string[]> {
  try {
    return await migrate(options);
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    const advice = options.token === undefined ? "" : " Check DATABASE_URL and DATABASE_TOKEN.";
    throw new Trouble(`The database at ${new URL(options.url).host} could not be migrated: ${error.message}.${advice}`);
  }
}
