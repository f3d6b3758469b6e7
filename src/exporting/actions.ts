// Candidates and contacts as a table, made while it is fetched, a page at a time.
import * as z from "zod/mini";
import { listContacts, looksMax } from "../contact/actions.ts";
import { byteOrderMark, tableLine } from "../csv/cell.ts";
import { candidateColumns, cellsOf, contactColumns, writtenCandidateFields } from "../csv/columns.ts";
import { customTitle, writeCustom } from "../csv/custom.ts";
import { contactFields, type Subject } from "../csv/words.ts";
import { listFields } from "../field/actions.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import { nameOf } from "../kernel/errors.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { textStream } from "../kernel/stream.ts";
import { listCandidates } from "../record/actions.ts";
import type { Candidate } from "../record/contract.ts";
import { guardOf, MemberClaims, openAddress } from "../session/actions.ts";
import { ExportCandidates, ExportContacts, type ExportFile } from "./contract.ts";
import { exportMs, exportPageSize } from "./policy.ts";

const purpose = "export v1";

const shared = { until: z.number(), scope: MemberClaims };
const Claims = z.discriminatedUnion("subject", [
  z.object({ ...shared, subject: z.literal("candidates"), asked: ExportCandidates }),
  z.object({ ...shared, subject: z.literal("contacts"), asked: ExportContacts }),
]);

/** Where the candidates that pass the filters can be fetched as a table, as they stand then. */
export function exportCandidates(deps: Deps, scope: MemberScope, asked: ExportCandidates): Promise<ExportFile> {
  return addressOf(deps, scope, "candidates", asked);
}

/** The same of contacts, with the people there. */
export function exportContacts(deps: Deps, scope: MemberScope, asked: ExportContacts): Promise<ExportFile> {
  return addressOf(deps, scope, "contacts", asked);
}

async function addressOf(deps: Deps, scope: MemberScope, subject: Subject, asked: object): Promise<ExportFile> {
  // Asks for nothing but whether whoever calls is still who they were.
  await deps.db.read({});
  const until = after(deps.now(), exportMs);
  const sealed = await deps.sealer.seal(purpose, JSON.stringify({ scope, until: until.getTime(), subject, asked }));
  return { url: `${deps.site.publicUrl}/exports/${sealed}`, until };
}

type Exported = { readonly name: string; readonly table: ReadableStream<Uint8Array> };

/** That table, for as long as whoever was given the address is signed in with the same access. Refuses with `not_found`, `signed_out`, `access_changed`. */
export async function exportedTable(given: Deps, sealed: string): Promise<Exported> {
  const { subject, scope, asked } = await openAddress(given, Claims, purpose, sealed);
  const deps = { ...given, db: given.db.guardedBy(guardOf(scope, given.now())) };
  const lines = subject === "candidates" ? candidateLines(deps, scope, asked) : contactLines(deps, scope, asked);
  // Before it is said that all is well: a refusal is one as long as nothing was sent.
  const first = await lines.next();
  async function* all() {
    if (!first.done) yield (asked.byteOrderMark ? byteOrderMark : "") + first.value;
    yield* lines;
  }
  deps.log("exported", { subject, memberId: scope.memberId });
  const table = textStream(all(), (error) => deps.log("export_broke_off", { subject, error: nameOf(error) }));
  return { name: `${subject}.csv`, table };
}

async function* candidateLines(
  deps: Deps,
  scope: MemberScope,
  { byteOrderMark: _, delimiter, ...filters }: ExportCandidates,
) {
  const open = (await listFields(deps, scope)).fields.filter(({ archivedAt }) => archivedAt === null);
  const keys = open.map(({ key }) => key);
  const titles = writtenCandidateFields.map((field) => candidateColumns[field].title);
  let head = tableLine([...titles, ...keys.map(customTitle)], delimiter);
  let cursor: string | undefined;
  do {
    const asked = { ...filters, cursor, size: exportPageSize, include: ["user" as const, "source" as const] };
    const { items, nextCursor } = await listCandidates(deps, scope, asked);
    yield head + items.map((one) => tableLine([...candidateCells(one), ...customCells(keys, one)], delimiter)).join("");
    head = "";
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** A rating that follows from feedback is no one's to import. */
function candidateCells({ user, source, rating, ratedBy, ...told }: Candidate): string[] {
  const values = { ...told, ...user, source: source?.name, rating: ratedBy === "hand" ? rating : null };
  return cellsOf(candidateColumns, writtenCandidateFields, values);
}

function customCells(keys: readonly string[], { customFields }: Candidate): string[] {
  const values = new Map(Object.entries(customFields));
  return keys.map((key) => {
    const value = values.get(key);
    return value === undefined ? "" : writeCustom(value);
  });
}

async function* contactLines(
  deps: Deps,
  scope: MemberScope,
  { byteOrderMark: _, delimiter, ...filters }: ExportContacts,
) {
  let head = tableLine(
    contactFields.map((field) => contactColumns[field].title),
    delimiter,
  );
  let cursor: string | undefined;
  do {
    const asked = { ...filters, cursor, size: exportPageSize, sort: "created" as const };
    const { items, nextCursor } = await listContacts(deps, scope, asked, looksMax, true);
    const cells = items.map(({ primaryEmail: email, primaryPhone: phone, people, ...told }) => ({
      ...{ ...told, email, phone, people: people.length > 0 ? people : null },
    }));
    yield head + cells.map((one) => tableLine(cellsOf(contactColumns, contactFields, one), delimiter)).join("");
    head = "";
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
