// How much each kind of signal weighs, what it says, and how it can come about among honest people. Pure.
import type { Access } from "../kernel/scope.ts";
import type { SignalFacts } from "./contract.ts";

export const signalKinds = [
  "same_device",
  "same_network",
  "same_phone",
  "same_mailbox",
  "disposable_mail",
  "free_mail",
  "answered_fast",
  "similar_text",
  "dates_differ",
  "period_gap",
] as const;
export type SignalKind = (typeof signalKinds)[number];

export const signalPolicy = { resolve: "recruiter" } as const satisfies Record<string, Access>;

/** Between a reference and the candidate; less between two references, who may well know each other. */
type Weights = { readonly withCandidate: number; readonly otherwise: number };

const alike = (withCandidate: number, otherwise: number): Weights => ({ withCandidate, otherwise });
const alone = (weight: number): Weights => ({ withCandidate: weight, otherwise: weight });

export const weights: Readonly<Record<SignalKind, Weights>> = {
  same_device: alike(5, 4),
  same_network: alike(3, 2),
  same_phone: alike(5, 4),
  same_mailbox: alike(5, 4),
  disposable_mail: alone(4),
  free_mail: alone(1),
  answered_fast: alone(2),
  similar_text: alone(4),
  dates_differ: alone(2),
  period_gap: alone(1),
};

/** Who is meant, as the reader knows them. `other`: the candidate, where it is not another reference. */
export type Named = { readonly who: string; readonly other: string };

type Words = {
  readonly explanation: (named: Named, facts: SignalFacts) => string;
  readonly harmless: string;
};

const listed = (value: SignalFacts[string] | undefined) => (Array.isArray(value) ? value.join(", ") : String(value));
const fromTo = (from: SignalFacts[string] | undefined, to: SignalFacts[string] | undefined) =>
  `${listed(from)} to ${to === undefined ? "now" : listed(to)}`;
const fromCountry = ({ countries }: SignalFacts) => (countries === undefined ? "" : `, in ${listed(countries)}`);

const words: Readonly<Record<SignalKind, Words>> = {
  same_device: {
    explanation: ({ who, other }) => `${who} and ${other} used the same browser on the same device.`,
    harmless: "People who work or live together lend each other a device, and shared computers are common at work.",
  },
  same_network: {
    explanation: ({ who, other }, facts) => `${who} and ${other} came from the same network${fromCountry(facts)}.`,
    harmless: "Colleagues share the network of their office, and many people share one at home or by phone.",
  },
  same_phone: {
    explanation: ({ who, other }) => `The same phone number is given for ${who} and for ${other}.`,
    harmless: "Small employers have one number for everybody, and numbers are mistyped.",
  },
  same_mailbox: {
    explanation: ({ who, other }) => `The addresses of ${who} and ${other} lead to the same mailbox.`,
    harmless: "Two people may share a mailbox, and a candidate may have typed their own by mistake.",
  },
  disposable_mail: {
    explanation: ({ who }) => `The address of ${who} is of a service for mailboxes that last minutes or days.`,
    harmless: "Some people give strangers such an address to be left alone afterwards.",
  },
  free_mail: {
    explanation: ({ who }) => `${who} has a private address, not one of the employer that was named.`,
    harmless: "People keep their private address when they change jobs, and small employers have no other.",
  },
  answered_fast: {
    explanation: ({ who }, { seconds, words: count }) =>
      `${who} finished ${seconds} seconds after accepting; the questions alone are ${count} words long.`,
    harmless: "They may have read the questions before they accepted, or knew them from another reference.",
  },
  similar_text: {
    explanation: ({ who, other }, { questions, percent }) =>
      `${who} and ${other} wrote nearly the same (${percent} % alike): ${listed(questions)}.`,
    harmless: "Colleagues talk, and an employer may have agreed words for references.",
  },
  dates_differ: {
    explanation: ({ who, other }, { saidFrom, saidTo, from, to }) =>
      `${other} says that they worked together from ${fromTo(saidFrom, saidTo)}; ${who} says from ${fromTo(from, to)}.`,
    harmless: "People remember months badly, and teams change while a job goes on.",
  },
  period_gap: {
    explanation: (_, { gaps, months }) =>
      `The answers together leave out ${listed(gaps)} of the last ${months} months.`,
    harmless: "Study, family, illness, work of one's own and jobs that nobody was asked about leave gaps.",
  },
};

export function toldOf(kind: SignalKind, facts: SignalFacts, named: Named) {
  const { explanation, harmless } = words[kind];
  return { explanation: explanation(named, facts), harmless };
}
