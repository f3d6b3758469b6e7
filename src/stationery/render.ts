// A letter's content in, its subject, HTML and plain text out. Whatever names hold, no markup and no header comes of it. Pure.
import { linkTtlMs } from "../identity/policy.ts";
import { escaped } from "../kernel/markup.ts";
import { timeZoneNamed } from "../kernel/shapes.ts";
import type { LetterContent, LetterKind, LetterLink, MeetingLetter } from "./contract.ts";
import { english } from "./english.ts";
import type { ContentOf, Telling, Wording, Words } from "./wording.ts";

/** By two-letter language; what has no file yet is written in English. */
const wordings: ReadonlyMap<string, Wording> = new Map([["en", english]]);

export type LetterToRender = {
  readonly content: LetterContent;
  readonly language: string;
  /** IANA; a zone this runtime does not know becomes UTC, and the letter says UTC. */
  readonly timeZone: string;
  readonly senderName: string;
  /** Where the button leads, from `addressOf`. */
  readonly address: string | null;
};

export type RenderedLetter = { readonly subject: string; readonly html: string; readonly text: string };

/** Identity's own table, so that no letter tells another time than the one that is kept. */
const shortLived: Readonly<Partial<Record<LetterKind, number>>> = linkTtlMs;

const subjectCharsMax = 200;
const senderCharsMax = 70;

/** Characters that reorder what is read around them: a name must not turn the sentence it stands in. */
const reordering = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const breaking = /[\p{Cc}\u2028\u2029]/gu;

/** One line that stays one line, reads in one direction and is well-formed Unicode. */
export function oneLine(value: string): string {
  return value.toWellFormed().replace(reordering, "").replace(breaking, " ").replace(/\s+/g, " ").trim();
}

/** What may stand as a display name before an address: none of RFC 5322's specials but the dot, never empty. */
export function headerSafe(name: string): string {
  const safe = oneLine(name.replace(/["\\<>()[\]:;@,]/g, " "));
  return oneLine([...safe].slice(0, senderCharsMax).join("")) || "Anteroom";
}

/** `{frontend}/auth/link/{token}/?next={path}`, or where the letter leads without a token; null when nowhere. */
export function addressOf(content: LetterContent, token: string | null): string | null {
  if (content.kind === "already_registered") return content.signInUrl;
  if ("url" in content) return content.kind === "meeting_canceled" ? null : securePage(content.url);
  return "link" in content && token !== null ? linkAddress(content.link, token) : null;
}

/** Whatever was written where a page belongs, a button leads to a page. */
function securePage(url: string | null): string | null {
  return url !== null && URL.canParse(url) && new URL(url).protocol === "https:" ? new URL(url).href : null;
}

function linkAddress({ frontend, next }: LetterLink, token: string): string {
  const query = next === null ? "" : `?next=${encodeURIComponent(next)}`;
  return `${frontend}/auth/link/${encodeURIComponent(token)}/${query}`;
}

export function renderLetter(letter: LetterToRender): RenderedLetter {
  const wording = wordings.get(letter.language) ?? english;
  const { kind } = letter.content;
  const telling = tellingIn(wording, timeZoneNamed(letter.timeZone) ?? "UTC", kind);
  const words = cleaned(wordsFor(wording, kind, letter.content, telling));
  const sentBy = oneLine(wording.sentBy(letter.senderName));
  const { address } = letter;
  return {
    subject: [...words.subject].slice(0, subjectCharsMax).join(""),
    html: htmlOf(wording, words, address, sentBy),
    text: textOf(words, address, sentBy),
  };
}

function tellingIn(wording: Wording, timeZone: string, kind: LetterKind): Telling {
  const spanIn = (startsAt: string, endsAt: string, zone: string) =>
    wording.span(new Date(startsAt), new Date(endsAt), zone);
  return {
    at: (iso) => wording.instant(new Date(iso), timeZone),
    linkLives: wording.duration(shortLived[kind] ?? 0),
    span: (startsAt, endsAt) => spanIn(startsAt, endsAt, timeZone),
    spanIn: (startsAt, endsAt, other) => {
      const zone = timeZoneNamed(other) ?? "UTC";
      return zone === timeZone ? null : spanIn(startsAt, endsAt, zone);
    },
  };
}

/** What a calendar is to do with a letter's meeting, and what it shows of it. */
export type CalendarEntry = {
  readonly meeting: MeetingLetter;
  readonly method: "REQUEST" | "CANCEL";
  readonly summary: string;
  readonly description: string;
  readonly location: string | null;
  readonly url: string | null;
};

/** Null for a letter that changes nothing in a calendar. Cleaned like the letter itself. */
export function calendarEntryOf({
  content,
  language,
}: Pick<LetterToRender, "content" | "language">): CalendarEntry | null {
  switch (content.kind) {
    case "meeting_scheduled":
    case "meeting_changed":
    case "meeting_canceled": {
      const wording = wordings.get(language) ?? english;
      const { startsAt, endsAt, location } = content;
      const span = wording.span(new Date(startsAt), new Date(endsAt), timeZoneNamed(content.timeZone) ?? "UTC");
      const { summary, lines } = wording.entry(content, span);
      const url = securePage(content.url);
      return {
        meeting: content,
        method: content.kind === "meeting_canceled" ? "CANCEL" : "REQUEST",
        summary: oneLine(summary),
        description: lines.map(oneLine).join("\n"),
        location: location === null ? url : oneLine(location),
        url,
      };
    }
    default:
      return null;
  }
}

function wordsFor<Kind extends LetterKind>(
  { letters }: Wording,
  kind: Kind,
  content: ContentOf[Kind],
  telling: Telling,
): Words {
  return letters[kind](content, telling);
}

/** Cleaned as whole lines, so that no language file can forget a name. */
function cleaned({ subject, heading, paragraphs, button, afterwords }: Words): Words {
  return {
    subject: oneLine(subject),
    heading: oneLine(heading),
    paragraphs: paragraphs.map(oneLine),
    button: button && oneLine(button),
    afterwords: afterwords.map(oneLine),
  };
}

function textOf({ heading, paragraphs, button, afterwords }: Words, address: string | null, sentBy: string): string {
  const way = button !== null && address !== null ? [`${button}:\n${address}`] : [];
  return `${[heading, ...paragraphs, ...way, ...afterwords, sentBy].join("\n\n")}\n`;
}

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const styles = {
  body: `margin:0;padding:0;background:#f3f4f6;color:#1f2937;${font}`,
  sheet: "max-width:560px;margin:0 auto;padding:32px 24px;background:#ffffff",
  heading: "margin:0 0 20px;font-size:24px;line-height:1.3;color:#111827;overflow-wrap:anywhere",
  paragraph: "margin:0 0 16px;font-size:17px;line-height:1.55;overflow-wrap:anywhere",
  button:
    "display:inline-block;padding:15px 28px;border-radius:8px;background:#1d4ed8;color:#ffffff;font-size:17px;font-weight:600;line-height:1.2;text-decoration:none",
  small: "margin:0 0 16px;font-size:16px;line-height:1.5;color:#4b5563;overflow-wrap:anywhere",
  address: "color:#1d4ed8;word-break:break-all",
};

function paragraph(style: string, line: string): string {
  return `<p style="${style}">${escaped(line)}</p>`;
}

function htmlOf(wording: Wording, words: Words, address: string | null, sentBy: string): string {
  const { subject, heading, paragraphs, button, afterwords } = words;
  const href = address === null ? "" : escaped(address);
  const way =
    button === null || address === null
      ? []
      : [
          `<p style="margin:28px 0"><a href="${href}" style="${styles.button}">${escaped(button)}</a></p>`,
          `<p style="${styles.small}">${escaped(wording.buttonFails)}<br><a href="${href}" style="${styles.address}">${href}</a></p>`,
        ];
  return [
    "<!doctype html>",
    `<html lang="${wording.language}" dir="${wording.direction}">`,
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(subject)}</title>`,
    "</head>",
    `<body style="${styles.body}">`,
    `<div style="${styles.sheet}">`,
    `<h1 style="${styles.heading}">${escaped(heading)}</h1>`,
    ...paragraphs.map((line) => paragraph(styles.paragraph, line)),
    ...way,
    ...afterwords.map((line) => paragraph(styles.small, line)),
    paragraph(styles.small, sentBy),
    "</div>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}
