// What an action is handed: every way out of pure code, as a port. Types only.
import type { Database } from "../../db/database.ts";
import type { Id, LetterId, TimedId } from "./ids.ts";
import type { Sealer } from "./secret.ts";

/** A file that goes with a letter. */
export type Attachment = {
  readonly name: string;
  /** With its parameters, as in `text/calendar; method=REQUEST; charset=utf-8`. */
  readonly contentType: string;
  /** Sent as UTF-8. */
  readonly text: string;
};

/** One letter as it goes out. */
export type Envelope = {
  readonly id: LetterId;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
};

/** `refused` is final (the address is dead, the letter is malformed); `later` is worth another try. */
export type Delivery =
  | { readonly outcome: "delivered" }
  /** `isAddressDead`: and nothing else is taken for it either. */
  | { readonly outcome: "refused" | "later"; readonly why: string; readonly isAddressDead?: boolean };

export type Postman = { readonly deliver: (envelope: Envelope) => Promise<Delivery> };

export type Alarms = {
  /** Sets the one alarm of an interview or a refcheck to this instant, or clears it. */
  readonly set: (id: TimedId, dueAt: Date | null) => Promise<void>;
  /**
   * Has the one keeper of deadlines write down everything that is due by now, asked by the timer set to `dueAt` (epoch ms). Answers when
   * this one's timer is to ring next, null when never; undefined when the keeper does not know.
   */
  readonly settleDue: (id: TimedId, dueAt: number) => Promise<Date | null | undefined>;
  /** Has the outbox's one drainer try everything that has been promised by now. */
  readonly drainOutbox: () => Promise<void>;
  /** Makes sure the outbox is drained no later than this. */
  readonly wakeOutbox: (at: Date) => Promise<void>;
};

/** Where recordings and documents are kept, in objects under names. */
export type Bucket = {
  /** The body has exactly so many bytes, or nothing is kept. */
  readonly put: (key: string, body: ReadableStream<Uint8Array>, bytes: number) => Promise<void>;
  /** So many bytes from an offset; null when there is no such object. */
  readonly get: (key: string, offset: number, length: number) => Promise<ReadableStream<Uint8Array> | null>;
  readonly remove: (keys: readonly string[]) => Promise<void>;
  /** Removes everything whose name begins so. */
  readonly forget: (prefix: string) => Promise<void>;
};

/** What a virus scanner is handed: the bytes and what they are, and never whose they are or how they are called. */
export type Scannable = {
  readonly mediaType: string;
  readonly bytes: number;
  readonly body: ReadableStream<Uint8Array>;
};

/** `threat` is the scanner's word for what it found; `later` is worth another try. */
export type Scanned =
  | { readonly outcome: "clean" }
  | { readonly outcome: "infected"; readonly threat: string }
  | { readonly outcome: "later"; readonly why: string };

export type Scanner = { readonly scan: (what: Scannable) => Promise<Scanned> };

export type Caller = {
  /** As the edge saw it; null where there is no edge. Kept only as a keyed hash. */
  readonly ip: string | null;
  /** Two letters, as the edge tells it. */
  readonly country: string | null;
  /** What a frontend calls the browser it runs in, if it does. Kept only as a keyed hash. */
  readonly deviceId: string | null;
  /** What the browser calls itself, cut to 200 characters. */
  readonly device: string;
};

export type Site = {
  /** Where this installation answers, without a trailing slash: the home of the built-in page. */
  readonly publicUrl: string;
  /** Frontends that are this installation's own, for people who are in no organization yet. */
  readonly frontendOrigins: readonly string[];
  /** The address letters come from. */
  readonly lettersFrom: string;
};

export type LogLine = Readonly<Record<string, string | number | boolean | null>>;

export type Deps = {
  /** Guarded for whoever asks: every transaction begins with "that session, with that access, is alive". */
  readonly db: Database;
  readonly now: () => Date;
  /** For what is tried again: nothing is ever waited for by guessing how long it takes. */
  readonly pause: (durationMs: number) => Promise<void>;
  readonly newId: <Prefix extends string>(prefix: Prefix) => Id<Prefix>;
  readonly newToken: () => string;
  /** 0 <= n < 1, for jitter only. */
  readonly random: () => number;
  readonly sealer: Sealer;
  readonly site: Site;
  readonly caller: Caller;
  readonly alarms: Alarms;
  readonly postman: Postman;
  readonly bucket: Bucket;
  /** Null: nobody looks through documents, and they say so. */
  readonly scanner: Scanner | null;
  /**
   * Work that waits for the answer to be on its way. It is the system's own, with nobody's guard: the caller's session
   * may have ended by then. A failure in it is logged and changes no outcome.
   */
  readonly afterwards: (what: string, work: (system: Deps) => Promise<unknown>) => void;
  /** One structured line. Ids and reasons only: never a name, an address or an answer. */
  readonly log: (event: string, line?: LogLine) => void;
};
