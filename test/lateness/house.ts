// A whole installation for measuring: a database that can go away, the production bundle, and its clock.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Database } from "../../db/database.ts";
import type { ProjectId } from "../../src/kernel/ids.ts";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { type DatabaseServer, keptPort, startDatabaseServer } from "../chaos/database-server.ts";
import { givenOpenHouse } from "../system/open-house.ts";

export type MeasuredHouse = {
  readonly anteroom: Anteroom;
  /** Fires a cron trigger, of each Worker in its turn: what it arms rings where it was armed. */
  readonly sweep: () => Promise<void>;
  readonly server: DatabaseServer;
  readonly db: Database;
  readonly projectId: ProjectId;
  /** Fires the cron trigger every minute from then on, as Cloudflare does, until it is told to stop. Without a word, at full minutes. */
  readonly keepCron: (first?: Date) => () => void;
  readonly stop: () => Promise<void>;
};

const minuteMs = 60_000;
const nextMinute = () => new Date((Math.floor(Date.now() / minuteMs) + 1) * minuteMs);

/** Several Workers stand for Cloudflare's many machines: each timer lives in the one whose sweep armed it. */
export async function startMeasuredHouse(workers = 1): Promise<MeasuredHouse> {
  const directory = mkdtempSync(join(tmpdir(), "anteroom-lateness-"));
  const server = await startDatabaseServer(directory);
  const startOne = async (name: string) =>
    startAnteroom({
      ...{ directory: join(directory, name), port: await keptPort(), log: "file" },
      environment: { DATABASE_URL: server.url },
    });
  const anteroom = await startOne("first");
  const others = await Promise.all(Array.from({ length: workers - 1 }, (_, nth) => startOne(`another ${nth}`)));
  const all = [anteroom, ...others];
  let turn = 0;
  const { projectId } = await givenOpenHouse(anteroom.url);
  return {
    ...{ anteroom, server, projectId, db: connect({ url: server.url }) },
    async sweep() {
      turn += 1;
      await all[turn % workers]?.cron();
    },
    keepCron(first = nextMinute()) {
      let next: NodeJS.Timeout;
      const fireAt = (at: number) => {
        next = setTimeout(() => {
          fireAt(at + minuteMs);
          // What a sweep meets is seen in the database, or in its absence.
          anteroom.cron().catch(() => undefined);
        }, at - Date.now());
      };
      fireAt(first.getTime());
      return () => clearTimeout(next);
    },
    async stop() {
      for (const each of all) await each.stop();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
