// Says what is wrong with a picture of the database and a ledger of what was delivered, in words. Knows nothing of how they
// came about but when something was killed or cut. Pure.
import { table } from "../../src/interview/machine.ts";
import { stepFor } from "../../src/kernel/machine.ts";
import type { Asked, Take } from "./messages.ts";
import { type Acknowledged, leftLyingMs, type Picture, type StoredInterview, type StoredLetter } from "./picture.ts";

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
  const { deadlineAppliesTo } = interview;
  const complaints: string[] = [];
  const isOver = (at: number) => deadlineAt !== null && at >= deadlineAt;
  const versions = events.map((event) => event.version);
  if (versions.some((one, index) => one !== index + 1)) complaints.push(`the event versions are ${versions}`);
  if (version !== events.length) complaints.push(`it stands at version ${version} after ${events.length} events`);
  const last = events.at(-1);
  if (last?.to !== status) complaints.push(`it stands at ${status}, and the last event led to ${last?.to}`);
  for (const [index, { verb, from, to, at }] of events.entries()) {
    if (verb === "create" ? index !== 0 : events[index - 1]?.to !== from) complaints.push(`${verb} came from ${from}`);
    if (verb !== "create" && from !== null) {
      const leadsTo = stepFor(table, from, verb)?.to;
      if ((leadsTo === "same" ? from : leadsTo) !== to) complaints.push(`${verb} led from ${from} to ${to}`);
    }
    const isBound = verb === "confirm" || verb === "start" || (verb === "finish" && deadlineAppliesTo === "finish");
    if (isBound && isOver(at)) complaints.push(`${verb} was taken after the deadline`);
    // Moved to where it stood already, by whoever asked again: the one thing that may be done twice.
    const isOnce = verb !== "set_deadline";
    if (isOnce && events.findIndex((other) => other.verb === verb) !== index) complaints.push(`${verb} happened twice`);
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
  if (deadlineAppliesTo === "finish" && answers.some(({ savedAt }) => isOver(savedAt))) {
    complaints.push("an answer was taken after the deadline");
  }
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

/** Nobody whose deadline passed longer ago than this still stands as if it had not. */
export function complaintsAboutDeadlines({ at, interviews }: Picture, graceMs: number): string[] {
  const waits = ({ status, deadlineAppliesTo }: StoredInterview) =>
    status === "invited" || status === "confirmed" || (status === "interviewing" && deadlineAppliesTo === "finish");
  return interviews.flatMap((interview) =>
    waits(interview) && interview.deadlineAt !== null && interview.deadlineAt <= at - graceMs
      ? [`${interview.id}: its deadline has passed and it is ${interview.status}`]
      : [],
  );
}

/** No letter is forgotten: each is tried when it is due, or soon after it. */
export function complaintsAboutWaiting(picture: Picture): string[] {
  return lettersOf(picture).flatMap(({ id, kind, status, nextAttemptAt }) =>
    status === "waiting" && (nextAttemptAt === null || nextAttemptAt < picture.at - leftLyingMs)
      ? [`${id}: the ${kind} is due and nobody tries it`]
      : [],
  );
}

/** From kill -9 until another was started in its place. */
export type Kill = { readonly at: number; readonly until: number };

export type Deliveries = {
  readonly takes: readonly Take[];
  readonly asked: readonly Asked[];
  /** When there was no Worker. */
  readonly workerKills: readonly Kill[];
};

/** So soon after a delivery its round asks the database to write it down, be the machine as busy as it may. */
const askedWithinMs = 5_000;

/**
 * Why a letter was sent again although it had been sent before; null when there is no reason. That the Worker was killed is one only for
 * what it had not written down by then: it was killed as soon as that, or had been asking in vain.
 */
function excuseFor(sent: Take, next: Take, { asked, workerKills }: Deliveries): "dropped" | "killed" | "cut" | null {
  if (sent.fate === "dropped") return "dropped";
  const about = asked.filter(
    ({ letters, askedAt }) => letters.includes(sent.letter) && askedAt >= sent.at && askedAt < next.at,
  );
  const isLostBy = (at: number) => about.some(({ lost, askedAt }) => lost !== null && askedAt <= at);
  const isDoneBy = (at: number) => about.some(({ isDone, endedAt }) => isDone && endedAt <= at);
  const isExcuse = ({ at, until }: Kill) =>
    until >= sent.at && at <= next.at && !isDoneBy(at) && (at - sent.at <= askedWithinMs || isLostBy(at));
  if (workerKills.some(isExcuse)) return "killed";
  return isLostBy(next.at) && !about.some(({ isDone }) => isDone) ? "cut" : null;
}

/** Of one letter every delivery but the last, with why it was not the last. */
function repeatsOf(its: readonly Take[], deliveries: Deliveries) {
  return its.slice(1).map((next, index) => excuseFor(its[index] ?? next, next, deliveries) ?? "unexplained");
}

const inOrder = (its: readonly Take[]) => its.toSorted((a, b) => a.at - b.at);

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
      const its = inOrder(taken.get(id) ?? []);
      const complaints: string[] = [];
      // Whoever answered by the link in it has had it, whether or not that could be written down before it was not needed any more.
      const isAnswered = kind === "reference_request" && status === "withdrawn" && its.length > 0;
      if (status !== "delivered" && !isAnswered) complaints.push(`the ${kind} is ${status}`);
      if (its.length === 0) complaints.push(`the ${kind} was never delivered`);
      if (its.some((one) => one.to !== to)) complaints.push(`the ${kind} went to somebody else`);
      if (repeatsOf(its, deliveries).includes("unexplained")) {
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
    for (const why of repeatsOf(inOrder(its), deliveries)) counts[why] += 1;
  }
  return counts;
}
