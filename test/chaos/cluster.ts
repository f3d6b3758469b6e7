// Everything an installation is made of, each a process of its own that may be killed: the database, what stands between it
// and the Worker, the production bundle on workerd, and whom it gives its letters to.
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Database } from "../../db/database.ts";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { ended, root } from "../../src/local/process.ts";
import { postmarkToken } from "../support/postmark-message.ts";
import { type DatabaseServer, keptPort, startDatabaseServer } from "./database-server.ts";
import type { Asked, CutKind, PostmarkSays, ProxySays, ProxyTold, Take } from "./messages.ts";

export type Cluster = {
  readonly anteroom: Anteroom;
  readonly server: DatabaseServer;
  /** Straight to the database, past what cuts. */
  readonly db: Database;
  readonly mailboxUrl: string;
  /** One of the next requests to the database will be cut. */
  readonly cut: (kind: CutKind, within: number) => void;
  /** Resolves, with the instant, once so many requests more were handed to the database; with `kills` it dies while it is about the last. */
  readonly afterRequests: (count: number, kills: { readonly afterMs: number } | null) => Promise<number>;
  /** From now on letters are sometimes taken without a word, or not taken. */
  readonly beUnkind: () => void;
  /** From now on nothing is cut and every letter is taken. */
  readonly calmDown: () => void;
  /** The text of the newest letter with a link to this address, once it has come. */
  readonly letterTo: (email: string) => Promise<string>;
  readonly takes: readonly Take[];
  readonly asked: readonly Asked[];
  /** What no real Postmark would have taken. */
  readonly violations: readonly string[];
  readonly stop: () => Promise<void>;
};

/** A process of this folder, once it has said where it listens. */
function started<Says extends { readonly port?: number }>(
  file: string,
  argument: string,
  onSaid: (said: Says) => void,
): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(`${root}test/chaos/${file}`, [argument], { execArgv: ["--no-warnings"] });
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error(`${file} ended before it listened.`)));
    child.on("message", (said: Says) => {
      if (said.port === undefined) onSaid(said);
      else resolve({ child, port: said.port });
    });
  });
}

export async function startCluster({ seed, code }: { seed: number; code?: string }): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), "anteroom-chaos-"));
  const takes: Take[] = [];
  const asked: Asked[] = [];
  const violations: string[] = [];
  const inbox = new Map<string, string>();
  const readers = new Map<string, (text: string) => void>();
  /** What is to be stopped, last started first. */
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    return await startedIn(directory);
  } catch (error) {
    await stop();
    throw error;
  }

  async function startedIn(directory: string): Promise<Cluster> {
    const server = await startDatabaseServer(directory);
    let onRing: (at: number) => void = () => undefined;
    stops.push(server.stop);
    const proxy = await started<ProxySays>("proxy.ts", server.url, (said) => {
      if (said.asked) asked.push(said.asked);
      if (said.rangAt !== undefined) onRing(said.rangAt);
    });
    stops.push(() => ended(proxy.child, "SIGTERM"));
    const tellProxy = (told: ProxyTold) => void proxy.child.send(told);
    const postmark = await started<PostmarkSays>("postmark.ts", String(seed), ({ take, violation }) => {
      if (violation !== undefined) violations.push(violation);
      if (!take) return;
      const { text, ...taken } = take;
      takes.push(taken);
      if (!text.includes("/auth/link/")) return;
      inbox.set(take.to, text);
      readers.get(take.to)?.(text);
    });
    stops.push(() => ended(postmark.child, "SIGTERM"));
    const mailboxUrl = `http://127.0.0.1:${postmark.port}`;
    const anteroom = await startAnteroom({
      ...{ directory, port: await keptPort(), log: "file" },
      ...(code !== undefined && { code }),
      environment: {
        DATABASE_URL: `http://127.0.0.1:${proxy.port}`,
        POSTMARK_TOKEN: postmarkToken,
        POSTMARK_URL: mailboxUrl,
        LETTERS_FROM: "letters@anteroom.test",
      },
    });
    stops.push(anteroom.stop);
    return {
      ...{ anteroom, server, mailboxUrl, takes, asked, violations, db: connect({ url: server.url }) },
      cut: (kind, within) => tellProxy({ cut: { kind, in: within } }),
      afterRequests: (count, kills) =>
        new Promise((resolve) => {
          onRing = resolve;
          tellProxy({ bell: { in: count, kill: kills && { ...kills, pid: server.pid() } } });
        }),
      beUnkind: () => void postmark.child.send({ kind: false }),
      calmDown() {
        tellProxy({ cut: null });
        postmark.child.send({ kind: true });
      },
      letterTo: (email) =>
        new Promise((resolve) => {
          const come = inbox.get(email);
          if (come === undefined) readers.set(email, resolve);
          else resolve(come);
        }),
      stop,
    };
  }
}
