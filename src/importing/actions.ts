// Imports of tables, a crowd of rows at a time: each crowd is written together with how far the job has come, so that it is done once however
// often the work is cut off.
import * as z from "zod/mini";
import type { Statement } from "../../db/statement.ts";
import {
  changeContact,
  changePeople,
  contactsKnownBy,
  enterContact,
  enterPeople,
  namesAreFree,
} from "../contact/actions.ts";
import type { PersonCells } from "../csv/columns.ts";
import { byColumn, keyInTitle, type NamedField } from "../csv/custom.ts";
import type { Subject } from "../csv/words.ts";
import { enterValues, fieldsOf } from "../field/actions.ts";
import { type Change, valuesIn } from "../field/policy.ts";
import { after } from "../kernel/clock.ts";
import { forEachOf } from "../kernel/crowd.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf, type Reason, Refused, refuse } from "../kernel/errors.ts";
import { type CandidateId, type ContactId, type ImportId, idOf } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, type PageIn, toPage } from "../kernel/page.ts";
import { type MemberScope, systemScope } from "../kernel/scope.ts";
import { textStream } from "../kernel/stream.ts";
import { editing, entering, organizationOfRecord } from "../record/actions.ts";
import { calendarDate } from "../record/policy.ts";
import { guardOf, MemberClaims, openAddress } from "../session/actions.ts";
import {
  forgettableUploads,
  forgetUploadAt,
  giveUpUpload,
  holdUpload,
  type NumberedRow,
  prefixOf,
  rowsFrom,
  uploadById,
  uploadIsGone,
} from "../upload/actions.ts";
import type { Import, ImportIn, ImportRow, LeftOutFile, ListImportRows, StartImport } from "./contract.ts";
import {
  type CandidateChange,
  candidateKeys,
  contactKeys,
  countOf,
  fieldsMissing,
  isCustom,
  type Mapping,
  type Plan,
  planCandidates,
  planContacts,
  readLine,
} from "./machine.ts";
import { crowdMax, forgottenMax, isLeft, keptMs, leaseMs, leftOutMs, runCrowdsMax, runMs, sweepMs } from "./policy.ts";
import * as store from "./store.ts";

function toImport({ job, upload }: store.Job): Import {
  const { id: importId, mapping, created, updated, unchanged, skipped, repeated, invalid, ...told } = job;
  const counts = { created, updated, unchanged, skipped, repeated, invalid };
  return {
    ...{ ...told, ...counts, importId, subject: upload.subject, name: upload.name, rows: upload.rowCount },
    columns: upload.columns.map((name, place) => ({ name, field: mapping[place] ?? null })),
    rowsDone: Object.values(counts).reduce((sum, count) => sum + count, 0),
  };
}

/**
 * What each column is taken for: what was said of it, else what it is called like. One that says it is a custom field and is none that is open
 * is left out only where that was said. Refuses with `columns_unfit`, and how.
 */
async function mappingOf(
  upload: store.Job["upload"],
  { columns, onKnown }: StartImport,
  customs: readonly NamedField[],
): Promise<Mapping> {
  const { guessed, isFieldOf } = await import("../csv/columns.ts");
  const { subject } = upload;
  const said = new Map(columns.map(({ name, field }) => [upload.columns.indexOf(name), field]));
  const isTaken = new Set(said.values());
  const mapping = guessed(subject, upload.columns, customs).map((guess, place) => {
    const field = said.get(place);
    return field === undefined ? (isTaken.has(guess) ? null : guess) : field;
  });
  const isStray = (name: string, place: number) =>
    subject === "candidates" && keyInTitle(name) !== null && mapping[place] === null && said.get(place) !== null;
  const unknown = [
    ...columns.flatMap(({ name }) => (upload.columns.includes(name) ? [] : [name])),
    ...columns.flatMap(({ field }) => (field === null || isFieldOf(subject, field, customs) ? [] : [field])),
    ...upload.columns.filter((name, place) => isStray(name, place)),
  ];
  const twice = mapping.filter((field, place) => field !== null && mapping.indexOf(field) !== place);
  const missing = fieldsMissing(subject, mapping, onKnown);
  if (unknown.length + twice.length + missing.length > 0)
    refuse("columns_unfit", { unknown, twice: twice.map(String), missing });
  return mapping;
}

async function begin(deps: Deps, scope: MemberScope, input: StartImport, isRehearsal: boolean): Promise<Import> {
  const { uploadId, onKnown } = input;
  const { upload, customs } = await deps.db.read({ upload: uploadById(scope, uploadId), customs: fieldsOf(scope) });
  if (!upload) return refuse("not_found");
  if (upload.status !== "ready") return refuse(upload.status === "open" ? "upload_empty" : "upload_closed");
  const mapping = await mappingOf(upload, input, customs);
  const now = deps.now();
  const job: store.Job["job"] = {
    ...{ id: deps.newId("imp"), organizationId: scope.organizationId, uploadId, isRehearsal },
    ...{ startedBy: scope.memberId, startedAs: scope, mapping, onKnown, status: "running", endedWhy: null },
    ...{ doneBytes: upload.headBytes, doneRows: upload.headRows },
    ...{ created: 0, updated: 0, unchanged: 0, skipped: 0, repeated: 0, invalid: 0 },
    ...{ leasedUntil: after(now, leaseMs), createdAt: now, endedAt: null },
  };
  await deps.db.write([...holdUpload(scope, uploadId), store.insertImport(scope, job)]);
  deps.afterwards("import", (system) => workOn(system, job.id));
  return toImport({ job, upload });
}

/**
 * Tells of each row what an import would make of it, and writes nothing. Answers at once; the work is a job like the import itself. Refuses with
 * `not_found`, `upload_empty`, `upload_closed`, `import_running`, and `columns_unfit` with `{ missing, twice, unknown }`.
 */
export function rehearseImport(deps: Deps, scope: MemberScope, input: StartImport): Promise<Import> {
  return begin(deps, scope, input, true);
}

/**
 * Imports the file. Answers at once; the work is done a crowd at a time, as the one who started it, and goes on after whatever interrupts it. No
 * letter is sent by it. Refuses as `rehearse` does.
 */
export function startImport(deps: Deps, scope: MemberScope, input: StartImport): Promise<Import> {
  return begin(deps, scope, input, false);
}

/** How far it has come. Where nobody works on it, whoever asks sets it going again. Refuses with `not_found`. */
export async function getImport(deps: Deps, scope: MemberScope, { importId }: ImportIn): Promise<Import> {
  const { found } = await deps.db.read({ found: store.importById(scope, importId) });
  if (!found) return refuse("not_found");
  if (isLeft(found.job, deps.now())) deps.afterwards("import", (system) => goOnWith(system, importId));
  return toImport(found);
}

/** The organization's, rehearsals as well, the newest first. */
export async function listImports(deps: Deps, scope: MemberScope, { cursor, size }: PageIn) {
  const [before = null] = keysOfCursor("imports", cursor, ["string"]) ?? [];
  const { found } = await deps.db.read({ found: store.listImports(scope, size, before) });
  const { items, nextCursor } = toPage(found, size, ({ job }) => encodeCursor("imports", [job.id]));
  return { items: items.map(toImport), nextCursor };
}

/** Stops it where it stands; what was imported stays. Refuses with `not_found`, and `moved_on` once it is over. */
export async function cancelImport(deps: Deps, scope: MemberScope, { importId }: ImportIn): Promise<Import> {
  const { found } = await deps.db.read({ found: store.importById(scope, importId) });
  if (!found) return refuse("not_found");
  const now = deps.now();
  const { ended } = await deps.db.writeThenRead(
    [...store.cancelImport(scope, importId, null, now), forgetUploadAt(scope, found.upload.id, after(now, keptMs))],
    { ended: store.importById(scope, importId) },
  );
  return ended ? toImport(ended) : refuse("not_found");
}

/** What became of each row so far, or would have, in the order of the file. Refuses with `not_found`. */
export async function listImportRows(deps: Deps, scope: MemberScope, input: ListImportRows) {
  const { importId, outcome, size } = input;
  const [since = 0] = keysOfCursor("import rows", input.cursor, ["number"]) ?? [];
  const { found, rows } = await deps.db.read({
    found: store.importById(scope, importId),
    rows: store.rowsOf(scope, importId, outcome, since, size),
  });
  if (!found) return refuse("not_found");
  const { items, nextCursor } = toPage(rows, size, ({ row }) => encodeCursor("import rows", [row]));
  return { items: items.map((row) => toRow(found.upload.subject, row)), nextCursor };
}

type Row = ReturnType<ReturnType<typeof store.rowsOf>["read"]>[number];

function toRow(subject: Subject, { row, outcome, subjectId, knownBy, earlierRow, problems }: Row): ImportRow {
  // What is written of a row of candidates is a candidate's id.
  const candidateId = subject === "candidates" ? (subjectId as ImportRow["candidateId"]) : null;
  const contactId = subject === "contacts" ? (subjectId as ImportRow["contactId"]) : null;
  return { row, outcome, candidateId, contactId, knownBy, earlierRow, problems: [...problems] };
}

// The work.

/** Jobs one sweep goes on with, side by side. */
const resumedMax = 5;

/** Goes on with what nobody works on. Of many who would at once one does. */
async function goOnWith(deps: Deps, importId: ImportId, share?: Share): Promise<void> {
  const now = deps.now();
  const [isMine] = await deps.db.write([store.claimImport(systemScope, importId, now, after(now, leaseMs))]);
  if (isMine === 0) return;
  try {
    await workOn(deps, importId, crowdMax, share);
  } catch (error) {
    deps.log("import_broke_off", { importId, error: nameOf(error) });
  }
}

/** Called by cron every minute: goes on with what was cut short, where nobody waits for it. */
export async function resumeImports(deps: Deps): Promise<void> {
  const { waiting } = await deps.db.read({ waiting: store.waitingImports(systemScope, deps.now(), resumedMax) });
  const share = { forMs: sweepMs, crowdsMax: Math.floor(runCrowdsMax / Math.max(1, waiting.length)) };
  await forEachOf(waiting, resumedMax, ({ id }) => goOnWith(deps, id, share));
}

/** What one run may take. */
type Share = { readonly forMs: number; readonly crowdsMax: number };

/** Works on a job until it is over, somebody else works on it, or its share of this run is used up: then the next who asks, or the next sweep, goes on. */
export async function workOn(
  deps: Deps,
  importId: ImportId,
  size = crowdMax,
  { forMs, crowdsMax }: Share = { forMs: runMs, crowdsMax: runCrowdsMax },
): Promise<void> {
  const until = after(deps.now(), forMs);
  let known: store.Job | undefined;
  let doneBytes: number | null = null;
  for (let crowd = size, crowds = 0; crowds < crowdsMax && deps.now() < until; crowds += 1) {
    known ??= (await deps.db.read({ found: store.importById(systemScope, importId) })).found;
    if (known?.job.status !== "running") return;
    // Somebody else has got further with it.
    if (doneBytes !== null && known.job.doneBytes !== doneBytes) return;
    const job = await importCrowd(deps, known, crowd);
    doneBytes = (job ?? known.job).doneBytes;
    // Somebody entered one of them meanwhile: in halves, until only that one is looked at again.
    known = job ? { ...known, job } : undefined;
    crowd = job ? Math.min(size, crowd * 2) : Math.max(1, Math.floor(crowd / 2));
  }
  if (known?.job.status === "running") await deps.db.write([store.letGo(known.job)]);
}

/** What says that somebody else was quicker with one of them, or with the job. */
const raced: ReadonlySet<Reason> = new Set(["moved_on"]);

/** The job as it stands then; null where somebody else was quicker. */
async function importCrowd(deps: Deps, { job, upload }: store.Job, size: number): Promise<store.Job["job"] | null> {
  const now = deps.now();
  const forgotten = forgetUploadAt(systemScope, upload.id, after(now, keptMs));
  try {
    const place = { bytes: job.doneBytes, rows: job.doneRows };
    const { rows, next, isLast } = await rowsFrom(deps, upload, place, size);
    const { seen, sentence, behind } = await crowdOf[upload.subject](deps, job, rows);
    const stands = store.further(job, { place: next, counts: countOf(seen), isLast }, now);
    const goFirst = [...store.progressTo(job, stands), store.starterMayImport(job), ...(isLast ? [forgotten] : [])];
    await deps.db.write([...store.gathered([...goFirst, ...sentence, ...store.insertRows(job, seen)]), ...behind]);
    return stands;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (raced.has(error.reason)) return null;
    await deps.db.write([...store.cancelImport(systemScope, job.id, error.reason, now), forgotten]);
    return null;
  }
}

type Seen = Plan<string, unknown, unknown> & { readonly subjectId: string | null };
type Crowd = {
  readonly seen: readonly Seen[];
  readonly sentence: readonly Statement<unknown>[];
  /** What belongs to those who are entered by the sentence, many rows in one statement. */
  readonly behind: readonly Statement<unknown>[];
};
/** Of a rehearsal. */
const onlySeen = (plans: readonly Plan<string, unknown, unknown>[]): Crowd => ({
  ...{ seen: plans.map((plan) => ({ ...plan, subjectId: plan.knownId })), sentence: [], behind: [] },
});

type CrowdOf = (deps: Deps, job: store.Job["job"], rows: readonly NumberedRow[]) => Promise<Crowd>;

const crowdOf: Readonly<Record<Subject, CrowdOf>> = { candidates: crowdOfCandidates, contacts: crowdOfContacts };

const present = <Value>(values: readonly (Value | undefined)[]): Value[] =>
  values.flatMap((value) => (value === undefined ? [] : [value]));

async function crowdOfCandidates(deps: Deps, job: store.Job["job"], rows: readonly NumberedRow[]): Promise<Crowd> {
  const { candidateColumns } = await import("../csv/columns.ts");
  const scope = job.startedAs;
  const lines = rows.map((row) => readLine(candidateColumns, job.mapping, row));
  const told = lines.map(({ values }) => values);
  const knownBy = {
    emails: present(told.map(({ email }) => email)),
    phones: present(told.map(({ phone }) => phone)),
  };
  const { organization, people, former, goBy, earlier, fields } = await deps.db.read({
    organization: organizationOfRecord(scope),
    people: store.candidatesKnownBy(scope, knownBy),
    former: store.formerAddressesOf(scope, knownBy),
    goBy: store.externalIdsKnown(
      scope,
      told.flatMap(({ externalIds = [] }) => externalIds),
    ),
    earlier: store.earlierRows(job, told.flatMap(candidateKeys)),
    ...(job.mapping.some(isCustom) && { fields: fieldsOf(scope) }),
  });
  if (!organization) return refuse("not_found");
  const now = deps.now();
  const today = calendarDate(now, organization.timeZone);
  const formerEmails = Map.groupBy(former, ({ candidateId }) => candidateId);
  const known = people.map((one) => ({
    ...one,
    formerEmails: (formerEmails.get(one.id) ?? []).map(({ email }) => email),
  }));
  const plans = planCandidates(lines, {
    known,
    goBy,
    earlier,
    customs: byColumn(fields ?? []),
    onKnown: job.onKnown,
    today,
  });
  if (job.isRehearsal) return onlySeen(plans);
  const byId = new Map(people.map((candidate) => [candidate.id, candidate]));
  const phones = present(plans.map(({ fresh }) => fresh?.phone));
  const free = phones.length > 0 ? [store.phonesAreFree(scope, phones)] : [];
  // Rows of one table are written where its first was: who is new comes before what is theirs.
  const entries: Statement<unknown>[] = [];
  const edits: Statement<unknown>[] = [];
  const seen: Seen[] = [];
  const entered: { candidateId: CandidateId; changes: readonly Change[] }[] = [];
  for (const plan of plans) {
    const { fresh, change, knownId } = plan;
    const candidate = knownId === null ? undefined : byId.get(knownId);
    if (candidate && change)
      edits.push(...(await editing(deps, scope, { candidate, organization }, edited(change), change.customs)));
    const id = fresh ? deps.newId("cnd") : knownId;
    seen.push({ ...plan, subjectId: id });
    if (!fresh || id === null) continue;
    const { standing, verb, customs, status: _, rejectDate: __, hiredDate: ___, rating = null, ...person } = fresh;
    const { phone = null, tags = [], source = null, externalIds = [], appliedDate = today } = person;
    const newcomer = {
      ...{ ...person, id, phone, tags, source, externalIds, appliedDate, handRating: rating, createdAt: now },
      language: person.language ?? organization.language,
      timeZone: person.timeZone ?? organization.timeZone,
      customFields: valuesIn(customs),
    };
    entered.push({ candidateId: id, changes: customs });
    entries.push(...entering(deps, scope, newcomer, verb && { verb, standing }));
  }
  return { seen, sentence: [...free, ...entries, ...edits], behind: enterValues(scope, entered) };
}

function edited({ firstName, lastName, customs: _, ...change }: CandidateChange) {
  const user = { ...(firstName !== undefined && { firstName }), ...(lastName !== undefined && { lastName }) };
  return { ...change, ...(Object.keys(user).length > 0 && { user }) };
}

async function crowdOfContacts(deps: Deps, job: store.Job["job"], rows: readonly NumberedRow[]): Promise<Crowd> {
  const { contactColumns } = await import("../csv/columns.ts");
  const scope = job.startedAs;
  const lines = rows.map((row) => readLine(contactColumns, job.mapping, row));
  const told = lines.map(({ values }) => values);
  const { known, earlier } = await deps.db.read({
    known: contactsKnownBy(
      scope,
      {
        emails: present(told.map(({ email }) => email)),
        names: present(told.map(({ email, name }) => (email === undefined ? name : undefined))),
      },
      job.mapping.includes("people"),
    ),
    earlier: store.earlierRows(job, told.flatMap(contactKeys)),
  });
  const plans = planContacts(lines, { known, earlier, onKnown: job.onKnown });
  if (job.isRehearsal) return onlySeen(plans);
  const peopleBefore = new Map(known.map(({ id, people }) => [id, people.length]));
  const entered: Parameters<typeof enterPeople>[1][number][] = [];
  const enter = (contactId: ContactId, people: readonly PersonCells[] = []) =>
    entered.push(...people.map((person) => ({ ...person, contactId, id: deps.newId("per") })));
  const nameless = present(plans.map(({ fresh }) => (fresh && fresh.email === undefined ? fresh.name : undefined)));
  const sentence: Statement<unknown>[] = nameless.length > 0 ? [namesAreFree(scope, nameless)] : [];
  const createdAt = deps.now();
  const seen = plans.map((plan): Seen => {
    const { fresh, change, knownId } = plan;
    if (knownId !== null && change) {
      const { phone, people, ...others } = change;
      const primaryPhone = phone === undefined ? {} : { primaryPhone: phone };
      sentence.push(...changeContact(scope, { contactId: knownId, ...others, ...primaryPhone }));
      if (people) sentence.push(...changePeople(scope, knownId, peopleBefore.get(knownId) ?? 0, people.changed));
      enter(knownId, people?.added);
    }
    if (!fresh) return { ...plan, subjectId: knownId };
    const { email: primaryEmail = null, phone: primaryPhone = null, notes = "", name, contactType } = fresh;
    const id = deps.newId("con");
    sentence.push(enterContact(scope, { id, name, contactType, primaryEmail, primaryPhone, notes, createdAt }));
    enter(id, fresh.people);
    return { ...plan, subjectId: id };
  });
  return { seen, sentence, behind: enterPeople(scope, entered, createdAt) };
}

// What was left out.

const leftOutPurpose = "left out v1";

const Claims = z.object({ importId: idOf("imp"), until: z.number(), scope: MemberClaims });

/** Where the rows of which nothing came can be fetched as a table, as they were sent, to be mended. Refuses with `not_found`. */
export async function leftOutFile(deps: Deps, scope: MemberScope, { importId }: ImportIn): Promise<LeftOutFile> {
  const { found } = await deps.db.read({ found: store.importById(scope, importId) });
  if (!found || found.upload.key === null) return refuse("not_found");
  const until = after(deps.now(), leftOutMs);
  const claims = { importId, scope, until: until.getTime() };
  const sealed = await deps.sealer.seal(leftOutPurpose, JSON.stringify(claims));
  return { importId, until, url: `${deps.site.publicUrl}/left-out/${sealed}` };
}

/** That table. Refuses with `not_found`, `signed_out`, `access_changed`. */
export async function leftOutTable(given: Deps, sealed: string): Promise<ReadableStream<Uint8Array>> {
  const { importId, scope } = await openAddress(given, Claims, leftOutPurpose, sealed);
  const deps = { ...given, db: given.db.guardedBy(guardOf(scope, given.now())) };
  const { found } = await deps.db.read({ found: store.importById(scope, importId) });
  if (!found || found.upload.key === null) return refuse("not_found");
  return textStream(leftOutLines(deps, scope, found), (error) =>
    deps.log("left_out_broke_off", { importId, error: nameOf(error) }),
  );
}

/** The column that says why; where a file has one from before, it is another's. */
const whyTitle = "Why not";

async function* leftOutLines(deps: Deps, scope: MemberScope, { job, upload }: store.Job) {
  const { byteOrderMark, tableLine } = await import("../csv/cell.ts");
  const places = [...upload.columns.keys()].filter((place) => upload.columns[place] !== whyTitle);
  const delimiter = upload.dialect?.delimiter ?? ",";
  const lineOf = (cells: readonly string[], why: string) => {
    const [tooMany, last] = [cells.slice(upload.columns.length), places.at(-1)];
    // What there is too much of stays with the last, so that nothing is lost and the reason stands under its title.
    const whole = (place: number) => (place === last ? [cells[place] ?? "", ...tooMany].join(delimiter) : cells[place]);
    return tableLine([...places.map((place) => whole(place) ?? ""), why], delimiter);
  };
  yield byteOrderMark + lineOf(upload.columns, whyTitle);
  let place = { bytes: upload.headBytes, rows: upload.headRows };
  while (place.rows < job.doneRows) {
    const { rows, next } = await rowsFrom(deps, upload, place, crowdMax);
    const [from, to] = [place.rows + 1, next.rows];
    const { found } = await deps.db.read({ found: store.leftOutBetween(scope, job.id, from, to) });
    const whyOf = new Map(found.map((row) => [row.row, whyNot(row)]));
    const lines = rows.flatMap(({ row, cells }) => {
      const why = whyOf.get(row);
      return why === undefined ? [] : [lineOf(cells, why)];
    });
    yield lines.join("");
    place = next;
  }
}

/** `phone: not_a_phone_number; tags: not_tags`, `repeated: row 17`, `skipped: email of cnd_…`. */
function whyNot({ outcome, problems, earlierRow, knownBy, subjectId }: Row): string {
  if (outcome === "repeated") return `repeated: row ${earlierRow}`;
  if (outcome === "skipped") return `skipped: ${knownBy} of ${subjectId}`;
  return problems.map(({ field, problem }) => (field === null ? problem : `${field}: ${problem}`)).join("; ");
}

// And away.

/** Files one sweep forgets, some five calls each; the next minute brings the next. */
const forgottenFilesMax = 50;
const atOnce = 5;

/**
 * Called by cron every minute: files that nobody imported, and those whose time is over, with what became of their rows. One that cannot be
 * forgotten now holds up none of the others, and is tried again.
 */
export async function forgetUploads(deps: Deps): Promise<void> {
  const now = deps.now();
  const { due } = await deps.db.read({ due: forgettableUploads(systemScope, now, forgottenFilesMax) });
  await forEachOf(due, atOnce, async ({ id, organizationId }) => {
    try {
      await deps.db.write(giveUpUpload(systemScope, id, now));
      await deps.bucket.forget(prefixOf(organizationId, id));
      const [rows, keys] = await deps.db.write(store.forgetRows(systemScope, id, forgottenMax));
      if (rows < forgottenMax && keys < forgottenMax) await deps.db.write([uploadIsGone(systemScope, id)]);
    } catch (error) {
      deps.log("upload_not_forgotten", { uploadId: id, error: nameOf(error) });
    }
  });
}
