// One Anteroom for each data folder. Who runs there is written down, so that what a killed one left behind is found.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { endStranger, identityOf, isAlive, Trouble } from "./process.ts";

const Identity = z.object({ pid: z.number(), startedAt: z.string() });
const Running = z.object({ url: z.string(), owner: Identity, children: z.array(Identity) });
type Running = z.infer<typeof Running>;

export type Claim = {
  readonly addChild: (pid: number | undefined) => void;
  readonly release: () => void;
  /** Processes of an earlier run that had lost their parent, and were ended. */
  readonly cleanedUp: number;
};

function read(path: string): Running | undefined {
  try {
    return Running.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

/** Who runs from this folder right now, if anybody. */
export function runningFrom(directory: string): Running | undefined {
  const running = read(join(directory, "running.json"));
  return running && isAlive(running.owner) ? running : undefined;
}

export async function claim(directory: string, url: string): Promise<Claim> {
  const path = join(directory, "running.json");
  const owner = identityOf(process.pid) ?? { pid: process.pid, startedAt: "" };
  let running: Running = { url, owner, children: [] };
  let cleanedUp = 0;
  try {
    writeFileSync(path, JSON.stringify(running), { flag: "wx" });
  } catch (error) {
    if (!isExisting(error)) throw error;
    const earlier = runningFrom(directory);
    if (earlier) {
      throw new Trouble(
        `Anteroom is already running from ${directory}: process ${earlier.owner.pid}, at ${earlier.url}. Stop that one first.`,
      );
    }
    const orphans = (read(path)?.children ?? []).filter(isAlive);
    for (const orphan of orphans) await endStranger(orphan);
    cleanedUp = orphans.length;
    writeFileSync(path, JSON.stringify(running));
  }
  return {
    cleanedUp,
    addChild(pid) {
      const child = pid === undefined ? undefined : identityOf(pid);
      if (!child) return;
      running = { ...running, children: [...running.children.filter(isAlive), child] };
      writeFileSync(path, JSON.stringify(running));
    },
    release: () => rmSync(path, { force: true }),
  };
}
