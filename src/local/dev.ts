// `npm run dev`: the same as `npm start`, taken up again whenever something in src/ or db/ changes.
import { watch } from "node:fs";
import type { Anteroom } from "./anteroom.ts";
import { root } from "./process.ts";
import { runSession } from "./session.ts";
import { bundleWorker } from "./wrangler.ts";

// An editor's save is several events.
const settleMs = 80;

function reloadOnChange(anteroom: Anteroom, stopping: AbortSignal): void {
  let waiting: NodeJS.Timeout | undefined;
  let busy = false;
  let again = false;

  async function reload(): Promise<void> {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const startedAt = Date.now();
    try {
      const { code } = await bundleWorker({ minify: false });
      const added = await anteroom.migrate();
      if (added.length > 0) console.log(`Migrated: ${added.join(", ")}.`);
      await anteroom.restartWorker(code);
      console.log(`Reloaded in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s.`);
    } catch (error) {
      // The last version that worked goes on running. When all is to stop, so is what bundles the next one, and that is no news.
      if (!stopping.aborted) console.error(error instanceof Error ? error.message : error);
    }
    busy = false;
    if (again) {
      again = false;
      await reload();
    }
  }

  for (const folder of ["src", "db"]) {
    watch(`${root}${folder}`, { recursive: true }, (_event, file) => {
      if (file === null || file.startsWith("local/") || file.endsWith("~")) return;
      clearTimeout(waiting);
      waiting = setTimeout(reload, settleMs);
    });
  }
}

await runSession({ minify: false, beside: reloadOnChange });
process.exit(0);
