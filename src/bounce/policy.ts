// What each kind of bounce means for its letter and its address: one closed table of the types Postmark documents. Pure.
import type { EmailStatus } from "../candidate/contract.ts";
import type { BounceVerdict } from "../letter/policy.ts";
import type { PostmarkReport, Report } from "./contract.ts";

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types. A type that is not in here is only noted. */
export const verdicts: Readonly<Record<string, BounceVerdict>> = {
  HardBounce: "bounced",
  BadEmailAddress: "bounced",
  ManuallyDeactivated: "bounced",
  SpamComplaint: "complained",

  SoftBounce: "returned",
  SpamNotification: "returned",
  VirusNotification: "returned",
  Blocked: "returned",
  SMTPApiError: "returned",
  DMARCPolicy: "returned",
  TemplateRenderingFailed: "returned",

  Transient: "noted",
  DnsError: "noted",
  AutoResponder: "noted",
  AddressChange: "noted",
  Subscribe: "noted",
  Unsubscribe: "noted",
  Unconfirmed: "noted",
  OpenRelayTest: "noted",
  ChallengeVerification: "noted",
  InboundError: "noted",
  Unknown: "noted",
};

/** Whatever the type: an address for which Postmark takes nothing more is as dead as one that does not exist. */
export function verdictOf(type: string, isInactive: boolean): BounceVerdict {
  const verdict = (Object.hasOwn(verdicts, type) ? verdicts[type] : undefined) ?? "noted";
  return isInactive && verdict !== "complained" ? "bounced" : verdict;
}

/** Null: not about a letter of ours, or about nothing we act on. */
export function reportIn(sent: PostmarkReport): Report | null {
  if (!("Metadata" in sent) || !sent.Metadata) return null;
  const { letter: letterId } = sent.Metadata;
  if (sent.RecordType === "Delivery") return { kind: "arrived", letterId, at: sent.DeliveredAt };
  const type = sent.RecordType === "SpamComplaint" ? sent.RecordType : sent.Type;
  return { kind: "came_back", letterId, at: sent.BouncedAt, type, verdict: verdictOf(type, sent.Inactive) };
}

export type Death = Exclude<EmailStatus, "ok">;

/** What the address died of, if this is a report of its death. */
export function deathIn(report: Report): Death | null {
  if (report.kind === "arrived") return null;
  if (report.kind === "refused") return "bounced";
  return report.verdict === "bounced" || report.verdict === "complained" ? report.verdict : null;
}
