// Note: what members write about a candidate, for each other. Candidates never see it. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { prose } from "../kernel/shapes.ts";

/** `mayEdit`: whoever asks may change and remove it. */
export const Note = z.object({
  id: idOf("nte"),
  candidateId: idOf("cnd"),
  text: z.string(),
  author: z.object({ memberId: idOf("mem"), firstName: z.string(), lastName: z.string() }),
  createdAt: z.date(),
  /** Null: as it was written. */
  editedAt: z.nullable(z.date()),
  mayEdit: z.boolean(),
});
export type Note = z.infer<typeof Note>;

const NoteText = prose(10_000).check(z.refine((text) => text.trim() !== "", "must say something"));

export const AddNote = z.object({ candidateId: idOf("cnd"), text: NoteText });
export type AddNote = z.infer<typeof AddNote>;

export const NoteIn = z.object({ noteId: idOf("nte") });
export type NoteIn = z.infer<typeof NoteIn>;

export const EditNote = z.extend(NoteIn, { text: NoteText });
export type EditNote = z.infer<typeof EditNote>;

export const ListNotes = z.extend(PageIn, { candidateId: idOf("cnd") });
export type ListNotes = z.infer<typeof ListNotes>;

export const NotePage = pageOf(Note);
