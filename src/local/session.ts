// Anteroom at a terminal: says where it is, keeps its crons, and ends when it is told to or when a part of it does.
import { type Anteroom, startAnteroom } from "./anteroom.ts";
import { keepCrons } from "./crons.ts";
import { Trouble } from "./process.ts";
import { chosenPort, dataFolder } from "./terminal.ts";
import { isDue } from "./timetable.ts";
import { wranglerConfig } from "./wrangler.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Aborted by the first signal that asks to stop. */
function askedToStop(): AbortSignal {
  const asked = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => {
      // npm hands on what the terminal has sent already, so two within a moment are one.
      if (asked.signal.aborted) return;
      console.log("Anteroom is stopping …");
      asked.abort();
    });
  }
  return asked.signal;
}

export type Session = {
  readonly minify?: boolean;
  /** Runs beside it once it has started, until it is asked to stop. */
  readonly beside?: (anteroom: Anteroom, stopping: AbortSignal) => void;
};

export async function runSession({ minify = true, beside }: Session): Promise<void> {
  const stopping = askedToStop();
  const stopped = new Promise<void>((resolve) => stopping.addEventListener("abort", () => resolve()));
  const { crons } = wranglerConfig().triggers;
  // Read them once now: a cron that cannot be kept is told at the start, not at midnight.
  for (const cron of crons) isDue(cron, new Date());
  console.log("Anteroom is starting …");
  const anteroom = await startAnteroom({
    directory: dataFolder,
    port: chosenPort(),
    onProgress: (sentence) => console.log(sentence),
    minify,
  }).catch((error: unknown) => {
    // Ctrl-C reaches what bundles the Worker too: a start that fails after it has been stopped, not broken.
    if (!stopping.aborted) throw error;
  });
  if (!anteroom || stopping.aborted) {
    await anteroom?.stop();
    return console.log("Anteroom has stopped.");
  }
  keepCrons(crons, anteroom.cron, { onFailure: (sentence) => console.error(sentence) });
  beside?.(anteroom, stopping);
  console.log(`
  Anteroom is ready.

  API       ${anteroom.url}/trpc
  Health    ${anteroom.url}/health
  Mailbox   ${anteroom.url}/mailbox
  Data      ${anteroom.sqld ? dataFolder : new URL(anteroom.databaseUrl).host}

  Ctrl-C stops it.
`);
  const ending = await Promise.race([stopped, anteroom.broken]);
  await anteroom.stop();
  if (ending === undefined) return console.log("Anteroom has stopped.");
  throw new Trouble(`${ending} Anteroom has stopped.`);
}
