// What links are for and how long they live, how often they and passwords may be tried, and which passwords are no secret. Pure.
import type { Limit, TargetLimit } from "../attempt/policy.ts";
import { dayMs, hourMs, minuteMs } from "../kernel/clock.ts";
import { refuse } from "../kernel/errors.ts";

export const linkPurposes = [
  "sign_up",
  "sign_in",
  "password_reset",
  "member_invite",
  "interview_invitation",
  "refcheck_invitation",
  "reference_request",
  "slot_offer",
] as const;
export type LinkPurpose = (typeof linkPurposes)[number];

/** How a link's token begins: whoever has it can tell what it is for. */
export const tokenPrefixes = {
  sign_up: "su",
  sign_in: "si",
  password_reset: "pr",
  member_invite: "mi",
  interview_invitation: "iv",
  refcheck_invitation: "rc",
  reference_request: "rr",
  slot_offer: "so",
} as const satisfies Record<LinkPurpose, string>;

export const linkTtlMs = { sign_up: 24 * hourMs, sign_in: 10 * minuteMs, password_reset: 30 * minuteMs } as const;

/** How long links and sessions that are over stay on record, for whoever asks what happened. */
export const keptAfterEndMs = 30 * dayMs;

/**
 * Each applies to what is tried (an address, an account, a link) from one network, to it from everywhere, and, many times
 * as much, to the network. An account's session and a link's token are no stranger's to guess with: there one limit will do.
 */
export const limits = {
  signUp: { name: "sign_up", max: 5, maxInAll: 15, windowMs: hourMs },
  signIn: { name: "sign_in", max: 10, maxInAll: 100, windowMs: 15 * minuteMs },
  changePassword: { name: "change_password", max: 10, maxInAll: 10, windowMs: 15 * minuteMs },
  useLink: { name: "use_link", max: 20, maxInAll: 20, windowMs: 15 * minuteMs },
  /** Letters asked for, by the purpose of the link in them. */
  sign_in: { name: "ask_for_link", max: 5, maxInAll: 15, windowMs: 15 * minuteMs },
  password_reset: { name: "reset_password", max: 5, maxInAll: 15, windowMs: hourMs },
} as const satisfies Record<string, TargetLimit>;

/** Calls, of whatever kind, that write to one address because somebody typed it: whose mailbox it is has not asked. */
export const lettersPerDay = { name: "letters to an address", max: 30, windowMs: dayMs } as const satisfies Limit;

/** What the longest lists of leaked passwords are made of, before digits and signs are put around it. */
const common = [
  ..."password passwort passord wachtwoord motdepasse contraseña parola lösenord пароль şifre".split(" "),
  ..."iloveyou letmein welcome sunshine princess football baseball superman batman starwars".split(" "),
  ..."administrator admin changeme default secret trustno monkey dragon shadow master anteroom".split(" "),
];
/** Read forwards and backwards, any four neighbours in a row are no secret. */
const rows = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  ..."qwertyuiop qwertzuiop azertyuiop asdfghjkl zxcvbnm yxcvbnm qsdfghjklm".split(" "),
  ..."1qaz2wsx3edc4rfv5tgb6yhn7ujm 1q2w3e4r5t6y7u8i9o0p".split(" "),
].flatMap((row) => [row, [...row].reverse().join("")]);
const rowCharsMin = 4;
/** Letters spelled with the digits and signs that look like them. */
const lookalikes: Readonly<Record<string, string>> = {
  "@": "a",
  "4": "a",
  "0": "o",
  "1": "l",
  "3": "e",
  $: "s",
  "5": "s",
};

const distinctMin = 5;
const ownCharsMin = 4;

/** What is left to guess once everything that is guessed first has been taken out. */
function withoutRows(text: string): string {
  const kept: string[] = [];
  for (let at = 0; at < text.length; ) {
    let length = 0;
    while (at + length < text.length && rows.some((row) => row.includes(text.slice(at, at + length + 1)))) length += 1;
    const isRow = length >= rowCharsMin;
    if (!isRow) kept.push(text.charAt(at));
    at += isRow ? length : 1;
  }
  return kept.join("");
}

function isGuessedFirst(text: string, words: readonly string[]): boolean {
  const rest = withoutRows(words.reduce((left, word) => left.replaceAll(word, ""), text));
  // Digits and signs around a common word are the first thing tried with it.
  const counted = rest === text ? rest : rest.replace(/[^\p{L}]/gu, "");
  return counted.length < ownCharsMin;
}

/** Refuses what is guessed first: few different characters, common words, keyboard rows, the person's own address. */
export function mustBeStrong(password: string, email: string): void {
  const folded = password.normalize("NFKC").toLowerCase();
  const [local = "", domain = ""] = email.split("@");
  const own = [email, local, domain, domain.split(".")[0] ?? ""].filter((part) => part.length >= ownCharsMin);
  const words = [...own, ...common];
  const spelled = [...folded].map((sign) => lookalikes[sign] ?? sign).join("");
  const isWeak = isGuessedFirst(folded, words) || isGuessedFirst(spelled, words);
  if (new Set(folded).size < distinctMin || isWeak) refuse("weak_password");
}
