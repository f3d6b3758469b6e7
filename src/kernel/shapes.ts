// The shapes every slice shares. Each string and array has a maximum, each instant a zone. Pure.
import { en } from "zod/locales";
import * as z from "zod/mini";

// By itself zod/mini has no words for what is wrong.
z.config(en());

/** The languages of assessment-candidates. */
export const languages = ["en", "tr", "es", "fr", "nl", "it", "sr", "sv", "de", "no", "ru", "pt"] as const;
export const Language = z.enum(languages);
export type Language = z.infer<typeof Language>;

const controls = /\p{Cc}/u;
const controlsButLines = /[^\P{Cc}\n\t]/u;
const plain = "must be well-formed Unicode without control characters";
/** Anything but what nobody sees: spaces, joiners, marks of direction, fillers. */
const visible = /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
/** What comes along unseen with an address or a number that is copied from a mail program or a list of contacts. */
const unseen = /\p{Cf}/gu;

/** One line of text that shows something: NFC, trimmed, without control characters. */
export const line = (max: number) =>
  z.pipe(
    z.pipe(
      z.string().check(z.maxLength(max * 2)),
      z.transform((value) => value.normalize("NFC").trim()),
    ),
    z.string().check(
      z.minLength(1),
      z.maxLength(max),
      z.refine((value) => value.isWellFormed() && !controls.test(value), plain),
      z.refine((value) => value === "" || visible.test(value), "must show something"),
    ),
  );

/** Several lines; may be empty. */
export const prose = (max: number) =>
  z.pipe(
    z.pipe(
      z.string().check(z.maxLength(max)),
      z.transform((value) => value.normalize("NFC").replaceAll("\r\n", "\n")),
    ),
    z.string().check(
      z.maxLength(max),
      z.refine((value) => value.isWellFormed() && !controlsButLines.test(value), plain),
    ),
  );

/** A caller's own key: printable ASCII. */
export const CallersKey = z
  .string()
  .check(z.regex(/^[\x20-\x7e]{8,100}$/, "must be 8 to 100 printable ASCII characters"));

/** NFKC first, then lower case, then validated: what was validated is what is stored and sent. One address. */
export const Email = z.pipe(
  z.pipe(
    z.string().check(z.maxLength(320)),
    z.transform((value) => value.normalize("NFKC").replaceAll(unseen, "").trim().toLowerCase()),
  ),
  z.email().check(z.maxLength(254)),
);

/** With the country before it, a nought in brackets is dialled within that country alone. */
const homeNought = /^((?:\+|00)[^(]*)\(\s*0\s*\)/;

/** Without what is only written between the digits. */
function dialled(text: string): string {
  const written = text.normalize("NFKC").replaceAll(unseen, "").trim();
  return written.replace(homeNought, "$1").replaceAll(/[\s().\u2010-\u2015/-]/g, "");
}

/**
 * What is looked for in phone numbers, as they are kept; null where it is no part of one. The noughts with which a number begins where it is
 * dialled from are not kept.
 */
export function phonePart(search: string): string | null {
  const part = dialled(search);
  return /^\+?\d+$/.test(part) ? part.replace(/^0+(?=[1-9]\d\d)/, "") : null;
}

/** With the country, as it is dialled from anywhere: `+31 20 123 45 67`, or from most places: `0031 (0)20 1234567`. */
export const Phone = z.pipe(
  z.pipe(
    z.string().check(z.maxLength(40)),
    z.transform((text) => dialled(text).replace(/^00/, "+")),
  ),
  z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, "must be a phone number with its country, such as +31 20 123 45 67")),
);

export const PersonName = line(100);
export const Label = line(60);
export const Labels = z.pipe(
  z.array(Label).check(z.maxLength(20)),
  z.transform((labels) => [...new Set(labels)]),
);

const offset = /^[+\-\u2212]/;

/** The one name of an IANA zone, however it was spelled. Null for what is none, and for an offset: it knows no summer. */
export function timeZoneNamed(name: string): string | null {
  if (offset.test(name)) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** An IANA zone name, such as Europe/Amsterdam, in any case; an alias becomes the name of its zone. */
export const TimeZone = z.pipe(
  z.pipe(z.string().check(z.maxLength(60)), z.transform(timeZoneNamed)),
  z.string("must be an IANA time zone, such as Europe/Amsterdam"),
);

const noInstant = "must be an instant with its zone, such as 2027-03-28T09:30:00Z";

/** An instant from outside: ISO 8601 with a zone, or a Date on the caller's side. */
export const InstantIn = z
  .pipe(
    z.union([z.iso.datetime({ offset: true, error: noInstant }), z.date()], noInstant),
    z.transform((value) => new Date(value)),
  )
  .check(
    z.refine(
      (value) => value.getUTCFullYear() >= 1970 && value.getUTCFullYear() < 2200,
      "must be between 1970 and 2200",
    ),
  );

/** A calendar date, YYYY-MM-DD: a day has no zone. */
export const CalendarDate = z.iso.date("must be a day, such as 2027-03-28");

/** Written as UTF-8, all lone surrogates are the same: what is no text is no password. */
const secretText = z.string().check(
  z.maxLength(200),
  z.refine((value) => value.isWellFormed() && !controls.test(value), plain),
);

/** 10 to 200 characters; what is common or made of one's own address is refused where it is set. */
export const NewPassword = secretText.check(z.minLength(10));
/** A password someone claims to have. */
export const Password = secretText.check(z.minLength(1));

export const Token = z.string().check(z.regex(/^[a-z]{2}_[A-Za-z0-9_-]{43}$/));

export const Search = line(100);

const hosts = /^(localhost|127\.0\.0\.1)$/;

/** An origin of a frontend: https, or http on one's own machine. Stored without path or trailing slash. */
export const Origin = z.pipe(
  z
    .pipe(
      z.url({ error: "must be an origin, such as https://jobs.example.com" }).check(z.maxLength(200)),
      z.transform((value) => new URL(value)),
    )
    .check(
      z.refine(
        (url) => url.protocol === "https:" || (url.protocol === "http:" && hosts.test(url.hostname)),
        "must be https",
      ),
      z.refine(
        (url) => url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "",
        "must be an origin only",
      ),
    ),
  z.transform((url) => url.origin),
);

/** A short name in addresses: 3 to 60 lower-case letters, digits and single hyphens. */
export const Slug = z
  .string()
  .check(
    z.minLength(3),
    z.maxLength(60),
    z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens"),
  );
