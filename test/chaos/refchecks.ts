// Refchecks as they stand in the database, and what is wrong with them, in words. The one rule of their status is the product's own; the SQL that wrote
// it down is what is judged.
import { sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import {
  type Progress,
  progressOf,
  type RefcheckEventVerb,
  type RefcheckStatus,
  statusOf,
  waits,
} from "../../src/refcheck/machine.ts";
import type { ReferenceStatus } from "../../src/reference/machine.ts";

/** A call that was answered, or found to have happened when it was made again. `of`: a reference's address. */
export type Vouched = {
  readonly what: Extract<RefcheckEventVerb, "create" | "consent" | "name" | "decline" | "finish">;
  readonly refcheckId: string;
  readonly requestKey: string;
  readonly email: string;
  readonly of: string | null;
};

export type StoredRefcheck = {
  readonly id: string;
  readonly email: string;
  readonly requestKey: string | null;
  readonly progress: Progress;
  readonly status: RefcheckStatus;
  readonly version: number;
  readonly invitedAt: number | null;
  readonly consentedAt: number | null;
  readonly canceledAt: number | null;
  readonly expiredAt: number | null;
  readonly completedAt: number | null;
  readonly deadlineAt: number | null;
  readonly referencesRequired: number;
  readonly openSignals: number;
  readonly references: readonly { readonly id: string; readonly email: string; readonly status: ReferenceStatus }[];
  readonly events: readonly {
    readonly version: number;
    readonly verb: RefcheckEventVerb;
    readonly of: string | null;
    readonly to: RefcheckStatus;
    readonly at: number;
    readonly isSystems: boolean;
  }[];
  /** How many of each kind were promised. */
  readonly letters: Readonly<Record<string, number>>;
};

/** All that were made since then, and these. */
export async function takeRefchecks(db: Database, since: number, ids: readonly string[]): Promise<StoredRefcheck[]> {
  const these = sql`(created_at >= ${since} or id in (select value from json_each(${JSON.stringify(ids)})))`;
  const { rows } = await db.read({
    rows: raw(
      sql`select json_object('id', id, 'email', email, 'requestKey', request_key, 'progress', progress, 'status', status, 'version', version,
          'invitedAt', invited_at, 'consentedAt', consented_at, 'canceledAt', canceled_at, 'expiredAt', expired_at, 'completedAt', completed_at,
          'deadlineAt', deadline_at, 'referencesRequired', references_required,
          'openSignals', (select count(*) from signal where signal.refcheck_id = refcheck.id and resolved_at is null and withdrawn_at is null),
          'references', (select json_group_array(json_object('id', id, 'email', email, 'status', status)) from reference where reference.refcheck_id = refcheck.id),
          'events', (select json_group_array(json_object('version', version, 'verb', verb, 'of', reference_id, 'to', to_status, 'at', at, 'isSystems', json(iif(actor_kind = 'system', 'true', 'false'))))
            from (select * from refcheck_event where refcheck_event.refcheck_id = refcheck.id order by version, id)),
          'letters', (select json_group_object(kind, many) from (select content ->> '$.kind' as kind, count(*) as many from letter where letter.refcheck_id = refcheck.id group by 1)))
        from refcheck where ${these}`,
      (found) => found,
    ),
  });
  return rows.map(([told]) => JSON.parse(String(told)));
}

const dated = (at: number | null) => (at === null ? null : new Date(at));

/** Which letters each of these steps promises, written with it. */
const promisedBy: Readonly<Partial<Record<RefcheckEventVerb, string>>> = {
  invite: "refcheck_invitation",
  name: "reference_request",
  decline: "reference_lost",
};

function aboutOne(refcheck: StoredRefcheck): string[] {
  const { status, progress, version, events, references, openSignals, deadlineAt, letters } = refcheck;
  const complaints: string[] = [];
  const standing = {
    ...{ invitedAt: dated(refcheck.invitedAt), consentedAt: dated(refcheck.consentedAt) },
    ...{ canceledAt: dated(refcheck.canceledAt), expiredAt: dated(refcheck.expiredAt) },
    ...{ referencesRequired: refcheck.referencesRequired, openSignals },
    references: references.map((reference) => reference.status),
  };
  const said = { progress: progressOf(standing), status: statusOf(standing) };
  if (progress !== said.progress) complaints.push(`it is ${progress}, and its references say ${said.progress}`);
  if (status !== said.status) complaints.push(`it shows ${status}, and its signals say ${said.status}`);
  if (events.some((event, nth) => event.version !== nth + 1) || events.length !== version)
    complaints.push(`it stands at version ${version} after the events ${events.map((event) => event.version)}`);
  if (events.at(-1)?.to !== status) complaints.push("its last event led to another status");
  const of = (verb: RefcheckEventVerb) => events.filter((event) => event.verb === verb);
  for (const verb of ["create", "invite", "consent", "expire"] as const)
    if (of(verb).length > 1) complaints.push(`${verb} happened twice`);
  for (const verb of ["name", "accept", "decline", "finish"] as const) {
    const whose = of(verb).map((event) => event.of);
    if (new Set(whose).size < whose.length) complaints.push(`somebody's ${verb} happened twice`);
  }
  const late = events.filter(({ isSystems, at }) => !isSystems && deadlineAt !== null && at >= deadlineAt);
  for (const { verb } of late) complaints.push(`${verb} was taken after the deadline`);
  const count = (kind: string) => letters[kind] ?? 0;
  for (const [verb, kind] of Object.entries(promisedBy)) {
    const steps = events.filter((event) => event.verb === verb).length;
    if (steps !== count(kind)) complaints.push(`${verb} happened ${steps} times and promised ${count(kind)} letters`);
  }
  const ends = { refcheck_completed: refcheck.completedAt !== null, refcheck_expired: refcheck.expiredAt !== null };
  for (const [kind, isSo] of Object.entries(ends))
    if (count(kind) !== Number(isSo)) complaints.push(`${count(kind)} letters ${kind} were promised`);
  return complaints;
}

export function complaintsAboutRefchecks(refchecks: readonly StoredRefcheck[]): string[] {
  const twice = [...Map.groupBy(refchecks, ({ email }) => email).values()].filter((same) => same.length > 1);
  return [
    ...twice.map(([one]) => `${one?.email} was asked for references twice`),
    ...refchecks.flatMap((refcheck) => aboutOne(refcheck).map((complaint) => `${refcheck.id}: ${complaint}`)),
  ];
}

/** Everything somebody was told has happened is there. */
export function complaintsAboutVouched(refchecks: readonly StoredRefcheck[], vouched: readonly Vouched[]): string[] {
  const stored = new Map(refchecks.map((refcheck) => [refcheck.id, refcheck]));
  return vouched.flatMap(({ what, refcheckId, requestKey, email, of }) => {
    const refcheck = stored.get(refcheckId);
    if (!refcheck) return [`${refcheckId}: ${what} was acknowledged, and the refcheck is not there`];
    if (refcheck.requestKey !== requestKey || refcheck.email !== email)
      return [`${refcheckId}: it was answered to ${email}, and is ${refcheck.email}'s`];
    const whom = refcheck.references.find((reference) => reference.email === of)?.id ?? null;
    const isThere = refcheck.events.some((event) => event.verb === what && event.of === whom);
    return isThere ? [] : [`${refcheckId}: ${what} was acknowledged and has not happened`];
  });
}

/** Nobody whose deadline passed longer ago than this still waits. */
export function complaintsAboutLate(refchecks: readonly StoredRefcheck[], at: number, graceMs: number): string[] {
  return refchecks.flatMap(({ id, progress, deadlineAt }) =>
    waits(progress) && deadlineAt !== null && deadlineAt <= at - graceMs
      ? [`${id}: its deadline has passed and it is ${progress}`]
      : [],
  );
}
