// How long things live and how often they may be tried. Pure.
import { dayMs, hourMs, minuteMs } from "../kernel/clock.ts";
import { refuse } from "../kernel/errors.ts";

export const userSessionTtlMs = 30 * dayMs;
export const candidateSessionTtlMs = 14 * dayMs;

export const linkTtlMs = { sign_up: 24 * hourMs, sign_in: 10 * minuteMs, password_reset: 30 * minuteMs } as const;

export type Limit = { readonly name: string; readonly max: number; readonly windowMs: number };

/** Each applies twice: to the address that is tried, and (`networkFactor` times as many) to the network it is tried from. */
export const limits = {
  signUp: { name: "sign_up", max: 5, windowMs: hourMs },
  signIn: { name: "sign_in", max: 10, windowMs: 15 * minuteMs },
  askForLink: { name: "ask_for_link", max: 5, windowMs: 15 * minuteMs },
  resetPassword: { name: "reset_password", max: 5, windowMs: hourMs },
  useLink: { name: "use_link", max: 20, windowMs: 15 * minuteMs },
} as const satisfies Record<string, Limit>;

export const networkFactor = 20;

const common = new Set([
  "password",
  "passwort",
  "12345678",
  "123456789",
  "1234567890",
  "qwertyuiop",
  "letmein",
  "iloveyou",
]);
const distinctMin = 5;

/** Refuses what is guessed first: few different characters, the commonest words, the person's own address. */
export function mustBeStrong(password: string, email: string): void {
  const folded = password.normalize("NFKC").toLowerCase();
  const local = email.split("@")[0] ?? "";
  const isCommon = [...common].some((word) => folded.replaceAll(word, "").length < 4);
  const isOwn = folded === email || (local.length >= 4 && folded.replaceAll(local, "").length < 4);
  if (new Set(folded).size < distinctMin || isCommon || isOwn) refuse("weak_password");
}
