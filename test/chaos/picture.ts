// What stands in the database, read in one transaction and straight from it, as the judge looks at it.
import { sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import type { Status, Verb } from "../../src/interview/machine.ts";

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
};

export type StoredInterview = {
  readonly id: string;
  readonly email: string;
  readonly requestKey: string | null;
  readonly status: Status;
  readonly version: number;
  readonly deadlineAt: number | null;
  readonly events: readonly Happened[];
  readonly answers: readonly { readonly text: string; readonly takes: number }[];
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

/** All interviews made since then, and these whenever they were made. */
export async function take(db: Database, since: number, ids: readonly string[] = []): Promise<Picture> {
  const these = sql`(select id from interview where created_at >= ${since} or id in (select value from json_each(${JSON.stringify(ids)})))`;
  const at = Date.now();
  const found = await db.read({
    interviews: raw(
      sql`select id, email, request_key, status, version, deadline_at, (select count(*) from link where link.interview_id = interview.id) from interview where id in ${these}`,
      (rows) => rows,
    ),
    events: raw(
      sql`select interview_id, version, verb, from_status, to_status, at from interview_event where interview_id in ${these} order by interview_id, version, id`,
      (rows) => rows,
    ),
    answers: raw(
      sql`select interview_id, answer ->> '$.text', takes from interview_answer where interview_id in ${these}`,
      (rows) => rows,
    ),
    letters: raw(
      sql`select interview_id, id, content ->> '$.kind', to_email, status, delivered_at from letter where interview_id is null or interview_id in ${these}`,
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
  const letterOf = ([, id, kind, to, status, deliveredAt]: Cells): StoredLetter => ({
    ...{ id: String(id), kind: String(kind), to: String(to), status: String(status) },
    deliveredAt: deliveredAt === null ? null : Number(deliveredAt),
  });
  return {
    at,
    otherLetters: (letters?.get(null) ?? []).map(letterOf),
    interviews: found.interviews.map(([id, email, requestKey, status, version, deadlineAt, linkCount]) => ({
      ...{ id: String(id), email: String(email), status: status as Status, version: Number(version) },
      requestKey: requestKey === null ? null : String(requestKey),
      deadlineAt: deadlineAt === null ? null : Number(deadlineAt),
      events: (events?.get(id) ?? []).map(([, version, verb, from, to, happenedAt]) => ({
        ...{ version: Number(version), verb: verb as Happened["verb"], from: from as Status | null, to: to as Status },
        at: Number(happenedAt),
      })),
      answers: (answers?.get(id) ?? []).map(([, text, takes]) => ({ text: String(text), takes: Number(takes) })),
      letters: (letters?.get(id) ?? []).map(letterOf),
      toldAmongOthers: found.told.get(String(id)) ?? 0,
      linkCount: Number(linkCount),
    })),
  };
}
