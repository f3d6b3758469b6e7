// What stands in the database, read in one transaction and straight from it, as the judge looks at it.
import { sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import type { Status, Verb } from "../../src/interview/machine.ts";
import { leaseMs } from "../../src/letter/policy.ts";

/** A call that was answered, or found to have happened when it was made again. */
export type Acknowledged = {
  readonly what: "invite" | "confirm" | "start" | "answer" | "finish";
  readonly interviewId: string;
  readonly requestKey: string;
  readonly email: string;
  readonly text: string | null;
};

export type Happened = {
  readonly version: number;
  readonly verb: Verb | "create";
  readonly from: Status | null;
  readonly to: Status;
  readonly at: number;
};

export type StoredLetter = {
  readonly id: string;
  readonly kind: string;
  readonly to: string;
  readonly status: string;
  readonly deliveredAt: number | null;
  /** When it is to be tried next, or whoever holds it must be done with it; null once there is nothing to try. */
  readonly nextAttemptAt: number | null;
};

export type StoredInterview = {
  readonly id: string;
  readonly email: string;
  readonly requestKey: string | null;
  readonly status: Status;
  readonly version: number;
  readonly deadlineAt: number | null;
  readonly deadlineAppliesTo: "start" | "finish";
  readonly events: readonly Happened[];
  readonly answers: readonly { readonly text: string; readonly takes: number; readonly savedAt: number }[];
  readonly letters: readonly StoredLetter[];
  /** Letters that tell of its expiry together with others'. */
  readonly toldAmongOthers: number;
  /** Links to this interview that were issued. */
  readonly linkCount: number;
};

export type Picture = {
  readonly at: number;
  readonly interviews: readonly StoredInterview[];
  /** Of no interview: signing up, for one. */
  readonly otherLetters: readonly StoredLetter[];
};

type Cells = readonly unknown[];

/** How long after its deadline an interview may stand as if it had not passed, and how long a letter may be left lying, whatever is killed meanwhile. */
export const overdueMs = 90_000;
export const leftLyingMs = leaseMs + 60_000;

/** All interviews made since then, these whenever they were made, and whatever is overdue. */
export async function take(db: Database, since: number, ids: readonly string[] = []): Promise<Picture> {
  const at = Date.now();
  const isOverdue = sql`status in ('invited', 'confirmed', 'interviewing') and deadline_at < ${at - overdueMs}`;
  const these = sql`(select id from interview where created_at >= ${since} or id in (select value from json_each(${JSON.stringify(ids)})) or ${isOverdue})`;
  const liesLong = sql`status = 'waiting' and next_attempt_at < ${at - leftLyingMs}`;
  const found = await db.read({
    interviews: raw(
      sql`select id, email, request_key, status, version, deadline_at, (select count(*) from link where link.interview_id = interview.id), (select deadline_applies_to from project where project.id = project_id) from interview where id in ${these}`,
      (rows) => rows,
    ),
    events: raw(
      sql`select interview_id, version, verb, from_status, to_status, at from interview_event where interview_id in ${these} order by interview_id, version, id`,
      (rows) => rows,
    ),
    answers: raw(
      sql`select interview_id, answer ->> '$.text', takes, saved_at from interview_answer where interview_id in ${these}`,
      (rows) => rows,
    ),
    letters: raw(
      sql`select interview_id, id, content ->> '$.kind', to_email, status, delivered_at, next_attempt_at from letter where interview_id is null or interview_id in ${these} or ${liesLong}`,
      (rows) => rows,
    ),
    told: raw(
      sql`select interview.value ->> 'interviewId', count(*) from letter, json_each(letter.content, '$.interviews') as interview where letter.interview_id is null group by 1`,
      (rows) => new Map(rows.map(([id, count]) => [String(id), Number(count)])),
    ),
  });
  const [events, answers, letters] = [found.events, found.answers, found.letters].map((rows: readonly Cells[]) =>
    Map.groupBy(rows, ([interviewId]) => interviewId),
  );
  const instant = (cell: unknown) => (cell === null ? null : Number(cell));
  const letterOf = ([, id, kind, to, status, deliveredAt, nextAttemptAt]: Cells): StoredLetter => ({
    ...{ id: String(id), kind: String(kind), to: String(to), status: String(status) },
    ...{ deliveredAt: instant(deliveredAt), nextAttemptAt: instant(nextAttemptAt) },
  });
  return {
    at,
    otherLetters: (letters?.get(null) ?? []).map(letterOf),
    interviews: found.interviews.map(([id, email, requestKey, status, version, deadlineAt, linkCount, appliesTo]) => ({
      ...{ id: String(id), email: String(email), status: status as Status, version: Number(version) },
      requestKey: requestKey === null ? null : String(requestKey),
      deadlineAt: instant(deadlineAt),
      deadlineAppliesTo: appliesTo === "finish" ? "finish" : "start",
      events: (events?.get(id) ?? []).map(([, version, verb, from, to, happenedAt]) => ({
        ...{ version: Number(version), verb: verb as Happened["verb"], from: from as Status | null, to: to as Status },
        at: Number(happenedAt),
      })),
      answers: (answers?.get(id) ?? []).map(([, text, takes, savedAt]) => ({
        ...{ text: String(text), takes: Number(takes), savedAt: Number(savedAt) },
      })),
      letters: (letters?.get(id) ?? []).map(letterOf),
      toldAmongOthers: found.told.get(String(id)) ?? 0,
      linkCount: Number(linkCount),
    })),
  };
}
