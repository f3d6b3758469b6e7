// The report of a refcheck, for staff and for whoever was given a link to it (reference-checks, candidate report).
import type { ResultsOf } from "../../db/database.ts";
import { answersByReference, finishedAnswers } from "../integrity/actions.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { RefcheckId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope, ReportScope } from "../kernel/scope.ts";
import { hashFor } from "../kernel/secret.ts";
import { isRefcheck, questionnaireOf, referencesOf, staffRefcheck, tendSoon } from "../refcheck/actions.ts";
import { refcheckStatusAt } from "../refcheck/machine.ts";
import { consentTexts } from "../refcheck/policy.ts";
import { workedOf } from "../reference/policy.ts";
import { reportPage } from "../sheet/page.ts";
import { reportTable } from "../sheet/table.ts";
import { signalsOf, toSignal } from "../signal/actions.ts";
import type {
  ListReportShares,
  RefcheckReport,
  ReportFile,
  ReportFileIn,
  ReportIn,
  ReportShareIn,
  SharedReport,
  ShareReport,
} from "./contract.ts";
import { reportOf, shareTtlMs, shareTtlMsMax } from "./policy.ts";
import * as store from "./store.ts";

/** All that is told of it, in one read. Without an id, of the one that this scope reaches. */
function reportRead(scope: MemberScope | ReportScope, refcheckId: RefcheckId | null) {
  return {
    head: store.headOf(scope, refcheckId),
    references: referencesOf(scope, refcheckId),
    questions: questionnaireOf(scope, refcheckId),
    finished: finishedAnswers(scope, refcheckId),
    signals: signalsOf(scope, isRefcheck(refcheckId)),
  };
}

function toReport(
  deps: Deps,
  { head, references, questions, finished, signals }: ResultsOf<ReturnType<typeof reportRead>>,
  withSignals: boolean,
): RefcheckReport {
  if (!head || !questions) return refuse("not_found");
  tendSoon(deps, head);
  const now = deps.now();
  const { id: refcheckId, consentedAt, consentVersion, candidate, ...told } = head;
  const version = consentVersion ?? 0;
  return reportOf({
    ...told,
    ...{ refcheckId, candidate, madeAt: now, status: refcheckStatusAt(head, now) },
    consent: consentedAt && { consentedAt, version, text: consentTexts.get(version) ?? "" },
    references: references.map((reference) => ({ ...reference, worked: workedOf(reference) })),
    signals: withSignals ? signals.map((signal) => toSignal(signal, candidate, references)) : null,
    questionnaire: questions.content,
    answers: answersByReference(finished),
  });
}

/** What has been answered by now, also while the refcheck waits. Refuses with `not_found`. */
export async function getReport(deps: Deps, scope: MemberScope, { refcheckId }: ReportIn): Promise<RefcheckReport> {
  return toReport(deps, await deps.db.read(reportRead(scope, refcheckId)), true);
}

/** The same as a page to print, or as a table. Refuses with `not_found`. */
export async function getReportFile(
  deps: Deps,
  scope: MemberScope,
  { refcheckId, format }: ReportFileIn,
): Promise<ReportFile> {
  return fileOf(await getReport(deps, scope, { refcheckId }), format);
}

/** For a file's name: no sign that any system, or a header, takes for something else. */
const plain = (name: string) =>
  name
    .replaceAll(/[^\p{L}\p{N} ,.-]/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

export function fileOf(report: RefcheckReport, format: ReportFileIn["format"]): ReportFile {
  const { candidate, roleTitle } = report;
  const name = `${plain(`${candidate.firstName} ${candidate.lastName}, ${roleTitle}`)}.${format}`;
  if (format === "html") return { name, mediaType: "text/html; charset=utf-8", content: reportPage(report) };
  return { name, mediaType: "text/csv; charset=utf-8", content: reportTable(report) };
}

const sharePurpose = "report share";

/**
 * Makes an address under which the report can be read without an account, as it stands then, until it runs out or is revoked. Refuses with
 * `not_found`, and `share_too_long` unless it ends within a year from now.
 */
export async function shareReport(
  deps: Deps,
  scope: MemberScope,
  { refcheckId, label, expiresAt: given, withSignals }: ShareReport,
): Promise<SharedReport> {
  const { known } = await deps.db.read({ known: staffRefcheck(scope, refcheckId) });
  if (!known) return refuse("not_found");
  const createdAt = deps.now();
  const expiresAt = given ?? after(createdAt, shareTtlMs);
  const isAhead = expiresAt > createdAt && expiresAt <= after(createdAt, shareTtlMsMax);
  if (!isAhead) return refuse("share_too_long");
  const token = `rs_${deps.newToken()}`;
  const share = { id: deps.newId("shr"), refcheckId, label, withSignals, createdAt, expiresAt };
  await deps.db.write([store.insertShare(scope, { ...share, hash: hashFor(sharePurpose, token) })]);
  const url = `${deps.site.publicUrl}/reports/${token}`;
  return { ...share, createdBy: scope.memberId, revokedAt: null, url };
}

/** Newest first, those that are over as well. Refuses with `not_found`. */
export async function listReportShares(deps: Deps, scope: MemberScope, { refcheckId, size, cursor }: ListReportShares) {
  const [before = null] = keysOfCursor("report shares", cursor, ["string"]) ?? [];
  const { known, rows } = await deps.db.read({
    known: staffRefcheck(scope, refcheckId),
    rows: store.sharesOf(scope, refcheckId, before, size),
  });
  if (!known) return refuse("not_found");
  return toPage(rows, size, ({ id }) => encodeCursor("report shares", [id]));
}

/** From now on its address opens nothing. Refuses with `not_found`, also what was revoked before. */
export async function revokeReportShare(deps: Deps, scope: MemberScope, { reportShareId }: ReportShareIn) {
  await deps.db.write(store.revokeShare(scope, reportShareId, deps.now()));
  return { done: true as const };
}

/** For whoever has the address. Refuses with `not_found` what is none, was revoked, or is over. */
export async function readSharedReport(deps: Deps, token: string): Promise<RefcheckReport> {
  const scope: ReportScope = { kind: "report", hash: hashFor(sharePurpose, token), now: deps.now() };
  const { share, ...told } = await deps.db.read({ share: store.shareByHash(scope), ...reportRead(scope, null) });
  return toReport(deps, told, share?.withSignals ?? false);
}
