import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { member, note, user } from "../../db/schema/index.ts";
import { all, build, first, must, run, type Statement } from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId, NoteId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { seesCandidate } from "../sight/actions.ts";
import { editsEveryNote } from "./policy.ts";

/** About a candidate that this member sees. */
function reaches(scope: MemberScope): SQL | undefined {
  return and(eq(note.organizationId, scope.organizationId), seesCandidate(scope, note.candidateId));
}

const isThis = (scope: MemberScope, noteId: NoteId) => and(eq(note.id, noteId), reaches(scope));

/** The one rule of whose notes a member changes. */
function mayEdit({ access, memberId }: MemberScope): SQL {
  return hasAtLeast(access, editsEveryNote) ? sql`1` : sql`(${note.memberId} = ${memberId})`;
}

function shownNotes(scope: MemberScope) {
  return build
    .select({
      id: note.id,
      candidateId: note.candidateId,
      text: note.text,
      author: { memberId: note.memberId, firstName: user.firstName, lastName: user.lastName },
      createdAt: note.createdAt,
      editedAt: note.editedAt,
      mayEdit: sql<boolean>`${mayEdit(scope)}`.mapWith(Boolean),
    })
    .from(note)
    .innerJoin(member, eq(member.id, note.memberId))
    .innerJoin(user, eq(user.id, member.userId));
}

export function shownNote(scope: MemberScope, noteId: NoteId) {
  return first(shownNotes(scope).where(isThis(scope, noteId)));
}

/** Newest first. */
export function notesOf(scope: MemberScope, candidateId: CandidateId, before: string | null, size: number) {
  const isBefore = before === null ? undefined : sql`${note.id} < ${before}`;
  const theirs = shownNotes(scope).where(and(eq(note.candidateId, candidateId), isBefore, reaches(scope)));
  return all(theirs.orderBy(desc(note.id)).limit(size + 1));
}

export function insertNote(
  { organizationId, memberId }: MemberScope,
  values: Omit<typeof note.$inferInsert, "organizationId" | "memberId" | "textFolded">,
): Statement<number> {
  return run(build.insert(note).values({ ...values, organizationId, memberId, textFolded: folded(values.text) }));
}

/** Goes before whatever changes it. */
export function mustBeTheirs(scope: MemberScope, noteId: NoteId): Statement<void>[] {
  const isIt = isThis(scope, noteId);
  return [
    must(sql`exists (select 1 from ${note} where ${isIt})`, "not_found"),
    must(sql`exists (select 1 from ${note} where ${isIt} and ${mayEdit(scope)})`, "not_allowed"),
  ];
}

export function updateText(scope: MemberScope, noteId: NoteId, text: string, now: Date): Statement<number> {
  return run(
    build
      .update(note)
      .set({ text, textFolded: folded(text), editedAt: now })
      .where(isThis(scope, noteId)),
  );
}

export function deleteNote(scope: MemberScope, noteId: NoteId): Statement<number> {
  return run(build.delete(note).where(isThis(scope, noteId)));
}
