import { and, eq, gt, isNotNull, lte, type SQL, sql } from "drizzle-orm";
import { importJob, upload } from "../../db/schema/index.ts";
import { all, build, first, mustHaveChanged, run, type Statement } from "../../db/statement.ts";
import { after } from "../kernel/clock.ts";
import type { UploadId } from "../kernel/ids.ts";
import type { MemberScope, SystemScope } from "../kernel/scope.ts";
import { uploadMs } from "./policy.ts";

export type UploadRow = typeof upload.$inferSelect;

const isThis = ({ organizationId }: MemberScope, uploadId: UploadId) =>
  and(eq(upload.id, uploadId), eq(upload.organizationId, organizationId));

export function insertUpload({ organizationId }: MemberScope, values: Omit<UploadRow, "organizationId">) {
  return run(build.insert(upload).values({ ...values, organizationId }));
}

export function uploadById(scope: MemberScope, uploadId: UploadId) {
  return first(build.select().from(upload).where(isThis(scope, uploadId)));
}

/** It may still be sent, or sent again. */
const isOpen = (now: Date): SQL | undefined =>
  and(
    sql`${upload.status} in ('open', 'ready')`,
    gt(upload.createdAt, after(now, -uploadMs)),
    sql`not exists (select 1 from ${importJob} where ${importJob.uploadId} = ${upload.id})`,
  );

export function openUpload(scope: MemberScope, uploadId: UploadId, now: Date) {
  return first(
    build
      .select({ key: upload.key })
      .from(upload)
      .where(and(isThis(scope, uploadId), isOpen(now))),
  );
}

type Sent = Pick<UploadRow, "key" | "bytes" | "rowCount" | "columns" | "dialect" | "headBytes" | "headRows">;

/** What was sent before is answered, as it was until then. */
export function keepSent(scope: MemberScope, uploadId: UploadId, sent: Sent, now: Date) {
  const isMeant = and(isThis(scope, uploadId), isOpen(now));
  return [
    first(build.select({ key: upload.key }).from(upload).where(isMeant)),
    run(
      build
        .update(upload)
        .set({ ...sent, status: "ready" })
        .where(isMeant),
    ),
    mustHaveChanged("upload_closed"),
  ] as const;
}

/** It stays for as long as it is imported. */
export function holdUpload(scope: MemberScope, uploadId: UploadId): Statement<unknown>[] {
  const isMeant = and(isThis(scope, uploadId), eq(upload.status, "ready"));
  return [run(build.update(upload).set({ forgetAt: null }).where(isMeant)), mustHaveChanged("upload_closed")];
}

export function forgetUploadAt(_scope: MemberScope | SystemScope, uploadId: UploadId, at: Date): Statement<number> {
  return run(build.update(upload).set({ forgetAt: at }).where(eq(upload.id, uploadId)));
}

export function forgettableUploads(_scope: SystemScope, now: Date, size: number) {
  return all(
    build
      .select({ id: upload.id, organizationId: upload.organizationId })
      .from(upload)
      .where(and(isNotNull(upload.forgetAt), lte(upload.forgetAt, now)))
      .orderBy(upload.forgetAt, upload.id)
      .limit(size),
  );
}

/** From here on nothing begins that would need it. */
export function giveUpUpload(_scope: SystemScope, uploadId: UploadId, now: Date): Statement<unknown>[] {
  const isDue = and(eq(upload.id, uploadId), isNotNull(upload.forgetAt), lte(upload.forgetAt, now));
  return [run(build.update(upload).set({ status: "forgotten" }).where(isDue)), mustHaveChanged("moved_on")];
}

/** What it was called stays with its imports: not what stood in its columns' heads. */
export function uploadIsGone(_scope: SystemScope, uploadId: UploadId): Statement<number> {
  const nothing = { key: null, columns: [], forgetAt: null } as const;
  return run(build.update(upload).set(nothing).where(eq(upload.id, uploadId)));
}
