// Reads the local mailbox the way a person reads theirs: the newest letter, its subject, the link in it.
import { setTimeout as pause } from "node:timers/promises";

export type Letter = { readonly subject: string; readonly text: string; readonly url: URL | null };

const patienceMs = 10_000;
const pollMs = 100;

/** The newest letter to this address that `count` letters came before. Waits for the outbox, not for long. */
export async function letterTo(url: string, email: string, count = 0): Promise<Letter> {
  const giveUpAt = Date.now() + patienceMs;
  while (Date.now() < giveUpAt) {
    const response = await fetch(`${url}/mailbox.json?${new URLSearchParams({ to: email })}`);
    if (!response.ok) throw new Error(`The mailbox at ${url}/mailbox answered ${response.status}.`);
    const letters: { subject: string; text: string }[] = await response.json();
    const newest = letters.at(0);
    if (newest && letters.length > count) return { ...newest, url: linkIn(newest.text) };
    await pause(pollMs);
  }
  throw new Error(`No letter to ${email} within ${patienceMs / 1_000} seconds.`);
}

function linkIn(text: string): URL | null {
  const found = /https?:\/\/\S+\/auth\/link\/\S+/.exec(text);
  return found && new URL(found[0]);
}

/** The token of a link: the last part of its path. */
export function tokenOf(letter: Letter): string {
  const token = letter.url?.pathname.split("/").findLast((part) => part !== "");
  if (!token) throw new Error(`"${letter.subject}" holds no link.`);
  return token;
}
