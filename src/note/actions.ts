import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { isSeenCandidate, mustSeeCandidate } from "../sight/actions.ts";
import type { AddNote, EditNote, ListNotes, Note, NoteIn } from "./contract.ts";
import * as store from "./store.ts";

/** About a candidate whom this member sees. Refuses with `not_found`. */
export async function addNote(deps: Deps, scope: MemberScope, { candidateId, text }: AddNote): Promise<Note> {
  const id = deps.newId("nte");
  const [, , added] = await deps.db.write([
    mustSeeCandidate(scope, candidateId),
    store.insertNote(scope, { id, candidateId, text, createdAt: deps.now() }),
    store.shownNote(scope, id),
  ]);
  return added ?? refuse("not_found");
}

/** By its author or an admin. Refuses with `not_found`, `not_allowed`. */
export async function editNote(deps: Deps, scope: MemberScope, { noteId, text }: EditNote): Promise<Note> {
  const [, edited] = await deps.db
    .guardedBy(store.mustBeTheirs(scope, noteId))
    .write([store.updateText(scope, noteId, text, deps.now()), store.shownNote(scope, noteId)]);
  return edited ?? refuse("not_found");
}

/** Refuses as `editNote` does. */
export async function removeNote(deps: Deps, scope: MemberScope, { noteId }: NoteIn) {
  await deps.db.write([...store.mustBeTheirs(scope, noteId), store.deleteNote(scope, noteId)]);
  return { done: true as const };
}

/** Newest first. Refuses with `not_found`. */
export async function listNotes(deps: Deps, scope: MemberScope, { candidateId, cursor, size }: ListNotes) {
  const [before = null] = keysOfCursor("notes", cursor, ["string"]) ?? [];
  const { isSeen, rows } = await deps.db.read({
    isSeen: isSeenCandidate(scope, candidateId),
    rows: store.notesOf(scope, candidateId, before, size),
  });
  if (!isSeen) return refuse("not_found");
  return toPage(rows, size, ({ id }) => encodeCursor("notes", [id]));
}
