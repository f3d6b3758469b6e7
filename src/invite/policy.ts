// Who may invite, how often, and what becomes of each address in a call that names many. Pure.
import type { Limit } from "../attempt/policy.ts";
import { dayMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

export const invitePolicy = {
  create: "admin",
  list: "admin",
  resend: "admin",
  revoke: "admin",
} as const satisfies Record<string, Access>;

/** Letters to people an organization invites, in a day: each address and each sending again counts. */
export const inviteLimit: Limit = { name: "invite organization", max: 500, windowMs: dayMs };

/** The same letters to one address in a day, whichever organizations they come from: its reader asked for none of them. */
export const inviteeLimit: Limit = { name: "invite address", max: 5, windowMs: dayMs };

export const outcomes = ["invited", "already_member", "already_invited", "repeated", "too_often"] as const;
export type Outcome = (typeof outcomes)[number];

export type Ground = {
  /** Addresses of the organization's members. */
  readonly members: ReadonlySet<string>;
  /** Addresses with an invite that can still be answered. */
  readonly invited: ReadonlySet<string>;
  /** Addresses that get no more of these letters today. */
  readonly exhausted: ReadonlySet<string>;
};

/** One outcome per address, in the order asked. Of an address named twice, only the first counts. */
export function outcomesOf(emails: readonly string[], { members, invited, exhausted }: Ground): Outcome[] {
  return emails.map((email, index) => {
    if (emails.indexOf(email) < index) return "repeated";
    if (members.has(email)) return "already_member";
    if (invited.has(email)) return "already_invited";
    return exhausted.has(email) ? "too_often" : "invited";
  });
}

export function countsOf(decided: readonly Outcome[]) {
  const count = (wanted: Outcome) => decided.filter((outcome) => outcome === wanted).length;
  return {
    invited: count("invited"),
    alreadyMember: count("already_member"),
    alreadyInvited: count("already_invited"),
    repeated: count("repeated"),
    tooOften: count("too_often"),
  };
}

/** When an invite sent now runs out; null: never. */
export function expiryOf(expiryDays: number | null, now: Date): Date | null {
  return expiryDays === null ? null : new Date(now.getTime() + expiryDays * dayMs);
}
