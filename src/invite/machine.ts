// The life of an invite, as a table over the statuses that are stored. One that has run out still reads INVITED there:
// whoever was invited can no longer answer it, a member can still send it again or revoke it. Pure.
export const storedStatuses = ["INVITED", "ACCEPTED", "REJECTED", "REVOKED"] as const;
export type StoredStatus = (typeof storedStatuses)[number];

export const inviteVerbs = ["accept", "reject", "resend", "revoke"] as const;
export type InviteVerb = (typeof inviteVerbs)[number];

type Who = "invited" | "member";
type InviteStep = { readonly from: StoredStatus; readonly to: StoredStatus; readonly who: Who };

export const inviteSteps = {
  accept: { from: "INVITED", to: "ACCEPTED", who: "invited" },
  reject: { from: "INVITED", to: "REJECTED", who: "invited" },
  resend: { from: "INVITED", to: "INVITED", who: "member" },
  revoke: { from: "INVITED", to: "REVOKED", who: "member" },
} as const satisfies Record<InviteVerb, InviteStep>;

export const memberVerbs = ["resend", "revoke"] as const satisfies readonly InviteVerb[];
export type MemberVerb = (typeof memberVerbs)[number];

/** What a member can still do with an invite. */
export function verbsOfMember(status: StoredStatus): MemberVerb[] {
  return memberVerbs.filter((verb) => inviteSteps[verb].from === status);
}

/** `answered`: the invite itself is over, also because its inviter could not give it today. `dead`: the link was replaced, or has run out. */
export type Standing = "open" | "answered" | "dead";

type Held = {
  readonly status: StoredStatus;
  readonly inviterMayStillGive: boolean;
  readonly expiresAt: Date | null;
  readonly linkRevokedAt: Date | null;
};

/** Where an invite stands for whoever holds one of its links. What runs out at an instant is over at that instant. */
export function standingOf({ status, inviterMayStillGive, expiresAt, linkRevokedAt }: Held, now: Date): Standing {
  if (status !== inviteSteps.accept.from || !inviterMayStillGive) return "answered";
  const hasRunOut = expiresAt !== null && expiresAt <= now;
  return hasRunOut || linkRevokedAt !== null ? "dead" : "open";
}
