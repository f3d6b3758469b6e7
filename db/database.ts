// One read or one write is one HTTP request, one transaction, one round trip. The guard of whoever asks goes first in
// each, so nothing is read or written for a session that is no longer alive.
import { backoffMs } from "../src/kernel/alarm.ts";
import { pause, secondMs, systemClock } from "../src/kernel/clock.ts";
import { nameOf, Refused } from "../src/kernel/errors.ts";
import { random } from "../src/kernel/ids.ts";
import {
  type BatchMode,
  type BatchOutcome,
  batonOf,
  decodeBatch,
  encodeBatch,
  onItsOwn,
  type WireAnswer,
} from "./hrana.ts";
import type { Statement } from "./statement.ts";
import { keptStreams, type Stream, type Streams } from "./streams.ts";

type Statements = Readonly<Record<string, Statement<unknown>>>;
type ResultOf<Asked> = Asked extends Statement<infer Result> ? Result : never;
/** What was left out of the asked is left out of the answer. */
export type ResultsOf<Asked extends Statements> = { [Name in keyof Asked]: ResultOf<Asked[Name]> };

export type Database = {
  /** Runs the statements in one read transaction; answers by the names they were asked under. */
  readonly read: <Asked extends Statements>(asked: Asked) => Promise<ResultsOf<Asked>>;
  /** Runs the statements in one BEGIN IMMEDIATE transaction: all of them or none. Answers in their order. */
  readonly write: <const Sentence extends readonly Statement<unknown>[]>(
    sentence: Sentence,
  ) => Promise<{
    -readonly [Index in keyof Sentence]: Sentence[Index] extends Statement<infer Result> ? Result : never;
  }>;
  /** The same, and answers what is asked as it stands after the sentence, in the same transaction. */
  readonly writeThenRead: <Asked extends Statements>(
    sentence: readonly Statement<unknown>[],
    asked: Asked,
  ) => Promise<ResultsOf<Asked>>;
  /** The same connection, each of whose transactions begins with these statements. */
  readonly guardedBy: (guard: readonly Statement<unknown>[]) => Database;
};

export type DatabaseOptions = {
  /** `http://127.0.0.1:8080`, `libsql://name.turso.io` or `https://…`. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
  /** Leaves streams open for the next who asks: for a server of one's own. */
  readonly keepsStreams?: boolean;
  /** Called once per round trip. */
  readonly onTrip?: (mode: BatchMode) => void;
};

/** The database was not reached or could not do it. Carries no SQL and no arguments: it may be logged. */
export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
}

const timeoutMsDefault = 10_000;

/** The server lets a transaction wait for seconds by itself; this is for the one it passed over again and again. */
const busyTriesMax = 8;
const busyWaitMsMax = 250;
/** Turned away at the door by a server that has its hands full: nothing of it began. */
const tooManyRequests = 429;
/** Given for a stream that it no longer knows, too. Nothing of what was asked on it began. */
const badRequest = 400;
const conditionFailed = "malformed JSON";
const uniqueFailed = "UNIQUE constraint failed";

export function pipelineUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  const secure = protocol === "libsql:" || protocol === "https:" || protocol === "wss:";
  return `${secure ? "https" : "http"}://${host}${pathname.replace(/\/$/, "")}/v2/pipeline`;
}

/** Of this installation's one database; read once, because every request connects. */
const endpoints = new Map<string, string>();

function endpointOf(url: string): string {
  const known = endpoints.get(url);
  if (known !== undefined) return known;
  const endpoint = pipelineUrl(url);
  endpoints.set(url, endpoint);
  return endpoint;
}

/** A server has room for some 128 of this installation's and others', and forgets one after ten seconds. */
const streamLimits = { most: 8, idleMsMax: 5 * secondMs, outMsMax: 2 * timeoutMsDefault };

/** Names alone, no I/O of anybody's request: they may outlive it. */
const streamsOf = new Map<string, Streams>();

function streamsAt(endpoint: string): Streams {
  const known = streamsOf.get(endpoint) ?? keptStreams(streamLimits);
  streamsOf.set(endpoint, known);
  return known;
}

const turnedAway: BatchOutcome = {
  ...{ ok: false, failedAt: null, neverBegan: true },
  ...{ message: "", code: "TOO_MANY_REQUESTS" },
};
const closing: Stream = { ...onItsOwn, back: () => undefined };
const nowMs = () => systemClock.now().getTime();

export function connect(options: DatabaseOptions): Database {
  const endpoint = endpointOf(options.url);
  const streams = options.keepsStreams ? streamsAt(endpoint) : null;
  const headers = {
    "content-type": "application/json",
    ...(options.token && { authorization: `Bearer ${options.token}` }),
  };
  const send = options.fetch ?? fetch;

  /** Waits in line while other writers hold the database: a transaction that never began is sent again as it is. */
  async function askInTurn(statements: readonly Statement<unknown>[], mode: BatchMode): Promise<BatchOutcome> {
    for (let tries = 1; ; tries += 1) {
      options.onTrip?.(mode);
      const outcome = await ask(statements, mode);
      if (outcome.ok || !outcome.neverBegan || tries === busyTriesMax) return outcome;
      await pause(backoffMs(tries, random(), busyWaitMsMax));
    }
  }

  async function transact(statements: readonly Statement<unknown>[], mode: BatchMode): Promise<unknown[]> {
    const outcome = await askInTurn(statements, mode);
    if (!outcome.ok) throw failure(outcome, statements);
    return outcome.results.map((result, index) => statements[index]?.read(result));
  }

  async function ask(statements: readonly Statement<unknown>[], mode: BatchMode): Promise<BatchOutcome> {
    const stream = streams?.take(nowMs()) ?? closing;
    let baton: string | null = null;
    try {
      const response = await send(endpoint, {
        method: "POST",
        headers,
        body: encodeBatch(statements, mode, stream),
        signal: AbortSignal.timeout(options.timeoutMs ?? timeoutMsDefault),
      }).catch(notReached);
      if (response.status === tooManyRequests) return turnedAway;
      if (response.status === badRequest && stream.baton !== null) {
        streams?.forget();
        return turnedAway;
      }
      if (!response.ok) throw new DatabaseFailure(`the database answered ${response.status}`);
      const answer = await answerIn(response);
      baton = batonOf(answer);
      return decodeBatch(answer, statements.length);
    } finally {
      stream.back(baton, nowMs());
    }
  }

  /** What comes after the statements that go first, by the names it was asked under. */
  async function answersTo(goFirst: readonly Statement<unknown>[], asked: Statements, mode: BatchMode): Promise<never> {
    const results = await transact([...goFirst, ...Object.values(asked)], mode);
    return Object.fromEntries(
      Object.keys(asked).map((name, index) => [name, results[goFirst.length + index]]),
    ) as never;
  }

  function database(guard: readonly Statement<unknown>[]): Database {
    return {
      read: (asked) => answersTo(guard, asked, "read"),
      async write(sentence) {
        return (await transact([...guard, ...sentence], "write")).slice(guard.length) as never;
      },
      writeThenRead: (sentence, asked) => answersTo([...guard, ...sentence], asked, "write"),
      guardedBy: (further) => database([...guard, ...further]),
    };
  }
  return database([]);
}

/** The body comes later than the headers: it may break off, or be some proxy's page. */
async function answerIn(response: Response): Promise<WireAnswer> {
  try {
    return await response.json();
  } catch (cause) {
    return notReached(cause);
  }
}

function notReached(cause: unknown): never {
  throw new DatabaseFailure(`the database was not reached (${nameOf(cause)})`);
}

function failure(outcome: BatchOutcome & { ok: false }, statements: readonly Statement<unknown>[]): Error {
  const refusal = outcome.failedAt === null ? undefined : statements[outcome.failedAt]?.refusal;
  const expected = refusal?.on === "condition" ? conditionFailed : uniqueFailed;
  if (refusal && outcome.message.includes(expected)) return new Refused(refusal.reason, refusal.facts);
  return new DatabaseFailure(withoutDetail(outcome));
}

/** In SQLite's own words. What else a message says may repeat a statement and what was put into it, wherever it stands. */
const ownWords = [
  "no such table",
  "no such column",
  "no such function",
  "UNIQUE constraint failed",
  "FOREIGN KEY constraint failed",
  "NOT NULL constraint failed",
  "CHECK constraint failed",
  "database is locked",
  "database or disk is full",
  "database disk image is malformed",
  "attempt to write a readonly database",
  "disk I/O error",
  "malformed JSON",
  "too many SQL variables",
  "string or blob too big",
  "out of memory",
  "interrupted",
] as const;

/** `SQLite error: no such table`, without the name or anything else that follows; of what has no such words, the code. */
function withoutDetail({ message, code }: { readonly message: string; readonly code: string }): string {
  const said = ownWords.find((words) => message.startsWith(`SQLite error: ${words}`));
  if (said !== undefined) return `SQLite error: ${said}`;
  return `the database failed (${/^[A-Z][A-Z_]{0,60}$/.test(code) ? code : "a code that is none"})`;
}
