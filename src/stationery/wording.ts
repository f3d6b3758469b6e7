// What a language has to say, and how: the shape that every language file fills. Types only.
import type { LetterContent, LetterKind, MeetingLetter } from "./contract.ts";

export type Words = {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** What the button says; null for a letter that leads nowhere. */
  readonly button: string | null;
  /** Below the button: how long the link lives, and whom to disbelieve. */
  readonly afterwords: readonly string[];
};

/** How facts read in this language. */
export type Telling = {
  /** An ISO instant, in the reader's zone, with the zone named. */
  readonly at: (iso: string) => string;
  /** How long a short-lived link works. */
  readonly linkLives: string;
  /** From when to when, in the reader's zone. */
  readonly span: (startsAt: string, endsAt: string) => string;
  /** The same in another zone than the reader's; null where that is the reader's own. */
  readonly spanIn: (startsAt: string, endsAt: string, timeZone: string) => string | null;
};

/** What a calendar shows of a meeting. */
export type EntryWords = {
  readonly summary: string;
  /** The lines of its description. */
  readonly lines: readonly string[];
};

export type ContentOf = { readonly [Kind in LetterKind]: Extract<LetterContent, { kind: Kind }> };

export type Wording = {
  /** BCP 47, for `lang` and for mail readers that read aloud. */
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  readonly instant: (instant: Date, timeZone: string) => string;
  readonly span: (startsAt: Date, endsAt: Date, timeZone: string) => string;
  readonly duration: (durationMs: number) => string;
  /** Stands before the bare address, for readers whose button does nothing. */
  readonly buttonFails: string;
  readonly sentBy: (senderName: string) => string;
  /** `span` is when it takes place, in its own zone. */
  readonly entry: (meeting: MeetingLetter, span: string) => EntryWords;
  readonly letters: {
    readonly [Kind in LetterKind]: (content: ContentOf[Kind], telling: Telling) => Words;
  };
};
