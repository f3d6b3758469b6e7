import { and, desc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  candidateExternalId,
  formerCandidate,
  importJob,
  importKey,
  importRow,
  member,
  upload,
} from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { Reason } from "../kernel/errors.ts";
import type { CandidateId, ImportId, UploadId } from "../kernel/ids.ts";
import { accessLevels, hasAtLeast, type MemberScope, type SystemScope } from "../kernel/scope.ts";
import type { ExternalId } from "../record/policy.ts";
import type { Earlier, Plan } from "./machine.ts";
import { importPolicy, leaseMs, leftOut, type RowOutcome } from "./policy.ts";

type JobRow = typeof importJob.$inferSelect;
type UploadRow = typeof upload.$inferSelect;
export type Job = { readonly job: JobRow; readonly upload: UploadRow };

/** Many rows for few tables, for one write. */
export { gathered } from "../../db/statement.ts";

export function insertImport(
  { organizationId }: MemberScope,
  values: Omit<typeof importJob.$inferInsert, "organizationId">,
) {
  return unlessTaken(run(build.insert(importJob).values({ ...values, organizationId })), "import_running");
}

const jobs = () =>
  build.select({ job: importJob, upload }).from(importJob).innerJoin(upload, eq(upload.id, importJob.uploadId));

const isSeen = (scope: MemberScope | SystemScope) =>
  scope.kind === "system" ? undefined : eq(importJob.organizationId, scope.organizationId);

export function importById(scope: MemberScope | SystemScope, importId: ImportId): Statement<Job | undefined> {
  return first(jobs().where(and(eq(importJob.id, importId), isSeen(scope))));
}

export function listImports(scope: MemberScope, size: number, before: string | null): Statement<Job[]> {
  const isBefore = before === null ? undefined : lt(importJob.id, before as ImportId);
  return all(
    jobs()
      .where(and(eq(importJob.organizationId, scope.organizationId), isBefore))
      .orderBy(desc(importJob.id))
      .limit(size + 1),
  );
}

export function cancelImport(
  scope: MemberScope | SystemScope,
  importId: ImportId,
  endedWhy: Reason | null,
  now: Date,
): readonly [Statement<number>, Statement<void>] {
  const isIt = and(eq(importJob.id, importId), eq(importJob.status, "running"), isSeen(scope));
  const canceled = { status: "canceled", endedWhy, endedAt: now, leasedUntil: null } as const;
  return [run(build.update(importJob).set(canceled).where(isIt)), mustHaveChanged("moved_on")];
}

/** Nobody works on it. */
const isLeft = (now: Date) =>
  and(eq(importJob.status, "running"), or(isNull(importJob.leasedUntil), lt(importJob.leasedUntil, now)));

/** For one that works on it, until the lease ends. */
export function claimImport(_scope: SystemScope, importId: ImportId, now: Date, leasedUntil: Date): Statement<number> {
  return run(
    build
      .update(importJob)
      .set({ leasedUntil })
      .where(and(eq(importJob.id, importId), isLeft(now))),
  );
}

export function waitingImports(_scope: SystemScope, now: Date, size: number) {
  return all(
    build
      .select({ id: importJob.id })
      .from(importJob)
      .where(isLeft(now))
      .orderBy(importJob.leasedUntil, importJob.id)
      .limit(size),
  );
}

const mayImport = accessLevels.filter((access) => hasAtLeast(access, importPolicy.change));

/** Whoever started it may still do so. */
export function starterMayImport({ startedBy }: JobRow): Statement<void> {
  const may = and(eq(member.id, startedBy), isNull(member.removedAt), inArray(member.access, mayImport));
  return must(sql`exists (select 1 from ${member} where ${may})`, "not_allowed");
}

export type Progress = {
  readonly place: { readonly bytes: number; readonly rows: number };
  readonly counts: Readonly<Record<RowOutcome, number>>;
  readonly isLast: boolean;
};

/** As it stands with so much more done. */
export function further(job: JobRow, { place, counts, isLast }: Progress, now: Date): JobRow {
  return {
    ...job,
    ...{ doneBytes: place.bytes, doneRows: place.rows },
    ...{ created: job.created + counts.created, updated: job.updated + counts.updated },
    ...{ unchanged: job.unchanged + counts.unchanged, skipped: job.skipped + counts.skipped },
    ...{ repeated: job.repeated + counts.repeated, invalid: job.invalid + counts.invalid },
    ...(isLast
      ? ({ status: "finished", endedAt: now, leasedUntil: null } as const)
      : { leasedUntil: new Date(now.getTime() + leaseMs) }),
  };
}

/** From where it was read to where it stands now: of two that work on it the second is refused. */
export function progressTo(before: JobRow, { id, ...now }: JobRow): readonly [Statement<number>, Statement<void>] {
  const asRead = and(
    eq(importJob.id, id),
    eq(importJob.status, "running"),
    eq(importJob.doneBytes, before.doneBytes),
    eq(importJob.doneRows, before.doneRows),
  );
  const { doneBytes, doneRows, created, updated, unchanged, skipped, repeated, invalid, status, endedAt, leasedUntil } =
    now;
  const counts = { created, updated, unchanged, skipped, repeated, invalid };
  const values = { doneBytes, doneRows, ...counts, status, endedAt, leasedUntil };
  return [run(build.update(importJob).set(values).where(asRead)), mustHaveChanged("moved_on")];
}

/** Nobody works on it, unless somebody else has got further meanwhile. */
export function letGo({ id, doneBytes }: JobRow): Statement<number> {
  const asLeft = and(eq(importJob.id, id), eq(importJob.status, "running"), eq(importJob.doneBytes, doneBytes));
  return run(build.update(importJob).set({ leasedUntil: null }).where(asLeft));
}

// What became of each row.

type Written = Pick<
  Plan<string, unknown, unknown>,
  "row" | "outcome" | "knownBy" | "earlierRow" | "problems" | "keys"
> & {
  readonly subjectId: string | null;
};

/** In two statements, however many there are. */
export function insertRows({ id, organizationId }: JobRow, rows: readonly Written[]): Statement<void>[] {
  if (rows.length === 0) return [];
  const written = rows.map(({ row, outcome, subjectId, knownBy, earlierRow, problems }) => [
    ...[row, outcome, subjectId, knownBy, earlierRow],
    JSON.stringify(problems),
  ]);
  const keys = rows.flatMap(({ row, keys: own }) => own.map((key) => [key, row]));
  const cells = sql`value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5`;
  return [
    raw(
      sql`insert into ${importRow} (import_id, organization_id, row, outcome, subject_id, known_by, earlier_row, problems) select ${id}, ${organizationId}, ${cells} from json_each(${JSON.stringify(written)})`,
      () => undefined,
    ),
    raw(
      sql`insert or ignore into ${importKey} (import_id, organization_id, key, row) select ${id}, ${organizationId}, value ->> 0, value ->> 1 from json_each(${JSON.stringify(keys)})`,
      () => undefined,
    ),
  ];
}

/** Which of these somebody was told of by in an earlier row, and in which. */
export function earlierRows({ id }: JobRow, keys: readonly string[]): Statement<Earlier> {
  const isMeant = sql`${importKey.importId} = ${id} and ${importKey.key} in (select value from json_each(${JSON.stringify(keys)}))`;
  const found = all(build.select({ key: importKey.key, row: importKey.row }).from(importKey).where(isMeant));
  return { ...found, read: (result) => new Map(found.read(result).map(({ key, row }) => [key, row])) };
}

export function rowsOf(
  { organizationId }: MemberScope,
  importId: ImportId,
  outcome: RowOutcome | undefined,
  since: number,
  size: number,
) {
  const isTheirs = and(eq(importRow.importId, importId), eq(importRow.organizationId, organizationId));
  return all(
    build
      .select()
      .from(importRow)
      .where(and(isTheirs, outcome && eq(importRow.outcome, outcome), gt(importRow.row, since)))
      .orderBy(importRow.row)
      .limit(size + 1),
  );
}

/** Of the rows from one to another, those of which nothing came. */
export function leftOutBetween({ organizationId }: MemberScope, importId: ImportId, from: number, to: number) {
  const isTheirs = and(eq(importRow.importId, importId), eq(importRow.organizationId, organizationId));
  const isBetween = and(sql`${importRow.row} between ${from} and ${to}`, inArray(importRow.outcome, leftOut));
  return all(build.select().from(importRow).where(and(isTheirs, isBetween)));
}

/** So many of what became of the rows of a file; how many that were. */
export function forgetRows(
  _scope: SystemScope,
  uploadId: UploadId,
  most: number,
): readonly [Statement<number>, Statement<number>] {
  const its = sql`select ${importJob.id} from ${importJob} where ${importJob.uploadId} = ${uploadId}`;
  const rows = sql`select rowid from ${importRow} where ${importRow.importId} in (${its}) limit ${most}`;
  const keys = sql`select rowid from ${importKey} where ${importKey.importId} in (${its}) limit ${most}`;
  return [
    run(build.delete(importRow).where(sql`rowid in (${rows})`)),
    run(build.delete(importKey).where(sql`rowid in (${keys})`)),
  ];
}

// Who is known. Each is looked up by itself: SQLite would rather walk through everybody there is.

type KnownBy = { readonly emails: readonly string[]; readonly phones: readonly string[] };

const eachOf = (values: readonly string[]) => sql`json_each(${JSON.stringify(values)}) as told cross join`;

const havingPhones = ({ organizationId }: MemberScope, phones: readonly string[]) =>
  sql`select ${candidate.id} from ${eachOf(phones)} ${candidate} indexed by candidate_by_phone on ${candidate.organizationId} = ${organizationId} and ${candidate.phone} = told.value`;

/** By an address of theirs, or of a record that became part of theirs; or by a number. */
function knownBy(scope: MemberScope, { emails, phones }: KnownBy): SQL {
  const { organizationId } = scope;
  const own = sql`select ${candidate.id} from ${eachOf(emails)} ${candidate} indexed by candidate_once on ${candidate.organizationId} = ${organizationId} and ${candidate.email} = told.value`;
  const former = sql`select ${formerCandidate.candidateId} from ${eachOf(emails)} ${formerCandidate} on ${formerCandidate.organizationId} = ${organizationId} and ${formerCandidate.email} = told.value`;
  return sql`${own} union ${former} union ${havingPhones(scope, phones)}`;
}

/** Who is known by one of these; who was made first comes first. */
export function candidatesKnownBy(scope: MemberScope, known: KnownBy) {
  return all(
    build
      .select()
      .from(candidate)
      .where(sql`${candidate.id} in (${knownBy(scope, known)})`)
      .orderBy(candidate.id),
  );
}

/** Every address that was another record's and leads to one of those by now. */
export function formerAddressesOf(scope: MemberScope, known: KnownBy) {
  const { email, candidateId } = formerCandidate;
  return all(
    build
      .select({ email, candidateId })
      .from(formerCandidate)
      .where(sql`${candidateId} in (${knownBy(scope, known)})`),
  );
}

/** Who goes by which of these. */
export function externalIdsKnown({ organizationId }: MemberScope, ids: readonly ExternalId[]) {
  const { system, externalId, candidateId } = candidateExternalId;
  return raw(
    sql`select ${candidateId}, ${system}, ${externalId} from json_each(${JSON.stringify(ids)}) as told cross join ${candidateExternalId} on ${candidateExternalId.organizationId} = ${organizationId} and ${system} = told.value ->> 'system' and ${externalId} = told.value ->> 'id'`,
    (rows) =>
      rows.map(([owner, its, id]) => ({ candidateId: owner as CandidateId, system: String(its), id: String(id) })),
  );
}

/** Nobody has any of them. */
export function phonesAreFree(scope: MemberScope, phones: readonly string[]): Statement<void> {
  return must(sql`not exists (${havingPhones(scope, phones)})`, "moved_on");
}
