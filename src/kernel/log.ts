import type { LogLine } from "./deps.ts";

/** One structured line, for a log search. Ids and reasons only: never a name, an address or an answer. */
export function log(event: string, line: LogLine = {}): void {
  console.log(JSON.stringify({ event, ...line }));
}
