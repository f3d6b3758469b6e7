// Removal: what should never have been created is taken away, as long as its candidate has not been here. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";

/** `candidateRemoved`: it was the only interview of theirs, and nothing about them is kept. */
export const Removed = z.object({ interviewId: idOf("itv"), candidateRemoved: z.boolean() });
export type Removed = z.infer<typeof Removed>;
