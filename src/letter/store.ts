import { and, desc, eq, gt, inArray, lt, ne, or, type SQL, sql } from "drizzle-orm";
import { candidate, interview, isOfCrowd, letter, link, mailboxLetter, user } from "../../db/schema/index.ts";
import { all, build, cell, first, must, mustHaveChanged, raw, run, type Statement } from "../../db/statement.ts";
import type { Envelope } from "../kernel/deps.ts";
import type { InterviewId, LetterId, LinkId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope, type SystemScope } from "../kernel/scope.ts";
import { isDead, isRejection, putAway } from "../outdated/actions.ts";
import { managesProject, seesProject } from "../project/actions.ts";
import type { LetterContent, LetterKind } from "../stationery/contract.ts";
import type { ListLetters } from "./contract.ts";
import { type BounceVerdict, bounceVerdicts, everyLetter, type Outcome, undeliverable } from "./policy.ts";

export type NewLetter = typeof letter.$inferInsert;

export function insertLetter(values: NewLetter): Statement<number> {
  return run(build.insert(letter).values(values));
}

export function insertLetters(values: readonly NewLetter[]): Statement<number> {
  return run(build.insert(letter).values([...values]));
}

/** The same, if the condition holds by then in the write that it belongs to. */
export function insertLetterIf(values: NewLetter, condition: SQL): Statement<void> {
  const now = values.createdAt.getTime();
  return raw(
    sql`insert into ${letter} (id, organization_id, refcheck_id, urgency, to_email, language, time_zone, sender_name, content, status, attempts, next_attempt_at, created_at)
      select ${values.id}, ${values.organizationId ?? null}, ${values.refcheckId ?? null}, ${values.urgency}, ${values.to}, ${values.language}, ${values.timeZone}, ${values.senderName}, ${JSON.stringify(values.content)}, 'waiting', 0, ${now}, ${now}
      where ${condition}`,
    () => undefined,
  );
}

/**
 * The letter that carries this link, if the link is there: to whom it is for, in their language and zone. The same
 * sentence either way. Whom an organization lets in as a candidate it writes to; a user's letter is nobody else's to see.
 */
export function insertLetterOfLink(values: {
  id: LetterId;
  senderName: string;
  content: LetterContent;
  linkId: LinkId;
  urgency: number;
  sealedToken: string;
  now: Date;
}): Statement<void> {
  const now = values.now.getTime();
  return raw(
    sql`insert into ${letter} (id, organization_id, candidate_id, link_id, urgency, to_email, language, time_zone, sender_name, content, sealed_token, status, attempts, next_attempt_at, created_at)
      select ${values.id}, ${candidate.organizationId}, ${candidate.id}, ${link.id}, ${values.urgency}, ${link.email}, coalesce(${user.language}, ${candidate.language}), coalesce(${user.timeZone}, ${candidate.timeZone}), ${values.senderName}, ${JSON.stringify(values.content)}, ${values.sealedToken}, 'waiting', 0, ${now}, ${now}
      from ${link} left join ${user} on ${user.id} = ${link.userId} left join ${candidate} on ${candidate.id} = ${link.candidateId}
      where ${link.id} = ${values.linkId}`,
    () => undefined,
  );
}

/** Spelled out, not bound: only then does SQLite see that a partial index (`letter_due`, `letter_failed`) holds the answer. */
const isWaiting = sql`${letter.status} = 'waiting'`;
const isFailed = sql`${letter.status} = 'failed'`;
const hasStatus = {
  waiting: isWaiting,
  failed: isFailed,
  delivered: eq(letter.status, "delivered"),
  withdrawn: eq(letter.status, "withdrawn"),
  bounced: sql`${letter.status} = 'bounced'`,
} as const;

/** Nobody holds it: a lease is a next attempt that is not yet due. */
function isDue(now: Date) {
  return sql`${isWaiting} and ${letter.nextAttemptAt} <= ${now.getTime()}`;
}

/** Its candidate's address is dead: nothing more is sent there. */
const isUndeliverable = sql`exists (select 1 from ${candidate} where ${candidate.id} = ${letter.candidateId} and ${candidate.emailStatus} <> 'ok')`;

/** So many due letters, the urgent and then the longest-due first. */
function firstDue(now: Date, size: number, which: SQL) {
  return sql`select ${letter.id} from ${letter} where ${isDue(now)} and ${which} order by ${letter.urgency}, ${letter.nextAttemptAt}, ${letter.id} limit ${size}`;
}

/** Puts dead letters away, so many with each claim. They are not claimed in any case. */
export function withdrawDeadLetters(now: Date, size: number): Statement<number> {
  return run(
    build
      .update(letter)
      .set(putAway)
      .where(sql`${letter.id} in (${firstDue(now, size, isDead(now))})`),
  );
}

/** What cannot be sent fails where it can be seen, so many with each claim. It is not claimed in any case. */
export function failUndeliverable(now: Date, size: number): Statement<number> {
  return run(
    build
      .update(letter)
      .set({ status: "failed", nextAttemptAt: null, leasedUntil: null, failedAt: now, lastError: undeliverable })
      .where(sql`${letter.id} in (${firstDue(now, size, isUndeliverable)})`),
  );
}

/**
 * Takes the urgent and then the longest-due letters for whoever asks, until the lease ends. In BEGIN IMMEDIATE, so that of any number of
 * drainers one gets each letter: its next attempt moves to the end of the lease, so "what is free" and "what is due
 * next" are the same step into one index. `leasedUntil` tells whose answer counts. The try is counted here: a letter
 * that kills its drainer runs out of tries as well.
 */
export function claimDueLetters(now: Date, leasedUntil: Date, size: number) {
  return all(
    build
      .update(letter)
      .set({ leasedUntil, nextAttemptAt: leasedUntil, attempts: sql`${letter.attempts} + 1` })
      .where(sql`${letter.id} in (${firstDue(now, size, sql`not (${isDead(now)} or ${isUndeliverable})`)})`)
      .returning({
        id: letter.id,
        to: letter.to,
        language: letter.language,
        timeZone: letter.timeZone,
        senderName: letter.senderName,
        content: letter.content,
        sealedToken: letter.sealedToken,
        attempts: letter.attempts,
        createdAt: letter.createdAt,
      }),
  );
}

export type ClaimedLetter = ReturnType<ReturnType<typeof claimDueLetters>["read"]>[number];

/** When the next letter will be due, or null when none waits. Epoch ms. */
export function nextDueAt(): Statement<number | null> {
  const earliest = (urgency: number) =>
    sql`(select min(${letter.nextAttemptAt}) as at from ${letter} where ${isWaiting} and ${letter.urgency} = ${urgency})`;
  return cell(sql`select min(at) from (select at from ${earliest(0)} union all select at from ${earliest(1)})`);
}

/** Postmark has it: nothing is tried any more. */
const handedOver = (now: Date) => ({
  sealedToken: null,
  nextAttemptAt: null,
  leasedUntil: null,
  deliveredAt: sql`coalesce(${letter.deliveredAt}, ${now.getTime()})`,
  failedAt: null,
  lastError: null,
});

/** Writes down what a try came to. A delivery is a fact whoever holds the letter now; the rest is the leaseholder's. */
export function settleLetter(id: LetterId, leasedUntil: Date, outcome: Outcome, now: Date): Statement<number> {
  const isOurs = and(eq(letter.id, id), eq(letter.status, "waiting"), eq(letter.leasedUntil, leasedUntil));
  switch (outcome.status) {
    case "delivered":
      return run(
        build
          .update(letter)
          .set({
            ...handedOver(now),
            // What came of it may have been reported before Postmark's answer was written down.
            status: sql`case when ${letter.status} = 'bounced' then 'bounced' else 'delivered' end`,
          })
          .where(and(eq(letter.id, id), ne(letter.status, "delivered"))),
      );
    case "failed":
      return run(
        build
          .update(letter)
          .set({
            status: "failed",
            nextAttemptAt: null,
            leasedUntil: null,
            failedAt: now,
            lastError: outcome.lastError,
          })
          .where(isOurs),
      );
    case "withdrawn":
      return run(build.update(letter).set(putAway).where(isOurs));
    case "put_off":
      return run(
        build
          .update(letter)
          .set({ nextAttemptAt: outcome.nextAttemptAt, leasedUntil: null, attempts: sql`${letter.attempts} - 1` })
          .where(isOurs),
      );
    case "waiting":
      return run(
        build
          .update(letter)
          .set({ nextAttemptAt: outcome.nextAttemptAt, leasedUntil: null, lastError: outcome.lastError })
          .where(isOurs),
      );
  }
}

/** What Postmark has reported on, it has: whatever became of our own note of that. */
function isOnItsWay(id: LetterId, now: Date): Statement<number> {
  return run(
    build
      .update(letter)
      .set({ ...handedOver(now), status: "delivered" })
      .where(and(eq(letter.id, id), inArray(letter.status, ["waiting", "failed"]))),
  );
}

/** The reader's mail server took it. Told twice, the earlier instant stays. */
export function noteArrival(_scope: SystemScope, id: LetterId, at: Date, now: Date): Statement<number>[] {
  const arrivedAt = sql`min(coalesce(${letter.arrivedAt}, ${at.getTime()}), ${at.getTime()})`;
  return [run(build.update(letter).set({ arrivedAt }).where(eq(letter.id, id))), isOnItsWay(id, now)];
}

export type Bounce = { readonly verdict: BounceVerdict; readonly type: string; readonly at: Date };

const gravity = sql`(select key from json_each(${JSON.stringify(bounceVerdicts)}) where value = ${letter.bounce})`;

/** Of all that came back of a letter the gravest stays, of equals the earliest: in whatever order it is told. */
export function noteBounce(
  _scope: SystemScope,
  id: LetterId,
  { verdict, type, at }: Bounce,
  now: Date,
): Statement<number>[] {
  const isGraver = sql`(${letter.bounce} is null or (${gravity}, -${letter.bouncedAt}, ${letter.bounceType}) < (${bounceVerdicts.indexOf(verdict)}, ${-at.getTime()}, ${type}))`;
  const note = build.update(letter).set({ bounce: verdict, bounceType: type, bouncedAt: at });
  const noted = run(note.where(and(eq(letter.id, id), isGraver)));
  if (verdict === "noted") return [noted, isOnItsWay(id, now)];
  const cameBack = build.update(letter).set({ ...handedOver(now), status: "bounced" });
  return [noted, run(cameBack.where(and(eq(letter.id, id), ne(letter.status, "bounced"))))];
}

const shown = {
  id: letter.id,
  kind: sql<LetterKind>`json_extract(${letter.content}, '$.kind')`,
  to: letter.to,
  status: letter.status,
  attempts: letter.attempts,
  lastError: letter.lastError,
  interviewId: letter.interviewId,
  refcheckId: letter.refcheckId,
  meetingId: letter.meetingId,
  offerId: letter.offerId,
  createdAt: letter.createdAt,
  deliveredAt: letter.deliveredAt,
  arrivedAt: letter.arrivedAt,
  failedAt: letter.failedAt,
  bounce: letter.bounce,
  bounceType: letter.bounceType,
  bouncedAt: letter.bouncedAt,
};

const isOfSomething = sql`coalesce(${letter.interviewId}, ${letter.refcheckId}, ${letter.meetingId}, ${letter.offerId})`;

/**
 * Letters about interviews, refchecks, meetings, offers and rejections are everybody's who may see letters; those about members are for who may invite
 * members.
 */
function isOrganizations(scope: MemberScope) {
  const isTheirs = eq(letter.organizationId, scope.organizationId);
  return hasAtLeast(scope.access, "admin")
    ? isTheirs
    : and(isTheirs, or(sql`${isOfSomething} is not null`, isOfCrowd, isRejection));
}

const managesInterview = (scope: MemberScope) => managesProject(scope, interview.projectId);

/** The one rule of which letters a member is told of, whatever asks. */
export function reachesLetter(scope: MemberScope): SQL | undefined {
  if (hasAtLeast(scope.access, everyLetter)) return isOrganizations(scope);
  const isManagers = sql`exists (select 1 from ${interview} where ${interview.id} = ${letter.interviewId} and ${managesInterview(scope)})`;
  return and(isOrganizations(scope), isManagers);
}

/** The interview whose letters are asked for, as far as this member sees it, and whether they manage its project. */
export function interviewOfLetters(scope: MemberScope, interviewId: InterviewId) {
  return first(
    build
      .select({ manages: managesInterview(scope) })
      .from(interview)
      .where(
        and(
          eq(interview.id, interviewId),
          eq(interview.organizationId, scope.organizationId),
          seesProject(scope, interview.projectId),
        ),
      ),
  );
}

const isManaged = (scope: MemberScope, interviewId: InterviewId) =>
  sql`exists (select 1 from ${interview} where ${interview.id} = ${interviewId} and ${managesInterview(scope)})`;

/** Newest first, and one row more than the page holds. */
export function listLetters(scope: MemberScope, { status, interviewId, size }: ListLetters, before: string | null) {
  return all(
    build
      .select(shown)
      .from(letter)
      .where(
        and(
          isOrganizations(scope),
          status && hasStatus[status],
          interviewId && and(eq(letter.interviewId, interviewId), isManaged(scope, interviewId)),
          before === null ? undefined : sql`${letter.id} < ${before}`,
        ),
      )
      .orderBy(desc(letter.id))
      .limit(size + 1),
  );
}

/** The letter is this organization's, or there is none by that id. */
export function mustHaveLetter(scope: MemberScope, id: LetterId): Statement<void> {
  return must(
    sql`exists (select 1 from ${letter} where ${letter.id} = ${id} and ${letter.organizationId} = ${scope.organizationId})`,
    "not_found",
  );
}

/** Its address is not known to be dead. */
export function mustBeDeliverable(scope: MemberScope, id: LetterId): Statement<void> {
  return must(
    sql`not exists (select 1 from ${letter} where ${letter.id} = ${id} and ${letter.organizationId} = ${scope.organizationId} and ${isFailed} and ${isUndeliverable})`,
    "address_dead",
  );
}

/** Back into the outbox with all its tries before it; only from `failed`. */
export function reviveLetter(scope: MemberScope, id: LetterId, now: Date) {
  return [
    first(
      build
        .update(letter)
        .set({ status: "waiting", attempts: 0, nextAttemptAt: now, leasedUntil: null, failedAt: null })
        .where(and(isOrganizations(scope), eq(letter.id, id), isFailed))
        .returning(shown),
    ),
    mustHaveChanged("letter_not_failed"),
  ] as const;
}

export type OutboxHealth = {
  readonly waiting: number;
  readonly oldestWaitingAt: Date | null;
  readonly failed: number;
  readonly bounced: number;
};

/** For the health page: how many wait, since when the oldest does whose time has come, how many have finally failed, and how many came back. */
export function outboxHealth(now: Date): Statement<OutboxHealth> {
  return raw(
    sql`select
      (select count(*) from ${letter} where ${isWaiting}),
      (select min(${letter.createdAt}) from ${letter} where ${isWaiting} and (${letter.attempts} > 0 or ${letter.nextAttemptAt} <= ${now.getTime()})),
      (select count(*) from ${letter} where ${isFailed}),
      (select count(*) from ${letter} where ${hasStatus.bounced})`,
    (rows) => {
      const [waiting, oldestWaitingAt, failed, bounced] = rows[0] ?? [];
      return {
        waiting: Number(waiting ?? 0),
        oldestWaitingAt: typeof oldestWaitingAt === "number" ? new Date(oldestWaitingAt) : null,
        failed: Number(failed ?? 0),
        bounced: Number(bounced ?? 0),
      };
    },
  );
}

/** The same letter twice is one letter. */
export function insertIntoMailbox(
  { id, from, to, subject, html, text, attachments }: Envelope,
  now: Date,
): Statement<number> {
  return run(
    build
      .insert(mailboxLetter)
      .values({ id, from, to, subject, html, text, attachments, receivedAt: now })
      .onConflictDoNothing({ target: mailboxLetter.id }),
  );
}

export type MailboxWindow = {
  readonly to?: string | undefined;
  readonly after?: LetterId | undefined;
  readonly before?: LetterId | undefined;
  readonly size: number;
};

export function mailboxLetters({ to, after, before, size }: MailboxWindow) {
  return all(
    build
      .select()
      .from(mailboxLetter)
      .where(
        and(
          to === undefined ? undefined : eq(mailboxLetter.to, to),
          after && gt(mailboxLetter.id, after),
          before && lt(mailboxLetter.id, before),
        ),
      )
      .orderBy(desc(mailboxLetter.id))
      .limit(size),
  );
}

export function mailboxLetterById(id: LetterId) {
  return first(build.select().from(mailboxLetter).where(eq(mailboxLetter.id, id)));
}
