// Every English word of a report. Another language is another file of this shape. Pure.
import type { SheetWording } from "./wording.ts";

function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

const months = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });

export const english: SheetWording = {
  language: "en",
  instant: (instant, timeZone) =>
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      timeZoneName: "short",
    }).format(instant),
  month: (month) => months.format(new Date(`${month}-01T00:00:00Z`)),
  statuses: {
    created: "not sent yet",
    awaiting_candidate: "waits for the candidate",
    awaiting_references: "waits for the references",
    in_progress: "in progress",
    needs_attention: "needs attention",
    completed: "complete",
    canceled: "canceled",
    expired: "expired",
  },
  referenceStatuses: {
    invited: "has not replied",
    accepted: "has accepted",
    declined: "declined",
    completed: "answered",
    expired: "did not answer in time",
    replaced: "taken out",
    undeliverable: "cannot be reached",
  },
  relationships: {
    manager: "manager",
    colleague: "colleague",
    report: "was led by the candidate",
    client: "client",
  },
  declineReasons: {
    does_not_know_them: "does not know the candidate well enough",
    company_policy: "may not, by company policy",
    not_available: "not available",
    other: "other reason",
  },
  verdicts: { yes: "Yes", with_reservations: "With reservations", no: "No" },
  yes: "Yes",
  no: "No",
  now: "now",
  unknown: "–",

  title: (candidate) => `References of ${candidate}`,
  // The first team goes by the name of its organization.
  subtitle: (role, team, organization) => [...new Set([role, team, organization])].join(" · "),
  glance: "At a glance",
  status: "Status",
  answered: "Answered",
  answeredOf: (answered, required) => `${answered}, of ${required} required`,
  invited: "Candidate invited",
  completed: "Enough answers since",
  deadline: "Deadline",
  overall: "All ratings",
  overallOf: (average, deviation, ratings) =>
    `${average} of 100 on average, standard deviation ${deviation}, ${counted(ratings, "rating")}`,
  rehire: "Would work with them again",

  signals: "What stands out",
  noSignals: "Nothing stood out.",
  signalsSay: "Each says what was seen. None is a verdict: all of it comes about among honest people too.",
  weight: (weight) => `Weight ${weight} of 5`,
  harmless: "How it can come about",
  open: "Nobody has looked at it yet.",
  withdrawn: (at) => `Not so any more since ${at}.`,
  resolved: (by, at) => `${by}, ${at}:`,

  asked: "Who was asked",
  person: "Person",
  relation: "Relation",
  employer: "Worked together at",
  worked: "When, says the candidate",
  askedAt: "Asked",
  standing: "Reply",

  period: "When they worked together",
  periodWanted: (from, to) => `To be covered: ${from} to ${to}.`,
  periodGaps: (gaps) => `Left out: ${gaps.join("; ")}.`,
  noGaps: "All of it is covered.",
  fromTo: (from, to) => `${from} to ${to}`,

  answers: "Answers",
  nobodyYet: "Nobody has answered yet.",
  nobodyAnswered: "Nobody was asked this, or answered it.",
  average: (average, deviation) => `${average} on average, standard deviation ${deviation}`,
  outOf: (count, of) => `${count} of ${of}`,
  people: (count) => counted(count, "person", "people"),

  consent: "Consent",
  consentGiven: (at, version) => `Agreed on ${at} to this text (version ${version}):`,
  noConsent: "The candidate has not agreed.",
  made: (at) => `Made ${at}`,

  table: { question: "Question", kind: "Kind", average: "Average", deviation: "Standard deviation" },
};
