// Anteroom at a terminal: says where it is, keeps its crons, and ends when it is told to or when a part of it does.
import { type Anteroom, startAnteroom } from "./anteroom.ts";
import { Trouble } from "./process.ts";
import { chosenPort, dataFolder } from "./terminal.ts";
import { isDue } from "./timetable.ts";
import { wranglerConfig } from "./wrangler.ts";

const minuteMs = 60_000;

function fireCrons(anteroom: Anteroom, crons: readonly string[]): void {
  const at = new Date(Math.ceil((Date.now() + 1) / minuteMs) * minuteMs);
  setTimeout(() => {
    fireCrons(anteroom, crons);
    for (const cron of crons.filter((cron) => isDue(cron, at))) {
      anteroom.cron({ at, cron }).catch((error: unknown) => {
        console.error(
          `The cron trigger "${cron}" did not go well: ${error instanceof Error ? error.message : "unknown"}`,
        );
      });
    }
  }, at.getTime() - Date.now()).unref();
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves at the first signal that asks to stop. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of signals) {
      process.on(signal, () => {
        // npm hands on what the terminal has sent already, so two within a moment are one.
        if (asked) return;
        asked = true;
        console.log("Anteroom is stopping …");
        resolve();
      });
    }
  });
}

export type Session = {
  readonly code?: string;
  /** Runs beside it once it has started. */
  readonly beside?: (anteroom: Anteroom) => void;
};

export async function runSession({ code, beside }: Session): Promise<void> {
  const stopping = askedToStop();
  const { crons } = wranglerConfig().triggers;
  // Read them once now: a cron that cannot be kept is told at the start, not at midnight.
  for (const cron of crons) isDue(cron, new Date());
  console.log("Anteroom is starting …");
  const anteroom = await startAnteroom({
    directory: dataFolder,
    port: chosenPort(),
    onProgress: (sentence) => console.log(sentence),
    ...(code !== undefined && { code }),
  });
  if (await Promise.race([stopping.then(() => true), false])) return anteroom.stop();
  fireCrons(anteroom, crons);
  beside?.(anteroom);
  console.log(`
  Anteroom is ready.

  API       ${anteroom.url}/trpc
  Health    ${anteroom.url}/health
  Mailbox   ${anteroom.url}/mailbox
  Data      ${anteroom.sqld ? dataFolder : new URL(anteroom.databaseUrl).host}

  Ctrl-C stops it.
`);
  const ending = await Promise.race([stopping, anteroom.broken]);
  await anteroom.stop();
  if (ending === undefined) return console.log("Anteroom has stopped.");
  throw new Trouble(`${ending} Anteroom has stopped.`);
}
