// Says what is wrong with a picture of the database and a ledger of what was delivered, in words. Knows nothing of how they
// came about but when something was killed or cut. Pure.
import { table } from "../../src/interview/machine.ts";
import { stepFor } from "../../src/kernel/machine.ts";
import type { Loss, Take } from "./messages.ts";
import type { Acknowledged, Picture, StoredInterview, StoredLetter } from "./picture.ts";

/** Which letter each of these steps promises, written with it. */
const promisedBy = {
  invite: "interview_invitation",
  expire: "interview_expired",
  finish: "interview_finished",
} as const;

/** A picture between two steps: whole steps only, in order, once each, with all that belongs to them. */
export function complaintsAboutSteps({ interviews }: Picture): string[] {
  const byEmail = Map.groupBy(interviews, ({ email }) => email);
  const twice = [...byEmail.values()].filter((same) => same.length > 1);
  return [
    ...twice.map(([one]) => `${one?.email} was invited twice`),
    ...interviews.flatMap((interview) => aboutOne(interview).map((complaint) => `${interview.id}: ${complaint}`)),
  ];
}

function aboutOne(interview: StoredInterview): string[] {
  const { status, version, events, letters, toldAmongOthers, linkCount, answers, deadlineAt } = interview;
  const complaints: string[] = [];
  const versions = events.map((event) => event.version);
  if (versions.some((one, index) => one !== index + 1)) complaints.push(`the event versions are ${versions}`);
  if (version !== events.length) complaints.push(`it stands at version ${version} after ${events.length} events`);
  const last = events.at(-1);
  if (last?.to !== status) complaints.push(`it stands at ${status}, and the last event led to ${last?.to}`);
  for (const [index, { verb, from, to, at }] of events.entries()) {
    if (verb === "create" ? index !== 0 : events[index - 1]?.to !== from) complaints.push(`${verb} came from ${from}`);
    if (verb !== "create" && from !== null && stepFor(table, from, verb)?.to !== to) {
      complaints.push(`${verb} led from ${from} to ${to}`);
    }
    const isPersons = verb === "confirm" || verb === "start";
    if (isPersons && deadlineAt !== null && at >= deadlineAt) complaints.push(`${verb} was taken after the deadline`);
    if (events.findIndex((other) => other.verb === verb) !== index) complaints.push(`${verb} happened twice`);
  }
  for (const [verb, kind] of Object.entries(promisedBy)) {
    const steps = events.filter((event) => event.verb === verb).length;
    const ofItsOwn = letters.filter((letter) => letter.kind === kind).length;
    const written = verb === "expire" ? ofItsOwn + toldAmongOthers : ofItsOwn;
    if (steps !== written) complaints.push(`${verb} happened ${steps} times and promised ${written} letters`);
  }
  const known: readonly string[] = Object.values(promisedBy);
  for (const { kind } of letters) if (!known.includes(kind)) complaints.push(`nothing promised a letter ${kind}`);
  const invitations = letters.filter(({ kind }) => kind === promisedBy.invite).length;
  if (linkCount !== invitations) complaints.push(`it has ${linkCount} links and ${invitations} letters with one`);
  if (answers.some(({ takes }) => takes !== 1)) complaints.push("an answer was submitted more than once");
  if (status === "interviewed" && answers.length !== 1) complaints.push("it was finished without its answer");
  return complaints;
}

/** Everything somebody was told has happened is there. */
export function complaintsAboutAcknowledged(picture: Picture, acknowledged: readonly Acknowledged[]): string[] {
  const stored = new Map(picture.interviews.map((interview) => [interview.id, interview]));
  return acknowledged.flatMap(({ what, interviewId, requestKey, email, text }) => {
    const interview = stored.get(interviewId);
    if (!interview) return [`${interviewId}: ${what} was acknowledged, and the interview is not there`];
    if (what === "answer") {
      return interview.answers.some((answer) => answer.text === text)
        ? []
        : [`${interviewId}: its answer was acknowledged and is not there`];
    }
    if (what === "invite" && (interview.requestKey !== requestKey || interview.email !== email)) {
      return [`${interviewId}: it was answered to ${email}, and is ${interview.email}'s`];
    }
    return interview.events.some(({ verb }) => verb === what)
      ? []
      : [`${interviewId}: ${what} was acknowledged and has not happened`];
  });
}

/** Once there has been time for it: nobody whose deadline has passed is still waiting. */
export function complaintsAboutDeadlines({ at, interviews }: Picture): string[] {
  return interviews.flatMap(({ id, status, deadlineAt }) =>
    (status === "invited" || status === "confirmed") && deadlineAt !== null && deadlineAt <= at
      ? [`${id}: its deadline has passed and it is ${status}`]
      : [],
  );
}

export type Deliveries = {
  readonly takes: readonly Take[];
  readonly losses: readonly Loss[];
  /** When the Worker was killed. */
  readonly workerKills: readonly number[];
};

/** A delivery is written down this soon after it, or not by that Worker. */
const settledWithinMs = 40_000;

/** Why a letter was sent although it had been sent before; null when there is no reason. */
function excuseFor(sent: Take, { losses, workerKills }: Deliveries): "dropped" | "killed" | "cut" | null {
  if (sent.fate === "dropped") return "dropped";
  const isSoon = (at: number) => at >= sent.at && at <= sent.at + settledWithinMs;
  if (workerKills.some(isSoon)) return "killed";
  return losses.some(({ at, letters }) => isSoon(at) && letters.includes(sent.letter)) ? "cut" : null;
}

const lettersOf = ({ interviews, otherLetters }: Picture): StoredLetter[] => [
  ...otherLetters,
  ...interviews.flatMap(({ letters }) => letters),
];

/** In the end: every promised letter was delivered, with its own id, and again only where nobody could know of the first time. */
export function complaintsAboutLetters(picture: Picture, deliveries: Deliveries): string[] {
  const taken = Map.groupBy(deliveries.takes, ({ letter }) => letter);
  const promised = new Map(lettersOf(picture).map((letter) => [letter.id, letter]));
  const strangers = [...taken.keys()].filter((id) => !promised.has(id));
  return [
    ...strangers.map((id) => `${id}: nobody had promised this letter`),
    ...[...promised.values()].flatMap(({ id, kind, to, status, deliveredAt }) => {
      const its = [...(taken.get(id) ?? [])].sort((a, b) => a.at - b.at);
      const complaints: string[] = [];
      if (status !== "delivered") complaints.push(`the ${kind} is ${status}`);
      if (its.length === 0) complaints.push(`the ${kind} was never delivered`);
      if (its.some((one) => one.to !== to)) complaints.push(`the ${kind} went to somebody else`);
      if (its.slice(0, -1).some((one) => excuseFor(one, deliveries) === null)) {
        complaints.push(`the ${kind} was delivered ${its.length} times though no answer was lost`);
      }
      if (deliveredAt !== null && its.some(({ at }) => at > deliveredAt)) {
        complaints.push(`the ${kind} was delivered again after its delivery had been written down`);
      }
      return complaints.map((complaint) => `${id}: ${complaint}`);
    }),
  ];
}

/** How many letters went out more often than once, by why. */
export function doubledBy(deliveries: Deliveries): Record<"dropped" | "killed" | "cut" | "unexplained", number> {
  const counts = { dropped: 0, killed: 0, cut: 0, unexplained: 0 };
  for (const its of Map.groupBy(deliveries.takes, ({ letter }) => letter).values()) {
    const before = its.toSorted((a, b) => a.at - b.at).slice(0, -1);
    for (const one of before) counts[excuseFor(one, deliveries) ?? "unexplained"] += 1;
  }
  return counts;
}
