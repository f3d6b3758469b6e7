import type { Statement } from "../../db/statement.ts";
import { calendarFilesOf } from "../calendar/actions.ts";
import { mustManage } from "../interview/policy.ts";
import { untilHeard } from "../kernel/again.ts";
import { after } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Delivery, Deps, Envelope } from "../kernel/deps.ts";
import { nameOf, refuse } from "../kernel/errors.ts";
import type {
  CandidateId,
  InterviewId,
  LetterId,
  LinkId,
  MeetingId,
  OfferId,
  OrganizationId,
  RefcheckId,
  ReferenceId,
} from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { LetterContent } from "../stationery/contract.ts";
import { addressOf, headerSafe, renderLetter } from "../stationery/render.ts";
import type { Letter, LetterIn, ListLetters } from "./contract.ts";
import {
  attemptsMax,
  batchSizeMax,
  concurrencyMax,
  heldBack,
  leaseMs,
  mustSeeAll,
  type Outcome,
  outcomeOf,
  roundsMax,
  settleTriesMax,
  settleWaitMs,
  urgencyOf,
  uselessFrom,
} from "./policy.ts";
import * as store from "./store.ts";

const productName = "Anteroom";
const tokenPurpose = "letter token v1";

export type LetterToWrite = {
  readonly to: string;
  readonly language: string;
  readonly timeZone: string;
  readonly content: LetterContent;
  /** The link's token: kept sealed until the letter is delivered, then taken out. */
  readonly token?: string;
  /** The link itself: once it is revoked the letter is not sent any more. */
  readonly linkId?: LinkId;
  readonly senderName?: string;
  readonly organizationId?: OrganizationId;
  readonly interviewId?: InterviewId;
  readonly refcheckId?: RefcheckId;
  readonly meetingId?: MeetingId;
  readonly offerId?: OfferId;
  /** When it is to a reference: not sent once they have answered, or their address is another. */
  readonly referenceId?: ReferenceId;
  /** When it is to a candidate: not sent once their address is dead or another. */
  readonly candidateId?: CandidateId;
  /** It is not tried before; without, at once. */
  readonly notBefore?: Date;
};

/** A letter for the caller's own write: it is promised if, and only if, the step is taken. */
export async function promiseLetter(deps: Deps, letter: LetterToWrite): Promise<Statement<number>> {
  return store.insertLetter(await letterRow(deps, letter));
}

/** The same for several, in one statement. */
export async function promiseLetters(deps: Deps, letters: readonly LetterToWrite[]): Promise<Statement<number>[]> {
  const rows = await Promise.all(letters.map((letter) => letterRow(deps, letter)));
  return rows.length === 0 ? [] : [store.insertLetters(rows)];
}

/** The same without a link, if the condition holds by then in the write that it belongs to. */
export async function promiseLetterIf(
  deps: Deps,
  letter: Omit<LetterToWrite, "token" | "linkId" | "notBefore">,
  condition: Parameters<typeof store.insertLetterIf>[1],
): Promise<Statement<void>> {
  return store.insertLetterIf(await letterRow(deps, letter), condition);
}

async function letterRow(deps: Deps, { token, notBefore, ...values }: LetterToWrite): Promise<store.NewLetter> {
  const now = deps.now();
  return {
    senderName: productName,
    // Said even when there is none: signing up sends the very same sentence whether or not the address is known.
    linkId: null,
    ...values,
    id: deps.newId("ltr"),
    urgency: urgencyOf(values.content.kind),
    sealedToken: token === undefined ? null : await deps.sealer.seal(tokenPurpose, token),
    status: "waiting",
    attempts: 0,
    nextAttemptAt: notBefore ?? now,
    createdAt: now,
  };
}

export type LetterOfLink = {
  readonly content: LetterContent;
  readonly token: string;
  readonly linkId: LinkId;
  readonly senderName?: string;
};

/** The same, to whomever the link is for, if the write has come to hold that link by then. */
export async function promiseLetterOfLink(
  deps: Deps,
  { content, token, linkId, senderName = productName }: LetterOfLink,
): Promise<Statement<void>> {
  return store.insertLetterOfLink({
    id: deps.newId("ltr"),
    linkId,
    urgency: urgencyOf(content.kind),
    content,
    senderName,
    sealedToken: await deps.sealer.seal(tokenPurpose, token),
    now: deps.now(),
  });
}

/** For whoever tells of letters besides other things. */
export const reachesLetter = store.reachesLetter;

/** For whoever makes what a letter says untrue, in the same write. */
export {
  namesOfWhoIsLeft,
  withdrawLettersOfMeeting,
  withdrawLettersToInterviewer,
  withdrawRejection,
  withdrawRemindersAhead,
} from "../outdated/actions.ts";

/** What Postmark reports of a letter, for the write that takes the report. */
export const noteArrival = store.noteArrival;
export const noteBounce = store.noteBounce;

/** For the health page, in its own read. */
export const outboxHealth = store.outboxHealth;

/**
 * After the answer: a first try at what was just promised, by the outbox's one drainer. If that cannot be reached or
 * fails, the alarm has it, and cron.
 */
export function drainSoon(deps: Deps): void {
  deps.afterwards("drain_outbox", async (system) => {
    try {
      await system.alarms.drainOutbox();
    } catch (error) {
      deps.log("drain_failed", { error: nameOf(error) });
      await wakeOutbox(system, system.now());
    }
  });
}

/**
 * Delivers what is due, at most two batches of it, and answers when the next letter will be (null: none waits). Requests
 * ask for it through the outbox's Durable Object, cron directly (decision 007), and however many run at once. The README's
 * promise 2: delivered or visibly failed, never silently dropped.
 */
export async function drainOutbox(deps: Deps): Promise<Date | null> {
  let next: Date | null = null;
  for (let round = 0; round < roundsMax; round += 1) {
    const { claimed, leasedUntil, dueAt } = await claimDueLetters(deps);
    next = claimed.length === 0 ? dueAt : await deliverAndSettle(deps, claimed, leasedUntil);
    if (claimed.length < batchSizeMax) break;
  }
  if (next !== null) await wakeOutbox(deps, next);
  return next;
}

/** An alarm that cannot be set costs a minute, not a letter: cron drains as well. */
async function wakeOutbox(deps: Deps, at: Date): Promise<void> {
  try {
    await deps.alarms.wakeOutbox(at);
  } catch (error) {
    deps.log("outbox_not_woken", { error: nameOf(error) });
  }
}

async function claimDueLetters(deps: Deps) {
  const now = deps.now();
  const leasedUntil = after(now, leaseMs);
  const [, , claimed, dueAt] = await deps.db.write([
    store.withdrawDeadLetters(now, batchSizeMax),
    store.failUndeliverable(now, batchSizeMax),
    store.claimDueLetters(now, leasedUntil, batchSizeMax),
    store.nextDueAt(),
  ]);
  return { claimed, leasedUntil, dueAt: instantOf(dueAt) };
}

async function deliverAndSettle(
  deps: Deps,
  claimed: readonly store.ClaimedLetter[],
  leasedUntil: Date,
): Promise<Date | null> {
  const settled: Statement<number>[] = [];
  const counts: Record<Outcome["status"], number> = { delivered: 0, waiting: 0, put_off: 0, withdrawn: 0, failed: 0 };
  await forEachOf(claimed, concurrencyMax, async (letter) => {
    const outcome = await tried(deps, letter);
    counts[outcome.status] += 1;
    settled.push(store.settleLetter(letter.id, leasedUntil, outcome, deps.now()));
  });
  // However often this is sent, it says the same; unsaid, every letter of the round would go out again.
  const patience = { triesMax: settleTriesMax, waitMs: (failures: number) => settleWaitMs(failures, deps.random()) };
  const results = await untilHeard(deps, patience, () => deps.db.write([...settled, store.nextDueAt()]));
  deps.log("letters_tried", counts);
  return instantOf(results.at(-1) ?? null);
}

async function tried(deps: Deps, letter: store.ClaimedLetter): Promise<Outcome> {
  const held = heldBack(letter, deps.now());
  if (held !== null) return held;
  const delivery = await deliver(deps, letter);
  return outcomeOf(letter, delivery, deps.now(), deps.random());
}

/** Never throws: what one letter meets is no other letter's trouble. */
async function deliver(deps: Deps, letter: store.ClaimedLetter): Promise<Delivery> {
  const uselessAt = uselessFrom(letter.content, letter.createdAt);
  if (uselessAt !== null && uselessAt <= deps.now()) {
    return { outcome: "refused", why: tooLate };
  }
  if (letter.attempts > attemptsMax) {
    return { outcome: "refused", why: `gave up after ${attemptsMax} attempts that were never answered` };
  }
  try {
    const token = letter.sealedToken && (await deps.sealer.open(tokenPurpose, letter.sealedToken));
    if ("link" in letter.content && token === null) return { outcome: "refused", why: tokenLost };
    return await deps.postman.deliver(await envelopeFor(deps, letter, token));
  } catch (error) {
    return { outcome: "later", why: `it could not be handed over (${nameOf(error)})` };
  }
}

const tooLate = "it was of no use any more before it could be delivered: its link ran out, or its meeting was over";
const tokenLost = "its link cannot be opened any more: the secret it was sealed with is gone";

async function envelopeFor(deps: Deps, letter: store.ClaimedLetter, token: string | null): Promise<Envelope> {
  const { id, to, content, language, timeZone, senderName } = letter;
  const address = addressOf(content, token);
  return {
    id,
    to,
    from: headerSafe(senderName),
    ...renderLetter({ content, language, timeZone, senderName, address }),
    attachments: await calendarFilesOf(deps.site, letter),
  };
}

function instantOf(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs);
}

/**
 * The organization's letters, newest first; those of one interview for whoever manages its project. Refuses with `not_found`,
 * `not_allowed`.
 */
export async function listLetters(deps: Deps, scope: MemberScope, input: ListLetters) {
  const [before = null] = keysOfCursor("letters", input.cursor, ["string"]) ?? [];
  const rows = await lettersOf(deps, scope, input, before);
  return toPage(rows, input.size, (row) => encodeCursor("letters", [row.id]));
}

async function lettersOf(deps: Deps, scope: MemberScope, input: ListLetters, before: string | null) {
  const { interviewId } = input;
  if (interviewId === undefined) {
    mustSeeAll(scope.access);
    return (await deps.db.read({ rows: store.listLetters(scope, input, before) })).rows;
  }
  const { interview, rows } = await deps.db.read({
    interview: store.interviewOfLetters(scope, interviewId),
    rows: store.listLetters(scope, input, before),
  });
  mustManage(interview ?? refuse("not_found"));
  return rows;
}

/** Gives a finally failed letter all its tries back. Refuses with `not_found`, `address_dead`, `letter_not_failed`. */
export async function sendAgain(deps: Deps, scope: MemberScope, { letterId }: LetterIn): Promise<Letter> {
  const [, , revived] = await deps.db.write([
    store.mustHaveLetter(scope, letterId),
    store.mustBeDeliverable(scope, letterId),
    ...store.reviveLetter(scope, letterId, deps.now()),
  ]);
  drainSoon(deps);
  return revived ?? refuse("letter_not_failed");
}

/** Keeps a letter in the local mailbox instead of sending it. The same letter twice is kept once. */
export async function keepInMailbox({ db, now }: Pick<Deps, "db" | "now">, envelope: Envelope): Promise<void> {
  await db.write([store.insertIntoMailbox(envelope, now())]);
}

/** Newest first, at most `size`. */
export async function readMailbox({ db }: Pick<Deps, "db">, window: store.MailboxWindow) {
  const { letters } = await db.read({ letters: store.mailboxLetters(window) });
  return letters;
}

export async function findInMailbox({ db }: Pick<Deps, "db">, id: LetterId) {
  const { letter } = await db.read({ letter: store.mailboxLetterById(id) });
  return letter;
}
